"""Names that a maintainer has to take out of the trail, as for a legal reason.

A mark stands where the name stood, and the entry says that a name was taken out.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

TAKEN_OUT = "taken_out"  # in a difference from which a name was taken
MARK = gettext_noop("[name taken out]")


def in_words(stored: dict[str, Any]) -> dict[str, Any]:
    """A difference as readers see it, with the mark in their language."""
    return replace(stored, MARK, _(MARK)) if stored.get(TAKEN_OUT) else stored


def replace(value: Any, old: str, new: str) -> Any:
    """The value with one text for another in all of its texts; keys stay."""
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, list):
        return [replace(part, old, new) for part in value]
    if isinstance(value, dict):
        return {key: replace(part, old, new) for key, part in value.items()}
    return value
