"""The answers that a run of AnesBench writes."""

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from leaderboard.readers.formats.anesbench import LEVELS
from leaderboard.readers.results import (
    FileContext,
    LLMDraft,
    MetricDraft,
    Problem,
    Provenance,
    Reading,
    Result,
)
from tests.readers.json_files import asked, read, read_refusal, scores

# AnesBench


def questions(*levels, key="level"):
    asked = [
        {"id": place, "question": "Which?", "choice_num": 4, "answer": "A", key: level}
        for place, level in enumerate(levels)
    ]
    return json.dumps(asked).encode()


ENGLISH = questions(*[1] * 2960, *[2] * 1028, *[3] * 355)


def test_a_full_anesbench_run_gives_four_scores():
    correct = [1] * 1480 + [0] * 1480 + [1] * 257 + [0] * 771 + [1] * 71 + [0] * 284
    run = {
        "model_score": sum(correct) / 4343,
        "model_output": ["A" if right else "B" for right in correct],
        "model_response": ["An exam text. " * 100] * 4343,
        "correctness": correct,
    }
    reading = read(run, asked(ENGLISH))
    assert scores(reading) == {
        "AnesBench / system1": (Decimal("0.50000000"), 2960, 2960),
        "AnesBench / system1.x": (Decimal("0.25000000"), 1028, 1028),
        "AnesBench / system2": (Decimal("0.20000000"), 355, 355),
        "AnesBench / overall": (Decimal("0.41630210"), 4343, 4343),
    }
    assert (reading.problems, reading.notes) == ((), ())
    assert {each.standard_error for each in reading.results} == {None}
    assert not any(each.is_partial for each in reading.results)


def share(level, value, n):
    """The share of right answers of a level, all of whose questions were asked."""
    where, metric = f"correctness › {level}", f"AnesBench / {level}"
    return Result(where, "Tiny", metric, Decimal(value), n, n, unit="proportion")


def test_an_anesbench_reading_says_what_it_is_about():
    reading = read({"correctness": [True, False]}, asked(questions("1", 3, key="category")))
    draft = MetricDraft(
        "system1", "AnesBench", "proportion", question_count=1, is_share_of_questions=True
    )
    assert reading == Reading(
        results=(
            share("system1", "1.00000000", 1),
            share("system2", "0E-8", 1),
            share("overall", "0.50000000", 2),
        ),
        llms={"Tiny": LLMDraft("Tiny")},
        metrics={
            "AnesBench / system1": draft,
            "AnesBench / system2": replace(draft, name="system2"),
            "AnesBench / overall": replace(draft, name="overall", question_count=2),
        },
        provenance=Provenance(
            title="AnesBench result.json of Tiny",
            harness="AnesBench evaluate.py",
            settings=reading.provenance.settings,
        ),
    )
    assert reading.provenance.settings.startswith("2 questions; question file SHA-256 ")


def test_ten_answers_are_a_partial_run_without_the_other_levels():
    reading = read({"correctness": [1] * 9 + [0]}, asked(ENGLISH))
    assert scores(reading) == {
        "AnesBench / system1": (Decimal("0.90000000"), 10, 2960),
        "AnesBench / overall": (Decimal("0.90000000"), 10, 4343),
    }
    assert all(each.is_partial for each in reading.results)
    assert reading.notes == (
        "The file answers the first 10 of 4,343 questions. The published script adds at most 10 "
        "per start; start it again to finish.",
    )


def test_a_result_json_needs_llm_benchmark_and_questions():
    assert read_refusal({"correctness": [1]}, FileContext(llm="Tiny")) == (
        "A result.json does not say whose answers it holds, nor to which questions. Choose beside "
        "the file, or give on the command line: the benchmark (--benchmark), its question file "
        "(--questions)."
    )


@pytest.mark.parametrize(
    ("run", "file", "sentence"),
    [
        ({"correctness": []}, questions(1), "The file holds no answers"),
        ({"model_output": ["A"], "model_response": [""]}, questions(1), "The file holds no answ"),
        ({"correctness": [1, 0.5]}, questions(1, 1), "Answer 2 of “correctness” is 0.5."),
        ({"correctness": ["1"]}, questions(1), "Answer 1 of “correctness” is 1."),
        ({"correctness": [None]}, questions(1), "Answer 1 of “correctness” is None."),
        (
            {"correctness": [1, 1]},
            questions(1),
            "The file holds 2 answers, but the question file 1 questions",
        ),
        (
            {"correctness": [1], "model_output": ["A", "B"]},
            questions(1),
            "“model_output” holds 2 answers, “correctness” 1,",
        ),
        ({"correctness": [1]}, b"{}", "The question file is not a list of questions"),
        ({"correctness": [1]}, b"[]", "The question file is not a list of questions"),
        ({"correctness": [1]}, b"[1]", "The question file is not a list of questions"),
        ({"correctness": [1]}, b"[", "The question file cannot be read. This is not correct JSON"),
        (
            {"correctness": [1]},
            questions(1, 4),
            "Question 2 of the question file (id 1) has the level “4”.",
        ),
        (
            {"correctness": [1]},
            b'[{"id": "q", "answer": "A"}]',
            "Question 1 of the question file (id q) has no level.",
        ),
    ],
)
def test_what_does_not_fit_the_questions_is_refused(run, file, sentence):
    assert read_refusal(run, asked(file)).startswith(sentence)


def test_a_model_score_that_is_not_the_mean_is_a_problem():
    reading = read({"model_score": 0.75, "correctness": [1, 0]}, asked(questions(1, 1)))
    assert reading.problems == (
        Problem(
            "model_score",
            "0.75",
            "The mean of “correctness” is 0.5",
            "The file was changed or joined: give the one that the evaluation wrote.",
            "Tiny",
            "AnesBench / overall",
        ),
    )


def test_answers_that_contradict_the_question_file_are_noted():
    run = {"model_output": ["A", "B", "A"], "correctness": [1, 1, 0]}
    assert read(run, asked(questions(1, 1, 1))).notes == (
        "2 of 3 answers are right in “correctness” and wrong by the question file, or the other "
        "way round: is it the one that this run used?",
    )


def test_the_levels_are_those_of_the_benchmark():
    assert list(LEVELS.values()) == ["system1", "system1.x", "system2"]
