"""Entries of the changes page and its feed: what one edit changed, as the state log stored it.

An entry never changes: its names, units and titles are those of its time. Only whether a name is a
link depends on what is public today.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from leaderboard.models import LLM, LeaderboardState
from leaderboard.standings.published import Content
from leaderboard.text.words import listed

from .entry_lines import Line, Move, Name, lines_of, moves_of, names_of
from .entry_words import describe_entry, describe_moved, title_words
from .filling import fill_differences
from .stored import Stored
from .taken_out import TAKEN_OUT, in_words

FIRST_LINES = 10  # of a leaderboard in an entry; more are behind a click
SHOWN_LINES = 50  # at most; the others are counted
FIRST_MOVES = 3


@dataclass(frozen=True)
class Part:
    """What an edit changed on one leaderboard."""

    stored: Stored

    @property
    def title(self) -> str:
        """The title of the leaderboard at that time."""
        return title_words(self.stored)

    @cached_property
    def lines(self) -> list[Line]:
        """Its changes, each in a line."""
        return lines_of(self.stored)

    @property
    def first_lines(self) -> list[Line]:
        return self.lines[:FIRST_LINES]

    @property
    def folded_lines(self) -> list[Line]:
        return self.lines[FIRST_LINES:SHOWN_LINES]

    @property
    def line_count(self) -> int:
        """All lines, also those that the log does not list."""
        unlisted = sum(self.stored.get("counts", {}).values()) - len(self.stored.get("changes", ()))
        return len(self.lines) + int(unlisted)

    @property
    def more_lines(self) -> int:
        """Lines that are not shown at first."""
        return max(0, self.line_count - FIRST_LINES)

    @property
    def uncounted_lines(self) -> int:
        """Lines that are not shown at all."""
        return max(0, self.line_count - SHOWN_LINES)

    @property
    def names(self) -> list[Name]:
        """LLMs that entered or left."""
        return names_of(self.stored)

    @property
    def is_only_counted(self) -> bool:
        """Whether the leaderboard was too large to compare."""
        return bool(self.stored["kind"] == "counted")

    @property
    def moved(self) -> str:
        """How many values, ranks and ranges moved, in words."""
        return describe_moved(self.stored)

    @cached_property
    def moves(self) -> list[Move]:
        """The LLMs whose ranks moved, by their new ranks."""
        return moves_of(self.stored)

    @property
    def first_moves(self) -> str:
        return listed(map(str, self.moves[:FIRST_MOVES]))

    @property
    def folded_moves(self) -> list[Move]:
        return self.moves[FIRST_MOVES:SHOWN_LINES]

    @property
    def more_moves(self) -> int:
        return max(0, int(self.stored.get("moved", 0)) - FIRST_MOVES)

    @property
    def uncounted_moves(self) -> int:
        return max(0, int(self.stored.get("moved", 0)) - SHOWN_LINES)


@dataclass(frozen=True)
class Entry:
    """All that one edit changed."""

    date: datetime
    parts: tuple[Part, ...]
    linked: frozenset[str] = frozenset()  # addresses of LLMs that are public today

    @property
    def title(self) -> str:
        """The entry in words: “1 correction of gpt-4o, 3 ranks moved”."""
        return describe_entry([part.stored for part in self.parts])

    @property
    def reasons(self) -> list[str]:
        """Why, each reason once."""
        reasons = (reason for part in self.parts for reason in part.stored.get("reasons", ()))
        return list(dict.fromkeys(reasons))

    def in_words(self) -> list[str]:
        """Its leaderboards, lines and first moves, as plain lines."""
        lines = []
        for part in self.parts:
            lines.append(f"{part.title}: {part.moved}" if part.moved else part.title)
            lines += [f"{each.label}: {each}" for each in part.names]
            lines += [str(line) for line in part.lines[:SHOWN_LINES]]
            if part.uncounted_lines:
                lines.append(_("and %(count)s more") % {"count": f"{part.uncounted_lines:,}"})
            lines += [str(move) for move in part.moves[:SHOWN_LINES]]
        return lines

    @property
    def has_names_taken_out(self) -> bool:
        return any(part.stored.get(TAKEN_OUT) for part in self.parts)

    @property
    def anchor(self) -> str:
        return self.date.strftime("t%Y%m%d%H%M%S%f")


@dataclass(frozen=True)
class Trail:
    """The entries of all times: their tokens, newest first."""

    tokens: tuple[str, ...]
    unstored: dict[int, LeaderboardState]  # rows whose difference could not be stored, by id
    rebuilt_before: datetime | None = None  # entries before were made from the history

    def entries(self, tokens: Iterable[str]) -> list[Entry]:
        """Returns the entries of these tokens, in their order, in two queries."""
        wanted = list(tokens)
        rows: dict[str, list[LeaderboardState]] = defaultdict(list)
        for row in LeaderboardState.objects.filter(token__in=wanted).order_by("pk"):
            row = self.unstored.get(row.pk, row)
            if row.difference:
                rows[row.token].append(row)
        linked = find_public_llms(row.difference or {} for group in rows.values() for row in group)
        return [make_entry(rows[token], linked) for token in wanted if rows[token]]


def make_entry(rows: list[LeaderboardState], linked: frozenset[str]) -> Entry:
    """The entry of the rows of one token."""
    parts = tuple(Part(in_words(row.difference or {})) for row in rows)
    date = max(row.entry_date or row.changed_at for row in rows)
    return Entry(date, parts, linked)


def find_public_llms(differences: Iterable[Stored]) -> frozenset[str]:
    """The addresses that these differences name and that are public today."""
    slugs = {
        part["slug"]
        for stored in differences
        for name in ("changes", "moves")
        for part in stored.get(name, ())[:SHOWN_LINES]
    } - {""}
    return frozenset(
        LLM.objects.published().filter(slug__in=slugs).values_list("slug", flat=True)
        if slugs
        else ()
    )


def load_trail() -> Trail:
    """Reads which edits have an entry; what was not found yet is found first."""
    unstored = {row.pk: row for row in fill_differences() if row.difference}
    dates: dict[str, datetime] = {}
    rows = LeaderboardState.objects.filter(entry_date__isnull=False).order_by()
    told: list[tuple[str, Any]] = list(rows.values_list("token", "entry_date"))
    told += [(row.token, row.entry_date) for row in unstored.values()]
    for token, date in told:
        dates[token] = max(date, dates.get(token, date))
    tokens = sorted(dates, key=lambda token: dates[token], reverse=True)
    return Trail(tuple(tokens), unstored, find_begin_of_log())


def find_begin_of_log() -> datetime | None:
    """When the log began, if rows from before were recovered from the history."""
    rows = LeaderboardState.objects.order_by("changed_at")
    if not rows.filter(is_recovered=True).exists():
        return None
    return rows.filter(is_recovered=False).values_list("changed_at", flat=True).first()


def trail_of(content: Content) -> Trail:
    """The entries at a content revision; found once."""
    trail: Trail = content.compute_once("trail", load_trail)
    return trail
