"""The Pareto frontier of two quantities: who is on it, and the line along it."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from leaderboard.standings.rows import Standing

from .quantities import Quantity


class Frame(NamedTuple):
    """The size of a chart and the edges of its plot."""

    width: int
    height: int
    left: float = 34
    top: float = 28

    @property
    def right(self) -> float:
        return self.width - 8

    @property
    def bottom(self) -> float:
        return self.height - 44


class Entry(NamedTuple):
    """An LLM with both values."""

    row: Standing
    x: float
    y: float


def find_frontier(entries: Sequence[Entry], x: Quantity, y: Quantity) -> frozenset[str]:
    """Returns the slugs of the LLMs on the frontier; none where a quantity has no direction.

    For each of them no other LLM is at least as good in both quantities and better in one (Pareto).
    LLMs of the same two values are on it together.
    """
    if x.higher_is_better is None or y.higher_is_better is None:
        return frozenset()
    across, up = (-1 if each.higher_is_better else 1 for each in (x, y))
    ordered = sorted((across * e.x, up * e.y, e.row.llm.slug) for e in entries)
    leaders: list[str] = []
    best: float | None = None
    for _x, same in groupby(ordered, key=lambda entry: entry[0]):
        group = list(same)
        value = group[0][1]
        if best is None or value < best:
            best = value
            leaders += [slug for _, other, slug in group if other == value]
    return frozenset(leaders)


def frontier_corners(
    places: Sequence[tuple[float, float]], x: Quantity, frame: Frame
) -> list[tuple[float, float]]:
    """Returns the corners of the steps along the frontier, from its best in the first quantity to
    the edge where that quantity is worst."""
    corners: list[tuple[float, float]] = []
    for place in sorted(set(places), reverse=bool(x.higher_is_better)):
        if corners:
            corners.append((place[0], corners[-1][1]))
        corners.append(place)
    if corners:
        corners.append((frame.left if x.higher_is_better else frame.right, corners[-1][1]))
    return corners


def draw_path(corners: Sequence[tuple[float, float]]) -> str:
    """Returns path data of lines from corner to corner."""
    return "M" + "L".join(f"{x} {y}" for x, y in corners) if corners else ""
