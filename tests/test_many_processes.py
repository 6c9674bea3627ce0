"""Several app processes on one PostgreSQL and one Redis, as on many machines."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from .conftest import skip_or_fail
from .sites import environment, manage
from .test_deployment import ask, free_port, program, wait_until_ready

KEY = "only-for-this-test-4f9a8c7e6b5d3021-abcdefghijklmnopqrst"
EDIT = """
from leaderboard.models import Score
score = Score.objects.get(llm__slug="gpt-4o", metric__key="anesbench-system1")
score.value = "{value}"
score.save()
"""


@contextmanager
def postgresql(folder):
    """DATABASE_URL of a server of its own, reached by a socket in the folder."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        skip_or_fail("There is no PostgreSQL server on this machine")
    owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    if owner:
        shutil.chown(folder, "postgres")
    control = [*owner, str(found[-1] / "pg_ctl"), "-D", f"{folder}/data", "-s", "-w"]
    run = {"cwd": "/", "check": True, "stdout": subprocess.DEVNULL}
    initdb = [str(found[-1] / "initdb"), "-D", f"{folder}/data", "-A", "trust", "-U", "leaderboard"]
    subprocess.run([*owner, *initdb], **run)
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    subprocess.run([*control, "-l", f"{folder}/log", "-o", options, "start"], **run)
    try:
        yield f"postgres://leaderboard@/postgres?host={folder}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **run)


@contextmanager
def redis(folder):
    port = free_port()
    command = [program("redis-server"), "--port", str(port), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen([*command, "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def app(variables):
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "-w", "1"]
    process = subprocess.Popen(
        [*command, "-b", f"127.0.0.1:{port}"],
        env=variables,
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_ready(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def place():
    """A folder with a short name, as sockets need, that the database's owner may enter."""
    folder = Path(f"/tmp/leaderboard-{os.getpid()}-{time.time_ns() % 10**6}")
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
def test_an_edit_is_on_the_next_request_of_every_process(place, tmp_path):
    with ExitStack() as running:
        variables = {
            "DATABASE_URL": running.enter_context(postgresql(place)),
            "CACHE_URL": running.enter_context(redis(tmp_path)),
            "SECRET_KEY": KEY,
            "SITE_URL": "https://leaderboard.example.org",
            "TRUSTED_PROXIES": "127.0.0.1",
        }
        data = tmp_path / "data"
        prepared = manage(data, "quickstart", "--no-serve", **variables)
        assert prepared.returncode == 0, prepared.stderr
        apps = [running.enter_context(app(environment(data, **variables))) for _ in range(2)]
        address = "/leaderboard/anesbench.csv?columns=anesbench-system1"
        before = [ask(port, address) for port in apps]
        for value in ("0.11", "0.22", "0.33"):
            edited = manage(data, "shell", "-c", EDIT.format(value=value), **variables)
            assert edited.returncode == 0, edited.stderr
            pages = [ask(port, address) for port in apps]
            assert [f",{value}".encode() in page[2] for page in pages] == [True, True]
            assert pages[0][1]["ETag"] == pages[1][1]["ETag"] != before[0][1]["ETag"]
    assert before[0][2] == before[1][2]
