"""The filters of a view as chips: what each asks for, and the view without it.

static/js/leaderboard.js writes the same (showChips)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from leaderboard.text.numbers import format_exact
from leaderboard.text.words import word

from .selection import VALUES, Selection


class Chip(NamedTuple):
    """A filter in words, and the query string of the view without it."""

    text: str
    url: str


def filter_chips(selection: Selection, boxes: Mapping[str, Sequence[Any]]) -> Iterable[Chip]:
    """Yields a chip for the search, for each ticked box, and for the size."""
    if selection.q:
        yield Chip(f"“{selection.q}”", selection.url(q=None))
    for fact in VALUES:
        chosen = getattr(selection, fact)
        labels = {box.value: box.label for box in boxes[fact]}
        for value in chosen:
            rest = tuple(other for other in chosen if other != value)
            text = f"{word(fact)}: {labels.get(value, value)}"
            yield Chip(text, selection.url(**{fact: rest}))
    low, high = selection.min_size, selection.max_size
    if low is not None or high is not None:
        text = f"{word('size')}: {range_text(low, high)} B"
        yield Chip(text, selection.url(min_size=None, max_size=None, size=None))


def range_text(low: Decimal | None, high: Decimal | None) -> str:
    """Writes “7 – 70”, “≥ 7” or “≤ 70”."""
    if low is not None and high is not None:
        return f"{format_exact(low)} – {format_exact(high)}"
    return f"≤ {format_exact(high)}" if high is not None else f"≥ {format_exact(low or Decimal())}"
