"""Scales, ticks and texts that the charts share."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise, zip_longest
from math import ceil, floor, log10
from typing import NamedTuple

from leaderboard.standings.cells import Cell
from leaderboard.standings.rows import Standing
from leaderboard.text.numbers import format_number

from .view import View

WIDTH = 440
SHAPES = 6  # circle, diamond, square, triangle, triangle upside down, cross; and as many colours
LETTER = 6.6  # width of a Latin letter where labels are largest: on a phone
LONGEST = 30  # letters of a label
FRONT = 16  # of them before what is left out
MOST_TICKS = 6
TICK_GAP = 4  # between two numbers of an axis


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
    colour: int = 0  # 1…6 where each entry has its own

    @property
    def sign(self) -> str:
        """The shape as a letter, for a line of text."""
        return "●◆■▲▼✚"[self.shape]


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

    def ticks(self, most: int = MOST_TICKS) -> tuple[Tick, ...]:
        """Returns at most `most` round numbers: 1, 2 or 5 times a power of ten apart."""
        power = 10.0 ** floor(log10((self.high - self.low) / most))
        step = next(
            power * factor for factor in (1, 2, 5, 10, 20)
            if (self.high - self.low) / (power * factor) <= most
        )  # fmt: skip
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        values = [number * step for number in range(first, last + 1)]
        texts = tick_texts(values, step)
        return tuple(Tick(self.at(value), text) for value, text in zip(values, texts, strict=True))

    def ticks_beside(self) -> tuple[Tick, ...]:
        """Returns the ticks of an axis from left to right: as many as stand clear of each other."""
        for most in range(MOST_TICKS, 1, -1):
            ticks = self.ticks(most)
            room = min((b.at - a.at for a, b in pairwise(ticks)), default=WIDTH)
            if room >= widest(tick.text for tick in ticks) + TICK_GAP:
                return ticks
        return ticks[:1]


# Above this, ticks are written with a letter for a power of ten: 12k, 1.2M, 3G, 40T.
POWERS = ((12, "T", 1e12), (9, "G", 1e9), (6, "M", 1e6), (3, "k", 1e4))


def tick_texts(values: Sequence[float], step: float) -> list[str]:
    """Writes the round numbers of an axis, all with the same decimals and the same power of ten."""
    largest = max(map(abs, values), default=0)
    power, letter, _ = next((known for known in POWERS if largest >= known[2]), (0, "", 0))
    decimals = max(0, power - floor(log10(step) + 1e-9))
    return [
        f"{format_number(value / 10**power, decimals)}{letter}" if value or not letter else "0"
        for value in values
    ]


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


def with_baselines(
    view: View, leading: Sequence[tuple[Standing, Cell]]
) -> list[tuple[Standing, Cell]]:
    """Returns leading rows, as ranked_rows() has them, with the baselines of the view that stand
    between them, or before the first."""
    metric = view.standings.ranking_metric
    if metric is None or not leading or not view.standings.baselines:
        return list(leading)
    index = view.standings.position[metric.key]
    shown, last = {row.llm.id for row, _cell in leading}, leading[-1][1].value
    is_above = max if metric.is_largest_first else min
    here = {row.llm.id for row in view.rows}
    return [
        (row, cell)
        for row in view.standings.rows
        if (cell := row.cells[index])
        and row.llm.id in here
        and (
            row.llm.id in shown
            or (row.llm.is_baseline and is_above(cell.value, last) == cell.value)
        )
    ]


def count_letters(text: str) -> int:
    """Counts the letters of a text; wide ones (CJK) count as two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def text_width(text: str) -> float:
    """Estimates the width of a text, rather too wide."""
    return LETTER * count_letters(text)


def widest(texts: Iterable[str]) -> float:
    """Estimates the width of the widest text; 0 of none."""
    return max(map(text_width, texts), default=0)


def shorten_label(name: str) -> str:
    """Shortens a name in its middle, as names differ at their ends, to 30 Latin letters."""
    if count_letters(name) <= LONGEST:
        return name
    front = cut_to(name, FRONT)
    back = cut_to(name[::-1], LONGEST - 1 - count_letters(front))[::-1]
    return f"{front}…{back}"


def shorten_labels(names: Sequence[str]) -> list[str]:
    """Shortens the names of a chart; those that would read alike are cut before they differ."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys(names):
        by_label[shorten_label(name)].append(name)
    labels = {}
    for label, alike in by_label.items():
        differ = find_difference(alike) if len(alike) > 1 else 0
        for name in alike:
            labels[name] = shorten_before(name, differ) if differ else label
    return [labels[name] for name in names]


def find_difference(names: Sequence[str]) -> int:
    """Returns the first place at which not all of these names have the same letter."""
    places = enumerate(zip_longest(*names))
    return next(place for place, letters in places if len(set(letters)) > 1)


def shorten_before(name: str, place: int) -> str:
    """Shortens a name so that what begins at a place is to be read."""
    front = cut_to(name[:place], FRONT // 2)
    return cut_to(f"{front}…{name[place:]}", LONGEST)


def cut_to(text: str, letters: int) -> str:
    """Cuts the end of a text to a number of letters."""
    while count_letters(text) > letters:
        text = text[:-1]
    return text
