"""The data that the page's script works on."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from .selection import UNKNOWN
from .view import Choice


def box_numbers(values: Iterable[str], boxes: Iterable[Choice]) -> list[int | None]:
    """Which box of a filter each value is; None if it is unknown."""
    place = {box.value: number for number, box in enumerate(boxes) if box.value != UNKNOWN}
    return [place.get(value) for value in values]


def size_number(size: Decimal | None) -> float | None:
    """Billions of parameters as JSON has them: 70, 1.7, null."""
    if size is None:
        return None
    return int(size) if size == int(size) else float(size)


# For an attribute in single quotes: JSON is full of double ones.
ESCAPES = {ord(each): f"\\u{ord(each):04x}" for each in "&'<>"}


def to_json(data: dict[str, Any]) -> SafeString:
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return mark_safe(text.translate(ESCAPES))
