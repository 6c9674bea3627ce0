"""Tables in Markdown and HTML, and YAML read as data alone. All are made here."""

import time
from decimal import Decimal

import pytest

from leaderboard.readers.files import yaml_documents
from leaderboard.readers.files.json_values import NotANumber
from leaderboard.readers.files.opening import Document
from leaderboard.readers.results import Refused
from tests.readers.table_files import opened, read_wide, refusal, texts


def values(reading):
    return [(each.where, each.llm, each.metric, str(each.value)) for each in reading.results]


# Markdown


def test_a_markdown_table_is_read_with_its_lines():
    reading = read_wide(
        "# Results\n\nOurs is best.\n\n"
        "| Model | MMLU (%) | Notes |\n| :--- | ---: | --- |\n"
        "| [GPT-4](https://example.org/a_(b)) | **71.2** | a \\| b |\n"
        "| `Llama` | 68.9<sup>1</sup> | |\n\nSee below.\n"
    )
    assert values(reading) == [
        ("line 7, column MMLU (%)", "GPT-4", "MMLU (%)", "71.2"),
        ("line 8, column MMLU (%)", "Llama", "MMLU (%)", "68.9"),
    ]
    assert reading.notes == ("Columns left out: Notes.",)


def test_a_markdown_table_needs_no_bars_at_its_sides_and_links_lose_their_address():
    assert texts("Model | a\n--- | ---\n[GPT-4](https://example.org) | 1\n") == [
        ("Model", "a"), ("GPT-4", "1"),
    ]  # fmt: skip


def test_a_raised_digit_is_never_joined_to_its_number():
    reading = read_wide("| Model | a |\n|---|---|\n| x | 10<sup>2</sup> |\n| y | 7 |\n")
    assert [each.llm for each in reading.results] == ["y"]
    assert [each.where for each in reading.problems] == ["line 3, column a"]


def test_the_largest_of_several_tables_is_read_and_said():
    text = "|Model|a|\n|-|-|\n|x|1|\n\n|Model|a|b|\n|-|-|-|\n|x|1|2|\n|y|3|4|\n"
    reading = read_wide(text)
    assert reading.results[0].where == "line 7, column a"
    assert reading.notes == (
        "The file has 2 tables; the largest was read, which begins in line 5.",
    )


def test_a_csv_with_bars_in_it_stays_a_csv():
    assert texts("llm,a|b\nx,1\n") == [("llm", "a|b"), ("x", "1")]


# HTML


def test_an_html_table_is_read_with_spans_and_two_header_rows():
    table = opened(
        "<!DOCTYPE html><html><head><title>T</title><script>var a = '<table><tr><td>1'</script>"
        "</head><body><table><thead><tr><th rowspan=2>Model</th><th colspan=2>MMLU</th></tr>"
        "<tr><th>5-shot</th><th>0-shot</th></tr></thead>"
        "<tr><td>GPT&amp;4 <img src=x onerror=alert(1)></td><td><b>71.2</b></td><td>70</td></tr>"
        "<tr><td>Llama<td colspan='2'>68.9<sup>2</sup></table></body></html>"
    )
    assert table.rows == (
        (1, ("Model", "MMLU 5-shot", "MMLU 0-shot")),
        (3, ("GPT&4", "71.2", "70")),
        (4, ("Llama", "68.9²", "68.9²")),
    )
    assert table.cell_name(3, 1) == "row 3, column MMLU 5-shot"
    assert str(table.kind) == "an HTML table"


def test_a_table_alone_is_read_and_a_page_without_one_is_refused():
    assert texts("<table><tr><th>llm<th>a<tr><td>x<td>1</table>") == [("llm", "a"), ("x", "1")]
    assert refusal("<!DOCTYPE html><title>Log in</title>").startswith("This is a web page")
    assert "no table with a header and a row" in refusal("<html><table><tr><td>x</table>")
    assert refusal('<?xml version="1.0"?><table/>').startswith("This is an XML document")


@pytest.mark.parametrize(
    "page",
    [
        "<table><tr>" + "<td>1" * 140_000,
        "<table>" * 140_000,
        "<table>" + "<!--" * 140_000,
        "<table>" * 151_000,
        "<table><tr><td " + "a=1 " * 1_000_000,
        "<table>" + "<b>" * 140_000,
        "<table><tr><td colspan=9999 rowspan=9999>x" + "<tr><td>" * 60_000,
        "<table>" + "<" * 4_000_000,
    ],
)
def test_a_hostile_page_is_refused_in_time(page):
    start = time.monotonic()
    with pytest.raises(Refused):
        opened(page)
    assert time.monotonic() - start < 3


@pytest.mark.parametrize(
    "text",
    ["|a|b|\n" * 200_000, "|a" * 400_000 + "\n|-|-|\n", "[" * 500_000 + "|\n-|-\n", "-|" * 400_000],
)
def test_a_hostile_markdown_is_answered_in_time(text):
    start = time.monotonic()
    with pytest.raises(Refused):
        opened(text)
    assert time.monotonic() - start < 3


# YAML


def test_yaml_gives_numbers_with_all_their_digits_and_dates_as_texts():
    text = (
        "# ours\n- dataset: {id: a/b}\n  value: 20.90\n  n: 12\n  date: 2025-01-15\n  x: .nan\n"
        "  y: ~\n  z: 'no'\n  w: yes\n  v: true\n  u: 1e-3\n  t: 0x1A\n"
    )
    document = opened(text)
    assert isinstance(document, Document)
    assert document.data == [
        {
            "dataset": {"id": "a/b"}, "value": Decimal("20.90"), "n": Decimal(12),
            "date": "2025-01-15", "x": NotANumber(".nan"), "y": None, "z": "no", "w": "yes",
            "v": True, "u": Decimal("0.001"), "t": "0x1A",
        }
    ]  # fmt: skip
    assert str(document.data[0]["value"]) == "20.90"
    assert document.kind == "a YAML document"


LAUGHS = "results:\na: &a [x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (LAUGHS, "Line 3 has an alias (*a), which is not followed"),
        ("value:\n  a: &x 1\n  <<: *x\n", "has an alias"),
        ("value:\n" + "- " * 100 + "1", "nested too deep"),
        ("value:\n" + "[" * 100_000, "not correct YAML, line 2"),
        ("value:\n" + "- 1\n" * 260_000, "larger than 1 MB"),
        ("value:\n- " + "[1,1]," * 80_000, "not correct YAML|holds too much"),
        ("value: 1\nother:\n  a: 1\n  a: 2\n", "The key “a” stands twice"),
        ("value:\n--- \nvalue: 2\n", "several YAML documents"),
        ("value:\n  - a\n b", "not correct YAML"),
    ],
)
def test_yaml_beyond_the_limits_is_refused_in_a_sentence(text, sentence):
    start = time.monotonic()
    with pytest.raises(Refused, match=sentence.replace("(*a)", r"\(\*a\)")):
        opened(text)
    assert time.monotonic() - start < 3


def test_a_tag_makes_no_object():
    data = yaml_documents.load("a: !!python/object/apply:os.system ['id']\nb: !!int '5'\n")
    assert data == {"a": ["id"], "b": "5"}


@pytest.mark.parametrize("text", ["llm: x,a\nx,1\n", "Results: May;a\nx;1\n"])
def test_a_csv_whose_header_has_a_colon_is_no_yaml(text):
    assert not isinstance(opened(text), Document)
