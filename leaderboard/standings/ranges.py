"""Rank ranges of a column: between which ranks the data leave an LLM. Standard library only."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate
from math import hypot, log2
from typing import NamedTuple

from .estimates import Estimate, Evidence, Level, Margins, critical_value, margins, with_rounding
from .repeats import distinct

BLOCK = 64  # values whose extreme margins are looked up together


class RankRange(NamedTuple):
    """The ranks that the data do not exclude, best first; written “4–8”, or “1”."""

    best: int
    worst: int

    def __str__(self) -> str:
        return str(self.best) if self.best == self.worst else f"{self.best}–{self.worst}"


class Ranked(NamedTuple):
    """A value of a column, what it rests on, and the width of its rounding step."""

    value: float
    evidence: Evidence | None
    step: float = 0.0


def column_ranges(
    column: Sequence[Ranked | None], level: Level, *, higher_is_better: bool
) -> list[RankRange | None]:
    """The rank range of each value of a column; None where there is no value or no evidence.

    best = 1 + the number significantly better, worst = N − the number significantly worse, N being
    the number of values. A value without evidence counts for the ranges of the others as if it
    were as uncertain as the most uncertain one known. Without any evidence there are no ranges.
    """
    occurs = Counter(map(id, column))
    entries = distinct(column)
    times = [occurs[id(entry)] for entry in entries]
    z = critical_value(level, sum(times))
    known = [entry.evidence and margins(entry.evidence, z) for entry in entries]
    certain = [margin for margin in known if margin]
    if not certain:
        return [None] * len(column)
    widest = Margins(
        max(margin.below for margin in certain), max(margin.above for margin in certain)
    )
    estimates = [
        with_rounding(entry.value, margin or widest, entry.step, z)
        for entry, margin in zip(entries, known, strict=True)
    ]
    ranges = rank_ranges(estimates, times, higher_is_better=higher_is_better)
    found = {
        id(entry): span
        for entry, margin, span in zip(entries, known, ranges, strict=True)
        if margin
    }
    return [*map(found.get, map(id, column))]


def rank_ranges(
    estimates: Sequence[Estimate], times: Sequence[int], *, higher_is_better: bool
) -> list[RankRange]:
    """The ranks that the differences to all others leave open, of values that occur so many
    times."""
    entries = [_ascending(estimate, higher_is_better) for estimate in estimates]
    # Among rounded scores most are equal: each is tested once.
    occurs: Counter[Entry] = Counter()
    for entry, count in zip(entries, times, strict=True):
        occurs[entry] += count
    order = sorted(occurs)
    better, worse = _count_significant(order, [occurs[entry] for entry in order])
    total = occurs.total()
    ranges = {
        entry: RankRange(1 + above, total - below)
        for entry, above, below in zip(order, better, worse, strict=True)
    }
    return [ranges[entry] for entry in entries]


def real_cuts(ranked: Iterable[tuple[int, RankRange | None]]) -> list[int]:
    """The ranks above which a column is really cut, from (rank, range) pairs.

    No range above the cut reaches below it, and none below it reaches above.
    """
    by_rank = sorted(ranked, key=lambda pair: pair[0])
    bests = [span.best if span else rank for rank, span in by_rank]
    # Read from the end: the best rank that anybody from here on may have.
    best_from = list(accumulate(reversed(bests), min))[::-1]
    cuts, worst = [], 0
    for index, (rank, span) in enumerate(by_rank):
        begins_rank = index > 0 and rank != by_rank[index - 1][0]
        if begins_rank and worst <= index and best_from[index] > index:
            cuts.append(rank)
        worst = max(worst, span.worst if span else rank)
    return cuts


Entry = tuple[float, float, float]  # value, below, above; larger values are better


def _ascending(estimate: Estimate, higher_is_better: bool) -> Entry:
    """The estimate, turned round where lower is better."""
    value, below, above, _ = estimate
    return (value, below, above) if higher_is_better else (-value, above, below)


def _count_significant(order: Sequence[Entry], times: list[int]) -> tuple[list[int], list[int]]:
    """(better, worse): for each of the ascending entries, how many are significantly above it and
    how many below. `times` says how often each entry occurs.

    One value is significantly above another if their gap is more than hypot(below of the upper,
    above of the lower one). The values of a group beyond the window are counted at once, those
    below through the differences of a running sum; only values within the window are tested one
    by one.
    """
    better = [0] * len(order)
    worse = [0] * len(order)
    for members in _group_by_margin([below for _, below, _ in order]):
        group = _MarginGroup(
            [order[member][0] for member in members], [order[member][1] for member in members]
        )
        until = [0, *accumulate(times[member] for member in members)]
        steps = [0] * (len(members) + 1)
        for index, (value, _, margin) in enumerate(order):
            near, far = group.window(value, margin)
            better[index] += until[-1] - until[far]
            steps[far] += times[index]
            for other in range(near, far):
                if group.values[other] - value > hypot(margin, group.margins[other]):
                    better[index] += times[members[other]]
                    worse[members[other]] += times[index]
        for member, total in zip(members, accumulate(steps), strict=False):
            worse[member] += total
    return better, worse


def _group_by_margin(margins: list[float]) -> Iterable[list[int]]:
    """Indices grouped by similar margins, relative to the smallest one of their block.

    If all values rest on as many questions, there is one group. If some rest on many questions and
    some on few, each kind has a group: in a mixed group nearly every value would be in every
    window.
    """
    groups: dict[int | None, list[int]] = defaultdict(list)
    for start in range(0, len(margins), BLOCK):
        block = margins[start : start + BLOCK]
        least = min(filter(None, block), default=1.0)
        for index, margin in enumerate(block, start):
            groups[round(log2(margin / least)) if margin else None].append(index)
    return groups.values()


class _MarginGroup:
    """Ascending values with similar margins, whose extremes are known for each block."""

    def __init__(self, values: list[float], margins: list[float]):
        self.values = values
        self.margins = margins
        blocks = [margins[start : start + BLOCK] for start in range(0, len(margins), BLOCK)]
        self.smallest = [min(block) for block in blocks]
        self.largest = [max(block) for block in blocks]

    def window(self, value: float, margin: float) -> tuple[int, int]:
        """(near, far): positions before `near` are not significantly above the value with any
        margin of the group, positions from `far` on are with every one.

        The extreme margins within the window narrow it, and those within the narrower window
        narrow it again: a few rounds leave few positions to test.
        """
        near, far = bisect_right(self.values, value), len(self.values)
        width = far + 1
        while BLOCK < far - near < width:
            width = (far - near) // 2
            blocks = slice(near // BLOCK, far // BLOCK + 1)
            low, high = min(self.smallest[blocks]), max(self.largest[blocks])
            near = bisect_right(self.values, value + hypot(margin, low), near, far)
            far = bisect_right(self.values, value + hypot(margin, high), near, far)
        return near, far
