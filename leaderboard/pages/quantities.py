"""What an axis of a chart can show: size, release date, a number or day of a fact, a metric.

A quantity has one unit and, where one end is the better one, a direction: a small size, an early
release and a low price are better. Values are floats; a day is its ordinal, as date.toordinal().
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leaderboard.standings.facts import FactRecord
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.standings import Standings
from leaderboard.text.fact_values import value_words
from leaderboard.text.facts import BY_FIELD, FactKind
from leaderboard.text.shown import unit_sign, with_unit
from leaderboard.text.words import unit_words, word

FEWEST = 2  # LLMs that must have a value, or there is nothing to draw
WIDE = 30  # times the smallest value: from here on an axis is logarithmic
MONEY = ("$", "€", "£", "¥", "usd", "eur")  # in a unit: the less of it, the better
OFFERED_FACTS = ("parameters", "active_parameters", "released")
LABELS = {"released": gettext_noop("Release date")}

Read = Callable[[Standing], float | None]


@dataclass(frozen=True)
class Quantity:
    """Something that every LLM has a value of, or none."""

    key: str  # in addresses
    label: str
    unit: str  # "" for a day
    higher_is_better: bool | None  # None: neither end is the better one
    read: Read
    words: Callable[[Standing], str]
    is_day: bool = False
    may_be_log: bool = False  # where its values lie far apart
    place: int | None = None  # of its metric among the columns

    @property
    def title(self) -> str:
        """The name with the unit: “Size (billions of parameters)”."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


def list_quantities(standings: Standings) -> dict[str, Quantity]:
    """{key: quantity} of all that at least two LLMs have, facts first."""
    found: dict[str, Quantity] = {}
    for quantity in (*fact_quantities(standings), *metric_quantities(standings)):
        if has_values(standings, quantity):
            found.setdefault(quantity.key, quantity)
    return found


def has_values(standings: Standings, quantity: Quantity) -> bool:
    """Whether at least two competing LLMs have a value of it."""
    count = 0
    for row in standings.rows:
        if not row.llm.is_baseline and quantity.read(row) is not None:
            count += 1
            if count == FEWEST:
                return True
    return False


def fact_quantities(standings: Standings) -> list[Quantity]:
    """The numbers and days among the facts: those of every LLM, then those that are columns."""
    quantities = [field_quantity(key) for key in OFFERED_FACTS]
    for fact in standings.facts.columns:
        if fact.key not in OFFERED_FACTS and fact.kind in (FactKind.NUMBER, FactKind.DATE):
            quantities.append(defined_quantity(standings, fact))
    return quantities


def field_quantity(key: str) -> Quantity:
    """A fact that the record of every LLM holds."""
    fact, label = BY_FIELD[key], _(LABELS.get(key, BY_FIELD[key].label))
    if fact.kind == FactKind.DATE:
        return Quantity(
            key=key, label=label, unit="", higher_is_better=False, is_day=True,
            read=lambda row: day_number(getattr(row.llm, key)),
            words=lambda row: value_words(fact.kind, getattr(row.llm, key).isoformat()),
        )  # fmt: skip
    return Quantity(
        key=key, label=label, unit=word(fact.unit), higher_is_better=False, may_be_log=True,
        read=lambda row: positive(getattr(row.llm, key)),
        words=lambda row: f"{getattr(row.llm, key):g}{fact.symbol}",
    )  # fmt: skip


def defined_quantity(standings: Standings, fact: FactRecord) -> Quantity:
    """A fact that the site has defined. Of its direction only that of money is known."""
    is_day, facts = fact.kind == FactKind.DATE, standings.facts
    is_money = any(sign in fact.unit.casefold() for sign in MONEY)

    def read(row: Standing) -> float | None:
        cell = facts.cell(row.llm, fact)
        if cell is None:
            return None
        return day_number(first_day(cell.value)) if is_day else float(cell.value)

    def words(row: Standing) -> str:
        cell = facts.cell(row.llm, fact)
        return value_words(fact.kind, cell.value, fact.decimals) if cell else ""

    return Quantity(
        key=fact.key, label=fact.label, unit=_(fact.unit) if fact.unit else "",
        higher_is_better=False if is_money else None,
        read=read, words=words, is_day=is_day, may_be_log=not is_day,
    )  # fmt: skip


def metric_quantities(standings: Standings) -> list[Quantity]:
    """The metrics of the columns."""
    return [metric_quantity(metric, place) for place, metric in enumerate(standings.columns)]


def metric_quantity(metric: MetricRecord, place: int) -> Quantity:
    """A metric; a partial run that is not ranked counts as missing, as in every order."""

    def read(row: Standing) -> float | None:
        cell = row.cells[place]
        return None if cell is None or cell.is_aside else float(cell.value)

    def words(row: Standing) -> str:
        cell = row.cells[place]
        return with_unit(cell.text, metric) if cell else ""

    return Quantity(
        key=metric.key,
        label=metric.full_name,
        unit=unit_sign(metric) or unit_words(metric),
        higher_is_better=metric.higher_is_better,
        read=read,
        words=words,
        may_be_log=bool(metric.unit_label),  # ms, $, tokens: no share and no points of 100
        place=place,
    )


def positive(number: Any) -> float | None:
    """A number above zero as a float; None for unknown."""
    return float(number) if number else None


def first_day(text: str) -> date:
    """The first day of a day, month or year in ISO 8601."""
    return date.fromisoformat((text + "-01-01")[:10])


def day_number(day: date | None) -> float | None:
    """A day as its ordinal."""
    return None if day is None else float(day.toordinal())


def is_log(quantity: Quantity, values: list[float]) -> bool:
    """Whether an axis of these values is logarithmic: sizes always, others if they lie apart."""
    low, high = min(values), max(values)
    if not quantity.may_be_log or low <= 0:
        return False
    return quantity.key in OFFERED_FACTS or high >= WIDE * low
