"""Cost of every public address with many LLMs: `python -m tests.performance.many_llms`.

10,000 LLMs with nine scores each and a history of 40,000 rows. Each address is asked first, with
nothing computed for this content yet, and again; CPU of the whole process, median of the rounds.
"""

import argparse
import gc
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from statistics import median
from time import process_time
from typing import Any

from .goals import at_most
from .pages import start

ROUNDS = 3
FIRST, AGAIN = 1.0, 0.25  # seconds of CPU at most
LARGEST = 2.0  # MB at most, exports excepted
EXPORTS = tuple(
    f"/leaderboard/anesbench.{ending}"
    for ending in ("csv", "csv?intervals=all", "json", "json?q=model-01", "md", "tex")
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--llms", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start(folder)
        fill(options.llms)
        costs = {address: measure(address) for address in addresses()}
    for address, (first, again, size) in costs.items():
        most = "" if address in EXPORTS else at_most(LARGEST, size)
        print(
            f"{address}: first {first:.2f} s {at_most(FIRST, first)}, "
            f"again {again:.3f} s {at_most(AGAIN, again)}, {size:.2f} MB {most}"
        )


def fill(count: int) -> None:
    """Grow the seed to so many LLMs of one source, with three corrections of each Average."""
    from django.utils import timezone

    from leaderboard.models import LLM, Score, Source
    from leaderboard.models.locks import content_lock

    from .content import grow_to

    grow_to(count)
    with content_lock():
        grown = LLM.objects.exclude(pk__in=LLM.history.values("id"))
        LLM.history.bulk_history_create(list(grown), batch_size=2_000)
        Score.objects.update(source=Source.objects.get())
        scores = list(Score.objects.filter(metric__key="average"))
        for day in range(4):
            for score in scores:
                score.value = Decimal(50 + day) / 100
            Score.history.bulk_history_create(
                scores,
                batch_size=2_000,
                update=day > 0,
                default_date=timezone.now() + timedelta(seconds=day),
            )


def addresses() -> Iterator[str]:
    """One of each kind of public page, and more of those that may be long."""
    from leaderboard.models import Source

    source = Source.objects.get().get_absolute_url()
    board = "/leaderboard/anesbench"
    yield from ("/", "/zh-hans/", "/?sort=llm", "/?q=model", "/?intervals=all&page=7")
    yield from (f"{board}/compare/", f"{board}/compare/?llm=gpt-4o&llm=phi-4")
    yield from (f"{board}/charts/", f"{board}/embed/")
    yield from ("/llms/gpt-4o/", "/llms/gpt-4o/badge.svg", "/llms/gpt-4o.yaml")
    yield from ("/benchmarks/anesbench/", source, f"{source}?page=50")
    yield from ("/changes/", "/changes/?page=3", "/changes/?page=99999", "/changes/feed/")
    yield from ("/ranks/", "/api/", "/sitemap.xml", "/sitemap-3.xml", "/robots.txt")
    yield from EXPORTS


def measure(address: str) -> tuple[float, float, float]:
    """(seconds when asked first, when asked again, megabytes)"""
    from django.core.cache import cache
    from django.test import Client

    from leaderboard.standings.published import forget_content

    client = Client(HTTP_HOST="localhost")
    first, again, size = [], [], 0
    for _ in range(ROUNDS):
        forget_content()
        cache.clear()
        gc.collect()  # what was forgotten is nobody's cost here
        for times in (first, again):
            begun = process_time()
            size = read(client.get(address))
            times.append(process_time() - begun)
    return median(first), median(again), size / 1_000_000


def read(response: Any) -> int:
    """The bytes of an answer; a stream is made by reading it."""
    assert response.status_code == 200, response.status_code
    return sum(map(len, response.streaming_content if response.streaming else [response.content]))


if __name__ == "__main__":
    main()
