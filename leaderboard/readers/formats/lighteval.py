"""lighteval `results_<time>.json`: scores by suite, task and number of shots."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from leaderboard.readers.files.json_values import (
    as_count,
    as_mapping,
    as_number,
    as_text,
    day_in_name,
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
    short,
)
from leaderboard.readers.run_settings import N_SHOT, bare_task
from leaderboard.text.sentences import Phrase

from .lm_eval_old import LOWER_IS_BETTER

HARNESS = "lighteval"
OF_ALL = "all"  # the mean of whatever the run measured
AVERAGE = ":_average"  # the mean of the parts of a task
# lighteval defines these as shares of questions; what follows a colon in a name is a setting.
SHARES = {
    "acc", "acc_norm", "em", "qem", "pem", "pqem", "exact_match", "quasi_exact_match",
    "prefix_exact_match", "extractive_match", "pass@k", "maj@k", "avg@k",
    "prompt_level_strict_acc", "prompt_level_loose_acc",
}  # fmt: skip
PROPORTIONS = SHARES | {"f1", "mc2", "truthfulqa_mc2", "rouge1", "rouge2", "rougeL", "rougeLsum"}
# Settings that change scores and tell nothing about the machine.
MODEL = (
    "dtype",
    "max_length",
    "max_model_length",
    "use_chat_template",
    "quantization",
    "subfolder",
)
GENERATION = (
    "temperature", "top_p", "top_k", "min_p", "max_new_tokens", "repetition_penalty", "seed",
)  # fmt: skip


class Cell(NamedTuple):
    """One metric of one task, as the file has it."""

    task: str  # “leaderboard|arc:challenge|25”
    metric: str
    value: object

    @property
    def name(self) -> str:
        return f"{self.task} / {self.metric}"

    @property
    def where(self) -> str:
        return f"results › {self.task} › {self.metric}"

    @property
    def bare_task(self) -> str:
        """The task without its suite, shots, and the flag that older versions add."""
        return bare_task(self.task)

    @property
    def base(self) -> str:
        """The metric without its settings: “pass@k” of “gpqa_pass@k:k=1” and of “pass@8”."""
        bare = self.metric.partition(":")[0].removeprefix("gpqa_")
        return re.sub(r"@\d+$", "@k", bare, flags=re.ASCII)


def detects(content: Content) -> bool:
    """Whether a file has results, and the general configuration that only lighteval writes."""
    data = content.data if isinstance(content, Document) else None
    if not isinstance(data, dict):
        return False
    return all(isinstance(data.get(key), dict) for key in ("config_general", "results"))


def read(content: Content, context: FileContext) -> Reading:
    """Returns every metric of every task, but not of all together. Raises Refused without LLM."""
    data: dict[str, Any] = content.data if isinstance(content, Document) else {}
    named = _llm(data)
    llm = context.llm or named
    if not llm:
        raise Refused(
            "The file does not name its LLM (model_name is empty, or private). "
            "Choose the LLM beside the file, or give --llm on the command line."
        )
    cells, measured_on = list(_cells(data)), day_in_name(context.path)
    problems = [problem for cell in cells for problem in _problems(data, cell, llm)]
    unread = {problem.where for problem in problems}
    return Reading(
        results=tuple(
            _result(data, cell, llm, measured_on) for cell in cells if cell.where not in unread
        ),
        problems=tuple(problems),
        notes=tuple(_notes(data, cells, named, llm)),
        llms={llm: draft_llm(llm)},
        metrics={cell.name: _metric(data, cell) for cell in cells},
        provenance=_provenance(data, llm, measured_on),
    )


# The LLM


def _model(data: dict[str, Any]) -> dict[str, Any]:
    return as_mapping(data["config_general"].get("model_config"))


def _llm(data: dict[str, Any]) -> str:
    stated = [data["config_general"].get("model_name"), _model(data).get("model_name")]
    names = (public_name(as_text(name)) for name in stated)
    return next(
        (name.split("/")[-1] if name.count("/") > 1 else name for name in names if name), ""
    )


# Metrics and their values


def _cells(data: dict[str, Any]) -> Iterator[Cell]:
    for task, values in data["results"].items():
        if task != OF_ALL:
            for metric, value in as_mapping(values).items():
                if not metric.endswith("_stderr"):
                    yield Cell(task, metric, value)


def _error(data: dict[str, Any], cell: Cell) -> object:
    return as_mapping(data["results"][cell.task]).get(f"{cell.metric}_stderr")


def _problems(data: dict[str, Any], cell: Cell, llm: str) -> Iterator[Problem]:
    if unreadable := find_problem(cell.value, cell.where, llm, cell.name):
        yield unreadable
    error = cell._replace(metric=f"{cell.metric}_stderr", value=_error(data, cell))
    if unreadable := find_problem(error.value, error.where, llm, error.name):
        without_it = Phrase("The score is read without it.")
        remedy = without_it if unreadable.is_missing else unreadable.remedy
        yield replace(unreadable, remedy=remedy)


def _config(data: dict[str, Any], cell: Cell) -> dict[str, Any]:
    """Returns the configuration of a task, which versions file under different keys."""
    configs, parts = as_mapping(data.get("config_tasks")), cell.task.split("|")
    keys = [cell.task, "|".join(parts[:-1]), "|".join(parts[:2]), f"lighteval|{cell.bare_task}"]
    return next((as_mapping(configs[key]) for key in keys if key in configs), {})


def _is_limited(data: dict[str, Any]) -> bool:
    return as_count(data["config_general"].get("max_samples")) is not None


def _result(data: dict[str, Any], cell: Cell, llm: str, measured_on: date | None) -> Result:
    config, error = _config(data, cell), as_number(_error(data, cell))
    asked = as_count(config.get("effective_num_docs"))
    return Result(
        where=cell.where,
        llm=llm,
        metric=cell.name,
        value=as_number(cell.value),
        question_count=asked,
        expected_count=as_count(config.get("original_num_docs")),
        # 0 comes from a sample in which nothing varied; that does not make the score certain.
        standard_error=error if error and error > 0 else None,
        unit="proportion" if cell.base in SHARES else "",
        measured_on=measured_on,
        partial=asked is None and _is_limited(data),
    )


def _metric(data: dict[str, Any], cell: Cell) -> MetricDraft:
    is_average = AVERAGE in cell.task
    return MetricDraft(
        name=cell.metric,
        benchmark=_benchmark(data, cell),
        unit="proportion" if cell.base in PROPORTIONS else "",
        higher_is_better=_higher_is_better(data, cell),
        question_count=as_count(_config(data, cell).get("original_num_docs")),
        is_share_of_questions=cell.base in SHARES and not is_average,
    )


def _benchmark(data: dict[str, Any], cell: Cell) -> str:
    """Returns the task, with its suite and shots only if it was measured with several of these."""
    others = (cell._replace(task=task) for task in data["results"])
    is_alone = sum(other.bare_task == cell.bare_task for other in others) == 1
    return (cell.bare_task if is_alone else cell.task).removesuffix(AVERAGE)


def _higher_is_better(data: dict[str, Any], cell: Cell) -> bool:
    """Returns what the task's configuration says, else what the metric is known for."""
    config = _config(data, cell)
    listed = config.get("metric") or config.get("metrics")
    for entry in map(as_mapping, listed if isinstance(listed, list) else []):
        named, stated = entry.get("metric_name"), entry.get("higher_is_better")
        if cell.metric == named or (isinstance(named, list) and cell.metric in named):
            stated = stated.get(cell.metric) if isinstance(stated, dict) else stated
            if isinstance(stated, bool):
                return stated
    return cell.base not in LOWER_IS_BETTER


# What the maintainer should know


def _notes(data: dict[str, Any], cells: list[Cell], named: str, llm: str) -> Iterator[str]:
    if named and named != llm:
        yield Phrase(
            "The file calls its LLM “%(named)s”; its scores are read as those of “%(llm)s”.",
            named=named, llm=llm,
        )  # fmt: skip
    if OF_ALL in data["results"]:
        yield Phrase("Not read: “all”, the mean of whatever this run measured.")
    averages = dict.fromkeys(cell.task for cell in cells if AVERAGE in cell.task)
    if averages:
        yield Phrase(
            "Means of the parts of a task, which count twice beside their parts unless their "
            "metrics here are aggregates: %(names)s.",
            names=short(", ".join(averages), 200),
        )
    if _is_limited(data) and not any(
        _config(data, cell).get("effective_num_docs") for cell in cells
    ):
        yield Phrase(
            "The run was limited (limit %(limit)s) and does not say how many "
            "questions each task has: such scores count as partial.",
            limit=as_text(data["config_general"]["max_samples"]),
        )


# Where it comes from


def _provenance(data: dict[str, Any], llm: str, measured_on: date | None) -> Provenance:
    return describe_run(HARNESS, "results", [llm], _settings(data), measured_on)


def _shots(data: dict[str, Any]) -> str:
    """Writes the shots, which are in the names of tasks."""
    said = {}
    for task in data["results"]:
        parts = task.split("|")
        shots = parts[2] if len(parts) > 2 else parts[-1]
        if len(parts) > 1 and shots.isdecimal():
            said[f"{bare_task(task)} {shots}"] = shots
    if len(set(said.values())) == 1:
        return f"{N_SHOT}: {next(iter(said.values()))}"
    return f"{N_SHOT}: {', '.join(said)}" if said else ""


def _settings(data: dict[str, Any]) -> Iterator[str]:
    """Yields what changes scores, from an allow-list: no prompts, no job, no machine."""
    general, model = data["config_general"], _model(data)
    versions = {task: as_text(of) for task, of in as_mapping(data.get("versions")).items()}
    said = ", ".join(f"{task} {version}" for task, version in versions.items() if version)
    yield _shots(data)
    yield f"task versions: {said}" if said else ""
    revision = as_text(general.get("model_sha")) or as_text(model.get("revision"))
    yield f"model revision {revision}" if revision else ""
    dtype = as_text(general.get("model_dtype"))
    yield f"dtype {dtype}" if dtype else ""
    if model.get("adapter_weights") is True:
        yield f"adapter on {public_name(as_text(model.get('base_model'))) or 'another LLM'}"
    for source, names in (
        (model, MODEL),
        (as_mapping(model.get("generation_parameters")), GENERATION),
    ):
        for name in names:
            value = source.get(name)
            stated = str(value) if isinstance(value, bool) else as_text(value)
            yield f"{name} {stated}" if stated and not (name == "dtype" and dtype) else ""
    yield f"limit {as_text(general['max_samples'])}" if _is_limited(data) else ""
    commit = as_text(general.get("lighteval_sha"))
    yield f"{HARNESS} commit {commit}" if commit not in ("", "?") else ""
