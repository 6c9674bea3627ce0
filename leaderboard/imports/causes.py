"""Lines of a preview that say the same, put together: a cause, with a count and one remedy.

Two remarks have one cause if they differ in what stands in quotation marks, in numbers and in the
LLM only. Where all of a cause agree in such a text it is said, else it is “…”.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from leaderboard.text.sentences import Phrase

from .preview import Line, State

VARYING = re.compile(r"“[^”]*”|(?<![A-Za-z0-9_.,])[+−-]?\d(?:[\d.,]*\d)?(?![A-Za-z0-9_])")
GAP, QUOTED_GAP = "…", "“…”"
TWO_PLACES = {"first", "second"}  # parts of a place that names two cells


@dataclass
class Cause:
    """What lines of one state have in common."""

    state: State
    key: str  # names the cause; is stored when its lines are left out
    text: str  # “…” is not a number here.
    remedy: str  # of all, with the example of the first
    lines: list[Line]
    can_be_left_out: bool  # each line is about one cell of its own
    is_asked: bool  # to be decided, and no cell that is wrong

    @property
    def count(self) -> int:
        """How many lines have it."""
        return len(self.lines)

    @property
    def has_cells(self) -> bool:
        """Whether a line is about an LLM or a column, and not about the whole file."""
        return any(line.llm or line.subject for line in self.lines)

    @property
    def is_one_text(self) -> bool:
        """Whether all lines say the same, so that no line needs to repeat it."""
        return all(line.reason == self.lines[0].reason for line in self.lines)


def group_by_cause(lines: Iterable[Line]) -> list[Cause]:
    """Returns the causes of these lines: those that are asked, then those of most lines."""
    groups: dict[tuple[State, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.state, mask(line)), []).append(line)
    causes = [
        Cause(
            state=state,
            key=hash_of(masked),
            text=describe(some),
            remedy=some[0].remedy,
            lines=some,
            can_be_left_out=state is State.INVALID and all(map(is_about_one_cell, some)),
            is_asked=any(line.is_asked for line in some),
        )
        for (state, masked), some in groups.items()
    ]
    return sorted(causes, key=lambda cause: (not cause.is_asked, -cause.count))


def cause_of(line: Line) -> str:
    """Returns the key of a line's cause. It is of the language that the line is written in."""
    return hash_of(mask(line))


def hash_of(masked: str) -> str:
    """Returns a short name of a cause."""
    return hashlib.sha256(masked.encode()).hexdigest()[:16]


def reason_of(line: Line) -> str:
    """Returns what is wrong, without the remedy; the LLM of the line stands in quotation marks."""
    reason = line.what
    return reason.replace(line.llm, f"“{line.llm}”") if is_said_bare(line.llm, reason) else reason


def is_said_bare(llm: str, reason: str) -> bool:
    """Whether a remark names the LLM without quotation marks."""
    return bool(llm) and llm in reason and f"“{llm}”" not in reason


def mask(line: Line) -> str:
    """Returns the remark of a line, with a gap for each text that varies within a cause."""
    return f"{fill(reason_of(line), ())} {fill(line.remedy, ())}"


def fill(text: str, said: Iterable[str]) -> str:
    """Returns a text with these texts in its gaps; "" leaves a gap."""
    texts = iter(said)

    def say(found: re.Match[str]) -> str:
        return next(texts, "") or (QUOTED_GAP if found[0].startswith("“") else GAP)

    return VARYING.sub(say, text)


def describe(lines: list[Line]) -> str:
    """Returns what all lines of a cause say."""
    reasons = [reason_of(line) for line in lines]
    found = zip(*map(VARYING.findall, reasons), strict=True)
    return fill(reasons[0], [texts[0] if len(set(texts)) == 1 else "" for texts in found])


def is_about_one_cell(line: Line) -> bool:
    """Whether a line is about one cell of one LLM, which can be left out by itself."""
    return (
        bool(line.llm and line.subject) and not line.is_asked and not names_two_places(line.where)
    )


def names_two_places(where: str) -> bool:
    """Whether a place is of two cells that contradict each other."""
    if not isinstance(where, Phrase):
        return False
    return where.varying.keys() >= TWO_PLACES or any(map(names_two_places, where.varying.values()))


def leave_out_causes(lines: Iterable[Line], keys: Iterable[str]) -> Iterable[Line]:
    """Returns the lines; those that cannot be read for one of these causes are left out."""
    left_out = frozenset(keys)
    if not left_out:
        return lines
    return (
        replace(line, state=State.LEFT_OUT)
        if line.state is State.INVALID and is_about_one_cell(line) and cause_of(line) in left_out
        else line
        for line in lines
    )
