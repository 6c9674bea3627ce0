"""Standings: the whole table of a leaderboard, computed once from records, then frozen.

`build_standings` and the methods of `Standings` are pure; loading.py reads the records.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from leaderboard.models import Metric

from .aggregates import shown_values
from .baselines import order_rows, place_cells
from .cells import Cell, cell_ranges
from .disagreements import Disagreement, disagreements_among
from .estimates import Interval, Level
from .facts import LARGEST_FIRST, NO_FACTS, SORTABLE_FACTS, ShownFacts, fact_sort_value
from .ranges import RankRange, real_cuts
from .records import LLMRecord, MetricRecord, Notes, Records
from .repeats import distinct, map_once
from .rows import BenchmarkScores, Contribution, MetricScore, Standing
from .structure import count_sharing, find_question_owner, make_structure


@dataclass(frozen=True)
class Standings:
    """The whole table: rows in order of rank, cells in order of columns."""

    columns: tuple[MetricRecord, ...]
    default_columns: tuple[str, ...]  # the keys of those shown unless a visitor asks for others
    ranking_metric: MetricRecord | None
    rows: tuple[Standing, ...]
    disagreements: tuple[Disagreement, ...]
    position: dict[str, int] = field(repr=False)  # of a metric key among the columns
    metrics: dict[int, MetricRecord] = field(repr=False)  # the columns and what they are made from
    level: Level = Level.EACH  # of the rank ranges
    facts: ShownFacts = field(default=NO_FACTS, repr=False)  # the columns before the metrics
    notes: Notes = field(default_factory=dict, repr=False)  # of scores; notes.py reads them
    # Results of compute_once by their names; the rows never change.
    computed: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def column_keys(self) -> tuple[str, ...]:
        """The keys of all columns, facts first."""
        return (*(fact.key for fact in self.facts.columns), *self.position)

    @property
    def default_keys(self) -> tuple[str, ...]:
        """The keys of all columns, facts first, that are shown unless a visitor asks for others."""
        return (*self.facts.default_keys, *self.default_columns)

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels of rank ranges that a visitor may ask for."""
        return tuple(Level)

    def row(self, slug: str) -> Standing | None:
        """The row of the LLM with that slug."""
        rows = self.compute_once("by slug", lambda: {row.llm.slug: row for row in self.rows})
        found: Standing | None = rows.get(slug)
        return found

    def cell(self, slug: str, metric_id: int) -> Cell | None:
        """The cell of an LLM in a metric; None if the LLM or its value is missing."""
        row = self.row(slug)
        pairs = zip(self.columns, row.cells if row else (), strict=False)
        return next((cell for metric, cell in pairs if metric.id == metric_id), None)

    def count(self, key: str) -> int:
        """The number of LLMs that are ranked in a column; with a value, if it ranks nothing."""
        count: int = self.compute_once(f"count of {key}", lambda: self._count(key))
        return count

    def _count(self, key: str) -> int:
        place = self.position[key]
        ranks = self.columns[place].can_rank
        counted = map_once(
            lambda cell: not cell.is_baseline and (not ranks or cell.rank is not None),
            self.column_cells(place),
        )
        return counted.count(True)

    @property
    def baselines(self) -> int:
        """The number of rows that do not compete."""
        count: int = self.compute_once(
            "baselines", lambda: sum(row.llm.is_baseline for row in self.rows)
        )
        return count

    @property
    def llm_count(self) -> int:
        """The number of LLMs: of the rows that compete."""
        return len(self.rows) - self.baselines

    def column_cells(self, place: int) -> Sequence[Cell | None]:
        """The cells of the column at a position, in the order of the rows."""
        cells: list[Sequence[Cell | None]] = self.compute_once(
            "cells by column", lambda: [*zip(*(row.cells for row in self.rows), strict=True)]
        )
        return cells[place] if cells else ()

    def distinct_cells(self) -> tuple[list[Cell], ...]:
        """For each column the cells that differ: LLMs with the same score share one."""
        places = range(len(self.columns))
        cells: tuple[list[Cell], ...] = self.compute_once(
            "distinct cells", lambda: (*(distinct(self.column_cells(place)) for place in places),)
        )
        return cells

    def scores_by_benchmark(self, slug: str) -> list[BenchmarkScores]:
        """One LLM's cells, grouped by the benchmarks in which it has any."""
        row = self.row(slug)
        if row is None:
            return []
        groups: dict[tuple[str | None, str | None], list[MetricScore]] = {}
        for metric, cell in zip(self.columns, row.cells, strict=True):
            rank_range = self.rank_ranges(metric.key)[slug]
            score = MetricScore(metric, cell, rank_range, self.count(metric.key))
            groups.setdefault((metric.benchmark, metric.benchmark_slug), []).append(score)
        return [
            BenchmarkScores(*benchmark, tuple(scores))
            for benchmark, scores in groups.items()
            if any(score.cell for score in scores)
        ]

    def rank_ranges(self, key: str, level: Level | None = None) -> dict[str, RankRange | None]:
        """{slug: rank range in a column} at a level, else at that of the rows.

        Few pages show more than those of the ranking metric: each is computed when first asked for.
        """
        level = level or self.level
        ranges: dict[str, RankRange | None] = self.compute_once(
            f"ranges in {key} of {level}", lambda: self._rank_ranges(key, level)
        )
        return ranges

    def _rank_ranges(self, key: str, level: Level) -> dict[str, RankRange | None]:
        place = self.position[key]
        ranges = cell_ranges(self.columns[place], self.column_cells(place), level)
        return {row.llm.slug: rank_range for row, rank_range in zip(self.rows, ranges, strict=True)}

    def ranking_ranges(self, level: Level) -> dict[str, RankRange | None]:
        """{slug: rank range in the ranking metric} at a level."""
        metric = self.ranking_metric
        return self.rank_ranges(metric.key, level) if metric and metric.key in self.position else {}

    def at_level(self, level: Level) -> "Standings":
        """The same standings with the rank ranges of a level, computed when first asked for."""
        if level is self.level:
            return self
        other: Standings = self.compute_once(
            f"ranges of {level}",
            lambda: replace(self, rows=self._ranged(level), level=level, computed={}),
        )
        return other

    def _ranged(self, level: Level) -> tuple[Standing, ...]:
        ranges = self.ranking_ranges(level)
        return tuple(replace(row, rank_range=ranges.get(row.llm.slug)) for row in self.rows)

    def _ranking_position(self) -> int | None:
        """Of the ranking metric among the columns."""
        return self.position.get(self.ranking_metric.key) if self.ranking_metric else None

    @property
    def without_evidence(self) -> int:
        """The number of ranked LLMs whose score says nothing of its uncertainty, while others do.

        The ranges of the others take them for as uncertain as the most uncertain one known.
        """
        place = self._ranking_position()
        if place is None:
            return 0
        cells = [cell for cell in self.column_cells(place) if cell and cell.rank]
        count = sum(cell.uncertainty.evidence is None for cell in cells)
        return count if count < len(cells) else 0

    def cuts(self) -> list[int]:
        """The ranks above which the table is really cut; none where there are no ranges."""
        cuts: list[int] = self.compute_once("cuts", self._find_cuts)
        return cuts

    def _find_cuts(self) -> list[int]:
        if not any(row.rank_range for row in self.rows):
            return []
        ranked = [(row.rank, row.rank_range) for row in self.rows if row.rank]
        behind = [len(ranked) + 1] if len(ranked) < self.llm_count else []  # those without a rank
        return real_cuts(ranked) + behind

    def explained_aggregates(self) -> list[MetricRecord]:
        """The columns whose making a reader cannot guess: from ranks, with given weights, or with
        weights that components share because they ask the same questions."""
        return [
            metric
            for metric in self.columns
            if metric.is_rank_based
            or (
                metric.aggregate == Metric.Aggregate.QUESTION_WEIGHTED
                and (
                    any(weight for _, weight in metric.components)
                    or max(self.count_sharing(metric).values(), default=1) > 1
                )
            )
        ]

    def count_sharing(self, metric: MetricRecord) -> dict[int, int]:
        """How many components of an aggregate share the questions, and the weight, of each."""
        return count_sharing(metric, self.metrics)

    def question_owner(self, metric: MetricRecord) -> MetricRecord | None:
        """The metric whose questions it asks; None for its own."""
        return find_question_owner(metric, self.metrics)

    def interval_range(self) -> Interval | None:
        """From the lowest to the highest end of a ranked LLM's interval in the ranking metric.

        A run of a single question would stretch the marks of all others to nothing.
        """
        place = self._ranking_position()
        cells = self.distinct_cells()[place] if place is not None else []
        intervals = [cell.uncertainty.interval for cell in cells if cell.rank]
        known = [interval for interval in intervals if interval]
        if not known:
            return None
        return Interval(
            min(interval.low for interval in known), max(interval.high for interval in known)
        )

    def from_source(self, source_id: int) -> list[Contribution]:
        """The shown cells that come from a source, by LLM in order of names."""
        contributions = []
        for row in self.rows:
            cells = [
                (metric, cell)
                for metric, cell in zip(self.columns, row.cells, strict=True)
                if cell is not None and cell.source_id == source_id
            ]
            if cells:
                contributions.append(Contribution(row.llm, tuple(cells)))
        return sorted(contributions, key=lambda contribution: contribution.llm.name.casefold())

    def sort_keys(self) -> tuple[str, ...]:
        """The keys that rows can be sorted by: the name, facts, then metrics."""
        others = (fact.key for fact in self.facts.columns if fact.key not in SORTABLE_FACTS)
        return (*SORTABLE_FACTS, *others, *self.position)

    def best_first(self, key: str) -> str:
        """The direction a reader expects of a column at first: `key`, or `-key` for descending.

        Of a metric of which neither end is better, the largest value stands first.
        """
        if key in self.position:
            descending = self.columns[self.position[key]].is_largest_first
        else:
            fact = self.facts.find(key)
            descending = fact.is_largest_first if fact else key in LARGEST_FIRST
        return f"-{key}" if descending else key

    def compute_once(self, name: str, compute: Callable[[], Any]) -> Any:
        """The result of `compute`, which is called once in the life of these standings.

        The name has to say everything that the result depends on beside the rows.
        """
        if name not in self.computed:
            self.computed[name] = compute()
        return self.computed[name]

    def sorted_by(self, sort: str) -> tuple[Standing, ...]:
        """Rows by a column, `-` for descending.

        Missing is last in both directions, and so is a partial run that is not ranked; ties keep
        the order of rank and name in both.
        """
        rows: tuple[Standing, ...] = self.compute_once(
            f"sorted by {sort}", lambda: self._sort_rows(sort)
        )
        return rows

    def _sort_rows(self, sort: str) -> tuple[Standing, ...]:
        key = sort.removeprefix("-")
        values = list(zip(self.rows, self._sort_values(key), strict=True))
        known = [pair for pair in values if pair[1] is not None]
        known.sort(key=lambda pair: pair[1], reverse=sort.startswith("-"))
        return (*(row for row, _ in known), *(row for row, value in values if value is None))

    def _sort_values(self, key: str) -> list[Any]:
        """What each row is sorted by: a value, or a fact of its LLM; None if missing or aside."""
        if key not in self.position:
            if fact := self.facts.find(key):
                return [self.facts.sort_value(row.llm, fact) for row in self.rows]
            return [fact_sort_value(row.llm, key) for row in self.rows]
        return map_once(
            lambda cell: None if cell.is_aside else cell.value,
            self.column_cells(self.position[key]),
        )


def rank_rows(
    records: Records, llms: Sequence[LLMRecord], cells: dict[int, list[Cell | None]]
) -> list[Standing]:
    """The rows of these LLMs, whose cells are given by column, in order of rank."""
    ranking = records.metrics[records.ranking_metric] if records.ranking_metric in cells else None
    nothing: list[None] = [None] * len(llms)
    ranked = cells[ranking.id] if ranking else nothing
    ranges = cell_ranges(ranking, ranked, Level.EACH) if ranking else nothing
    rows = zip(*map(cells.__getitem__, records.columns), strict=True)
    standings = [
        Standing(llm, cell and cell.rank, rank_range, row)
        for llm, cell, rank_range, row in zip(llms, ranked, ranges, rows, strict=True)
    ]
    return order_rows(standings, ranked, ranking)


def build_standings(records: Records) -> Standings:
    """Rank the LLMs that have at least one value in the columns."""
    columns = tuple(records.metrics[metric] for metric in records.columns)
    structure = make_structure(records.metrics)
    scored = [llm for llm in records.llms if llm.id in records.scores]
    shown = shown_values(records.scores, structure, records.ranks_partial, records.baselines)
    wanted = frozenset(records.columns)
    present = [llm for llm in scored if not wanted.isdisjoint(shown[llm.id])]
    values = [shown[llm.id] for llm in present]
    aside = [llm.is_baseline for llm in present]
    cells = {
        metric: place_cells(
            records.metrics[metric],
            [own.get(metric) for own in values],
            aside,
            ranks_partial=metric in records.ranks_partial,
        )
        for metric in dict.fromkeys(records.columns)
    }
    rows = rank_rows(records, present, cells)
    return Standings(
        columns=columns,
        default_columns=tuple(metric.key for metric in columns if metric.id not in records.hidden),
        ranking_metric=records.metrics.get(records.ranking_metric or 0),
        rows=tuple(rows),
        disagreements=tuple(
            disagreement
            for llm in scored
            for disagreement in disagreements_among(llm, shown[llm.id], records)
        ),
        position={metric.key: index for index, metric in enumerate(columns)},
        metrics=records.metrics,
        facts=records.facts,
        notes=records.notes,
    )
