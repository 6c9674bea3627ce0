"""What is asked about the source of an import: one that is here, or a new one; and the reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import WebAddressField
from leaderboard.imports.sources import find_source
from leaderboard.models import Source

from .reasons import ReasonField


class StoredSourceField(forms.CharField):
    """Takes the number, title or address of a stored source, and returns its id."""

    def clean(self, value: Any) -> int | None:
        """Return the id; None for nothing. Raises ValidationError for what is no source here."""
        text = str(super().clean(value) or "")
        return int(find_source(text).pk) if text else None


class SourceForm(forms.Form):
    """Asks where the scores of an import come from, and why they change."""

    source = StoredSourceField(
        label=_("Source that is here"),
        required=False,
        max_length=200,
        help_text=_("Its number, title or address. Empty: a new one, as said below."),
    )
    source_title = forms.CharField(
        label=_("Title of the source"),
        required=False,
        max_length=200,
        help_text=_(
            "As a reader would cite it. Empty: what the file says, else made of benchmark and date."
        ),
    )
    source_url = WebAddressField(_("Address of the source")).formfield(
        required=False, help_text=_("Where a reader can check the numbers.")
    )
    tier = forms.ChoiceField(
        choices=[("", "–"), *Source.Tier.choices],
        required=False,
        label=_("Who measured"),
        help_text=_("How independent the evaluator is of the LLM."),
    )
    source_evaluator = forms.CharField(
        label=_("Evaluator"), required=False, max_length=200, help_text=_("Who ran the evaluation.")
    )
    reason = ReasonField(
        label=_("Reason (public)"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text=_("Why these scores change, in a sentence. Visitors read it, without your name."),
    )
