"""Filters and tags that format what a view has loaded; none of them asks the database."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.template import Context
from django.template.base import Node, NodeList, Parser, TextNode, Token
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_noop

from leaderboard.text import sentences, words
from leaderboard.text.facts import documented_columns
from leaderboard.text.kinds import MARKS
from leaderboard.text.markdown import markdown, markdown_page, summary
from leaderboard.text.numbers import format_exact
from leaderboard.text.shown import (
    aggregate_words,
    facts_on_page,
    interval_words,
    level_words,
    partial_words,
    titled,
    with_unit,
)

from . import controls, navigation

register = template.Library()
register.filter(markdown)
register.filter(markdown_page)
register.filter(summary)
register.filter(facts_on_page)
register.filter(titled)
for part in (controls, navigation):  # one {% load leaderboard %} has all of them
    register.tags |= part.register.tags


@register.filter
def known(value: Any) -> str:
    """A stored value in words: “yes” and “no” for answers, “unknown” for None and ""."""
    stored = {True: "yes", False: "no", None: "unknown", "": "unknown"}.get(value, value)
    return words.word(stored)


@register.filter
def kind_mark(kind: str) -> str:
    """What marks an LLM of a kind: “human baseline”."""
    return words.word(MARKS.get(kind, kind))


@register.filter
def place(where: str) -> str:
    """Says in the reader's language where something stands in an imported file."""
    return words.place(where)


@register.filter
def exact(number: Decimal | None) -> str:
    """Writes a number in full precision without trailing zeros; None is empty."""
    return "" if number is None else format_exact(number)


@register.filter
def mail_or_web(contact: str) -> str:
    """Returns the link to a contact for corrections: a web address as it is, else mailto:."""
    return contact if contact.startswith(("http://", "https://")) else f"mailto:{contact}"


@register.filter
def before(title: str, short_title: str) -> str:
    """Returns what stands before the short title: “Medical LLMs” of “Medical LLMs - AnesBench”."""
    return title.removesuffix(short_title).removesuffix(" - ")


@register.filter
def entry(mapping: Mapping[Any, Any], key: Any) -> Any:
    """Returns mapping[key]; None without such a key."""
    return mapping.get(key)


@register.filter
def interval(cell: Any, metric: Any) -> str:
    """Writes “0.842 to 0.858”: the 95 % interval with one digit more than the score."""
    return interval_words(cell.uncertainty.interval, metric.decimals)


@register.filter
def unit(text: str, metric: Any) -> str:
    """Writes a value with its unit: “85%”, “350 ms”, “$0.25”."""
    return with_unit(text, metric)


@register.filter
def unit_words(metric: Any) -> str:
    """The unit of a metric in words: “percent”, or its own label."""
    return words.unit_words(metric)


@register.simple_tag
def aggregate(metric: Any, standings: Any) -> str:
    """Says how an aggregate of these standings is made; "" for what is measured."""
    if not (metric and metric.aggregate and metric.components):
        return ""
    return aggregate_words(metric, standings.metrics, standings.count_sharing(metric))


@register.simple_tag
def question_owner(metric: Any, standings: Any) -> Any:
    """Returns the record of the metric whose questions another one asks; None for its own."""
    return standings.question_owner(metric)


@register.filter
def partial(cell: Any, metric: Any) -> str:
    """Says of a partial run how many of the questions were asked."""
    return partial_words(cell.uncertainty.question_count, metric.question_count)


@register.simple_tag
def range_level(level: str) -> str:
    """Says what the rank ranges of a level promise."""
    return level_words(level)


@register.simple_tag
def fact_columns() -> SafeString:
    """Lists the columns of facts in an export: “organization, parameters and … (billions), …”."""
    groups = [columns_of_unit(*group) for group in documented_columns()]
    return mark_safe(say_joined(gettext_noop("%(first)s, %(next)s"), groups))


def columns_of_unit(fields: Iterable[str], unit: str) -> str:
    """Names neighbouring columns whose numbers have the same unit, as code."""
    codes = [format_html("<code>{}</code>", field) for field in fields]
    columns = say_joined(gettext_noop("%(first)s and %(next)s"), codes)
    if not unit:
        return columns
    return gettext("%(columns)s (%(unit)s)") % {"columns": columns, "unit": words.word(unit)}


def say_joined(template: str, texts: Iterable[str]) -> str:
    """Puts texts beside each other in the reader's language."""
    return words.say(sentences.joined(template, texts))


@register.filter
def word(value: str) -> str:
    """Says a stored value, such as a tier, in the reader's language."""
    return words.word(value)


@register.filter
def local(row: Any, name: str) -> str:
    """Returns a text of the content in the reader's language, else in English."""
    return words.local_text(row, name)


@register.filter
def grouped(number: Any) -> Any:
    """Writes 4,343 in every language; what is not a whole number stays as it is."""
    return f"{number:,}" if isinstance(number, int) else number


@register.filter
def with_view(address: str, selection: Any) -> str:
    """Appends the query of a view's first page to an address; nothing for the default view."""
    query: str = selection.url()
    return address + query.removesuffix("?")


BREAK = re.compile(r'\s*\n\s*(?![\s>])|\s*\n\s*>|[<>"]')


class JoinedNode(Node):
    """What stands between {% joined %} and {% endjoined %}."""

    def __init__(self, nodelist: NodeList):
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """The nodes as they are: their line breaks went when the template was read."""
        return self.nodelist.render(context)


@register.tag
def joined(parser: Parser, token: Token) -> JoinedNode:
    """Drops line breaks, and the white space beside them, between {% joined %} and {% endjoined %},
    since a reader would see it between inline elements. A break between two attributes becomes a
    space; {{ " " }} is a space that is meant to be seen."""
    nodes = parser.parse(("endjoined",))
    parser.delete_first_token()
    is_in_tag = is_in_value = False

    def join(match: re.Match[str]) -> str:
        nonlocal is_in_tag, is_in_value
        mark = match[0].lstrip() if match[0].endswith(">") else match[0]
        if mark == '"':
            is_in_value = is_in_tag and not is_in_value
        elif mark in "<>":
            is_in_tag = is_in_value or mark == "<"
        else:
            return " " if is_in_tag and not is_in_value else ""
        return mark

    for text in nodes.get_nodes_by_type(TextNode):
        assert isinstance(text, TextNode)
        text.s = BREAK.sub(join, text.s)
    return JoinedNode(nodes)
