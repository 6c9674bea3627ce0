"""A view of the standings: the rows, columns and page that a query string selects."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from heapq import nsmallest
from typing import Any, NamedTuple

from leaderboard.standings.cells import Cell
from leaderboard.standings.facts import FactRecord
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.standings import Standings
from leaderboard.text.facts import BY_FILTER, UNKNOWN
from leaderboard.text.words import word

from .chips import Chip, filter_chips
from .fact_filters import (
    PREFIX,
    FactFilter,
    Test,
    fact_filters,
    fact_tests,
    filterable_facts,
    value_of,
)
from .families import fold_families
from .selection import VALUES, Selection, count_values, default_sort

# The filters in the order of the filter bar, size last.
LEFT_OUT_ORDER = (*VALUES, "size")
MOST_BOXES = 500  # of a filter: those of the values that most LLMs have


class LeftOut(NamedTuple):
    """LLMs that a filter leaves out only because a fact about them is unknown."""

    fact: str
    llms: int
    url: str  # of the view that includes them


class Choice(NamedTuple):
    """A box to tick in the filter bar."""

    value: str
    label: str
    llms: int
    is_chosen: bool


@dataclass(frozen=True)
class View:
    """The rows and columns that a selection shows of the standings."""

    standings: Standings
    selection: Selection
    columns: tuple[MetricRecord, ...]
    facts: tuple[FactRecord, ...]  # the columns before those of metrics
    rows: tuple[Standing, ...]  # in the order asked for, all pages
    sort: str
    left_out: tuple[LeftOut, ...] = field(repr=False)
    is_whole: bool = False  # on one page, with all columns: no server is there to ask for others

    @cached_property
    def positions(self) -> list[int]:
        """The positions of the shown columns among all."""
        return [self.standings.position[metric.key] for metric in self.columns]

    def cells(self, row: Standing) -> list[Any]:
        """The row's cells in the shown columns."""
        return [row.cells[position] for position in self.positions]

    @cached_property
    def column_keys(self) -> tuple[str, ...]:
        """The keys of the shown columns: facts, then metrics."""
        return tuple(fact.key for fact in self.facts) + tuple(metric.key for metric in self.columns)

    @cached_property
    def chips(self) -> list[Chip]:
        """The filters of the view, each with its value and what the view is without it."""
        if not self.selection.is_filtered:
            return []
        return list(filter_chips(self.selection, self.filter_boxes, self.fact_filters()))

    @cached_property
    def llm_count(self) -> int:
        """The number of LLMs: of the rows that compete."""
        if not self.standings.baselines:
            return len(self.rows)
        return sum(not row.llm.is_baseline for row in self.rows)

    def cells_by_column(self) -> list[list[Cell | None]]:
        """For each shown column the cells of all rows of the view."""
        return [[row.cells[position] for row in self.rows] for position in self.positions]

    def organizations(self) -> list[Choice]:
        return self.filter_boxes["organization"]

    def domains(self) -> list[Choice]:
        return self.filter_boxes["domain"]

    def weights(self) -> list[Choice]:
        return self.filter_boxes["weights"]

    def reasoning(self) -> list[Choice]:
        return self.filter_boxes["reasoning"]

    @cached_property
    def filter_boxes(self) -> dict[str, list[Choice]]:
        """The boxes of the filters, by the fact that each is about."""
        return {
            "organization": self._organizations(),
            "domain": self._choices("domain", self.selection.domain),
            "weights": self._choices("weights", self.selection.weights),
            "reasoning": self._choices("reasoning", self.selection.reasoning),
        }

    def rarer(self) -> dict[str, int]:
        """For each filter how many values have no box, being rarer than MOST_BOXES others."""
        return {
            name: len(count_values(self.standings, name)) - len(boxes)
            for name, boxes in self.filter_boxes.items()
        }

    def fact_filters(self) -> list[FactFilter]:
        """The filters of the columns of facts; none without such columns."""
        return fact_filters(self.standings, self.selection.facts)

    def column_choices(self) -> list[Choice]:
        shown = set(self.column_keys)
        labels = {fact.key: fact.label for fact in self.standings.facts.columns}
        labels |= {metric.key: metric.full_name for metric in self.standings.columns}
        return [Choice(key, label, 0, key in shown) for key, label in labels.items()]

    def _organizations(self) -> list[Choice]:
        names = self.standings.compute_once(
            "organization names",
            lambda: {
                VALUES["organization"](row.llm): row.llm.organization for row in self.standings.rows
            },
        )
        chosen = self._choices("organization", self.selection.organization)
        named = [box._replace(label=names[box.value] or word(UNKNOWN)) for box in chosen]
        return sorted(named, key=lambda box: (box.value == UNKNOWN, box.label.casefold()))

    def _choices(self, name: str, chosen: tuple[str, ...]) -> list[Choice]:
        counts = count_values(self.standings, name)
        values = set(counts)
        if len(counts) > MOST_BOXES and not self.is_whole:  # whose script knows values by boxes
            most = nsmallest(MOST_BOXES, counts, key=lambda value: (-counts[value], value))
            values = values & {*most, *chosen, UNKNOWN}
        order = sorted(values, key=lambda value: (value == UNKNOWN, value))
        return [Choice(value, word(value), counts[value], value in chosen) for value in order]


def build_view(standings: Standings, selection: Selection, *, is_whole: bool = False) -> View:
    """Builds the view that a selection shows, with the rank ranges of the level asked for.

    A whole one has all columns, of which a script hides those that are not asked for.
    """
    standings = standings.at_level(selection.level)
    sort = selection.sort or default_sort(standings)
    keys = standings.column_keys if is_whole else selection.columns or standings.default_keys
    rows = standings.sorted_by(sort)
    if selection.baselines == "off":
        rows = tuple(row for row in rows if not row.llm.is_baseline)
    if tests := all_tests(standings, selection).values():
        rows = tuple(row for row in rows if all(test(row.llm) for test in tests))
    if selection.families:
        rows = fold_families(rows, standings)
    return View(
        standings=standings,
        selection=selection,
        columns=tuple(metric for metric in standings.columns if metric.key in keys),
        facts=tuple(fact for fact in standings.facts.columns if fact.key in keys),
        rows=rows,
        sort=sort,
        left_out=tuple(left_out(standings, selection)),
        is_whole=is_whole,
    )


def all_tests(standings: Standings, selection: Selection) -> dict[str, Test]:
    """Returns the conditions that an LLM must meet, by their parameter."""
    return selection.tests() | fact_tests(selection.facts, standings)


def left_out(standings: Standings, selection: Selection) -> Iterable[LeftOut]:
    """Yields for each filter the LLMs that it leaves out only because the fact is unknown."""
    tests = all_tests(standings, selection)
    yield from left_out_by_facts(standings, selection, tests)
    for parameter in LEFT_OUT_ORDER:
        if parameter not in tests:
            continue
        fact = BY_FILTER[parameter]
        others = [test for name, test in tests.items() if name != parameter]
        count = sum(
            getattr(row.llm, fact.field) in (None, "")
            and not row.llm.is_baseline
            and not tests[parameter](row.llm)
            and all(test(row.llm) for test in others)
            for row in standings.rows
        )
        if count:
            wider = UNKNOWN if parameter == "size" else (*getattr(selection, parameter), UNKNOWN)
            yield LeftOut(parameter, count, selection.url(**{parameter: wider}))


def left_out_by_facts(
    standings: Standings, selection: Selection, tests: dict[str, Test]
) -> Iterable[LeftOut]:
    """Yields the same for the filters of columns of facts."""
    for fact in filterable_facts(standings) if selection.facts else ():
        parameter = PREFIX + fact.key
        others = [test for name, test in tests.items() if name != parameter]
        count = sum(
            parameter in tests
            and value_of(standings, fact, row.llm) is None
            and not row.llm.is_baseline
            and not tests[parameter](row.llm)
            and all(test(row.llm) for test in others)
            for row in standings.rows
        )
        if count:
            wider = (*selection.facts, (parameter, UNKNOWN))
            yield LeftOut(fact.label, count, selection.url(facts=wider))
