"""Statistics of a leaderboard: plain values in, plain values out. Standard library only.

Exact arithmetic on Decimals decides whether a reported aggregate agrees with its components, so
that no rounding of ours adds to the rounding of whoever reported it. Uncertainty is computed in
floats: a share of questions p is between 0 and 1, n is the number of questions.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, localcontext
from functools import lru_cache
from itertools import accumulate
from math import hypot, inf, log2, sqrt
from statistics import NormalDist
from typing import NamedTuple

# Sums of products of 14-digit values and weights stay far below 80 digits; should one not, Inexact
# is raised instead of a wrong answer.
EXACT = Context(prec=80, traps=[Inexact])
DIVISION = Context(prec=40, rounding=ROUND_HALF_EVEN)
STORED_DIGITS = Decimal("1e-8")

# The two-sided 5 % point of the standard normal distribution, 1.95996…
Z = NormalDist().inv_cdf(0.975)
# Below, and at 0 and 1, the binomial standard error promises too much.
FEW_QUESTIONS = 30
BLOCK = 64  # values whose extreme standard errors are looked up together


class Part(NamedTuple):
    """A component as it enters an aggregate.

    The tolerance is how far the true value may be from the shown one: half of the last reported
    digit, or for a computed component what its own components allow.
    """

    weight: Decimal
    value: Decimal
    tolerance: Decimal


class Mean(NamedTuple):
    """A weighted mean, and how far rounding may have moved it."""

    value: Decimal
    tolerance: Decimal


def weighted_mean(parts: Sequence[Part]) -> Mean:
    """Σwv / Σw, rounded half-even to 8 decimals, with the tolerance Σwt / Σw."""
    total, sum_of_values, sum_of_tolerances = _sums(parts)
    with localcontext(DIVISION):
        value = (sum_of_values / total).quantize(STORED_DIGITS)
        return Mean(value, sum_of_tolerances / total)


def agrees(reported: Decimal, half_digit: Decimal, parts: Sequence[Part]) -> bool:
    """Is a reported aggregate what its components give, within rounding?

    |reported − Σwv/Σw| ≤ half of its last digit + Σwt/Σw, compared exactly: both sides are
    multiplied by Σw, so nothing is divided or rounded.
    """
    total, sum_of_values, sum_of_tolerances = _sums(parts)
    gap = EXACT.subtract(EXACT.multiply(reported, total), sum_of_values)
    return gap.copy_abs() <= EXACT.fma(half_digit, total, sum_of_tolerances)


def _sums(parts: Sequence[Part]) -> tuple[Decimal, Decimal, Decimal]:
    """(Σw, Σwv, Σwt), by the methods of the context: entering one costs more than the sums."""
    total = values = tolerances = Decimal(0)
    for weight, value, tolerance in parts:
        total = EXACT.add(total, weight)
        values = EXACT.fma(weight, value, values)
        tolerances = EXACT.fma(weight, tolerance, tolerances)
    return total, values, tolerances


@lru_cache(maxsize=32)
def half_digit(decimals: int) -> Decimal:
    """Half of the last digit of a value reported with that many decimals: 0.005 for two."""
    return Decimal((0, (5,), -decimals - 1))


def competition_ranks(
    values: Iterable[Decimal | None], *, higher_is_better: bool
) -> list[int | None]:
    """Standard competition rank ("1224"): 1 + the number of better values; None has no rank."""
    column = list(values)
    known = sorted((value for value in column if value is not None), reverse=higher_is_better)
    rank: dict[Decimal, int] = {}
    for position, value in enumerate(known, start=1):
        rank.setdefault(value, position)
    return [None if value is None else rank[value] for value in column]


class Interval(NamedTuple):
    """Both ends of an interval, in the unit of its value."""

    low: float
    high: float


class Estimate(NamedTuple):
    """A value with its standard error, both in the unit of the metric, as a test takes them."""

    value: float
    standard_error: float


class RankRange(NamedTuple):
    """The ranks that the data do not exclude, best first; written “4–8”, or “1”."""

    best: int
    worst: int

    def __str__(self) -> str:
        return str(self.best) if self.best == self.worst else f"{self.best}–{self.worst}"


def binomial_standard_error(p: float, n: int) -> float:
    """sqrt(p(1−p)/n): standard error of a share of n questions (Wald)."""
    return sqrt(p * (1 - p) / n)


def wilson(p: float, n: int) -> Interval:
    """95 % score interval of a share: (p + z²/2n ± z sqrt(p(1−p)/n + z²/4n²)) / (1 + z²/n).

    E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209–212. Always
    within 0 and 1, and of a positive width also at p = 0 and p = 1.
    """
    centre = p + Z**2 / (2 * n)
    margin = Z * sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    scale = 1 + Z**2 / n
    return Interval(max(0.0, (centre - margin) / scale), min(1.0, (centre + margin) / scale))


def agresti_coull(p: float, n: int) -> Estimate:
    """The share adjusted by z²/2 successes and as many failures, with its standard error.

    A. Agresti, B. A. Coull, The American Statistician 52 (1998), 119–126: p̃ = (pn + z²/2) / ñ with
    ñ = n + z². So 10 of 10 is about 0.86 ± 0.09, not 1 ± 0.
    """
    trials = n + Z**2
    share = (p * n + Z**2 / 2) / trials
    return Estimate(share, sqrt(share * (1 - share) / trials))


def tested_share(p: float, n: int) -> Estimate:
    """The share as tests take it: adjusted where the binomial standard error is no good."""
    if n < FEW_QUESTIONS or p in (0.0, 1.0):
        return agresti_coull(p, n)
    return Estimate(p, binomial_standard_error(p, n))


def normal_interval(value: float, standard_error: float) -> Interval:
    """95 % interval of a value that is about normal: value ± 1.96 standard errors."""
    margin = Z * standard_error
    return Interval(value - margin, value + margin)


def clip(interval: Interval, low: float | None, high: float | None) -> Interval:
    """The part of an interval that lies in the range of its metric."""
    bottom = -inf if low is None else low
    top = inf if high is None else high
    if bottom <= interval.low and interval.high <= top:
        return interval
    # Both ends by both limits: of a value outside the range nothing but the limit is left.
    return Interval(*(min(max(end, bottom), top) for end in interval))


def mean_standard_error(parts: Sequence[tuple[float, float]]) -> float:
    """sqrt(Σ(w·se)²) / Σw: of a weighted mean of independent values, from (weight, se) pairs."""
    return sqrt(sum((weight * error) ** 2 for weight, error in parts)) / sum(
        weight for weight, _ in parts
    )


def difference(first: Estimate, second: Estimate) -> Estimate:
    """first − second, independent: the variances add."""
    return Estimate(first.value - second.value, hypot(first.standard_error, second.standard_error))


def differ(first: Estimate, second: Estimate) -> bool:
    """Two-sided z-test at 5 % on the difference; two standard errors of 0 compare the values."""
    gap = difference(first, second)
    return abs(gap.value) > Z * gap.standard_error


def rank_ranges(
    estimates: Sequence[Estimate | None],
    ranks: Sequence[int | None],
    *,
    higher_is_better: bool,
) -> list[RankRange | None]:
    """From the best to the worst rank that pairwise tests do not exclude, for a whole column.

    best = 1 + the number significantly better, worst = N − the number significantly worse, N being
    those who have a rank. Tests are two-sided at 5 %, taken as independent and not corrected for
    their number. Without an estimate there is no range, and nobody is significantly better or
    worse. A range always contains the rank, whatever the adjustment of small samples does.
    """
    count = sum(rank is not None for rank in ranks)
    sign = 1 if higher_is_better else -1
    # Among rounded scores most are equal: each is tested once.
    times = Counter(estimate for estimate in estimates if estimate is not None)
    order = sorted(times, key=lambda estimate: sign * estimate.value)
    above, below = _count_significant(
        [sign * estimate.value for estimate in order],
        [estimate.standard_error for estimate in order],
        [times[estimate] for estimate in order],
    )
    counts = {estimate: pair for estimate, *pair in zip(order, above, below, strict=True)}
    ranges: list[RankRange | None] = []
    for estimate, rank in zip(estimates, ranks, strict=True):
        if estimate is None or rank is None:
            ranges.append(None)
            continue
        better, worse = counts[estimate]
        ranges.append(RankRange(min(1 + better, rank), max(count - worse, rank)))
    return ranges


def _count_significant(
    values: list[float], errors: list[float], times: list[int]
) -> tuple[list[int], list[int]]:
    """(above, below): for each of the ascending values, how many are significantly above it and
    how many below. `times` says how often each value occurs.

    The values of a group beyond the window are counted at once, those below through the
    differences of a running sum; only values within the window are tested one by one.
    """
    above = [0] * len(values)
    below = [0] * len(values)
    for members in _group_by_error(errors):
        group = _ErrorGroup(
            [values[member] for member in members], [errors[member] for member in members]
        )
        until = [0, *accumulate(times[member] for member in members)]
        steps = [0] * (len(members) + 1)
        for index, (value, error) in enumerate(zip(values, errors, strict=True)):
            near, far = group.window(value, error)
            above[index] += until[-1] - until[far]
            steps[far] += times[index]
            for other in range(near, far):
                if group.values[other] - value > Z * hypot(error, group.errors[other]):
                    above[index] += times[members[other]]
                    below[members[other]] += times[index]
        for member, total in zip(members, accumulate(steps), strict=False):
            below[member] += total
    return above, below


def _group_by_error(errors: list[float]) -> Iterable[list[int]]:
    """Indices grouped by similar standard errors, relative to the smallest one of their block.

    If all values rest on as many questions, there is one group. If some rest on many questions and
    some on few, each kind has a group: in a mixed group nearly every value would be in every
    window.
    """
    groups: dict[int | None, list[int]] = defaultdict(list)
    for start in range(0, len(errors), BLOCK):
        block = errors[start : start + BLOCK]
        least = min(filter(None, block), default=1.0)
        for index, error in enumerate(block, start):
            groups[round(log2(error / least)) if error else None].append(index)
    return groups.values()


class _ErrorGroup:
    """Ascending values with similar standard errors, whose extremes are known for each block."""

    def __init__(self, values: list[float], errors: list[float]):
        self.values = values
        self.errors = errors
        blocks = [errors[start : start + BLOCK] for start in range(0, len(errors), BLOCK)]
        self.smallest = [min(block) for block in blocks]
        self.largest = [max(block) for block in blocks]

    def window(self, value: float, error: float) -> tuple[int, int]:
        """(near, far): positions before `near` are not significantly above the value with any
        standard error of the group, positions from `far` on are with every one.

        The extreme standard errors within the window narrow it, and those within the narrower
        window narrow it again: a few rounds leave few positions to test.
        """
        near, far = bisect_right(self.values, value), len(self.values)
        width = far + 1
        while BLOCK < far - near < width:
            width = (far - near) // 2
            blocks = slice(near // BLOCK, far // BLOCK + 1)
            low, high = min(self.smallest[blocks]), max(self.largest[blocks])
            near = bisect_right(self.values, value + Z * hypot(error, low), near, far)
            far = bisect_right(self.values, value + Z * hypot(error, high), near, far)
        return near, far
