"""CPU time of the site's pages in one process: `python -m tests.performance.pages`.

The data step, a page that is not kept, one that is, and 304, at 51, 1,000 and 10,000 LLMs, beside a
stock django-tables2 page and a plain template loop; one round after the other of every case.
"""

import argparse
import os
import tempfile
from io import StringIO
from math import log
from statistics import median
from time import process_time

from .goals import at_most

ROUNDS = 5
PAGE = "/leaderboard/anesbench/"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[51, 1_000, 10_000])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start(folder)
        found = {size: measure(size) for size in options.sizes}
    summarize(found)


def start(folder: str) -> None:
    """A site of its own with the seed."""
    os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.INSTALLED_APPS += ["django_tables2"]
    django.setup()
    call_command("quickstart", "--no-serve", verbosity=0, stdout=StringIO())


def measure(size: int) -> dict[str, float]:
    """The median milliseconds of each case at this size."""
    from django.test import override_settings

    from .content import grow_to

    grow_to(size)
    times: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, (work, repeat, settings) in cases(size).items():
            with override_settings(**settings):
                work()
                begun = process_time()
                for _ in range(repeat):
                    work()
                times.setdefault(name, []).append((process_time() - begun) * 1000 / repeat)
    print(f"\n{size:,} LLMs: milliseconds of CPU, median of {ROUNDS} rounds (least to most)")
    for name, each in times.items():
        print(f"{name:34}{median(each):10.2f} ({min(each):.2f} to {max(each):.2f})", flush=True)
    return {name: median(each) for name, each in times.items()}


def cases(size: int):
    """{name: (what to do, how often in a round, with which settings)}; every page is asked for by
    the same client, through the middleware of its site."""
    from django.core.cache import cache
    from django.test import Client

    from leaderboard.standings import records
    from leaderboard.standings.published import forget_content

    from . import rivals
    from .content import seed

    client, stock, loop = (Client(HTTP_HOST="localhost") for _ in range(3))
    board = seed()
    columns = list(board.columns.values_list("metric_id", flat=True))
    etag = client.get(PAGE)["ETag"]
    often, seldom = 200, max(1, 500 // size)

    def cold():
        cache.clear()
        return client.get(PAGE)

    def after_an_edit():
        forget_content()
        return cold()

    def data():
        return records.load_records(columns, board.ranking_metric_id)

    ours = {
        "data step": (data, seldom),
        "page after an edit": (after_an_edit, seldom),
        "page not kept, standings kept": (cold, seldom),
        "page kept": (lambda: client.get(PAGE), often),
        "304": (lambda: client.get(PAGE, headers={"if-none-match": etag}), often),
    }
    return {
        **{name: (*case, {}) for name, case in ours.items()},
        "stock django-tables2": (lambda: stock.get("/"), seldom, rivals.project(rivals.stock_page)),
        "plain template loop": (lambda: loop.get("/"), seldom, rivals.project(rivals.loop_page)),
    }


def summarize(found: dict[int, dict[str, float]]) -> None:
    print()
    sizes = sorted(found)
    few, many = found[sizes[0]], found[sizes[-1]]
    cold = few["page not kept, standings kept"]
    say("page not kept / stock", cold / few["stock django-tables2"], 0.125)
    say("page not kept / loop", cold / few["plain template loop"], 0.6)
    for size in sizes:
        a_row = found[size]["data step"] * 1000 / size
        say(f"data step at {size:,}, µs a row of the table", a_row, 15)
    if len(sizes) > 1:
        growth = many["page kept"] / few["page kept"]
        say(f"kept at {sizes[-1]:,} / at {sizes[0]:,}", growth, 1.5)
        ratio = many["page after an edit"] / few["page after an edit"]
        exponent = log(ratio) / log(sizes[-1] / sizes[0])
        say("exponent of the page after an edit", exponent, 1.15)


def say(what: str, value: float, goal: float) -> None:
    print(f"{what}: {value:.3f} {at_most(goal, value)}", flush=True)


if __name__ == "__main__":
    main()
