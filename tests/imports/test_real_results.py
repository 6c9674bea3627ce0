"""Whole runs imported: AnesBench, and the real files of others."""

import json
from datetime import date
from decimal import Decimal

import pytest

from leaderboard.models import LLM, Import, Leaderboard, Metric, Score, Source
from leaderboard.standings.records import load_records
from leaderboard.standings.standings import build_standings
from tests.conftest import shared_sample
from tests.imports.command import NEW, everything, preview, run

# Done when: AnesBench


def questions(*counts):
    levels = [level for level, number in enumerate(counts, start=1) for _ in range(number)]
    return json.dumps(
        [
            {"id": place, "question": "Which?", "choice_num": 4, "answer": "A", "level": level}
            for place, level in enumerate(levels)
        ]
    )


def result_json(correct):
    return json.dumps(
        {
            "model_score": sum(correct) / len(correct),
            "model_output": ["A" if right else "B" for right in correct],
            "model_response": ["Because."] * len(correct),
            "correctness": correct,
        }
    )


# The levels stand in blocks: 0.5 of the first, 0.25 of the second, 0.2 of the third are right.
CORRECT = [1] * 1480 + [0] * 1480 + [1] * 257 + [0] * 771 + [1] * 71 + [0] * 284


LEVELS = {
    "anesbench-system1": ("0.5", 2960, 0.00919018),
    "anesbench-system1x": ("0.25", 1028, 0.01350530),
    "anesbench-system2": ("0.2", 355, 0.02122980),
    "anesbench-overall": ("0.4163021", 4343, 0.00748003),
}


def anesbench_run(write, correct):
    return (
        write(result_json(correct), "result.json"),
        *("--questions", write(questions(2960, 1028, 355), "questions.json")),
        *("--llm", "Tiny", "--benchmark", "AnesBench", "--create-llms"),
    )


def test_a_full_anesbench_run_gives_four_scores_with_their_errors(anesbench, write):
    previewed = preview(*anesbench_run(write, CORRECT))["lines"]
    expected = {
        key: (value, n, pytest.approx(error, abs=1e-8)) for key, (value, n, error) in LEVELS.items()
    }
    found = [(line["new"], line["n"], float(line["standard_error"])) for line in previewed]
    assert found == list(expected.values())
    assert run(*anesbench_run(write, CORRECT))[-1] == "5 changes: 4 new, 1 new LLM"
    board = Leaderboard.objects.get()
    columns = list(board.columns.values_list("metric_id", flat=True))
    standings = build_standings(load_records(columns, board.ranking_metric_id))
    keys = [metric.key for metric in standings.columns]
    cells = dict(zip(keys, standings.row("tiny").cells, strict=True))
    assert {
        key: (
            str(cells[key].value.normalize()),
            cells[key].uncertainty.question_count,
            cells[key].uncertainty.standard_error,
        )
        for key in LEVELS
    } == {
        key: (value, n, pytest.approx(error, abs=1e-8)) for key, (value, n, error) in LEVELS.items()
    }
    assert run(*anesbench_run(write, CORRECT))[-1] == "0 changes"


def test_an_anesbench_run_of_ten_answers_is_partial_and_changes_nothing(anesbench, write):
    ten = anesbench_run(write, [1] * 7 + [0] * 3)
    before = everything()
    lines = run(*ten)
    assert lines[-1] == "0 changes"
    assert [line for line in lines if "Only 10" in line] == [
        "  2 × Only 10 of … questions. Allow partial runs to import it.",
        *(
            f"    correctness › {level}, Tiny, AnesBench {level}, – → 0.7, Only 10 of {expected} "
            "questions. Allow partial runs to import it."
            for level, expected in (("system1", 2960), ("overall", 4343))
        ),
    ]
    assert everything() == before
    assert run(*ten, "--allow-partial")[-1] == "3 changes: 2 new, 1 new LLM"


# Done when: the real files of others


def real(name):
    return shared_sample(f"formats/{name}")


def score_facts(metric):
    score = Score.objects.get(metric__key=metric)
    error = score.standard_error
    return str(score.value), score.question_count, error and str(error)


def test_the_real_lm_eval_run_is_imported(db):
    path = real("lm-eval/results_llama-3.1-8b.json")
    lines = run(path, *NEW)
    assert lines[-1] == "28 changes: 27 new, 1 new LLM, 27 new metrics"
    assert score_facts("sciq-acc") == ("0.96200000", 1000, "0.00604918")
    assert score_facts("winogrande-acc") == ("0.73401736", 1267, "0.01241832")
    perplexity = Metric.objects.get(key="lambada-openai-perplexity")
    assert (perplexity.unit, perplexity.higher_is_better, perplexity.minimum) == (
        "points", False, None,
    )  # fmt: skip
    assert "lambada_openai / perplexity,none: the file does not say its unit" in "\n".join(lines)
    llm = LLM.objects.get()
    assert (llm.name, llm.organization.name, llm.parameters, llm.huggingface_id) == (
        "Llama-3.1-8B", "meta-llama", Decimal("8.03"), "meta-llama/Llama-3.1-8B",
    )  # fmt: skip
    source = Source.objects.get()
    assert set(Score.objects.values_list("source", "measured_on")) == {
        (source.pk, date(2025, 3, 6))
    }
    assert (source.harness, source.date, source.file_name, source.file_sha256) == (
        "lm-evaluation-harness", date(2025, 3, 6), path.name, Import.objects.get().file_sha256,
    )  # fmt: skip
    assert "n-shot: 0" in source.settings
    assert run(path, *NEW)[-1] == "0 changes"


def test_infinity_and_nan_of_the_real_lm_eval_run_are_reported_and_not_stored(db):
    path = real("lm-eval/results_gpt-4o-mini_with-infinity.json")
    before = everything()
    document = preview(path, *NEW)
    assert [(line["state"], line["new"], line["reason"]) for line in document["lines"]] == [
        ("no number", "Infinity",
         "Infinity is not a number. It is left out: there is no score to store."),
        ("no number", "NaN", "NaN is not a number. The score is read without it."),
    ]  # fmt: skip
    assert run(path, *NEW)[-1] == "0 changes"
    assert everything() == before


def test_the_real_every_eval_ever_record_is_imported(db):
    path = real("every-eval-ever/record_llama-pro-8b.json")
    assert run(path, *NEW)[-1] == "7 changes: 6 new, 1 new LLM, 6 new metrics"
    found = dict(Score.objects.values_list("metric__benchmark__name", "value"))
    assert {name: str(value.normalize()) for name, value in found.items()} == {
        "IFEval": "0.4486", "BBH": "0.4224", "MATH Level 5": "0.0249", "GPQA": "0.2743",
        "MUSR": "0.419", "MMLU-PRO": "0.1946",
    }  # fmt: skip
    source = Source.objects.get()
    assert (source.title, source.kind, source.evaluator, source.tier, source.date) == (
        "HF Open LLM v2: TencentARC/LLaMA-Pro-8B-Instruct",
        "leaderboard",
        "Hugging Face",
        "independent",
        date(2026, 2, 10),
    )
    llm = LLM.objects.get()
    assert (llm.name, llm.organization.name, llm.parameters) == (
        "LLaMA-Pro-8B-Instruct", "TencentARC", Decimal("8.357"),
    )  # fmt: skip
    assert run(path, *NEW)[-1] == "0 changes"
