"""The content as plain records: what standings are made from, read in few queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import FloatField, QuerySet
from django.db.models.functions import Cast, Coalesce

from leaderboard.models import LLM, Metric, Score, with_components
from leaderboard.text.facts import FactKind, fields_of_kind
from leaderboard.text.kinds import BASELINES, MODEL
from leaderboard.text.numbers import MOST_DIGITS

from .facts import NO_FACTS, Rows, ShownFacts, load_facts

Notes = dict[int, dict[int, str]]  # by LLM, then metric


@dataclass(frozen=True, slots=True)
class MetricRecord:
    """A metric with its benchmark's names and its components."""

    id: int
    key: str
    name: str
    benchmark: str | None
    benchmark_slug: str | None
    language: str | None
    unit: str
    minimum: Decimal | None
    maximum: Decimal | None
    higher_is_better: bool | None
    decimals: int
    question_count: int | None  # asked, be they its own or those of another metric
    is_share_of_questions: bool
    aggregate: str
    questions_of: int | None = None  # the metric whose questions it asks, if not its own
    unit_label: str = ""
    label_in_front: bool = False
    components: tuple[tuple[int, Decimal | None], ...] = ()  # (id, weight)

    @property
    def is_rank_based(self) -> bool:
        """Is it made from the ranks of its components, not from their values?"""
        return self.aggregate in Metric.RANK_BASED

    @property
    def scale(self) -> tuple[str, str, bool | None]:
        """Its unit and direction: only metrics of one scale have a mean."""
        return self.unit, self.unit_label, self.higher_is_better

    @property
    def question_set(self) -> int:
        """Names the questions that it asks: metrics of one set count them once."""
        return self.questions_of or self.id

    def __hash__(self) -> int:
        """Its number: hashing every field, for every score, takes a tenth of a first view."""
        return self.id

    @property
    def can_rank(self) -> bool:
        """Is one end of it the better one, so that its values have ranks?"""
        return self.higher_is_better is not None

    @property
    def is_largest_first(self) -> bool:
        """Which end stands first: the better one, and the largest where neither is better."""
        return self.higher_is_better is not False

    @property
    def full_name(self) -> str:
        """The name behind that of the benchmark: “AMCQA overall”."""
        return f"{self.benchmark} {self.name}" if self.benchmark else self.name


class LLMRecord(NamedTuple):
    """An LLM with its exported facts, under the names that `text/facts.py` declares."""

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
    license: str = ""
    kind: str = MODEL
    family: str = ""
    note: str = ""

    @property
    def is_baseline(self) -> bool:
        """Is it what LLMs are measured against, and takes no rank itself?"""
        return self.kind in BASELINES


class ScoreRecord(NamedTuple):
    """A stored score with the tier of its source."""

    value: Decimal
    decimals: int
    question_count: int | None = None
    standard_error: Decimal | None = None
    source_id: int | None = None
    tier: str | None = None


METRIC_FIELDS = (
    "id", "key", "name", "benchmark__name", "benchmark__slug", "benchmark__language", "unit",
    "minimum", "maximum", "higher_is_better", "decimals",
    Coalesce("question_count", "questions_of__question_count"),
    "is_share_of_questions", "aggregate", "questions_of", "unit_label", "label_in_front",
)  # fmt: skip


class AsFloat(Cast):
    """A decimal field read as a float, which holds 15 digits exactly and ours have fewer.

    Django would make a Decimal of every value, which takes longer; most values are equal.
    """

    def __init__(self, field: str) -> None:
        super().__init__(field, FloatField())

    def get_db_converters(self, connection: Any) -> list[Any]:
        """None: the databases return floats, and a call for each of 100,000 values adds up."""
        return []


NUMBERS = fields_of_kind(FactKind.NUMBER)
LOOKUPS = {"organization": "organization__name", "organization_slug": "organization__slug"}
LLM_FIELDS = [
    AsFloat(field) if field in NUMBERS else LOOKUPS.get(field, field) for field in LLMRecord._fields
]
NUMBER_POSITIONS = [index for index, field in enumerate(LLMRecord._fields) if field in NUMBERS]
SCORE_FIELDS = (
    "llm_id", "metric_id", "note", AsFloat("value"), "decimals", "question_count",
    AsFloat("standard_error"), "source_id", "source__tier",
)  # fmt: skip


@lru_cache(maxsize=50_000)
def decimal_of(number: float) -> Decimal:
    """The stored decimal that a float of AsFloat stands for.

    SQLite makes of some texts a neighbour of the nearest float: fifteen digits are the same.
    """
    return Decimal(f"{number:.{MOST_DIGITS}g}")


def make_llm_record(row: tuple[Any, ...]) -> LLMRecord:
    """The record of a row of LLM_FIELDS; its numbers become decimals again."""
    values = list(row)
    for position in NUMBER_POSITIONS:
        if values[position] is not None:
            values[position] = decimal_of(values[position])
    return LLMRecord._make(values)


def load_llms(llms: Any) -> tuple[LLMRecord, ...]:
    """The records of a QuerySet of LLMs, by name."""
    return tuple(map(make_llm_record, llms.order_by("name_key").values_list(*LLM_FIELDS)))


@lru_cache(maxsize=50_000)
def make_score_record(
    value: float,
    decimals: int,
    question_count: int | None,
    error: float | None,
    source: int | None,
    tier: str | None,
) -> ScoreRecord:
    """The record of a score by its fields; equal scores share one, as rounded ones repeat."""
    given = None if error is None else decimal_of(error)
    return ScoreRecord(decimal_of(value), decimals, question_count, given, source, tier)


@dataclass(frozen=True, slots=True)
class Records:
    """What standings are made from: the shown metrics in order, everything they depend on."""

    columns: tuple[int, ...]
    ranking_metric: int | None
    hidden: frozenset[int]  # columns that are shown only if a visitor asks for them
    metrics: dict[int, MetricRecord]
    llms: tuple[LLMRecord, ...]
    scores: dict[int, dict[int, ScoreRecord]]  # by LLM, then metric
    ranks_partial: frozenset[int] = frozenset()  # columns that rank partial runs too
    facts: ShownFacts = NO_FACTS  # that are columns
    notes: Notes = field(default_factory=dict)  # of scores, for readers

    @property
    def baselines(self) -> frozenset[int]:
        """The LLMs that do not compete."""
        return frozenset(llm.id for llm in self.llms if llm.is_baseline)


def load_records(
    columns: Sequence[int],
    ranking_metric: int | None = None,
    llms: Any = None,
    hidden: frozenset[int] = frozenset(),
    ranks_partial: frozenset[int] = frozenset(),
) -> Records:
    """Everything that these columns depend on, in three queries whatever the size.

    `columns` are ids of metrics; without `llms`, a QuerySet, all published LLMs are read.
    """
    llms = LLM.objects.published() if llms is None else llms
    metrics = choose_metrics(columns, load_metrics())
    rows = Score.objects.filter(metric__in=metrics, llm__in=llms).values_list(*SCORE_FIELDS)
    scores, notes = collect_scores(rows.order_by().iterator())
    return Records(
        columns=tuple(columns),
        ranking_metric=ranking_metric,
        hidden=hidden,
        metrics=metrics,
        scores=scores,
        notes=notes,
        llms=load_llms(llms),
        ranks_partial=ranks_partial,
    )


def all_rows(model: Any) -> QuerySet[Any]:
    """The rows of a model as they are today."""
    rows: QuerySet[Any] = model.objects.all()
    return rows


def with_facts(records: Records, rows: Rows, leaderboard: int) -> Records:
    """The records with the columns of facts of a leaderboard."""
    llms = (llm.id for llm in records.llms)
    return replace(records, facts=load_facts(rows, leaderboard, llms))


def choose_metrics(
    columns: Sequence[int], catalogue: dict[int, MetricRecord]
) -> dict[int, MetricRecord]:
    """Those of all metrics that these columns show or depend on."""
    parts = {key: [part for part, _ in metric.components] for key, metric in catalogue.items()}
    return {key: catalogue[key] for key in with_components(columns, parts)}


def collect_scores(
    rows: Iterable[tuple[Any, ...]],
) -> tuple[dict[int, dict[int, ScoreRecord]], Notes]:
    """The scores of rows of SCORE_FIELDS by LLM and metric, and the notes of those that have one.

    Numbers become decimals again.
    """
    notes: Notes = defaultdict(dict)
    scores: dict[int, dict[int, ScoreRecord]] = defaultdict(dict)
    known: dict[tuple[Any, ...], ScoreRecord] = {}
    for row in rows:
        if row[2]:
            notes[row[0]][row[1]] = row[2]
        fields = row[3:]
        record = known.get(fields)
        if record is None:
            record = known[fields] = make_score_record(*fields)
        scores[row[0]][row[1]] = record
    return dict(scores), dict(notes)


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
    return {
        key: known_record(MetricRecord(*[*row, tuple(components[key])]))
        for key, row in fields.items()
    }


@lru_cache(maxsize=10_000)
def known_record(record: MetricRecord) -> MetricRecord:
    """The record itself, or an equal one of an earlier load: what is the same compares faster."""
    return record
