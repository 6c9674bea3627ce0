"""Statistics of a leaderboard: plain values in, plain values out. Standard library only.

Exact arithmetic on Decimals decides whether a reported aggregate agrees with its components, so
that no rounding of ours adds to the rounding of whoever reported it.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, localcontext
from functools import lru_cache
from typing import NamedTuple

# Sums of products of 14-digit values and weights stay far below 80 digits; should one not, Inexact
# is raised instead of a wrong answer.
EXACT = Context(prec=80, traps=[Inexact])
DIVISION = Context(prec=40, rounding=ROUND_HALF_EVEN)
STORED_DIGITS = Decimal("1e-8")


# A component as it enters an aggregate: (weight, value, tolerance). The tolerance is how far the
# true value may be from the shown one: half of the last reported digit, or for a computed component
# what its own components allow.
Part = tuple[Decimal, Decimal, Decimal]


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
    add, fma = EXACT.add, EXACT.fma
    for weight, value, tolerance in parts:
        total = add(total, weight)
        values = fma(weight, value, values)
        tolerances = fma(weight, tolerance, tolerances)
    return total, values, tolerances


@lru_cache(maxsize=32)
def half_digit(decimals: int) -> Decimal:
    """Half of the last digit of a value reported with that many decimals: 0.005 for two."""
    return Decimal((0, (5,), -decimals - 1))


class Directed(NamedTuple):
    """The values of a metric, and which end of it is the better one."""

    values: Sequence[Decimal]
    higher_is_better: bool


def mean_win_rates(columns: Sequence[Directed], whole: int = 1) -> list[Decimal]:
    """For each LLM the share of the others that it beats, ties counting half, as the mean over the
    columns (HELM, arXiv 2211.09110): between 0 and `whole`. Empty for fewer than two LLMs.
    """
    halves = [count_wins(column) for column in columns]
    count = len(halves[0]) if halves else 0
    if count < 2:
        return []
    pairs = 2 * (count - 1) * len(columns)
    return [_share(whole * sum(row), pairs) for row in zip(*halves, strict=True)]


def count_wins(column: Directed) -> list[int]:
    """For each value two for every other one that it beats, one for each that it equals."""
    order = sorted(column.values)
    wins = []
    for value in column.values:
        low, high = bisect_left(order, value), bisect_right(order, value)
        beaten = low if column.higher_is_better else len(order) - high
        wins.append(2 * beaten + high - low - 1)
    return wins


def mean_ranks(columns: Sequence[Directed]) -> list[Decimal]:
    """For each LLM the mean of its competition ranks in the columns: equal values share the better
    rank. Empty for fewer than two LLMs."""
    ranks = [
        competition_ranks(column.values, higher_is_better=column.higher_is_better)
        for column in columns
    ]
    if not ranks or len(ranks[0]) < 2:
        return []
    return [_share(sum(filter(None, row)), len(columns)) for row in zip(*ranks, strict=True)]


def _share(part: int, whole: int) -> Decimal:
    """part / whole, rounded half-even to 8 decimals."""
    return DIVISION.divide(Decimal(part), Decimal(whole)).quantize(STORED_DIGITS)


def competition_ranks(
    values: Iterable[Decimal | None], *, higher_is_better: bool
) -> list[int | None]:
    """Standard competition rank ("1224"): 1 + the number of better values; None has no rank."""
    column = list(values)
    times = Counter(value for value in column if value is not None)
    ranks = value_ranks(times, higher_is_better=higher_is_better)
    return [None if value is None else ranks[value] for value in column]


def value_ranks(times: Mapping[Decimal, int], *, higher_is_better: bool) -> dict[Decimal, int]:
    """{value: its competition rank}, of values that occur so many times."""
    ranks, better = {}, 0
    for value in sorted(times, reverse=higher_is_better):
        ranks[value] = 1 + better
        better += times[value]
    return ranks
