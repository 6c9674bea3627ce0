"""What an import would do, cell by cell, before anything is stored.

`make_preview` compares a reading with the content; nothing here writes. The same reading, choices
and content give the same digest, by which a confirmation knows that nothing has changed since.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from leaderboard.text.numbers import format_exact
from leaderboard.text.words import word

from .matching import Target, Targets, unique_targets


class State(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    INVALID = "invalid"
    UNMATCHED = "unmatched"
    PARTIAL = "partial run"
    MISSING = "no number"
    LEFT_OUT = "left out"


WRITES = {State.NEW, State.CHANGED, State.REMOVED}
BLOCKS = {State.INVALID, State.UNMATCHED}


class Values(NamedTuple):
    """What a score holds, under the names that Score has."""

    value: Decimal
    decimals: int
    question_count: int | None = None
    standard_error: Decimal | None = None
    source_id: int | None = None
    measured_on: date | None = None
    note: str = ""


class PlannedScore(NamedTuple):
    """One score before and after; None is no score. What is new here is named as in the file."""

    llm: int | str
    metric: int | str
    before: Values | None
    after: Values | None
    source_url: str = ""


class PlannedFact(NamedTuple):
    """One field of an LLM before and after, as the model stores it; an organization by its name."""

    llm: int
    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Line:
    """One cell of the file and what becomes of it."""

    state: State
    where: str
    llm: str
    subject: str  # the metric, or a fact of the LLM
    old: str = ""
    new: str = ""
    difference: str = ""
    reason: str = ""
    question_count: int | None = None
    standard_error: str = ""
    change: PlannedScore | PlannedFact | None = None

    def as_document(self) -> dict[str, Any]:
        return {
            "state": str(self.state),
            "where": self.where,
            "llm": self.llm,
            "metric": self.subject,
            "old": self.old or None,
            "new": self.new or None,
            "difference": self.difference or None,
            "n": self.question_count,
            "standard_error": self.standard_error or None,
            "reason": self.reason or None,
        }


@dataclass(frozen=True)
class Preview:
    lines: tuple[Line, ...]
    targets: Targets
    described: frozenset[str] = frozenset()  # LLMs of whom the file states facts
    notes: tuple[str, ...] = ()

    @cached_property
    def counts(self) -> Counter[State]:
        return Counter(line.state for line in self.lines)

    @property
    def scores(self) -> list[PlannedScore]:
        return [line.change for line in self.lines if isinstance(line.change, PlannedScore)]

    @property
    def facts(self) -> list[PlannedFact]:
        return [line.change for line in self.lines if isinstance(line.change, PlannedFact)]

    @property
    def new_llms(self) -> list[Target]:
        """Those of whom something is stored."""
        used = {change.llm for change in self.scores} | self.described
        return [
            target
            for target in unique_targets(self.targets.llms)
            if target.new and target.name in used
        ]

    @property
    def new_metrics(self) -> list[Target]:
        used = {change.metric for change in self.scores}
        return [
            target
            for target in unique_targets(self.targets.metrics)
            if target.new and target.name in used
        ]

    @property
    def change_count(self) -> int:
        return len(self.scores) + len(self.facts) + len(self.new_llms)

    @property
    def blocking(self) -> list[Line]:
        """What has to be mended or decided before anything is stored."""
        return [line for line in self.lines if line.state in BLOCKS]

    @cached_property
    def digest(self) -> str:
        """The same for the same changes to the same content."""
        new = [target.name for target in (*self.new_llms, *self.new_metrics)]
        return hashlib.sha256(repr((self.scores, self.facts, new)).encode()).hexdigest()

    def of(self, state: State) -> list[Line]:
        return [line for line in self.lines if line.state is state]


def fact_text(value: Any) -> str:
    if value is None or value == "":
        return word("unknown")
    if isinstance(value, bool):
        return word("yes" if value else "no")
    return format_exact(value) if isinstance(value, Decimal) else str(value)


def row_id(named: int | str, ids: dict[str, int]) -> int:
    """The row that a change is about; of what is new, by the file's name for it."""
    return named if isinstance(named, int) else ids[named]
