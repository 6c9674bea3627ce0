"""What happened to the rows of a form since it was opened, and the sentences that say it."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from .snapshots import quote_value

UNKNOWN = _(
    "This form came without the values it was opened with, so nobody can tell whether somebody "
    "else changed them meanwhile. Nothing was saved. Open the form again and repeat your change."
)
STALE = _(
    "Nothing was saved yet: somebody changed this while you had the form open. What you typed is "
    "still here. Look at what is named below, then save again; or open the form again to leave "
    "everything as it is stored."
)
# By (was the value emptied, was something typed).
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
    """A value that differs from the one a form was opened with."""

    name: str
    column: Any  # the model's field; None for an input that is not one
    opened: str
    stored: str
    stamp: str  # when it was changed and by whom
    row: str = ""  # the name of the row, where a form has several

    def sentence(self, label: str, typed: str | None) -> str:
        """Both values, when, by whom, and how to go on; `typed` is None if nothing was typed."""
        return _(CHANGED[not self.stored, typed is not None]) % {
            "label": label,
            "stored": quote_value(self.column, self.stored),
            "stamp": self.stamp,
            "opened": quote_value(self.column, self.opened),
            "typed": "" if typed is None else quote_value(self.column, typed),
        }


@dataclass
class Conflicts:
    """Everything that happened to the rows of one form since it was opened."""

    refusal: str = ""  # the sentence with which the form is refused; empty if it is not
    fields: dict[str, list[FieldChange]] = field(default_factory=dict)  # by row_key
    rows: dict[str, list[str]] = field(default_factory=dict)  # by model: rows added or removed
    gone: set[str] = field(default_factory=set)  # row_keys of those removed
    opened: str | None = None  # the sealed values stored now, for the form that is shown again

    def gone_ids(self, model: type[models.Model]) -> set[str]:
        """The ids of removed rows of a model."""
        start = f"{model._meta.model_name}:"
        return {key.removeprefix(start) for key in self.gone if key.startswith(start)}

    def hand_to(self, formset: Any) -> None:
        """Give a formset class the changes of its rows, which it then refuses to overwrite."""
        formset.row_changes = self.fields
        formset.row_sentences = self.rows.get(formset.model._meta.model_name, ())


def set_conflicts(request: HttpRequest, conflicts: Conflicts) -> None:
    """Keep what a comparison found for the forms that this request makes afterwards."""
    vars(request)["conflicts"] = conflicts


def get_conflicts(request: HttpRequest) -> Conflicts:
    """What the comparison of this request found; no conflict if nothing was compared."""
    conflicts: Conflicts = vars(request).get("conflicts") or Conflicts()
    return conflicts
