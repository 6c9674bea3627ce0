from decimal import Decimal

import pytest

from leaderboard import standings as standings_of
from leaderboard.models import Metric, Organization
from leaderboard.selection import Selection, make_view
from leaderboard.tables import Group, StandingsTable

from .factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from .pages import Header, page_headers, page_rows

pytestmark = pytest.mark.django_db


def make_board():
    """Two benchmarks with two columns and one, and a mean across them."""
    english = make_benchmark("English bench", language="English")
    chinese = make_benchmark("Chinese bench", language="Chinese")
    a = make_metric("a", benchmark=english, question_count=1234)
    b = make_metric("b", benchmark=english, higher_is_better=False)
    c = make_metric("c", benchmark=chinese)
    mean = make_aggregate("mean", [a, c])
    return a, b, c, mean, make_leaderboard([a, b, c, mean])


def make_table(board, **selection):
    return StandingsTable(make_view(standings_of.of_leaderboard(board), Selection(**selection)))


def column_links(board, **selection):
    return {header.key: header.href for header in make_table(board, **selection).headers()}


def test_a_header_names_every_column_in_order_and_links_to_its_order(client):
    make_board()
    assert page_headers(client.get("/")) == [
        Header("llm", "LLM", "?sort=llm", None),
        Header("a", "a", "?sort=-a", None),
        Header("b", "b", "?sort=b", None),
        Header("c", "c", "?sort=-c", None),
        Header("mean", "mean", "?sort=mean", "descending"),
    ]


def test_benchmarks_stand_over_their_metrics():
    *_, board = make_board()
    assert make_table(board).groups() == [
        Group("English bench", "english-bench", "English", 2),
        Group("Chinese bench", "chinese-bench", "Chinese", 1),
        Group("", "", "", 1),
    ]


@pytest.mark.parametrize(
    ("sort", "links"),
    [
        (None, {"llm": "?sort=llm", "a": "?sort=-a", "b": "?sort=b", "mean": "?sort=mean"}),
        ("mean", {"llm": "?sort=llm", "a": "?sort=-a", "b": "?sort=b", "mean": "?"}),
        ("-a", {"llm": "?sort=llm", "a": "?sort=a", "b": "?sort=b", "mean": "?"}),
        ("a", {"llm": "?sort=llm", "a": "?sort=-a", "b": "?sort=b", "mean": "?"}),
        ("b", {"llm": "?sort=llm", "a": "?sort=-a", "b": "?sort=-b", "mean": "?"}),
        ("llm", {"llm": "?sort=-llm", "a": "?sort=-a", "b": "?sort=b", "mean": "?"}),
    ],
)
def test_a_link_sorts_best_first_and_the_other_way_round_when_it_is_so(sort, links):
    *_, board = make_board()
    assert column_links(board, sort=sort) == links | {"c": "?sort=-c"}


def test_another_order_begins_at_the_first_page():
    *_, board = make_board()
    assert column_links(board, sort="-a", page=3)["a"] == "?sort=a"


@pytest.mark.parametrize(
    ("sort", "words", "direction"),
    [
        (None, "mean", "descending"),
        ("a", "English bench a", "ascending"),
        ("-parameters", "size", "descending"),
        ("llm", "name", "ascending"),
    ],
)
def test_the_order_is_said_in_words(sort, words, direction):
    *_, board = make_board()
    table = make_table(board, sort=sort)
    assert (table.sorted_by, table.direction) == (words, direction)


def test_orders_without_a_column_of_their_own_are_offered():
    *_, board = make_board()
    assert make_table(board, sort="-parameters").other_orders() == [
        ("organization", "organization", "?sort=organization"),
        ("parameters", "size", "?sort=parameters"),
        ("released", "release date", "?sort=-released"),
    ]


def test_a_column_says_how_many_questions_or_how_it_is_made():
    *_, board = make_board()
    notes = {header.key: header.note for header in make_table(board).headers()}
    assert notes == {"llm": "", "a": "n 1,234", "b": "", "c": "", "mean": "mean"}


def test_the_full_value_is_given_only_where_the_text_rounds_it(client):
    metrics = [make_metric("a"), make_metric("b"), make_metric("c", decimals=0)]
    make_leaderboard(metrics)
    values = {"Long": ("0.8512", "0.8", "0.5"), "Short": ("0.85", "0.80000000", "1")}
    for name, row in values.items():
        llm = make_llm(name)
        for metric, value in zip(metrics, row, strict=True):
            make_score(llm, metric, value)
    rows = {row.name: (row.cells, row.data_values) for row in page_rows(client.get("/"))}
    assert rows == {
        "Long": (["0.85", "0.80", "0"], ["0.8512", None, "0.5"]),
        "Short": (["0.85", "0.80", "1"], [None, None, None]),
    }


def test_cells_say_how_their_value_came_about(client):
    a, _, c, mean, _ = make_board()
    make_scores(
        {
            "Computed": {a: "0.8", c: "0.6"},
            "Reported": {a: "0.8", c: "0.6", mean: "0.70"},
            "Unchecked": {a: "0.8", mean: "0.5"},
        }
    )
    page = client.get("/")
    cells = {row.name: (row.cells[3], row.classes[3][1:]) for row in page_rows(page)}
    assert cells == {
        "Computed": ("0.70", ["edge", "main", "best", "computed"]),
        "Reported": ("0.70", ["edge", "main", "best"]),
        "Unchecked": ("0.50", ["edge", "main", "unchecked"]),
    }
    text = page.content.decode()
    assert text.count('title="computed from its components"') == 1
    assert text.count('title="cannot be checked: a component is missing"') == 1
    assert text.count('<span class="computed">0.00</span>') == 1
    assert text.count('<span class="unchecked">0.00</span>') == 1


def test_the_legend_explains_only_what_is_there(client):
    a, _, c, mean, _ = make_board()
    make_scores({"Reported": {a: "0.8", c: "0.6", mean: "0.70"}})
    assert client.get("/").content.decode().count('class="legend"') == 0


def test_a_missing_score_is_a_dash_and_an_unranked_row_has_no_number(client):
    a, *_ = make_board()
    make_scores({"Only": {a: "0.8"}})
    (row,) = page_rows(client.get("/"))
    assert (row.rank, row.cells) == ("–", ["0.80", "–", "–", "–"])
    assert row.classes == [
        ["h0", "edge", "best"],
        ["missing"],
        ["edge", "missing"],
        ["edge", "main", "missing"],
    ]
    assert (
        row.facts == "organization unknown · size unknown weights unknown 1/4 scores source unknown"
    )


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        (
            {"parameters": "671", "active_parameters": "37", "reasoning": True},
            "organization unknown · 671B · 37B active weights unknown reasoning source unknown",
        ),
        (
            {"parameters": "0.6", "open_weights": True, "domain": "general", "reasoning": False},
            "organization unknown · 0.6B source unknown",
        ),
        (
            {"open_weights": False, "domain": "medical"},
            "organization unknown · size unknown closed medical source unknown",
        ),
    ],
)
def test_small_print_says_what_sets_an_llm_apart(facts, shown, client):
    metric = make_metric()
    make_leaderboard([metric])
    make_scores({make_llm("A", **facts): {metric: "0.5"}})
    assert page_rows(client.get("/"))[0].facts == shown


def test_small_print_begins_with_the_organization(client):
    metric = make_metric()
    make_leaderboard([metric])
    org = Organization.objects.create(name="Org & Co")
    make_scores({make_llm("A", organization=org, open_weights=True): {metric: "0.5"}})
    assert page_rows(client.get("/"))[0].facts == "Org & Co · size unknown source unknown"


def test_a_row_is_found_by_its_slug_and_leads_to_the_llm(client):
    metric = make_metric()
    make_leaderboard([metric])
    make_scores({"Qwen3-0.6B": {metric: "0.5"}})
    text = client.get("/").content.decode()
    row = '<tr id="qwen3-0-6b"><td class="rank"><b>1</b></td>'
    assert text.count(f'{row}<th scope="row"><a href="/llms/qwen3-0-6b/">Qwen3-0.6B</a>') == 1


def test_negative_and_unbounded_values_are_shown(client):
    metric = make_metric(unit=Metric.Unit.POINTS, decimals=1)
    make_leaderboard([metric])
    make_scores({"Low": {metric: "-12.25"}, "Zero": {metric: "-0.04"}, "High": {metric: "1234.5"}})
    rows = [(row.name, row.cells[0], row.data_values[0]) for row in page_rows(client.get("/"))]
    assert rows == [
        ("High", "1234.5", None),
        ("Zero", "0.0", "-0.04"),
        ("Low", "-12.2", "-12.25"),
    ]


def test_a_page_beyond_the_last_is_the_last():
    a, *_, board = make_board()
    make_scores({"Only": {a: Decimal("0.8")}})
    table = make_table(board, page=999_999_999)
    assert (table.page.number, table.page_links()) == (1, {})
