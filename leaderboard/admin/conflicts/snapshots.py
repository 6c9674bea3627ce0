"""What a form was opened with, against what is stored when it is saved: no update gets lost."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from leaderboard.text.numbers import plain

Values = dict[str, str]  # field: what is stored in it, as text; empty ones are left out
Snapshot = dict[str, Values]  # row_key: its values

OPENED = "opened"  # the hidden input
LONGEST = 200  # characters of a text that a form carries along; of a longer one a digest does
UNKNOWN = _(
    "This form came without the values it was opened with, so nobody can tell whether somebody "
    "else changed them meanwhile. Nothing was saved. Open the form again and repeat your change."
)
STALE = _(
    "Nothing was saved yet: somebody changed this while you had the form open. What you typed is "
    "still here. Look at what is named below, then save again; or open the form again to leave "
    "everything as it is stored."
)


def is_row_id(text: Any) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,18}", str(text)))


def row_key(row: models.Model) -> str:
    return f"{row._meta.model_name}:{row.pk}"


def as_text(value: Any) -> str:
    """One way of writing each value; a long text as its beginning and its digest."""
    text = posted_text(value).replace("\r\n", "\n")  # a browser's, which is no difference
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST // 2]}…\0{digest(text)}"


def values_of(row: models.Model, names: Iterable[str]) -> Values:
    texts = {name: as_text(row._meta.get_field(name).value_from_object(row)) for name in names}
    return {name: text for name, text in texts.items() if text}


def concrete_names(model: type[models.Model], names: Iterable[str]) -> list[str]:
    """Those among the names on a form that are fields of the model."""
    concrete = {each.name for each in model._meta.concrete_fields}
    return [name for name in names if name in concrete]


def digest(shown: Any) -> str:
    """Of something that is too long to carry along, like the list of what would be deleted."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]


def seal(snapshot: Any, purpose: str) -> str:
    """For the hidden input: signed, so that what comes back is what was shown."""
    return signing.dumps(snapshot, salt=f"{OPENED} {purpose}", compress=True)


def unseal(text: str, purpose: str) -> Any:
    """The snapshot, or None if it is missing, of another form, or not ours."""
    try:
        return signing.loads(text, salt=f"{OPENED} {purpose}")
    except signing.BadSignature:
        return None


def changed_names(opened: Values, now: Values) -> list[str]:
    return [name for name in {**opened, **now} if opened.get(name, "") != now.get(name, "")]


def stored_field(model: type[models.Model], name: str) -> models.Field | None:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None  # a score box


def shown(column: models.Field | None, text: str) -> str:
    """A value in quotes, as the form names it: the row, the choice, yes or no."""
    if not text:
        return str(_("(empty)"))
    if column is not None and column.remote_field and is_row_id(text):
        row = column.related_model._base_manager.filter(pk=text).first()
        return f"“{row}”" if row else _("no. %(number)s, which is deleted") % {"number": text}
    if isinstance(column, models.BooleanField):
        text = {"True": _("yes"), "False": _("no")}.get(text, text)
    elif column is not None and column.flatchoices:
        text = dict(column.flatchoices).get(text, text)
    return f"“{str(text).partition(chr(0))[0]}”"


def text_then(record: Any, column: models.Field) -> str:
    """What a record of the history says that was stored after it: nothing after a deletion."""
    return "" if record.history_type == "-" else as_text(column.value_from_object(record))


def record_of(history: Iterable[Any], column: models.Field, stored: str) -> Any:
    """The record of a row's history, newest first, that brought the value it has now."""
    found = None
    for record in history:
        if text_then(record, column) != stored:
            break
        found = record
    return found


def stamp(record: Any, reader: Any = None) -> str:
    """When, and by whom if the history knows: “on 2026-11-23 14:05 UTC by anna”."""
    if record is None:
        return str(_("meanwhile"))
    user, when = record.history_user, f"{record.history_date:%Y-%m-%d %H:%M}"
    if user and user == reader:
        return _("on %(when)s UTC by you") % {"when": when}
    if user:
        return _("on %(when)s UTC by %(user)s") % {"when": when, "user": user}
    return _("on %(when)s UTC") % {"when": when}


# (was it emptied, was something typed): the sentence
CHANGED = {
    (False, False): gettext_noop(
        "%(label)s was changed to %(stored)s %(stamp)s while you had this form open; you opened it "
        "with %(opened)s and left it so. The form has the newer value now."
    ),
    (False, True): gettext_noop(
        "%(label)s was changed to %(stored)s %(stamp)s while you had this form open; you opened it "
        "with %(opened)s and typed %(typed)s. Save again to overwrite it, or type what is to be "
        "stored."
    ),
    (True, False): gettext_noop(
        "%(label)s was emptied %(stamp)s while you had this form open; you opened it with "
        "%(opened)s and left it so. The form has the newer value now."
    ),
    (True, True): gettext_noop(
        "%(label)s was emptied %(stamp)s while you had this form open; you opened it with "
        "%(opened)s and typed %(typed)s. Save again to overwrite it, or type what is to be stored."
    ),
}


@dataclass(frozen=True)
class FieldChange:
    """A value that is not the one a form was opened with."""

    name: str
    column: models.Field | None
    opened: str
    stored: str
    stamp: str
    row: str = ""  # how people know the row, where a form has several

    def sentence(self, label: str, typed: str | None) -> str:
        """Both values, when, by whom, and how to go on; nothing was typed if it was left as it
        was."""
        return _(CHANGED[not self.stored, typed is not None]) % {
            "label": label,
            "stored": shown(self.column, self.stored),
            "stamp": self.stamp,
            "opened": shown(self.column, self.opened),
            "typed": "" if typed is None else shown(self.column, typed),
        }


@dataclass
class Meanwhile:
    """Everything that happened to the rows of one form since it was opened."""

    refusal: str = ""
    fields: dict[str, list[FieldChange]] = field(default_factory=dict)  # by row
    rows: dict[str, list[str]] = field(default_factory=dict)  # by model: those come and gone
    gone: set[str] = field(default_factory=set)


def posted_text(value: Any) -> str:
    return "" if value is None else plain(value) if isinstance(value, Decimal) else str(value)


def without_rows(data: QueryDict, prefix: str, gone: set[str], pk_name: str = "id") -> QueryDict:
    """What was posted of a formset, less the rows that are deleted: they cannot be saved again."""
    numbers = [str(number) for number in range(int_or_zero(data.get(f"{prefix}-TOTAL_FORMS")))]
    lost = [each for each in numbers if data.get(f"{prefix}-{each}-{pk_name}") in gone]
    if not lost:
        return data
    kept = [each for each in numbers if each not in lost]
    moved = {f"{prefix}-{old}-": f"{prefix}-{new}-" for new, old in enumerate(kept)}
    dropped = tuple(f"{prefix}-{each}-" for each in lost)
    result = QueryDict(mutable=True)
    for name, values in data.lists():
        start = re.match(rf"{re.escape(prefix)}-[0-9]+-", name)
        if not name.startswith(dropped):
            new = moved.get(start[0], start[0]) + name[start.end() :] if start else name
            result.setlist(new, values)
    for count in ("TOTAL_FORMS", "INITIAL_FORMS"):
        name = f"{prefix}-{count}"
        result[name] = str(max(0, int_or_zero(data.get(name)) - len(lost)))
    return result


def int_or_zero(text: str | None) -> int:
    """Of a formset's count; more rows than a form may have fields are nonsense."""
    return min(int(text), 5_000) if text and re.fullmatch("[0-9]{1,6}", text) else 0
