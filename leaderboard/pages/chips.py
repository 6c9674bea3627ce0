"""The filters of a view as chips: what each asks for, and the view without it.

static/js/leaderboard.js writes the same (showChips)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from leaderboard.text.facts import UNKNOWN
from leaderboard.text.numbers import format_exact
from leaderboard.text.words import word

from .fact_filters import FactFilter
from .selection import VALUES, Selection


class Chip(NamedTuple):
    """A filter in words, and the query string of the view without it."""

    text: str
    url: str


def add_to_address(chips: Iterable[Chip], query: str) -> list[Chip]:
    """Returns the chips of a page whose address has more than the view: these parameters too."""
    parts = ((chip, [chip.url.removeprefix("?"), query]) for chip in chips)
    return [chip._replace(url="?" + "&".join(filter(None, both))) for chip, both in parts]


def filter_chips(
    selection: Selection, boxes: Mapping[str, Sequence[Any]], facts: Iterable[FactFilter]
) -> Iterable[Chip]:
    """Yields a chip for the search, for each ticked box, for the size, and for columns of facts."""
    if selection.q:
        name = _("search")
        yield Chip(f"{name}: “{selection.q}”", selection.url(q=None))
    for fact in VALUES:
        chosen = getattr(selection, fact)
        labels = {box.value: box.label for box in boxes[fact]}
        for value in chosen:
            rest = tuple(other for other in chosen if other != value)
            text = f"{word(fact)}: {labels.get(value, value)}"
            yield Chip(text, selection.url(**{fact: rest}))
    low, high = selection.min_size, selection.max_size
    if low is not None or high is not None:
        limits = ["" if limit is None else format_exact(limit) for limit in (low, high)]
        text = f"{word('size')}: {range_text(limits, 'B', or_unknown=bool(selection.size))}"
        yield Chip(text, selection.url(min_size=None, max_size=None, size=None))
    for fact_filter in facts:
        yield from fact_chips(selection, fact_filter)


def fact_chips(selection: Selection, fact: FactFilter) -> Iterable[Chip]:
    """Yields a chip for each value that is chosen of a fact, or one for its limits."""

    def without(*pairs: tuple[str, str]) -> str:
        return selection.url(facts=tuple(pair for pair in selection.facts if pair not in pairs))

    for box in fact.boxes:
        if box.is_chosen:
            yield Chip(f"{fact.label}: {box.label}", without((fact.name, box.value)))
    limits = [value for _name, value, _label in fact.limits]
    if any(limits):
        text = range_text(limits, fact.unit, or_unknown=fact.has_unknown)
        pairs = [(name, value) for name, value, _label in fact.limits]
        yield Chip(f"{fact.label}: {text}", without(*pairs, (fact.name, UNKNOWN)))


def range_text(limits: Sequence[str], unit: str, *, or_unknown: bool) -> str:
    """Writes “7 – 70 B”, “≥ 7 B” or “≤ 70 B or unknown”."""
    low, high = limits
    words = f"{low} – {high}" if low and high else f"≤ {high}" if high else f"≥ {low}"
    return " ".join(filter(None, [words, unit, _("or unknown") if or_unknown else ""]))
