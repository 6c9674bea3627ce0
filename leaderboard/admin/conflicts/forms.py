"""Forms that show what another maintainer saved meanwhile instead of overwriting it."""

from collections.abc import Iterable, Mapping, Sequence

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .snapshots import FieldChange, as_text, posted_text, row_key


def typed_text(form: forms.BaseForm, name: str) -> str:
    return as_text(form[name].data)


def take_over_newer(form: forms.BaseForm, changes: Iterable[FieldChange]) -> set[str]:
    """What was left as it was opened becomes what is stored now: nobody typed the older value.

    Returns the names of these fields."""
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


class CarefulForm(forms.ModelForm):
    """Is refused if a row was changed since the form was opened; the admin says in what."""

    refusal = ""
    changes: Sequence[FieldChange] = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.left = take_over_newer(self, self.changes) if self.is_bound else set()

    def full_clean(self):
        super().full_clean()
        if self.is_bound and self.refusal:
            self.add_error(None, self.refusal)
            for change in self.changes:
                self.add_error(*self.told(change))

    def told(self, change: FieldChange) -> tuple[str | None, str]:
        """The field beside which a change is told, and the sentence."""
        if change.name not in self.fields:
            column = change.column
            label = capfirst(column.verbose_name) if column is not None else change.name
            return None, change.sentence(label, None)
        typed = None if change.name in self.left else typed_text(self, change.name)
        return change.name, change.sentence(self[change.name].label, typed)


class CarefulRows:
    """Of a formset: is refused if a row came, went or was changed since the form was opened."""

    refusal = ""
    row_changes: Mapping[str, Sequence[FieldChange]] = {}
    row_sentences: Sequence[str] = ()

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if form.is_bound:
            form.left = take_over_newer(form, self.changes_of(form))

    def changes_of(self, form) -> Sequence[FieldChange]:
        return self.row_changes.get(row_key(form.instance), ())

    def clean(self):
        super().clean()
        refusal = [self.refusal] if self.refusal else []
        told = [*refusal, *self.row_sentences, *self.changed_rows()]
        if told:
            raise ValidationError(told)

    def changed_rows(self) -> Iterable[str]:
        for form in self.forms:
            for change in self.changes_of(form):
                label = _("%(field)s of the row “%(row)s”") % {
                    "field": capfirst(change.column.verbose_name),
                    "row": change.row,
                }
                typed = None if change.name in form.left else typed_text(form, change.name)
                yield change.sentence(label, typed)


class CarefulInlineFormSet(CarefulRows, forms.BaseInlineFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        for name, box in form.fields.items():
            tell_widget(box.widget, form.instance, name)


def tell_widget(widget: forms.Widget, row: models.Model, name: str) -> None:
    """Hands a box that looks up its row the one that was read with the form's."""
    known = getattr(getattr(widget, "widget", widget), "known", None)
    if known is not None and name in row._state.fields_cache:
        parent = row._state.fields_cache[name]
        known[str(parent.pk)] = parent


class CarefulModelFormSet(CarefulRows, forms.BaseModelFormSet):
    pass
