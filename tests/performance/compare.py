"""Requests per second beside others': `python -m tests.performance.compare [--sizes 51 1000]`.

On the same gunicorn: a bare WSGI app, a stock django-tables2 page, a plain template loop and this
site, kept pages at their exact revision; on nginx: the seed's table as a static file, and this site
behind the shipped configuration, both over https. One round after the other of every case; server
and visitors share the machine, so only ratios mean something.
"""

import argparse
import gzip
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from multiprocessing import Pool
from pathlib import Path
from statistics import median
from typing import NamedTuple

from .goals import at_least

ROUNDS = 3
SECONDS = 2.0
VISITORS = 4
PAGE = "/leaderboard/anesbench/"
HOST = "leaderboard.example.org"
KINDS = {"sync": ["-k", "sync"], "gthread": ["-k", "gthread", "--threads", "4"]}
FILL = """
import django; django.setup()
from tests.performance.content import grow_to
from tests.performance.rivals import seed_page
grow_to({size})
print(seed_page({script!r}))
"""


class Case(NamedTuple):
    name: str
    port: int
    path: str
    is_https: bool = False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[51, 1_000])
    options = parser.parse_args()
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
            os.chmod(folder, 0o755)  # nginx's workers read the static files in it
            os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": folder}
            import django

            django.setup()  # what is used of the tests imports models
            environment = prepare(Path(folder), size)
            cases = [*gunicorns(running, environment), *fronts(running, environment, Path(folder))]
            print(f"\n{size:,} LLMs", flush=True)
            report(measure(cases))


def prepare(folder: Path, size: int, script: str = "") -> dict[str, str]:
    """A site of its own with so many LLMs, and the page it replaces as a static file beside it."""
    from tests.sites import environment

    found = environment(folder / "data", DJANGO_SETTINGS_MODULE="config.settings")
    found["SITE_URL"], found["TRUSTED_PROXIES"] = f"https://{HOST}", "127.0.0.1"
    run = {"env": found, "check": True, "stdout": subprocess.PIPE}
    subprocess.run([sys.executable, "manage.py", "quickstart", "--no-serve"], **run)
    fill = FILL.format(size=size, script=script)
    page = subprocess.run([sys.executable, "-c", fill], **run).stdout
    (folder / "seed").mkdir()
    (folder / "seed/index.html").write_bytes(page)
    (folder / "seed/index.html.gz").write_bytes(gzip.compress(page, 9))
    for each in (folder / "data", folder / "data/static"):
        each.chmod(0o755)
    return found


def gunicorns(running: ExitStack, environment: dict[str, str]) -> list[Case]:
    apps = {
        "bare": ("tests.performance.rivals:bare", "/"),
        "site": ("config.wsgi", PAGE),
        "stock": ("tests.performance.rivals:stock()", "/"),
        "loop": ("tests.performance.rivals:loop()", "/"),
    }
    return [
        Case(f"{name} {kind}", serve(running, environment, app, options), path)
        for kind, options in KINDS.items()
        for name, (app, path) in apps.items()
        if kind == "sync" or name in ("bare", "site")
    ]


def serve(running: ExitStack, environment: dict[str, str], app: str, options: list[str]) -> int:
    from tests.test_deployment import free_port

    port = free_port()
    command = [sys.executable, "-m", "gunicorn", app, "-b", f"127.0.0.1:{port}", "-w", "2"]
    command += ["--forwarded-allow-ips", "127.0.0.1", "--log-level", "error", *options]
    command += ["--no-control-socket"]
    start(running, command, environment, port)
    return port


def start(running: ExitStack, command: list[str], environment: dict[str, str], port: int) -> None:
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    running.callback(process.wait)
    running.callback(process.terminate)
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"{command} does not start.")


def fronts(running: ExitStack, environment: dict[str, str], folder: Path) -> list[Case]:
    """nginx as it is shipped, in front of the site as it is shipped; a file beside it."""
    from tests.test_deployment import free_port, nginx_file

    app = serve(running, environment, "config.wsgi", KINDS["gthread"])
    port = free_port()
    config = nginx_file(folder, app=app, https_port=port, static=f"{folder}/data/static/")
    seed = f"location /seed/ {{ alias {folder}/seed/; gzip_static on; }}\n        "
    config.write_text(config.read_text().replace("location /static/", seed + "location /static/"))
    command = ["nginx", "-e", f"{folder}/log", "-c", str(config), "-g", "daemon off;"]
    start(running, command, environment, port)
    return [
        Case("nginx file", port, "/seed/index.html", True),
        Case("nginx site", port, PAGE, True),
    ]


def measure(cases: list[Case]) -> dict[str, list[float]]:
    """Requests per second of each case in each round."""
    found: dict[str, list[float]] = {case.name: [] for case in cases}
    with Pool(VISITORS) as visitors:
        for number in range(ROUNDS + 1):
            for case in cases:
                answered = visitors.map(visit, [case] * VISITORS, chunksize=1)
                if number:  # the first round warms up
                    found[case.name].append(sum(answered) / SECONDS)
    return found


def visit(case: Case) -> int:
    """How many pages one visitor gets; the connection stays open as long as the server lets it."""
    request = (
        f"GET {case.path} HTTP/1.1\r\nHost: {HOST}\r\nAccept-Encoding: gzip, deflate, br\r\n"
        "X-Forwarded-Proto: https\r\n\r\n"
    ).encode()
    count, connection, end = 0, None, time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        connection = connection or connect(case)
        connection.sendall(request)
        is_open = read_answer(connection)
        count += 1
        if not is_open:
            connection.close()
            connection = None
    return count


def connect(case: Case) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", case.port))
    if not case.is_https:
        return plain
    context = ssl._create_unverified_context()
    return context.wrap_socket(plain, server_hostname=HOST)


def read_answer(connection: socket.socket) -> bool:
    """Reads one answer to its end; says whether the connection stays open."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += (part := connection.recv(65_536))
        if not part:
            raise SystemExit("A server closed the connection.")
    head, _, body = data.partition(b"\r\n\r\n")
    head = head.lower()
    if not head.startswith(b"http/1.1 200"):
        raise SystemExit(head.decode())
    length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0] or len(body))
    missing = length - len(body)
    while missing > 0:
        missing -= len(connection.recv(65_536))
    return b"connection: close" not in head


def report(found: dict[str, list[float]]) -> None:
    for name, rates in found.items():
        print(f"{name:20}{median(rates):9.0f} requests/s ({min(rates):.0f} to {max(rates):.0f})")
    for ours, theirs, goal in (
        ("site sync", "bare sync", 0.45),
        ("site gthread", "bare gthread", 0.33),
        ("nginx site", "nginx file", 0.80),
        ("site sync", "stock sync", None),
        ("site sync", "loop sync", None),
    ):
        ratios = [a / b for a, b in zip(found[ours], found[theirs], strict=True)]
        text = f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        print(
            f"{ours} / {theirs}: {text} {at_least(goal, median(ratios)) if goal else ''}",
            flush=True,
        )


if __name__ == "__main__":
    main()
