"""Maintainers' Markdown as safe HTML, and as plain text."""

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape, unescape

import nh3
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

# References are off: one of 5 characters could repeat a long address 10,000 times. So are pictures,
# as no page may load them: their text stays, as a link.
markdown_parser = (
    MarkdownIt("commonmark", {"html": False}).enable("table").disable(["reference", "image"])
)
DEEP_QUOTE = re.compile(r"(?:>[ \t]*){11,}")  # the parser reads all lines again for every level
LONGEST = 50_000  # characters, the most that a form accepts
TAGS = {"a", "blockquote", "br", "code", "em", "h3", "h4", "hr", "li", "ol", "p", "pre", "strong",
        "table", "tbody", "td", "th", "thead", "tr", "ul"}  # fmt: skip


@lru_cache(maxsize=64)  # a page shows the same texts again and again
def markdown(text: str | None) -> SafeString:
    """Returns maintainers' Markdown as safe HTML.

    Elements are those of an allow-list, links lead to http(s) and mail. A text longer than LONGEST
    did not come from a form and is shown as it is: 1 MB of links would take seconds.
    """
    # A page has one h1 and sections of its own: headings in a text stand two levels lower.
    return render_markdown(text or "", {1: 3, 2: 4}, TAGS)


@lru_cache(maxsize=64)
def markdown_page(text: str | None) -> SafeString:
    """Returns the Markdown of a whole page as safe HTML: its headings stand right below the h1.

    What may be wider than a telephone can be scrolled, so it takes the keyboard's focus.
    """
    html = render_markdown(text or "", {1: 2, 2: 3, 3: 4}, TAGS | {"h2"})
    return mark_safe(
        html.replace("<pre>", '<pre tabindex="0">')
        .replace("<table>", '<div class="wrap" tabindex="0"><table>')
        .replace("</table>", "</table></div>")
    )


def render_markdown(text: str, levels: Mapping[int, int], tags: set[str]) -> SafeString:
    """Returns Markdown as HTML of these elements, its headings moved to other levels."""
    if len(text) > LONGEST:
        return mark_safe(escape(text))
    html = re.sub(
        r"(</?h)([1-6])>",
        lambda tag: f"{tag[1]}{levels.get(int(tag[2]), tag[2])}>",
        markdown_parser.render(DEEP_QUOTE.sub("> " * 10, text)),
    )
    return mark_safe(
        nh3.clean(
            html,
            tags=tags,
            attributes={"*": set(), "a": {"href"}},  # without “*” nh3 adds title and lang
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener nofollow",
        )
    )


@lru_cache(maxsize=64)
def summary(text: str | None, length: int | None = None) -> str:
    """Returns the words of Markdown without its marks, cut to `length` characters if given."""
    words = unescape(strip_tags(markdown(text))).strip()
    return words if length is None or len(words) <= length else f"{words[: length - 1].rstrip()}…"
