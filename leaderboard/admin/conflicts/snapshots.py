"""The values that a page was opened with: how they are written, signed and compared."""

import hashlib
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import gettext_lazy as _

from leaderboard.text.numbers import format_exact

Values = dict[str, str]  # by field: the stored value as text; empty ones are left out
Snapshot = dict[str, Values]  # by row_key

OPENED = "opened"  # name of the hidden input
LONGEST = 200  # characters of a text that a form carries along; a longer one is cut and hashed


def is_row_id(text: object) -> bool:
    """Whether a text can be the id of a row, at most 18 digits."""
    return bool(re.fullmatch(r"[0-9]{1,18}", str(text)))


def row_key(row: models.Model) -> str:
    """“llm:12”: names a row in a snapshot."""
    return f"{row._meta.model_name}:{row.pk}"


def posted_text(value: object) -> str:
    """A value as a browser posts it."""
    return (
        "" if value is None else format_exact(value) if isinstance(value, Decimal) else str(value)
    )


def as_text(value: object) -> str:
    """A value in the one spelling that is compared; a long text as its beginning and a hash."""
    text = posted_text(value).replace("\r\n", "\n")  # browsers post \r\n, which is no change
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST // 2]}…\0{digest(text)}"


def read_values(row: models.Model, names: Iterable[str]) -> Values:
    """The values of a row's fields of these names."""
    columns: dict[str, Any] = {name: row._meta.get_field(name) for name in names}
    texts = {name: as_text(column.value_from_object(row)) for name, column in columns.items()}
    return {name: text for name, text in texts.items() if text}


def concrete_names(model: type[models.Model], names: Iterable[str]) -> list[str]:
    """The names on a form that are fields of the model."""
    concrete = {column.name for column in model._meta.concrete_fields}
    return [name for name in names if name in concrete]


def digest(value: object) -> str:
    """A hash of what is too long to carry along, such as the list of what would be deleted."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:32]


def seal(snapshot: Any, purpose: str) -> str:
    """The snapshot, signed for the hidden input of one form: nobody else can write one."""
    return signing.dumps(snapshot, salt=f"{OPENED} {purpose}", compress=True)


def unseal(text: str, purpose: str) -> Any:
    """The snapshot; None if it is missing, of another form, or was not signed here."""
    try:
        return signing.loads(text, salt=f"{OPENED} {purpose}")
    except signing.BadSignature:
        return None


def changed_names(opened: Values, now: Values) -> list[str]:
    """The fields whose values differ."""
    return [name for name in {**opened, **now} if opened.get(name, "") != now.get(name, "")]


def find_column(model: type[models.Model], name: str) -> Any:
    """The model's field of that name; None for an input that is not one, such as a score box."""
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def quote_value(column: Any, text: str) -> str:
    """A value in quotes as the form names it: the name of the row or choice, yes or no."""
    if not text:
        return str(_("(empty)"))
    if column is not None and column.remote_field and is_row_id(text):
        row = column.related_model._base_manager.filter(pk=text).first()
        return f"“{row}”" if row else _("no. %(number)s, which is deleted") % {"number": text}
    if isinstance(column, models.BooleanField):
        text = {"True": str(_("yes")), "False": str(_("no"))}.get(text, text)
    elif column is not None and column.flatchoices:
        text = str(dict(column.flatchoices).get(text, text))
    return f"“{text.partition(chr(0))[0]}”"
