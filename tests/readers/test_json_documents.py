"""What is read of a JSON document, and what is refused of it."""

import io
import json
from datetime import date
from decimal import Decimal

import pytest

from leaderboard.readers.files.json_documents import (
    CHUNK,
    LONG_TEXT,
    LONGEST_TEXT,
    MAX_DEPTH,
    MAX_PARTS,
    PER_QUESTION,
    PLENTY,
    load,
)
from leaderboard.readers.files.json_values import NotANumber, as_day, public_name
from leaderboard.readers.results import (
    Refused,
)
from tests.readers.json_files import read_refusal


def loaded(content):
    return load(io.BytesIO(content if isinstance(content, bytes) else content.encode()))


def refusal(content):
    with pytest.raises(Refused) as refused:
        loaded(content)
    return str(refused.value)


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
            "This is a list of records. Give each record as a file of its own, or on a line of its "
            "own.",
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
    assert as_day(value) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("meta-llama/Llama-3.1-8B", "meta-llama/Llama-3.1-8B"),
        ("openai/azure/gpt-4o", "openai/azure/gpt-4o"),
        ("/scratch/me/qwen/", "qwen"),
        ("./runs/step-9", "step-9"),
        (r"C:\models\qwen", "qwen"),
        ("/cache/hub/models--Qwen--Qwen3-8B/snapshots/0a1b", "Qwen/Qwen3-8B"),
        ("/home", "home"),
        ("  ", ""),
    ],
)
def test_a_public_name_has_no_path(name, expected):
    assert public_name(name) == expected


# What is passed over


def loaded_without_samples(content):
    return load(io.BytesIO(content.encode()), PER_QUESTION)


@pytest.mark.parametrize(
    "value", ["[]", "{}", "null", "5", '"text"', '[{"a": [1, {"b": "]}"}]}, "x", {}]', ' \n"\\"" ']
)
@pytest.mark.parametrize("colon", [":", " : ", "\n:\n"])
def test_what_is_kept_for_each_question_becomes_null(value, colon):
    assert loaded_without_samples(f'{{"a": 1, "samples"{colon}{value}, "b": [2]}}') == {
        "a": 1, "samples": None, "b": [2],
    }  # fmt: skip
    assert loaded_without_samples(f'{{"samples"{colon}{value}}}') == {"samples": None}


def test_only_a_name_on_top_is_passed_over():
    assert loaded_without_samples('{"a": {"samples": 3}, "b": "samples", "c": ["samples"]}') == {
        "a": {"samples": 3}, "b": "samples", "c": ["samples"],
    }  # fmt: skip


def test_values_that_are_passed_over_do_not_count_and_their_brackets_do():
    many = "{},[]," * MAX_PARTS
    assert loaded_without_samples(f'{{"samples": [{many}1], "a": 1}}')["a"] == 1
    with pytest.raises(Refused, match="nested more than"):
        loaded_without_samples(f'{{"samples": {"[" * 60}')
    with pytest.raises(Refused, match="never opened"):
        loaded_without_samples('{"samples": 1}]')
    with pytest.raises(Refused, match="not correct JSON"):
        loaded_without_samples('{"samples": [1, 2')


def test_a_name_at_the_end_of_a_chunk_is_passed_over():
    for blanks in range(CHUNK - 40, CHUNK + 5):
        content = " " * blanks + '{"a": 1, "samples" : [{"b": 2}], "c": 3}'
        assert loaded_without_samples(content) == {"a": 1, "samples": None, "c": 3}
