"""The box in which a maintainer says to the public why something changes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import clean_name_or_error
from leaderboard.text.privacy import private_detail


class ReasonField(forms.CharField):
    """Takes a public sentence: with words in it, and nothing invisible or private."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return clean_name_or_error(text) if text else ""

    def validate(self, value: str) -> None:
        super().validate(value)
        detail = private_detail(value)
        if detail:
            raise ValidationError(
                _(
                    "“%(found)s” names a place on somebody's machine, and visitors read this. "
                    "Leave it out."
                )
                % {"found": detail}
            )


def reason_field() -> ReasonField:
    """The box in which a maintainer says why scores change."""
    return ReasonField(
        label=_("Reason (public)"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"size": 80}),
        help_text=_(
            "Why scores change, in a sentence. Visitors see it beside the old and the new value, "
            "without your name. Needed when a published score is changed or removed."
        ),
    )


class DeletionForm(forms.Form):
    """Asks why something is deleted; visitors are told if they could see it."""

    reason = ReasonField(
        label=_("Reason (public)"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text=_("Why it goes, in a sentence. Visitors read it, without your name."),
    )

    def __init__(self, *args: Any, is_public: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.is_public = is_public

    def clean_reason(self) -> str:
        """Refuse to delete what visitors see without telling them why."""
        reason = str(self.cleaned_data["reason"])
        if self.is_public and not reason:
            raise ValidationError(_("Visitors see it: say why it goes."))
        return reason


class RestoreForm(forms.Form):
    """Names a deletion and says why it is taken back."""

    moment = forms.CharField(max_length=40, widget=forms.HiddenInput)
    reason = ReasonField(label=_("Reason (public)"), required=False, max_length=500)
