"""A small site that tests of its pages share."""

from tests.factories import (
    make_leaderboard,
    make_llm,
    make_metric,
    make_scores,
)

PUBLIC_PATHS = ["/", "/leaderboard/", "/leaderboard/board/", "/llms/alpha/"]


def make_site(**fields):
    """One published leaderboard, one LLM with one score."""
    metric = make_metric()
    make_scores({make_llm("Alpha", **fields): {metric: "0.5"}})
    return make_leaderboard([metric])
