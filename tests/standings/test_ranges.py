"""Rank ranges of a column: tables of cases, and the rule pair by pair."""

from decimal import Decimal
from math import hypot
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.standings.estimates import (
    Estimate,
    Given,
    Level,
    Share,
    Z,
    compared,
    critical_value,
    margins,
)
from leaderboard.standings.ranges import (
    BLOCK,
    Ranked,
    RankRange,
    column_ranges,
    rank_ranges,
    real_cuts,
)
from leaderboard.standings.ranking import competition_ranks


@pytest.mark.parametrize(
    ("ends", "text"), [((1, 1), "1"), ((4, 8), "4–8"), ((9, 18), "9–18"), ((51, 51), "51")]
)
def test_a_rank_range_is_written_with_a_dash_unless_it_is_one_rank(ends, text):
    assert str(RankRange(*ends)) == text


def column(text):
    """“0.9±0.01 0.5 –”: values with and without a standard error, and a missing one."""
    entries = []
    for word in text.split():
        value, _, error = word.partition("±")
        evidence = Given(float(error)) if error else None
        entries.append(None if value == "–" else Ranked(float(value), evidence))
    return entries


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("–", [None]),
        ("0.5", [None]),
        ("0.5±0.1", [(1, 1)]),
        ("0.9±0.01 0.5±0.01", [(1, 1), (2, 2)]),
        ("0.5±0.01 0.9±0.01", [(2, 2), (1, 1)]),
        ("0.9±0.3 0.5±0.3", [(1, 2), (1, 2)]),
        ("0.5±0.1 0.5±0.1", [(1, 2), (1, 2)]),
        # 0.02 apart is 1.41 standard errors of the difference, 0.04 is 2.83
        ("0.94±0.01 0.92±0.01 0.90±0.01", [(1, 2), (1, 3), (2, 3)]),
        # two standard errors of 0 compare the values
        ("0.9±0 0.8±0 0.8±0 0.7±0", [(1, 1), (2, 3), (2, 3), (4, 4)]),
        # missing is absent
        ("– 0.9±0.01 – 0.5±0.01", [None, (1, 1), None, (2, 2)]),
        # without a standard error it has no range, and is as uncertain as the most uncertain one
        ("0.9±0.01 0.7 0.5±0.01", [(1, 1), None, (3, 3)]),
        ("0.9±0.01 0.7 0.5±0.09", [(1, 1), None, (2, 3)]),
        ("0.9 0.8 0.7±0.01", [None, None, (3, 3)]),
        ("0.9 – 0.7", [None, None, None]),
    ],
)
def test_a_range_goes_from_the_best_to_the_worst_rank_that_tests_leave_open(text, expected):
    found = column_ranges(column(text), Level.PAIRWISE, higher_is_better=True)
    assert found == expected


def test_a_stricter_level_has_wider_ranges():
    entries = column("0.94±0.01 0.905±0.01 0.87±0.01 0.80±0.01")  # 2.47 and 4.95 errors apart
    ranges = {level: column_ranges(entries, level, higher_is_better=True) for level in Level}
    assert ranges == {
        Level.PAIRWISE: [(1, 1), (2, 2), (3, 3), (4, 4)],
        Level.EACH: [(1, 1), (2, 2), (3, 3), (4, 4)],  # z = 2.39
        Level.ALL: [(1, 2), (1, 3), (2, 3), (4, 4)],  # z = 2.63
    }


def test_rounding_widens_ranges():
    exact = [Ranked(0.52, Given(0.002)), Ranked(0.51, Given(0.002))]
    rounded = [entry._replace(step=0.02) for entry in exact]
    assert column_ranges(exact, Level.PAIRWISE, higher_is_better=True) == [(1, 1), (2, 2)]
    assert column_ranges(rounded, Level.PAIRWISE, higher_is_better=True) == [(1, 2), (1, 2)]


def test_margins_that_differ_by_side_count_on_the_side_of_the_other():
    # 0.1 apart: what counts is how far the upper may be below, and the lower one above
    upper, lower = Estimate(0.6, 0.01, 0.5), Estimate(0.5, 0.5, 0.01)
    assert rank_ranges([upper, lower], [1, 1], higher_is_better=True) == [(1, 1), (2, 2)]
    upper, lower = Estimate(0.6, 0.5, 0.01), Estimate(0.5, 0.01, 0.5)
    assert rank_ranges([upper, lower], [1, 1], higher_is_better=True) == [(1, 2), (1, 2)]


@pytest.mark.parametrize(
    ("ranked", "cuts"),
    [
        ([], []),
        ([(1, (1, 1))], []),
        ([(1, (1, 1)), (2, (2, 2))], [2]),
        ([(1, (1, 2)), (2, (1, 2))], []),
        # the range of the first reaches below, though the best end changes
        ([(1, (1, 3)), (2, (2, 3)), (3, (2, 3)), (4, (4, 4))], [4]),
        # the range of a lower one reaches above
        ([(1, (1, 1)), (2, (2, 2)), (3, (1, 3))], []),
        ([(1, (1, 2)), (1, (1, 2)), (3, (3, 3))], [3]),
        ([(1, (1, 1)), (2, None), (3, (3, 3))], [2, 3]),
    ],
)
def test_a_column_is_cut_where_no_range_reaches_across(ranked, cuts):
    assert real_cuts([(rank, ends and RankRange(*ends)) for rank, ends in ranked]) == cuts


def by_pairs(column, level, *, higher_is_better):
    """The rule as statistics.md states it, pair by pair."""
    ranked = [entry for entry in column if entry is not None]
    z = critical_value(level, len(ranked))
    known = [margins(entry.evidence, z) for entry in ranked if entry.evidence]
    sign = 1 if higher_is_better else -1

    def sides(entry):
        if entry.evidence:
            below, above = margins(entry.evidence, z)
        else:
            below, above = (max(side) for side in zip(*known, strict=True))
        rounding = z * entry.step / 12**0.5
        both = (hypot(below, rounding), hypot(above, rounding))
        return both if higher_is_better else both[::-1]

    def is_better(one, other):
        return sign * (one.value - other.value) > hypot(sides(one)[0], sides(other)[1])

    return [
        (
            1 + sum(is_better(other, entry) for other in ranked),
            len(ranked) - sum(is_better(entry, other) for other in ranked),
        )
        if entry and entry.evidence
        else None
        for entry in column
    ]


def share(correct, n, step=0.0):
    return Ranked(correct / n, Share(correct / n, n), step)


def given_error(thousandths, error):
    return Ranked(thousandths / 1000, Given(error / 1000))


question_counts = st.sampled_from([1, 2, 10, 29, 30, 100, 355, 4343, 10**6])
rounding_steps = st.sampled_from([0.0, 0.01, 0.1])
shares = question_counts.flatmap(
    lambda n: st.builds(share, st.integers(0, n), st.just(n), rounding_steps)
)
extremes = question_counts.flatmap(lambda n: st.sampled_from([share(0, n), share(n, n)]))
errors = st.just(0) | st.integers(1, 300)
with_error = st.builds(given_error, st.integers(0, 1000), errors)
unknown = st.integers(0, 1000).map(lambda value: Ranked(value / 1000, None))
entries = st.lists(st.one_of(shares, extremes, with_error, unknown, st.none()), max_size=15)
levels = st.sampled_from(Level)


@given(entries, levels, st.booleans())
def test_ranges_are_what_testing_every_pair_gives(column, level, higher_is_better):
    found = column_ranges(column, level, higher_is_better=higher_is_better)
    assert found == by_pairs(column, level, higher_is_better=higher_is_better)


KINDS = {
    "as many questions for all": lambda random: share(random.randint(0, 355), 355),
    "three numbers of questions": lambda random: share_of(random, (30, 355, 4343)),
    "all close together": lambda random: share(random.randint(3700, 3800), 4343),
    "any standard error": lambda random: given_error(
        random.randint(0, 1000), random.choice((0, 1, 10, 100))
    ),
    "standard errors about as large": lambda random: given_error(
        random.randint(0, 1000), random.randint(70, 130)
    ),
    "some missing": lambda random: random.choice([None, share_of(random, (10, 1000))]),
}


def share_of(random, counts):
    n = random.choice(counts)
    return share(random.randint(0, n), n)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [BLOCK - 1, BLOCK + 1, 5 * BLOCK + 7])
def test_ranges_of_a_long_column_are_what_testing_every_pair_gives(kind, size):
    random = Random(f"{kind} {size}")
    column = [KINDS[kind](random) for _ in range(size)]
    found = column_ranges(column, Level.PAIRWISE, higher_is_better=True)
    assert found == by_pairs(column, Level.PAIRWISE, higher_is_better=True)
    assert len(set(found)) > 2


def test_a_few_larger_margins_in_a_long_column_are_not_overlooked():
    random = Random("a few larger")
    column = [
        given_error(random.randint(0, 240), random.choices((70, 98), weights=(97, 3))[0])
        for _ in range(10 * BLOCK)
    ]
    assert column_ranges(column, Level.PAIRWISE, higher_is_better=True) == by_pairs(
        column, Level.PAIRWISE, higher_is_better=True
    )


@given(entries, levels, st.booleans())
def test_ranges_contain_the_rank_and_lie_within_the_number_of_ranked(
    column, level, higher_is_better
):
    ranks = competition_ranks(
        [entry and Decimal(entry.value) for entry in column], higher_is_better=higher_is_better
    )
    count = sum(rank is not None for rank in ranks)
    found = column_ranges(column, level, higher_is_better=higher_is_better)
    for rank, entry, span in zip(ranks, column, found, strict=True):
        if entry is None or entry.evidence is None:
            assert span is None
        else:
            assert 1 <= span.best <= rank <= span.worst <= count


@given(st.lists(with_error, min_size=1, max_size=15), st.data())
def test_no_range_shrinks_when_one_standard_error_grows(column, data):
    before = column_ranges(column, Level.EACH, higher_is_better=True)
    index = data.draw(st.integers(0, len(column) - 1))
    more = column[index].evidence.error + data.draw(st.integers(1, 300)) / 1000
    column[index] = column[index]._replace(evidence=Given(more))
    after = column_ranges(column, Level.EACH, higher_is_better=True)
    assert all(
        new.best <= old.best and old.worst <= new.worst
        for new, old in zip(after, before, strict=True)
    )


@given(entries, st.randoms(use_true_random=False))
def test_ranges_do_not_depend_on_the_order_of_rows(column, random):
    order = list(range(len(column)))
    random.shuffle(order)
    found = column_ranges(column, Level.EACH, higher_is_better=True)
    assert column_ranges([column[index] for index in order], Level.EACH, higher_is_better=True) == [
        found[index] for index in order
    ]


@given(entries, st.integers(0, 15))
def test_a_missing_score_changes_no_range(column, position):
    found = column_ranges(column, Level.EACH, higher_is_better=True)
    more = [*column[:position], None, *column[position:]]
    assert column_ranges(more, Level.EACH, higher_is_better=True) == [
        *found[:position],
        None,
        *found[position:],
    ]


@given(st.lists(with_error | unknown | st.none(), max_size=15))
def test_where_lower_is_better_ranges_are_those_of_the_turned_signs(column):
    turned = [entry and entry._replace(value=-entry.value) for entry in column]
    assert column_ranges(column, Level.EACH, higher_is_better=False) == column_ranges(
        turned, Level.EACH, higher_is_better=True
    )


def test_ten_of_ten_does_not_beat_4213_of_4343():
    pair = [compared(p, Share(p, n), 0.0, Z) for p, n in ((1.0, 10), (4213 / 4343, 4343))]
    assert rank_ranges(pair, [1, 1], higher_is_better=True) == [(1, 2), (1, 2)]
