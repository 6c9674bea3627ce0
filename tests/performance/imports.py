"""An import of 5,000 scores while six readers and two maintainers work on the same site:
`python -m tests.performance.imports [--scores 5000]`.

Every worker is a process of its own, as behind gunicorn; the site is a new one in a temporary
folder. Prints the time of the transaction alone (the preview comes before it), its queries, and
the errors that anybody saw.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from statistics import median

ROUNDS = 3
METRICS = 10
READERS = 6
MAINTAINERS = 2
PAUSE = 0.2  # between two requests of one worker; without it eight of them fill any machine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scores", type=int, default=5_000)
    parser.add_argument("--role", default="import")
    options = parser.parse_args()
    if options.role != "import":
        work(options.role)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        set_up()
        print(f"{options.scores:,} scores; median of {ROUNDS} rounds")
        for busy in (False, True):
            rounds = [run_round(options.scores, busy, number) for number in range(ROUNDS)]
            times, queries, errors, requests = zip(*rounds, strict=True)
            print(
                f"{'with six readers, two maintainers' if busy else 'alone':34}"
                f"{median(times):6.2f} s in the transaction ({min(times):.2f}–{max(times):.2f}), "
                f"{max(queries)} queries, {sum(requests)} requests, {sum(errors)} errors"
            )


def set_up() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from tests.factories import make_leaderboard, make_llm, make_metric, make_score

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    metrics = [make_metric(f"metric-{number}") for number in range(METRICS)]
    make_leaderboard(metrics)
    for number in range(MAINTAINERS):
        make_score(make_llm(f"Edited {number}"), metrics[0], "0.5")
        User.objects.create_superuser(f"maintainer-{number}", password="for this run only")


def run_round(count: int, busy: bool, number: int) -> tuple[float, int, int, int]:
    """Seconds, queries, errors and requests of one import of so many new scores."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from leaderboard.imports.comparing import make_preview
    from leaderboard.imports.storing import confirm
    from leaderboard.imports.undo import undo

    roles = [*["reader"] * READERS, *(f"maintainer-{n}" for n in range(MAINTAINERS))]
    workers = [start(role) for role in roles if busy]
    for worker in workers:
        worker.stdout.readline()  # it is ready
    file, choices = read(count, number)
    preview = make_preview(file.reading, choices)
    with CaptureQueriesContext(connection) as queries:
        begin = time.perf_counter()
        imported = confirm(file, choices, preview.digest)
        seconds = time.perf_counter() - begin
    outputs = [worker.communicate(b"stop\n")[0].split() for worker in workers]
    undo(imported)
    errors = sum(int(output[1]) for output in outputs)
    return seconds, len(queries), errors, sum(int(output[0]) for output in outputs)


def read(count: int, number: int):
    """The file as it was read: each LLM new, with a score in every metric."""
    from leaderboard.imports.choices import Choices
    from leaderboard.readers.registry import ReadFile
    from leaderboard.readers.results import Reading, Result

    names = [f"LLM {number}-{llm}" for llm in range(count // METRICS)]
    results = tuple(
        Result(f"row {row}", name, f"metric-{metric}", Decimal(row % 997) / 1000, 100)
        for row, name in enumerate(names)
        for metric in range(METRICS)
    )
    choices = Choices(llms={name: {"to": "create", "name": name} for name in names})
    return ReadFile("scores.csv", f"{number:064}", "wide", Reading(results=results)), choices


def start(role: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.performance.imports", "--role", role],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def work(role: str) -> None:
    """Ask until somebody writes a line, then print the number of requests and of errors."""
    import threading

    import django

    django.setup()
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
    request = reader() if role == "reader" else maintainer(role)
    print("ready", flush=True)
    requests = errors = 0
    while not stop.is_set():
        requests += 1
        time.sleep(PAUSE)
        try:
            errors += not request()
        except Exception as error:
            errors += 1
            print(f"{role}: {error}", file=sys.stderr)
    print(requests, errors)


def reader():
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    return lambda: client.get("/leaderboard/board/").status_code == 200


def maintainer(name: str):
    """Corrects a score again and again, through the models as the admin does."""
    from django.db import transaction

    from leaderboard.models import Score

    number = name.rpartition("-")[2]

    def correct() -> bool:
        with transaction.atomic():
            score = Score.objects.select_for_update().get(llm__name=f"Edited {number}")
            score.value = Decimal(1) - score.value
            score.full_clean()
            score.save()
        return True

    return correct


if __name__ == "__main__":
    main()
