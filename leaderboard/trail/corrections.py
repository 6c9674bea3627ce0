"""The corrections of an LLM's published scores, as its page lists them: from the history.

Drafts are left out, and so is the time before a draft was published. Nobody's name is told.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leaderboard.models import LLM, Score
from leaderboard.standings.aggregates import shown_values
from leaderboard.standings.disagreements import contradicted_aggregates
from leaderboard.standings.records import ScoreRecord, load_metrics
from leaderboard.standings.structure import make_structure
from leaderboard.text.numbers import decimal_places, format_number
from leaderboard.text.shown import with_unit

from .publicity import PublicTimes, find_times_of_llms, find_times_of_metrics

CellMoment = tuple[int, int, datetime, str]  # LLM, metric, date, "before" or "after"
REFUSED = gettext_noop("a value that did not fit its components")


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """A correction: one published score before and after it; None for no score."""

    date: datetime
    llm: str
    slug: str
    metric: str
    key: str
    old: str | None
    new: str | None
    reason: str


class PublicChange(NamedTuple):
    """A change of a score that visitors could see happen, from one record of the history."""

    number: int  # of the record
    date: datetime
    llm: int
    old: Decimal | None  # the value that visitors saw before; None if they saw none
    is_correction: bool  # False for the first value that visitors saw


def find_corrections(llm: LLM, metrics: dict[int, PublicTimes] | None = None) -> list[ScoreChange]:
    """Returns every change of a published score of one LLM, newest first; a first score is none.

    A caller that has the public times of the metrics hands them over.
    """
    metrics = find_times_of_metrics() if metrics is None else metrics
    changes = find_public_score_changes(metrics, find_times_of_llms([llm.pk]), llm.pk)
    return describe_changes([change for change in changes if change.is_correction][::-1])


def find_public_score_changes(
    metrics: dict[int, PublicTimes], llms: dict[int, PublicTimes], llm: int | None = None
) -> Iterator[PublicChange]:
    """Yields the changes of scores that visitors could see, oldest first; of one LLM, if given.

    Left out are records that did not change the value, and changes while the LLM or the metric was
    a draft or withdrawn. Scores of what is not public now are left out too.
    """
    history = Score.history.order_by("history_date", "history_id")
    if llm is not None:
        history = history.filter(llm_id=llm)
    shown_metrics = {metric for metric, times in metrics.items() if times.holds_now}
    shown_llms = {number for number, times in llms.items() if times.holds_now}
    last: dict[tuple[int, int], Decimal | None] = {}  # the value of each cell so far
    rows = history.values_list(
        "history_id", "history_date", "history_type", "llm_id", "metric_id", "value"
    )
    for number, date, kind, of_llm, metric, value in rows.iterator(chunk_size=5_000):
        cell = (of_llm, metric)
        is_known, old = cell in last, last.get(cell)
        last[cell] = None if kind == "-" else value
        if metric not in shown_metrics or of_llm not in shown_llms or last[cell] == old:
            continue
        if not (metrics[metric].holds(date) and llms[of_llm].holds(date)):
            continue
        was_shown = metrics[metric].held_before(date) and llms[of_llm].held_before(date)
        if was_shown or kind != "-":
            yield PublicChange(
                number, date, of_llm, old if was_shown else None, is_known and was_shown
            )


def describe_changes(changes: list[PublicChange]) -> list[ScoreChange]:
    """Describes these changes in words, in their order."""
    records = {
        record.history_id: record
        for record in Score.history.filter(
            history_id__in=[change.number for change in changes]
        ).select_related("llm", "metric__benchmark")
    }
    hidden = find_refused_values(list(records.values()))
    return [describe_change(change, records[change.number], hidden) for change in changes]


def describe_change(change: PublicChange, record: Any, hidden: set[CellMoment]) -> ScoreChange:
    """Describes one change by the values that visitors saw before and after."""
    key = (record.llm_id, record.metric_id, record.history_date)
    new = None if record.history_type == "-" else record.value
    return ScoreChange(
        date=record.history_date,
        llm=record.llm.name,
        slug=record.llm.slug,
        metric=str(record.metric),
        key=record.metric.key,
        old=write_value(record, change.old, (*key, "before") in hidden),
        new=write_value(record, new, (*key, "after") in hidden),
        reason=record.history_change_reason or "",
    )


def write_value(record: Any, value: Decimal | None, is_refused: bool) -> str | None:
    """Writes a value; None for no score.

    A value that its components contradicted was never public, and is not shown here either.
    """
    if value is None:
        return None
    if is_refused:
        return _(REFUSED)
    text = format_number(value, max(record.metric.decimals, decimal_places(value)))
    return with_unit(text, record.metric)


def find_refused_values(records: list[Any]) -> set[CellMoment]:
    """Returns {(LLM, metric, date, "before" or "after")} of aggregates that were not shown then.

    Their components contradicted them. All records of one date are one state, whatever their order.
    """
    wanted: dict[int, set[datetime]] = defaultdict(set)
    for record in records:
        if record.metric.aggregate:
            wanted[record.llm_id].add(record.history_date)
    if not wanted:
        return set()
    past = Score.history.filter(llm_id__in=wanted).order_by("llm_id", "history_date", "history_id")
    structure = make_structure(load_metrics())
    return {
        (llm, metric, date, when)
        for llm, history in groupby(past.iterator(), key=lambda record: record.llm_id)
        for date, when, scores in replay_scores(history, wanted[llm])
        for metric in contradicted_aggregates(scores, shown_values({llm: scores}, structure)[llm])
    }


def replay_scores(
    history: Iterable[Any], dates: set[datetime]
) -> Iterator[tuple[datetime, str, dict[int, ScoreRecord]]]:
    """Yields (date, "before" or "after", the LLM's scores) around each of the dates."""
    scores: dict[int, ScoreRecord] = {}
    for date, at_once in groupby(history, key=lambda record: record.history_date):
        if date in dates:
            yield date, "before", scores
        for record in at_once:
            if record.history_type == "-":
                scores.pop(record.metric_id, None)
            else:
                scores[record.metric_id] = ScoreRecord(record.value, record.decimals)
        if date in dates:
            yield date, "after", scores
