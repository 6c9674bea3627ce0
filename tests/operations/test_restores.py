"""Backups that were damaged, forged or made by older software, and restores that were killed."""

import random
import re
import resource
import secrets
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection

from leaderboard.models import LLM
from leaderboard.operations import backups, postgresql_backups, sqlite_backups
from leaderboard.operations.backup_contents import BackupRefused
from leaderboard.operations.integrity import find_faults
from leaderboard.operations.manifest import (
    FOOTER,
    FOOTER_LENGTH,
    Manifest,
    append_manifest,
    read_manifest,
)
from leaderboard.operations.postgresql_backups import run_tool
from tests.factories import make_llm
from tests.operations.test_backups import refusal_of, restore
from tests.sites import MANAGE, environment, environment_of_full_disk, manage

on_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="asks PostgreSQL's own tools"
)


def strip_manifest(path):
    """Turn a backup into one of older software."""
    whole = path.read_bytes()
    footer = FOOTER.fullmatch(whole[-FOOTER_LENGTH:])
    path.write_bytes(whole[: -FOOTER_LENGTH - int(footer[1])])


# The database of the suite


def test_a_flipped_byte_is_found_wherever_it_is(backup):
    whole = backup.read_bytes()
    places = random.Random(14).sample(range(len(whole)), 12)
    unnoticed = []
    for place in [*places, len(whole) - 1]:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << (place % 8)
        backup.write_bytes(flipped)
        try:
            backups.check_backup(connection, backup)
            unnoticed.append(place)
        except BackupRefused:
            pass
    assert unnoticed == []


def end_packed_rows_early(path):
    """Put a byte behind the first packed rows, into the chunk (its length, its bytes) of them."""
    whole = path.read_bytes()
    start = whole.index(b"\x78\x9c")
    unpacker = zlib.decompressobj()
    unpacker.decompress(whole[start:])
    end = len(whole) - len(unpacker.unused_data)
    longer = (end - start + 1).to_bytes(4, "little")
    path.write_bytes(whole[: start - 4] + longer + whole[start:end] + b"\0" + whole[end:])


@on_postgresql
def test_a_backup_that_keeps_pg_restore_busy_without_end_is_refused(backup, monkeypatch):
    strip_manifest(backup)
    end_packed_rows_early(backup)
    monkeypatch.setattr(postgresql_backups, "LEAST_WORK", 1)

    with pytest.raises(BackupRefused, match="is damaged"):
        backups.check_backup(connection, backup, needs_manifest=False)


def test_a_backup_without_a_manifest_is_restored_by_a_flag_that_says_what_was_not_checked(
    backup, capsys
):
    strip_manifest(backup)
    LLM.objects.get(name="Beta").delete()

    assert refusal_of(backup, yes=True) == (
        f"Nothing was restored. {backup} has no manifest: it was made by an older version, or is "
        "not whole. To restore it all the same, add --without-manifest; then nothing tells whether "
        "its rows are the ones that were saved."
    )
    capsys.readouterr()
    call_command("restore", backup, yes=True, without_manifest=True)

    said = capsys.readouterr().out.splitlines()
    assert said[1] == (
        "It has no manifest. Checked: its structure, references, rules and migrations. "
        "Not checked: whether rows were changed, added or lost since it was made."
    )
    assert LLM.objects.filter(name="Beta").exists()


def test_ids_of_deleted_rows_are_not_given_again_after_a_restore(content, tmp_path):
    gone = make_llm("Gamma")
    last = gone.pk
    gone.delete()
    call_command("backup", tmp_path / "backup", verbosity=0)

    call_command("restore", tmp_path / "backup", yes=True)

    assert make_llm("Delta").pk > last


def test_verify_reads_a_backup_by_its_manifest(backup, capsys):
    call_command("verify", backup=backup)
    said = capsys.readouterr().out
    strip_manifest(backup)
    with pytest.raises(CommandError, match="has no manifest"):
        call_command("verify", backup=backup)

    assert said.startswith("The backup holds 2 LLMs and 2 scores, last changed ")
    assert said.endswith(" tables are the ones that were saved.\n")


FORGED = {
    "sqlite": [
        "CREATE TRIGGER make_admin AFTER INSERT ON leaderboard_score "
        "BEGIN UPDATE auth_user SET is_superuser = 1; END"
    ],
    "postgresql": [
        "CREATE FUNCTION make_admin() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN UPDATE auth_user SET is_superuser = true; RETURN NEW; END'",
        "CREATE TRIGGER make_admin AFTER INSERT ON leaderboard_score "
        "FOR EACH ROW EXECUTE FUNCTION make_admin()",
        "CREATE RULE no_delete AS ON DELETE TO leaderboard_llm DO INSTEAD NOTHING",
        "CREATE VIEW users AS SELECT * FROM auth_user",
    ],
}


@pytest.fixture
def forged(content):
    """A live database with code in it."""
    with connection.cursor() as cursor:
        for statement in FORGED[connection.vendor]:
            cursor.execute(statement)
        yield
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS make_admin")
        else:
            cursor.execute("DROP VIEW IF EXISTS users")
            cursor.execute("DROP RULE IF EXISTS no_delete ON leaderboard_llm")
            cursor.execute("DROP FUNCTION IF EXISTS make_admin CASCADE")


def test_code_in_the_live_database_is_named_by_verify_and_gone_after_a_restore(forged, tmp_path):
    named = [fault.text.split(" changes ")[0] for fault in find_faults() if "changes" in fault.text]
    call_command("backup", tmp_path / "backup", verbosity=0)

    call_command("restore", tmp_path / "backup", yes=True)

    found = {"sqlite": ["The trigger make_admin"]}.get(
        connection.vendor, ["The trigger make_admin", "The rule no_delete"]
    )
    assert named == found
    assert [fault.text for fault in find_faults() if "changes" in fault.text] == []


@on_postgresql
def test_code_in_a_dump_is_named_and_refused(forged, tmp_path):
    path = tmp_path / "backup"
    run_tool(connection, "pg_dump", "--format=custom", f"--file={path}")

    message = refusal_of(path, yes=True, without_manifest=True)

    assert message.startswith(f"Nothing was restored. {path} holds code, and a backup of this ")
    named = message.split(": ")[1].split(". ")[0].split(", ")
    assert sorted(named) == [
        "FUNCTION public make_admin()",
        "RULE public leaderboard_llm no_delete",
        "TRIGGER public leaderboard_score make_admin",
        "VIEW public users",
    ]


@on_postgresql
def test_a_whole_dump_of_older_software_is_restored_by_the_flag(content, tmp_path):
    path = tmp_path / "backup"
    run_tool(connection, "pg_dump", "--format=custom", f"--file={path}")
    LLM.objects.all().delete()

    call_command("restore", path, yes=True, without_manifest=True)

    assert LLM.objects.count() == 2
    assert User.objects.get().check_password("a maintainer's password")


@on_postgresql
def test_a_killed_restore_leaves_no_file_and_the_next_one_succeeds(backup, tmp_path):
    LLM.objects.get(name="Beta").delete()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    where = connection.settings_dict
    address = f"postgres://{where['USER']}@/{where['NAME']}?host={where['HOST']}"
    variables = {"DATABASE_URL": address, "SECRET_KEY": secrets.token_urlsafe(60),
                 "TMPDIR": str(temporary)}  # fmt: skip

    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT count(*) FROM leaderboard_llm")  # a reader: nobody drops the table
        process = subprocess.Popen(
            [sys.executable, MANAGE, "restore", str(backup), "--yes"],
            env=environment(tmp_path / "data", **variables),
        )
        wait_until_blocked(cursor, process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        cursor.execute("ROLLBACK")

    assert [path.name for path in temporary.rglob("*")] == []
    assert LLM.objects.count() == 1
    call_command("restore", backup, yes=True)
    assert LLM.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'leaderboard%'")
        assert cursor.fetchone() == (0,)


def wait_until_blocked(cursor, process):
    for _ in range(1200):
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        if cursor.fetchone()[0]:
            return
        assert process.poll() is None
        time.sleep(0.1)
    pytest.fail("The restore does not come to its end.")


# SQLite files, whatever the suite runs on


def forge(site, path, *statements):
    """Change a backup by hand, and give it a manifest that fits, as a forger can."""
    backups.make_backup(site, path)
    strip_manifest(path)
    with closing(sqlite3.connect(path)) as file:
        for statement in statements:
            file.execute(statement)
        file.commit()
    return path


def reason(function, *arguments, **options):
    with pytest.raises(BackupRefused) as refusal:
        function(*arguments, **options)
    return str(refusal.value)


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (FORGED["sqlite"][0], "trigger make_admin"),
        ("CREATE VIEW users AS SELECT * FROM auth_user", "view users"),
        ("CREATE VIRTUAL TABLE words USING fts5(text)", "table words"),
    ],
)
def test_code_in_a_file_is_named_and_refused(live, tmp_path, statement, named):
    path = forge(live, tmp_path / "backup", statement)

    assert reason(backups.check_backup, live, path, needs_manifest=False).startswith(
        f"{path} holds code, and a backup of this site holds none: {named}"
    )


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (
            "ALTER TABLE leaderboard_llm DROP COLUMN description",
            "its table leaderboard_llm has no column description",
        ),
        (
            "ALTER TABLE leaderboard_llm ADD COLUMN more text",
            "no migration has made leaderboard_llm.more",
        ),
        ("DROP TABLE leaderboard_alias", "it has no table leaderboard_alias"),
        (
            "DELETE FROM django_migrations",
            "its list of applied migrations lacks every.migration",
        ),
        pytest.param(
            "DELETE FROM django_migrations WHERE app = 'leaderboard' AND name LIKE '0001%'",
            "its list of applied migrations lacks leaderboard.0001_initial",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_file_that_the_migrations_do_not_make_is_refused(live, tmp_path, statement, why):
    path = forge(live, tmp_path / "backup", statement)
    before = sqlite_backups.survey_backup(tmp_path / "db.sqlite3")

    assert reason(restore, live, path, needs_manifest=False) == (
        f"{path} is damaged: {why}. Use another backup; nothing was changed."
    )
    assert sqlite_backups.survey_backup(tmp_path / "db.sqlite3") == before
    assert sorted(file.name for file in tmp_path.iterdir() if "restoring" in file.name) == []


def test_a_row_that_is_not_the_saved_one_is_found_by_the_sum_of_its_table(live, tmp_path):
    path = tmp_path / "backup"
    backups.make_backup(live, path)
    manifest = read_manifest(path)
    forge(live, tmp_path / "forged", "UPDATE auth_group SET name = 'Administrators'")
    append_manifest(tmp_path / "forged", Manifest(manifest.migrations, manifest.tables))

    assert reason(backups.check_backup, live, tmp_path / "forged") == (
        f"{tmp_path / 'forged'} is damaged: auth_group has other values or columns than it was "
        "saved with. Use another backup; nothing was changed."
    )


def test_a_time_that_is_none_is_refused_in_a_sentence(live, tmp_path):
    statement = (
        "INSERT INTO leaderboard_contentrevision (id, token, changed_at) VALUES (1, 'a', 'soon') "
        "ON CONFLICT DO UPDATE SET changed_at = 'soon'"
    )
    path = forge(live, tmp_path / "backup", statement)

    assert reason(backups.check_backup, live, path, needs_manifest=False) == (
        f"{path} is damaged: its last change has no readable time ('soon'). "
        "Use another backup; nothing was changed."
    )


def test_a_table_of_others_is_left_out_and_said(live, tmp_path):
    path = forge(live, tmp_path / "backup", "CREATE TABLE notes (text)")

    assert restore(live, path, needs_manifest=False) == ["notes"]


def test_the_file_of_a_killed_restore_is_private_and_the_next_one_deletes_it(live, tmp_path):
    backups.make_backup(live, tmp_path / "backup")
    with sqlite_backups.fresh_database(live) as fresh:
        path = Path(fresh.settings_dict["NAME"])
        mode = stat.S_IMODE(path.stat().st_mode)
    for name in (path, f"{path}-wal"):
        Path(name).write_bytes(b"left by a killed one")

    restore(live, tmp_path / "backup")

    assert (mode, [file.name for file in tmp_path.glob("restoring*")]) == (0o600, [])


def test_a_site_that_cannot_be_read_is_restored(live, tmp_path):
    backups.make_backup(live, tmp_path / "backup")
    data = tmp_path / "data"
    data.mkdir()
    with closing(sqlite3.connect(data / "db.sqlite3")) as file:
        for table in ("django_migrations", "leaderboard_llm", "leaderboard_score",
                      "leaderboard_contentrevision"):  # fmt: skip
            file.execute(f"CREATE TABLE {table} (only_column)")

    done = manage(data, "restore", str(tmp_path / "backup"), "--yes")

    assert (done.returncode, done.stderr) == (0, "")
    assert "The site holds what cannot be read.\n" in done.stdout


def small_files_only():
    """As on a nearly full disk: no file grows beyond 300 kB."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))


def test_a_full_disk_is_told_in_one_sentence_and_changes_nothing(live, tmp_path):
    backups.make_backup(live, tmp_path / "backup")
    data = tmp_path / "data"

    done = subprocess.run(
        [sys.executable, MANAGE, "restore", str(tmp_path / "backup")],
        env=environment_of_full_disk(data),
        preexec_fn=small_files_only,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1
    assert re.fullmatch(
        r"CommandError: Nothing was restored: (database or disk is full|disk I/O error)\.\n",
        done.stderr,
    )
    assert list(data.glob("restoring*")) == []
