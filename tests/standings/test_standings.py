"""Ranks, order and who is on a leaderboard, from the tables of the content."""

from decimal import Decimal

import pytest

from leaderboard.models import LLM, Column, Leaderboard, Metric
from leaderboard.standings.cells import heat
from leaderboard.standings.estimates import Level
from leaderboard.standings.loading import standings_for, standings_for_every_metric
from leaderboard.standings.rows import BenchmarkScores
from leaderboard.standings.shown import Origin
from tests.factories import (
    give_scores_to_more_llms,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_scores,
)
from tests.standings.reading import make_nested, make_pair, table

pytestmark = pytest.mark.django_db


def names(rows):
    return [row.llm.name for row in rows]


# Rank


def test_a_leaderboard_without_columns_or_scores_has_no_rows():
    board = make_leaderboard([make_metric()])
    assert table(standings_for(board)) == []
    Column.objects.all().delete()
    assert table(standings_for(board)) == []


def test_one_llm_is_first():
    metric = make_metric()
    make_scores({"Alpha": {metric: "0.5"}})
    assert table(standings_for(make_leaderboard([metric]))) == [(1, "Alpha", "0.50")]


def test_tied_scores_share_the_better_rank_and_stand_in_order_of_casefolded_names():
    metric = make_metric()
    make_scores({name: {metric: "0.5"} for name in ("beta", "Gamma", "alpha", "Älpine")})
    make_scores({"Top": {metric: "0.9"}, "Zero": {metric: "0"}})
    assert table(standings_for(make_leaderboard([metric]))) == [
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
    assert table(standings_for(make_leaderboard([metric]))) == [
        (1, "B", "0.50"),
        (2, "A", "0.50"),
    ]


def test_where_lower_is_better_the_lowest_is_first_and_best():
    metric = make_metric("latency", unit=Metric.Unit.POINTS, higher_is_better=False, decimals=1)
    make_scores({"Slow": {metric: "9"}, "Fast": {metric: "1.5"}, "Middle": {metric: "4"}})
    standings = standings_for(make_leaderboard([metric]))
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
    assert table(standings_for(make_leaderboard([a, b], ranking_metric=b))) == [
        (1, "Omega", "0.00", "0.00"),
        (None, "Aardvark", "1.00", "–"),
        (None, "Beta", "0.90", "–"),
    ]


# Who is on it


def test_llms_without_a_score_in_the_columns_are_absent():
    shown, other = make_metric("shown"), make_metric("other")
    make_llm("Without any")
    make_scores({"Elsewhere": {other: "0.9"}, "Here": {shown: "0.1", other: "0.2"}})
    assert table(standings_for(make_leaderboard([shown]))) == [(1, "Here", "0.10")]


def test_drafts_are_absent_and_count_in_no_rank():
    metric = make_metric()
    draft = make_llm("Draft", is_published=False)
    make_scores({draft: {metric: "0.9"}, "Public": {metric: "0.1"}})
    board = make_leaderboard([metric])
    assert table(standings_for(board)) == [(1, "Public", "0.10")]
    assert table(standings_for(board, LLM.objects.all())) == [
        (1, "Draft", "0.90"),
        (2, "Public", "0.10"),
    ]


def test_coverage_and_n_count_the_values_in_the_columns():
    a, b, mean, board = make_pair()
    make_scores({"Full": {a: "0.8", b: "0.6"}, "Half": {a: "0.7"}, "Aggregate": {mean: "0.5"}})
    standings = standings_for(board)
    assert [(row.llm.name, row.coverage, len(row.cells)) for row in standings.rows] == [
        ("Full", 3, 3),
        ("Aggregate", 1, 3),
        ("Half", 1, 3),
    ]
    assert {key: standings.count(key) for key in ("a", "b", "mean")} == {"a": 2, "b": 1, "mean": 2}


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
    return standings_for(make_leaderboard([a, b]))


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


def test_one_outlier_does_not_make_all_other_values_look_the_same():
    metric = make_metric("points", unit="points")
    make_scores({f"LLM {n}": {metric: n} for n in range(1, 20)} | {"Outlier": {metric: 10_000}})
    standings = standings_for(make_leaderboard([metric]))
    heats = [row.cells[0].heat for row in standings.rows]
    assert heats[:2] == [9, 9]
    assert len(set(heats)) > 4


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
    standings = standings_for_every_metric()
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
    standings = standings_for_every_metric()
    assert [metric.key for metric in standings.columns] == ["b", "a", "c"]
    assert table(standings) == [(None, "A", "–", "0.50", "–")]


# Cost


@pytest.mark.parametrize("count", [1, 3, 51])
def test_standings_take_four_queries_whatever_the_size(count, django_assert_num_queries):
    *_, board = make_nested()
    give_scores_to_more_llms(board, count)
    with django_assert_num_queries(4):
        standings = standings_for(board)
    assert len(standings.rows) == count


# The seed


def test_all_reported_aggregates_of_the_seed_agree_with_their_components(anesbench):
    standings = standings_for_every_metric()
    assert standings.disagreements == ()
    assert {cell.origin for row in standings.rows for cell in row.cells} == {Origin.REPORTED}


# Of the Average of the seed, as the design promises them, and those that follow from them.
NAMED = ("deepseek-r1", "gpt-4o", "deepseek-v3", "llama-4-scout-17b-16e-instruct", "qwen3-32b",
         "qwen3-14b")  # fmt: skip
SEED_RANGES = {
    Level.EACH: ["1", "2–4", "2–8", "2–8", "3–8", "9–18"],
    Level.ALL: ["1", "2–8", "2–8", "2–8", "2–8", "9–18"],
    Level.PAIRWISE: ["1", "2–3", "2–4", "3–8", "4–8", "9–14"],
}


@pytest.mark.parametrize("level", Level)
def test_the_average_of_the_seed_leaves_open_the_ranks_that_were_promised(level, anesbench):
    standings = standings_for(Leaderboard.objects.get()).at_level(level)
    assert (len(standings.rows), standings.level) == (51, level)
    assert [str(standings.row(slug).rank_range) for slug in NAMED] == SEED_RANGES[level]
    ranges = standings.ranking_ranges(level)
    assert {row.llm.slug: row.rank_range for row in standings.rows} == ranges
    first = standings.rows[0].cells[-1].uncertainty
    half_width = (first.interval.high - first.interval.low) / 2
    assert (standings.ranking_metric.key, f"{half_width:.4f}") == ("average", "0.0080")
