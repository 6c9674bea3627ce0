"""Scales, ticks and texts that the charts share."""

import unicodedata
from collections.abc import Sequence
from math import ceil, floor, log10
from typing import NamedTuple

from leaderboard.standings.cells import Cell
from leaderboard.standings.standings import Standing
from leaderboard.text.numbers import format_number

from .view import View

WIDTH = 440
LETTER = 6.6  # width of a Latin letter where labels are largest: on a phone
LONGEST = 30  # letters of a label


class Tick(NamedTuple):
    """A mark on an axis."""

    at: float
    text: str


class Text(NamedTuple):
    """A text in a chart, and which end of it is at x."""

    x: float
    y: float
    text: str
    anchor: str  # "start", "middle", "end"


class LegendEntry(NamedTuple):
    """A shape of the legend, and what it stands for."""

    shape: int
    words: str


class Scale(NamedTuple):
    """A linear map from values to coordinates."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Returns the coordinate of a value, rounded to a tenth."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, most: int = 6) -> tuple[Tick, ...]:
        """Returns at most `most` round numbers: 1, 2 or 5 times a power of ten apart."""
        power = 10.0 ** floor(log10((self.high - self.low) / most))
        step = next(
            power * factor for factor in (1, 2, 5, 10, 20)
            if (self.high - self.low) / (power * factor) <= most
        )  # fmt: skip
        decimals = max(0, -floor(log10(step) + 1e-9))
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return tuple(
            Tick(self.at(number * step), tick_text(number * step, decimals))
            for number in range(first, last + 1)
        )


def tick_text(value: float, decimals: int) -> str:
    """Writes a round number of an axis; from ten thousand on as 12k, 1.2M, 3G, 40T."""
    for power, letter, least in ((12, "T", 1e12), (9, "G", 1e9), (6, "M", 1e6), (3, "k", 1e4)):
        if abs(value) >= least:
            return f"{value / 10**power:.6g}{letter}"
    return format_number(value, decimals)


def scale_of(values: Sequence[float], start: float, end: float, margin: float = 0.04) -> Scale:
    """Makes a scale that is wide enough for all values, also for a single one."""
    low, high = min(values), max(values)
    room = (high - low) * margin or abs(high) * 0.1 or 1.0
    return Scale(low - room, high + room, start, end)


def ranked_rows(view: View) -> list[tuple[Standing, Cell]]:
    """Returns the rows of the view that have a rank, best first, however the view is sorted."""
    metric = view.standings.ranking_metric
    if metric is None or metric.key not in view.standings.position:
        return []
    index = view.standings.position[metric.key]
    ranked = [(row, cell) for row in view.rows if (cell := row.cells[index]) and cell.rank]
    return sorted(ranked, key=lambda pair: (pair[0].rank or 0, pair[0].llm.name.casefold()))


def text_width(text: str) -> float:
    """Estimates the width of a text, rather too wide; wide letters (CJK) count as two."""
    return LETTER * sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def shorten_label(name: str) -> str:
    """Cuts a name to the width of 30 Latin letters."""
    if text_width(name) <= LETTER * LONGEST:
        return name
    while text_width(name) > LETTER * (LONGEST - 1):
        name = name[:-1]
    return f"{name}…"
