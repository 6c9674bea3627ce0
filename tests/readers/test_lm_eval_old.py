"""The results that lm-evaluation-harness wrote before version 0.4."""

import io
import json
from datetime import date
from decimal import Decimal

import pytest

from leaderboard.readers.registry import read_file
from leaderboard.readers.results import (
    LLMDraft,
    MetricDraft,
    Problem,
    Provenance,
    Result,
)
from tests.conftest import shared_sample
from tests.readers.json_files import read, read_refusal


def old(**changes):
    """A run as 0.3 wrote it: the settings of the machine are in it too."""
    return {
        "results": {
            "lambada": {"ppl": 5.1, "ppl_stderr": 0.11, "acc": 0.6476, "acc_stderr": 0.0067},
            "quiz": {"acc": 0.881, "acc_stderr": 0.0, "acc_norm": 0.827, "acc_norm_stderr": 0.012},
        },
        "versions": {"lambada": 0, "quiz": 1},
        "config": {
            "model": "hf-causal",
            "model_args": "pretrained=acme/tiny-2.8b,revision=step83000,dtype=float16",
            "num_fewshot": 5,
            "batch_size": 16,
            "device": "cuda:0",
            "no_cache": False,
            "limit": None,
            "bootstrap_iters": 100000,
            "description_dict": {},
        },
    } | changes


def test_every_metric_of_an_old_file_is_read_with_its_error():
    reading = read(old())
    acme = "acme/tiny-2.8b"
    assert reading.results == (
        Result("results › lambada › ppl", acme, "lambada / ppl", Decimal("5.1"),
               standard_error=Decimal("0.11")),
        Result("results › lambada › acc", acme, "lambada / acc", Decimal("0.6476"),
               standard_error=Decimal("0.0067"), unit="proportion"),
        Result("results › quiz › acc", acme, "quiz / acc", Decimal("0.881"), unit="proportion"),
        Result("results › quiz › acc_norm", acme, "quiz / acc_norm", Decimal("0.827"),
               standard_error=Decimal("0.012"), unit="proportion"),
    )  # fmt: skip
    assert reading.problems == ()
    assert reading.llms == {acme: LLMDraft("tiny-2.8b", "acme", huggingface_id=acme)}


def test_a_perplexity_is_better_when_lower_and_an_accuracy_is_a_share():
    share = {"unit": "proportion", "is_share_of_questions": True}
    assert read(old()).metrics == {
        "lambada / ppl": MetricDraft("ppl", "lambada", higher_is_better=False),
        "lambada / acc": MetricDraft("acc", "lambada", **share),
        "quiz / acc": MetricDraft("acc", "quiz", **share),
        "quiz / acc_norm": MetricDraft("acc_norm", "quiz", **share),
    }


def test_revision_shots_and_versions_are_settings_and_nothing_private_is():
    args = "pretrained=/scratch/me/tiny,revision=step83000,token=hf_abcdefghijklmnop"
    run = old(config=old()["config"] | {"model_args": args})
    assert read(run).provenance == Provenance(
        title="lm-evaluation-harness results of tiny",
        harness="lm-evaluation-harness",
        harness_version="before 0.4",
        settings="n-shot: 5; task versions: lambada 0, quiz 1; model revision step83000",
    )


@pytest.mark.parametrize("limit", [20, "20", 20.0, "0.1"])
def test_a_limited_old_run_is_partial(limit):
    reading = read(old(config=old()["config"] | {"limit": limit}))
    assert [each.is_partial for each in reading.results] == [True] * 4
    assert "The run was limited" in reading.notes[0]


def test_an_old_file_with_a_date_and_a_commit_has_them():
    run = old(config=old()["config"] | {"model_args": {"pretrained": "acme/tiny"}})
    reading = read(run | {"git_hash": "abc123", "date": 1690000000.5})
    assert (reading.results[0].measured_on, reading.provenance.date) == (date(2023, 7, 22),) * 2
    assert reading.provenance.settings.endswith("lm-evaluation-harness commit abc123")


def test_what_is_no_number_is_named_as_the_file_has_it():
    run = old(results={"quiz": {"acc": "good", "acc_norm": 0.5, "acc_norm_stderr": float("nan")}})
    reading = read(json.dumps(run).encode())
    named = "acme/tiny-2.8b", "quiz / acc"
    assert reading.problems == (
        Problem("results › quiz › acc", "good", "“good” is not a number",
                "Correct it in the file, or take it out.", *named),
        Problem("results › quiz › acc_norm_stderr", "NaN", "NaN is not a number",
                "The score is read without it.", named[0], "quiz / acc_norm_stderr",
                is_missing=True),
    )  # fmt: skip
    assert [each.metric for each in reading.results] == ["quiz / acc_norm"]


@pytest.mark.parametrize(
    "results", [{}, {"quiz": {}}, {"quiz": {"alias": "quiz"}}, {"quiz": {"name": "quiz"}}]
)
def test_a_file_of_the_harness_without_a_score_is_refused(results):
    assert read_refusal(old(results=results)) in (
        "This file has the shape of lm-evaluation-harness results, but no result in it. "
        "Give the file that the evaluation wrote when it was done.",
    )


def test_a_truncated_old_file_is_refused():
    assert read_refusal(json.dumps(old()).encode()[:200]).startswith("This is not correct JSON")


def test_the_shared_case_is_read():
    path = shared_sample("cases/lm-eval-0.3.json")
    read = read_file(io.BytesIO(path.read_bytes()), path.name)
    assert [
        (each.metric, str(each.value), str(each.standard_error)) for each in read.reading.results
    ] == [
        ("lambada_openai / ppl", "5.1", "0.11"),
        ("lambada_openai / acc", "0.6476", "0.0067"),
        ("sciq / acc", "0.881", "0.0102"),
        ("sciq / acc_norm", "0.827", "0.012"),
    ]
    assert read.reading.metrics["lambada_openai / ppl"].higher_is_better is False
    assert "model revision step83000" in read.reading.provenance.settings
