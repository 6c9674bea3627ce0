"""Scores in the cells of a wide table, with their units, and errors from columns beside them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from leaderboard.readers.files.cells import Cell, Number
from leaderboard.readers.files.numbers import (
    MULTIPLES,
    POINT,
    UNCLEAR,
    ambiguous_body,
    take_ends_apart,
    take_margin_apart,
)
from leaderboard.readers.files.numbers import read_body as read_digits
from leaderboard.readers.layouts import (
    ERRORS,
    HALF_WIDTH,
    LOWER,
    METRIC,
    STANDARD_ERROR,
    UPPER,
    Column,
    Layout,
)
from leaderboard.readers.results import Problem, Result, short
from leaderboard.text.numbers import format_exact
from leaderboard.text.sentences import Phrase, noop
from leaderboard.text.units import is_same_unit

from .wide_columns import Seen, split_unit

HALF_WIDTH_95 = Decimal("1.959964")  # standard errors in half of a 95 % interval


@dataclass(frozen=True, slots=True)
class Measured:
    """What the numbers of a column are measured in."""

    unit: str = ""  # by the header, else of most cells: “%”, “ms”, “$”
    in_header: str = ""
    is_in_front: bool = False
    shows_percent: bool = False  # whether a workbook shows some of its cells as percent

    @classmethod
    def of(cls, column: Column, seen: Seen) -> "Measured":
        """Looks at the header, then at the cells of a column.

        A unit that fewer than half of the numbers have is none of the column: these are named. 0
        is the same in all.
        """
        _, in_header = split_unit(column.header)
        written = [written for _, written in seen.parts if written.unit]
        units = Counter(each.unit for _, each in seen.parts if each.body.strip("+-0.,"))
        plain = sum(units.pop(unit, 0) for unit in ("", *MULTIPLES, *UNCLEAR))
        most, count = units.most_common(1)[0] if units else ("", 0)
        return cls(
            in_header or (most if count >= plain else ""),
            in_header,
            any(parts.is_in_front for parts in written),
            any(cell.is_percent for cell in seen.cells),
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column of a metric, with the columns of its errors."""

    header: str
    measured: Measured
    plus_minus: str  # the role of what stands behind ±
    errors: Mapping[str, int]  # the column of each role
    error_units: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ScoreReader:
    """Reads the scores of a row, one column after the other."""

    decimal: str
    wanted: Mapping[int, Wanted]

    @classmethod
    def make(
        cls, seen: Mapping[int, Seen], columns: Mapping[int, Column], layout: Layout
    ) -> "ScoreReader":
        """Prepares what holds for all rows."""
        roles = {column.of: column.role for column in layout.columns if column.is_plus_minus}
        wanted = {}
        for at, column in columns.items():
            if column.role != METRIC:
                continue
            errors = {
                each.role: place
                for place, each in columns.items()
                if each.role in ERRORS and each.of == column.header
            }
            units = {role: split_unit(columns[place].header)[1] for role, place in errors.items()}
            measured = Measured.of(column, seen[at])
            role = roles.get(column.header, "")
            wanted[at] = Wanted(column.header, measured, role, errors, units)
        return cls(layout.decimal, wanted)

    def read(
        self, llm: str, cells: Mapping[int, Cell], at: int, source: str
    ) -> Iterator[Result | Problem]:
        """Yields the score in a cell, or the problems with it; nothing while its sign is asked."""
        cell, wanted = cells[at], self.wanted[at]
        if not self.decimal and not cell.is_number and ambiguous_body(cell.text):
            return
        number = cell.number(self.decimal or POINT, llm, wanted.header)
        if isinstance(number, Problem):
            yield number
        elif number is None:
            yield Result(cell.where, llm, wanted.header, None)
        elif mixed := explain_mixed_unit(cell, number, wanted, llm):
            yield mixed
        else:
            yield self.finish(llm, cells, at, number, source)

    def finish(
        self, llm: str, cells: Mapping[int, Cell], at: int, number: Number, source: str
    ) -> Result | Problem:
        """Returns the score with its error, or the problem with that."""
        cell, wanted = cells[at], self.wanted[at]
        error = read_margin(cell, number, wanted.plus_minus, llm, wanted.header)
        if isinstance(error, Problem):
            return error
        found: dict[str, Decimal] = {}
        for role, place in wanted.errors.items():
            read = self.read_error(llm, cells[place], number, wanted, role)
            if isinstance(read, Problem):
                return read
            if read is not None:
                found[role] = read
        if found:
            error = combine_errors(found, number.value)
        if error is None and found:
            where = cells[next(iter(wanted.errors.values()))]
            reason = Phrase("The value %(value)s is outside of its interval.", value=number.value)
            return where.problem(reason, Phrase(CORRECT_ENDS), llm, wanted.header)
        unit = number.unit or wanted.measured.in_header
        return Result(
            cell.where, llm, wanted.header, number.value,
            standard_error=error, unit=unit, source_url=source,
        )  # fmt: skip

    def read_error(
        self, llm: str, cell: Cell, number: Number, wanted: Wanted, role: str
    ) -> Decimal | Problem | None:
        """Returns the error in a cell, in the unit of the value; None if it is empty."""
        half = read_half(cell, number, self.decimal or POINT) if role == HALF_WIDTH else None
        if half is not None:
            return half
        error = cell.number(self.decimal or POINT, llm, wanted.header)
        if error is None or isinstance(error, Problem):
            return error
        if error.margin is not None or (role == HALF_WIDTH and take_ends_apart(cell.text)):
            reason = Phrase("This is no single number, or not the interval of %(value)s.",
                            value=number.value)  # fmt: skip
            return cell.problem(reason, Phrase(SAY_COLUMN), llm, wanted.header)
        unit = error.unit or wanted.error_units[role]
        units = {number.unit, number.unit or wanted.measured.in_header}
        if wanted.measured.in_header and not cell.is_number:
            units.add("")  # the header says the unit of both
        if error.value and not any(is_same_unit(unit, each) for each in units):
            reason = Phrase(
                "The value is in %(first)s, and this in %(second)s.",
                first=number.unit or wanted.measured.in_header or Phrase("plain numbers"),
                second=unit or Phrase("plain numbers"),
            )
            return cell.problem(reason, Phrase("Write both in the same unit."), llm, wanted.header)
        if error.value < 0 and role in (STANDARD_ERROR, HALF_WIDTH):
            reason = Phrase("A standard error is never negative.")
            remedy = Phrase("Correct it or empty the cell.")
            return cell.problem(reason, remedy, llm, wanted.header)
        return error.value


SAY_COLUMN = noop("Say what the column is, or leave it out.")


def read_half(cell: Cell, number: Number, sign: str) -> Decimal | None:
    """Returns half of an interval in a column of its own; None for what is none of the value.

    It is written as its sides, “+6/-7”, or as its ends: “[1480, 1504]”, around 0 “(-12, +12)”.
    """
    sides = [read_digits(side, sign) for side in take_margin_apart(cell.text)]
    known = [side for side in sides if side is not None]
    if known and len(known) == len(sides):
        return sum(known, Decimal(0)) / len(known)
    ends = [read_digits(end, sign) for end in take_ends_apart(cell.text)]
    found = [end for end in ends if end is not None]
    if len(found) == 2:
        low, high = found
        if low <= number.value <= high or low <= 0 <= high:
            return (high - low) / 2
    return None


CORRECT_ENDS = noop("Correct it, or say that the column holds no ends of intervals.")


def read_margin(
    cell: Cell, number: Number, role: str, llm: str, metric: str
) -> Decimal | Problem | None:
    """Returns the standard error by what stands behind a number; None if it is left out.

    Ends of an interval are no standard error: the problem says so.
    """
    if number.margin is None or role not in (STANDARD_ERROR, HALF_WIDTH):
        return None
    if number.has_ends and role == STANDARD_ERROR:
        reason = Phrase("Two ends of an interval stand behind the number, and no standard error.")
        remedy = Phrase("Say that it is half of an interval, or leave it out.")
        return cell.problem(reason, remedy, llm, metric)
    return scale_margin(number.margin, role)


def scale_margin(margin: Decimal, role: str) -> Decimal:
    """Returns the standard error that a margin means."""
    return margin / HALF_WIDTH_95 if role == HALF_WIDTH else margin


def combine_errors(found: Mapping[str, Decimal], value: Decimal) -> Decimal | None:
    """Returns the standard error of a value from what the file says of it.

    A given standard error counts first. An interval of 95 % has a mean half of 1.96 standard
    errors; None if the value is not inside.
    """
    if STANDARD_ERROR in found:
        return found[STANDARD_ERROR]
    if HALF_WIDTH in found:
        return scale_margin(found[HALF_WIDTH], HALF_WIDTH)
    sides = [value - found[LOWER]] if LOWER in found else []
    sides += [found[UPPER] - value] if UPPER in found else []
    if any(side < 0 for side in sides):
        return None
    return scale_margin(sum(sides, Decimal(0)) / len(sides), HALF_WIDTH)


def explain_mixed_unit(cell: Cell, number: Number, wanted: Wanted, llm: str) -> Problem | None:
    """Says that a number has another unit than its column, or none beside percent; else None."""
    measured = wanted.measured
    unit = number.unit or measured.in_header
    in_percent = measured.shows_percent and is_same_unit(measured.unit, "%")
    is_bare = in_percent and cell.is_number and not cell.is_percent
    if not number.value or (is_same_unit(unit, measured.unit) and not is_bare):
        return None
    text = f"{format_exact(number.value)} %" if cell.is_percent else cell.text
    if measured.unit:
        reason = Phrase(
            "“%(text)s” has not the unit of the other numbers in its column, which is %(unit)s.",
            text=short(text),
            unit=measured.unit,
        )
    else:
        reason = Phrase(
            "“%(text)s” has a unit, and most numbers in its column have none.", text=short(text)
        )
    return cell.problem(reason, Phrase("Write all in the same unit."), llm, wanted.header)
