"""A HELM run: `stats.json`, the means of its metrics, with `run_spec.json` of the same folder."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple

from leaderboard.readers.files import json_documents
from leaderboard.readers.files.json_values import (
    as_count,
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
    LeftOut,
    MetricDraft,
    Provenance,
    Reading,
    Refused,
    Result,
    draft_llm,
    short,
)
from leaderboard.text.sentences import Phrase

HARNESS = "HELM"
QUESTIONS = "num_instances"
# Metrics that HELM's own schemas rank scenarios by; those that are right or wrong for a question.
SHARES = {
    "exact_match", "quasi_exact_match", "prefix_exact_match", "quasi_prefix_exact_match",
    "exact_match_indicator", "final_number_exact_match", "quasi_leave_articles_exact_match",
    "math_equiv", "math_equiv_chain_of_thought", "chain_of_thought_correctness", "code_eval_acc",
    "execution_accuracy", "program_accuracy", "cleva_top1_accuracy", "cleva_math_result_match",
}  # fmt: skip
PROPORTIONS = SHARES | {
    "f1_score", "squad_f1_score", "f1_set_match", "f1_micro", "rouge_1", "rouge_2", "rouge_l",
    "bleu_1", "bleu_4", "chinese_bleu_1", "chinese_rouge_2", "classification_macro_f1",
    "classification_micro_f1", "classification_weighted_f1", "ifeval_strict_accuracy",
    "omni_math_accuracy", "test_avg", "strict_acc", "RR@10", "NDCG@10", "toxic_frac", "accuracy",
    "ruler_string_match_part", "openai_mrcr_accuracy",
}  # fmt: skip
LOWER_IS_BETTER = {"bits_per_byte", "toxic_frac", "wer_score", "wer", "cer_score", "mer_score"}
MAIN = PROPORTIONS | LOWER_IS_BETTER | {
    "wildbench_score", "wildbench_score_rescaled", "earth_mover_similarity", "chr_f_plus_plus",
    "safety_score", "Helpfulness", "float_equiv", "refusal_rate", "model_judged_score",
    "cleva_machine_translation_bleu", "chinese_ibleu", "rougeL",
}  # fmt: skip
# What a run says of itself, beside what its LLM can do.
OF_THE_RUN = re.compile(
    r"(?:num_|inference_|training_|estimated_|finish_reason|batch_size|max_prob|logprob|prompt_"
    r"|completion_|output_|ece_|platt_|selective_|expected_|predicted_|truncat|denoised)"
)
# Arguments in the name of a run that are its LLM, or say nothing of what was measured.
NOT_IN_NAME = {"model", "model_deployment", "data_augmentation", "max_eval_instances", "groups"}
SPLITS = ("test", "", "valid")  # the first that a metric has counts
SETTINGS = {
    "method": "method", "max_train_instances": "n-shot", "num_train_trials": "train trials",
    "temperature": "temperature", "max_tokens": "max_tokens", "max_eval_instances": "limit",
    "model_deployment": "deployment",
}  # fmt: skip


class Cell(NamedTuple):
    """One metric of the run, over all its questions as they are."""

    run: str
    metric: str
    split: str
    value: object

    @property
    def name(self) -> str:
        return f"{self.run} / {self.metric}" + (" (valid)" if self.split == "valid" else "")

    @property
    def where(self) -> str:
        return f"{self.metric} ({self.split})" if self.split else self.metric


def detects(content: Content) -> bool:
    """Whether a file is a list of statistics; also a run's description, to say how to give it."""
    data = content.data if isinstance(content, Document) else None
    if _is_spec(data):
        return True
    first = as_mapping(data[0]) if isinstance(data, list) and data else {}
    return isinstance(as_mapping(first.get("name")).get("name"), str) and "count" in first


def _is_spec(data: object) -> bool:
    return isinstance(data, dict) and {"adapter_spec", "scenario_spec"} <= data.keys()


def read(content: Content, context: FileContext) -> Reading:
    """Returns the main metrics of the run. Raises Refused without its run_spec.json."""
    data: Any = content.data if isinstance(content, Document) else None
    if not isinstance(data, list):
        raise LeftOut(
            "This is the description of a HELM run without its results. "
            "Give stats.json of the same folder too: both files, the folder, or a zip of it."
        )
    spec = _spec(context.run_spec)
    adapter = as_mapping(spec.get("adapter_spec"))
    llm = context.llm or public_name(as_text(adapter.get("model")))
    if not llm:
        raise Refused(
            "The file run_spec.json does not name the LLM. "
            "Choose the LLM beside the file, or give --llm on the command line."
        )
    run = _run_name(spec)
    stats = list(_stats(data))
    cells = list(_cells(stats, run))
    problems = [
        problem
        for cell in cells
        if (problem := find_problem(cell.value, cell.where, llm, cell.name))
    ]
    unread = {problem.where for problem in problems}
    limit = as_count(adapter.get("max_eval_instances"))
    results = [_result(cell, llm, stats, limit) for cell in cells if cell.where not in unread]
    return Reading(
        results=tuple(results),
        problems=tuple(problems),
        notes=tuple(_notes(stats, cells, results)),
        llms={llm: draft_llm(llm)},
        metrics={cell.name: _metric(cell) for cell in cells},
        provenance=_provenance(llm, run, adapter),
    )


# The run


def _spec(content: bytes) -> dict[str, Any]:
    if not content:
        raise Refused(
            "stats.json does not say whose results it holds. Give run_spec.json of the same folder "
            "too: both files, the folder, or a zip of it."
        )
    try:
        spec = json_documents.load(BytesIO(content))
    except Refused as reason:
        raise Refused("In %(file)s: %(reason)s", file="run_spec.json", reason=reason) from None
    if not isinstance(spec, dict) or not _is_spec(spec):
        raise Refused("run_spec.json is not that of a HELM run. Give the file of the same folder.")
    return spec


def _run_name(spec: dict[str, Any]) -> str:
    """Returns “mmlu:subject=anatomy” of a run that also names its LLM and how it was limited."""
    scenario, _, arguments = as_text(spec.get("name")).partition(":")
    kept = [
        argument
        for argument in arguments.split(",")
        if argument and argument.partition("=")[0] not in NOT_IN_NAME
    ]
    return public_name(f"{scenario}:{','.join(kept)}" if kept else scenario) or HARNESS


# Metrics and their values


def _stats(data: list[Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yields (name, statistic) of those over all questions as they are, without perturbations."""
    for stat in map(as_mapping, data):
        name = as_mapping(stat.get("name"))
        if not name.get("perturbation") and not name.get("sub_split"):
            yield name, stat


def _cells(stats: list[tuple[dict[str, Any], dict[str, Any]]], run: str) -> Iterator[Cell]:
    by_metric: dict[str, dict[str, object]] = {}
    for name, stat in stats:
        values = by_metric.setdefault(as_text(name.get("name")), {})
        if as_count(stat.get("count")):
            values.setdefault(as_text(name.get("split")), stat.get("mean"))
    main = [metric for metric in by_metric if metric in MAIN]
    others = [metric for metric in by_metric if metric and not OF_THE_RUN.match(metric)]
    for metric in main or others:
        split = next((split for split in SPLITS if split in by_metric[metric]), None)
        if split is not None:
            yield Cell(run, metric, split, by_metric[metric][split])


def _count(stats: list[tuple[dict[str, Any], dict[str, Any]]], split: str) -> int | None:
    """Returns how many questions a split has, the same in every trial."""
    for name, stat in stats:
        if name.get("name") == QUESTIONS and as_text(name.get("split")) == split:
            return as_count(stat.get("mean"))
    return None


def _result(
    cell: Cell,
    llm: str,
    stats: list[tuple[dict[str, Any], dict[str, Any]]],
    limit: int | None,
) -> Result:
    """Returns a result without an error: the file's deviation is that between trials."""
    count = _count(stats, cell.split)
    return Result(
        where=cell.where,
        llm=llm,
        metric=cell.name,
        value=as_number(cell.value),
        question_count=count,
        unit="proportion" if cell.metric in PROPORTIONS else "",
        partial=limit is not None and (count is None or count >= limit),
    )


def _metric(cell: Cell) -> MetricDraft:
    return MetricDraft(
        name=cell.metric,
        benchmark=cell.run,
        unit="proportion" if cell.metric in PROPORTIONS else "",
        higher_is_better=cell.metric not in LOWER_IS_BETTER,
        is_share_of_questions=cell.metric in SHARES,
    )


# What the maintainer should know, and where it comes from


def _notes(
    stats: list[tuple[dict[str, Any], dict[str, Any]]], cells: list[Cell], results: list[Result]
) -> Iterator[str]:
    read = {cell.metric for cell in cells}
    names = dict.fromkeys(as_text(name.get("name")) for name, _ in stats)
    others = [name for name in names if name and name not in read and not OF_THE_RUN.match(name)]
    if others:
        yield Phrase(
            "Not read, as HELM ranks by other metrics: %(names)s.",
            names=short(", ".join(others), 200),
        )
    if any(result.partial for result in results):
        yield Phrase(
            "The run asked as many questions as its limit allows, so there may be more: its scores "
            "count as partial."
        )


def _provenance(llm: str, run: str, adapter: dict[str, Any]) -> Provenance:
    said = {label: as_text(adapter.get(name)) for name, label in SETTINGS.items()}
    settings = [f"{label} {text}" for label, text in said.items() if text]
    return describe_run(HARNESS, "run", [llm, run], settings)
