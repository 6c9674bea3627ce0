"""Limits of an XLSX file, counted while its XML is parsed."""

import io
import re
import zipfile
from typing import IO, Any
from xml.parsers import expat

from openpyxl.utils import column_index_from_string

from leaderboard.readers.results import Refused, short
from leaderboard.text.sentences import Phrase, noop

from .tables import MAX_CELL_CHARACTERS, SMALLER, Rows, column_letters, explain_long_cell

# All parts together: ten times the largest file of 5 MB, as XML repeats itself.
MAX_UNZIPPED_BYTES = 50_000_000
# A workbook has ten parts and one for each sheet and picture.
MAX_ENTRIES = 200
# Unzipped by zipped size: spreadsheets reach 30; above 100 a file was made to fill the memory.
MAX_RATIO = 100
# 57,000 numbers or 23,000 texts; the slowest such file takes a busy machine 1.6 s.
MAX_ELEMENTS = 120_000
# Elements count by the time that openpyxl takes: texts longer than numbers, styles and rules
# longest, more so with long attributes.
COUNT_AS = {"c": 1, "v": 1, "f": 1, "row": 2, "si": 2, "is": 2, "t": 2}
OTHERS_COUNT_AS, LONG_ATTRIBUTES = 8, 5
# Sheets nest five deep, drawings and rich text ten.
MAX_DEPTH = 50
# Characters kept, as in the longest CSV: a character takes up to four bytes of memory.
MAX_TEXT_CHARACTERS = 5_000_000
# The parser keeps an unfinished tag and reads it again with every chunk.
MAX_TAG_BYTES = 64_000
# openpyxl reads all parts but sheets and shared texts at once.
MAX_WHOLE_BYTES = 5_000_000
# Excel's own limit; openpyxl's patterns take a time that grows with its square.
MAX_NUMBER_FORMAT = 255
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
CHUNK = 1 << 13  # bytes; small, as only the start of most sheets is read

PLACES = Rows("row")
PLACE = re.compile(r"([A-Z]{1,3})[1-9]\d{0,6}", re.ASCII)


def damaged(detail: str = "", **varying: object) -> Refused:
    """Builds the refusal of a damaged workbook; the detail is a template to translate."""
    if not detail:
        return Refused(
            "This XLSX workbook is damaged or was cut off. Export it or download it again."
        )
    return Refused(
        "This XLSX workbook is damaged or was cut off: %(detail)s. Export it or download it again.",
        detail=Phrase(detail, **varying),
    )


class Archive(zipfile.ZipFile):
    """A zip file whose parts are opened through the gate, which counts over all parts."""

    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))
        self.gates: dict[str, Gate] = {}  # by part, as last opened
        self.elements = self.characters = 0  # read so far, of all parts

    def open(self, name: Any, *args: Any, **options: Any) -> "Gate":  # type: ignore[override]
        """Opens a part through a gate of its own."""
        part = super().open(name, *args, **options)
        self.gates[name] = Gate(part, self.getinfo(name).file_size, self)
        return self.gates[name]

    def check(self) -> None:
        """Raises Refused for more elements or characters than are read."""
        if self.elements > MAX_ELEMENTS:
            raise Refused(
                "The workbook has more than %(most)s elements. %(remedy)s",
                most=f"{MAX_ELEMENTS:,}", remedy=SMALLER,
            )  # fmt: skip
        if self.characters > MAX_TEXT_CHARACTERS:
            raise Refused(
                "The workbook has more than %(most)s characters. %(remedy)s",
                most=f"{MAX_TEXT_CHARACTERS:,}",
                remedy=SMALLER,
            )


def open_archive(data: bytes) -> Archive:
    """Returns the zip file, if the sizes in its directory are within the limits.

    zipfile reads no more of a part than the directory says. Raises Refused beyond the limits.
    """
    # Counted in the bytes, as zipfile takes a second to list 100,000.
    if data.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise Refused(
            "The zip has more than %(most)s parts; a workbook has ten. %(remedy)s",
            most=MAX_ENTRIES, remedy=SMALLER,
        )  # fmt: skip
    archive = Archive(data)
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("This file is protected by a password. Save it without one.")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise Refused("The zip is packed in a way no spreadsheet uses. Save it again as XLSX.")
    if len({part.filename for part in parts}) < len(parts):
        raise damaged(noop("it has two parts of the same name"))
    unzipped, zipped = sum(part.file_size for part in parts), len(data)
    if unzipped > min(MAX_UNZIPPED_BYTES, MAX_RATIO * zipped):
        raise Refused(
            "Unzipped this file is %(size)s MB, %(ratio)s times its size; read are %(most)s MB "
            "and %(most_ratio)s times. %(remedy)s",
            size=f"{unzipped / 1_000_000:,.1f}",
            ratio=unzipped // zipped,
            most=MAX_UNZIPPED_BYTES // 1_000_000,
            most_ratio=MAX_RATIO,
            remedy=SMALLER,
        )
    return archive


class Gate(io.RawIOBase):
    """A part that is counted while it is read. Any DTD is refused, so there are no entities.

    For a sheet it also notes what openpyxl does not tell: formulas without a stored result.
    """

    def __init__(self, file: IO[bytes], size: int, archive: Archive) -> None:
        self.file, self.size, self.archive = file, size, archive
        self.fed = self.depth = self.row = self.texts = self.length = 0
        self.column = -1
        self.inside = ""  # c or si
        self.is_value = self.is_filled = self.has_formula = False
        self.widths: dict[int, int] = {}  # of the rows with content
        self.without_value: set[tuple[int, int]] = set()
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.doctype

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self.file.read(min(len(buffer), CHUNK))
        self.fed += len(chunk)
        self.parser.Parse(chunk, not chunk)
        self.archive.check()
        if self.fed - self.parser.CurrentByteIndex > MAX_TAG_BYTES:
            raise damaged(noop("it has a tag of more than %(most)s kB"), most=MAX_TAG_BYTES // 1000)
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def readall(self) -> bytes:
        if self.size > MAX_WHOLE_BYTES:
            raise Refused(
                "Beside its cells the workbook holds too much. %(remedy)s", remedy=SMALLER
            )
        return super().readall()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Counts an element that begins. Raises Refused beyond a limit."""
        name = name.rpartition(":")[2] if ":" in name else name
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise damaged(noop("its XML nests more than %(most)s deep"), most=MAX_DEPTH)
        length = sum(map(len, attributes)) + sum(map(len, attributes.values()))
        self.archive.characters += len(name) + length
        count = COUNT_AS.get(name) or OTHERS_COUNT_AS + length // LONG_ATTRIBUTES
        self.archive.elements += count
        if not self.inside:
            self.length = 0
        if name == "row":
            self.start_row(attributes)
        elif name == "c":
            self.start_cell(attributes)
        elif name == "si":
            self.inside, self.texts = "si", self.texts + 1
        elif name == "f":
            self.has_formula = True
        elif name in ("v", "t"):
            self.is_value = True
        elif len(attributes.get("formatCode", "")) > MAX_NUMBER_FORMAT:
            template = noop("a number format has more than %(most)s characters")
            raise damaged(template, most=MAX_NUMBER_FORMAT)

    def start_row(self, attributes: dict[str, str]) -> None:
        number = int(attributes.get("r", self.row + 1))
        if not self.row < number <= LAST_ROW:
            template = noop("row %(number)s comes after row %(before)s")
            raise damaged(template, number=number, before=self.row)
        self.row, self.column = number, -1

    def start_cell(self, attributes: dict[str, str]) -> None:
        column = self.column + 1
        if place := attributes.get("r"):
            reference = PLACE.fullmatch(place)
            if not reference:
                raise damaged(noop("a cell is at “%(place)s”"), place=short(place))
            column = column_index_from_string(reference[1]) - 1
        if not self.column < column < LAST_COLUMN:
            raise damaged(
                noop("column %(column)s comes after column %(before)s in row %(row)s"),
                column=column_letters(column), before=column_letters(self.column), row=self.row,
            )  # fmt: skip
        self.column, self.inside = column, "c"
        self.is_filled = self.has_formula = False

    def end(self, name: str) -> None:
        """Notes that an element has ended."""
        name = name.rpartition(":")[2] if ":" in name else name
        self.depth -= 1
        if name in ("v", "t"):
            self.is_value = False
        elif name == self.inside:
            self.inside = ""
            if name == "c" and (self.is_filled or self.has_formula):
                self.end_filled()

    def end_filled(self) -> None:
        PLACES.check_place(self.row, self.column + 1)
        self.widths[self.row] = self.column + 1
        if not self.is_filled:
            self.without_value.add((self.row, self.column))

    def text(self, text: str) -> None:
        """Counts the characters of a text. Raises Refused for a text that is too long."""
        self.archive.characters += len(text)
        self.length += len(text)
        if self.length > MAX_CELL_CHARACTERS:
            raise self.too_long()
        if self.is_value and not text.isspace():
            self.is_filled = True

    def too_long(self) -> Refused:
        """Builds the refusal of a long text, which names its place."""
        if self.inside == "c":
            return explain_long_cell(f"{column_letters(self.column)}{self.row}")
        if self.inside == "si":
            return explain_long_cell(
                Phrase("with text %(number)s of the workbook", number=self.texts)
            )
        return damaged(noop("it has a long text beside its cells"))

    def doctype(self, *_: object) -> None:
        """Raises Refused: a document type can define entities that grow without limit."""
        raise Refused(
            "The workbook's XML has a document type, which no spreadsheet writes and which can "
            "hide a bomb. Save it again as XLSX."
        )
