"""History of content: which changes belong together and why they were made."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords


def one_date_per_request(history_instance, **kwargs) -> None:
    """All that one form writes gets one date, which makes it one entry."""
    request = getattr(HistoricalRecords.context, "request", None)
    if request is not None:
        history_instance.history_date = request.__dict__.setdefault("change_date", timezone.now())


class History(HistoricalRecords):
    """A history with indexes of its own: the package has none for several fields together."""

    def __init__(self, indexes: Sequence[models.Index] = (), **options: Any):
        super().__init__(**options)
        self.indexes = list(indexes)

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        return super().get_meta_options(model) | {"indexes": self.indexes}


def history(indexes: Sequence[models.Index] = ()) -> History:
    """The history of a model; reasons are public sentences and may be long."""
    reason = models.TextField(blank=True, null=True)
    return History(indexes, history_change_reason_field=reason)
