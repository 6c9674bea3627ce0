"""The line of values that held for a time."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from leaderboard.pages.step_charts import Held, draw_steps
from tests.standings.plain_records import make_metric_record

DAY = datetime(2026, 11, 1, 12, tzinfo=UTC)
METRIC = make_metric_record(1)


def held(*values):
    return [
        Held(DAY + timedelta(days=number), value and Decimal(value), ())
        for number, value in enumerate(values)
    ]


def test_the_line_steps_to_each_value_and_ends_at_the_right():
    chart = draw_steps(METRIC, held("0.30", "0.61"), DAY + timedelta(days=2))
    first, second = chart.dots
    assert chart.line == f"M{first.x} {first.y}H{second.x}V{second.y}H432.0"
    assert first.y > second.y
    assert (first.x, chart.begin, chart.end) == (chart.left, DAY, DAY + timedelta(days=2))


def test_where_nothing_was_shown_the_line_has_a_gap():
    chart = draw_steps(METRIC, held("0.30", None, "0.61"), DAY + timedelta(days=3))
    assert (len(chart.dots), chart.line.count("M")) == (2, 2)
    assert [text for _held, text in chart.rows] == ["0.61", "–", "0.30"]


def test_a_value_from_before_the_first_date_stands_left_of_it():
    steps = [Held(None, Decimal("0.3"), ()), Held(DAY, Decimal("0.61"), ("Recounted.",))]
    chart = draw_steps(METRIC, steps, DAY)
    assert chart.dots[0].x == chart.left < chart.dots[1].x
    assert [text for _held, text in chart.rows] == ["0.61", "0.30"]


def test_values_have_the_decimals_that_tell_each_from_the_one_before():
    chart = draw_steps(METRIC, held("0.4551", "0.4449", "0.3"), DAY)
    assert [text for _held, text in chart.rows] == ["0.30", "0.44", "0.46"]
    chart = draw_steps(METRIC, held("0.4551", "0.4552", "0.3"), DAY)
    assert [text for _held, text in chart.rows] == ["0.3000", "0.4552", "0.4551"]
