"""Public pages are kept as they were sent, and sent again while the content is the same.

A page is found by its address, its canonical query, its encoding and the build of the site. It is
sent only if it shows the present content revision, so an edit is on the next request. The revision
is not part of the key: a newer page replaces the older one, and one that was not replaced yet is
the last good copy for when the database does not answer.
"""

import re
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.db import Error
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import get_conditional_response

from leaderboard.models.revision import current_token
from leaderboard.standings.published import (
    Content,
    forget_content,
    last_known_content,
    load_content,
)
from leaderboard.text.languages import is_in_admin, language_of

from .compression import ENCODERS, choose_encoding, compress_stream
from .copies import PUBLIC, STATE, Copy, Headers, Page, build_id, build_page
from .headers import HEADERS
from .health import HEALTH
from .middleware import has_too_many_parameters
from .public_views import Canonical, declaration_of, remember_canonical

GetResponse = Callable[[HttpRequest], HttpResponseBase]

FEWEST_BYTES = 200  # that are worth compressing
UNKEPT = re.compile("no-store|no-transform")  # no-transform: its bytes are what is asked for
REPLACES_COPIES = {200, 301, 302, 404, 410}
CONDITIONS = tuple(
    f"HTTP_IF_{name}" for name in ("NONE_MATCH", "MATCH", "MODIFIED_SINCE", "UNMODIFIED_SINCE")
)
# Headers that are set anew on every answer, or that belong to the encoding.
OURS = {"ETag", "Vary", "Cache-Control", "Content-Length", "Content-Encoding"}
# Headers that 304 does not repeat, as it has no content. It repeats the policy: without one, a
# later middleware would add the default.
ABOUT_CONTENT = {"Content-Type", "Content-Length", "Content-Encoding", "Content-Language"}


def keep_pages(get_response: GetResponse) -> GetResponse:
    """Send kept copies of public pages. It stands before everything that reads cookies, languages,
    sessions or the ORM; any other request passes through unchanged."""
    build_id()

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not is_public_read(request):
            return get_response(request)
        host = request.get_host()  # answers 400 to a foreign host before anything is sent
        token, page = find_page(request, host)
        if page is None:
            return add_lifetime(get_response(request))
        copy = page.load()
        if copy and token in (copy.token, None):  # None: an old page is better than an error
            return send_copy(request, copy)
        return add_lifetime(render_page(request, get_response, page, token, last_good=copy))

    return answer


def is_public_read(request: HttpRequest) -> bool:
    """May the answer be kept for everyone, by its method and path?"""
    return (
        request.method in ("GET", "HEAD")
        and not settings.DEBUG  # templates are being edited
        and not is_in_admin(request.path_info)
        and not request.path_info.startswith(settings.STATIC_URL)
        and request.path_info not in HEALTH
    )


def find_page(request: HttpRequest, host: str) -> tuple[str | None, Page | None]:
    """(revision, page) that a request asks for.

    The revision is None if the database does not answer; the page is None if nothing can be kept.
    """
    token: str | None
    content: Content | None
    try:
        token = current_token()
        content = load_content(token)
    except Error:
        token, content = None, last_known_content()
    request.content = content  # type: ignore[attr-defined]  # read by published_content
    if content is None or token == "":
        return token, None
    canonical = find_canonical(request, content)
    if canonical is None:
        return token, None
    origin = f"{request.scheme}://{host}"
    view = f"{origin}{request.path}?{canonical.query}"
    is_usual = origin == settings.SITE_URL or is_usual_host(request, host)
    is_rare = canonical.is_rare or not is_usual
    return token, build_page(view, choose_encoding(request), is_rare)


def find_canonical(request: HttpRequest, content: Content) -> Canonical | None:
    """The part of the query that the page depends on, as its view has declared it.

    None: the view has declared nothing, or the query cannot be read. Most requests have no query;
    their address need not be resolved.
    """
    if not request.META.get("QUERY_STRING"):
        return Canonical()
    if has_too_many_parameters(request):
        return None
    try:
        with translation.override(language_of(request.path_info)):  # of the address's prefix
            match = resolve(request.path_info)
        reads = declaration_of(match.func)
        if reads is None:
            return None
        canonical = reads(request, content, **match.kwargs)
    except (Error, Resolver404, TooManyFieldsSent):
        return None
    remember_canonical(request, canonical)
    return canonical


def is_usual_host(request: HttpRequest, host: str) -> bool:
    """Is the host spelled as sites spell it? Unusual spellings, with capitals or an invented port,
    are unlimited, so they share the rare places."""
    _, has_port, port = host.rpartition(":")
    own_port = not has_port or port.endswith("]") or port == request.META.get("SERVER_PORT")
    return own_port and host == host.lower()


def render_page(
    request: HttpRequest,
    get_response: GetResponse,
    page: Page,
    token: str | None,
    last_good: Copy | None,
) -> HttpResponseBase:
    """Let the view answer, and keep its page if the content stayed the same meanwhile.

    A view that cannot reach the database is replaced by the last good copy.
    """
    uncompressed = page.in_encoding("")
    copy = uncompressed.load() if page.encoding else None
    if copy is None or copy.token != token:
        response = get_response(request)
        old = last_good or copy
        if response.status_code == 503 and old:
            return send_copy(request, old)
        if not may_be_kept(response):
            if response.status_code in REPLACES_COPIES:
                page.forget()
            return response
        if token is None or not is_current(token):
            forget_content()
            return response
        if isinstance(response, StreamingHttpResponse):
            return send_stream(request, response, page, token)
        body = cast(HttpResponse, response).content
        copy = uncompressed.store(token, collect_headers(response), body)
    if page.encoding and len(copy.body) >= FEWEST_BYTES:
        body = ENCODERS[page.encoding](copy.body, page.is_bare)
        copy = page.store(copy.token, copy.headers, body)
    return send_copy(request, copy)


def send_copy(request: HttpRequest, copy: Copy) -> HttpResponseBase:
    """The page, or 304 to those who have it."""
    response = HttpResponse(copy.body, headers=copy.headers)
    return shorten_known(request, response)


def send_stream(
    request: HttpRequest, response: StreamingHttpResponse, page: Page, token: str
) -> HttpResponseBase:
    """Send what is too long to be made first; 304 does not make the rest of it."""
    headers = collect_headers(response)
    for name, value in page.headers(headers.get(STATE, token)).items():
        response[name] = value
    pieces = compress_stream(cast("map[bytes]", response.streaming_content), page.encoding)
    if request.method == "GET":
        response.streaming_content = page.store_while_sending(token, headers, pieces)
    else:
        response.streaming_content = ()  # a server would make all of it for HEAD, and drop it
    return shorten_known(request, response)


def may_be_kept(response: HttpResponseBase) -> bool:
    """Is it a whole page for everyone, to be sent in whatever encoding?"""
    return (
        response.status_code == 200
        and not response.cookies
        and not UNKEPT.search(response.get("Cache-Control", ""))
        and not response.has_header("Content-Encoding")
    )


def is_current(token: str) -> bool:
    """Is this still the content revision?"""
    try:
        return current_token() == token
    except Error:
        return False


def collect_headers(response: HttpResponseBase) -> Headers:
    """The headers to keep: the view's own and those of every answer, which then need not be added
    each time."""
    own = {name: value for name, value in response.items() if name not in OURS}
    return HEADERS | own


def add_lifetime(response: HttpResponseBase) -> HttpResponseBase:
    """Say how long caches may keep an answer that says nothing about it and sets no cookie."""
    is_silent = not response.has_header("Cache-Control") and not response.cookies
    if is_silent and response.status_code in REPLACES_COPIES:
        for name, value in PUBLIC.items():
            response[name] = value
    return response


def shorten_known(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """304 in place of the page for those who have it, with all headers but those of the content."""
    if not any(name in request.META for name in CONDITIONS):
        return response
    short = get_conditional_response(
        request, etag=response["ETag"], response=cast(HttpResponse, response)
    )
    if short is None or short is response:
        return response
    for name, value in response.items():
        if name not in ABOUT_CONTENT:
            short.headers.setdefault(name, value)
    return short
