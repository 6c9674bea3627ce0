"""Backups of PostgreSQL: rows written by pg_dump, put into tables that the migrations make.

Nothing that a backup holds is run as SQL, and nothing of it is written to a temporary file.
"""

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from leaderboard.models.locks import KEY
from leaderboard.operations.backup_contents import (
    NEEDED_TABLES,
    PATIENCE,
    BackupRefused,
    Contents,
    Survey,
    ToolFailed,
    in_utc,
    refuse_code,
    refuse_damaged,
    refuse_foreign,
)
from leaderboard.operations.manifest import TableSum, sum_rows
from leaderboard.operations.release_checks import LEADERBOARDS, TABLE, releases_of_rows

KEPT_TABLES = NEEDED_TABLES | {LEADERBOARDS, TABLE}  # whose rows are looked at one by one
FRESH_SCHEMA = "leaderboard_restoring"
RESTORE_LOCK = 7_025_114_001  # any number that no other program in this database uses
# What a dump may hold besides rows: older backups hold the tables too. Longer kinds come first,
# as “CONSTRAINT” also begins with the end of “FK CONSTRAINT”.
HARMLESS = (
    "TABLE DATA", "TABLE", "SEQUENCE OWNED BY", "SEQUENCE SET", "SEQUENCE", "DEFAULT",
    "CHECK CONSTRAINT", "FK CONSTRAINT", "CONSTRAINT", "INDEX", "SCHEMA", "COMMENT", "ACL",
)  # fmt: skip
ENTRY = re.compile(r"\d+; \d+ \d+ (?P<entry>.+)")
COPY = re.compile(rb"COPY \w+\.(?P<table>\w+) \((?P<columns>[\w, \"]+)\) FROM stdin;\n")
# Bounds of the work of pg_restore, generous ones, in seconds of a processor, so a slow disk or
# reader counts nothing: if the packed rows of a damaged file end early, it loops without end.
LEAST_WORK = 10
WORK_FOR_MEGABYTE = 2
LAST_ID = re.compile(rb"SELECT pg_catalog\.setval\('\w+\.(\w+)', (\d+), (true|false)\);\n")


def run_tool(connection: BaseDatabaseWrapper | None, program: str, *arguments: str) -> str:
    """Run a tool and return its output; the password is in its environment, where `ps` shows none.

    Raises BackupRefused if the tool is not installed, ToolFailed if it ends with an error.
    """
    command, secrets = [program, *arguments], {}
    if connection:
        client: Any = connection.client
        (_, *options, name), secrets = client.settings_to_cmd_args_env(connection.settings_dict, [])
        command += [*options, f"--dbname={name}"]
    # Times are written in UTC, so that the same row is the same text on every server.
    environment = os.environ | {"PGTZ": "UTC"} | (secrets or {})
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise not_installed(program) from error
    if done.returncode:
        raise tool_failed(program, done.stderr)
    return done.stdout


def not_installed(program: str) -> BackupRefused:
    """Build the refusal that names the missing package."""
    return BackupRefused(
        f"{program} is not installed. On Debian and Ubuntu it comes with: "
        "apt install postgresql-client"
    )


def tool_failed(program: str, errors: str) -> ToolFailed:
    """Build the refusal with the first two lines that the tool has said."""
    return ToolFailed(f"{program} failed: {'; '.join(errors.splitlines()[:2])}")


def dump_database(connection: BaseDatabaseWrapper, draft: Path) -> None:
    """Write the rows that pg_dump reads in one snapshot; the draft exists, and keeps its mode.

    The migrations make the tables, so triggers, views and extensions of others stay behind.
    """
    schema = f'--schema="{current_schema(connection)}"'
    run_tool(connection, "pg_dump", "--format=custom", "--data-only", schema, f"--file={draft}")


def current_schema(connection: BaseDatabaseWrapper) -> str:
    """Return the schema that holds the site's tables, mostly “public”."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def survey_backup(backup: Path) -> Survey:
    """Read the whole file. Raises BackupRefused unless pg_restore can, and if it holds code."""
    try:
        code = [entry for entry in list_entries(backup) if not entry.startswith(HARMLESS)]
        if code:
            raise refuse_code(backup, code)
        kept: dict[str, list[dict[str, str]]] = {}
        tables: dict[str, TableSum] = {}
        for table, columns, lines in read_tables(backup):
            rows = kept.setdefault(table, []) if table in KEPT_TABLES else None
            tables[table] = sum_rows(columns, keep_rows(lines, columns, rows))
        if not tables.keys() >= NEEDED_TABLES:
            raise refuse_foreign(backup, tables)
        return Survey(contents_of_rows(kept), tables, releases_of_rows(kept))
    except (ToolFailed, ValueError, KeyError) as error:
        raise refuse_damaged(backup, error) from error


def list_entries(backup: Path) -> Iterator[str]:
    """Yield what the dump holds, like “TRIGGER public leaderboard_llm make_admin”."""
    for line in run_tool(None, "pg_restore", "--list", str(backup)).splitlines():
        entry = ENTRY.fullmatch(line)
        if entry:
            yield entry["entry"].rpartition(" ")[0]  # without its owner


def keep_rows(
    lines: Iterable[bytes], columns: list[str], rows: list[dict[str, str]] | None
) -> Iterator[bytes]:
    """Yield the lines of a table, and collect its rows by column unless the list is None."""
    for line in lines:
        if rows is not None:
            values = line.decode().rstrip("\n").split("\t")
            rows.append(dict(zip(columns, values, strict=True)))
        yield line


def contents_of_rows(tables: dict[str, list[dict[str, str]]]) -> Contents:
    """Read the contents from the rows of the needed tables."""
    revision = next(iter(tables["leaderboard_contentrevision"]), None)
    migrations = tables["django_migrations"]
    return Contents(
        llms=len(tables["leaderboard_llm"]),
        scores=len(tables["leaderboard_score"]),
        revision=revision["token"] if revision else "",
        changed_at=in_utc(revision["changed_at"]) if revision else None,
        migrations=frozenset((row["app"], row["name"]) for row in migrations),
    )


# The rows of a backup, as pg_restore prints them


@contextmanager
def data_of_backup(backup: Path) -> Iterator[IO[bytes]]:
    """Give what pg_restore prints of the rows. Raises ToolFailed if it does not reach the end."""
    command = ["pg_restore", "--data-only", "--file=-", str(backup)]
    try:
        tool = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except FileNotFoundError as error:
        raise not_installed("pg_restore") from error
    limit_work(tool.pid, LEAST_WORK + WORK_FOR_MEGABYTE * (backup.stat().st_size // 1_000_000))
    with tool:
        assert tool.stdout
        assert tool.stderr
        try:
            yield tool.stdout
            tool.stdout.read()  # else it would wait for a reader, and not end
            errors = tool.stderr.read().decode(errors="replace")
            is_failed = tool.wait() != 0
        finally:
            tool.kill()  # where the reader has given up
        if is_failed:
            raise tool_failed("pg_restore", errors or "it was killed before it came to an end")


def limit_work(process: int, seconds: int) -> None:
    """Let the system end a process after these seconds of a processor; on Linux only."""
    with suppress(ImportError, AttributeError):
        import resource  # not on Windows

        resource.prlimit(process, resource.RLIMIT_CPU, (seconds, seconds))


def read_tables(
    backup: Path, last_ids: dict[str, tuple[int, bool]] | None = None
) -> Iterator[tuple[str, list[str], Iterator[bytes]]]:
    """Yield each table with its columns and the lines of its rows, which are to be read at once.

    Collects the last id of each sequence, and whether it was given, in last_ids.
    """
    with data_of_backup(backup) as data:
        for line in data:
            copy, last_id = COPY.fullmatch(line), LAST_ID.fullmatch(line)
            if copy:
                columns = copy["columns"].decode().replace('"', "").split(", ")
                yield copy["table"].decode(), columns, read_rows(data)
            elif last_id and last_ids is not None:
                last_ids[last_id[1].decode()] = int(last_id[2]), last_id[3] == b"true"


def read_rows(data: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of one COPY. Raises ValueError if its end is missing."""
    for line in data:
        if line == b"\\.\n":
            return
        yield line
    raise ValueError("the rows of a table have no end")


# A fresh schema beside the live one


@contextmanager
def fresh_database(connection: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """Give a connection to an empty schema of the same database, and drop the schema at the end.

    A database of its own would need a right that the site does not have. A restore that was killed
    leaves its schema for the next one to drop. Raises BackupRefused while another restore runs.
    """
    options = dict(connection.settings_dict["OPTIONS"])
    options["options"] = f"{options.get('options', '')} -c search_path={FRESH_SCHEMA}".strip()
    options.pop("pool", None)
    settings = {**connection.settings_dict, "OPTIONS": options}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [RESTORE_LOCK])
        if not cursor.fetchone()[0]:
            raise BackupRefused("Another restore is running. Wait until it has ended.")
        try:
            cursor.execute(f"DROP SCHEMA IF EXISTS {FRESH_SCHEMA} CASCADE")
            cursor.execute(f"CREATE SCHEMA {FRESH_SCHEMA}")
            fresh = ConnectionHandler({"default": settings})["default"]
            try:
                yield fresh
            finally:
                fresh.close()
                cursor.execute(f"DROP SCHEMA IF EXISTS {FRESH_SCHEMA} CASCADE")
        finally:
            with suppress(Exception):  # with a connection that is gone, the lock is gone too
                cursor.execute("SELECT pg_advisory_unlock(%s)", [RESTORE_LOCK])


def fresh_columns(fresh: BaseDatabaseWrapper) -> dict[str, list[str]]:
    """Return the columns of each table that the migrations have made."""
    columns: dict[str, list[str]] = {}
    with fresh.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
        )
        for table, column in cursor.fetchall():
            columns.setdefault(table, []).append(column)
    return columns


def empty_tables(fresh: BaseDatabaseWrapper) -> None:
    """Delete the rows that migrations have written."""
    names = ", ".join(map(fresh.ops.quote_name, fresh_columns(fresh)))
    with fresh.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names}")


def load_rows(
    fresh: BaseDatabaseWrapper, backup: Path, tables: dict[str, TableSum]
) -> dict[str, TableSum]:
    """Copy the rows of these tables into the fresh schema; return what it holds then.

    Raises BackupRefused if a row breaks a constraint.
    """
    import psycopg  # installed where DATABASE_URL names PostgreSQL only

    last_ids: dict[str, tuple[int, bool]] = {}
    fresh.ensure_connection()
    driver: Any = fresh.connection
    try:
        with driver.transaction(), driver.cursor() as cursor:
            for table, columns, lines in read_tables(backup, last_ids):
                if table in tables:
                    copy_lines(fresh, cursor, table, columns, lines)
                else:
                    for _ in lines:
                        pass
            set_last_ids(cursor, last_ids)
        with driver.transaction(), driver.cursor() as cursor:
            # The forms in which pg_dump writes.
            cursor.execute("SET LOCAL datestyle = ISO; SET LOCAL extra_float_digits = 3")
            return {
                table: sum_rows(table_sum.columns, read_lines(fresh, cursor, table, table_sum))
                for table, table_sum in tables.items()
            }
    except (psycopg.Error, ToolFailed, ValueError) as error:
        raise refuse_damaged(backup, str(error).splitlines()[0]) from error


def copy_lines(
    fresh: BaseDatabaseWrapper, cursor: Any, table: str, columns: list[str], lines: Iterable[bytes]
) -> None:
    """Send the rows as data; they are never read as SQL."""
    names = ", ".join(map(fresh.ops.quote_name, columns))
    with cursor.copy(f"COPY {fresh.ops.quote_name(table)} ({names}) FROM STDIN") as copy:
        for line in lines:
            copy.write(line)


def set_last_ids(cursor: Any, last_ids: dict[str, tuple[int, bool]]) -> None:
    """Keep the highest id ever given: that of a deleted row stands in the history."""
    cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema()")
    for (sequence,) in cursor.fetchall():
        if sequence in last_ids:
            cursor.execute("SELECT setval(%s::regclass, %s, %s)", [sequence, *last_ids[sequence]])


def read_lines(
    fresh: BaseDatabaseWrapper, cursor: Any, table: str, table_sum: TableSum
) -> Iterator[bytes]:
    """Yield the rows of a table in the form that pg_dump writes."""
    names = ", ".join(map(fresh.ops.quote_name, table_sum.columns))
    with cursor.copy(f"COPY {fresh.ops.quote_name(table)} ({names}) TO STDOUT") as copy:
        for line in copy:
            yield bytes(line)


def replace_database(connection: BaseDatabaseWrapper, fresh: BaseDatabaseWrapper) -> None:
    """Put the tables of the fresh schema in place of the live ones, in one transaction.

    Raises Django's OperationalError if others hold the tables for PATIENCE seconds.
    """
    quote = connection.ops.quote_name
    restored = sorted(fresh_columns(fresh))
    fresh.close()
    live = {"django_migrations", *connection.introspection.django_table_names(), *restored}
    schema = current_schema(connection)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
        # Writers take the content lock before their rows: another order would be a deadlock.
        cursor.execute(f"SELECT pg_advisory_xact_lock({KEY})")
        tables = ", ".join(f"{quote(schema)}.{quote(name)}" for name in sorted(live))
        cursor.execute(f"DROP TABLE IF EXISTS {tables} CASCADE")
        for name in restored:
            cursor.execute(f"ALTER TABLE {FRESH_SCHEMA}.{quote(name)} SET SCHEMA {quote(schema)}")
