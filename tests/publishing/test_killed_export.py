"""The command itself is killed, as by a machine that goes off, at moments of its run."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.publishing.exporting import files_in
from tests.sites import MANAGE, environment, manage

MOMENTS = 20
OLD, NEW = "https://org.github.io/old/", "https://org.github.io/new/"


@pytest.fixture
def data(migrated_file, tmp_path):
    """The data folder of a site of its own, with the seed."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(migrated_file, folder)
    for arguments in (["loaddata", "anesbench"], ["collectstatic", "--noinput"]):
        done = manage(folder, *arguments, "--verbosity", "0")
        assert (done.returncode, done.stderr) == (0, "")
    return folder


def export(data, site, base_url):
    done = manage(data, "export_site", str(site), "--base-url", base_url)
    assert (done.returncode, done.stderr) == (0, "")


def kill_after(seconds, data, site):
    """Start an export, and kill it and the processes that it has started."""
    command = [sys.executable, MANAGE, "export_site", str(site), "--base-url", NEW]
    with subprocess.Popen(
        command, env=environment(data), stdout=subprocess.DEVNULL, start_new_session=True
    ) as run:
        time.sleep(seconds)
        os.killpg(run.pid, signal.SIGKILL)


@pytest.mark.slow
def test_killed_at_any_moment_the_command_leaves_one_site_whole(data, tmp_path):
    begin = time.monotonic()
    export(data, tmp_path / "new", NEW)
    duration = time.monotonic() - begin
    export(data, tmp_path / "site", OLD)
    old, new = files_in(tmp_path / "site"), files_in(tmp_path / "new")
    for moment in range(MOMENTS):
        kill_after(duration * (moment + 1) / MOMENTS, data, tmp_path / "site")
        found = files_in(tmp_path / "site")
        assert found in (old, new), f"moment {moment}"
        if found == new:
            export(data, tmp_path / "site", OLD)
    export(data, tmp_path / "site", NEW)
    assert files_in(tmp_path / "site") == new
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "new", "site"]
