"""Where an LLM stands: its placements on the leaderboards that rank by a metric it has."""

from collections.abc import Callable

from leaderboard.exports.badge import Placement
from leaderboard.models import LLM, Leaderboard
from leaderboard.standings.standings import Standings


def find_placements(
    llm: LLM,
    leaderboards: list[Leaderboard],
    every_metric: Standings,
    find_own: Callable[[Leaderboard], Standings],
) -> list[Placement]:
    """The placements of an LLM on those leaderboards whose ranking metric it has a value in.

    The standings over every metric have the ranks of each leaderboard if all of them rank partial
    runs, or none does; else those of the leaderboard itself are found.
    """
    is_alike = len({leaderboard.ranks_partial_runs for leaderboard in leaderboards}) < 2
    placements = []
    for leaderboard in leaderboards:
        standings = every_metric if is_alike else find_own(leaderboard)
        cell = standings.cell(llm.slug, leaderboard.ranking_metric_id)
        if cell:
            metric = standings.metrics[leaderboard.ranking_metric_id]
            count = standings.count(metric.key)
            rank_range = standings.rank_ranges(metric.key)[llm.slug]
            placements.append(Placement(leaderboard, cell, rank_range, metric, count))
    return placements
