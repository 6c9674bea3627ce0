"""What was deleted, and how it is put back: the history holds every row as it was.

What one form or action deletes has one date: it is listed, and put back, together.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from leaderboard.models import (
    CONTENT,
    LLM,
    Alias,
    Benchmark,
    Fact,
    Leaderboard,
    Metric,
    Organization,
    Score,
    SitePage,
    Source,
)
from leaderboard.models.locks import write_content
from leaderboard.models.revision import publish_change
from leaderboard.models.touched import Note, note_row

from .returned_names import return_names
from .taken_out import say_mark

# What a deletion is about; other rows go along with these, or are parts of a form.
NAMED = (Leaderboard, SitePage, Benchmark, Metric, LLM, Organization, Source, Fact, Score)
KINDS = (*CONTENT, Alias)  # in this order a row finds those that it needs
SHOWN_NAMES = 5
SHOWN_REFUSALS = 20


class RestoreRefused(Exception):
    """A deletion that cannot be taken back now; nothing was stored. `reasons` are sentences."""

    def __init__(self, *reasons: str):
        super().__init__(*reasons)
        self.reasons = reasons


@dataclass(frozen=True)
class Deletion:
    """Rows that were deleted together and are still gone."""

    date: datetime
    user: Any
    reason: str
    names: tuple[str, ...]  # of some of the rows that it was about
    more: int  # rows that it was about, beside those named
    counts: tuple[tuple[str, int], ...]  # (kind in the plural, number), everything that went

    @property
    def moment(self) -> str:
        """Its name in addresses: no two deletions have one date."""
        return self.date.isoformat()


def deleted_rows(model: Any) -> QuerySet[Any]:
    """The records of the deletion of rows that are still gone."""
    later = model.history.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    records: QuerySet[Any] = model.history.filter(~Exists(later), history_type="-")
    return records.order_by()


def list_deletions(limit: int, offset: int = 0) -> tuple[list[Deletion], bool]:
    """(deletions, newest first; whether there are older ones), in a constant number of queries."""
    dates: set[datetime] = set()
    for model in NAMED:
        found = deleted_rows(model).values_list("history_date", flat=True).distinct()
        dates |= set(found.order_by("-history_date")[: offset + limit + 1])
    newest = sorted(dates, reverse=True)[offset : offset + limit + 1]
    return list(describe_deletions(newest[:limit])), len(newest) > limit


def describe_deletions(dates: list[datetime]) -> Iterator[Deletion]:
    """The deletions of these dates."""
    counts: dict[datetime, dict[Any, int]] = {date: {} for date in dates}
    for model in KINDS:
        rows = deleted_rows(model).filter(history_date__in=dates)
        for date, count in rows.values_list("history_date").annotate(Count("history_id")):
            counts[date][model] = count
    for date in dates:
        if counts[date]:
            yield describe_deletion(date, counts[date])


def describe_deletion(date: datetime, counts: dict[Any, int]) -> Deletion:
    """One deletion, named after the first of NAMED that is among its rows."""
    about = next(model for model in NAMED if model in counts)
    records = deleted_rows(about).filter(history_date=date).select_related("history_user")
    some = list(records.order_by("history_id")[:SHOWN_NAMES])
    return Deletion(
        date=date,
        user=some[0].history_user,
        reason=say_mark(some[0].history_change_reason or ""),
        names=tuple(name_record(record) for record in some),
        more=counts[about] - len(some),
        counts=tuple(
            (str(model._meta.verbose_name_plural), counts[model])
            for model in KINDS
            if model in counts
        ),
    )


def name_record(record: Any) -> str:
    """“LLM gpt-4o”; of a score, by the names that its LLM and metric have or had."""
    row = record.instance
    if isinstance(row, Score):
        llm, metric = last_name(LLM, row.llm_id), last_name(Metric, row.metric_id)
        return f"{Score._meta.verbose_name} {llm}, {metric}: {row.value.normalize():f}"
    return f"{row._meta.verbose_name} {record.title if hasattr(record, 'title') else record.name}"


def last_name(model: Any, pk: int) -> str:
    """The last name of a row, which may be gone."""
    name = model.history.filter(id=pk).order_by("-history_id").values_list("name", flat=True)
    return str(name.first() or "?")


def restore(date: datetime, user: Any, reason: str) -> int:
    """Puts back everything that was deleted at this date, as it was; returns the number of rows.

    Raises RestoreRefused, with a sentence for each obstacle, if a name is taken by now, something
    that a row needs is gone, or a rule refuses a row.
    """

    def write() -> int:
        rows = {
            model: [record.instance for record in records.order_by("history_id")]
            for model in KINDS
            if (records := deleted_rows(model).filter(history_date=date)).exists()
        }
        if not any(model in rows for model in NAMED):
            raise RestoreRefused(_("It was put back already, or was never deleted."))
        refusals = list(missing_parents(rows)) or list(put_back(rows, user, reason))
        if refusals:
            raise RestoreRefused(*refusals[:SHOWN_REFUSALS])
        for llm in rows.get(LLM, ()):
            return_names(llm, date, user, reason)
        if are_public(rows):
            publish_change(
                set[Note]().union(
                    *(note_row(model, row.__dict__) for model in rows for row in rows[model])
                )
            )
        return sum(map(len, rows.values()))

    return write_content(write)


def are_public(rows: dict[Any, list[Any]]) -> bool:
    """Whether visitors see any of these rows; they must not notice drafts."""
    return any(
        model.objects.published().filter(pk__in=[row.pk for row in some]).exists()
        for model, some in rows.items()
        if model is not Alias
    )


def missing_parents(rows: dict[Any, list[Any]]) -> Iterator[str]:
    """A sentence for each row that these rows need and that is gone, not with them."""
    coming = {(model, row.pk) for model, some in rows.items() for row in some}
    needed: dict[tuple[Any, int], None] = {}  # in order
    for model, some in rows.items():
        parents = [field for field in model._meta.concrete_fields if field.many_to_one]
        for row, field in ((row, field) for row in some for field in parents):
            key = (field.related_model, getattr(row, field.attname))
            if key[1] is not None and key not in coming:
                needed[key] = None
    for parent, pk in needed:
        if not parent._default_manager.filter(pk=pk).exists():
            title = parent.history.filter(id=pk).order_by("-history_id").first()
            yield _("The %(kind)s “%(name)s” is needed and was deleted too: put it back first.") % {
                "kind": parent._meta.verbose_name,
                "name": getattr(title, "name", None) or getattr(title, "title", pk),
            }


def put_back(rows: dict[Any, list[Any]], user: Any, reason: str) -> Iterator[str]:
    """Stores the rows with their old numbers; yields a sentence for each that a rule refuses."""
    now = timezone.now()  # one date, so that it is one edit
    for model, some in in_order(rows):
        refusals = list(refused_scores(some) if model is Score else refused(some))
        yield from refusals
        if refusals:
            return
        if not some:
            continue
        bulk_create_with_history(
            some,
            model,
            batch_size=500,
            default_user=user,
            default_change_reason=reason or None,
            default_date=now,
        )


def in_order(rows: dict[Any, list[Any]]) -> Iterator[tuple[Any, list[Any]]]:
    """The rows by model, so that each comes behind those that it names."""
    for model, some in rows.items():
        asking = [row for row in some if getattr(row, "questions_of_id", None)]
        yield model, [row for row in some if row not in asking]
        yield model, asking  # the questions of another metric


def refused(rows: Iterable[Any]) -> Iterator[str]:
    """A sentence for each row that its form would refuse."""
    parents = {
        "llm", "metric", "aggregate", "leaderboard", "benchmark", "sitepage", "questions_of",
        "fact",
    }  # fmt: skip
    for row in rows:
        try:
            row.full_clean(exclude=parents)  # these are there, or come with the row
        except ValidationError as error:
            for sentence in error.messages:
                yield f"{row}: {sentence}"


def refused_scores(scores: list[Score]) -> Iterator[str]:
    """The same for many scores, in two queries."""
    metrics = Metric.objects.select_related("benchmark").in_bulk({row.metric_id for row in scores})
    taken = set(
        Score.objects.filter(llm__in={row.llm_id for row in scores}).values_list("llm", "metric")
    )
    for row in scores:
        metric = metrics[row.metric_id]
        if (row.llm_id, row.metric_id) in taken:
            yield _("%(llm)s has another score in %(metric)s by now. Remove that one first.") % {
                "llm": last_name(LLM, row.llm_id),
                "metric": metric,
            }
            continue
        try:
            metric.check_value(row.value)
        except ValidationError as error:
            yield from error.messages
