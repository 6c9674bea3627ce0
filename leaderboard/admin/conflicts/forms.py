"""Forms that show what another maintainer saved meanwhile instead of overwriting it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from leaderboard.admin.generics import (
    BaseFormSet,
    BaseInlineFormSet,
    BaseModelFormSet,
    ModelForm,
)

from .changes import FieldChange
from .snapshots import as_text, posted_text, row_key


def typed_text(form: forms.BaseForm, name: str) -> str:
    """What was posted for a field, in the spelling of snapshots."""
    return as_text(form[name].data)


def take_over_newer(form: Any, changes: Iterable[FieldChange]) -> set[str]:
    """Put the value stored now into each field that was left as it was opened.

    Nobody typed the older value. Returns the names of these fields.
    """
    ours = [change for change in changes if change.name in form.fields]
    left = {change.name for change in ours if typed_text(form, change.name) == change.opened}
    if left:
        form.data = form.data.copy()
    for name in left:
        value = form.get_initial_for_field(form.fields[name], name)
        if value is False:  # a box without a tick is not posted
            form.data.pop(form.add_prefix(name), None)
        else:
            form.data[form.add_prefix(name)] = posted_text(value)
    return left


class CarefulForm(ModelForm):
    """Refuses to save a row that was changed since the form was opened, and says in what."""

    refusal = ""
    changes: Sequence[FieldChange] = ()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.left = take_over_newer(self, self.changes) if self.is_bound else set()

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.refusal:
            self.add_error(None, self.refusal)
            for change in self.changes:
                self.add_error(*self.place_change(change))

    def place_change(self, change: FieldChange) -> tuple[str | None, str]:
        """The field beside which a change is told (None: above the form), and the sentence."""
        if change.name not in self.fields:
            column = change.column
            label = capfirst(column.verbose_name) if column is not None else change.name
            return None, change.sentence(label, None)
        typed = None if change.name in self.left else typed_text(self, change.name)
        return change.name, change.sentence(str(self[change.name].label), typed)


class CarefulRows(BaseFormSet):
    """Makes a formset refuse to save when a row came, went or changed since it was opened."""

    refusal = ""
    row_changes: Mapping[str, Sequence[FieldChange]] = {}
    row_sentences: Sequence[str] = ()

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if form.is_bound:
            form.left = take_over_newer(form, self.changes_of_row(form))

    def changes_of_row(self, form: Any) -> Sequence[FieldChange]:
        """The changes of the row that a form of the set edits."""
        return self.row_changes.get(row_key(form.instance), ())

    def clean(self) -> None:
        super().clean()
        refusal = [self.refusal] if self.refusal else []
        sentences = [*refusal, *self.row_sentences, *self.describe_changes()]
        if sentences:
            raise ValidationError(sentences)

    def describe_changes(self) -> Iterable[str]:
        """A sentence for each changed field of each row."""
        for form in self.forms:
            for change in self.changes_of_row(form):
                label = _("%(field)s of the row “%(row)s”") % {
                    "field": capfirst(change.column.verbose_name),
                    "row": change.row,
                }
                typed = None if change.name in form.left else typed_text(form, change.name)
                yield change.sentence(label, typed)


class CarefulInlineFormSet(CarefulRows, BaseInlineFormSet):
    """The rows of an inline; their look-up boxes know the rows that were read with the form's."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for name, box in form.fields.items():
            hand_known_row(box.widget, form.instance, name)


def hand_known_row(widget: Any, row: models.Model, name: str) -> None:
    """Give a look-up box the related row if it is loaded already, so that it asks for none."""
    known = getattr(getattr(widget, "widget", widget), "known", None)
    if known is None:
        return
    column: Any = row._meta.get_field(name)
    if column.is_cached(row) and (parent := getattr(row, name)):
        known[str(parent.pk)] = parent


class CarefulModelFormSet(CarefulRows, BaseModelFormSet):
    """The rows of an editable list."""
