"""LLMs ticked for a comparison: they stand in the address, with and without script."""

import re

import pytest
from django.http import QueryDict

from leaderboard.models.revision import publish_change
from leaderboard.pages.comparison import find_neighbours
from leaderboard.pages.selection import Selection
from leaderboard.standings.loading import standings_for
from tests.factories import (
    give_scores_to_more_llms,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)

pytestmark = pytest.mark.django_db
PAGE = "/leaderboard/board/"


@pytest.fixture
def board():
    first, second = make_metric("first"), make_metric("second")
    names = "ABCDEFGH"
    make_scores({
        name: {first: f"0.{9 - place}", second: "0.5"} for place, name in enumerate(names)
    })  # fmt: skip
    return make_leaderboard([first, second], ranking_metric=first)


def text_of(client, query=""):
    return client.get(PAGE + query).content.decode()


def tray(page):
    return re.search(r'<form class="tray.*?</form>', page, re.DOTALL)[0]


def test_only_known_llms_are_ticked_in_their_order_and_six_at_most(board):
    standings = standings_for(board)
    query = "llm=c&llm=nobody&llm=a&llm=c&llm=&" + "&".join(f"llm={s}" for s in "bdefgh")
    selection = Selection.from_query(QueryDict(query), standings)
    assert selection.llm == ("c", "a", "b", "d", "e", "f")
    assert selection.url(sort="llm").startswith("?sort=llm&llm=c&llm=a")
    assert (selection.is_default, selection.is_filtered) == (True, False)


def test_ticks_are_in_the_boxes_and_in_every_link_of_the_view(board, client):
    page = text_of(client, "?llm=b&llm=a")
    assert re.findall(r'checked form="compare" name="llm" value="(\w)"', page) == ["a", "b"]
    links = re.findall(r'<th [^>]*data-column="\w+"[^>]*><a href="([^"]*)"', page)
    assert len(links) == 3
    assert all("llm=b&amp;llm=a" in link for link in links)
    assert '<b id="count">2</b> of 6 ticked' in page
    filters = re.search(r'<form class="filters".*?</form>', page, re.DOTALL)[0]
    assert re.findall(r'name="llm" value="(\w)"', filters) == ["b", "a"]  # without script
    for link in (f"{PAGE}charts/", "/zh-hans/leaderboard/board/"):
        assert f'{link}?llm=b&amp;llm=a"' in page


def test_who_is_filtered_or_paged_away_stays_ticked_beside_the_button(board, client):
    page = tray(text_of(client, "?q=C&llm=b&llm=c&sort=llm"))
    assert re.findall(r'value="(\w)" checked> (\w)</label>', page) == [("b", "B")]
    assert re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', page) == [
        ("sort", "llm"), ("q", "C"),
    ]  # fmt: skip
    assert '<a href="?sort=llm&amp;q=C" id="clear">' in page
    give_scores_to_more_llms(board, 100)
    publish_change()
    second = text_of(client, "?page=2&llm=a")
    assert 'value="a" checked> A</label>' in tray(second)
    assert re.findall(r'href="(\?llm=a)"[^>]*>', second)  # back to the first page


def test_files_and_frames_know_no_ticks(board, client):
    page = text_of(client, "?llm=a&q=A")
    assert re.findall(r'href="(/leaderboard/board\.csv[^"]*)"', page) == [
        "/leaderboard/board.csv?q=A",
        "/leaderboard/board.csv?q=A&amp;excel=1",
    ]
    for address in ("/leaderboard/board.json", "/leaderboard/board.csv", f"{PAGE}embed/"):
        assert client.get(f"{address}?llm=a").content == client.get(address).content


def test_what_is_no_llm_changes_no_byte(board, client):
    make_score(make_llm("Draft", is_published=False), board.ranking_metric, "0.5")
    assert text_of(client, "?llm=draft&llm=nobody&llm=%00") == text_of(client)


# The page of the comparison


def compare(client, query):
    return client.get(f"{PAGE}compare/?{query}").content.decode()


def test_an_llm_is_added_by_search(board, client):
    page = compare(client, "llm=a&llm=b&q=c")
    form = re.search(r'<form class="add".*?</form>', page, re.DOTALL)[0]
    assert re.findall(r'name="llm" value="(\w)"', form) == ["a", "b"]
    assert "2 of 6 chosen" in form
    assert re.findall(r'href="([^"]+)" aria-label="(Add [^"]+)"', page) == [
        ("?llm=a&amp;llm=b&amp;llm=c", "Add C")
    ]
    assert "No other LLM here has “zzz”" in compare(client, "llm=a&q=zzz")
    full = compare(client, "&".join(f"llm={slug}" for slug in "abcdef") + "&q=g")
    assert "Remove one first" in full
    assert "Add G" not in full


def test_neighbours_are_the_one_before_and_the_one_behind(board, client):
    standings = standings_for(board)
    found = {
        slug: [row.llm.slug for row in find_neighbours(standings, standings.row(slug))]
        for slug in "adh"
    }
    assert found == {"a": ["a", "b"], "d": ["d", "c", "e"], "h": ["h", "g"]}
    page = compare(client, "llm=d&with=neighbours")
    assert page == compare(client, "llm=d&llm=c&llm=e")
    llm = client.get("/llms/d/").content.decode()
    for address in ("?llm=d&amp;with=neighbours", "?llm=d"):
        assert f'href="{PAGE}compare/{address}"' in llm


def test_each_llm_has_a_colour_and_a_shape_in_the_table_and_in_the_chart(board, client):
    page = compare(client, "llm=a&llm=b&llm=c")
    head = re.search(r"<thead>.*?</thead>", page, re.DOTALL)[0]
    marks = [("1", "0"), ("2", "1"), ("3", "2")]
    assert re.findall(r'class="c(\d)".*?href="#p\.(\d)"', head) == marks
    legend = re.search(r'<ul class="legend".*?</ul>', page, re.DOTALL)[0]
    assert re.findall(r'class="c(\d)".*?href="#p\.(\d)"', legend) == marks
    chart = page.partition("<figure>")[2]
    assert set(re.findall(r'<g class="c(\d)">', chart)) == {"1", "2", "3"}
