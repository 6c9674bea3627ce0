"""How a wide table writes its numbers and dates, and what has to be asked of its maintainer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from leaderboard.readers.files.cells import Cell
from leaderboard.readers.files.dates import DAY_FIRST, find_day_order
from leaderboard.readers.files.numbers import POINT, ambiguous_body, find_decimal_sign, read_body
from leaderboard.readers.layouts import ERRORS, LEFT_OUT, METRIC, Column
from leaderboard.readers.results import FileContext, Problem, short
from leaderboard.text.facts import BY_FIELD, FactKind
from leaderboard.text.numbers import format_exact
from leaderboard.text.sentences import Phrase

from .wide_columns import Seen


class Signs(NamedTuple):
    """How numbers and dates are written, as Layout has it."""

    decimal: str
    has_separators: bool
    dates: str
    has_dates: bool


def find_signs(
    seen: Mapping[int, Seen], columns: Mapping[int, Column], asked: FileContext, is_own: bool
) -> Signs:
    """Finds the decimal sign and the order of dates, as was said, else as the cells show.

    A table that this site wrote has a decimal point unless its cells say otherwise.
    """
    bodies = [
        body
        for at, cells in seen.items()
        if has_numbers(columns[at]) or (is_own and columns[at].role == LEFT_OUT)
        for cell, written in cells.parts
        if not cell.is_number
        for body in written.bodies
    ]
    found = find_decimal_sign(bodies)
    days = [
        cell.text for at, cells in seen.items() if is_date(columns[at]) for cell in cells.filled
    ]
    order = find_day_order(days)
    return Signs(
        decimal=asked.decimal or found.sign or (POINT if is_own else ""),
        has_separators=any("." in body or "," in body for body in bodies),
        dates=asked.dates or order.order,
        has_dates=bool(order.order or order.ambiguous),
    )


def has_numbers(column: Column) -> bool:
    """Whether the cells of a column are read as numbers."""
    is_number = column.role in BY_FIELD and BY_FIELD[column.role].kind is FactKind.NUMBER
    return is_number or column.role == METRIC or column.role in ERRORS


def is_date(column: Column) -> bool:
    """Whether the cells of a column are read as days."""
    return column.role in BY_FIELD and BY_FIELD[column.role].kind is FactKind.DATE


def numeric_cells(seen: Mapping[int, Seen], columns: Mapping[int, Column]) -> Iterator[Cell]:
    """Yields the cells that are read as numbers, and whose text is written by people."""
    for at, column in columns.items():
        if has_numbers(column):
            yield from (cell for cell in seen[at].numbers if not cell.is_number)


def ask_decimal_sign(seen: Mapping[int, Seen], columns: Mapping[int, Column]) -> Problem:
    """Asks for the decimal sign of a wide table."""
    return explain_decimal_sign(numeric_cells(seen, columns))


def explain_decimal_sign(cells: Iterable[Cell]) -> Problem:
    """Asks for the decimal sign, with a number that could be two."""
    cell, body = next((cell, body) for cell in cells if (body := ambiguous_body(cell.text)))
    first, second = (format_exact(read_body(body, sign) or Decimal(0)) for sign in (".", ","))
    reason = Phrase(
        "“%(text)s” may be %(first)s or %(second)s, and the numbers of the file do not say which.",
        text=short(cell.text),
        first=first,
        second=second,
    )
    return ask(cell, reason, Phrase("Choose the decimal sign: point or comma."))


def ask_date_order(seen: Mapping[int, Seen], columns: Mapping[int, Column]) -> Problem:
    """Asks for the order of the dates of a wide table."""
    return explain_date_order(
        cell for at, column in columns.items() if is_date(column) for cell in seen[at].filled
    )


def explain_date_order(cells: Iterable[Cell]) -> Problem:
    """Asks for the order of dates, with one that could be two days."""
    cell = next(cell for cell in cells if cell.day(DAY_FIRST) and not cell.day(""))
    reason = Phrase(
        "In “%(text)s” the day or the month may stand first, and the dates of the file do not say "
        "which.",
        text=short(cell.text),
    )
    return ask(cell, reason, Phrase("Choose the order of dates."))


def ask_plus_minus(
    column: Column, seen: Mapping[int, Seen], columns: Mapping[int, Column]
) -> Problem:
    """Asks once what stands behind ± in the cells of a column."""
    of = {each.header: seen[at].numbers for at, each in columns.items()}
    margins = (each for each in of[column.of] if (parts := each.written()) and parts.has_margin)
    cell = of[column.header][0] if of.get(column.header) else next(margins)
    return explain_plus_minus(cell, column.of)


def explain_plus_minus(cell: Cell, header: str) -> Problem:
    """Asks what stands behind ± under a header, or what the two ends behind a number are."""
    written = cell.written()
    if written and written.ends:
        reason = Phrase(
            "What stands in brackets in the column “%(column)s” may be the ends of an interval of "
            "95 percent, or something else.",
            column=short(header),
        )
        remedy = Phrase("Choose half of the interval, or leave it out.")
        return ask(cell, reason, remedy, header)
    reason = Phrase(
        "What stands behind ± in the column “%(column)s” may be a standard error or half of an "
        "interval.",
        column=short(header),
    )
    return ask(cell, reason, Phrase("Choose which, or leave it out."), header)


def ask(cell: Cell, reason: str, choose: str, metric: str = "") -> Problem:
    """Returns a question about the whole file, with a cell as its example."""
    return replace(cell.problem(reason, choose, metric=metric), is_asked=True)
