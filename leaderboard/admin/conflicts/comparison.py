"""Compares what a page was opened with against what is stored now."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from leaderboard.admin.generics import ModelAdmin

from .changes import STALE, Conflicts, FieldChange
from .history import deletion_record, describe_record, find_record, newest_records
from .posted import asked_to_field
from .snapshots import Snapshot, Values, changed_names, find_column, quote_value


class ComparingAdmin(ModelAdmin):
    """Finds what changed between two snapshots, when, and by whom."""

    def to_field_is_allowed(self, request: HttpRequest) -> bool:
        """Whether a row may be looked up by the field that the address names."""
        to_field = asked_to_field(request)
        return not to_field or self.to_field_allowed(request, to_field)

    def column_and_history(self, key: str, name: str) -> tuple[Any, Iterable[Any]]:
        """The column that an input of a row edits, and the records in which its changes stand."""
        model, pk = self.model_and_pk(key)
        return find_column(model, name), newest_records(model, id=pk)

    def model_and_pk(self, key: str) -> tuple[type[models.Model], str]:
        """What a row_key names."""
        name, pk = key.split(":")
        return self.opts.app_config.get_model(name), pk

    def compare(self, request: HttpRequest, opened: Snapshot, now: Snapshot) -> Conflicts:
        """Everything that changed between the two snapshots, in sentences for this user."""
        conflicts = Conflicts(gone=opened.keys() - now.keys())
        for key in [*opened, *(key for key in now if key not in opened)]:
            if key in conflicts.gone or key not in opened:
                model, _pk = self.model_and_pk(key)
                sentence = self.row_sentence(request, key, opened.get(key))
                conflicts.rows.setdefault(str(model._meta.model_name), []).append(sentence)
            elif changes := self.field_changes(request, key, opened[key], now[key]):
                conflicts.fields[key] = changes
        conflicts.refusal = str(STALE) if conflicts.rows or conflicts.fields else ""
        return conflicts

    def field_changes(
        self, request: HttpRequest, key: str, opened: Values, now: Values
    ) -> list[FieldChange]:
        """The changed values of one row."""
        changes = []
        names = changed_names(opened, now)
        model, pk = self.model_and_pk(key)
        row = str(model._base_manager.get(pk=pk)) if names else ""
        for name in names:
            column, history = self.column_and_history(key, name)
            was, stored = opened.get(name, ""), now.get(name, "")
            record = find_record(history, column, stored) if column else None
            when = describe_record(record, request.user)
            changes.append(FieldChange(name, column, was, stored, when, row))
        return changes

    def row_sentence(self, request: HttpRequest, key: str, opened: Values | None) -> str:
        """Says that a row was added (`opened` is None) or removed, with the values it had."""
        model, pk = self.model_and_pk(key)
        if opened is None:
            row = model._base_manager.get(pk=pk)
            newest = next(iter(newest_records(model, id=pk)), None)
            return _(
                "The row “%(row)s” was added %(stamp)s while you had this form open. It stays when "
                "you save again."
            ) % {"row": row, "stamp": describe_record(newest, request.user)}
        columns = {name: find_column(model, name) for name in opened}
        values = ", ".join(
            f"{columns[name].verbose_name} {quote_value(columns[name], text)}"
            for name, text in opened.items()
        )
        when = describe_record(deletion_record(model, pk), request.user)
        return _(
            "The row with %(values)s was removed %(stamp)s while you had this form open, so this "
            "form has it no more. Add it again in an empty row if it should stay."
        ) % {"values": values, "stamp": when}


def lock_rows(rows: models.QuerySet[Any], names: Iterable[str]) -> models.QuerySet[Any]:
    """The rows, locked; no row at all if the form writes none of their fields."""
    return rows.select_for_update(of=("self",)) if names else rows.none()
