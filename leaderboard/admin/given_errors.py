"""Given standard errors on the forms of scores: a new value takes or drops none unasked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leaderboard.models import Metric, Score
from leaderboard.models.metrics import LARGEST_OF_UNIT
from leaderboard.text.numbers import format_exact

ERROR = "error-"  # the box of a standard error is named after this and the metric's key
KEEP = "keep_errors"


def error_name(metric: Metric) -> str:
    """The name of the box for a metric's standard error on the form of an LLM."""
    return f"{ERROR}{metric.key}"


def takes_error(metric: Metric, has_error: bool) -> bool:
    """Whether a score has a box for its standard error: it has one, or none follows from its
    questions or components."""
    is_share = metric.is_share_of_questions and metric.unit in LARGEST_OF_UNIT
    return has_error or not (is_share or metric.aggregate)


def error_box(metric: Metric, score: Score | None) -> Any:
    """The box for the given standard error of one score, in the unit of the metric."""
    column: Any = Score._meta.get_field("standard_error")
    box = column.formfield(
        label=_("Standard error"),
        help_text="",
        min_value=0,
        initial=score and score.standard_error,
    )
    # Visible are both labels, one beside the other; this one alone does not say whose it is.
    box.widget.attrs["aria-label"] = _("Standard error of %(metric)s") % {"metric": metric}
    return box


def keep_errors_field() -> forms.BooleanField:
    """The box to tick for standard errors that outlive their values; hidden until it is asked."""
    return forms.BooleanField(
        label=_("A standard error left as it is still holds"),
        required=False,
        widget=forms.HiddenInput(),
    )


def ask_about_error(form: forms.BaseForm, box: str, score: Score) -> None:
    """Refuse a new value beside the standard error of the old one until the box is ticked."""
    keep = form.fields[KEEP]
    keep.widget = forms.CheckboxInput()
    if form.cleaned_data.get(KEEP):
        return
    refusal = _(
        "The value was %(value)s when this standard error was given. Type the one of the new "
        "value, empty the box to remove it, or tick “%(keep)s”."
    )
    form.add_error(box, refusal % {"value": format_exact(score.value), "keep": keep.label})
