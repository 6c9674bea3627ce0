"""A site with content in the database of the suite, and one in an SQLite file of its own."""

import shutil
import sqlite3

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.utils import ConnectionHandler

from config.settings import database
from leaderboard.operations import backups
from tests.conftest import skip_or_fail
from tests.factories import make_leaderboard, make_llm, make_metric, make_score


@pytest.fixture(scope="session")
def made_tables():
    """{migrations: an SQLite database with the tables that they make}"""
    made = {}
    yield made
    for copy in made.values():
        copy.close()


@pytest.fixture(autouse=True)
def tables_are_made_once(made_tables, monkeypatch):
    """What a list of migrations makes of an empty SQLite file is made by them once in a process;
    every further restore gets a copy, as the migrations would take most of its time."""
    make_tables = backups.make_tables

    def copy_or_make(fresh, backup, migrations):
        if fresh.vendor == "sqlite" and migrations in made_tables:
            fresh.ensure_connection()
            made_tables[migrations].backup(fresh.connection)
            return
        make_tables(fresh, backup, migrations)
        if fresh.vendor == "sqlite":
            made_tables[migrations] = sqlite3.connect(":memory:")
            fresh.connection.backup(made_tables[migrations])

    monkeypatch.setattr(backups, "make_tables", copy_or_make)


@pytest.fixture
def content(transactional_db):
    if connection.vendor == "postgresql" and not all(map(shutil.which, ("pg_dump", "psql"))):
        skip_or_fail("PostgreSQL's own tools are not installed")
    User.objects.create_user("maintainer", password="a maintainer's password")
    metric = make_metric()
    make_leaderboard([metric])
    for name, value in (("Alpha", "0.5"), ("Beta", "0.25")):
        make_score(make_llm(name), metric, value)


@pytest.fixture
def backup(content, tmp_path):
    path = tmp_path / "backup"
    call_command("backup", path, verbosity=0)
    return path


@pytest.fixture
def live(migrated_file, tmp_path, django_db_blocker):
    """A connection to the database file of a site."""
    shutil.copy(migrated_file, tmp_path / "db.sqlite3")
    with django_db_blocker.unblock():
        site = ConnectionHandler({"default": database("", tmp_path)})["default"]
        yield site
        site.close()
