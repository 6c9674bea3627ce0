"""How pages show a run of fewer questions than its metric has."""

import re

import pytest

from leaderboard.models import Leaderboard, Source
from tests.factories import make_benchmark, make_leaderboard, make_llm, make_metric, make_score
from tests.standings.test_partial_runs import make_board

pytestmark = pytest.mark.django_db


def page_of(client, path):
    return client.get(path).content.decode()


def text_of(html):
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def row_of(page, slug):
    return re.search(f'<tr id="{slug}".*?</tr>', page, re.DOTALL)[0]


def test_the_cell_says_how_many_questions_were_asked_and_stands_aside(client):
    make_board()
    page = page_of(client, "/leaderboard/board/")
    row = row_of(page, "one")
    assert '<td class="edge main aside">1.00' in row
    assert '<small class="asked">1 of 500</small>' in row
    assert '<td class="rank" aria-label="no rank">' in row
    assert "<b>–</b>" in row
    assert page.index('id="half"') < page.index('id="one"')
    assert "a partial run: fewer questions than the metric has, and not ranked" in page
    assert "asked" not in row_of(page, "full")


def test_the_interval_of_a_partial_run_stays_within_the_axis(client):
    make_board()
    row = row_of(page_of(client, "/leaderboard/board/"), "one")
    start, width = map(int, re.search(r'd="M(\d+) 5h(\d+)"', row).groups())
    assert 0 <= start < start + width <= 81
    assert 'aria-label="95 % interval 0.207 to 1.000"' in row


def test_a_leaderboard_that_ranks_partial_runs_says_so(client):
    make_board(ranks_partial_runs=True)
    page = page_of(client, "/leaderboard/board/")
    assert "best" in row_of(page, "one")
    assert "1 of 500" in row_of(page, "one")
    assert "a partial run: fewer questions than the metric has" in page
    assert "and not ranked" not in page


def test_a_leaderboard_without_partial_runs_needs_no_legend(client, anesbench):
    page = page_of(client, "/leaderboard/anesbench/")
    assert "asked" not in page.partition("<tbody>")[2]
    assert "css/pages" not in page


def test_the_page_of_an_llm_gives_no_rank_and_says_why(client):
    make_board()
    text = text_of(page_of(client, "/llms/one/"))
    assert "1.00 1 of 500 0.207 to 1.000 not ranked –" in text
    assert "not ranked a partial run" in text
    assert "1 of 2" in text_of(page_of(client, "/llms/full/"))  # one is ranked with it, not two


def test_each_leaderboard_follows_its_own_switch_on_the_page_of_an_llm(client):
    board = make_board()
    other = Leaderboard.objects.create(
        title="Lenient", slug="lenient", ranking_metric=board.ranking_metric, is_published=True,
        ranks_partial_runs=True,
    )  # fmt: skip
    other.columns.create(metric=board.ranking_metric)
    page = page_of(client, "/llms/one/")
    placements = re.search(r'<table class="scores placements">.*?</table>', page, re.DOTALL)[0]
    rows = re.findall(r"<tr>(?=<th scope=.row).*?</tr>", placements, re.DOTALL)
    assert [text_of(row) for row in rows] == [
        "Board accuracy 1.00 not ranked a partial run – 1 of 1",
        "Lenient accuracy 1.00 1 of 3 1–3 1 of 1",
    ]


def test_a_comparison_marks_it_and_takes_it_for_no_best(client):
    make_board()
    page = page_of(client, "/leaderboard/board/compare/?llm=full&llm=one&llm=half")
    row = re.search(r'<tr data-metric="accuracy">.*?</tr>', page, re.DOTALL)[0]
    assert row.count('<small class="asked">1 of 500</small>') == 1
    assert re.findall(r'class="best">([^<]+)', row) == ["0.90"]


def test_charts_draw_those_that_are_ranked(client):
    make_board()
    page = page_of(client, "/leaderboard/board/charts/")
    links = re.findall(r'<a href="/llms/(\w+)/"', page)
    assert "full" in links
    assert "one" not in links
    assert "1 LLM is not drawn: it has no rank, as its score is a partial run." in text_of(page)


@pytest.mark.parametrize("path", ["/llms/one/", "/leaderboard/board/compare/?llm=full&llm=one"])
def test_a_dot_of_a_partial_run_is_hollow(client, path):
    make_board()
    page = page_of(client, path)
    assert page.count('<use class="part"') == 1
    assert "A hollow mark is a partial run." in text_of(page)
    assert "hollow" not in page_of(client, "/llms/full/")


def test_the_page_of_a_source_marks_it(client):
    source = Source.objects.create(title="Paper")
    metric = make_metric("accuracy", question_count=500, benchmark=make_benchmark())
    make_score(make_llm(), metric, "1", question_count=1, source=source)
    make_leaderboard([metric])
    assert "Bench accuracy Alpha 1.00 1 of 500" in text_of(
        page_of(client, f"/sources/{source.pk}/")
    )


@pytest.mark.parametrize(
    ("ranks", "leading"),
    [(False, ["full", "half", "one"]), (True, ["one", "full", "half"])],
)
def test_a_benchmark_leads_with_those_that_its_leaderboards_rank(client, ranks, leading):
    board = make_board(ranks_partial_runs=ranks)
    board.ranking_metric.benchmark = make_benchmark()
    board.ranking_metric.save()
    page = page_of(client, "/benchmarks/bench/")
    assert re.findall(r'<th scope="row"><a href="/llms/(\w+)/">', page) == leading
