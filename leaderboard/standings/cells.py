"""The cells of a column: rank, range and heat of each value."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from leaderboard.text.numbers import format_exact, format_number

from . import estimates, ranking
from .aggregates import Origin, Shown
from .estimates import Estimate, Interval, Level
from .ranges import Ranked, RankRange, column_ranges
from .records import MetricRecord
from .uncertainty import Uncertainty

HEAT_STEPS = 10


class Cell(NamedTuple):
    """A value in its column."""

    value: Decimal
    text: str  # with the metric's decimals
    exact: str  # full precision
    origin: Origin
    rank: int
    rank_range: RankRange | None
    heat: int  # 0 (worst in the column) to 9 (best)
    tier: str
    source_id: int | None
    uncertainty: Uncertainty
    step: float  # of its rounding: 0.01 for a value reported with two decimals

    @property
    def is_best(self) -> bool:
        """Has no LLM a better value in the column?"""
        return self.rank == 1

    @property
    def estimate(self) -> Estimate | None:
        """The value with the margins that a comparison of two takes; None without evidence."""
        evidence = self.uncertainty.evidence
        if evidence is None:
            return None
        return estimates.compared(float(self.value), evidence, self.step, estimates.Z)

    def minus(self, other: "Cell") -> "Difference":
        """The difference to another value, and whether a test of this one pair at 5 % tells the
        two apart."""
        value = self.value - other.value
        mine, theirs = self.estimate, other.estimate
        if mine is None or theirs is None:
            return Difference(value, None, None)
        interval = estimates.difference(mine, theirs)
        return Difference(value, interval, estimates.is_significant(interval))


class Difference(NamedTuple):
    """How far a value is above another in the same metric."""

    value: Decimal
    interval: Interval | None  # 95 %, rounding included; unknown unless both values have evidence
    is_significant: bool | None


def ranged(
    column: Sequence[Cell | None], level: Level, *, higher_is_better: bool
) -> list[Cell | None]:
    """The cells of a column with the rank ranges of another level."""
    ranges = column_ranges(
        [
            Ranked(float(cell.value), cell.uncertainty.evidence, cell.step) if cell else None
            for cell in column
        ],
        level,
        higher_is_better=higher_is_better,
    )
    return [
        cell and cell._replace(rank_range=rank_range)
        for cell, rank_range in zip(column, ranges, strict=True)
    ]


class Look(NamedTuple):
    """What all cells of a column with one value have in common."""

    text: str
    exact: str
    heat: int


def column_looks(metric: MetricRecord, values: set[Decimal]) -> dict[Decimal, Look]:
    """{value: how its cells look}: rounded scores repeat, so each value is written once."""
    if not values:
        return {}
    worst, best = min(values), max(values)
    if not metric.higher_is_better:
        worst, best = best, worst
    return {
        value: Look(
            format_number(value, metric.decimals), format_exact(value), heat(value, worst, best)
        )
        for value in values
    }


def column_cells(metric: MetricRecord, values: Sequence[Shown | None]) -> list[Cell | None]:
    """The cells of one metric, in the order of the values: rank, rank range and heat of each.

    The ranges are those of each LLM; `ranged` gives those of other levels.
    """
    ranks = ranking.competition_ranks(
        (shown.value if shown else None for shown in values),
        higher_is_better=metric.higher_is_better is not False,
    )
    steps = [2 * float(shown.tolerance) if shown else 0.0 for shown in values]
    ranges = first_ranges(metric, values, steps)
    looks = column_looks(metric, {shown.value for shown in values if shown})
    return [
        Cell(
            value=shown.value,
            text=looks[shown.value].text,
            exact=looks[shown.value].exact,
            origin=shown.origin,
            rank=rank or 0,
            rank_range=rank_range,
            heat=looks[shown.value].heat,
            tier=shown.tier,
            source_id=shown.source_id,
            uncertainty=shown.uncertainty,
            step=step,
        )
        if shown
        else None
        for shown, rank, rank_range, step in zip(values, ranks, ranges, steps, strict=True)
    ]


def first_ranges(
    metric: MetricRecord, values: Sequence[Shown | None], steps: Sequence[float]
) -> list[RankRange | None]:
    """The rank ranges of a column at the level that holds for each LLM."""
    return column_ranges(
        [
            Ranked(float(shown.value), shown.uncertainty.evidence, step) if shown else None
            for shown, step in zip(values, steps, strict=True)
        ],
        Level.EACH,
        higher_is_better=metric.higher_is_better is not False,
    )


def heat(value: Decimal, worst: Decimal, best: Decimal) -> int:
    """The step of a value between the worst (0) and the best (9) of its column.

    The cube spreads the leading values, between which readers choose.
    """
    if worst == best:
        return 0
    share = float((value - worst) / (best - worst))
    return min(HEAT_STEPS - 1, int(HEAT_STEPS * share**3))
