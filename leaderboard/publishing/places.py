"""Where each address of the site lies in the exported tree, and what leads there from a page."""

from functools import cached_property, lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve
from django.utils import translation

from leaderboard.serving.public_views import declaration_of
from leaderboard.standings.published import Content
from leaderboard.text.languages import language_of

from .requests import StaticRequest

INDEX = "index.html"
MOST_PLACES = 20_000  # links that are remembered with the place that they lead to
# A host sends the index of a folder as HTML, so a feed needs the name of a file.
RENAMED = {"changes/feed/": "changes/feed.xml"}
# Pages and files of these views are others for each query: each query gets a file of its own.
FILE_PER_QUERY = {
    "badge", "benchmark", "changes", "diff", "export", "organization", "release-file", "releases",
    "source",
}  # fmt: skip
# The script of these pages reads the query: links to them keep it.
QUERY_FOR_SCRIPT = {"compare", "embed", "front", "leaderboard", "release", "seed-page"}
# What has no file: it is for maintainers, or shows any of endlessly many states.
NEEDS_SERVER = {"draft", "draft-without-slash", "edit", "oembed", "revision"}


class Place(NamedTuple):
    """An address of the site in the tree."""

    path: str  # as the site has it, without the prefix below which it is published
    query: str  # of which its file is made
    file: str  # in the tree, like “llms/gpt-4o/index.html”
    shown_query: str = ""  # that links to it keep, with “?”

    @property
    def address(self) -> str:
        """From the root of the tree: “llms/gpt-4o/”; "" for the first page."""
        return quote(self.file.removesuffix(INDEX)) + self.shown_query


class Element(NamedTuple):
    """An element with its links rewritten."""

    html: str
    links: dict[str, Place | None]  # by the links as they were; None where nothing is


class Places:
    """The addresses of a site that is published below a base address."""

    def __init__(self, base_url: str, content: Content):
        self.content = content
        self.parts = urlsplit(base_url)
        self._places: dict[str, Place | None] = {}
        # By the element, the way to the root, and whether a <base> says where links begin.
        self.elements: dict[tuple[str, str, bool], Element] = {}
        self._named: dict[str, Place] = {}  # by addresses that only the tree has

    @cached_property
    def origin(self) -> str:
        """Scheme and host, without “/”."""
        return f"{self.parts.scheme}://{self.parts.netloc}"

    def find(self, link: str, page: str) -> Place | None:
        """The place that a link on a page leads to; both are addresses with their prefix.

        None for one that has no file. Raises ValueError for a link to another site.
        """
        address = urljoin(page, link)
        if address.startswith(f"{self.origin}/"):
            address = address.removeprefix(self.origin)
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            raise ValueError(link)
        if parts.path in self._named and not parts.query:
            return self._named[parts.path]
        key = f"{parts.path}?{parts.query}"
        if len(self._places) > MOST_PLACES:
            self._places.clear()
        if key not in self._places:
            self._places[key] = self.locate(self.without_prefix(parts.path), parts.query)
        return self._places[key]

    def publish(self, place: Place) -> str:
        """The whole address under which a place is published; a page may link to it by that."""
        path = get_script_prefix() + place.address
        if place.address != quote(place.path.lstrip("/")):
            self._named[path] = place
        return self.origin + path

    @staticmethod
    def without_prefix(path: str) -> str:
        """The path as the addresses of the site have it."""
        prefix = get_script_prefix()
        return f"/{path.removeprefix(prefix)}" if path.startswith(prefix) else path

    def locate(self, path: str, query: str) -> Place | None:
        """The place of a path with a query; None where there is no file."""
        if path.startswith(settings.STATIC_URL):
            return Place(path, "", unquote(path).lstrip("/"))
        match = find_view(path)
        name = match.url_name if match else None
        if match is None or match.app_names or name in NEEDS_SERVER or declares_nothing(match):
            return None
        own = self.canonical_query(path, query, match) if name in FILE_PER_QUERY else ""
        if name == "diff" and not own:  # its form asks a server
            return None
        kept = f"?{query}" if query and name in QUERY_FOR_SCRIPT else ""
        return Place(path, own, name_file(path, own), kept)

    def canonical_query(self, path: str, query: str, match: ResolverMatch) -> str:
        """The part of a query that the page depends on, as its view has declared it."""
        reads = declaration_of(match.func)
        if not query or reads is None:
            return ""
        request = StaticRequest(self, path, query)
        return reads(request, self.content, **match.kwargs).query


@lru_cache(maxsize=256)  # a page asks for its own several times
def find_view(path: str) -> ResolverMatch | None:
    """What answers a path; None where nothing does."""
    try:
        with translation.override(language_of(path)):  # of the path's own prefix
            return resolve(path)
    except Resolver404:
        return None


def declares_nothing(match: ResolverMatch) -> bool:
    """Is it no public view?"""
    return declaration_of(match.func) is None


def name_file(path: str, query: str) -> str:
    """“changes/page-2/index.html” for the second page of “/changes/”."""
    name = unquote(path).lstrip("/")
    name = RENAMED.get(name, name)
    words = "-".join("-".join(pair) for pair in parse_qsl(query))
    if not name or name.endswith("/"):
        return f"{name}{words}/{INDEX}" if words else f"{name}{INDEX}"
    if not words:
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-{words}{dot}{ending}"
