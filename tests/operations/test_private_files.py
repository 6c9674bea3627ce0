"""Who may read the files of the data folder."""

import os
import stat

from tests.sites import manage


def test_database_files_are_their_owners_whatever_the_umask_says(live, tmp_path):
    (tmp_path / "db.sqlite3").chmod(0o664)  # as older versions have left it
    before = os.umask(0)
    try:
        with live.cursor() as cursor:
            cursor.execute("INSERT INTO auth_group (name) VALUES ('one')")
            files = {file.name: oct(file.stat().st_mode) for file in tmp_path.glob("db.sqlite3*")}
    finally:
        os.umask(before)

    assert files == dict.fromkeys(
        ["db.sqlite3", "db.sqlite3-shm", "db.sqlite3-wal"], oct(stat.S_IFREG | 0o600)
    )


def test_with_the_umask_of_the_readme_the_group_reads_static_files_and_no_database(tmp_path):
    before = os.umask(0o027)
    try:
        data = tmp_path / "data"
        data.mkdir(mode=0o750)
        table = (
            "from django.db import connection; connection.cursor().execute('CREATE TABLE a (b)')"
        )
        done = [manage(data, "shell", "--no-imports", "--command", table),
                manage(data, "collectstatic", "--noinput", "--ignore", "admin", "-v0")]  # fmt: skip
    finally:
        os.umask(before)

    assert [(each.returncode, each.stderr) for each in done] == [(0, "")] * 2
    readable = {
        file.relative_to(data).parts[0]
        for file in data.rglob("*")
        if file.is_file() and file.stat().st_mode & stat.S_IRGRP
    }
    assert readable == {"static"}
    assert (data / "db.sqlite3").exists()
