"""Rows of the scores on an LLM's page as HTML strings.

A page has nine of them or ninety, and the export of a site as many for each LLM: templates took
four times as long.
"""

from collections.abc import Iterable, Mapping
from html import escape
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from leaderboard.models import Score, Source
from leaderboard.standings.cells import Cell
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import BenchmarkScores, MetricScore
from leaderboard.standings.shown import Origin
from leaderboard.text.reports import report_address
from leaderboard.text.shown import interval_words, partial_words, with_unit

MISSING = '<td class="missing">–</td>' * 5 + '<td class="missing source">–</td>'


class Reports(NamedTuple):
    """What the report of a wrong number names: where it goes, the page and the LLM."""

    contact: str  # "": nobody asks for reports
    page: str
    llm: str


class ScoreRows(NamedTuple):
    """What the rows of a page have in common."""

    sources: Mapping[int, Source]
    details: Mapping[int, Score]  # the scores that say more than a number, by metric
    reports: Reports

    def write(self, groups: Iterable[BenchmarkScores]) -> dict[str | None, SafeString]:
        """{benchmark: its rows}"""
        return {  # their texts are escaped where they are put in
            group.slug: mark_safe("".join(map(self.row_html, group.scores))) for group in groups
        }

    def row_html(self, score: MetricScore) -> str:
        """Writes the row of a metric."""
        metric = score.metric
        name = escape(metric.name) + direction_html(metric)
        cells = MISSING if score.cell is None else self.cells_html(score, score.cell)
        return f'<tr id="metric-{metric.key}"><th scope="row">{name}</th>{cells}</tr>'

    def cells_html(self, score: MetricScore, cell: Cell) -> str:
        """Writes the value, its interval, its rank and the range of that, the questions, the
        source."""
        interval = interval_words(cell.uncertainty.interval, score.metric.decimals)
        count = cell.uncertainty.question_count
        between = interval or _("unknown")
        questions = "–" if count is None else f"{count:,}"
        return (
            f"{value_html(cell, score.metric)}<td>{escape(between)}</td>"
            f"{rank_html(score, cell)}<td>{questions}</td>"
            f'<td class="source {escape(cell.tier)}">{self.source_html(score.metric, cell)}</td>'
        )

    def source_html(self, metric: MetricRecord, cell: Cell) -> str:
        """Writes where a value comes from, what is noted of it, and where it is reported."""
        is_computed = cell.origin is Origin.COMPUTED
        if source := self.sources.get(cell.source_id or 0):
            address = escape(source.get_absolute_url())
            parts = [f'<a href="{address}">{escape(source.title)}</a>']
        else:
            parts = [escape(_("computed from its components") if is_computed else _("unknown"))]
        if not is_computed and (own := self.details.get(metric.id)):
            day = own.measured_on and date_format(own.measured_on, _("j M Y"))
            parts += [f" <small>{escape(text)}</small>" for text in (day, own.note) if text]
        if self.reports.contact:
            parts.append(report_html(self.reports, metric, cell))
        return "".join(parts)


def direction_html(metric: MetricRecord) -> str:
    """Says where the better end of a metric is, unless it is the upper one."""
    if metric.higher_is_better:
        return ""
    if metric.higher_is_better is None:
        words = _("not ranked: neither is better")
    else:
        words = "▾ " + _("lower is better")
    return f"<small>{escape(words)}</small>"


def value_html(cell: Cell, metric: MetricRecord) -> str:
    """Writes a value with its unit; in full precision beside it where the text rounds it."""
    classes = f"{cell.origin} best" if cell.is_best else str(cell.origin)
    exact = "" if cell.exact == cell.text else f' data-value="{cell.exact}"'
    asked = ""
    if cell.is_partial:
        words = partial_words(cell.uncertainty.question_count, metric.question_count)
        asked = f'<small class="asked">{escape(words)}</small>'
    return f'<td class="{classes}"{exact}>{escape(with_unit(cell.text, metric))}{asked}</td>'


def rank_html(score: MetricScore, cell: Cell) -> str:
    """Writes the rank among how many, and its range."""
    if not cell.rank:
        words = _("not ranked")
        return f"<td>{escape(words)}</td><td>–</td>"
    among = _("of %(all)s") % {"all": f"{score.llm_count:,}"}
    between = _("unknown") if score.rank_range is None else str(score.rank_range)
    return f"<td>{cell.rank} <small>{escape(among)}</small></td><td>{escape(between)}</td>"


def report_html(reports: Reports, metric: MetricRecord, cell: Cell) -> str:
    """Writes the link by which a reader reports a wrong number."""
    shown = with_unit(cell.text, metric)
    text = _("%(page)s says %(value)s. What it should be, and where that can be read:") % {
        "page": f"{reports.page}#metric-{metric.key}", "value": shown
    }  # fmt: skip
    subject = f"{reports.llm}, {metric.full_name}: {shown}"
    address = report_address(reports.contact, subject, f"{text}\n")
    asked, words = _("Wrong?"), _("Report %(score)s") % {"score": metric.full_name}
    return (
        f' <a class="report" href="{escape(address)}">{escape(asked)}'
        f'<span class="hidden"> {escape(words)}</span></a>'
    )
