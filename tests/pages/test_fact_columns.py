"""Facts of LLMs as columns of a leaderboard: in the table, its order and its menu."""

from datetime import date
from decimal import Decimal

import pytest

from leaderboard.models import LLM, Leaderboard, Organization
from leaderboard.models.revision import publish_change
from leaderboard.pages.selection import Selection
from leaderboard.pages.tables import StandingsTable
from leaderboard.pages.view import build_view
from leaderboard.standings.loading import standings_for
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.facts import give_value, make_fact, show_facts
from tests.page_reader import page_headers, page_rows

pytestmark = pytest.mark.django_db


def make_board(*facts, **fields):
    """Alpha, Beta and Gamma in order of rank; Gamma's facts are unknown."""
    metric = make_metric("score")
    board = make_leaderboard([metric])
    lab = Organization.objects.create(name="lab")
    alpha = make_llm(
        "Alpha", organization=Organization.objects.create(name="Maker"), parameters=Decimal(7),
        license="MIT", released=date(2025, 2, 4), open_weights=True,
    )  # fmt: skip
    beta = make_llm(
        "Beta", organization=lab, parameters=Decimal(70), active_parameters=Decimal(3),
        license="apache-2.0", released=date(2024, 2, 4), open_weights=False,
        homepage="https://www.example.org/beta",
    )  # fmt: skip
    for llm, value in ((alpha, "0.9"), (beta, "0.8"), (make_llm("Gamma"), "0.7")):
        make_score(llm, metric, value)
    show_facts(board, *facts, **fields)
    return board


def order(board, sort):
    return [row.llm.name for row in standings_for(board).sorted_by(sort)]


def test_facts_stand_between_the_llm_and_the_metrics_in_the_order_chosen(client):
    make_board("license", "organization", "parameters", "released")
    response = client.get("/")
    assert [header.key for header in page_headers(response)] == [
        "llm", "license", "organization", "parameters", "released", "score",
    ]  # fmt: skip
    assert {row.slug: row.cells for row in page_rows(response)} == {
        "alpha": ["MIT", "Maker", "7", "4 Feb 2025", "0.90"],
        "beta": ["apache-2.0", "lab", "70", "4 Feb 2024", "0.80"],
        "gamma": ["–", "–", "–", "–", "0.70"],
    }


def test_the_row_leaves_the_organization_to_its_column(client):
    make_board("license", "organization")
    assert '<small><span class="maker">Maker · </span>7B' in client.get("/").content.decode()
    without = client.get("/", {"columns": "license,score"}).content.decode()
    assert "<small>Maker · 7B" in without


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("license", ["Beta", "Alpha", "Gamma"]),
        ("-license", ["Alpha", "Beta", "Gamma"]),
        ("organization", ["Beta", "Alpha", "Gamma"]),
        ("-parameters", ["Beta", "Alpha", "Gamma"]),
        ("parameters", ["Alpha", "Beta", "Gamma"]),
        ("open_weights", ["Alpha", "Beta", "Gamma"]),
        ("-open_weights", ["Beta", "Alpha", "Gamma"]),
        ("homepage", ["Beta", "Alpha", "Gamma"]),
        ("-active_parameters", ["Beta", "Alpha", "Gamma"]),
    ],
)
def test_facts_sort_with_missing_last_in_both_directions(sort, names):
    key = sort.removeprefix("-")
    assert order(make_board(key), sort) == names


def test_defined_facts_of_every_kind_are_written_and_sorted_by_their_kind(client):
    facts = {
        "Context length": ("number", ["9000", "128000"], {"unit": "tokens"}),
        "Price in": ("number", ["10", "2.5"], {"unit": "$ per million tokens", "decimals": 2}),
        "Knowledge cutoff": ("date", ["2024-12", "2023"], {}),
        "Tool use": ("answer", ["No", "yes"], {}),
        "Model card": ("link", ["https://www.b.org/x", "http://a.org"], {}),
        "Note here": ("text", ["beta", "Alpha"], {}),
    }
    made = [make_fact(name, kind, **more) for name, (kind, _values, more) in facts.items()]
    board = make_board(*made)
    for fact, (_kind, values, _more) in zip(made, facts.values(), strict=True):
        for name, value in zip(("Alpha", "Beta"), values, strict=True):
            give_value(LLM.objects.get(name=name), fact, value, as_of=date(2026, 1, 2))
    rows = {row.slug: row.cells[:-1] for row in page_rows(client.get("/"))}
    assert rows["alpha"] == ["9,000", "10.00", "Dec 2024", "no", None, "beta"]
    assert rows["beta"] == ["128,000", "2.50", "2023", "yes", None, "Alpha"]
    assert rows["gamma"] == ["–"] * 6
    page = client.get("/").content.decode()
    link = '<a href="https://www.b.org/x" rel="noopener nofollow">b.org</a>'
    assert f'title="as of 2 Jan 2026">{link}</td>' in page
    for fact in made:
        assert order(board, fact.key) != order(board, f"-{fact.key}"), fact
        assert order(board, fact.key)[-1] == order(board, f"-{fact.key}")[-1] == "Gamma"
    assert order(board, "-context_length") == ["Beta", "Alpha", "Gamma"]
    assert order(board, "knowledge_cutoff") == ["Beta", "Alpha", "Gamma"]
    assert order(board, "tool_use") == ["Beta", "Alpha", "Gamma"]


def test_a_cell_has_the_place_in_the_servers_order_for_the_script(client):
    make_board("license", "parameters")
    rows = {row.slug: row.data_values[:2] for row in page_rows(client.get("/"))}
    assert rows == {"alpha": ["1", None], "beta": ["0", None], "gamma": [None, None]}


def test_columns_takes_facts_and_metrics_and_the_menu_offers_both(client):
    board = make_board("license", "released")
    view = build_view(standings_for(board), Selection())
    assert [(box.value, box.label, box.is_chosen) for box in view.column_choices()] == [
        ("license", "License", True), ("released", "Released", True), ("score", "score", True),
    ]  # fmt: skip
    shown = client.get("/?columns=score,released,nonsense")
    assert [header.key for header in page_headers(shown)] == ["llm", "released", "score"]
    only = client.get("/?columns=license")
    assert [header.key for header in page_headers(only)] == ["llm", "license"]
    assert only.status_code == 200


def test_a_fact_that_is_hidden_at_first_is_shown_on_demand(client):
    make_board("license", shown_by_default=False)
    assert [header.key for header in page_headers(client.get("/"))] == ["llm", "score"]
    shown = client.get("/?columns=license,score")
    assert [header.key for header in page_headers(shown)] == ["llm", "license", "score"]


def test_sorting_by_a_fact_that_is_no_column_is_ignored(client):
    make_board()
    assert client.get("/?sort=license").content == client.get("/").content


def test_filters_and_facts_move_no_rank(client):
    make_board("license")
    rows = page_rows(client.get("/?weights=closed&sort=license"))
    assert [(row.name, row.rank, row.cells[0]) for row in rows] == [("Beta", "2", "apache-2.0")]


def test_facts_cost_no_query_a_row(django_assert_num_queries):
    fact = make_fact("Context length")
    board = make_board("license", "homepage", fact)

    def look(queries):
        with django_assert_num_queries(queries):
            standings_for(Leaderboard(pk=board.pk, ranking_metric_id=board.ranking_metric_id))

    look(8)
    metric = board.ranking_metric
    for number in range(3):
        llm = make_llm(f"LLM {number}", homepage="https://example.org/")
        make_score(llm, metric, "0.5")
        give_value(llm, fact, number)
    look(8)


def test_a_leaderboard_without_facts_asks_for_none(django_assert_num_queries):
    board = make_board()
    with django_assert_num_queries(4):
        standings = standings_for(board)
    assert not standings.facts
    page = StandingsTable(build_view(standings, Selection()))
    assert 'class="fact' not in page.header_cells() + page.body()


def test_a_text_of_a_fact_is_escaped(client):
    fact = make_fact("Odd text", "text")
    board = make_board(fact)
    give_value(LLM.objects.get(name="Alpha"), fact, "<b>&'\"", note="<i>")
    publish_change()
    page = client.get(board.get_absolute_url()).content.decode()
    assert "&lt;b&gt;&amp;&#x27;&quot;</td>" in page
    assert "<i>" not in page


def test_the_page_of_an_llm_has_its_defined_facts_once_a_leaderboard_shows_them(client):
    price = make_fact("Price in", unit="$ per million tokens", decimals=2)
    site, hidden = make_fact("Its <page>", kind="link"), make_fact("Hidden fact", kind="text")
    board = make_board(price, site)
    alpha = LLM.objects.get(name="Alpha")
    give_value(
        alpha, price, "2.5", as_of=date(2026, 3, 4), source="https://example.org/p", note="a"
    )
    give_value(alpha, site, "https://www.example.org/x")
    give_value(alpha, hidden, "not told")
    page = " ".join(client.get("/llms/alpha/").content.decode().split())
    assert (
        "<dt>Price in</dt> <dd> 2.50 $ per million tokens <small>as of 4 Mar 2026</small>" in page
    )
    assert (
        'href="https://example.org/p" rel="noopener nofollow" aria-label="source of Price in"'
        in page
    )
    assert "<dt>Its &lt;page&gt;</dt>" in page
    assert ">example.org</a>" in page
    assert "not told" not in page
    assert "Price in" not in client.get("/llms/beta/").content.decode()
    board.is_published = False
    board.save()
    assert "Price in" not in client.get("/llms/alpha/").content.decode()
