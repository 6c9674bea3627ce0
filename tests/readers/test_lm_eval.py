"""The results that lm-evaluation-harness writes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from leaderboard.readers.results import (
    FileContext,
    LLMDraft,
    MetricDraft,
    Problem,
    Provenance,
    Result,
)
from tests.readers.json_files import DATA, read, read_refusal, sample, scores, shared

# lm-evaluation-harness


def lm_eval(**changes):
    return {
        "results": {"quiz": {"acc,none": 0.5}},
        "config": {"model_args": ""},
        "model_name": "acme/tiny",
    } | changes


def test_an_lm_eval_file_is_read_with_counts_errors_and_units():
    reading = read((DATA / "lm_eval.json").read_bytes())
    assert [
        (
            each.metric,
            str(each.value),
            each.question_count,
            each.expected_count,
            each.standard_error,
            each.unit,
            each.is_partial,
        )
        for each in reading.results
    ] == [
        ("pair / acc,none", "0.7", 200, 200, Decimal("0.03"), "proportion", False),
        ("pair / mcc,none", "-0.1", 100, 100, Decimal("0.05"), "", False),
        (
            "trivia / exact_match,strict-match",
            "0.25",
            20,
            13812,
            Decimal("0.0993"),
            "proportion",
            True,
        ),
        ("trivia / exact_match,flexible-extract", "0.30", 20, 13812, None, "proportion", True),
        ("first / acc,none", "0.8", 100, 100, Decimal("0.04"), "proportion", False),
        ("second / acc,none", "0.6", 100, 100, None, "proportion", False),
        ("second / mcc,none", "-0.1", 100, 100, None, "", False),
        ("text / perplexity,none", "3.132956287509586", None, None, None, "", True),
        ("text / bleu,none", "0.577", None, None, None, "", True),
        ("text / judge,none", "89.156", None, None, None, "", True),
    ]
    assert {each.llm for each in reading.results} == {"Tiny-1B"}
    assert reading.llms == {"Tiny-1B": LLMDraft("Tiny-1B", parameters=Decimal("1.235"))}


def test_lm_eval_values_that_are_no_scores_are_reported():
    assert read((DATA / "lm_eval.json").read_bytes()).problems == (
        Problem(
            "results › text › f1,none",
            "NaN",
            "NaN is not a number",
            "It is left out: there is no score to store.",
            "Tiny-1B",
            "text / f1,none",
            is_missing=True,
        ),
        Problem(
            "results › text › rouge,none",
            "1E+999",
            "1E+999 is too large",
            "Scores are below 10¹⁵. Correct it in the file, or take it out.",
            "Tiny-1B",
            "text / rouge,none",
        ),
    )


def test_lm_eval_metrics_are_described_and_never_guessed():
    metrics = read((DATA / "lm_eval.json").read_bytes()).metrics
    share = MetricDraft(
        "exact_match (strict-match)",
        "trivia",
        "proportion",
        question_count=13812,
        is_share_of_questions=True,
    )
    points = {"unit": "points", "minimum": Decimal(-1), "maximum": Decimal(1)}
    acc = MetricDraft("acc", "pair", "proportion", question_count=200, is_share_of_questions=True)
    assert metrics == {
        "pair / acc,none": acc,
        "pair / mcc,none": MetricDraft("mcc", "pair", question_count=100, **points),
        "trivia / exact_match,strict-match": share,
        "trivia / exact_match,flexible-extract": replace(
            share, name="exact_match (flexible-extract)"
        ),
        "first / acc,none": replace(acc, benchmark="first", question_count=100),
        "second / acc,none": replace(acc, benchmark="second", question_count=100),
        "second / mcc,none": MetricDraft("mcc", "second", question_count=100, **points),
        "text / perplexity,none": MetricDraft("perplexity", "text", higher_is_better=False),
        "text / bleu,none": MetricDraft("bleu", "text"),
        "text / judge,none": MetricDraft("judge", "text", higher_is_better=False),
        "text / f1,none": MetricDraft("f1", "text", "proportion"),
        "text / rouge,none": MetricDraft("rouge", "text"),
    }


def test_where_an_lm_eval_file_does_not_say_which_end_is_better_the_metric_does():
    reading = read(lm_eval(results={"text": {"word_perplexity,none": 9.5, "acc,none": 0.5}}))
    assert [draft.higher_is_better for draft in reading.metrics.values()] == [False, True]


def test_lm_eval_provenance_tells_the_run_and_nothing_private():
    reading = read((DATA / "lm_eval.json").read_bytes())
    assert reading.provenance == Provenance(
        title="lm-evaluation-harness results of Tiny-1B, 2025-03-06",
        harness="lm-evaluation-harness",
        harness_version="0.4.8",
        settings="n-shot: trivia 5, first 0; task versions: trivia 3.0, first 1.0; "
        "model revision main (0123abc); dtype float16; peft adapter; limit 20; "
        "lm-evaluation-harness commit abcdef0",
        date=date(2025, 3, 6),
    )
    assert reading.notes == (
        "pair is a group of first, second; importing both it and its tasks counts them twice "
        "unless its metric here is an aggregate.",
        "The scores are those of an adapter (peft or delta) on top of the LLM named.",
        "The run was limited (limit 20) and does not say how many questions each task has: such "
        "scores count as partial.",
    )


def test_a_group_that_is_a_mean_of_means_is_no_share_of_its_questions():
    run = sample("lm_eval.json")
    run["n-samples"]["first"] = {"original": 900, "effective": 900}
    draft = read(run).metrics["pair / acc,none"]
    assert (draft.question_count, draft.is_share_of_questions) == (1000, False)


def test_groups_in_a_circle_and_groups_of_groups_are_counted_once():
    samples = {"a": {"original": 5, "effective": 5}, "b": {"original": 7, "effective": 6}}
    results = {name: {"acc,none": 0.5} for name in ("top", "left", "a", "b")}
    subtasks = {"top": ["left", "b", "top"], "left": ["a", "b", "top"]}
    run = lm_eval(results=results, group_subtasks=subtasks, **{"n-samples": samples})
    assert scores(read(run)) == {
        "top / acc,none": (Decimal("0.5"), 11, 12),
        "left / acc,none": (Decimal("0.5"), 11, 12),
        "a / acc,none": (Decimal("0.5"), 5, 5),
        "b / acc,none": (Decimal("0.5"), 6, 7),
    }


def test_more_groups_than_any_run_has_are_refused():
    names = [f"t{number}" for number in range(2000)]
    run = lm_eval(
        results={name: {"acc,none": 0.5} for name in names},
        group_subtasks=dict.fromkeys(names, names[:20]),
    )
    assert read_refusal(run).startswith("The file has 2,000 scores of groups over 40,000 tasks")


@pytest.mark.parametrize(
    ("changes", "llm"),
    [
        ({}, "acme/tiny"),
        ({"model_name": "", "config": {"model_args": {"model": "gpt-x"}}}, "gpt-x"),
        ({"model_name": None, "config": {"model_args": "model=gpt-x,a=b"}}, "gpt-x"),
        ({"model_name": "", "config": {"model_args": "a=b,pretrained=o/m"}}, "o/m"),
        ({"model_name": "/data/me/qwen"}, "qwen"),
        ({"model_name": "runs/qwen/step-9"}, "step-9"),
    ],
)
def test_the_llm_of_an_lm_eval_file_is_found_without_its_path(changes, llm):
    assert [each.llm for each in read(lm_eval(**changes)).results] == [llm]


def test_an_lm_eval_file_without_a_name_asks_for_it():
    unnamed = lm_eval(model_name="")
    assert read_refusal(unnamed).startswith("The file does not name its LLM")
    assert [each.llm for each in read(unnamed, FileContext(llm="Mine")).results] == ["Mine"]


def test_the_llm_that_the_maintainer_names_counts_and_the_difference_is_noted():
    reading = read(lm_eval(), FileContext(llm="Mine"))
    assert [each.llm for each in reading.results] == ["Mine"]
    assert reading.notes == (
        "The file calls its LLM “acme/tiny”; its scores are read as those of “Mine”.",
    )


def test_lm_eval_values_without_a_number_have_none():
    results = {"quiz": {"acc,none": None, "f1,none": "N/A", "em,none": "good", "acc_stderr": 1}}
    reading = read(lm_eval(results=results))
    assert scores(reading) == {
        "quiz / acc,none": (None, None, None),
        "quiz / f1,none": (None, None, None),
    }
    assert [(each.where, each.reason) for each in reading.problems] == [
        ("results › quiz › em,none", "“good” is not a number")
    ]


def test_an_lm_eval_file_of_odd_types_is_read_as_far_as_it_goes():
    odd = {"n-samples": [], "versions": 1, "configs": {"quiz": [1]}, "group_subtasks": {"quiz": 1}}
    odd |= {"higher_is_better": {"quiz": None}, "n-shot": {"quiz": {}}, "date": "x", "groups": None}
    assert scores(read(lm_eval(**odd))) == {"quiz / acc,none": (Decimal("0.5"), None, None)}


def test_the_real_lm_eval_file_of_llama_is_read():
    file = shared("lm-eval/results_llama-3.1-8b.json")
    found = {each.metric: each for each in file.reading.results}
    assert (file.format, len(found), file.reading.problems) == ("lm-eval", 27, ())
    assert found["sciq / acc,none"] == Result(
        "results › sciq › acc,none",
        "meta-llama/Llama-3.1-8B",
        "sciq / acc,none",
        Decimal("0.962"),
        1000,
        1000,
        Decimal("0.006049181150584934"),
        "proportion",
        date(2025, 3, 6),
    )
    assert found["glue / f1,none"].question_count == 408 + 40430
    assert not any(each.is_partial for each in found.values())
    assert file.reading.llms == {
        "meta-llama/Llama-3.1-8B": LLMDraft(
            "Llama-3.1-8B", "meta-llama", Decimal("8.03"), "meta-llama/Llama-3.1-8B"
        )
    }


def test_the_real_lm_eval_file_with_infinity_reports_it():
    reading = shared("lm-eval/results_gpt-4o-mini_with-infinity.json").reading
    assert reading.results == ()
    assert [(each.where, each.reason, each.is_missing) for each in reading.problems] == [
        ("results › polymer_tg_prediction › mae,none", "Infinity is not a number", True),
        ("results › polymer_tg_prediction › mae_stderr,none", "NaN is not a number", True),
    ]
    assert reading.metrics["polymer_tg_prediction / mae,none"].higher_is_better is False
