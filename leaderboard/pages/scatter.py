"""The chart of one quantity against another, as coordinates that a template writes down.

The axes and the frontier are those of all LLMs of the leaderboard, so a filter moves neither; LLMs
that it leaves out stay as faint dots. Coordinates are rounded to a tenth, in units of the viewBox.
A chart needs no colour: shapes tell groups apart, and all that is drawn is also said in words.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from leaderboard.standings.rows import Standing
from leaderboard.text.facts import BY_FILTER
from leaderboard.text.words import word

from .axes import LegendEntry, Text, Tick, shorten_label, widest
from .chart_axes import Axis, make_axis
from .frontier import Entry, Frame, draw_path, find_frontier, frontier_corners
from .labels import Box, Place, dot_box, place_labels
from .quantities import Quantity
from .selection import VALUES
from .view import View

MOST_GROUPS = 4  # in the legend; the rarer ones are one group
MOST_POINTS = 200  # that are links; the others are dots of the field
MOST_DOTS = 2_000
MOST_NAMES = 6  # of LLMs that are only listed
LABELLED = 12  # leading LLMs that have a label even if they are not on the frontier
BESIDE = 8  # from one point to the next of the same values
SHORT = 18  # letters of a label where the whole name has no room
AXIS_GAP = 8  # from the numbers of an axis to the plot


SMALL, LARGE = Frame(440, 420), Frame(900, 560)  # on a phone, and elsewhere


class Point(NamedTuple):
    """An LLM in the chart."""

    slug: str
    name: str
    x_text: str
    y_text: str
    x: float
    y: float
    shape: int = 0
    leads: bool = False  # on the frontier
    chosen: int = 0  # 1…6 of the ticked LLMs, whose number is its colour; 0 for the others
    label: Text | None = None

    @property
    def title(self) -> str:
        return f"{self.name} · {self.x_text} · {self.y_text}"


@dataclass(frozen=True)
class Scatter:
    """One quantity against another, with what could not be drawn."""

    frame: Frame
    x: Axis
    y: Axis
    grouped_by: str  # "Domain", "Weights", "Reasoning"; "" if all are alike
    groups: tuple[LegendEntry, ...]
    points: tuple[Point, ...]  # the best of the second quantity first
    field: str  # path data: dots of the LLMs that are no points
    bars: str  # path data: 95 % intervals
    frontier: str  # path data; "" where a quantity has no direction
    leaders: tuple[str, ...]  # names on the frontier, of all LLMs
    dots: int  # LLMs of the field
    missing: tuple[str, ...]  # names of LLMs of the view without one of the values
    more_missing: int

    @property
    def log_label(self) -> str:
        """The name of a logarithmic axis, where one of them is."""
        return (self.x if self.x.is_log else self.y).quantity.label

    @property
    def x_ticks(self) -> tuple[Tick, ...]:
        return self.x.ticks_beside()

    @property
    def y_ticks(self) -> tuple[Tick, ...]:
        return self.y.ticks()


class Plotted(NamedTuple):
    """The LLMs of a chart by how they are drawn, which is the same in every frame."""

    entries: Sequence[Entry]  # all of the leaderboard, which the axes hold
    front: Sequence[Entry]  # on the frontier
    drawn: Sequence[Entry]  # as points
    rest: Sequence[Entry]  # as dots of the field
    missing: Sequence[str]  # names of those without one of the values
    ticked: dict[str, int]


def choose_plotted(view: View, x: Quantity, y: Quantity) -> Plotted | None:
    """Chooses how the LLMs of a view are drawn; None where fewer than two of the leaderboard have
    both values."""
    entries = read_entries(view.standings.rows, x, y)
    if len(entries) < 2:
        return None
    leaders = find_frontier(entries, x, y)
    shown = {row.llm.slug for row in view.rows}
    ticked = {slug: number for number, slug in enumerate(view.selection.llm, start=1)}
    best_first = sort_entries([entry for entry in entries if entry.row.llm.slug in shown], y)
    drawn = choose_drawn(best_first, leaders, ticked)
    is_drawn = {entry.row.llm.slug for entry in drawn}
    return Plotted(
        entries=entries,
        front=[entry for entry in entries if entry.row.llm.slug in leaders],
        drawn=drawn,
        rest=[entry for entry in entries if entry.row.llm.slug not in is_drawn],
        missing=find_missing(view, entries),
        ticked=ticked,
    )


def draw_scatter(plotted: Plotted, x: Quantity, y: Quantity, frame: Frame = LARGE) -> Scatter:
    """Draws the LLMs of a view in a frame."""
    across, up, frame = fit_axes(plotted.entries, x, y, frame)
    front, drawn = plotted.front, plotted.drawn
    leaders = {entry.row.llm.slug for entry in front}
    grouped_by, groups, group_of = choose_groups([entry.row for entry in drawn])
    points = spread_points(
        make_point(entry, across, up)._replace(
            shape=group_of[entry.row.llm.slug],
            leads=entry.row.llm.slug in leaders,
            chosen=plotted.ticked.get(entry.row.llm.slug, 0),
        )
        for entry in drawn
    )
    corners = frontier_corners([(across.at(e.x), up.at(e.y)) for e in front], x, frame)
    return Scatter(
        frame=frame,
        x=across,
        y=up,
        grouped_by=grouped_by,
        groups=groups,
        points=add_labels(points, corners, frame),
        field=draw_field(plotted.rest, across, up),
        bars=draw_bars(drawn, across, up),
        frontier=draw_path(corners),
        leaders=tuple(entry.row.llm.name for entry in sort_entries(front, y)),
        dots=len(plotted.rest),
        missing=tuple(plotted.missing[:MOST_NAMES]),
        more_missing=len(plotted.missing[MOST_NAMES:]),
    )


def make_point(entry: Entry, across: Axis, up: Axis) -> Point:
    """Returns the point of an LLM that is nothing special."""
    return Point(
        slug=entry.row.llm.slug,
        name=entry.row.llm.name,
        x_text=across.quantity.words(entry.row),
        y_text=up.quantity.words(entry.row),
        x=across.at(entry.x),
        y=up.at(entry.y),
    )


def find_missing(view: View, entries: Sequence[Entry]) -> list[str]:
    """Returns the names of the competing LLMs of a view that lack one of the values."""
    known = {entry.row.llm.slug for entry in entries}
    competing = (row.llm for row in view.rows if not row.llm.is_baseline)
    return [llm.name for llm in competing if llm.slug not in known]


def read_entries(rows: Iterable[Standing], x: Quantity, y: Quantity) -> list[Entry]:
    """Returns the competing LLMs that have both values."""
    entries = []
    for row in rows:
        if row.llm.is_baseline:
            continue
        across, up = x.read(row), y.read(row)
        if across is not None and up is not None:
            entries.append(Entry(row, across, up))
    return entries


def sort_entries(entries: Sequence[Entry], y: Quantity) -> list[Entry]:
    """Returns the entries with the best, or the largest, of the second quantity first."""
    sign = 1 if y.higher_is_better is False else -1
    return sorted(entries, key=lambda entry: (sign * entry.y, entry.row.llm.name.casefold()))


def choose_drawn(
    best_first: Sequence[Entry], leaders: frozenset[str], ticked: dict[str, int]
) -> list[Entry]:
    """Returns at most MOST_POINTS entries in their order: the ticked, the frontier, the best."""
    if len(best_first) <= MOST_POINTS:
        return list(best_first)
    places = range(len(best_first))
    slugs = [entry.row.llm.slug for entry in best_first]
    order = sorted(places, key=lambda place: (slugs[place] not in ticked,
                                              slugs[place] not in leaders, place))  # fmt: skip
    return [best_first[place] for place in sorted(order[:MOST_POINTS])]


def fit_axes(
    entries: Sequence[Entry], x: Quantity, y: Quantity, frame: Frame
) -> tuple[Axis, Axis, Frame]:
    """Returns both axes, and the frame with room for the numbers of the second."""
    up = make_axis(y, [entry.y for entry in entries], frame.bottom, frame.top, inset=4)
    room = round(widest(tick.text for tick in up.ticks())) + AXIS_GAP
    frame = frame._replace(left=max(frame.left, room))
    across = make_axis(x, [entry.x for entry in entries], frame.left, frame.right, inset=6)
    return across, up, frame


# Points, intervals, the field


def spread_points(points: Iterable[Point]) -> list[Point]:
    """Moves points that share a place side by side, so that none hides another."""
    taken: Counter[tuple[float, float]] = Counter()
    moved = []
    for point in points:
        place = (point.x, point.y)
        moved.append(point._replace(x=round(point.x + BESIDE * taken[place], 1)))
        taken[place] += 1
    return moved


def draw_field(entries: Sequence[Entry], across: Axis, up: Axis) -> str:
    """Returns path data: a dot for each place at which an LLM stands, to whole units."""
    places = dict.fromkeys((round(across.at(e.x)), round(up.at(e.y))) for e in entries)
    return "".join(f"M{x} {y}h0" for x, y in list(places)[:MOST_DOTS])


def draw_bars(entries: Sequence[Entry], across: Axis, up: Axis) -> str:
    """Returns path data: the 95 % intervals of the points, where a quantity is a metric."""
    bars = []
    for entry in entries:
        x, y = across.at(entry.x), up.at(entry.y)
        if ends := interval_ends(entry.row, up):
            bars.append(f"M{x} {ends[0]}V{ends[1]}")
        if ends := interval_ends(entry.row, across):
            bars.append(f"M{ends[0]} {y}H{ends[1]}")
    return "".join(bars)


def interval_ends(row: Standing, axis: Axis) -> tuple[float, float] | None:
    """Returns the ends of an interval on an axis; None for a fact and where it is unknown."""
    cell = None if axis.quantity.place is None else row.cells[axis.quantity.place]
    interval = cell.uncertainty.interval if cell else None
    return None if interval is None else (axis.at(interval.low), axis.at(interval.high))


def add_labels(
    points: Sequence[Point], corners: Sequence[tuple[float, float]], frame: Frame
) -> tuple[Point, ...]:
    """Gives labels to the ticked LLMs, those on the frontier and the leading ones, in this order,
    as far as there is room."""
    wanted = [
        position
        for position, point in enumerate(points)
        if point.chosen or point.leads or position < LABELLED
    ]
    wanted.sort(key=lambda place: (not points[place].chosen, not points[place].leads, place))
    lines = pairwise(corners)  # of the frontier
    labels = place_labels(
        [Place(points[at].x, points[at].y, label_names(points[at].name)) for at in wanted],
        [
            *(dot_box(point.x, point.y) for point in points),
            *(Box(min(a, c), min(b, d), max(a, c), max(b, d)) for (a, b), (c, d) in lines),
        ],
        Box(frame.left, 0, frame.width, frame.bottom),
    )
    by_place = dict(zip(wanted, labels, strict=True))
    return tuple(point._replace(label=by_place.get(at)) for at, point in enumerate(points))


def label_names(name: str) -> tuple[str, ...]:
    """Returns the texts that a label may have: the whole name, else its ends around “…”."""
    whole = shorten_label(name)
    if len(name) <= SHORT:
        return (whole,)
    return whole, f"{name[: SHORT // 2]}…{name[-SHORT // 2 + 1 :]}"


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
