"""Aggregates: reported, computed, and those that disagree with their components."""

from decimal import Decimal

import pytest

from leaderboard.models import Metric, Score
from leaderboard.standings.loading import standings_for
from leaderboard.text.numbers import format_exact
from tests.factories import (
    make_aggregate,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from tests.standings.reading import QUESTION_WEIGHTED, make_nested, make_pair, table

pytestmark = pytest.mark.django_db


def disagreements(standings):
    """(LLM, metric key, reported, computed, tolerance) of each, as text."""
    return [
        (
            each.llm.name,
            each.metric.key,
            *(format_exact(number) for number in (each.reported, each.computed, each.tolerance)),
        )
        for each in standings.disagreements
    ]


def test_without_a_reported_aggregate_the_computed_one_is_shown_and_ranks():
    a, b, _, board = make_pair()
    make_scores({"A": {a: "0.80", b: "0.70"}, "B": {a: "0.9", b: "0.7"}})
    standings = standings_for(board)
    assert table(standings) == [
        (1, "B", "0.90", "0.70", "0.80 computed"),
        (2, "A", "0.80", "0.70", "0.75 computed"),
    ]
    assert standings.disagreements == ()


def test_a_computed_value_has_eight_decimals_rounded_half_even():
    metrics = [make_metric(key) for key in "abc"]
    board = make_leaderboard([make_aggregate("mean", metrics)])
    make_scores({"A": dict(zip(metrics, ("1", "1", "0"), strict=True))})
    cell = standings_for(board).rows[0].cells[0]
    assert (cell.value, cell.exact, cell.text) == (Decimal("0.66666667"), "0.66666667", "0.67")


@pytest.mark.parametrize(
    ("reported", "shown", "refused"),
    [
        # 0.80 and 0.70 to two digits: 0.75 ± 0.005, and half of the reported last digit
        ("0.75", "0.75", []),
        ("0.76", "0.76", []),  # exactly on the border: |0.76 − 0.75| = 0.005 + 0.005
        ("0.74", "0.74", []),
        ("0.755", "0.76", []),  # reported with three digits: allowed are 0.0055
        ("0.756", "0.75 computed", [("A", "mean", "0.756", "0.75", "0.0055")]),
        ("0.77", "0.75 computed", [("A", "mean", "0.77", "0.75", "0.01")]),
        ("0.73", "0.75 computed", [("A", "mean", "0.73", "0.75", "0.01")]),
        ("0.7600001", "0.75 computed", [("A", "mean", "0.7600001", "0.75", "0.00500005")]),
        ("0", "0.75 computed", [("A", "mean", "0", "0.75", "0.01")]),
    ],
)
def test_a_reported_aggregate_is_shown_as_long_as_it_agrees(reported, shown, refused):
    a, b, mean, board = make_pair()
    make_scores({"A": {a: "0.80", b: "0.70", mean: reported}})
    standings = standings_for(board)
    assert table(standings) == [(1, "A", "0.80", "0.70", shown)]
    assert disagreements(standings) == refused


def test_the_digits_a_score_was_reported_with_set_its_tolerance():
    a, b, mean, board = make_pair()
    llm = make_llm("A")
    make_score(llm, a, "0.8", decimals=1)
    make_score(llm, b, "0.7", decimals=1)
    make_score(llm, mean, "0.80", decimals=2)
    assert table(standings_for(board)) == [(1, "A", "0.80", "0.70", "0.80")]
    Score.objects.filter(llm=llm, metric=b).delete()
    make_score(llm, b, "0.7", decimals=3)  # now ± (0.05 + 0.0005) / 2 + 0.005 = 0.03025 < 0.05
    assert table(standings_for(board)) == [(1, "A", "0.80", "0.70", "0.75 computed")]


def test_a_question_weighted_mean_weighs_by_the_components_questions_or_its_own_weights():
    a, b = make_metric("a", question_count=3), make_metric("b", question_count=1)
    counted = make_aggregate("counted", [a, b], QUESTION_WEIGHTED)
    weighted = make_aggregate("weighted", [a, b], QUESTION_WEIGHTED, weights=["0.5", "1.5"])
    plain = make_aggregate("plain", [a, b], weights=["9", "1"])  # weights do not concern a mean
    llm = make_llm("A")
    make_score(llm, a, "0.8", question_count=1000)  # a score's own n never changes weights
    make_score(llm, b, "0.4")
    assert table(standings_for(make_leaderboard([counted, weighted, plain]))) == [
        (1, "A", "0.70 computed", "0.50 computed", "0.60 computed")
    ]


def test_one_explicit_weight_stands_beside_question_counts():
    a, b = make_metric("a", question_count=3), make_metric("b", question_count=1)
    overall = make_aggregate("overall", [a, b], QUESTION_WEIGHTED)
    overall.components.get(metric=b).delete()
    overall.components.create(metric=b, weight=Decimal("2"))
    make_scores({"A": {a: "1", b: "0"}})
    assert table(standings_for(make_leaderboard([overall]))) == [(1, "A", "0.60 computed")]


def test_a_component_without_weight_makes_a_reported_aggregate_one_that_cannot_be_checked():
    a, b = make_metric("a", question_count=3), make_metric("b")
    overall = make_aggregate("overall", [a, b], QUESTION_WEIGHTED)
    make_scores({"A": {a: "1", b: "0", overall: "0.1"}, "B": {a: "1", b: "0"}})
    assert table(standings_for(make_leaderboard([a, overall]))) == [
        (1, "A", "1.00", "0.10 unchecked"),
        (None, "B", "1.00", "–"),
    ]


def test_an_aggregate_without_components_cannot_be_checked():
    alone = make_aggregate("alone", [])
    make_scores({"A": {alone: "0.4"}})
    assert table(standings_for(make_leaderboard([alone]))) == [(1, "A", "0.40 unchecked")]


def test_with_a_component_missing_nothing_is_computed_and_nothing_is_averaged_over_the_rest():
    a, b, mean, board = make_pair()
    make_scores({"A": {a: "0.9", mean: "0.1"}, "B": {b: "0.9"}})
    standings = standings_for(board)
    assert table(standings) == [
        (1, "A", "0.90", "–", "0.10 unchecked"),
        (None, "B", "–", "0.90", "–"),
    ]
    assert standings.disagreements == ()


def test_aggregates_of_aggregates_are_computed_bottom_up():
    a, b, _, c, _, board = make_nested()
    make_scores({"A": {a: "0.8", b: "0.4", c: "0.1"}})
    assert table(standings_for(board)) == [
        (1, "A", "0.80", "0.40", "0.70 computed", "0.10", "0.40 computed")
    ]


def test_a_component_enters_as_it_is_shown():
    a, b, overall, c, average, board = make_nested()
    make_scores(
        {
            "Agreeing": {a: "0.8", b: "0.4", overall: "0.71", c: "0.1"},  # not 0.70: reported
            "Refused": {a: "0.8", b: "0.4", overall: "0.99", c: "0.1", average: "0.40"},
            "Unchecked": {a: "0.8", overall: "0.5", c: "0.1", average: "0.30"},
        }
    )
    standings = standings_for(board)
    assert table(standings) == [
        (1, "Agreeing", "0.80", "0.40", "0.71", "0.10", "0.40 computed"),
        (2, "Refused", "0.80", "0.40", "0.70 computed", "0.10", "0.40"),
        (3, "Unchecked", "0.80", "–", "0.50 unchecked", "0.10", "0.30"),
    ]
    assert disagreements(standings) == [("Refused", "overall", "0.99", "0.7", "0.01")]


@pytest.mark.parametrize(
    ("average", "shown"),
    [
        # overall is computed: 0.7 ± (3·0.005 + 1·0.05)/4 = 0.01625, so the mean of it and
        # c = 0.1 ± 0.005 is 0.4 ± 0.010625, and three reported digits allow 0.0005 more
        ("0.411", "0.41"),
        ("0.412", "0.40 computed"),
        ("0.389", "0.39"),
        ("0.388", "0.40 computed"),
    ],
)
def test_a_computed_component_brings_its_own_tolerance(average, shown):
    a, b, _, c, outer, board = make_nested()
    llm = make_llm("A")
    make_score(llm, a, "0.8")
    make_score(llm, b, "0.4", decimals=1)
    make_score(llm, c, "0.1")
    make_score(llm, outer, average)
    assert table(standings_for(board)) == [(1, "A", "0.80", "0.40", "0.70 computed", "0.10", shown)]


def test_components_that_are_no_columns_count_all_the_same():
    a, b, overall, c, average, _ = make_nested()
    make_scores({"A": {a: "0.8", b: "0.4", overall: "0.99", c: "0.1"}})
    board = make_leaderboard([average], slug="narrow")
    standings = standings_for(board)
    assert table(standings) == [(1, "A", "0.40 computed")]
    assert disagreements(standings) == [("A", "overall", "0.99", "0.7", "0.01")]


def test_an_aggregate_where_lower_is_better_ranks_its_computed_value():
    fields = {"unit": Metric.Unit.POINTS, "higher_is_better": False}
    a, b = make_metric("a", **fields), make_metric("b", **fields)
    board = make_leaderboard([make_aggregate("mean", [a, b], **fields)])
    make_scores({"Worse": {a: "30", b: "10"}, "Better": {a: "-5", b: "10"}})
    assert table(standings_for(board)) == [
        (1, "Better", "2.50 computed"),
        (2, "Worse", "20.00 computed"),
    ]


def test_a_circle_of_aggregates_ends():
    a, b = make_aggregate("a", []), make_aggregate("b", [])
    a.components.create(metric=b)
    b.components.create(metric=a)
    make_scores({"A": {a: "0.5"}})
    assert table(standings_for(make_leaderboard([a]))) == [(1, "A", "0.50 unchecked")]
