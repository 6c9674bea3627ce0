"""The difference of two states: every change has its group, every move its cause."""

import pytest

from leaderboard.models import LLM
from leaderboard.models.locks import content_lock
from leaderboard.trail.causes import Group
from leaderboard.trail.difference import compare, shown_ranks
from leaderboard.trail.state import load_state
from tests.exports.taking import UPDATED
from tests.factories import make_llm, make_score
from tests.trail.editing import EDITS, board, make_site, metric, score, setting

pytestmark = pytest.mark.django_db

# The groups of what each edit changes; those left out change nothing that is public.
GROUPS = {
    "value": {Group.VALUES},
    "n": {Group.DETAILS},
    "partial runs": {Group.COLUMNS},
    "all of n": {Group.DETAILS},
    "error": {Group.DETAILS},
    "source": {Group.SOURCES},
    "tier": {Group.SOURCES},
    "a new LLM": {Group.LLMS},
    "fact": {Group.LLMS},
    "publish": {Group.LLMS},
    "withdraw": {Group.LLMS},
    "publish again": {Group.LLMS},
    "delete an LLM": {Group.LLMS},
    "restore": {Group.LLMS},
    "delete a score": {Group.VALUES},
    "the score anew": {Group.VALUES},
    "direction": {Group.DEFINITIONS},
    "neither direction": {Group.DEFINITIONS},
    "unit label": {Group.DEFINITIONS},
    "range": {Group.DEFINITIONS},
    "share of questions": {Group.DEFINITIONS},
    "questions": {Group.DEFINITIONS},
    "the questions of another": {Group.DEFINITIONS},
    "decimals": {Group.DEFINITIONS},
    "name of a metric": {Group.DEFINITIONS},
    "component": {Group.COMPONENTS},
    "component back": {Group.COMPONENTS},
    "weights": {Group.COMPONENTS},
    "kind": {Group.COMPONENTS},
    "kind back": {Group.COMPONENTS},
    "column": {Group.COLUMNS, Group.LLMS},  # an LLM had no other score
    "hidden column": {Group.COLUMNS},
    "ranking metric": {Group.COLUMNS},
    "order": {Group.COLUMNS},
    "title": {Group.TEXTS},
    "translated title": {Group.TEXTS},
}


def state():
    return load_state(board(), UPDATED)


@pytest.fixture
def site():
    with content_lock():
        make_site()


def check(old, new):
    """What holds of any two states."""
    found = compare(old, new)
    assert bool(found) == (old["inputs"] != new["inputs"] or old["outputs"] != new["outputs"])
    before, after = shown_ranks(old), shown_ranks(new)
    both = before.keys() & after.keys()
    moved = {new["inputs"]["llms"][slug]["name"] for slug in both if before[slug] != after[slug]}
    assert {move.llm for move in found.moves} == moved
    groups = {change.group for change in found.changes}
    for move in found.moves:
        assert move.old != move.new
        assert set(move.causes) <= groups, move
    assert not compare(new, new)
    return found


def test_every_edit_has_its_group_and_every_move_a_cause_that_is_among_the_changes(site):
    seen, moves = {}, 0
    old = state()
    for name, edit in EDITS.items():
        edit()
        new = state()
        found = check(old, new)
        seen[name] = {change.group for change in found.changes}
        moves += len(found.moves)
        back = compare(new, old)
        assert len(back.moves) == len(found.moves), name
        assert back.values == found.values, name
        old = new
    assert {name: seen[name] for name in GROUPS} == GROUPS
    assert moves > 10


def test_a_change_says_what_was_and_what_is(site):
    old = state()
    setting(score(), value="0.61", decimals=2)()
    (change,) = compare(old, state()).of(Group.VALUES)
    assert change[1:] == ("Alpha", "one", "value", "0.30", "0.61", "alpha")


def test_a_move_is_caused_by_who_entered_by_values_or_by_what_ranks(site):
    before = state()
    with content_lock():
        for name in ("First", "Second"):
            for key in ("one", "two"):
                make_score_of(name, key)
    entered = check(before, state())
    causes = {(move.llm, move.old, move.new): move.causes for move in entered.moves}
    assert causes == {
        ("Gamma", 1, 3): (Group.LLMS,),
        ("Beta", 2, 4): (Group.LLMS,),
        ("Alpha", 3, 5): (Group.LLMS,),
    }

    before = state()
    for key in ("one", "two"):
        setting(score("Alpha", key), value="0.99", decimals=2)()
    risen = check(before, state())
    assert {move.causes for move in risen.moves} == {(Group.VALUES,)}
    assert risen.values == 3  # two components and their mean

    before = state()
    setting(score("Alpha", "one"), question_count=1)()
    partial = check(before, state())
    assert {move.causes for move in partial.moves} == {(Group.DETAILS,)}
    assert ("Alpha", 1, None) in {move[:3] for move in partial.moves}


def make_score_of(name, key):
    row = LLM.objects.filter(name=name).first() or make_llm(name)
    make_score(row, metric(key)(), "0.95")


def test_another_method_is_a_change_of_its_own(site):
    old = state()
    new = old | {"method": "2027-01"}
    assert [change.group for change in compare(old, new).changes] == [Group.METHOD]
