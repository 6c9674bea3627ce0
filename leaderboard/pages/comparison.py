"""LLMs side by side: values, differences to the first LLM, and facts, as words for a template."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leaderboard.standings.cells import Cell, Difference
from leaderboard.standings.estimates import Level
from leaderboard.standings.notes import has_notes, score_note
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.standings import Standings
from leaderboard.text.facts import COMPARED, UNKNOWN
from leaderboard.text.shown import compared_words, gap_words, interval_words, partial_words, signed
from leaderboard.text.words import span, word

from .kinds import unranked_words
from .notes import Notes
from .selection import Selection, compare_query

MOST_FOUND = 20  # LLMs that a search offers


class ComparedCell(NamedTuple):
    """One LLM's value in a metric."""

    cell: Cell | None
    interval: str  # "" where it is unknown
    is_best: bool
    difference: str  # to the first LLM; "" for itself and where either value is missing
    difference_interval: str
    is_significant: bool | None  # None where unknown, and where neither end is the better one
    partial: str = ""  # of a partial run, how many questions were asked
    verdict: str = ""  # of VERDICTS, on the difference to the first LLM
    mark: str = ""  # HTML of the mark of its note

    @property
    def sign(self) -> str:
        """What stands for the verdict at sight."""
        return VERDICTS[self.verdict][0]

    @property
    def words(self) -> str:
        """The verdict in words."""
        return _(VERDICTS[self.verdict][1])


# The sign and the words of what a test of two LLMs says.
VERDICTS = {
    "better": ("▲", gettext_noop("significantly better")),
    "worse": ("▼", gettext_noop("significantly worse")),
    "alike": ("≈", gettext_noop("not significant")),
    "unknown": ("?", gettext_noop("significance unknown")),
}


class ComparedMetric(NamedTuple):
    """A metric with the values of the LLMs, in the order of the LLMs."""

    metric: MetricRecord
    cells: tuple[ComparedCell, ...]  # in the order of the LLMs


class ComparedBenchmark(NamedTuple):
    """A benchmark over its metrics."""

    name: str
    slug: str
    metrics: tuple[ComparedMetric, ...]


class ComparedLLM(NamedTuple):
    """An LLM of a comparison, with the addresses of two comparisons that are like it."""

    row: Standing
    number: int  # 1…6, which tells its colour
    first_url: str  # the same comparison with this LLM in the first place; "" for the first
    without_url: str  # the comparison of the others
    mark: str  # HTML of the mark of its note


class ComparedFact(NamedTuple):
    """A fact in words, one for each LLM."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """LLMs side by side; differences are to the first of them."""

    standings: Standings
    rows: tuple[Standing, ...]
    at: str | None = None  # names the past state of the leaderboard whose standings these are

    @property
    def columns(self) -> int:
        return 1 + len(self.rows)

    @property
    def llms(self) -> list[ComparedLLM]:
        slugs = [row.llm.slug for row in self.rows]
        llms = []
        for position, row in enumerate(self.rows):
            others = [slug for slug in slugs if slug != row.llm.slug]
            first = compare_query([row.llm.slug, *others], self.at) if position else ""
            without = compare_query(others, self.at) or "?"
            mark = self.marks.get((row.llm.id, None), "")
            llms.append(ComparedLLM(row, position + 1, first, without, mark))
        return llms

    @cached_property
    def notes(self) -> Notes:
        """Returns the texts below the table."""
        return Notes()

    @cached_property
    def marks(self) -> dict[tuple[int, int | None], str]:
        """Returns the marks of notes as HTML: of LLMs, and of scores by LLM and metric. They have
        their letters as the table is read: its header, then line by line."""
        if not has_notes(self.standings):
            return {}
        places: list[tuple[Standing, MetricRecord | None]] = [(row, None) for row in self.rows]
        places += [(row, metric) for metric in self.standings.columns for row in self.rows]
        marks: dict[tuple[int, int | None], str] = {}
        for row, metric in places:
            text = score_note(self.standings, row, metric) if metric else row.llm.note
            html = self.notes.mark_html(self.notes.letter_of(text, row, metric))
            key = (row.llm.id, metric.id if metric else None)
            marks[key] = mark_safe(html)  # which escapes
        return marks

    def benchmarks(self) -> list[ComparedBenchmark]:
        """Returns the metrics under their benchmarks, in the order of the columns."""
        columns = enumerate(self.standings.columns)
        return [
            ComparedBenchmark(
                *benchmark, tuple(self.compare(metric, index) for index, metric in group)
            )
            for benchmark, group in groupby(
                columns,
                key=lambda column: (column[1].benchmark or "", column[1].benchmark_slug or ""),
            )
        ]

    def compare(self, metric: MetricRecord, index: int) -> ComparedMetric:
        """Compares the LLMs in one metric, the column at `index`."""
        cells = [row.cells[index] for row in self.rows]
        best = best_value(metric, cells)
        return ComparedMetric(
            metric,
            tuple(
                compare_cell(metric, cell, cells[0] if position else None, best)._replace(
                    mark=self.marks.get((self.rows[position].llm.id, metric.id), "")
                )
                for position, cell in enumerate(cells)
            ),
        )

    def facts(self) -> list[ComparedFact]:
        """Returns the facts side by side: ranks and coverage first, then declared facts."""
        ranges = self.standings.ranking_ranges(Level.PAIRWISE)
        rows = [replace(row, rank_range=ranges.get(row.llm.slug)) for row in self.rows]
        standing = [
            ComparedFact(_(label), tuple(text(row) for row in rows))
            for label, text in OWN_FACTS.items()
        ]
        declared = [
            ComparedFact(_(fact.label), tuple(compared_words(fact, row.llm) for row in self.rows))
            for fact in COMPARED
        ]
        return standing + declared


def best_value(metric: MetricRecord, cells: Sequence[Cell | None]) -> Decimal | None:
    """Returns the best of at least two ranked values; None below two: one alone is not the best."""
    values = [cell.value for cell in cells if cell is not None and cell.rank]
    if len(values) < 2:
        return None
    return max(values) if metric.is_largest_first else min(values)


def compare_cell(
    metric: MetricRecord, cell: Cell | None, first: Cell | None, best: Decimal | None
) -> ComparedCell:
    """Compares the value of an LLM with that of the first one, None for the first itself."""
    if cell is None:
        return ComparedCell(None, "", False, "", "", None)
    gap = cell.minus(first) if first else None
    return ComparedCell(
        cell=cell,
        interval=interval_words(cell.uncertainty.interval, metric.decimals),
        is_best=bool(cell.rank) and cell.value == best,
        difference=gap_words(gap.value, metric) if gap else "",
        difference_interval=signed_interval(gap, metric.decimals),
        is_significant=gap.is_significant if gap and metric.can_rank else None,
        partial=partial_words(cell.uncertainty.question_count, metric.question_count)
        if cell.is_partial
        else "",
        verdict=judge_gap(gap, metric) if gap and metric.can_rank else "",
    )


def judge_gap(gap: Difference, metric: MetricRecord) -> str:
    """Says whether a value is significantly better than the one it is compared with."""
    if gap.is_significant is None:
        return "unknown"
    if not gap.is_significant:
        return "alike"
    return "better" if (gap.value > 0) == metric.is_largest_first else "worse"


def find_neighbours(standings: Standings, row: Standing) -> tuple[Standing, ...]:
    """Returns an LLM with the one before and the one behind it in the order of ranks."""
    ranked = [other for other in standings.rows if other.rank]
    if row not in ranked:
        return (row,)
    place = ranked.index(row)
    return (row, *ranked[max(0, place - 1) : place], *ranked[place + 1 : place + 2])


def find_others(
    standings: Standings, text: str | None, chosen: Sequence[Standing]
) -> list[Standing]:
    """Returns the first LLMs that a search finds and that are not chosen yet."""
    if not text:
        return []
    found = Selection(q=text).tests()["q"]
    return [row for row in standings.rows if row not in chosen and found(row.llm)][:MOST_FOUND]


def signed_interval(gap: Difference | None, decimals: int) -> str:
    """Writes the interval of a difference; "" where it is unknown."""
    if gap is None or gap.interval is None:
        return ""
    return span(*(signed(end, decimals + 1) for end in gap.interval))


OWN_FACTS: dict[str, Callable[[Standing], str]] = {
    gettext_noop("Rank"): lambda row: (
        unranked_words(row.llm) if row.llm.is_baseline else str(row.rank or _("none"))
    ),
    gettext_noop("Rank range (pairwise)"): lambda row: (
        str(row.rank_range or word(UNKNOWN)) if row.rank else _("none")
    ),
    gettext_noop("Scores"): lambda row: (
        _("%(count)s of %(all)s") % {"count": row.coverage, "all": len(row.cells)}
    ),
}
