"""Which scores of an LLM's page are open at first, where it has too many to show at once."""

from collections.abc import Collection, Sequence

from leaderboard.standings.rows import BenchmarkScores

MOST_OPEN = 30  # metrics


def fold_scores(
    groups: Sequence[BenchmarkScores], ranking: Collection[int]
) -> list[tuple[BenchmarkScores, bool]]:
    """The benchmarks of a page, each with whether it is open: as many as MOST_OPEN metrics allow,
    the first one, then those with a metric that a leaderboard ranks by, then the others."""
    order = [*groups[:1], *sorted(groups[1:], key=lambda group: not is_ranked_by(group, ranking))]
    opened: set[int] = set()
    count = 0
    for group in order:
        count += len(group.scores)
        if count <= MOST_OPEN or not opened:
            opened.add(id(group))
    return [(group, id(group) in opened) for group in groups]


def is_ranked_by(group: BenchmarkScores, ranking: Collection[int]) -> bool:
    """Whether one of its metrics is among these."""
    return any(score.metric.id in ranking for score in group.scores)


def are_folded(groups: Sequence[BenchmarkScores]) -> bool:
    """Whether the benchmarks of a page are behind folds at all."""
    return sum(len(group.scores) for group in groups) > MOST_OPEN
