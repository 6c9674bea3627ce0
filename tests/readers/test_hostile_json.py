"""JSON that somebody wrote to do harm."""

import subprocess
import sys

import pytest
from django.conf import settings

LARGE = 49_900_000  # bytes, just below the limit


MEMORY = 100_000_000  # bytes by which a hostile file may make a process grow


# Each in a process of its own, so that its memory can be told
HOSTILE = {
    "NaN": (b'{"a": NaN, "b": [Infinity, -Infinity]}', b"", b"", "read"),
    "1e999": (b'{"a": 1e999, "b": ', b"", b"1e9999999999999999}", "read"),
    "depth 100,000": (b"", b"[", b"", "nested more than 50"),
    "20,000 digits": (b"[", b"7" * 20_000, b"]", "read"),
    "duplicate keys": (b"{", b'"a":1,', b'"a":2}', "too much"),
    "duplicate keys that fit": (b'{"a":1,', b"", b'"a":2}', "stands twice"),
    "a list on top": (b"[1]", b"", b"", "read"),
    "a string on top": (b'"a"', b"", b"", "read"),
    "lone surrogate": (b'["\\ud800"]', b"", b"", "half of a character"),
    "50 MB of [],": (b"[", b"[],", b"[]]", "too much"),
    "50 MB in one string": (b'["', b"a", b'"]', "read"),
    "50 MB of escaped quotes": (b'["', b'\\"', b'"]', "read"),
    "50 MB of backslashes": (b'["', b"\\\\", b'"]', "read"),
    "50 MB of emoji": (b'["', "😀".encode(), b'"]', "read"),
    "50 MB of quotes": (b"[", b'"', b"]", "too much"),
    "50 MB of blanks": (b"[", b" ", b"]", "too much"),
    "50 MB of digits": (b"[", b"1", b"]", "too much"),
    "50 MB of closing brackets": (b"[", b"]", b"]", "never opened"),
    "50 MB of responses": (b"[", b'"' + b"a" * 900 + "😀".encode() + b'",', b"1]", "read"),
    "51 MB": (b'["' + b"a" * 1_100_000, b"a", b'"]', "larger than 50 MB"),
}


# The suite keeps those of the bad-input list; these are the other ways to fill 50 MB.
SLOW = {name for name in HOSTILE if "50 MB of" in name} - {"50 MB of [],"} | {"51 MB"}


MEASURE = """
import resource, sys, time
from leaderboard.readers.files import json_documents
from leaderboard.readers.results import Refused

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))

before, start = peak(), time.process_time()
with open(sys.argv[1], "rb") as file:
    try:
        json_documents.load(file)
        answer = "read"
    except Refused as refused:
        answer = str(refused)
print(peak() - before, round(time.process_time() - start, 2), answer)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=[pytest.mark.long] * (each in SLOW)) for each in HOSTILE]
)
def test_a_hostile_file_is_answered_with_little_memory(name, tmp_path):
    head, unit, tail, expected = HOSTILE[name]
    times = 1 if not unit or len(unit) == 20_000 else LARGE // len(unit)
    path = tmp_path / "hostile.json"
    path.write_bytes(head + unit * times + tail)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, path],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    path.unlink()  # pytest keeps folders of three runs
    memory, seconds, answer = done.stdout.strip().split(" ", 2)
    print(f"{name}: {int(memory) / 1e6:.0f} MB, {seconds} s: {answer}")
    assert expected in answer
    assert int(memory) < MEMORY
