"""Links of the View menu to the same view with other intervals, ranges, baselines or variants."""

from collections.abc import Mapping

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .selection import Selection

CURRENT = mark_safe(' aria-current="true"')


class ViewChoices:
    """The choices of a selection; the present one of each is marked."""

    def __init__(self, selection: Selection):
        self.selection = selection

    def intervals(self) -> SafeString:
        """Links to the same view with other intervals."""
        words = {None: _("ranking metric"), "all": _("all"), "off": _("off")}
        return self.links("intervals", words)

    def levels(self) -> SafeString:
        """Links to the same view with rank ranges of other levels."""
        words = {None: _("each LLM"), "all": _("all LLMs"), "pairwise": _("each pair")}
        return self.links("ranges", words)

    def baselines(self) -> SafeString:
        """Links to the same view with and without baselines."""
        return self.links("baselines", {None: _("shown"), "off": _("hidden")})

    def families(self) -> SafeString:
        """Links to the same view with all variants, and with the best of each family."""
        words = {None: _("all variants"), "best": _("best of each family")}
        return self.links("families", words)

    def links(self, parameter: str, words: Mapping[str | None, str]) -> SafeString:
        """A link for each value of a parameter; None is its default."""
        selection = self.selection
        return format_html_join(
            "\n",
            '<li><a href="{}" data-{}="{}"{}>{}</a></li>',
            (
                (
                    selection.url(**{parameter: choice}),
                    parameter,
                    choice or "",
                    CURRENT if choice == getattr(selection, parameter) else "",
                    text,
                )
                for choice, text in words.items()
            ),
        )
