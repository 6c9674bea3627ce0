from decimal import Decimal

from leaderboard.standings.aggregates import shown_values
from leaderboard.standings.cells import column_cells
from leaderboard.standings.estimates import Leaf, Share, WeightedSum
from leaderboard.standings.repeats import count_items, distinct, map_once
from leaderboard.standings.standings import build_standings
from leaderboard.standings.structure import make_structure
from tests.standings.plain_records import make_metric_record, make_records, make_score_record
from tests.standings.reference import QUESTION_WEIGHTED


def values_of(metrics, scores):
    return shown_values(scores, make_structure({metric.id: metric for metric in metrics}))


def test_work_is_done_once_for_each_object_and_never_for_a_missing_one():
    first, equal, done = [1], [1], []
    results = map_once(lambda item: done.append(item) or len(done), [first, None, equal, first])
    assert results == [1, None, 2, 1]
    assert done == [first, equal]
    assert distinct([first, None, equal, first]) == [first, equal]


def test_a_result_may_be_nothing():
    assert map_once(lambda item: None, ["a", None]) == [None, None]


def test_equal_items_are_counted_together_and_missing_ones_not():
    items = [Decimal("0.5"), None, Decimal("0.50"), Decimal(1), None]
    assert count_items(items) == {Decimal("0.5"): 2, Decimal(1): 1}


def test_llms_with_equal_scores_share_the_values_and_cells_of_measured_metrics_and_aggregates():
    metrics = [
        *(make_metric_record(number, question_count=100) for number in (1, 2)),
        make_metric_record(3, aggregate="mean", components=[(1, None), (2, None)]),
    ]
    own = {1: "0.5", 2: "0.7", 3: "0.6"}
    scores = {
        llm: {metric: make_score_record(value) for metric, value in own.items()} for llm in (1, 2)
    }
    shown = values_of(metrics, scores)
    for metric in metrics:
        assert shown[1][metric.id] is shown[2][metric.id]
        first, second = column_cells(metric, [values[metric.id] for values in shown.values()])
        assert first is second
    assert shown[1][3].uncertainty.evidence == WeightedSum(
        (Leaf(0.5, Share(0.5, 100)), Leaf(0.5, Share(0.7, 100)))
    )


def test_an_agreeing_aggregate_of_its_own_questions_stays_the_reported_value():
    metrics = [
        *(make_metric_record(number, question_count=100) for number in (1, 2)),
        make_metric_record(
            3,
            question_count=200,
            aggregate=QUESTION_WEIGHTED,
            components=[(1, None), (2, None)],
        ),
    ]
    scores = {
        1: {1: make_score_record("0.5"), 2: make_score_record("0.7"), 3: make_score_record("0.6")},
        2: {1: make_score_record("0.4"), 2: make_score_record("0.8"), 3: make_score_record("0.6")},
    }
    shown = values_of(metrics, scores)
    assert shown[1][3] is shown[2][3]
    assert shown[1][3].uncertainty.evidence == Share(0.6, 200)


def test_an_aggregate_that_contains_a_metric_twice_is_not_shared_where_what_is_below_differs():
    """Both LLMs have the same two components of the outer mean; below one of them they differ."""
    inner = {"aggregate": QUESTION_WEIGHTED, "components": [(1, None), (2, None)]}
    metrics = [
        *(make_metric_record(number, question_count=100) for number in (1, 2)),
        make_metric_record(3, question_count=200, **inner),
        make_metric_record(4, aggregate="mean", components=[(3, None), (1, None)]),
    ]
    scores = {
        llm: {
            1: make_score_record("0.5"),
            2: make_score_record(second),
            3: make_score_record("0.6"),
            4: make_score_record("0.55"),
        }
        for llm, second in ((1, "0.7"), (2, "0.75"))
    }
    shown = values_of(metrics, scores)
    assert shown[1][3] is shown[2][3]
    assert [shown[llm][4].uncertainty.evidence for llm in (1, 2)] == [
        WeightedSum((Leaf(0.75, Share(0.5, 100)), Leaf(0.25, Share(second, 100))))
        for second in (0.7, 0.75)
    ]


def test_the_distinct_cells_of_a_column_are_those_of_its_rows_once_each():
    metrics = [make_metric_record(1), make_metric_record(2)]
    scores = {
        llm: {1: make_score_record(value)} for llm, value in enumerate(["0.5", "0.4", "0.5"], 1)
    }
    standings = build_standings(make_records(metrics, scores, ranking_metric=1))
    assert [[cell.value for cell in cells] for cells in standings.distinct_cells()] == [
        [Decimal("0.5"), Decimal("0.4")],
        [],
    ]
