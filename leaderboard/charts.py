"""Pictures as coordinates, rounded to a tenth; the templates only write them down.

Units are those of the viewBox, whose width is WIDTH. A chart is None where there would be nothing
to see: no ranking metric, or fewer than two values. Colour is never needed: shapes tell groups
apart, and everything drawn is also said in words.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil, floor, log10
from statistics import median
from typing import NamedTuple

from django.utils.translation import gettext as _

from .numbers import format_number
from .records import MetricRecord
from .selection import REASONING, WEIGHTS, View
from .standings import Cell, Standing, Standings
from .words import span, word

WIDTH = 440
SHAPES = 6  # circle, diamond, square, triangle, triangle upside down, cross
MOST_GROUPS = 4  # in the legend; the rarer ones are one group
MOST_POINTS = 200
MOST_NAMES = 12  # of LLMs that are only listed
LEADING = 20  # LLMs of the forest plot
LABELLED = 5  # leading LLMs that have a label even if they are not the best for their size
BESIDE = 8  # from one point to the next of the same size and value
LETTER = 6.6  # width of a Latin letter in labels at their largest, which is on a phone
LINE = 13  # height of a label
LONGEST = 30  # letters of a label

SIZE_HEIGHT = 370
PLOT_LEFT, PLOT_RIGHT, PLOT_TOP, PLOT_BOTTOM = 34, WIDTH - 8, 10, SIZE_HEIGHT - 26
ROW = 17  # height of a row of dots
ROW_NAMES, ROW_LEFT, ROW_RIGHT = 200, 210, 396


class Tick(NamedTuple):
    at: float
    text: str


class Text(NamedTuple):
    x: float
    y: float
    text: str
    anchor: str  # "start", "middle", "end"


class Group(NamedTuple):
    """A shape of the legend."""

    shape: int
    words: str


@dataclass(frozen=True, slots=True)
class Point:
    slug: str
    title: str
    x: float
    y: float
    shape: int
    leads: bool  # no other is as small and better
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class SizeChart:
    metric: MetricRecord
    height: int
    grouped_by: str  # "Domain", "Weights", "Reasoning"; "" if all are alike
    groups: tuple[Group, ...]
    points: tuple[Point, ...]  # in order of rank
    frontier: str  # path data
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    unknown: tuple[str, ...]  # “gpt-4o 0.77”: those whose size is unknown
    more_unknown: int
    not_drawn: int  # beyond MOST_POINTS

    @property
    def leaders(self) -> int:
        return sum(point.leads for point in self.points)


class Mark(NamedTuple):
    """A dot with its interval."""

    x: float
    y: float
    shape: int
    title: str
    low: float | None
    high: float | None


class Field(NamedTuple):
    """From the worst to the best value of all, with the one in the middle."""

    low: float
    high: float
    median: float
    best: float


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    y: float
    marks: tuple[Mark, ...]
    slug: str = ""  # of the LLM that the name is a link to
    value: str = ""
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class DotChart:
    height: float
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    groups: tuple[Group, ...] = ()
    metric: MetricRecord | None = None
    unit: str = ""

    @property
    def axis(self) -> float:
        """Where the lines of the grid end, above their numbers."""
        return self.height - 14


class Scale(NamedTuple):
    """From values to coordinates, linearly."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, most: int = 6) -> tuple[Tick, ...]:
        """Round numbers: 1, 2 or 5 times a power of ten apart."""
        power = 10.0 ** floor(log10((self.high - self.low) / most))
        step = next(
            power * factor for factor in (1, 2, 5, 10, 20)
            if (self.high - self.low) / (power * factor) <= most
        )  # fmt: skip
        decimals = max(0, -floor(log10(step) + 1e-9))
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return tuple(
            Tick(self.at(number * step), f"{number * step:.{decimals}f}")
            for number in range(first, last + 1)
        )


def scale_of(values: Sequence[float], start: float, end: float, margin: float = 0.04) -> Scale:
    """Wide enough for all values, and for a single one."""
    low, high = min(values), max(values)
    room = (high - low) * margin or abs(high) * 0.1 or 1.0
    return Scale(low - room, high + room, start, end)


def ranked(view: View) -> list[tuple[Standing, Cell]]:
    """The rows of the view that have a rank, best first whatever the view is sorted by."""
    metric = view.standings.ranking_metric
    if metric is None or metric.key not in view.standings.position:
        return []
    index = view.standings.position[metric.key]
    found = [(row, cell) for row in view.rows if (cell := row.cells[index])]
    return sorted(found, key=lambda each: (each[0].rank or 0, each[0].llm.name.casefold()))


# Size against the ranking metric


def size_chart(view: View) -> SizeChart | None:
    metric = view.standings.ranking_metric
    entries = ranked(view)
    known = [(row, cell) for row, cell in entries if row.llm.parameters]
    if metric is None or len(known) < 2:
        return None
    drawn = known[:MOST_POINTS]
    across = scale_of([log10(size_of(row)) for row, _ in drawn], PLOT_LEFT + 6, PLOT_RIGHT - 6)
    up = scale_of([float(cell.value) for _, cell in drawn], PLOT_BOTTOM - 4, PLOT_TOP + 4)
    grouped_by, groups, group_of = grouping([row for row, _ in drawn])
    leaders = best_for_size(drawn, higher_is_better=metric.higher_is_better)
    points = [
        Point(
            slug=row.llm.slug,
            title=f"{row.llm.name} · {size_of(row):g}B · {cell.text}",
            x=across.at(log10(size_of(row))),
            y=up.at(float(cell.value)),
            shape=group_of[row.llm.slug],
            leads=row.llm.slug in leaders,
        )
        for row, cell in drawn
    ]
    unknown = [f"{row.llm.name} {cell.text}" for row, cell in entries if not row.llm.parameters]
    return SizeChart(
        metric=metric,
        height=SIZE_HEIGHT,
        grouped_by=grouped_by,
        groups=groups,
        points=labelled(
            spread(points), [row.llm.name for row, _ in drawn], metric.higher_is_better
        ),
        frontier=frontier([point for point in points if point.leads]),
        x_ticks=size_ticks(across),
        y_ticks=up.ticks(),
        unknown=tuple(unknown[:MOST_NAMES]),
        more_unknown=len(unknown[MOST_NAMES:]),
        not_drawn=len(known) - len(drawn),
    )


def spread(points: Iterable[Point]) -> list[Point]:
    """Those in the same place stand side by side, so that none hides another."""
    taken: Counter[tuple[float, float]] = Counter()
    found = []
    for point in points:
        place = (point.x, point.y)
        found.append(replace(point, x=round(point.x + BESIDE * taken[place], 1)))
        taken[place] += 1
    return found


def size_of(row: Standing) -> float:
    assert row.llm.parameters
    return float(row.llm.parameters)


def best_for_size(
    entries: Iterable[tuple[Standing, Cell]], *, higher_is_better: bool
) -> frozenset[str]:
    """Those than whom no other is at most as large and better, or smaller and as good."""
    sign = 1 if higher_is_better else -1
    by_size = sorted((size_of(row), -sign * cell.value, row.llm.slug) for row, cell in entries)
    leaders: list[str] = []
    best = None
    for _size, same_size in groupby(by_size, key=lambda each: each[0]):
        group = list(same_size)
        value = group[0][1]
        if best is None or value < best:
            best = value
            leaders += [slug for _, each, slug in group if each == value]
    return frozenset(leaders)


def frontier(leaders: Sequence[Point]) -> str:
    """The steps from the smallest to the largest of the best, to the edge of the plot."""
    steps = sorted({(point.x, point.y) for point in leaders})
    (x, y), *rest = steps
    return f"M{x} {y}" + "".join(f"H{x}V{y}" for x, y in rest) + f"H{PLOT_RIGHT}"


def size_ticks(across: Scale) -> tuple[Tick, ...]:
    """1, 3, 10, 30, … billions; 1, 2, 5, … where the sizes are close."""
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


FACTS = {
    "Domain": lambda llm: llm.domain or "unknown",
    "Weights": lambda llm: WEIGHTS[llm.open_weights],
    "Reasoning": lambda llm: REASONING[llm.reasoning],
}


def grouping(rows: Sequence[Standing]) -> tuple[str, tuple[Group, ...], dict[str, int]]:
    """The first fact in which the LLMs differ, its shapes, and the shape of each."""
    for fact, value_of in FACTS.items():
        values = {row.llm.slug: value_of(row.llm) for row in rows}
        counts = Counter(values.values())
        if len(counts) < 2:
            continue
        order = sorted(counts, key=lambda value: (-counts[value], value))
        if len(order) > MOST_GROUPS:
            order = [*order[: MOST_GROUPS - 1], "other"]
        shapes = {value: shape for shape, value in enumerate(order)}
        rest = shapes.get("other", 0)
        groups = tuple(Group(shape, word(value)) for value, shape in shapes.items())
        return fact, groups, {slug: shapes.get(value, rest) for slug, value in values.items()}
    return "", (), {row.llm.slug: 0 for row in rows}


# Labels that do not collide


class Box(NamedTuple):
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


def text_width(text: str) -> float:
    """Generous: wide letters (CJK) count as two."""
    return LETTER * sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def box_of(label: Text) -> Box:
    width = text_width(label.text)
    left = label.x - width * {"start": 0, "middle": 0.5, "end": 1}[label.anchor]
    return Box(left, label.y - 10, left + width, label.y - 10 + LINE)


def labelled(
    points: Sequence[Point], names: Sequence[str], higher_is_better: bool
) -> tuple[Point, ...]:
    """Labels of the leading and of the best for their size, in order of rank, where there is room:
    first beyond the frontier, where no point can be."""
    obstacles = [Box(point.x - 5, point.y - 5, point.x + 5, point.y + 5) for point in points]
    found = []
    for position, (point, name) in enumerate(zip(points, names, strict=True)):
        label = None
        if point.leads or position < LABELLED:
            label = place(point, shortened(name), obstacles, higher_is_better)
        if label:
            obstacles.append(box_of(label))
        found.append(replace(point, label=label))
    return tuple(found)


def place(point: Point, name: str, obstacles: Sequence[Box], higher_is_better: bool) -> Text | None:
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
        if is_inside(box) and not any(box.overlaps(each) for each in obstacles if each != own):
            return label
    return None


def is_inside(box: Box) -> bool:
    return (
        box.left >= CANVAS.left
        and box.right <= CANVAS.right
        and box.top >= CANVAS.top
        and box.bottom <= CANVAS.bottom
    )


def shortened(name: str) -> str:
    """At most as wide as 30 Latin letters."""
    if text_width(name) <= LETTER * LONGEST:
        return name
    while text_width(name) > LETTER * (LONGEST - 1):
        name = name[:-1]
    return f"{name}…"


# Dots with intervals


def forest_plot(view: View) -> DotChart | None:
    """The leading LLMs of the view in the ranking metric."""
    metric = view.standings.ranking_metric
    entries = ranked(view)[:LEADING]
    if metric is None or len(entries) < 2:
        return None
    scale = scale_of(ends([cell for _, cell in entries]), ROW_LEFT, ROW_RIGHT)
    rows = [
        Row(
            name=shortened(row.llm.name),
            slug=row.llm.slug,
            y=row_y(position),
            marks=(mark(cell, row_y(position), scale, metric),),
            value=cell.text,
        )
        for position, (row, cell) in enumerate(entries)
    ]
    return DotChart(row_y(len(rows)) + 14, tuple(rows), scale.ticks(), metric=metric)


def row_y(position: int) -> float:
    return ROW * position + 12


def ends(cells: Iterable[Cell]) -> list[float]:
    """Everything that has to fit on an axis."""
    values: list[float] = []
    for cell in cells:
        values += [float(cell.value), *(cell.uncertainty.interval or ())]
    return values


def mark(
    cell: Cell, y: float, scale: Scale, metric: MetricRecord, words: str = "", shape: int = 0
) -> Mark:
    """Named by its interval, after words where the row does not say what it is."""
    interval = cell.uncertainty.interval
    digits = metric.decimals + 1
    margin = (
        span(f"{interval.low:.{digits}f}", f"{interval.high:.{digits}f}") if interval else cell.text
    )
    return Mark(
        x=scale.at(float(cell.value)),
        y=y,
        shape=shape,
        title=f"{words} {cell.text} ({margin})" if words else margin,
        low=scale.at(interval.low) if interval else None,
        high=scale.at(interval.high) if interval else None,
    )


def profiles(standings: Standings, slug: str) -> list[DotChart]:
    """One LLM's values against the field: a chart for each unit, as units share no axis."""
    row = standings.row(slug)
    known = [
        (metric, cell, [each.cells[index] for each in standings.rows if each.cells[index]])
        for index, metric in enumerate(standings.columns)
        if row and (cell := row.cells[index])
    ]
    charts = []
    for unit in dict.fromkeys(metric.unit for metric, *_rest in known):
        group = [
            (metric, cell, [each for each in field if each])
            for metric, cell, field in known
            if metric.unit == unit and len(field) > 1
        ]
        if group:
            charts.append(profile(group, unit))
    return charts


def profile(group: Sequence[tuple[MetricRecord, Cell, list[Cell]]], unit: str) -> DotChart:
    values = [end for _, cell, _ in group for end in ends([cell])]
    values += [float(each.value) for _, _, field in group for each in field]
    scale = scale_of(values, ROW_LEFT, ROW_RIGHT)
    rows = [
        profile_row(metric, cell, field, scale, row_y(position))
        for position, (metric, cell, field) in enumerate(group)
    ]
    return DotChart(row_y(len(rows)) + 14, tuple(rows), scale.ticks(), unit=unit)


def profile_row(
    metric: MetricRecord, cell: Cell, field: Sequence[Cell], scale: Scale, y: float
) -> Row:
    values = [each.value for each in field]
    middle = median(values)
    best = max(values) if metric.higher_is_better else min(values)
    words = _("%(metric)s, median %(median)s, best %(best)s; this:") % {
        "metric": metric.full_name,
        "median": format_number(middle, metric.decimals),
        "best": format_number(best, metric.decimals),
    }
    return Row(
        name=shortened(metric.full_name),
        y=y,
        marks=(mark(cell, y, scale, metric, words),),
        value=cell.text,
        field=Field(
            low=scale.at(float(min(values))),
            high=scale.at(float(max(values))),
            median=scale.at(float(middle)),
            best=scale.at(float(best)),
        ),
    )


def side_by_side(standings: Standings, rows: Sequence[Standing]) -> list[DotChart]:
    """The values of a few LLMs, each with its own shape: a chart for each unit."""
    charts = []
    for unit in dict.fromkeys(metric.unit for metric in standings.columns):
        group = [
            (metric, cells)
            for index, metric in enumerate(standings.columns)
            if metric.unit == unit
            and any(cells := [row.cells[index] for row in rows])
        ]  # fmt: skip
        if group:
            charts.append(compared(group, [row.llm.name for row in rows], unit))
    return charts


def compared(
    group: Sequence[tuple[MetricRecord, list[Cell | None]]], names: Sequence[str], unit: str
) -> DotChart:
    every = [cell for _, cells in group for cell in cells if cell]
    scale = scale_of(ends(every), ROW_LEFT, WIDTH - 10)
    step, band = 9, 9 * len(names) + 9
    rows = []
    for position, (metric, cells) in enumerate(group):
        top = band * position + 12
        marks = [
            mark(cell, top + step * line, scale, metric, f"{metric.full_name}: {name}", line)
            for line, (name, cell) in enumerate(zip(names, cells, strict=True))
            if cell
        ]
        middle = top + step * (len(names) - 1) / 2
        rows.append(Row(shortened(metric.full_name), middle, tuple(marks)))
    groups = tuple(Group(shape, name) for shape, name in enumerate(names))
    return DotChart(band * len(group) + 20, tuple(rows), scale.ticks(), groups, unit=unit)


class Pictures(NamedTuple):
    """Those of a leaderboard's page."""

    size: SizeChart | None
    forest: DotChart | None


def pictures(view: View) -> Pictures:
    return Pictures(size_chart(view), forest_plot(view))
