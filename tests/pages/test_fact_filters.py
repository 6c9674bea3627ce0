"""Filters by the facts that a leaderboard has as columns: values to choose, and limits."""

import json
import re

import pytest

from leaderboard.models import LLM
from tests.exports.taking import csv_rows, export
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.facts import give_value, make_fact, show_facts

pytestmark = pytest.mark.django_db


@pytest.fixture
def board():
    """Alpha, Beta, Gamma and Delta, of which nothing is known."""
    metric = make_metric("score")
    board = make_leaderboard([metric])
    price = make_fact("Price in", unit="$ per million tokens")
    tools = make_fact("Tool use", kind="answer")
    cutoff = make_fact("Knowledge cutoff", kind="date")
    facts = {"Alpha": ("MIT", 2, "yes", "2024-06-15"), "Beta": ("Apache", "0.5", "no", "2024"),
             "Gamma": ("MIT", 10, "yes", "2025-01"), "Delta": None}  # fmt: skip
    for place, (name, known) in enumerate(facts.items()):
        llm = make_llm(name, license=known[0] if known else "")
        make_score(llm, metric, f"0.{9 - place}")
        for fact, value in zip((price, tools, cutoff), known[1:] if known else (), strict=False):
            give_value(llm, fact, value)
    show_facts(board, "license", "organization", price, tools, cutoff)
    return board


def page(client, query):
    return client.get(f"/leaderboard/board/?{query}").content.decode()


def names(text):
    return re.findall(r'<tr id="([^"]+)"', text)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("fact_license=MIT", "alpha gamma"),
        ("fact_license=MIT&fact_license=unknown", "alpha gamma delta"),
        ("fact_license=none-such", "alpha beta gamma delta"),
        ("fact_tool_use=no", "beta"),
        ("fact_tool_use=unknown", "delta"),
        ("min_fact_price_in=2", "alpha gamma"),
        ("min_fact_price_in=1&max_fact_price_in=2.0&fact_price_in=unknown", "alpha delta"),
        ("min_fact_price_in=lots&fact_price_in=unknown", "alpha beta gamma delta"),
        ("min_fact_knowledge_cutoff=2024-06", "alpha gamma"),
        ("max_fact_knowledge_cutoff=2024", "alpha beta"),
        ("max_fact_knowledge_cutoff=2024-06", "alpha beta"),
        ("fact_tool_use=yes&max_fact_price_in=5", "alpha"),
        ("fact_organization=unknown", "alpha beta gamma delta"),  # it has a filter of its own
    ],
)
def test_values_are_chosen_and_limits_include_what_they_name(board, client, query, expected):
    assert names(page(client, query)) == expected.split()


def test_what_is_left_out_because_it_is_unknown_is_counted_with_a_link(board, client):
    text = page(client, "min_fact_price_in=1")
    left = re.search(r'Left out: 1 whose Price in is unknown\s*\(<a href="([^"]+)"', text)
    assert left[1].replace("&amp;", "&") == "?min_fact_price_in=1&fact_price_in=unknown"
    assert names(page(client, left[1][1:].replace("&amp;", "&"))) == ["alpha", "gamma", "delta"]


def test_the_menu_shows_what_is_chosen_and_a_page_without_such_columns_has_none(board, client):
    text = page(client, "fact_license=MIT&min_fact_price_in=1")
    assert re.search(r'name="fact_license" value="MIT" checked>\s*MIT <small>2</small>', text)
    assert re.search(r'name="min_fact_price_in"\s*value="1"', text)
    assert 'aria-label="Price in at least"' in text
    assert 'name="fact_organization"' not in text
    board.fact_columns.all().delete()
    assert "fact_" not in page(client, "fact_license=MIT")
    assert len(names(page(client, "fact_license=MIT"))) == 4


def test_links_files_and_ranks_keep_to_the_filter(board, client):
    text = page(client, "fact_license=MIT")
    assert 'href="?sort=llm&amp;fact_license=MIT"' in text
    assert "?fact_license=MIT" in re.search(r'href="([^"]+\.csv[^"]*)"', text)[1]
    rows = csv_rows(export(client, fact_license="MIT"))
    assert [(row["llm"], row["rank"]) for row in rows] == [("Alpha", "1"), ("Gamma", "3")]
    view = json.loads(export(client, "json", fact_license="MIT").content)["view"]
    assert view["complete"] is False


def test_spellings_of_one_limit_are_one_page_and_a_text_is_no_markup(board, client):
    LLM.objects.get(name="Beta").delete()
    llm = LLM.objects.get(name="Gamma")
    llm.license = '"><b>'
    llm.save()
    text = page(client, "min_fact_price_in=%2B1.50")
    assert 'href="?sort=llm&amp;min_fact_price_in=1.5"' in text
    assert '"><b>' not in text
    assert names(page(client, "fact_license=%22%3E%3Cb%3E")) == ["gamma"]


def chips(text):
    """{what a chip says: the names that its link leads to, the address of them}"""
    group = re.search(r'id="chips".*?</span>', text, re.DOTALL)[0]
    found = re.findall(r'<a href="([^"]*)">([^<]*)</a>', group)
    return {words: address.replace("&amp;", "&") for address, words in found}


def test_each_filter_is_a_chip_with_its_value_and_leads_to_the_view_without_it(board, client):
    asked = (
        "q=a&max_size=70&size=unknown&fact_license=Apache&fact_license=MIT"
        "&min_fact_price_in=1&max_fact_price_in=5&fact_price_in=unknown&fact_tool_use=yes"
    )
    price = "Price in: 1 – 5 $ per million tokens or unknown"
    found = chips(page(client, asked))
    assert list(found) == [
        "search: “a”", "size: ≤ 70 B or unknown", "License: Apache", "License: MIT", price,
        "Tool use: yes",
    ]  # fmt: skip
    assert found["size: ≤ 70 B or unknown"] == "?" + asked.replace("max_size=70&size=unknown&", "")
    assert found["License: MIT"] == "?" + asked.replace("&fact_license=MIT", "")
    assert found[price] == "?" + asked.partition("&min_")[0] + "&fact_tool_use=yes"
    assert chips(page(client, "")) == {}


def test_charts_keep_the_chips_and_their_own_axes(board, client):
    query = "fact_license=MIT&of=beta"
    text = client.get(f"/leaderboard/board/charts/?{query}").content.decode()
    assert chips(text) == {"License: MIT": "?of=beta"}
