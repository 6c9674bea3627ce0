"""BigCodeBench: `…_eval_results.json`, programs for each task; `…_pass_at_k.json`, its summary.

Their names hold the LLM and the part of the benchmark:
`org--model--main--bigcodebench-hard-complete--vllm-0.0-1-sanitized_calibrated_eval_results.json`.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

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
    Provenance,
    Reading,
    Refused,
    Result,
    draft_llm,
)

from .code_runs import FIRST, count_passed, draft_of, entries, explain_no_llm, model_name, result_of

HARNESS = "BigCodeBench"
TASKS = {"full": 1140, "hard": 148}
NAME = re.compile(
    r"(?P<model>.+?)--bigcodebench(?P<hard>-hard)?-(?P<split>complete|instruct)"
    r"(?:--(?P<backend>[\w]+)-(?P<temperature>[\d.]+)-(?P<programs>\d+))?",
    re.ASCII,
)


def detects(content: Content) -> bool:
    """Whether a file has programs for tasks with one state each, or the summary of them."""
    data = content.data if isinstance(content, Document) else None
    if not isinstance(data, dict):
        return False
    if {"split", "subset"} <= data.keys():
        return any(key.startswith("pass@") for key in data)
    tasks = data.get("eval")
    if not isinstance(tasks, dict):
        return False
    first = next(iter(tasks.values()), None)
    one = as_mapping(first[0]) if isinstance(first, list) and first else {}
    return "status" in one or (not tasks and "date" in data)


def read(content: Content, context: FileContext) -> Reading:
    """Returns pass@1 as counted, or pass@k as the summary states it.

    Raises Refused where neither file nor maintainer names the LLM or the part of the benchmark.
    """
    data: dict[str, Any] = content.data if isinstance(content, Document) else {}
    named = NAME.match(re.split(r"[\\/]", context.path)[-1])
    stated = as_text(data.get("model")) or (named["model"] if named else "")
    name, revision = model_name(stated)
    llm = context.llm or name
    if not llm:
        raise explain_no_llm()
    return (_read_summary if "eval" not in data else _read_programs)(
        data, context, llm, _settings(data, named, revision)
    )


def _benchmark(split: str, subset: str) -> str:
    """Returns the name that the authors' leaderboard has: BigCodeBench-Complete (Hard)."""
    hard = " (Hard)" if subset == "hard" else ""
    return f"{HARNESS}-{split[:40].capitalize()}{hard}"


def _read_programs(
    data: dict[str, Any], context: FileContext, llm: str, settings: list[str]
) -> Reading:
    tasks, day = entries(data), as_day(data.get("date"))
    named = NAME.match(re.split(r"[\\/]", context.path)[-1])
    subset = "hard" if (named and named["hard"]) or len(tasks) == TASKS["hard"] else "full"
    benchmark = _benchmark(named["split"], subset) if named else context.benchmark
    if not benchmark:
        raise Refused(
            "The file does not say which part of BigCodeBench it is of. Import it under the name "
            "that the program gave it, choose the benchmark beside the file, or give --benchmark "
            "on the command line."
        )
    metric = f"{benchmark} / {FIRST}"
    passed = count_passed(tasks, lambda program: program.get("status") == "pass")
    result = result_of(passed, FIRST, llm, metric, expected_count=TASKS[subset], measured_on=day)
    return Reading(
        results=(result,) if tasks else (),
        llms={llm: draft_llm(llm)},
        metrics={metric: draft_of(FIRST, benchmark, TASKS[subset], passed.is_one_each)},
        provenance=_provenance(llm, benchmark, settings, day),
    )


def _read_summary(
    data: dict[str, Any], context: FileContext, llm: str, settings: list[str]
) -> Reading:
    subset = as_text(data.get("subset"))
    benchmark = _benchmark(as_text(data.get("split")), subset)
    shares = {key: value for key, value in data.items() if key.startswith("pass@")}
    names = {key: f"{benchmark} / {key}" for key in shares}
    problems = [
        problem
        for key, value in shares.items()
        if (problem := find_problem(value, key, llm, names[key]))
    ]
    unread = {problem.where for problem in problems}
    questions = TASKS.get(subset)
    return Reading(
        results=tuple(
            Result(key, llm, names[key], as_number(value), questions, questions, unit="proportion")
            for key, value in shares.items()
            if key not in unread
        ),
        problems=tuple(problems),
        llms={llm: draft_llm(llm)},
        metrics={names[key]: draft_of(key, benchmark, questions, key == FIRST) for key in shares},
        provenance=_provenance(llm, benchmark, settings, None),
    )


def _settings(data: dict[str, Any], named: re.Match[str] | None, revision: str) -> list[str]:
    def list_settings() -> Iterator[str]:
        yield f"model revision {revision}" if revision else ""
        if named and named["backend"]:
            yield f"backend {named['backend']}"
            yield f"temperature {named['temperature']}"
            yield f"programs for each task {named['programs']}"
        if isinstance(data.get("calibrated"), bool):
            yield "calibrated" if data["calibrated"] else "not calibrated"
        rate = as_text(data.get("gt_pass_rate"))
        yield f"pass rate of the reference programs {rate}" if rate else ""

    return list(list_settings())


def _provenance(llm: str, benchmark: str, settings: list[str], day: date | None) -> Provenance:
    return describe_run(HARNESS, "results", [llm, benchmark], settings, day)
