"""Filters by the facts that a leaderboard has as columns, under names of their own in addresses.

A text or an answer is chosen among the values that there are: fact_license=MIT. Numbers and days
have limits: min_fact_price=2, max_fact_released=2025-06; fact_price=unknown adds those whose fact
is unknown. Organization, size, weights, domain and reasoning have filters on every leaderboard.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from leaderboard.standings.facts import FactRecord
from leaderboard.standings.records import LLMRecord
from leaderboard.standings.standings import Standings
from leaderboard.text.fact_values import store_day
from leaderboard.text.facts import BY_FIELD, UNKNOWN, YES_NO, FactKind
from leaderboard.text.numbers import format_exact, parse_number
from leaderboard.text.sentences import Sentence
from leaderboard.text.words import word

Chosen = tuple[tuple[str, str], ...]  # (parameter, value), in the order of the columns
Test = Callable[[LLMRecord], bool]

PREFIX, MIN, MAX = "fact_", "min_fact_", "max_fact_"
CHOSEN_KINDS = frozenset((FactKind.TEXT, FactKind.ANSWER))
LIMITED_KINDS = frozenset((FactKind.NUMBER, FactKind.DATE))


def filterable_facts(standings: Standings) -> list[FactRecord]:
    """Returns the columns of facts that have a filter here, in their order."""
    kinds = CHOSEN_KINDS | LIMITED_KINDS
    return [
        fact
        for fact in standings.facts.columns
        if fact.kind in kinds and (fact.is_own or not BY_FIELD[fact.key].filter)
    ]


def is_limited(fact: FactRecord) -> bool:
    """Whether the filter of a fact has a lower and an upper limit."""
    return fact.kind in LIMITED_KINDS


def value_of(standings: Standings, fact: FactRecord, llm: LLMRecord) -> Any:
    """Returns what a filter compares: a word or a text to choose, a Decimal, or a day, month or
    year as text; None for unknown."""
    cell = standings.facts.cell(llm, fact)
    if cell is None or cell.value in (None, ""):
        return None
    return YES_NO[cell.value] if fact.kind == FactKind.ANSWER else cell.value


def count_values(standings: Standings, fact: FactRecord) -> Counter[str]:
    """Returns {value to choose: number of LLMs}, counted once for the standings."""
    counts: Counter[str] = standings.compute_once(
        f"values of fact {fact.key}",
        lambda: Counter(value_of(standings, fact, row.llm) or UNKNOWN for row in standings.rows),
    )
    return counts


# What an address says


def read_fact_filters(query: QueryDict, standings: Standings) -> Chosen:
    """Returns what a query chooses of the facts of a leaderboard; the unknown is left out."""
    return tuple(
        pair for fact in filterable_facts(standings) for pair in read_fact(query, fact, standings)
    )


def read_fact(
    query: QueryDict, fact: FactRecord, standings: Standings
) -> Iterator[tuple[str, str]]:
    """Yields what a query chooses of one fact: values that there are, or limits."""
    values = query.getlist(PREFIX + fact.key)
    if not is_limited(fact):
        chosen = set(values) & {*count_values(standings, fact), UNKNOWN} if values else ()
        yield from ((PREFIX + fact.key, value) for value in sorted(chosen))
        return
    limits = [
        (name + fact.key, read_limit(query.getlist(name + fact.key), fact)) for name in (MIN, MAX)
    ]
    yield from ((name, value) for name, value in limits if value)
    if values == [UNKNOWN] and any(value for _name, value in limits):
        yield PREFIX + fact.key, UNKNOWN


def read_limit(values: list[str], fact: FactRecord) -> str:
    """Returns a limit in its one spelling; "" for what is none."""
    text = values[0].strip() if len(values) == 1 else ""
    try:
        if fact.kind == FactKind.DATE:
            return store_day(text)
        number = parse_number(text) if text else None
    except (Sentence, ValueError):
        return ""
    return "" if number is None else format_exact(number)


# Which LLMs fit


def fact_tests(chosen: Chosen, standings: Standings) -> dict[str, Test]:
    """Returns the conditions that an LLM must meet, by the parameter of their fact."""
    return {
        PREFIX + fact.key: partial(fits, standings=standings, fact=fact, chosen=own)
        for fact in (filterable_facts(standings) if chosen else ())
        if (own := tuple(pair for pair in chosen if is_about(pair, fact)))
    }


def is_about(pair: tuple[str, str], fact: FactRecord) -> bool:
    """Whether a parameter is one of a fact."""
    return pair[0] in (PREFIX + fact.key, MIN + fact.key, MAX + fact.key)


def fits(llm: LLMRecord, standings: Standings, fact: FactRecord, chosen: Chosen) -> bool:
    """Whether the value of an LLM is among those chosen, or within the limits.

    A month lies within a year, and a day in its month: limits are as long as they are typed.
    """
    value = value_of(standings, fact, llm)
    if not is_limited(fact) or value is None:
        return (PREFIX + fact.key, UNKNOWN if value is None else value) in chosen
    limits = dict(chosen)
    low, high = limits.get(MIN + fact.key), limits.get(MAX + fact.key)
    if fact.kind == FactKind.DATE:
        return (not low or value >= low) and (not high or value[: len(high)] <= high)
    return (not low or value >= Decimal(low)) and (not high or value <= Decimal(high))


# What the page shows


class Box(NamedTuple):
    """A value to choose."""

    value: str
    label: str
    llms: int
    is_chosen: bool


class FactFilter(NamedTuple):
    """The boxes of one fact: values to choose, or two limits and whether unknown ones stay."""

    name: str  # of the parameter
    label: str
    unit: str
    boxes: list[Box]
    limits: tuple[tuple[str, str, str], ...] = ()  # (parameter, what stands in it, its name)
    has_unknown: bool = False


def fact_filters(standings: Standings, chosen: Chosen) -> list[FactFilter]:
    """Returns the filters of the facts of a leaderboard, with what is chosen."""
    return [build_filter(standings, fact, chosen) for fact in filterable_facts(standings)]


def build_filter(standings: Standings, fact: FactRecord, chosen: Chosen) -> FactFilter:
    """Returns the boxes of a fact; unknown comes last."""
    name, unit = PREFIX + fact.key, _(fact.unit) if fact.unit else ""
    if is_limited(fact):
        given, about = dict(chosen), {"fact": fact.label}
        limits = (
            (MIN + fact.key, given.get(MIN + fact.key, ""), _("%(fact)s at least") % about),
            (MAX + fact.key, given.get(MAX + fact.key, ""), _("%(fact)s at most") % about),
        )
        return FactFilter(name, fact.label, unit, [], limits, (name, UNKNOWN) in chosen)
    counts = count_values(standings, fact)
    order = sorted(counts, key=lambda value: (value == UNKNOWN, value.casefold(), value))
    boxes = [Box(each, word(each), counts[each], (name, each) in chosen) for each in order]
    return FactFilter(name, fact.label, unit, boxes)
