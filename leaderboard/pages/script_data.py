"""The data that the page's script works on, as JSON in an attribute."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from leaderboard.standings.notes import has_notes
from leaderboard.text.facts import UNKNOWN

from .orders import SORT_WORDS
from .selection import VALUES, default_sort
from .view import Choice, View


def script_data(view: View) -> SafeString:
    """What the script needs to sort and filter the rows of a view, which are those of all LLMs."""
    standings = view.standings
    # The server counts footnotes anew, and rows without a rank between ranks. Where there is none,
    # notes keep their numbers.
    if not view.is_whole and (standings.baselines or has_notes(standings)):
        return mark_safe("")
    place = {row.llm.id: index for index, row in enumerate(view.rows)}
    base = [place[row.llm.id] for row in standings.rows]
    data = standings.compute_once(f"script {get_language()}", lambda: script_facts(view))
    return json_for_attribute(data if base == sorted(base) else {**data, "base": base})


def script_facts(view: View) -> dict[str, Any]:
    """What is the same in every view of these standings.

    LLMs stand in order of their names: those of a family are neighbours, which compresses
    better.
    """
    standings = view.standings
    by_name = standings.sorted_by("llm")
    place = {row.llm.id: rank for rank, row in enumerate(standings.rows)}
    return {
        "sort": default_sort(standings),
        "names": [place[row.llm.id] for row in by_name],
        "facts": {
            name: box_numbers([VALUES[name](row.llm) for row in by_name], boxes)
            for name, boxes in view.filter_boxes.items()
        },
        "sizes": [size_number(row.llm.parameters) for row in by_name],
        "name": _(SORT_WORDS["llm"]),  # the form has the words for all other columns
        "cuts": standings.cuts(),
        "up": [key for key in standings.sort_keys() if standings.best_first(key) == key],
        "plain": [fact.key for fact in standings.facts.columns]
        + [metric.key for metric in standings.columns if metric.higher_is_better is None],
        # The script sorts by all else with what the rows say, or it asks the server.
    }


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
