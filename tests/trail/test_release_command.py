"""`manage.py release`, and a hash that anybody can check without this software."""

import re
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from leaderboard.models import Leaderboard, Release
from leaderboard.trail.releases import read_payload

TEN_LINES = """
import hashlib, json, sys
payload = open(sys.argv[1], "rb").read()
state = json.loads(payload)
again = json.dumps(state, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
print(hashlib.sha256(payload).hexdigest())
print(hashlib.sha256(again).hexdigest())
print(len(state["outputs"]["rows"]))
"""


def release(*arguments, **options):
    out = StringIO()
    call_command("release", *arguments, stdout=out, **options)
    return out.getvalue()


def test_it_prints_hash_and_address_and_lists_what_is_frozen(anesbench):
    assert release(list=True) == release("anesbench", list=True) == "No release was frozen yet.\n"
    out = release("anesbench", "2026-11", notes="The first one.")
    stored = Release.objects.get()
    assert out == f"{stored.sha256}  /leaderboard/anesbench/releases/2026-11/\n"
    assert (stored.name, stored.notes) == ("2026-11", "The first one.")
    line = f"anesbench  2026-11  {stored.frozen_at:%Y-%m-%d}  {stored.sha256}\n"
    assert release(list=True) == release("anesbench", list=True) == line


def test_a_dry_run_prints_the_same_and_stores_nothing(anesbench):
    dry = release("anesbench", "2026-11", dry_run=True)
    assert dry.endswith("\nNothing was stored: without --dry-run this would be frozen.\n")
    assert not Release.objects.exists()
    assert release("anesbench", "2026-11") == dry.splitlines(keepends=True)[0]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Name a leaderboard and the release: release anesbench 2026-11."),
        (("anesbench",), "Name a leaderboard and the release: release anesbench 2026-11."),
        (("nothing", "2026-11"), "There is no leaderboard nothing. There is: anesbench."),
        (
            ("anesbench", "Nov 2026"),
            "Nothing was frozen. Type small letters, digits, hyphens and dots, like 2026-11 or "
            "v1.0.",
        ),
        (
            ("anesbench", "taken"),
            "Nothing was frozen. A release of this leaderboard has this name. Type another one.",
        ),
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_mistake_is_one_sentence(anesbench, arguments, sentence, dry_run):
    release("anesbench", "taken")
    with pytest.raises(CommandError) as refused:
        release(*arguments, dry_run=dry_run)
    assert (str(refused.value), refused.value.returncode) == (sentence, 1)
    assert Release.objects.count() == 1


def test_a_leaderboard_that_is_not_published_is_not_frozen(anesbench):
    board = Leaderboard.objects.get()
    board.is_published = False
    board.save()
    with pytest.raises(CommandError, match="Publish the leaderboard first: a release"):
        release("anesbench", "2026-11")


def test_ten_lines_of_plain_python_find_the_printed_hash(anesbench, tmp_path):
    printed = re.match("[0-9a-f]{64}", release("anesbench", "2026-11")).group()
    file = tmp_path / "payload.json"
    file.write_bytes(read_payload(Release.objects.get()))
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", TEN_LINES, str(file)],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.split() == [printed, printed, "51"]
