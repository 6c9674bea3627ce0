"""Standings as a test compares them."""

from leaderboard.models import Metric
from leaderboard.standings.loading import standings_for
from leaderboard.standings.shown import Origin
from tests.factories import (
    make_aggregate,
    make_leaderboard,
    make_metric,
)

QUESTION_WEIGHTED = Metric.Aggregate.QUESTION_WEIGHTED


MARK = {Origin.REPORTED: "", Origin.COMPUTED: " computed", Origin.UNCHECKED: " unchecked"}


def table(standings):
    """Rows as a reader sees them: (rank, name, cell, …)."""
    return [
        (
            row.rank,
            row.llm.name,
            *(f"{cell.text}{MARK[cell.origin]}" if cell else "–" for cell in row.cells),
        )
        for row in standings.rows
    ]


def make_pair(**fields):
    """Two measured metrics and their plain mean, on a leaderboard in that order."""
    a, b = make_metric("a"), make_metric("b")
    mean = make_aggregate("mean", [a, b], **fields)
    return a, b, mean, make_leaderboard([a, b, mean])


def make_nested():
    """a and b (3 : 1) make overall; overall and c make average. Columns from left to right."""
    a, b = make_metric("a", question_count=3), make_metric("b", question_count=1)
    c = make_metric("c")
    # The outer one is stored first: the order of computation must not follow the primary keys.
    average = make_aggregate("average", [])
    overall = make_aggregate("overall", [a, b], QUESTION_WEIGHTED)
    average.components.create(metric=overall, position=1)
    average.components.create(metric=c, position=2)
    return a, b, overall, c, average, make_leaderboard([a, b, overall, c, average])


def only_cell(*metrics):
    """The one LLM's cell in the last of the metrics."""
    (row,) = standings_for(make_leaderboard(list(metrics))).rows
    return row.cells[-1]


def rank_ranges(standings):
    return {
        row.llm.name: (row.rank, row.rank_range and str(row.rank_range)) for row in standings.rows
    }
