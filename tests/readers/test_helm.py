"""Runs of HELM: stats.json and run_spec.json of one folder."""

import io
import json
from contextlib import nullcontext
from decimal import Decimal
from functools import partial

import pytest

from leaderboard.readers.gathering import Given, read_files
from leaderboard.readers.results import (
    FileContext,
    LLMDraft,
    MetricDraft,
    Provenance,
    Refused,
    Result,
)
from tests.readers.test_gathering import zipped

RUN = "mmlu:subject=anatomy,method=multiple_choice_joint"


def stat(name, mean, split="test", count=1, **more):
    """A statistic as HELM writes it: over trials, so its count is theirs."""
    named = {"name": name} | ({"split": split} if split else {}) | more
    value = mean if isinstance(mean, int | float) else 0
    return {
        "name": named, "count": count, "sum": value, "sum_squared": value * value,
        "min": mean, "max": mean, "mean": mean, "variance": 0.0, "stddev": 0.0,
    }  # fmt: skip


PERTURBED = {"name": "robustness", "robustness": True, "computed_on": "worst"}
STATS = [
    stat("num_instances", 135),
    stat("num_references", 4.0),
    stat("exact_match", 0.25),
    stat("exact_match", 0.1, perturbation=PERTURBED),
    stat("exact_match", 0.9, sub_split="toxic"),
    stat("quasi_exact_match", 0.3),
    stat("exact_match", 0.5, "valid"),
    stat("num_instances", 14, "valid"),
    stat("bits_per_byte", 1.25),
    stat("inference_runtime", 0.5),
    stat("max_prob", 0.6),
    stat("exact_match@5", 0.75),
    stat("num_instances", 99, perturbation=PERTURBED),
    stat("training_co2_cost", None, None, count=0),
]
SPEC = {
    "name": f"{RUN},model=acme_tiny-1b,data_augmentation=canonical",
    "scenario_spec": {"class_name": "helm.MMLUScenario", "args": {"subject": "anatomy"}},
    "adapter_spec": {
        "method": "multiple_choice_joint",
        "instructions": "The following are multiple choice questions.",
        "max_train_instances": 5,
        "max_eval_instances": 1000,
        "num_train_trials": 1,
        "model_deployment": "huggingface/tiny-1b",
        "model": "acme/tiny-1b",
        "temperature": 0.0,
        "max_tokens": 1,
        "stop_sequences": ["\n"],
    },
    "metric_specs": [{"class_name": "helm.BasicMetric", "args": {}}],
    "groups": ["mmlu"],
}


def adapted(**changes):
    return SPEC | {"adapter_spec": SPEC["adapter_spec"] | changes}


def files(stats=STATS, spec=SPEC, folder="mmlu_subject=anatomy,model=acme_tiny-1b"):
    """The folder of a run, with what nobody reads of it."""
    return {
        f"{folder}/{name}": content if isinstance(content, bytes) else json.dumps(content).encode()
        for name, content in {
            "stats.json": stats, "run_spec.json": spec, "scenario.json": {"name": "mmlu"},
            "per_instance_stats.json": b"[not even JSON", "scenario_state.json": b"[" * 99,
        }.items()
    }  # fmt: skip


def read(given, **asked):
    return read_files(
        [Given(path, partial(nullcontext, io.BytesIO(content))) for path, content in given.items()],
        FileContext(**asked),
    )


def refusal(given, **asked):
    with pytest.raises(Refused) as refused:
        read(given, **asked)
    return str(refused.value)


@pytest.mark.parametrize("given", [files(), {"run.zip": zipped(files())}])
def test_the_main_metrics_of_a_run_are_read_without_perturbations(given):
    file = read(given)
    acme = "acme/tiny-1b"
    assert file.format == "helm"
    assert file.reading.results == (
        Result("stats.json: exact_match (test)", acme, f"{RUN} / exact_match", Decimal("0.25"),
               135, unit="proportion"),
        Result("stats.json: quasi_exact_match (test)", acme, f"{RUN} / quasi_exact_match",
               Decimal("0.3"), 135, unit="proportion"),
        Result("stats.json: bits_per_byte (test)", acme, f"{RUN} / bits_per_byte",
               Decimal("1.25"), 135),
    )  # fmt: skip
    assert file.reading.llms == {acme: LLMDraft("tiny-1b", "acme", huggingface_id=acme)}
    assert file.reading.problems == ()
    assert file.reading.notes == (
        "stats.json: Not read, as HELM ranks by other metrics: exact_match@5.",
    )


def test_the_metrics_and_the_provenance_of_a_run():
    reading = read(files()).reading
    share = {"unit": "proportion", "is_share_of_questions": True}
    assert reading.metrics == {
        f"{RUN} / exact_match": MetricDraft("exact_match", RUN, **share),
        f"{RUN} / quasi_exact_match": MetricDraft("quasi_exact_match", RUN, **share),
        f"{RUN} / bits_per_byte": MetricDraft("bits_per_byte", RUN, higher_is_better=False),
    }
    assert [each.provenance for each in reading.files] == [
        Provenance(
            title=f"HELM run of acme/tiny-1b, {RUN}",
            harness="HELM",
            settings="method multiple_choice_joint; n-shot 5; train trials 1; temperature 0.0; "
            "max_tokens 1; limit 1000; deployment huggingface/tiny-1b",
        )
    ]


@pytest.mark.parametrize(
    ("limit", "partial"), [(1000, False), (136, False), (135, True), (10, True), (None, False)]
)
def test_a_run_that_reached_its_limit_is_partial(limit, partial):
    results = read(files(spec=adapted(max_eval_instances=limit))).reading.results
    assert [each.is_partial for each in results] == [partial] * 3


def test_a_run_without_a_test_split_has_its_validation():
    stats = [stat("num_instances", 14, "valid"), stat("exact_match", 0.5, "valid")]
    [result] = read(files(stats)).reading.results
    assert (result.metric, result.question_count) == (f"{RUN} / exact_match (valid)", 14)


def test_a_run_without_a_metric_that_is_known_has_its_own():
    stats = [stat("num_instances", 14), stat("my_judge", 7.5), stat("num_output_tokens", 9)]
    [result] = read(files(stats)).reading.results
    assert (result.metric, result.value, result.unit) == (f"{RUN} / my_judge", Decimal("7.5"), "")


def test_several_runs_are_one_import():
    two = files(folder="a") | files(spec=adapted(model="acme/two"), folder="b")
    file = read(two)
    assert [each.where for each in file.reading.results][::3] == [
        "a/stats.json: exact_match (test)", "b/stats.json: exact_match (test)",
    ]  # fmt: skip
    assert {each.llm for each in file.reading.results} == {"acme/tiny-1b", "acme/two"}
    assert file.reading.notes == (
        "a/stats.json (+1): Not read, as HELM ranks by other metrics: exact_match@5.",
    )


def test_values_of_a_run_that_are_no_numbers_are_reported():
    content = json.dumps([stat("exact_match", float("nan")), stat("f1_score", "x")]).encode()
    problems = read(files(content)).reading.problems
    assert [(each.where, each.is_missing) for each in problems] == [
        ("stats.json: exact_match (test)", True), ("stats.json: f1_score (test)", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"stats.json": json.dumps(STATS).encode()}, "stats.json does not say whose results it"),
        ({"run_spec.json": json.dumps(SPEC).encode()}, "This is the description of a HELM run wit"),
        (files(spec={"name": "x"}), "In stats.json: run_spec.json is not that of a HELM run."),
        (files(spec=b"{"), "In stats.json: In run_spec.json: This is not correct JSON"),
        (files(spec=adapted(model="")), "In stats.json: The file run_spec.json does not name"),
        (files([]), "In stats.json: This is a JSON document, but none that can be imported."),
        (files(json.dumps(STATS).encode()[:500]), "In stats.json: This is not correct JSON"),
        (files([stat("num_instances", 9)]), "In stats.json: This file has the shape of HELM run"),
        (files([stat("exact_match", None, count=0)]), "In stats.json: This file has the shape of"),
    ],
)
def test_a_malformed_run_is_refused_with_one_sentence(given, sentence):
    assert refusal(given).startswith(sentence)
