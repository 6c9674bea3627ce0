"""History of content: which changes belong together and why they were made."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import models
from django.utils import timezone
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords  # has no types


def one_entry_per_request(history_instance: Any, **kwargs: Any) -> None:
    """Gives one date to all that a form writes, which makes it one entry of the changes page.

    A reason that was given for the whole request stands in each record without one of its own.
    """
    request = getattr(HistoricalRecords.context, "request", None)
    if request is not None:
        history_instance.history_date = request.__dict__.setdefault("change_date", timezone.now())
        if not history_instance.history_change_reason:
            history_instance.history_change_reason = request.__dict__.get("change_reason")


def begin_again() -> None:
    """Lets what the present request writes next have a date of its own: nothing was stored of what
    it wrote before."""
    request = getattr(HistoricalRecords.context, "request", None)
    if request is not None:
        request.__dict__.pop("change_date", None)


def give_reason(reason: str) -> None:
    """Lets the history store this reason with everything that the present request writes."""
    request = getattr(HistoricalRecords.context, "request", None)
    if request is not None:
        request.__dict__["change_reason"] = reason or None


class Records(HistoryManager):  # type: ignore[misc, unused-ignore]  # has no types
    """The manager of a history. The package makes a class at each look at `.history`, which is a
    tenth of the CPU of an edit; here there is one."""

    @classmethod
    @cache
    def from_queryset(
        cls, queryset_class: type[models.QuerySet[Any]], name: str | None = None
    ) -> Any:
        return super().from_queryset(queryset_class, name)


class History(HistoricalRecords):  # type: ignore[misc, unused-ignore]  # has no types
    """A history with indexes of its own: the package has none for several fields together."""

    def __init__(self, indexes: Sequence[models.Index] = (), **options: Any):
        super().__init__(history_manager=Records, **options)
        self.indexes = list(indexes)

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        options: dict[str, Any] = super().get_meta_options(model)
        return options | {"indexes": self.indexes}


def history(indexes: Sequence[models.Index] = (), excluded: Sequence[str] = ()) -> History:
    """Makes the history of a model; reasons are public sentences and may be long.

    Fields that are excluded are those that never change.
    """
    reason = models.TextField(blank=True, null=True)
    return History(indexes, history_change_reason_field=reason, excluded_fields=[*excluded])
