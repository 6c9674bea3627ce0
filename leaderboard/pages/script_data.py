"""The data that the page's script works on, as JSON in an attribute."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from leaderboard.text.facts import UNKNOWN

from .view import Choice


def box_numbers(values: Iterable[str], boxes: Iterable[Choice]) -> list[int | None]:
    """The number of each value's box in a filter; None for unknown."""
    numbers = {box.value: number for number, box in enumerate(boxes) if box.value != UNKNOWN}
    return [numbers.get(value) for value in values]


def size_number(size: Decimal | None) -> float | None:
    """Billions of parameters as JSON has them: 70, 1.7, null."""
    if size is None:
        return None
    return int(size) if size == int(size) else float(size)


# The attribute stands in single quotes, since JSON is full of double ones.
ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "&'<>"}


def json_for_attribute(data: dict[str, Any]) -> SafeString:
    """JSON for an attribute in single quotes; no text in it can end the attribute."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return mark_safe(text.translate(ESCAPES))
