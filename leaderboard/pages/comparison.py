"""LLMs side by side: values, differences to the first, and facts. Standings in, words out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leaderboard.standings.cells import Cell, Difference
from leaderboard.standings.ranking import Interval
from leaderboard.standings.records import LLMRecord, MetricRecord
from leaderboard.standings.standings import Standing, Standings
from leaderboard.text.numbers import plain
from leaderboard.text.words import span, word

from .selection import compare_query

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
            Fact(_(name), tuple(text(row) for row in self.rows))
            for name, text in FACT_TEXTS.items()
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
    return span(f"{interval.low:.{decimals + 1}f}", f"{interval.high:.{decimals + 1}f}")


def signed_interval(gap: Difference | None, decimals: int) -> str:
    if gap is None or gap.interval is None:
        return ""
    return span(*(signed(end, decimals + 1) for end in gap.interval))


def signed(number: Decimal | float, decimals: int) -> str:
    """“+0.02”, “−0.08”; what rounds to nothing has no sign."""
    text = f"{number:.{decimals}f}"
    if not float(text):
        return text.removeprefix("-")
    return f"{MINUS}{text[1:]}" if text.startswith("-") else f"+{text}"


def size_words(llm: LLMRecord) -> str:
    if llm.parameters is None:
        return word(UNKNOWN)
    if not llm.active_parameters:
        return f"{plain(llm.parameters)}B"
    return _("%(size)sB, %(active)sB active") % {
        "size": plain(llm.parameters),
        "active": plain(llm.active_parameters),
    }


def released_words(llm: LLMRecord) -> str:
    # Translators: a date in the notation of Django's date filter, 4 Feb 2025
    return date_format(llm.released, _("j M Y")) if llm.released else word(UNKNOWN)


YES_NO = {True: "yes", False: "no", None: UNKNOWN}
FACT_TEXTS = {
    gettext_noop("Rank"): lambda row: str(row.rank or _("none")),
    gettext_noop("Rank range"): lambda row: str(row.rank_range or word(UNKNOWN)),
    gettext_noop("Scores"): lambda row: (
        _("%(count)s of %(all)s") % {"count": row.coverage, "all": len(row.cells)}
    ),
    gettext_noop("Organization"): lambda row: row.llm.organization or word(UNKNOWN),
    gettext_noop("Parameters"): lambda row: size_words(row.llm),
    gettext_noop("Open weights"): lambda row: word(YES_NO[row.llm.open_weights]),
    gettext_noop("License"): lambda row: row.llm.license or word(UNKNOWN),
    gettext_noop("Domain"): lambda row: word(row.llm.domain or UNKNOWN),
    gettext_noop("Reasoning"): lambda row: word(YES_NO[row.llm.reasoning]),
    gettext_noop("Released"): lambda row: released_words(row.llm),
}
