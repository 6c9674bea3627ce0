"""The security headers of every answer, and the two ways in which a view may loosen them."""

from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .public_views import View

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The links in the frame lead to the full page. They do so by a <base>, which names this site.
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


def may_be_framed(view: View) -> View:
    """Let any site show this page in a frame, also a page that isolates itself."""

    @wraps(view)
    def framed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Content-Security-Policy"] = FRAMED_CSP
        return allow_any_site(response)

    return framed


def allow_any_site(response: HttpResponseBase) -> HttpResponseBase:
    """Let pages of any site load this answer."""
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
