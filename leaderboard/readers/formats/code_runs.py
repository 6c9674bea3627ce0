"""Programs that an LLM wrote and tests that they passed: what EvalPlus and BigCodeBench share."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from leaderboard.readers.files.json_values import as_mapping, as_number, public_name, shortened
from leaderboard.readers.files.means import Mean
from leaderboard.readers.results import MetricDraft, Problem, Refused, Result
from leaderboard.text.sentences import Phrase

FIRST = "pass@1"
TOLERANCE = Decimal("1e-6")  # between a stated share, a float, and the one that is counted


class Passed(NamedTuple):
    """The share of each task's programs that passed, as a mean over tasks."""

    mean: Mean
    is_one_each: bool  # one program for each task: pass@1 is a share of the tasks


def entries(data: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Returns the programs of each task. Raises Refused for an older shape, without lists."""
    tasks = as_mapping(data.get("eval"))
    for task, programs in tasks.items():
        if not isinstance(programs, list) or not all(isinstance(one, dict) for one in programs):
            raise Refused(
                "Task %(task)s has no list of programs: the file is of another version. "
                "Evaluate again with a present one.",
                task=shortened(task),
            )
    return {task: programs for task, programs in tasks.items() if programs}


def count_passed(
    tasks: dict[str, list[dict[str, Any]]], passes: Callable[[dict[str, Any]], bool]
) -> Passed:
    """Returns pass@1: the mean over tasks of the share of programs that pass."""
    mean = Mean()
    for programs in tasks.values():
        mean.add(Decimal(sum(map(passes, programs))) / len(programs))
    return Passed(mean, all(len(programs) == 1 for programs in tasks.values()))


def result_of(passed: Passed, where: str, llm: str, metric: str, **more: Any) -> Result:
    """Returns pass@1 as counted; its error is that of the tasks, given where it is no share."""
    return Result(
        where=where,
        llm=llm,
        metric=metric,
        value=passed.mean.value,
        question_count=passed.mean.count,
        standard_error=None if passed.is_one_each else passed.mean.standard_error,
        unit="proportion",
        **more,
    )


def draft_of(name: str, benchmark: str, questions: int | None, is_share: bool) -> MetricDraft:
    """Describes a share of tasks that were solved."""
    return MetricDraft(
        name, benchmark, "proportion", question_count=questions, is_share_of_questions=is_share
    )


def find_contradiction(
    stated: object, passed: Passed, where: str, llm: str, metric: str
) -> Iterator[Problem]:
    """Yields a problem if the file states another pass@1 than its programs have."""
    number, value = as_number(stated), passed.mean.value
    if number is not None and value is not None and abs(number - value) > TOLERANCE:
        counted = f"{value.quantize(TOLERANCE).normalize():f}"
        reason = Phrase("By its programs it is %(value)s", value=counted)
        remedy = Phrase("The file was changed or joined: give the one that the evaluation wrote.")
        yield Problem(where, shortened(stated), reason, remedy, llm, metric)


def explain_no_llm() -> Refused:
    """Builds the refusal of a file whose name does not hold the LLM."""
    return Refused(
        "The file does not name its LLM. Import it under the name that the program gave it, choose "
        "the LLM beside the file, or give --llm on the command line."
    )


def model_name(text: str) -> tuple[str, str]:
    """Returns (name, revision) of a model as these programs write it: org--model--revision."""
    parts = text.split("--")
    name = public_name("/".join(parts[:2]))
    return name, "--".join(parts[2:])
