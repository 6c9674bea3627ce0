"""Links of a page, from what a server understands to what a folder of files does."""

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlsplit

from django.urls import get_script_prefix

from .places import Element, Place, Places

# Elements of which an attribute may be a link. A page's own script has none, and texts escape “<”.
TAG = re.compile(
    r"<(a|area|base|button|form|iframe|img|link|meta|script|source|use)\b"
    r"""((?:[^>"']|"[^"]*"|'[^']*')*)>"""
)
LINK = re.compile(r' (href|src|action|data-href|content)="([^"]*)"')
OF_EXPORT = re.compile(r' data-view(?:="[^"]*")?(?=[ >]|$)')
MOST_ELEMENTS = 5_000  # that are remembered with their links
UNTOUCHED = ("#", "mailto:", "data:", "javascript:", "tel:")


class Page(NamedTuple):
    """A page with its links rewritten."""

    html: str
    links: dict[str, Place | None]  # by the links as they were; None where nothing is


def rewrite(html: str, place: Place, places: Places, *, is_absolute: bool = False) -> Page:
    """Links every page of the site by the way from this one; from the host's root, if the page is
    sent at any address."""
    return Rewriter(place, places, is_absolute).rewrite(html)


class Rewriter:
    """Rewrites the links of one page."""

    def __init__(self, place: Place, places: Places, is_absolute: bool):
        self.places = places
        self.page = get_script_prefix() + place.path.lstrip("/")
        self.root = get_script_prefix() if is_absolute else "../" * place.address.count("/")
        self.is_based = False  # does a <base> say where relative links begin?
        self.links: dict[str, Place | None] = {}
        self.is_own = False  # does an element depend on the page that has it?

    def rewrite(self, html: str) -> Page:
        """The page with its links."""
        return Page(TAG.sub(self.rewrite_tag, html), self.links)

    def rewrite_tag(self, match: re.Match[str]) -> str:
        """An element with its links. Most stand on many pages, and are remembered."""
        known, key = self.places.elements, (match[0], self.root, self.is_based)
        if key not in known:
            before, self.links, self.is_own = self.links, {}, False
            element = Element(self.write_element(match), self.links)
            self.links = before | element.links
            if self.is_own:
                return element.html
            if len(known) > MOST_ELEMENTS:
                known.clear()
            known[key] = element
        self.links |= known[key].links
        return known[key].html

    def write_element(self, match: re.Match[str]) -> str:
        """An element with its links."""
        name, attributes = match[1], match[2]
        write = self.keep_absolute if name in ("meta", "link") else self.write_link
        changed = LINK.sub(lambda link: self.rewrite_attribute(link, write), attributes)
        if name in ("a", "button") and (" download" in attributes or " data-href" in attributes):
            changed = OF_EXPORT.sub("", changed)  # there are files of the whole table only
        if name == "base":
            self.set_base(attributes)
        return f"<{name}{changed}>"

    def rewrite_attribute(self, match: re.Match[str], write: Callable[[str, Place], str]) -> str:
        """An attribute with what its link becomes; nothing for a view of this page, which only a
        script can show: it sets the link again."""
        name, link = match[1], match[2].replace("&amp;", "&")
        if name == "content" and not link.startswith(f"{self.places.origin}/"):
            return match[0]
        if not link or link.startswith(UNTOUCHED):
            return match[0]
        if not link.startswith(("/", self.places.origin)):
            self.is_own = True
        if link.startswith("?"):
            if link == "?" or self.is_based:
                return match[0]
            place = self.places.find(link, self.page)
            if place is None or place.shown_query:
                return ""
        try:
            place = self.places.find(link, self.page)
        except ValueError:  # of another site
            return match[0]
        self.links[link] = place
        if place is None:
            return match[0]
        shown = write(link, place) + fragment_of(link)
        return f' {name}="{shown.replace("&", "&amp;") or "./"}"'

    def write_link(self, link: str, place: Place) -> str:
        """The way to a place."""
        return (self.root + place.address) or "./"

    def keep_absolute(self, link: str, place: Place) -> str:
        """The way to a place; what names the page for others stays a whole address."""
        if urlsplit(link).scheme:
            return self.places.publish(place)
        return self.write_link(link, place)

    def set_base(self, attributes: str) -> None:
        """From here on, relative links begin at the address that a <base> names."""
        self.is_own = True
        if link := LINK.search(attributes):
            self.is_based = True
            based = self.places.find(link[2], self.page)
            if based:
                self.root = "../" * based.address.count("/")


def fragment_of(link: str) -> str:
    """“#metric-average”, or nothing."""
    _, mark, fragment = link.partition("#")
    return mark + fragment
