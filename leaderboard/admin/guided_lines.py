"""The lines of the guided form: one for each metric, with its own unit, direction and questions."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import formset_factory
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import in_words
from leaderboard.models import Metric
from leaderboard.models.metrics import LARGEST_OF_UNIT
from leaderboard.text.numbers import parse_count
from leaderboard.text.sentences import Sentence

from .conflicts.posted import read_count
from .generics import BaseFormSet

LINES = 5  # at first, and with each press of “More lines”
MOST_LINES = 100
PREFIX = "line"


def model_box(model: type[models.Model], name: str, **changed: Any) -> Any:
    """The box that the admin's form of a model has for one of its fields."""
    field: Any = model._meta.get_field(name)
    return field.formfield(**changed)


class CountField(forms.CharField):
    """A number of questions, with or without a separator between thousands."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "size": 7})

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        try:
            return parse_count(text) if text else None
        except Sentence as error:
            raise in_words(error) from error


class MetricLineForm(forms.Form):
    """A metric of the new benchmark."""

    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"size": 16})
    )
    unit = model_box(Metric, "unit", help_text="")
    unit_label = model_box(
        Metric, "unit_label", help_text="", widget=forms.TextInput(attrs={"size": 6})
    )
    label_in_front = model_box(Metric, "label_in_front", help_text="")
    higher_is_better = model_box(Metric, "higher_is_better", help_text="")
    decimals = model_box(Metric, "decimals", help_text="", min_value=0, max_value=8)
    question_count = CountField(label=_("Questions"), required=False)
    questions_of = forms.CharField(
        label=_("Same questions as"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"size": 12}),
    )
    is_share_of_questions = model_box(
        Metric, "is_share_of_questions", label=_("Share of questions"), help_text=""
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("questions_of") and cleaned.get("question_count"):
            refusal = _("Its questions are those of the other line. Empty one of the two.")
            self.add_error("question_count", refusal)
        return cleaned

    def make(self, **fields: Any) -> Metric:
        """The metric, not stored yet; its other fields are given.

        The tick for a share of questions is there at first, and means nothing in ms or points.
        """
        own = {name: value for name, value in self.cleaned_data.items() if name != "questions_of"}
        own["is_share_of_questions"] &= own["unit"] in LARGEST_OF_UNIT
        return Metric(**own | fields)


class MetricLines(BaseFormSet):
    """All lines; those left empty are no metrics."""

    forms: list[MetricLineForm]
    typed: Sequence[dict[str, str]] = ()  # what the boxes of the first lines hold, not judged yet

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs = super().get_form_kwargs(index)
        if index is not None and index < len(self.typed):
            kwargs["initial"] = self.typed[index]
        return kwargs

    def filled(self) -> list[MetricLineForm]:
        """The lines that name a metric, in their order."""
        return [form for form in self.forms if form.cleaned_data.get("name")]

    def clean(self) -> None:
        lines = self.filled()
        if not lines and not any(self.errors):
            raise ValidationError(_("Name at least one metric."))
        names = [line.cleaned_data["name"].casefold() for line in lines]
        if len(names) != len(set(names)):
            raise ValidationError(_("Two lines have the same name. Give each metric its own."))
        owners = {
            line.cleaned_data["name"].casefold()
            for line in lines
            if not line.cleaned_data.get("questions_of")
        }
        for line in lines:
            other = line.cleaned_data.get("questions_of")
            if other and other.casefold() not in owners:
                refusal = _("No other line with questions of its own has the name “%(name)s”.")
                line.add_error("questions_of", refusal % {"name": other})


def make_lines(data: Mapping[str, Any] | None = None, count: int = LINES) -> MetricLines:
    """The lines as they were sent, else so many empty ones, at most MOST_LINES."""
    extra = min(count, MOST_LINES)
    kind: Any = formset_factory(MetricLineForm, formset=MetricLines, extra=extra)
    lines: MetricLines = kind(data, prefix=PREFIX)
    return lines


def add_lines(data: Mapping[str, Any]) -> MetricLines:
    """The lines as they were typed, not judged yet, and LINES empty ones behind them."""
    count = read_count(data.get(f"{PREFIX}-TOTAL_FORMS"))
    lines = make_lines(count=count + LINES)
    lines.typed = [
        {name: data.get(f"{PREFIX}-{number}-{name}", "") for name in MetricLineForm.base_fields}
        for number in range(count)
    ]
    return lines
