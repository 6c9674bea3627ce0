"""An LLM's scores as YAML for its model card on Hugging Face."""

import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from leaderboard.models import LLM, Benchmark, ContentRevision, Source
from leaderboard.standings.cells import Cell
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import BenchmarkScores
from leaderboard.text.numbers import format_exact
from leaderboard.text.shown import titled

from .dataset import Absolute
from .origins import hub_data_set


def build_model_card(
    llm: LLM,
    groups: Iterable[BenchmarkScores],
    catalogue: dict[str, Benchmark],
    sources: dict[int, Source],
    absolute: Absolute,
    site_name: str,
) -> dict[str, Any]:
    """Returns all shown scores in the `model-index` shape of Hugging Face's model cards.

    A result there has one data set and one source: it is a benchmark's scores from one source.
    `verified` is left out, as only Hugging Face can sign it.
    """
    results: dict[tuple[str, ...], dict[str, Any]] = {}
    groups = list(groups)
    site = {"name": site_name, "url": absolute(llm.get_absolute_url())}
    for group in groups:
        data = describe_data_set(group, catalogue, groups)
        for score in group.scores:
            if score.cell is None:
                continue
            origin = describe_source(score.cell, sources, absolute, site)
            result = results.setdefault(
                (data["name"], origin["name"], origin["url"]),
                {
                    "task": {"type": "text-generation", "name": "Text Generation"},
                    "dataset": data,
                    "metrics": [],
                    "source": origin,
                },
            )
            result["metrics"].append(describe_score(score.metric, score.cell))
    return {"model-index": [{"name": llm.name, "results": list(results.values())}]}


def describe_data_set(
    group: BenchmarkScores, catalogue: dict[str, Benchmark], groups: list[BenchmarkScores]
) -> dict[str, str]:
    """Describes a benchmark's data set, by its id on Hugging Face if it is there."""
    if group.slug is None:
        named = [other for other in groups if other.slug]
        return {
            "type": "-".join(str(other.slug) for other in named) or "several",
            "name": ", ".join(str(other.benchmark) for other in named) or "several benchmarks",
        }
    benchmark = catalogue.get(group.slug)
    return {"type": hub_data_set(benchmark) or group.slug, "name": str(group.benchmark)}


def describe_score(metric: MetricRecord, cell: Cell) -> dict[str, Any]:
    """Describes a score in its metric."""
    return {
        "type": "accuracy" if metric.is_share_of_questions else metric.key,
        "name": f"{titled(metric)}{partial_note(metric, cell)}",
        "value": cell.value,
    }


def partial_note(metric: MetricRecord, cell: Cell) -> str:
    """“ (partial run, 1 of 500 questions)” behind the name of the metric of a partial run."""
    if not cell.is_partial:
        return ""
    asked, count = cell.uncertainty.question_count, metric.question_count
    if asked and count and asked < count:
        return f" (partial run, {asked:,} of {count:,} questions)"
    return " (made from a partial run)"


def describe_source(
    cell: Cell, sources: dict[int, Source], absolute: Absolute, site: dict[str, str]
) -> dict[str, str]:
    """Returns who measured a score.

    Where that is unknown, or the site computed it, the site is the source: its page of the LLM.
    """
    source = sources.get(cell.source_id) if cell.source_id else None
    if source is None:
        return site
    return {"name": source.title, "url": source.url or absolute(source.get_absolute_url())}


def write_model_card(card: dict[str, Any], address: str, revision: ContentRevision) -> str:
    """Writes the card as YAML for the front matter of a README, with a line on its source."""
    when = f", {revision.changed_at:%Y-%m-%d}" if revision.token else ""
    return "\n".join([f"# From {address}{when}", *yaml_lines(card), ""])


def yaml_lines(data: Any) -> Iterator[str]:
    """Yields mappings and lists in block style. Texts are quoted: YAML reads 1.0 as a number."""
    for key, value in data.items() if isinstance(data, dict) else ((None, item) for item in data):
        start = "-" if key is None else f"{key}:"
        if not value or not isinstance(value, dict | list):
            yield f"{start} {yaml_scalar(value)}"
        elif key is None:
            first, *rest = yaml_lines(value)
            yield from (f"- {first}", *(f"  {line}" for line in rest))
        else:
            yield from (start, *(f"  {line}" for line in yaml_lines(value)))


def yaml_scalar(value: Any) -> str:
    """Writes a value as JSON, which is YAML too, apart from two rules.

    YAML wants more characters escaped, and reads JSON's pairs of surrogates as two characters.
    """
    if isinstance(value, Decimal):
        return format_exact(value)
    text = json.dumps(value, ensure_ascii=False)
    return re.sub(
        "[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]",
        lambda match: f"\\u{ord(match[0]):04x}",
        text,
    )
