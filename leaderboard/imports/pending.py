"""Results kept in the database between preview and confirmation, as JSON."""

from dataclasses import MISSING, asdict, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from leaderboard.readers.files.tables import Table
from leaderboard.readers.layouts import Column, Layout
from leaderboard.readers.merging import FileReading
from leaderboard.readers.results import (
    FileOrigin,
    LLMDraft,
    MetricDraft,
    Problem,
    Provenance,
    Reading,
    ReportedFact,
    Result,
)
from leaderboard.text.facts import FactKind, fields_of_kind
from leaderboard.text.sentences import phrase_from_json, phrase_to_json


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """Returns a reading as JSON; phrases keep their templates, so that pages can translate them."""
    return asdict(replace(reading, results=(), problems=(), notes=(), table=None, parts=())) | {
        "results": list(map(result_to_json, reading.results)),
        "parts": [
            part._asdict() | {"reading": reading_to_json(part.reading)} for part in reading.parts
        ],
        "table": table_to_json(reading.table) if reading.table else None,
        "problems": [
            {field.name: phrase_to_json(getattr(problem, field.name)) for field in fields(Problem)}
            for problem in reading.problems
        ],
        "notes": [phrase_to_json(note) for note in reading.notes],
    }


STATED = [
    (name, None if field.default is MISSING else field.default)
    for name, field in Result.__dataclass_fields__.items()
]


def result_to_json(result: Result) -> dict[str, Any]:
    """Returns what a result states: what is as in any other result is left out."""
    values = ((name, getattr(result, name), default) for name, default in STATED)
    return {
        name: value for name, value, default in values if value is not default and value != default
    }


def result_from_json(stored: dict[str, Any]) -> Result:
    """Returns the result that result_to_json was given."""
    return Result(**{"value": None} | restore_types(stored))


def reading_from_json(data: dict[str, Any]) -> Reading:
    """Returns the reading that reading_to_json was given."""
    return Reading(
        results=tuple(map(result_from_json, data["results"])),
        facts=tuple(ReportedFact(**fact) for fact in data["facts"]),
        problems=tuple(
            Problem(**{name: phrase_from_json(stored) for name, stored in problem.items()})
            for problem in data["problems"]
        ),
        notes=tuple(phrase_from_json(note) for note in data["notes"]),
        llms={name: LLMDraft(**restore_types(draft)) for name, draft in data["llms"].items()},
        metrics={
            name: MetricDraft(**restore_types(draft)) for name, draft in data["metrics"].items()
        },
        provenance=Provenance(**restore_types(data["provenance"])),
        layout=restore_layout(data.get("layout")),
        table=restore_table(data.get("table")),
        files=tuple(
            FileOrigin(**file | {"provenance": Provenance(**restore_types(file["provenance"]))})
            for file in data.get("files", ())
        ),
        parts=tuple(
            FileReading(**part | {"reading": reading_from_json(part["reading"])})
            for part in data.get("parts", ())
        ),
    )


def restore_layout(data: dict[str, Any] | None) -> Layout | None:
    """Returns the layout that asdict() was given."""
    if not data:
        return None
    return Layout(**data | {"columns": tuple(Column(**column) for column in data["columns"])})


PLACES = ("without_value", "texts", "percent")  # the sets of a Table


def table_to_json(table: Table) -> dict[str, Any]:
    """Returns a table as JSON, so that it can be read again in another way."""
    return {
        "kind": phrase_to_json(table.kind),
        "rows": table.rows,
        "notes": [phrase_to_json(note) for note in table.notes],
        "is_workbook": table.is_workbook,
        "delimiter": table.delimiter,
        "counts_rows": table.counts_rows,
    } | {name: sorted(getattr(table, name)) for name in PLACES}


def restore_table(data: dict[str, Any] | None) -> Table | None:
    """Returns the table that table_to_json was given."""
    if not data:
        return None
    sets: Any = {name: frozenset((row, column) for row, column in data[name]) for name in PLACES}
    return Table(
        phrase_from_json(data["kind"]),
        tuple((number, tuple(cells)) for number, cells in data["rows"]),
        notes=tuple(phrase_from_json(note) for note in data["notes"]),
        is_workbook=data["is_workbook"],
        delimiter=data["delimiter"],
        counts_rows=data["counts_rows"],
        **sets,
    )


# Fields of results, drafts and provenance, and facts by their declaration.
NUMBERS = {"value", "standard_error", "minimum", "maximum"} | fields_of_kind(FactKind.NUMBER)
DATES = {"measured_on", "date"} | fields_of_kind(FactKind.DATE)


def restore_types(texts: dict[str, Any]) -> dict[str, Any]:
    """Restores decimals and dates, which are texts in JSON."""
    return {name: restore_type(name, value) for name, value in texts.items()}


def restore_type(name: str, value: Any) -> Any:
    """Restores one value of a field."""
    if not isinstance(value, str):
        return value
    if name in NUMBERS:
        return Decimal(value)
    return date.fromisoformat(value) if name in DATES else value


def replace_source(
    reading: Reading, title: str = "", url: str = "", tier: str = "", evaluator: str = ""
) -> Reading:
    """Returns the reading with what the maintainer says of its source.

    Of several files every source gets them.
    """

    def say(said: Provenance) -> Provenance:
        given: dict[str, Any] = {"title": title, "url": url, "tier": tier, "evaluator": evaluator}
        return replace(said, **{name: text for name, text in given.items() if text})

    files = tuple(replace(file, provenance=say(file.provenance)) for file in reading.files)
    return replace(reading, provenance=say(reading.provenance), files=files)


def say_source(stored: dict[str, Any], title: str, url: str, tier: str, evaluator: str) -> None:
    """Writes what the maintainer says of the source into a stored reading.

    What is empty stays as each of several files says it.
    """
    said = {"title": title, "url": url, "tier": tier, "evaluator": evaluator}
    stored["provenance"] |= said
    for file in stored.get("files", ()):
        file["provenance"] |= {name: text for name, text in said.items() if text}
