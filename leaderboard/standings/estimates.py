"""How far the truth may lie from a value: plain values in, plain values out. Standard library only.

Evidence says what a value rests on: questions, a given standard error, or a weighted sum of such
values. At a critical value z it gives two margins, how far the truth may lie below and above the
value. There is no other way to an interval, and `difference` is the only comparison of two values.

E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209–212.
R. G. Newcombe, Statistics in Medicine 17 (1998), 873–890, method 10.
G. Y. Zou, A. Donner, Statistics in Medicine 27 (2008), 1693–1702.
Z. Šidák, Journal of the American Statistical Association 62 (1967), 626–633.
"""

from enum import StrEnum
from functools import lru_cache
from math import expm1, hypot, inf, log, sqrt
from statistics import NormalDist
from typing import NamedTuple

CONFIDENCE = 0.95
# The two-sided 5 % point of the standard normal distribution, 1.959964
Z = NormalDist().inv_cdf(0.975)
UNIFORM = sqrt(12)  # a uniform error of width w has the standard deviation w / √12


class Level(StrEnum):
    """What may be said of the rank ranges of a column."""

    EACH = "each"  # each LLM's range contains its true rank with at least 95 %
    ALL = "all"  # all ranges together are right with at least 95 %
    PAIRWISE = "pairwise"  # each pair of LLMs is tested at 5 %


class Interval(NamedTuple):
    """Both ends of an interval, in the unit of its value."""

    low: float
    high: float


class Margins(NamedTuple):
    """How far the truth may lie below and above a value; neither is negative."""

    below: float
    above: float


class Estimate(NamedTuple):
    """A value with its margins at the critical value z.

    Another z needs other margins: Wilson's are not proportional to z.
    """

    value: float
    below: float
    above: float
    z: float = Z


class Share(NamedTuple):
    """Evidence: the share p of n questions, in a unit in which all of them are `whole`."""

    p: float
    n: int
    whole: float = 1.0


class Given(NamedTuple):
    """Evidence: a standard error that was reported with the value, in its unit."""

    error: float


class Leaf(NamedTuple):
    """One value of a weighted sum."""

    weight: float
    evidence: Share | Given


class WeightedSum(NamedTuple):
    """Evidence: independent values, each with its weight in the sum."""

    leaves: tuple[Leaf, ...]


Evidence = Share | Given | WeightedSum


def wilson(p: float, n: int, z: float = Z) -> Interval:
    """Score interval of a share: (p + z²/2n ± z sqrt(p(1−p)/n + z²/4n²)) / (1 + z²/n).

    It lies within 0 and 1, and has a positive width also at p = 0 and p = 1.
    """
    centre = p + z**2 / (2 * n)
    margin = z * sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    scale = 1 + z**2 / n
    return Interval(max(0.0, (centre - margin) / scale), min(1.0, (centre + margin) / scale))


@lru_cache(maxsize=100_000)
def share_margins(p: float, n: int, z: float) -> Margins:
    """From a share of n questions to both ends of Wilson's interval. Rounded scores repeat."""
    low, high = wilson(p, n, z)
    return Margins(max(0.0, p - low), max(0.0, high - p))


def margins(evidence: Evidence, z: float) -> Margins:
    """How far the truth may lie below and above a value that rests on this evidence.

    For a weighted sum √Σ(w·below)² and √Σ(w·above)² (Zou and Donner, "MOVER").
    """
    if isinstance(evidence, Share):
        below, above = share_margins(evidence.p, evidence.n, z)
        return Margins(evidence.whole * below, evidence.whole * above)
    if isinstance(evidence, Given):
        return Margins(z * evidence.error, z * evidence.error)
    belows = aboves = 0.0
    for weight, leaf in evidence.leaves:
        below, above = margins(leaf, z)
        belows += (weight * below) ** 2
        aboves += (weight * above) ** 2
    return Margins(sqrt(belows), sqrt(aboves))


def standard_error(evidence: Evidence) -> float:
    """The given one, √(p(1−p)/n) of a share, or √Σ(w·se)²: for information, no interval uses it
    unless it was given."""
    if isinstance(evidence, Share):
        return evidence.whole * sqrt(evidence.p * (1 - evidence.p) / evidence.n)
    if isinstance(evidence, Given):
        return evidence.error
    return sqrt(sum((leaf.weight * standard_error(leaf.evidence)) ** 2 for leaf in evidence.leaves))


def interval(value: float, evidence: Evidence, z: float = Z) -> Interval:
    """The interval of one value, without its rounding."""
    below, above = margins(evidence, z)
    return Interval(value - below, value + above)


def with_rounding(value: float, margin: Margins, step: float, z: float) -> Estimate:
    """A value as it is compared with others: half a digit of rounding is uncertain too.

    `step` is the width of a rounding step, 0.01 for two decimals. Its error is taken as uniform,
    with the standard deviation step/√12.
    """
    rounding = z * step / UNIFORM
    return Estimate(value, hypot(margin.below, rounding), hypot(margin.above, rounding), z)


def compared(value: float, evidence: Evidence, step: float, z: float) -> Estimate:
    """A value with the margins that a comparison takes."""
    return with_rounding(value, margins(evidence, z), step, z)


def difference(first: Estimate, second: Estimate) -> Interval:
    """The interval of first − second, at the z of both (Newcombe).

    It contains the difference of the two values.
    """
    gap = first.value - second.value
    return Interval(gap - hypot(first.below, second.above), gap + hypot(first.above, second.below))


def is_significant(gap: Interval) -> bool:
    """Does 0 lie outside the interval of a difference?"""
    return gap.low > 0 or gap.high < 0


def clip(interval: Interval, low: float | None, high: float | None) -> Interval:
    """The part of an interval that lies in the range of its metric."""
    bottom = -inf if low is None else low
    top = inf if high is None else high
    if bottom <= interval.low and interval.high <= top:
        return interval
    # Both ends by both limits: of a value outside the range nothing but the limit is left.
    return Interval(*(min(max(end, bottom), top) for end in interval))


@lru_cache(maxsize=1_000)
def critical_value(level: Level, ranked: int) -> float:
    """The z of the tests between `ranked` LLMs, so that their rank ranges keep the level.

    One range rests on N − 1 tests, all ranges on N(N − 1)/2. For m tests Šidák's inequality gives
    Φ⁻¹(1 − (1 − 0.95^(1/m))/2), whatever the correlations between them.
    """
    tests = {
        Level.EACH: ranked - 1,
        Level.ALL: ranked * (ranked - 1) // 2,
        Level.PAIRWISE: 1,
    }[level]
    # 1 − 0.95^(1/m) without the digits that cancel out when m is large.
    tail = -expm1(log(CONFIDENCE) / max(tests, 1)) / 2
    return -NormalDist().inv_cdf(tail)
