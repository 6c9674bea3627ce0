"""Every public file of the site, found by its links: what the sitemap lists, and all that leads on.

A link inside that leads to nothing is found on the way, as each link has to be followed anyway.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix, reverse
from django.utils import translation
from django.utils.html import escape
from django.views.defaults import page_not_found

from leaderboard.models import Leaderboard
from leaderboard.standings.published import Content
from leaderboard.text.languages import in_language, language_of

from .comparing import FILE as COMPARISON
from .comparing import write_comparison
from .makers import Makers
from .places import INDEX, Place, Places, find_view
from .requests import StaticRequest
from .rewriting import rewrite

NOT_FOUND = "404.html"
AT_ONCE = 200  # places that are made before what they link to is looked at
LISTED = re.compile(r"<loc>([^<]+)</loc>")
LISTED_PAGE = re.compile(r"<url>.*?</url>\n?", re.DOTALL)
Pieces = Iterable[bytes]


class DeadLink(NamedTuple):
    """A link that leads to nothing, and the file that has it."""

    file: str
    link: str


class OneLeaderboard(Content):
    """The published content as a site shows it that has one leaderboard."""

    def __init__(self, token: str, slug: str):
        super().__init__(token)
        self.slug = slug

    def leaderboards(self) -> list[Leaderboard]:
        return [each for each in super().leaderboards() if each.slug == self.slug]


class Made(NamedTuple):
    """The files of a place, and where its links lead: None for one that leads to nothing."""

    files: list[tuple[str, Pieces]]
    links: dict[str, Place | None]

    def whole(self) -> "Made":
        """The same with every file in one piece."""
        return Made([(name, [b"".join(pieces)]) for name, pieces in self.files], self.links)


class Site:
    """The files of the site, made one by one; of all of them only the names are kept."""

    def __init__(self, places: Places, *, is_whole: bool = True):
        self.places, self.content = places, places.content
        self.is_whole = is_whole
        self.waiting: deque[tuple[Place, str]] = deque()  # with the file that linked it first
        self.known: set[str] = set()
        self.dead: list[DeadLink] = []

    def files(self) -> Iterator[tuple[str, Pieces]]:
        """(name, content) of every file, each once. What is dead is known at the end."""
        for path in self.beginnings():
            self.want(self.places.locate(path, ""), path, "")
        yield ".nojekyll", [b""]
        yield from self.take(self.make_not_found(), Place("", "", NOT_FOUND), "")
        later = []
        with Makers(self.make) as makers:
            while self.waiting:
                some = [self.waiting.popleft() for _ in range(min(AT_ONCE, len(self.waiting)))]
                # A sitemap lists what was made.
                later += [each for each in some if each[0].file.startswith("sitemap")]
                some = [each for each in some if not each[0].file.startswith("sitemap")]
                made = makers.make([place for place, _ in some])
                for (place, linked_by), each in zip(some, made, strict=True):
                    yield from self.take(each, place, linked_by)
        for place, _linked_by in later:
            yield place.file, [self.make_sitemap(place)]

    def take(self, made: Made | None, place: Place, linked_by: str) -> Iterator[tuple[str, Pieces]]:
        """The files of a place; what its links lead to is made next."""
        if made is None:
            self.dead.append(DeadLink(linked_by, place.path))
            return
        yield from made.files
        for link, target in made.links.items():
            self.want(target, link, place.file)

    def beginnings(self) -> list[str]:
        """The paths from which every page is reached."""
        pages = [reverse("front"), reverse("seed-page")]
        for leaderboard in self.content.leaderboards():
            names = ("leaderboard", "compare", "charts", "embed", "releases")
            pages += [reverse(name, args=[leaderboard.slug]) for name in names]
        pages += [reverse(name) for name in ("changes", "ranks", "api")]
        files = [reverse(name) for name in ("feed", "robots", "sitemap")]
        pages = [self.places.without_prefix(page) for page in pages]
        languages = [code for code, _name in settings.LANGUAGES]
        paths = [in_language(page, code) for code in languages for page in pages]
        return [*paths, *map(self.places.without_prefix, files), *self.listed_pages()]

    def listed_pages(self) -> list[str]:
        """The paths that the sitemap lists; its parts too."""
        paths, waiting = [], [self.places.without_prefix(reverse("sitemap"))]
        for path in waiting:
            found = LISTED.findall(self.ask_text(path))
            inside = [self.places.find(address, "/") for address in found]
            parts = [each.path for each in inside if each and each.file.startswith("sitemap-")]
            waiting += parts
            paths += parts
            if self.is_whole:
                paths += [each.path for each in inside if each]
        return paths

    def want(self, place: Place | None, link: str, file: str) -> None:
        """Remember a place that has to be made; a link without a place is dead."""
        if place is None:
            self.dead.append(DeadLink(file, link))
        elif place.file not in self.known:
            self.known.add(place.file)
            self.waiting.append((place, file))

    def make(self, place: Place) -> Made | None:
        """The file of a place, and the data of a comparison beside its page; None if it is dead."""
        if place.path.startswith(settings.STATIC_URL):
            content = read_static(place.path.removeprefix(settings.STATIC_URL))
            return None if content is None else Made([(place.file, content)], {})
        response = self.ask(place)
        if response.status_code in (301, 302):
            return self.lead_on(response["Location"], place)
        if response.status_code not in (200, 410):
            return None
        if not place.file.endswith(INDEX):
            return Made([(place.file, pieces_of(response))], {})
        page = rewrite(text_of(response), place, self.places)
        files = [(place.file, [page.html.encode()]), *self.make_comparison(place)]
        return Made(files, page.links)

    def make_comparison(self, place: Place) -> Iterator[tuple[str, Pieces]]:
        """What the script of a comparison reads."""
        match = find_view(place.path)
        leaderboard = match and self.content.leaderboard(match.kwargs.get("slug", ""))
        if match and leaderboard and match.url_name == "compare":
            with translation.override(language_of(place.path)):
                text = b"".join(write_comparison(self.content.standings(leaderboard)))
            yield place.file.removesuffix(INDEX) + COMPARISON, [text]

    def ask(self, place: Place) -> HttpResponseBase:
        """What the view of a place answers."""
        request = StaticRequest(self.places, place.path, place.query)
        if place.file != place.path.lstrip("/") and not place.file.endswith(INDEX):
            request.path = get_script_prefix() + place.address  # a feed names itself
        return answer(request)

    def ask_text(self, path: str) -> str:
        """The text of a file of the site."""
        return text_of(answer(StaticRequest(self.places, path)))

    def lead_on(self, location: str, place: Place) -> Made | None:
        """A page in place of a redirect, which a folder of files cannot give."""
        target = self.places.find(location, get_script_prefix())
        if target is None or not place.file.endswith(INDEX):
            return None
        way = escape("../" * place.address.count("/") + target.address)
        html = (
            f'<!doctype html>\n<html lang="{language_of(place.path)}">\n<meta charset="utf-8">\n'
            f'<title>{way}</title>\n<meta http-equiv="refresh" content="0; url={way}">\n'
            f'<a href="{way}">{way}</a>\n'
        )
        return Made([(place.file, [html.encode()])], {location: target})

    def make_not_found(self) -> Made:
        """The page that a host sends for what is not there, at any address."""
        request = StaticRequest(self.places, f"/{NOT_FOUND}")
        place = Place(f"/{NOT_FOUND}", "", NOT_FOUND)
        with translation.override(settings.LANGUAGE_CODE):
            html = text_of(page_not_found(request, Http404()))
        page = rewrite(html, place, self.places, is_absolute=True)
        return Made([(NOT_FOUND, [page.html.encode()])], page.links)

    def make_sitemap(self, place: Place) -> bytes:
        """A sitemap of what was made."""

        def keep(match: re.Match[str]) -> str:
            address = LISTED.search(match[0])
            listed = address and self.places.find(address[1], "/")
            return match[0] if listed and listed.file in self.known else ""

        text = self.ask_text(place.path)
        return (text if self.is_whole else LISTED_PAGE.sub(keep, text)).encode()


def answer(request: StaticRequest) -> HttpResponseBase:
    """What the view of a request answers, in the language of its path."""
    match = find_view(request.path_info)
    if match is None:
        return HttpResponse(status=404)
    request.resolver_match = match
    with translation.override(language_of(request.path_info)):
        try:
            response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        except Http404:
            return HttpResponse(status=404)
    return response


def pieces_of(response: HttpResponseBase) -> Pieces:
    """The content of an answer, piece by piece if it is made so."""
    if response.streaming:
        pieces: Iterable[bytes] = response.streaming_content  # type: ignore[attr-defined]
        return pieces
    assert isinstance(response, HttpResponse)
    return [response.content]


def text_of(response: HttpResponseBase) -> str:
    """The content of an answer as text."""
    return b"".join(pieces_of(response)).decode()


def read_static(name: str) -> Pieces | None:
    """A static file as the storage has it, else as it lies in the source; None if there is none."""
    if staticfiles_storage.exists(name):
        with staticfiles_storage.open(name) as file:
            return [file.read()]
    path = finders.find(name)
    if path is None:
        return None
    with open(str(path), "rb") as file:
        return [file.read()]
