"""The results that lighteval writes."""

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
    Result,
)
from tests.readers.json_files import read_refusal

NAME = "results_2025-03-06T10-11-12.345678.json"


def task(name, asked, questions, *metrics):
    """The configuration of a task, with what lighteval keeps beside."""
    return {
        "name": name,
        "prompt_function": "prompt",
        "hf_repo": f"acme/{name}",
        "metric": [
            {"metric_name": metric, "higher_is_better": metric != "wer", "category": "3"}
            for metric in metrics
        ],
        "stop_sequence": ["Question="],
        "original_num_docs": questions,
        "effective_num_docs": asked,
        "version": 0,
    }


def run(**changes):
    return {
        "config_general": {
            "lighteval_sha": "203045a8",
            "num_fewshot_seeds": 1,
            "max_samples": None,
            "job_id": "/scratch/me/42",
            "start_time": 620979.879320166,
            "end_time": 621004.632108041,
            "total_evaluation_time_secondes": "24.75",
            "model_name": "acme/tiny-1b",
            "model_sha": "607a30d7",
            "model_dtype": "torch.bfloat16",
            "model_size": "476.2 MB",
        },
        "results": {
            "leaderboard|arc:challenge|25": {"acc": 0.25, "acc_stderr": 0.0127, "wer": 3.5},
            "lighteval|gsm8k|5|0": {"qem": 0.5, "qem_stderr": 0.0},
            "leaderboard|mmlu:_average|5": {"acc": 0.4, "acc_stderr": 0.03},
            "all": {"acc": 0.325, "acc_stderr": 0.02},
        },
        "versions": {"leaderboard|arc:challenge|25": 0, "lighteval|gsm8k|5": 1},
        "config_tasks": {
            "leaderboard|arc:challenge": task("arc:challenge", 1172, 1172, "acc", "wer"),
            "lighteval|gsm8k": task("gsm8k", 1319, 1319, "qem"),
        },
        "summary_tasks": {"leaderboard|arc:challenge|25": {"hashes": {}, "padded": 0}},
        "summary_general": {"hashes": {}},
    } | changes


def general(**changes):
    return run(config_general=run()["config_general"] | changes)


def read(data, path=NAME, **asked):
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return read_file(io.BytesIO(content), path, FileContext(**asked)).reading


def test_every_metric_of_every_task_is_read_but_not_the_mean_of_all():
    reading = read(run())
    acme, day = "acme/tiny-1b", date(2025, 3, 6)
    arc = "leaderboard|arc:challenge|25"
    assert reading.results == (
        Result(f"results › {arc} › acc", acme, f"{arc} / acc", Decimal("0.25"), 1172, 1172,
               Decimal("0.0127"), "proportion", day),
        Result(f"results › {arc} › wer", acme, f"{arc} / wer", Decimal("3.5"), 1172, 1172,
               measured_on=day),
        Result("results › lighteval|gsm8k|5|0 › qem", acme, "lighteval|gsm8k|5|0 / qem",
               Decimal("0.5"), 1319, 1319, unit="proportion", measured_on=day),
        Result("results › leaderboard|mmlu:_average|5 › acc", acme,
               "leaderboard|mmlu:_average|5 / acc", Decimal("0.4"), None, None, Decimal("0.03"),
               "proportion", day),
    )  # fmt: skip
    assert reading.notes == (
        "Not read: “all”, the mean of whatever this run measured.",
        "Means of the parts of a task, which count twice beside their parts unless their metrics "
        "here are aggregates: leaderboard|mmlu:_average|5.",
    )
    assert reading.llms == {acme: LLMDraft("tiny-1b", "acme", huggingface_id=acme)}


def test_the_metrics_of_lighteval_are_described():
    share = {"unit": "proportion", "is_share_of_questions": True}
    assert read(run()).metrics == {
        "leaderboard|arc:challenge|25 / acc":
            MetricDraft("acc", "arc:challenge", question_count=1172, **share),
        "leaderboard|arc:challenge|25 / wer":
            MetricDraft("wer", "arc:challenge", question_count=1172, higher_is_better=False),
        "lighteval|gsm8k|5|0 / qem": MetricDraft("qem", "gsm8k", question_count=1319, **share),
        "leaderboard|mmlu:_average|5 / acc": MetricDraft("acc", "mmlu", "proportion"),
    }  # fmt: skip


def test_the_provenance_of_lighteval_tells_the_run_and_nothing_private():
    assert read(run()).provenance == Provenance(
        title="lighteval results of acme/tiny-1b, 2025-03-06",
        harness="lighteval",
        settings="n-shot: arc:challenge 25, gsm8k 5, mmlu:_average 5; "
        "task versions: leaderboard|arc:challenge|25 0, lighteval|gsm8k|5 1; "
        "model revision 607a30d7; dtype torch.bfloat16; lighteval commit 203045a8",
        date=date(2025, 3, 6),
    )


def test_the_newer_shape_has_its_model_in_an_object_and_no_suites():
    new = run(
        config_general={
            "lighteval_sha": "?",
            "max_samples": None,
            "model_name": "/home/me/tiny",
            "model_config": {
                "model_name": "acme/tiny-1b", "revision": "main", "dtype": "float16",
                "use_chat_template": True, "api_key": "hf_abcdefghijklmnopq",
                "generation_parameters": {"temperature": 0.6, "seed": None},
            },
        },
        results={
            "aime24|0": {"pass@k:k=1&n=1": 0.3, "pass@k:k=1&n=1_stderr": 0.08},
            "gpqa:diamond|0": {"gpqa_pass@k:k=1": 0.5},
        },
        versions={"aime24|0": 2},
        config_tasks={"aime24|0": task("aime24", 30, 30) | {"metrics": []}},
    )  # fmt: skip
    reading = read(new)
    assert [
        (each.llm, each.metric, each.question_count, each.standard_error, each.unit)
        for each in reading.results
    ] == [
        ("tiny", "aime24|0 / pass@k:k=1&n=1", 30, Decimal("0.08"), "proportion"),
        ("tiny", "gpqa:diamond|0 / gpqa_pass@k:k=1", None, None, "proportion"),
    ]
    assert [draft.benchmark for draft in reading.metrics.values()] == ["aime24", "gpqa:diamond"]
    assert reading.provenance.settings == (
        "n-shot: 0; task versions: aime24|0 2; model revision main; dtype float16; "
        "use_chat_template True; temperature 0.6"
    )


def test_a_limited_run_of_lighteval_is_partial():
    limited = general(max_samples=10)
    limited["config_tasks"]["leaderboard|arc:challenge"]["effective_num_docs"] = 10
    del limited["config_tasks"]["lighteval|gsm8k"]
    counts = [
        (each.question_count, each.expected_count, each.is_partial)
        for each in read(limited).results
    ]
    assert counts == [(10, 1172, True), (10, 1172, True), (None, None, True), (None, None, True)]
    assert "limit 10" in read(limited).provenance.settings


def test_one_task_with_different_shots_is_two_benchmarks():
    results = {f"suite|arc|{shots}": {"acc": 0.5} for shots in (0, 25)}
    drafts = read(run(results=results)).metrics.values()
    assert [draft.benchmark for draft in drafts] == ["suite|arc|0", "suite|arc|25"]


def test_a_file_of_another_name_has_no_day():
    assert read(run(), "tiny.json").provenance.date is None
    assert read(run(), "2025-03-06/results.json").provenance.date is None


def test_values_of_lighteval_that_are_no_scores_are_reported():
    text = json.dumps(run(results={"a|0": {"acc": float("nan"), "f1": "x", "em": None}}))
    reading = read(text.encode())
    assert [(each.metric, each.value) for each in reading.results] == [("a|0 / em", None)]
    assert [(each.where, each.is_missing) for each in reading.problems] == [
        ("results › a|0 › acc", True), ("results › a|0 › f1", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (run(results={}), "This file has the shape of lighteval results, but no result in it."),
        (run(results={"all": {"acc": 1}}), "This file has the shape of lighteval results, but no"),
        (run(results={"a|0": [1]}), "This file has the shape of lighteval results, but no result"),
        (general(model_name=""), "The file does not name its LLM"),
        (general(model_name=None), "The file does not name its LLM"),
        (json.dumps(run()).encode()[:700], "This is not correct JSON"),
    ],
)
def test_a_malformed_file_of_lighteval_is_refused_with_one_sentence(content, sentence):
    assert read_refusal(content).startswith(sentence)


def test_a_file_of_odd_types_is_read_as_far_as_it_goes():
    odd = {"versions": 1, "config_tasks": {"a|0": [1]}, "results": {"a|0": {"acc": 0.5}}}
    reading = read(general(model_config=[], max_samples="x", lighteval_sha=None) | odd)
    assert [(each.value, each.question_count) for each in reading.results] == [
        (Decimal("0.5"), None)
    ]
