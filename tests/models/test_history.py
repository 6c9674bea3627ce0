"""The history of a model."""

import pytest

from leaderboard.models import LLM, Score
from tests.factories import make_llm

pytestmark = pytest.mark.django_db


def test_the_managers_of_all_histories_are_of_one_class():
    """The package makes a class at each look, which is a tenth of the CPU of an edit."""
    assert type(LLM.history) is type(LLM.history) is type(Score.history)


def test_a_row_shows_its_own_history():
    alpha, beta = make_llm("Alpha"), make_llm("Beta")
    alpha.delete()
    assert [record.name for record in beta.history.all()] == ["Beta"]
    assert list(LLM.history.values_list("name", "history_type").order_by("history_id")) == [
        ("Alpha", "+"),
        ("Beta", "+"),
        ("Alpha", "-"),
    ]
