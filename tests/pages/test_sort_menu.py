"""The orders as a menu for phones, and the columns that a phone shows first."""

import re

import pytest

from leaderboard.pages.selection import Selection
from leaderboard.pages.tables import StandingsTable
from leaderboard.pages.view import build_view
from leaderboard.standings.loading import standings_for
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_metric,
    make_scores,
)
from tests.page_reader import page_form, page_names, page_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def board():
    """Two metrics, of the second of which less is more, with their mean, ranked by a third."""
    bench = make_benchmark("Bench")
    first = make_metric("first", benchmark=bench)
    price = make_metric("price", benchmark=bench, higher_is_better=False)
    both = make_aggregate("both", [first], benchmark=bench)
    ranking = make_metric("ranking")
    make_scores({"Alpha": {first: "0.2", price: "0.1", ranking: "0.9"},
                 "Beta": {first: "0.4", price: "0.3", ranking: "0.8"}})  # fmt: skip
    return make_leaderboard([first, price, both, ranking], ranking)


def options(board, **selection):
    """[(value, words, is it chosen?)] of the menu."""
    table = StandingsTable(build_view(standings_for(board), Selection(**selection)))
    found = re.findall(r'<option value="([^"]*)"( selected)?>([^<]*)<', table.sort_options())
    return [(value, words, bool(chosen)) for value, chosen, words in found]


def test_the_menu_has_overall_scores_first_then_other_columns_then_facts(board):
    assert options(board) == [
        ("", "Ranking", True), ("-both", "Bench both", False), ("-first", "Bench first", False),
        ("price", "Bench price", False), ("llm", "Name", False),
        ("organization", "Organization", False), ("-parameters", "Size", False),
        ("-released", "Release date", False),
    ]  # fmt: skip


def test_the_present_order_keeps_its_direction_and_is_offered_though_it_is_no_shown_column(board):
    chosen = options(board, sort="-price", columns=("first",))
    assert [option for option in chosen if option[2]] == [("-price", "Bench price", True)]
    assert [words for _value, words, _chosen in chosen].count("Bench price") == 1


def test_the_menu_is_part_of_the_form_of_filters_and_keeps_the_rest_of_the_view(board, client):
    page = client.get("/leaderboard/board/?sort=price&q=a&intervals=off&llm=beta")
    text = page.content.decode()
    assert re.search(r'<select id="order" name="sort" form="filters"', text)
    assert page_form(page, "filters") | {"columns": ""} == {
        "q": "a", "intervals": "off", "llm": "beta", "min_size": "", "max_size": "", "columns": "",
    }  # fmt: skip
    assert 'href="?sort=-price&amp;q=a&amp;intervals=off&amp;llm=beta"' in text
    assert page_names(client.get("/leaderboard/board/?sort=&q=a")) == ["Alpha", "Beta"]


def test_a_phone_shows_overall_scores_alone_until_columns_are_chosen(board, client):
    page = client.get("/leaderboard/board/")
    assert re.search(r'id="overall"[^>]* checked>', page.content.decode())
    named = {
        th.get("data-column"): (th.get("class", ""), th.find("a").get("data-of"))
        for th in page_table(page).iterfind("thead/tr/th[@data-column]")
    }
    assert named == {
        "llm": ("name", None), "first": ("edge", "Bench"), "price": ("low", "Bench"),
        "both": ("sum", "Bench"), "ranking": ("edge main", None),
    }  # fmt: skip
    cells = [td.get("class").split() for td in page_table(page).find("tbody/tr").iterfind("td")]
    assert ["sum" in classes for classes in cells[1:]] == [False, False, True, False]
    chosen = client.get("/leaderboard/board/?columns=first,ranking").content.decode()
    assert re.search(r'id="overall"[^>]* autocomplete="off">', chosen)
    board.columns.filter(metric__key="both").delete()
    assert 'id="overall"' not in client.get("/leaderboard/board/").content.decode()
