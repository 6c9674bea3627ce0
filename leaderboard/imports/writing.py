"""Rows written in bulk, within the content lock, with history."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext

from leaderboard.models import LLM, Import, Score
from leaderboard.models.revision import publish_change
from leaderboard.models.touched import Note, note_row

from .bulk_rows import insert_rows, quote_name, update_rows
from .preview import Values

SHOWN_REASONS = 20


class ImportRefused(Exception):
    """An import or its undo that stored nothing; `reasons` are sentences that say why."""

    def __init__(self, *reasons: str):
        super().__init__(*reasons)
        self.reasons = reasons


def waiting_row(pending: Import) -> Import:
    """Returns the row as it is stored, without its reading, which is megabytes.

    Raises ImportRefused unless it still waits.
    """
    rows = Import.objects.select_for_update().filter(pk=pending.pk, state=Import.State.PENDING)
    row: Import | None = rows.defer("reading").first()
    if row is None:
        raise ImportRefused(
            gettext("This file was imported, refused or put away already, from another window.")
        )
    return row


class BulkWriter:
    """Writes rows in bulk, and remembers which it created.

    Their history has one date, one user and one reason. It is copied inside the database, by one
    statement for all rows: an object for every record takes longer than the rest of an import.
    """

    def __init__(self, user: Any, reason: str | None):
        self.user, self.reason = user, reason
        self.now = timezone.now()
        self.created: dict[str, list[int]] = defaultdict(list)
        self.touched: set[Note] = set()

    def create(self, model: Any, rows: list[Any]) -> None:
        """Inserts new rows, which get their ids."""
        if rows:
            for row in rows:
                row.derive()
            insert_rows(model, rows)
            self.created[model._meta.model_name] += [row.pk for row in rows]
            if hasattr(model, "history"):
                self.record(model, rows, "+")
                self.note(model, rows)

    def change(self, model: Any, rows: list[Any], columns: Iterable[str]) -> None:
        """Writes these columns, and no others, of stored rows."""
        if rows:
            update_rows(model, rows, set(columns))
            self.record(model, rows, "~")
            self.note(model, rows)

    def remove(self, model: Any, rows: list[Any]) -> None:
        """Deletes rows to which no other row refers, and notes it in their history.

        It is done by SQL: Django's deletion sends a signal for each row, which would write a second
        record of history.
        """
        if rows:
            self.record(model, rows, "-")
            self.note(model, rows)
            table, marks = quote_name(model._meta.db_table), ", ".join(["%s"] * len(rows))
            with connection.cursor() as cursor:
                cursor.execute(
                    f"DELETE FROM {table} WHERE id IN ({marks})", [row.pk for row in rows]
                )

    def note(self, model: Any, rows: list[Any]) -> None:
        """Notes for publish_change() that these rows were written."""
        self.touched.update(*(note_row(model, row.__dict__) for row in rows))

    def record(self, model: Any, rows: list[Any], history_type: str) -> None:
        """Copies these rows, as they are stored now, into the history of their model."""
        columns = ", ".join(quote_name(field.column) for field in model._meta.concrete_fields)
        history, table = (
            quote_name(copied._meta.db_table) for copied in (model.history.model, model)
        )
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


def publish_if_visible(llms: set[int], writer: BulkWriter) -> None:
    """Renews the revision if one of these LLMs is published: visitors must not notice drafts."""
    if LLM.objects.published().filter(pk__in=llms).exists():
        publish_change(writer.touched)


@dataclass
class ScoreRow:
    """A row of the scores, without all that a model brings: making it takes a tenth of the time."""

    llm_id: int
    metric_id: int
    value: Decimal
    decimals: int
    question_count: int | None
    standard_error: Decimal | None
    source_id: int | None
    measured_on: date | None
    note: str
    id: int | None = None

    @property
    def pk(self) -> int | None:
        return self.id

    def derive(self) -> None:
        """Nothing follows from other fields: values come with their decimals."""


StoredScores = dict[tuple[int, int], ScoreRow]


def load_scores(pairs: Iterable[tuple[int, int]]) -> StoredScores:
    """Reads the stored scores of these LLMs and metrics, in one query."""
    wanted = set(pairs)
    scores = Score.objects.filter(
        llm__in={llm for llm, _ in wanted}, metric__in={metric for _, metric in wanted}
    )
    rows = scores.order_by().values_list("llm_id", "metric_id", *Values._fields, "pk")
    return {row[:2]: ScoreRow(*row) for row in rows.iterator() if row[:2] in wanted}


def read_score(row: ScoreRow | None) -> Values | None:
    """Returns what a score holds; None for no score."""
    return Values(*(getattr(row, name) for name in Values._fields)) if row else None


def put_scores(
    here: StoredScores, wanted: dict[tuple[int, int], Values | None], writer: BulkWriter
) -> None:
    """Makes these cells hold these values; None removes the score."""
    changed: list[ScoreRow] = []
    new: list[ScoreRow] = []
    for pair, values in wanted.items():
        if values is not None:
            known = here[pair].pk if pair in here else None
            (changed if known else new).append(ScoreRow(*pair, **values._asdict(), id=known))
    writer.remove(Score, [here[pair] for pair, values in wanted.items() if values is None])
    writer.change(Score, changed, Values._fields)
    writer.create(Score, new)


def id_of(row: models.Model | None) -> int | None:
    """Returns the id of a row; None for no row."""
    return row.pk if row else None
