"""Baselines beside the LLMs that compete: their cells, and their places in the table.

A baseline's value stands in a column without changing anything else in it: ranks, ranges, heat and
N are those of the column without it.
"""

from collections.abc import Sequence
from typing import Any

from .cells import Cell, column_cells, make_cell
from .records import MetricRecord
from .repeats import map_once
from .rows import Standing
from .shown import Shown


def place_cells(
    metric: MetricRecord,
    values: Sequence[Shown | None],
    aside: Sequence[bool],
    *,
    ranks_partial: bool = False,
) -> list[Cell | None]:
    """The cells of one metric, in the order of the values; `aside` says which are of baselines."""
    if not any(aside):
        return column_cells(metric, values, ranks_partial=ranks_partial)
    pairs = list(zip(values, aside, strict=True))
    competing = [None if is_aside else value for value, is_aside in pairs]
    beside = [value if is_aside else None for value, is_aside in pairs]
    ranked = column_cells(metric, competing, ranks_partial=ranks_partial)
    unranked = map_once(lambda shown: baseline_cell(metric, shown), beside)
    return [one or other for one, other in zip(ranked, unranked, strict=True)]


def baseline_cell(metric: MetricRecord, shown: Shown) -> Cell:
    """The cell of a baseline: its value, without rank and heat."""
    return make_cell(metric, shown, None, None, is_baseline=True)


def order_rows(
    rows: Sequence[Standing], ranked: Sequence[Cell | None], metric: MetricRecord | None
) -> list[Standing]:
    """The rows in order of rank, baselines at the places of their values.

    `ranked` are the cells in the metric that ranks, in the order of the rows. Of equal values the
    baseline stands behind the LLMs.
    """
    if metric is None or not metric.can_rank or not any(row.llm.is_baseline for row in rows):
        return sorted(rows, key=rank_order)
    sign = -1 if metric.is_largest_first else 1

    def place(pair: tuple[Standing, Cell | None]) -> tuple[Any, ...]:
        row, cell = pair
        name = row.llm.name.casefold()
        if cell is None or cell.is_aside:
            return True, 0, False, name
        return False, sign * cell.value, row.llm.is_baseline, name

    return [row for row, _cell in sorted(zip(rows, ranked, strict=True), key=place)]


def rank_order(row: Standing) -> tuple[Any, ...]:
    """By rank, then name; without a rank last."""
    return row.rank is None, row.rank or 0, row.llm.name.casefold()
