"""Zip files read within limits: nothing is unpacked to disk, and no name in them is used as a path.

Workbooks have their own gate, xlsx_gate.py, as their XML can hide more than bytes.
"""

import io
import re
import struct
import zipfile
import zlib
from typing import Any, BinaryIO, cast

from leaderboard.readers.results import Refused
from leaderboard.text.sentences import Phrase, noop

from . import zstd_parts

STARTS = (b"PK\x03\x04", b"PK\x05\x06")
MAX_ENTRIES = 50_000  # an Inspect log has a part for each question and epoch
# Unzipped by zipped size: JSON reaches 30; above 100 a file was made to fill the memory.
MAX_RATIO = 100
SMALL = 100_000  # bytes of a part for which no ratio counts
MAX_UNZIPPED_BYTES = 500_000_000  # of all parts that are read
CHUNK = 1 << 20
ENTRY = b"PK\x01\x02"
KNOWN_PACKING = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
KNOWN_PACKING |= {zstd_parts.ZSTANDARD} if zstd_parts.can_read() else set()
BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError,
    NotImplementedError, *zstd_parts.ERRORS,
)  # fmt: skip
UNPACK = noop("Unpack it, and import what is inside.")
CONVERT = noop("Convert it with “inspect log convert --to json”, and import that.")


def damaged() -> Refused:
    """Builds the refusal of a zip that is damaged."""
    return Refused(
        "This zip or XLSX file is damaged or was cut off. Export it or download it again."
    )


def count_entries(file: BinaryIO) -> int:
    """Counts the entries in the bytes, as zipfile takes a second to list 100,000."""
    file.seek(0)
    count, rest = 0, b""
    while chunk := file.read(CHUNK):
        text = rest + chunk
        count += text.count(ENTRY)
        rest = text[-len(ENTRY) + 1 :]
    return count


def open_zip(file: BinaryIO) -> zipfile.ZipFile:
    """Opens a zip without reading its parts.

    Raises Refused for one that is damaged or has more than MAX_ENTRIES.
    """
    if count_entries(file) > MAX_ENTRIES:
        raise Refused(
            "The zip has more than %(most)s entries. Pack only the files to import.",
            most=f"{MAX_ENTRIES:,}",
        )
    try:
        return zipfile.ZipFile(file)
    except BROKEN:
        raise damaged() from None


def check_parts(parts: list[zipfile.ZipInfo], remedy: str = UNPACK) -> None:
    """Raises Refused unless these parts can be read, by what the directory of the zip says.

    zipfile reads no more of a part than the directory says.
    """
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("This file is protected by a password. Save it without one.")
    if any(part.compress_type not in KNOWN_PACKING for part in parts):
        raise Refused(
            "The zip is packed in a way that is not read here (“deflate” and “Zstandard” are). "
            "%(remedy)s",
            remedy=Phrase(remedy),
        )
    if len({part.filename for part in parts}) < len(parts):
        raise Refused("The zip has two files of the same name. Pack it again.")
    unzipped = sum(part.file_size for part in parts)
    is_bomb = any(part.file_size > SMALL + MAX_RATIO * part.compress_size for part in parts)
    if is_bomb or unzipped > MAX_UNZIPPED_BYTES:
        raise Refused(
            "Unzipped this file has %(size)s MB; read are %(most)s MB, and of each part %(ratio)s "
            "times its zipped size. Pack only the files to import.",
            size=f"{unzipped / 1_000_000:,.1f}",
            most=MAX_UNZIPPED_BYTES // 1_000_000,
            ratio=MAX_RATIO,
        )


def open_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> BinaryIO:
    """Opens a part that check_parts has let pass."""
    try:
        is_zstandard = part.compress_type == zstd_parts.ZSTANDARD
        opened = zstd_parts.ZstdPart(archive, part) if is_zstandard else archive.open(part)
        return cast(BinaryIO, io.BufferedReader(Part(opened)))
    except BROKEN:
        raise damaged() from None


class Part(io.RawIOBase):
    """A part of a zip: what is damaged in it is refused when it is read."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self.attempt(self.file.seek, offset, whence))

    def tell(self) -> int:
        return int(self.file.tell())

    def readinto(self, buffer: Any) -> int:
        chunk = self.attempt(self.file.read, len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def attempt(self, read: Any, *arguments: int) -> Any:
        try:
            return read(*arguments)
        except BROKEN:
            raise damaged() from None


def shown_path(name: str) -> str:
    """Returns a name in a zip as a path that pages may show: no root, drive or way upwards."""
    parts = re.split(r"[\\/]", name)
    return "/".join(part for part in parts if part and not re.fullmatch(r"\.+|[A-Za-z]:", part))
