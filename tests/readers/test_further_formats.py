"""OpenCompass, MTEB and Hugging Face, in files as their programs write them. All are made here."""

import io
import json
from datetime import date

import pytest

from leaderboard.readers.registry import read_file
from leaderboard.readers.results import FileContext, LLMDraft, MetricDraft, Refused


def read(content, name="upload", folders=(), **said):
    """Reads a file that lies in these folders, the last first."""
    data = content if isinstance(content, str) else json.dumps(content)
    path = "/".join([*reversed(folders), name])
    return read_file(io.BytesIO(data.encode()), name, FileContext(path=path, **said))


def values(file):
    return [
        (each.llm, each.metric, None if each.value is None else str(each.value), each.unit)
        for each in file.reading.results
    ]


def refusal(content, **said):
    with pytest.raises(Refused) as refused:
        read(content, **said)
    return str(refused.value)


# OpenCompass

SUMMARY = """dataset,version,metric,mode,qwen-7b-hf,internlm-7b-hf
--------- 考试 Exam ---------,-,-,-,-,-
ceval,-,naive_average,gen,59.71,-
mmlu,61ec4e,accuracy,ppl,45.62,51.00
mmlu,61ec4e,bpb,ppl,0.8154,0.9
agieval,-,-,-,-,-
"""


def test_an_opencompass_summary_gives_percent_of_each_dataset_and_llm():
    file = read(SUMMARY)
    assert file.format == "opencompass"
    assert values(file) == [
        ("qwen-7b-hf", "ceval / naive_average", "59.71", "%"),
        ("internlm-7b-hf", "ceval / naive_average", None, ""),
        ("qwen-7b-hf", "mmlu / accuracy", "45.62", "%"),
        ("internlm-7b-hf", "mmlu / accuracy", "51.00", "%"),
        ("qwen-7b-hf", "mmlu / bpb", "0.8154", ""),
        ("internlm-7b-hf", "mmlu / bpb", "0.9", ""),
    ]
    assert file.reading.metrics["mmlu / accuracy"] == MetricDraft(
        "accuracy", "mmlu", unit="percent"
    )
    assert file.reading.provenance.harness == "OpenCompass"
    assert file.reading.results[2].where == "line 4, column qwen-7b-hf"
    assert file.reading.problems == ()


def test_one_metric_in_two_modes_is_two_metrics():
    rows = "dataset,version,metric,mode,x\na,1,accuracy,gen,50\na,2,accuracy,ppl,60\n"
    assert [row[1] for row in values(read(rows))] == ["a / accuracy (gen)", "a / accuracy (ppl)"]


def test_a_summary_without_a_metric_is_refused():
    assert "No row of this summary has a metric" in refusal(
        "dataset,version,metric,mode,x\nmmlu,-,-,-,-\n"
    )


# MTEB

TASK = {
    "dataset_revision": "b44c3b01", "task_name": "AFQMC", "mteb_version": "1.12.41",
    "evaluation_time": 24.7,
    "scores": {
        "validation": [{"hf_subset": "default", "main_score": 0.3265009517750737, "pearson": 0.3}],
        "test": [
            {"hf_subset": "en", "main_score": 0.5, "pearson": 0.3},
            {"hf_subset": "default", "pearson": 0.3},
        ],
    },
}  # fmt: skip
FOLDERS = ("13f00a0e36500c80ce12870ea513846a066004af", "GritLM__GritLM-7B", "results")


SEVERAL = {
    "model_results": [
        {"model_name": "acme/tiny", "model_revision": "13f0", "task_results": [TASK]},
    ]
}  # fmt: skip


def test_an_mteb_task_takes_its_llm_and_revision_from_the_folders():
    file = read(TASK, "AFQMC.json", folders=FOLDERS)
    assert file.format == "mteb"
    assert values(file) == [
        ("GritLM__GritLM-7B", "AFQMC / main score (validation)", "0.3265009517750737", ""),
        ("GritLM__GritLM-7B", "AFQMC / main score (test, en)", "0.5", ""),
    ]
    assert file.reading.llms == {
        "GritLM__GritLM-7B": LLMDraft("GritLM-7B", "GritLM", huggingface_id="GritLM/GritLM-7B")
    }
    source = file.reading.provenance
    assert (source.harness, source.harness_version) == ("MTEB", "1.12.41")
    assert source.settings == (
        "model revision 13f00a0e36500c80ce12870ea513846a066004af; dataset revision b44c3b01"
    )


def test_an_mteb_task_without_folders_asks_for_its_llm():
    assert "does not name its LLM" in refusal(TASK)
    assert "does not name its LLM" in refusal(TASK, folders=("downloads", "home"))
    assert {row[0] for row in values(read(TASK, llm="Grit"))} == {"Grit"}


def test_an_mteb_file_of_several_tasks_names_its_llm_itself():
    one = TASK | {"scores": {"test": [{"hf_subset": "default", "main_score": 0.5}]}}
    model = {"model_name": "GritLM/GritLM-7B", "model_revision": "13f0", "task_results": [one]}
    for content in (model, {"model_results": [model]}):
        assert values(read(content)) == [("GritLM/GritLM-7B", "AFQMC / main score", "0.5", "")]


def test_nan_in_an_mteb_task_is_no_value():
    text = json.dumps(TASK).replace("0.5", "NaN")
    problems = read(text, llm="x").reading.problems
    assert [(each.value, each.is_missing) for each in problems] == [("NaN", True)]


def test_an_old_mteb_file_without_main_scores_is_refused():
    old = TASK | {"scores": {"test": [{"pearson": 0.3}]}}
    assert "No task of this file has a main score" in refusal(old, llm="x")


# Hugging Face

RESULTS = [
    {
        "dataset": {"id": "cais/hle", "task_id": "default"}, "value": 20.9, "date": "2025-01-15",
        "source": {"url": "https://example.org/run"}, "notes": "no tools",
    }
]  # fmt: skip
INDEX = {
    "model-index": [
        {
            "name": "acme/tiny",
            "results": [
                {
                    "dataset": {"name": "MMLU", "type": "cais/mmlu", "split": "test"},
                    "metrics": [{"type": "acc", "value": 64.3, "name": "accuracy"}],
                    "source": {"url": "https://example.org/run"},
                }
            ],
        }
    ]
}
EVAL_RESULTS = """- dataset:
    id: cais/hle
    task_id: default
    revision: abc
  value: 20.90
  verifyToken: secret
  date: "2025-01-15"
  source:
    url: https://example.org/run
    name: Our run
  notes: no tools
- dataset: {id: Idavidrein/gpqa, task_id: gpqa_diamond}
  value: 0.412
"""


def test_eval_results_are_read_with_date_source_and_note():
    folders = (".eval_results", "models--acme--rocket-7b", "hub")
    file = read(EVAL_RESULTS, "hle.yaml", folders=(".eval_results", "rocket-7b"))
    assert file.format == "hugging-face"
    assert values(file) == [
        ("rocket-7b", "cais/hle / score", "20.90", ""),
        ("rocket-7b", "Idavidrein/gpqa / gpqa_diamond", "0.412", ""),
    ]
    first = file.reading.results[0]
    assert (first.measured_on, first.note, first.source_url) == (
        date(2025, 1, 15), "no tools", "https://example.org/run",
    )  # fmt: skip
    assert file.reading.metrics["cais/hle / score"] == MetricDraft("score", "hle")
    cached = read(EVAL_RESULTS, folders=folders)
    assert cached.reading.results[0].llm == "acme/rocket-7b"
    assert "secret" not in str(file)


def test_eval_results_of_no_repository_ask_for_their_llm():
    assert "does not name its LLM" in refusal(EVAL_RESULTS)
    assert values(read(EVAL_RESULTS, llm="Rocket"))[0][0] == "Rocket"


CARD = """---
license: mit
tags: [a, b]
model-index:
- name: rocket-7b
  results:
  - task: {type: text-generation}
    dataset: {name: MMLU, type: cais/mmlu, config: all, split: test}
    metrics:
    - type: acc
      value: 64.3
      name: accuracy
    - {type: acc_stderr, value: "0.4"}
    source: {url: "https://example.org/open-llm", name: Open LLM}
  - dataset: {name: IFEval, type: ifeval}
    metrics:
    - {type: strict, value: 12 of 20}
---
# Rocket

| Model | a |
|---|---|
| x | 1 |
"""


@pytest.mark.parametrize("content", [CARD, CARD.split("---")[1]])
def test_the_model_index_of_a_card_is_read(content):
    file = read(content, "README.md")
    assert file.format == "hugging-face"
    assert values(file) == [
        ("rocket-7b", "MMLU / accuracy", "64.3", ""),
        ("rocket-7b", "MMLU / acc_stderr", "0.4", ""),
    ]
    assert file.reading.results[0].source_url == "https://example.org/open-llm"
    assert [(each.where, each.reason) for each in file.reading.problems] == [
        ("model-index › results › 2 › strict", "“12 of 20” is not a number")
    ]


def test_a_card_without_a_model_index_is_read_as_its_table():
    head, body = "---\nlicense: mit\n---\n", CARD.rpartition("---\n# Rocket")[2]
    file = read(head + body)
    assert (file.format, [each.where for each in file.reading.results]) == (
        "wide", ["line 8, column a"],
    )  # fmt: skip


def test_the_same_metric_of_two_splits_is_two_metrics():
    dataset = (
        "  - dataset: {{name: MMLU, type: m, split: {}}}\n    metrics: [{{type: acc, value: 1}}]\n"
    )
    text = "model-index:\n- name: x\n  results:\n" + dataset.format("a") + dataset.format("b")
    assert [row[1] for row in values(read(text))] == ["MMLU / acc (a)", "MMLU / acc (b)"]


@pytest.mark.parametrize("text", ["- a: 1\n- b: 2\n", "model-index:\n  a: 1\n", "value: 1\n"])
def test_other_yaml_is_named_and_refused(text):
    assert refusal(text).startswith("This is a YAML document, but none that can be imported.")


def test_a_model_index_without_results_is_refused():
    assert "has no results" in refusal("model-index:\n- name: x\n  results: []\n")
