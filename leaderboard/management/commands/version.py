"""Says which versions a site runs on."""

import platform
from typing import Any

import django
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

import leaderboard


class Command(BaseCommand):
    """`manage.py version`: the versions of the site, Django, Python, and of the database's schema.

    manage.py calls it, as Django answers this word with its own version.
    """

    help = "Print the version of the site, of Django and Python, and the state of the database."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"leaderboard {leaderboard.__version__}")
        self.stdout.write(f"Django {django.get_version()}")
        self.stdout.write(f"Python {platform.python_version()}")
        self.stdout.write(f"Database {connection.vendor}: {schema_state()}")


def schema_state() -> str:
    """The newest migration of the site that the database has seen, and how many it has not.

    Those of Django and other packages count among the latter.
    """
    try:
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return "cannot be used"
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    applied = [name for app, name in executor.loader.applied_migrations if app == "leaderboard"]
    newest = max(applied, default="no migration")
    return f"{newest}, {missing} to apply: run manage.py migrate" if missing else newest
