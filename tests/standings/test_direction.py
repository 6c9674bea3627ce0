"""Which end of a metric is the better one, and metrics of which neither is."""

import pytest

from leaderboard.models import Leaderboard
from leaderboard.standings.estimates import Level
from leaderboard.standings.loading import standings_for
from tests.factories import make_leaderboard, make_llm, make_metric, make_score, make_scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def standings():
    """An accuracy that ranks, a time of which less is better, and a share that describes."""
    share = {"question_count": 400}
    accuracy = make_metric("accuracy", **share)
    time = make_metric("time", unit="points", higher_is_better=False)
    refusals = make_metric("refusals", higher_is_better=None, **share)
    make_scores(
        {
            "Alpha": {accuracy: "0.9", time: "20", refusals: "0.1"},
            "Beta": {accuracy: "0.5", time: "5", refusals: "0.9"},
            "Gamma": {accuracy: "0.1", time: "300", refusals: "0.5"},
        }
    )
    return standings_for(make_leaderboard([time, refusals, accuracy]))


def looks(standings, key):
    cells = [row.cells[standings.position[key]] for row in standings.rows]
    return [(cell.text, cell.rank, cell.is_best, cell.heat) for cell in cells]


def test_the_lowest_is_best_and_has_the_deepest_tint_where_lower_is_better(standings):
    assert looks(standings, "time") == [
        ("20.00", 2, False, 8), ("5.00", 1, True, 9), ("300.00", 3, False, 0),
    ]  # fmt: skip


@pytest.mark.parametrize("level", Level)
def test_a_metric_without_direction_has_values_and_intervals_but_no_rank(standings, level):
    standings = standings.at_level(level)
    assert looks(standings, "refusals") == [
        ("0.10", None, False, None), ("0.90", None, False, None), ("0.50", None, False, None),
    ]  # fmt: skip
    cells = [row.cells[standings.position["refusals"]] for row in standings.rows]
    assert all(cell.uncertainty.interval for cell in cells)
    assert not any(standings.rank_ranges("refusals").values())


def test_a_column_opens_with_its_better_end_and_with_the_largest_where_there_is_none(standings):
    keys = ["accuracy", "time", "refusals"]
    assert [standings.best_first(key) for key in keys] == ["-accuracy", "time", "-refusals"]
    order = [row.llm.name for row in standings.sorted_by("-refusals")]
    assert order == ["Beta", "Gamma", "Alpha"]


def test_content_from_before_the_rule_ranks_nobody():
    """A leaderboard that is ranked by such a metric all the same shows values without ranks."""
    year = make_metric("year", unit="points", higher_is_better=None)
    for name, value in (("Alpha", 2023), ("Beta", 2025)):
        make_score(make_llm(name), year, value)
    standings = standings_for(make_leaderboard([year]))
    assert [(row.llm.name, row.rank, row.rank_range) for row in standings.rows] == [
        ("Alpha", None, None), ("Beta", None, None),
    ]  # fmt: skip
    assert (standings.cuts(), standings.without_evidence) == ([], 0)
    assert Leaderboard.objects.get().ranking_metric == year
