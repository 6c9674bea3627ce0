"""Public pages kept as they were sent, and sent again while the content is the same.

A page is found by its address, its canonical view, its encoding and the build of the site; it is
shown only if it was made of the present content revision, so an edit is on the next request. The
revision is not part of the key: what a newer page replaces is gone, and what was not replaced yet
is the last good copy for when the database does not answer.
"""

import gzip
import logging
import time
import zlib
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import brotli
from django import get_version
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import TooManyFieldsSent
from django.db import Error
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import get_conditional_response

from leaderboard.models.revision import current_token
from leaderboard.standings.published import forget_content, last_known_content, load_content
from leaderboard.text.languages import is_in_admin, language_of
from leaderboard.views.canonical import canonical_query, is_rare

from .answers import MOST_BYTES
from .headers import HEADERS
from .health import HEALTH
from .middleware import has_too_many_parameters

log = logging.getLogger(__name__)

KEPT_FOR = 24 * 60 * 60  # seconds: as the last good copy; a new revision replaces a page at once
RARE_PLACES = 256  # for views of which there are endlessly many, such as searches
FEWEST_BYTES = 200  # that are worth compressing
PAUSE = 5  # seconds without asking a cache that failed
# What every public answer says to browsers, proxies and CDNs; languages have addresses of their
# own. A copy counts for a second, and may be older only where the site fails. "Not found" and
# "moved" say it too: they replace a copy, and without it a browser keeps a redirect for ever.
PUBLIC = {
    "Cache-Control": "public, max-age=0, s-maxage=1, stale-if-error=86400",
    "Vary": "Accept-Encoding",
}
REPLACES_COPIES = {200, 301, 302, 404, 410}
CONDITIONS = tuple(
    f"HTTP_IF_{name}" for name in ("NONE_MATCH", "MATCH", "MODIFIED_SINCE", "UNMODIFIED_SINCE")
)
# What is said anew of every answer, or belongs to the encoding.
OURS = {"ETag", "Vary", "Cache-Control", "Content-Length", "Content-Encoding"}
# What 304 does not repeat: it has no content. A policy has to be there, or the default replaces it.
ABOUT_CONTENT = {"Content-Type", "Content-Length", "Content-Encoding", "Content-Language"}
ENCODERS = {
    "br": lambda body, is_best: brotli.compress(body, quality=11 if is_best else 5),
    "gzip": lambda body, is_best: gzip.compress(body, 9 if is_best else 6, mtime=0),
}


class Copy(NamedTuple):
    """A page as it is kept, and sent."""

    token: str
    digest: str  # of the key: several rare pages share a place
    headers: dict[str, tuple[str, str]]  # {name in small letters: (name, value)}
    body: bytes


class Page(NamedTuple):
    """What is asked for: one address and canonical view, in one encoding."""

    view: str
    encoding: str
    is_rare: bool
    digest: str

    @property
    def place(self):
        if self.is_rare:
            return f"rare-page-{int(self.digest[:8], 16) % RARE_PLACES}"
        return f"page-{self.digest}"

    def load(self):
        found = ask_cache(cache.get, self.place)
        copy = Copy(*found) if found else None
        return copy if copy and copy.digest == self.digest else None

    def store(self, token, headers, body):
        """Keeps it with all that will be said of it."""
        own = self.headers(token) | {"Content-Length": str(len(body))}
        copy = Copy(token, self.digest, headers | by_name(own), body)
        if len(body) <= MOST_BYTES:
            ask_cache(cache.set, self.place, tuple(copy), KEPT_FOR)
        return copy

    def forget(self):
        """Withdrawn or moved: no encoding of it is a last good copy any more."""
        places = [page_of(self.view, each, self.is_rare).place for each in ("", *ENCODERS)]
        ask_cache(cache.delete_many, places)

    def headers(self, token):
        etag = sha256(f"{self.digest} {token}".encode()).hexdigest()[:32]
        found = {"ETag": f'"{etag}"', **PUBLIC}
        return found | ({"Content-Encoding": self.encoding} if self.encoding else {})


def page_of(view, encoding, is_rare):
    text = f"{build_id()} {encoding} {view}"
    digest = sha256(text.encode(errors="surrogatepass")).hexdigest()
    return Page(view, encoding, is_rare, digest)


def keep_pages(get_response):
    """Before everything that reads cookies, languages, sessions or the ORM; what is not a public
    page goes through untouched."""
    build_id()

    def answer(request):
        if not is_public_read(request):
            return get_response(request)
        host = request.get_host()  # 400 for a host that is not ours, before anything is said
        token, page = asked_for(request, host)
        if page is None:
            return with_lifetime(get_response(request))
        copy = page.load()
        if copy and token in (copy.token, None):  # None: better yesterday's page than none
            return send(request, copy)
        return with_lifetime(make(request, get_response, page, token, last_good=copy))

    return answer


def with_lifetime(response):
    """Says how long caches may keep an answer that says nothing about it and sets no cookie."""
    is_silent = not response.has_header("Cache-Control") and not response.cookies
    if is_silent and response.status_code in REPLACES_COPIES:
        for name, value in PUBLIC.items():
            response[name] = value
    return response


def send(request, copy):
    """The page, or 304 to those who have it; HEAD loses its body in the server."""
    response = HttpResponse(copy.body)
    # Checked and encoded when it was made: to do so again would take as long as all else here.
    response.headers._store |= copy.headers
    return short_if_known(request, response)


def is_public_read(request):
    return (
        request.method in ("GET", "HEAD")
        and not settings.DEBUG  # templates are being edited
        and not is_in_admin(request.path_info)
        and not request.path_info.startswith(settings.STATIC_URL)
        and request.path_info not in HEALTH
    )


def asked_for(request, host):
    """(revision, page); the revision is None if the database does not answer, and the page None
    if nothing can be kept."""
    try:
        token = current_token()
        content = load_content(token)
    except Error:
        token, content = None, last_known_content()
    request.content = content
    if content is None or token == "":
        return token, None
    try:
        query = canonical_view(request, content)
    except (Error, Resolver404, TooManyFieldsSent):
        return token, None
    if query is None:
        return token, None
    origin = f"{request.scheme}://{host}"
    view = f"{origin}{request.path}?{query}"
    is_usual = origin == settings.SITE_URL or is_plain(request, host)
    return token, page_of(view, encoding_of(request), is_rare(query) or not is_usual)


def canonical_view(request, content):
    """What of the query string changes the page; most requests have none, and need no resolving."""
    if not request.META.get("QUERY_STRING"):
        return ""
    if has_too_many_parameters(request):
        return None
    with translation.override(language_of(request.path_info)):  # whose prefix is an address's first
        match = resolve(request.path_info)
    return canonical_query(match.url_name, request, match.kwargs.get("slug"), content)


def is_plain(request, host):
    """Of an address with a port of its own invention, or other letters, there are too many."""
    _, has_port, port = host.rpartition(":")
    own_port = not has_port or port.endswith("]") or port == request.META.get("SERVER_PORT")
    return own_port and host == host.lower()


def make(request, get_response, page, token, last_good):
    """The page made now, and kept if the content stayed the same meanwhile."""
    plain = page_of(page.view, "", page.is_rare)
    copy = plain.load() if page.encoding else None
    if copy is None or copy.token != token:
        response = get_response(request)
        if response.status_code == 503 and (last_good or copy):
            return send(request, last_good or copy)
        if not may_be_kept(response):
            if response.status_code in REPLACES_COPIES:
                page.forget()
            return response
        if token is None or not is_still(token):
            forget_content()
            return response
        if response.streaming:
            return send_stream(request, response, page, token)
        copy = plain.store(token, kept_headers(response), response.content)
    if page.encoding and len(copy.body) >= FEWEST_BYTES:
        # A page's own address is asked for more often than any other view of it.
        body = ENCODERS[page.encoding](copy.body, is_best=page.view.endswith("?"))
        copy = page.store(token, copy.headers, body)
    return send(request, copy)


def send_stream(request, response, page, token):
    """What is too long to be made before it is sent; 304 without making the rest of it."""
    headers = kept_headers(response)
    for name, value in page.headers(token).items():
        response[name] = value
    pieces = compressed(response.streaming_content, page.encoding)
    is_asked = request.method == "GET"  # a server would make it all for HEAD, and drop it
    response.streaming_content = sent_and_kept(pieces, page, token, headers) if is_asked else ()
    return short_if_known(request, response)


def compressed(pieces, encoding):
    if not encoding:
        yield from pieces
        return
    if encoding == "br":
        encoder = brotli.Compressor(quality=5)
        encode, finish = encoder.process, encoder.finish
    else:
        encoder = zlib.compressobj(wbits=31)  # 31: as gzip
        encode, finish = encoder.compress, encoder.flush
    yield from filter(None, map(encode, pieces))
    yield finish()


def sent_and_kept(pieces, page, token, headers):
    """Kept in the end if it is short enough as it was sent."""
    sent, length = [], 0
    for piece in pieces:
        yield piece
        length += len(piece)
        if length <= MOST_BYTES:
            sent.append(piece)
    if length <= MOST_BYTES:
        page.store(token, headers, b"".join(sent))


def may_be_kept(response):
    return (
        response.status_code == 200
        and not response.cookies
        and "no-store" not in response.get("Cache-Control", "")
        and not response.has_header("Content-Encoding")
    )


def is_still(token):
    try:
        return current_token() == token
    except Error:
        return False


def kept_headers(response):
    """With those that every answer carries, so that they need not be added each time."""
    own = {name: value for name, value in response.items() if name not in OURS}
    return by_name(HEADERS | own)


def by_name(headers):
    """As Django's responses hold them."""
    return {name.lower(): (name, value) for name, value in headers.items()}


def short_if_known(request, response):
    """304 where they have it."""
    if not any(name in request.META for name in CONDITIONS):
        return response
    short = get_conditional_response(request, etag=response["ETag"], response=response)
    if short is not response:
        for name, value in response.items():
            if name not in ABOUT_CONTENT:
                short.headers.setdefault(name, value)
    return short


def encoding_of(request):
    return best_encoding(request.META.get("HTTP_ACCEPT_ENCODING", ""))


@lru_cache(maxsize=256)
def best_encoding(header):
    """The first of ours that is accepted; "" for none."""
    accepted = set()
    for part in header.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";")
        if weight.rstrip("0") not in ("q=", "q=0."):
            accepted.add(name)
    return next((name for name in ENCODERS if name in accepted), "")


_failed_at = -float(PAUSE)  # by the monotonic clock


def ask_cache(do, *arguments):
    """What a cache answers; None while it fails, as pages can be made without it."""
    global _failed_at
    if time.monotonic() - _failed_at < PAUSE:
        return None
    try:
        return do(*arguments)
    except Exception:  # each kind of cache has errors of its own
        _failed_at = time.monotonic()
        log.warning("The cache does not answer; pages are made anew for %s s.", PAUSE)
        return None


def end_pause():
    """For tests of caches that fail."""
    global _failed_at
    _failed_at = -float(PAUSE)


@lru_cache(maxsize=1)
def build_id():
    """Stands for all that makes pages besides the content: code, templates, static files."""
    root = settings.BASE_DIR
    sources = [
        each
        for folder in ("config", "leaderboard", "templates", "locale")
        for each in (root / folder).rglob("*")
        if each.suffix in (".py", ".html", ".svg", ".xml", ".mo")
    ]
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    files = [*sorted(sources), *([manifest] if manifest.exists() else [])]
    content = b"".join(path.name.encode() + path.read_bytes() for path in files)
    return sha256(get_version().encode() + content).hexdigest()[:16]
