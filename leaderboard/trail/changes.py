"""What became public and what was corrected: the history as visitors may see it.

One entry is one form, one import or one load: what is written together has one date. Drafts are
left out, also the time before a draft was published, and nobody's name is in it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from leaderboard.models import LLM, Column, Component, Leaderboard, Score, with_components
from leaderboard.standings.aggregates import bottom_up, refused, shown_values
from leaderboard.standings.records import ScoreRecord, load_metrics
from leaderboard.text.numbers import decimal_places, format_number
from leaderboard.text.words import listed

SHOWN_NAMES = 12
SHOWN_CORRECTIONS = 50  # of one entry; an LLM's own page has all of its own
REFUSED = gettext_noop("a value that did not fit its components")


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """A correction: one published score, before and after. None is no score."""

    date: datetime
    llm: str
    slug: str
    metric: str
    key: str
    old: str | None
    new: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened at once."""

    date: datetime
    new_llms: tuple[tuple[str, str], ...]  # (name, slug)
    new_scores: int
    scored_llms: tuple[tuple[str, str], ...]  # those with new scores
    corrected_llms: tuple[tuple[str, str], ...]
    correction_count: int
    corrections: tuple[ScoreChange, ...]  # the first of them

    @property
    def title(self) -> str:
        """“New LLM gpt-4o, 9 new scores”, “1 correction of gpt-4o”"""
        parts = [self.new_llms_in_words, self.new_scores_in_words, self.corrections_in_words]
        return listed(part for part in parts if part)

    @property
    def new_llms_in_words(self) -> str:
        if not self.new_llms:
            return ""
        if len(self.new_llms) == 1:
            return _("New LLM %(name)s") % {"name": self.new_llms[0][0]}
        return _("%(count)s new LLMs") % {"count": f"{len(self.new_llms):,}"}

    @property
    def new_scores_in_words(self) -> str:
        if not self.new_scores:
            return ""
        if self.new_llms:
            words = ngettext("%(count)s new score", "%(count)s new scores", self.new_scores)
            return words % {"count": f"{self.new_scores:,}"}
        words = ngettext(
            "%(count)s new score of %(llms)s", "%(count)s new scores of %(llms)s", self.new_scores
        )
        return words % {"count": f"{self.new_scores:,}", "llms": named(self.scored_llms)}

    @property
    def corrections_in_words(self) -> str:
        if not self.correction_count:
            return ""
        words = ngettext(
            "%(count)s correction of %(llms)s",
            "%(count)s corrections of %(llms)s",
            self.correction_count,
        )
        return words % {"count": f"{self.correction_count:,}", "llms": named(self.corrected_llms)}

    @property
    def more_corrections(self) -> int:
        return self.correction_count - len(self.corrections)

    @property
    def anchor(self) -> str:
        return self.date.strftime("t%Y%m%d%H%M%S%f")

    @property
    def first_new_llms(self) -> tuple[tuple[str, str], ...]:
        return self.new_llms[:SHOWN_NAMES]

    @property
    def more_new_llms(self) -> int:
        return max(0, len(self.new_llms) - SHOWN_NAMES)


def named(llms: tuple[tuple[str, str], ...]) -> str:
    """The one LLM by its name, several by their number."""
    if len(llms) == 1:
        return llms[0][0]
    return _("%(count)s LLMs") % {"count": f"{len(llms):,}"}


def dates() -> QuerySet:
    """The dates of the public entries, newest first."""
    scored = public_scores().order_by().values_list("history_date", flat=True)
    published = publications().order_by().values_list("history_date", flat=True)
    return scored.union(published).order_by("-history_date")


def entries(of_dates: Iterable[datetime]) -> list[Entry]:
    """The entries of these dates, newest first."""
    wanted = sorted(set(of_dates), reverse=True)
    llms: dict[datetime, list[tuple[str, str]]] = defaultdict(list)
    for record in publications().filter(history_date__in=wanted).order_by("name_key"):
        llms[record.history_date].append((record.name, record.slug))
    scores = public_scores().filter(history_date__in=wanted)
    added = per_date(scores.filter(before_type=None))
    corrected = per_date(scores.exclude(before_type=None))
    shown = corrections(scores.exclude(before_type=None), at_most=SHOWN_CORRECTIONS)
    return [
        Entry(
            date=date,
            new_llms=tuple(llms[date]),
            new_scores=added[date][0],
            scored_llms=added[date][1],
            corrected_llms=corrected[date][1],
            correction_count=corrected[date][0],
            corrections=tuple(each for each in shown if each.date == date),
        )
        for date in wanted
    ]


def per_date(scores: QuerySet) -> dict[datetime, tuple[int, tuple[tuple[str, str], ...]]]:
    """{date: (number of scores, their LLMs)}"""
    found: dict[datetime, tuple[int, tuple[tuple[str, str], ...]]] = defaultdict(lambda: (0, ()))
    rows = scores.order_by("history_date", "llm__name_key").values_list(
        "history_date", "llm__name", "llm__slug"
    )
    for date, group in groupby(rows.annotate(number=Count("pk")), key=itemgetter(0)):
        llms = list(group)
        names = tuple((name, slug) for _, name, slug, _ in llms)
        found[date] = (sum(number for *_, number in llms), names)
    return found


def corrections_of(llm: LLM) -> list[ScoreChange]:
    """Every change of a published score of one LLM, newest first; a first score is none."""
    return corrections(public_scores().filter(llm_id=llm.pk).exclude(before_type=None))


def corrections(scores: QuerySet, at_most: int | None = None) -> list[ScoreChange]:
    """In words, newest first; at most so many of one date."""
    records = []
    for _date, group in groupby(scores, key=lambda record: record.history_date):
        records += list(group)[:at_most]
    hidden = refused_values(records)
    return [as_change(record, hidden) for record in records]


def publications() -> QuerySet:
    """The moment each published LLM first became public."""
    history = LLM.history.model.objects
    earlier = history.filter(
        id=OuterRef("id"), is_published=True, history_id__lt=OuterRef("history_id")
    )
    return history.filter(
        ~Exists(earlier), is_published=True, id__in=LLM.objects.published().values("pk")
    )


def public_scores() -> QuerySet:
    """History of scores that visitors could see change, newest first.

    `before` is the last value before and `before_type` what the record before did, None if there
    was none. Records that did not change the value are left out, and so is what happened while the
    LLM, or every leaderboard with the metric, was not published.
    """
    history = Score.history.model.objects
    earlier = history.filter(
        llm_id=OuterRef("llm_id"),
        metric_id=OuterRef("metric_id"),
        history_id__lt=OuterRef("history_id"),
    ).order_by("-history_id")
    llm_then = LLM.history.model.objects.filter(
        id=OuterRef("llm_id"), history_date__lte=OuterRef("history_date")
    ).order_by("-history_date", "-history_id")
    return (
        history.filter(public_metrics(), llm_id__in=LLM.objects.published().values("pk"))
        .annotate(
            before=Subquery(earlier.exclude(history_type="-").values("value")[:1]),
            before_type=Subquery(earlier.values("history_type")[:1]),
            was_published=Subquery(llm_then.values("is_published")[:1]),
        )
        .filter(was_published=True)
        .exclude(Q(history_type="~") & Q(value=F("before")))
        .select_related("llm", "metric__benchmark")
        .order_by("-history_date", "-history_id")
    )


def public_metrics() -> Q:
    """Records of a metric from when the first leaderboard that depends on it was published."""
    published = Leaderboard.history.filter(
        is_published=True, id__in=Leaderboard.objects.published().values("pk")
    )
    columns: dict[int, list[int]] = defaultdict(list)
    for board, metric in Column.objects.published().values_list("leaderboard_id", "metric_id"):
        columns[board].append(metric)
    parts = Component.objects.parts()
    condition = Q(pk__in=[])
    for board, since in published.order_by().values_list("id").annotate(Min("history_date")):
        metrics = with_components(columns[board], parts)
        condition |= Q(metric_id__in=metrics, history_date__gte=since)
    return condition


def as_change(record, hidden: set[tuple]) -> ScoreChange:
    was_there = record.before is not None and record.before_type != "-"
    key = (record.llm_id, record.metric_id, record.history_date)
    return ScoreChange(
        date=record.history_date,
        llm=record.llm.name,
        slug=record.llm.slug,
        metric=str(record.metric),
        key=record.metric.key,
        old=in_words(record, record.before, (*key, "before") in hidden) if was_there else None,
        new=None
        if record.history_type == "-"
        else in_words(record, record.value, (*key, "after") in hidden),
        reason=record.history_change_reason or "",
    )


def in_words(record, value: Decimal, is_refused: bool) -> str:
    """One that its components contradicted was never public and is not now."""
    if is_refused:
        return _(REFUSED)
    return format_number(value, max(record.metric.decimals, decimal_places(value)))


def refused_values(records: list) -> set[tuple]:
    """{(LLM, metric, date, "before" or "after")} of aggregates that were not shown then, because
    their components contradicted them. What has one date is one state, whatever its order."""
    wanted: dict[int, set[datetime]] = defaultdict(set)
    for record in records:
        if record.metric.aggregate:
            wanted[record.llm_id].add(record.history_date)
    if not wanted:
        return set()
    past = Score.history.filter(llm_id__in=wanted).order_by("llm_id", "history_date", "history_id")
    metrics = load_metrics()
    order = bottom_up(metrics)
    return {
        (llm, metric, date, when)
        for llm, history in groupby(past.iterator(), key=lambda record: record.llm_id)
        for date, when, scores in states(history, wanted[llm])
        for metric in refused(scores, shown_values(scores, order, metrics))
    }


def states(history: Iterable, dates: set[datetime]) -> Iterator[tuple]:
    """(date, "before" or "after", the LLM's scores) around each of the dates."""
    scores: dict[int, ScoreRecord] = {}
    for date, at_once in groupby(history, key=lambda record: record.history_date):
        if date in dates:
            yield date, "before", scores
        for record in at_once:
            if record.history_type == "-":
                scores.pop(record.metric_id, None)
            else:
                scores[record.metric_id] = ScoreRecord(
                    record.llm_id, record.metric_id, record.value, record.decimals
                )
        if date in dates:
            yield date, "after", scores
