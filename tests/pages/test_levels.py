"""The level of rank ranges: on pages, in links, and in what is taken away."""

import csv
import json
import re

import pytest

from leaderboard.models import LLM, Component, Leaderboard, Metric
from leaderboard.standings.estimates import Level
from leaderboard.standings.loading import standings_for
from leaderboard.text.shown import LEVELS
from tests.conftest import shared_sample
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.page_reader import page_rows

pytestmark = pytest.mark.django_db

PROMISE = "each LLM’s range contains its true rank with at least 95 %"
OF_ALL = "all ranges together are right with at least 95 %"
OF_PAIRS = "each pair of LLMs is tested at 5 %, for the reader of two rows"


def text_of(response):
    """The words of a page, without markup."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+([.;,])", r"\1", " ".join(text.split()))


def test_every_level_has_its_words():
    assert set(LEVELS) == {level.value for level in Level}


@pytest.mark.parametrize(
    ("query", "promise", "second"),
    [
        ("", PROMISE, "2–4"),
        ("?ranges=each", PROMISE, "2–4"),
        ("?ranges=all", OF_ALL, "2–8"),
        ("?ranges=pairwise", OF_PAIRS, "2–3"),
    ],
)
def test_a_page_shows_and_names_the_level_that_is_asked_for(
    query, promise, second, anesbench, client
):
    response = client.get(f"/{query}")
    assert page_rows(response)[1].rank_range == second
    assert f"Under each rank its range: {promise}." in text_of(response)
    others = {PROMISE, OF_ALL, OF_PAIRS} - {promise}
    assert not any(other in text_of(response) for other in others)


def test_links_and_files_keep_the_level(anesbench, client):
    page = client.get("/?ranges=pairwise").content.decode()
    assert 'href="/leaderboard/anesbench.csv?ranges=pairwise"' in page
    assert 'href="?sort=average&amp;ranges=pairwise"' in page
    assert '<input type="hidden" name="ranges" value="pairwise">' in page
    assert '<li><a href="?ranges=pairwise" data-ranges="pairwise" aria-current="true">' in page
    assert '<li><a href="?" data-ranges="">each LLM</a></li>' in page
    same = client.get("/?ranges=each").content.decode()
    assert same == client.get("/").content.decode()


@pytest.mark.parametrize(
    ("query", "level", "promise", "second"),
    [("", "each", PROMISE, (2, 4)), ("?ranges=all", "all", OF_ALL, (2, 8))],
)
def test_files_name_the_level(query, level, promise, second, anesbench, client):
    def taken(ending):
        return client.get(f"/leaderboard/anesbench.{ending}{query}").content.decode()

    document = json.loads(taken("json"))
    assert document["view"]["ranges"] == level
    assert tuple(document["rows"][1]["rank_range"]) == second
    row = list(csv.DictReader(taken("csv").splitlines()))[1]
    assert (row["rank_best"], row["rank_worst"], row["rank_level"]) == (*map(str, second), level)
    note = f"In brackets behind a rank is its range: {promise}."
    assert note in taken("md")
    assert note.replace("%", r"\%") in taken("tex")


def test_a_comparison_is_pairwise_whatever_the_table_shows(anesbench, client):
    address = "/leaderboard/anesbench/compare/?llm=gpt-4o&llm=deepseek-v3"
    words = text_of(client.get(address))
    assert re.search(r"Rank range \(pairwise\) gpt-4o 2–3 .*?deepseek-v3 2–4", words)
    assert "The rank ranges of this page are pairwise too." in words


@pytest.mark.parametrize("address", ["/llms/gpt-4o/", "/benchmarks/anesbench/"])
def test_pages_of_an_llm_and_of_a_benchmark_name_the_level(address, anesbench, client):
    assert f"Rank ranges: {PROMISE}." in text_of(client.get(address))


def test_the_page_about_ranks_says_what_is_promised_and_assumed(client):
    words = text_of(client.get("/ranks/"))
    for said in (
        "each LLM’s range contains its true rank with at least 95 %.",
        "all ranges together are right with at least 95 %.",
        "each pair is tested at 5 %.",
        "random sample",
        "share no question",
        "randomness of answering",
        "the interval of a single score does not contain it",
        "Not covered are contamination, prompts, the harness and judges.",
        "“Not significant” is not “equal”",
    ):
        assert said in words
    assert "Agresti" not in words


def read_errors_for_some():
    """The LLMs of the sample, some of which have a standard error."""
    metric = make_metric("lc", unit=Metric.Unit.PERCENT, minimum=0, maximum=100)
    board = make_leaderboard([metric])
    with shared_sample("cases/errors-for-some.csv").open(encoding="utf-8", newline="") as file:
        for name, value, error in list(csv.reader(file))[1:]:
            llm = make_llm(name, is_published=True)
            make_score(llm, metric, value, standard_error=error or None)
    return board


def test_llms_without_an_error_are_counted_as_uncertain_and_a_sentence_says_how_many(client):
    board = read_errors_for_some()
    standings = standings_for(board)
    assert (len(standings.rows), standings.without_evidence) == (24, 18)
    # 2.5 apart; z = 3.06 for 24 LLMs, √2 · 0.6 · 3.06 = 2.6: neighbours are not told apart
    assert [str(row.rank_range) for row in standings.rows[:5]] == ["1–2", *["None"] * 3, "4–6"]
    sentence = (
        "18 LLMs have scores of unknown uncertainty and no range; the ranges of the others take "
        "them for as uncertain as the most uncertain score known."
    )
    assert sentence in text_of(client.get("/"))
    assert client.get("/leaderboard/board.json").json()["view"]["without_interval"] == 18
    assert (
        "18 LLMs have a score of unknown uncertainty"
        in client.get("/leaderboard/board.md").content.decode()
    )


def test_where_nobody_has_an_error_there_are_no_ranges_and_no_sentence(client):
    metric = make_metric()
    board = make_leaderboard([metric])
    for name, value in (("A", "0.9"), ("B", "0.5")):
        make_score(make_llm(name, is_published=True), metric, value)
    standings = standings_for(board)
    assert ([row.rank_range for row in standings.rows], standings.without_evidence) == (
        [None] * 2,
        0,
    )
    assert "unknown uncertainty" not in text_of(client.get("/"))
    assert "Under each rank" not in text_of(client.get("/"))


def test_a_lone_average_without_components_widens_nobodys_range(anesbench):
    board = Leaderboard.objects.get()
    before = str(standings_for(board).row("deepseek-r1").rank_range)
    average = Metric.objects.get(key="average")
    lone = LLM.objects.create(name="Lone", is_published=True)
    make_score(lone, average, "0.5")
    assert Component.objects.filter(aggregate=average).count() == 2
    standings = standings_for(board)
    assert (before, str(standings.row("deepseek-r1").rank_range)) == ("1", "1")
    assert (standings.row("lone").rank_range, standings.without_evidence) == (None, 1)
