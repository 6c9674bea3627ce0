"""Which leaderboards an edit touches: those whose state is made from the rows that it writes.

A writer notes rows, as (model, id). Notes may name too much, never too little: the state log
compares hashes before it says that a leaderboard changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models import Q

from .benchmarks import Benchmark
from .components import Component, with_components
from .facts import Fact, FactColumn, FactValue
from .leaderboards import Column, Leaderboard
from .llms import LLM, Organization
from .metrics import Metric
from .scores import Score, Source
from .translations import Translation

Note = tuple[type[models.Model], int | None]

EVERYTHING: frozenset[Note] = frozenset({(Leaderboard, None)})

# Rows that are noted as rows that they belong to; all others are noted themselves.
NOTED_AS: Mapping[type[models.Model], Mapping[str, type[models.Model]]] = {
    Score: {"metric_id": Metric},
    Column: {"leaderboard_id": Leaderboard},
    Component: {"aggregate_id": Metric},
    FactColumn: {"leaderboard_id": Leaderboard},
    FactValue: {"llm_id": LLM},
    Translation: {
        "leaderboard_id": Leaderboard,
        "benchmark_id": Benchmark,
        "metric_id": Metric,
    },
}


def note_row(model: type[models.Model], values: Mapping[str, Any]) -> set[Note]:
    """Returns the notes of a row, whose values are given by column."""
    fields = NOTED_AS.get(model, {"id": model})
    return {(owner, values[field]) for field, owner in fields.items() if values[field]}


def noted_leaderboards(notes: Iterable[Note]) -> set[int] | None:
    """Returns the ids of the leaderboards that are noted themselves; None for all of them.

    A leaderboard that was withdrawn or deleted is among them, and touches nothing any more.
    """
    rows = {number for model, number in notes if model is Leaderboard}
    return None if None in rows else {number for number in rows if number is not None}


def touched_leaderboards(notes: Iterable[Note]) -> set[int]:
    """Returns the ids of the published leaderboards that these rows touch, in at most six queries.

    A metric touches every leaderboard that shows it, or an aggregate of it at any depth.
    """
    published = Leaderboard.objects.published().order_by()
    noted: dict[type[models.Model], set[int]] = defaultdict(set)
    for model, number in notes:
        if number is None:
            return set(published.values_list("pk", flat=True))
        noted[model].add(number)
    touched: set[int] = set()
    if noted[Leaderboard]:
        touched |= set(published.filter(pk__in=noted[Leaderboard]).values_list("pk", flat=True))
    if noted[Fact]:
        showing = published.filter(fact_columns__fact__in=noted[Fact])
        touched |= set(showing.values_list("pk", flat=True))
    metrics = noted[Metric] | metrics_with_scores(noted) | metrics_of(noted)
    if metrics:
        shown = with_components(metrics, aggregates_by_component())
        columns = Column.objects.filter(metric__in=shown, leaderboard__is_published=True)
        touched |= set(columns.order_by().values_list("leaderboard", flat=True).distinct())
    return touched


def metrics_with_scores(noted: Mapping[type[models.Model], set[int]]) -> set[int]:
    """Returns the metrics in which these LLMs, organizations' LLMs or sources have scores."""
    wanted = Q()
    for model, lookup in (
        (LLM, "llm__in"), (Organization, "llm__organization__in"), (Source, "source__in")
    ):  # fmt: skip
        if noted.get(model):
            wanted |= Q(**{lookup: noted[model]})
    if not wanted:
        return set()
    return set(Score.objects.filter(wanted).order_by().values_list("metric", flat=True).distinct())


def metrics_of(noted: Mapping[type[models.Model], set[int]]) -> set[int]:
    """Returns the metrics of these benchmarks, and those that ask these metrics' questions."""
    benchmarks, metrics = noted.get(Benchmark), noted.get(Metric)
    if not benchmarks and not metrics:
        return set()
    wanted = Q(benchmark__in=benchmarks or ()) | Q(questions_of__in=metrics or ())
    return set(Metric.objects.filter(wanted).order_by().values_list("pk", flat=True))


def aggregates_by_component() -> dict[int, list[int]]:
    """Returns {metric: ids of the aggregates that it enters directly}."""
    aggregates = defaultdict(list)
    for aggregate, metric in Component.objects.values_list("aggregate_id", "metric_id"):
        aggregates[metric].append(aggregate)
    return aggregates
