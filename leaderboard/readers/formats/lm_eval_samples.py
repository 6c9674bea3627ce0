"""lm-evaluation-harness `samples_<task>_<time>.jsonl`: a line for each question and filter.

The file holds no means: they are worked out here, with their standard errors. Its name says the
task and the day, the folder that the harness puts it in says the LLM (“org__model”).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from leaderboard.readers.files.json_values import (
    NotANumber,
    as_number,
    as_text,
    day_in_name,
    describe_run,
    public_name,
    shortened,
)
from leaderboard.readers.files.means import Mean
from leaderboard.readers.files.opening import Content, Document, JsonLines
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
from leaderboard.text.sentences import Phrase

from .lm_eval import HARNESS, SHARES
from .lm_eval_old import LOWER_IS_BETTER

# What a line holds beside its metrics.
OF_THE_QUESTION = {
    "doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics",
    "doc_hash", "prompt_hash", "target_hash", "alias", "task", "task_name", "schema",
}  # fmt: skip
SIGNS = {"filtered_resps", "resps", "filter", "doc_hash", "prompt_hash"}
# Made of all questions at once by another rule than the mean, though each question has a number.
NO_MEANS = {
    "perplexity", "ppl", "word_perplexity", "byte_perplexity", "bits_per_byte", "mcc",
    "matthews_correlation", "bleu", "chrf", "ter", "brier_score", "bypass",
}  # fmt: skip
MOST_METRICS = 500  # with their filters; a task has up to 20
NAME = re.compile(r"samples_(?P<task>.+?)(?:_\d{4}-\d\d-\d\dT[\d.\-:]+)?\.jsonl?", re.ASCII)


def detects(content: Content) -> bool:
    """Whether a file has a line for each question, as the harness logs samples."""
    data = content.first if isinstance(content, JsonLines) else getattr(content, "data", None)
    return isinstance(data, dict) and "doc_id" in data and bool(SIGNS & data.keys())


def read(content: Content, context: FileContext) -> Reading:
    """Returns the mean of every metric under every filter, with n and standard error.

    Raises Refused where file and maintainer name no LLM or no task.
    """
    named = _name(context.path)
    task = (named["task"] if named else "") or context.benchmark
    llm = context.llm or context.llm_nearby or _llm(context.path)
    _check_names(llm, task)
    samples = _add_up(content)
    measured_on = day_in_name(context.path)
    cells = list(samples.means.items())
    names = {cell: f"{task} / {','.join(cell)}" for cell, _ in cells}
    return Reading(
        results=tuple(
            _result(names[cell], cell, mean, llm, measured_on)
            for cell, mean in cells
            if cell not in samples.bad
        ),
        problems=tuple(samples.problem(cell, names[cell], llm) for cell in samples.bad),
        notes=tuple(_notes(samples)),
        llms={llm: draft_llm(llm)},
        metrics={names[cell]: _metric(task, cell) for cell, _ in cells},
        provenance=_provenance(llm, task, measured_on),
    )


# Names


def _name(path: str) -> re.Match[str] | None:
    return NAME.fullmatch(re.split(r"[\\/]", path)[-1])


def _llm(path: str) -> str:
    """Returns the LLM that the folder names: the harness writes org/model as “org__model”."""
    folders = re.split(r"[\\/]", path)[:-1]
    named = public_name(folders[-1]) if folders else ""
    return named if re.fullmatch(r"[\w.-]+?__[\w.-]+", named, re.ASCII) else ""


def _check_names(llm: str, task: str) -> None:
    if not llm:
        raise Refused(
            "A file of samples does not name its LLM. Import the folder “org__model” that the "
            "harness wrote, choose the LLM beside the file, or give --llm on the command line."
        )
    if not task:
        raise Refused(
            "A file of samples does not name its task. Name the file samples_<task>_<time>.jsonl "
            "as the harness does, choose the benchmark beside it, or give --benchmark on the "
            "command line."
        )


# Samples


@dataclass
class _Samples:
    """What the lines of a file add up to, by metric and filter."""

    means: dict[tuple[str, str], Mean] = field(default_factory=dict)
    bad: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)  # line, value
    other: set[str] = field(default_factory=set)  # metrics that are no means
    seen: dict[str, set[str]] = field(default_factory=dict)  # the questions under a filter

    def add(self, number: int, sample: dict[str, Any]) -> None:
        """Adds a line. Raises Refused for a question that stands twice."""
        filtered = as_text(sample.get("filter")) or "none"
        question = as_text(sample.get("doc_id"))
        if question in self.seen.setdefault(filtered, set()):
            raise Refused(
                "Line %(line)s holds question %(question)s a second time: the file was joined "
                "from several runs. Give each run alone.",
                line=f"{number:,}", question=shortened(question),
            )  # fmt: skip
        self.seen[filtered].add(question)
        for metric in _metrics(sample):
            self.add_value(number, (metric, filtered), sample.get(metric))

    def add_value(self, number: int, cell: tuple[str, str], value: object) -> None:
        if value is None:
            return
        score = as_number(int(value) if isinstance(value, bool) else value)
        if cell[0] in NO_MEANS or (score is None and not _is_unreadable(value)):
            self.other.add(cell[0])
            return
        if cell not in self.means and len(self.means) >= MOST_METRICS:
            raise Refused(
                "Line %(line)s holds a metric beyond the first %(most)s, more than any task has.",
                line=f"{number:,}", most=MOST_METRICS,
            )  # fmt: skip
        mean = self.means.setdefault(cell, Mean())
        if score is None:
            self.bad.setdefault(cell, (number, shortened(value)))
        else:
            mean.add(score)

    def problem(self, cell: tuple[str, str], metric: str, llm: str) -> Problem:
        """Describes a metric that has no mean, as one of its questions has no number."""
        number, value = self.bad[cell]
        where = Phrase("line %(number)s", number=f"{number:,}")
        reason = Phrase("%(value)s is not a number", value=value)
        remedy = Phrase("So there is no mean: the metric is left out.")
        return Problem(where, value, reason, remedy, llm, metric, is_missing=True)


def _is_unreadable(value: object) -> bool:
    return isinstance(value, NotANumber | Decimal | int)


def _metrics(sample: dict[str, Any]) -> list[str]:
    """Returns the names of the metrics: as the line lists them, else all that is no question's."""
    listed = sample.get("metrics")
    if isinstance(listed, list):
        return [name for name in listed if isinstance(name, str)]
    return [name for name in sample if name not in OF_THE_QUESTION]


def _add_up(content: Content) -> _Samples:
    samples = _Samples()
    for number, sample in _lines(content):
        if not (isinstance(sample, dict) and "doc_id" in sample):
            raise Refused(
                "Line %(line)s is not a sample with a doc_id, as the lines before it are. "
                "Give the file as the harness wrote it.",
                line=f"{number:,}",
            )
        samples.add(number, sample)
    return samples


def _lines(content: Content) -> Iterator[tuple[int, Any]]:
    if isinstance(content, JsonLines):
        yield from content.documents()
    elif isinstance(content, Document):  # the only line
        yield 1, content.data


# What they say


def _result(
    name: str, cell: tuple[str, str], mean: Mean, llm: str, measured_on: date | None
) -> Result:
    return Result(
        where=",".join(cell),
        llm=llm,
        metric=name,
        value=mean.value,
        question_count=mean.count or None,
        standard_error=mean.standard_error,
        unit="proportion" if cell[0] in SHARES else "",
        measured_on=measured_on,
    )


def _metric(task: str, cell: tuple[str, str]) -> MetricDraft:
    metric, filtered = cell
    return MetricDraft(
        name=metric + (f" ({filtered})" if filtered != "none" else ""),
        benchmark=task,
        unit="proportion" if metric in SHARES or metric == "f1" else "",
        higher_is_better=metric not in LOWER_IS_BETTER,
        is_share_of_questions=metric in SHARES,
    )


def _notes(samples: _Samples) -> Iterator[str]:
    yield Phrase(
        "The file does not say how many questions the task has: nothing tells a limited run from a "
        "whole one."
    )
    if samples.other:
        yield Phrase(
            "Not read, as their value is not the mean over questions: %(names)s.",
            names=short(", ".join(sorted(samples.other)), 200),
        )


def _provenance(llm: str, task: str, measured_on: date | None) -> Provenance:
    settings = ["means and standard errors worked out from samples"]
    return describe_run(HARNESS, "samples", [llm, task], settings, measured_on)
