"""Standard errors and intervals of scores."""

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from leaderboard.models import Metric

from . import ranking
from .ranking import Interval
from .records import MetricRecord

# What a score has when all questions are right, by the unit of its metric.
WHOLE: dict[str, float] = {Metric.Unit.PROPORTION: 1.0, Metric.Unit.PERCENT: 100.0}


class Uncertainty(NamedTuple):
    """How far a value may be from the truth, in the unit of its metric; None where unknown."""

    question_count: int | None = None
    standard_error: float | None = None
    interval: Interval | None = None  # 95 %
    tested: ranking.Estimate | None = None  # as tests take it, adjusted for small samples


def binomial_uncertainty(metric: MetricRecord, value: Decimal, count: int | None) -> Uncertainty:
    """The binomial uncertainty of a share of questions.

    It is unknown for other metrics, and without a question count.
    """
    whole = WHOLE.get(metric.unit)
    share = float(value) / whole if whole else -1.0
    if not (metric.is_share_of_questions and whole and count and 0 <= share <= 1):
        return Uncertainty(question_count=count)
    tested = ranking.tested_share(share, count)
    low, high = ranking.wilson(share, count)
    return Uncertainty(
        question_count=count,
        standard_error=whole * ranking.binomial_standard_error(share, count),
        interval=clip_to_metric(metric, Interval(whole * low, whole * high)),
        tested=ranking.Estimate(whole * tested.value, whole * tested.standard_error),
    )


# Rounded scores repeat: equal ones share an object, which saves time and memory.
shared_uncertainty = lru_cache(maxsize=50_000)(binomial_uncertainty)


def normal_uncertainty(
    metric: MetricRecord,
    value: Decimal,
    standard_error: float,
    count: int | None = None,
    *,
    tested_error: float | None = None,
) -> Uncertainty:
    """The uncertainty of a value whose standard error is given, in the unit of the metric.

    Tests take another standard error where one is given, as it may be adjusted.
    """
    return Uncertainty(
        question_count=count,
        standard_error=standard_error,
        interval=clip_to_metric(metric, ranking.normal_interval(float(value), standard_error)),
        tested=ranking.Estimate(
            float(value), standard_error if tested_error is None else tested_error
        ),
    )


def clip_to_metric(metric: MetricRecord, interval: Interval) -> Interval:
    """The part of an interval that lies in the range of its metric."""
    low = None if metric.minimum is None else float(metric.minimum)
    high = None if metric.maximum is None else float(metric.maximum)
    return ranking.clip(interval, low, high)
