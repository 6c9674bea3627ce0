"""A database that several connections share: for SQLite a file, as its memory has other locks."""

import sqlite3
from contextlib import closing, contextmanager

import pytest
from django.db import connection, connections

from .content import log_in


@pytest.fixture
def shared_site(transactional_db, tmp_path):
    """Every thread that asks gets a connection of its own to one empty, migrated database."""
    if connection.vendor == "postgresql":
        yield
        return
    with sqlite_file(tmp_path / "races.sqlite3"):
        yield


@contextmanager
def sqlite_file(path):
    """In place of the suite's database in memory, which stays as it is."""
    in_memory = connections["default"]
    in_memory.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        in_memory.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")
    settings = in_memory.settings_dict
    name, options = settings["NAME"], settings["OPTIONS"]
    # What a power failure would lose is none of these tests' business.
    settings |= {"NAME": str(path), "OPTIONS": options | {"init_command": "PRAGMA synchronous=OFF"}}
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = in_memory
        settings |= {"NAME": name, "OPTIONS": options}


@pytest.fixture
def clients(shared_site):
    return log_in("anna"), log_in("bob")
