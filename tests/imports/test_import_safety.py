"""Imports among others: readers, maintainers, a second import, and a machine that is switched off.

Databases here are files in folders of their own, as a test's own transaction would hide all of it.
"""

import os
import pty
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leaderboard.imports.choices import Choices
from leaderboard.imports.comparing import make_preview
from leaderboard.imports.storing import confirm
from leaderboard.imports.undo import undo
from leaderboard.imports.writing import ImportRefused
from leaderboard.models import LLM, Import, Score
from leaderboard.readers.registry import ReadFile
from leaderboard.readers.results import Reading, Result
from tests.factories import give_scores_to_more_llms, make_leaderboard, make_llm, make_metric
from tests.sites import MANAGE, environment, manage

METRICS = 10
MOST_QUERIES = 52
MOST_OF_UNDO = 60  # it removes LLMs and sources too; the state log asks 19 for each leaderboard
NEW = ("--create-llms", "--create-metrics")


def large_file(count, bad=False):
    """So many scores of new LLMs, the last of them perhaps outside of its metric's range."""
    names = [f"LLM {number}" for number in range(count // METRICS)]
    results = [
        Result(f"{name}/metric-{metric}", name, f"metric-{metric}", Decimal(row % 997) / 1000, 100)
        for row, name in enumerate(names)
        for metric in range(METRICS)
    ]
    if bad:
        last = results.pop()
        results.append(Result(last.where, last.llm, last.metric, Decimal(2)))
    choices = Choices(llms={name: {"to": "create", "name": name} for name in names})
    return ReadFile("large.csv", "a" * 64, "wide", Reading(results=tuple(results))), choices


def make_metrics():
    metrics = [make_metric(f"metric-{number}") for number in range(METRICS)]
    return make_leaderboard(metrics)


@pytest.mark.parametrize("count", [500, 5_000])
def test_an_import_and_its_undo_ask_a_bounded_number_of_queries(db, count):
    make_metrics()
    file, choices = large_file(count)
    digest = make_preview(file.reading, choices).digest
    with CaptureQueriesContext(connection) as queries:
        imported = confirm(file, choices, digest)
    assert Score.objects.count() == count
    assert len(queries) <= MOST_QUERIES
    with CaptureQueriesContext(connection) as queries:
        undo(imported)
    assert not LLM.objects.exists()
    assert len(queries) <= MOST_OF_UNDO


def test_changed_and_removed_scores_ask_a_bounded_number_too(db):
    give_scores_to_more_llms(make_metrics(), 100)
    values = [Decimal("0.625"), None]
    results = tuple(
        Result(f"{llm}/{metric}", f"Extra {llm}", f"metric-{metric}", values[metric % 2])
        for llm in range(1, 101)
        for metric in range(METRICS)
    )
    file = ReadFile("changes.csv", "b" * 64, "wide", Reading(results=results))
    digest = make_preview(file.reading, Choices()).digest
    with CaptureQueriesContext(connection) as queries:
        assert confirm(file, Choices(), digest).change_count == 1_000
    assert len(queries) <= MOST_QUERIES
    assert Score.objects.count() == 500


def test_4999_good_rows_and_a_bad_one_store_nothing(db):
    make_metrics()
    file, choices = large_file(5_000, bad=True)
    preview = make_preview(file.reading, choices)
    assert [line.where for line in preview.blocking] == ["LLM 499/metric-9"]
    with pytest.raises(ImportRefused, match="LLM 499/metric-9: 2 is outside the range"):
        confirm(file, choices, preview.digest)
    assert not LLM.objects.exists()
    assert not Score.objects.exists()
    assert not Import.objects.exists()


def test_the_same_file_confirmed_twice_from_one_preview_is_refused_the_second_time(db):
    make_metric("metric-0")
    make_llm("LLM 0")
    reading = Reading(results=(Result("a", "LLM 0", "metric-0", Decimal("0.5")),))
    file = ReadFile("one.csv", "c" * 64, "wide", reading)
    digest = make_preview(reading, Choices()).digest
    confirm(file, Choices(), digest)
    with pytest.raises(ImportRefused, match="the content has changed since the preview"):
        confirm(file, Choices(), digest)
    assert Import.objects.count() == 1


# Among other processes


def csv_of(count, value, prefix="LLM"):
    header = ",".join(["llm", *(f"metric-{number}" for number in range(METRICS))])
    rows = (f"{prefix} {row}" + f",{value}" * METRICS for row in range(count // METRICS))
    return "\n".join([header, *rows, ""])


PUBLISH = """
from leaderboard.models import Column, Leaderboard, Metric
metric = Metric.objects.get(key="metric-0")
board = Leaderboard(title="Board", slug="board", is_published=True, ranking_metric=metric)
board.save()
Column.objects.create(leaderboard=board, metric=metric)
"""


@pytest.fixture(scope="module")
def first_site(tmp_path_factory, migrated_file):
    """A site with 500 scores of 0.5, in SQLite as it is run: with a write-ahead log."""
    folder = tmp_path_factory.mktemp("first") / "data"
    folder.mkdir()
    shutil.copy(migrated_file, folder)
    assert manage(folder, "collectstatic", "--noinput", "-v0").returncode == 0
    (folder / "half.csv").write_text(csv_of(500, "0.5"))
    (folder / "most.csv").write_text(csv_of(500, "0.9"))
    (folder / "less.csv").write_text(csv_of(500, "0.1"))
    done = manage(folder, "import_results", str(folder / "half.csv"), *NEW)
    assert (done.returncode, done.stderr) == (0, "")
    assert manage(folder, "shell", "-v0", "-c", PUBLISH).returncode == 0
    return folder


@pytest.fixture
def site(first_site, tmp_path):
    """A copy of its own."""
    return Path(shutil.copytree(first_site, tmp_path / "data"))


def start(site, *arguments):
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=environment(site),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def start_import(site, name, *options):
    return start(site, MANAGE, "import_results", str(site / name), *options)


def database(site):
    return site / "db.sqlite3"


def contents(site):
    """Every row of every table, but for the tables that SQLite and sessions keep."""
    with closing(sqlite3.connect(database(site), timeout=20)) as connected:
        names = connected.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = sorted(name for (name,) in names if name.startswith("leaderboard_"))
        return {name: connected.execute(f"SELECT * FROM {name}").fetchall() for name in tables}


def values(site):
    with closing(sqlite3.connect(database(site), timeout=20)) as connected:
        rows = connected.execute("SELECT value, count(*) FROM leaderboard_score GROUP BY value")
        return {float(value): count for value, count in rows}


def test_two_imports_at_once_are_one_after_the_other_or_refused(site):
    imports = [start_import(site, name) for name in ("most.csv", "less.csv")]
    ends = [process.communicate(timeout=60) for process in imports]
    codes = [process.returncode for process in imports]
    assert (0 in codes, set(codes) <= {0, 1}) == (True, True)
    assert values(site) in ({0.9: 500}, {0.1: 500})
    for code, (out, err) in zip(codes, ends, strict=True):
        if code:
            assert err.startswith("CommandError: Nothing was imported.")
        else:
            assert out.splitlines()[-1] == "500 changes: 500 changed"
    with closing(sqlite3.connect(database(site))) as connected:
        done = connected.execute("SELECT count(*) FROM leaderboard_import WHERE state = 'done'")
        assert done.fetchone() == (1 + codes.count(0),)


WORK = """
import sys, threading
import django
django.setup()
from decimal import Decimal
from django.db import transaction
from django.test import Client
from leaderboard.models import Leaderboard, Column, Metric, Score
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()

def read():
    assert Client(SERVER_NAME="localhost").get("/leaderboard/board/").status_code == 200

def save():
    with transaction.atomic():
        score = Score.objects.select_for_update().get(llm__name="LLM 0", metric__key="metric-0")
        score.value = Decimal(1) - score.value
        score.full_clean()
        score.save()

print("ready", flush=True)
times = 0
while not stop.is_set() or not times:
    {"reader": read, "maintainer": save}[sys.argv[1]]()
    times += 1
    stop.wait(0.05)  # SQLite has no queue: who never lets go of its lock starves all others
print(times)
"""


def test_readers_and_a_maintainer_see_no_error_during_an_import(site):
    variables = environment(site, DJANGO_SETTINGS_MODULE="config.settings")
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORK, role],
            env=variables,
            cwd=MANAGE.rpartition("/")[0],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for role in ("reader", "reader", "maintainer")
    ]
    assert [worker.stdout.readline() for worker in workers] == ["ready\n"] * 3
    (site / "others.csv").write_text(csv_of(500, "0.9", "New"))
    done = manage(site, "import_results", str(site / "others.csv"), "--create-llms")
    ends = [worker.communicate("stop\n", timeout=60) for worker in workers]
    assert (done.stdout.splitlines()[-1], done.stderr) == (
        "550 changes: 500 new, 50 new LLMs",
        "",
    )
    assert [(worker.returncode, err) for worker, (_, err) in zip(workers, ends, strict=True)] == [
        (0, "")
    ] * 3
    assert all(int(out) > 0 for out, _ in ends)


def sizes(found):
    return {name: len(rows) for name, rows in found.items()}


def start_until(site, step):
    """An import that has come to this step, as its progress on a terminal says."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, MANAGE, "import_results", str(site / "1000.csv"), "--create-llms"],
        env=environment(site),
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = ""
    while step not in shown:
        shown += os.read(ours, 1_000).decode()
    return process, ours  # still open: whoever writes to a terminal that is gone gets an error


@pytest.mark.slow
def test_an_import_killed_at_any_moment_leaves_what_was_before_or_all_of_it(first_site, tmp_path):
    moments = random.Random(20261123)
    before = contents(first_site)
    whole = Path(shutil.copytree(first_site, tmp_path / "whole"))
    (whole / "1000.csv").write_text(csv_of(1_000, "0.75", "New"))
    process, terminal = start_until(whole, "storing")
    begin = time.monotonic()
    assert process.wait(timeout=300) == 0
    os.close(terminal)
    length = time.monotonic() - begin
    after = sizes(contents(whole))
    found = []
    for number in range(20):
        site = Path(shutil.copytree(first_site, tmp_path / str(number)))
        shutil.copy(whole / "1000.csv", site)
        # One in five before it writes, all others while it does or when it has just done so.
        process, terminal = start_until(site, "reading" if number % 5 == 0 else "storing")
        time.sleep(moments.uniform(0, 1.2 * length))
        process.kill()
        process.wait()
        os.close(terminal)
        left = contents(site)
        if left == before:
            found.append("before")
        else:
            assert sizes(left) == after
            assert values(site) == {0.5: 500, 0.75: 1_000}
            found.append("after")
        shutil.rmtree(site)
    print(found.count("before"), "before,", found.count("after"), "after")
    assert found.count("before") > 0
