"""Result files that are cut off, of another version, or without results: each kind of every format.

Each ends in one sentence and exit 1, and never in “0 changes”.
"""

import json

import pytest
from django.core.management import CommandError

from tests.imports.command import NEW, everything, run
from tests.imports.test_result_formats import (
    CARD,
    EVERY_EVAL_EVER,
    LM_EVAL,
    MTEB,
    RUNS,
    folder,  # noqa: F401 (a fixture)
)
from tests.readers import (
    test_code_runs,
    test_helm,
    test_inspect_log,
    test_lighteval,
    test_lm_eval_old,
    test_lm_eval_samples,
)

pytestmark = pytest.mark.django_db

JSON = [name for name, (files, *_) in RUNS.items() if next(iter(files.values()))[0] in "{["]


def refused(path):
    """The sentence with which the command ends; nothing is stored."""
    before = everything()
    with pytest.raises(CommandError) as error:
        run(path, *NEW)
    assert (error.value.returncode, everything()) == (1, before)
    sentence = str(error.value)
    assert sentence.startswith("Nothing was imported. ")
    assert "0 changes" not in sentence
    return sentence.removeprefix("Nothing was imported. ")


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.8, 0.97])
@pytest.mark.parametrize("name", JSON)
def test_a_json_file_that_was_cut_off_is_no_correct_json(folder, name, share):  # noqa: F811
    files, *_ = RUNS[name]
    first = next(iter(files))
    path = folder(files | {first: files[first][: int(len(files[first]) * share)]})
    assert "This is not correct JSON" in refused(path)


@pytest.mark.parametrize(
    ("name", "cut", "sentence"),
    [
        ("eval_results of Hugging Face", 60, "This is not correct YAML, line 4."),
        ("model-index of Hugging Face", 140, "This is not correct YAML, line"),
        ("opencompass", 80, "No row of this summary has a metric."),
        ("opencompass", 30, "The table has a header but no rows."),
        ("long", 70, "No row has as many cells as the header."),
        ("Markdown", 60, "This is a text, but not a table"),
        ("HTML", 100, "The page ends within a table: it was cut off."),
        ("HTML", 20, "The page ends within a table: it was cut off."),
        ("ratings", 26, "The table has a header but no rows."),
        ("ratings", 40, "No row has as many cells as the header."),
    ],
)
def test_a_table_that_was_cut_off_too_early_is_refused(folder, name, cut, sentence):  # noqa: F811
    files, *_ = RUNS[name]
    ((first, text),) = files.items()
    assert refused(folder({first: text[:cut]})).startswith(sentence)


def with_(data, **changes):
    return json.dumps(data | changes)


HELM = {"stats.json": json.dumps(test_helm.STATS), "run_spec.json": json.dumps(test_helm.SPEC)}
JSON_OF_NONE = "This is a JSON document, but none that can be imported."
SHAPE = "This file has the shape of"
# (format, files, how the sentence begins)
OTHER_VERSIONS = [
    ("lm-eval", {"r.json": with_(LM_EVAL, results=[{"task": "quiz", "acc": 0.5}])}, JSON_OF_NONE),
    ("lm-eval before 0.4", {"r.json": with_(test_lm_eval_old.old(), results=[])}, JSON_OF_NONE),
    ("lighteval", {"r.json": with_(test_lighteval.run(), results=[])}, JSON_OF_NONE),
    (
        "inspect",
        {"log.json": json.dumps(test_inspect_log.log(version=3))},
        "The log has the version 3; 1 and 2 can be read.",
    ),
    (
        "every-eval-ever",
        {"r.json": with_(EVERY_EVAL_EVER, schema_version="1.0")},
        "The record's schema_version is 1.0; 0.2 and 0.3 can be read.",
    ),
    (
        "helm",
        HELM | {"stats.json": json.dumps({"stats": test_helm.STATS})},
        f"In stats.json: {JSON_OF_NONE}",
    ),
    (
        "mteb",
        {"a/acme__tiny-1b/1/T.json": with_(MTEB, scores={"test": {"main_score": 1}})},
        "No task of this file has a main score.",
    ),
    (
        "evalplus",
        {test_code_runs.PLUS: json.dumps({"eval": {"HumanEval/0": "pass"}})},
        JSON_OF_NONE,
    ),
    (
        "bigcodebench",
        {test_code_runs.BIG: json.dumps({"eval": {"BigCodeBench/0": "x"}})},
        JSON_OF_NONE,
    ),
    (
        "samples",
        {"acme__x/samples_quiz_2025-03-06T10-11-12.345678.jsonl": '{"id": 1}\n{"id": 2}\n'},
        "This is a file of JSON lines, but none that can be imported.",
    ),
    (
        "eval_results",
        {"models--a--b/.eval_results/x.yaml": "- dataset: hle\n  score: 1\n"},
        "This is a YAML document, but none that can be imported.",
    ),
    (
        "model-index",
        {"README.md": CARD.replace("results:", "scores:")},
        "The model-index of this file has no results.",
    ),
]
WITHOUT_RESULTS = [
    ("lm-eval", {"r.json": with_(LM_EVAL, results={})}, SHAPE),
    ("lm-eval", {"r.json": with_(LM_EVAL, results={"quiz": {}})}, SHAPE),
    ("lm-eval", {"r.json": with_(LM_EVAL, results={"quiz": {"alias": "quiz"}})}, SHAPE),
    ("lm-eval before 0.4", {"r.json": with_(test_lm_eval_old.old(), results={})}, SHAPE),
    ("lm-eval before 0.4", {"r.json": with_(test_lm_eval_old.old(), results={"quiz": {}})}, SHAPE),
    ("lighteval", {"r.json": with_(test_lighteval.run(), results={})}, SHAPE),
    ("lighteval", {"r.json": with_(test_lighteval.run(), results={"all": {"acc": 1}})}, SHAPE),
    ("inspect", {"log.json": json.dumps(test_inspect_log.log(results={"scores": []}))}, SHAPE),
    ("every-eval-ever", {"r.json": with_(EVERY_EVAL_EVER, evaluation_results=[])}, SHAPE),
    (
        "every-eval-ever",
        {"r.json": with_(EVERY_EVAL_EVER, evaluation_results=[{}])},
        "Mend what is named above",
    ),
    ("helm", HELM | {"stats.json": "[]"}, f"In stats.json: {JSON_OF_NONE}"),
    ("helm", HELM | {"stats.json": json.dumps(test_helm.STATS[:2])}, f"In stats.json: {SHAPE}"),
    (
        "mteb",
        {"a/acme__tiny-1b/1/T.json": with_(MTEB, scores={})},
        "No task of this file has a main score.",
    ),
    (
        "mteb",
        {"a/acme__tiny-1b/1/T.json": with_(MTEB, scores={"test": [{}]})},
        "No task of this file has a main score.",
    ),
    ("evalplus", {test_code_runs.PLUS: json.dumps({"eval": {}})}, JSON_OF_NONE),
    ("bigcodebench", {test_code_runs.BIG: json.dumps({"eval": {}})}, JSON_OF_NONE),
    ("samples", {f"acme__tiny-1b/{test_lm_eval_samples.NAME}": "\n"}, "The file is empty"),
    (
        "samples",
        {f"acme__tiny-1b/{test_lm_eval_samples.NAME}": '{"doc_id": 1, "target": "a"}\n'},
        JSON_OF_NONE,
    ),
    ("eval_results", {"models--a--b/.eval_results/x.yaml": "[]\n"}, JSON_OF_NONE),
    (
        "model-index",
        {"README.md": "---\nmodel-index:\n- name: x\n  results: []\n---\n"},
        "The model-index of this file has no results.",
    ),
    (
        "opencompass",
        {"s.csv": "dataset,version,metric,mode,x\nmmlu,-,-,-,-\n"},
        "No row of this summary has a metric.",
    ),
    ("long", {"s.csv": "llm,metric,value\n"}, "The table has a header but no rows."),
    ("wide", {"s.csv": "llm,a\n"}, "The table has a header but no rows."),
    (
        "Markdown",
        {"s.md": "| llm | a |\n|---|---|\n"},
        "There is no table with a header and a row in this file.",
    ),
    (
        "HTML",
        {"s.html": "<table><tr><th>llm</th><th>a</th></tr></table>"},
        "There is no table with a header and a row in this file.",
    ),
    (
        "anesbench",
        {"result.json": '{"model_output": [], "model_response": [], "correctness": []}'},
        "A result.json does not say whose answers it holds",
    ),
    ("JSON", {"r.json": "{}"}, f"{JSON_OF_NONE} There is nothing in it."),
    ("JSON", {"r.json": "[]"}, f"{JSON_OF_NONE} On top it is a list of 0 values."),
    (
        "JSON lines",
        {"r.jsonl": "{}\n{}\n"},
        "This is a file of JSON lines, but none that can be imported. There is nothing in it.",
    ),
]


@pytest.mark.parametrize(("name", "files", "start"), OTHER_VERSIONS)
def test_a_file_of_another_version_is_refused_in_one_sentence(
    folder, name, files, start  # noqa: F811
):  # fmt: skip
    assert refused(folder(files)).startswith(start)


@pytest.mark.parametrize(("name", "files", "start"), WITHOUT_RESULTS)
def test_a_file_without_results_is_refused_in_one_sentence(
    folder, name, files, start  # noqa: F811
):  # fmt: skip
    assert refused(folder(files)).startswith(start)
