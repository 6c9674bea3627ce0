"""The cells of a column: rank, range and heat of each value."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from leaderboard.text.numbers import format_exact, format_number

from . import ranking
from .aggregates import Origin, Shown
from .ranking import Interval, RankRange
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

    @property
    def is_best(self) -> bool:
        """Has no LLM a better value in the column?"""
        return self.rank == 1

    def minus(self, other: "Cell") -> "Difference":
        """The difference to another value, tested as for the rank ranges: independent, two-sided,
        at 5 %, uncorrected."""
        value = self.value - other.value
        mine, theirs = self.uncertainty.tested, other.uncertainty.tested
        if mine is None or theirs is None:
            return Difference(value, None, None)
        interval = ranking.normal_interval(*ranking.difference(mine, theirs))
        return Difference(value, interval, ranking.differ(mine, theirs))


class Difference(NamedTuple):
    """How far a value is above another in the same metric."""

    value: Decimal  # of the shown values
    interval: Interval | None  # 95 %, of the tested ones; unknown without both standard errors
    is_significant: bool | None


def column_cells(metric: MetricRecord, values: Sequence[Shown | None]) -> list[Cell | None]:
    """The cells of one metric, in the order of the values: rank, rank range and heat of each."""
    known = [shown.value for shown in values if shown]
    ranks = ranking.competition_ranks(
        (shown.value if shown else None for shown in values),
        higher_is_better=metric.higher_is_better,
    )
    ranges = ranking.rank_ranges(
        [shown.uncertainty.tested if shown else None for shown in values],
        ranks,
        higher_is_better=metric.higher_is_better,
    )
    worst, best = (min(known), max(known)) if known else (Decimal(0), Decimal(0))
    if not metric.higher_is_better:
        worst, best = best, worst
    texts = {
        value: (
            format_number(value, metric.decimals),
            format_exact(value),
            heat(value, worst, best),
        )
        for value in set(known)
    }
    return [
        Cell(
            value=shown.value,
            text=texts[shown.value][0],
            exact=texts[shown.value][1],
            origin=shown.origin,
            rank=rank or 0,
            rank_range=rank_range,
            heat=texts[shown.value][2],
            tier=shown.tier,
            source_id=shown.source_id,
            uncertainty=shown.uncertainty,
        )
        if shown
        else None
        for shown, rank, rank_range in zip(values, ranks, ranges, strict=True)
    ]


def heat(value: Decimal, worst: Decimal, best: Decimal) -> int:
    """The step of a value between the worst (0) and the best (9) of its column.

    The cube spreads the leading values, between which readers choose.
    """
    if worst == best:
        return 0
    share = float((value - worst) / (best - worst))
    return min(HEAT_STEPS - 1, int(HEAT_STEPS * share**3))
