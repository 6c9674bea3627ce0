from decimal import Decimal

import pytest

from leaderboard.models import LLM, Column, Leaderboard, Metric, Score, Source
from leaderboard.standings.aggregates import Origin
from leaderboard.standings.cells import heat
from leaderboard.standings.standings import (
    BenchmarkScores,
    standings_for,
    standings_for_every_metric,
)
from leaderboard.standings.uncertainty import Uncertainty
from leaderboard.text.numbers import format_exact
from tests.factories import (
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
            *(format_exact(number) for number in (each.reported, each.computed, each.tolerance)),
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


# Aggregates


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


# Uncertainty


def rounded(uncertainty):
    """(n, standard error, interval, value as tested, its standard error), to four digits."""
    return (
        uncertainty.question_count,
        uncertainty.standard_error and round(uncertainty.standard_error, 4),
        uncertainty.interval and tuple(round(end, 4) for end in uncertainty.interval),
        *(round(number, 4) for number in uncertainty.tested or ()),
    )


def only_cell(*metrics):
    """The one LLM's cell in the last of the metrics."""
    (row,) = standings_for(make_leaderboard(list(metrics))).rows
    return row.cells[-1]


PERCENT = {"unit": Metric.Unit.PERCENT}
POINTS = {"unit": Metric.Unit.POINTS}
UNKNOWN = (None, None, None)


@pytest.mark.parametrize(
    ("fields", "value", "score_fields", "expected"),
    [
        ({}, "0.8", {}, UNKNOWN),
        # sqrt(0.8 · 0.2 / 100) = 0.04, with Wilson's interval
        ({"question_count": 100}, "0.8", {}, (100, 0.04, (0.7112, 0.8666), 0.8, 0.04)),
        # a score's own number of questions comes before the metric's
        (
            {"question_count": 100},
            "0.8",
            {"question_count": 400},
            (400, 0.02, (0.758, 0.8363), 0.8, 0.02),
        ),
        ({}, "0.8", {"question_count": 400}, (400, 0.02, (0.758, 0.8363), 0.8, 0.02)),
        # of few questions, or all of them: the standard error as it is, tests adjusted
        ({"question_count": 25}, "0.8", {}, (25, 0.08, (0.6087, 0.9114), 0.76, 0.0795)),
        ({"question_count": 10}, "1", {}, (10, 0.0, (0.7225, 1.0), 0.8612, 0.0929)),
        ({"question_count": 4343}, "0", {}, (4343, 0.0, (0.0, 0.0009), 0.0004, 0.0003)),
        # a standard error of its own comes before that of the questions: value ± 1.96 of it
        (
            {"question_count": 100},
            "0.8",
            {"standard_error": "0.01"},
            (100, 0.01, (0.7804, 0.8196), 0.8, 0.01),
        ),
        ({}, "0.8", {"standard_error": "0.01"}, (None, 0.01, (0.7804, 0.8196), 0.8, 0.01)),
        ({}, "1", {"standard_error": "0"}, (None, 0.0, (1.0, 1.0), 1.0, 0.0)),
        # cut to the range of the metric
        ({}, "0.8", {"standard_error": "0.2"}, (None, 0.2, (0.408, 1.0), 0.8, 0.2)),
        ({}, "0.8", {"standard_error": "0.9"}, (None, 0.9, (0.0, 1.0), 0.8, 0.9)),
        (
            POINTS | {"minimum": -5},
            "1",
            {"standard_error": "4"},
            (None, 4.0, (-5.0, 8.8399), 1.0, 4.0),
        ),
        # in the unit of the metric
        (PERCENT | {"question_count": 100}, "80", {}, (100, 4.0, (71.1171, 86.6633), 80.0, 4.0)),
        (PERCENT | {"question_count": 10}, "100", {}, (10, 0.0, (72.2467, 100), 86.1234, 9.2921)),
        (PERCENT, "99", {"standard_error": "2"}, (None, 2.0, (95.0801, 100.0), 99.0, 2.0)),
        # what is no share of questions has no uncertainty, unless it brings its own
        ({"question_count": 100, "is_share_of_questions": False}, "0.8", {}, (100, None, None)),
        (POINTS | {"question_count": 100}, "0.8", {}, (100, None, None)),
        (
            POINTS,
            "1234.5",
            {"standard_error": "10"},
            (None, 10, (1214.9004, 1254.0996), 1234.5, 10),
        ),
        (
            {"is_share_of_questions": False},
            "0.8",
            {"standard_error": "0.01"},
            (None, 0.01, (0.7804, 0.8196), 0.8, 0.01),
        ),
    ],
)
def test_the_uncertainty_of_a_score_is_its_own_or_follows_from_its_questions(
    fields, value, score_fields, expected
):
    metric = make_metric(**fields)
    numbers = {name: Decimal(number) for name, number in score_fields.items()}
    make_score(make_llm(), metric, value, **numbers)
    assert rounded(only_cell(metric).uncertainty) == expected


@pytest.mark.parametrize(
    ("value", "score_fields", "interval"),
    [("80", {}, None), ("1.5", {"standard_error": Decimal("0.1")}, (1.0, 1.0))],
)
def test_a_value_outside_the_range_of_its_metric_has_no_interval_outside_it(
    value, score_fields, interval
):
    metric = make_metric(question_count=100)
    make_score(make_llm(), metric, value, **score_fields)
    assert only_cell(metric).uncertainty.interval == interval


@pytest.mark.parametrize(
    ("aggregate", "weights", "value", "error", "interval"),
    [
        # sqrt((300 · 0.02309)² + (100 · 0.04899)²) / 400
        (QUESTION_WEIGHTED, None, 0.75, 0.0212, (0.7084, 0.7916)),
        # sqrt((1 · 0.02309)² + (3 · 0.04899)²) / 4
        (QUESTION_WEIGHTED, ["1", "3"], 0.65, 0.0372, (0.5771, 0.7229)),
        # sqrt(0.02309² + 0.04899²) / 2, whatever the weights
        (Metric.Aggregate.MEAN, ["1", "3"], 0.7, 0.0271, (0.6469, 0.7531)),
    ],
)
@pytest.mark.parametrize("is_reported", [True, False])
def test_the_uncertainty_of_an_aggregate_follows_from_its_components(
    aggregate, weights, value, error, interval, is_reported
):
    a, b = make_metric("a", question_count=300), make_metric("b", question_count=100)
    whole = make_aggregate("whole", [a, b], aggregate, weights)
    make_scores({"A": {a: "0.8", b: "0.6"} | ({whole: value} if is_reported else {})})
    cell = only_cell(whole)
    assert cell.origin is (Origin.REPORTED if is_reported else Origin.COMPUTED)
    assert rounded(cell.uncertainty) == (None, error, interval, value, error)


def make_overall(**fields):
    """Two levels of 300 and 100 questions, and their overall."""
    a, b = make_metric("a", question_count=300), make_metric("b", question_count=100)
    return a, b, make_aggregate("overall", [a, b], QUESTION_WEIGHTED, **fields)


FROM_ITS_OWN = (400, 0.0217, (0.7053, 0.7899), 0.75, 0.0217)  # sqrt(0.75 · 0.25 / 400), Wilson


@pytest.mark.parametrize("reported", ["0.75", None, "0.1"])
def test_an_overall_with_questions_of_its_own_uses_its_own_share(reported):
    a, b, overall = make_overall(question_count=400)
    make_scores({"A": {a: "0.8", b: "0.6"} | ({overall: reported} if reported else {})})
    assert rounded(only_cell(overall).uncertainty) == FROM_ITS_OWN


def test_an_aggregate_reported_with_a_standard_error_uses_it_while_it_agrees():
    a, b, overall = make_overall(question_count=400)
    agreeing, refused = make_llm("Agreeing"), make_llm("Refused")
    make_scores({agreeing: {a: "0.8", b: "0.6"}, refused: {a: "0.8", b: "0.6"}})
    make_score(agreeing, overall, "0.75", standard_error=Decimal("0.01"))
    make_score(refused, overall, "0.1", standard_error=Decimal("0.01"))
    standings = standings_for(make_leaderboard([overall]))
    assert {row.llm.name: rounded(row.cells[0].uncertainty) for row in standings.rows} == {
        "Agreeing": (400, 0.01, (0.7304, 0.7696), 0.75, 0.01),
        "Refused": FROM_ITS_OWN,
    }


def test_a_computed_overall_of_partial_runs_uses_its_components_and_does_not_claim_all_questions():
    a, b, overall = make_overall(question_count=400)
    llm = make_llm()
    make_score(llm, a, "0.8", question_count=75)  # of 300
    make_score(llm, b, "0.6")
    # sqrt((300 · 0.04619)² + (100 · 0.04899)²) / 400
    assert rounded(only_cell(overall).uncertainty) == (
        None,
        0.0367,
        (0.678, 0.822),
        0.75,
        0.0367,
    )


def test_partial_runs_count_through_several_levels_of_aggregates():
    a, b, overall = make_overall(question_count=400)
    c = make_metric("c", question_count=400)
    outer = make_aggregate("outer", [overall, c], QUESTION_WEIGHTED, question_count=800)
    full, partial = make_llm("Full"), make_llm("Partial")
    make_scores({full: {a: "0.8", b: "0.6", c: "0.75"}, partial: {b: "0.6", c: "0.75"}})
    make_score(partial, a, "0.8", question_count=75)
    standings = standings_for(make_leaderboard([outer]))
    assert {row.llm.name: rounded(row.cells[0].uncertainty) for row in standings.rows} == {
        "Full": (800, 0.0153, (0.7188, 0.7788), 0.75, 0.0153),
        # sqrt(0.03674² + 0.02165²) / 2
        "Partial": (None, 0.0213, (0.7082, 0.7918), 0.75, 0.0213),
    }


def test_tests_of_an_aggregate_take_the_components_as_adjusted():
    a, b = make_metric("a", question_count=10), make_metric("b", question_count=10)
    mean = make_aggregate("mean", [a, b])
    make_scores({"A": {a: "1", b: "1"}})
    # sqrt(0.0929² + 0.0929²) / 2, where each of the standard errors is 0
    assert rounded(only_cell(mean).uncertainty) == (None, 0.0, (1.0, 1.0), 1.0, 0.0657)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, UNKNOWN),
        ({"question_count": 400}, (400, 0.0217, (0.7053, 0.7899), 0.75, 0.0217)),
    ],
)
def test_an_aggregate_that_cannot_be_checked_is_uncertain_by_its_own_questions_only(
    fields, expected
):
    a, _, overall = make_overall(**fields)
    make_scores({"A": {a: "0.8", overall: "0.75"}})
    cell = only_cell(overall)
    assert (cell.origin, rounded(cell.uncertainty)) == (Origin.UNCHECKED, expected)


@pytest.mark.parametrize("reported", [None, "0.7"])
def test_an_aggregate_with_a_component_of_unknown_uncertainty_has_none(reported):
    a, b = make_metric("a", question_count=300), make_metric("b")
    mean = make_aggregate("mean", [a, b])
    make_scores({"A": {a: "0.8", b: "0.6"} | ({mean: reported} if reported else {})})
    cell = only_cell(mean)
    assert (cell.text, cell.uncertainty) == ("0.70", Uncertainty())


def rank_ranges(standings):
    return {
        row.llm.name: (row.rank, row.rank_range and str(row.rank_range)) for row in standings.rows
    }


def test_a_row_has_the_rank_range_of_the_ranking_metric():
    a, b = make_metric("a", question_count=100), make_metric("b", question_count=10_000)
    make_scores(
        {
            "First": {a: "0.60", b: "0.90"},
            "Second": {a: "0.55", b: "0.80"},
            "Unranked": {a: "0.10"},
        }
    )
    by_a = standings_for(make_leaderboard([a, b], ranking_metric=a, slug="a"))
    by_b = standings_for(make_leaderboard([a, b], ranking_metric=b, slug="b"))
    assert rank_ranges(by_a) == {"First": (1, "1–2"), "Second": (2, "1–2"), "Unranked": (3, "3")}
    assert rank_ranges(by_b) == {"First": (1, "1"), "Second": (2, "2"), "Unranked": (None, None)}
    assert [str(cell.rank_range) for cell in by_b.rows[0].cells] == ["1–2", "1"]


def test_one_without_uncertainty_has_a_rank_and_leaves_the_others_open():
    metric = make_metric()
    llms = {"Best": 100_000, "Unknown": None, "Last": 100_000}
    for (name, count), value in zip(llms.items(), ("0.9", "0.5", "0.1"), strict=True):
        make_score(make_llm(name), metric, value, question_count=count)
    assert rank_ranges(standings_for(make_leaderboard([metric]))) == {
        "Best": (1, "1–2"),
        "Unknown": (2, None),
        "Last": (3, "2–3"),
    }


def test_where_lower_is_better_the_range_begins_at_the_lowest():
    metric = make_metric("errors", question_count=1000, higher_is_better=False)
    make_scores({"A": {metric: "0.1"}, "B": {metric: "0.11"}, "C": {metric: "0.5"}})
    assert rank_ranges(standings_for(make_leaderboard([metric]))) == {
        "A": (1, "1–2"),
        "B": (2, "1–2"),
        "C": (3, "3"),
    }


# Where scores come from


def make_source(tier):
    """A source of that tier; none for “”."""
    title = f"Source {Source.objects.count()}"
    return Source.objects.create(title=title, tier=tier) if tier else None


@pytest.mark.parametrize("tier", Source.Tier.values)
def test_a_score_has_the_tier_of_its_source(tier):
    metric, source = make_metric(), make_source(tier)
    make_score(make_llm(), metric, "0.5", source=source)
    cell = only_cell(metric)
    assert (cell.tier, cell.source_id) == (tier, source.id)


def test_a_score_without_a_source_is_of_unknown_origin():
    metric = make_metric()
    make_score(make_llm(), metric, "0.5")
    cell = only_cell(metric)
    assert (cell.tier, cell.source_id) == ("unknown", None)


@pytest.mark.parametrize(
    ("tiers", "reported", "least"),
    [
        (("independent", "independent"), None, "independent"),
        (("independent", "maintainer"), None, "maintainer"),
        (("vendor", "maintainer"), None, "vendor"),
        (("vendor", "independent"), None, "vendor"),
        (("vendor", "unknown"), None, "unknown"),
        (("independent", ""), None, "unknown"),
        # a reported one that agrees rests on its own source too
        (("independent", "independent"), "independent", "independent"),
        (("independent", "independent"), "vendor", "vendor"),
        (("independent", "vendor"), "maintainer", "vendor"),
        (("maintainer", "maintainer"), "unknown", "unknown"),
        (("independent", ""), "independent", "unknown"),
        (("independent", "independent"), "", "unknown"),
    ],
)
def test_an_aggregate_carries_the_least_trusted_tier_of_its_components(tiers, reported, least):
    a, b = metrics = [make_metric("a"), make_metric("b")]
    mean = make_aggregate("mean", [a, b])
    llm = make_llm()
    for metric, tier in zip(metrics, tiers, strict=True):
        make_score(llm, metric, "0.5", source=make_source(tier))
    if reported is not None:
        make_score(llm, mean, "0.5", source=make_source(reported))
    cell = only_cell(a, b, mean)
    assert (cell.origin, cell.tier) == (
        Origin.COMPUTED if reported is None else Origin.REPORTED,
        least,
    )


def test_a_refused_aggregate_lends_neither_its_source_nor_its_tier():
    a, b, mean, board = make_pair()
    llm = make_llm()
    for metric, value in ((a, "0.5"), (b, "0.5"), (mean, "0.9")):
        tier = "unknown" if metric == mean else "independent"
        make_score(llm, metric, value, source=make_source(tier))
    cell = standings_for(board).rows[0].cells[2]
    assert (cell.text, cell.tier, cell.source_id) == ("0.50", "independent", None)


def test_an_aggregate_that_cannot_be_checked_has_the_tier_of_its_own_source():
    a, _, mean, board = make_pair()
    llm = make_llm()
    make_score(llm, a, "0.5", source=make_source("vendor"))
    make_score(llm, mean, "0.5", source=make_source("maintainer"))
    row = standings_for(board).rows[0]
    assert [cell and cell.tier for cell in row.cells] == ["vendor", None, "maintainer"]
    assert row.tiers == {"vendor", "maintainer"}


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
SEED_RANGES = {
    "deepseek-r1": (1, "1"),
    "gpt-4o": (2, "2–3"),
    "deepseek-v3": (3, "2–4"),
    "Llama-4-Scout-17B-16E-Instruct": (4, "3–8"),
    "HuatuoGPT-o1-72B": (5, "4–8"),
    "Qwen2.5-72B-Instruct": (5, "4–8"),
    "Qwen3-235B-A22B": (5, "4–8"),
    "Qwen3-32B": (5, "4–8"),
    "Qwen3-14B": (9, "9–14"),
    "Qwen3-30B-A3B": (9, "9–14"),
    "Citrus1.0-llama-70B": (11, "9–18"),
    "internlm3-8b-instruct": (11, "9–18"),
}


def test_the_average_of_the_seed_leaves_open_the_ranks_that_were_promised(anesbench):
    standings = standings_for(Leaderboard.objects.get())
    assert len(standings.rows) == 51
    assert dict(list(rank_ranges(standings).items())[: len(SEED_RANGES)]) == SEED_RANGES
    first = standings.rows[0].cells[-1].uncertainty
    half_width = (first.interval.high - first.interval.low) / 2
    assert (standings.ranking_metric.key, f"{half_width:.4f}") == ("average", "0.0080")
