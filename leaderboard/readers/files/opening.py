"""A file opened safely: as a table of texts or as a JSON document, within limits.

The kind of a file follows from its content, never from its name. The limits of a table are in
tables.py, those of a workbook in xlsx_gate.py, those of JSON in json_documents.py.
"""

import hashlib
import os
import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, BinaryIO
from unicodedata import category, normalize

from leaderboard.readers.results import LeftOut, Refused, TooLarge
from leaderboard.text.names import BLANKS, INVISIBLE
from leaderboard.text.privacy import private_detail
from leaderboard.text.sentences import Phrase, noop

from . import json_documents, yaml_documents, zips
from .delimited import decode, read_text
from .json_documents import PER_QUESTION
from .json_lines import JsonLines, open_lines
from .marked_tables import has_html_table, has_markdown_table, read_html, read_markdown
from .tables import MAX_BYTES, SMALLER, Table
from .xlsx import read_workbook

__all__ = ["Content", "Document", "JsonLines", "Table", "open_file", "safe_name", "sha256_of"]

MAX_NAME = 200  # characters, as Import and Source keep them

HEAD = 4096  # bytes at the start by which the kind of a file is known
TABLE = noop("Export the table as CSV or XLSX, and import that.")
UNPACK = noop("Unpack it, and import the CSV, XLSX or JSON file inside.")
SAVE_AS_XLSX = noop("Save it as XLSX, and import that.")
SAVE_AS_TABLE = noop("Save it as XLSX or CSV, and import that.")

# What a file is, and the remedy, by the bytes that it starts with.
SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": (noop("a PNG picture"), TABLE),
    b"\xff\xd8\xff": (noop("a JPEG picture"), TABLE),
    b"GIF8": (noop("a GIF picture"), TABLE),
    b"%PDF-": (noop("a PDF document"), TABLE),
    b"{\\rtf": (noop("a text document (RTF)"), TABLE),
    b"\x1f\x8b": (noop("a gzip archive"), UNPACK),
    b"BZh": (noop("a bzip2 archive"), UNPACK),
    b"\xfd7zXZ\0": (noop("an xz archive"), UNPACK),
    b"\x28\xb5\x2f\xfd": (noop("a Zstandard archive"), UNPACK),
    b"7z\xbc\xaf\x27\x1c": (noop("a 7-Zip archive"), UNPACK),
    b"Rar!": (noop("a RAR archive"), UNPACK),
    b"SQLite format 3\0": (noop("an SQLite database"), TABLE),
    b"PAR1": (noop("a Parquet file"), TABLE),
    b"\x93NUMPY": (noop("a NumPy array"), TABLE),
    b"\x89HDF": (noop("an HDF5 file"), TABLE),
    b"version https://git-lfs.github.com/spec/": (
        noop("a git-LFS pointer"),
        noop("Download the real file with “git lfs pull”, and import that."),
    ),
}
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A log of Inspect is a zip: its head, and what is there before the run is done.
INSPECT_HEADER = "header.json"
INSPECT_PARTS = {INSPECT_HEADER, "_journal/start.json"}
# Likewise of zips, by a part that no other kind has.
PACKED = {
    "xl/workbook.bin": (noop("a binary workbook (XLSB)"), SAVE_AS_XLSX),
    "word/document.xml": (noop("a Word document"), TABLE),
    "ppt/presentation.xml": (noop("a presentation"), TABLE),
    "mimetype": (noop("an OpenDocument file"), SAVE_AS_TABLE),
    "Index/Document.iwa": (noop("a Numbers document"), TABLE),
}


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON or YAML document: numbers are Decimal or int, NaN and Infinity are NotANumber."""

    data: Any
    kind: str = Phrase("a JSON document")


Content = Table | Document | JsonLines  # what a format detects and reads


def sha256_of(file: BinaryIO) -> str:
    """Returns the SHA-256 of a whole file, as 64 hexadecimal digits."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def safe_name(name: str) -> str:
    """Returns a file's name as pages may show it: no folder, nothing invisible, nothing private."""
    last = re.split(r"[\\/]", name)[-1]
    seen = "".join(char for char in last if category(char) not in INVISIBLE and char not in BLANKS)
    name = " ".join(normalize("NFC", seen[-4 * MAX_NAME :]).split())[-MAX_NAME:].strip()
    is_name = any(char.isalnum() for char in name) and not private_detail(name)
    return name if is_name else "a file without a name"


def open_file(file: BinaryIO) -> Content:
    """The table, the document or the JSON lines in a file, which stays open for these.

    Raises Refused with a sentence that says what else the file is, or which limit it exceeds.
    """
    file.seek(0)
    head = file.read(HEAD)
    refuse_other_kinds(head)
    if is_json(head):
        return open_lines(file) or Document(json_documents.load(file, PER_QUESTION))
    if head.startswith(zips.STARTS):
        return open_packed(file, head)
    data = read_all_bytes(file, head)
    return read_marked(data) or read_text(data)


def read_marked(data: bytes) -> Table | Document | None:
    """The table of a page or of Markdown, or the YAML document in a text; None for another text.

    A Markdown text with results in its head is read as these, else as its largest table.
    """
    text = decode(data)[0].removeprefix("\ufeff")
    if is_page(text[:HEAD]):
        if has_html_table(text):
            return read_html(text)
        raise explain_page()
    front, rest = yaml_documents.split_front(text)
    if has_markdown_table(rest) and "model-index" not in front:
        return read_markdown(rest)
    if yaml_documents.looks_like_yaml(text[:HEAD]):
        kind = Phrase("a YAML document")
        return Document(yaml_documents.load(front or text), kind)
    return None


def is_page(start: str) -> bool:
    """Whether a text is HTML: it begins as a page, or with a table."""
    return re.match(r"\s*<(!doctype\s+html|html|table|div|body|section)\b", start, re.I) is not None


def explain_page() -> Refused:
    """Builds the refusal of a page without a table."""
    return explain_other_kind(
        noop("a web page"),
        noop("Download the file itself, perhaps after logging in, and import that."),
    )


def open_packed(file: BinaryIO, head: bytes) -> Table | Document:
    """The workbook or the Inspect log in a zip. Raises Refused for any other zip."""
    with zips.open_zip(file) as archive:
        parts = {part.filename: part for part in archive.infolist()}
        if not parts.keys() & INSPECT_PARTS:
            refuse_other_zips(parts.keys())
            return read_workbook(read_all_bytes(file, head))
        if INSPECT_HEADER not in parts:
            raise LeftOut("This Inspect log is of a run that did not finish. Run it to its end.")
        zips.check_parts([parts[INSPECT_HEADER]], zips.CONVERT)
        header = zips.open_part(archive, parts[INSPECT_HEADER])
        return Document(json_documents.load(header, PER_QUESTION), Phrase("an Inspect log"))


def find_packed_files(file: BinaryIO) -> zipfile.ZipFile | None:
    """Opens a zip of files to import; None for what is none, and for a workbook, log or document.

    Raises Refused for a zip that is damaged or has too many entries.
    """
    file.seek(0)
    if not file.read(len(zips.STARTS[0])).startswith(zips.STARTS):
        return None
    archive = zips.open_zip(file)
    names = archive.namelist()
    if {*PACKED, *INSPECT_PARTS} & set(names) or any(name.startswith("xl/") for name in names):
        archive.close()
        return None
    return archive


def explain_other_kind(kind: str, remedy: str) -> Refused:
    """Builds the refusal of a file of another kind."""
    return Refused(
        "This is %(kind)s, not a table or a results file. %(remedy)s",
        kind=Phrase(kind), remedy=Phrase(remedy),
    )  # fmt: skip


def refuse_other_kinds(head: bytes) -> None:
    """Raises Refused for an empty file, and for one whose first bytes name another kind."""
    if not head:
        raise Refused("The file is empty: it has no bytes at all. Export or download it again.")
    for signature, (kind, remedy) in SIGNATURES.items():
        if head.startswith(signature):
            raise explain_other_kind(kind, remedy)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<") and not is_page(start.decode("latin-1")):
        raise explain_other_kind(noop("an XML document"), TABLE)


def is_json(head: bytes) -> bool:
    """Whether the first character is a bracket, after blanks and a byte order mark, in any UTF."""
    marks = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
    mark = next((mark for mark in marks if head.startswith(mark)), b"")
    return head.removeprefix(mark).lstrip(b" \t\r\n\0")[:1] in (b"{", b"[")


def read_all_bytes(file: BinaryIO, head: bytes) -> bytes:
    """Reads a table into memory. Raises Refused for one larger than MAX_BYTES."""
    size = file.seek(0, os.SEEK_END)
    if head.startswith(OLE2):
        raise explain_old_office(file)
    if size > MAX_BYTES:
        raise TooLarge(
            "The file has %(size)s MB; a table may have %(most)s MB. %(remedy)s",
            size=f"{size / 1_000_000:,.1f}",
            most=MAX_BYTES // 1_000_000,
            remedy=SMALLER,
        )
    file.seek(0)
    return file.read(MAX_BYTES)


def explain_old_office(file: BinaryIO) -> Refused:
    """Builds the refusal of an OLE2 file.

    Such a file is an encrypted XLSX, or a document of Office before 2007.
    """
    file.seek(0)
    if "EncryptedPackage".encode("utf-16-le") in file.read(MAX_BYTES):
        return explain_other_kind(
            noop("a workbook protected by a password"), noop("Save it without one.")
        )
    return explain_other_kind(noop("an old Excel workbook (.xls)"), SAVE_AS_TABLE)


def refuse_other_zips(names: Collection[str]) -> None:
    """Raises Refused for a zip that has no workbook in it."""
    kind = next((PACKED[part] for part in PACKED if part in names), None)
    if kind or not any(name.startswith("xl/") for name in names):
        raise explain_other_kind(*kind or (noop("a zip archive"), zips.UNPACK))
