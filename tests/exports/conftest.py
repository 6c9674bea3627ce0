"""Fixtures that the tests of this room share."""

import pytest

from leaderboard.models import Source
from tests.factories import (
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)


@pytest.fixture
def board(db):
    """Two LLMs on one benchmark with one metric; the better one has a source."""
    metric = make_metric("accuracy", benchmark=make_benchmark("Bench"), question_count=100)
    source = Source.objects.create(title="Paper", url="https://example.org/paper")
    make_score(make_llm("Alpha"), metric, "0.85", source=source)
    make_score(make_llm("Beta"), metric, "0.5")
    return make_leaderboard([metric], title="LLMs - Board")
