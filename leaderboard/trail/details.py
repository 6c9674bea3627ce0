"""What the state of a leaderboard holds beside the records of its standings, as plain values.

Texts, what is said of metrics and benchmarks, dates and notes of scores, and sources. Ids are
those of the records; the state itself holds none.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from leaderboard.models import Benchmark, Leaderboard, Metric, Score, Source, Translation
from leaderboard.standings.records import Records

Texts = dict[str, Any]  # by field; under "translations": {language: {field: text}}

BENCHMARK_FIELDS = ("name", "version", "language", "homepage", "paper", "dataset", "citation")
SOURCE_FIELDS = (
    "title", "kind", "url", "evaluator", "tier", "harness", "harness_version", "settings", "date",
    "file_name", "file_sha256",
)  # fmt: skip
LEADERBOARD_FIELDS = (*Leaderboard.TRANSLATED, "citation", "contact", "data_licence")


@dataclass(frozen=True, slots=True)
class Details:
    """The texts and dates of a leaderboard at one moment."""

    slug: str
    texts: Texts
    metrics: dict[int, Texts]
    benchmarks: dict[str, Texts]  # by slug
    sources: dict[int, Texts]
    scores: dict[tuple[int, int], tuple[date | None, str]]  # (LLM, metric): (measured on, note)


def load_details(leaderboard: Leaderboard, records: Records) -> Details:
    """Reads what belongs to these records, in five queries whatever the size."""
    metrics = list(records.metrics)
    benchmarks = {m.benchmark_slug for m in records.metrics.values() if m.benchmark_slug}
    translated = load_translations(leaderboard, metrics, benchmarks)
    sources = {
        score.source_id
        for scores in records.scores.values()
        for score in scores.values()
        if score.source_id is not None
    }
    return Details(
        slug=leaderboard.slug,
        texts={name: getattr(leaderboard, name) for name in LEADERBOARD_FIELDS}
        | {"translations": translated["leaderboard", leaderboard.pk]},
        metrics={
            row["id"]: {
                "description": row["description"],
                "translations": translated["metric", row["id"]],
            }
            for row in Metric.objects.filter(pk__in=metrics).order_by().values("id", "description")
        },
        benchmarks={
            row["slug"]: {name: row[name] for name in (*BENCHMARK_FIELDS, "description")}
            | {"translations": translated["benchmark", row["id"]]}
            for row in Benchmark.objects.filter(slug__in=benchmarks).order_by().values()
        },
        sources={
            row["id"]: {name: row[name] for name in SOURCE_FIELDS}
            for row in Source.objects.filter(pk__in=sources).order_by().values()
        },
        scores=load_score_details(metrics),
    )


def load_translations(
    leaderboard: Leaderboard, metrics: Iterable[int], benchmarks: Iterable[str]
) -> dict[tuple[str, int], dict[str, dict[str, str]]]:
    """Returns {(kind of owner, id): {language: {field: text}}}; {} for an owner without any."""
    rows = (
        Translation.objects.filter(leaderboard=leaderboard)
        | Translation.objects.filter(metric__in=metrics)
        | Translation.objects.filter(benchmark__slug__in=benchmarks)
    )
    texts: dict[tuple[str, int], dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows.order_by():
        owner = row.owner_name
        texts[owner, getattr(row, f"{owner}_id")][row.language][row.field] = row.text
    return texts


def load_score_details(metrics: Iterable[int]) -> dict[tuple[int, int], tuple[date | None, str]]:
    """Returns the dates and notes of the scores that have one."""
    rows = Score.objects.filter(metric__in=metrics).exclude(measured_on=None, note="")
    return {
        (llm, metric): (measured_on, note)
        for llm, metric, measured_on, note in rows.order_by().values_list(
            "llm_id", "metric_id", "measured_on", "note"
        )
    }
