"""Thousands of rows written by one statement that is prepared once.

Django builds the text of an INSERT of so many rows from each of its values, which takes several
times as long as the database takes to store them. Here too each value passes its field.
"""

from typing import Any

from django.db import IntegrityError, connection

from leaderboard.models import LLM, Alias, Score
from leaderboard.models.locks import content_lock

# By what a new row of these is found again: the statement does not say which ids they got.
FOUND_BY: dict[type, tuple[str, ...]] = {
    LLM: ("slug",),
    Score: ("llm_id", "metric_id"),
    Alias: ("key", "llm_id", "metric_id"),
}


def quote_name(name: str) -> str:
    """Quotes the name of a table or column for SQL."""
    return connection.ops.quote_name(name)


def insert_rows(model: Any, rows: list[Any]) -> None:
    """Inserts new rows, which get their ids."""
    if model not in FOUND_BY:
        model.objects.bulk_create(rows)
        return
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    table, columns = quote_name(model._meta.db_table), [quote_name(each.column) for each in fields]
    marks = ", ".join(["%s"] * len(fields))
    with content_lock(), connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",
            stored_values(fields, rows),
        )
    names = FOUND_BY[model]
    newest = model.objects.order_by("-pk").values_list("pk", *names)[: len(rows)]
    ids = {tuple(key): pk for pk, *key in newest}
    for row in rows:
        pk = ids.get(tuple(getattr(row, name) for name in names))
        if pk is None:  # the lock keeps all others away
            raise IntegrityError("Rows were added to this table past the content lock.")
        row.id = pk
        if isinstance(row, model):
            row._state.adding = False


def update_rows(model: Any, rows: list[Any], names: set[str]) -> None:
    """Writes the columns of these names, and no others, of stored rows."""
    fields = [field for field in model._meta.concrete_fields if names & {field.name, field.attname}]
    key = model._meta.pk
    table, columns = quote_name(model._meta.db_table), [quote_name(each.column) for each in fields]
    changes = ", ".join(f"{column} = %s" for column in columns)
    with content_lock(), connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {changes} WHERE {quote_name(key.column)} = %s",
            stored_values([*fields, key], rows),
        )


def stored_values(fields: list[Any], rows: list[Any]) -> Any:
    """Returns the values of each row as the database takes them, in the order of the fields."""
    return zip(*(stored_column(field, rows) for field in fields), strict=True)


def stored_column(field: Any, rows: list[Any]) -> list[Any]:
    """Returns the values of a field as the database takes them; values repeat, and each is asked
    for once."""
    known: dict[Any, Any] = {}
    values = []
    for row in rows:
        value = row.__dict__[field.attname]
        if value not in known:
            known[value] = field.get_db_prep_save(value, connection)
        values.append(known[value])
    return values
