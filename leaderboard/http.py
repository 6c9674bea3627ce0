"""What every answer carries, and the answers of a site that cannot work right now.

By the published scoring of MDN's HTTP Observatory a page of this site has 130 points, grade A+:
100, + 10 for a CSP from default-src 'none' without unsafe parts, + 10 for a resource policy of
same-origin, + 5 for a private referrer policy, + 5 for frame-ancestors; no cookie, all scripts our
own, redirect to https. It is 120 while HSTS_SECONDS is below half a year (- 10).
"""

import errno
import logging
import secrets
import sys
import time
from functools import wraps
from itertools import chain, islice
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.request import split_domain_port
from django.template.loader import render_to_string
from django.views import defaults

from .logs import REQUEST

log = logging.getLogger("leaderboard.requests")

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
HEALTH = ("/healthz", "/readyz")
RETRY_AFTER = 5  # seconds
LONGEST_PATH = 200  # characters of an address in a log line
MOST_PARAMETERS = 1_000  # of an address, beside the names to compare
MOST_BYTES = 2 * 1024 * 1024  # of an answer that is kept; a longer one is sent as it is made
LINES_AT_ONCE = 200
DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


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


def answer_health(get_response):
    """Before the check of the host, and exempt from the redirect to https: probes ask by address,
    over http."""

    def answer(request):
        if request.path_info not in HEALTH:
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if request.path_info == HEALTH[1]:
            reasons = what_is_missing()
            return plain("\n".join([*(reasons or ["ready"]), ""]), 503 if reasons else 200)
        return plain("ok\n")

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


def plain(text, status=200):
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "no-store"
    if status == 503:
        response["Retry-After"] = RETRY_AFTER
    return response


def what_is_missing():
    """Why pages cannot be served now, in sentences without details; [] when they can."""
    reasons = []
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            reasons.append("Migrations are not applied: run manage.py migrate.")
    except Error:
        reasons.append("The database cannot be used.")
    try:
        cache.set("readyz", "ready", RETRY_AFTER)
    except Exception:  # each kind of cache has errors of its own
        reasons.append("The cache cannot be reached.")
    return reasons


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


def short_or_streamed(texts, content_type):
    """In one piece if it is short enough to be kept, else as it is made."""
    pieces, begun, length = pieces_of(texts), [], 0
    for piece in pieces:
        begun.append(piece)
        length += len(piece)
        if length > MOST_BYTES:
            return StreamingHttpResponse(chain(begun, pieces), content_type=content_type)
    return HttpResponse(b"".join(begun), content_type=content_type)


def pieces_of(texts):
    """As bytes, many lines at a time: each piece is a chunk of its own on the wire."""
    texts = iter(texts)
    while some := list(islice(texts, LINES_AT_ONCE)):
        yield "".join(some).encode()


# Error pages: templates that need neither database nor cache


def server_error(request):
    """503 where the machine failed and may recover, 500 where this code did."""
    if is_outage(sys.exc_info()[1]):
        return unavailable(request, is_write_undone=True)
    return error_page("500.html", 500, {"request_id": request.id})


def bad_request(request, exception):
    """Django calls a session that cannot be stored a bad request, even when the disk is full."""
    if is_outage(exception):
        return unavailable(request, is_write_undone=False)
    return defaults.bad_request(request, exception)


def unavailable(request, is_write_undone):
    """Every form is saved in one transaction, so its failure leaves nothing behind."""
    context = {
        "is_write": request.method not in ("GET", "HEAD"),
        "is_write_undone": is_write_undone,
        "request_id": request.id,
    }
    response = error_page("503.html", 503, context)
    response["Retry-After"] = RETRY_AFTER
    return response


def error_page(template, status, context):
    try:
        response = HttpResponse(render_to_string(template, context), status=status)
    except ValueError:  # the style sheet has not been collected
        response = plain(f"Something went wrong. Request {context['request_id']}.\n", status)
    response["Cache-Control"] = "no-store"
    return response


def is_outage(error):
    """A database or cache that is locked, full, read-only or gone; also as the cause of another
    error. A mistake in a query, or a value that a constraint refuses, is none."""
    while error:
        if (
            isinstance(error, OperationalError | InterfaceError)
            or type(error) is DatabaseError
            or type(error).__module__.startswith("redis.")
            or (isinstance(error, OSError) and error.errno in DISK)
        ):
            return True
        error = error.__context__
    return False
