"""The columns of facts in states: how they are described, read back, and compared. Pure.

A state has these parts only if its leaderboard has such columns, so that states without them keep
their hashes:

"fact_columns": [{"fact": key, "shown_by_default"}, …]
"facts": {key: {"name", "kind", "unit", "decimals"}} of those that the site has defined
"fact_values": {LLM: {key: {"value", "as_of", "source", "note"}}} of what "llms" does not hold
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from leaderboard.standings.facts import (
    FactCell,
    FactRecord,
    ShownFacts,
    cell_words,
    field_record,
)
from leaderboard.standings.standings import Standings
from leaderboard.text.fact_values import value_of
from leaderboard.text.facts import BY_FIELD

from .canonical import plain
from .causes import Group

State = dict[str, Any]
PARTS = ("fact_columns", "facts", "fact_values")
OWN = "fact: "  # before the name of a fact, in the field of a change

DEFINITION = ("name", "kind", "unit", "decimals")


def describe_facts(standings: Standings) -> State:
    """Returns the parts of the inputs about columns of facts; {} without such columns."""
    facts = standings.facts
    if not facts:
        return {}
    values = {row.llm.slug: describe_values(facts, row.llm) for row in standings.rows}
    return {
        "fact_columns": [
            {"fact": fact.key, "shown_by_default": fact.shown_by_default} for fact in facts.columns
        ],
        "facts": {
            fact.key: {name: plain(getattr(fact, name)) for name in DEFINITION}
            for fact in facts.columns
            if fact.is_own
        },
        "fact_values": {slug: known for slug, known in values.items() if known},
    }


def describe_values(facts: ShownFacts, llm: Any) -> State:
    """Returns what is known of an LLM in the columns that its record does not hold."""
    return {
        fact.key: {
            "value": plain(cell.value),
            "as_of": plain(cell.as_of),
            "source": plain(cell.source),
            "note": plain(cell.note),
        }
        for fact in facts.columns
        if not fact.is_in_records and (cell := facts.cell(llm, fact))
    }


def read_facts(inputs: State, llms: dict[str, int]) -> ShownFacts:
    """Returns the columns of facts that inputs describe; `llms` are numbers by slug."""
    columns = tuple(read_columns(inputs))
    kinds = {fact.key: fact.kind for fact in columns}
    values = {
        llms[slug]: {
            key: FactCell(
                value_of(kinds[key], value["value"]),
                date.fromisoformat(value["as_of"]) if value["as_of"] else None,
                value["source"],
                value["note"],
            )
            for key, value in known.items()
        }
        for slug, known in inputs.get("fact_values", {}).items()
        if slug in llms
    }
    return ShownFacts(columns, values)


def read_columns(inputs: State) -> Iterator[FactRecord]:
    """Yields the columns of facts that inputs describe."""
    own = inputs.get("facts", {})
    for column in inputs.get("fact_columns", ()):
        key, is_shown = column["fact"], column["shown_by_default"]
        if key in own:
            yield FactRecord(key, **own[key], is_own=True, shown_by_default=is_shown)
        elif key in BY_FIELD:
            yield field_record(key, shown_by_default=is_shown)


# Changes: (group, LLM's name, field, old, new, slug)

Changed = tuple[Group, str, str, Any, Any, str]


def changed_facts(old: State, new: State) -> Iterator[Changed]:
    """Yields what differs in the columns of facts of two inputs, and in their values."""
    yield from changed_values(old, new)
    before, after = ({fact.key: fact for fact in read_columns(each)} for each in (old, new))
    names = {key: fact.name for key, fact in (before | after).items()}
    shown = [
        [key for key, fact in each.items() if fact.shown_by_default] for each in (before, after)
    ]
    if list(before) != list(after):
        yield change_columns("fact_columns", [*before], [*after], names)
    elif shown[0] != shown[1]:
        yield change_columns("facts_shown", shown[0], shown[1], names)
    for key, was, now in both(old.get("facts", {}), new.get("facts", {})):
        if key in before and key in after and was != now:
            yield Group.TEXTS, "", "fact_definition", define(was), define(now), ""


def change_columns(field: str, old: list[str], new: list[str], names: dict[str, str]) -> Changed:
    """A change of the columns, by their names of today."""
    old, new = ([names[key] for key in keys] for keys in (old, new))
    return Group.COLUMNS, "", field, old, new, ""


def define(fact: State) -> str:
    """“Context length (tokens)”"""
    return f"{fact['name']} ({fact['unit']})" if fact["unit"] else str(fact["name"])


def both(old: State, new: State) -> Iterator[tuple[str, Any, Any]]:
    """Yields (key, old, new) of what two objects have both."""
    return ((key, old[key], new[key]) for key in old if key in new)


def changed_values(old: State, new: State) -> Iterator[Changed]:
    """Yields the values that differ of the LLMs and columns that both inputs have."""
    facts = {fact.key: fact for fact in read_columns(old)}
    facts = {fact.key: fact for fact in read_columns(new) if fact.key in facts}
    for slug, _was, llm in both(old["llms"], new["llms"]):
        before, after = (each.get("fact_values", {}).get(slug, {}) for each in (old, new))
        for key, fact in facts.items():
            was, now = before.get(key), after.get(key)
            if was != now:
                field = OWN + fact.name if fact.is_own else fact.key
                sides = say_value(fact, was), say_value(fact, now)
                if sides[0] == sides[1]:
                    sides = say_about(was), say_about(now)
                yield Group.LLMS, llm["name"], field, *sides, slug


def say_value(fact: FactRecord, value: State | None) -> Any:
    """A value for readers of any language, a number with its unit; None for unknown."""
    known = value_of(fact.kind, value["value"]) if value else None
    if known is None or not fact.is_number:
        return known
    return " ".join(filter(None, [cell_words(fact, FactCell(known)), fact.unit]))


def say_about(value: State | None) -> str:
    """What is said of a value: its day, note and source."""
    value = value or {}
    return "; ".join(filter(None, [value.get("as_of"), value.get("note"), value.get("source")]))
