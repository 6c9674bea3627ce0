"""The facts that the site has defined, on the page of an LLM."""

from datetime import date
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from leaderboard.models import LLM, Fact, FactValue
from leaderboard.standings.facts import FactCell, FactRecord, cell_words
from leaderboard.standings.published import Content
from leaderboard.text.fact_values import value_of

from .fact_columns import link_html


class OwnFact(NamedTuple):
    """A defined fact of an LLM with where it was read and when."""

    label: str
    html: SafeString
    unit: str
    as_of: date | None
    source: str
    note: str


def read_own_facts(llm: LLM, content: Content) -> list[FactValue]:
    """Reads the defined facts of an LLM that a published leaderboard shows, by their names."""
    if not content.compute_once("has own facts", Fact.objects.published().exists):
        return []
    rows = llm.fact_values.filter(fact__in=Fact.objects.published()).select_related("fact")
    return list(rows.order_by("fact__name_key"))


def describe_own_facts(rows: list[FactValue]) -> list[OwnFact]:
    """Describes those that have a value in the reader's language."""
    shown = []
    for row in rows:
        fact = FactRecord(
            row.fact.key,
            row.fact.name,
            row.fact.kind,
            row.fact.unit,
            row.fact.decimals,
            is_own=True,
        )
        value = value_of(fact.kind, row.value)
        if value is None:
            continue
        cell = FactCell(value, row.as_of, row.source, row.note)
        html = mark_safe(link_html(fact, cell, cell_words(fact, cell)))  # which escapes
        unit = _(fact.unit) if fact.unit else ""
        shown.append(OwnFact(fact.label, html, unit, row.as_of, row.source, row.note))
    return shown
