"""A long table: a row for each score, with its details."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from leaderboard.readers.files.cells import (
    Cell,
    Number,
    no_whole_row,
    read_cells,
    uneven_rows,
)
from leaderboard.readers.files.dates import DAY_FIRST, find_day_order
from leaderboard.readers.files.numbers import POINT, ambiguous_body, find_decimal_sign
from leaderboard.readers.files.opening import Content
from leaderboard.readers.files.tables import (
    LLM_NAMES,
    OTHER_LLM_NAMES,
    Table,
    find_column,
    find_llm_column,
    one_line,
    plain_name,
)
from leaderboard.readers.files.turning import METRIC_NAMES
from leaderboard.readers.layouts import Layout
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
from leaderboard.text.numbers import parse_count
from leaderboard.text.sentences import Phrase, Sentence, noop
from leaderboard.text.units import is_same_unit

from .wide_scores import read_margin
from .writing import explain_date_order, explain_decimal_sign, explain_plus_minus

# The headers that each column may have, as header_key folds them.
COLUMNS = {
    "llm": LLM_NAMES | OTHER_LLM_NAMES,
    "benchmark": {
        "benchmark", "dataset", "task", "benchmarkname", "datasetname", "taskname", "datensatz",
        "aufgabe", "tâche", "基准", "数据集", "任务", "评测集",
    },
    "metric": METRIC_NAMES,
    "value": {"value", "score", "wert", "ergebnis", "valeur", "valor", "值", "得分", "分数"},
    "n": {"n", "questioncount", "questions", "numsamples", "fragen", "样本数", "题数"},
    "standard_error": {"standarderror", "stderr", "se", "standardfehler", "erreurtype", "标准误"},
    "measured_on": {"measuredon", "date", "datum", "fecha", "日期"},
    "source_url": {"sourceurl"},
    "note": {"note", "notes"},
}  # fmt: skip


def detects(content: Content) -> bool:
    """Whether a table has columns for the LLM, the metric and the value.

    A benchmark stands for the metric where an LLM has several rows.
    """
    if not isinstance(content, Table):
        return False
    keys = list(map(header_key, content.header))
    found = {name for name, names in COLUMNS.items() if names.intersection(keys)}
    if not {"llm", "value"} <= found:
        return False
    return "metric" in found or ("benchmark" in found and has_rows_by_benchmark(content, keys))


def has_rows_by_benchmark(table: Table, keys: list[str]) -> bool:
    """Whether an LLM stands in several rows, each of another benchmark."""
    llm = next(at for at, key in enumerate(keys) if key in COLUMNS["llm"])
    benchmark = next(at for at, key in enumerate(keys) if key in COLUMNS["benchmark"])
    rows = {
        (cells[llm], cells[benchmark])
        for _, cells in table.rows[1:]
        if max(llm, benchmark) < len(cells)
    }
    return len({name for name, _ in rows}) < len(rows)


def find_columns(table: Table) -> dict[str, int]:
    """Returns the column of each meaning. Raises Refused if two columns mean the same."""
    found = {
        name: find_llm_column(table.header)
        if name == "llm"
        else find_column(table.header, names, name)
        for name, names in COLUMNS.items()
    }
    return {name: at for name, at in found.items() if at is not None}


def read(content: Content, context: FileContext) -> Reading:
    """Returns a result for each row. Raises Refused if two columns mean the same."""
    assert isinstance(content, Table)
    columns = find_columns(content)
    rows = [
        (content.row_name(number), {name: cells[at] for name, at in columns.items() if at in cells})
        for number, cells in read_cells(content)
    ]
    if not rows:
        raise no_whole_row()
    layout = find_layout([row for _, row in rows], context)
    results: list[Result] = []
    problems: list[Problem] = [*uneven_rows(content, columns["llm"])]
    problems += ask(layout, [row for _, row in rows], context)
    metrics: dict[str, MetricDraft] = {}
    for where, row in rows:
        result, row_problems = read_row(row, where, layout, context)
        problems += row_problems
        if result:
            results.append(result)
            draft = draft_metric(row, result.unit)
            if result.unit or result.metric not in metrics:
                metrics[result.metric] = draft
    kept, repeated = drop_repeated_results(results)
    return Reading(
        results=tuple(kept),
        problems=(*problems, *find_mixed_units(kept), *repeated),
        notes=(*content.notes, *note_unread_columns(content.header, columns)),
        llms=draft_llms(result.llm for result in kept),
        metrics=metrics,
        layout=layout,
        table=content,
    )


def find_layout(rows: list[dict[str, Cell]], context: FileContext) -> Layout:
    """Returns how numbers and dates are written: as was said, else as the cells show."""
    numbers = [row[name] for row in rows for name in ("value", "standard_error") if name in row]
    bodies = [
        body
        for cell in numbers
        if not cell.is_number and not cell.is_missing and (written := cell.written())
        for body in written.bodies
    ]
    order = find_day_order(row["measured_on"].text for row in rows if "measured_on" in row)
    return Layout(
        decimal=context.decimal or find_decimal_sign(bodies).sign,
        has_separators=any("." in body or "," in body for body in bodies),
        dates=context.dates or order.order,
        has_dates=bool(order.order or order.ambiguous),
    )


def ask(layout: Layout, rows: list[dict[str, Cell]], context: FileContext) -> Iterator[Problem]:
    """Yields a problem for each thing that the file does not show and nobody has said."""
    values = [row["value"] for row in rows if "value" in row]
    if not layout.decimal:
        errors = [row["standard_error"] for row in rows if "standard_error" in row]
        numbers = (cell for cell in (*values, *errors) if not cell.is_number)
        yield explain_decimal_sign(numbers)
    if layout.has_dates and not layout.dates:
        yield explain_date_order(row["measured_on"] for row in rows if "measured_on" in row)
    margins = (cell for cell in values if (written := cell.written()) and written.has_margin)
    if not context.plus_minus and (cell := next(margins, None)):
        yield explain_plus_minus(cell, "value")


def find_mixed_units(results: list[Result]) -> Iterator[Problem]:
    """Yields a problem for each number without a unit where others of its metric have one."""
    units = {result.metric: result.unit for result in results if result.unit}
    for result in results:
        unit = units.get(result.metric)
        if unit and result.unit != unit and result.value:
            reason = Phrase(
                "“%(text)s” has not the unit of other numbers of its metric, which is %(unit)s.",
                text=str(result.value),
                unit=unit,
            )
            remedy = Phrase("Write all in the same unit.")
            yield Problem(
                result.where, str(result.value), reason, remedy, result.llm, result.metric
            )


def read_row(
    row: dict[str, Cell], where: str, layout: Layout, context: FileContext
) -> tuple[Result | None, list[Problem]]:
    """Returns the score in a row, or None and every problem with the row."""
    if hollow := [cell.never_computed() for cell in row.values() if cell.lacks_value]:
        return None, hollow
    llm = "" if row["llm"].is_missing else plain_name(row["llm"].text)
    draft = draft_metric(row)
    metric = f"{draft.benchmark} / {draft.name}" if draft.benchmark else draft.name
    if not llm or not draft.name:
        what = noop("The row has no metric.") if llm else noop("The row has no LLM.")
        remedy = Phrase("Fill it in, or delete the row.")
        return None, [Problem(where, "", Phrase(what), remedy)]
    cell = row["value"]
    if not layout.decimal and not cell.is_number and ambiguous_body(cell.text):
        return None, []  # its sign is asked
    number = read_number(cell, layout, llm, metric)
    details = {
        name: read(row[name], layout, llm, metric)
        for name, read in DETAILS.items()
        if name in row and not row[name].is_missing
    }
    if isinstance(number, Number) and (other := find_other_unit(row, number, llm, metric)):
        details["standard_error"] = other
    found = [*([number] if isinstance(number, Problem) else []), *details.values()]
    if problems := [value for value in found if isinstance(value, Problem)]:
        return None, problems
    if isinstance(number, Number):
        error = read_margin(cell, number, context.plus_minus, llm, metric)
        if isinstance(error, Problem):
            return None, [error]
        if error is not None:
            details.setdefault("standard_error", error)
    return Result(
        cell.where, llm, metric,
        value=number.value if isinstance(number, Number) else None,
        unit=number.unit if isinstance(number, Number) else "",
        note=read_text(row, "note"),
        **name_fields(details),
    ), []  # fmt: skip


def read_number(cell: Cell, layout: Layout, llm: str, metric: str) -> Number | Problem | None:
    """Returns the number in a cell; only a percent sign or a currency may stand with it."""
    number = cell.number(layout.decimal or POINT, llm, metric)
    if isinstance(number, Number) and number.unit and number.unit[0].isalpha():
        return cell.no_number(POINT, llm, metric)
    return number


def name_fields(values: dict[str, Any]) -> dict[str, Any]:
    """Returns the values under the names that Result has."""
    return {"question_count" if name == "n" else name: value for name, value in values.items()}


def read_text(row: dict[str, Cell], name: str) -> str:
    """Returns the text in a column of a row; "" without that column."""
    return row[name].text if name in row else ""


def draft_metric(row: dict[str, Cell], unit: str = "") -> MetricDraft:
    """Describes the metric of a row, in the unit that its number has.

    Without a column of metrics that of benchmarks names them.
    """
    name, benchmark = (one_line(read_text(row, column)) for column in ("metric", "benchmark"))
    if "metric" not in row:
        name, benchmark = benchmark, ""
    draft = MetricDraft(name, benchmark)
    if unit == "%":
        return replace(draft, unit="percent")
    written = row["value"].written() if unit else None
    if written is None:
        return draft
    return replace(draft, unit="other", unit_label=unit, label_in_front=written.is_in_front)


def read_count(cell: Cell, layout: Layout, llm: str, metric: str) -> int | Problem:
    """Returns the number of questions in a cell, or the problem with it.

    A count has no decimals, so what stands before three digits can only group them.
    """
    with suppress(Sentence):
        return parse_count(cell.text)
    reason = Phrase("“%(value)s” is not a number of questions.", value=short(cell.text))
    remedy = Phrase("Type a whole number above 0, like 4343.")
    return cell.problem(reason, remedy, llm=llm, metric=metric)


def read_error(cell: Cell, layout: Layout, llm: str, metric: str) -> Decimal | Problem | None:
    """Returns the standard error in a cell, in the unit of the value, or the problem with it."""
    number = read_number(cell, layout, llm, metric)
    if not isinstance(number, Number):
        return number
    if number.value < 0:
        reason = Phrase("A standard error is never negative.")
        remedy = Phrase("Correct it or empty the cell.")
        return cell.problem(reason, remedy, llm=llm, metric=metric)
    return number.value


def find_other_unit(row: dict[str, Cell], number: Number, llm: str, metric: str) -> Problem | None:
    """Says that a standard error is in another unit than its value; None if it is not."""
    cell = row.get("standard_error")
    written = None if cell is None or cell.is_missing else cell.written()
    if cell is None or written is None or is_same_unit(written.unit, number.unit):
        return None
    reason = Phrase(
        "The value is in %(first)s, and this in %(second)s.",
        first=number.unit or Phrase("plain numbers"),
        second=written.unit or Phrase("plain numbers"),
    )
    return cell.problem(reason, Phrase("Write both in the same unit."), llm, metric)


def read_day(cell: Cell, layout: Layout, llm: str, metric: str) -> date | Problem | None:
    """Returns the day in a cell, or the problem with it; None while the order is asked for all."""
    if day := cell.day(layout.dates):
        return day
    if not layout.dates and cell.day(DAY_FIRST):
        return None
    reason = Phrase("“%(value)s” is not a day.", value=short(cell.text))
    return cell.problem(reason, Phrase("Type it as 2025-01-20."), llm=llm, metric=metric)


def read_address(cell: Cell, layout: Layout, llm: str, metric: str) -> str | Problem:
    """Returns the web address in a cell, or the problem with it."""
    if re.match(r"https?://", cell.text, re.IGNORECASE):
        return cell.text
    reason = Phrase("“%(value)s” is not a web address.", value=short(cell.text))
    return cell.problem(reason, Phrase("Start it with https://."), llm=llm, metric=metric)


DETAILS: dict[str, Callable[[Cell, Layout, str, str], object]] = {
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
