"""How the stored bytes of a release are read."""

import json

import pytest

from leaderboard.models import Leaderboard, Metric
from leaderboard.models.payloads import DamagedRelease, parse_payload, parse_sharing
from leaderboard.trail.canonical import canonical_bytes
from leaderboard.trail.state import load_state
from tests.exports.taking import UPDATED
from tests.factories import make_leaderboard, make_llm, make_metric, make_score

# What a note may hold that begins or ends an object, or looks like one.
NOTES = (
    "", "{", "}", "a } b", '"}', "\\", '\\"}', '{"measured_on":', '{"interval":null}', "{}", "7E0",
    '","value":"9"}',
)  # fmt: skip


def test_a_state_is_parsed_as_ever_and_equal_scores_are_one(anesbench):
    text = canonical_bytes(load_state(Leaderboard.objects.get(), UPDATED)).decode()
    state = parse_sharing(text)
    assert state == json.loads(text)
    scores = [score for own in state["inputs"]["scores"].values() for score in own.values()]
    assert len({*map(id, scores)}) == len({*map(str, scores)}) < len(scores)


@pytest.mark.django_db
def test_a_note_of_braces_and_quotes_is_read_as_it_was_written():
    metric = make_metric("one")
    make_leaderboard([metric])
    for number, signs in enumerate(NOTES * 2):
        note = f"a{signs}b"
        make_score(make_llm(f"LLM {number}", note=note), metric, "0.5", note=note)
    text = canonical_bytes(load_state(Leaderboard.objects.get(), UPDATED)).decode()
    assert parse_sharing(text) == json.loads(text)


def without_cells(state):
    for row in state["outputs"]["rows"]:
        del row["cells"]
    return state


@pytest.mark.django_db
def test_cells_are_left_out_whatever_names_and_texts_there_are():
    names = ["coverage", "outputs", "rank_ranges", "rows", "llm", "cells"]
    make_leaderboard([make_metric(name.replace("_", "-")) for name in names], title="outputs")
    signs = '"},"outputs":{"rank_ranges":"each","rows":[{"coverage":0}]},"payload_version":1}'
    for name in names:
        llm = make_llm(f'{name} "coverage":{{}}]}}', note=signs)
        for metric in Metric.objects.all():
            make_score(llm, metric, "0.5", note=signs)
    payload = canonical_bytes(load_state(Leaderboard.objects.get(), UPDATED))
    state = without_cells(json.loads(payload))
    assert len(state["outputs"]["rows"]) == len(names)
    assert parse_payload(payload, 1, with_cells=False) == state


@pytest.mark.django_db
def test_cells_of_no_rows_are_left_out():
    make_leaderboard([make_metric("one")])
    payload = canonical_bytes(load_state(Leaderboard.objects.get(), UPDATED))
    assert parse_payload(payload, 1, with_cells=False) == json.loads(payload)


def test_bytes_without_the_rows_of_a_state_are_damaged():
    hollow = b'{"inputs":{},"leaderboard":"a","outputs":{},"payload_version":1}'
    for payload in (b"", b"{}", hollow):
        with pytest.raises(DamagedRelease, match="no state of a leaderboard"):
            parse_payload(payload, 1, with_cells=False)


def test_a_number_that_no_state_has_is_itself():
    assert parse_sharing('[0.5, 3E0, {"interval":null}, {"interval":null}]') == [
        0.5, 3.0, {"interval": None}, {"interval": None},
    ]  # fmt: skip


@pytest.mark.parametrize("text", ['{"interval":null', '{"interval":}', "[{]", ""])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError, match="line 1"):
        parse_sharing(text)
