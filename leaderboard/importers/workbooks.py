"""XLSX read in one streamed pass over its XML, every byte, element and character counted.

openpyxl is as fast, but has no caps: the parts would have to be read twice, once to count them and
once more by it. It does not tell a formula without a stored result from an empty cell, either.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, NamedTuple
from xml.parsers import expat

from .results import Refused, short
from .tables import (
    MAX_CELL_CHARACTERS,
    SMALLER,
    Rows,
    Table,
    finished,
    is_blank,
    letters,
    too_long,
)

# Of all parts together: ten times what a file of 5 MB holds, as XML repeats itself.
MAX_UNZIPPED_BYTES = 50_000_000
# A workbook has ten parts and one for each sheet and picture.
MAX_ENTRIES = 200
# Spreadsheets reach 30; what is above a hundred was made to burst.
MAX_RATIO = 100
# A cell has three and a row one more; with the handlers called for each, this many take 1 s.
MAX_ELEMENTS = 450_000
# Sheets nest five deep, drawings and rich text ten.
MAX_DEPTH = 50
# Characters kept, as in the longest CSV: a character takes up to four bytes of memory.
MAX_TEXT_CHARACTERS = 5_000_000
# An unfinished tag is kept by the parser and read again with every chunk.
MAX_TAG_BYTES = 1_000_000
CHUNK = 1 << 16
LONGEST_NUMBER_FORMAT = 255  # Excel's own limit

DAMAGED = "This XLSX workbook is damaged or was cut off{detail}. Export it or download it again."
# What the standard library raises for a broken archive or a broken part of one.
BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, KeyError, NotImplementedError,
    OSError, RuntimeError, UnicodeError,
)  # fmt: skip

DATE, PERCENT = "date", "percent"
BUILT_IN = {
    **dict.fromkeys([*range(14, 18), 22, *range(27, 37), *range(50, 59)], DATE),
    9: PERCENT,
    10: PERCENT,
}
QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)


def damaged(detail: str = "") -> Refused:
    return Refused(DAMAGED.format(detail=f": {detail}" if detail else ""))


@contextmanager
def broken_is_refused() -> Iterator[None]:
    try:
        yield
    except BROKEN:
        raise damaged() from None


# The archive


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The zip, as far as its own directory can be trusted; its parts are counted when read.

    Raises Refused beyond the limits.
    """
    # Counted in the bytes, as zipfile takes a second to list 100,000.
    if data.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise Refused(f"The zip has more than {MAX_ENTRIES} parts; a workbook has ten. {SMALLER}")
    with broken_is_refused():
        archive = zipfile.ZipFile(BytesIO(data))
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("This file is protected by a password. Save it without one.")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise Refused("The zip is packed in a way no spreadsheet uses. Save it again as XLSX.")
    if len({part.filename for part in parts}) < len(parts):
        raise damaged("it has two parts of the same name")
    check_unzipped(sum(part.file_size for part in parts), len(data))
    return archive


def check_unzipped(unzipped: int, zipped: int) -> None:
    if unzipped > min(MAX_UNZIPPED_BYTES, MAX_RATIO * zipped):
        raise Refused(
            f"Unzipped this file is {unzipped / 1_000_000:,.1f} MB, {unzipped // zipped} times "
            f"its size; read are {MAX_UNZIPPED_BYTES // 1_000_000} MB and {MAX_RATIO} times. "
            f"{SMALLER}"
        )


# Parts


class Part:
    """What is done with the elements of a part. Prefixes are gone: “x:row” is “row”."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        pass

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


@dataclass(slots=True)
class Budget:
    """What may still be read of a workbook."""

    zipped: int
    unzipped: int = 0
    elements: int = 0
    characters: int = 0
    depth: int = 0

    def check(self) -> None:
        if self.elements > MAX_ELEMENTS:
            raise Refused(f"The workbook has more than {MAX_ELEMENTS:,} elements. {SMALLER}")
        if self.depth > MAX_DEPTH:
            raise damaged(f"its XML nests more than {MAX_DEPTH} deep")

    def keep(self, characters: int) -> None:
        self.characters += characters
        if self.characters > MAX_TEXT_CHARACTERS:
            raise Refused(
                f"The workbook has more than {MAX_TEXT_CHARACTERS:,} characters. {SMALLER}"
            )


def read_part(archive: zipfile.ZipFile, name: str, part: Part, budget: Budget) -> None:
    """Stream a part through its handlers; any DTD is refused, so there are no entities."""
    budget.depth = 0
    parser = parser_of(part, budget)
    fed = 0
    with archive.open(name) as file:
        while chunk := file.read(CHUNK):
            fed += len(chunk)
            budget.unzipped += len(chunk)
            check_unzipped(budget.unzipped, budget.zipped)
            parser.Parse(chunk, False)
            if fed - parser.CurrentByteIndex > MAX_TAG_BYTES:
                raise damaged("it has a tag of more than a megabyte")
    parser.Parse(b"", True)


def parser_of(part: Part, budget: Budget) -> Any:
    def start(name: str, attributes: dict[str, str]) -> None:
        budget.elements += 1
        budget.depth += 1
        if budget.elements > MAX_ELEMENTS or budget.depth > MAX_DEPTH:
            budget.check()
        part.start(name.rpartition(":")[2] if ":" in name else name, attributes)

    def end(name: str) -> None:
        budget.depth -= 1
        part.end(name.rpartition(":")[2] if ":" in name else name)

    def doctype(*_: object) -> None:
        raise Refused(
            "The workbook's XML has a document type, which no spreadsheet writes and which can "
            "hide a bomb. Save it again as XLSX."
        )

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = part.text
    parser.StartDoctypeDeclHandler = doctype
    return parser


class SheetName(NamedTuple):
    name: str
    relation: str


class Book(Part):
    """xl/workbook.xml: the visible sheets in their order."""

    def __init__(self) -> None:
        self.sheets: list[SheetName] = []
        self.starts_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.starts_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet" and attributes.get("state", "visible") == "visible":
            local = {key.rpartition(":")[2]: value for key, value in attributes.items()}
            self.sheets.append(SheetName(local.get("name", ""), local.get("id", "")))


class Relations(Part):
    """xl/_rels/workbook.xml.rels: which part is what."""

    def __init__(self) -> None:
        self.paths: dict[str, str] = {}  # by relation
        self.kinds: dict[str, str] = {}  # sharedStrings, styles: their paths

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            path = target[1:] if target[:1] == "/" else posixpath.normpath(f"xl/{target}")
            self.paths[attributes.get("Id", "")] = path
            self.kinds[attributes.get("Type", "").rpartition("/")[2]] = path


class Styles(Part):
    """xl/styles.xml: for each cell style, whether its numbers are dates or shown as percent."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self.formats = dict(BUILT_IN)
        self.is_inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self.formats[int(attributes["numFmtId"])] = format_kind(attributes["formatCode"])
        elif name == "cellXfs":
            self.is_inside = True
        elif name == "xf" and self.is_inside:
            self.kinds.append(self.formats.get(int(attributes.get("numFmtId", "0")), ""))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self.is_inside = False

    def of(self, style: str) -> str:
        return self.kinds[int(style)] if style.isdecimal() and int(style) < len(self.kinds) else ""


def format_kind(code: str) -> str:
    bare = QUOTED.sub("", code[:LONGEST_NUMBER_FORMAT]).lower()
    if "%" in bare:
        return PERCENT
    return DATE if re.search("[yd]|mmm", bare) else ""


class Texts(Part):
    """A part whose <t> and <v> are collected, but not the pronunciation beside a text (<rPh>)."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.pieces: list[str] = []
        self.length = 0
        self.is_text = False
        self.is_spoken = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "v" or name == "t":
            self.is_text = not self.is_spoken
        elif name == "rPh":
            self.is_spoken = True

    def end(self, name: str) -> None:
        if name == "v" or name == "t":
            self.is_text = False
        elif name == "rPh":
            self.is_spoken = False

    def text(self, text: str) -> None:
        if self.is_text:
            self.budget.keep(len(text))
            self.length += len(text)
            if self.length > MAX_CELL_CHARACTERS:
                raise Refused(too_long(self.place()))
            self.pieces.append(text)

    def place(self) -> str:
        return ""

    def take(self) -> str:
        text = "".join(self.pieces)
        self.pieces.clear()
        self.length = 0
        return text


class SharedTexts(Texts):
    """xl/sharedStrings.xml: texts that cells name by number."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.all: list[str] = []

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            self.all.append(self.take())

    def place(self) -> str:
        return f"with text {len(self.all) + 1} of the workbook"


# A sheet


@dataclass(slots=True)
class Shared:
    """What the cells of all sheets refer to."""

    texts: list[str] = field(default_factory=list)
    styles: Styles = field(default_factory=Styles)
    starts_1904: bool = False


class Sheet(Texts):
    """xl/worksheets/…: the rows with their texts, and the formulas that have none."""

    def __init__(self, budget: Budget, shared: Shared) -> None:
        super().__init__(budget)
        self.shared = shared
        self.rows = Rows("row")
        self.row = 0
        self.column = -1
        self.cells: dict[int, str] = {}
        self.cell: dict[str, str] = {}
        self.has_formula = False
        self.without_value: set[tuple[int, int]] = set()
        self.percent: list[str] = []  # the first cell whose number is shown as percent

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self.cell = attributes
            self.has_formula = False
            self.column = column_number(attributes["r"]) if "r" in attributes else self.column + 1
        elif name == "row":
            number = int(attributes["r"]) if "r" in attributes else self.row + 1
            if number <= self.row:
                raise damaged(f"row {number} comes after row {self.row}")
            self.row, self.column = number, -1
        elif name == "f":
            self.has_formula = True
        else:
            super().start(name, attributes)

    def end(self, name: str) -> None:
        if name == "c":
            self.finish_cell(self.take())
        elif name == "row":
            self.finish_row()
        else:
            super().end(name)

    def finish_cell(self, raw: str) -> None:
        if not raw:
            if self.has_formula:
                self.rows.check_place(self.row, self.column + 1)
                self.without_value.add((self.row, self.column))
                self.cells[self.column] = "(formula)"  # or an otherwise empty row would vanish
            return
        text = self.cell_text(raw)
        if not is_blank(text):
            self.rows.check_place(self.row, self.column + 1)
            self.cells[self.column] = text

    def finish_row(self) -> None:
        if self.cells:
            width = max(self.cells) + 1
            self.rows.add(self.row, [self.cells.get(column, "") for column in range(width)])
            self.cells = {}

    def cell_text(self, raw: str) -> str:
        kind = self.cell.get("t", "n")
        if kind == "s":
            return self.shared.texts[int(raw)]
        if kind == "b":
            return "true" if raw == "1" else "false"
        return self.number_text(raw) if kind == "n" else raw

    def number_text(self, raw: str) -> str:
        """A spreadsheet shows, and means, 15 digits: 0.30000000000000004 is 0.3."""
        number = float(raw)
        shown_as = self.shared.styles.of(self.cell.get("s", "0"))
        if shown_as == DATE:
            return date_text(number, self.shared.starts_1904)
        if shown_as == PERCENT and not self.percent:
            self.percent.append(f"{letters(self.column)}{self.row}")
        return f"{number:.15g}"

    def place(self) -> str:
        return f"{letters(self.column)}{self.row}"


class Found(Exception):
    """A filled cell: all there is to know of a sheet that is not read."""


class Glance(Sheet):
    """A sheet beside the one that is read."""

    def finish_cell(self, raw: str) -> None:
        if not is_blank(raw):
            raise Found


def column_number(place: str) -> int:
    """2 for C7. Raises Refused for what is no place."""
    found = PLACE.fullmatch(place)
    if not found:
        raise damaged(f"a cell is at “{short(place)}”")
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def date_text(days: float, starts_1904: bool) -> str:
    """A day of the calendar, with the time if there is one; the number if it is no date."""
    # Excel has a 29 February 1900, so its count is right from March on.
    start = datetime(1904, 1, 1) if starts_1904 else datetime(1899, 12, 30)
    try:
        moment = start + timedelta(seconds=round(days * 86_400))
    except (OverflowError, ValueError):
        return f"{days:.15g}"
    return moment.isoformat()[: 10 if days == int(days) else 19]


# The workbook


def read_workbook(data: bytes) -> Table:
    """The first visible sheet with content, as texts.

    Raises Refused for what is beyond the limits, damaged or protected.
    """
    archive = open_archive(data)
    budget = Budget(len(data))
    try:
        return finished(read_sheets(archive, budget))
    except Refused:
        raise
    except (*BROKEN, ValueError, IndexError):
        raise damaged() from None


def read_sheets(archive: zipfile.ZipFile, budget: Budget) -> Table:
    book, relations = Book(), Relations()
    read_part(archive, "xl/workbook.xml", book, budget)
    read_part(archive, "xl/_rels/workbook.xml.rels", relations, budget)
    shared = read_shared(archive, relations, budget)
    shared.starts_1904 = book.starts_1904
    sheets = iter(book.sheets)
    for name, relation in sheets:
        sheet = Sheet(budget, shared)
        read_part(archive, relations.paths[relation], sheet, budget)
        if sheet.rows.rows:
            others = [
                other.name
                for other in sheets
                if has_content(archive, relations.paths[other.relation], budget)
            ]
            return table_of(sheet, name, others)
    raise Refused("The workbook is empty: no visible sheet has a filled cell.")


def read_shared(archive: zipfile.ZipFile, relations: Relations, budget: Budget) -> Shared:
    shared = Shared()
    if path := relations.kinds.get("sharedStrings"):
        texts = SharedTexts(budget)
        read_part(archive, path, texts, budget)
        shared.texts = texts.all
    if path := relations.kinds.get("styles"):
        read_part(archive, path, shared.styles, budget)
    return shared


def has_content(archive: zipfile.ZipFile, path: str, budget: Budget) -> bool:
    try:
        read_part(archive, path, Glance(budget, Shared()), budget)
    except Found:
        return True
    return False


def table_of(sheet: Sheet, name: str, others: list[str]) -> Table:
    notes = []
    if others:
        names = ", ".join(f"“{short(other)}”" for other in others[:5])
        more = f" and {len(others) - 5} more" if len(others) > 5 else ""
        notes.append(f"Only the sheet “{short(name)}” was read, not {names}{more}.")
    for cell in sheet.percent:
        notes.append(
            f"Cells shown as percent, the first of them {cell}, are read as the spreadsheet "
            "stores them: 87 % is 0.87."
        )
    return Table(
        "an XLSX workbook",
        tuple(sheet.rows.rows),
        notes=tuple(notes),
        is_workbook=True,
        without_value=frozenset(sheet.without_value),
    )
