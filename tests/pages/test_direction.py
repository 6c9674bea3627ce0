"""Pages say which end of a metric is the better one, and judge nothing where neither is."""

import re

import pytest

from leaderboard.pages.comparison import Comparison
from leaderboard.pages.dot_charts import draw_profiles
from leaderboard.standings.loading import standings_for
from tests.factories import make_benchmark, make_leaderboard, make_metric, make_scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def board():
    """A time that ranks and a share that describes, which some LLMs differ in significantly."""
    bench = make_benchmark("Bench", slug="bench")
    time = make_metric("time", unit="points", higher_is_better=False, benchmark=bench)
    refusals = make_metric("refusals", higher_is_better=None, question_count=400, benchmark=bench)
    make_scores(
        {
            "Alpha": {time: "20", refusals: "0.1"},
            "Beta": {time: "5", refusals: "0.9"},
            "Gamma": {time: "300", refusals: "0.5"},
        }
    )
    return make_leaderboard([refusals, time])


def page_of(client, path):
    return client.get(path).content.decode()


def test_only_a_header_in_which_lower_is_better_has_the_sign(board, client):
    page = page_of(client, "/leaderboard/board/")
    headers = re.findall(r'<th scope="col" data-column="([^"]+)"([^>]*)>', page)
    assert [(key, 'title="lower is better"' in marks) for key, marks in headers] == [
        ("llm", False), ("refusals", False), ("time", True),
    ]  # fmt: skip
    assert '<li class="low"><span></span>lower is better</li>' in page
    assert "LLMs are ranked by Bench time, lowest first." in page
    cells = re.findall(r'<td class="([^"]*)">0\.\d\d', page)
    assert cells == ["edge"] * 3  # no best, and no heat


def test_a_comparison_judges_no_difference_where_neither_end_is_better(board, client):
    standings = standings_for(board)
    (bench,) = Comparison(standings, standings.rows).benchmarks()
    refusals, time = bench.metrics
    assert [(cell.is_best, cell.is_significant) for cell in refusals.cells] == [(False, None)] * 3
    assert all(cell.difference_interval for cell in refusals.cells[1:])
    assert [cell.is_best for cell in time.cells] == [True, False, False]
    page = page_of(client, "/leaderboard/board/compare/?llm=alpha&llm=beta")
    rows = re.findall(r'<tr data-metric="([^"]+)">(.*?)</tr>', page, re.DOTALL)
    assert [(key, "significan" in row) for key, row in rows] == [
        ("refusals", False),
        ("time", True),
    ]
    assert "not ranked: neither is better" in dict(rows)["refusals"]
    assert "▾ lower is better" in dict(rows)["time"]


def test_a_profile_has_no_best_where_neither_end_is_better(board):
    rows = {row.name: row for chart in draw_profiles(standings_for(board), "alpha")
            for row in chart.rows}  # fmt: skip
    assert rows["Bench refusals"].field.best is None
    assert rows["Bench refusals"].marks[0].title.startswith("Bench refusals, median 0.50; this:")
    assert rows["Bench time"].field.best == rows["Bench time"].field.low


def test_the_pages_of_an_llm_and_a_benchmark_say_the_direction(board, client):
    llm, bench = page_of(client, "/llms/beta/"), page_of(client, "/benchmarks/bench/")
    for page in (llm, bench):
        assert "<small>▾ lower is better</small>" in page
        assert "not ranked: neither is better" in page
    assert llm.count("<td>not ranked</td>") == 1
    # The first metric describes; the page ranks by one with a direction.
    assert re.findall(r'<th scope="row"><a href="/llms/(\w+)/">', bench) == [
        "beta", "alpha", "gamma",
    ]  # fmt: skip


def test_a_benchmark_that_only_describes_leads_nobody(client):
    bench = make_benchmark("Facts", slug="facts")
    year = make_metric("year", unit="points", higher_is_better=None, benchmark=bench)
    make_scores({"Alpha": {year: "2023"}})
    make_leaderboard([year, make_metric("accuracy")])
    page = page_of(client, "/benchmarks/facts/")
    assert "Leading LLMs" not in page
    assert "not ranked: neither is better" in page
