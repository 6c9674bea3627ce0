"""Records of Every Eval Ever, schema 0.3.0, a line each: the scores of an LLM in a benchmark that
come from one source.

Where the schema has no field, `additional_details` have a text. Those that begin with
“leaderboard_” are the names by which an import finds the LLM and the metric again. A standard error
is given only if it was reported: an import stores it. Every interval is there.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from leaderboard.models import Benchmark, Metric, Source
from leaderboard.standings.cells import Cell
from leaderboard.standings.estimates import CONFIDENCE, Given, Share, WeightedSum
from leaderboard.standings.notes import score_note
from leaderboard.standings.records import LLMRecord, MetricRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.shown import Origin
from leaderboard.standings.standings import Standings
from leaderboard.text.kinds import MODEL
from leaderboard.text.numbers import format_exact

from .as_json import json_value
from .origins import Origins, hub_data_set
from .snapshot import Snapshot

VERSION = "0.3.0"
write = json.JSONEncoder(ensure_ascii=False).encode
UNKNOWN = "unknown"
RELATIONSHIPS: dict[str, str] = {
    Source.Tier.VENDOR: "first_party",
    Source.Tier.INDEPENDENT: "third_party",
    Source.Tier.MAINTAINER: "third_party",
}
METHODS: dict[Any, str] = {Share: "Wilson", Given: "normal", WeightedSum: "MOVER"}
TAKEN = {"%", *Metric.Unit.values}
WEIGHTS = {True: "open_weights", False: "closed_weights", None: UNKNOWN}
Scores = list[tuple[MetricRecord, Cell]]
Group = tuple[str, int | None, str]  # slug of a benchmark, or ""; source; tier


def write_records(snapshot: Snapshot) -> Iterator[str]:
    """Yields the records of a view, in its order."""
    view = snapshot.view
    return write_lines(view.standings, view.rows, view.columns, snapshot.origins)


def write_lines(
    standings: Standings,
    rows: Sequence[Standing],
    columns: Sequence[MetricRecord],
    origins: Origins,
) -> Iterator[str]:
    """Yields a line for each record of these rows and columns. Baselines are no models."""
    places = [(metric, standings.position[metric.key]) for metric in columns]
    writer = RecordWriter(standings, origins)
    for row in rows:
        if row.llm.is_baseline:
            continue
        groups: dict[Group, Scores] = {}
        for metric, place in places:
            if cell := row.cells[place]:
                group = (metric.benchmark_slug or "", cell.source_id, cell.tier)
                groups.setdefault(group, []).append((metric, cell))
        model = describe_model(row.llm, origins)
        texts = write(model["id"].replace("/", "_"))[1:-1], write(model)
        for group, scored in groups.items():
            yield writer.write(row, texts, group, scored)


class RecordWriter:
    """Writes records. What several share is written once: sources, and scores that are alike."""

    def __init__(self, standings: Standings, origins: Origins):
        self.standings, self.origins = standings, origins
        self.seconds = str(int(origins.when.timestamp()))
        self.libraries: dict[int | None, str] = {}
        self.sources: dict[tuple[int, str], str] = {}
        self.results: dict[tuple[int, int, str, date | None], str] = {}

    def write(self, row: Standing, model: tuple[str, str], group: Group, scored: Scores) -> str:
        """Returns a record of an LLM, whose name and description are given as JSON.

        The name of a record is that of benchmark and source, of the LLM, and of the state.
        """
        (benchmark, source, tier), (name, description) = group, model
        known = self.origins.sources.get(source or 0)
        results = ", ".join(self.results_of(row, scored))
        return (
            f'{{"schema_version": "{VERSION}", "evaluation_id": "{benchmark or "across"}-'
            f'{source or tier}/{name}/{self.seconds}", {self.library(known)}, '
            f'"model_info": {description}, "source_metadata": '
            f'{self.source(known, tier, row.llm)}, "evaluation_results": [{results}]}}\n'
        )

    def library(self, source: Source | None) -> str:
        """Returns when a record was made, and by which software its scores were."""
        number = source.pk if source else None
        if number not in self.libraries:
            library = {
                "name": (source and source.harness) or UNKNOWN,
                "version": (source and source.harness_version) or UNKNOWN,
            }
            text = write({"retrieved_timestamp": self.seconds, "eval_library": library})
            self.libraries[number] = text.removeprefix("{").removesuffix("}")
        return self.libraries[number]

    def source(self, source: Source | None, tier: str, llm: LLMRecord) -> str:
        """Returns the source of a record; one that is unknown is the page of the LLM."""
        if source is None:
            return write(describe_source(None, tier, llm, self.origins))
        text = self.sources.get((source.pk, tier))
        if text is None:
            text = write(describe_source(source, tier, llm, self.origins))
            self.sources[source.pk, tier] = text
        return text

    def results_of(self, row: Standing, scored: Scores) -> Iterator[str]:
        """Yields the scores of a record. LLMs of the same score share its cell, told by its
        identity."""
        slug, days = row.llm.slug, self.origins.days
        has_notes = row.llm.id in self.standings.notes  # as few LLMs have
        for metric, cell in scored:
            note = score_note(self.standings, row, metric) if has_notes else ""
            day = days.get((slug, metric.id)) if days else None
            key = (metric.id, id(cell), note, day)
            if key not in self.results:
                benchmark = self.origins.benchmarks.get(metric.benchmark_slug or "")
                self.results[key] = write(describe_result(metric, cell, benchmark, note, day))
            yield self.results[key]


def texts(**details: Any) -> dict[str, str]:
    """Returns what is known of these details, as texts."""
    return {name: str(value) for name, value in details.items() if value not in (None, "", False)}


def describe_model(llm: LLMRecord, origins: Origins) -> dict[str, Any]:
    """Describes an LLM, by its id on Hugging Face or, as there, by its maker and name."""
    hub = origins.hub_ids.get(llm.slug, "")
    size = llm.parameters
    described = {
        "name": llm.name,
        "id": hub or f"{llm.organization_slug or UNKNOWN}/{llm.slug}",
        "developer": llm.organization,
        "additional_details": {
            "deployment_type": UNKNOWN,
            "model_availability": WEIGHTS[llm.open_weights],
            **texts(
                params_billions=None if size is None else format_exact(size),
                license=llm.license,
                kind=llm.kind if llm.kind != MODEL else "",
                huggingface_id=hub,
                leaderboard_llm=llm.name,
            ),
        },
    }
    return {name: value for name, value in described.items() if value is not None}


def describe_source(
    source: Source | None, tier: str, llm: LLMRecord, origins: Origins
) -> dict[str, Any]:
    """Describes who measured. Where that is unknown, or the site computed, it is the site."""
    is_run = source is not None and source.kind == Source.Kind.RUN
    page = source.get_absolute_url() if source else reverse("llm", args=[llm.slug])
    return {
        "source_name": source.title if source else origins.site,
        "source_type": "evaluation_run" if is_run else "documentation",
        "source_organization_name": (source and source.evaluator) or origins.site,
        "evaluator_relationship": RELATIONSHIPS.get(tier, "other"),
        "additional_details": texts(
            tier=tier,
            kind=source and source.kind,
            url=source and source.url,
            page=origins.absolute(page),
            date=source and source.date,
            settings=source and source.settings,
            data_licence=origins.licence,
        ),
    }


def describe_result(
    metric: MetricRecord, cell: Cell, benchmark: Benchmark | None, note: str, day: date | None
) -> dict[str, Any]:
    """Describes a score. One that is made from others has no number of samples of its own."""
    details = texts(
        computed="true" if cell.origin is Origin.COMPUTED else "",
        partial_run="true" if cell.is_partial else "",
        question_count=cell.uncertainty.question_count if metric.aggregate else None,
        note=note,
    )
    uncertainty = describe_uncertainty(metric, cell)
    return {
        "evaluation_name": metric.benchmark or metric.name,
        "source_data": describe_data(metric, benchmark),
        **({"evaluation_timestamp": day.isoformat()} if day else {}),
        "metric_config": describe_metric(metric),
        "score_details": {
            "score": json_value(cell.value),
            **({"details": details} if details else {}),
            **({"uncertainty": uncertainty} if uncertainty else {}),
        },
    }


def describe_uncertainty(metric: MetricRecord, cell: Cell) -> dict[str, Any]:
    """Returns the reported standard error, the interval and the questions, as far as known."""
    known = cell.uncertainty
    found: dict[str, Any] = {}
    if isinstance(known.evidence, Given):
        found["standard_error"] = {"value": json_value(known.evidence.error)}
    if known.interval:
        low, high = map(json_value, known.interval)
        method = METHODS.get(type(known.evidence))
        found["confidence_interval"] = {
            "lower": low, "upper": high, "confidence_level": CONFIDENCE,
            **({"method": method} if method else {}),
        }  # fmt: skip
    if known.question_count and not metric.aggregate:
        found["num_samples"] = known.question_count
    return found


def describe_data(metric: MetricRecord, benchmark: Benchmark | None) -> dict[str, Any]:
    """Describes the data set: on Hugging Face, at an address, or by its name alone."""
    name = {"dataset_name": metric.benchmark or metric.name}
    count = None if metric.aggregate else metric.question_count
    if hub := hub_data_set(benchmark):
        sized = {"samples_number": count} if count else {}
        return {**name, "source_type": "hf_dataset", "hf_repo": hub, **sized}
    details = texts(samples_number=count)
    more = {"additional_details": details} if details else {}
    pages = (benchmark.dataset, benchmark.homepage, benchmark.paper) if benchmark else ()
    if address := next(filter(None, pages), ""):
        return {**name, "source_type": "url", "url": [address], **more}
    return {**name, "source_type": "other", **more}


def describe_metric(metric: MetricRecord) -> dict[str, Any]:
    """Describes a metric. An open end of its range is infinite, as the schema wants it."""
    is_other = metric.unit == Metric.Unit.OTHER
    # A label that reads as the name of another unit would be taken for that.
    unit = "" if metric.unit_label.casefold() in TAKEN else metric.unit_label
    low, high = json_value(metric.minimum), json_value(metric.maximum)
    return {
        "metric_id": metric.key,
        "metric_name": metric.name,
        **({"metric_kind": "accuracy"} if metric.is_share_of_questions else {}),
        **({"metric_unit": unit if is_other else metric.unit} if unit or not is_other else {}),
        "lower_is_better": metric.higher_is_better is False,
        "score_type": "continuous",
        "min_score": "-Infinity" if low is None else low,
        "max_score": "Infinity" if high is None else high,
        "additional_details": texts(
            aggregate=metric.aggregate,
            direction="" if metric.can_rank else "neither end is better",
            leaderboard_metric=metric.key,
        ),
    }
