"""Backups of SQLite: the database file itself, copied and read by SQLite."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from leaderboard.operations import backup_contents
from leaderboard.operations.backup_contents import (
    NEEDED_TABLES,
    BackupRefused,
    Contents,
    read_contents,
    refuse_damaged,
    refuse_foreign,
)


def copy_database(connection: BaseDatabaseWrapper, draft: Path) -> None:
    """Copy in one step, so that the copy shows one moment while others go on writing."""
    connection.ensure_connection()
    with closing(sqlite3.connect(draft)) as copy:
        connection.connection.backup(copy)
        # In the mode of the live database the copy would need two files beside it.
        copy.execute("PRAGMA journal_mode=DELETE")


def open_backup(backup: Path) -> sqlite3.Connection:
    """Open the file so that nothing can write to it."""
    return sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)


def check_backup(backup: Path) -> Contents:
    """BackupRaise BackupRefused unless every page, index and reference in the file is whole."""
    try:
        with closing(open_backup(backup)) as copy:

            def run_query(sql: str) -> list[tuple[Any, ...]]:
                return copy.execute(sql).fetchall()

            damage = [text for (text,) in run_query("PRAGMA integrity_check(1)") if text != "ok"]
            tables = {name for (name,) in run_query("SELECT name FROM sqlite_schema")}
            if damage or run_query("PRAGMA foreign_key_check"):
                raise refuse_damaged(backup, *damage or ["a row refers to one that is missing"])
            if not tables >= NEEDED_TABLES:
                raise refuse_foreign(backup, tables)
            return read_contents(run_query)
    except sqlite3.Error as error:
        raise refuse_damaged(backup, str(error)) from error


def replace_database(connection: BaseDatabaseWrapper, backup: Path) -> None:
    """Copy in one transaction: other processes see the old content, then the new.

    Raises BackupRefused if others keep writing for backup_contents.PATIENCE seconds.
    """
    deadline = time.monotonic() + backup_contents.PATIENCE

    def limit_wait(*progress: int) -> None:
        if time.monotonic() > deadline:
            raise BackupRefused(
                f"Somebody has been writing for {backup_contents.PATIENCE} seconds; "
                "nothing was changed. Try again, or stop the site first."
            )

    connection.ensure_connection()
    with closing(open_backup(backup)) as copy:
        copy.backup(connection.connection, progress=limit_wait)
