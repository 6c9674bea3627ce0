"""A long table: a row for each score, with all that is known of it."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from leaderboard.readers.files.opening import Document
from leaderboard.readers.files.tables import LLM_NAMES, MISSING, Cell, Table, cells_of, column_of
from leaderboard.readers.results import (
    FileContext,
    MetricDraft,
    Problem,
    Reading,
    Result,
    drafts_of,
    header_key,
    short,
    without_repeats,
)
from leaderboard.text.sentences import Phrase, noop

# The columns by the headers people give them, as header_key folds those.
COLUMNS = {
    "llm": LLM_NAMES,
    "benchmark": {"benchmark", "dataset", "task"},
    "metric": {"metric", "metricname"},
    "value": {"value", "score"},
    "n": {"n", "questioncount", "questions", "numsamples"},
    "standard_error": {"standarderror", "stderr", "se"},
    "measured_on": {"measuredon", "date"},
    "source_url": {"sourceurl"},
    "note": {"note", "notes"},
}
NEEDED = {"llm", "metric", "value"}
MOST_QUESTIONS = 1_000_000_000  # what the database can hold is twice that


def detects(content: Table | Document) -> bool:
    if not isinstance(content, Table):
        return False
    keys = {header_key(name) for name in content.header}
    return all(keys & COLUMNS[name] for name in NEEDED)


def read(content: Table | Document, asked: FileContext) -> Reading:
    assert isinstance(content, Table)
    columns = {
        name: column
        for name, keys in COLUMNS.items()
        if (column := column_of(content.header, keys, name)) is not None
    }
    results: list[Result] = []
    problems: list[Problem] = []
    metrics: dict[str, MetricDraft] = {}
    for number, cells in cells_of(content):
        row = {name: cells[column] for name, column in columns.items() if column in cells}
        result, found = read_row(row, content.row_name(number))
        problems += found
        if result:
            results.append(result)
            metrics.setdefault(result.metric, metric_of(row))
    kept, repeated = without_repeats(results)
    return Reading(
        results=tuple(kept),
        problems=(*problems, *repeated),
        notes=(*content.notes, *notes_on(content.header, columns)),
        llms=drafts_of(result.llm for result in kept),
        metrics=metrics,
    )


def read_row(row: dict[str, Cell], where: str) -> tuple[Result | None, list[Problem]]:
    """The score in a row, or everything that is wrong with it."""
    if hollow := [cell.never_computed() for cell in row.values() if cell.lacks_value]:
        return None, hollow
    llm, draft = text_of(row, "llm"), metric_of(row)
    metric = f"{draft.benchmark} / {draft.name}" if draft.benchmark else draft.name
    if not llm or not draft.name:
        what = noop("The row has no metric.") if llm else noop("The row has no LLM.")
        remedy = Phrase("Fill it in, or delete the row.")
        return None, [Problem(where, "", Phrase(what), remedy)]
    if "value" not in row:
        ends = Phrase("The row ends before its value.")
        return None, [Problem(where, "", ends, Phrase("Complete it."), llm, metric)]
    values = {
        "value": row["value"].number(llm, metric),
        **{
            name: read(row[name], llm, metric)
            for name, read in DETAILS.items()
            if name in row and row[name].text.lower() not in MISSING
        },
    }
    if problems := [value for value in values.values() if isinstance(value, Problem)]:
        return None, problems
    where = row["value"].where
    return Result(where, llm, metric, note=text_of(row, "note"), **fields(values)), []


def fields(values: dict[str, Any]) -> dict[str, Any]:
    """Under the names that Result has."""
    return {"question_count" if name == "n" else name: value for name, value in values.items()}


def text_of(row: dict[str, Cell], name: str) -> str:
    return row[name].text if name in row else ""


def metric_of(row: dict[str, Cell]) -> MetricDraft:
    return MetricDraft(text_of(row, "metric"), text_of(row, "benchmark"))


def count_of(cell: Cell, llm: str, metric: str) -> int | Problem:
    if re.fullmatch(r"0*[1-9]\d{0,9}", cell.text, re.ASCII) and int(cell.text) <= MOST_QUESTIONS:
        return int(cell.text)
    reason = Phrase("“%(value)s” is not a number of questions.", value=short(cell.text))
    remedy = Phrase("Type a whole number above 0, like 4343.")
    return cell.problem(reason, remedy, llm=llm, metric=metric)


def error_of(cell: Cell, llm: str, metric: str) -> Decimal | Problem | None:
    number = cell.number(llm, metric)
    if isinstance(number, Decimal) and number < 0:
        reason = Phrase("A standard error is never negative.")
        remedy = Phrase("Correct it or empty the cell.")
        return cell.problem(reason, remedy, llm=llm, metric=metric)
    return number


def day_of(cell: Cell, llm: str, metric: str) -> date | Problem:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", cell.text, re.ASCII):
            return date.fromisoformat(cell.text)
    except ValueError:
        pass
    reason = Phrase("“%(value)s” is not a day.", value=short(cell.text))
    return cell.problem(reason, Phrase("Type it as 2025-01-20."), llm=llm, metric=metric)


def address_of(cell: Cell, llm: str, metric: str) -> str | Problem:
    if re.match(r"https?://", cell.text, re.IGNORECASE):
        return cell.text
    reason = Phrase("“%(value)s” is not a web address.", value=short(cell.text))
    return cell.problem(reason, Phrase("Start it with https://."), llm=llm, metric=metric)


DETAILS: dict[str, Callable[[Cell, str, str], object]] = {
    "n": count_of,
    "standard_error": error_of,
    "measured_on": day_of,
    "source_url": address_of,
}


def notes_on(header: tuple[str, ...], columns: dict[str, int]) -> tuple[str, ...]:
    unread = [short(name) for at, name in enumerate(header) if name and at not in columns.values()]
    names = ", ".join(unread)
    return (Phrase("Columns not read: %(names)s.", names=names),) if unread else ()
