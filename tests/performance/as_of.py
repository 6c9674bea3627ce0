"""Cost of a page of the past beside the present one: `python -m tests.performance.as_of`.

At 51 and 1,000 LLMs, whose scores were each corrected twice. CPU of the whole process, of a page
after an edit and of one whose standings are kept; a round of each, one after the other.
"""

import argparse
import gc
import tempfile
from datetime import datetime, timedelta
from statistics import median
from time import process_time

from .goals import at_most
from .pages import PAGE, start

ROUNDS = 7
MOST = 5.0  # times the present page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[51, 1_000])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start(folder)
        for size in options.sizes:
            measure(size, fill(size))


def fill(size: int) -> datetime:
    """Grow the seed to so many LLMs with two corrections of each score; returns when that ended."""
    from django.utils import timezone

    from leaderboard.models import LLM, Organization, Score
    from leaderboard.models.locks import content_lock
    from leaderboard.models.revision import publish_change

    from .content import grow_to

    with content_lock():
        grow_to(size)
        begun = timezone.now() - timedelta(days=3)
        for model in (Organization, LLM, Score):
            rows = list(model.objects.exclude(pk__in=model.history.values("id")))
            model.history.bulk_history_create(rows, batch_size=2_000, default_date=begun)
        scores = list(Score.objects.all())
        for day in (1, 2):
            Score.history.bulk_history_create(
                scores, batch_size=2_000, update=True, default_date=begun + timedelta(days=day)
            )
        publish_change()
    return timezone.now()


def measure(size: int, instant: datetime) -> None:
    from urllib.parse import urlencode

    from django.core.cache import cache
    from django.test import Client

    from leaderboard.standings.published import forget_content

    client = Client(HTTP_HOST="localhost")
    pages = {"present": PAGE, "past": f"{PAGE}?{urlencode({'at': instant.isoformat()})}"}
    times: dict[tuple[str, str], list[float]] = {}
    for _ in range(ROUNDS):
        for name, address in pages.items():
            forget_content()
            gc.collect()  # what was forgotten is nobody's cost here
            for state in ("after an edit", "standings kept"):
                cache.clear()
                begun = process_time()
                assert client.get(address).status_code == 200
                times.setdefault((state, name), []).append(process_time() - begun)
    for state in ("after an edit", "standings kept"):
        present, past = (median(times[state, name]) * 1000 for name in ("present", "past"))
        ratio = past / present
        print(
            f"{size:,} LLMs, {state}: {present:.1f} ms, in the past {past:.1f} ms, "
            f"{ratio:.2f} times {at_most(MOST, ratio)}",
            flush=True,
        )


if __name__ == "__main__":
    main()
