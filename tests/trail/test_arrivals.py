"""LLMs that are marked as new: since when, and of what."""

from datetime import timedelta

import pytest
from django.utils import timezone

from leaderboard.models import LLM, LeaderboardState
from leaderboard.standings.published import load_content
from leaderboard.trail.arrivals import MONTH, new_llms
from leaderboard.trail.filling import fill_differences
from tests.factories import make_leaderboard, make_llm, make_metric, make_score

pytestmark = pytest.mark.django_db


@pytest.fixture
def board():
    """With an LLM that was there when it was published."""
    metric = make_metric("accuracy")
    make_score(make_llm("Old"), metric, "0.5")
    return make_leaderboard([metric], slug="board")


def new_on(board):
    fill_differences()
    return new_llms(load_content(""), board)


def enter(board, name):
    make_score(make_llm(name), board.ranking_metric, "0.6")


def test_who_came_after_the_publication_is_new_and_marked(client, board):
    assert new_on(board) == frozenset()
    enter(board, "Young")
    assert new_on(board) == {"young"}
    page = client.get("/leaderboard/board/").content.decode()
    assert page.count('<span class="tag">new</span></small></th>') == 1
    assert "1 LLM that came in the month before the last change" in page
    assert "last change" not in client.get("/zh-hans/leaderboard/board/").content.decode()


def test_a_month_after_it_came_an_llm_is_not_new(board):
    enter(board, "Young")
    fill_differences()
    long_ago = timezone.now() - MONTH - timedelta(days=1)
    LeaderboardState.objects.update(entry_date=long_ago)
    assert new_on(board) == frozenset()
    enter(board, "Younger")
    assert new_on(board) == {"younger"}


def test_who_was_withdrawn_again_or_is_a_draft_is_not_new(board):
    enter(board, "Young")
    make_score(make_llm("Draft", is_published=False), board.ranking_metric, "0.7")
    LLM.objects.get(slug="young").delete()
    assert new_on(board) == frozenset()
