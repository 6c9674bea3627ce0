"""Standings: the whole table of a leaderboard, computed once from records, then frozen.

Two functions read the content, in a constant number of queries; `build` and all below is pure.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

from . import ranking
from .models import LLM, Column, Leaderboard, Metric, Source
from .numbers import format_number, plain
from .ranking import Interval, RankRange
from .records import LLMRecord, MetricRecord, Records, ScoreRecord, load_records

HEAT_STEPS = 10
# From the most to the least trusted.
TRUST = (
    Source.Tier.INDEPENDENT,
    Source.Tier.MAINTAINER,
    Source.Tier.VENDOR,
    Source.Tier.UNKNOWN,
)
WHOLE: dict[str, float] = {
    Metric.Unit.PROPORTION: 1.0,
    Metric.Unit.PERCENT: 100.0,
}  # all questions, in the unit


class Origin(StrEnum):
    """How a shown value came about."""

    REPORTED = "reported"  # for an aggregate: and it agrees with its components
    COMPUTED = "computed"  # from the components, because none is reported or it disagrees
    UNCHECKED = "unchecked"  # a reported aggregate with a component missing


class Uncertainty(NamedTuple):
    """How far a value may be from the truth, in the unit of its metric; None where unknown."""

    question_count: int | None = None
    standard_error: float | None = None
    interval: Interval | None = None  # 95 %
    tested: ranking.Estimate | None = None  # as tests take it, adjusted for small samples


@dataclass(frozen=True, slots=True)
class Shown:
    """The value that stands for an LLM in a metric."""

    value: Decimal
    tolerance: Decimal
    origin: Origin
    tier: str
    source_id: int | None
    is_complete: bool  # as far as known, of all questions of the metric
    uncertainty: Uncertainty


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in its column."""

    value: Decimal
    text: str  # with the metric's decimals
    exact: str  # full precision
    origin: Origin
    rank: int
    rank_range: RankRange | None
    heat: int  # 0 (worst in the column) to 9 (best)
    tier: str
    source_id: int | None
    uncertainty: Uncertainty

    @property
    def is_best(self) -> bool:
        return self.rank == 1

    def minus(self, other: "Cell") -> "Difference":
        """By the pairwise test of the rank ranges: independent, two-sided, 5 %, uncorrected."""
        value = self.value - other.value
        mine, theirs = self.uncertainty.tested, other.uncertainty.tested
        if mine is None or theirs is None:
            return Difference(value, None, None)
        interval = ranking.normal_interval(*ranking.difference(mine, theirs))
        return Difference(value, interval, ranking.differ(mine, theirs))


class Difference(NamedTuple):
    """How far a value is above another in the same metric."""

    value: Decimal  # of the shown values
    interval: Interval | None  # 95 %, of the tested ones; unknown without both standard errors
    is_significant: bool | None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A reported aggregate that its components contradict; maintainers see it, visitors do not."""

    llm: LLMRecord
    metric: MetricRecord
    reported: Decimal
    computed: Decimal
    tolerance: Decimal

    def __str__(self) -> str:
        numbers = "{reported} is reported, {computed} computed; rounding allows {tolerance}"
        return f"{self.llm.name}, {self.metric.full_name}: {numbers.format(**self.numbers)}"

    @property
    def numbers(self) -> dict[str, str]:
        """As people read them; the tolerance has many digits, of which two tell how much it is."""
        return {
            "reported": plain(self.reported),
            "computed": plain(self.computed),
            "tolerance": plain(Decimal(f"{self.tolerance:.2g}")),
        }


@dataclass(frozen=True, slots=True)
class Standing:
    """One LLM's row."""

    llm: LLMRecord
    rank: int | None
    rank_range: RankRange | None
    cells: tuple[Cell | None, ...]  # in the order of the columns

    @property
    def coverage(self) -> int:
        return sum(cell is not None for cell in self.cells)

    @property
    def tiers(self) -> frozenset[str]:
        """How far the row's scores are to be trusted; one mark does if it is one tier."""
        return frozenset(cell.tier for cell in self.cells if cell is not None)


class MetricScore(NamedTuple):
    """One LLM's cell in a metric, among so many LLMs that have one."""

    metric: MetricRecord
    cell: Cell | None
    llm_count: int


class BenchmarkScores(NamedTuple):
    benchmark: str | None
    slug: str | None
    scores: tuple[MetricScore, ...]


class Contribution(NamedTuple):
    """The scores of one LLM that come from one source."""

    llm: LLMRecord
    cells: tuple[tuple[MetricRecord, Cell], ...]


@dataclass(frozen=True)
class Standings:
    """The whole table: rows in order of rank, cells in order of columns."""

    columns: tuple[MetricRecord, ...]
    default_columns: tuple[str, ...]  # the keys of those shown unless a visitor asks for others
    ranking_metric: MetricRecord | None
    rows: tuple[Standing, ...]
    disagreements: tuple[Disagreement, ...]
    position: dict[str, int] = field(repr=False)  # of a metric key among the columns
    # What others derive from all rows and need again, by a name of theirs; the rows never change.
    facts: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def row(self, slug: str) -> Standing | None:
        return next((row for row in self.rows if row.llm.slug == slug), None)

    def cell(self, slug: str, metric_id: int) -> Cell | None:
        row = self.row(slug)
        found = zip(self.columns, row.cells if row else (), strict=False)
        return next((cell for metric, cell in found if metric.id == metric_id), None)

    def count(self, key: str) -> int:
        """N of a column: the LLMs with a value in it."""
        index = self.position[key]
        return sum(row.cells[index] is not None for row in self.rows)

    def scores_by_benchmark(self, slug: str) -> list[BenchmarkScores]:
        """One LLM's cells, grouped by the benchmarks in which it has any."""
        row = self.row(slug)
        if row is None:
            return []
        groups: dict[tuple[str | None, str | None], list[MetricScore]] = {}
        for metric, cell in zip(self.columns, row.cells, strict=True):
            score = MetricScore(metric, cell, self.count(metric.key))
            groups.setdefault((metric.benchmark, metric.benchmark_slug), []).append(score)
        return [
            BenchmarkScores(*benchmark, tuple(scores))
            for benchmark, scores in groups.items()
            if any(score.cell for score in scores)
        ]

    def interval_range(self) -> Interval | None:
        """From the lowest to the highest end of an interval in the ranking metric."""
        metric = self.ranking_metric
        if metric is None or metric.key not in self.position:
            return None
        cells = [row.cells[self.position[metric.key]] for row in self.rows]
        known = [cell.uncertainty.interval for cell in cells if cell and cell.uncertainty.interval]
        if not known:
            return None
        return Interval(min(each.low for each in known), max(each.high for each in known))

    def from_source(self, source_id: int) -> list[Contribution]:
        """What a source contributed and is shown, by LLM name."""
        found = []
        for row in self.rows:
            cells = [
                (metric, cell)
                for metric, cell in zip(self.columns, row.cells, strict=True)
                if cell is not None and cell.source_id == source_id
            ]
            if cells:
                found.append(Contribution(row.llm, tuple(cells)))
        return sorted(found, key=lambda each: each.llm.name.casefold())

    def sort_keys(self) -> tuple[str, ...]:
        return (*FACT_ORDER, *self.position)

    def best_first(self, key: str) -> str:
        """The direction a reader expects of a column at first: `key`, or `-key` for descending."""
        if key in self.position:
            descending = self.columns[self.position[key]].higher_is_better
        else:
            descending = key in ("parameters", "released")
        return f"-{key}" if descending else key

    def fact(self, name: str, make: Callable[[], Any]) -> Any:
        """What `make` finds in the rows, found once; under a name that says all it depends on."""
        if name not in self.facts:
            self.facts[name] = make()
        return self.facts[name]

    def sorted_by(self, sort: str) -> tuple[Standing, ...]:
        """Rows by a column, `-` for descending.

        Missing is last in both directions; ties keep the order of rank and name in both.
        """
        found: tuple[Standing, ...] = self.fact(f"sorted by {sort}", lambda: self._sorted(sort))
        return found

    def _sorted(self, sort: str) -> tuple[Standing, ...]:
        key = sort.removeprefix("-")
        values = [(row, self.sort_value(row, key)) for row in self.rows]
        known = [pair for pair in values if pair[1] is not None]
        known.sort(key=lambda pair: pair[1], reverse=sort.startswith("-"))
        return (*(row for row, _ in known), *(row for row, value in values if value is None))

    def sort_value(self, row: Standing, key: str) -> Any:
        if key in self.position:
            cell = row.cells[self.position[key]]
            return None if cell is None else cell.value
        return FACT_ORDER[key](row.llm)


FACT_ORDER = {
    "llm": lambda llm: llm.name.casefold(),
    "organization": lambda llm: llm.organization.casefold() if llm.organization else None,
    "parameters": lambda llm: llm.parameters,
    "released": lambda llm: llm.released,
}


def of_leaderboard(leaderboard: Leaderboard, llms: Any = None) -> Standings:
    """The standings of a leaderboard; of all published LLMs unless others are given (a preview)."""
    columns = dict(
        Column.objects.filter(leaderboard=leaderboard).values_list("metric_id", "shown_by_default")
    )
    hidden = frozenset(metric for metric, shown in columns.items() if not shown)
    return build(load_records(list(columns), leaderboard.ranking_metric_id, llms, hidden))


def of_every_metric(llms: Any = None, columns: Any = None) -> Standings:
    """All metrics of the (published) leaderboards in their order; nobody has a rank in all."""
    columns = Column.objects.published() if columns is None else columns
    return build(load_every_metric(llms, columns))


def load_every_metric(llms: Any, columns: Any) -> Records:
    ordered = columns.order_by("leaderboard__position", "leaderboard", "position")
    metrics = dict.fromkeys(ordered.values_list("metric_id", flat=True))
    return load_records(list(metrics), llms=llms)


def disagreements_of(llm: LLM) -> tuple[Disagreement, ...]:
    """The reported aggregates of one LLM, published or not, that its components contradict."""
    return of_every_metric(LLM.objects.filter(pk=llm.pk), Column.objects.all()).disagreements


def build(records: Records) -> Standings:
    """Rank the LLMs that have at least one value in the columns."""
    columns = tuple(records.metrics[metric] for metric in records.columns)
    order = bottom_up(records.metrics)
    scored = [llm for llm in records.llms if llm.id in records.scores]
    shown = {llm.id: shown_values(records.scores[llm.id], order, records.metrics) for llm in scored}
    present = [
        llm
        for llm in records.llms
        if any(metric in shown.get(llm.id, ()) for metric in records.columns)
    ]
    cells = {
        metric.id: column_cells(metric, [shown[llm.id].get(metric.id) for llm in present])
        for metric in {metric.id: metric for metric in columns}.values()
    }
    rows = []
    for position, llm in enumerate(present):
        row = tuple(cells[metric.id][position] for metric in columns)
        ranked = cells.get(records.ranking_metric or 0, {position: None})[position]
        rank, rank_range = (ranked.rank, ranked.rank_range) if ranked else (None, None)
        rows.append(Standing(llm, rank, rank_range, row))
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.llm.name.casefold()))
    return Standings(
        columns=columns,
        default_columns=tuple(each.key for each in columns if each.id not in records.hidden),
        ranking_metric=records.metrics.get(records.ranking_metric or 0),
        rows=tuple(rows),
        disagreements=tuple(
            each for llm in scored for each in disagreements_among(llm, shown[llm.id], records)
        ),
        position={metric.key: index for index, metric in enumerate(columns)},
    )


def bottom_up(metrics: dict[int, MetricRecord]) -> list[MetricRecord]:
    """Components before the aggregates that are made from them."""
    order: dict[int, MetricRecord] = {}  # in order of completion
    begun: set[int] = set()  # so that even a circle in the data would end

    def place(metric: MetricRecord) -> None:
        if metric.id in begun:
            return
        begun.add(metric.id)
        for component, _ in metric.components:
            place(metrics[component])
        order[metric.id] = metric

    for metric in metrics.values():
        place(metric)
    return list(order.values())


def shown_values(
    scores: dict[int, ScoreRecord], order: Iterable[MetricRecord], metrics: dict[int, MetricRecord]
) -> dict[int, Shown]:
    """What is shown for one LLM in every metric, aggregates checked against their components."""
    shown: dict[int, Shown] = {}
    for metric in order:
        score = scores.get(metric.id)
        value = as_reported(metric, score) if score else None
        if metric.aggregate:
            value = check_aggregate(metric, value, parts_of(metric, shown, metrics))
        if value is not None:
            shown[metric.id] = value
    return shown


def refused(scores: dict[int, ScoreRecord], shown: dict[int, Shown]) -> list[int]:
    """The metrics whose reported score is not shown, because its components contradict it."""
    return [
        metric
        for metric, value in shown.items()
        if metric in scores and value.origin is Origin.COMPUTED
    ]


def disagreements_in(records: Records) -> list[Disagreement]:
    """Those of all LLMs, without the ranks that standings have too."""
    order = bottom_up(records.metrics)
    return [
        each
        for llm in records.llms
        if (scores := records.scores.get(llm.id))
        for each in disagreements_among(llm, shown_values(scores, order, records.metrics), records)
    ]


def disagreements_among(
    llm: LLMRecord, shown: dict[int, Shown], records: Records
) -> Iterator[Disagreement]:
    scores = records.scores[llm.id]
    for key in refused(scores, shown):
        tolerance = ranking.half_digit(scores[key].decimals) + shown[key].tolerance
        yield Disagreement(
            llm, records.metrics[key], scores[key].value, shown[key].value, tolerance
        )


def as_reported(metric: MetricRecord, score: ScoreRecord) -> Shown:
    count = score.question_count or metric.question_count
    if score.standard_error is not None:
        uncertainty = normal_uncertainty(metric, score.value, float(score.standard_error), count)
    else:
        uncertainty = shared_uncertainty(metric, score.value, count)
    return Shown(
        value=score.value,
        tolerance=ranking.half_digit(score.decimals),
        origin=Origin.REPORTED,
        tier=score.tier or Source.Tier.UNKNOWN,
        source_id=score.source_id,
        is_complete=count == metric.question_count,
        uncertainty=uncertainty,
    )


class WeightedShown(NamedTuple):
    """A component as it enters an aggregate."""

    weight: Decimal
    shown: Shown


def parts_of(
    metric: MetricRecord, shown: dict[int, Shown], metrics: dict[int, MetricRecord]
) -> list[WeightedShown]:
    """The components; none unless every one has a value and a weight."""
    parts = []
    for component, weight in metric.components:
        value = shown.get(component)
        if metric.aggregate == Metric.Aggregate.MEAN:
            weight = Decimal(1)
        elif weight is None:
            weight = Decimal(metrics[component].question_count or 0)
        if value is None or not weight:
            return []
        parts.append(WeightedShown(weight, value))
    return parts


def check_aggregate(
    metric: MetricRecord, reported: Shown | None, parts: list[WeightedShown]
) -> Shown | None:
    """The rule of aggregates: reported while it agrees, else computed, else reported unchecked."""
    if not parts:
        return reported and replace(reported, origin=Origin.UNCHECKED)
    values = [ranking.Part(part.weight, part.shown.value, part.shown.tolerance) for part in parts]
    tiers = [part.shown.tier for part in parts]
    if reported and ranking.agrees(reported.value, reported.tolerance, values):
        uncertainty = reported.uncertainty
        if uncertainty.standard_error is None:
            uncertainty = mean_uncertainty(
                metric, reported.value, uncertainty.question_count, parts
            )
        tier = least_trusted([reported.tier, *tiers])
        return replace(reported, tier=tier, uncertainty=uncertainty)
    mean = ranking.weighted_mean(values)
    is_complete = all(part.shown.is_complete for part in parts)
    count = metric.question_count if is_complete else None
    uncertainty = shared_uncertainty(metric, mean.value, count)
    if uncertainty.standard_error is None:
        uncertainty = mean_uncertainty(metric, mean.value, count, parts)
    return Shown(
        value=mean.value,
        tolerance=mean.tolerance,
        origin=Origin.COMPUTED,
        tier=least_trusted(tiers),
        source_id=None,
        is_complete=is_complete,
        uncertainty=uncertainty,
    )


def least_trusted(tiers: Iterable[str]) -> str:
    """Unknown is the least trusted, then the maker of the LLM, then those who run the site."""
    return max(tiers, key=TRUST.index)


def binomial_uncertainty(metric: MetricRecord, value: Decimal, count: int | None) -> Uncertainty:
    """Of a share of so many questions; unknown if it is none, or their number is unknown."""
    whole = WHOLE.get(metric.unit)
    share = float(value) / whole if whole else -1.0
    if not (metric.is_share_of_questions and whole and count and 0 <= share <= 1):
        return Uncertainty(question_count=count)
    tested = ranking.tested_share(share, count)
    low, high = ranking.wilson(share, count)
    return Uncertainty(
        question_count=count,
        standard_error=whole * ranking.binomial_standard_error(share, count),
        interval=clipped(metric, Interval(whole * low, whole * high)),
        tested=ranking.Estimate(whole * tested.value, whole * tested.standard_error),
    )


# Rounded scores repeat: one object for all that are equal is less time and memory.
shared_uncertainty = lru_cache(maxsize=50_000)(binomial_uncertainty)


def normal_uncertainty(
    metric: MetricRecord, value: Decimal, standard_error: float, count: int | None = None
) -> Uncertainty:
    """Of a value whose standard error is given."""
    return Uncertainty(
        question_count=count,
        standard_error=standard_error,
        interval=clipped(metric, ranking.normal_interval(float(value), standard_error)),
        tested=ranking.Estimate(float(value), standard_error),
    )


def mean_uncertainty(
    metric: MetricRecord, value: Decimal, count: int | None, parts: Sequence[WeightedShown]
) -> Uncertainty:
    """Of an aggregate, from the standard errors of all its components."""
    errors, tested_errors = [], []
    for weight, shown in parts:
        error, tested = shown.uncertainty.standard_error, shown.uncertainty.tested
        if error is None or tested is None:
            return Uncertainty(question_count=count)
        errors.append((float(weight), error))
        tested_errors.append((float(weight), tested.standard_error))
    uncertainty = normal_uncertainty(metric, value, ranking.mean_standard_error(errors), count)
    tested_error = ranking.mean_standard_error(tested_errors)
    return uncertainty._replace(tested=ranking.Estimate(float(value), tested_error))


def clipped(metric: MetricRecord, interval: Interval) -> Interval:
    low = None if metric.minimum is None else float(metric.minimum)
    high = None if metric.maximum is None else float(metric.maximum)
    return ranking.clip(interval, low, high)


def column_cells(metric: MetricRecord, values: Sequence[Shown | None]) -> list[Cell | None]:
    """Values of one metric with their ranks and place in the range of the column."""
    known = [shown.value for shown in values if shown]
    ranks = ranking.competition_ranks(
        (shown.value if shown else None for shown in values),
        higher_is_better=metric.higher_is_better,
    )
    ranges = ranking.rank_ranges(
        [shown.uncertainty.tested if shown else None for shown in values],
        ranks,
        higher_is_better=metric.higher_is_better,
    )
    worst, best = (min(known), max(known)) if known else (Decimal(0), Decimal(0))
    if not metric.higher_is_better:
        worst, best = best, worst
    looks = {
        value: (format_number(value, metric.decimals), plain(value), heat(value, worst, best))
        for value in set(known)
    }
    return [
        Cell(
            value=shown.value,
            text=looks[shown.value][0],
            exact=looks[shown.value][1],
            origin=shown.origin,
            rank=rank or 0,
            rank_range=rank_range,
            heat=looks[shown.value][2],
            tier=shown.tier,
            source_id=shown.source_id,
            uncertainty=shown.uncertainty,
        )
        if shown
        else None
        for shown, rank, rank_range in zip(values, ranks, ranges, strict=True)
    ]


def heat(value: Decimal, worst: Decimal, best: Decimal) -> int:
    """0 to 9. The cube spreads the leading values, between which readers choose."""
    if worst == best:
        return 0
    share = float((value - worst) / (best - worst))
    return min(HEAT_STEPS - 1, int(HEAT_STEPS * share**3))
