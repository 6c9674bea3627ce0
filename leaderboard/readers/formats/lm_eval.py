"""lm-evaluation-harness `results_<time>.json`, version 0.4."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from leaderboard.readers.files import json_values
from leaderboard.readers.files.json_values import (
    count,
    day,
    mapping,
    number,
    problem,
    public_name,
    public_text,
    text,
)
from leaderboard.readers.files.opening import Document
from leaderboard.readers.files.tables import Table
from leaderboard.readers.results import (
    FileContext,
    MetricDraft,
    Problem,
    Provenance,
    Reading,
    Refused,
    Result,
    draft_of_llm,
)
from leaderboard.text.sentences import Phrase

HARNESS = "lm-evaluation-harness"
SIGNS = {"config", "configs", "versions", "n-shot"}
# The harness defines these as shares of questions; nothing is known of other names.
SHARES = {"acc", "acc_norm", "exact_match"}
# Settings that change scores and say nothing of the machine.
MODEL_ARGS = ("dtype", "load_in_4bit", "load_in_8bit", "peft", "delta", "max_length")
TOLERANCE = Decimal("1e-6")
MAX_STEPS = 500_000  # group scores × their tasks, walked a few times; a run of all groups: 50,000


class Cell(NamedTuple):
    """One metric of one task, as the file has it."""

    task: str
    key: str  # “acc,none”: the metric and how answers were filtered
    value: Any

    @property
    def name(self) -> str:
        return f"{self.task} / {self.key}"

    @property
    def metric(self) -> str:
        return self.key.partition(",")[0]

    @property
    def where(self) -> str:
        return f"results › {self.task} › {self.key}"


def detects(content: Table | Document) -> bool:
    """Results by task, and at least one of the objects that say how they were made."""
    if not isinstance(content, Document) or not isinstance(content.data, dict):
        return False
    results = content.data.get("results")
    if not isinstance(results, dict) or not SIGNS & content.data.keys():
        return False
    return all(isinstance(values, dict) for values in results.values())


def read(content: Table | Document, asked: FileContext) -> Reading:
    """Every metric of every task and group. Raises Refused if nobody says which LLM it is."""
    data = _merged(content.data) if isinstance(content, Document) else {}
    named = _llm(data)
    llm = asked.llm or named
    if not llm:
        raise Refused(
            "The file does not name its LLM (model_name is empty, or private). "
            "Choose the LLM beside the file, or give --llm on the command line."
        )
    cells = list(_cells(data))
    _check_groups(data, cells)
    problems = [problem for cell in cells for problem in _problems(data, cell, llm)]
    unread = {problem.where for problem in problems}
    return Reading(
        results=tuple(_result(data, cell, llm) for cell in cells if cell.where not in unread),
        problems=tuple(problems),
        notes=tuple(_notes(data, cells, named, llm)),
        llms={llm: replace(draft_of_llm(llm), parameters=_parameters(data))},
        metrics={cell.name: _metric(data, cell) for cell in cells},
        provenance=_provenance(data, llm),
    )


# The LLM


def _llm(data: dict[str, Any]) -> str:
    """model_name, or what model_args load; only the last part of a local path."""
    args = _model_args(data)
    named = [data.get("model_name"), args.get("pretrained"), args.get("model")]
    names = (public_name(text(each)) for each in named)
    # Three parts and no more than names: “runs/qwen/step-9” is a path, “org/model” a repository.
    return next(
        (name.split("/")[-1] if name.count("/") > 1 else name for name in names if name), ""
    )


def _model_args(data: dict[str, Any]) -> dict[str, Any]:
    """“pretrained=org/model,dtype=float” and {"pretrained": …} say the same."""
    args = mapping(data.get("config")).get("model_args")
    if isinstance(args, str):
        return dict(re.findall(r"(?:^|,)\s*(\w+)=([^,]*)", args))
    return mapping(args)


def _parameters(data: dict[str, Any]) -> Decimal | None:
    """Billions, rounded to millions; API models have none."""
    found = count(mapping(data.get("config")).get("model_num_parameters"), 10**14)
    return (Decimal(found) / 10**9).quantize(Decimal("0.001")).normalize() if found else None


# Metrics and their values


def _merged(data: dict[str, Any]) -> dict[str, Any]:
    """The file with its groups among its results, where they are usually repeated: read once."""
    results = mapping(data.get("groups")) | mapping(data.get("results"))
    return data | {"results": {task: mapping(values) for task, values in results.items()}}


def _cells(data: dict[str, Any]) -> Iterator[Cell]:
    """What has a comma in its key is a metric, or the standard error of one."""
    for task, values in data["results"].items():
        for key, value in values.items():
            if "," in key and not key.partition(",")[0].endswith("_stderr"):
                yield Cell(task, key, value)


def _check_groups(data: dict[str, Any], cells: list[Cell]) -> None:
    listed = {task: len(_subtasks(data, task)) for task in mapping(data.get("group_subtasks"))}
    of_groups = sum(bool(listed.get(cell.task)) for cell in cells)
    if of_groups * sum(listed.values()) > MAX_STEPS:
        raise Refused(
            "The file has %(scores)s scores of groups over %(tasks)s tasks, "
            "more than any real run. Leave groups and group_subtasks out.",
            scores=f"{of_groups:,}",
            tasks=f"{sum(listed.values()):,}",
        )


def _stderr_key(key: str) -> str:
    metric, _, filtered = key.partition(",")
    return f"{metric}_stderr,{filtered}"


def _problems(data: dict[str, Any], cell: Cell, llm: str) -> Iterator[Problem]:
    if found := problem(cell.value, cell.where, llm, cell.name):
        yield found
    error = cell._replace(
        key=_stderr_key(cell.key),
        value=data["results"][cell.task].get(_stderr_key(cell.key)),
    )
    if found := problem(error.value, error.where, llm, error.name):
        remedy = Phrase("The score is read without it.") if found.is_missing else found.remedy
        yield replace(found, remedy=remedy)


def _result(data: dict[str, Any], cell: Cell, llm: str) -> Result:
    effective, original = _questions(data, cell)
    return Result(
        where=cell.where,
        llm=llm,
        metric=cell.name,
        value=number(cell.value),
        question_count=effective,
        expected_count=original,
        standard_error=_standard_error(data, cell),
        unit="proportion" if cell.metric in SHARES else "",
        measured_on=_date(data),
        partial=effective is None and bool(number(_limit(data))),
    )


def _standard_error(data: dict[str, Any], cell: Cell) -> Decimal | None:
    """None for “N/A” and for 0: that nothing varied in a sample does not make it certain."""
    found = number(data["results"][cell.task].get(_stderr_key(cell.key)))
    return found if found and found > 0 else None


def _limit(data: dict[str, Any]) -> object:
    return mapping(data.get("config")).get("limit")


def _questions(data: dict[str, Any], cell: Cell) -> tuple[int | None, int | None]:
    """How many were asked and how many there are; of a group, in the tasks that have the metric."""
    tasks = _parts(data, cell) if _subtasks(data, cell.task) else [cell.task]
    return _sum_samples(data, tasks, "effective"), _sum_samples(data, tasks, "original")


def _sum_samples(data: dict[str, Any], tasks: list[str], key: str) -> int | None:
    samples = mapping(data.get("n-samples"))
    counts = [json_values.count(mapping(samples.get(task)).get(key)) for task in tasks]
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


def _subtasks(data: dict[str, Any], task: str) -> list[str]:
    names = mapping(data.get("group_subtasks")).get(task)
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _parts(data: dict[str, Any], group: Cell) -> list[str]:
    """The tasks below a group, through its groups, that have the group's metric."""
    waiting, seen, tasks = _subtasks(data, group.task), {group.task}, []
    while waiting:
        task = waiting.pop()
        if task not in seen:
            seen.add(task)
            below = _subtasks(data, task)
            waiting += below
            if not below and group.key in data["results"].get(task, {}):
                tasks.append(task)
    return tasks


def _is_pooled(data: dict[str, Any], group: Cell) -> bool:
    """Whether a group's value is that of all its questions together, and no mean of means."""
    tasks = _parts(data, group)
    counts = [_sum_samples(data, [task], "effective") for task in tasks]
    values = [number(data["results"][task][group.key]) for task in tasks]
    value, total = number(group.value), sum(count or 0 for count in counts)
    if value is None or not total or None in counts or None in values:
        return False
    pairs = zip(counts, values, strict=True)
    right = sum(((c or 0) * (v or Decimal(0)) for c, v in pairs), Decimal(0))
    return abs(right / total - value) <= TOLERANCE


def _unit(metric: str) -> str:
    """What the harness defines; never a guess from a number. Files mix 0.577 and 89.156."""
    if metric in SHARES or metric == "f1":
        return "proportion"
    return "points" if metric == "mcc" else ""


def _metric(data: dict[str, Any], cell: Cell) -> MetricDraft:
    filtered = cell.key.partition(",")[2]
    is_group = bool(_subtasks(data, cell.task))
    return MetricDraft(
        name=cell.metric + (f" ({filtered})" if filtered != "none" else ""),
        benchmark=cell.task,
        unit=_unit(cell.metric),
        minimum=Decimal(-1) if cell.metric == "mcc" else None,
        maximum=Decimal(1) if cell.metric == "mcc" else None,
        higher_is_better=_higher_is_better(data, cell),
        question_count=_questions(data, cell)[1],
        is_share_of_questions=cell.metric in SHARES and (not is_group or _is_pooled(data, cell)),
    )


def _higher_is_better(data: dict[str, Any], cell: Cell) -> bool:
    said = mapping(mapping(data.get("higher_is_better")).get(cell.task)).get(cell.metric)
    listed = mapping(mapping(data.get("configs")).get(cell.task)).get("metric_list")
    for each in listed if isinstance(listed, list) and said is None else []:
        if mapping(each).get("metric") == cell.metric:
            said = each.get("higher_is_better")
    return said is not False


# What the maintainer should know


def _notes(data: dict[str, Any], cells: list[Cell], named: str, llm: str) -> Iterator[str]:
    if named and named != llm:
        yield Phrase(
            "The file calls its LLM “%(named)s”; its scores are read as those of “%(llm)s”.",
            named=named, llm=llm,
        )  # fmt: skip
    for task in dict.fromkeys(cell.task for cell in cells):
        if parts := _subtasks(data, task):
            yield Phrase(
                "%(task)s is a group of %(parts)s; importing both it and its tasks counts "
                "them twice unless its metric here is an aggregate.",
                task=task, parts=_listed(parts),
            )  # fmt: skip
    if {"peft", "delta"} & _model_args(data).keys():
        yield Phrase("The scores are those of an adapter (peft or delta) on top of the LLM named.")
    limit = number(_limit(data))
    if limit and any(_questions(data, cell)[0] is None for cell in cells):
        yield Phrase(
            "The run was limited (limit %(limit)s) and does not say how many "
            "questions each task has: such scores count as partial.",
            limit=f"{limit.normalize():f}",
        )


def _listed(names: list[str]) -> str:
    if len(names) <= 8:
        return ", ".join(names)
    first = ", ".join(names[:8])
    return Phrase("%(names)s, … (%(count)s in all)", names=first, count=len(names))


# Where it comes from


def _date(data: dict[str, Any]) -> date | None:
    """`date`; `start_time` counts from when a machine was switched on."""
    return day(data.get("date"))


def _provenance(data: dict[str, Any], llm: str) -> Provenance:
    measured_on = _date(data)
    title = f"{HARNESS} results of {llm[:140]}" + (f", {measured_on}" if measured_on else "")
    version = text(data.get("lm_eval_version"))
    return Provenance(
        title=public_text([title], 200) or f"{HARNESS} results",
        harness=HARNESS,
        harness_version=public_text([version], 100),
        settings=public_text(list(_settings(data)), 5_000),
        date=measured_on,
    )


def _settings(data: dict[str, Any]) -> Iterator[str]:
    """What changes scores, by an allow-list: no prompts, no hosts, no environment."""
    config, args = mapping(data.get("config")), _model_args(data)
    yield _by_task("n-shot", mapping(data.get("n-shot")))
    yield _by_task("task versions", mapping(data.get("versions")))
    yield _revision(text(config.get("model_revision") or args.get("revision")), config)
    dtype = text(config.get("model_dtype"))
    yield f"dtype {dtype}" if dtype else ""
    for name in MODEL_ARGS:
        value = args.get(name)
        said = str(value) if isinstance(value, bool) else text(value)
        if said and not (name == "dtype" and dtype):
            yield f"{name} {said}"
    limit = number(_limit(data))
    yield f"limit {limit.normalize():f}" if limit else ""
    commit = text(data.get("git_hash"))
    yield f"{HARNESS} commit {commit}" if commit else ""


def _revision(revision: str, config: dict[str, Any]) -> str:
    sha = text(config.get("model_sha"))
    said = f"{revision} ({sha})" if revision and sha else revision or sha
    return f"model revision {said}" if said else ""


def _by_task(label: str, values: dict[str, Any]) -> str:
    """“n-shot: 0” if all are the same, else with the names of the tasks."""
    said = {task: text(value) for task, value in values.items()}
    said = {task: value for task, value in said.items() if value}
    if not said:
        return ""
    if len(set(said.values())) == 1 and label == "n-shot":
        return f"{label}: {next(iter(said.values()))}"
    return f"{label}: " + ", ".join(f"{task} {value}" for task, value in said.items())
