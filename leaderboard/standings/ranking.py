"""Statistics of a leaderboard: plain values in, plain values out. Standard library only.

Exact arithmetic on Decimals decides whether a reported aggregate agrees with its components, so
that no rounding of ours adds to the rounding of whoever reported it.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, localcontext
from functools import lru_cache
from typing import NamedTuple

# Sums of products of 14-digit values and weights stay far below 80 digits; should one not, Inexact
# is raised instead of a wrong answer.
EXACT = Context(prec=80, traps=[Inexact])
DIVISION = Context(prec=40, rounding=ROUND_HALF_EVEN)
STORED_DIGITS = Decimal("1e-8")


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
