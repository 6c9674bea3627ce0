"""Fixtures that the tests of this room share."""

import pytest

from tests.factories import (
    make_leaderboard,
    make_metric,
    make_scores,
)
from tests.imports.command import NUMBERS


@pytest.fixture
def write(tmp_path):
    """Writes a file for an import and returns its path."""

    def write(content, name="scores.csv"):
        folder = tmp_path / str(next(NUMBERS))
        folder.mkdir()
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def board(db):
    metric = make_metric(question_count=100)
    make_leaderboard([metric])
    make_scores({"Alpha": {metric: "0.5"}, "Beta": {metric: "0.75"}})
    return metric
