"""Backups of PostgreSQL, by its own tools from the Debian package postgresql-client."""

import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from leaderboard.models.locks import KEY
from leaderboard.operations.backup_contents import (
    APP,
    NEEDED_TABLES,
    PATIENCE,
    BackupRefused,
    Contents,
    ToolFailed,
    in_utc,
    refuse_damaged,
    refuse_foreign,
)


def run_tool(connection: BaseDatabaseWrapper | None, program: str, *arguments: str) -> str:
    """Run a tool and return its output; the password is in its environment, where `ps` shows none.

    Raises BackupRefused if the tool is not installed, ToolFailed if it ends with an error.
    """
    command, secrets = [program, *arguments], {}
    if connection:
        client: Any = connection.client
        (_, *options, name), secrets = client.settings_to_cmd_args_env(connection.settings_dict, [])
        command += [*options, f"--dbname={name}"]
    try:
        done = subprocess.run(
            command, env=os.environ | (secrets or {}), capture_output=True, text=True
        )
    except FileNotFoundError as error:
        raise BackupRefused(
            f"{program} is not installed. On Debian and Ubuntu it comes with: "
            "apt install postgresql-client"
        ) from error
    if done.returncode:
        raise ToolFailed(f"{program} failed: {'; '.join(done.stderr.splitlines()[:2])}")
    return done.stdout


def dump_database(connection: BaseDatabaseWrapper, draft: Path) -> None:
    """Write what pg_dump reads in one snapshot; the draft exists already, so it keeps its mode."""
    run_tool(connection, "pg_dump", "--format=custom", f"--file={draft}")


def check_backup(backup: Path) -> Contents:
    """Return what the file holds. Raises BackupRefused unless pg_restore can read all of it.

    A file that was cut still has its whole list, so the list is not enough.
    """
    wanted = [f"--table={table}" for table in sorted(NEEDED_TABLES)]
    try:
        listed = run_tool(None, "pg_restore", "--list", str(backup))
        run_tool(None, "pg_restore", f"--file={os.devnull}", str(backup))
        script = run_tool(None, "pg_restore", "--data-only", *wanted, "--file=-", str(backup))
    except ToolFailed as error:
        raise refuse_damaged(backup, str(error)) from error
    tables = set(re.findall(r"TABLE DATA \S+ (\S+)", listed))
    if not tables >= NEEDED_TABLES:
        raise refuse_foreign(backup, tables)
    return contents_of_rows({table: rows_of_table(script, table) for table in NEEDED_TABLES})


def rows_of_table(script: str, table: str) -> list[dict[str, str]]:
    """Read the rows of one COPY … FROM stdin in the SQL that pg_restore prints."""
    statement = re.search(
        rf"^COPY \S+\.{table} \((.*?)\) FROM stdin;\n(.*?)^\\\.$", script, re.DOTALL | re.MULTILINE
    )
    if not statement:
        return []
    columns = statement[1].split(", ")
    return [dict(zip(columns, row.split("\t"), strict=True)) for row in statement[2].splitlines()]


def contents_of_rows(tables: dict[str, list[dict[str, str]]]) -> Contents:
    """Read the contents from the rows of the needed tables."""
    revision = next(iter(tables["leaderboard_contentrevision"]), None)
    migrations = tables["django_migrations"]
    return Contents(
        llms=len(tables["leaderboard_llm"]),
        scores=len(tables["leaderboard_score"]),
        revision=revision["token"] if revision else "",
        changed_at=in_utc(revision["changed_at"]) if revision else None,
        migrations=frozenset(row["name"] for row in migrations if row["app"] == APP),
    )


def replace_database(connection: BaseDatabaseWrapper, backup: Path) -> None:
    """Replace the tables: pg_restore writes the SQL, and psql runs it in one transaction.

    pg_restore alone drops only what is in the backup; a table that a later migration added would
    stay, and stand in the way of that migration.
    """
    names = {"django_migrations", *connection.introspection.django_table_names()}
    tables = ", ".join(connection.ops.quote_name(name) for name in sorted(names))
    # Writers take the content lock before their rows: in another order there would be a deadlock.
    drop = (
        f"SET LOCAL lock_timeout = '{PATIENCE}s'; SELECT pg_advisory_xact_lock({KEY}); "
        f"DROP TABLE IF EXISTS {tables} CASCADE"
    )
    connection.close()
    with tempfile.TemporaryDirectory() as folder:  # mode 0700
        script = f"--file={folder}/restore.sql"
        how = ("--clean", "--if-exists", "--no-owner", "--no-privileges")
        run_tool(None, "pg_restore", *how, script, str(backup))
        once = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
        run_tool(connection, "psql", *once, f"--command={drop}", script)
