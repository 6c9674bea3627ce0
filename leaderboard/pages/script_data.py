"""The data that the page's script works on."""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from leaderboard.standings.records import LLMRecord
from leaderboard.standings.standings import Standings


def llms(standings: Standings) -> Iterator[LLMRecord]:
    return (row.llm for row in standings.rows)


def numbered(values: Iterable[str]) -> tuple[list[str], str | list[int]]:
    """The values that occur, and the number of each LLM's: a letter each while they are digits."""
    each = list(values)
    known = list(dict.fromkeys(each))
    numbers = [known.index(value) for value in each]
    return known, "".join(map(str, numbers)) if len(known) <= 10 else numbers


def ascending_groups(standings: Standings, key: str) -> list[int | list[int]]:
    """The rows that have a value, ascending; rows of equal value as a list, in order of rank."""
    place = {row.llm.id: index for index, row in enumerate(standings.rows)}
    rows = [row for row in standings.sorted_by(key) if standings.sort_value(row, key) is not None]
    groups = groupby(rows, key=lambda row: standings.sort_value(row, key))
    found = [[place[row.llm.id] for row in equal] for _, equal in groups]
    return [group[0] if len(group) == 1 else group for group in found]


# For an attribute in single quotes: JSON is full of double ones.
ESCAPES = {ord(each): f"\\u{ord(each):04x}" for each in "&'<>"}


def to_json(data: dict[str, Any]) -> SafeString:
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return mark_safe(text.translate(ESCAPES))
