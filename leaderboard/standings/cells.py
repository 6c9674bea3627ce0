"""The cells of a column: rank, range and heat of each value."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from statistics import quantiles
from typing import NamedTuple

from leaderboard.text.numbers import format_exact, format_number

from . import estimates, ranking
from .estimates import Estimate, Interval, Level
from .ranges import Ranked, RankRange, column_ranges
from .records import MetricRecord
from .repeats import count_items, map_once
from .shown import Origin, Shown
from .uncertainty import Uncertainty

HEAT_STEPS = 10
FEWEST_WITH_OUTLIERS = 4  # different values: fewer have no quartiles to speak of


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
    is_baseline: bool = False  # of what does not compete: it has no rank and stands at its value

    @property
    def is_best(self) -> bool:
        """Has no LLM a better value in the column?"""
        return self.rank == 1

    @property
    def is_aside(self) -> bool:
        """Is it a partial run that is not ranked? It stands behind the others in every order."""
        return self.is_partial and self.rank is None and not self.is_baseline

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

    def ranked(cell: Cell) -> Ranked | None:
        if not cell.rank:
            return None
        return Ranked(float(cell.value), cell.uncertainty.evidence, cell.step)

    entries = map_once(ranked, column)
    return column_ranges(entries, level, higher_is_better=metric.is_largest_first)


def column_heats(metric: MetricRecord, values: set[Decimal]) -> dict[Decimal, int]:
    """{ranked value: its heat}, between the ends of robust_range."""
    if not values:
        return {}
    worst, best = robust_range(values)
    if not metric.is_largest_first:
        worst, best = best, worst
    return {value: heat(value, worst, best) for value in values}


def robust_range(values: Iterable[Decimal]) -> tuple[Decimal, Decimal]:
    """The least and the largest of different values that are no outliers, so that one of those does
    not make all others look the same. Outliers are beyond the inner fences of J. W. Tukey
    (Exploratory Data Analysis, 1977): 1.5 times the distance of the quartiles beyond these."""
    ordered = sorted(values)
    if len(ordered) < FEWEST_WITH_OUTLIERS:
        return ordered[0], ordered[-1]
    first, _median, third = quantiles(ordered, n=4, method="inclusive")
    reach = (third - first) * 3 / 2
    inside = [value for value in ordered if first - reach <= value <= third + reach]
    return inside[0], inside[-1]


def takes_rank(metric: MetricRecord, shown: Shown, *, ranks_partial: bool) -> bool:
    """Is a value ranked: has the metric a direction, and does a partial run count?"""
    return metric.can_rank and (ranks_partial or not shown.is_partial)


def column_cells(
    metric: MetricRecord, values: Sequence[Shown | None], *, ranks_partial: bool = False
) -> list[Cell | None]:
    """The cells of one metric, in the order of the values: rank and heat of each.

    Rounded scores repeat: LLMs that share a value, told by its identity, share its cell.
    """

    def ranked_value(shown: Shown) -> Decimal | None:
        return shown.value if takes_rank(metric, shown, ranks_partial=ranks_partial) else None

    ranked = map_once(ranked_value, values)
    ranks = ranking.value_ranks(count_items(ranked), higher_is_better=metric.is_largest_first)
    heats = column_heats(metric, set(ranks))

    def cell(shown: Shown) -> Cell:
        value = ranked_value(shown)
        if value is None:
            return make_cell(metric, shown, None, None)
        return make_cell(metric, shown, ranks[value], heats[value])

    return map_once(cell, values)


def make_cell(
    metric: MetricRecord,
    shown: Shown,
    rank: int | None,
    heat: int | None,
    *,
    is_baseline: bool = False,
) -> Cell:
    """The cell of a value in the column of its metric."""
    return Cell(
        value=shown.value,
        text=format_number(shown.value, metric.decimals),
        exact=format_exact(shown.value),
        origin=shown.origin,
        rank=rank,
        heat=heat,
        tier=shown.tier,
        source_id=shown.source_id,
        uncertainty=shown.uncertainty,
        step=2 * float(shown.tolerance),
        is_partial=shown.is_partial,
        is_baseline=is_baseline,
    )


def heat(value: Decimal, worst: Decimal, best: Decimal) -> int:
    """The step of a value between the worst (0) and the best (9) of its column; of one beyond them
    that of the end.

    The cube spreads the leading values, between which readers choose.
    """
    if worst == best:
        return 0
    share = float((value - worst) / (best - worst))
    return int(min(max(HEAT_STEPS * share**3, 0), HEAT_STEPS - 1))
