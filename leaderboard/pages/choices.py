"""Links of the View menu to the same view with other intervals, rank ranges or baselines."""

from collections.abc import Mapping

from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from .selection import Selection

CURRENT = mark_safe(' aria-current="true"')


def interval_choices(selection: Selection) -> SafeString:
    """Links to the same view with other intervals; the present one is marked."""
    words = {None: _("ranking metric"), "all": _("all"), "off": _("off")}
    return links(selection, "intervals", words)


def level_choices(selection: Selection) -> SafeString:
    """Links to the same view with rank ranges of other levels; the present one is marked."""
    words = {None: _("each LLM"), "all": _("all LLMs"), "pairwise": _("each pair")}
    return links(selection, "ranges", words)


def baseline_choices(selection: Selection) -> SafeString:
    """Links to the same view with and without baselines; the present one is marked."""
    return links(selection, "baselines", {None: _("shown"), "off": _("hidden")})


def links(selection: Selection, parameter: str, words: Mapping[str | None, str]) -> SafeString:
    """A link for each value of a parameter; None is its default."""
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
