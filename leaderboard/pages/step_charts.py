"""Charts of values that held for a time: a line that steps from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from leaderboard.standings.records import MetricRecord
from leaderboard.text.numbers import format_number
from leaderboard.text.shown import with_unit

from .axes import WIDTH, Scale, Tick, scale_of, widest

TOP, BOTTOM = 8.0, 78.0  # of the values
HEIGHT = 100  # with the dates below
RIGHT = WIDTH - 8.0
MOST_TICKS = 4
MOST_PLACES = 8  # of a computed value
GAP = 6  # between the numbers of the axis and the line


class Held(NamedTuple):
    """A value and since when it was shown; None for a time before the first date that is known."""

    since: datetime | None
    value: Decimal | None  # None: nothing was shown
    reasons: tuple[str, ...]


class Dot(NamedTuple):
    """Where a value began."""

    x: float
    y: float
    title: str


@dataclass(frozen=True, slots=True)
class StepChart:
    """The values of one metric over time, as a line and as rows of a table."""

    metric: MetricRecord
    rows: tuple[tuple[Held, str], ...]  # with the value as it is shown; newest first
    line: str  # a path
    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    left: float
    begin: datetime
    end: datetime
    height: int = HEIGHT


def draw_steps(metric: MetricRecord, held: Sequence[Held], until: datetime) -> StepChart:
    """Draws at least two values, oldest first; the last one holds until `until`."""
    dates = [each.since for each in held if each.since is not None]
    begin, end = dates[0], max(until, dates[-1])
    places = places_to_tell([each.value for each in held], metric.decimals)
    texts = [value_text(each.value, metric, places) for each in held]
    values = scale_of([float(each.value) for each in held if each.value is not None], BOTTOM, TOP)
    ticks = values.ticks(MOST_TICKS)
    left = round(widest(tick.text for tick in ticks) + 2 * GAP, 1)
    seconds = max((end - begin).total_seconds(), 1.0)
    # What held before the first known date begins at the left; that date stands beside it.
    room = 0.06 * seconds if held[0].since is None else 0.0
    times = Scale(-room, seconds * 1.02, left, RIGHT)
    starts = [
        times.at((each.since - begin).total_seconds()) if each.since else left for each in held
    ]
    return StepChart(
        metric=metric,
        rows=tuple(zip(held, texts, strict=True))[::-1],
        line=step_line(held, starts, values),
        dots=tuple(
            Dot(x, values.at(float(each.value)), text)
            for each, x, text in zip(held, starts, texts, strict=True)
            if each.value is not None
        ),
        ticks=ticks,
        left=left,
        begin=begin,
        end=end,
    )


def places_to_tell(values: Sequence[Decimal | None], least: int) -> int:
    """The fewest decimals, from `least` on, with which no value reads like the one before it."""
    for places in range(least, MOST_PLACES):
        texts = [None if value is None else format_number(value, places) for value in values]
        if all(one != other for one, other in pairwise(texts)):
            return places
    return MOST_PLACES


def value_text(value: Decimal | None, metric: MetricRecord, places: int) -> str:
    """A value as pages show it, with its unit; "–" for none."""
    return "–" if value is None else with_unit(format_number(value, places), metric)


def step_line(held: Sequence[Held], starts: Sequence[float], values: Scale) -> str:
    """The path: along each value until the next begins, with gaps where nothing was shown."""
    path, is_drawing = [], False
    for each, start, end in zip(held, starts, [*starts[1:], RIGHT], strict=True):
        if each.value is not None:
            y = values.at(float(each.value))
            path.append(f"V{y}" if is_drawing else f"M{start} {y}")
            path.append(f"H{end}")
        is_drawing = each.value is not None
    return "".join(path)
