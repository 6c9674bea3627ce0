"""Ten visitors of a gunicorn that stands alone, beside 500 connections that are slow on purpose:
`python -m tests.performance.slow_connections`, about a minute and a half.

Each kind of slowness has all connections in turn. The site is a new one in a temporary folder; the
visitors open a connection for each page and look at it for a tenth of a second.
"""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median, quantiles

from .goals import at_most

ROOT = Path(__file__).parents[2]
CONNECTIONS = 500
VISITORS = 10
SECONDS = 10  # of each kind
GOAL = 50  # milliseconds, the median of the visitors
PAUSE = 0.1  # seconds between a visitor's pages
PATIENCE = 10  # seconds that a visitor waits
PAGE = "/leaderboard/anesbench/"
HEAD = b"GET /leaderboard/anesbench/ HTTP/1.1\r\nHost: localhost\r\n"
LOGIN = (
    b"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n"
)
# What is sent at once, and what every second.
KINDS = {
    "nothing sent": (b"", b""),
    "one byte a second": (b"", b"G"),
    "a head without end": (HEAD, b"X: 1\r\n"),
    "a form of one byte a second": (LOGIN, b"a"),
    "half a request behind a whole one": (HEAD + b"\r\n" + HEAD, b"X: 1\r\n"),
    "answers that are not read": ((HEAD + b"\r\n") * 5, b""),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, served_alone(Path(folder) / "data") as port:
        show("no other", ask_as_visitors(port, SECONDS))
        for kind in KINDS:
            with slow_connections(port, kind, CONNECTIONS):
                show(f"{CONNECTIONS} × {kind}", ask_as_visitors(port, SECONDS))


def show(what: str, times: list[float]) -> None:
    last = quantiles(times, n=20)[-1]
    goal = at_most(GOAL, median(times))
    print(f"{what:<45} median {median(times):6.1f} ms, 95 % {last:7.1f} ms, {len(times)} {goal}")


@contextmanager
def served_alone(data_dir: Path) -> Iterator[int]:
    """The port of a new site without nginx, as quickstart serves it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    given = {
        name: os.environ[name] for name in ("PATH", "COVERAGE_PROCESS_START") if name in os.environ
    }
    command = [sys.executable, str(ROOT / "manage.py"), "quickstart", "--port", str(port)]
    process = subprocess.Popen(
        command, env=given | {"DATA_DIR": str(data_dir)}, stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            if process.poll() is not None or is_ready(port):
                break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(60)


def is_ready(port: int) -> bool:
    try:
        return ask(port, PAGE) > 0
    except OSError:
        return False


def ask(port: int, path: str) -> float:
    """Milliseconds until the page is there. Raises OSError after PATIENCE seconds."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    assert response.status == 200, response.status
    return (time.perf_counter() - start) * 1000


def ask_as_visitors(port: int, seconds: float) -> list[float]:
    """Milliseconds of each page of ten visitors. A page that does not come counts PATIENCE."""
    times: list[float] = []
    end = time.monotonic() + seconds

    def visit() -> None:
        while time.monotonic() < end:
            try:
                times.append(ask(port, PAGE))
            except OSError:
                times.append(PATIENCE * 1000)
            time.sleep(PAUSE)

    threads = [threading.Thread(target=visit) for _ in range(VISITORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


@contextmanager
def slow_connections(port: int, kind: str, count: int) -> Iterator[list[socket.socket]]:
    """So many connections, each sending its bit every second until the end."""
    first, bit = KINDS[kind]
    opened: list[socket.socket] = []
    stop = threading.Event()
    sender = threading.Thread(target=keep_sending, args=(opened, bit, stop))
    try:
        for _ in range(count):
            client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
            opened.append(client)
            client.setblocking(False)
            send(client, first)
        sender.start()
        yield opened
    finally:
        stop.set()
        if sender.ident:
            sender.join()
        for client in opened:
            client.close()


def keep_sending(opened: list[socket.socket], bit: bytes, stop: threading.Event) -> None:
    while not stop.wait(1):
        for client in list(opened):
            send(client, bit)


def send(client: socket.socket, data: bytes) -> None:
    """A connection that the site has closed stays closed."""
    with suppress(OSError):
        client.send(data)


if __name__ == "__main__":
    main()
