"""What the names of a file mean: stored LLMs and metrics, or new ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class NameStatus(StrEnum):
    """What an import does with a name of a file."""

    MATCHED = "matched"
    NEW = "new"
    LEFT_OUT = "left out"
    UNMATCHED = "unmatched"
    INVALID = "invalid"


@dataclass(frozen=True)
class Target:
    """What a name of the file means: a stored LLM or metric, or one that the import creates."""

    name: str  # as the file has it
    status: NameStatus
    id: int | None = None
    new: Any = None  # an LLM or Metric that is not saved yet
    belongs_to: str = ""  # the organization of a new LLM, the benchmark of a new metric
    error: str = ""
    is_alias: bool = False  # the import remembers the name

    @property
    def key(self) -> int | str:
        """What planned changes refer to: the stored row's id, or the file's name of a new one."""
        return self.id or self.name


@dataclass(frozen=True)
class Targets:
    """The targets by the names of the file; spellings of one name share a target."""

    llms: Mapping[str, Target]
    metrics: Mapping[str, Target]


def unique_targets(targets: Mapping[str, Target]) -> list[Target]:
    """Returns each target once, however many spellings share it."""
    return list({target.name: target for target in targets.values()}.values())
