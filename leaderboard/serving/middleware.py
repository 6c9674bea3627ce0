"""Middleware for every request: its log line, security headers, host and number of parameters.

By the published scoring of MDN's HTTP Observatory a page of this site has 130 points, grade A+:
100, + 10 for a CSP from default-src 'none' without unsafe parts, + 10 for a resource policy of
same-origin, + 5 for a private referrer policy, + 5 for frame-ancestors; no cookie, all scripts our
own, redirect to https. It is 120 while HSTS_SECONDS is below half a year (- 10).
"""

import logging
import secrets
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase

from .errors import answer_malformed
from .headers import HEADERS
from .logs import REQUEST, hide_signed

GetResponse = Callable[[HttpRequest], HttpResponseBase]

log = logging.getLogger("leaderboard.requests")
LONGEST_PATH = 200  # characters of an address in a log line
MOST_PARAMETERS = 1_000  # of an address, beside the names to compare


def log_requests(get_response: GetResponse) -> GetResponse:
    """Log each request under an id. The error page shows the id too; it never comes from the
    client."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        start = time.perf_counter()
        number = secrets.token_hex(8)
        request.id = number  # type: ignore[attr-defined]  # read by request_id
        path = hide_signed(request.path)[:LONGEST_PATH]
        previous = REQUEST.set({"request": number, "method": str(request.method), "path": path})
        try:
            response = get_response(request)
            milliseconds = round((time.perf_counter() - start) * 1000, 1)
            extra = {"status": response.status_code, "duration_ms": milliseconds}
            log.info("answered", extra=extra)
        finally:
            REQUEST.reset(previous)
        if response.status_code >= 500:  # a page that is kept has the same headers for everyone
            response["X-Request-ID"] = number
        return response

    return answer


def send_no_body_for_head(get_response: GetResponse) -> GetResponse:
    """Answer HEAD with the headers of the answer to GET, its length included, and without its body,
    which WSGI leaves to us: gunicorn drops one too, but with a warning in the log each time."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        is_head = request.method == "HEAD"  # before the API makes GET of it
        response = get_response(request)
        if is_head:
            drop_body(response)
        return response

    return answer


def drop_body(response: HttpResponseBase) -> None:
    """Take the body away; what the headers say of it stays."""
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = ()
    elif isinstance(response, HttpResponse):
        response.content = b""


def set_headers(get_response: GetResponse) -> GetResponse:
    """Set the security headers on every answer, also on static files and refusals, unless its view
    has set others."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if "Permissions-Policy" not in response:  # kept pages carry all of them
            for name, value in HEADERS.items():
                response.setdefault(name, value)
        return response

    return answer


def name_the_site(get_response: GetResponse) -> GetResponse:
    """Let links name the host as SITE_URL spells it, whatever port or spelling a visitor made up.

    So a cache in front may keep one copy for all.
    """

    site = urlsplit(settings.SITE_URL)

    def answer(request: HttpRequest) -> HttpResponseBase:
        host = request.META.get("HTTP_HOST", "")
        if host != site.netloc:
            domain, _ = split_domain_port(host)
            if domain and domain in (site.hostname, f"[{site.hostname}]"):
                request.META["HTTP_HOST"] = site.netloc
        return get_response(request)

    return answer


def refuse_many_parameters(get_response: GetResponse) -> GetResponse:
    """Answer 400 to more parameters than any page reads, as reading them costs time."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if has_too_many_parameters(request):
            return answer_malformed()
        return get_response(request)

    return answer


def has_too_many_parameters(request: HttpRequest) -> bool:
    """Are there 1,000 and more? The LLMs to compare are not counted: their page takes the first
    ones and says so."""
    query: str = request.META.get("QUERY_STRING", "")
    return query.count("&") - query.count("&llm=") >= MOST_PARAMETERS
