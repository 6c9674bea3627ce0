"""A login that is refused because of too many failures, beside one whose password is hashed:
`python -m tests.performance.logins`.

One after the other in every round, so that whatever else the machine does meets both alike. The
site is a new one in a temporary folder.
"""

import os
import tempfile
import time
from collections.abc import Callable
from statistics import median
from typing import Any

ROUNDS = 20
GOAL = 50  # milliseconds for a refusal


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        hashed, refused = measure()
    print(f"password hashed   {median(hashed):7.1f} ms ({min(hashed):.1f} to {max(hashed):.1f})")
    print(f"refused with 429  {median(refused):7.1f} ms ({min(refused):.1f} to {max(refused):.1f})")
    met = sum(each < GOAL for each in refused)
    print(f"the goal of {GOAL} ms is met in {met} of {ROUNDS} rounds")


def measure() -> tuple[list[float], list[float]]:
    """Milliseconds of each round; every failure comes from an address of its own."""
    from django.test import Client

    # One for all: the first request of each reads the list of static files, as a start does.
    client = Client(SERVER_NAME="localhost")
    for _ in range(11):
        log_in(client, "198.51.100.7")
    hashed, refused = [], []
    for number in range(ROUNDS):
        hashed.append(timed(lambda number=number: log_in(client, f"203.0.113.{number}"), 200))
        refused.append(timed(lambda: log_in(client, "198.51.100.7"), 429))
    return hashed, refused


def log_in(client: Any, address: str) -> int:
    client.cookies.clear()
    data = {"username": "nobody", "password": "wrong"}
    response = client.post("/admin/login/", data, REMOTE_ADDR=address)
    assert response.status_code == 200 or response["Retry-After"]
    return int(response.status_code)


def timed(request: Callable[[], int], expected: int) -> float:
    begin = time.perf_counter()
    status = request()
    assert status == expected, status
    return (time.perf_counter() - begin) * 1000


if __name__ == "__main__":
    main()
