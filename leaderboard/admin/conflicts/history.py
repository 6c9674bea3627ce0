"""Who changed a row and when, read from its history."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from .snapshots import as_text, is_row_id

# Who changed a value is searched in this many records of a row; one sentence is not worth more.
MOST_RECORDS = 100

HistoryRecord = Any  # simple_history makes the class; it has no types


def newest_records(model: Any, **conditions: Any) -> list[HistoryRecord]:
    """The records of a row, newest first."""
    records = model.history.filter(**conditions).select_related("history_user")
    return list(records.order_by("-history_id")[:MOST_RECORDS])


def deletion_record(model: type[models.Model], pk: str) -> HistoryRecord | None:
    """The record of a row's deletion; None if it is there or never was."""
    records = newest_records(model, id=pk) if is_row_id(pk) else []
    return records[0] if records and records[0].history_type == "-" else None


def text_after(record: HistoryRecord, column: Any) -> str:
    """The value of a column after the record's change, as text; empty after a deletion."""
    return "" if record.history_type == "-" else as_text(column.value_from_object(record))


def find_record(history: Iterable[HistoryRecord], column: Any, stored: str) -> HistoryRecord | None:
    """The record, in a history with the newest first, that brought the value stored now."""
    origin = None
    for record in history:
        if text_after(record, column) != stored:
            break
        origin = record
    return origin


def describe_record(record: HistoryRecord | None, reader: Any = None) -> str:
    """When a change was made and by whom: “on 2026-11-23 14:05 UTC by anna”.

    “meanwhile” without a record; the reader's own change is “by you”.
    """
    if record is None:
        return str(_("meanwhile"))
    user, when = record.history_user, f"{record.history_date:%Y-%m-%d %H:%M}"
    if user and user == reader:
        return _("on %(when)s UTC by you") % {"when": when}
    if user:
        return _("on %(when)s UTC by %(user)s") % {"when": when, "user": user}
    return _("on %(when)s UTC") % {"when": when}
