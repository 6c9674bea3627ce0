"""LLMs side by side: values, differences to the first, and facts. Standings in, words out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from .numbers import plain
from .records import LLMRecord, MetricRecord
from .selection import compare_query
from .standings import Cell, Difference, Interval, Standing, Standings

MINUS = "−"
UNKNOWN = "unknown"


class ComparedCell(NamedTuple):
    """One LLM's value in a metric."""

    cell: Cell | None
    interval: str  # "" where it is unknown
    is_best: bool
    difference: str  # to the first LLM; "" for itself and where either value is missing
    difference_interval: str
    is_significant: bool | None


class ComparedMetric(NamedTuple):
    metric: MetricRecord
    cells: tuple[ComparedCell, ...]  # in the order of the LLMs


class ComparedBenchmark(NamedTuple):
    name: str
    slug: str
    metrics: tuple[ComparedMetric, ...]


class ComparedLLM(NamedTuple):
    row: Standing
    first_url: str  # the same comparison with this LLM in the first place; "" if it is there
    without_url: str  # the comparison of the others


class Fact(NamedTuple):
    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    standings: Standings
    rows: tuple[Standing, ...]

    @property
    def columns(self) -> int:
        return 1 + len(self.rows)

    @property
    def llms(self) -> list[ComparedLLM]:
        slugs = [row.llm.slug for row in self.rows]
        found = []
        for position, row in enumerate(self.rows):
            others = [slug for slug in slugs if slug != row.llm.slug]
            first = compare_query([row.llm.slug, *others]) if position else ""
            found.append(ComparedLLM(row, first, compare_query(others) or "?"))
        return found

    def benchmarks(self) -> list[ComparedBenchmark]:
        """The metrics in the order of the columns, under their benchmarks."""
        columns = enumerate(self.standings.columns)
        return [
            ComparedBenchmark(
                *benchmark, tuple(self.compare(metric, index) for index, metric in group)
            )
            for benchmark, group in groupby(
                columns, key=lambda each: (each[1].benchmark or "", each[1].benchmark_slug or "")
            )
        ]

    def compare(self, metric: MetricRecord, index: int) -> ComparedMetric:
        cells = [row.cells[index] for row in self.rows]
        best = best_value(metric, cells)
        return ComparedMetric(
            metric,
            tuple(
                compared_cell(metric, cell, cells[0] if position else None, best)
                for position, cell in enumerate(cells)
            ),
        )

    def facts(self) -> list[Fact]:
        return [
            Fact(name, tuple(text(row) for row in self.rows)) for name, text in FACT_TEXTS.items()
        ]


def best_value(metric: MetricRecord, cells: Sequence[Cell | None]) -> Decimal | None:
    """None unless there are two: a value alone is not the best of anything."""
    values = [cell.value for cell in cells if cell is not None]
    if len(values) < 2:
        return None
    return max(values) if metric.higher_is_better else min(values)


def compared_cell(
    metric: MetricRecord, cell: Cell | None, first: Cell | None, best: Decimal | None
) -> ComparedCell:
    if cell is None:
        return ComparedCell(None, "", False, "", "", None)
    gap = cell.minus(first) if first else None
    return ComparedCell(
        cell=cell,
        interval=interval_words(cell.uncertainty.interval, metric.decimals),
        is_best=cell.value == best,
        difference=signed(gap.value, metric.decimals) if gap else "",
        difference_interval=signed_interval(gap, metric.decimals),
        is_significant=gap.is_significant if gap else None,
    )


def interval_words(interval: Interval | None, decimals: int) -> str:
    """With one digit more than the value has, as everywhere."""
    if interval is None:
        return ""
    return f"{interval.low:.{decimals + 1}f} to {interval.high:.{decimals + 1}f}"


def signed_interval(gap: Difference | None, decimals: int) -> str:
    if gap is None or gap.interval is None:
        return ""
    return " to ".join(signed(end, decimals + 1) for end in gap.interval)


def signed(number: Decimal | float, decimals: int) -> str:
    """“+0.02”, “−0.08”; what rounds to nothing has no sign."""
    text = f"{number:.{decimals}f}"
    if not float(text):
        return text.removeprefix("-")
    return f"{MINUS}{text[1:]}" if text.startswith("-") else f"+{text}"


def size_words(llm: LLMRecord) -> str:
    if llm.parameters is None:
        return UNKNOWN
    active = f", {plain(llm.active_parameters)}B active" if llm.active_parameters else ""
    return f"{plain(llm.parameters)}B{active}"


YES_NO = {True: "yes", False: "no", None: UNKNOWN}
FACT_TEXTS = {
    "Rank": lambda row: str(row.rank or "none"),
    "Rank range": lambda row: str(row.rank_range or UNKNOWN),
    "Scores": lambda row: f"{row.coverage} of {len(row.cells)}",
    "Organization": lambda row: row.llm.organization or UNKNOWN,
    "Parameters": lambda row: size_words(row.llm),
    "Open weights": lambda row: YES_NO[row.llm.open_weights],
    "License": lambda row: row.llm.license or UNKNOWN,
    "Domain": lambda row: row.llm.domain or UNKNOWN,
    "Reasoning": lambda row: YES_NO[row.llm.reasoning],
    "Released": lambda row: f"{row.llm.released:%-d %b %Y}" if row.llm.released else UNKNOWN,
}
