"""The corrections of an LLM's published scores, as its page lists them: from the history.

Drafts are left out, and so is the time before a draft was published. Nobody's name is told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leaderboard.models import LLM, Score
from leaderboard.standings.aggregates import shown_values
from leaderboard.standings.disagreements import contradicted_aggregates
from leaderboard.standings.published import Content
from leaderboard.standings.records import MetricRecord, ScoreRecord, load_metrics
from leaderboard.standings.structure import Structure, make_structure
from leaderboard.text.numbers import decimal_places, format_number
from leaderboard.text.shown import with_unit

from .publicity import PublicTimes, find_times_of_llms, find_times_of_metrics
from .taken_out import say_mark

Moment = tuple[int, datetime, str]  # metric, date, "before" or "after"
REFUSED = gettext_noop("a value that did not fit its components")


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """A correction: one published score before and after it; None for no score."""

    date: datetime
    metric: str
    key: str
    old: str | None
    new: str | None
    reason: str


class ScoreRow(NamedTuple):
    """A row of the history of an LLM's scores."""

    date: datetime
    metric: int
    score: ScoreRecord | None  # None: it was deleted
    reason: str

    @property
    def value(self) -> Decimal | None:
        return self.score and self.score.value


class PublicChange(NamedTuple):
    """A change of a score that visitors could see happen, from one row of the history."""

    row: ScoreRow
    old: Decimal | None  # the value that visitors saw before; None if they saw none
    is_correction: bool  # False for the first value that visitors saw


class Corrections(NamedTuple):
    """What was corrected of an LLM, newest first, in no language yet."""

    changes: Sequence[PublicChange] = ()
    refused: frozenset[Moment] = frozenset()
    metrics: dict[int, MetricRecord] | None = None

    def describe(self) -> list[ScoreChange]:
        """In the reader's language."""
        metrics = self.metrics or {}
        return [
            describe_change(change, metrics[change.row.metric], self.refused)
            for change in self.changes
        ]


def find_corrections(llm: LLM, content: Content) -> Corrections:
    """Returns every change of a published score of one LLM; a first score is none."""
    metrics = content.compute_once("public times", find_times_of_metrics)
    rows = load_rows(llm)
    times = find_times_of_llms([llm.pk])[llm.pk] if rows else PublicTimes()
    changes = [change for change in find_changes(rows, metrics, times) if change.is_correction]
    if not changes:
        return Corrections()
    structure = content.compute_once("structure", lambda: make_structure(load_metrics()))
    refused = frozenset(find_refused_values(rows, changes, structure))
    return Corrections(changes[::-1], refused, structure.metrics)


def load_rows(llm: LLM) -> list[ScoreRow]:
    """Returns the history of an LLM's scores, oldest first."""
    fields = ("history_type", "history_date", "history_change_reason", "metric_id")
    rows = Score.history.filter(llm_id=llm.pk).order_by("history_date", "history_id")
    return [
        ScoreRow(date, metric, None if kind == "-" else ScoreRecord(*score), reason or "")
        for kind, date, reason, metric, *score in rows.values_list(*fields, "value", "decimals")
    ]


def find_changes(
    rows: list[ScoreRow], metrics: dict[int, PublicTimes], times: PublicTimes
) -> Iterator[PublicChange]:
    """Yields the changes of scores of one LLM that visitors could see, oldest first.

    Left out are rows that did not change the value, and changes while the LLM or the metric was
    a draft or withdrawn. Scores of what is not public now are left out too.
    """
    if not times.holds_now:
        return
    last: dict[int, Decimal | None] = {}  # the value in each metric so far
    for row in rows:
        is_known, old = row.metric in last, last.get(row.metric)
        last[row.metric] = row.value
        shown = metrics.get(row.metric)
        if row.value == old or shown is None or not shown.holds_now:
            continue
        if not (shown.holds(row.date) and times.holds(row.date)):
            continue
        was_shown = shown.held_before(row.date) and times.held_before(row.date)
        if was_shown or row.score:
            yield PublicChange(row, old if was_shown else None, is_known and was_shown)


def describe_change(
    change: PublicChange, metric: MetricRecord, refused: frozenset[Moment]
) -> ScoreChange:
    """Describes one change by the values that visitors saw before and after."""
    row = change.row
    return ScoreChange(
        date=row.date,
        metric=metric.full_name,
        key=metric.key,
        old=write_value(metric, change.old, (row.metric, row.date, "before") in refused),
        new=write_value(metric, row.value, (row.metric, row.date, "after") in refused),
        reason=say_mark(row.reason),
    )


def write_value(metric: MetricRecord, value: Decimal | None, is_refused: bool) -> str | None:
    """Writes a value; None for no score.

    A value that its components contradicted was never public, and is not shown here either.
    """
    if value is None:
        return None
    if is_refused:
        return _(REFUSED)
    text = format_number(value, max(metric.decimals, decimal_places(value)))
    return with_unit(text, metric)


def find_refused_values(
    rows: list[ScoreRow], changes: list[PublicChange], structure: Structure
) -> Iterator[Moment]:
    """Yields (metric, date, "before" or "after") of changed aggregates that were not shown then.

    Their components contradicted them. All rows of one date are one state, whatever their order.
    """
    dates = {each.row.date for each in changes if structure.metrics[each.row.metric].aggregate}
    for date, when, scores in replay_scores(rows, dates):
        shown = shown_values({0: scores}, structure)[0]
        for metric in contradicted_aggregates(scores, shown):
            yield metric, date, when


def replay_scores(
    rows: list[ScoreRow], dates: set[datetime]
) -> Iterator[tuple[datetime, str, dict[int, ScoreRecord]]]:
    """Yields (date, "before" or "after", the LLM's scores) around each of the dates."""
    scores: dict[int, ScoreRecord] = {}
    for date, at_once in groupby(rows, key=lambda row: row.date):
        if date in dates:
            yield date, "before", scores
        for row in at_once:
            if row.score is None:
                scores.pop(row.metric, None)
            else:
                scores[row.metric] = row.score
        if date in dates:
            yield date, "after", scores
