"""Backups of SQLite: the database file itself, copied and read by SQLite."""

import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from leaderboard.operations import backup_contents
from leaderboard.operations.backup_contents import (
    NEEDED_TABLES,
    BackupRefused,
    Survey,
    read_contents,
    refuse_code,
    refuse_damaged,
    refuse_foreign,
)
from leaderboard.operations.manifest import TableSum, sum_rows
from leaderboard.operations.private_files import delete_database, only_one_process
from leaderboard.operations.release_checks import TABLE as RELEASES
from leaderboard.operations.release_checks import read_releases

# sqlite_stat1 and the like are SQLite's own.
OWN_TABLES = "type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
CODE = "type IN ('trigger', 'view') OR sql LIKE 'CREATE VIRTUAL%'"


def dump_database(connection: BaseDatabaseWrapper, draft: Path) -> None:
    """Copy in one step, so that the copy shows one moment while others go on writing.

    Triggers, views and virtual tables stay behind: no migration makes any.
    """
    connection.ensure_connection()
    with closing(sqlite3.connect(draft)) as copy:
        connection.connection.backup(copy)
        # In the mode of the live database the copy would need two files beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        for kind, name in find_code(copy):
            copy.execute(f"DROP {kind} IF EXISTS {quote_name(name)}")


def open_backup(backup: Path) -> sqlite3.Connection:
    """Open the file so that nothing can write to it."""
    return sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)


def survey_backup(backup: Path) -> Survey:
    """Read the whole file. Raises BackupRefused unless all pages, indexes and references are whole,
    and if it holds code."""
    try:
        with closing(open_backup(backup)) as copy:

            def run_query(sql: str) -> list[tuple[Any, ...]]:
                return copy.execute(sql).fetchall()

            damage = [text for (text,) in run_query("PRAGMA integrity_check(1)") if text != "ok"]
            if damage or run_query("PRAGMA foreign_key_check"):
                raise refuse_damaged(backup, *damage or ["a row refers to one that is missing"])
            code = find_code(copy)
            if code:
                raise refuse_code(backup, [f"{kind} {name}" for kind, name in code])
            columns = table_columns(copy)
            if not columns.keys() >= NEEDED_TABLES:
                raise refuse_foreign(backup, columns)
            tables = {name: sum_table(copy, name, columns[name]) for name in columns}
            releases = read_releases(run_query) if RELEASES in tables else []
            return Survey(read_contents(run_query), tables, releases)
    except (sqlite3.Error, ValueError) as error:
        raise refuse_damaged(backup, error) from error


def find_code(database: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return the kind and the name of each trigger, view and virtual table."""
    query = f"SELECT type, name FROM sqlite_schema WHERE {CODE} ORDER BY name"
    return database.execute(query).fetchall()


def table_columns(database: sqlite3.Connection, schema: str = "main") -> dict[str, list[str]]:
    """Return the names of the columns of each table, in their order."""
    tables = database.execute(f"SELECT name FROM {schema}.sqlite_schema WHERE {OWN_TABLES}")
    query = "SELECT name FROM pragma_table_info(?, ?)"
    return {
        name: [column for (column,) in database.execute(query, (name, schema))]
        for (name,) in tables.fetchall()
    }


def sum_table(database: sqlite3.Connection, table: str, columns: Sequence[str]) -> TableSum:
    """Return the sum of a table; a number and the text of the same digits are different values."""
    rows = database.execute(f"SELECT {quote_names(columns)} FROM main.{quote_name(table)}")
    return sum_rows(columns, (repr(row).encode() for row in rows))


@contextmanager
def fresh_database(connection: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """Give an empty database in a private file beside the live one, and delete it at the end.

    A restore that was killed leaves its file for the next one to delete. Raises BackupRefused if
    the file cannot be written.
    """
    try:
        with fresh_file(connection) as path:
            yield connect_to_file(connection, path)
    except sqlite3.Error as error:
        raise BackupRefused(
            f"The database cannot be written: {error}. Make room for it."
        ) from error


@contextmanager
def fresh_file(connection: BaseDatabaseWrapper) -> Iterator[Path]:
    """Give a free path beside the live database, and delete what is there at the end."""
    if connection.is_in_memory_db():  # type: ignore[attr-defined]  # of SQLite's wrapper
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder) / "restoring.sqlite3"
        return
    path = Path(connection.settings_dict["NAME"]).with_name("restoring.sqlite3")
    with only_one_process(path.parent):
        delete_database(path)
        try:
            yield path
        finally:
            delete_database(path)


def connect_to_file(connection: BaseDatabaseWrapper, path: Path) -> BaseDatabaseWrapper:
    """Return a connection like the given one to another, private file."""
    path.touch(mode=0o600)
    # A restore that fails here starts anew, so nothing waits for the disk.
    options = {**connection.settings_dict["OPTIONS"], "init_command": "PRAGMA synchronous=OFF"}
    settings = {**connection.settings_dict, "NAME": path, "OPTIONS": options}
    return ConnectionHandler({"default": settings})["default"]


def empty_tables(fresh: BaseDatabaseWrapper) -> None:
    """Delete the rows that migrations have written."""
    with closing(open_fresh(fresh)) as database:  # which checks no reference meanwhile
        for table in table_columns(database):
            database.execute(f"DELETE FROM main.{quote_name(table)}")


def load_rows(
    fresh: BaseDatabaseWrapper, backup: Path, tables: dict[str, TableSum]
) -> dict[str, TableSum]:
    """Copy the rows of these tables into the fresh database; return what it holds then.

    Raises BackupRefused if a row breaks a constraint.
    """
    try:
        with closing(open_fresh(fresh)) as database:
            address = f"{backup.resolve().as_uri()}?mode=ro"
            database.execute("ATTACH DATABASE ? AS saved", (address,))
            database.execute("BEGIN IMMEDIATE")
            for table, table_sum in tables.items():
                name, columns = quote_name(table), quote_names(table_sum.columns)
                rows = f"SELECT {columns} FROM saved.{name}"
                database.execute(f"INSERT INTO main.{name} ({columns}) {rows}")
            copy_last_ids(database)
            if database.execute("PRAGMA main.foreign_key_check").fetchone():
                raise refuse_damaged(backup, "a row refers to one that is missing")
            database.execute("COMMIT")
            return {name: sum_table(database, name, tables[name].columns) for name in tables}
    except sqlite3.Error as error:
        raise refuse_damaged(backup, error) from error


def open_fresh(fresh: BaseDatabaseWrapper) -> sqlite3.Connection:
    """Open the fresh file without Django, whose connections turn stored texts into times."""
    fresh.close()
    address = Path(fresh.settings_dict["NAME"]).resolve().as_uri()
    return sqlite3.connect(address, uri=True, isolation_level=None)


def copy_last_ids(database: sqlite3.Connection) -> None:
    """Keep the highest id ever given: that of a deleted row stands in the history."""
    exists = "SELECT 1 FROM saved.sqlite_schema WHERE name = 'sqlite_sequence'"
    if database.execute(exists).fetchone():
        database.execute("DELETE FROM main.sqlite_sequence")
        database.execute(
            "INSERT INTO main.sqlite_sequence SELECT name, seq FROM saved.sqlite_sequence "
            "WHERE name IN (SELECT name FROM main.sqlite_schema)"
        )


def fresh_columns(fresh: BaseDatabaseWrapper) -> dict[str, list[str]]:
    """Return the columns of each table that the migrations have made."""
    with closing(open_fresh(fresh)) as database:
        return table_columns(database)


def replace_database(connection: BaseDatabaseWrapper, fresh: BaseDatabaseWrapper) -> None:
    """Copy in one transaction: other processes see the old content, then the new.

    Raises BackupRefused if others keep writing for PATIENCE seconds.
    """
    deadline = time.monotonic() + backup_contents.PATIENCE

    def limit_wait(*progress: int) -> None:
        if time.monotonic() > deadline:
            raise BackupRefused(
                f"Somebody has been writing for {backup_contents.PATIENCE} seconds; "
                "nothing was changed. Try again, or stop the site first."
            )

    connection.ensure_connection()
    fresh.close()
    with closing(sqlite3.connect(fresh.settings_dict["NAME"])) as copy:
        copy.backup(connection.connection, progress=limit_wait)


def quote_name(name: str) -> str:
    """Quote a name for SQL; quotes in it are doubled."""
    return '"' + name.replace('"', '""') + '"'


def quote_names(names: Sequence[str]) -> str:
    """Quote a list of columns."""
    return ", ".join(quote_name(name) for name in names)
