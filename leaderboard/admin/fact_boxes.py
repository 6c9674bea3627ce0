"""The boxes by which a maintainer says which facts of LLMs an import changes."""

from collections.abc import Iterator
from typing import NamedTuple

from django.http import QueryDict

from leaderboard.imports.choices import Choices
from leaderboard.imports.preview import Line, Preview, State

SHOWN_FACTS = 200  # boxes on a page; the rule for all reaches the others


class FactBox(NamedTuple):
    """A fact that differs from the stored one, and its box."""

    line: Line
    key: str
    is_ticked: bool


class FactBoxes:
    """The facts in a preview that can be ticked, the first of them with boxes."""

    def __init__(self, preview: Preview, choices: Choices):
        lines, ticked = preview.open_facts, frozenset(choices.facts)
        self.count = len(lines)
        self.changing = sum(line.change is not None for line in lines)
        self.boxes = list(make_boxes(lines[:SHOWN_FACTS], ticked))

    @property
    def shown(self) -> str:
        """The keys of the boxes on the page: one that is not sent back was not ticked."""
        return " ".join(box.key for box in self.boxes)


def make_boxes(lines: list[Line], ticked: frozenset[str]) -> Iterator[FactBox]:
    """Yield a box for each of these lines."""
    for line in lines:
        if line.fact:
            yield FactBox(line, line.fact.key, line.fact.key in ticked)


def read_ticked(post: QueryDict, choices: Choices) -> tuple[str, ...]:
    """The keys that are ticked now; those that were not on the page stay as they were."""
    shown = set(post.get("facts_shown", "").split())
    kept = [key for key in choices.facts if key not in shown]
    return (*kept, *(key for key in post.getlist("facts") if key in shown))


def has_refused_facts(preview: Preview) -> bool:
    """Whether a fact that is not ticked cannot be stored as it is; its line says the remedy."""
    return any(line.fact is None for line in preview.of(State.KEPT_FACT))
