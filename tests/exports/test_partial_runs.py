"""A run of fewer questions than its metric has is marked in everything that is taken away."""

import json

import jsonschema
import pytest

from leaderboard.exports.schema import SCHEMA
from leaderboard.readers.formats.wide_table import is_computed
from tests.exports.taking import csv_rows, export
from tests.standings.test_partial_runs import make_board

pytestmark = pytest.mark.django_db


def test_csv_has_a_column_for_it_and_no_rank(client):
    make_board()
    found = [
        (row["llm"], row["rank"], row["rank_level"], row["accuracy"], row["accuracy_n"],
         row["accuracy_partial"])
        for row in csv_rows(export(client))
    ]  # fmt: skip
    assert found == [
        ("Full", "1", "each", "0.9", "500", "false"),
        ("Half", "2", "each", "0.5", "500", "false"),
        ("One", "", "", "1", "1", "true"),
    ]
    header = tuple(csv_rows(export(client))[0])
    assert is_computed("accuracy_partial", header)  # an import does not take it for a metric


def test_csv_of_full_runs_has_no_such_column(client, anesbench):
    header = export(client, slug="anesbench").content.decode().partition("\n")[0]
    assert "partial" not in header


def test_json_says_of_how_many_questions_it_is(client):
    make_board()
    data = json.loads(export(client, "json").content)
    jsonschema.validate(data, SCHEMA)
    scores = {row["llm"]: row["scores"]["accuracy"] for row in data["rows"]}
    fields = ("partial", "n", "rank", "rank_range")
    assert {llm: [score[field] for field in fields] for llm, score in scores.items()} == {
        "Full": [False, 500, 1, [1, 1]],
        "Half": [False, 500, 2, [2, 2]],
        "One": [True, 1, None, None],
    }


def test_markdown_and_latex_mark_it_in_words_and_not_as_the_best(client):
    make_board()
    markdown = export(client, "md").content.decode()
    assert "| – | One | 1.00 (0.207 to 1.000) § (1 of 500) |" in markdown
    assert "**0.90" in markdown
    assert "**1.00" not in markdown
    assert "§ is a partial run: fewer questions than the metric has." in markdown
    latex = export(client, "tex").content.decode()
    assert "§ (1 of 500)" in latex
    assert "§ is a partial run" in latex


@pytest.mark.parametrize(
    ("ranks", "text"),
    [
        (False, "not ranked · Board 1.00 (partial run: 1 of 500)"),
        (True, "#1 of 3 · Board 1.00 (partial run: 1 of 500)"),
    ],
)
def test_a_badge_says_it_beside_the_score(client, ranks, text):
    make_board(ranks_partial_runs=ranks)
    assert f">{text}</text>" in client.get("/llms/one/badge.svg").content.decode()


def test_a_model_card_says_it_in_the_name_of_the_metric(client):
    make_board()
    card = client.get("/llms/one.yaml").content.decode()
    assert '"accuracy (partial run, 1 of 500 questions)"' in card
    assert "partial" not in client.get("/llms/full.yaml").content.decode()
