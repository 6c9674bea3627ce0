"""A site of several leaderboards: its start page, its navigation, where an LLM stands."""

import json
import re
from functools import partial
from html import unescape

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from leaderboard.models import Leaderboard
from leaderboard.models.revision import current_token, publish_change
from leaderboard.standings.published import load_content
from leaderboard.views.front import boards_of
from tests.conftest import insert_rows, rows_made_by
from tests.exports.sharing import badge_texts
from tests.factories import make_leaderboard, make_metric
from tests.views.boards import make_boards

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def rows_of(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return {count: rows_made_by(partial(make_boards, count)) for count in (8, 50)}


@pytest.fixture
def eight(rows_of, db):
    insert_rows(rows_of[8])


@pytest.fixture
def fifty(rows_of, db):
    insert_rows(rows_of[50])


def text(html):
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


def navigation(page):
    nav = page.partition("<nav")[2].partition("</nav>")[0]
    return [text(link) for link in re.findall(r"<a .*?</a>", nav)]


def leaders(standings):
    """What a leaderboard's own standings say of its first rank."""
    return [(row.llm.name, row.rank_range) for row in standings.rows if row.rank == 1]


def test_the_start_page_says_of_each_leaderboard_what_its_own_page_says(eight):
    publish_change()
    content = load_content(current_token())
    for board in boards_of(content):
        standings = content.standings(board.leaderboard)
        assert [(each.llm.name, each.rank_range) for each in board.leaders] == leaders(standings)
        assert board.llm_count == standings.llm_count
    assert [len(board.leaders) for board in boards_of(content)] == [2, 2, 2, 2, 2, 2, 0, 2]


def test_the_start_page_has_titles_counts_dates_and_a_picture_of_each(eight, client):
    page = client.get("/").content.decode()
    boards = re.findall(r'<li><div class="what">.*?</li>', page, re.DOTALL)
    assert len(boards) == 8
    first, empty = text(boards[0]), text(boards[6])
    assert first.startswith("LLMs - Board 0 About 0. Leads by Bench 0 first Alpha 0.80 rank range")
    assert "Beta 0.80" in first
    assert "LLMs 6 Updated" in first
    assert "The best 4: 0.80 to 0.50" in first
    assert "No LLM has a score here yet. LLMs 0" in empty
    assert page.count('<svg class="strip"') == 7


def test_no_draft_is_on_the_start_page(eight, client):
    page = client.get("/").content.decode()
    assert [word for word in ("Secret", "Hidden", "0.95") if word in page] == []


def test_a_published_and_a_withdrawn_leaderboard_are_on_the_next_start_page(eight, client):
    tag = client.get("/")["ETag"]
    assert client.get("/", headers={"if-none-match": tag}).status_code == 304
    hidden = Leaderboard.objects.get(slug="hidden")
    hidden.is_published = True
    hidden.save()
    published = client.get("/", headers={"if-none-match": tag})
    assert (published.status_code, "Hidden draft" in published.content.decode()) == (200, True)
    hidden.is_published = False
    hidden.save()
    withdrawn = client.get("/", headers={"if-none-match": published["ETag"]})
    assert (withdrawn.status_code, b"Hidden draft" in withdrawn.content) == (200, False)


def test_the_last_leaderboard_is_the_front_page_again(client):
    metric = make_metric()
    boards = [make_leaderboard([metric], slug=f"b{n}", title=f"B{n}", position=n) for n in (1, 2)]
    start = client.get("/").content
    assert b'<ul class="boards">' in start
    assert client.get("/?sort=-llm&page=2").content == start  # the page reads no query
    assert client.get("/leaderboard/").content == client.get("/leaderboard/b1/").content
    assert client.get("/sitemap.xml").content.count(b"<loc>http://testserver/</loc>") == 1
    boards[0].is_published = False
    boards[0].save()
    assert client.get("/").content == client.get("/leaderboard/b2/").content
    assert b"All leaderboards" not in client.get("/").content
    assert client.get("/sitemap.xml").content.count(b"<loc>http://testserver/</loc>") == 0


def queries_of_start_page(rows, client):
    """How often a start page that nobody has asked for since an edit asks the database."""
    with transaction.atomic():
        insert_rows(rows)
        publish_change()
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/").status_code == 200
        transaction.set_rollback(True)
    return len(asked)


def test_the_start_page_asks_as_often_for_fifty_leaderboards_as_for_eight(rows_of, client):
    few, many = (queries_of_start_page(rows_of[count], client) for count in (8, 50))
    assert few == many <= 20


def test_search_engines_find_every_leaderboard_from_the_start_page(eight, client):
    page = client.get("/").content.decode()
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    catalog = json.loads(data)
    assert (catalog["@type"], catalog["url"]) == ("DataCatalog", "http://testserver/")
    assert [each["url"] for each in catalog["dataset"]] == [
        f"http://testserver/leaderboard/board-{number}/" for number in range(8)
    ]
    assert page.count('<link rel="canonical" href="http://testserver/">') == 1


def test_the_navigation_of_fifty_names_three_the_open_one_and_a_way_to_all(fifty, client):
    start, board = (client.get(path).content.decode() for path in ("/", "/leaderboard/board-30/"))
    first = ["Board 0", "Board 1", "Board 2"]
    assert navigation(start)[:4] == [*first, "All leaderboards (50)"]
    assert navigation(board)[:5] == [*first, "Board 30", "All leaderboards (50)"]
    assert '<a class="all" href="/" aria-current="page">' in start
    assert '<a href="/leaderboard/board-30/" aria-current="page">Board 30</a>' in board
    assert start.count('<li><div class="what">') == 50


# Where an LLM stands


def standing(page):
    """The lines of the table of an LLM's page that says where it stands."""
    table = page.partition('<table class="scores placements">')[2].partition("</table>")[0]
    return [text(row) for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)[1:]]


def test_an_llm_says_where_it_stands_where_it_is_unranked_and_where_it_is_not(eight, client):
    zeta, alpha = (client.get(f"/llms/{name}/").content.decode() for name in ("zeta", "alpha"))
    assert [line for line in standing(zeta) if "Board 0" in line] == [
        "Board 0 not ranked no score in Bench 0 first – 1 of 3"
    ]
    assert len(standing(zeta)) == 7
    assert "No score on 1 other leaderboard" in text(zeta)
    assert standing(alpha)[0].startswith("Board 0 Bench 0 first 0.80 1 of 4 1–")
    assert len(standing(alpha)) == 2  # numbers 0 and 4
    assert "No score on 6 other leaderboards" in text(alpha)


def test_a_partial_run_is_ranked_only_where_the_leaderboard_ranks_them(eight, client):
    page = client.get("/llms/gamma/").content.decode()
    lines = {line[:7]: line for line in standing(page)}
    assert "not ranked a partial run" in lines["Board 0"]
    assert "3 of 5" in lines["Board 4"]


def test_the_badge_of_an_llm_without_a_rank_says_so(eight, client):
    address = "/llms/zeta/badge.svg?leaderboard="
    assert badge_texts(client, f"{address}board-0")[1] == "not ranked · Board 0, 1 of 3 scores"
    assert client.get(f"{address}board-6").status_code == 404  # no score there
    assert badge_texts(client, "/llms/zeta/badge.svg")[1].startswith("not ranked · Board 0")
