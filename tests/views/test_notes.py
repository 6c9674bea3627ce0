"""Notes for readers: footnotes of rows and scores on the page, in files, states and releases."""

import json
import re

import pytest
from jsonschema import validate

from leaderboard.exports.schema import SCHEMA
from leaderboard.models import LLM, Leaderboard, Score
from leaderboard.trail.releases import freeze
from leaderboard.trail.state import hash_parts, load_parts, load_state
from tests.exports.taking import UPDATED, csv_rows, export
from tests.factories import make_aggregate, make_leaderboard, make_llm, make_metric, make_score

TOOLS, PART = "evaluated with tools", "500 of 1,200 <questions>"


@pytest.fixture
def board(db):
    one, two = make_metric("one"), make_metric("two", question_count=1_200)
    for name, value in {"Alpha": "0.9", "Beta": "0.8", "Gamma": "0.7"}.items():
        llm = make_llm(name, open_weights=name != "Beta")
        make_score(llm, one, value)
        make_score(llm, two, value)
    return make_leaderboard([one, two])


@pytest.fixture
def noted(board):
    """Beta's row, Beta in “two” and Gamma in both metrics, one of them with the note of Beta."""
    note_llm("Beta", TOOLS)
    note_score("Beta", "two", PART)
    note_score("Gamma", "one", "by <its> maker")
    note_score("Gamma", "two", PART)
    return board


def note_llm(name, note):
    llm = LLM.objects.get(name=name)
    llm.note = note
    llm.save()


def note_score(name, metric, note):
    score = Score.objects.get(llm__name=name, metric__key=metric)
    score.note = note
    score.save()


def page(client, **query):
    return client.get("/leaderboard/board/", query).content.decode()


def marks(text):
    """[(LLM, the letters of its row)] of a page."""
    rows = re.findall(r'<tr id="([^"]+)".*?</tr>', text, re.DOTALL)
    bodies = re.findall(r'<tr id="[^"]+".*?</tr>', text, re.DOTALL)
    return [
        (slug, re.findall(r'href="#note:(\w+)"', body))
        for slug, body in zip(rows, bodies, strict=True)
    ]


def texts(text):
    """The footnotes below the table, by letter."""
    return dict(re.findall(r'<span id="text:(\w+)">(.*?)</span>', text))


def test_rows_and_cells_lead_to_their_notes_and_the_same_text_has_one_letter(noted, client):
    text = page(client)
    assert marks(text) == [("alpha", []), ("beta", ["a", "b"]), ("gamma", ["c", "b"])]
    assert texts(text) == {
        "a": TOOLS, "b": "500 of 1,200 &lt;questions&gt;", "c": "by &lt;its&gt; maker",
    }  # fmt: skip
    assert (
        '</a><sup><a class="mark" href="#note:a" id="mark:a" aria-label="note a"'
        ' aria-describedby="text:a">a</a></sup><small>'
    ) in text
    assert text.count('id="mark:b"') == 1
    assert 'href="#mark:b" title="back to Beta, two" aria-label="back to Beta, two"' in text
    assert '<ol class="notes" type="a" aria-label="Notes">' in text


def test_only_rows_and_columns_that_are_shown_have_notes(noted, client):
    assert texts(page(client, weights="open")) == {
        "a": "by &lt;its&gt; maker", "b": "500 of 1,200 &lt;questions&gt;",
    }  # fmt: skip
    assert texts(page(client, columns="one")) == {"a": TOOLS, "b": "by &lt;its&gt; maker"}
    alone = page(client, q="alpha")
    assert (marks(alone), texts(alone), '<ol class="notes"' in alone) == (
        [("alpha", [])],
        {},
        False,
    )


def test_a_page_without_notes_has_nothing_of_them_and_its_script_works_alone(board, client):
    assert "mark" not in page(client).split("<tbody>")[1]
    assert "data-rows=" in page(client)
    note_llm("Beta", TOOLS)
    assert "data-rows=" not in page(client)  # the server counts the letters of each view


def test_files_have_the_notes_of_rows_and_scores(noted, client):
    rows = csv_rows(export(client))
    assert [row["note"] for row in rows] == ["", TOOLS, ""]
    assert [row["one_note"] for row in rows] == ["", "", "by <its> maker"]
    assert [row["two_note"] for row in rows] == ["", PART, PART]
    data = json.loads(export(client, "json").content)
    validate(data, SCHEMA)
    assert [row.get("note") for row in data["rows"]] == [None, TOOLS, None]
    assert [row["scores"]["two"].get("note") for row in data["rows"]] == [None, PART, PART]
    markdown = export(client, "md").content.decode()
    assert "| Beta[^a] |" in markdown
    assert "[^b]: 500 of 1,200 \\<questions\\>\n" in markdown
    assert markdown.count("[^b]") == 3
    latex = export(client, "tex").content.decode()
    assert r"Beta\textsuperscript{a} &" in latex
    assert r"\textsuperscript{b} 500 of 1,200 \textless{}questions\textgreater{}" in latex


def test_files_without_notes_are_as_before(board, client):
    assert "note" not in export(client).content.decode()
    assert "note" not in export(client, "json").content.decode()
    assert "[^" not in export(client, "md").content.decode()


def test_a_note_of_an_llm_is_in_the_state_only_where_there_is_one(board):
    before = hash_parts(load_parts(Leaderboard.objects.get()))
    assert "note" not in load_state(board, UPDATED)["inputs"]["llms"]["beta"]
    note_llm("Beta", TOOLS)
    assert load_state(board, UPDATED)["inputs"]["llms"]["beta"]["note"] == TOOLS
    assert hash_parts(load_parts(Leaderboard.objects.get())) != before
    note_llm("Beta", "")
    assert hash_parts(load_parts(Leaderboard.objects.get())) == before


def test_releases_show_the_notes_of_their_time(noted, client):
    release = freeze(Leaderboard.objects.get(), "2026-11")
    note_llm("Beta", "")
    note_score("Gamma", "two", "changed since")
    address = f"/leaderboard/board/releases/{release.name}"
    frozen = client.get(f"{address}/").content.decode()
    assert marks(frozen) == [("alpha", []), ("beta", ["a", "b"]), ("gamma", ["c", "b"])]
    assert texts(frozen)["a"] == TOOLS
    rows = csv_rows(client.get(f"{address}.csv"))
    assert [row["two_note"] for row in rows] == ["", PART, PART]
    assert marks(page(client))[1:] == [("beta", ["a"]), ("gamma", ["b", "c"])]


def test_a_note_of_a_reported_aggregate_that_is_refused_is_told_nowhere(db, client):
    one, two = make_metric("one"), make_metric("two")
    mean = make_aggregate("mean", [one, two])
    llm = make_llm("Alpha")
    for metric in (one, two):
        make_score(llm, metric, "0.5")
    make_score(llm, mean, "0.9", note="refused")
    board = make_leaderboard([one, two, mean])
    assert "refused" not in page(client)
    assert "refused" not in export(client, "json").content.decode()
    assert load_state(board, UPDATED)["inputs"]["scores"]["alpha"]["mean"] == {"refused": True}
    note_score("Alpha", "one", "shown")
    assert texts(page(client)) == {"a": "shown"}


def test_the_page_of_an_llm_has_its_notes(noted, client):
    text = client.get("/llms/beta/").content.decode()
    assert TOOLS in text
    assert "500 of 1,200 &lt;questions&gt;" in text


def test_a_comparison_has_the_notes_of_its_llms_in_the_order_in_which_it_is_read(noted, client):
    note_llm("Gamma", "in two runs")
    address = "/leaderboard/board/compare/?llm=gamma&llm=beta"
    text = client.get(address).content.decode()
    table = text.partition('<table class="side"')[2].partition("</table>")[0]
    assert re.findall(r'href="#note:(\w+)"', table) == ["a", "b", "c", "d", "d"]
    assert texts(text) == {
        "a": "in two runs", "b": TOOLS, "c": "by &lt;its&gt; maker",
        "d": "500 of 1,200 &lt;questions&gt;",
    }  # fmt: skip
    assert re.findall('id="mark:(.)"', table) == ["a", "b", "c", "d"]
    without = client.get("/leaderboard/board/compare/?llm=alpha&llm=beta").content.decode()
    assert len(texts(without)) == 2
