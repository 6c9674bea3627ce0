"""Names that mean harm are plain text in every export."""

import re

import pytest
from markdown_it import MarkdownIt

from leaderboard.exports.as_csv import csv_text
from leaderboard.exports.as_latex import latex_text
from leaderboard.exports.as_markdown import markdown_text
from leaderboard.models import LLM
from tests.exports.taking import FILTERED, csv_rows, export
from tests.factories import (
    make_leaderboard,
    make_metric,
    make_score,
)

pytestmark = pytest.mark.django_db


HOSTILE = [
    r"A_B&C%{}$#~^\ ".strip(),
    "=cmd|' /C calc'!A0",
    "－1",
    "+1",
    "@SUM(A1)",
    "-- x --",
    "'=1",
    "<b>x</b> | y `z` *w* [v](u)",
]


def make_hostile_leaderboard():
    metric = make_metric()
    llms = [LLM(name=name, slug=f"x{number}") for number, name in enumerate(HOSTILE)]
    LLM.objects.bulk_create([*map(derived, llms)])
    for llm in llms:
        make_score(llm, metric, "0.5")
    return make_leaderboard([metric], title=r"A_B&C%{}$#~^\ {")


def derived(llm):
    llm.derive()
    return llm


def test_hostile_names_come_back_from_csv_and_json(client):
    make_hostile_leaderboard()
    cells = [row["llm"] for row in csv_rows(export(client, sort="llm"))]
    names = [name.removeprefix("'") for name in cells]
    assert sorted(names) == sorted(HOSTILE)
    assert {name for name in cells if not name.startswith("'")} == {HOSTILE[0], HOSTILE[-1]}
    rows = export(client, "json").json()["rows"]
    assert sorted(row["llm"] for row in rows) == sorted(HOSTILE)


def test_hostile_names_are_plain_text_in_a_markdown_table(client):
    make_hostile_leaderboard()
    text = export(client, "md", sort="llm").content.decode()
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    cells = [token for token in tokens if token.type == "inline"]
    names = [plain_text(cell) for cell in cells[4:-1:3]]
    assert sorted(names) == sorted(HOSTILE)


def plain_text(token):
    assert {child.type for child in token.children} <= {"text", "text_special"}
    return "".join(child.content for child in token.children)


def test_hostile_names_are_plain_text_in_latex(client):
    make_hostile_leaderboard()
    text = export(client, "tex", sort="llm").content.decode()
    assert (
        rf" & A\_B\&C\%\{{\}}\$\#\textasciitilde{{}}\textasciicircum{{}}{TEX_BACKSLASH} & " in text
    )
    assert " & =cmd\\textbar{}' /C calc'!A0 & " in text
    assert " & -{}- x -{}- & " in text
    check_latex(text, columns=3)


TEX_BACKSLASH = r"\textbackslash{}"


@pytest.mark.parametrize("query", [{}, {"intervals": "all"}, {"columns": "average"}, FILTERED])
def test_the_latex_of_the_seed_is_balanced(query, anesbench, client):
    text = export(client, "tex", "anesbench", **query).content.decode()
    check_latex(text, columns=3 if "columns" in query else 11)


def check_latex(text, columns):
    """Braces, environments and dollars in pairs, and as many cells in every row."""
    bare = re.sub(r"\\[\\{}$&%#_]", "", text.replace(r" \\" + "\n", "\n"))
    depth = 0
    for character in bare:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    assert bare.count("$") % 2 == 0
    begun, ended = (re.findall(rf"\\{word}{{(\w+)}}", text) for word in ("begin", "end"))
    assert begun == ended[::-1] == ["table", "tabular"]
    rows = [line for line in text.splitlines() if line.endswith(r" \\")]
    assert {row_width(row) for row in rows} == {columns}


def row_width(row):
    spans = [int(span) for span in re.findall(r"\\multicolumn{(\d+)}", row)]
    return len(re.findall(r"(?<!\\)&", row)) + 1 + sum(spans) - len(spans)


def test_a_hostile_title_leaves_a_bibliography_whole(client):
    make_hostile_leaderboard()
    text = export(client, "bib").content.decode()
    assert r"{{A\_B\&C\%\textbraceleft{}\textbraceright{}\$\#" in text
    assert text.count("{") == text.count("}")  # escaped or not: BibTeX counts them all


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Alpha", "Alpha"),
        ("a=b", "a=b"),
        ("", ""),
        ("=1", "'=1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@a", "'@a"),
        ("\ta", "'\ta"),
        ("\ra", "'\ra"),
        ("\na", "'\na"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠a", "'＠a"),
        ("﹢1", "'﹢1"),
        (" =1", "' =1"),
        ("'a", "'a"),
        ("'=1", "''=1"),
    ],
)
def test_what_a_spreadsheet_could_run_has_an_apostrophe_in_front(text, cell):
    assert csv_text(text) == cell


def test_tabs_and_line_ends_break_no_row():
    text = "\ta\r\nb\u2028c "
    assert (markdown_text(text), latex_text(text)) == ("a b c", "a b c")
    assert csv_text(text) == f"'{text}"
