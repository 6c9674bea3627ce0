"""Columns of facts in states, in the past, in releases, and in what is told of edits."""

import json
from datetime import date

import pytest

from leaderboard.models import (
    LLM,
    Fact,
    FactColumn,
    FactValue,
    Leaderboard,
    LeaderboardState,
    Release,
)
from leaderboard.models.locks import content_lock
from leaderboard.pages.selection import Selection
from leaderboard.pages.tables import StandingsTable
from leaderboard.pages.view import build_view
from leaderboard.standings.loading import standings_for
from leaderboard.trail.canonical import canonical_bytes
from leaderboard.trail.difference import compare
from leaderboard.trail.entry_lines import lines_of
from leaderboard.trail.filling import fill_differences
from leaderboard.trail.frozen import open_release, thaw
from leaderboard.trail.past import load_state_at
from leaderboard.trail.releases import freeze
from leaderboard.trail.state import hash_content, load_state
from leaderboard.trail.stored import describe_difference
from tests.exports.taking import UPDATED
from tests.facts import give_value, make_fact, show_facts
from tests.trail.editing import make_site, setting

pytestmark = pytest.mark.django_db


def board():
    return Leaderboard.objects.get()


def state():
    return json.loads(canonical_bytes(load_state(board(), UPDATED)))


def llm(name):
    return LLM.objects.get(name=name)


def add_facts():
    about = {"as_of": date(2026, 1, 2), "source": "https://example.org/prices", "note": "list"}
    with content_lock():  # one edit
        price = make_fact("Price in", unit="$ per million tokens", decimals=2)
        tools = make_fact("Tool use", "answer")
        show_facts(board(), "license", price, tools, "homepage")
        give_value(llm("Alpha"), price, "2.5", **about)
        give_value(llm("Beta"), tools, "yes")
        give_value(llm("Hidden"), price, "99")
        setting(lambda: llm("Beta"), homepage="https://example.org/beta")()


def value(name, key):
    return lambda: FactValue.objects.get(llm__name=name, fact__key=key)


def table(standings):
    page = StandingsTable(build_view(standings, Selection()))
    return page.header_cells() + page.body()


def told(old, new):
    return [str(line) for line in lines_of(describe_difference(old, new))]


def test_a_state_without_such_columns_is_as_it_was_before_there_were_any():
    make_site()
    before = state()
    make_fact("Price in")
    assert state() == before
    assert not [name for name in before["inputs"] if "fact" in name]


def test_a_state_holds_the_columns_and_the_values_that_no_llm_has_anyway():
    make_site()
    add_facts()
    inputs = state()["inputs"]
    assert inputs["fact_columns"] == [
        {"fact": key, "shown_by_default": True}
        for key in ("license", "price_in", "tool_use", "homepage")
    ]
    assert inputs["facts"] == {
        "price_in": {
            "name": "Price in", "kind": "number", "unit": "$ per million tokens", "decimals": 2,
        },
        "tool_use": {"name": "Tool use", "kind": "answer", "unit": "", "decimals": None},
    }  # fmt: skip
    plain = {"as_of": None, "source": "", "note": ""}
    assert inputs["fact_values"] == {
        "alpha": {
            "price_in": {
                "value": "2.5", "as_of": "2026-01-02", "source": "https://example.org/prices",
                "note": "list",
            }
        },
        "beta": {
            "tool_use": {"value": True} | plain,
            "homepage": {"value": "https://example.org/beta"} | plain,
        },
    }  # fmt: skip


def test_what_is_read_back_from_a_state_is_shown_as_it_was():
    make_site()
    add_facts()
    thawed, present = thaw(state()), standings_for(board())
    assert thawed.facts.columns == tuple(
        fact if not fact.id else thawed.facts.columns[index]
        for index, fact in enumerate(present.facts.columns)
    )
    assert table(thawed) == table(present)


def test_a_release_keeps_the_facts_it_froze(client):
    make_site()
    add_facts()
    before = table(standings_for(board()))
    freeze(board(), "2026-11", "")
    FactValue.objects.get(fact__key="price_in", llm__name="Alpha").delete()
    Fact.objects.get(key="tool_use").delete()
    _leaderboard, frozen = open_release(Release.objects.get())
    assert table(frozen) == before
    address = "/leaderboard/board/releases/2026-11"
    page = client.get(f"{address}/").content.decode()
    assert "Tool use" in page
    assert "2.50</td>" in page
    assert "2.50" in client.get(f"{address}.md").content.decode()
    assert client.get(f"{address}.zip").status_code == 200


def test_the_past_shows_the_facts_of_then():
    make_site()
    add_facts()
    then = LeaderboardState.objects.order_by("pk").last().changed_at
    before = load_state(board(), then)
    value = FactValue.objects.get(fact__key="price_in", llm__name="Alpha")
    setting(lambda: value, value="3")()
    setting(lambda: llm("Beta"), homepage="")()
    FactColumn.objects.get(field="license").delete()
    Fact.objects.get(key="tool_use").delete()
    past = load_state_at(board().pk, then)
    assert past.state == before
    assert hash_content(past.state) != hash_content(state())


@pytest.mark.parametrize(
    ("edit", "lines"),
    [
        (
            setting(value("Alpha", "price_in"), value="3"),
            ["Alpha, Price in: 2.50 $ per million tokens → 3.00 $ per million tokens"],
        ),
        (
            setting(value("Alpha", "price_in"), as_of=date(2026, 2, 3)),
            [
                "Alpha, Price in: 2026-01-02; list; https://example.org/prices → "
                "2026-02-03; list; https://example.org/prices"
            ],
        ),
        (lambda: value("Beta", "tool_use")().delete(), ["Beta, Tool use: yes → unknown"]),
        (
            setting(lambda: llm("Beta"), homepage=""),
            ["Beta, Homepage: https://example.org/beta → unknown"],
        ),
        (
            lambda: FactColumn.objects.get(field="license").delete(),
            ["Facts removed as columns: License"],
        ),
        (
            setting(lambda: FactColumn.objects.get(field="license"), position=9),
            ["Order of the columns: Price in, Tool use, Homepage, License"],
        ),
        (
            setting(lambda: FactColumn.objects.get(field="license"), shown_by_default=False),
            ["Facts hidden at first: License"],
        ),
        (
            setting(lambda: Fact.objects.get(key="price_in"), name="Price of input"),
            ["fact: Price in ($ per million tokens) → Price of input ($ per million tokens)"],
        ),
    ],
)
def test_an_edit_of_a_shown_fact_is_told_and_moves_no_rank(edit, lines):
    make_site()
    add_facts()
    before, count = state(), LeaderboardState.objects.count()
    edit()
    assert told(before, state()) == lines
    assert compare(before, state()).moves == ()
    assert LeaderboardState.objects.count() == count + 1
    fill_differences()
    stored = LeaderboardState.objects.order_by("pk").last().difference
    assert [str(line) for line in lines_of(stored)] == lines


def test_facts_of_drafts_and_facts_that_nobody_shows_change_no_state():
    make_site()
    add_facts()
    unseen = make_fact("Unseen fact")
    before, count = state(), LeaderboardState.objects.count()
    give_value(llm("Alpha"), unseen, "1")
    setting(value("Hidden", "price_in"), value="1")()
    assert (state(), LeaderboardState.objects.count()) == (before, count)
