"""Tags that write a page's controls: menus of boxes, downloads, the words of the script."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_noop, ngettext

from leaderboard.text.facts import BY_FILTER

register = template.Library()
FILTERED_FACTS = tuple(BY_FILTER)


@register.simple_tag
def menu(name: str, title: str, choices: Sequence[Any], rarer: int = 0) -> SafeString:
    """Writes a fold-out with a box to tick for each choice, and how many rarer ones have none.

    The style sheet colours the title of one with a ticked box: nothing moves when it gets one.
    """
    # Joined by hand: 20 boxes take 0.05 ms, through format_html_join 0.28 ms, and a leaderboard's
    # page, which takes 5 ms, has some 50.
    boxes = "\n".join(
        f'<label><input type="checkbox" name="{name}" value="{escape(box.value)}"'
        f"{' checked' if box.is_chosen else ''}>{escape(box.label)}"
        f"{f' <small>{box.llms:d}</small>' if box.llms else ''}</label>"
        for box in choices
    )
    return format_html(
        '<details class="menu" data-name="{}"><summary>{}</summary>\n'
        '<fieldset><legend class="hidden">{}</legend>\n{}\n{}</fieldset></details>',
        name, title, title, mark_safe(boxes), rarer_html(rarer),
    )  # fmt: skip


def rarer_html(count: int) -> SafeString:
    """Writes how many values are too rare for a box; nothing if all have one."""
    if not count:
        return mark_safe("")
    words = ngettext("and %(count)s rarer one", "and %(count)s rarer ones", count)
    return format_html("<p>{}</p>", words % {"count": f"{count:,}"})


@register.simple_tag
def column_menu(menu: Any) -> SafeString:
    """Writes the fold-out of columns: a search, which is for the script, links to all and to none,
    and a box for each in its group."""
    link = '<a href="{}" data-pick="{}"{}>{}</a>'
    keep = format_html(' data-keep="{}"', menu.ranking_key)
    words = gettext("All"), gettext("None")
    links = format_html(link, menu.all(), "all", "", words[0]) + format_html(
        link, menu.none(), "none", keep, words[1]
    )
    groups = menu.groups()
    codes = menu.codes
    written = []
    for group in groups:
        ends = ""
        if len(groups) > 1 and len(group.boxes) > 1:
            ends = format_html(link, group.all, "all", "", words[0])
            ends += format_html(link, group.none, "none", "", words[1])
        boxes = "\n".join(column_box(box, codes.get(box.value, "")) for box in group.boxes)
        written.append(
            f"<fieldset><legend>{escape(group.label)} {ends}</legend>\n{boxes}</fieldset>"
        )
    search = gettext("Find a column")
    return format_html(
        '<details class="menu right columns" data-name="columns"><summary>{}</summary>\n<div>'
        '<input type="search" class="find" aria-label="{}" placeholder="{}" autocomplete="off"'
        " hidden><p>{}</p>{}</div></details>",
        gettext("Columns"), search, search, links, mark_safe("".join(written)),
    )  # fmt: skip


def column_box(box: Any, code: str) -> str:
    """Writes the box of a column. With a code it sends that, and the script finds its key."""
    sends = f'name="c" value="{code}" data-key="{box.value}"' if code else f'value="{box.value}"'
    name = "" if code else 'name="columns" '
    ticked = " checked" if box.is_chosen else ""
    return f'<label><input type="checkbox" {name}{sends}{ticked}>{escape(box.label)}</label>'


# What the script says in the status line, by the name that it uses.
SCRIPT_WORDS = {
    "all": gettext_noop("Sorted by {column}, {direction}, {count} LLMs."),
    "some": gettext_noop("{shown} of {all}"),
    "left": gettext_noop("Left out: {count} whose {fact} is unknown"),
    "include": gettext_noop("include"),
    "copied": gettext_noop("Copied"),
    "search": gettext_noop("search"),
    "more": gettext_noop("Other scores of {llm}"),
    "or": gettext_noop("or unknown"),
    **{name: name for name in ("ascending", "descending", *FILTERED_FACTS)},
}


@register.simple_tag
def script_words() -> SafeString:
    """Writes the script's words in the reader's language as data attributes."""
    return script_words_in(get_language())


@lru_cache(maxsize=8)
def script_words_in(language: str) -> SafeString:
    """Writes the words once for each language."""
    words = ((name, gettext(text)) for name, text in SCRIPT_WORDS.items())
    return format_html_join(" ", 'data-{}="{}"', words)


@register.simple_tag
def downloads(slug: str, formats: Mapping[str, Any], query: str) -> SafeString:
    """Writes a link to each file of a view, then a button to copy each text that is pasted."""
    return link_files(reverse("export", args=[slug, "csv"]), formats, query)


@register.simple_tag
def release_downloads(release: Any, formats: Mapping[str, Any], query: str) -> SafeString:
    """Writes the same of a view of a release."""
    address = reverse("release-file", args=[release.leaderboard.slug, release.name, "csv"])
    return link_files(address, formats, query)


def link_files(csv: str, formats: Mapping[str, Any], query: str) -> SafeString:
    """Writes links to files, and buttons that copy them; `csv` is the address of one of them."""
    start = csv.removesuffix("csv")
    end = query if query != "?" else ""
    excel = f"{end}&excel=1" if end else "?excel=1"
    files = [(f"{start}{ending}{end}", "", each.name, ending) for ending, each in formats.items()]
    # The script puts the query of the view before what the link says of itself.
    files.insert(1, (f"{csv}{excel}", mark_safe('="excel=1"'), gettext("CSV for Excel"), "csv"))
    links = format_html_join(
        "\n", '<li><a href="{}" download data-view{}>{} <small>.{}</small></a></li>', files
    )
    label = gettext("Copy %(format)s")
    buttons = format_html_join(
        "\n",
        '<li><button type="button" class="button copy" data-href="{}" data-view hidden>{}</button>'
        "</li>",
        (
            (f"{start}{ending}{end}", label % {"format": format.name})
            for ending, format in formats.items()
            if format.is_pasted
        ),
    )
    return format_html("{}\n{}", links, buttons)
