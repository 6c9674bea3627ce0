"""What every answer carries, and the answers of a site that cannot work right now.

By the published scoring of MDN's HTTP Observatory a page of this site has 130 points, grade A+:
100, + 10 for a CSP from default-src 'none' without unsafe parts, + 10 for a resource policy of
same-origin, + 5 for a private referrer policy, + 5 for frame-ancestors; no cookie, all scripts our
own, redirect to https. It is 120 while HSTS_SECONDS is below half a year (- 10).
"""

import logging
import secrets
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port
from django.views import defaults

from .headers import HEADERS
from .logs import REQUEST

log = logging.getLogger("leaderboard.requests")
LONGEST_PATH = 200  # characters of an address in a log line
MOST_PARAMETERS = 1_000  # of an address, beside the names to compare


# Middleware, from the outside in


def log_requests(get_response):
    """Each request has an id of ours, never the client's: in its log lines and on the page that
    says something went wrong."""

    def answer(request):
        start = time.perf_counter()
        request.id = secrets.token_hex(8)
        path = request.path[:LONGEST_PATH]
        at_work = REQUEST.set({"request": request.id, "method": request.method, "path": path})
        try:
            response = get_response(request)
            milliseconds = round((time.perf_counter() - start) * 1000, 1)
            extra = {"status": response.status_code, "duration_ms": milliseconds}
            log.info("answered", extra=extra)
        finally:
            REQUEST.reset(at_work)
        if response.status_code >= 500:  # a page that is kept has the same headers for everyone
            response["X-Request-ID"] = request.id
        return response

    return answer


def set_headers(get_response):
    """On every answer, static files and refusals included, unless its view has said otherwise."""

    def answer(request):
        response = get_response(request)
        if "Permissions-Policy" not in response:  # kept pages carry all of them
            for name, value in HEADERS.items():
                response.setdefault(name, value)
        return response

    return answer


def name_the_site(get_response):
    """Links name the host of SITE_URL as it is written there, whatever port or spelling of it a
    visitor made up: a cache in front may keep one copy for all."""

    site = urlsplit(settings.SITE_URL)

    def answer(request):
        named = request.META.get("HTTP_HOST", "")
        if named != site.netloc:
            domain, _ = split_domain_port(named)
            if domain and domain in (site.hostname, f"[{site.hostname}]"):
                request.META["HTTP_HOST"] = site.netloc
        return get_response(request)

    return answer


def refuse_many_parameters(get_response):
    """No page knows so many, and reading them costs time. The names to compare are not counted:
    their page takes the first ones and says so."""

    def answer(request):
        if has_too_many_parameters(request):
            return defaults.bad_request(request, None)
        return get_response(request)

    return answer


def has_too_many_parameters(request):
    query = request.META.get("QUERY_STRING", "")
    return query.count("&") - query.count("&llm=") >= MOST_PARAMETERS
