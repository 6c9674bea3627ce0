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
    rank: int | None  # None where nothing is better, and for a partial run that is not ranked
    heat: int | None  # 0 (worst in the column) to 9 (best); None without a rank
    tier: str
    source_id: int | None
    uncertainty: Uncertainty
    step: float  # of its rounding: 0.01 for a value reported with two decimals
    is_partial: bool = False  # of fewer questions than the metric has, or made from such a value

    @property
    def is_best(self) -> bool:
        """Has no LLM a better value in the column?"""
        return self.rank == 1

    @property
    def is_aside(self) -> bool:
        """Is it a partial run that is not ranked? It stands behind the others in every order."""
        return self.is_partial and self.rank is None

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


def cell_ranges(
    metric: MetricRecord, column: Sequence[Cell | None], level: Level
) -> list[RankRange | None]:
    """The rank ranges of the cells of a column; None without a rank or without evidence."""
    return column_ranges(
        [
            Ranked(float(cell.value), cell.uncertainty.evidence, cell.step)
            if cell and cell.rank
            else None
            for cell in column
        ],
        level,
        higher_is_better=metric.is_largest_first,
    )


class Look(NamedTuple):
    """What all cells of a column with one value have in common."""

    text: str
    exact: str


def column_looks(metric: MetricRecord, values: set[Decimal]) -> dict[Decimal, Look]:
    """{value: how its cells look}: rounded scores repeat, so each value is written once."""
    return {
        value: Look(format_number(value, metric.decimals), format_exact(value)) for value in values
    }


def column_heats(metric: MetricRecord, values: set[Decimal]) -> dict[Decimal, int]:
    """{ranked value: its heat}"""
    if not values:
        return {}
    worst, best = min(values), max(values)
    if not metric.is_largest_first:
        worst, best = best, worst
    return {value: heat(value, worst, best) for value in values}


def takes_rank(metric: MetricRecord, shown: Shown, *, ranks_partial: bool) -> bool:
    """Is a value ranked: has the metric a direction, and does a partial run count?"""
    return metric.can_rank and (ranks_partial or not shown.is_partial)


def column_cells(
    metric: MetricRecord, values: Sequence[Shown | None], *, ranks_partial: bool = False
) -> list[Cell | None]:
    """The cells of one metric, in the order of the values: rank and heat of each.

    A value that several LLMs share has one cell.
    """
    ranked = [
        shown if shown and takes_rank(metric, shown, ranks_partial=ranks_partial) else None
        for shown in values
    ]
    ranks = ranking.competition_ranks(
        (shown.value if shown else None for shown in ranked),
        higher_is_better=metric.is_largest_first,
    )
    looks = column_looks(metric, {shown.value for shown in values if shown})
    heats = column_heats(metric, {shown.value for shown in ranked if shown})
    cells: dict[int, Cell | None] = {id(None): None}
    for shown, rank in zip(values, ranks, strict=True):
        if shown and id(shown) not in cells:
            cells[id(shown)] = Cell(
                value=shown.value,
                text=looks[shown.value].text,
                exact=looks[shown.value].exact,
                origin=shown.origin,
                rank=rank,
                heat=heats[shown.value] if rank else None,
                tier=shown.tier,
                source_id=shown.source_id,
                uncertainty=shown.uncertainty,
                step=2 * float(shown.tolerance),
                is_partial=shown.is_partial,
            )
    return [cells[id(shown)] for shown in values]


def heat(value: Decimal, worst: Decimal, best: Decimal) -> int:
    """The step of a value between the worst (0) and the best (9) of its column.

    The cube spreads the leading values, between which readers choose.
    """
    if worst == best:
        return 0
    share = float((value - worst) / (best - worst))
    return min(HEAT_STEPS - 1, int(HEAT_STEPS * share**3))
