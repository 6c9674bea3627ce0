"""A document of no known format: what it looks like, and the way in."""

import pytest

from leaderboard.readers.registry import IMPORT_FORMATS
from tests.readers.json_files import read_refusal


def described(content):
    """What stands between “none that can be imported” and the known formats."""
    text = read_refusal(content)
    start = "but none that can be imported. "
    return text[text.index(start) + len(start) : text.index(" Known are:")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"architectures": [], "model_type": "x", "hidden_size": 1},
         "It has the keys architectures, model_type, hidden_size. That looks like the "
         "configuration of a model."),
        ({"results": [1], "model": "x"},
         "It has the keys results, model. That looks like results of an evaluation program that "
         "is not known here."),
        ([{"model": "a", "Accuracy": 1}],
         "It is a list whose first entry has the keys model, Accuracy. That looks like scores of "
         "LLMs."),
        ({"messages": []},
         "It has the keys messages. That looks like a conversation with a model."),
        (dict.fromkeys("abcdefghij", 1), "It has the keys a, b, c, d, e, f, g, h, …."),
        ({"a" * 500: 1}, f"It has the keys {'a' * 29}…."),
        ([1, 2], "On top it is a list of 2 values."),
        ([], "On top it is a list of 0 values."),
        ({}, "There is nothing in it."),
        (b'{"prompt": "a"}\n{"prompt": "b"}\n',
         "Its first line has the keys prompt. That looks like prompts of a benchmark, or answers "
         "to them."),
    ],
)  # fmt: skip
def test_an_unknown_document_is_told_by_its_keys(content, sentence):
    assert described(content) == sentence


def test_the_way_in_names_every_format_and_the_long_table():
    text = read_refusal({"x": 1})
    assert [known.label for known in IMPORT_FORMATS.values() if known.label not in text] == []
    assert text.endswith(
        "Anything else can be given as a long table: a CSV with the columns llm, benchmark, metric "
        "and value."
    )
