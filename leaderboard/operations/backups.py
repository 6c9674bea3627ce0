"""Copies of the database: made while the site is in use, checked before they replace anything.

A backup is one file: an SQLite database, or what pg_dump writes. It holds users and sessions too,
so only its owner may read it.
"""

import os
import re
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

APP = "leaderboard"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
MAGIC = {b"SQLite format 3\0": "sqlite", b"PGDMP": "postgresql"}
NEEDED = {"leaderboard_llm", "leaderboard_score", "leaderboard_contentrevision"}
NEEDED |= {"django_migrations"}
PATIENCE = 60  # seconds that a restore waits for those who are writing

Fetch = Callable[[str], list[tuple[Any, ...]]]
Step = Callable[[str], object]  # told what is in hand, for somebody who waits


class Refused(Exception):
    """A sentence: what is wrong, and what to do."""


class ToolFailed(Refused):
    """One of PostgreSQL's tools ran, and gave up."""


@dataclass(frozen=True)
class Contents:
    """What tells one state of the site from another."""

    llms: int
    scores: int
    revision: str
    changed_at: datetime | None
    migrations: frozenset[str]

    def __str__(self) -> str:
        when = f"{self.changed_at:%Y-%m-%d %H:%M} UTC" if self.changed_at else "never"
        return f"{self.llms} LLMs and {self.scores} scores, last changed {when}"


# What commands do


def silent(step: str) -> None:
    """For those who do not wait."""


def make(connection: BaseDatabaseWrapper, target: Path, step: Step = silent) -> Contents:
    """Write the database to a new file, which has its name only once it is complete and checked."""
    if os.path.lexists(target):
        raise Refused(f"{target} exists already. Name another file, or move that one away.")
    if contents(connection) is None:
        raise Refused("There is nothing to back up: the database holds no leaderboard yet.")
    with new_private_file(target) as draft:
        write, read = copy_sqlite, read_sqlite
        if connection.vendor == "postgresql":
            write, read = dump_postgresql, read_postgresql
        step("copying")
        write(connection, draft)
        step("checking")
        return read(draft)


def check(connection: BaseDatabaseWrapper, backup: Path) -> Contents:
    """What the backup holds; refused unless it can replace this database."""
    kind = kind_of(backup)
    if kind != connection.vendor:
        raise Refused(
            f"{backup} comes from {NAMES[kind]}, but this site runs on "
            f"{NAMES[connection.vendor]}. DATABASE_URL says which one a site runs on."
        )
    live = Path(connection.settings_dict["NAME"])
    if kind == "sqlite" and live.exists() and live.samefile(backup):
        raise Refused(f"{backup} is the database in use. Name a file that backup has made.")
    found = read_sqlite(backup) if kind == "sqlite" else read_postgresql(backup)
    newer = found.migrations - known_migrations()
    if newer:
        raise Refused(
            f"{backup} was made by a newer version of this software: it knows {min(newer)}. "
            "Update the software, then restore."
        )
    return found


def replace(connection: BaseDatabaseWrapper, backup: Path) -> None:
    """Put a checked backup in place of the database: at once for all who use it, or not at all."""
    fill = fill_postgresql if connection.vendor == "postgresql" else fill_sqlite
    fill(connection, backup)


def contents(connection: BaseDatabaseWrapper) -> Contents | None:
    """What the site holds now; None before its first migration."""
    with connection.cursor() as cursor:
        if not set(connection.introspection.table_names(cursor)) >= NEEDED:
            return None

        def fetch(sql: str) -> list[tuple[Any, ...]]:
            cursor.execute(sql)
            return cursor.fetchall()

        return read_tables(fetch)


# What both kinds share


def kind_of(backup: Path) -> str:
    try:
        with backup.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise Refused(f"{backup} cannot be read: {error.strerror}.") from error
    for magic, kind in MAGIC.items():
        if start.startswith(magic):
            return kind
    raise Refused(f"{backup} is not a backup: neither SQLite nor pg_dump has written it.")


def known_migrations() -> set[str]:
    migrations = MigrationLoader(None).disk_migrations or {}
    return {name for app, name in migrations if app == APP}


def read_tables(fetch: Fetch) -> Contents:
    revisions = fetch("SELECT token, changed_at FROM leaderboard_contentrevision")
    token, changed_at = revisions[0] if revisions else ("", None)
    names = fetch(f"SELECT name FROM django_migrations WHERE app = '{APP}'")
    return Contents(
        llms=fetch("SELECT count(*) FROM leaderboard_llm")[0][0],
        scores=fetch("SELECT count(*) FROM leaderboard_score")[0][0],
        revision=token,
        changed_at=in_utc(changed_at),
        migrations=frozenset(name for (name,) in names),
    )


def in_utc(moment: str | datetime | None) -> datetime | None:
    """SQLite stores times as text in UTC without saying so; PostgreSQL names the zone."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment and moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment and moment.astimezone(UTC)


@contextmanager
def new_private_file(target: Path) -> Iterator[Path]:
    """A draft beside the target that gets its name if all goes well, and leaves nothing if not."""
    try:
        # mkstemp opens with mode 0600: at no moment could somebody else read it.
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror}.") from error
    os.close(handle)
    try:
        yield Path(name)
        os.rename(name, target)
    except (OSError, sqlite3.Error) as error:
        raise Refused(f"{target} was not written: {error}.") from error
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            Path(name + end).unlink(missing_ok=True)


# SQLite


def copy_sqlite(connection: BaseDatabaseWrapper, draft: Path) -> None:
    """In one step, so that the copy is one moment of the site while others go on writing."""
    connection.ensure_connection()
    with closing(sqlite3.connect(draft)) as copy:
        connection.connection.backup(copy)
        # Else the copy would be a database that wants files beside it, as the live one does.
        copy.execute("PRAGMA journal_mode=DELETE")


def open_sqlite(backup: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{backup.resolve().as_uri()}?mode=ro", uri=True)


def read_sqlite(backup: Path) -> Contents:
    """Refused unless every page, index and reference in the file is whole."""
    try:
        with closing(open_sqlite(backup)) as copy:

            def fetch(sql: str) -> list[tuple[Any, ...]]:
                return copy.execute(sql).fetchall()

            damage = [text for (text,) in fetch("PRAGMA integrity_check(1)") if text != "ok"]
            tables = {name for (name,) in fetch("SELECT name FROM sqlite_schema")}
            if damage or fetch("PRAGMA foreign_key_check"):
                raise Refused(damaged(backup, *damage or ["a row refers to one that is missing"]))
            if not tables >= NEEDED:
                raise Refused(f"{backup} is not a backup of this site: {without(tables)}")
            return read_tables(fetch)
    except sqlite3.Error as error:
        raise Refused(damaged(backup, str(error))) from error


def damaged(backup: Path, how: str) -> str:
    return f"{backup} is damaged: {how}. Use another backup; nothing was changed."


def without(tables: set[str]) -> str:
    return f"it has no table {min(NEEDED - tables)}."


def fill_sqlite(connection: BaseDatabaseWrapper, backup: Path) -> None:
    """One transaction of SQLite's: other processes see the old content, then the new."""
    deadline = time.monotonic() + PATIENCE

    def be_patient(*progress: int) -> None:
        if time.monotonic() > deadline:
            raise Refused(
                f"Somebody has been writing for {PATIENCE} seconds; nothing was changed. "
                "Try again, or stop the site first."
            )

    connection.ensure_connection()
    with closing(open_sqlite(backup)) as copy:
        copy.backup(connection.connection, progress=be_patient)


# PostgreSQL: its own tools, from the Debian package postgresql-client


def run(connection: BaseDatabaseWrapper | None, program: str, *arguments: str) -> str:
    """What a tool prints. The password goes through its environment, where `ps` shows nothing."""
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
        raise Refused(
            f"{program} is not installed. On Debian and Ubuntu it comes with: "
            "apt install postgresql-client"
        ) from error
    if done.returncode:
        raise ToolFailed(f"{program} failed: {'; '.join(done.stderr.splitlines()[:2])}")
    return done.stdout


def dump_postgresql(connection: BaseDatabaseWrapper, draft: Path) -> None:
    """pg_dump reads one snapshot; the draft exists already, so it keeps its mode."""
    run(connection, "pg_dump", "--format=custom", f"--file={draft}")


def read_postgresql(backup: Path) -> Contents:
    """Refused unless pg_restore can read all of it: the list alone is whole in a cut file too."""
    wanted = [f"--table={table}" for table in sorted(NEEDED)]
    try:
        listed = run(None, "pg_restore", "--list", str(backup))
        run(None, "pg_restore", f"--file={os.devnull}", str(backup))
        script = run(None, "pg_restore", "--data-only", *wanted, "--file=-", str(backup))
    except ToolFailed as error:
        raise Refused(damaged(backup, str(error))) from error
    tables = set(re.findall(r"TABLE DATA \S+ (\S+)", listed))
    if not tables >= NEEDED:
        raise Refused(f"{backup} is not a backup of this site: {without(tables)}")
    return read_script({table: rows_in(script, table) for table in NEEDED})


def rows_in(script: str, table: str) -> list[dict[str, str]]:
    """The rows of one COPY … FROM stdin in what pg_restore prints."""
    found = re.search(
        rf"^COPY \S+\.{table} \((.*?)\) FROM stdin;\n(.*?)^\\\.$", script, re.DOTALL | re.MULTILINE
    )
    if not found:
        return []
    columns = found[1].split(", ")
    return [dict(zip(columns, row.split("\t"), strict=True)) for row in found[2].splitlines()]


def read_script(tables: dict[str, list[dict[str, str]]]) -> Contents:
    revision = next(iter(tables["leaderboard_contentrevision"]), None)
    migrations = tables["django_migrations"]
    return Contents(
        llms=len(tables["leaderboard_llm"]),
        scores=len(tables["leaderboard_score"]),
        revision=revision["token"] if revision else "",
        changed_at=in_utc(revision["changed_at"]) if revision else None,
        migrations=frozenset(row["name"] for row in migrations if row["app"] == APP),
    )


def fill_postgresql(connection: BaseDatabaseWrapper, backup: Path) -> None:
    """pg_restore writes what is to be done, and psql does it in one transaction.

    pg_restore alone drops only what is in the backup; a table that a later migration added would
    stay, and stand in the way of that migration.
    """
    names = {"django_migrations", *connection.introspection.django_table_names()}
    tables = ", ".join(connection.ops.quote_name(name) for name in sorted(names))
    drop = f"SET LOCAL lock_timeout = '{PATIENCE}s'; DROP TABLE IF EXISTS {tables} CASCADE"
    connection.close()
    with tempfile.TemporaryDirectory() as folder:  # mode 0700
        script = f"--file={folder}/restore.sql"
        how = ("--clean", "--if-exists", "--no-owner", "--no-privileges")
        run(None, "pg_restore", *how, script, str(backup))
        once = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
        run(connection, "psql", *once, f"--command={drop}", script)
