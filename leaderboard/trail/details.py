"""What the state of a leaderboard holds beside the records of its standings, as plain values.

Texts, what is said of metrics and benchmarks, dates and notes of scores, and sources. Ids are
those of the records; the state itself holds none.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from leaderboard.models import Benchmark, Leaderboard, Metric, Score, Source, Translation
from leaderboard.standings.records import Records, all_rows

Rows = Callable[[Any], QuerySet[Any]]  # the rows of a model
Texts = dict[str, Any]  # by field; under "translations": {language: {field: text}}

BENCHMARK_FIELDS = ("name", "version", "language", "homepage", "paper", "dataset", "citation")
SOURCE_FIELDS = (
    "title", "kind", "url", "evaluator", "tier", "harness", "harness_version", "settings", "date",
    "file_name", "file_sha256",
)  # fmt: skip
LEADERBOARD_FIELDS = (*Leaderboard.TRANSLATED, "citation", "contact", "data_licence")


OWNED_BY = ("leaderboard_id", "benchmark_id", "metric_id")  # of translations


@dataclass(frozen=True, slots=True)
class Details:
    """The texts and dates of a leaderboard at one moment."""

    slug: str
    texts: Texts
    metrics: dict[int, Texts]
    benchmarks: dict[str, Texts]  # by slug
    sources: dict[int, Texts]
    scores: dict[tuple[int, int], tuple[date | None, str]]  # (LLM, metric): (measured on, note)


def load_details(leaderboard: Leaderboard, records: Records, rows: Rows = all_rows) -> Details:
    """Reads what belongs to these records, in five queries whatever the size.

    `rows` gives the rows of a model: those of today, or of the instant of the records.
    """
    metrics = list(records.metrics)
    slugs = {m.benchmark_slug for m in records.metrics.values() if m.benchmark_slug}
    benchmarks = list(rows(Benchmark).filter(slug__in=slugs).order_by().values())
    translated = load_translations(
        rows, leaderboard, metrics, [benchmark["id"] for benchmark in benchmarks]
    )
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
            for row in rows(Metric).filter(id__in=metrics).order_by().values("id", "description")
        },
        benchmarks={
            row["slug"]: {name: row[name] for name in (*BENCHMARK_FIELDS, "description")}
            | {"translations": translated["benchmark", row["id"]]}
            for row in benchmarks
        },
        sources={
            # Names of files are for maintainers. The key stays, so that states of before keep their
            # hash where no file was named.
            row["id"]: {name: row[name] for name in SOURCE_FIELDS} | {"file_name": ""}
            for row in rows(Source).filter(id__in=sources).order_by().values("id", *SOURCE_FIELDS)
        },
        scores=load_score_details(rows, metrics),
    )


def load_translations(
    rows: Rows, leaderboard: Leaderboard, metrics: Iterable[int], benchmarks: Iterable[int]
) -> dict[tuple[str, int], dict[str, dict[str, str]]]:
    """Returns {(kind of owner, id): {language: {field: text}}}; {} for an owner without any."""
    wanted = rows(Translation).filter(
        Q(leaderboard_id=leaderboard.pk) | Q(metric_id__in=metrics) | Q(benchmark_id__in=benchmarks)
    )
    texts: dict[tuple[str, int], dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for row in wanted.order_by().values(*OWNED_BY, "language", "field", "text"):
        owner = next(name for name in OWNED_BY if row[name])
        texts[owner.removesuffix("_id"), row[owner]][row["language"]][row["field"]] = row["text"]
    return texts


def load_score_details(
    rows: Rows, metrics: Iterable[int]
) -> dict[tuple[int, int], tuple[date | None, str]]:
    """Returns the dates and notes of the scores that have one."""
    scores = rows(Score).filter(metric_id__in=metrics).exclude(measured_on=None, note="")
    return {
        (llm, metric): (measured_on, note)
        for llm, metric, measured_on, note in scores.order_by().values_list(
            "llm_id", "metric_id", "measured_on", "note"
        )
    }
