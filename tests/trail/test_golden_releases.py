"""Releases that older software froze: every later one reads them, byte by byte as they were."""

import json
from hashlib import sha256

import pytest
from django.core.management import call_command

from leaderboard.models import Release
from leaderboard.models.payloads import KNOWN_VERSIONS, parse_payload, unpack_payload
from leaderboard.operations.integrity import find_faults
from leaderboard.trail.recompute import recompute
from leaderboard.trail.releases import read_payload, read_state, read_without_cells
from leaderboard.trail.state import PAYLOAD_VERSION

from .golden import golden_file, golden_versions, read_golden

# By version: the hash that people cite. A line is added, never changed.
HASHES = {1: "e64ed29ac432586fe3bd761085efb162806f9e5f9a3ad28ef04b66232f6d3b21"}


def test_every_version_of_payloads_has_its_golden_release():
    assert golden_versions() == sorted(KNOWN_VERSIONS) == sorted(HASHES)
    assert max(KNOWN_VERSIONS) == PAYLOAD_VERSION


@pytest.mark.parametrize("version", sorted(HASHES))
def test_a_golden_release_is_accepted_and_read_as_it_was_frozen(version, anesbench):
    call_command("loaddata", str(golden_file(version)), verbosity=0)
    stored = Release.objects.get()
    payload = read_payload(stored)
    assert sha256(payload).hexdigest() == stored.sha256 == HASHES[version]
    assert stored.sha256 == read_golden(version)[0]["fields"]["sha256"]
    state = read_state(stored)
    assert json.loads(payload) == state
    bare = read_without_cells(stored)
    assert [bare["outputs"]["rows"], bare["inputs"]] == [
        [{key: row[key] for key in row if key != "cells"} for row in state["outputs"]["rows"]],
        state["inputs"],
    ]
    assert find_faults() == []
    rows = state["outputs"]["rows"]
    first = (rows[0]["llm"], rows[0]["rank"], rows[0]["cells"]["average"]["value"])
    assert (len(rows), first) == (51, ("deepseek-r1", 1, "0.85"))


@pytest.mark.parametrize("version", sorted(HASHES))
def test_the_ranks_of_a_golden_release_can_be_recomputed(version):
    fields = read_golden(version)[0]["fields"]
    packed = Release._meta.get_field("payload").to_python(fields["payload"])
    state = parse_payload(unpack_payload(packed, fields["sha256"]), version)
    assert {row.llm.slug: row.rank for row in recompute(state["inputs"]).rows} == {
        row["llm"]: row["rank"] for row in state["outputs"]["rows"]
    }
