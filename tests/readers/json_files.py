"""JSON as evaluators write it, and how a test reads it."""

import io
import json
from pathlib import Path

import pytest

from leaderboard.readers.registry import read_file
from leaderboard.readers.results import (
    FileContext,
    Refused,
)
from tests.conftest import shared_sample

DATA = Path(__file__).parents[1] / "data"


def read(content, asked=None):
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    return read_file(io.BytesIO(content), "upload.json", asked or FileContext()).reading


def read_refusal(content, asked=None):
    with pytest.raises(Refused) as refused:
        read(content, asked)
    return str(refused.value)


def sample(name):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def shared(name):
    path = shared_sample(f"formats/{name}")
    with path.open("rb") as file:
        return read_file(file, path.name, FileContext())


def asked(file, llm="Tiny", benchmark="AnesBench"):
    return FileContext(llm, benchmark, file)


def scores(reading):
    return {
        each.metric: (each.value, each.question_count, each.expected_count)
        for each in reading.results
    }
