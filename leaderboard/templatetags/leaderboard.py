"""Formatting only, never a query."""

import re
from functools import lru_cache
from html import escape
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.template.base import Node, TextNode
from django.template.defaulttags import IfNode
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext, gettext_noop

from leaderboard.text import sentences, words
from leaderboard.text.facts import BY_FILTER, documented_columns
from leaderboard.text.languages import in_language, language_of
from leaderboard.text.markdown import markdown, summary
from leaderboard.text.numbers import plain as plain_number
from leaderboard.text.shown import facts_on_page, interval_words

register = template.Library()
register.filter(markdown)
register.filter(summary)
register.filter(facts_on_page)
FILTERED_FACTS = tuple(BY_FILTER)


@register.filter
def known(value):
    """Unknown is shown as unknown, never guessed."""
    stored = {True: "yes", False: "no", None: "unknown", "": "unknown"}.get(value, value)
    return words.word(stored)


@register.filter
def place(where):
    """Where something stands in an imported file."""
    return words.place(where)


@register.filter
def plain(number):
    """A number in full precision without trailing zeros."""
    return "" if number is None else plain_number(number)


@register.filter
def mail_or_web(contact):
    """The link of a contact for corrections."""
    return contact if contact.startswith(("http://", "https://")) else f"mailto:{contact}"


@register.filter
def before(title, short_title):
    """What stands before the short title: “LeaderBoard” of “LeaderBoard - AnesBench”."""
    return title.removesuffix(short_title).removesuffix(" - ")


@register.filter
def entry(mapping, key):
    """mapping[key], or None."""
    return mapping.get(key)


@register.filter
def interval(cell, metric):
    """“0.842 to 0.858”: the 95 % interval with one digit more than the score."""
    return interval_words(cell.uncertainty.interval, metric.decimals)


@register.simple_tag
def fact_columns():
    """The columns of facts in an export: “organization, parameters and … (billions), …”."""
    groups = [columns_of_unit(*group) for group in documented_columns()]
    return mark_safe(say_joined(gettext_noop("%(first)s, %(next)s"), groups))


def columns_of_unit(fields, unit):
    """Neighbouring columns whose numbers have the same unit, as code."""
    codes = [format_html("<code>{}</code>", field) for field in fields]
    columns = say_joined(gettext_noop("%(first)s and %(next)s"), codes)
    if not unit:
        return columns
    return gettext("%(columns)s (%(unit)s)") % {"columns": columns, "unit": words.word(unit)}


def say_joined(template, texts):
    """Texts beside each other in the reader's language."""
    return words.say(sentences.joined(template, texts))


@register.filter
def word(value):
    """A stored value, such as a tier, in the reader's language."""
    return words.word(value)


@register.filter
def local(row, name):
    """A text of the content in the reader's language, else in English."""
    return words.local_text(row, name)


@register.filter
def grouped(number):
    """4,343 in every language; what is no number stays."""
    return f"{number:,}" if isinstance(number, int) else number


@register.simple_tag
def menu(name, title, choices, place=""):
    """A fold-out with a box to tick per choice; they are many, so they are joined here. A dot per
    choice in its title says that it filters, also while it is folded."""
    title = escape(title)
    marks = "" if name == "columns" else " <b>·</b>" * sum(choice.is_chosen for choice in choices)
    boxes = "\n".join(
        f'<label><input type="checkbox" name="{name}" value="{escape(choice.value)}"'
        f"{' checked' if choice.is_chosen else ''}>{escape(choice.label)}"
        f"{f' <small>{choice.llms:d}</small>' if choice.llms else ''}</label>"
        for choice in choices
    )
    return mark_safe(
        f'<details class="menu{place and f" {place}"}" data-name="{name}"><summary>{title}{marks}'
        f'</summary>\n<fieldset><legend class="hidden">{title}</legend>\n{boxes}\n'
        "</fieldset></details>"
    )


# Said by the script in the status line, under these names.
SCRIPT_WORDS = {
    "all": gettext_noop("Sorted by {column}, {direction}, {count} LLMs."),
    "some": gettext_noop("{shown} of {all}"),
    "left": gettext_noop("Left out: {count} whose {fact} is unknown"),
    "include": gettext_noop("include"),
    "copied": gettext_noop("Copied"),
    **{name: name for name in ("ascending", "descending", *FILTERED_FACTS)},
}


@register.simple_tag
def script_words():
    return words_in(get_language())


@lru_cache(maxsize=8)
def words_in(language):
    return mark_safe(
        " ".join(f'data-{name}="{escape(gettext(text))}"' for name, text in SCRIPT_WORDS.items())
    )


@register.simple_tag
def downloads(slug, formats, query):
    """The view as files, and as texts to paste: joined here, as every page has them."""
    start = reverse("export", args=[slug, "csv"]).removesuffix("csv")
    end = escape(query) if query != "?" else ""
    words = gettext("Copy %(format)s")
    links = [
        f'<li><a href="{start}{ending}{end}" download data-view>{format.name} '
        f"<small>.{ending}</small></a></li>"
        for ending, format in formats.items()
    ]
    buttons = [
        f'<li><button type="button" class="button copy" data-href="{start}{ending}{end}" data-view '
        f"hidden>{escape(words % {'format': format.name})}</button></li>"
        for ending, format in formats.items()
        if format.is_pasted
    ]
    return mark_safe("\n".join(links + buttons))


@register.simple_tag
def alternates(canonical):
    """[(hreflang, address)] of a page in all languages, and for readers of none of them."""
    parts = urlsplit(canonical)
    found = [
        (code, parts._replace(path=in_language(parts.path, code)).geturl())
        for code, _ in settings.LANGUAGES
    ]
    return [*found, ("x-default", found[0][1])]


@register.simple_tag
def other_languages(path):
    """[(code, name, path)] of the same page in the languages that it is not in."""
    own = language_of(path)
    return [
        (code, name, in_language(path, code)) for code, name in settings.LANGUAGES if code != own
    ]


@register.filter
def with_view(address, selection):
    """Appends the query of a view's first page to an address; nothing for the default view."""
    return address + selection.url().removesuffix("?")


def open_page(context):
    """Returns the name of the opened address in leaderboard/urls.py; None on an error page."""
    match = getattr(context.get("request"), "resolver_match", None)
    return match.url_name if match else None


@register.simple_tag(takes_context=True)
def current(context, name):
    """Marks a link of the navigation that leads to the open page."""
    return mark_safe(' aria-current="page"') if open_page(context) == name else ""


@register.simple_tag(takes_context=True)
def current_leaderboard(context, leaderboard):
    """Marks the link of the open leaderboard: as the page itself, or as what the open page belongs
    to ("true") on its comparison and charts."""
    opened = context.get("leaderboard")
    if not opened or opened.pk != leaderboard.pk:
        return ""
    value = "true" if open_page(context) in ("compare", "charts") else "page"
    return mark_safe(f' aria-current="{value}"')


BREAK = re.compile(r'\s*\n\s*(?![\s>])|\s*\n\s*>|[<>"]')


class JoinedNode(Node):
    """What stands between {% joined %} and {% endjoined %}."""

    def __init__(self, nodelist):
        self.nodelist = nodelist

    def render(self, context):
        """The nodes as they are: their line breaks went when the template was read."""
        return self.nodelist.render(context)


@register.tag
def joined(parser, token):
    """Drops line breaks, and the white space beside them, between {% joined %} and {% endjoined %},
    since a reader would see it between inline elements. A break between two attributes becomes a
    space; {{ " " }} is a space that is meant to be seen."""
    nodes = parser.parse(("endjoined",))
    parser.delete_first_token()
    is_in_tag = is_in_value = False

    def join(found):
        nonlocal is_in_tag, is_in_value
        mark = found[0].lstrip() if found[0].endswith(">") else found[0]
        if mark == '"':
            is_in_value = is_in_tag and not is_in_value
        elif mark in "<>":
            is_in_tag = is_in_value or mark == "<"
        else:
            return " " if is_in_tag and not is_in_value else ""
        return mark

    for text in nodes.get_nodes_by_type(TextNode):
        text.s = BREAK.sub(join, text.s)
    node = JoinedNode(nodes)
    drop_empty_texts(node)
    return node


def drop_empty_texts(parent):
    """Removes texts without a character: rendering them in every round of a loop takes time."""
    for node in parent.get_nodes_by_type(Node):
        if isinstance(node, IfNode):
            lists = [nodelist for _, nodelist in node.conditions_nodelists]
        else:
            lists = [getattr(node, name, []) for name in node.child_nodelists]
        for nodelist in lists:
            nodelist[:] = [child for child in nodelist if getattr(child, "s", None) != ""]
