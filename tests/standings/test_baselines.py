"""A human or random baseline stands at its value and moves nothing, by every rule."""

from dataclasses import replace

import pytest

from leaderboard.standings.estimates import Level
from leaderboard.standings.standings import build_standings
from tests.standings.plain_records import make_metric_record, make_records, make_score_record
from tests.standings.test_reference import make_random_records

PARTS = (make_metric_record(1, question_count=100), make_metric_record(2, question_count=100))
RATE = make_metric_record(3, is_share=False, aggregate="mean win rate",
                          components=((1, None), (2, None)))  # fmt: skip


def board(values, kinds, ranking=1, metrics=PARTS, **options):
    """Standings of {LLM: values in the metrics 1 and 2}; `kinds` are of some of them."""
    scores = {
        llm: {
            metric: make_score_record(value)
            for metric, value in enumerate(own, start=1)
            if value is not None
        }
        for llm, own in values.items()
    }
    records = make_records(metrics, scores, ranking, **options)
    llms = [llm._replace(kind=kinds.get(llm.id, "model")) for llm in records.llms]
    return build_standings(replace(records, llms=tuple(llms)))


def shown(standings):
    return [(row.llm.id, row.rank) for row in standings.rows]


VALUES = {1: ["0.70", "0.6"], 2: ["0.90", "0.5"], 3: ["0.80", "0.4"], 4: ["0.80", "0.3"]}


def test_a_baseline_stands_at_its_value_without_a_rank_behind_llms_of_the_same():
    standings = board(
        VALUES | {5: ["0.95"], 6: ["0.80"], 7: ["0.85"], 8: ["0.25"], 9: [None, "0.9"]},
        {5: "human", 6: "human", 7: "random", 8: "random", 9: "human"},
    )
    assert shown(standings) == [
        (5, None), (2, 1), (7, None), (3, 2), (4, 2), (6, None), (1, 4), (8, None), (9, None),
    ]  # fmt: skip
    assert (standings.llm_count, standings.baselines, standings.count("m1")) == (4, 5, 4)


@pytest.mark.parametrize("sort", ["m1", "-m1", "m2", "-m2", "llm", "-llm"])
def test_every_order_has_a_baseline_at_its_value(sort):
    kinds = {2: "human"}
    plain, marked = (board(VALUES, each).sorted_by(sort) for each in ({}, kinds))
    expected = [row.llm.id for row in plain]
    if sort.endswith("m1"):  # 3 and 4 are equal, and in order of their names in both directions
        assert expected in ([2, 3, 4, 1], [1, 3, 4, 2])
    assert [row.llm.id for row in marked] == expected


def test_where_lower_is_better_the_lowest_baseline_stands_first():
    metric = make_metric_record(1, higher_is_better=False)
    standings = board({1: ["0.3"], 2: ["0.2"], 3: ["0.1"]}, {3: "human"}, metrics=(metric,))
    assert shown(standings) == [(3, None), (2, 1), (1, 2)]


def test_an_ensemble_and_a_system_compete():
    standings = board(VALUES, {2: "ensemble", 3: "system"})
    assert shown(standings) == [(2, 1), (3, 2), (4, 2), (1, 4)]
    assert standings.baselines == 0


def without_baselines(records):
    """The records as if the baselines had never been."""
    llms = tuple(llm for llm in records.llms if not llm.is_baseline)
    known = {llm.id for llm in llms}
    scores = {llm: own for llm, own in records.scores.items() if llm in known}
    return replace(records, llms=llms, scores=scores)


@pytest.mark.parametrize("seed", range(20))
def test_a_baseline_moves_nothing(seed):
    """Ranks, ranges, heat, best values, win rates, N, cuts and the axis, of random boards."""
    records = make_random_records(seed)
    kinds = {0: "human", 1: "random"}
    llms = [llm._replace(kind=kinds.get(llm.id % 4, "model")) for llm in records.llms]
    records = replace(records, llms=tuple(llms))
    full, bare = build_standings(records), build_standings(without_baselines(records))
    competing = tuple(row for row in full.rows if not row.llm.is_baseline)
    assert len(competing) < len(full.rows)
    assert competing == bare.rows
    for level in Level:
        for metric in full.columns:
            slugs = [row.llm.slug for row in competing]
            ranges = full.rank_ranges(metric.key, level)
            assert {slug: ranges[slug] for slug in slugs} == bare.rank_ranges(metric.key, level)
            aside = {slug: each for slug, each in ranges.items() if slug not in slugs}
            assert set(aside.values()) <= {None}
    assert [full.count(m.key) for m in full.columns] == [bare.count(m.key) for m in bare.columns]
    assert (full.cuts(), full.without_evidence) == (bare.cuts(), bare.without_evidence)
    assert full.interval_range() == bare.interval_range()
    for row in full.rows:
        if row.llm.is_baseline:
            assert (row.rank, row.rank_range) == (None, None)
            marks = {(cell.rank, cell.heat, cell.is_best) for cell in row.cells if cell}
            assert marks <= {(None, None, False)}


def test_nobody_wins_against_a_baseline_and_it_has_no_win_rate():
    values = {1: ["0.9", "0.9"], 2: ["0.5", "0.5"], 3: ["0.7", "0.7"]}
    standings = board(values, {3: "human"}, ranking=3, metrics=(*PARTS, RATE))
    rates = {row.llm.id: row.cells[2] and row.cells[2].text for row in standings.rows}
    assert rates == {1: "1.00", 2: "0.00", 3: None}
    assert shown(standings) == [(1, 1), (2, 2), (3, None)]


def test_a_baseline_asked_fewer_questions_stands_at_its_value_all_the_same():
    scores = {
        1: {1: make_score_record("0.5")},
        2: {1: make_score_record("0.9", question_count=10)},
        3: {1: make_score_record("0.8", question_count=10)},
    }
    records = make_records(PARTS, scores, 1)
    llms = [llm._replace(kind="human" if llm.id == 2 else "model") for llm in records.llms]
    standings = build_standings(replace(records, llms=tuple(llms)))
    assert shown(standings) == [(2, None), (1, 1), (3, None)]
    assert [row.cells[0].is_partial for row in standings.rows] == [True, False, True]
    assert [row.llm.id for row in standings.sorted_by("m1")] == [1, 2, 3]
