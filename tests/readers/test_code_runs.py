"""Results of EvalPlus and of BigCodeBench: programs, and the tests that they passed."""

import io
import json
from datetime import date
from decimal import Decimal

import pytest

from leaderboard.readers.registry import read_file
from leaderboard.readers.results import (
    FileContext,
    LLMDraft,
    MetricDraft,
    Provenance,
    Refused,
    Result,
)

PLUS = "acme--tiny-1b_vllm_temp_0.0_eval_results.json"
BIG = (
    "acme--tiny-1b--main--bigcodebench-hard-complete--vllm-0.0-1-"
    "sanitized_calibrated_eval_results.json"
)
SHARE = {"unit": "proportion", "is_share_of_questions": True}
LLMS = {"acme/tiny-1b": LLMDraft("tiny-1b", "acme", huggingface_id="acme/tiny-1b")}


def read(data, path, **asked):
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return read_file(io.BytesIO(content), path, FileContext(**asked)).reading


def refusal(data, path, **asked):
    with pytest.raises(Refused) as refused:
        read(data, path, **asked)
    return str(refused.value)


def program(task, base="pass", plus="pass"):
    return {
        "task_id": task, "solution": "def f(): pass", "base_status": base, "plus_status": plus,
        "base_fail_tests": [], "plus_fail_tests": [[1, [2]]],
    }  # fmt: skip


def evalplus(states, name="HumanEval", **changes):
    """Programs of tasks 0, 1, …: for each task a list of (base, plus)."""
    tasks = {
        f"{name}/{number}": [program(f"{name}/{number}", *state) for state in of_task]
        for number, of_task in enumerate(states)
    }
    return {"date": "2025-03-06 10:11", "hash": "fe585eb4", "eval": tasks} | changes


GOOD, LUCKY, BAD = ("pass", "pass"), ("pass", "fail"), ("fail", "fail")
WHOLE = [[GOOD]] * 82 + [[LUCKY]] * 41 + [[("timeout", "pass")]] * 41
STATED = {"base": {"pass@1": 0.75}, "plus": {"pass@1": 0.5}}


def test_evalplus_is_read_for_the_base_tests_and_for_all():
    reading = read(evalplus(WHOLE, pass_at_k=STATED), PLUS)
    day = date(2025, 3, 6)
    assert reading.results == (
        Result("base › pass@1", "acme/tiny-1b", "HumanEval / pass@1", Decimal("0.75"), 164, 164,
               unit="proportion", measured_on=day),
        Result("plus › pass@1", "acme/tiny-1b", "HumanEval Plus / pass@1", Decimal("0.5"), 164, 164,
               unit="proportion", measured_on=day),
    )  # fmt: skip
    assert (reading.problems, reading.llms) == ((), LLMS)
    assert reading.metrics == {
        "HumanEval / pass@1": MetricDraft("pass@1", "HumanEval", question_count=164, **SHARE),
        "HumanEval Plus / pass@1": MetricDraft(
            "pass@1", "HumanEval Plus", question_count=164, **SHARE
        ),
    }
    assert reading.provenance == Provenance(
        title="EvalPlus results of acme/tiny-1b, HumanEval Plus, 2025-03-06",
        harness="EvalPlus",
        settings="temperature 0.0; backend vllm; data set fe585eb4",
        date=day,
    )


def test_base_tests_alone_have_one_result():
    reading = read(evalplus([[("pass", None)], [("fail", None)]], "Mbpp"), PLUS)
    assert [
        (each.metric, each.value, each.question_count, each.expected_count)
        for each in reading.results
    ] == [("MBPP / pass@1", Decimal("0.5"), 2, None)]


def test_several_programs_for_a_task_have_the_error_of_the_tasks():
    states = [[GOOD, BAD], [GOOD, GOOD], [BAD, BAD], [GOOD, BAD]]
    more = {"base": {"pass@1": 0.5, "pass@10": 0.9}, "plus": {"pass@1": 0.5}}
    reading = read(evalplus(states, pass_at_k=more), PLUS)
    base, ten, plus = reading.results
    assert (base.value, base.question_count, base.is_partial) == (Decimal("0.5"), 4, True)
    assert base.standard_error.quantize(Decimal("1e-6")) == Decimal("0.204124")
    assert (ten.metric, ten.value, ten.standard_error) == (
        "HumanEval / pass@10", Decimal("0.9"), None,
    )  # fmt: skip
    assert not any(draft.is_share_of_questions for draft in reading.metrics.values())
    assert plus.metric == "HumanEval Plus / pass@1"


def test_a_stated_share_that_the_programs_do_not_have_is_a_problem():
    reading = read(evalplus(WHOLE, pass_at_k=STATED | {"plus": {"pass@1": 0.9}}), PLUS)
    assert [each.metric for each in reading.results] == ["HumanEval / pass@1"]
    assert [
        (each.where, each.value, each.reason, each.is_missing) for each in reading.problems
    ] == [("plus › pass@1", "0.9", "By its programs it is 0.5", False)]


@pytest.mark.parametrize(
    ("path", "llm"),
    [
        ("evalplus_results/humaneval/acme--tiny-1b_hf_temp_0.2.eval_results.json", "acme/tiny-1b"),
        ("humaneval/tiny-1b_temp_0.0/eval_results.json", "tiny-1b"),
        ("gpt-4o-2024-08-06_openai_temp_0.0_eval_results.json", "gpt-4o-2024-08-06"),
    ],
)
def test_the_name_of_an_evalplus_file_or_folder_holds_the_llm(path, llm):
    assert {each.llm for each in read(evalplus(WHOLE), path).results} == {llm}


def test_an_unnamed_file_of_evalplus_asks_for_its_llm():
    assert refusal(evalplus(WHOLE), "x.json").startswith("The file does not name its LLM.")
    reading = read(evalplus(WHOLE), "x.json", llm="Mine")
    assert {each.llm for each in reading.results} == {"Mine"}


OLD = {"HumanEval/0": {"nfiles": 1, "base": [["success", [True]]], "plus": None}}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (evalplus([]), "This file has the shape of EvalPlus results, but no result in it."),
        (evalplus([[]]), "This is a JSON document, but none that can be imported."),
        (
            evalplus([], eval=OLD),
            "Task HumanEval/0 has no list of programs: the file is",
        ),
        (evalplus([], eval=evalplus(WHOLE)["eval"] | {"x": [1]}), "Task x has no list of programs"),
        (json.dumps(evalplus(WHOLE)).encode()[:5000], "This is not correct JSON"),
    ],
)
def test_a_malformed_file_of_evalplus_is_refused_with_one_sentence(data, sentence):
    assert refusal(data, PLUS).startswith(sentence)


def bigcodebench(states, **changes):
    tasks = {
        f"BigCodeBench/{number}": [
            {"task_id": f"BigCodeBench/{number}", "solution": "x = 1", "status": state,
             "details": {"test_a": "Traceback /home/me"}}
        ]
        for number, state in enumerate(states)
    }  # fmt: skip
    return {"date": "2025-03-06 10:11", "eval": tasks} | changes


SUMMARY = {
    "pass@1": 0.25, "model": "acme--tiny-1b--main", "split": "complete", "subset": "hard",
    "calibrated": True, "gt_pass_rate": 0.993, "failed_tasks": ["BigCodeBench/3"],
}  # fmt: skip


def test_bigcodebench_is_read_from_its_programs():
    reading = read(bigcodebench(["pass"] * 37 + ["fail"] * 111), BIG)
    day, name = date(2025, 3, 6), "BigCodeBench-Complete (Hard)"
    assert reading.results == (
        Result("pass@1", "acme/tiny-1b", f"{name} / pass@1", Decimal("0.25"), 148, 148,
               unit="proportion", measured_on=day),
    )  # fmt: skip
    assert reading.llms == LLMS
    assert reading.metrics == {
        f"{name} / pass@1": MetricDraft("pass@1", name, question_count=148, **SHARE)
    }
    assert reading.provenance == Provenance(
        title=f"BigCodeBench results of acme/tiny-1b, {name}, 2025-03-06",
        harness="BigCodeBench",
        settings="model revision main; backend vllm; temperature 0.0; programs for each task 1",
        date=day,
    )


def test_the_summary_of_bigcodebench_states_the_same():
    reading = read(SUMMARY, "pass_at_k.json")
    assert [
        (each.llm, each.metric, each.value, each.question_count) for each in reading.results
    ] == [("acme/tiny-1b", "BigCodeBench-Complete (Hard) / pass@1", Decimal("0.25"), 148)]
    assert reading.provenance.settings == (
        "model revision main; calibrated; pass rate of the reference programs 0.993"
    )


def test_the_whole_benchmark_and_its_other_part_have_names_of_their_own():
    full = read(SUMMARY | {"subset": "full", "split": "instruct", "pass@5": 0.5}, "x.json")
    assert [(each.metric, each.expected_count) for each in full.results] == [
        ("BigCodeBench-Instruct / pass@1", 1140), ("BigCodeBench-Instruct / pass@5", 1140),
    ]  # fmt: skip


def test_a_part_of_the_tasks_of_bigcodebench_is_partial():
    name = "acme--tiny--bigcodebench-instruct--hf-0-1_eval_results.json"
    [result] = read(bigcodebench(["pass"] * 10), name).results
    assert (result.question_count, result.expected_count, result.is_partial) == (10, 1140, True)


def test_what_neither_name_nor_file_says_is_asked():
    one = bigcodebench(["pass"])
    assert refusal(one, "x.json").startswith("The file does not name its LLM.")
    assert refusal(one, "x.json", llm="A").startswith("The file does not say which part of Big")
    [result] = read(one, "x.json", llm="Mine", benchmark="BigCodeBench").results
    assert (result.llm, result.metric) == ("Mine", "BigCodeBench / pass@1")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (bigcodebench([]), "This file has the shape of BigCodeBench results, but no result in it."),
        (bigcodebench([], eval={"a": [{"status": "pass"}], "b": {}}), "Task b has no list of"),
        (SUMMARY | {"model": ""}, "The file does not name its LLM."),
        (json.dumps(bigcodebench(["pass"] * 9)).encode()[:300], "This is not correct JSON"),
    ],
)
def test_a_malformed_file_of_bigcodebench_is_refused_with_one_sentence(data, sentence):
    path = "pass_at_k.json" if isinstance(data, dict) and "model" in data else BIG
    assert refusal(data, path).startswith(sentence)


def test_a_summary_with_a_share_that_is_no_number_reports_it():
    reading = read(json.dumps(SUMMARY | {"pass@1": float("nan")}).encode(), "x.json")
    assert (reading.results, [each.where for each in reading.problems]) == ((), ["pass@1"])
