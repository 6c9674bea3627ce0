"""The trail: whatever an edit moves has an entry, and no entry ever changes."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from leaderboard.models import LLM, LeaderboardState, Score
from leaderboard.models.locks import content_lock
from leaderboard.standings.published import forget_content
from leaderboard.trail.difference import shown_cells, shown_ranks
from leaderboard.trail.entries import load_trail
from leaderboard.trail.state import load_state
from tests.exports.taking import UPDATED
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.trail.editing import EDITS, board, llm, make_site, metric, setting

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
NOTHING = {"value of a draft", "value of what is withdrawn"}  # nobody sees these
# Of the first leaderboard while every edit is made: what visitors read.
TITLES = {
    "value": "1 correction of Alpha, 2 ranks moved",
    "n": "Details of scores of Alpha changed, 2 ranks moved",
    "partial runs": "Columns or ranking changed, 2 ranks moved",
    "digits": "Details of scores of Alpha changed",
    "source": "Sources of Alpha changed",
    "tier": "Sources described anew",
    "a new LLM": "New LLM Epsilon, 1 new score",
    "its name": "Epsilon renamed to Zeta",
    "fact": "Facts of Alpha changed",
    "withdraw": "Gamma withdrawn, 2 ranks moved",
    "publish again": "New LLM Gamma, 3 new scores",
    "delete an LLM": "Beta withdrawn, 1 rank moved",
    "restore": "New LLM Beta, 3 new scores, 1 rank moved",
    "delete a score": "1 correction of Beta, 2 ranks moved",
    "the score anew": "1 new score of Beta, 2 ranks moved",
    "direction": "speed defined anew",
    "name of a benchmark": "3 metrics defined anew",
    "component": "Exam mean defined anew, 4 ranks moved",
    "weights": "Exam mean defined anew",
    "kind": "Exam mean defined anew, 2 ranks moved",
    "column": "Zeta withdrawn, columns or ranking changed",
    "ranking metric": "Columns or ranking changed, 4 ranks moved",
    "title": "Texts changed",
    "withdraw the leaderboard": "Another board withdrawn",
    "value of a withdrawn leaderboard": None,
    "publish the leaderboard again": "Another board published: 4 LLMs, 10 scores",
    "delete the leaderboard": "Another board withdrawn",
}
ALL_EDITS = EDITS | {
    "withdraw the leaderboard": setting(board, is_published=False),
    "value of a withdrawn leaderboard": setting(
        lambda: Score.objects.get(llm__name="Alpha", metric__key="one"), value="0.44"
    ),
    "publish the leaderboard again": setting(board, is_published=True),
    "delete the leaderboard": lambda: board().delete(),
}
NOTHING |= {"value of a withdrawn leaderboard"}


@pytest.fixture
def site():
    with content_lock():
        make_site()


def words(html):
    text = unescape(re.sub(r"<[^>]*>", "", html))
    return " ".join(text.split())


def page_entries(client, address="/changes/"):
    """[(anchor, words)] of the entries of all pages, oldest first."""
    found, number = [], 1
    while True:
        page = client.get(f"{address}?page={number}").content.decode()
        entries = re.findall(r'<article class="entry" id="([^"]*)">(.*?)</article>', page, re.S)
        found += [(anchor, words(html)) for anchor, html in entries]
        number += 1
        if f"page={number}" not in page:
            return found[::-1]


def feed_entries(client):
    """[(id, title, summary)], oldest first."""
    feed = ElementTree.fromstring(client.get("/changes/feed/").content)
    names = ("id", "title", "summary")
    return [
        tuple(entry.find(ATOM + name).text for name in names)
        for entry in feed.findall(ATOM + "entry")
    ][::-1]


def present():
    return load_state(board(), UPDATED)


def count_moves(old, new):
    """(values, ranks) that differ, of the LLMs and columns that both states have."""
    before, after = shown_ranks(old), shown_ranks(new)
    ranks = sum(before[slug] != after[slug] for slug in before.keys() & after.keys())
    cells = [shown_cells(state) for state in (old, new)]
    columns = set.intersection(*({key for row in each.values() for key in row} for each in cells))
    values = sum(
        cells[0][slug].get(key) != cells[1][slug].get(key)
        for slug in cells[0].keys() & cells[1].keys()
        for key in columns
    )
    return values, ranks


def test_every_edit_that_moves_something_has_one_entry_and_no_entry_ever_changes(site, client):
    pages, feed = page_entries(client), feed_entries(client)
    chinese = page_entries(client, "/zh-hans/changes/")
    assert len(pages) == len(feed) == 1
    state, seen = present(), {}
    for name, edit in ALL_EDITS.items():
        edit()
        now, told = page_entries(client), feed_entries(client)
        assert now[: len(pages)] == pages, f"{name} changed an earlier entry"
        assert told[-len(feed) - 1 :][: len(feed)] in (feed, feed[1:]) or told[:-1] == feed[-49:]
        assert len(now) - len(pages) == (name not in NOTHING), name
        seen[name] = told[-1][1] if len(now) > len(pages) else None
        entry = load_trail().entries(load_trail().tokens[:1])[0]
        if name in EDITS and name not in NOTHING:
            new = present()
            stored = entry.parts[0].stored
            moved = (stored.get("values", 0), stored.get("moved", 0))
            assert moved == count_moves(state, new), name
            state = new
        assert now[-1][1].startswith(told[-1][1])
        pages, feed = now, told
    assert {name: seen[name] for name in TITLES} == TITLES
    assert len(seen) - len(NOTHING) > 40
    assert page_entries(client, "/zh-hans/changes/")[:1] == chinese


def test_drafts_leave_every_byte_alone_before_and_after_publication(site, client):
    addresses = ("/changes/", "/zh-hans/changes/", "/changes/feed/")
    before = [client.get(address).content for address in addresses]
    draft = LLM.objects.get(name="Hidden")
    score = draft.scores.get()
    for value in ("0.1234", "0.4321"):
        score.value, score.decimals, score._change_reason = value, 4, f"Secret reason {value}."
        score.save()
    draft.name, draft._change_reason = "Secret name", "Secret renaming."
    draft.save()
    secret = make_leaderboard(
        [make_metric("secret-metric")], slug="secret", title="Secret board", is_published=False
    )
    make_score(draft, secret.ranking_metric, "0.7777")
    assert [client.get(address).content for address in addresses] == before

    draft.name = "Public name"
    draft.save()
    score.value = "0.5"
    score.save()
    setting(llm("Public name"), is_published=True)()
    for address in addresses:
        page = client.get(address).content.decode()
        assert "Public name" in page
        assert not re.search(r"[Ss]ecret|0\.1234|0\.4321|0\.7777|Hidden", page)


def test_an_edit_of_a_shared_metric_is_one_entry_with_a_part_for_each_leaderboard(site, client):
    make_leaderboard([metric("one")()], slug="second", title="Second")
    count = len(page_entries(client))
    EDITS["value"]()
    entries = page_entries(client)
    assert len(entries) == count + 1
    assert entries[-1][1].startswith("1 correction of Alpha, 5 ranks moved")
    (entry,) = load_trail().entries(load_trail().tokens[:1])
    assert [part.title for part in entry.parts] == ["Board", "Second"]


def test_a_name_is_a_link_only_while_it_is_public_and_its_words_stay(site, client):
    EDITS["value"]()
    old = client.get("/changes/").content.decode()
    assert 'href="/llms/alpha/#metric-one"' in old
    before = page_entries(client)
    setting(llm("Alpha"), is_published=False)()
    assert "/llms/alpha/" not in client.get("/changes/").content.decode()
    assert page_entries(client)[:-1] == before


def test_the_page_asks_as_often_for_many_entries_as_for_few(site, client):
    for number in range(3):
        make_score(make_llm(f"Few {number}"), metric("one")(), "0.5")
    client.get("/changes/")
    counts = []
    for count in (1, 40):
        for number in range(count):
            setting(llm("Alpha"), license=f"Licence {count} {number}")()
        load_trail()  # finds the differences
        with CaptureQueriesContext(connection) as asked:
            client.get("/changes/")
        counts.append(len(asked))
    assert counts[0] == counts[1] < 14


def test_entries_stay_where_the_log_cannot_be_written(site, client, monkeypatch):
    expected = page_entries(client)
    EDITS["value"]()
    with_it = page_entries(client)
    LeaderboardState.objects.update(difference=None, entry_date=None)

    def refuse(self, **values):
        raise OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(type(LeaderboardState.objects.all()), "update", refuse)
    setting(llm("Hidden"), license="MIT")()
    forget_content()
    assert page_entries(client) == with_it
    assert with_it[:-1] == expected
