"""Copies of the database: made while the site is in use, checked before they replace anything.

A backup is one file: an SQLite database, or the output of pg_dump, and behind it a manifest. It
holds users and sessions too, so only its owner may read it.
"""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from leaderboard.operations import postgresql_backups, sqlite_backups
from leaderboard.operations.backup_contents import (
    NEEDED_TABLES,
    BackupRefused,
    Contents,
    Survey,
    read_contents,
    refuse_damaged,
)
from leaderboard.operations.fresh_tables import (
    check_columns,
    connected_to,
    make_tables,
    migrate_to_present,
    refuse_newer,
)
from leaderboard.operations.manifest import (
    Manifest,
    ManifestBroken,
    TableSum,
    append_manifest,
    compare_tables,
    read_manifest,
)
from leaderboard.operations.release_checks import find_losses, releases_of_site

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
    tools = tools_for(connection.vendor)
    with new_private_file(target) as draft:
        report_step("copying")
        tools.dump_database(connection, draft)
        report_step("checking")
        survey: Survey = tools.survey_backup(draft)
        append_manifest(draft, Manifest(survey.contents.migrations, survey.tables))
        return survey.contents


def check_backup(
    connection: BaseDatabaseWrapper, backup: Path, needs_manifest: bool = True
) -> Survey:
    """Read the whole backup, and change nothing. Raises BackupRefused unless it can be restored.

    A backup without a manifest is refused unless needs_manifest is false: nothing tells whether
    its rows are the ones that were saved.
    """
    kind = kind_of_backup(backup)
    if kind != connection.vendor:
        raise BackupRefused(
            f"{backup} comes from {DATABASE_NAMES[kind]}, but this site runs on "
            f"{DATABASE_NAMES[connection.vendor]}. DATABASE_URL says which one a site runs on."
        )
    live = Path(connection.settings_dict["NAME"])
    if kind == "sqlite" and live.exists() and live.samefile(backup):
        raise BackupRefused(f"{backup} is the database in use. Name a file that backup has made.")
    if kind == "postgresql":
        manifest_of_backup(backup)  # a file with a flipped byte can keep pg_restore busy for ever
    survey: Survey = tools_for(kind).survey_backup(backup)
    manifest = manifest_of_backup(backup)
    if manifest is None and needs_manifest:
        raise BackupRefused(
            f"{backup} has no manifest: it was made by an older version, or is not whole. "
            "To restore it all the same, add --without-manifest; then nothing tells whether its "
            "rows are the ones that were saved."
        )
    if manifest:
        compare_with_manifest(backup, manifest, survey.tables)
    refuse_newer(backup, survey.contents.migrations)
    return survey


def manifest_of_backup(backup: Path) -> Manifest | None:
    """Return the manifest, None if there is none. Raises BackupRefused if a byte has changed."""
    try:
        return read_manifest(backup)
    except ManifestBroken as error:
        raise refuse_damaged(backup, error) from error


def compare_with_manifest(backup: Path, manifest: Manifest, tables: dict[str, TableSum]) -> None:
    """Raise BackupRefused unless the tables are those that the manifest names."""
    try:
        compare_tables(manifest.tables, tables)
    except ManifestBroken as error:
        raise refuse_damaged(backup, error) from error


def restore_backup(
    connection: BaseDatabaseWrapper,
    backup: Path,
    survey: Survey,
    report_step: ReportStep = ignore_step,
    keeps_releases: bool = True,
) -> list[str]:
    """Put a checked backup in place of the database: at once for all readers, or not at all.

    Its rows go into fresh tables, which the migrations make; these are checked, migrated to the
    present and swapped with the live ones. Returns the tables of the backup that this software
    does not have: they are not restored. Raises BackupRefused; then nothing was changed. A release
    that the site has is lost or replaced only if keeps_releases is false.
    """
    tools = tools_for(connection.vendor)
    with tools.fresh_database(connection) as fresh:
        report_step("loading")
        with connected_to(fresh):
            make_tables(fresh, backup, survey.contents.migrations)
            left_out = check_columns(backup, tools.fresh_columns(fresh), survey.tables)
            wanted = {name: table for name, table in survey.tables.items() if name not in left_out}
            tools.empty_tables(fresh)
            loaded = tools.load_rows(fresh, backup, wanted)
            manifest = manifest_of_backup(backup)
            if manifest:
                promised = {name: manifest.tables[name] for name in wanted}
                compare_with_manifest(backup, replace(manifest, tables=promised), loaded)
            migrate_to_present()
        if keeps_releases:
            refuse_losses(connection, backup, survey)  # one may have been frozen meanwhile
        report_step("replacing")
        tools.replace_database(connection, fresh)
    return left_out


def refuse_losses(connection: BaseDatabaseWrapper, backup: Path, survey: Survey) -> None:
    """Raise BackupRefused unless the backup has all releases of the site, as they were frozen."""
    losses = " ".join(find_losses(releases_of_site(connection), survey.releases))
    if losses:
        raise BackupRefused(
            f"{backup} would change what is frozen. {losses} "
            "Add --lose-releases to restore it all the same."
        )


def site_contents(connection: BaseDatabaseWrapper) -> Contents | None:
    """Return what the site holds now; None before its first migration.

    Raises BackupRefused if a time in it cannot be read.
    """
    with connection.cursor() as cursor:
        if not set(connection.introspection.table_names(cursor)) >= NEEDED_TABLES:
            return None

        def run_query(sql: str) -> list[tuple[Any, ...]]:
            cursor.execute(sql)
            return list(cursor.fetchall())

        try:
            return read_contents(run_query)
        except ValueError as error:
            raise BackupRefused(f"The database of the site is damaged: {error}.") from error


def tools_for(kind: str) -> ModuleType:
    """Return the module that reads and writes backups of this kind of database."""
    return postgresql_backups if kind == "postgresql" else sqlite_backups


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
