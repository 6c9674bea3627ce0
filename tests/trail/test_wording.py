"""A difference in sentences that a maintainer reads: every kind of change has one."""

import pytest

from leaderboard.models import Leaderboard, Score
from leaderboard.trail.difference import Change, Difference, Group, RankMove, compare
from leaderboard.trail.state import load_state
from leaderboard.trail.wording import (
    CAUSES,
    HEADINGS,
    describe_change,
    describe_difference,
    describe_move,
)
from tests.exports.taking import UPDATED
from tests.factories import make_benchmark, make_leaderboard, make_llm, make_metric, make_score

NAMES = {"a": "Bench first", "b": "Bench second"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change(Group.LLMS, "Alpha", "", "llm", None, "Alpha"), "Alpha entered"),
        (Change(Group.LLMS, "Alpha", "", "llm", "Alpha", None), "Alpha left"),
        (Change(Group.LLMS, "Beta", "", "name", "Alpha", "Beta"), "Alpha is called Beta"),
        (Change(Group.LLMS, "Alpha", "", "license", "", "MIT"), "Alpha, license: – → MIT"),
        (
            Change(Group.LLMS, "Alpha", "", "open_weights", True, False),
            "Alpha, open weights: yes → no",
        ),
        (Change(Group.VALUES, "Alpha", "a", "value", "0.5", None), "Alpha, Bench first: 0.5 → –"),
        (Change(Group.DETAILS, "Alpha", "a", "n", 5, 10), "Alpha, Bench first, questions: 5 → 10"),
        (
            Change(Group.DETAILS, "Alpha", "a", "standard_error", None, "0.1"),
            "Alpha, Bench first, standard error: – → 0.1",
        ),
        (
            Change(Group.SOURCES, "Alpha", "a", "source", None, "Paper"),
            "Alpha, Bench first, source: – → Paper",
        ),
        (Change(Group.SOURCES, "", "", "Paper: tier", "a", "b"), "Paper: tier: a → b"),
        (
            Change(Group.DEFINITIONS, "", "a", "higher_is_better", True, None),
            "Bench first, direction: higher is better → –",
        ),
        (
            Change(
                Group.COMPONENTS, "", "b", "components",
                [{"metric": "a", "weight": None}], [{"metric": "a", "weight": "2"}],
            ),
            "Bench second, components: Bench first → Bench first × 2",
        ),
        (
            Change(Group.COLUMNS, "", "", "columns", ["a"], ["a", "b"]),
            "columns: Bench first → Bench first, Bench second",
        ),
        (
            Change(Group.COLUMNS, "", "", "ranking_metric", "a", "b"),
            "ranking metric: Bench first → Bench second",
        ),
        (Change(Group.TEXTS, "", "", "introduction", "a", "b"), "introduction: changed"),
        (Change(Group.TEXTS, "", "", "bench", {}, {"name": "x"}), "bench: changed"),
        (Change(Group.METHOD, "", "", "method", "1", "2"), "method: 1 → 2"),
        (
            Change(Group.LLMS, "Alpha", "", "base_model", "", "x" * 80),
            f"Alpha, base model: – → {'x' * 59}…",
        ),
    ],
)  # fmt: skip
def test_every_kind_of_change_has_a_sentence(change, sentence):
    assert describe_change(change, NAMES) == sentence


def test_a_move_says_its_causes_and_every_group_has_words():
    move = RankMove("Alpha", 5, None, (Group.LLMS, Group.METHOD))
    assert describe_move(move) == "Alpha 5 → –: LLMs entered or left, the method changed"
    assert HEADINGS.keys() == set(Group)
    assert CAUSES.keys() == set(Group) - {Group.SOURCES, Group.TEXTS}  # these move no rank


def test_a_long_group_says_its_first_lines_and_how_many_more():
    changes = tuple(Change(Group.LLMS, f"L{n}", "", "llm", None, f"L{n}") for n in range(12))
    state = {"inputs": {"metrics": {}, "benchmarks": {}}}
    (section,) = describe_difference(Difference(changes, (), 0), state, state)
    assert (section.heading, section.count, section.more) == ("LLMs", 12, 2)
    assert section.lines[:2] == ("L0 entered", "L1 entered")


def test_equal_states_have_nothing_to_say_and_an_edit_has(db):
    metric = make_metric("first", benchmark=make_benchmark("Bench"), name="First")
    board = make_leaderboard([metric])
    score = make_score(make_llm("Alpha"), metric, "0.5")
    make_score(make_llm("Beta"), metric, "0.6")
    before = load_state(board, UPDATED)
    assert describe_difference(compare(before, before), before, before) == []
    Score.objects.filter(pk=score.pk).update(value="0.7", decimals=1)
    after = load_state(Leaderboard.objects.get(), UPDATED)
    found = describe_difference(compare(before, after), before, after)
    assert [(section.heading, section.lines) for section in found] == [
        ("Values", ("Alpha, Bench First: 0.50 → 0.7",)),
        ("Ranks", ("Alpha 2 → 1: values changed", "Beta 1 → 2: values changed")),
    ]
