"""Copies of the database: made while the site is in use, checked before they replace anything.

A backup is one file: an SQLite database, or the output of pg_dump. It holds users and sessions too,
so only its owner may read it.
"""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from leaderboard.operations import postgresql_backups, sqlite_backups
from leaderboard.operations.backup_contents import (
    APP,
    NEEDED_TABLES,
    BackupRefused,
    Contents,
    read_contents,
)

DATABASE_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
FIRST_BYTES = {b"SQLite format 3\0": "sqlite", b"PGDMP": "postgresql"}

ReportStep = Callable[[str], object]  # is told the step in hand, for somebody who waits


def ignore_step(step: str) -> None:
    """Report nothing, for callers where nobody waits."""


def make_backup(
    connection: BaseDatabaseWrapper, target: Path, report_step: ReportStep = ignore_step
) -> Contents:
    """Write the database to a new file, which gets its name only once it is complete and checked.

    Raises BackupRefused if the file exists, cannot be written or would not be whole.
    """
    if os.path.lexists(target):
        raise BackupRefused(f"{target} exists already. Name another file, or move that one away.")
    if site_contents(connection) is None:
        raise BackupRefused("There is nothing to back up: the database holds no leaderboard yet.")
    with new_private_file(target) as draft:
        report_step("copying")
        if connection.vendor == "postgresql":
            postgresql_backups.dump_database(connection, draft)
        else:
            sqlite_backups.copy_database(connection, draft)
        report_step("checking")
        return read_backup(connection.vendor, draft)


def check_backup(connection: BaseDatabaseWrapper, backup: Path) -> Contents:
    """Return what the backup holds. Raises BackupRefused unless it can replace this database."""
    kind = kind_of_backup(backup)
    if kind != connection.vendor:
        raise BackupRefused(
            f"{backup} comes from {DATABASE_NAMES[kind]}, but this site runs on "
            f"{DATABASE_NAMES[connection.vendor]}. DATABASE_URL says which one a site runs on."
        )
    live = Path(connection.settings_dict["NAME"])
    if kind == "sqlite" and live.exists() and live.samefile(backup):
        raise BackupRefused(f"{backup} is the database in use. Name a file that backup has made.")
    contents = read_backup(kind, backup)
    newer = contents.migrations - known_migrations()
    if newer:
        raise BackupRefused(
            f"{backup} was made by a newer version of this software: it knows {min(newer)}. "
            "Update the software, then restore."
        )
    return contents


def replace_site(connection: BaseDatabaseWrapper, backup: Path) -> None:
    """Put a checked backup in place of the database: at once for all readers, or not at all."""
    tools_for(connection.vendor).replace_database(connection, backup)


def site_contents(connection: BaseDatabaseWrapper) -> Contents | None:
    """Return what the site holds now; None before its first migration."""
    with connection.cursor() as cursor:
        if not set(connection.introspection.table_names(cursor)) >= NEEDED_TABLES:
            return None

        def run_query(sql: str) -> list[tuple[Any, ...]]:
            cursor.execute(sql)
            return list(cursor.fetchall())

        return read_contents(run_query)


def tools_for(kind: str) -> ModuleType:
    """Return the module that reads and writes backups of this kind of database."""
    return postgresql_backups if kind == "postgresql" else sqlite_backups


def read_backup(kind: str, backup: Path) -> Contents:
    """Return what the file holds. Raises BackupRefused unless it is whole."""
    contents: Contents = tools_for(kind).check_backup(backup)
    return contents


def kind_of_backup(backup: Path) -> str:
    """Return “sqlite” or “postgresql” by the first bytes. Raises BackupRefused for others."""
    try:
        with backup.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise BackupRefused(f"{backup} cannot be read: {error.strerror}.") from error
    for first_bytes, kind in FIRST_BYTES.items():
        if start.startswith(first_bytes):
            return kind
    raise BackupRefused(f"{backup} is not a backup: neither SQLite nor pg_dump has written it.")


def known_migrations() -> set[str]:
    """Return the names of the app's migrations that this software has."""
    migrations = MigrationLoader(None).disk_migrations or {}
    return {name for app, name in migrations if app == APP}


@contextmanager
def new_private_file(target: Path) -> Iterator[Path]:
    """Open a draft beside the target: it gets the name if all goes well, else nothing stays."""
    try:
        # mkstemp opens with mode 0600: at no moment could somebody else read it.
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise BackupRefused(f"{target} cannot be written: {error.strerror}.") from error
    os.close(handle)
    try:
        yield Path(name)
        os.rename(name, target)
    except (OSError, sqlite3.Error) as error:
        raise BackupRefused(f"{target} was not written: {error}.") from error
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            Path(name + suffix).unlink(missing_ok=True)
