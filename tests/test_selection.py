import pytest
from django.http import QueryDict

from leaderboard import standings as standings_of
from leaderboard.selection import Selection, default_sort

from .factories import make_leaderboard, make_metric, make_scores

pytestmark = pytest.mark.django_db


def make_standings(**fields):
    a, b = make_metric("a"), make_metric("b", **fields)
    make_scores({"Alpha": {a: "0.5", b: "0.5"}})
    return standings_of.of_leaderboard(make_leaderboard([a, b]))


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
    assert default_sort(standings_of.of_every_metric()) == "llm"
