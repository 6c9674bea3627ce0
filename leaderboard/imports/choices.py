"""What a maintainer decides about a file."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Choices:
    """What the maintainer decides about a file's names and numbers; stored with the import.

    The choice for a name is {"to": "use", "id": 3}, {"to": "leave out"}, or {"to": "create", …}
    with the fields of the new LLM or metric as texts.
    """

    llms: dict[str, dict[str, Any]] = field(default_factory=dict)
    metrics: dict[str, dict[str, Any]] = field(default_factory=dict)
    benchmark: str = ""  # that the metrics belong to, if the file does not name it
    percent: tuple[str, ...] = ()  # the file's names of metrics whose values are percent
    allow_partial: bool = False
    keep_errors: bool = False  # the given standard error of a value that the file replaces
    create_organizations: bool = False
    # What is done about other settings of a run, by Difference.key, and about all others.
    settings: dict[str, str] = field(default_factory=dict)
    other_settings: str = ""
    # Which facts of LLMs that are here change: those ticked (by PlannedFact.key), and by a rule.
    facts: tuple[str, ...] = ()
    other_facts: str = ""  # one of FACT_RULES
    source: int | None = None  # a stored one, for all scores; None: what is said of a new one
    reason: str = ""  # public, of all that the import changes
    causes: tuple[str, ...] = ()  # keys of causes for which unreadable cells are left out
    by_file: bool = False  # of several files: each table is asked about by itself


# Of facts that are not ticked: none change; those that are unknown here; all.
TICKED, EMPTY, ALL = "", "empty", "all"
FACT_RULES = (TICKED, EMPTY, ALL)
