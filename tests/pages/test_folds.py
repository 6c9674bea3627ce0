"""Which benchmarks of an LLM's page are open at first."""

from types import SimpleNamespace

import pytest

from leaderboard.pages.folds import are_folded, fold_scores
from leaderboard.standings.rows import BenchmarkScores


def group(name, size, first):
    metrics = [SimpleNamespace(metric=SimpleNamespace(id=first + place)) for place in range(size)]
    return BenchmarkScores(name, name, tuple(metrics))


@pytest.mark.parametrize(
    ("sizes", "ranking", "opened"),
    [
        ([9], {0}, "a"),
        ([10, 10, 10], {0}, "abc"),
        ([10, 10, 10, 10], {0}, "abc"),
        ([10, 10, 10, 10], {3000}, "abd"),  # the one that a leaderboard ranks by comes first
        ([130], {0}, "a"),
        ([130, 5], {1000}, "a"),
        ([20, 20, 20], set(), "a"),
    ],
)
def test_as_many_are_open_as_there_is_room_for(sizes, ranking, opened):
    groups = [
        group(name, size, 1000 * place)
        for place, (name, size) in enumerate(zip("abcd", sizes, strict=False))
    ]
    shown = fold_scores(groups, ranking)
    assert [each for each, _is_open in shown] == groups
    assert "".join(each.slug for each, is_open in shown if is_open) == opened
    assert are_folded(groups) is (sum(sizes) > 30)
