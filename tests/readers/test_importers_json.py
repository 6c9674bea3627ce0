"""JSON that evaluators write, and JSON that somebody wrote to do harm."""

import io
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from leaderboard.readers.files.json_documents import (
    CHUNK,
    LONG_TEXT,
    LONGEST_TEXT,
    MAX_DEPTH,
    MAX_PARTS,
    PLENTY,
    load,
)
from leaderboard.readers.files.json_values import NotANumber, day, public_name
from leaderboard.readers.formats.anesbench import LEVELS
from leaderboard.readers.registry import read_file
from leaderboard.readers.results import (
    Asked,
    LLMDraft,
    MetricDraft,
    Problem,
    Provenance,
    Reading,
    Refused,
    Result,
)
from tests.conftest import shared_sample

DATA = Path(__file__).parents[1] / "data"
LARGE = 49_900_000  # bytes, just below the limit
MEMORY = 100_000_000  # bytes by which a hostile file may make a process grow


def loaded(content):
    return load(io.BytesIO(content if isinstance(content, bytes) else content.encode()))


def refusal(content):
    with pytest.raises(Refused) as refused:
        loaded(content)
    return str(refused.value)


def read(content, asked=None):
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    return read_file(io.BytesIO(content), "upload.json", asked or Asked()).reading


def read_refusal(content, asked=None):
    with pytest.raises(Refused) as refused:
        read(content, asked)
    return str(refused.value)


def sample(name):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def shared(name):
    path = shared_sample(f"formats/{name}")
    with path.open("rb") as file:
        return read_file(file, path.name, Asked())


# Values as they are in the file


def test_numbers_keep_the_digits_of_the_file():
    assert loaded('{"a": 0.850, "b": 12, "c": -1.5e-3, "d": true, "e": null}') == {
        "a": Decimal("0.850"),
        "b": 12,
        "c": Decimal("-0.0015"),
        "d": True,
        "e": None,
    }
    assert str(loaded("[0.850]")[0]) == "0.850"


def test_nan_and_infinity_are_no_numbers():
    names = ["NaN", "Infinity", "-Infinity"]
    assert loaded(f"[{', '.join(names)}]") == [NotANumber(name) for name in names]


def test_numbers_beyond_all_bounds_are_read_without_computing_them():
    assert loaded("[1e999]") == [Decimal("1e999")]
    assert loaded("[1e99999999999999999999]") == [NotANumber("1e99999999999999999999")]
    assert loaded(f"[{'1' * 20_000}]") == [NotANumber("1" * 40 + "…")]
    assert loaded(f"[0.{'1' * 20_000}]") == [NotANumber("0." + "1" * 38 + "…")]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_every_utf_is_read_with_and_without_its_mark(encoding):
    assert loaded('{"name": "Ärzte 中 😀"}'.encode(encoding)) == {"name": "Ärzte 中 😀"}


def test_characters_and_escapes_survive_the_ends_of_chunks():
    for offset in range(8):
        text = ["x" * 90] * (CHUNK // 94) + ["y" * offset, '\\"中\\\\"' * 10, "\ud83d\ude00", "\\"]
        text = [part.encode("utf-16", "surrogatepass").decode("utf-16") for part in text]
        for ascii_only in (True, False):
            assert loaded(json.dumps(text, ensure_ascii=ascii_only)) == text


def test_a_list_or_a_text_on_top_is_read_as_it_is():
    assert loaded('[1, "a"]') == [1, "a"]
    assert loaded('"a text"') == "a text"


def test_long_texts_are_left_out_and_short_ones_kept():
    kept, escaped = "k" * LONGEST_TEXT, '"\\' * 10
    texts = [kept, "l" * (LONGEST_TEXT + 1), "m" * 3 * CHUNK, escaped, '"' * 2000, "end"]
    assert loaded(json.dumps(texts)) == [kept, "", "", escaped, "", "end"]


def test_after_plenty_of_text_only_names_are_kept():
    texts = ["r" * 900] * (PLENTY // 850) + ["n" * LONG_TEXT, "r" * 900]
    assert loaded(json.dumps(texts))[-2:] == ["n" * LONG_TEXT, ""]


# What is refused, with a sentence


def test_a_document_may_be_nested_fifty_levels_deep():
    assert loaded("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    for deep in ("[" * 51 + "]" * 51, "[" * 100_000, '{"a":' * 100_000):
        assert refusal(deep) == (
            "The document is nested more than 50 levels deep; no result file is. "
            "Give the file as the evaluation program wrote it."
        )
    assert loaded(json.dumps(["[" * 90])) == ["[" * 90]


def test_a_key_given_twice_is_refused_by_name():
    assert refusal('{"a": {"acc": 0.1, "f1": 1, "acc": 0.2}}') == (
        "The key “acc” stands twice in one object, so it is not clear which value counts. "
        "Leave one of them out."
    )


@pytest.mark.parametrize("half", [r"\ud800", r"\uDC00", r"\udbff\ud800"])
def test_half_a_character_is_refused_by_name(half):
    assert refusal('{"a": 1,\n"b": "' + half + 'x"}').startswith(f"Line 2 holds {half[:6]}, half")


def test_whole_characters_and_escaped_backslashes_are_no_halves():
    assert loaded(r'["\ud83d\ude00", "\\ud800"]') == ["😀", r"\ud800"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"  \n", "The file is empty."),
        (b'{"a": 1,\n "b" 2}', "This is not correct JSON, line 2, column 6: Expecting ':'"),
        (b'["a", "b', "This is not correct JSON, line 1, column 7: Unterminated string."),
        (b'{"a": 1}\n{"a": 2}', "This is not correct JSON, line 2, column 1: there is text after"),
        (b'["a\nb"]', "This is not correct JSON, line 1, column 4: Invalid control character."),
        (b"[1]]", "This is not correct JSON: it closes a bracket that it never opened."),
        (b'{"a": "\xff"}', "The file is not UTF-8 text: byte 8 cannot be read."),
        (b'["' + b"a" * CHUNK + b'\xff"]', f"The file is not UTF-8 text: byte {CHUNK + 3:,} "),
        ('["中'.encode()[:-1], "The file is not UTF-8 text: byte 3 cannot be read."),
        (b'["a",\n"b\0c"]', "Line 2 holds a NUL character"),
        (b'["\xed\xa0\x80"]', "The file is not UTF-8 text: byte 3 cannot be read."),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(content, sentence):
    assert refusal(content).startswith(sentence)


def test_no_column_is_named_where_texts_before_it_were_left_out():
    long = "a" * 2000
    assert refusal(f'["{long}" 1]').startswith("This is not correct JSON, line 1: Expecting")


def test_too_many_values_are_refused():
    assert len(loaded(f"[{'1,' * (MAX_PARTS - 2)}1]")) == MAX_PARTS - 1
    assert refusal(f"[{'1,' * MAX_PARTS}1]").startswith("The document holds too much")


# Hostile files, each in a process of its own so that its memory can be told

HOSTILE = {
    "NaN": (b'{"a": NaN, "b": [Infinity, -Infinity]}', b"", b"", "read"),
    "1e999": (b'{"a": 1e999, "b": ', b"", b"1e9999999999999999}", "read"),
    "depth 100,000": (b"", b"[", b"", "nested more than 50"),
    "20,000 digits": (b"[", b"7" * 20_000, b"]", "read"),
    "duplicate keys": (b"{", b'"a":1,', b'"a":2}', "too much"),
    "duplicate keys that fit": (b'{"a":1,', b"", b'"a":2}', "stands twice"),
    "a list on top": (b"[1]", b"", b"", "read"),
    "a string on top": (b'"a"', b"", b"", "read"),
    "lone surrogate": (b'["\\ud800"]', b"", b"", "half of a character"),
    "50 MB of [],": (b"[", b"[],", b"[]]", "too much"),
    "50 MB in one string": (b'["', b"a", b'"]', "read"),
    "50 MB of escaped quotes": (b'["', b'\\"', b'"]', "read"),
    "50 MB of backslashes": (b'["', b"\\\\", b'"]', "read"),
    "50 MB of emoji": (b'["', "😀".encode(), b'"]', "read"),
    "50 MB of quotes": (b"[", b'"', b"]", "too much"),
    "50 MB of blanks": (b"[", b" ", b"]", "too much"),
    "50 MB of digits": (b"[", b"1", b"]", "too much"),
    "50 MB of closing brackets": (b"[", b"]", b"]", "never opened"),
    "50 MB of responses": (b"[", b'"' + b"a" * 900 + "😀".encode() + b'",', b"1]", "read"),
    "51 MB": (b'["' + b"a" * 1_100_000, b"a", b'"]', "larger than 50 MB"),
}
# The suite keeps those of the bad-input list; these are the other ways to fill 50 MB.
SLOW = {name for name in HOSTILE if "50 MB of" in name} - {"50 MB of [],"} | {"51 MB"}
MEASURE = """
import resource, sys, time
from leaderboard.readers.files import json_documents as json_files
from leaderboard.readers.results import Refused

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))

before, start = peak(), time.process_time()
with open(sys.argv[1], "rb") as file:
    try:
        json_files.load(file)
        answer = "read"
    except Refused as refused:
        answer = str(refused)
print(peak() - before, round(time.process_time() - start, 2), answer)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=[pytest.mark.long] * (each in SLOW)) for each in HOSTILE]
)
def test_a_hostile_file_is_answered_with_little_memory(name, tmp_path):
    head, unit, tail, expected = HOSTILE[name]
    times = 1 if not unit or len(unit) == 20_000 else LARGE // len(unit)
    path = tmp_path / "hostile.json"
    path.write_bytes(head + unit * times + tail)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, path],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    path.unlink()  # pytest keeps folders of three runs
    memory, seconds, answer = done.stdout.strip().split(" ", 2)
    print(f"{name}: {int(memory) / 1e6:.0f} MB, {seconds} s: {answer}")
    assert expected in answer
    assert int(memory) < MEMORY


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[1, 2, 3]", "This is a JSON document, but none that can be imported."),
        (b"{}", "This is a JSON document, but none that can be imported."),
        (
            b'[{"id": 1, "choice_num": 4, "answer": "A", "level": 1}]',
            "This looks like a question file: give it as the question file beside result.json.",
        ),
        (
            b'[{"evaluation_results": [], "model_info": {}}]',
            "This is a list of records. Give each record as a file of its own.",
        ),
    ],
)
def test_other_documents_are_refused_with_what_they_are(content, sentence):
    assert read_refusal(content).startswith(sentence)


# What values say


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1741299889.2332852"), date(2025, 3, 6)),
        (1741299889, date(2025, 3, 6)),
        ("1741299889.5", date(2025, 3, 6)),
        ("2025-03-06T23:59:00Z", date(2025, 3, 6)),
        (Decimal("32343147.2"), None),
        ("2025-13-06", None),
        ("yesterday", None),
        (Decimal("1e999"), None),
        (NotANumber("NaN"), None),
        (True, None),
        (None, None),
    ],
)
def test_days_are_read_from_seconds_and_dates(value, expected):
    assert day(value) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("meta-llama/Llama-3.1-8B", "meta-llama/Llama-3.1-8B"),
        ("openai/azure/gpt-4o", "openai/azure/gpt-4o"),
        ("/scratch/me/qwen/", "qwen"),
        ("./runs/step-9", "step-9"),
        (r"C:\models\qwen", "qwen"),
        ("/root/.cache/hub/models--Qwen--Qwen3-8B/snapshots/0a1b", "Qwen/Qwen3-8B"),
        ("/home", "home"),
        ("  ", ""),
    ],
)
def test_a_public_name_has_no_path(name, expected):
    assert public_name(name) == expected


# AnesBench


def questions(*levels, key="level"):
    asked = [
        {"id": place, "question": "Which?", "choice_num": 4, "answer": "A", key: level}
        for place, level in enumerate(levels)
    ]
    return json.dumps(asked).encode()


def asked(file, llm="Tiny", benchmark="AnesBench"):
    return Asked(llm, benchmark, file)


def scores(reading):
    return {
        each.metric: (each.value, each.question_count, each.expected_count)
        for each in reading.results
    }


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


def test_an_anesbench_reading_says_what_it_is_about():
    reading = read({"correctness": [True, False]}, asked(questions("1", 3, key="category")))
    draft = MetricDraft(
        "system1", "AnesBench", "proportion", question_count=1, is_share_of_questions=True
    )
    assert reading == Reading(
        results=(
            Result(
                "correctness › system1",
                "Tiny",
                "AnesBench / system1",
                Decimal("1.00000000"),
                1,
                1,
                unit="proportion",
            ),
            Result(
                "correctness › system2",
                "Tiny",
                "AnesBench / system2",
                Decimal("0E-8"),
                1,
                1,
                unit="proportion",
            ),
            Result(
                "correctness › overall",
                "Tiny",
                "AnesBench / overall",
                Decimal("0.50000000"),
                2,
                2,
                unit="proportion",
            ),
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
    assert read_refusal({"correctness": [1]}, Asked(llm="Tiny")) == (
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
            "Scores are below 1,000,000. Correct it in the file, or take it out.",
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


def test_lm_eval_provenance_tells_the_run_and_nothing_private():
    reading = read((DATA / "lm_eval.json").read_bytes())
    assert reading.provenance == Provenance(
        title="lm-evaluation-harness results of Tiny-1B, 2025-03-06",
        harness="lm-evaluation-harness",
        harness_version="0.4.8",
        settings="n-shot: trivia 5, first 0; task versions: trivia 3.0, first 1.0; "
        "model revision main (0123abc); dtype float16; limit 20; "
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
    assert [each.llm for each in read(unnamed, Asked(llm="Mine")).results] == ["Mine"]


def test_the_llm_that_the_maintainer_names_counts_and_the_difference_is_noted():
    reading = read(lm_eval(), Asked(llm="Mine"))
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


# Every Eval Ever


def record(**changes):
    return sample("every_eval_ever_0_3.json") | changes


def test_an_every_eval_ever_record_is_read():
    reading = read((DATA / "every_eval_ever_0_3.json").read_bytes())
    quiz = MetricDraft(
        "Accuracy",
        "Quiz",
        "proportion",
        minimum=Decimal(0),
        maximum=Decimal(1),
        question_count=100,
    )
    where = "evaluation_results › 3 › Grade"
    assert reading == Reading(
        results=(
            Result(
                "evaluation_results › 1 › Quiz",
                "acme/tiny",
                "Quiz / accuracy",
                Decimal("0.50"),
                40,
                100,
                Decimal("0.05"),
                "proportion",
                date(2025, 3, 6),
            ),
            Result(
                "evaluation_results › 2 › Quiz",
                "acme/tiny",
                "Quiz / latency",
                Decimal(120),
                measured_on=date(2025, 3, 6),
            ),
        ),
        problems=(
            Problem(
                where,
                "-1",
                "-1 stands for an unknown level",
                "It is left out: there is no score to store.",
                "acme/tiny",
                "Grade",
                is_missing=True,
            ),
        ),
        llms={"acme/tiny": LLMDraft("Tiny", "Acme", Decimal("1.5"), "acme/tiny")},
        metrics={
            "Quiz / accuracy": quiz,
            "Quiz / latency": MetricDraft(
                "latency", "Quiz", minimum=Decimal(0), higher_is_better=False
            ),
            "Grade": MetricDraft("Grade / score", "Essays"),
        },
        provenance=Provenance(
            title="Acme report: acme/tiny",
            kind="report",
            evaluator="Acme",
            tier="vendor",
            harness="inspect_ai",
            harness_version="0.3.1",
            settings="precision bfloat16; inference engine vLLM 0.8; temperature 0.0; "
            "reasoning false; Every Eval Ever record demo/acme_tiny/1741299889",
            date=date(2025, 3, 6),
        ),
    )


@pytest.mark.parametrize(
    ("source_type", "relationship", "kind", "tier"),
    [
        ("evaluation_run", "first_party", "evaluation run", "vendor"),
        ("evaluation_run", "third_party", "evaluation run", "independent"),
        ("documentation", "collaborative", "leaderboard", "unknown"),
        ("documentation", "other", "leaderboard", "unknown"),
    ],
)
def test_who_evaluated_says_how_independent_a_record_is(source_type, relationship, kind, tier):
    source = {"source_type": source_type, "evaluator_relationship": relationship}
    provenance = read(record(source_metadata=source)).provenance
    assert (provenance.kind, provenance.tier) == (kind, tier)


def test_a_record_of_another_version_is_refused():
    assert read_refusal(record(schema_version="1.0")).startswith(
        "The record's schema_version is 1.0; 0.2 and 0.3 can be read."
    )


def test_a_record_without_a_name_asks_for_it():
    assert read_refusal(record(model_info={})).startswith("The record does not name its LLM")
    assert {each.llm for each in read(record(), Asked(llm="Mine")).results} == {"Mine"}


def test_two_results_that_nothing_tells_apart_are_a_problem():
    one = {"evaluation_name": "Quiz", "score_details": {"score": 1}}
    two = {"evaluation_name": "Quiz", "score_details": {"score": 2}}
    problems = read(record(evaluation_results=[one, two])).problems
    assert [each.where for each in problems] == [
        "evaluation_results › 1 › Quiz and evaluation_results › 2 › Quiz"
    ]


def test_a_record_of_odd_types_is_read_as_far_as_it_goes():
    odd = [1, {"evaluation_name": 7, "metric_config": [], "score_details": {"score": "x"}}]
    reading = read(record(evaluation_results=odd, source_metadata=None, eval_library=[]))
    assert [each.metric for each in reading.results] == [""]
    assert [each.reason for each in reading.problems] == ["“x” is not a number"]


def test_the_real_every_eval_ever_record_is_read():
    file = shared("every-eval-ever/record_llama-pro-8b.json")
    assert file.format == "every-eval-ever"
    assert {each.metric: str(each.value) for each in file.reading.results} == {
        "IFEval": "0.4486",
        "BBH": "0.4224",
        "MATH Level 5": "0.0249",
        "GPQA": "0.2743",
        "MUSR": "0.419",
        "MMLU-PRO": "0.1946",
    }
    assert file.reading.llms == {
        "TencentARC/LLaMA-Pro-8B-Instruct": LLMDraft(
            "LLaMA-Pro-8B-Instruct",
            "TencentARC",
            Decimal("8.357"),
            "TencentARC/LLaMA-Pro-8B-Instruct",
        )
    }
    assert file.reading.provenance == Provenance(
        title="HF Open LLM v2: TencentARC/LLaMA-Pro-8B-Instruct",
        kind="leaderboard",
        evaluator="Hugging Face",
        tier="independent",
        settings="precision bfloat16; Every Eval Ever record "
        "hfopenllm_v2/TencentARC_LLaMA-Pro-8B-Instruct/1770682486.623709",
        date=date(2026, 2, 10),
    )
