"""One leaderboard as one file: styles, scripts and pictures within, so that it asks for nothing.

With front matter it is a page of a Jekyll site. There it lies in a shadow tree, which keeps the
styles of the site and its own apart.
"""

import re
from base64 import b64encode
from mimetypes import guess_type

from django.conf import settings
from django.urls import get_script_prefix, reverse

from leaderboard.standings.published import Content

from .export import open_content, published_below
from .places import Place, Places
from .requests import StaticRequest
from .rewriting import OF_EXPORT, TAG, fragment_of
from .site import answer, pieces_of, read_static, text_of

# As the page has them on the AnesBench site that this one takes the place of.
FRONT_MATTER = """---
layout: splash
title: Leaderboard
permalink: /leaderboard/
classes:
    - landing
    - dark-theme
---
"""
ATTRIBUTE = re.compile(r' ([a-z-]+)(?:="([^"]*)")?')
SCRIPT_ELEMENT = re.compile(r"<script[^>]*></script>")
DESCRIPTION = re.compile(r'<script type="application/ld\+json">.*?</script>\n?', re.DOTALL)
MAIN = re.compile(r"<main id=\"content\">.*</main>", re.DOTALL)
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# Without the rest of the site there are no files to take away, and nothing to lead to.
ALONE = (
    ".take-away, #compare, .rank [type=checkbox], .pics, #embed { display: none; }\n"
    "a:not([href]) { text-decoration: none; }\n"
)
LEADING = re.compile(r' (?:data-)?href="[^"]*"| data-view(?:="[^"]*")?(?=[ >])')
DROPPED_LINKS = ("canonical", "alternate")
ROOT = re.compile(r":root|(?<![-.#\w])(?:html|body)(?=\s*\{)")
# In a shadow tree its root has the elements, and the document all else.
IN_SHADOW = """((host) => {
document.documentElement.dataset.static = "";
const tree = host.shadowRoot;
const page = new Proxy(tree, { get(_, name) {
const owner = name in tree ? tree : document;
return typeof owner[name] === "function" ? owner[name].bind(owner) : owner[name];
} });
((document) => {
%s})(page);
})(document.currentScript.previousElementSibling);
"""


def write_single(base_url: str, slug: str, *, has_front_matter: bool = False) -> str:
    """The file of a leaderboard, of the first one without a slug.

    With a base address its links lead to the site there; without one it has none. Raises
    NothingToExport.
    """
    with published_below(base_url or "http://localhost/"):
        content = open_content(slug)
        page = Single(content, base_url)
        html = page.write(content.leaderboards()[0].slug)
        return page.write_fragment(html) if has_front_matter else html


class Single:
    """The file of a leaderboard."""

    def __init__(self, content: Content, base_url: str):
        self.content, self.base_url = content, base_url
        self.places = Places(base_url or "http://localhost/", content)
        self.page = get_script_prefix()

    def write(self, slug: str) -> str:
        """The page with everything that it asks for within."""
        path = self.places.without_prefix(reverse("leaderboard", args=[slug]))
        self.page = reverse("leaderboard", args=[slug])
        request = StaticRequest(self.places, path)
        request.table_template = "leaderboard/single.html"
        request.has_address = bool(self.base_url)
        html = text_of(answer(request))
        if not self.base_url:
            html = DESCRIPTION.sub("", html).replace("</head>", f"<style>{ALONE}</style>\n</head>")
        # A script without a source would run before the page is there.
        scripts = "".join(
            self.write_element(match)
            for element in SCRIPT_ELEMENT.findall(html)
            if " defer" in element and (match := TAG.match(element))
        )
        html = SCRIPT_ELEMENT.sub(lambda m: "" if " defer" in m[0] else m[0], html)
        html = TAG.sub(self.write_element, html).replace("</script></script>", "</script>")
        return html.replace("</body>", f"{scripts}\n</body>")

    def write_element(self, match: re.Match[str]) -> str:
        """An element without anything outside the file."""
        name, attributes = match[1], dict(ATTRIBUTE.findall(match[2]))
        link = next(filter(None, map(attributes.get, ("src", "href", "data-href"))), "")
        place = self.find(link)
        if place and name == "script":
            return f"<script>{self.read(place).decode()}</script>"
        if place and attributes.get("rel") == "stylesheet":
            return f"<style>{self.read(place).decode()}</style>"
        if place and (name == "img" or attributes.get("rel") == "icon"):
            return match[0].replace(f'"{link}"', f'"{self.as_data(place)}"')
        if name == "link" and attributes.get("rel") in DROPPED_LINKS and not self.base_url:
            return ""
        if name == "meta" and attributes.get("property") in ("og:url", "og:image"):
            return match[0] if self.base_url else ""
        return self.write_links(match[0], link)

    def write_links(self, element: str, link: str) -> str:
        """An element whose link leads to the site, or nowhere without one."""
        if not link or link.startswith(("#", "http", "mailto:")) or link == "?":
            return element
        place = self.find(link)
        if link.startswith("?") or place is None or not self.base_url:
            return LEADING.sub("", element)
        address = self.places.publish(place) + fragment_of(link)
        return OF_EXPORT.sub("", element.replace(f'"{link}"', f'"{address}"'))

    def find(self, link: str) -> Place | None:
        """Where a link within the site leads to."""
        try:
            return self.places.find(link, self.page) if link and link[0] not in "#?" else None
        except ValueError:
            return None

    def read(self, place: Place) -> bytes:
        """A file of the site. One that is missing is empty."""
        if place.path.startswith(settings.STATIC_URL):
            pieces = read_static(place.path.removeprefix(settings.STATIC_URL)) or []
        else:
            pieces = pieces_of(answer(StaticRequest(self.places, place.path)))
        return b"".join(pieces)

    def as_data(self, place: Place) -> str:
        """A picture as an address that holds it."""
        kind = guess_type(place.file)[0] or "application/octet-stream"
        return f"data:{kind};base64,{b64encode(self.read(place)).decode()}"

    def write_fragment(self, html: str) -> str:
        """The page as the content of a page of a Jekyll site."""
        styles = ROOT.sub(":host", "".join(STYLE.findall(html)))
        scheme = self.content.appearance().color_scheme
        main = MAIN.search(html)
        own = f":host {{ display: block; color-scheme: {scheme}; }}\n"
        own += ":host-context(html:not([data-static])) .fold { display: none; }\n"
        own += "[data-copied] { display: none; }\n"  # page.js, which copies, stays behind
        script = IN_SHADOW % "".join(SCRIPT.findall(html)[1:])  # the first is that of themes
        # No text of the content ends what Jekyll leaves as it is.
        shown = main[0].replace("{%", "&#123;%") if main else ""
        return (
            f'{FRONT_MATTER}{{% raw %}}\n<div class="leaderboard">'
            f'<template shadowrootmode="open">\n<style>{styles}{own}</style>\n{shown}\n'
            f"</template></div>"
            f"<script>{script}</script>\n{{% endraw %}}\n"
        )
