"""What MTEB writes for a task: its main score in each split and subset of the dataset.

The LLM and its revision stand in the names of the folders, `org__model/revision/task.json`, or, in
files of several tasks, inside.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from leaderboard.readers.files.json_values import (
    as_mapping,
    as_number,
    as_text,
    find_problem,
    is_blank,
    public_name,
    public_text,
)
from leaderboard.readers.files.opening import Content, Document
from leaderboard.readers.results import (
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

REVISION = re.compile(r"[0-9a-f]{7,40}|no_revision_available|external|\d+")
MAIN = "main_score"


def detects(content: Content) -> bool:
    """Whether a document is the result of a task, or of an LLM in several."""
    if not isinstance(content, Document) or not isinstance(content.data, dict):
        return False
    data = content.data
    return is_task(data) or any(
        is_task(as_mapping(task)) for _, tasks in of_llms(data) for task in tasks[:1]
    )


def is_task(data: dict[str, Any]) -> bool:
    """Whether a document is the result of one task."""
    return isinstance(data.get("task_name"), str) and isinstance(data.get("scores"), dict)


def of_llms(data: dict[str, Any]) -> list[tuple[dict[str, Any], list[Any]]]:
    """Returns [(what is said of an LLM, its tasks)] of a file of one or several LLMs."""
    listed = data.get("model_results")
    models = [as_mapping(each) for each in listed] if isinstance(listed, list) else [data]
    return [
        (model, model["task_results"])
        for model in models
        if isinstance(model.get("task_results"), list)
    ]


@dataclass(frozen=True, slots=True)
class Run:
    """The tasks of one LLM."""

    llm: str
    revision: str
    tasks: list[dict[str, Any]]


def read(content: Content, context: FileContext) -> Reading:
    """Returns the main score of each task. Raises Refused where nothing names the LLM."""
    assert isinstance(content, Document)
    runs = list(find_runs(content.data, context))
    results: list[Result] = []
    problems: list[Problem] = []
    metrics: dict[str, MetricDraft] = {}
    for run in runs:
        for task in run.tasks:
            for found in read_task(run.llm, task, metrics):
                (problems if isinstance(found, Problem) else results).append(found)  # type: ignore[arg-type]
    if not results and not problems:
        raise Refused(
            "No task of this file has a main score. Files of MTEB before version 1.11 have none: "
            "run the evaluation again."
        )
    kept, repeated = drop_repeated_results(results)
    return Reading(
        results=tuple(kept),
        problems=(*problems, *repeated),
        llms=draft_llms(run.llm for run in runs),
        metrics=metrics,
        provenance=describe(runs),
    )


def find_runs(data: dict[str, Any], context: FileContext) -> Iterator[Run]:
    """Yields the runs in a file. Raises Refused where nothing names the LLM."""
    if not is_task(data):
        for model, tasks in of_llms(data):
            llm = context.llm or public_name(as_text(model.get("model_name")))
            yield Run(
                check_llm(llm), as_text(model.get("model_revision")), list(map(as_mapping, tasks))
            )
        return
    revision, llm = "", ""
    if len(context.folders) > 1 and REVISION.fullmatch(context.folders[0]):
        revision, llm = context.folders[:2]
    elif context.folders and "__" in context.folders[0]:
        llm = context.folders[0]
    llm = context.llm or as_text(data.get("model_name")) or (llm if "__" in llm else "")
    yield Run(check_llm(public_name(llm)), revision, [data])


def check_llm(llm: str) -> str:
    """Returns the name. Raises Refused for none."""
    if not llm:
        raise Refused(
            "This file does not name its LLM: MTEB has it in the name of the folder. Say whose "
            "results these are."
        )
    return llm


def read_task(
    llm: str, task: dict[str, Any], metrics: dict[str, MetricDraft]
) -> Iterator[Result | Problem]:
    """Yields the main score in each split and subset, and fills in the drafts of metrics."""
    name = as_text(task.get("task_name"))
    splits = {
        split: [as_mapping(each) for each in subsets]
        for split, subsets in as_mapping(task.get("scores")).items()
        if isinstance(subsets, list)
    }
    for split, subsets in splits.items():
        for number, scores in enumerate(subsets):
            if MAIN not in scores:
                continue
            subset = as_text(scores.get("hf_subset"))
            details = [split] if len(splits) > 1 or split != "test" else []
            details += [subset] if subset not in ("", "default") else []
            short = "main score" + (f" ({', '.join(details)})" if details else "")
            metric = f"{name} / {short}"
            metrics.setdefault(metric, MetricDraft(short, name))
            where = f"scores › {split} › {number} › {MAIN}"
            value = scores[MAIN]
            yield find_problem(value, where, llm, metric) or Result(
                where, llm, metric, None if is_blank(value) else as_number(value)
            )


def describe(runs: list[Run]) -> Provenance:
    """Returns the source: MTEB, its version, and the revisions of the LLM and the dataset."""
    task = runs[0].tasks[0] if runs and runs[0].tasks else {}
    revisions = [
        f"model revision {runs[0].revision}" if runs and runs[0].revision else "",
        f"dataset revision {as_text(task.get('dataset_revision'))}" if len(runs) == 1 else "",
    ]
    return Provenance(
        harness="MTEB",
        harness_version=public_text([as_text(task.get("mteb_version"))], 50),
        settings=public_text([each for each in revisions if not each.endswith(" ")], 500),
    )
