import json
import re
import sqlite3
import stat
import threading
import time
from contextlib import closing, redirect_stderr
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from leaderboard.models import LLM, Score
from leaderboard.operations import backup_contents, backups
from leaderboard.operations.backup_contents import BackupRefused
from tests import fuzz
from tests.factories import make_llm
from tests.sites import manage

# The database of the suite: SQLite or PostgreSQL


def everything(capsys):
    """All rows of all tables but those that say what is installed."""
    capsys.readouterr()
    call_command("dumpdata", exclude=["contenttypes", "auth.permission"])
    return json.loads(capsys.readouterr().out)


def test_a_restored_backup_is_the_same_site_with_the_same_revision(backup, capsys):
    before, state = everything(capsys), backups.site_contents(connection)
    Score.objects.all().delete()
    make_llm("Gamma")
    User.objects.all().delete()
    changed = backups.site_contents(connection)

    call_command("restore", backup, yes=True)

    assert backups.site_contents(connection) == state != changed
    assert everything(capsys) == before


def test_backup_and_restore_say_what_they_hold(content, tmp_path, capsys):
    call_command("backup", tmp_path / "backup")
    saved = capsys.readouterr().out
    day = f"last changed {backups.site_contents(connection).changed_at:%Y-%m-%d %H:%M} UTC"
    LLM.objects.get(name="Beta").delete()

    call_command("restore", tmp_path / "backup", yes=True)

    now = f"last changed {backups.site_contents(connection).changed_at:%Y-%m-%d %H:%M} UTC"
    assert saved == f"Saved in {tmp_path / 'backup'}: 2 LLMs and 2 scores, {day}.\n"
    assert capsys.readouterr().out == (
        f"The backup holds 2 LLMs and 2 scores, {day}.\n"
        f"The site holds 1 LLMs and 1 scores, {now}.\n"
        "Restored. Users and passwords are those of the backup.\n"
    )


def pages(client):
    """{address: bytes} of every kind of public page, made anew."""
    cache.clear()
    slugs = LLM.objects.values_list("slug", flat=True)[:5]
    addresses = [*fuzz.NORMAL, *(f"/llms/{slug}/" for slug in slugs)]
    return {each: b"".join(client.get(each)) for each in addresses if each != "/static/nowhere"}


@pytest.mark.slow
def test_after_a_restore_into_an_empty_database_every_page_and_export_is_the_same(
    transactional_db, client, tmp_path
):
    call_command("loaddata", "anesbench", verbosity=0)
    Score.objects.first().save()
    before = pages(client)
    call_command("backup", tmp_path / "backup", verbosity=0)
    call_command("flush", interactive=False, verbosity=0)
    assert pages(client)["/"] != before["/"]

    call_command("restore", tmp_path / "backup", yes=True)

    after = pages(client)
    assert [address for address in before if after[address] != before[address]] == []


class Terminal(StringIO):
    def isatty(self):
        return True


def steps(text):
    return re.findall(r"\d/\d \w+", text)


def test_who_waits_at_a_terminal_sees_what_is_in_hand_and_nobody_else_does(content, tmp_path):
    terminal, file = Terminal(), StringIO()
    for stream, path in ((terminal, tmp_path / "a"), (file, tmp_path / "b")):
        with redirect_stderr(stream):
            call_command("backup", path, verbosity=0)
            call_command("restore", path, yes=True, stdout=StringIO())
    assert (steps(terminal.getvalue()), file.getvalue()) == (
        ["1/2 copying", "2/2 checking", "1/3 checking", "2/3 loading", "3/3 replacing"],
        "",
    )


def test_a_backup_is_one_file_for_its_owner_only(backup):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert list(backup.parent.iterdir()) == [backup]


def test_a_backup_overwrites_no_file(backup):
    before = backup.read_bytes()

    with pytest.raises(CommandError) as refusal:
        call_command("backup", backup)

    assert str(refusal.value) == (
        f"No backup was made. {backup} exists already. Name another file, or move that one away."
    )
    assert backup.read_bytes() == before


def test_a_backup_needs_an_existing_folder(content, tmp_path):
    with pytest.raises(CommandError) as refusal:
        call_command("backup", tmp_path / "absent" / "backup")

    assert str(refusal.value) == (
        f"No backup was made. {tmp_path / 'absent' / 'backup'} cannot be written: "
        "No such file or directory."
    )


def refusal_of(path, **options):
    """Why a file is not restored; the site stays as it is."""
    before = backups.site_contents(connection)
    with pytest.raises(CommandError) as refusal:
        call_command("restore", path, **options)
    assert backups.site_contents(connection) == before
    return str(refusal.value)


def test_a_restore_changes_nothing_without_yes(backup):
    make_llm("Gamma")

    assert refusal_of(backup) == (
        "Nothing was changed. Add --yes to replace what the site holds by the backup."
    )


def test_a_restore_refuses_what_is_no_backup(content, tmp_path):
    picture, absent = tmp_path / "picture.png", tmp_path / "absent"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1000))

    assert refusal_of(picture, yes=True) == (
        f"Nothing was restored. {picture} is not a backup: neither SQLite nor pg_dump "
        "has written it."
    )
    assert refusal_of(absent, yes=True) == (
        f"Nothing was restored. {absent} cannot be read: No such file or directory."
    )


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_restore_refuses_a_truncated_backup(backup, share):
    database = backup.read_bytes().partition(b'\n{\n "migrations"')[0]  # before the manifest
    backup.write_bytes(database[: int(len(database) * share)])

    message = refusal_of(backup, yes=True)

    assert message.startswith(f"Nothing was restored. {backup} is damaged: ")
    assert message.endswith(". Use another backup; nothing was changed.")


def test_a_restore_refuses_a_backup_of_newer_software(content, tmp_path):
    recorder = MigrationRecorder(connection)
    recorder.record_applied("leaderboard", "9999_later")
    call_command("backup", tmp_path / "backup", verbosity=0)
    recorder.record_unapplied("leaderboard", "9999_later")

    assert refusal_of(tmp_path / "backup", yes=True) == (
        f"Nothing was restored. {tmp_path / 'backup'} was made by a newer version of this "
        "software: it knows leaderboard.9999_later. Update the software, then restore."
    )


def test_a_restore_refuses_a_backup_of_the_other_kind_of_database(content, tmp_path):
    kind, magic = {
        "sqlite": ("PostgreSQL, but this site runs on SQLite", b"PGDMP"),
        "postgresql": ("SQLite, but this site runs on PostgreSQL", b"SQLite format 3\0"),
    }[connection.vendor]
    (tmp_path / "backup").write_bytes(magic + bytes(100))

    assert refusal_of(tmp_path / "backup", yes=True) == (
        f"Nothing was restored. {tmp_path / 'backup'} comes from {kind}. "
        "DATABASE_URL says which one a site runs on."
    )


# SQLite files, whatever the suite runs on


def write_twice(path, number):
    """Two rows that hold the same number, in any moment that a reader can see."""
    with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        for name in ("one", "two"):
            writer.execute("DELETE FROM auth_group WHERE name LIKE ?", (f"{name} %",))
            writer.execute("INSERT INTO auth_group (name) VALUES (?)", (f"{name} {number}",))
        writer.execute("COMMIT")


def numbers(path):
    with closing(sqlite3.connect(path)) as reader:
        rows = reader.execute("SELECT name FROM auth_group WHERE name LIKE '% %' ORDER BY name")
        return [int(name.split()[1]) for (name,) in rows]


def restore(site, path, **options):
    """As the command does it, for any connection."""
    return backups.restore_backup(site, path, backups.check_backup(site, path, **options))


class Beside:
    """Calls a function again and again in another thread, until the block ends."""

    def __init__(self, function):
        self.results, self.failures, self.ended = [], [], threading.Event()
        self.thread = threading.Thread(target=self.run, args=[function])

    def run(self, function):
        try:
            while not self.ended.is_set():
                self.results.append(function(len(self.results)))
                time.sleep(0.001)  # else the other thread waits for the interpreter at each step
        except Exception as error:
            self.failures.append(error)

    def __enter__(self):
        self.thread.start()
        while not (self.results or self.failures):
            time.sleep(0.01)
        return self

    def __exit__(self, *error):
        self.ended.set()
        self.thread.join()
        assert self.failures == []


def test_twelve_of_twelve_backups_are_whole_while_somebody_writes(live, tmp_path):
    path, copies = tmp_path / "db.sqlite3", [tmp_path / f"backup-{n}" for n in range(12)]

    with Beside(lambda number: write_twice(path, number)) as writer:
        for copy in copies:
            backups.make_backup(live, copy)  # refused unless integrity and references are whole
            done = len(writer.results)
            while len(writer.results) == done and not writer.failures:
                time.sleep(0.001)

    found = [numbers(copy) for copy in copies]
    assert [len(set(pair)) for pair in found] == [1] * 12
    assert len({pair[0] for pair in found}) == 12  # each between other writes
    assert [len(pair) for pair in found] == [2] * 12


def test_readers_see_the_old_content_or_the_new_during_a_restore(live, tmp_path):
    path, first, second = (tmp_path / name for name in ("db.sqlite3", "first", "second"))
    for number, copy in ((1, first), (2, second)):
        write_twice(path, number)
        backups.make_backup(live, copy)

    with Beside(lambda _: tuple(numbers(path))) as reader:
        for copy in (first, second) * 5:
            restore(live, copy)

    assert set(reader.results) <= {(1, 1), (2, 2)}
    assert numbers(path) == [2, 2]


def test_a_restore_gives_up_on_somebody_who_never_stops_writing(live, tmp_path, monkeypatch):
    monkeypatch.setattr(backup_contents, "PATIENCE", 0)
    path, copy = tmp_path / "db.sqlite3", tmp_path / "backup"
    backups.make_backup(live, copy)

    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        live.cursor().execute("PRAGMA busy_timeout=0")
        with pytest.raises(BackupRefused) as refusal:
            restore(live, copy)

    assert str(refusal.value) == (
        "Somebody has been writing for 0 seconds; nothing was changed. "
        "Try again, or stop the site first."
    )


def test_a_backup_needs_no_file_beside_it_and_the_site_keeps_its_write_ahead_log(live, tmp_path):
    backups.make_backup(live, tmp_path / "backup")
    restore(live, tmp_path / "backup")

    modes = []
    for name in ("backup", "db.sqlite3"):
        with closing(sqlite3.connect(tmp_path / name)) as file:
            modes += file.execute("PRAGMA journal_mode").fetchone()
    assert modes == ["delete", "wal"]


def refusal_after(live, path, *statements):
    backups.make_backup(live, path)
    with closing(sqlite3.connect(path)) as file:
        for statement in statements:
            file.execute(statement)
        file.commit()
    with pytest.raises(BackupRefused) as refusal:
        backups.check_backup(live, path)
    return str(refusal.value)


def test_a_file_with_a_dangling_reference_is_refused(live, tmp_path):
    path = tmp_path / "backup"
    statement = "INSERT INTO auth_user_groups (user_id, group_id) VALUES (77, 77)"

    assert refusal_after(live, path, statement) == (
        f"{path} is damaged: a row refers to one that is missing. "
        "Use another backup; nothing was changed."
    )


def test_another_sqlite_file_is_refused(live, tmp_path):
    path = tmp_path / "backup"

    assert refusal_after(live, path, "DROP TABLE leaderboard_score") == (
        f"{path} is not a backup of this site: it has no table leaderboard_score."
    )


def test_the_database_in_use_is_no_backup(live, tmp_path):
    with pytest.raises(BackupRefused) as refusal:
        backups.check_backup(live, tmp_path / "db.sqlite3")

    assert str(refusal.value) == (
        f"{tmp_path / 'db.sqlite3'} is the database in use. Name a file that backup has made."
    )


def test_a_failed_backup_leaves_nothing_behind(live, tmp_path):
    live.cursor().execute("PRAGMA foreign_keys=OFF")
    live.cursor().execute("INSERT INTO auth_user_groups (user_id, group_id) VALUES (77, 77)")

    with pytest.raises(BackupRefused):
        backups.make_backup(live, tmp_path / "backup")

    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []


@pytest.mark.slow
def test_an_empty_site_is_restored_without_yes(live, tmp_path):
    write_twice(tmp_path / "db.sqlite3", 7)
    backups.make_backup(live, tmp_path / "backup")
    new = tmp_path / "new" / "data"
    new.parent.mkdir()

    nothing = manage(new, "backup", str(tmp_path / "none"))
    restored = manage(new, "restore", str(tmp_path / "backup"))

    assert (nothing.returncode, nothing.stderr) == (
        1,
        "CommandError: No backup was made. There is nothing to back up: "
        "the database holds no leaderboard yet.\n",
    )
    assert (restored.returncode, restored.stdout, restored.stderr) == (
        0,
        "The backup holds 0 LLMs and 0 scores, last changed never.\n"
        "The site holds nothing yet.\n"
        "Restored. Users and passwords are those of the backup.\n",
        "",
    )
    assert numbers(new / "db.sqlite3") == [7, 7]
