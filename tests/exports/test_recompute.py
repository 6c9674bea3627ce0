"""A file holds what it takes to recompute it: the script does, from the reported scores alone."""

import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from jsonschema import validate

from leaderboard.exports.as_json import write_json
from leaderboard.exports.components import values_of
from leaderboard.exports.schema import SCHEMA
from leaderboard.exports.snapshot import Snapshot
from leaderboard.models import Leaderboard, Score
from leaderboard.models.locks import content_lock
from leaderboard.pages.selection import Selection
from leaderboard.pages.view import build_view
from leaderboard.standings.estimates import Level
from leaderboard.standings.standings import build_standings
from leaderboard.trail.canonical import canonical_bytes
from leaderboard.trail.details import Details
from leaderboard.trail.state import build_state, load_state
from tests.exports import recompute
from tests.exports.taking import UPDATED, export, make_tiny_leaderboard
from tests.factories import (
    SEED_METRICS,
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from tests.standings.test_reference import make_random_records


def read(text):
    return recompute.read(json.loads(text, parse_float=Decimal))


def found(text):
    return list(recompute.differences(read(text)))


def counts(text):
    return recompute.count_checked(read(text))


def payload(board):
    return canonical_bytes(load_state(board, UPDATED)).decode()


def write_records(records, columns, level):
    """The JSON of records whose ranking metric and last `columns` metrics are its columns."""
    ranking = records.ranking_metric
    chosen = (ranking, *records.columns[-columns:])
    shown = replace(records, columns=tuple(dict.fromkeys(chosen)))
    view = build_view(build_standings(shown), Selection(ranges=level.value))
    home = "https://a.example/leaderboard/board/"
    snapshot = Snapshot(
        view, "Board", "board", "", home, home, UPDATED, "r", below=values_of(shown),
        ranks_partial_runs=bool(records.ranks_partial),
    )  # fmt: skip
    return "".join(write_json(snapshot))


# Files of the site


@pytest.mark.parametrize("ranges", ["each", "all", "pairwise"])
def test_the_seed_is_recomputed_from_its_json(ranges, anesbench, client):
    text = export(client, "json", "anesbench", ranges=ranges).content
    assert found(text) == []
    assert counts(text) == (
        "51 LLMs, 459 values, 153 of them aggregates, 459 intervals, 459 ranks, 459 rank ranges"
    )


def test_the_seed_is_recomputed_from_its_payload(anesbench):
    text = payload(Leaderboard.objects.get(slug="anesbench"))
    assert found(text) == []
    assert counts(text).startswith("51 LLMs, 459 values, 153 of them aggregates, 459 intervals")


@pytest.mark.parametrize(
    "query", [{"q": "qwen"}, {"columns": "average"}, {"columns": "amcqa-overall"}]
)
def test_a_view_holds_what_its_own_numbers_are_made_from(query, anesbench, client):
    text = export(client, "json", "anesbench", **query).content
    data = json.loads(text)
    validate(data, SCHEMA)
    assert found(text) == []
    assert data["view"]["complete"] is ("q" not in query)
    hidden = [metric["key"] for metric in data["components"]["metrics"]]
    parts = [key for key in SEED_METRICS if "-system" in key]
    assert hidden == {
        "average": ["anesbench-overall", "amcqa-overall", *parts],
        "amcqa-overall": parts[3:],
    }.get(query.get("columns"), [])
    assert all([*own] == hidden for own in data["components"]["scores"].values())
    assert len(data["components"]["scores"]) == (len(data["rows"]) if hidden else 0)


def make_hard_board(**fields):
    """Errors, partial runs, a refused and an unchecked aggregate, shared questions, weights, lower
    that is better, an aggregate of aggregates, and two made from ranks."""
    share = {"benchmark": make_benchmark(), "question_count": 200, "is_share_of_questions": True}
    a, b = make_metric("a", **share), make_metric("b", **share)
    same = make_metric("same", **share | {"question_count": None, "questions_of": a})
    judged = make_metric("judged", is_share_of_questions=False)
    latency = make_metric(
        "latency", unit="other", unit_label="ms", higher_is_better=False, decimals=0,
        is_share_of_questions=False, minimum=Decimal(0),
    )  # fmt: skip
    overall = make_aggregate("overall", [a, b, same], "question-weighted mean", question_count=400)
    weighted = make_aggregate("weighted", [a, judged], "question-weighted mean", ["3", "1.5"])
    whole = make_aggregate("whole", [overall, weighted])
    rate = make_aggregate("rate", [whole, latency], "mean win rate")
    rank = make_aggregate("rank", [a, latency], "mean rank", unit="points", higher_is_better=False,
                          minimum=None, maximum=None, is_share_of_questions=False)  # fmt: skip
    for number in range(12):
        llm = make_llm(f"LLM {number}")
        value = Decimal(40 + number * 4) / 100
        n = 50 if number == 3 else None
        make_score(llm, a, value, question_count=n)
        make_score(llm, b, value / 2, question_count=n, decimals=4)
        make_score(llm, same, value - Decimal("0.01"))
        if number == 7:  # the components give 0.59375
            make_score(llm, whole, "0.6", decimals=1)
        if number != 5:
            make_score(llm, judged, value, standard_error=Decimal("0.0125"))
        make_score(
            llm, latency, 900 - 50 * (number % 7), standard_error=Decimal(number * 3) or None
        )
    refused, unchecked = (make_llm(name) for name in ("Refused", "Unchecked"))
    make_scores({refused: {a: "0.5", b: "0.5", same: "0.5", judged: "0.5", whole: "0.98765"}})
    make_score(refused, overall, "0.98765")
    make_score(unchecked, whole, "0.5", standard_error=Decimal("0.03"))
    make_score(unchecked, b, "0.25")
    return make_leaderboard([latency, rank, rate, whole], **fields)


@pytest.mark.django_db
@pytest.mark.parametrize("ranks_partial_runs", [False, True])
def test_a_harder_board_is_recomputed_from_either_file(ranks_partial_runs, client):
    board = make_hard_board(ranks_partial_runs=ranks_partial_runs)
    text = export(client, "json").content.decode()
    data = json.loads(text)
    validate(data, SCHEMA)
    assert [metric["key"] for metric in data["components"]["metrics"]] == [
        "a", "overall", "weighted", "b", "same", "judged",
    ]  # fmt: skip
    assert found(text) == []
    assert found(payload(board)) == []
    assert "98765" not in text
    assert "98765" not in payload(board)
    assert counts(text).endswith(
        "48 ranks, 23 rank ranges" if ranks_partial_runs else "45 ranks, 22 rank ranges"
    )


@pytest.mark.parametrize("columns", [1, 3, 12])
@pytest.mark.parametrize("level", list(Level))
def test_random_boards_are_recomputed(level, columns):
    intervals = 0
    for seed in range(20):
        text = write_records(make_random_records(seed), columns, level)
        assert found(text) == [], seed
        intervals += sum(
            value.interval is not None
            for own in read(text).stated.values()
            for value in own.values()
        )
    assert intervals or columns == 1


def test_random_payloads_are_recomputed():
    for seed in range(20):
        records = make_random_records(seed)
        details = Details("board", {}, {metric: {} for metric in records.metrics}, {}, {}, {})
        state = build_state(build_standings(records), records, details, UPDATED)
        assert found(canonical_bytes(state).decode()) == [], seed


def with_kinds(records):
    """Records in which every third LLM is a baseline or another kind."""
    kinds = ["model", "human", "model", "system", "random", "ensemble"]
    llms = [llm._replace(kind=kinds[llm.id % 6]) for llm in records.llms]
    return replace(records, llms=tuple(llms))


def test_random_boards_with_baselines_are_recomputed_from_either_file():
    baselines = 0
    for seed in range(20):
        records = with_kinds(make_random_records(seed))
        text = write_records(records, 12, Level.EACH)
        validate(json.loads(text), SCHEMA)
        assert found(text) == [], seed
        details = Details("board", {}, {metric: {} for metric in records.metrics}, {}, {}, {})
        state = build_state(build_standings(records), records, details, UPDATED)
        assert found(canonical_bytes(state).decode()) == [], seed
        baselines += len(read(text).baselines)
    assert baselines > 20


def test_a_baseline_that_is_said_to_be_a_model_is_seen():
    records = with_kinds(make_random_records(3))
    data = json.loads(write_records(records, 12, Level.EACH))
    for row in data["rows"]:
        row.pop("kind", None)
    assert any("rank and range" in line for line in found(json.dumps(data)))


# The script sees what is wrong


def change(data, path, value):
    *way, last = path
    for step in way:
        if isinstance(data, list) and isinstance(step, str):
            step = [row["slug"] for row in data].index(step)
        data = data[step]
    assert data[last] != value
    data[last] = value


SCORE = ["rows", 4, "scores", "average"]


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ([*SCORE, "value"], 0.7, "average: value"),
        ([*SCORE, "interval", 0], 0.1, "average: interval"),
        ([*SCORE, "rank"], 9, "average: rank and range"),
        ([*SCORE, "rank_range", 1], 9, "average: rank and range"),
        ([*SCORE, "n"], 9, "average: n"),
        (["rows", 4, "rank"], 9, "rank and range of the row"),
        (["metrics", 8, "components", 0, "metric"], "amcqa-system1", "average: "),
        (["metrics", 3, "components", 0, "weight"], 1, "anesbench-overall: "),
        (["metrics", 0, "question_count"], 40, "anesbench-overall: "),
        (["metrics", 8, "higher_is_better"], False, "average: "),
        (["metrics", 0, "is_share_of_questions"], False, "anesbench-system1: interval"),
        (["metrics", 0, "maximum"], 0.1, "anesbench-system1: interval"),
        (["metrics", 4, "questions_of"], "amcqa-system2", "amcqa-overall: "),
        (["view", "ranges"], "all", "rank and range"),
    ],
)
def test_the_script_finds_what_does_not_follow(path, value, complaint, anesbench, client):
    Score.objects.filter(metric__key="average").delete()  # to be computed
    data = export(client, "json", "anesbench").json()
    assert found(json.dumps(data)) == []
    change(data, path, value)
    assert any(complaint in line for line in found(json.dumps(data)))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["leaderboard", "ranks_partial_runs"], True),
        (["components", "metrics", 5, "decimals"], 1),
        (["components", "scores", "llm-1", "judged", "standard_error"], 0.1),
        (["rows", "llm-7", "scores", "whole", "digits"], 4),
        (["components", "scores", "llm-1", "a", "value"], 0.5),
        (["components", "metrics", 4, "questions_of"], None),
        (["components", "metrics", 2, "components", 1, "weight"], 1),
    ],
)
@pytest.mark.django_db
def test_whatever_it_takes_to_recompute_a_hard_board_counts(path, value, client):
    make_hard_board()
    data = export(client, "json").json()
    change(data, path, value)
    assert found(json.dumps(data)) != []


@pytest.mark.django_db
def test_by_hand_it_prints_what_differs_and_needs_nothing_installed(client, tmp_path):
    make_tiny_leaderboard()
    data = export(client, "json").json()
    file, script = tmp_path / "board.json", Path(recompute.__file__)

    def run():
        file.write_text(json.dumps(data), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-I", "-S", script, file], capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout.splitlines()

    summary = "2 LLMs, 4 values, 1 of them aggregates, 4 intervals, 4 ranks, 4 rank ranges"
    assert run() == (0, [f"{summary}: 0 differences"])
    data["rows"][0]["scores"]["mean"]["value"] = 0.5
    status, lines = run()
    assert status == 1
    assert lines == [
        "alpha, mean: value: the file says 0.5, recomputed 0.75617284",
        f"{summary}: 1 differences",
    ]


# Reading what is no column


@pytest.mark.django_db
def test_a_file_of_the_past_holds_the_components_of_then(client):
    with content_lock():  # one state
        make_hard_board()
    then, instant = export(client, "json").json(), timezone.now()
    score = Score.objects.get(llm__slug="llm-1", metric__key="judged")
    score.value = Decimal("0.99")
    score.save()
    now = export(client, "json").json()
    past = export(client, "json", at=instant.isoformat())
    assert past.json()["components"] == then["components"] != now["components"]
    assert past.json()["rows"] == then["rows"] != now["rows"]
    assert found(past.content) == []


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("ending", "queries"), [("csv", 10), ("json", 13)])
def test_components_that_are_no_columns_take_the_json_three_queries_more(
    ending, queries, count, client, django_assert_num_queries
):
    parts = [make_metric("a"), make_metric("b")]
    make_leaderboard([make_aggregate("mean", parts)])
    make_scores({f"LLM {number}": dict.fromkeys(parts, "0.5") for number in range(count)})
    with django_assert_num_queries(queries):
        assert export(client, ending).status_code == 200
