"""How often intervals and rank ranges contain the truth, over seeded draws.

The draws are LLMs of one leaderboard, so that the whole way from scores to intervals is tested.
"""

from decimal import Decimal
from itertools import accumulate
from math import exp, lgamma, log
from random import Random

import pytest

from leaderboard.standings.estimates import Level, Share
from leaderboard.standings.ranges import Ranked, column_ranges
from leaderboard.standings.records import ScoreRecord
from leaderboard.standings.standings import build_standings
from tests.standings.plain_records import make_metric_record, make_records

DRAWS = 2_000
QUESTION_WEIGHTED = "question-weighted mean"


def draw_binomial(random, p, n, draws):
    """Numbers of right answers among n questions, each answered rightly with probability p."""

    def likelihood(k):
        ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
        return exp(ways + k * log(p) + (n - k) * log(1 - p))

    likelihoods = list(accumulate(likelihood(k) for k in range(n + 1)))
    return random.choices(range(n + 1), cum_weights=likelihoods, k=draws)


def coverage(parts, metrics, aggregate, draws):
    """The share of draws in which the interval of the last metric contains the true value.

    `parts` are (n, p) of the measured metrics, which come first; `metrics` are all others.
    """
    random = Random(f"{parts} {aggregate}")
    measured = [make_metric_record(id, question_count=n) for id, (n, _) in enumerate(parts, 1)]
    scores = {llm: {} for llm in range(1, draws + 1)}
    for metric, (n, p) in zip(measured, parts, strict=True):
        for llm, correct in enumerate(draw_binomial(random, p, n, draws), 1):
            value = (Decimal(correct) / n).quantize(Decimal("1e-8"))
            scores[llm][metric.id] = ScoreRecord(value, 8)
    records = make_records([*measured, *metrics], scores, None)
    truth = {metric.id: p for metric, (_, p) in zip(measured, parts, strict=True)}
    for metric in metrics:
        truth[metric.id] = true_mean(metric, records.metrics, truth)
    cells = [row.cells[-1] for row in build_standings(records).rows]
    intervals = [cell.uncertainty.interval for cell in cells]
    assert len(intervals) == draws
    return sum(low <= truth[metrics[-1].id] <= high for low, high in intervals) / draws


def true_mean(metric, metrics, truth):
    weights = {
        part: 1.0 if metric.aggregate == "mean" else float(weight or metrics[part].question_count)
        for part, weight in metric.components
    }
    return sum(w * truth[part] for part, w in weights.items()) / sum(weights.values())


def mean_of(count):
    return [
        make_metric_record(9, aggregate="mean", components=[(i, None) for i in range(1, count + 1)])
    ]


def overall_of(id, questions, components):
    return make_metric_record(
        id, question_count=questions, aggregate=QUESTION_WEIGHTED, components=components
    )


WEIGHTS = [(1, Decimal("0.5")), (2, Decimal("0.3")), (3, Decimal("0.2"))]
ANES, AMCQA = [(i, None) for i in (1, 2, 3)], [(i, None) for i in (4, 5, 6)]
OVERALLS = [overall_of(7, 4343, ANES), overall_of(8, 3529, AMCQA)]
AVERAGE = make_metric_record(9, aggregate="mean", components=[(7, None), (8, None)])
STRONG = [(2960, 0.9), (1028, 0.82), (355, 0.69), (2784, 0.9), (534, 0.79), (211, 0.71)]
WEAK = [(2960, 0.36), (1028, 0.3), (355, 0.25), (2784, 0.38), (534, 0.33), (211, 0.28)]
CASES = {
    "400, 100 and 25 questions": ([(400, 0.99), (100, 0.98), (25, 0.97)], mean_of(3)),
    "2,000 and 20 questions": ([(2000, 0.9), (20, 0.5)], mean_of(2)),
    "10 and 10 questions": ([(10, 0.9), (10, 0.95)], mean_of(2)),
    "given weights": (
        [(400, 0.9), (200, 0.7), (100, 0.5)],
        [make_metric_record(9, aggregate=QUESTION_WEIGHTED, components=WEIGHTS)],
    ),
    "an overall of the seed": (STRONG[:3], OVERALLS[:1]),
    "the average of the seed, strong": (STRONG, [*OVERALLS, AVERAGE]),
    "the average of the seed, weak": (WEAK, [*OVERALLS, AVERAGE]),
}


@pytest.mark.parametrize("case", CASES)
def test_95_percent_intervals_contain_the_truth_in_95_percent_of_draws(case):
    parts, metrics = CASES[case]
    assert 0.92 <= coverage(parts, metrics, case, DRAWS) <= 0.98


@pytest.mark.long
@pytest.mark.parametrize("case", CASES)
def test_they_do_in_many_more_draws(case):
    parts, metrics = CASES[case]
    assert 0.92 <= coverage(parts, metrics, f"{case}, more", 20_000) <= 0.98


def equal_llms(draws, level):
    """(the least share of draws in which the range of an LLM holds all ranks, the share of draws
    in which all ranges do), with 51 LLMs that would all answer four of five questions rightly."""
    count, n = 51, 400
    random = Random(f"equal {level}")
    right = draw_binomial(random, 0.8, n, draws * count)
    held, together = [0] * count, 0
    for start in range(0, draws * count, count):
        column = [Ranked(k / n, Share(k / n, n)) for k in right[start : start + count]]
        ranges = column_ranges(column, level, higher_is_better=True)
        whole = [span == (1, count) for span in ranges]
        held = [before + now for before, now in zip(held, whole, strict=True)]
        together += all(whole)
    return min(held) / draws, together / draws


def test_each_range_of_51_equal_llms_holds_the_true_rank_in_95_percent():
    assert equal_llms(400, Level.EACH)[0] >= 0.95


def test_all_ranges_of_51_equal_llms_hold_together_in_95_percent():
    assert equal_llms(400, Level.ALL)[1] >= 0.95


def test_pairwise_ranges_promise_less():
    assert equal_llms(100, Level.PAIRWISE)[1] < 0.5


@pytest.mark.long
def test_the_levels_hold_in_many_more_draws():
    assert equal_llms(10_000, Level.EACH)[0] >= 0.95
    assert equal_llms(10_000, Level.ALL)[1] >= 0.95
