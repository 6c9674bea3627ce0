"""The stages of a large import: `python -m tests.performance.import_stages [--llms 3800]`.

A wide CSV of eight metrics for so many LLMs, none of them here yet, beside the seed; then the same
file with every value corrected. CPU of each stage, median of the rounds, each in a new process with
a site of its own; and the most memory of the command that imports the file.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from .goals import at_most

ROUNDS = 3
METRICS = 8
PREVIEW, STORING, MEMORY = 2.5, 3.0, 200  # seconds, seconds, MB at most
CASES = ("new", "corrected")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--llms", type=int, default=3_800)
    parser.add_argument("--role", choices=("admin", "command"))
    options = parser.parse_args()
    if options.role:
        with tempfile.TemporaryDirectory() as folder:
            start(folder)
            roles = {"admin": as_in_the_admin, "command": by_the_command}
            print(json.dumps(roles[options.role](options.llms)))
        return
    rounds = [run("admin", options.llms) for _ in range(ROUNDS)]
    print(f"{options.llms:,} LLMs × {METRICS} metrics: seconds of CPU, median of {ROUNDS} rounds")
    for case in CASES:
        stages = {stage: median(each[case][stage] for each in rounds) for stage in rounds[0][case]}
        preview = stages["reading"] + stages["packing"] + stages["page"]
        print(
            f"{case}: "
            + ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in stages.items())
            + f"; preview {preview:.2f} s {at_most(PREVIEW, preview)}, in the lock"
            f" {stages['storing']:.2f} s {at_most(STORING, stages['storing'])}"
        )
    for case, megabytes in run("command", options.llms).items():
        print(f"{case}: {megabytes:.0f} MB at most in the command {at_most(MEMORY, megabytes)}")


def run(role: str, llms: int) -> Any:
    """What a process of its own has measured."""
    command = [sys.executable, "-m", __spec__.name, "--role", role, "--llms", str(llms)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def start(folder: str) -> None:
    """A site of its own with the seed, and a leaderboard of the file's metrics."""
    os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
    import django
    from django.core.management import call_command

    django.setup()
    call_command("quickstart", "--no-serve", verbosity=0, stdout=StringIO())
    from tests.factories import make_leaderboard, make_metric

    make_leaderboard([make_metric(f"metric-{number}") for number in range(METRICS)])


def make_csv(llms: int, more: int = 0) -> bytes:
    """Values of four digits, other ones for another `more`."""
    head = ",".join(["model", *(f"metric-{metric}" for metric in range(METRICS))])
    rows = (
        ",".join(
            [
                f"Owner-{llm % 90}/Model-{llm}-{llm % 70}B",
                *(
                    f"0.{1000 + (llm * 37 + metric * 991 + more) % 8999}"
                    for metric in range(METRICS)
                ),
            ]
        )
        for llm in range(llms)
    )
    return "\n".join([head, *rows]).encode()


def as_in_the_admin(llms: int) -> dict[str, dict[str, float]]:
    """{case: {stage: seconds}}"""
    return {case: dict(stages(make_csv(llms, more))) for more, case in enumerate(CASES)}


def stages(content: bytes) -> Iterator[tuple[str, float]]:
    """Each stage with its seconds of CPU; `page` and `storing` make the preview again."""
    from dataclasses import asdict, replace

    from django.contrib.auth.models import User
    from django.test import Client

    from leaderboard.fields import pack_json
    from leaderboard.imports.catalogue import load_catalogue
    from leaderboard.imports.choices import Choices
    from leaderboard.imports.comparing import make_preview
    from leaderboard.imports.drafts import llm_drafts
    from leaderboard.imports.effects import find_effects
    from leaderboard.imports.pending import reading_from_json, reading_to_json
    from leaderboard.imports.storing import confirm
    from leaderboard.models import Import
    from leaderboard.readers.registry import read_file

    seconds, file = timed(lambda: read_file(BytesIO(content), "scores.csv"))
    yield "reading", seconds
    catalogue = load_catalogue()
    unknown = [name for result in file.reading.results if not catalogue.llm(name := result.llm)]
    choices = Choices(llms=llm_drafts(list(dict.fromkeys(unknown)), file.reading, catalogue))
    seconds, packed = timed(lambda: pack_json(reading_to_json(file.reading)))
    yield "packing", seconds
    pending = Import.objects.create(
        file_name=file.name, format=file.format, reading=packed, choices=asdict(choices)
    )
    user = User.objects.get_or_create(username="maintainer", is_staff=True, is_superuser=True)[0]
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    pending.refresh_from_db()
    seconds, preview = timed(lambda: make_preview(file.reading, choices))
    yield "planning", seconds
    yield "effects", timed(lambda: find_effects(preview))[0]
    seconds, page = timed(lambda: client.get(pending.get_absolute_url()))
    assert page.status_code == 200, page.status_code
    yield "page", seconds
    restored = reading_from_json(pending.reading)
    anew = file._replace(reading=replace(restored))
    yield "storing", timed(lambda: confirm(anew, choices, preview.digest, user, None, pending))[0]


def by_the_command(llms: int) -> dict[str, float]:
    """{case: the most megabytes of this process so far}"""
    from django.core.management import call_command

    path = Path(os.environ["DATA_DIR"], "scores.csv")
    found = {}
    for more, case in enumerate(CASES):
        path.write_bytes(make_csv(llms, more))
        call_command("import_results", str(path), "--create-llms", stdout=StringIO())
        found[case] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """(seconds of CPU, what the work returned)"""
    from leaderboard.imports.memory import without_cycle_search

    with without_cycle_search():
        begun = process_time()
        result = work()
        return process_time() - begun, result


if __name__ == "__main__":
    main()
