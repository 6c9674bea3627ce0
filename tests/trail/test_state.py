"""The canonical state: what it holds, and that no accidental change of its shape goes unseen."""

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leaderboard.models import LLM, Leaderboard, Score, Source
from leaderboard.trail.canonical import canonical_bytes
from leaderboard.trail.recompute import recompute
from leaderboard.trail.state import PAYLOAD_VERSION, hash_content, load_state
from tests.exports.taking import UPDATED
from tests.factories import (
    give_scores_to_more_llms,
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)

GOLDEN = Path(__file__).parent / "state_of_the_seed.json"
ROW = 12  # of the seed's rows, shown whole in the golden file


def state_of(slug="board"):
    return load_state(Leaderboard.objects.get(slug=slug), UPDATED)


def shape(value):
    """Keys and kinds of values, with one entry for all of a list or of natural keys."""
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    if isinstance(value, dict):
        return {key: shape(part) for key, part in value.items()}
    return type(value).__name__


def summary(state):
    """What the golden file holds: the hash of the inputs, one of each thing, and all ranks."""
    inputs, outputs = state["inputs"], state["outputs"]
    row = outputs["rows"][ROW]
    return {
        "payload_version": state["payload_version"],
        "method": state["method"],
        "sha256": hash_content(state),
        "shape": shape(state | {"inputs": {}, "outputs": {}}),
        "texts": shape(inputs["texts"]),
        "columns": inputs["columns"],
        "metric": inputs["metrics"]["anesbench-overall"],
        "benchmark": shape(inputs["benchmarks"]["anesbench"]),
        "llm": inputs["llms"][row["llm"]],
        "scores": inputs["scores"][row["llm"]],
        "sources": list(inputs["sources"].values()),
        "row": row,
        "ranks": [(row["llm"], row["rank"], row["range"]) for row in outputs["rows"]],
    }


def test_the_state_of_the_seed_is_the_one_of_the_golden_file(anesbench):
    """Where this fails, the shape or the rules changed: raise PAYLOAD_VERSION or METHOD, or mend
    the change. Then write the file anew from `summary`."""
    found = json.loads(json.dumps(summary(state_of("anesbench"))))
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert found["payload_version"] == PAYLOAD_VERSION


def test_outputs_follow_from_the_inputs_alone(anesbench):
    state = state_of("anesbench")
    recomputed = recompute(json.loads(canonical_bytes(state))["inputs"])
    assert {row.llm.slug: row.rank for row in recomputed.rows} == {
        row["llm"]: row["rank"] for row in state["outputs"]["rows"]
    }


def make_board():
    bench = make_benchmark()
    parts = [make_metric(key, benchmark=bench, question_count=100) for key in ("a", "b")]
    mean = make_aggregate("mean", parts)
    board = make_leaderboard([parts[0], mean])
    alpha = make_llm("Alpha", is_published=True)
    source = Source.objects.create(title="Paper", tier="vendor")
    make_score(alpha, parts[0], "0.850", source=source, note="zero-shot")
    make_score(alpha, parts[1], "0.5")
    return board, parts, mean, alpha


@pytest.mark.django_db
def test_a_score_enters_as_reported_with_its_digits_and_source():
    make_board()
    inputs = state_of()["inputs"]
    ((key, source),) = inputs["sources"].items()
    assert inputs["scores"]["alpha"]["a"] == {
        "value": "0.850",
        "n": None,
        "standard_error": None,
        "source": key,
        "measured_on": None,
        "note": "zero-shot",
    }
    assert (source["title"], source["tier"]) == ("Paper", "vendor")
    assert inputs["metrics"]["mean"]["components"] == [
        {"metric": "a", "weight": None},
        {"metric": "b", "weight": None},
    ]


@pytest.mark.django_db
def test_equal_scores_are_described_once_and_each_keeps_its_digits_and_note():
    metric = make_metric("one")
    make_leaderboard([metric])
    given = {
        "first": {}, "second": {}, "noted": {"note": "zero-shot"}, "longer": {"decimals": 3},
    }  # fmt: skip
    for name, fields in given.items():
        make_score(make_llm(name), metric, "0.5", **fields)
    state = state_of()
    scores = {slug: own["one"] for slug, own in state["inputs"]["scores"].items()}
    cells = {row["llm"]: row["cells"]["one"] for row in state["outputs"]["rows"]}
    assert scores["first"] is scores["second"]
    assert cells["first"] is cells["second"]
    said = {slug: (score["value"], score["note"]) for slug, score in scores.items()}
    assert said == {
        "first": ("0.50", ""), "second": ("0.50", ""), "noted": ("0.50", "zero-shot"),
        "longer": ("0.500", ""),
    }  # fmt: skip
    assert {slug: cell["value"] for slug, cell in cells.items()} == {
        slug: value for slug, (value, _note) in said.items()
    }


@pytest.mark.django_db
def test_a_refused_aggregate_is_nowhere_with_its_value_note_or_source():
    _, _, mean, alpha = make_board()
    secret = Source.objects.create(title="Secret")
    make_score(alpha, mean, "0.99", source=secret, note="a slip")
    state = state_of()
    assert state["inputs"]["scores"]["alpha"]["mean"] == {"refused": True}
    text = canonical_bytes(state).decode()
    assert not any(word in text for word in ("0.99", "Secret", "a slip"))


@pytest.mark.django_db
def test_drafts_and_other_leaderboards_never_enter():
    _, parts, _, alpha = make_board()
    before = canonical_bytes(state_of())
    other = make_metric("other")
    make_leaderboard([other], slug="second", title="Second")
    make_score(alpha, other, "0.1")
    draft = make_llm("Draft", is_published=False)
    make_score(draft, parts[0], "0.9", source=Source.objects.create(title="Hidden"))
    only_below = make_llm("Only below", is_published=True)
    make_score(only_below, parts[1], "0.9")  # in a component that is no column
    assert canonical_bytes(state_of()) == before


@pytest.mark.django_db
def test_the_hash_is_of_what_maintainers_enter_and_not_of_ids_or_time():
    board, parts, _, alpha = make_board()
    state = state_of()
    score = Score.objects.get(llm=alpha, metric=parts[0])
    values = {name: getattr(score, name) for name in ("value", "decimals", "source", "note")}
    score.delete()
    assert hash_content(state_of()) != hash_content(state)
    Score.objects.create(llm=alpha, metric=parts[0], **values)
    assert hash_content(load_state(board, UPDATED.replace(year=2030))) == hash_content(state)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_a_state_takes_nine_queries_whatever_its_size(count):
    board, *_ = make_board()
    give_scores_to_more_llms(board, count)
    with CaptureQueriesContext(connection) as asked:
        load_state(board, UPDATED)
    assert len(asked) == 9


@pytest.mark.django_db
def test_metrics_that_ask_the_questions_of_a_hidden_one_name_the_first_of_them():
    bench = make_benchmark()
    hidden = make_metric("hidden", benchmark=bench, question_count=100)
    sharing = [
        make_metric(key, benchmark=bench, questions_of=hidden, question_count=None)
        for key in ("f1", "acc")
    ]
    make_leaderboard(sharing)
    metrics = state_of()["inputs"]["metrics"]
    assert {key: metric["questions_of"] for key, metric in metrics.items()} == {
        "acc": None,
        "f1": "acc",
    }
    assert LLM.objects.count() == 0
