"""Intervals of scores, and what they rest on."""

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from leaderboard.models import Metric

from . import estimates
from .estimates import Evidence, Given, Interval, Share
from .records import MetricRecord

# What a score has when all questions are right, by the unit of its metric.
WHOLE: dict[str, float] = {Metric.Unit.PROPORTION: 1.0, Metric.Unit.PERCENT: 100.0}


class Uncertainty(NamedTuple):
    """How far a value may be from the truth, in the unit of its metric; None where unknown."""

    question_count: int | None = None
    evidence: Evidence | None = None  # what the interval and every comparison are made from
    interval: Interval | None = None  # 95 %, cut to the range of the metric

    @property
    def standard_error(self) -> float | None:
        """For information: no interval is made from it unless it was given."""
        return None if self.evidence is None else estimates.standard_error(self.evidence)


def share_of_questions(metric: MetricRecord, value: Decimal, count: int | None) -> Share | None:
    """A value as a share of so many questions; None for other metrics, and without a count."""
    whole = WHOLE.get(metric.unit)
    share = float(value) / whole if whole else -1.0
    if not (metric.is_share_of_questions and whole and count and 0 <= share <= 1):
        return None
    return Share(share, count, whole)


def share_uncertainty(metric: MetricRecord, value: Decimal, count: int | None) -> Uncertainty:
    """The uncertainty of a share of questions; unknown for a value that is none."""
    share = share_of_questions(metric, value, count)
    return uncertainty_from(metric, value, share, count) if share else Uncertainty(count)


# Rounded scores repeat: equal ones share an object, which saves time and memory.
shared_uncertainty = lru_cache(maxsize=50_000)(share_uncertainty)


def given_uncertainty(
    metric: MetricRecord, value: Decimal, error: Decimal, count: int | None
) -> Uncertainty:
    """The uncertainty of a value whose standard error is given, in the unit of the metric."""
    return uncertainty_from(metric, value, Given(float(error)), count)


def uncertainty_from(
    metric: MetricRecord, value: Decimal, evidence: Evidence, count: int | None
) -> Uncertainty:
    """The uncertainty of a value that rests on this evidence."""
    low, high = limits(metric)
    interval = estimates.clip(estimates.interval(float(value), evidence), low, high)
    return Uncertainty(count, evidence, interval)


@lru_cache(maxsize=10_000)
def limits(metric: MetricRecord) -> tuple[float | None, float | None]:
    """Both ends of the range of a metric; None where it is open."""
    return (
        None if metric.minimum is None else float(metric.minimum),
        None if metric.maximum is None else float(metric.maximum),
    )
