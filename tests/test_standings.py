from decimal import Decimal

import pytest

from leaderboard import standings as standings_of
from leaderboard.models import LLM, Column, Metric, Score
from leaderboard.numbers import plain
from leaderboard.standings import BenchmarkScores, Origin, heat

from .factories import (
    give_scores_to_more_llms,
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)

pytestmark = pytest.mark.django_db

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


def names(rows):
    return [row.llm.name for row in rows]


def disagreements(standings):
    """(LLM, metric key, reported, computed, tolerance) of each, as text."""
    return [
        (
            each.llm.name,
            each.metric.key,
            *(plain(number) for number in (each.reported, each.computed, each.tolerance)),
        )
        for each in standings.disagreements
    ]


def make_pair(**fields):
    """Two measured metrics and their plain mean, on a leaderboard in that order."""
    a, b = make_metric("a"), make_metric("b")
    mean = make_aggregate("mean", [a, b], **fields)
    return a, b, mean, make_leaderboard([a, b, mean])


# Rank


def test_a_leaderboard_without_columns_or_scores_has_no_rows():
    board = make_leaderboard([make_metric()])
    assert table(standings_of.of_leaderboard(board)) == []
    Column.objects.all().delete()
    assert table(standings_of.of_leaderboard(board)) == []


def test_one_llm_is_first():
    metric = make_metric()
    make_scores({"Alpha": {metric: "0.5"}})
    assert table(standings_of.of_leaderboard(make_leaderboard([metric]))) == [(1, "Alpha", "0.50")]


def test_tied_scores_share_the_better_rank_and_stand_in_order_of_casefolded_names():
    metric = make_metric()
    make_scores({name: {metric: "0.5"} for name in ("beta", "Gamma", "alpha", "Älpine")})
    make_scores({"Top": {metric: "0.9"}, "Zero": {metric: "0"}})
    assert table(standings_of.of_leaderboard(make_leaderboard([metric]))) == [
        (1, "Top", "0.90"),
        (2, "alpha", "0.50"),
        (2, "beta", "0.50"),
        (2, "Gamma", "0.50"),
        (2, "Älpine", "0.50"),
        (6, "Zero", "0.00"),
    ]


def test_ranks_compare_full_precision_where_the_page_shows_the_same():
    metric = make_metric()
    make_scores({"A": {metric: "0.50400000"}, "B": {metric: "0.50400001"}})
    assert table(standings_of.of_leaderboard(make_leaderboard([metric]))) == [
        (1, "B", "0.50"),
        (2, "A", "0.50"),
    ]


def test_where_lower_is_better_the_lowest_is_first_and_best():
    metric = make_metric("latency", unit=Metric.Unit.POINTS, higher_is_better=False, decimals=1)
    make_scores({"Slow": {metric: "9"}, "Fast": {metric: "1.5"}, "Middle": {metric: "4"}})
    standings = standings_of.of_leaderboard(make_leaderboard([metric]))
    assert table(standings) == [(1, "Fast", "1.5"), (2, "Middle", "4.0"), (3, "Slow", "9.0")]
    assert [(row.cells[0].heat, row.cells[0].is_best) for row in standings.rows] == [
        (9, True),
        (2, False),
        (0, False),
    ]
    assert standings.best_first("latency") == "latency"


def test_a_row_without_the_ranking_value_has_no_rank_and_stands_last():
    a, b = make_metric("a"), make_metric("b")
    make_scores({"Aardvark": {a: "1"}, "Omega": {a: "0", b: "0"}, "Beta": {a: "0.9"}})
    assert table(standings_of.of_leaderboard(make_leaderboard([a, b], ranking_metric=b))) == [
        (1, "Omega", "0.00", "0.00"),
        (None, "Aardvark", "1.00", "–"),
        (None, "Beta", "0.90", "–"),
    ]


# Who is on it


def test_llms_without_a_score_in_the_columns_are_absent():
    shown, other = make_metric("shown"), make_metric("other")
    make_llm("Without any")
    make_scores({"Elsewhere": {other: "0.9"}, "Here": {shown: "0.1", other: "0.2"}})
    assert table(standings_of.of_leaderboard(make_leaderboard([shown]))) == [(1, "Here", "0.10")]


def test_drafts_are_absent_and_count_in_no_rank():
    metric = make_metric()
    draft = make_llm("Draft", is_published=False)
    make_scores({draft: {metric: "0.9"}, "Public": {metric: "0.1"}})
    board = make_leaderboard([metric])
    assert table(standings_of.of_leaderboard(board)) == [(1, "Public", "0.10")]
    assert table(standings_of.of_leaderboard(board, LLM.objects.all())) == [
        (1, "Draft", "0.90"),
        (2, "Public", "0.10"),
    ]


def test_coverage_and_n_count_the_values_in_the_columns():
    a, b, mean, board = make_pair()
    make_scores({"Full": {a: "0.8", b: "0.6"}, "Half": {a: "0.7"}, "Aggregate": {mean: "0.5"}})
    standings = standings_of.of_leaderboard(board)
    assert [(row.llm.name, row.coverage, len(row.cells)) for row in standings.rows] == [
        ("Full", 3, 3),
        ("Aggregate", 1, 3),
        ("Half", 1, 3),
    ]
    assert {key: standings.count(key) for key in ("a", "b", "mean")} == {"a": 2, "b": 1, "mean": 2}


# Aggregates


def test_without_a_reported_aggregate_the_computed_one_is_shown_and_ranks():
    a, b, _, board = make_pair()
    make_scores({"A": {a: "0.80", b: "0.70"}, "B": {a: "0.9", b: "0.7"}})
    standings = standings_of.of_leaderboard(board)
    assert table(standings) == [
        (1, "B", "0.90", "0.70", "0.80 computed"),
        (2, "A", "0.80", "0.70", "0.75 computed"),
    ]
    assert standings.disagreements == ()


def test_a_computed_value_has_eight_decimals_rounded_half_even():
    metrics = [make_metric(key) for key in "abc"]
    board = make_leaderboard([make_aggregate("mean", metrics)])
    make_scores({"A": dict(zip(metrics, ("1", "1", "0"), strict=True))})
    cell = standings_of.of_leaderboard(board).rows[0].cells[0]
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
    standings = standings_of.of_leaderboard(board)
    assert table(standings) == [(1, "A", "0.80", "0.70", shown)]
    assert disagreements(standings) == refused


def test_the_digits_a_score_was_reported_with_set_its_tolerance():
    a, b, mean, board = make_pair()
    llm = make_llm("A")
    make_score(llm, a, "0.8", decimals=1)
    make_score(llm, b, "0.7", decimals=1)
    make_score(llm, mean, "0.80", decimals=2)
    assert table(standings_of.of_leaderboard(board)) == [(1, "A", "0.80", "0.70", "0.80")]
    Score.objects.filter(llm=llm, metric=b).delete()
    make_score(llm, b, "0.7", decimals=3)  # now ± (0.05 + 0.0005) / 2 + 0.005 = 0.03025 < 0.05
    assert table(standings_of.of_leaderboard(board)) == [(1, "A", "0.80", "0.70", "0.75 computed")]


def test_a_question_weighted_mean_weighs_by_the_components_questions_or_its_own_weights():
    a, b = make_metric("a", question_count=3), make_metric("b", question_count=1)
    counted = make_aggregate("counted", [a, b], QUESTION_WEIGHTED)
    weighted = make_aggregate("weighted", [a, b], QUESTION_WEIGHTED, weights=["0.5", "1.5"])
    plain = make_aggregate("plain", [a, b], weights=["9", "1"])  # weights do not concern a mean
    llm = make_llm("A")
    make_score(llm, a, "0.8", question_count=1000)  # a score's own n never changes weights
    make_score(llm, b, "0.4")
    assert table(standings_of.of_leaderboard(make_leaderboard([counted, weighted, plain]))) == [
        (1, "A", "0.70 computed", "0.50 computed", "0.60 computed")
    ]


def test_one_explicit_weight_stands_beside_question_counts():
    a, b = make_metric("a", question_count=3), make_metric("b", question_count=1)
    overall = make_aggregate("overall", [a, b], QUESTION_WEIGHTED)
    overall.components.get(metric=b).delete()
    overall.components.create(metric=b, weight=Decimal("2"))
    make_scores({"A": {a: "1", b: "0"}})
    assert table(standings_of.of_leaderboard(make_leaderboard([overall]))) == [
        (1, "A", "0.60 computed")
    ]


def test_a_component_without_weight_makes_a_reported_aggregate_one_that_cannot_be_checked():
    a, b = make_metric("a", question_count=3), make_metric("b")
    overall = make_aggregate("overall", [a, b], QUESTION_WEIGHTED)
    make_scores({"A": {a: "1", b: "0", overall: "0.1"}, "B": {a: "1", b: "0"}})
    assert table(standings_of.of_leaderboard(make_leaderboard([a, overall]))) == [
        (1, "A", "1.00", "0.10 unchecked"),
        (None, "B", "1.00", "–"),
    ]


def test_an_aggregate_without_components_cannot_be_checked():
    alone = make_aggregate("alone", [])
    make_scores({"A": {alone: "0.4"}})
    assert table(standings_of.of_leaderboard(make_leaderboard([alone]))) == [
        (1, "A", "0.40 unchecked")
    ]


def test_with_a_component_missing_nothing_is_computed_and_nothing_is_averaged_over_the_rest():
    a, b, mean, board = make_pair()
    make_scores({"A": {a: "0.9", mean: "0.1"}, "B": {b: "0.9"}})
    standings = standings_of.of_leaderboard(board)
    assert table(standings) == [
        (1, "A", "0.90", "–", "0.10 unchecked"),
        (None, "B", "–", "0.90", "–"),
    ]
    assert standings.disagreements == ()


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


def test_aggregates_of_aggregates_are_computed_bottom_up():
    a, b, _, c, _, board = make_nested()
    make_scores({"A": {a: "0.8", b: "0.4", c: "0.1"}})
    assert table(standings_of.of_leaderboard(board)) == [
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
    standings = standings_of.of_leaderboard(board)
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
    assert table(standings_of.of_leaderboard(board)) == [
        (1, "A", "0.80", "0.40", "0.70 computed", "0.10", shown)
    ]


def test_components_that_are_no_columns_count_all_the_same():
    a, b, overall, c, average, _ = make_nested()
    make_scores({"A": {a: "0.8", b: "0.4", overall: "0.99", c: "0.1"}})
    board = make_leaderboard([average], slug="narrow")
    standings = standings_of.of_leaderboard(board)
    assert table(standings) == [(1, "A", "0.40 computed")]
    assert disagreements(standings) == [("A", "overall", "0.99", "0.7", "0.01")]


def test_an_aggregate_where_lower_is_better_ranks_its_computed_value():
    fields = {"unit": Metric.Unit.POINTS, "higher_is_better": False}
    a, b = make_metric("a", **fields), make_metric("b", **fields)
    board = make_leaderboard([make_aggregate("mean", [a, b], **fields)])
    make_scores({"Worse": {a: "30", b: "10"}, "Better": {a: "-5", b: "10"}})
    assert table(standings_of.of_leaderboard(board)) == [
        (1, "Better", "2.50 computed"),
        (2, "Worse", "20.00 computed"),
    ]


def test_a_circle_of_aggregates_ends():
    a, b = make_aggregate("a", []), make_aggregate("b", [])
    a.components.create(metric=b)
    b.components.create(metric=a)
    make_scores({"A": {a: "0.5"}})
    assert table(standings_of.of_leaderboard(make_leaderboard([a]))) == [(1, "A", "0.50 unchecked")]


# Order


def make_sortable():
    a, b = make_metric("a"), make_metric("b")
    make_scores(
        {
            make_llm("delta", parameters=7): {a: "0.5", b: "0.9"},
            make_llm("Alpha", parameters=70): {a: "0.5", b: "0.9"},
            make_llm("Charlie"): {a: "0.7", b: "0.1"},
            make_llm("bravo", parameters=7): {b: "0.5"},
            make_llm("Echo", released="2025-01-20"): {a: "0.5"},
        }
    )
    return standings_of.of_leaderboard(make_leaderboard([a, b]))


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("-b", ["Alpha", "delta", "bravo", "Charlie", "Echo"]),
        ("b", ["Charlie", "bravo", "Alpha", "delta", "Echo"]),
        # ties stand by rank, then name, in both directions; missing is last in both
        ("-a", ["Charlie", "Alpha", "delta", "Echo", "bravo"]),
        ("a", ["Alpha", "delta", "Echo", "Charlie", "bravo"]),
        ("llm", ["Alpha", "bravo", "Charlie", "delta", "Echo"]),
        ("-llm", ["Echo", "delta", "Charlie", "bravo", "Alpha"]),
        ("parameters", ["delta", "bravo", "Alpha", "Charlie", "Echo"]),
        ("-parameters", ["Alpha", "delta", "bravo", "Charlie", "Echo"]),
        ("released", ["Echo", "Alpha", "delta", "bravo", "Charlie"]),
        ("-released", ["Echo", "Alpha", "delta", "bravo", "Charlie"]),
        ("organization", ["Alpha", "delta", "bravo", "Charlie", "Echo"]),
    ],
)
def test_missing_is_last_in_both_directions_and_ties_stand_by_rank_then_name(sort, order):
    standings = make_sortable()
    ranks = {row.llm.name: row.rank for row in standings.rows}
    rows = standings.sorted_by(sort)
    assert names(rows) == order
    assert {row.llm.name: row.rank for row in rows} == ranks
    assert ranks == {"Alpha": 1, "delta": 1, "bravo": 3, "Charlie": 4, "Echo": None}


def test_readers_expect_the_best_the_largest_and_the_newest_first():
    standings = make_sortable()
    assert [standings.best_first(key) for key in standings.sort_keys()] == [
        "llm",
        "organization",
        "-parameters",
        "-released",
        "-a",
        "-b",
    ]


def test_heat_spreads_the_leading_values():
    steps = [heat(Decimal(value), Decimal(0), Decimal(1)) for value in ("0", "0.5", "0.9", "1")]
    assert steps == [0, 1, 7, 9]
    assert heat(Decimal(5), Decimal(5), Decimal(5)) == 0


# The LLM's page


def test_scores_of_an_llm_are_grouped_by_the_benchmarks_in_which_it_has_any():
    english, chinese = make_benchmark("English"), make_benchmark("Chinese")
    a = make_metric("a", benchmark=english)
    b = make_metric("b", benchmark=english)
    c = make_metric("c", benchmark=chinese)
    make_leaderboard([a, b, c])
    make_scores({"A": {a: "0.5"}, "B": {a: "0.6", c: "0.1"}})
    make_llm("Without")
    standings = standings_of.of_every_metric()
    (english_scores,) = standings.scores_by_benchmark("a")
    assert isinstance(english_scores, BenchmarkScores)
    assert english_scores.benchmark == "English"
    assert [
        (score.metric.key, score.cell and (score.cell.text, score.cell.rank), score.llm_count)
        for score in english_scores.scores
    ] == [("a", ("0.50", 2), 2), ("b", None, 0)]
    assert [group.benchmark for group in standings.scores_by_benchmark("b")] == [
        "English",
        "Chinese",
    ]
    assert standings.scores_by_benchmark("without") == []
    assert standings.scores_by_benchmark("nobody") == []


def test_every_metric_means_those_on_published_leaderboards_in_their_order_once():
    a, b, c, hidden = (make_metric(key) for key in ("a", "b", "c", "hidden"))
    make_leaderboard([c, a], slug="second", position=2)
    make_leaderboard([b, a], slug="first", position=1)
    make_leaderboard([hidden], slug="draft", is_published=False)
    make_scores({"A": {a: "0.5", hidden: "0.9"}, "B": {hidden: "0.9"}})
    standings = standings_of.of_every_metric()
    assert [metric.key for metric in standings.columns] == ["b", "a", "c"]
    assert table(standings) == [(None, "A", "–", "0.50", "–")]


# Cost


@pytest.mark.parametrize("count", [1, 3, 51])
def test_standings_take_four_queries_whatever_the_size(count, django_assert_num_queries):
    *_, board = make_nested()
    give_scores_to_more_llms(board, count)
    with django_assert_num_queries(4):
        standings = standings_of.of_leaderboard(board)
    assert len(standings.rows) == count


# The seed


def test_all_reported_aggregates_of_the_seed_agree_with_their_components(anesbench):
    standings = standings_of.of_every_metric()
    assert standings.disagreements == ()
    assert {cell.origin for row in standings.rows for cell in row.cells} == {Origin.REPORTED}
