"""Copies of public pages in the cache: where each lies, what it holds, and a cache that fails."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from django import get_version
from django.conf import settings
from django.core.cache import cache

from .answers import MOST_BYTES
from .compression import ENCODERS

log = logging.getLogger(__name__)

KEPT_FOR = 24 * 60 * 60  # seconds: as the last good copy; a new revision replaces a page at once
RARE_PLACES = 256  # for views of which there are endlessly many, such as searches
PAUSE = 5  # seconds without asking a cache that failed
# What every public answer says to browsers, proxies and CDNs; languages have addresses of their
# own. A copy counts for a second, and may be older only where the site fails. "Not found" and
# "moved" say it too: they replace a copy, and without it a browser keeps a redirect for ever.
PUBLIC = {
    "Cache-Control": "public, max-age=0, s-maxage=1, stale-if-error=86400",
    "Vary": "Accept-Encoding",
}

# A header by which a view names what an answer shows, if that is not the content of the day: the
# answer keeps its ETag as long as it is the same.
STATE = "X-State"

Headers = dict[str, str]


class Copy(NamedTuple):
    """A page as it is kept and sent."""

    token: str  # of the content revision it shows
    digest: str  # of its key: several rare pages share a place
    headers: Headers
    body: bytes


class Page(NamedTuple):
    """What is asked for: one address and canonical query, in one encoding."""

    view: str  # the whole address
    encoding: str
    is_rare: bool
    digest: str

    @property
    def place(self) -> str:
        """The key in the cache."""
        if self.is_rare:
            return f"rare-page-{int(self.digest[:8], 16) % RARE_PLACES}"
        return f"page-{self.digest}"

    @property
    def is_bare(self) -> bool:
        """Is it a page's own address, without a query? It is asked for more often than others."""
        return self.view.endswith("?")

    def in_encoding(self, encoding: str) -> "Page":
        """The same page in another encoding."""
        return build_page(self.view, encoding, self.is_rare)

    def load(self) -> Copy | None:
        """The copy in the cache, of whatever revision."""
        stored = ask_cache(cache.get, self.place)
        copy = Copy(*stored) if stored else None
        return copy if copy and copy.digest == self.digest else None

    def store(self, token: str, headers: Headers, body: bytes) -> Copy:
        """Cache the body with its headers; a body that is too long is only returned."""
        own = self.headers(headers.get(STATE, token)) | {"Content-Length": str(len(body))}
        copy = Copy(token, self.digest, headers | own, body)
        if len(body) <= MOST_BYTES:
            ask_cache(cache.set, self.place, tuple(copy), KEPT_FOR)
        return copy

    def store_while_sending(
        self, token: str, headers: Headers, pieces: Iterable[bytes]
    ) -> Iterator[bytes]:
        """Pass the pieces on; cache the whole at the end if it is short enough as it was sent."""
        sent: list[bytes] = []
        length = 0
        for piece in pieces:
            yield piece
            length += len(piece)
            if length <= MOST_BYTES:
                sent.append(piece)
        if length <= MOST_BYTES:
            self.store(token, headers, b"".join(sent))

    def forget(self) -> None:
        """Drop every encoding of a page that is withdrawn or moved: none is a last good copy."""
        places = [self.in_encoding(encoding).place for encoding in ("", *ENCODERS)]
        ask_cache(cache.delete_many, places)

    def headers(self, state: str) -> Headers:
        """What belongs to this encoding and to what it shows: a revision, or what STATE names."""
        etag = sha256(f"{self.digest} {state}".encode()).hexdigest()[:32]
        encoding = {"Content-Encoding": self.encoding} if self.encoding else {}
        return {"ETag": f'"{etag}"', **PUBLIC, **encoding}


def build_page(view: str, encoding: str, is_rare: bool) -> Page:
    """The page of an address in one encoding, as this build of the site makes it."""
    text = f"{build_id()} {encoding} {view}"
    digest = sha256(text.encode(errors="surrogatepass")).hexdigest()
    return Page(view, encoding, is_rare, digest)


_failed_at = -float(PAUSE)  # by the monotonic clock


def ask_cache(call: Callable[..., Any], *arguments: object) -> Any:
    """What the cache answers; None while it fails, as pages can be made without it."""
    global _failed_at
    if time.monotonic() - _failed_at < PAUSE:
        return None
    try:
        return call(*arguments)
    except Exception:  # each kind of cache has errors of its own
        _failed_at = time.monotonic()
        log.warning("The cache does not answer; pages are made anew for %s s.", PAUSE)
        return None


def end_pause() -> None:
    """Ask a cache that failed at once again; for tests."""
    global _failed_at
    _failed_at = -float(PAUSE)


@lru_cache(maxsize=1)
def build_id() -> str:
    """Hash of everything but the content that shapes a page: code, templates, static files."""
    root = settings.BASE_DIR
    sources = [
        path
        for folder in ("config", "leaderboard", "templates", "locale")
        for path in (root / folder).rglob("*")
        if path.suffix in (".py", ".html", ".svg", ".xml", ".mo")
    ]
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    files = [*sorted(sources), *([manifest] if manifest.exists() else [])]
    content = b"".join(path.name.encode() + path.read_bytes() for path in files)
    return sha256(get_version().encode() + content).hexdigest()[:16]
