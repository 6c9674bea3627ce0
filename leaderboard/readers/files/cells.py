"""The cells of a table under their headers, and the numbers and days in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from leaderboard.readers.results import Problem, Refused, short
from leaderboard.text.numbers import parse_number
from leaderboard.text.sentences import Phrase, Sentence, noop

from .dates import read_day
from .numbers import (
    COMMA,
    HAS_DIGIT,
    LONGEST,
    MOST_KEPT,
    MULTIPLES,
    POINT,
    UNCLEAR,
    Written,
    read_body,
    take_apart,
    unmark,
)
from .tables import Table, clean_text, is_blank

# Words for “no value”, in lower case.
MISSING = {
    "", "-", "–", "—", "−", "--", "---", "/", "\\", "?", "…", "...", ".", "*", "null", "nil",
    "none",
    "na", "n/a", "n.a.", "n.a", "#n/a", "<na>", "n/r", "nr", "n.d.", "nd", "k.a.", "k. a.", "tbd",
    "tba", "oom", "out of memory", "timeout", "time out", "timed out", "error", "err", "failed",
    "fail", "missing", "unknown", "pending", "not available", "not reported", "not applicable",
    "not run", "no data", "no result", "no results", "not tested", "not evaluated", "not supported",
    "dnf", "did not finish", "coming soon", "crash", "crashed", "skipped", "n.v.",
    "无", "暂无", "缺失", "未测", "未知", "超时",
}  # fmt: skip
SHORT = re.compile(r"\d{1,9}(?:\.\d{1,12})?", re.ASCII)
SPREADSHEET_ERROR = re.compile(r"#[A-ZÄÖÜ/0-9]+[!?]")  # #DIV/0!, #NAME?, #WERT!
BRACKETS = re.compile(r"[()\[\]]")
NO_NUMBER = re.compile(r"[+-]?(nan|inf|infinity)", re.ASCII | re.IGNORECASE)


class Number(NamedTuple):
    """The number in a cell, in the unit that the cell says, and what stands behind ±."""

    value: Decimal
    margin: Decimal | None = None
    unit: str = ""
    has_ends: bool = False  # whether the margin is half of an interval in brackets


@lru_cache(MOST_KEPT)
def is_marked_as_missing(text: str) -> bool:
    """Whether a text says “no value” in brackets, in bold or with marks: “—†”, “N/A (OOM)”."""
    parts = BRACKETS.split(text) if len(text) <= LONGEST else [text]
    words = [unmark(part).lower() for part in parts if part.strip()]
    return any(words) and all(word in MISSING for word in words)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell under its header, ready to become a result or a problem."""

    where: str
    text: str
    lacks_value: bool  # a formula without a stored result
    is_number: bool = False  # of a workbook: its text has a point, whatever the file's sign is
    is_percent: bool = False  # of a workbook, which stores 88.9 % as 0.889

    @property
    def is_missing(self) -> bool:
        """Whether the cell is empty, or says that there is no value."""
        return self.text.lower() in MISSING or (
            not HAS_DIGIT.search(self.text) and is_marked_as_missing(self.text)
        )

    def problem(self, reason: str, remedy: str, llm: str = "", metric: str = "") -> Problem:
        """Describes what is wrong with this cell."""
        return Problem(self.where, short(self.text), reason, remedy, llm, metric)

    def never_computed(self, llm: str = "", metric: str = "") -> Problem:
        """Describes a formula whose result the file does not hold."""
        return self.problem(
            Phrase("The formula in this cell has no stored result."),
            Phrase("Open the file in a spreadsheet and save it, or type the value."),
            llm,
            metric,
        )

    def written(self) -> Written | None:
        """Returns the parts of the number in the cell; None if it is none."""
        if self.is_percent:
            return Written(self.text, unit="%")
        return take_apart(self.text)

    def number(self, decimal: str, llm: str, metric: str) -> Number | Problem | None:
        """Returns the number in a cell, None for “no value”, or the problem with it."""
        if self.lacks_value:
            return self.never_computed(llm, metric)
        if self.is_missing:
            return None
        sign = POINT if self.is_number else decimal
        if sign == POINT and not self.is_percent and SHORT.fullmatch(self.text):  # most cells
            return Number(Decimal(self.text))
        try:
            number = read_written(self.written(), sign)
        except Sentence as error:
            reason, remedy = split_sentence(error)
            return self.problem(reason, remedy, llm, metric)
        if number is None:
            return self.no_number(sign, llm, metric)
        return number._replace(value=number.value.scaleb(2)) if self.is_percent else number

    def no_number(self, sign: str, llm: str, metric: str) -> Problem:
        """Says why a text is no number, with the remedy."""
        if sign == COMMA and take_apart(self.text):
            reason = Phrase("“%(value)s” is not a number with a decimal comma.", value=self.text)
            remedy = Phrase("The file writes 1.234,5. Correct it, or choose the decimal point.")
            return self.problem(reason, remedy, llm, metric)
        if SPREADSHEET_ERROR.fullmatch(self.text):
            reason = Phrase("“%(value)s” is an error of the spreadsheet.", value=self.text)
            return self.problem(reason, Phrase(MEND_FORMULA), llm, metric)
        try:
            parse_number(self.text.rstrip(" %％"))
        except Sentence as error:
            reason, remedy = split_sentence(error)
        else:  # as “5e3x”, which only a unit spoils
            reason, remedy = split_sentence(Sentence(OTHER, typed=f"“{short(self.text, 30)}”"))
        is_missing = NO_NUMBER.fullmatch(self.text) is not None
        return Problem(self.where, short(self.text), reason, remedy, llm, metric, is_missing)

    def day(self, order: str) -> date | None:
        """Returns the day in a cell; None if it is none."""
        return read_day(self.text, order)


MEND_FORMULA = noop("Mend its formula, or empty the cell.")
OTHER = "%(typed)s is not a number here: type plain digits with a point, like 0.87."
# The two halves of what parse_number says, marked for translation.
HALVES = (
    noop("%(typed)s is not a number here."),
    noop("%(typed)s is too large."),
    noop("Use a point for the decimals, like %(repaired)s."),
    noop("Use a point for the decimals and nothing between thousands, like 1234.5."),
    noop("Leave out the percent sign and type the number in the unit of the metric."),
    noop("Leave the box empty if there is no score."),
    noop("Type plain digits 0–9 and a point, without special characters or spaces."),
    noop("Type plain digits with a point, like 0.87."),
    noop("Type a number below 10¹⁵."),
    noop("Type all of its digits."),
    noop("The value is outside of its interval."),
)


def read_written(written: Written | None, sign: str) -> Number | None:
    """Returns the number that the parts of a text are with this decimal sign; None if it is none.

    “12k” is 12000; a margin whose sides differ is their mean. Raises Sentence for one too large,
    and for one whose unit is not clear.
    """
    if written is None:
        return None
    value = read_body(written.body, sign)
    sides = [read_body(margin, sign) for margin in written.margins]
    known = [side for side in sides if side is not None]
    if value is None or len(known) < len(sides):
        return None
    if written.unit in UNCLEAR:
        raise Sentence(
            "%(typed)s is not a number here: type all of its digits.",
            typed=f"“{written.body}{written.unit}”",
        )
    margin = sum(known, Decimal(0)) / len(known) if known else None
    if written.ends:
        return read_ends(written, value, sign)
    if times := MULTIPLES.get(written.unit):
        return Number(value * times, margin and margin * times)
    return Number(value, margin, written.unit)


def read_ends(written: Written, value: Decimal, sign: str) -> Number | None:
    """Returns a number with half of its interval; None if one of the ends is no number.

    Raises Sentence for a value outside.
    """
    low, high = (read_body(end, sign) for end in written.ends)
    if low is None or high is None or written.unit in MULTIPLES:
        return None
    if not low <= value <= high:
        raise Sentence(
            "%(typed)s is not a number here: the value is outside of its interval.",
            typed=f"“{written.body} [{', '.join(written.ends)}]”",
        )
    return Number(value, (high - low) / 2, written.unit, has_ends=True)


def split_sentence(error: Sentence) -> tuple[Phrase, Phrase]:
    """Splits a sentence of parse_number into its reason and its remedy."""
    separator = ": " if ": " in error.template else ". "
    reason, _, remedy = error.template.rpartition(separator)
    halves = f"{reason}.", remedy[:1].upper() + remedy[1:]
    first, second = (Phrase(half, **error.varying) for half in halves)
    return first, second


def named_width(table: Table) -> int:
    """Counts the columns up to the last one with a name."""
    return max((at for at, name in enumerate(table.header, 1) if name), default=0)


def is_uneven(table: Table, cells: tuple[str, ...]) -> bool:
    """Whether a row of a text file is shorter or longer than its header, empty ends left aside."""
    width = named_width(table)
    if table.is_workbook:
        return False
    return len(cells) < width or any(not is_blank(text) for text in cells[len(table.header) :])


def uneven_rows(table: Table, llm: int) -> Iterator[Problem]:
    """Yields a problem for each row that is not read, as it has fewer or more cells than names."""
    names = named_width(table) - 1
    for number, cells in table.rows[1:]:
        if not is_uneven(table, cells):
            continue
        filled = max(at for at, text in enumerate(cells, 1) if not is_blank(text)) - 1
        count = len(cells) - 1 if len(cells) <= names else max(filled, names + 1)
        name = clean_text(cells[llm]) if llm < len(cells) else ""
        reason = Phrase(
            "The row has %(count)s values, and the header %(names)s: nothing of it is read.",
            count=count,
            names=names,
        )
        remedy = Phrase(
            "Complete it, or put a text that contains the delimiter in double quotes, and import "
            "the file again."
        )
        where, value = table.row_name(number), short(", ".join(cells[1:]))
        yield Problem(where, value, reason, remedy, name, is_left_out=True)


def no_whole_row() -> Refused:
    """Builds the refusal of a table of which uneven_rows() names every row."""
    return Refused(
        "No row has as many cells as the header. Put a text that contains the delimiter in double "
        "quotes, and end each row as the header ends."
    )


def read_cells(table: Table) -> Iterator[tuple[int, dict[int, Cell]]]:
    """Yields the number of each row below the header, with its cells by column.

    Rows that are shorter or longer than the header are left out: uneven_rows() names them.
    """
    for number, texts in table.rows[1:]:
        if is_uneven(table, texts):
            continue
        if table.is_workbook:
            texts += ("",) * (len(table.header) - len(texts))
        yield (
            number,
            {
                column: make_cell(table, number, column, text)
                for column, (text, name) in enumerate(zip(texts, table.header, strict=False))
                if name
            },
        )


def make_cell(table: Table, row: int, column: int, text: str) -> Cell:
    """Returns one cell of a table."""
    place = row, column
    return Cell(
        table.cell_name(row, column),
        clean_text(text),
        place in table.without_value,
        table.is_workbook and place not in table.texts,
        place in table.percent,
    )
