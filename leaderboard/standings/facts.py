"""The facts that a leaderboard shows as columns, between the LLM and the metrics.

They are read from the tables of today and from the history alike: `rows` gives the rows of a model.
Of a leaderboard without such columns nothing is read.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from leaderboard.models import LLM, Fact, FactColumn, FactValue
from leaderboard.text.fact_values import sort_value, value_of, value_words
from leaderboard.text.facts import BY_FIELD, SORTABLE, FactKind

Rows = Callable[[Any], QuerySet[Any]]

# By which the rows of every leaderboard can be ordered.
SORTABLE_FACTS = ("llm", *(fact.field for fact in SORTABLE))
LARGEST_FIRST = {fact.field for fact in SORTABLE if fact.kind in (FactKind.NUMBER, FactKind.DATE)}


@dataclass(frozen=True, slots=True)
class FactRecord:
    """A fact that is a column: a field of LLMs, or one that the site has defined."""

    key: str  # in addresses, files and states
    name: str  # English; of a defined fact as it was typed
    kind: str  # of FactKind
    unit: str = ""
    decimals: int | None = None
    id: int | None = None  # of a defined fact
    is_own: bool = False  # defined by the site
    shown_by_default: bool = True

    @property
    def label(self) -> str:
        """The name in the reader's language, where it is known there."""
        return _(self.name)

    @property
    def is_in_records(self) -> bool:
        """Whether the record of every LLM holds it."""
        return not self.is_own and BY_FIELD[self.key].is_exported

    @property
    def is_number(self) -> bool:
        return self.kind == FactKind.NUMBER

    @property
    def is_largest_first(self) -> bool:
        """Which end a reader expects first: the largest number, the newest day."""
        return self.kind in (FactKind.NUMBER, FactKind.DATE)


class FactCell(NamedTuple):
    """A known value of a fact, with where it was read and when."""

    value: Any  # as fact_values.value_of returns it
    as_of: date | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class ShownFacts:
    """The columns of facts of a leaderboard in their order, and the values of its LLMs."""

    columns: tuple[FactRecord, ...] = ()
    # By LLM and key; of facts that the records of LLMs do not hold.
    values: Mapping[int, Mapping[str, FactCell]] = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        return bool(self.columns)

    @property
    def default_keys(self) -> tuple[str, ...]:
        """The keys of those shown unless a visitor asks for others."""
        return tuple(fact.key for fact in self.columns if fact.shown_by_default)

    def find(self, key: str) -> FactRecord | None:
        """The column of that key."""
        return next((fact for fact in self.columns if fact.key == key), None)

    def cell(self, llm: Any, fact: FactRecord) -> FactCell | None:
        """What is known of an LLM, given by its record; None for unknown."""
        if fact.is_in_records:
            value = value_of(fact.kind, getattr(llm, fact.key))
            return None if value is None else FactCell(value)
        cell = self.values.get(llm.id, {}).get(fact.key)
        return None if cell is None or cell.value is None else cell

    def sort_value(self, llm: Any, fact: FactRecord) -> Any:
        """What rows are ordered by; None for unknown."""
        cell = self.cell(llm, fact)
        return None if cell is None else sort_value(cell.value)


NO_FACTS = ShownFacts()


def cell_words(fact: FactRecord, cell: FactCell) -> str:
    """Writes the value of a fact in the reader's language."""
    return value_words(fact.kind, cell.value, fact.decimals)


def field_record(key: str, *, shown_by_default: bool = True) -> FactRecord:
    """The column of a field of LLMs."""
    fact = BY_FIELD[key]
    return FactRecord(key, fact.label, fact.kind, fact.unit, shown_by_default=shown_by_default)


def load_facts(rows: Rows, leaderboard: int, llms: Iterable[int]) -> ShownFacts:
    """The columns of facts of a leaderboard with their values, in at most four queries."""
    placed = list(
        rows(FactColumn)
        .filter(leaderboard_id=leaderboard)
        .order_by("position", "id")
        .values_list("field", "fact_id", "shown_by_default")
    )
    own = load_own_facts(rows, [fact for _field, fact, _shown in placed if fact])
    columns = []
    for key, fact, is_shown in placed:
        if fact in own:
            columns.append(FactRecord(**own[fact], is_own=True, shown_by_default=is_shown))
        elif key in BY_FIELD:
            columns.append(field_record(key, shown_by_default=is_shown))
    return ShownFacts(tuple(columns), load_values(rows, columns, set(llms)))


def load_own_facts(rows: Rows, numbers: list[int]) -> dict[int, dict[str, Any]]:
    """The defined facts with these ids."""
    if not numbers:
        return {}
    fields = ("id", "key", "name", "kind", "unit", "decimals")
    facts = rows(Fact).filter(id__in=numbers).order_by().values(*fields)
    return {fact["id"]: fact for fact in facts}


def load_values(
    rows: Rows, columns: Iterable[FactRecord], llms: set[int]
) -> dict[int, dict[str, FactCell]]:
    """The values of these LLMs in the columns that their records do not hold."""
    values: dict[int, dict[str, FactCell]] = defaultdict(dict)
    own = {fact.id: fact for fact in columns if fact.is_own}
    if own:
        found = rows(FactValue).filter(fact_id__in=own).order_by()
        for llm, fact, value, *about in found.values_list(
            "llm_id", "fact_id", "value", "as_of", "source", "note"
        ):
            if llm in llms:
                values[llm][own[fact].key] = FactCell(value_of(own[fact].kind, value), *about)
    fields = [fact for fact in columns if not fact.is_own and not fact.is_in_records]
    if fields:
        names = [fact.key for fact in fields]
        for llm, *texts in rows(LLM).order_by().values_list("id", *names):
            if llm in llms:
                known = zip(names, texts, strict=True)
                values[llm] |= {key: FactCell(text) for key, text in known if text}
    return dict(values)


def fact_sort_value(llm: Any, key: str) -> Any:
    """What rows are sorted by in a fact: texts without regard to case, None for unknown.

    By name the variants of a family stand together.
    """
    if key == "llm":
        return (llm.family or llm.name).casefold(), llm.name.casefold()
    value = getattr(llm, key)
    return value.casefold() or None if isinstance(value, str) else value
