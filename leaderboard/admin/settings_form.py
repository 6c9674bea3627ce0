"""Asks what becomes of scores whose run was set up in another way than the stored score's."""

from collections.abc import Iterator, Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from leaderboard.imports.choices import Choices
from leaderboard.imports.comparing import make_preview
from leaderboard.imports.line_texts import describe_difference
from leaderboard.imports.preview import Difference
from leaderboard.imports.settings import KEEP, NEW_LLM, REPLACE
from leaderboard.readers.results import Reading
from leaderboard.readers.run_settings import name_setting

PREFIX = "settings-"


class SettingsForm(forms.Form):
    """Has one question for each setting that differs, however many scores it concerns."""

    def __init__(
        self,
        differences: Mapping[Difference, int],
        chosen: Mapping[str, str],
        data: Mapping[str, str] | None = None,
    ):
        super().__init__(data)
        self.differences = list(differences)
        for number, (difference, count) in enumerate(differences.items()):
            # The difference is in the box's name: another window may have changed their order.
            name = name_setting(difference.setting, difference.new)
            self.fields[f"{PREFIX}{difference.key}"] = forms.ChoiceField(
                label=f"{describe_difference(difference)} ({count})",
                choices=[
                    (REPLACE, _("replace the stored scores")),
                    (KEEP, _("keep the stored scores")),
                    (NEW_LLM, _("scores of another LLM, “… (%(name)s)”") % {"name": name}),
                ],
                widget=forms.RadioSelect(attrs={"id": f"settings_{number}"}),
                required=False,
                initial=chosen.get(difference.key, ""),
            )

    def decisions(self) -> Iterator[tuple[str, str]]:
        """Yields (difference, decision) of what was chosen."""
        for difference in self.differences:
            if said := self.cleaned_data.get(f"{PREFIX}{difference.key}"):
                yield difference.key, said


def read_decisions(reading: Reading, choices: Choices, data: Mapping[str, str]) -> dict[str, str]:
    """Returns what was decided about settings that differ; others that were sent are no boxes."""
    if not any(name.startswith(PREFIX) for name in data):
        return {}
    form = SettingsForm(make_preview(reading, choices).differences, choices.settings, data)
    return dict(form.decisions()) if form.is_valid() else {}
