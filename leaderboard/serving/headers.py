"""The security headers of every answer."""

from functools import wraps

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The frame's links lead out of it, to the full page: a <base> of this site says so.
FRAMED_CSP = CSP.replace(
    "base-uri 'none'; frame-ancestors 'none'", "base-uri 'self'; frame-ancestors *"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


# What a view may say otherwise


def may_be_framed(view):
    """Any site may show this page in a frame, and load it into pages that isolate themselves."""

    @wraps(view)
    def framed(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["Content-Security-Policy"] = FRAMED_CSP
        return for_any_site(response)

    return framed


def for_any_site(response):
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
