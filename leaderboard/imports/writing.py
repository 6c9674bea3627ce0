"""Scores written in bulk, under a lock, with history."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from leaderboard.models import LLM, ContentRevision, Import, Score
from leaderboard.models.revision import publish_change

from .preview import ScoreChange, Values

SHOWN_REASONS = 20
EDITED = gettext_noop(
    "Nothing was imported: somebody edited the same at this moment. Look at the preview again."
)


class Refusal(Exception):
    """Nothing was stored; the sentences say why."""

    def __init__(self, *reasons: str):
        super().__init__(*reasons)
        self.reasons = reasons


def lock_content() -> None:
    """One import or undo at a time: a second one waits here, then finds what the first has done."""
    list(ContentRevision.objects.select_for_update())


def lock(imported: Import) -> None:
    lock_content()
    if imported.pk:
        state = Import.objects.select_for_update().get(pk=imported.pk).state
        if state != Import.State.PENDING:
            raise Refusal(gettext("This file has been imported already, from another window."))


class Log:
    """Writes rows in bulk, with one date, one user and one reason in their history, and remembers
    what it created.

    History is copied inside the database, one statement for all rows: making an object of every
    record takes longer than all the rest of an import.
    """

    def __init__(self, user: Any, reason: str):
        self.user, self.reason = user, reason
        self.now = timezone.now()
        self.created: dict[str, list[int]] = defaultdict(list)

    def create(self, model: Any, rows: list) -> None:
        if rows:
            model.objects.bulk_create(rows)
            self.created[model._meta.model_name] += [row.pk for row in rows]
            if hasattr(model, "history"):
                self.record(model, rows, "+")

    def change(self, model: Any, rows: list) -> None:
        """By one upsert: an UPDATE with a CASE per row takes seconds for thousands."""
        if rows:
            fields = [f.name for f in model._meta.concrete_fields if not f.primary_key]
            model.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["id"], update_fields=fields
            )
            self.record(model, rows, "~")

    def remove(self, model: Any, rows: list) -> None:
        """Of scores only: nothing else hangs on them."""
        if rows:
            self.record(model, rows, "-")
            stored = model.objects.filter(pk__in=[row.pk for row in rows])
            stored._raw_delete(stored.db)

    def record(self, model: Any, rows: list, history_type: str) -> None:
        quote = connection.ops.quote_name
        columns = ", ".join(quote(field.column) for field in model._meta.concrete_fields)
        history, table = (quote(each._meta.db_table) for each in (model.history.model, model))
        date = connection.ops.adapt_datetimefield_value(self.now)
        said = [date, history_type, self.reason, self.user.pk if self.user else None]
        marks = ", ".join(["%s"] * len(rows))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {history} ({columns}, history_date, history_type, "
                "history_change_reason, history_user_id) "
                f"SELECT {columns}, %s, %s, %s, %s FROM {table} WHERE id IN ({marks}) ORDER BY id",
                [*said, *(row.pk for row in rows)],
            )


def publish_if_visible(llms: set[int]) -> None:
    """A draft must not be noticed from outside."""
    if LLM.objects.published().filter(pk__in=llms).exists():
        publish_change()


Cells = dict[tuple[int, int], Score]


def cells_of(pairs: Iterable[tuple[int, int]], lock: bool = False) -> Cells:
    """The scores of these LLMs and metrics that there are, in one query."""
    wanted = set(pairs)
    found = Score.objects.filter(
        llm__in={llm for llm, _ in wanted}, metric__in={metric for _, metric in wanted}
    )
    # In no order: that of scores joins benchmarks, which PostgreSQL does not lock.
    found = found.order_by().select_for_update() if lock else found.order_by()
    rows = {(row.llm_id, row.metric_id): row for row in found}
    return {pair: rows[pair] for pair in wanted & rows.keys()}


def locked_cells(changes: dict[tuple[int, int], ScoreChange]) -> Cells:
    """The scores as the preview read them, held until the end: an edit that came in between, on a
    database that lets it, is not overwritten."""
    here = cells_of(changes, lock=True)
    for pair, change in changes.items():
        if values_of(here.get(pair)) != change.before:
            raise Refusal(gettext(EDITED))
    return here


def values_of(row: Score | None) -> Values | None:
    return Values(*(getattr(row, name) for name in Values._fields)) if row else None


def put_scores(here: Cells, wanted: dict[tuple[int, int], Values | None], log: Log) -> None:
    """Make these cells hold these values, None for no score."""
    changed: list[Score] = []
    new: list[Score] = []
    for (llm, metric), values in wanted.items():
        if values is None:
            continue
        row = here.get((llm, metric)) or Score(llm_id=llm, metric_id=metric)
        for name, value in values._asdict().items():
            setattr(row, name, value)
        (changed if row.pk else new).append(row)
    log.remove(Score, [here[pair] for pair, values in wanted.items() if values is None])
    log.change(Score, changed)
    log.create(Score, new)


def id_of(row: models.Model | None) -> int | None:
    return row.pk if row else None
