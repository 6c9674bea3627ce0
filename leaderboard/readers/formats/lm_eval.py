"""lm-evaluation-harness `results_<time>.json`: version 0.4, and what came before."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from leaderboard.readers.files.json_values import (
    as_count,
    as_day,
    as_mapping,
    as_number,
    as_text,
    describe_run,
    find_problem,
    public_name,
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
    draft_llm,
)
from leaderboard.readers.run_settings import N_SHOT, NONE, write_by_task
from leaderboard.text.sentences import Phrase

from .lm_eval_old import LOWER_IS_BETTER, as_new, is_old, with_old_names
from .lm_eval_tasks import (
    Cell,
    check_groups,
    count_questions,
    find_cells,
    is_pooled,
    merge_groups,
    subtasks,
)

HARNESS = "lm-evaluation-harness"
SIGNS = {"config", "configs", "versions", "n-shot"}
# The harness defines these as shares of questions. Other metrics may be anything.
SHARES = {"acc", "acc_norm", "exact_match"}
# Settings that change scores and tell nothing about the machine.
MODEL_ARGS = (
    "dtype", "load_in_4bit", "load_in_8bit", "quantization", "peft", "peft_list", "delta",
    "max_length",
)  # fmt: skip
ADAPTERS = {"peft", "peft_list", "delta"}


def detects(content: Content) -> bool:
    """Whether a file has results by task and an object that says how they were made."""
    if not isinstance(content, Document) or not isinstance(content.data, dict):
        return False
    results = content.data.get("results")
    if not isinstance(results, dict) or not SIGNS & content.data.keys():
        return False
    return all(isinstance(values, dict) for values in results.values())


def read(content: Content, context: FileContext) -> Reading:
    """Returns every metric of every task and group. Raises Refused if the LLM is not named."""
    data: dict[str, Any] = content.data if isinstance(content, Document) else {}
    if is_old(data):
        return with_old_names(_read(as_new(data), context))
    return _read(data, context)


def _read(data: dict[str, Any], context: FileContext) -> Reading:
    data = merge_groups(data)
    named = _llm(data)
    llm = context.llm or named
    if not llm:
        raise Refused(
            "The file does not name its LLM (model_name is empty, or private). "
            "Choose the LLM beside the file, or give --llm on the command line."
        )
    cells = list(find_cells(data))
    check_groups(data, cells)
    problems = [problem for cell in cells for problem in _problems(data, cell, llm)]
    unread = {problem.where for problem in problems}
    return Reading(
        results=tuple(_result(data, cell, llm) for cell in cells if cell.where not in unread),
        problems=tuple(problems),
        notes=tuple(_notes(data, cells, named, llm)),
        llms={llm: replace(draft_llm(llm), parameters=_parameters(data))},
        metrics={cell.name: _metric(data, cell) for cell in cells},
        provenance=_provenance(data, llm),
    )


# The LLM


def _llm(data: dict[str, Any]) -> str:
    """Returns the name of the LLM: model_name, else the model that model_args load."""
    args = _model_args(data)
    named = [data.get("model_name"), args.get("pretrained"), args.get("model")]
    names = (public_name(as_text(stated)) for stated in named)
    # A name of three parts, “runs/qwen/step-9”, is a path; “org/model” is a repository.
    return next(
        (name.split("/")[-1] if name.count("/") > 1 else name for name in names if name), ""
    )


def _model_args(data: dict[str, Any]) -> dict[str, Any]:
    """Returns the arguments as an object; a file may have them as “pretrained=org/model,…”."""
    args = as_mapping(data.get("config")).get("model_args")
    if isinstance(args, str):
        return dict(re.findall(r"(?:^|,)\s*(\w+)=([^,]*)", args))
    return as_mapping(args)


def _parameters(data: dict[str, Any]) -> Decimal | None:
    """Returns billions, rounded to millions; None for an API model."""
    parameters = as_count(as_mapping(data.get("config")).get("model_num_parameters"), 10**14)
    if parameters is None:
        return None
    return (Decimal(parameters) / 10**9).quantize(Decimal("0.001")).normalize()


# Metrics and their values


def _stderr_key(key: str) -> str:
    metric, _, filtered = key.partition(",")
    return f"{metric}_stderr,{filtered}"


def _problems(data: dict[str, Any], cell: Cell, llm: str) -> Iterator[Problem]:
    if unreadable := find_problem(cell.value, cell.where, llm, cell.name):
        yield unreadable
    error = cell._replace(
        key=_stderr_key(cell.key),
        value=data["results"][cell.task].get(_stderr_key(cell.key)),
    )
    if unreadable := find_problem(error.value, error.where, llm, error.name):
        without_it = Phrase("The score is read without it.")
        remedy = without_it if unreadable.is_missing else unreadable.remedy
        yield replace(unreadable, remedy=remedy)


def _result(data: dict[str, Any], cell: Cell, llm: str) -> Result:
    effective, original = count_questions(data, cell)
    return Result(
        where=cell.where,
        llm=llm,
        metric=cell.name,
        value=as_number(cell.value),
        question_count=effective,
        expected_count=original,
        standard_error=_standard_error(data, cell),
        unit="proportion" if cell.metric in SHARES else "",
        measured_on=_date(data),
        partial=effective is None and bool(as_number(_limit(data))),
    )


def _standard_error(data: dict[str, Any], cell: Cell) -> Decimal | None:
    """Returns None for “N/A” and for 0.

    0 comes from a sample in which nothing varied, which does not make the score certain.
    """
    error = as_number(data["results"][cell.task].get(_stderr_key(cell.key)))
    return error if error and error > 0 else None


def _limit(data: dict[str, Any]) -> object:
    return as_mapping(data.get("config")).get("limit")


def _unit(metric: str) -> str:
    """Returns the unit that the harness defines for a metric, else "".

    It is never guessed from a number: files mix 0.577 and 89.156.
    """
    if metric in SHARES or metric == "f1":
        return "proportion"
    return "points" if metric == "mcc" else ""


def _metric(data: dict[str, Any], cell: Cell) -> MetricDraft:
    filtered = cell.key.partition(",")[2]
    is_group = bool(subtasks(data, cell.task))
    return MetricDraft(
        name=cell.metric + (f" ({filtered})" if filtered != "none" else ""),
        benchmark=cell.task,
        unit=_unit(cell.metric),
        minimum=Decimal(-1) if cell.metric == "mcc" else None,
        maximum=Decimal(1) if cell.metric == "mcc" else None,
        higher_is_better=_higher_is_better(data, cell),
        question_count=count_questions(data, cell)[1],
        is_share_of_questions=cell.metric in SHARES and (not is_group or is_pooled(data, cell)),
    )


def _higher_is_better(data: dict[str, Any], cell: Cell) -> bool:
    """Which end is better: by the file, else by what the metric is called."""
    stated = as_mapping(as_mapping(data.get("higher_is_better")).get(cell.task)).get(cell.metric)
    listed = as_mapping(as_mapping(data.get("configs")).get(cell.task)).get("metric_list")
    for entry in listed if isinstance(listed, list) and stated is None else []:
        if as_mapping(entry).get("metric") == cell.metric:
            stated = entry.get("higher_is_better")
    return cell.metric not in LOWER_IS_BETTER if stated is None else stated is not False


# What the maintainer should know


def _notes(data: dict[str, Any], cells: list[Cell], named: str, llm: str) -> Iterator[str]:
    if named and named != llm:
        yield Phrase(
            "The file calls its LLM “%(named)s”; its scores are read as those of “%(llm)s”.",
            named=named, llm=llm,
        )  # fmt: skip
    for task in dict.fromkeys(cell.task for cell in cells):
        if parts := subtasks(data, task):
            yield Phrase(
                "%(task)s is a group of %(parts)s; importing both it and its tasks counts "
                "them twice unless its metric here is an aggregate.",
                task=task, parts=_listed(parts),
            )  # fmt: skip
    if ADAPTERS & _model_args(data).keys():
        yield Phrase("The scores are those of an adapter (peft or delta) on top of the LLM named.")
    limit = as_number(_limit(data))
    if limit and any(count_questions(data, cell)[0] is None for cell in cells):
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
    """Returns the day in `date`; `start_time` counts from when the machine was started."""
    return as_day(data.get("date"))


def _provenance(data: dict[str, Any], llm: str) -> Provenance:
    version = as_text(data.get("lm_eval_version"))
    return describe_run(HARNESS, "results", [llm], _settings(data), _date(data), version)


def _settings(data: dict[str, Any]) -> Iterator[str]:
    """Yields what changes scores, from an allow-list: no prompts, no hosts, no environment."""
    config, args = as_mapping(data.get("config")), _model_args(data)
    for label, name in ((N_SHOT, "n-shot"), ("task versions", "versions")):
        values = as_mapping(data.get(name))
        yield write_by_task(label, {task: as_text(value) for task, value in values.items()})
    yield _revision(as_text(config.get("model_revision") or args.get("revision")), config)
    dtype = as_text(config.get("model_dtype"))
    yield f"dtype {dtype}" if dtype else ""
    for name in MODEL_ARGS:
        said = _argument(name, args.get(name))
        if said and not (name == "dtype" and dtype):
            yield f"{name} {said}"
    yield from _prompt(data)
    limit = as_number(_limit(data))
    yield f"limit {limit.normalize():f}" if limit else ""
    commit = as_text(data.get("git_hash"))
    yield f"{HARNESS} commit {commit}" if commit else ""


def _argument(name: str, value: object) -> str:
    """Writes an argument of the model; of an adapter that is a local folder only its name."""
    if name in ADAPTERS:
        names = value if isinstance(value, list) else [value]
        said = [text for one in names if (text := as_text(one))]
        return ", ".join(public_name(text) or "a local one" for text in said)
    return str(value) if isinstance(value, bool) else as_text(value)


def _prompt(data: dict[str, Any]) -> Iterator[str]:
    """Yields how questions were put, by hashes: the texts themselves may be private."""
    if "chat_template" in data:
        sha = as_text(data.get("chat_template_sha"))[:12]
        used = sha or ("given" if data["chat_template"] else NONE)
        yield f"chat template {used}"
    if sha := as_text(data.get("system_instruction_sha"))[:12]:
        yield f"system instruction {sha}"
    if data.get("fewshot_as_multiturn") is True:
        yield "fewshot_as_multiturn True"


def _revision(revision: str, config: dict[str, Any]) -> str:
    sha = as_text(config.get("model_sha"))
    said = f"{revision} ({sha})" if revision and sha else revision or sha
    return f"model revision {said}" if said else ""
