"""A leaderboard as it stood at an instant: its records, read from the history by today's rules.

A row stood at an instant as its newest record up to then has it, unless that record tells of its
deletion. Records of one date are in the order in which they were written. Nothing here asks the
tables of today, so what was renamed, withdrawn or deleted since is as it was.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value

from leaderboard.models import (
    LLM,
    Benchmark,
    Column,
    Component,
    FactColumn,
    Leaderboard,
    Metric,
    Organization,
    Score,
    Source,
    Translation,
)

from .records import (
    LLM_FIELDS,
    LOOKUPS,
    SCORE_FIELDS,
    LLMRecord,
    MetricRecord,
    Notes,
    Records,
    ScoreRecord,
    choose_metrics,
    collect_scores,
    known_record,
    make_llm_record,
    with_facts,
)

# Of an LLM, its organization's number stands where its name will, and nothing where its slug will.
ORGANIZATION = LLMRecord._fields.index("organization")
ORGANIZATION_FIELDS = ["organization_id", Value(None, output_field=CharField())]
LLM_FIELDS_THEN: list[Any] = [
    *LLM_FIELDS[:ORGANIZATION],
    *ORGANIZATION_FIELDS,
    *LLM_FIELDS[ORGANIZATION + len(LOOKUPS) :],
]
SCORE_FIELDS_THEN = SCORE_FIELDS[:-1]  # without the tier of the source
LLM_OF_SCORE, SOURCE = map(SCORE_FIELDS_THEN.index, ("llm_id", "source_id"))
FROM_OTHERS = {"benchmark", "benchmark_slug", "language", "components"}
METRIC_FIELDS_THEN = [field.name for field in fields(MetricRecord) if field.name not in FROM_OTHERS]


def rows_at(model: Any, instant: datetime) -> QuerySet[Any]:
    """The records of the history that say how the rows of a model stood at an instant."""
    past: QuerySet[Any] = model.history.filter(history_date__lte=instant).order_by()
    later = past.filter(id=OuterRef("id")).filter(
        Q(history_date__gt=OuterRef("history_date"))
        | Q(history_date=OuterRef("history_date"), history_id__gt=OuterRef("history_id"))
    )
    return past.exclude(history_type="-").filter(~Exists(later))


def load_leaderboard_at(present: Leaderboard, instant: datetime) -> Leaderboard | None:
    """A leaderboard with its texts of an instant; None if it was not published then.

    Its address and the contact for corrections are those of today, as they lead somewhere.
    """
    leaderboard = find_leaderboard_at(present.pk, instant)
    if leaderboard is not None:
        leaderboard.slug, leaderboard.contact = present.slug, present.contact
    return leaderboard


def find_leaderboard_at(number: int, instant: datetime) -> Leaderboard | None:
    """The leaderboard of that id wholly as it was at an instant, be it deleted since; None if it
    was not published then."""
    record = rows_at(Leaderboard, instant).filter(id=number, is_published=True).first()
    if record is None:
        return None
    leaderboard: Leaderboard = record.instance
    texts = rows_at(Translation, instant).filter(leaderboard_id=number)
    leaderboard.translated_texts = {
        (language, field): text
        for language, field, text in texts.values_list("language", "field", "text")
    }
    return leaderboard


def load_records_at(leaderboard: Leaderboard, instant: datetime) -> Records:
    """What the standings of a leaderboard, as load_leaderboard_at returns it, were made from.

    Eight queries whatever the size, and at most five more where columns show facts.
    """
    catalogue = load_metrics_at(instant)
    placed = rows_at(Column, instant).filter(leaderboard_id=leaderboard.pk, metric_id__in=catalogue)
    has_facts = Exists(FactColumn.history.filter(leaderboard_id=leaderboard.pk))
    rows = list(
        placed.annotate(has_facts=has_facts)
        .order_by("position", "id")
        .values_list("metric_id", "shown_by_default", "has_facts")
    )
    columns = {metric: shown for metric, shown, _has_facts in rows}
    metrics = choose_metrics(list(columns), catalogue)
    llms = tuple(load_llms_at(instant))
    scores, notes = load_scores_at(metrics, {llm.id for llm in llms}, instant)
    records = Records(
        columns=tuple(columns),
        ranking_metric=leaderboard.ranking_metric_id,
        hidden=frozenset(metric for metric, shown in columns.items() if not shown),
        metrics=metrics,
        llms=llms,
        scores=scores,
        notes=notes,
        ranks_partial=frozenset(columns if leaderboard.ranks_partial_runs else ()),
    )
    if not any(has_facts for _metric, _shown, has_facts in rows):
        return records
    return with_facts(records, partial(rows_at, instant=instant), leaderboard.pk)


def load_metrics_at(instant: datetime) -> dict[int, MetricRecord]:
    """Every metric of an instant with its components."""
    benchmarks = dict_of(rows_at(Benchmark, instant).values_list("id", "name", "slug", "language"))
    components = defaultdict(list)
    parts = rows_at(Component, instant).order_by("position", "id")
    for aggregate, *part in parts.values_list("aggregate_id", "metric_id", "weight"):
        components[aggregate].append(tuple(part))
    metrics = rows_at(Metric, instant).order_by("id")
    rows = {row["id"]: row for row in metrics.values("benchmark_id", *METRIC_FIELDS_THEN)}
    for row in rows.values():
        name, slug, language = benchmarks.get(row.pop("benchmark_id"), (None, None, None))
        row |= {"benchmark": name, "benchmark_slug": slug, "language": language}
    counts = {key: row["question_count"] for key, row in rows.items()}
    for row in rows.values():
        if row["question_count"] is None:
            row["question_count"] = counts.get(row["questions_of"])
    return {
        key: known_record(MetricRecord(**row, components=tuple(components[key])))
        for key, row in rows.items()
    }


def load_llms_at(instant: datetime) -> Iterator[LLMRecord]:
    """The LLMs that were published at an instant, in order of their names."""
    organizations = dict_of(rows_at(Organization, instant).values_list("id", "name", "slug"))
    llms = rows_at(LLM, instant).filter(is_published=True).order_by("name_key")
    for row in llms.values_list(*LLM_FIELDS_THEN):
        organization = organizations.get(row[ORGANIZATION], (None, None))
        before, after = row[:ORGANIZATION], row[ORGANIZATION + len(organization) :]
        yield make_llm_record((*before, *organization, *after))


def load_scores_at(
    metrics: dict[int, MetricRecord], llms: set[int], instant: datetime
) -> tuple[dict[int, dict[int, ScoreRecord]], Notes]:
    """The scores of an instant of these LLMs in these metrics, and their notes."""
    tiers = dict(rows_at(Source, instant).values_list("id", "tier"))
    scores = rows_at(Score, instant).filter(metric_id__in=metrics).values_list(*SCORE_FIELDS_THEN)
    return collect_scores(
        (*row, tiers.get(row[SOURCE])) for row in scores.iterator() if row[LLM_OF_SCORE] in llms
    )


def dict_of(rows: QuerySet[Any]) -> dict[int, tuple[Any, ...]]:
    """{first value of a row: the others}"""
    return {key: tuple(others) for key, *others in rows}
