"""What evaluation programs write, from the command line into the tables: value, unit, n, source."""

import json
from datetime import date

import pytest
from django.core.management import CommandError

from leaderboard.models import Metric, Score, Source
from tests.imports.command import NEW, everything, run
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


@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_was_cut_off_stores_nothing(folder, name):
    files, *_ = RUNS[name]
    first = next(iter(files))
    path = folder(files | {first: files[first][: len(files[first]) * 2 // 3]})
    before = everything()
    with pytest.raises(CommandError) as refused:
        run(path, *NEW)
    assert (refused.value.returncode, everything()) == (1, before)
    assert "cut" in str(refused.value) or "is not correct JSON" in str(refused.value)


def test_a_partial_run_is_shown_and_stored_only_if_that_is_allowed(folder):
    limited = test_inspect_log.spec(config={"limit": 10}, dataset={"samples": 14042})
    path = folder({"log.json": json.dumps(test_inspect_log.log(spec=limited))})
    lines = run(path, *NEW)
    assert "partial run (1)" in lines
    assert "Only 100 of 14042 questions. Allow partial runs to import it." in "".join(lines)
    assert not Metric.objects.exists()
    run(path, *NEW, "--allow-partial")
    assert Score.objects.get().question_count == 100
