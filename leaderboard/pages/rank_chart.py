"""Ranks over the releases of a leaderboard: a line for each of today's leading LLMs.

Coordinates are rounded to a tenth, in units of the viewBox.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .axes import SHAPES, Text, Tick, shorten_label, text_width, widest
from .view import View

LEADING = 10  # LLMs that have a line
LOWEST = 20  # ranks below share the lowest line
WIDTH = 440
ROW, TOP, LEFT = 17.0, 22.0, 30.0
FEWEST = 2  # releases, or there is nothing to compare
TICK_GAP = 10.0


class Release(NamedTuple):
    """A release and the ranks in it."""

    name: str
    ranks: Mapping[str, int]  # by slug of today


class Station(NamedTuple):
    """The place of an LLM in a release."""

    x: float
    y: float
    title: str


@dataclass(frozen=True, slots=True)
class RankLine:
    """An LLM over the releases."""

    slug: str
    name: str
    number: int  # tells its colour and its shape
    path: str
    stations: tuple[Station, ...]
    label: Text

    @property
    def colour(self) -> int:
        """1…6, as pages.css has them."""
        return self.number % SHAPES + 1

    @property
    def shape(self) -> int:
        """Another one for each line of the same colour."""
        return (self.number + 2 * (self.number // SHAPES)) % SHAPES


@dataclass(frozen=True, slots=True)
class RankChart:
    """The ranks of the leading LLMs in each release and today."""

    height: int
    lines: tuple[RankLine, ...]
    ticks: tuple[Tick, ...]  # the releases, oldest first, and today
    ranks: tuple[Tick, ...]
    names: tuple[str, ...]  # of the releases
    rows: tuple[tuple[str, tuple[str, ...]], ...]  # the same as a table: name, ranks
    right: float


def draw_ranks(view: View, releases: Sequence[Release], today: str) -> RankChart | None:
    """Draws the ranks of the leading LLMs of a view; `today` names the last station.

    None below two releases, and where nothing of the view has a rank.
    """
    ranked = sorted(
        (row for row in view.rows if row.rank), key=lambda row: (row.rank or 0, row.llm.name)
    )[:LEADING]
    if len(releases) < FEWEST or not ranked:
        return None
    now = Release(today, {row.llm.slug: row.rank for row in ranked if row.rank})
    states = [*releases, now]
    names = {row.llm.slug: row.llm.name for row in ranked}
    right = round(WIDTH - 8 - widest(map(shorten_label, names.values())), 1)
    step = (right - LEFT) / (len(states) - 1)
    places = [round(LEFT + step * number, 1) for number in range(len(states))]
    shown = [state.ranks.get(slug) for state in states for slug in names]
    lowest = max(min(rank, LOWEST) for rank in shown if rank)
    return RankChart(
        height=round(TOP + ROW * lowest + 6),
        lines=tuple(
            draw_line(slug, name, number, states, places)
            for number, (slug, name) in enumerate(names.items())
        ),
        ticks=name_stations(places, [state.name for state in states]),
        ranks=tuple(Tick(rank_y(rank), str(rank)) for rank in range(1, lowest + 1)),
        names=tuple(state.name for state in states),
        rows=tuple(
            (name, tuple(str(state.ranks.get(slug) or "–") for state in states))
            for slug, name in names.items()
        ),
        right=right,
    )


def rank_y(rank: int) -> float:
    """Returns the height of a rank."""
    return round(TOP + ROW * (min(rank, LOWEST) - 0.5), 1)


def draw_line(
    slug: str, name: str, number: int, states: Sequence[Release], places: Sequence[float]
) -> RankLine:
    """Draws one LLM; where it had no rank its line has a gap."""
    stations, path, is_drawing = [], [], False
    for state, x in zip(states, places, strict=True):
        rank = state.ranks.get(slug)
        if rank:
            y = rank_y(rank)
            stations.append(Station(x, y, f"{name} · {state.name} · {rank}"))
            path.append(f"{'L' if is_drawing else 'M'}{x} {y}")
        is_drawing = bool(rank)
    last = stations[-1]
    label = Text(round(last.x + 8, 1), last.y, shorten_label(name), "start")
    return RankLine(slug, name, number, "".join(path), tuple(stations), label)


def name_stations(places: Sequence[float], names: Sequence[str]) -> tuple[Tick, ...]:
    """Returns the names of the stations that stand clear of each other, the last one first."""
    kept: list[Tick] = []
    end = float("inf")
    for x, name in reversed(list(zip(places, names, strict=True))):
        half = text_width(name) / 2
        if x + half <= end:
            kept.append(Tick(x, name))
            end = x - half - TICK_GAP
    return tuple(reversed(kept))
