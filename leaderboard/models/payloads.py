"""The stored bytes of a release: how they are packed, and whether they are the ones that were
frozen. Pure."""

import json
import re
import zlib
from hashlib import sha256
from typing import Any

# Shapes of payloads that this software reads; trail/state.py writes the newest. None ever leaves.
KNOWN_VERSIONS = frozenset({1})
# Cells and scores, by their first keys: of 10,000 LLMs there are 180,000, but they are rounded, so
# there are some thousands of different ones. No text holds such a begin: its quotes are escaped.
REPEATED = re.compile(r'\{"(?:interval|measured_on)":[^}]*\}')
# Where the outputs begin, and what a row of them has behind its cells. No text holds these either;
# behind a metric of such a key stands a brace.
OUTPUTS = ',"outputs":{"rank_ranges":'
BEHIND_CELLS = re.compile(r'"coverage":[^{}]*\}')
MOST_BYTES = 500_000_000  # of a payload; one that claims to be larger is damaged


class DamagedRelease(Exception):
    """The stored bytes of a release are not the ones that were frozen. Says in what."""


def pack_payload(payload: bytes) -> bytes:
    """Returns the canonical bytes as they are stored."""
    return zlib.compress(payload, 9)


def deflated(packed: bytes | memoryview) -> bytes:
    """Returns the stored bytes as ZIP files hold them: without the head of two bytes and the
    checksum of four that zlib puts around (RFC 1950)."""
    return bytes(packed)[2:-4]


def unpack_payload(packed: bytes | memoryview | None, digest: str) -> bytes:
    """Returns the canonical bytes. Raises DamagedRelease unless their SHA-256 is this one."""
    unpacked = zlib.decompressobj()
    try:
        payload = unpacked.decompress(bytes(packed or b""), MOST_BYTES)
    except zlib.error as error:
        raise DamagedRelease("its bytes cannot be unpacked") from error
    if not unpacked.eof or unpacked.unused_data or sha256(payload).hexdigest() != digest:
        raise DamagedRelease("its bytes do not have its hash")
    return payload


def parse_payload(payload: bytes, version: int, with_cells: bool = True) -> dict[str, Any]:
    """Returns the state that these bytes are; without the cells of its rows in a third of the time.

    Raises DamagedRelease if they are no state of this version, or of one that nobody knows.
    """
    try:
        text = payload.decode()
        state = parse_sharing(text if with_cells else leave_out_cells(text))
        found = state["payload_version"], {*state} >= {"inputs", "outputs", "leaderboard"}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DamagedRelease("its bytes are no state of a leaderboard") from error
    if found != (version, True):
        raise DamagedRelease(f"its bytes are no state of version {version}")
    if version not in KNOWN_VERSIONS:
        raise DamagedRelease(f"this software knows no payload of version {version}")
    assert isinstance(state, dict)
    return state


def leave_out_cells(text: str) -> str:
    """Returns the text of a state without the cells of its rows, which are most of it.

    Raises ValueError if it has no rows where states have them.
    """
    inputs, _begin, outputs = text.rpartition(OUTPUTS)
    level, _begin, rows = outputs.partition(',"rows":[')
    kept = ",".join("{" + row for row in BEHIND_CELLS.findall(rows))
    return f'{inputs}{OUTPUTS}{level},"rows":[{kept}{rows[rows.rindex("]}") :]}'


class Shared(dict[str, Any]):
    """{number in a JSON: the object that it stands for}; other numbers stand for themselves."""

    def __missing__(self, number: str) -> float:
        return float(number)


def parse_sharing(text: str) -> Any:
    """Returns what json.loads() does, but equal cells and scores are one object.

    That takes two thirds of the time, and a fraction of the memory. Each is put as a number with
    an E, which canonical JSON has not, and the parser puts the object back. Raises ValueError.
    """
    shared = Shared()
    numbers: dict[str, str] = {}  # by the text of an object

    def share(found: re.Match[str]) -> str:
        text = found[0]
        if text not in numbers:
            numbers[text] = f"{len(numbers)}E0"
            try:
                shared[numbers[text]] = json.loads(text)
            except ValueError:  # it ends within a note that has a brace
                numbers[text] = text
        return numbers[text]

    return json.loads(REPEATED.sub(share, text), parse_float=shared.__getitem__)
