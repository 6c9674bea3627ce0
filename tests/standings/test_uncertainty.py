"""How sure scores, aggregates and ranks are."""

from decimal import Decimal

import pytest

from leaderboard.models import Metric
from leaderboard.standings.loading import standings_for
from leaderboard.standings.shown import Origin
from leaderboard.standings.uncertainty import Uncertainty
from tests.factories import (
    make_aggregate,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from tests.standings.reading import QUESTION_WEIGHTED, only_cell, rank_ranges

pytestmark = pytest.mark.django_db


def rounded(uncertainty):
    """(n, standard error, interval), to four digits."""
    return (
        uncertainty.question_count,
        uncertainty.standard_error and round(uncertainty.standard_error, 4),
        uncertainty.interval and tuple(round(end, 4) for end in uncertainty.interval),
    )


PERCENT = {"unit": Metric.Unit.PERCENT}


POINTS = {"unit": Metric.Unit.POINTS}


UNKNOWN = (None, None, None)


@pytest.mark.parametrize(
    ("fields", "value", "score_fields", "expected"),
    [
        ({}, "0.8", {}, UNKNOWN),
        # sqrt(0.8 · 0.2 / 100) = 0.04, with Wilson's interval
        ({"question_count": 100}, "0.8", {}, (100, 0.04, (0.7112, 0.8666))),
        # a score's own number of questions comes before the metric's
        (
            {"question_count": 100},
            "0.8",
            {"question_count": 400},
            (400, 0.02, (0.758, 0.8363)),
        ),
        ({}, "0.8", {"question_count": 400}, (400, 0.02, (0.758, 0.8363))),
        # of few questions, or all of them: the standard error as it is, tests adjusted
        ({"question_count": 25}, "0.8", {}, (25, 0.08, (0.6087, 0.9114))),
        ({"question_count": 10}, "1", {}, (10, 0.0, (0.7225, 1.0))),
        ({"question_count": 4343}, "0", {}, (4343, 0.0, (0.0, 0.0009))),
        # a standard error of its own comes before that of the questions: value ± 1.96 of it
        (
            {"question_count": 100},
            "0.8",
            {"standard_error": "0.01"},
            (100, 0.01, (0.7804, 0.8196)),
        ),
        ({}, "0.8", {"standard_error": "0.01"}, (None, 0.01, (0.7804, 0.8196))),
        ({}, "1", {"standard_error": "0"}, (None, 0.0, (1.0, 1.0))),
        # cut to the range of the metric
        ({}, "0.8", {"standard_error": "0.2"}, (None, 0.2, (0.408, 1.0))),
        ({}, "0.8", {"standard_error": "0.9"}, (None, 0.9, (0.0, 1.0))),
        (
            POINTS | {"minimum": -5},
            "1",
            {"standard_error": "4"},
            (None, 4.0, (-5.0, 8.8399)),
        ),
        # in the unit of the metric
        (PERCENT | {"question_count": 100}, "80", {}, (100, 4.0, (71.1171, 86.6633))),
        (PERCENT | {"question_count": 10}, "100", {}, (10, 0.0, (72.2467, 100))),
        (PERCENT, "99", {"standard_error": "2"}, (None, 2.0, (95.0801, 100.0))),
        # what is no share of questions has no uncertainty, unless it brings its own
        ({"question_count": 100, "is_share_of_questions": False}, "0.8", {}, (100, None, None)),
        (POINTS | {"question_count": 100}, "0.8", {}, (100, None, None)),
        (
            POINTS,
            "1234.5",
            {"standard_error": "10"},
            (None, 10, (1214.9004, 1254.0996)),
        ),
        (
            {"is_share_of_questions": False},
            "0.8",
            {"standard_error": "0.01"},
            (None, 0.01, (0.7804, 0.8196)),
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
        (QUESTION_WEIGHTED, None, 0.75, 0.0212, (0.7059, 0.7884)),
        # sqrt((1 · 0.02309)² + (3 · 0.04899)²) / 4
        (QUESTION_WEIGHTED, ["1", "3"], 0.65, 0.0372, (0.5755, 0.7187)),
        # sqrt(0.02309² + 0.04899²) / 2, whatever the weights
        (Metric.Aggregate.MEAN, ["1", "3"], 0.7, 0.0271, (0.6452, 0.7498)),
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
    assert rounded(cell.uncertainty) == (None, error, interval)


def make_overall(**fields):
    """Two levels of 300 and 100 questions, and their overall."""
    a, b = make_metric("a", question_count=300), make_metric("b", question_count=100)
    return a, b, make_aggregate("overall", [a, b], QUESTION_WEIGHTED, **fields)


FROM_ITS_OWN = (400, 0.0217, (0.7053, 0.7899))  # sqrt(0.75 · 0.25 / 400), Wilson


@pytest.mark.parametrize("reported", ["0.75", None, "0.1"])
def test_an_overall_with_questions_of_its_own_uses_its_own_share(reported):
    a, b, overall = make_overall(question_count=400)
    make_scores({"A": {a: "0.8", b: "0.6"} | ({overall: reported} if reported else {})})
    assert rounded(only_cell(overall).uncertainty) == FROM_ITS_OWN


def test_an_overall_that_is_one_share_of_its_questions_needs_no_given_standard_error():
    a, b, overall = make_overall(question_count=400)
    agreeing, refused = make_llm("Agreeing"), make_llm("Refused")
    make_scores({agreeing: {a: "0.8", b: "0.6"}, refused: {a: "0.8", b: "0.6"}})
    make_score(agreeing, overall, "0.75", standard_error=Decimal("0.01"))
    make_score(refused, overall, "0.1", standard_error=Decimal("0.01"))
    standings = standings_for(make_leaderboard([overall]))
    assert {row.llm.name: rounded(row.cells[0].uncertainty) for row in standings.rows} == {
        "Agreeing": FROM_ITS_OWN,
        "Refused": FROM_ITS_OWN,
    }


def test_a_computed_overall_of_partial_runs_uses_its_components_and_counts_what_was_asked():
    a, b, overall = make_overall(question_count=400)
    llm = make_llm()
    make_score(llm, a, "0.8", question_count=75)  # of 300
    make_score(llm, b, "0.6")
    # sqrt((300 · 0.04619)² + (100 · 0.04899)²) / 400
    assert rounded(only_cell(overall).uncertainty) == (
        175,
        0.0367,
        (0.6682, 0.8106),
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
        "Full": (800, 0.0153, (0.7188, 0.7788)),
        # sqrt(0.03674² + 0.02165²) / 2
        "Partial": (575, 0.0213, (0.7034, 0.7863)),
    }


def test_the_interval_of_an_aggregate_of_perfect_scores_has_a_width():
    a, b = make_metric("a", question_count=10), make_metric("b", question_count=10)
    mean = make_aggregate("mean", [a, b])
    make_scores({"A": {a: "1", b: "1"}})
    # 1 − sqrt(2 · (1 − 0.7225)²) / 2, where each of the standard errors is 0
    assert rounded(only_cell(mean).uncertainty) == (None, 0.0, (0.8038, 1.0))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, UNKNOWN),
        ({"question_count": 400}, (400, None, None)),
    ],
)
def test_an_aggregate_with_some_components_is_no_share_of_its_own_questions(fields, expected):
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
    assert [str(by_b.rank_ranges(key)["first"]) for key in "ab"] == ["1–2", "1"]


def test_an_aggregate_reported_alone_is_a_share_of_its_own_questions():
    _, _, overall = make_overall(question_count=400)
    make_scores({"A": {overall: "0.75"}})
    cell = only_cell(overall)
    assert (cell.origin, rounded(cell.uncertainty)) == (Origin.UNCHECKED, FROM_ITS_OWN)


def test_an_aggregate_that_lacks_a_component_uses_its_given_standard_error():
    a, _, overall = make_overall(question_count=400)
    llm = make_llm()
    make_score(llm, a, "0.8")
    make_score(llm, overall, "0.75", standard_error=Decimal("0.01"))
    assert rounded(only_cell(overall).uncertainty) == (400, 0.01, (0.7304, 0.7696))


def test_one_without_uncertainty_has_no_range_and_is_as_uncertain_as_the_most_uncertain():
    metric = make_metric()
    llms = {"Best": 100_000, "Unknown": None, "Last": 100_000}
    for (name, count), value in zip(llms.items(), ("0.9", "0.5", "0.1"), strict=True):
        make_score(make_llm(name), metric, value, question_count=count)
    assert rank_ranges(standings_for(make_leaderboard([metric]))) == {
        "Best": (1, "1"),
        "Unknown": (2, None),
        "Last": (3, "3"),
    }


def test_where_lower_is_better_the_range_begins_at_the_lowest():
    metric = make_metric("errors", question_count=1000, higher_is_better=False)
    make_scores({"A": {metric: "0.1"}, "B": {metric: "0.11"}, "C": {metric: "0.5"}})
    assert rank_ranges(standings_for(make_leaderboard([metric]))) == {
        "A": (1, "1–2"),
        "B": (2, "1–2"),
        "C": (3, "3"),
    }
