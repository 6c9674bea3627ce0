"""The start page of several leaderboards: of each its leaders, and its top as a small picture."""

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from leaderboard.models import Leaderboard
from leaderboard.standings.cells import Cell
from leaderboard.standings.placements import Columns, FindStandings, count_llms
from leaderboard.standings.ranges import RankRange
from leaderboard.standings.records import LLMRecord, MetricRecord
from leaderboard.standings.standings import Standings
from leaderboard.text.numbers import format_number
from leaderboard.text.shown import with_unit
from leaderboard.text.words import span

NAMED_LEADERS = 3  # of those that share the first rank
MOST_DOTS = 20  # values of a picture
STEP, TOP, BOTTOM = 9, 4, 40  # from dot to dot, and the ends of the axis, in a box of 180 × 44


@dataclass(frozen=True, slots=True)
class Strip:
    """The best values from left to right, each as a dot in its interval: paths of an SVG."""

    first: str  # the dot of the best
    dots: str
    intervals: str
    count: int
    ends: tuple[str, str]  # the best and the last of the values

    @property
    def title(self) -> str:
        """The picture in words: “The best 20: 0.85 to 0.60”."""
        return _("The best %(count)s: %(values)s") % {
            "count": self.count, "values": span(*self.ends)
        }  # fmt: skip


class Leader(NamedTuple):
    """An LLM of the first rank."""

    llm: LLMRecord
    cell: Cell
    rank_range: RankRange | None


class Board(NamedTuple):
    """What the start page says of a leaderboard."""

    leaderboard: Leaderboard
    llm_count: int
    metric: MetricRecord | None  # it is ranked by; None if it has no columns
    leaders: tuple[Leader, ...]  # more than one where values are equal
    strip: Strip | None  # None with fewer than two ranks

    @property
    def more_leaders(self) -> int:
        """The LLMs of the first rank beyond those that are named."""
        return max(0, len(self.leaders) - NAMED_LEADERS)


def build_boards(
    leaderboards: list[Leaderboard], columns: Columns, find: FindStandings
) -> list[Board]:
    """What the start page says of these leaderboards, in their order."""
    return [build_board(each, columns.get(each.pk, ()), find(each)) for each in leaderboards]


def build_board(leaderboard: Leaderboard, columns: tuple[int, ...], standings: Standings) -> Board:
    """What the start page says of a leaderboard, whose columns are given by their metrics."""
    count = count_llms(standings, columns)
    metric = standings.metrics.get(leaderboard.ranking_metric_id)
    if metric is None or metric.key not in standings.position:
        return Board(leaderboard, count, None, (), None)
    best = find_best(standings, metric)
    return Board(leaderboard, count, metric, find_leaders(best), draw_strip(best, metric))


def find_best(standings: Standings, metric: MetricRecord) -> list[Leader]:
    """The LLMs with a rank in a metric, best first, and equal ones by name."""
    place, ranges = standings.position[metric.key], standings.rank_ranges(metric.key)
    ranked = [
        (cell.rank, row.llm.name.casefold(), Leader(row.llm, cell, ranges[row.llm.slug]))
        for row in standings.rows
        if (cell := row.cells[place]) and cell.rank
    ]
    return [leader for _rank, _name, leader in sorted(ranked, key=lambda each: each[:2])]


def find_leaders(best: list[Leader]) -> tuple[Leader, ...]:
    """Those of the first rank."""
    return tuple(leader for leader in best if leader.cell.is_best)


def draw_strip(best: list[Leader], metric: MetricRecord) -> Strip | None:
    """The picture of the best values; the largest value or end of an interval is on top."""
    cells = [leader.cell for leader in best[:MOST_DOTS]]
    if len(cells) < 2:
        return None
    spans = [cell.uncertainty.interval or (float(cell.value),) * 2 for cell in cells]
    low, high = min(each[0] for each in spans), max(each[1] for each in spans)

    def height(value: float) -> str:
        share = (value - low) / (high - low) if high > low else 0.5
        return f"{BOTTOM - share * (BOTTOM - TOP):.1f}"

    dots = [f"M{STEP // 2 + STEP * at} {height(float(cell.value))}h0"
            for at, cell in enumerate(cells)]  # fmt: skip
    lines = [f"M{STEP // 2 + STEP * at} {height(below)}V{height(above)}"
             for at, (below, above) in enumerate(spans) if below != above]  # fmt: skip
    ends = (with_unit(format_number(cell.value, metric.decimals), metric)
            for cell in (cells[0], cells[-1]))  # fmt: skip
    first, last = ends
    return Strip(dots[0], "".join(dots[1:]), "".join(lines), len(cells), (first, last))
