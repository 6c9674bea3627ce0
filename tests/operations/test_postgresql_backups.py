"""PostgreSQL's tools, without a server."""

import pytest
from django.db.utils import ConnectionHandler

from config.settings import database
from leaderboard.operations.backup_contents import BackupRefused
from leaderboard.operations.postgresql_backups import run_tool

POSTGRESQL = "postgres://user:secret@host:5433/name?sslmode=require"


@pytest.fixture
def remote(tmp_path, monkeypatch):
    pytest.importorskip("psycopg")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", POSTGRESQL)
    return ConnectionHandler({"default": database(POSTGRESQL, tmp_path)})["default"]


def test_a_password_is_not_on_the_command_line(remote, tmp_path):
    tool = tmp_path / "pg_dump"
    tool.write_text('#!/bin/sh\necho "$@"\necho "$PGPASSWORD $PGSSLMODE"\n')
    tool.chmod(0o700)

    assert run_tool(remote, "pg_dump", "--format=custom") == (
        "--format=custom -U user -h host -p 5433 --dbname=name\nsecret require\n"
    )


def test_a_missing_tool_is_named_with_its_package(remote):
    with pytest.raises(BackupRefused) as refusal:
        run_tool(remote, "pg_dump")

    assert str(refusal.value) == (
        "pg_dump is not installed. On Debian and Ubuntu it comes with: "
        "apt install postgresql-client"
    )
