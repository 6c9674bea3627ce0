"""Results in repositories of the Hugging Face Hub: `.eval_results/*.yaml`, and the model-index at
the head of a model card."""

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from leaderboard.readers.files.json_values import (
    as_day,
    as_mapping,
    as_number,
    as_text,
    find_problem,
    is_blank,
    public_name,
    public_text,
    web_address,
)
from leaderboard.readers.files.opening import Content, Document
from leaderboard.readers.results import (
    HUB_CACHE,
    FileContext,
    MetricDraft,
    Problem,
    Provenance,
    Reading,
    Refused,
    Result,
    draft_llms,
    drop_repeated_results,
)

INDEX = "model-index"
FOLDER = ".eval_results"
LONGEST_NOTE = 200  # characters


def detects(content: Content) -> bool:
    """Whether a document is a list of results with dataset and value, or has a model-index."""
    if not isinstance(content, Document):
        return False
    return is_index(content.data) or is_results(content.data)


def is_index(data: Any) -> bool:
    """Whether a document has a model-index."""
    return isinstance(data, dict) and isinstance(data.get(INDEX), list)


def is_results(data: Any) -> bool:
    """Whether a document is what lies in .eval_results."""
    return (
        isinstance(data, list)
        and bool(data)
        and all(isinstance(each, dict) and "value" in each for each in data)
        and all(as_text(as_mapping(each.get("dataset")).get("id")) for each in data)
    )


def read(content: Content, context: FileContext) -> Reading:
    """Returns the results of a repository. Raises Refused where nothing names the LLM."""
    assert isinstance(content, Document)
    metrics: dict[str, MetricDraft] = {}
    if is_index(content.data):
        found = list(read_index(content.data[INDEX], context, metrics))
    else:
        found = list(read_results(content.data, find_llm(context), metrics))
    results = [each for each in found if isinstance(each, Result)]
    problems = [each for each in found if isinstance(each, Problem)]
    if not found:
        raise Refused("The model-index of this file has no results.")
    kept, repeated = drop_repeated_results(results)
    return Reading(
        results=tuple(kept),
        problems=(*problems, *repeated),
        llms=draft_llms(each.llm for each in found),
        metrics=metrics,
        provenance=Provenance(kind="report"),
    )


def find_llm(context: FileContext) -> str:
    """Returns the LLM: as was said, else by the repository's folder. Raises Refused for none."""
    if context.llm:
        return context.llm
    cached = next(filter(None, map(HUB_CACHE.fullmatch, context.folders)), None)
    if cached:
        return f"{cached[1]}/{cached[2]}"
    folders = context.folders[1:2] if context.folders[:1] == (FOLDER,) else ()
    if name := public_name("".join(folders)):
        return name
    raise Refused(
        "This file does not name its LLM: it is the repository that it lies in. Say whose results "
        "these are."
    )


def read_results(
    entries: list[dict[str, Any]], llm: str, metrics: dict[str, MetricDraft]
) -> Iterator[Result | Problem]:
    """Yields the results of `.eval_results`; the file says neither unit nor number of questions."""
    for number, entry in enumerate(entries, 1):
        dataset = as_mapping(entry["dataset"])
        name, task = as_text(dataset["id"]), as_text(dataset.get("task_id"))
        short = task if task not in ("", "default") else "score"
        metric = f"{name} / {short}"
        metrics.setdefault(metric, MetricDraft(short, name.rpartition("/")[2]))
        source = as_mapping(entry.get("source"))
        yield make_result(
            entry["value"], f"{number} › value", llm, metric,
            measured_on=as_day(entry.get("date")),
            note=public_text([as_text(entry.get("notes"))], LONGEST_NOTE),
            source_url=web_address(source.get("url")),
        )  # fmt: skip


def read_index(
    models: list[Any], context: FileContext, metrics: dict[str, MetricDraft]
) -> Iterator[Result | Problem]:
    """Yields the results of a model-index, one for each metric of each dataset."""
    for model in map(as_mapping, models):
        llm = context.llm or public_name(as_text(model.get("name"))) or find_llm(context)
        results = list_mappings(model.get("results"))
        pairs = [
            (number, result, metric)
            for number, result in enumerate(results, 1)
            for metric in list_mappings(result.get("metrics"))
        ]
        names = Counter(name_metric(result, metric, is_short=True) for _, result, metric in pairs)
        for number, result, metric in pairs:
            short = name_metric(result, metric, is_short=True)
            benchmark, name = name_metric(result, metric, is_short=names[short] == 1)
            full = f"{benchmark} / {name}"
            metrics.setdefault(full, MetricDraft(name, benchmark))
            yield make_result(
                metric.get("value"), f"{INDEX} › results › {number} › {name}", llm, full,
                source_url=web_address(as_mapping(result.get("source")).get("url")),
            )  # fmt: skip


def list_mappings(value: Any) -> list[dict[str, Any]]:
    """Returns the objects in a list, [] for any other value: fields of a file may be missing."""
    return [as_mapping(each) for each in value] if isinstance(value, list) else []


def name_metric(result: dict[str, Any], metric: dict[str, Any], is_short: bool) -> tuple[str, str]:
    """Returns (benchmark, metric); the long name has the configuration and the split too."""
    dataset = as_mapping(result.get("dataset"))
    benchmark = as_text(dataset.get("name")) or as_text(dataset.get("type")) or "dataset"
    name = as_text(metric.get("name")) or as_text(metric.get("type")) or "score"
    if is_short:
        return benchmark, name
    details = [as_text(dataset.get(key)) for key in ("config", "split")] + [
        as_text(metric.get("type"))
    ]
    told = [each for each in details if each and each not in benchmark and each != name]
    return benchmark, f"{name} ({', '.join(told)})" if told else name


def make_result(value: Any, where: str, llm: str, metric: str, **details: Any) -> Result | Problem:
    """Returns the result with a value, which may be a number in quotes; or the problem with it."""
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,20})?", value.strip(), re.ASCII):
        value = Decimal(value.strip())
    problem = find_problem(value, where, llm, metric)
    number = None if is_blank(value) else as_number(value)
    return problem or Result(where, llm, metric, number, **details)
