"""The manifest of a backup: what was in it when it was made. Pure: no Django.

It stands behind the last byte of the database, where SQLite and pg_restore do not look:

    <database> <manifest as JSON> <its length> <SHA-256 of all before> leaderboard-backup-1
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

MARK = b"leaderboard-backup-1\n"
FOOTER = re.compile(rb"\n(\d{12}) ([0-9a-f]{64}) " + MARK)
FOOTER_LENGTH = 1 + 12 + 1 + 64 + 1 + len(MARK)
CHUNK = 1 << 20  # bytes that are read at once

Migration = tuple[str, str]  # app and name


class ManifestBroken(Exception):
    """Says how a file differs from what its manifest promises."""


@dataclass(frozen=True)
class TableSum:
    """The rows of a table: columns in their order, how many rows, and a hash of all of them.

    The hash is the sum of the SHA-256 of every row modulo 2²⁵⁶: the order of rows is not content,
    and a restored table may have another one.
    """

    columns: tuple[str, ...]
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The state of the schema, as applied migrations, and the sum of every table."""

    migrations: frozenset[Migration]
    tables: dict[str, TableSum]


def sum_rows(columns: Iterable[str], rows: Iterable[bytes]) -> TableSum:
    """Return the sum of a table, whose rows are given as bytes that differ if the rows do."""
    count, total = 0, 0
    for row in rows:
        count += 1
        total += int.from_bytes(hashlib.sha256(row).digest(), "big")
    return TableSum(tuple(columns), count, f"{total % (1 << 256):064x}")


def append_manifest(backup: Path, manifest: Manifest) -> None:
    """Write the manifest behind the database, and the hash of both behind it."""
    document = {
        "migrations": sorted(manifest.migrations),
        "tables": {name: asdict(table) for name, table in sorted(manifest.tables.items())},
    }
    text = b"\n" + json.dumps(document, ensure_ascii=False, indent=1).encode()
    with backup.open("r+b") as file:
        digest = hash_file(file, file.seek(0, os.SEEK_END))
        length = b"\n%012d " % len(text)
        digest.update(text + length)
        file.write(text + length + digest.hexdigest().encode() + b" " + MARK)
        file.flush()
        os.fsync(file.fileno())


def read_manifest(backup: Path) -> Manifest | None:
    """Return the manifest; None if the file has none, as in backups made before there was one.

    Raises ManifestBroken if a byte of the file is not the one that was written.
    """
    with backup.open("rb") as file:
        end = file.seek(0, os.SEEK_END) - FOOTER_LENGTH
        file.seek(max(end, 0))
        footer = FOOTER.fullmatch(file.read())
        if not footer:
            return None
        digest = hash_file(file, end + len(b"\n000000000000 "))
        if digest.hexdigest().encode() != footer[2]:
            raise ManifestBroken("its bytes are not the ones that were written")
        file.seek(max(end - int(footer[1]), 0))
        return parse_manifest(file.read(int(footer[1])))


def parse_manifest(text: bytes) -> Manifest:
    """Read the JSON. Raises ManifestBroken if it is another document."""
    try:
        document = json.loads(text)
        return Manifest(
            migrations=frozenset((str(app), str(name)) for app, name in document["migrations"]),
            tables={
                name: TableSum(tuple(table["columns"]), table["rows"], table["sha256"])
                for name, table in document["tables"].items()
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ManifestBroken("its manifest cannot be read") from error


def hash_file(file: BinaryIO, length: int) -> "hashlib._Hash":
    """Return the SHA-256 of the first bytes, to which more can be added; leave the file there."""
    digest = hashlib.sha256()
    file.seek(0)
    while length > 0 and (chunk := file.read(min(CHUNK, length))):
        digest.update(chunk)
        length -= len(chunk)
    return digest


def compare_tables(promised: dict[str, TableSum], there: dict[str, TableSum]) -> None:
    """Raise ManifestBroken with the first table that is not as promised."""
    for name in sorted(promised.keys() | there.keys()):
        old, new = promised.get(name), there.get(name)
        if old is None or new is None:
            side = "lacks" if new is None else "has besides its manifest"
            raise ManifestBroken(f"it {side} the table {name}")
        if old.rows != new.rows:
            raise ManifestBroken(f"{name} has {new.rows} rows, and was saved with {old.rows}")
        if old != new:
            raise ManifestBroken(f"{name} has other values or columns than it was saved with")
