"""Runs of fewer questions than their metric has: shown and marked, and ranked only on request."""

import pytest

from leaderboard.models import Metric
from leaderboard.standings.loading import standings_for, standings_for_every_metric
from tests.factories import make_aggregate, make_leaderboard, make_llm, make_metric, make_score

pytestmark = pytest.mark.django_db


def make_board(**fields):
    """One LLM answered one question of 500, rightly; the others all of them."""
    metric = make_metric("accuracy", question_count=500)
    for name, value, count in (("Full", "0.9", None), ("One", "1", 1), ("Half", "0.5", None)):
        make_score(make_llm(name), metric, value, question_count=count)
    return make_leaderboard([metric], **fields)


def rows(standings, column=0):
    return [
        (row.llm.name, row.rank, str(row.rank_range), row.cells[column].is_best,
         row.cells[column].heat, row.cells[column].is_partial)
        for row in standings.rows
    ]  # fmt: skip


def test_a_single_right_answer_is_neither_best_nor_ranked_and_stands_last():
    standings = standings_for(make_board())
    assert rows(standings) == [
        ("Full", 1, "1", True, 9, False),
        ("Half", 2, "2", False, 0, False),
        ("One", None, "None", False, None, True),
    ]
    assert standings.count("accuracy") == 2
    for sort in ("-accuracy", "accuracy"):
        assert standings.sorted_by(sort)[-1].llm.name == "One"
    assert standings.cuts() == [2, 3]  # below it all, those without a rank


def test_a_leaderboard_can_rank_partial_runs_and_marks_them_all_the_same():
    standings = standings_for(make_board(ranks_partial_runs=True))
    assert rows(standings) == [
        ("One", 1, "1–3", True, 9, True),
        ("Full", 2, "1–2", False, 5, False),
        ("Half", 3, "2–3", False, 0, False),
    ]
    assert standings.count("accuracy") == 3
    # On pages of no leaderboard, such as an LLM's, it has its rank too.
    assert standings_for_every_metric().row("one").cells[0].rank == 1


def test_marks_of_intervals_share_an_axis_of_the_ranked_ones():
    low, high = standings_for(make_board()).interval_range()
    assert (round(low, 2), round(high, 2)) == (0.46, 0.92)  # and not to 1, as one question does


@pytest.mark.parametrize("count", [500, 600, None])
def test_a_run_of_all_questions_or_more_is_none(count):
    metric = make_metric("accuracy", question_count=500)
    make_score(make_llm(), metric, "0.5", question_count=count)
    assert rows(standings_for(make_leaderboard([metric]))) == [
        ("Alpha", 1, "1", True, 0, False),
    ]  # fmt: skip


def test_the_questions_of_another_metric_count():
    accuracy = make_metric("accuracy", question_count=500)
    f1 = make_metric("f1", questions_of=accuracy)
    make_score(make_llm(), f1, "0.5", question_count=20)
    assert rows(standings_for(make_leaderboard([f1])))[0][5]


def make_aggregates(**reported):
    """3 + 1 questions make an overall, which with a third metric makes an average."""
    a, b = make_metric("a", question_count=300), make_metric("b", question_count=100)
    c = make_metric("c", question_count=100)
    overall = make_aggregate(
        "overall", [a, b], Metric.Aggregate.QUESTION_WEIGHTED, question_count=400
    )
    average = make_aggregate("average", [overall, c])
    llm = make_llm()
    make_score(llm, a, "0.8")
    make_score(llm, b, "0.4", question_count=10)
    make_score(llm, c, "0.5")
    for metric in (overall, average):
        if metric.key in reported:
            make_score(llm, metric, reported[metric.key])
    (row,) = standings_for(make_leaderboard([a, b, overall, c, average])).rows
    return [
        (cell.text, cell.is_partial, cell.uncertainty.question_count, cell.rank)
        for cell in row.cells
    ]


@pytest.mark.parametrize("reported", [{}, {"overall": "0.70", "average": "0.60"}])
def test_what_is_made_from_a_partial_run_is_partial_at_any_depth(reported):
    """A question-weighted mean knows how many questions were asked for it, reported or computed."""
    assert make_aggregates(**reported) == [
        ("0.80", False, 300, 1),
        ("0.40", True, 10, None),
        ("0.70", True, 310, None),
        ("0.50", False, 100, 1),
        ("0.60", True, None, None),
    ]


def test_a_reported_aggregate_over_a_partial_run_that_lacks_another_component_is_partial():
    a, b = make_metric("a", question_count=100), make_metric("b", question_count=100)
    mean = make_aggregate("mean", [a, b])
    llm = make_llm()
    make_score(llm, a, "0.5", question_count=10)
    make_score(llm, mean, "0.6")
    (row,) = standings_for(make_leaderboard([a, b, mean])).rows
    assert (row.rank, row.cells[2].text, row.cells[2].is_partial) == (None, "0.60", True)
