"""The chart of size against the ranking metric, as coordinates that a template writes down.

Coordinates are rounded to a tenth, in units of the viewBox, whose width is WIDTH. A chart is None
without a ranking metric or with fewer than two values. It needs no colour: shapes tell groups
apart, and all that is drawn is also said in words.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from math import ceil, floor, log10
from typing import NamedTuple

from leaderboard.standings.cells import Cell
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import Standing
from leaderboard.text.facts import BY_FILTER
from leaderboard.text.shown import with_unit
from leaderboard.text.words import word

from .axes import (
    WIDTH,
    LegendEntry,
    Scale,
    Text,
    Tick,
    ranked_rows,
    scale_of,
    shorten_label,
    text_width,
    widest,
)
from .dot_charts import DotChart, draw_forest_plot
from .selection import VALUES
from .view import View

SHAPES = 6  # circle, diamond, square, triangle, triangle upside down, cross
MOST_GROUPS = 4  # in the legend; the rarer ones are one group
MOST_POINTS = 200
MOST_NAMES = 12  # of LLMs that are only listed
LABELLED = 5  # leading LLMs that have a label even if they are not the best for their size
BESIDE = 8  # from one point to the next of the same size and value
LINE = 13  # height of a label

SIZE_HEIGHT = 370
AXIS_GAP = 8  # from the numbers of an axis to the plot
PLOT_LEFT, PLOT_RIGHT, PLOT_TOP, PLOT_BOTTOM = 34, WIDTH - 8, 10, SIZE_HEIGHT - 26


@dataclass(frozen=True, slots=True)
class Point:
    """An LLM in the chart."""

    slug: str
    title: str
    x: float
    y: float
    shape: int
    leads: bool  # no other is as small and better
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class SizeChart:
    """Size against the ranking metric, with what could not be drawn."""

    metric: MetricRecord
    height: int
    grouped_by: str  # "Domain", "Weights", "Reasoning"; "" if all are alike
    groups: tuple[LegendEntry, ...]
    points: tuple[Point, ...]  # in order of rank
    frontier: str  # path data
    left: int  # of the plot, beside the numbers of its axis
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    unknown: tuple[str, ...]  # “gpt-4o 0.77”: those whose size is unknown
    more_unknown: int
    not_drawn: int  # beyond MOST_POINTS

    @property
    def leaders(self) -> int:
        return sum(point.leads for point in self.points)


def draw_size_chart(view: View) -> SizeChart | None:
    """Draws size against the ranking metric; None for fewer than two known sizes."""
    metric = view.standings.ranking_metric
    entries = ranked_rows(view)
    known = [(row, cell) for row, cell in entries if row.llm.parameters]
    if metric is None or len(known) < 2:
        return None
    drawn = known[:MOST_POINTS]
    up = scale_of([float(cell.value) for _, cell in drawn], PLOT_BOTTOM - 4, PLOT_TOP + 4)
    y_ticks = up.ticks()
    left = max(PLOT_LEFT, round(widest(tick.text for tick in y_ticks)) + AXIS_GAP)
    across = scale_of([log10(size_of(row)) for row, _ in drawn], left + 6, PLOT_RIGHT - 6)
    grouped_by, groups, group_of = choose_groups([row for row, _ in drawn])
    points = draw_points(drawn, metric, across, up, group_of)
    unknown = [
        f"{row.llm.name} {with_unit(cell.text, metric)}"
        for row, cell in entries
        if not row.llm.parameters
    ]
    return SizeChart(
        metric=metric,
        height=SIZE_HEIGHT,
        grouped_by=grouped_by,
        groups=groups,
        points=add_labels(
            spread_points(points),
            [row.llm.name for row, _ in drawn],
            metric.is_largest_first,
        ),
        frontier=draw_frontier([point for point in points if point.leads]),
        left=left,
        x_ticks=size_ticks(across),
        y_ticks=y_ticks,
        unknown=tuple(unknown[:MOST_NAMES]),
        more_unknown=len(unknown[MOST_NAMES:]),
        not_drawn=len(known) - len(drawn),
    )


def draw_points(
    drawn: Sequence[tuple[Standing, Cell]],
    metric: MetricRecord,
    across: Scale,
    up: Scale,
    group_of: dict[str, int],
) -> list[Point]:
    """Returns the points of LLMs of known size, without labels."""
    leaders = best_for_size(drawn, higher_is_better=metric.is_largest_first)
    return [
        Point(
            slug=row.llm.slug,
            title=f"{row.llm.name} · {size_of(row):g}B · {with_unit(cell.text, metric)}",
            x=across.at(log10(size_of(row))),
            y=up.at(float(cell.value)),
            shape=group_of[row.llm.slug],
            leads=row.llm.slug in leaders,
        )
        for row, cell in drawn
    ]


def spread_points(points: Iterable[Point]) -> list[Point]:
    """Moves points that share a place side by side, so that none hides another."""
    taken: Counter[tuple[float, float]] = Counter()
    moved = []
    for point in points:
        place = (point.x, point.y)
        moved.append(replace(point, x=round(point.x + BESIDE * taken[place], 1)))
        taken[place] += 1
    return moved


def size_of(row: Standing) -> float:
    """Returns the parameters of an LLM whose size is known, in billions."""
    assert row.llm.parameters
    return float(row.llm.parameters)


def best_for_size(
    entries: Iterable[tuple[Standing, Cell]], *, higher_is_better: bool
) -> frozenset[str]:
    """Returns the slugs of the LLMs on the frontier.

    For each of them no other LLM is at most as large and better, or smaller and as good.
    """
    sign = 1 if higher_is_better else -1
    by_size = sorted((size_of(row), -sign * cell.value, row.llm.slug) for row, cell in entries)
    leaders: list[str] = []
    best = None
    for _size, same_size in groupby(by_size, key=lambda entry: entry[0]):
        group = list(same_size)
        value = group[0][1]
        if best is None or value < best:
            best = value
            leaders += [slug for _, other, slug in group if other == value]
    return frozenset(leaders)


def draw_frontier(leaders: Sequence[Point]) -> str:
    """Returns path data: steps from the smallest to the largest leader, to the edge of the plot."""
    steps = sorted({(point.x, point.y) for point in leaders})
    (x, y), *rest = steps
    return f"M{x} {y}" + "".join(f"H{x}V{y}" for x, y in rest) + f"H{PLOT_RIGHT}"


def size_ticks(across: Scale) -> tuple[Tick, ...]:
    """Returns 1, 3, 10, 30, … billions; 1, 2, 5, … or closer ones where the sizes are close."""
    for factors in ((1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9)):
        sizes = [
            factor * 10.0**power
            for power in range(floor(across.low), ceil(across.high) + 1)
            for factor in factors
        ]
        ticks = tuple(
            Tick(across.at(log10(size)), f"{size:g}B")
            for size in sizes
            if across.low <= log10(size) <= across.high
        )
        if len(ticks) >= 2:
            break
    return ticks


# The facts that may give the dots their shapes: the first in which the LLMs differ does.
GROUPING = ("domain", "weights", "reasoning")


def choose_groups(rows: Sequence[Standing]) -> tuple[str, tuple[LegendEntry, ...], dict[str, int]]:
    """Returns the first fact in which the LLMs differ: its title, legend, and {slug: shape}.

    Without one, the title is "" and all LLMs have one shape.
    """
    for parameter in GROUPING:
        values = {row.llm.slug: VALUES[parameter](row.llm) for row in rows}
        counts = Counter(values.values())
        if len(counts) < 2:
            continue
        order = sorted(counts, key=lambda value: (-counts[value], value))
        if len(order) > MOST_GROUPS:
            order = [*order[: MOST_GROUPS - 1], "other"]
        shapes = {value: shape for shape, value in enumerate(order)}
        rest = shapes.get("other", 0)
        groups = tuple(LegendEntry(shape, word(value)) for value, shape in shapes.items())
        return (
            BY_FILTER[parameter].group_label,
            groups,
            {slug: shapes.get(value, rest) for slug, value in values.items()},
        )
    return "", (), {row.llm.slug: 0 for row in rows}


# Labels that do not overlap


class Box(NamedTuple):
    """A rectangle in the chart."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


CANVAS = Box(0, 0, WIDTH, PLOT_BOTTOM)


def box_of(label: Text) -> Box:
    """Returns the room that a label takes."""
    width = text_width(label.text)
    left = label.x - width * {"start": 0, "middle": 0.5, "end": 1}[label.anchor]
    return Box(left, label.y - 10, left + width, label.y - 10 + LINE)


def add_labels(
    points: Sequence[Point], names: Sequence[str], higher_is_better: bool
) -> tuple[Point, ...]:
    """Gives labels to the leading LLMs and the best for their size, as far as there is room."""
    obstacles = [Box(point.x - 5, point.y - 5, point.x + 5, point.y + 5) for point in points]
    labelled_points = []
    for position, (point, name) in enumerate(zip(points, names, strict=True)):
        label = None
        if point.leads or position < LABELLED:
            label = place_label(point, shorten_label(name), obstacles, higher_is_better)
        if label:
            obstacles.append(box_of(label))
        labelled_points.append(replace(point, label=label))
    return tuple(labelled_points)


def place_label(
    point: Point, name: str, obstacles: Sequence[Box], higher_is_better: bool
) -> Text | None:
    """Returns a label that overlaps nothing; None without room.

    Places beyond the frontier come first, where no point can be.
    """
    above, below = round(point.y - 7, 1), round(point.y + 14, 1)
    beyond, behind = (above, below) if higher_is_better else (below, above)
    level = round(point.y + 4, 1)
    own = Box(point.x - 5, point.y - 5, point.x + 5, point.y + 5)
    for x, y, anchor in (
        (round(point.x - 3, 1), beyond, "end"),
        (round(point.x - 8, 1), level, "end"),
        (point.x, beyond, "middle"),
        (round(point.x + 8, 1), level, "start"),
        (round(point.x + 3, 1), behind, "start"),
        (point.x, behind, "middle"),
    ):
        label = Text(x, y, name, anchor)
        box = box_of(label)
        if is_inside(box) and not any(box.overlaps(other) for other in obstacles if other != own):
            return label
    return None


def is_inside(box: Box) -> bool:
    """Whether a box is within the chart."""
    return (
        box.left >= CANVAS.left
        and box.right <= CANVAS.right
        and box.top >= CANVAS.top
        and box.bottom <= CANVAS.bottom
    )


class Charts:
    """The charts of a leaderboard's page; each is computed once, when a template first asks."""

    def __init__(self, view: View):
        self.view = view

    @cached_property
    def size(self) -> SizeChart | None:
        """Size against the ranking metric."""
        return draw_size_chart(self.view)

    @cached_property
    def not_ranked(self) -> int:
        """The LLMs of the view that are not drawn, as a partial run has no rank."""
        standings, metric = self.view.standings, self.view.standings.ranking_metric
        if metric is None or metric.key not in standings.position:
            return 0
        place = standings.position[metric.key]
        return sum(1 for row in self.view.rows if (cell := row.cells[place]) and cell.is_aside)

    @cached_property
    def forest(self) -> DotChart | None:
        """The leading LLMs with their intervals."""
        return draw_forest_plot(self.view)
