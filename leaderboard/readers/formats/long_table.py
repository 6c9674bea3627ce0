"""A long table: a row for each score, with its details."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from leaderboard.readers.files.opening import Content
from leaderboard.readers.files.tables import (
    LLM_NAMES,
    MISSING,
    Cell,
    Table,
    find_column,
    read_cells,
)
from leaderboard.readers.results import (
    FileContext,
    MetricDraft,
    Problem,
    Reading,
    Result,
    draft_llms,
    drop_repeated_results,
    header_key,
    short,
)
from leaderboard.text.sentences import Phrase, noop

# The headers that each column may have, as header_key folds them.
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
MOST_QUESTIONS = 1_000_000_000  # half of what the database can hold


def detects(content: Content) -> bool:
    """Whether a table has columns for the LLM, the metric and the value."""
    if not isinstance(content, Table):
        return False
    keys = {header_key(name) for name in content.header}
    return all(keys & COLUMNS[name] for name in NEEDED)


def read(content: Content, context: FileContext) -> Reading:
    """Returns a result for each row. Raises Refused if two columns mean the same."""
    assert isinstance(content, Table)
    columns = {
        name: column
        for name, keys in COLUMNS.items()
        if (column := find_column(content.header, keys, name)) is not None
    }
    results: list[Result] = []
    problems: list[Problem] = []
    metrics: dict[str, MetricDraft] = {}
    for number, cells in read_cells(content):
        row = {name: cells[column] for name, column in columns.items() if column in cells}
        result, row_problems = read_row(row, content.row_name(number))
        problems += row_problems
        if result:
            results.append(result)
            metrics.setdefault(result.metric, draft_metric(row))
    kept, repeated = drop_repeated_results(results)
    return Reading(
        results=tuple(kept),
        problems=(*problems, *repeated),
        notes=(*content.notes, *note_unread_columns(content.header, columns)),
        llms=draft_llms(result.llm for result in kept),
        metrics=metrics,
    )


def read_row(row: dict[str, Cell], where: str) -> tuple[Result | None, list[Problem]]:
    """Returns the score in a row, or None and every problem with the row."""
    if hollow := [cell.never_computed() for cell in row.values() if cell.lacks_value]:
        return None, hollow
    llm, draft = read_text(row, "llm"), draft_metric(row)
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
    return Result(where, llm, metric, note=read_text(row, "note"), **name_fields(values)), []


def name_fields(values: dict[str, Any]) -> dict[str, Any]:
    """Returns the values under the names that Result has."""
    return {"question_count" if name == "n" else name: value for name, value in values.items()}


def read_text(row: dict[str, Cell], name: str) -> str:
    """Returns the text in a column of a row; "" without that column."""
    return row[name].text if name in row else ""


def draft_metric(row: dict[str, Cell]) -> MetricDraft:
    """Describes the metric of a row."""
    return MetricDraft(read_text(row, "metric"), read_text(row, "benchmark"))


def read_count(cell: Cell, llm: str, metric: str) -> int | Problem:
    """Returns the number of questions in a cell, or the problem with it."""
    if re.fullmatch(r"0*[1-9]\d{0,9}", cell.text, re.ASCII) and int(cell.text) <= MOST_QUESTIONS:
        return int(cell.text)
    reason = Phrase("“%(value)s” is not a number of questions.", value=short(cell.text))
    remedy = Phrase("Type a whole number above 0, like 4343.")
    return cell.problem(reason, remedy, llm=llm, metric=metric)


def read_error(cell: Cell, llm: str, metric: str) -> Decimal | Problem | None:
    """Returns the standard error in a cell, in the unit of the value, or the problem with it."""
    number = cell.number(llm, metric)
    if isinstance(number, Decimal) and number < 0:
        reason = Phrase("A standard error is never negative.")
        remedy = Phrase("Correct it or empty the cell.")
        return cell.problem(reason, remedy, llm=llm, metric=metric)
    return number


def read_day(cell: Cell, llm: str, metric: str) -> date | Problem:
    """Returns the day in a cell, written as 2025-01-20, or the problem with it."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", cell.text, re.ASCII):
            return date.fromisoformat(cell.text)
    except ValueError:
        pass
    reason = Phrase("“%(value)s” is not a day.", value=short(cell.text))
    return cell.problem(reason, Phrase("Type it as 2025-01-20."), llm=llm, metric=metric)


def read_address(cell: Cell, llm: str, metric: str) -> str | Problem:
    """Returns the web address in a cell, or the problem with it."""
    if re.match(r"https?://", cell.text, re.IGNORECASE):
        return cell.text
    reason = Phrase("“%(value)s” is not a web address.", value=short(cell.text))
    return cell.problem(reason, Phrase("Start it with https://."), llm=llm, metric=metric)


DETAILS: dict[str, Callable[[Cell, str, str], object]] = {
    "n": read_count,
    "standard_error": read_error,
    "measured_on": read_day,
    "source_url": read_address,
}


def note_unread_columns(header: tuple[str, ...], columns: dict[str, int]) -> tuple[str, ...]:
    """Says which columns are not read."""
    unread = [short(name) for at, name in enumerate(header) if name and at not in columns.values()]
    names = ", ".join(unread)
    return (Phrase("Columns not read: %(names)s.", names=names),) if unread else ()
