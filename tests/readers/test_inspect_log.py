"""Logs of Inspect AI, as JSON and as .eval."""

import io
import json
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from leaderboard.readers.registry import read_file
from leaderboard.readers.results import (
    FileContext,
    LeftOut,
    LLMDraft,
    MetricDraft,
    Problem,
    Provenance,
    Refused,
    Result,
)
from tests.readers.json_files import read, read_refusal


def spec(**changes):
    return {
        "run_id": "BpiPFmbVcMCRUAXv8ovCTx",
        "created": "2025-03-05T12:53:13-04:00",
        "task": "popularity",
        "task_version": 2,
        "task_file": "/home/me/evals/popularity.py",
        "task_args": {"key": "hf_abcdefghijklmnopq"},
        "dataset": {"name": "popularity", "location": "/data/popularity.csv", "samples": 100,
                    "sample_ids": [1, 2], "shuffled": False},
        "model": "openai/gpt-4o-mini",
        "model_base_url": "http://localhost:11434/v1",
        "model_args": {"device": "cuda:0"},
        "model_generate_config": {"top_p": 0.95},
        "config": {"limit": None, "epochs": 1, "epochs_reducer": ["mean"], "log_samples": True},
        "revision": {"type": "git", "origin": "git@example.org:me/evals.git", "commit": "02526f4c"},
        "packages": {"inspect_ai": "0.3.95"},
    } | changes  # fmt: skip


def score(name="match", count=100, **metrics):
    return {
        "name": name, "scorer": name, "scored_samples": count, "unscored_samples": 0, "params": {},
        "metrics": {
            key: {"name": key, "value": value, "params": {}} for key, value in metrics.items()
        },
    }  # fmt: skip


def log(*scores, spec=spec(), results=None, **changes):  # noqa: B008
    """A log as Inspect writes it, with its samples."""
    scores = scores or [score(accuracy=0.75, stderr=0.0435)]
    counts = {"total_samples": 100, "completed_samples": 100}
    return {
        "version": 2,
        "status": "success",
        "eval": spec,
        "plan": {"name": "plan", "steps": [{"solver": "system_message",
                 "params": {"template": "Respond with Yes or No"}}],
                 "config": {"temperature": 0.0}},
        "results": counts | {"scores": list(scores)} | (results or {}),
        "stats": {"started_at": "2025-03-05T23:53:13-04:00",
                  "completed_at": "2025-03-06T00:13:13-04:00"},
        "samples": [{"id": 1, "messages": [{"role": "user", "content": "Is it?"}]}],
        "reductions": [{"scorer": "match", "samples": [{"value": 1, "sample_id": 1}]}],
    } | changes  # fmt: skip


def packed(parts, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def eval_file(data):
    header = {key: value for key, value in data.items() if key not in ("samples", "reductions")}
    samples = {f"samples/{number}_epoch_1.json": '{"id": 1}' for number in range(300)}
    return packed(
        {"_journal/start.json": "{}"} | samples | {"header.json": json.dumps(header, indent=2)}
    )


@pytest.mark.parametrize("write", [lambda data: json.dumps(data).encode(), eval_file])
def test_a_log_is_read_with_its_error_and_count_from_json_and_from_eval(write):
    reading = read(write(log()))
    assert reading.results == (
        Result("results › match › accuracy", "openai/gpt-4o-mini", "popularity / match / accuracy",
               Decimal("0.75"), 100, 100, Decimal("0.0435"), "proportion", date(2025, 3, 6)),
    )  # fmt: skip
    assert (reading.problems, reading.notes) == ((), ())
    assert reading.llms == {"openai/gpt-4o-mini": LLMDraft("gpt-4o-mini", "openai")}
    assert reading.metrics == {
        "popularity / match / accuracy": MetricDraft(
            "accuracy (match)", "popularity", "proportion",
            question_count=100, is_share_of_questions=True,
        )
    }  # fmt: skip


def test_the_provenance_of_a_log_tells_the_run_and_nothing_private():
    assert read(log()).provenance == Provenance(
        title="Inspect log of openai/gpt-4o-mini, popularity, 2025-03-06",
        harness="Inspect",
        harness_version="0.3.95",
        settings="task version 2; temperature 0.0; top_p 0.95; commit of the task 02526f4c",
        date=date(2025, 3, 6),
    )


def test_every_scorer_is_a_metric_of_its_own_and_spread_is_none():
    reading = read(
        log(
            score("match", 100, accuracy=0.75, stderr=0.0435, std=0.4),
            score("grade", 98, mean=7.25, bootstrap_stderr=0.3, var=9.1),
            score("f1", 100, **{"inspect_ai/mean": 0.5, "inspect_ai/stderr": 0.01}, max=1.0),
        )
    )
    assert [
        (each.metric, each.value, each.question_count, each.standard_error, each.unit)
        for each in reading.results
    ] == [
        ("popularity / match / accuracy", Decimal("0.75"), 100, Decimal("0.0435"), "proportion"),
        ("popularity / grade / mean", Decimal("7.25"), 98, Decimal("0.3"), ""),
        ("popularity / f1 / mean", Decimal("0.5"), 100, Decimal("0.01"), ""),
        ("popularity / f1 / max", Decimal("1.0"), 100, None, ""),
    ]


def test_epochs_count_a_question_once_and_their_reducers_are_told_apart():
    epochs = spec(config={"epochs": 4, "epochs_reducer": ["mean", "pass_at_1"], "limit": [0, 50]})
    of_all = {"total_samples": 200, "completed_samples": 200}
    first = score("match", 50, accuracy=0.5) | {"reducer": "mean"}
    second = score("match", None, accuracy=0.75) | {"reducer": "pass_at_1"}
    reading = read(log(first, second, spec=epochs, results=of_all))
    assert [
        (each.metric, each.question_count, each.expected_count) for each in reading.results
    ] == [
        ("popularity / match / accuracy", 50, 100),
        ("popularity / match, pass_at_1 / accuracy", 50, 100),
    ]
    assert all(each.is_partial for each in reading.results)
    assert not any(draft.is_share_of_questions for draft in reading.metrics.values())
    assert "epochs 4 (mean, pass_at_1); limit 0–50" in reading.provenance.settings


@pytest.mark.parametrize(
    ("dataset", "config", "partial"),
    [
        ({"samples": 100}, {"limit": None}, False),
        ({"samples": 14042}, {"limit": 100}, True),
        ({}, {"limit": 100}, True),
        ({}, {"sample_id": ["a", "b"]}, True),
        ({}, {"limit": None, "sample_id": []}, False),
    ],
)
def test_a_limited_log_is_partial(dataset, config, partial):
    [result] = read(log(spec=spec(dataset=dataset, config=config))).results
    assert (result.question_count, result.is_partial) == (100, partial)


@pytest.mark.parametrize(
    ("model", "llm", "draft"),
    [
        ("hf/acme/tiny-1b", "acme/tiny-1b", LLMDraft("tiny-1b", "acme", None, "acme/tiny-1b")),
        ("vllm/acme/tiny-1b", "acme/tiny-1b", LLMDraft("tiny-1b", "acme", None, "acme/tiny-1b")),
        ("ollama/llama3.1", "llama3.1", LLMDraft("llama3.1")),
        ("openai-api/acme/tiny", "acme/tiny", LLMDraft("tiny", "acme")),
        ("anthropic/bedrock/opus", "opus", LLMDraft("opus")),
        ("hf//home/me/models/tiny", "tiny", LLMDraft("tiny")),
    ],
)
def test_the_llm_is_named_without_the_service_that_runs_it(model, llm, draft):
    reading = read(log(spec=spec(model=model)))
    assert ([each.llm for each in reading.results], reading.llms) == ([llm], {llm: draft})


def test_the_llm_that_the_maintainer_names_counts():
    reading = read(log(), FileContext(llm="Mine"))
    assert (reading.results[0].llm, reading.llms) == ("Mine", {"Mine": LLMDraft("Mine")})
    assert reading.notes == (
        "The file calls its LLM “openai/gpt-4o-mini”; its scores are read as those of “Mine”.",
    )


def test_values_that_are_no_numbers_are_reported():
    reading = read(log(score(accuracy=float("nan"), mean=0.5, stderr=float("nan"))))
    assert [each.metric for each in reading.results] == ["popularity / match / mean"]
    named = "openai/gpt-4o-mini", "popularity / match / "
    assert reading.problems == (
        Problem("results › match › accuracy", "NaN", "NaN is not a number",
                "It is left out: there is no score to store.", named[0], named[1] + "accuracy",
                is_missing=True),
        Problem("results › match › stderr", "NaN", "NaN is not a number",
                "The score is read without it.", named[0], named[1] + "stderr", is_missing=True),
    )  # fmt: skip


@pytest.mark.parametrize("status", ["error", "cancelled", "started"])
def test_a_run_that_did_not_succeed_is_left_out(status):
    with pytest.raises(LeftOut) as refused:
        read(log(status=status))
    assert str(refused.value) == (
        f"The run did not succeed: its status is “{status}”. Run it again."
    )


def test_samples_that_somebody_marked_as_invalid_are_noted():
    assert read(log(invalidated=True)).notes == (
        "Somebody has marked samples of this run as invalid.",
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (log(version=3), "The log has the version 3; 1 and 2 can be read."),
        (log(version=None), "The log has the version None; 1 and 2 can be read."),
        (log(results={"scores": []}), "This file has the shape of Inspect log, but no result"),
        (log(results={"scores": None}), "This file has the shape of Inspect log, but no result"),
        (log(results={"scores": [{}, 1]}), "This file has the shape of Inspect log, but no result"),
        (log(spec=spec(model="hf//")), "The log does not name its LLM."),
        (json.dumps(log()).encode()[:900], "This is not correct JSON"),
        (eval_file(log())[:-200], "This zip or XLSX file is damaged or was cut off."),
        (packed({"_journal/start.json": "{}"}), "This Inspect log is of a run that did not finish"),
        (packed({"header.json": "{"}), "This is not correct JSON"),
        (packed({"header.json": '{"version": 2}'}), "This is an Inspect log, but none that can be"),
        (packed({"header.json": b" " * 5_000_000}), "Unzipped this file has 5.0 MB; read are"),
        (packed({"header.json": json.dumps(log())}, zipfile.ZIP_LZMA),
         "The zip is packed in a way that is not read here (“deflate” and “Zstandard” are). "
         "Convert it with"),
    ],
)  # fmt: skip
def test_a_malformed_log_is_refused_with_one_sentence(content, sentence):
    assert read_refusal(content).startswith(sentence)


def test_a_part_that_was_changed_is_damaged():
    content = bytearray(packed({"header.json": json.dumps(log())}, zipfile.ZIP_STORED))
    content[content.index(b"success")] ^= 1
    assert read_refusal(bytes(content)).startswith("This zip or XLSX file is damaged")


def test_the_samples_of_a_log_do_not_count_against_its_limits():
    samples = [{"id": number, "scores": [[], {}, []] * 20} for number in range(9_000)]
    assert len(read(log(samples=samples)).results) == 1


def test_a_format_that_is_named_is_checked():
    with pytest.raises(Refused, match="This is not a file of the format Inspect log"):
        read_file(io.BytesIO(b'{"a": 1}'), "x.json", FileContext(), "inspect")
