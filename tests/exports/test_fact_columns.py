"""Columns of facts in files: CSV, JSON, Markdown, LaTeX, and the description of a release."""

import re
from datetime import date
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from leaderboard.exports.croissant import describe_fields
from leaderboard.exports.schema import SCHEMA
from leaderboard.models import LLM, Leaderboard
from leaderboard.pages.selection import Selection
from leaderboard.pages.view import build_view
from leaderboard.standings.loading import standings_for
from tests.exports.taking import ENDINGS, csv_rows, export
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.facts import give_value, make_fact, show_facts
from tests.imports.command import everything, run

pytestmark = pytest.mark.django_db


def make_board():
    """Alpha with every fact, Beta with none."""
    metric = make_metric("score")
    board = make_leaderboard([metric])
    alpha = make_llm("Alpha", license="MIT", parameters=Decimal("1.7"))
    make_score(alpha, metric, "0.9")
    make_score(make_llm("Beta"), metric, "0.8")
    price = make_fact("Price in", unit="$ per million tokens", decimals=2)
    cutoff = make_fact("Knowledge cutoff", "date")
    show_facts(board, "license", "parameters", price, cutoff)
    give_value(alpha, price, "2.5", as_of=date(2026, 1, 2), source="https://example.org/prices")
    give_value(alpha, cutoff, "2024-06")
    return board


def test_a_csv_has_each_fact_once_with_its_day_and_page(client):
    make_board()
    first, second = csv_rows(export(client))
    shown = {name: first[name] for name in first if name.startswith("fact_") or name == "license"}
    assert shown == {
        "license": "MIT",
        "fact_price_in": "2.5",
        "fact_price_in_date": "2026-01-02",
        "fact_price_in_source": "https://example.org/prices",
        "fact_knowledge_cutoff": "2024-06",
    }
    assert {second[name] for name in shown} == {""}


def test_the_json_says_which_facts_are_columns_and_where_they_were_read(client):
    make_board()
    document = export(client, "json").json()
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(document)
    assert [(fact["key"], fact["own"]) for fact in document["facts"]] == [
        ("license", False), ("parameters", False), ("price_in", True), ("knowledge_cutoff", True),
    ]  # fmt: skip
    assert document["facts"][2] == {
        "key": "price_in", "name": "Price in", "kind": "number", "unit": "$ per million tokens",
        "decimals": 2, "own": True,
    }  # fmt: skip
    assert [row["facts"] for row in document["rows"]] == [
        {
            "price_in": {
                "value": 2.5, "as_of": "2026-01-02", "source": "https://example.org/prices",
                "note": None,
            },
            "knowledge_cutoff": {
                "value": "2024-06", "as_of": None, "source": None, "note": None,
            },
        },
        {"price_in": None, "knowledge_cutoff": None},
    ]  # fmt: skip


def test_markdown_and_latex_have_them_as_the_page_shows_them(client):
    make_board()
    markdown = export(client, "md").content.decode().splitlines()
    assert markdown[:4] == [
        r"| \# | LLM | License | Parameters (billions) | Price in (\$ per million tokens) "
        "| Knowledge cutoff | score |",
        "| ---: | :--- | :--- | ---: | ---: | :--- | ---: |",
        "| 1 | Alpha | MIT | 1.7 | 2.50 | Jun 2024 | **0.90** |",
        "| 2 | Beta | – | – | – | – | 0.80 |",
    ]
    latex = export(client, "tex").content.decode()
    assert r"\begin{tabular}{rllrrlr}" in latex
    assert r"1 & Alpha & MIT & 1.7 & 2.50 & Jun 2024 & \textbf{0.90} \\" in latex


def test_files_have_the_columns_of_the_view_in_its_order(client):
    make_board()
    markdown = export(client, "md", columns="knowledge_cutoff,score", sort="-knowledge_cutoff")
    assert markdown.content.decode().startswith("| \\# | LLM | Knowledge cutoff | score |\n")
    document = export(client, "json", columns="score").json()
    assert "facts" not in document
    assert "facts" not in document["rows"][0]


@pytest.mark.parametrize("ending", ENDINGS)
def test_files_of_a_leaderboard_without_such_columns_are_as_ever(ending, client):
    board = make_board()
    board.fact_columns.all().delete()
    text = export(client, ending).content.decode()
    assert not re.search("fact|Jun 2024|Price", text)


def test_an_import_of_the_csv_changes_nothing_and_makes_no_metric(client, tmp_path):
    make_board()
    path, before = tmp_path / "again.csv", everything()
    path.write_bytes(export(client).content)
    assert run(path)[-1] == "0 changes"
    assert everything() == before


def test_the_description_of_the_file_names_every_column():
    make_board()
    view = build_view(standings_for(Leaderboard.objects.get()), Selection())
    fields = {field["name"]: field["description"] for field in describe_fields(view)}
    assert fields["fact_price_in"] == "Price in ($ per million tokens)"
    assert fields["fact_price_in_source"] == "Price in: the page where it stands"
    assert LLM.objects.count() == 2
