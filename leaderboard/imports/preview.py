"""What an import would do, cell by cell, before anything is stored.

`make_preview` compares a reading with the content, and writes nothing. The same reading, choices
and content give the same digest. A confirmation gives the digest of the preview that was seen: if
it differs, something has changed since.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from leaderboard.text.numbers import format_exact
from leaderboard.text.words import word

from .targets import Target, Targets, unique_targets


class State(StrEnum):
    """What an import does with a cell of the file."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    INVALID = "invalid"
    UNMATCHED = "unmatched"
    OTHER_SETTINGS = "other settings"
    PARTIAL = "partial run"
    MISSING = "no number"
    LEFT_OUT = "left out"
    KEPT_FACT = "facts kept"


WRITES = {State.NEW, State.CHANGED, State.REMOVED}
BLOCKS = {State.INVALID, State.UNMATCHED, State.OTHER_SETTINGS}


class Difference(NamedTuple):
    """One setting that differs between the stored scores and the file."""

    setting: str
    old: str
    new: str

    @property
    def key(self) -> str:
        """What a decision about it is stored under."""
        return f"{self.setting}: {self.old} → {self.new}"

    def __str__(self) -> str:
        return self.key


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
    """A score before and after; None for no score. New rows have their names in the file."""

    llm: int | str
    metric: int | str
    before: Values | None
    after: Values | None
    source_url: str = ""
    file: int = 0  # of several files read as one: the one that it comes from
    keeps_source: bool = False  # of the stored score


class PlannedFact(NamedTuple):
    """A field of an LLM before and after, as the model stores it; an organization is its name."""

    llm: int
    field: str
    before: Any
    after: Any

    @property
    def key(self) -> str:
        """What its box is stored under."""
        return fact_key(self.llm, self.field)


def fact_key(llm: int, field: str) -> str:
    """Names the box of a fact of a stored LLM: “12:license”."""
    return f"{llm}:{field}"


@dataclass(frozen=True, slots=True)
class Line:
    """A cell of the file, and what the import does with it."""

    state: State
    where: str
    llm: str
    subject: str  # the metric, or a fact of the LLM
    old: str = ""
    new: str = ""
    difference: str = ""
    reason: str = ""
    remedy: str = ""  # that ends the reason, where it stands for itself
    is_asked: bool = False  # to be decided, and no cell that is wrong
    question_count: int | None = None
    standard_error: str = ""
    is_error_at_stake: bool = False  # another value, and the file has no error to replace the old
    change: PlannedScore | PlannedFact | None = None
    fact: PlannedFact | None = None  # that can be ticked, whether it is or not

    @property
    def what(self) -> str:
        """The reason without the remedy."""
        return self.reason.removesuffix(self.remedy).rstrip()

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
    """What an import would do: its lines, and the targets of the names in the file."""

    lines: tuple[Line, ...]
    targets: Targets
    described: frozenset[str] = frozenset()  # names of LLMs whose facts the file states
    notes: tuple[str, ...] = ()
    differences: dict[Difference, int] = field(default_factory=dict)  # of settings: the scores

    @cached_property
    def counts(self) -> Counter[State]:
        return Counter(line.state for line in self.lines)

    @cached_property
    def scores(self) -> list[PlannedScore]:
        return [line.change for line in self.lines if isinstance(line.change, PlannedScore)]

    @property
    def errors_at_stake(self) -> int:
        """How many scores get another value, and the file has no standard error of it."""
        return sum(line.is_error_at_stake for line in self.lines)

    @cached_property
    def facts(self) -> list[PlannedFact]:
        return [line.change for line in self.lines if isinstance(line.change, PlannedFact)]

    @property
    def open_facts(self) -> list[Line]:
        """The lines of facts that differ from the stored ones, ticked or not."""
        return [line for line in self.lines if line.fact]

    @cached_property
    def new_llms(self) -> list[Target]:
        """The LLMs to create: those with scores or facts."""
        used = {change.llm for change in self.scores} | self.described
        return [
            target
            for target in unique_targets(self.targets.llms)
            if target.new and target.name in used
        ]

    @cached_property
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

    @cached_property
    def blocking(self) -> list[Line]:
        """The lines that must be mended or decided before anything is stored."""
        return [line for line in self.lines if line.state in BLOCKS]

    @cached_property
    def digest(self) -> str:
        """A hash that is the same for the same changes to the same content."""
        new = [target.name for target in (*self.new_llms, *self.new_metrics)]
        scores = [
            (change.llm, change.metric, change.source_url, change.file,
             change.before and tuple(change.before), change.after and tuple(change.after))
            for change in self.scores  # as plain tuples, which are written in a third of the time
        ]  # fmt: skip
        return hashlib.sha256(repr((scores, self.facts, new)).encode()).hexdigest()

    def of(self, state: State) -> list[Line]:
        """Returns the lines in this state."""
        return [line for line in self.lines if line.state is state]


def fact_text(value: Any) -> str:
    """Writes a value of a fact: “unknown”, “yes”, “no”, or the value itself."""
    if value is None or value == "":
        return word("unknown")
    if isinstance(value, bool):
        return word("yes" if value else "no")
    return format_exact(value) if isinstance(value, Decimal) else str(value)


def row_id(named: int | str, ids: dict[str, int]) -> int:
    """Returns the id of the row that a change is about; `ids` has new rows by their names."""
    return named if isinstance(named, int) else ids[named]
