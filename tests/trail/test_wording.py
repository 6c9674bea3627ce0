"""What a difference of two states is about, in words."""

import pytest

from leaderboard.models import Leaderboard, Score
from leaderboard.trail.between import describe_between
from leaderboard.trail.difference import Change, Group
from leaderboard.trail.state import load_state
from leaderboard.trail.wording import CAUSES, HEADINGS, name_field
from tests.exports.taking import UPDATED
from tests.factories import make_benchmark, make_leaderboard, make_llm, make_metric, make_score


@pytest.mark.parametrize(
    ("group", "field", "words"),
    [
        (Group.LLMS, "license", "license"),
        (Group.LLMS, "open_weights", "open weights"),
        (Group.LLMS, "organization_slug", "organization"),
        (Group.DETAILS, "n", "questions"),
        (Group.DETAILS, "standard_error", "standard error"),
        (Group.SOURCES, "source", "source"),
        (Group.SOURCES, "Paper: tier", "Paper: tier"),
        (Group.DEFINITIONS, "higher_is_better", "direction"),
        (Group.COMPONENTS, "components", "components"),
        (Group.COLUMNS, "ranking_metric", "ranking metric"),
        (Group.COLUMNS, "shown_by_default", "columns that are shown"),
        (Group.TEXTS, "introduction", "introduction"),
        (Group.METHOD, "method", "method"),
    ],
)
def test_fields_are_named_as_forms_name_them(group, field, words):
    assert name_field(Change(group, "", "", field, None, None)) == words


def test_every_group_has_words():
    assert HEADINGS.keys() == set(Group)
    assert CAUSES.keys() == set(Group) - {Group.SOURCES, Group.TEXTS}  # these move no rank


def test_equal_states_have_nothing_to_say_and_an_edit_has(db):
    metric = make_metric("first", benchmark=make_benchmark("Bench"), name="First")
    board = make_leaderboard([metric])
    score = make_score(make_llm("Alpha"), metric, "0.5")
    make_score(make_llm("Beta"), metric, "0.6")
    before = load_state(board, UPDATED)
    assert describe_between(before, before) == ([], True)
    Score.objects.filter(pk=score.pk).update(value="0.7", decimals=1)
    after = load_state(Leaderboard.objects.get(), UPDATED)
    found, _has_causes = describe_between(before, after)
    assert [(section.heading, section.first) for section in found] == [
        ("Values", ("Alpha, Bench First: 0.50 → 0.70",)),
        ("Ranks", ("Alpha 2 → 1: values changed", "Beta 1 → 2: values changed")),
    ]
