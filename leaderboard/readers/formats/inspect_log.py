"""Logs of Inspect AI: `.json`, and `.eval`, a zip of which only the header is read."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from leaderboard.readers.files.json_values import (
    as_count,
    as_day,
    as_mapping,
    as_number,
    as_text,
    describe_run,
    find_problem,
    public_name,
    shortened,
)
from leaderboard.readers.files.opening import Content, Document
from leaderboard.readers.results import (
    FileContext,
    LeftOut,
    LLMDraft,
    MetricDraft,
    Problem,
    Provenance,
    Reading,
    Refused,
    Result,
    draft_llm,
)
from leaderboard.readers.run_settings import N_SHOT
from leaderboard.text.sentences import Phrase

HARNESS = "Inspect"
VERSIONS = (1, 2)
# Metrics that say how certain the mean is, the best first; and those that only spread.
ERRORS = ("stderr", "bootstrap_stderr", "bootstrap_std")
SPREADS = {*ERRORS, "std", "var"}
MEANS = {"accuracy", "mean"}  # whose error that is
# Services that run the weights of others: “vllm/org/model” is org/model.
HOSTS = {
    "hf", "vllm", "sglang", "ollama", "llama-cpp-python", "transformer_lens", "nnterp", "together",
    "openrouter", "openai-api", "bedrock", "azureai", "groq", "fireworks", "cloudflare",
    "sambanova", "hf-inference-providers",
}  # fmt: skip
WITH_HUB_NAMES = {"hf", "vllm", "sglang", "together", "hf-inference-providers"}
# Settings that change scores and tell nothing about the machine.
GENERATION = (
    "temperature", "top_p", "top_k", "max_tokens", "seed", "reasoning_effort", "reasoning_tokens",
)  # fmt: skip
SHOTS = ("fewshot", "num_fewshot", "n_shot")  # what tasks of inspect_evals call it
LIMITS = ("message_limit", "token_limit", "time_limit", "working_limit")


class Cell(NamedTuple):
    """One metric of one scorer."""

    task: str
    score: dict[str, Any]  # what the scorer measured
    scorer: str  # with its way to reduce epochs, if that is not the mean
    metric: str
    value: object

    @property
    def name(self) -> str:
        return f"{self.task} / {self.scorer} / {self.metric}"

    @property
    def where(self) -> str:
        return f"results › {self.scorer} › {self.metric}"


def detects(content: Content) -> bool:
    """Whether a file is a log: its state, its task and its model."""
    data = content.data if isinstance(content, Document) else None
    if not isinstance(data, dict) or not isinstance(data.get("status"), str):
        return False
    spec = as_mapping(data.get("eval"))
    return isinstance(spec.get("task"), str) and isinstance(spec.get("model"), str)


def read(content: Content, context: FileContext) -> Reading:
    """Returns every metric of every scorer.

    Raises LeftOut for a run that failed, Refused for a version that is not known.
    """
    data: dict[str, Any] = content.data if isinstance(content, Document) else {}
    _check(data)
    named = _llm(data)
    llm = context.llm or named
    if not llm:
        raise Refused(
            "The log does not name its LLM. "
            "Choose the LLM beside the file, or give --llm on the command line."
        )
    cells = list(_cells(data))
    problems = [
        problem
        for cell in cells
        if (problem := find_problem(cell.value, cell.where, llm, cell.name))
    ]
    unread = {problem.where for problem in problems}
    return Reading(
        results=tuple(_result(data, cell, llm) for cell in cells if cell.where not in unread),
        problems=(*problems, *dict.fromkeys(_unread_errors(cells, llm))),
        notes=tuple(_notes(data, named, llm)),
        llms={llm: _draft(data, llm, named)},
        metrics={cell.name: _metric(data, cell) for cell in cells},
        provenance=_provenance(data, llm),
    )


def _check(data: dict[str, Any]) -> None:
    if data.get("version") not in VERSIONS:
        raise Refused(
            "The log has the version %(version)s; 1 and 2 can be read. "
            "Give its scores as a long table (CSV).",
            version=shortened(data.get("version", "–")),
        )
    if data["status"] != "success":
        raise LeftOut(
            "The run did not succeed: its status is “%(status)s”. Run it again.",
            status=shortened(data["status"]),
        )


# The LLM


def _llm(data: dict[str, Any]) -> str:
    provider, _, rest = data["eval"]["model"].strip().partition("/")
    name = public_name(rest if provider in HOSTS else data["eval"]["model"])
    return name.split("/")[-1] if name.count("/") > 1 else name


def _draft(data: dict[str, Any], llm: str, named: str) -> LLMDraft:
    """Describes the LLM; what a service calls it, “openai/gpt-4o”, is no name of the Hub."""
    provider = data["eval"]["model"].partition("/")[0]
    draft = draft_llm(llm)
    is_hub_name = llm != named or provider in WITH_HUB_NAMES
    return draft if is_hub_name else replace(draft, huggingface_id="")


# Metrics and their values


def _cells(data: dict[str, Any]) -> Iterator[Cell]:
    task = public_name(data["eval"]["task"]) or "task"
    scores = as_mapping(data.get("results")).get("scores")
    for score in map(as_mapping, scores if isinstance(scores, list) else []):
        reducer = as_text(score.get("reducer"))
        scorer = as_text(score.get("name")) or as_text(score.get("scorer"))
        scorer += f", {reducer}" if reducer not in ("", "mean") else ""
        for key, metric in as_mapping(score.get("metrics")).items():
            name = key.removeprefix("inspect_ai/")
            if name not in SPREADS:
                yield Cell(task, score, scorer, name, as_mapping(metric).get("value"))


def _error(cell: Cell) -> tuple[str, object]:
    """Returns the name and the value of the standard error of a mean; ("", None) without one."""
    metrics = as_mapping(cell.score.get("metrics"))
    for name in ERRORS if cell.metric in MEANS else ():
        for key in (name, f"inspect_ai/{name}"):
            if key in metrics:
                return name, as_mapping(metrics[key]).get("value")
    return "", None


def _unread_errors(cells: list[Cell], llm: str) -> Iterator[Problem]:
    for cell in cells:
        name, value = _error(cell)
        error = cell._replace(metric=name)
        if unreadable := find_problem(value, error.where, llm, error.name):
            without_it = Phrase("The score is read without it.")
            remedy = without_it if unreadable.is_missing else unreadable.remedy
            yield replace(unreadable, remedy=remedy)


def _epochs(data: dict[str, Any]) -> int:
    return as_count(as_mapping(data["eval"].get("config")).get("epochs")) or 1


def _count(data: dict[str, Any], cell: Cell) -> int | None:
    """Returns how many questions were scored; those of all epochs count once."""
    results = as_mapping(data.get("results"))
    scored = as_count(cell.score.get("scored_samples"))
    completed = as_count(results.get("completed_samples")) or as_count(results.get("total_samples"))
    if scored is None or scored == completed:
        return completed // _epochs(data) or None if completed else None
    return scored


def _expected(data: dict[str, Any]) -> int | None:
    """Returns how many questions the data set has, before any limit."""
    return as_count(as_mapping(data["eval"].get("dataset")).get("samples"))


def _is_limited(data: dict[str, Any]) -> bool:
    config = as_mapping(data["eval"].get("config"))
    return any(config.get(name) not in (None, [], 0) for name in ("limit", "sample_id"))


def _result(data: dict[str, Any], cell: Cell, llm: str) -> Result:
    error = as_number(_error(cell)[1])
    expected = _expected(data)
    return Result(
        where=cell.where,
        llm=llm,
        metric=cell.name,
        value=as_number(cell.value),
        question_count=_count(data, cell),
        expected_count=expected,
        # 0 comes from a sample in which nothing varied; that does not make the score certain.
        standard_error=error if error and error > 0 else None,
        unit=_unit(cell),
        measured_on=_date(data),
        partial=expected is None and _is_limited(data),
    )


def _unit(cell: Cell) -> str:
    """Returns the unit of an accuracy, which Inspect defines as a share; else "", not guessed."""
    return "proportion" if cell.metric == "accuracy" else ""


def _metric(data: dict[str, Any], cell: Cell) -> MetricDraft:
    shown = as_text(data["eval"].get("task_display_name")) or cell.task.split("/")[-1]
    return MetricDraft(
        name=f"{cell.metric} ({cell.scorer})",
        benchmark=public_name(shown) or cell.task,
        unit=_unit(cell),
        question_count=_expected(data),
        is_share_of_questions=cell.metric == "accuracy" and _epochs(data) == 1,
    )


# What the maintainer should know


def _notes(data: dict[str, Any], named: str, llm: str) -> Iterator[str]:
    if named and named != llm:
        yield Phrase(
            "The file calls its LLM “%(named)s”; its scores are read as those of “%(llm)s”.",
            named=named, llm=llm,
        )  # fmt: skip
    if data.get("invalidated") is True:
        yield Phrase("Somebody has marked samples of this run as invalid.")


# Where it comes from


def _date(data: dict[str, Any]) -> date | None:
    completed = as_mapping(data.get("stats")).get("completed_at")
    return as_day(completed) or as_day(data["eval"].get("created"))


def _provenance(data: dict[str, Any], llm: str) -> Provenance:
    measured_on, task = _date(data), public_name(data["eval"]["task"])
    version = as_text(as_mapping(data["eval"].get("packages")).get("inspect_ai"))
    return describe_run(HARNESS, "log", [llm, task], _settings(data), measured_on, version)


def _settings(data: dict[str, Any]) -> Iterator[str]:
    """Yields what changes scores, from an allow-list: no prompts, no addresses, no arguments."""
    spec, config = data["eval"], as_mapping(data["eval"].get("config"))
    version = as_text(spec.get("task_version"))
    yield f"task version {version}" if version else ""
    reducers = config.get("epochs_reducer")
    reduced = ", ".join(map(as_text, reducers)) if isinstance(reducers, list) else ""
    arguments = as_mapping(spec.get("task_args"))
    shots = next((as_text(arguments[name]) for name in SHOTS if name in arguments), "")
    yield f"{N_SHOT}: {shots}" if shots.isdecimal() else ""
    if _epochs(data) > 1:
        yield f"epochs {_epochs(data)}" + (f" ({reduced})" if reduced else "")
    yield f"limit {_limit(config.get('limit'))}" if _limit(config.get("limit")) else ""
    generation = as_mapping(as_mapping(data.get("plan")).get("config"))
    generation = generation | as_mapping(spec.get("model_generate_config"))
    for name in GENERATION:
        said = as_text(generation.get(name))
        yield f"{name} {said}" if said else ""
    for name in LIMITS:
        said = as_text(config.get(name))
        yield f"{name} {said}" if said else ""
    revision = as_mapping(spec.get("revision"))
    commit = as_text(revision.get("commit"))
    changed = " with changes" if revision.get("dirty") is True else ""
    yield f"commit of the task {commit}{changed}" if commit else ""


def _limit(limit: object) -> str:
    """Returns a limit as text: of the first questions, or of a range of them."""
    if isinstance(limit, list):
        return "–".join(map(as_text, limit[:2]))
    number = as_number(limit)
    return f"{number.normalize():f}" if isinstance(number, Decimal) else ""
