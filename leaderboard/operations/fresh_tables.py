"""Tables that the migrations make anew, for the rows of a backup."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.exceptions import BadMigrationError
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from leaderboard.operations.backup_contents import BackupRefused, refuse_damaged
from leaderboard.operations.manifest import Migration, TableSum


@contextmanager
def connected_to(fresh: BaseDatabaseWrapper) -> Iterator[None]:
    """Let everything that asks for the database of the site use the fresh one."""
    live = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = fresh
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = live
        ContentType.objects.clear_cache()


def known_migrations() -> set[Migration]:
    """Return all migrations that this software has."""
    return set(MigrationLoader(None).disk_migrations or {})


def refuse_newer(backup: Path, migrations: frozenset[Migration]) -> None:
    """Raise BackupRefused if a migration is unknown: what it has changed is unknown too."""
    unknown = migrations - known_migrations()
    if unknown:
        raise BackupRefused(
            f"{backup} was made by a newer version of this software: it knows "
            f"{'.'.join(min(unknown))}. Update the software, then restore."
        )


def make_tables(fresh: BaseDatabaseWrapper, backup: Path, migrations: frozenset[Migration]) -> None:
    """Apply these migrations to the empty database. Raises BackupRefused if some are left out."""
    executor = MigrationExecutor(fresh)
    graph = executor.loader.graph
    # A migration that another of its app follows would be gone back to.
    targets = [
        (app, name)
        for app, name in sorted(migrations)
        if not any(child.key in migrations and child.key[0] == app
                   for child in graph.node_map[app, name].children)
    ]  # fmt: skip
    try:
        executor.migrate(targets)
    except BadMigrationError as error:
        raise refuse_damaged(backup, error) from error
    applied = set(executor.recorder.applied_migrations())
    if applied != migrations or not migrations:
        missing = ".".join(min(applied - migrations, default=("every", "migration")))
        raise refuse_damaged(backup, f"its list of applied migrations lacks {missing}")


def check_columns(
    backup: Path, made: dict[str, list[str]], saved: dict[str, TableSum]
) -> list[str]:
    """Return the tables of the backup that the migrations do not make.

    Raises BackupRefused if the backup lacks a table or a column, or has one column more.
    """
    for table, columns in sorted(made.items()):
        if table not in saved:
            raise refuse_damaged(backup, f"it has no table {table}")
        lacking = set(columns).difference(saved[table].columns)
        if lacking:
            raise refuse_damaged(backup, f"its table {table} has no column {min(lacking)}")
        unknown = set(saved[table].columns).difference(columns)
        if unknown:
            raise refuse_damaged(backup, f"no migration has made {table}.{min(unknown)}")
    return sorted(saved.keys() - made.keys())


def migrate_to_present() -> None:
    """Apply the migrations that are newer than the backup."""
    call_command("migrate", interactive=False, verbosity=0)
