"""What evaluation programs write, from the command line into the tables: value, unit, n, source."""

import json
from datetime import date

import pytest

from leaderboard.models import Metric, Score, Source
from tests.imports.command import NEW, run
from tests.readers import (
    test_code_runs,
    test_helm,
    test_inspect_log,
    test_lighteval,
    test_lm_eval_old,
    test_lm_eval_samples,
)

pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 6)

LM_EVAL = {
    "results": {
        "quiz": {"alias": "quiz", "acc,none": 0.75, "acc_stderr,none": 0.01,
                 "perplexity,none": 12.5, "perplexity_stderr,none": "N/A"},
    },
    "configs": {"quiz": {"task": "quiz", "num_fewshot": 5}},
    "versions": {"quiz": 1}, "n-shot": {"quiz": 5},
    "higher_is_better": {"quiz": {"acc": True, "perplexity": False}},
    "n-samples": {"quiz": {"original": 200, "effective": 200}},
    "config": {"model": "hf", "model_args": "pretrained=acme/tiny-1b", "limit": None},
    "date": 1741262400.0, "lm_eval_version": "0.4.8", "model_name": "acme/tiny-1b",
}  # fmt: skip
EVERY_EVAL_EVER = {
    "schema_version": "0.3.0", "evaluation_id": "quiz/tiny/1", "retrieved_timestamp": "1741262400",
    "source_metadata": {"source_type": "evaluation_run", "source_organization_name": "Acme",
                        "evaluator_relationship": "first_party"},
    "eval_library": {"name": "lm_eval", "version": "0.4.9"},
    "model_info": {"name": "tiny-1b", "id": "acme/tiny-1b"},
    "evaluation_results": [
        {"evaluation_name": "Quiz",
         "metric_config": {"evaluation_description": "accuracy", "metric_name": "accuracy",
                           "lower_is_better": False, "metric_unit": "proportion"},
         "score_details": {"score": 0.75, "uncertainty": {
             "standard_error": {"value": 0.01}, "num_samples": 200}}},
        {"evaluation_name": "Text",
         "metric_config": {"metric_name": "loss", "lower_is_better": True},
         "score_details": {"score": 2.5}},
    ],
}  # fmt: skip
MTEB = {
    "dataset_revision": "b44c3b01", "task_name": "AFQMC", "mteb_version": "1.12.41",
    "evaluation_time": 24.7,
    "scores": {split: [{"hf_subset": "default", "main_score": value, "pearson": 0.3}]
               for split, value in (("test", 0.5), ("validation", 0.25))},
}  # fmt: skip
EVAL_RESULTS = """- dataset: {id: cais/hle}
  value: 20.90
- dataset: {id: Idavidrein/gpqa, task_id: gpqa_diamond}
  value: 0.412
  date: "2025-03-06"
"""
CARD = """---
license: mit
model-index:
- name: tiny-1b
  results:
  - dataset: {name: MMLU, type: cais/mmlu}
    metrics:
    - {type: acc, value: 64.3, name: accuracy}
  - dataset: {name: IFEval, type: ifeval}
    metrics:
    - {type: strict, value: 0.5}
---
# Tiny
"""
OPENCOMPASS = """dataset,version,metric,mode,tiny-1b
--------- 考试 Exam ---------,-,-,-,-
ceval,-,naive_average,gen,59.71
mmlu,61ec4e,bpb,ppl,0.8154
agieval,-,-,-,-
"""

# {format: (files, [(metric, unit, higher is better, value, n, error, day)], (harness, settings))}
RUNS = {
    "lm-eval before 0.4": (
        {"results.json": json.dumps(test_lm_eval_old.old())},
        [
            ("lambada acc", "proportion", True, "0.6476", None, "0.0067", None),
            ("lambada ppl", "points", False, "5.1", None, "0.11", None),
            ("quiz acc", "proportion", True, "0.881", None, None, None),
            ("quiz acc_norm", "proportion", True, "0.827", None, "0.012", None),
        ],
        ("lm-evaluation-harness", "model revision step83000"),
    ),
    "lm-eval-samples": (
        {f"acme__tiny-1b/{test_lm_eval_samples.NAME}": test_lm_eval_samples.QUIZ.decode()},
        [
            ("quiz acc", "proportion", True, "0.75", 4, "0.25", DAY),
            ("quiz acc_norm", "proportion", True, "0", 4, None, DAY),
        ],
        ("lm-evaluation-harness", "worked out from samples"),
    ),
    "lighteval": (
        {test_lighteval.NAME: json.dumps(test_lighteval.run())},
        [
            ("arc:challenge acc", "proportion", True, "0.25", 1172, "0.0127", DAY),
            ("arc:challenge wer", "points", False, "3.5", 1172, None, DAY),
            ("gsm8k qem", "proportion", True, "0.5", 1319, None, DAY),
            ("mmlu acc", "proportion", True, "0.4", None, "0.03", DAY),
        ],
        ("lighteval", "model revision 607a30d7"),
    ),
    "inspect": (
        {"log.json": json.dumps(test_inspect_log.log())},
        [("popularity accuracy (match)", "proportion", True, "0.75", 100, "0.0435", DAY)],
        ("Inspect", "commit of the task 02526f4c"),
    ),
    "helm": (
        {f"run/{name}": json.dumps(content) for name, content in
         (("stats.json", test_helm.STATS), ("run_spec.json", test_helm.SPEC))},
        [
            (f"{test_helm.RUN} bits_per_byte", "points", False, "1.25", 135, None, None),
            (f"{test_helm.RUN} exact_match", "proportion", True, "0.25", 135, None, None),
            (f"{test_helm.RUN} quasi_exact_match", "proportion", True, "0.3", 135, None, None),
        ],
        ("HELM", "method multiple_choice_joint"),
    ),
    "evalplus": (
        {test_code_runs.PLUS: json.dumps(test_code_runs.evalplus(test_code_runs.WHOLE))},
        [
            ("HumanEval pass@1", "proportion", True, "0.75", 164, None, DAY),
            ("HumanEval Plus pass@1", "proportion", True, "0.5", 164, None, DAY),
        ],
        ("EvalPlus", "temperature 0.0"),
    ),
    "bigcodebench": (
        {test_code_runs.BIG: json.dumps(test_code_runs.bigcodebench(["pass"] * 37 + ["x"] * 111))},
        [("BigCodeBench-Complete (Hard) pass@1", "proportion", True, "0.25", 148, None, DAY)],
        ("BigCodeBench", "model revision main"),
    ),
    "lm-eval": (
        {"results.json": json.dumps(LM_EVAL)},
        [
            ("quiz acc", "proportion", True, "0.75", 200, "0.01", DAY),
            ("quiz perplexity", "points", False, "12.5", 200, None, DAY),
        ],
        ("lm-evaluation-harness", "n-shot: 5"),
    ),
    "every-eval-ever": (
        {"record.json": json.dumps(EVERY_EVAL_EVER)},
        [
            ("Quiz accuracy", "proportion", True, "0.75", 200, "0.01", None),
            ("Text loss", "points", False, "2.5", None, None, None),
        ],
        ("lm_eval", ""),
    ),
    "mteb": (
        {"results/acme__tiny-1b/13f00a0e/AFQMC.json": json.dumps(MTEB)},
        [
            ("AFQMC main score (test)", "points", True, "0.5", None, None, None),
            ("AFQMC main score (validation)", "points", True, "0.25", None, None, None),
        ],
        ("MTEB", "model revision 13f00a0e; dataset revision b44c3b01"),
    ),
    "eval_results of Hugging Face": (
        {"models--acme--tiny-1b/.eval_results/gpqa.yaml": EVAL_RESULTS},
        [
            ("gpqa gpqa_diamond", "points", True, "0.412", None, None, DAY),
            ("hle score", "points", True, "20.9", None, None, None),
        ],
        ("", ""),
    ),
    "model-index of Hugging Face": (
        {"README.md": CARD},
        [
            ("IFEval strict", "points", True, "0.5", None, None, None),
            ("MMLU accuracy", "points", True, "64.3", None, None, None),
        ],
        ("", ""),
    ),
    "opencompass": (
        {"summary.csv": OPENCOMPASS},
        [
            ("ceval naive_average", "percent", True, "59.71", None, None, None),
            ("mmlu bpb", "points", True, "0.8154", None, None, None),
        ],
        ("OpenCompass", ""),
    ),
    "long": (
        {"long.csv": "llm,benchmark,metric,value,n,standard_error,measured_on\n"
                     "tiny-1b,Quiz,accuracy,75%,200,1%,2025-03-06\n"
                     "tiny-1b,Text,loss,2.5,,,3/16/2025\n"},
        [
            ("Quiz accuracy", "percent", True, "75", 200, "1", DAY),
            ("Text loss", "points", True, "2.5", None, None, date(2025, 3, 16)),
        ],
        ("", ""),
    ),
    "Markdown": (
        {"table.md": "# Results\n\n| Model | Quiz (%) | Elo | Elo lower | Elo upper |\n"
                     "|---|---:|---|---|---|\n| tiny-1b | **75.0** | 1492 | 1480 | 1504 |\n"},
        [
            ("Elo", "points", True, "1492", None, "6.12256143", None),
            ("Quiz", "percent", True, "75", None, None, None),
        ],
        ("", ""),
    ),
    "HTML": (
        {"table.csv": "<table><tr><th>Model</th><th>Quiz</th><th>Quiz stderr</th></tr>"
                      "<tr><td>tiny-1b</td><td>75 %</td><td>1 %</td></tr></table>"},
        [("Quiz", "percent", True, "75", None, "1", None)],
        ("", ""),
    ),
    "ratings": (
        {"ratings.csv": "Model,Rating,95% CI,Votes\ntiny-1b,1396.1,+6/-6,20114\n"},
        [
            ("Rating", "points", True, "1396.1", None, "3.06128072", None),
            ("Votes", "points", True, "20114", None, None, None),
        ],
        ("", ""),
    ),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Writes files into a folder and returns the only one, or the folder."""

    def write(files):
        for path, content in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(content)
        return tmp_path / next(iter(files)) if len(files) == 1 else tmp_path

    return write


def stored():
    rows = Score.objects.select_related("metric__benchmark").order_by("metric__key")
    return sorted(
        (
            str(row.metric),
            row.metric.unit,
            row.metric.higher_is_better,
            f"{row.value.normalize():f}",
            row.question_count,
            None if row.standard_error is None else f"{row.standard_error.normalize():f}",
            row.measured_on,
        )
        for row in rows
    )


@pytest.mark.parametrize("name", RUNS)
def test_a_run_is_stored_with_its_unit_direction_count_error_and_source(folder, name):
    files, scores, (harness, setting) = RUNS[name]
    path = folder(files)
    run(path, *NEW)
    assert stored() == sorted(scores)
    source = Source.objects.get()
    assert (source.harness, setting in source.settings) == (harness, True)
    assert set(Score.objects.values_list("llm__name", flat=True)) <= {
        "tiny-1b", "tiny-2.8b", "gpt-4o-mini",
    }  # fmt: skip
    assert run(path, *NEW)[-1] == "0 changes"


def test_a_partial_run_is_shown_and_stored_only_if_that_is_allowed(folder):
    limited = test_inspect_log.spec(config={"limit": 10}, dataset={"samples": 14042})
    path = folder({"log.json": json.dumps(test_inspect_log.log(spec=limited))})
    lines = run(path, *NEW)
    assert "partial run (1)" in lines
    assert "Only 100 of 14042 questions. Allow partial runs to import it." in "".join(lines)
    assert not Metric.objects.exists()
    run(path, *NEW, "--allow-partial")
    assert Score.objects.get().question_count == 100
