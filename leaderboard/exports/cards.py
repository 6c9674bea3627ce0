"""Pictures for sharing, 1200 × 630: what other sites show of a link to a leaderboard or an LLM.

They are made from the data when they are asked for, so they never show an older state. Coordinates
are pixels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from leaderboard.pages.axes import Scale, scale_of, shorten_label
from leaderboard.standings.cells import Cell
from leaderboard.standings.placements import FindStandings, Placement
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.standings import Standings
from leaderboard.text.shown import with_unit

LEADING = 5  # LLMs on the card of a leaderboard
MOST_BOARDS = 3  # on the card of an LLM
MOST_DOTS = 400  # of the field
TOP, ROW = 268, 64  # of the rows
LEFT, RIGHT = 720, 1040  # of the axis of intervals
FIELD_LEFT, FIELD_RIGHT = 72, 1128


class CardRow(NamedTuple):
    """An LLM on the card of a leaderboard."""

    y: int
    rank: str
    name: str
    value: str
    x: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class LeaderboardCard:
    """The leading LLMs of a leaderboard."""

    metric: MetricRecord | None
    llm_count: int
    rows: tuple[CardRow, ...]


class Strip(NamedTuple):
    """Where an LLM stands on a leaderboard, among all of them."""

    y: int
    board: str
    rank: str  # "" without one
    llm_count: int
    rank_range: str
    value: str
    x: float
    dots: str  # path data


def draw_leaderboard_card(standings: Standings) -> LeaderboardCard:
    """Draws the leading LLMs with their intervals."""
    metric = standings.ranking_metric
    if metric is None or metric.key not in standings.position:
        return LeaderboardCard(None, standings.llm_count, ())
    place = standings.position[metric.key]
    leading = [(row, cell) for row in standings.rows if (cell := row.cells[place]) and cell.rank]
    leading = leading[:LEADING]
    scale = card_scale([cell for _row, cell in leading], LEFT, RIGHT)
    rows = []
    for number, (row, cell) in enumerate(leading):
        interval = cell.uncertainty.interval
        rows.append(
            CardRow(
                y=TOP + ROW * number,
                rank=str(cell.rank),
                name=shorten_label(row.llm.name),
                value=with_unit(cell.text, metric),
                x=scale.at(float(cell.value)),
                low=scale.at(interval.low) if interval else None,
                high=scale.at(interval.high) if interval else None,
            )
        )
    return LeaderboardCard(metric, standings.llm_count, tuple(rows))


def card_scale(cells: Sequence[Cell], start: float, end: float) -> Scale:
    """Makes the scale of some values with their intervals."""
    values = [float(cell.value) for cell in cells]
    values += [edge for cell in cells for edge in cell.uncertainty.interval or ()]
    return scale_of(values or [0.0], start, end)


def draw_strips(placements: Iterable[Placement], find: FindStandings) -> list[Strip]:
    """Draws an LLM on the first leaderboards that rank by a metric it has a value of."""
    strips: list[Strip] = []
    for placed in placements:
        if placed.cell is None or placed.metric is None or len(strips) == MOST_BOARDS:
            continue
        standings = find(placed.leaderboard)
        place = standings.position[placed.metric.key]
        cells = [cell for row in standings.rows if (cell := row.cells[place])]
        values = [float(cell.value) for cell in cells if not cell.is_baseline]
        scale = scale_of([*values, float(placed.cell.value)], FIELD_LEFT, FIELD_RIGHT)
        y = 290 + 104 * len(strips)
        places = dict.fromkeys(round(scale.at(value)) for value in values)
        strips.append(
            Strip(
                y=y,
                board=shorten_label(placed.leaderboard.short_title),
                rank=str(placed.cell.rank or ""),
                llm_count=placed.llm_count,
                rank_range=str(placed.rank_range or ""),
                value=with_unit(placed.cell.text, placed.metric),
                x=scale.at(float(placed.cell.value)),
                dots="".join(f"M{x} {y + 44}h0" for x in list(places)[:MOST_DOTS]),
            )
        )
    return strips
