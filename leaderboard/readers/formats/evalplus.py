"""EvalPlus `…_eval_results.json`: HumanEval and MBPP with their authors' tests, and with more.

Its name holds the LLM: `org--model_vllm_temp_0.0_eval_results.json`, in older versions its folder.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from leaderboard.readers.files.json_values import (
    as_day,
    as_mapping,
    as_number,
    as_text,
    describe_run,
    find_problem,
)
from leaderboard.readers.files.opening import Content, Document
from leaderboard.readers.results import (
    FileContext,
    MetricDraft,
    Problem,
    Provenance,
    Reading,
    Result,
    draft_llm,
)

from .code_runs import (
    FIRST,
    Passed,
    count_passed,
    draft_of,
    entries,
    explain_no_llm,
    find_contradiction,
    model_name,
    result_of,
)

HARNESS = "EvalPlus"
BENCHMARKS = {"HumanEval": "HumanEval", "Mbpp": "MBPP"}  # by the start of a task's name
MORE = " Plus"  # “HumanEval+” would fold to the key and address of HumanEval
TASKS = {"HumanEval": 164}  # versions of MBPP+ differ in their tasks
NAME = re.compile(
    r"(?P<model>.+?)(?:_(?P<backend>[a-z][a-z0-9-]*))?_temp_(?P<temperature>\d+(?:\.\d+)?)(?!\d)",
    re.ASCII,
)


class Part(NamedTuple):
    """The tests of a benchmark's authors (base), or these and more (plus)."""

    key: str
    benchmark: str
    passed: Passed
    stated: dict[str, Any]  # pass@k by its name

    def metric(self, name: str) -> str:
        return f"{self.benchmark} / {name}"

    def where(self, name: str) -> str:
        return f"{self.key} › {name}"


def detects(content: Content) -> bool:
    """Whether a file has programs for tasks, each with the state of base and plus tests."""
    data = content.data if isinstance(content, Document) else None
    tasks = data.get("eval") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(tasks, dict):
        return False
    first = next(iter(tasks.values()), None)
    one = as_mapping(first[0]) if isinstance(first, list) and first else as_mapping(first)
    return bool({"base_status", "base"} & one.keys()) or (not tasks and "hash" in data)


def read(content: Content, context: FileContext) -> Reading:
    """Returns pass@1, as counted, and pass@k, as stated, of the base tests and of all tests.

    Raises Refused where neither the file's name nor the maintainer names the LLM.
    """
    data: dict[str, Any] = content.data if isinstance(content, Document) else {}
    tasks = entries(data)
    named = _named(context.path)
    llm = context.llm or (model_name(named["model"])[0] if named else "")
    if not llm:
        raise explain_no_llm()
    parts, day = list(_parts(data, tasks)), as_day(data.get("date"))
    results = [result for part in parts for result in _results(part, llm, day)]
    problems = [problem for part in parts for problem in _problems(part, llm)]
    unread = {problem.where for problem in problems}
    return Reading(
        results=tuple(result for result in results if result.where not in unread),
        problems=tuple(problems),
        llms={llm: draft_llm(llm)},
        metrics=dict(_metrics(parts)),
        provenance=_provenance(data, llm, parts, named, day),
    )


def _named(path: str) -> re.Match[str] | None:
    """Returns what the file's name says, else what its folder's says."""
    parts = re.split(r"[\\/]", path)
    return NAME.match(parts[-1]) or (NAME.match(parts[-2]) if len(parts) > 1 else None)


def _parts(data: dict[str, Any], tasks: dict[str, list[dict[str, Any]]]) -> Iterator[Part]:
    if not tasks:
        return
    start = next(iter(tasks)).partition("/")[0]
    benchmark, stated = BENCHMARKS.get(start, start), as_mapping(data.get("pass_at_k"))
    base = count_passed(tasks, lambda program: program.get("base_status") == "pass")
    yield Part("base", benchmark, base, as_mapping(stated.get("base")))
    if all(
        isinstance(one.get("plus_status"), str) for programs in tasks.values() for one in programs
    ):
        plus = count_passed(
            tasks,
            lambda program: program.get("base_status") == program.get("plus_status") == "pass",
        )
        yield Part("plus", f"{benchmark}{MORE}", plus, as_mapping(stated.get("plus")))


def _more(part: Part) -> dict[str, Any]:
    """Returns pass@10 and pass@100, which the file states."""
    return {name: value for name, value in part.stated.items() if name != FIRST}


def _results(part: Part, llm: str, day: date | None) -> Iterator[Result]:
    expected = TASKS.get(part.benchmark.removesuffix(MORE))
    yield result_of(
        part.passed, part.where(FIRST), llm, part.metric(FIRST),
        expected_count=expected, measured_on=day,
    )  # fmt: skip
    for name, value in _more(part).items():
        yield Result(
            where=part.where(name), llm=llm, metric=part.metric(name), value=as_number(value),
            question_count=part.passed.mean.count, expected_count=expected, unit="proportion",
            measured_on=day,
        )  # fmt: skip


def _problems(part: Part, llm: str) -> Iterator[Problem]:
    yield from find_contradiction(
        part.stated.get(FIRST), part.passed, part.where(FIRST), llm, part.metric(FIRST)
    )
    for name, value in _more(part).items():
        if unreadable := find_problem(value, part.where(name), llm, part.metric(name)):
            yield unreadable


def _metrics(parts: list[Part]) -> Iterator[tuple[str, MetricDraft]]:
    for part in parts:
        questions = TASKS.get(part.benchmark.removesuffix(MORE))
        one = part.passed.is_one_each
        yield part.metric(FIRST), draft_of(FIRST, part.benchmark, questions, one)
        for name in _more(part):
            yield part.metric(name), draft_of(name, part.benchmark, questions, False)


def _provenance(
    data: dict[str, Any],
    llm: str,
    parts: list[Part],
    named: re.Match[str] | None,
    day: date | None,
) -> Provenance:
    tests = parts[-1].benchmark if parts else HARNESS
    hashed = as_text(data.get("hash"))
    settings = [
        f"temperature {named['temperature']}" if named else "",
        f"backend {named['backend']}" if named and named["backend"] else "",
        f"data set {hashed}" if hashed else "",
    ]
    return describe_run(HARNESS, "results", [llm, tests], settings, day)
