"""What became public and what was corrected: the history as visitors may see it.

One entry is one form, one import or one load: what is written together has one date. Drafts are
left out, and so is the time before a draft was published. Entries name no maintainer.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leaderboard.models import LLM, Score
from leaderboard.standings.aggregates import shown_values
from leaderboard.standings.disagreements import contradicted_aggregates
from leaderboard.standings.published import Content
from leaderboard.standings.records import ScoreRecord, load_metrics
from leaderboard.standings.structure import make_structure
from leaderboard.text.numbers import decimal_places, format_number
from leaderboard.text.shown import with_unit

from .entries import Entry, ScoreChange
from .publicity import PublicTimes, find_times_of_llms, find_times_of_metrics

SHOWN_CORRECTIONS = 50  # of one entry; the page of an LLM shows all of its own
CellMoment = tuple[int, int, datetime, str]  # LLM, metric, date, "before" or "after"
REFUSED = gettext_noop("a value that did not fit its components")


class PublicChange(NamedTuple):
    """A change of a score that visitors could see happen, from one record of the history."""

    number: int  # of the record
    date: datetime
    llm: int
    old: Decimal | None  # the value that visitors saw before; None if they saw none
    is_correction: bool  # False for the first value that visitors saw


class NewLLM(NamedTuple):
    """The moment at which a published LLM became public for the first time."""

    date: datetime
    name_key: str
    name: str
    slug: str


@dataclass(frozen=True)
class PublicChanges:
    """Everything that the changes page tells, by date."""

    scores: dict[datetime, list[PublicChange]]
    llms: dict[datetime, list[NewLLM]]

    @cached_property
    def dates(self) -> list[datetime]:
        """The dates of all entries, newest first."""
        return sorted({*self.scores, *self.llms}, reverse=True)

    def entries(self, dates: Iterable[datetime]) -> list[Entry]:
        """Returns the entries of these dates, newest first."""
        wanted = sorted(set(dates), reverse=True)
        changes = [change for date in wanted for change in self.scores.get(date, ())]
        llms = LLM.objects.in_bulk({change.llm for change in changes})
        shown = [
            change for date in wanted for change in self.corrections_at(date)[:SHOWN_CORRECTIONS]
        ]
        corrections: dict[datetime, list[ScoreChange]] = defaultdict(list)
        for correction in describe_changes(shown):
            corrections[correction.date].append(correction)
        return [self.entry(date, llms, corrections[date]) for date in wanted]

    def corrections_at(self, date: datetime) -> list[PublicChange]:
        """Returns the corrections of a date, the last one first."""
        return [change for change in reversed(self.scores.get(date, [])) if change.is_correction]

    def entry(self, date: datetime, llms: dict[int, LLM], corrections: list[ScoreChange]) -> Entry:
        """Returns what happened at one date."""
        changes = self.scores.get(date, [])
        new = [change for change in changes if not change.is_correction]
        corrected = [change for change in changes if change.is_correction]
        return Entry(
            date=date,
            new_llms=tuple((llm.name, llm.slug) for llm in sorted(self.llms.get(date, ()))),
            new_scores=len(new),
            scored_llms=list_llms(new, llms),
            corrected_llms=list_llms(corrected, llms),
            correction_count=len(corrected),
            corrections=tuple(corrections),
        )


def list_llms(changes: list[PublicChange], llms: dict[int, LLM]) -> tuple[tuple[str, str], ...]:
    """Returns (name, slug) of the LLMs of these changes, in order of their names."""
    changed = [llms[number] for number in {change.llm for change in changes}]
    return tuple((llm.name, llm.slug) for llm in sorted(changed, key=lambda llm: llm.name_key))


def load_public_changes() -> PublicChanges:
    """Reads the public part of the whole history, in one pass over it."""
    return PublicChanges(
        scores=group_by_date(
            find_public_score_changes(find_times_of_metrics(), find_times_of_llms())
        ),
        llms=group_by_date(find_first_publications()),
    )


def published_changes(content: Content) -> PublicChanges:
    """Returns the public changes at a content revision; found once."""
    changes: PublicChanges = content.compute_once("public changes", load_public_changes)
    return changes


def group_by_date(changes: Iterable[Any]) -> dict[datetime, list[Any]]:
    """Returns {date: changes}, in the order in which they happened."""
    dated: dict[datetime, list[Any]] = defaultdict(list)
    for change in changes:
        dated[change.date].append(change)
    return dict(dated)


def find_corrections(llm: LLM, metrics: dict[int, PublicTimes] | None = None) -> list[ScoreChange]:
    """Returns every change of a published score of one LLM, newest first; a first score is none.

    A caller that has the public times of the metrics hands them over.
    """
    metrics = find_times_of_metrics() if metrics is None else metrics
    changes = find_public_score_changes(metrics, find_times_of_llms([llm.pk]), llm.pk)
    return describe_changes([change for change in changes if change.is_correction][::-1])


def find_first_publications() -> Iterator[NewLLM]:
    """Yields the moment at which each published LLM first became public."""
    history = LLM.history.filter(is_published=True, id__in=LLM.objects.published().values("pk"))
    seen: set[int] = set()
    for llm, *values in history.order_by("history_id").values_list(
        "id", "history_date", "name_key", "name", "slug"
    ):
        if llm not in seen:
            seen.add(llm)
            yield NewLLM(*values)


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
