"""The difference of two states for a page: sections with a line for each change, in words.

What moved a rank is found by making the ranks anew for each group of changes; beyond MOST_CELLS
that would take a visitor's request many seconds, so the moves are told without their causes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from leaderboard.models import Leaderboard, Release
from leaderboard.standings.published import Content, paused_collector

from .causes import Group
from .difference import RankMove, all_changes, find_moves, shown_ranks
from .entry_lines import line_of
from .past import load_state_at
from .public_releases import find_release, with_payload
from .releases import read_state, read_without_cells
from .state import REFUSED, State, load_state
from .stored import Stored, describe
from .timeline import Moment, timeline_of
from .wording import CAUSES, HEADINGS, move_line

FIRST_LINES = 50  # of a section; the others are folded
MOST_LINES = 1_000  # of a section; of the others the page has the number
MOST_CELLS = 20_000  # LLMs times columns, of which causes are looked for

RANKS = gettext_noop("Ranks")


@dataclass(frozen=True)
class Section:
    """What changed in one respect."""

    name: str
    heading: str
    count: int
    first: tuple[str, ...]
    folded: tuple[str, ...]

    @property
    def left_out(self) -> int:
        """How many have no line."""
        return self.count - len(self.first) - len(self.folded)


# States


def load_present(content: Content, leaderboard: Leaderboard) -> State:
    """The state of a published leaderboard at the content revision, made once."""
    began = content.state(leaderboard).changed_at
    return content.compute_once(
        ("present state", leaderboard.pk), lambda: load_state(leaderboard, began)
    )


def load_past(leaderboard: Leaderboard, moment: Moment) -> State | None:
    """A state of the past by the rules of today; None if it was not published then."""
    past = load_state_at(leaderboard.pk, moment.changed_at)
    return past and past.state


def load_named(content: Content, leaderboard: Leaderboard, name: str) -> State | None:
    """The state of a release; None if there is none of that name, or it was withdrawn.

    Its cells, which are most of it, are read only if an aggregate was refused: a difference tells
    what was shown in its place. Raises DamagedRelease.
    """
    release: Release | None = find_release(content, leaderboard, name)
    if release is None or release.withdrawn_at:
        return None
    whole = with_payload(release)
    state = read_without_cells(whole)
    return read_state(whole) if has_refused(state) else state


def has_refused(state: State) -> bool:
    """Whether an aggregate of a state has no value because its components contradict it."""
    scores = state["inputs"]["scores"].values()
    return any(score == REFUSED for own in scores for score in own.values())


def moment_at(content: Content, leaderboard: Leaderboard, instant: Any) -> Moment | None:
    """The state that held at an instant; None for a time at which it was not public."""
    return timeline_of(content, leaderboard).at(instant)


# Sections


def describe_between(old: State, new: State) -> tuple[list[Section], bool]:
    """Returns the sections of what differs, and whether causes of moves were looked for."""
    is_small = max(count_cells(old), count_cells(new)) <= MOST_CELLS
    with paused_collector():
        changes, moves = list(all_changes(old, new)), list(find_moves(old, new, is_small))
    parts: dict[str, list[Stored]] = {group.value: [] for group in HEADINGS}
    for change in changes:
        for part in describe(change, old, new):
            parts[part["group"]].append(part)
    sections = [
        make_section(group.value, _(heading), parts[group.value], say_line)
        for group, heading in HEADINGS.items()
    ]
    say_move = move_words(old, new)
    sections.append(make_section("ranks", _(RANKS), moves, say_move))
    return [section for section in sections if section.count], is_small


def count_cells(state: State) -> int:
    """How many cells a state may have."""
    return len(state["outputs"]["rows"]) * len(state["inputs"]["columns"])


def say_line(part: Stored) -> str:
    """A change as the changes page says it."""
    return str(line_of(part))


def make_section(name: str, heading: str, things: Any, say: Callable[[Any], str]) -> Section:
    """Says the things of a section, as far as there is room for them."""
    lines = tuple(say(each) for each in things[:MOST_LINES])
    return Section(name, heading, len(things), lines[:FIRST_LINES], lines[FIRST_LINES:])


# Words of moves


def move_words(old: State, new: State) -> Callable[[RankMove], str]:
    """Returns what says a move: “gpt-4o 5 → 7: 2 LLMs entered above it”."""
    before, after = shown_ranks(old), shown_ranks(new)
    entered = sorted(rank for slug, rank in after.items() if rank and slug not in before)
    left = sorted(rank for slug, rank in before.items() if rank and slug not in after)

    def say(move: RankMove) -> str:
        return move_line(move, [phrase for each in move.causes for phrase in say_cause(each, move)])

    def say_cause(cause: Group, move: RankMove) -> list[str]:
        if cause is not Group.LLMS:
            return [_(CAUSES[cause])]
        came = sum(rank < (move.new or 0) for rank in entered)
        went = sum(rank < (move.old or 0) for rank in left)
        phrases = [
            ngettext("%(n)s LLM entered above it", "%(n)s LLMs entered above it", came)
            % {"n": came} if came else "",
            ngettext("%(n)s LLM above it left", "%(n)s LLMs above it left", went)
            % {"n": went} if went else "",
        ]  # fmt: skip
        return [phrase for phrase in phrases if phrase] or [_(CAUSES[cause])]

    return say
