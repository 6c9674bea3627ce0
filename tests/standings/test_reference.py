"""The standings against a reference that follows the rules the long way."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from leaderboard.models import Column, Leaderboard
from leaderboard.standings.estimates import Level
from leaderboard.standings.records import load_records
from leaderboard.standings.shown import Origin
from leaderboard.standings.standings import build_standings
from tests.standings.plain_records import make_metric_record, make_records, make_score_record
from tests.standings.reference import (
    FROM_RANKS,
    QUESTION_WEIGHTED,
    Reference,
    reference_computed,
    reference_ranges,
    reference_ranks,
)


def make_random_metrics(random):
    """Four measured metrics, four aggregates of whatever stands before them, and a ninth metric
    that may have another direction than all of these."""
    metrics = []
    direction, other = random.choices([True, False, None], weights=[5, 3, 1], k=2)
    for number in range(1, 5):
        count = random.choice([None, 20, 100, 300, 300, 1000])
        is_share = random.random() < 0.85
        metrics.append(
            make_metric_record(
                number, question_count=count, is_share=is_share, higher_is_better=direction
            )
        )
    if random.random() < 0.4:
        metrics = share_questions(random, metrics)
    for number in range(5, 9):
        parts = random.sample(metrics, random.choice([2, 2, 3]))
        counts = [part.question_count for part in parts]
        weighted = all(counts) and random.random() < 0.6
        weights = [None] * len(parts)
        if weighted and random.random() < 0.4:
            weights = [random.choice([Decimal(part.question_count), Decimal(7)]) for part in parts]
        metrics.append(
            make_metric_record(
                number,
                question_count=sum(counts) if all(counts) and random.random() < 0.8 else None,
                is_share=random.random() < 0.8,
                aggregate=QUESTION_WEIGHTED if weighted else "mean",
                components=zip([part.id for part in parts], weights, strict=True),
                higher_is_better=direction,
            )
        )
    metrics.append(make_metric_record(9, question_count=300, higher_is_better=other))
    mean = make_metric_record(
        10, aggregate="mean", components=[(1, None), (9, None)], higher_is_better=direction
    )
    return [*metrics, mean, *make_from_ranks(random, metrics)]


def share_questions(random, metrics):
    """One metric, or two, ask the questions of another."""
    other, *asking = random.sample(metrics, random.choice([2, 3]))
    return [
        replace(metric, questions_of=other.id, question_count=other.question_count)
        if metric in asking
        else metric
        for metric in metrics
    ]


def make_from_ranks(random, metrics):
    """A mean win rate and a mean rank of some of these metrics."""
    for number, kind in enumerate(FROM_RANKS, start=11):
        parts = random.sample(metrics, random.choice([1, 2, 3]))
        record = make_metric_record(
            number,
            aggregate=kind,
            components=[(part.id, None) for part in parts],
            higher_is_better=kind == "mean win rate",
        )
        unit = random.choice(["proportion", "percent"]) if record.higher_is_better else "points"
        yield replace(record, unit=unit, minimum=None, maximum=None)


def make_random_scores(random, metrics, llm):
    """Measured scores, some partial or missing, some with an error; some reported aggregates."""
    scores, hardness = {}, random.random()
    for metric in metrics:
        if metric.is_rank_based or random.random() < (0.15 if not metric.aggregate else 0.6):
            continue
        value = Decimal(round(100 * (0.6 * hardness + 0.4 * random.random()))) / 100
        count = random.choice([None] * 5 + [50])
        error = Decimal(random.choice([5, 20])) / 1000 if random.random() < 0.15 else None
        scores[metric.id] = make_score_record(
            value, decimals=2, question_count=count, standard_error=error
        )
    return scores


def make_random_records(seed):
    random = Random(f"leaderboard {seed}")
    metrics = make_random_metrics(random)
    scores = {llm: make_random_scores(random, metrics, llm) for llm in range(1, 13)}
    report_agreeing_aggregates(random, metrics, scores)
    scored = {llm: found for llm, found in scores.items() if found}
    return make_records(metrics, scored, 8, ranks_partial=random.random() < 0.3)


def report_agreeing_aggregates(random, metrics, scores):
    """Half of the aggregates that were reported get the value that their components give."""
    records = make_records(metrics, scores, 8)
    for row in build_standings(records).rows:
        own = scores[row.llm.id]
        for metric, cell in zip(metrics, row.cells, strict=True):
            if metric.aggregate and cell and metric.id in own and random.random() < 0.7:
                value = cell.value.quantize(Decimal("0.01"))
                own[metric.id] = own[metric.id]._replace(value=value)


def check_computed(records, standings):
    """Compares all computed values with the reference."""
    for index, metric in enumerate(standings.columns):
        found = {
            row.llm.slug: float(row.cells[index].value)
            for row in standings.rows
            if row.cells[index] and row.cells[index].origin is Origin.COMPUTED
        }
        expected = reference_computed(records, standings, metric.id)
        assert found == pytest.approx(expected, abs=1e-8), metric


def check(records, standings):
    """Compares all intervals, marks, ranks and ranges with the reference; returns how many
    intervals there were."""
    intervals = 0
    check_computed(records, standings)
    for row in standings.rows:
        reference = Reference(records, standings, row)
        assert [cell.is_partial for cell in row.cells if cell] == [
            reference.is_partial(metric) for metric in reference.cells
        ]
        for metric, cell in zip(standings.columns, row.cells, strict=True):
            if cell is None:
                continue
            expected = reference.margins(metric.id, 1.959963984540054)
            found = cell.uncertainty.interval
            assert (found is None) == (expected is None), (row.llm, metric)
            if expected:
                value = float(cell.value)
                ends = [max(0, value - expected[0]), min(1, value + expected[1])]
                assert found == pytest.approx(ends, abs=1e-12), (row.llm, metric)
                intervals += 1
    for index, metric in enumerate(standings.columns):
        ranks = reference_ranks(records, standings, metric.id)
        cells = {row.llm.slug: row.cells[index] for row in standings.rows if row.cells[index]}
        assert {name: cell.rank for name, cell in cells.items() if cell.rank} == ranks, metric
        assert {name for name, cell in cells.items() if cell.is_best} == {
            name for name, rank in ranks.items() if rank == 1
        }
    for level in Level:
        at_level = standings.at_level(level)
        for index, metric in enumerate(standings.columns):
            ranges = at_level.rank_ranges(metric.key)
            found = {
                row.llm.slug: ranges[row.llm.slug]
                for row in at_level.rows
                if row.cells[index] and row.cells[index].rank
            }
            unranked = [
                row for row in at_level.rows if (cell := row.cells[index]) is None or not cell.rank
            ]
            assert not any(ranges[row.llm.slug] for row in unranked)
            assert not any(row.cells[index] and row.cells[index].is_best for row in unranked)
            expected = reference_ranges(records, standings, metric.id, level.value)
            assert found == expected, (level, metric)
    return intervals


@pytest.mark.parametrize(
    "seeds", [range(50), pytest.param(range(50, 200), marks=pytest.mark.long)], ids=["50", "150"]
)
def test_random_leaderboards_agree_with_the_reference(seeds):
    intervals = 0
    for seed in seeds:
        records = make_random_records(seed)
        intervals += check(records, build_standings(records))
    assert intervals > 40 * len(seeds)


def test_the_random_leaderboards_hold_what_is_hard():
    """Every rule applies somewhere, aggregates share components, and some values lack an error;
    ranks go either way or nowhere, with partial runs among them and without."""
    seen, kinds = set(), set()
    for seed in range(60):
        records = make_random_records(seed)
        standings = build_standings(records)
        for row in standings.rows:
            reference = Reference(records, standings, row)
            for metric in reference.cells:
                direction = records.metrics[metric].higher_is_better
                is_partial = reference.is_partial(metric)
                kinds.add((direction, is_partial, is_partial and metric in records.ranks_partial))
                if not records.metrics[metric].aggregate:
                    continue
                parts = reference.components(metric)
                paths = [path[-1] for path in reference.all_paths((metric,))]
                rules = {
                    "a": reference.is_one_share(metric),
                    "b": bool(reference.weights(metric))
                    and all(reference.margins(part, 1) for part in parts),
                    "c": reference.given(metric, 1) is not None,
                    "d": reference.is_alone(metric),
                    "none": reference.margins(metric, 1) is None,
                    "shared": len(paths) > len(set(paths)),
                    "opened": any(
                        reference.is_one_share(part) and not reference.is_leaf(metric, part)
                        for part in parts
                    ),
                    "partial": any(
                        not reference.is_whole(part) for part in parts if part in reference.cells
                    ),
                    "mixed": reference.is_mixed(metric),
                    "asked twice": not reference.counts_questions_once(metric),
                    "from ranks": records.metrics[metric].is_rank_based,
                }
                seen |= {rule for rule, applies in rules.items() if applies}
    assert seen == {"a", "b", "c", "d", "none", "shared", "opened", "partial"} | {
        "mixed", "asked twice", "from ranks",
    }  # fmt: skip
    runs = [(False, False), (True, False), (True, True)]
    assert kinds == {(direction, *run) for direction in (True, False, None) for run in runs}


@pytest.mark.django_db
def test_the_seed_agrees_with_the_reference(anesbench):
    board = Leaderboard.objects.get()
    columns = Column.objects.filter(leaderboard=board).values_list("metric_id", flat=True)
    records = load_records(list(columns), board.ranking_metric_id)
    assert check(records, build_standings(records)) == 51 * 9
