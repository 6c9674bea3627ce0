from decimal import Decimal

import pytest
from django.http import QueryDict

from leaderboard.models import Organization
from leaderboard.pages.selection import Selection, default_sort
from leaderboard.pages.view import build_view
from leaderboard.standings.loading import standings_for, standings_for_every_metric
from tests.factories import make_leaderboard, make_llm, make_metric, make_score, make_scores

pytestmark = pytest.mark.django_db


def make_standings(**fields):
    a, b = make_metric("a"), make_metric("b", **fields)
    make_scores({"Alpha": {a: "0.5", b: "0.5"}})
    return standings_for(make_leaderboard([a, b]))


def read(query, standings=None):
    return Selection.from_query(QueryDict(query), standings or make_standings())


@pytest.mark.parametrize(
    ("query", "selection"),
    [
        ("", Selection()),
        ("sort=a", Selection(sort="a")),
        ("sort=-a", Selection(sort="-a")),
        ("sort=llm", Selection(sort="llm")),
        ("sort=-organization", Selection(sort="-organization")),
        ("sort=parameters", Selection(sort="parameters")),
        ("sort=-released", Selection(sort="-released")),
        ("sort=b", Selection(sort="b")),
        ("sort=-b", Selection()),  # the default has no parameter
        ("page=2", Selection(page=2)),
        ("ranges=all", Selection(ranges="all")),
        ("ranges=pairwise", Selection(ranges="pairwise")),
        ("ranges=each", Selection()),  # the default has no parameter
        ("ranges=off", Selection()),
        ("ranges=all&ranges=all", Selection()),
        ("page=02", Selection(page=2)),
        ("page=999999999&sort=a", Selection(sort="a", page=999_999_999)),
    ],
)
def test_a_query_is_read_as_the_view_it_asks_for(query, selection):
    assert read(query) == selection


@pytest.mark.parametrize(
    "query",
    [
        "sort=",
        "sort=nope",
        "sort=--a",
        "sort=rank",
        "sort=coverage",
        "sort=A",
        "sort=a,b",
        "sort=a&sort=a",
        "sort=%00",
        "sort=%FF",
        "page=",
        "page=0",
        "page=1",
        "page=-1",
        "page=abc",
        "page=1e3",
        "page=2.0",
        "page=%EF%BC%92",  # full-width two
        "page=2%0A",
        "page=2&page=2",
        "page=" + "9" * 5_000,
        "per_page=-1",
        "utm_source=x",
        "Sort=a",
    ],
)
def test_unknown_and_repeated_values_are_ignored(query):
    assert read(query) == Selection()


@pytest.mark.parametrize(
    ("selection", "changes", "url"),
    [
        (Selection(), {}, "?"),
        (Selection(sort="a"), {}, "?sort=a"),
        (Selection(sort="-a", page=3), {}, "?sort=-a"),
        (Selection(page=3), {"page": 4}, "?page=4"),
        (Selection(sort="a", page=3), {"page": 2}, "?sort=a&page=2"),
        (Selection(sort="a", page=3), {"page": 1}, "?sort=a"),
        (Selection(sort="a", page=3), {"sort": None}, "?"),
        (Selection(page=3), {"sort": "llm"}, "?sort=llm"),
    ],
)
def test_a_link_has_one_order_of_parameters_and_another_order_begins_at_page_one(
    selection, changes, url
):
    assert selection.url(**changes) == url


def test_every_link_leads_to_the_view_it_was_made_from():
    standings = make_standings()
    for sort in (None, "a", "-a", "b", "llm", "-llm", "-parameters"):
        for page in (1, 2, 77):
            selection = Selection(sort=sort, page=page)
            assert read(selection.url(page=page).removeprefix("?"), standings) == selection


@pytest.mark.parametrize(("higher_is_better", "sort"), [(True, "-b"), (False, "b")])
def test_the_default_order_is_the_ranking_metric_best_first(higher_is_better, sort):
    standings = make_standings(higher_is_better=higher_is_better)
    assert default_sort(standings) == sort
    assert read(f"sort={sort}", standings) == Selection()


def test_without_a_ranking_metric_the_default_order_is_by_name():
    make_standings()
    assert default_sort(standings_for_every_metric()) == "llm"


# Filters


FACTS = {
    "Alpha 1B": {"parameters": "1", "open_weights": True, "reasoning": False, "domain": "general"},
    "Beta-20B": {"parameters": "20", "open_weights": True, "reasoning": True, "domain": "medical"},
    "Gamma": {"open_weights": False, "reasoning": None, "domain": ""},
    "Delta 9B": {"parameters": "9", "open_weights": None, "reasoning": True, "domain": "general"},
}


@pytest.fixture
def facts(db):
    """Four LLMs, ranked in this order; the first two are of an organization."""
    metric, other = make_metric(), make_metric("other")
    board = make_leaderboard([other, metric])
    acme = Organization.objects.create(name="Acme & Co")
    for position, (name, facts) in enumerate(FACTS.items()):
        organization = acme if position < 2 else None
        llm = make_llm(name, organization=organization, **facts)
        make_score(llm, metric, f"0.{90 - position}")
    return standings_for(board)


def names(standings, query):
    view = build_view(standings, Selection.from_query(QueryDict(query), standings))
    return [row.llm.name for row in view.rows]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", "Alpha Beta Gamma Delta"),
        ("q=BETA%E2%80%9120b", "Beta"),  # another case, another dash
        ("q=acme+%26", "Alpha Beta"),
        ("q=%25", ""),
        ("q=((((", ""),
        ("q=%00%E2%80%AE", "Alpha Beta Gamma Delta"),  # nothing that can be seen
        ("organization=acme-co", "Alpha Beta"),
        ("organization=unknown", "Gamma Delta"),
        ("organization=acme-co&organization=unknown", "Alpha Beta Gamma Delta"),
        ("organization=nobody", "Alpha Beta Gamma Delta"),
        ("domain=medical&domain=unknown", "Beta Gamma"),
        ("weights=open", "Alpha Beta"),
        ("weights=unknown&weights=closed", "Gamma Delta"),
        ("reasoning=yes", "Beta Delta"),
        ("min_size=9", "Beta Delta"),
        ("max_size=9", "Alpha Delta"),
        ("min_size=2&max_size=10&size=unknown", "Gamma Delta"),
        ("size=unknown", "Alpha Beta Gamma Delta"),
        ("min_size=NaN", "Alpha Beta Gamma Delta"),
        ("min_size=1e999", "Alpha Beta Gamma Delta"),
        ("min_size=0,5&max_size=-3", "Alpha Beta Gamma Delta"),
        ("weights=open&reasoning=yes&q=beta&sort=llm", "Beta"),
    ],
)
def test_a_filter_shows_those_that_fit(facts, query, shown):
    assert [name.split()[0].split("-")[0] for name in names(facts, query)] == shown.split()


def test_filters_never_change_ranks(facts):
    view = build_view(facts, Selection(weights=("closed",)))
    assert [(row.llm.name, row.rank) for row in view.rows] == [("Gamma", 3)]


def test_those_left_out_for_an_unknown_fact_are_told_and_can_be_included(facts):
    chosen = Selection.from_query(QueryDict("weights=open&min_size=5"), facts)
    view = build_view(facts, chosen)
    assert [tuple(each) for each in view.left_out] == [
        ("weights", 1, "?weights=open&weights=unknown&min_size=5"),
    ]
    view = build_view(facts, Selection(max_size=Decimal(5)))
    assert [tuple(each) for each in view.left_out] == [("size", 1, "?max_size=5&size=unknown")]


def test_parameters_have_one_order_and_one_spelling(facts):
    query = "page=1&columns=accuracy&size=unknown&max_size=7.50&weights=open&weights=closed&q=+a++b"
    selection = Selection.from_query(QueryDict(query), facts)
    assert selection.url() == (
        "?q=a+b&weights=closed&weights=open&max_size=7.5&size=unknown&columns=accuracy"
    )
    assert Selection.from_query(QueryDict(selection.url()[1:]), facts) == selection
    assert selection.without_filters().url() == "?columns=accuracy"


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("", ("other", "accuracy")),
        ("columns=accuracy", ("accuracy",)),
        ("columns=accuracy,other", ("other", "accuracy")),
        ("columns=accuracy&columns=other", ("other", "accuracy")),
        ("columns=nothing", ("other", "accuracy")),
    ],
)
def test_columns_are_chosen_by_key_and_stay_in_order(facts, query, columns):
    view = build_view(facts, Selection.from_query(QueryDict(query), facts))
    assert tuple(metric.key for metric in view.columns) == columns


def test_a_column_that_is_not_shown_by_default_is_shown_when_asked_for(db):
    metric, other = make_metric(), make_metric("other")
    board = make_leaderboard([other, metric])
    make_score(make_llm(), metric, "0.5")
    column = board.columns.get(metric=other)
    column.shown_by_default = False
    column.save()
    standings = standings_for(board)
    assert [each.key for each in build_view(standings, Selection()).columns] == ["accuracy"]
    asked = Selection.from_query(QueryDict("columns=other,accuracy"), standings)
    assert [each.key for each in build_view(standings, asked).columns] == ["other", "accuracy"]
