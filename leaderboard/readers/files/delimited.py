"""CSV and its relatives, in any of the encodings and delimiters that spreadsheets write."""

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO
from itertools import islice

from leaderboard.readers.results import Refused
from leaderboard.text.sentences import Phrase, noop

from .tables import MAX_CELL_CHARACTERS, SMALLER, Rows, Table, check_table, is_blank

DELIMITERS = ",;\t|"
# The line by which spreadsheets are told the delimiter.
SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?\s*?(?:\r\n|\r|\n)', re.IGNORECASE)
SAMPLE = 4096  # bytes or characters at the start that tell what a file is
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark is the start of this one
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")
# As long as 100 of the longest cells; a row of 500 numbers has 10,000 characters. In a longer line
# each comma could begin a cell.
MAX_LINE_CHARACTERS = 1_000_000
MOST_RUNS = 100_000  # runs of high bytes that are looked at: enough to tell the encodings apart
HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
ENCODINGS = {
    "gb18030": noop("GBK (Chinese)"),
    "big5": noop("Big5 (Chinese)"),
    "cp932": noop("Shift JIS (Japanese)"),
    "cp949": noop("EUC-KR (Korean)"),
    "cp1251": noop("Windows-1251 (Cyrillic)"),
}
FEWEST_SYLLABLES = 10  # Korean ones: fewer characters could be Chinese by chance
FEWEST_LEADS = 3  # different first bytes of characters of Big5
CHECK_NAMES = Phrase("Check the names, or save the file as UTF-8.")


def read_text(data: bytes) -> Table:
    """Returns the table in a delimited text, with a note if its encoding had to be guessed."""
    text, notes = decode(data)
    if (position := text.find("\0")) >= 0:
        before = text[:position]
        line = before.count("\n") + before.count("\r") - before.count("\r\n") + 1
        raise Refused(
            "There is a NUL character in line %(line)s: the file is damaged, or it is not a text. "
            "Export the table again.",
            line=line,
        )
    said = SEPARATOR_LINE.match(text)
    delimiter = said[1] if said else find_delimiter(text)
    rows = Rows("line")
    for line, cells in read_lines(text, delimiter):
        if not (said and line == 1):
            rows.add(line, cells)
        if len(rows.rows) == 1 and len(cells) == 1:
            raise Refused(
                "This is a text, but not a table: its first line has no comma, semicolon or tab. "
                "Export the table as CSV or XLSX, without a title above its header."
            )
    kind = Phrase("a CSV table")
    return check_table(Table(kind, tuple(rows.rows), notes=notes, delimiter=delimiter))


def decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Returns the text of a file, and a note if its encoding had to be guessed."""
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            return decode_strictly(data[len(mark) :], encoding), ()
    if encoding := find_utf16(data[:SAMPLE]):
        return decode_strictly(data, encoding), ()
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        return decode_by_guess(data)


def decode_strictly(data: bytes, encoding: str) -> str:
    """Decodes the bytes. Raises Refused, naming the first byte that is wrong."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused(
            "The file starts as %(encoding)s, but byte %(place)s is not: it is damaged. "
            "Save it as UTF-8.",
            encoding=encoding[:6].upper(),
            place=f"{error.start + 1:,}",
        ) from None


def find_utf16(sample: bytes) -> str:
    """Returns the encoding if every other byte is NUL, as in a header of Latin letters; else ""."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    # Some Chinese characters have a NUL in the other place: 一 is 4E 00.
    if max(even, odd) <= max(len(sample) / 8, 2 * min(even, odd)):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def decode_by_guess(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Decodes a text of an old encoding, with a note that names the guess.

    Raises Refused for a binary file.
    """
    runs = [run[0] for run in islice(HIGH_BYTES.finditer(data), MOST_RUNS)]
    if encoding := guess_encoding(data, runs):
        with suppress(UnicodeDecodeError):
            note = Phrase(
                "The file is not UTF-8; it was read as %(encoding)s. %(remedy)s",
                encoding=Phrase(ENCODINGS[encoding]),
                remedy=CHECK_NAMES,
            )
            return data.decode(encoding), (note,)
    text = data.decode("latin-1")
    if CONTROL.search(text):
        raise Refused(
            "This is a binary file of an unknown kind, not a table or a results file. "
            "Export the table as CSV or XLSX."
        )
    with suppress(UnicodeDecodeError):
        text = data.decode("cp1252")  # what Windows writes where others write Latin-1
    note = Phrase("The file is not UTF-8; it was read as Latin-1. %(remedy)s", remedy=CHECK_NAMES)
    return text, (note,)


def guess_encoding(data: bytes, runs: list[bytes]) -> str:
    """Guesses an encoding of letters that are not Latin from runs of high bytes; "" for Latin-1.

    Japanese has kana. In Cyrillic a word is a run, of small letters most, which are the last 32
    bytes; in Latin-1 an accented letter is one high byte among others. In GBK and EUC-KR a
    character has two high bytes, so that runs are even; all Korean syllables begin in a part of
    those of Chinese characters.
    """
    high = b"".join(runs)
    with suppress(UnicodeDecodeError):
        letters = [char for char in data.decode("cp932") if ord(char) > 0x7F]
        if sum("\u3040" <= char <= "\u30ff" for char in letters) * 4 > len(letters):
            return "cp932"
    small = sum(byte >= 0xE0 for byte in high)
    if small * 2 > len(high) and len(high) > 2 * len(runs):
        return "cp1251"
    even = [run for run in runs if len(run) % 2 == 0]
    if 2 * len(even) <= len(runs):
        return "big5" if is_big5(data) else ""
    leads = [byte for run in even for byte in run[::2]]
    is_korean = len(leads) >= FEWEST_SYLLABLES and all(0xB0 <= lead <= 0xC8 for lead in leads)
    return "cp949" if is_korean else "gb18030"


def is_big5(data: bytes) -> bool:
    """Whether the high bytes are common characters of Big5, and several: “µs” could be one."""
    try:
        letters = {char for char in data.decode("big5") if ord(char) > 0x7F}
    except UnicodeDecodeError:
        return False
    leads = {char.encode("big5")[0] for char in letters}
    return len(leads) >= FEWEST_LEADS and all(0xA1 <= lead <= 0xC6 for lead in leads)


def find_delimiter(text: str) -> str:
    """Returns the delimiter: the one that is most frequent in the first line, outside of quotes."""
    header = next((line for line in StringIO(text) if not is_blank(line)), "")
    bare = re.sub(r'"[^"]*"', "", header)
    return max(DELIMITERS, key=bare.count)


def read_lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yields the cells of each row, with the number of the line that the row starts in."""
    reader = csv.reader(check_lines(text), delimiter=delimiter, strict=True)
    start = 1
    try:
        for cells in reader:
            yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise explain_csv_error(error, start) from None


def check_lines(text: str) -> Iterator[str]:
    """Yields the lines of a text. Raises Refused for one longer than MAX_LINE_CHARACTERS."""
    for number, line in enumerate(StringIO(text, newline=""), start=1):
        if len(line) > MAX_LINE_CHARACTERS:
            raise Refused(
                "Line %(line)s has more than %(most)s characters. %(remedy)s",
                line=number,
                most=f"{MAX_LINE_CHARACTERS:,}",
                remedy=SMALLER,
            )
        yield line


def explain_csv_error(error: csv.Error, line: int) -> Refused:
    """Says in a sentence what the CSV reader found wrong with a row."""
    if "field limit" in str(error):
        return Refused(
            "A cell in line %(line)s has more than %(most)s characters: it is too "
            "long, or a double quote is opened and never closed.",
            line=line, most=f"{MAX_CELL_CHARACTERS:,}",
        )  # fmt: skip
    return Refused(
        "A double quote is opened in line %(line)s and not closed as it should be. "
        "Close it, or write a quote inside of a quoted text twice.",
        line=line,
    )
