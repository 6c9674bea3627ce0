"""What each column of a wide table is: suggested from its header and its cells, or as was said."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from unicodedata import category

from leaderboard.readers.files.cells import NO_NUMBER, SPREADSHEET_ERROR, Cell
from leaderboard.readers.files.dates import is_day
from leaderboard.readers.files.numbers import (
    Written,
    could_be,
    take_ends_apart,
    take_margin_apart,
)
from leaderboard.readers.files.tables import Table, bare_key, find_llm_column, is_plus_minus_name
from leaderboard.readers.layouts import (
    ASKED,
    ERRORS,
    HALF_WIDTH,
    LEFT_OUT,
    METRIC,
    NAME,
    SOURCE,
    Column,
)
from leaderboard.readers.results import FileContext, Refused, header_key, short
from leaderboard.text.facts import BY_FIELD, BY_HEADER
from leaderboard.text.sentences import Phrase
from leaderboard.text.units import HEADER_UNITS

from .header_words import (
    COMPUTED,
    COMPUTED_ENDS,
    COUNTING,
    ERROR_ENDS,
    LIKELY_FACTS,
    LIKELY_SIZES,
    SPREADS,
)

# Before the key of a fact that the site has defined, which an import does not store.
DEFINED_FACT = "fact_"
# NaN, “>90” and “57 %%” are problems, and no texts that could be left out.
MEANT = re.compile(
    r"[<>~≈≤≥]\s*\d[\d.,]*.{0,3}|\d[\d.,]*\s*[%％]+|[$€£¥]\s*\d\S*"
    r"|[+-]?\d+[.,]\d+\s*[(\[][^A-Za-z]*[)\]]"
)
BEGINS = re.compile(r"[^\w#]{0,3}\d+(?:[.,]\d|\W|$)")  # not “8x7B”
MOST_MEANT = 30  # characters
# Digits of other scripts, and fractions: １２.５, ٧١٫٢, ½.
FOREIGN_DIGITS, BESIDE_DIGITS = {"Nd", "No"}, set(" .,．，٫٬%％‰+-−－±")
UNIT = re.compile(r"^(.*\S)\s*[(\[（]\s*(?:in\s+)?([^()\[\]（）]{1,12}?)\s*[)\]）]\s*$")
PERCENT = re.compile(r"^(.*\S),?\s+(?:in\s+)?(%)$")
PLUS_MINUS = "{} ±"
DIRECTION = re.compile(
    r"(?P<name>.*?)[\s,:-]*[(\[（]?\s*(?:(?P<lower>[↓▼⬇]\ufe0f?|lower is better|越低越好)"
    r"|[↑▲⬆]\ufe0f?|higher is better|越高越好)\s*[)\]）]?\s*",
    re.IGNORECASE,
)


def split_unit(header: str) -> tuple[str, str]:
    """Returns a header without its unit, and the unit: “Latency (ms) ↓” is (“Latency”, “ms”)."""
    bare, _ = split_direction(header)
    found = UNIT.match(bare) or PERCENT.match(bare)
    if found and found[2].casefold() in HEADER_UNITS:
        return found[1], found[2]
    return bare, ""


def split_direction(header: str) -> tuple[str, bool]:
    """Returns a header without what says which end is better, and whether that is the higher one:
    “PPL ↓” is (“PPL”, False). Where nothing says so, it is.
    """
    found = DIRECTION.fullmatch(header)
    if not found or not found["name"]:
        return header, True
    return found["name"], not found["lower"]


@dataclass
class Seen:
    """What the cells of a column are, in numbers of cells."""

    cells: list[Cell] = field(default_factory=list)

    @cached_property
    def filled(self) -> list[Cell]:
        return [cell for cell in self.cells if not cell.is_missing]

    @cached_property
    def numbers(self) -> list[Cell]:
        return [cell for cell in self.filled if cell.lacks_value or is_numeric(cell)]

    @property
    def is_text(self) -> bool:
        """Whether the column has texts, and numbers in less than half of its filled cells."""
        return 2 * len(self.numbers) < len(self.filled)

    @property
    def has_digits(self) -> bool:
        """Whether most of its texts begin as numbers do: “71.2 (5-shot)”, “12/20”, “1:23”."""
        begun = sum(bool(BEGINS.match(cell.text)) and not is_day(cell.text) for cell in self.filled)
        return self.is_text and 2 * begun > len(self.filled)

    @cached_property
    def parts(self) -> list[tuple[Cell, Written]]:
        """The numbers with their parts."""
        return [(cell, written) for cell in self.numbers if (written := cell.written())]

    @cached_property
    def has_margins(self) -> bool:
        return any(written.has_margin for _, written in self.parts)

    @property
    def example(self) -> str:
        return short(self.filled[0].text, 40) if self.filled else ""


def is_numeric(cell: Cell) -> bool:
    """Whether a text is a number with a decimal point or a decimal comma, or is meant as one."""
    if any(
        each.fullmatch(cell.text[:MOST_MEANT]) for each in (NO_NUMBER, MEANT, SPREADSHEET_ERROR)
    ):
        return True
    if not cell.text.isascii() and is_of_other_digits(cell.text[:MOST_MEANT]):
        return True
    written = cell.written()
    return written is not None and bool(could_be(written.body))


def is_of_other_digits(text: str) -> bool:
    """Whether a text is a number in digits that are not read: they are named, not left out."""
    digits = [char for char in text if category(char) in FOREIGN_DIGITS]
    return bool(digits) and all(char in BESIDE_DIGITS for char in text if char not in digits)


Rows = list[tuple[int, dict[int, Cell]]]


def look_at_columns(table: Table, rows: Rows) -> dict[int, Seen]:
    """Returns the cells of each named column."""
    seen = {column: Seen() for column, name in enumerate(table.header) if name}
    for _, cells in rows:
        for column, cell in cells.items():
            seen[column].cells.append(cell)
    return seen


def sort_columns(table: Table, seen: Mapping[int, Seen], asked: FileContext) -> dict[int, Column]:
    """Finds out what each named column is, in the order of the table.

    Raises Refused unless one column names the LLM, if two hold the same fact, and for a role that
    is said of a column that the table does not have.
    """
    header = table.header
    said = find_said_columns(header, asked)
    llm = find_name_column(header, said)
    columns = {
        column: Column(
            name,
            NAME if column == llm else said.get(column) or suggest(name, header, cells),
            example=cells.example,
        )
        for column, name in enumerate(header)
        if (cells := seen.get(column))
    }
    columns = find_measured(columns, said, asked.plus_minus)
    if not asked.facts:
        columns = {
            at: replace(column, role=LEFT_OUT) if column.role in BY_FIELD else column
            for at, column in columns.items()
        }
    check_facts(columns)
    return columns


def find_said_columns(header: tuple[str, ...], asked: FileContext) -> dict[int, str]:
    """Returns {column: role}. Raises Refused for a header that the table does not have.

    Of several files another one may have it.
    """
    said = {}
    keys: dict[str, int] = {}
    for column, name in enumerate(header):
        keys.setdefault(header_key(name) or name, column)
    for name, role in asked.roles.items():
        exact = header.index(name) if name in header else keys.get(header_key(name) or name)
        if exact is None and name.rstrip(" ±") == name and not asked.is_one_of_several:
            raise Refused(
                "There is no column “%(name)s”. The headers are: %(headers)s.",
                name=short(name),
                headers=short(", ".join(filter(None, header)), 200),
            )
        if exact is not None and (name in header or not name.endswith(" ±")):
            said[exact] = role
    return said


def find_name_column(header: tuple[str, ...], said: Mapping[int, str]) -> int:
    """Returns the column that names the LLM. Raises Refused if none does, or several."""
    chosen = [column for column, role in said.items() if role == NAME]
    if len(chosen) > 1:
        raise Refused("Only one column names the LLM.")
    open_names = tuple("" if said.get(at, NAME) != NAME else name for at, name in enumerate(header))
    found = chosen[0] if chosen else find_llm_column(open_names)
    if found is None:
        raise Refused(
            "No column names the LLM. Give that column the header “llm”, or say that the LLMs "
            "stand side by side; the headers are: %(headers)s.",
            headers=short(", ".join(filter(None, header)), 200),
        )
    return found


def suggest(name: str, header: tuple[str, ...], seen: Seen) -> str:
    """Returns what a column likely is, from its header, then from its cells."""
    key = header_key(name)
    if is_plus_minus_name(name):
        return METRIC  # until its metric is found
    if is_computed(name, header) or (is_counting(name) and not is_measured(seen)):
        return LEFT_OUT
    if known := BY_HEADER.get(key) or {"sourceurl": SOURCE}.get(key):
        return known
    if key in LIKELY_FACTS and (seen.is_text or LIKELY_FACTS[key] != "organization"):
        return LIKELY_FACTS[key]
    if key in LIKELY_SIZES and not seen.is_text:
        return "parameters"
    if seen.is_text and (is_margins(seen) or has_ends_alone(name, seen)):
        return METRIC  # until its metric is found
    return LEFT_OUT if seen.is_text else METRIC


def is_counting(name: str) -> bool:
    """Whether a column counts the rows or ranks them in one way or another: “Rank (UB)”."""
    return header_key(name) in COUNTING or bare_key(name) in {"rank", "ranking"}


def is_measured(seen: Seen) -> bool:
    """Whether numbers have a unit or decimals, which those of rows have not: “Index” of 71.2."""
    return any(each.unit or re.search(r"[.,]\d{1,2}$", each.body) for _, each in seen.parts)


def is_margins(seen: Seen) -> bool:
    """Whether the cells are what stands behind ±, alone: “±6”, “+6/-7”."""
    count = sum(bool(take_margin_apart(cell.text)) for cell in seen.filled)
    return 2 * count > len(seen.filled)


def has_ends_alone(name: str, seen: Seen) -> bool:
    """Whether a column is called an interval, and its cells are both ends: “[1480, 1504]”."""
    is_interval = any(header_key(name).endswith(word) for word in ERROR_ENDS[HALF_WIDTH])
    count = sum(bool(take_ends_apart(cell.text)) for cell in seen.filled)
    return is_interval and 2 * count > len(seen.filled)


def is_computed(name: str, header: Iterable[str]) -> bool:
    """Whether the site writes a column that it does not read: ranks, coverage, ends of intervals,
    facts that it has defined."""
    if header_key(name) in COMPUTED or name.lower().startswith(DEFINED_FACT):
        return True
    keys = {header_key(other) for other in header}
    return any(
        name.lower().endswith(end) and header_key(name[: -len(end)]) in keys
        for end in COMPUTED_ENDS
    )


def find_measured(
    columns: Mapping[int, Column], said: Mapping[int, str], plus_minus: str
) -> dict[int, Column]:
    """Returns the columns with errors and bounds among the metrics, each with its metric.

    An error is named after its metric, “Rating standard error”, or stands behind it, “95% CI”.
    """
    metrics = {
        header_key(split_unit(column.header)[0]): column.header
        for column in columns.values()
        if column.role == METRIC and not is_plus_minus_name(column.header)
    }
    found, last = {}, ""
    for at, column in columns.items():
        role, of = column.role, ""
        is_plus_minus = bool(last) and is_plus_minus_name(column.header)
        if is_plus_minus:
            role, of = (
                said.get(at, plus_minus or ASKED),
                metrics.get(header_key(column.header), last),
            )
        elif role == METRIC and at not in said:
            role, of = find_error(header_key(split_unit(column.header)[0]), metrics, last)
        elif role in ERRORS:
            _, of = find_error(header_key(split_unit(column.header)[0]), metrics, last)
            of = of or last
            role = role if of else LEFT_OUT
        found[at] = replace(column, role=role, of=of, is_plus_minus=is_plus_minus)
        if role == METRIC:
            last = column.header
    return found


def find_error(key: str, metrics: Mapping[str, str], last: str) -> tuple[str, str]:
    """Returns (role, header of its metric) of a column of numbers, by its folded header."""
    for base, header in sorted(metrics.items(), key=lambda item: -len(item[0])):
        if base and base != key and (key.startswith(base) or key.endswith(base)):
            rest = key.removeprefix(base) if key.startswith(base) else key.removesuffix(base)
            if role := error_role(rest):
                return role, header
    if last and (role := error_role(key)):
        return role, last
    return METRIC, ""


def error_role(words: str) -> str:
    """Returns the role of an error by the words for it; "" for other words."""
    if words in SPREADS:
        return LEFT_OUT
    return next((role for role, ends in ERROR_ENDS.items() if words in ends), "")


def check_facts(columns: Mapping[int, Column]) -> None:
    """Raises Refused if two columns hold the same fact, or two the same error of a metric."""
    first: dict[tuple[str, str], Column] = {}
    for column in columns.values():
        if column.role in BY_FIELD or column.role in ERRORS or column.role == SOURCE:
            other = first.setdefault((column.role, column.of), column)
            if other is not column:
                raise Refused(
                    "“%(first)s” and “%(second)s” both name the %(meaning)s. Rename or delete one "
                    "column.",
                    first=short(other.header),
                    second=short(column.header),
                    meaning=Phrase(column.role),
                )


def plus_minus_column(column: Column, asked: FileContext) -> Column:
    """Returns the column of what stands behind ± in the cells of another."""
    header = PLUS_MINUS.format(column.header)
    role = asked.roles.get(header) or asked.plus_minus or ASKED
    return Column(header, role, of=column.header, is_plus_minus=True)
