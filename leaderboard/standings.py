"""Standings: the whole table of a leaderboard, computed once from records, then frozen.

`load_records` reads the content in a constant number of queries; `build` is pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from . import ranking
from .models import LLM, Column, Leaderboard, Metric, Score, with_components
from .numbers import format_number, plain

HEAT_STEPS = 10


@dataclass(frozen=True, slots=True)
class MetricRecord:
    id: int
    key: str
    name: str
    benchmark: str | None
    benchmark_slug: str | None
    language: str | None
    unit: str
    minimum: Decimal | None
    maximum: Decimal | None
    higher_is_better: bool
    decimals: int
    question_count: int | None
    is_share_of_questions: bool
    aggregate: str
    components: tuple[tuple[int, Decimal | None], ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.benchmark} {self.name}" if self.benchmark else self.name


@dataclass(frozen=True, slots=True)
class LLMRecord:
    id: int
    slug: str
    name: str
    organization: str | None
    organization_slug: str | None
    parameters: Decimal | None
    active_parameters: Decimal | None
    open_weights: bool | None
    reasoning: bool | None
    domain: str
    released: date | None


@dataclass(frozen=True, slots=True)
class ScoreRecord:
    llm_id: int
    metric_id: int
    value: Decimal
    decimals: int


METRIC_FIELDS = (
    "id", "key", "name", "benchmark__name", "benchmark__slug", "benchmark__language", "unit",
    "minimum", "maximum", "higher_is_better", "decimals", "question_count",
    "is_share_of_questions", "aggregate",
)  # fmt: skip
LLM_FIELDS = (
    "id", "slug", "name", "organization__name", "organization__slug", "parameters",
    "active_parameters", "open_weights", "reasoning", "domain", "released",
)  # fmt: skip
SCORE_FIELDS = ("llm_id", "metric_id", "value", "decimals")


@dataclass(frozen=True, slots=True)
class Records:
    """What standings are made from: the shown metrics in order, everything they depend on."""

    columns: tuple[int, ...]
    ranking_metric: int | None
    metrics: dict[int, MetricRecord]
    llms: tuple[LLMRecord, ...]
    scores: dict[int, dict[int, ScoreRecord]]  # by LLM, then metric


class Origin(StrEnum):
    """How a shown value came about."""

    REPORTED = "reported"  # for an aggregate: and it agrees with its components
    COMPUTED = "computed"  # from the components, because none is reported or it disagrees
    UNCHECKED = "unchecked"  # a reported aggregate with a component missing


@dataclass(frozen=True, slots=True)
class Shown:
    """The value that stands for an LLM in a metric."""

    value: Decimal
    tolerance: Decimal
    origin: Origin


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in its column."""

    value: Decimal
    text: str  # with the metric's decimals
    exact: str  # full precision
    origin: Origin
    rank: int
    heat: int  # 0 (worst in the column) to 9 (best)

    @property
    def is_best(self) -> bool:
        return self.rank == 1


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A reported aggregate that its components contradict; maintainers see it, visitors do not."""

    llm: LLMRecord
    metric: MetricRecord
    reported: Decimal
    computed: Decimal
    tolerance: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """One LLM's row."""

    llm: LLMRecord
    rank: int | None
    cells: tuple[Cell | None, ...]  # in the order of the columns

    @property
    def coverage(self) -> int:
        return sum(cell is not None for cell in self.cells)


class MetricScore(NamedTuple):
    """One LLM's cell in a metric, among so many LLMs that have one."""

    metric: MetricRecord
    cell: Cell | None
    llm_count: int


class BenchmarkScores(NamedTuple):
    benchmark: str | None
    scores: tuple[MetricScore, ...]


@dataclass(frozen=True)
class Standings:
    """The whole table: rows in order of rank, cells in order of columns."""

    columns: tuple[MetricRecord, ...]
    ranking_metric: MetricRecord | None
    rows: tuple[Standing, ...]
    disagreements: tuple[Disagreement, ...]
    position: dict[str, int] = field(repr=False)  # of a metric key among the columns

    def row(self, slug: str) -> Standing | None:
        return next((row for row in self.rows if row.llm.slug == slug), None)

    def count(self, key: str) -> int:
        """N of a column: the LLMs with a value in it."""
        index = self.position[key]
        return sum(row.cells[index] is not None for row in self.rows)

    def scores_by_benchmark(self, slug: str) -> list[BenchmarkScores]:
        """One LLM's cells, grouped by the benchmarks in which it has any."""
        row = self.row(slug)
        if row is None:
            return []
        groups: dict[str | None, list[MetricScore]] = {}
        for metric, cell in zip(self.columns, row.cells, strict=True):
            score = MetricScore(metric, cell, self.count(metric.key))
            groups.setdefault(metric.benchmark, []).append(score)
        return [
            BenchmarkScores(benchmark, tuple(scores))
            for benchmark, scores in groups.items()
            if any(score.cell for score in scores)
        ]

    def sort_keys(self) -> tuple[str, ...]:
        return (*FACT_ORDER, *self.position)

    def best_first(self, key: str) -> str:
        """The direction a reader expects of a column at first: `key`, or `-key` for descending."""
        if key in self.position:
            descending = self.columns[self.position[key]].higher_is_better
        else:
            descending = key in ("parameters", "released")
        return f"-{key}" if descending else key

    def sorted_by(self, sort: str) -> list[Standing]:
        """Rows by a column, `-` for descending. Missing is last in both directions; ties keep the
        order of rank and name in both."""
        key = sort.removeprefix("-")
        values = [(row, self._sort_value(row, key)) for row in self.rows]
        known = [pair for pair in values if pair[1] is not None]
        known.sort(key=lambda pair: pair[1], reverse=sort.startswith("-"))
        return [row for row, _ in known] + [row for row, value in values if value is None]

    def _sort_value(self, row: Standing, key: str) -> Any:
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
    columns = Column.objects.filter(leaderboard=leaderboard).values_list("metric_id", flat=True)
    return build(load_records(list(columns), leaderboard.ranking_metric_id, llms))


def of_every_metric(llms: Any = None, columns: Any = None) -> Standings:
    """All metrics of the (published) leaderboards in their order; nobody has a rank in all."""
    columns = Column.objects.published() if columns is None else columns
    ordered = columns.order_by("leaderboard__position", "leaderboard", "position")
    metrics = dict.fromkeys(ordered.values_list("metric_id", flat=True))
    return build(load_records(list(metrics), llms=llms))


def disagreements_of(llm: LLM) -> tuple[Disagreement, ...]:
    """The reported aggregates of one LLM, published or not, that its components contradict."""
    return of_every_metric(LLM.objects.filter(pk=llm.pk), Column.objects.all()).disagreements


def load_records(
    columns: Sequence[int], ranking_metric: int | None = None, llms: Any = None
) -> Records:
    """Everything these columns depend on, in three queries whatever the size."""
    llms = LLM.objects.published() if llms is None else llms
    catalogue = load_metrics()
    parts = {key: [part for part, _ in metric.components] for key, metric in catalogue.items()}
    metrics = {key: catalogue[key] for key in with_components(columns, parts)}
    scores: dict[int, dict[int, ScoreRecord]] = defaultdict(dict)
    rows = Score.objects.filter(metric__in=metrics, llm__in=llms).values_list(*SCORE_FIELDS)
    for row in rows.order_by().iterator():
        scores[row[0]][row[1]] = ScoreRecord(*row)
    found = (LLMRecord(*row) for row in llms.order_by().values_list(*LLM_FIELDS))
    return Records(tuple(columns), ranking_metric, metrics, tuple(found), dict(scores))


def load_metrics() -> dict[int, MetricRecord]:
    """Every metric with its components, in one query."""
    rows = Metric.objects.order_by("pk", "components__position", "components__pk").values_list(
        *METRIC_FIELDS, "components__metric_id", "components__weight"
    )
    fields: dict[int, Any] = {}
    components: dict[int, list[tuple[int, Decimal | None]]] = defaultdict(list)
    for *metric, component, weight in rows:
        fields[metric[0]] = tuple(metric)
        if component is not None:
            components[metric[0]].append((component, weight))
    return {key: MetricRecord(*[*row, tuple(components[key])]) for key, row in fields.items()}


def build(records: Records) -> Standings:
    """Rank the LLMs that have at least one value in the columns."""
    columns = tuple(records.metrics[metric] for metric in records.columns)
    order = bottom_up(records.metrics)
    disagreements: list[Disagreement] = []
    shown = {
        llm.id: shown_values(llm, order, records, disagreements)
        for llm in records.llms
        if llm.id in records.scores
    }
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
        rows.append(Standing(llm, ranked.rank if ranked else None, row))
    rows.sort(key=lambda row: (row.rank is None, row.rank or 0, row.llm.name.casefold()))
    return Standings(
        columns=columns,
        ranking_metric=records.metrics.get(records.ranking_metric or 0),
        rows=tuple(rows),
        disagreements=tuple(disagreements),
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
    llm: LLMRecord,
    order: Iterable[MetricRecord],
    records: Records,
    disagreements: list[Disagreement],
) -> dict[int, Shown]:
    """What is shown for one LLM in every metric, aggregates checked against their components."""
    scores = records.scores[llm.id]
    shown: dict[int, Shown] = {}
    for metric in order:
        score = scores.get(metric.id)
        reported = value = None
        if score:
            half_digit = ranking.half_digit(score.decimals)
            reported = value = Shown(score.value, half_digit, Origin.REPORTED)
        if metric.aggregate:
            value = check_aggregate(metric, reported, parts_of(metric, shown, records.metrics))
        if value is None:
            continue
        shown[metric.id] = value
        if reported and value.origin is Origin.COMPUTED:
            tolerance = reported.tolerance + value.tolerance
            disagreements.append(Disagreement(llm, metric, reported.value, value.value, tolerance))
    return shown


def parts_of(
    metric: MetricRecord, shown: dict[int, Shown], metrics: dict[int, MetricRecord]
) -> list[ranking.Part] | None:
    """The components as they enter the aggregate; None unless every one has a value and weight."""
    parts = []
    for component, weight in metric.components:
        value = shown.get(component)
        if metric.aggregate == Metric.Aggregate.MEAN:
            weight = Decimal(1)
        elif weight is None:
            weight = Decimal(metrics[component].question_count or 0)
        if value is None or not weight:
            return None
        parts.append(ranking.Part(weight, value.value, value.tolerance))
    return parts or None


def check_aggregate(
    metric: MetricRecord, reported: Shown | None, parts: list[ranking.Part] | None
) -> Shown | None:
    """The rule of aggregates: reported while it agrees, else computed, else reported unchecked."""
    if parts is None:
        return reported and Shown(reported.value, reported.tolerance, Origin.UNCHECKED)
    if reported and ranking.agrees(reported.value, reported.tolerance, parts):
        return reported
    mean = ranking.weighted_mean(parts)
    return Shown(mean.value, mean.tolerance, Origin.COMPUTED)


def column_cells(metric: MetricRecord, values: Sequence[Shown | None]) -> list[Cell | None]:
    """Values of one metric with their rank and place in the range of the column."""
    known = [shown.value for shown in values if shown]
    ranks = ranking.competition_ranks(
        (shown.value if shown else None for shown in values),
        higher_is_better=metric.higher_is_better,
    )
    worst, best = (min(known), max(known)) if known else (Decimal(0), Decimal(0))
    if not metric.higher_is_better:
        worst, best = best, worst
    return [
        Cell(
            value=shown.value,
            text=format_number(shown.value, metric.decimals),
            exact=plain(shown.value),
            origin=shown.origin,
            rank=rank or 0,
            heat=heat(shown.value, worst, best),
        )
        if shown
        else None
        for shown, rank in zip(values, ranks, strict=True)
    ]


def heat(value: Decimal, worst: Decimal, best: Decimal) -> int:
    """0 to 9. The cube spreads the leading values, between which readers choose."""
    if worst == best:
        return 0
    share = float((value - worst) / (best - worst))
    return min(HEAT_STEPS - 1, int(HEAT_STEPS * share**3))
