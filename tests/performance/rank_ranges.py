"""CPU time of rank ranges: `python -m tests.performance.rank_ranges [--llms 10000] [--metrics 10]`.

Values are made beforehand, the same in every run. One round after the other
of every case, so that whatever else the machine does meets all of them alike.
"""

import argparse
from collections.abc import Callable
from math import hypot
from random import Random
from statistics import median
from time import process_time

from leaderboard.standings.estimates import Level, Share, compared, critical_value, share_margins
from leaderboard.standings.ranges import Ranked, RankRange, column_ranges

ROUNDS = 3
NAIVE_LLMS = 1000  # all pairs of more take too long to wait for
MIXED = (100, 1_000, 4_343)
QUESTIONS = {"n = 100": (100,), "n = 1,000": (1_000,), "n = 4,343": (4_343,), "mixed n": MIXED}


Column = list[Ranked]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--llms", type=int, default=10_000)
    parser.add_argument("--metrics", type=int, default=10)
    options = parser.parse_args()

    print(f"{options.llms:,} LLMs, {options.metrics} metrics; median of {ROUNDS} rounds")
    report({name: (ours, make(counts, options.llms, options.metrics)) for name, counts in cases()})
    print(f"\n{NAIVE_LLMS:,} LLMs, {options.metrics} metrics; median of {ROUNDS} rounds")
    few = {name: make(counts, NAIVE_LLMS, options.metrics) for name, counts in cases()}
    for name, columns in few.items():
        fast, slow = report({name: (ours, columns), f"{name}, all pairs": (naive, columns)})
        print(f"{'':24}{slow / fast:8.0f} times as fast as all pairs")


def cases():
    return QUESTIONS.items()


def make(counts: tuple[int, ...], llms: int, metrics: int) -> list[Column]:
    random = Random(2026)
    return [make_column(random, counts, llms) for _ in range(metrics)]


def make_column(random: Random, counts: tuple[int, ...], llms: int) -> Column:
    """Shares as of a hard benchmark: most LLMs in the middle, many close to each other."""
    column = []
    for _ in range(llms):
        n = random.choice(counts)
        p = round(n * random.betavariate(6, 4)) / n
        column.append(Ranked(p, Share(p, n), 0.01))
    return column


def ours(column: Column) -> list[RankRange | None]:
    share_margins.cache_clear()  # a new level finds nothing kept
    return column_ranges(column, Level.EACH, higher_is_better=True)


def naive(column: Column) -> list[RankRange | None]:
    """Every pair tested, as the rule reads."""
    count = len(column)
    z = critical_value(Level.EACH, count)
    estimates = [
        compared(entry.value, entry.evidence, entry.step, z) for entry in column if entry.evidence
    ]
    ranges: list[RankRange | None] = []
    for value, below, above, _ in estimates:
        better = sum(other.value - value > hypot(other.below, above) for other in estimates)
        worse = sum(value - other.value > hypot(below, other.above) for other in estimates)
        ranges.append(RankRange(1 + better, count - worse))
    return ranges


def report(work: dict[str, tuple[Callable[[Column], object], list[Column]]]) -> list[float]:
    """Prints the CPU seconds of each case; returns the medians."""
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, (function, columns) in work.items():
            begun = process_time()
            for column in columns:
                function(column)
            seconds[name].append(process_time() - begun)
    for name, times in seconds.items():
        print(f"{name:24}{median(times):8.3f} s CPU ({min(times):.3f} to {max(times):.3f})")
    return [median(times) for times in seconds.values()]


if __name__ == "__main__":
    main()
