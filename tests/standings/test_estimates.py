"""Margins, intervals and differences of values."""

from decimal import Decimal, localcontext
from math import sqrt
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.standings.estimates import (
    Estimate,
    Given,
    Interval,
    Leaf,
    Level,
    Share,
    WeightedSum,
    Z,
    clip,
    compared,
    critical_value,
    difference,
    interval,
    is_significant,
    margins,
    standard_error,
    wilson,
)

# Computed with statsmodels 0.15.0 (on scipy 1.17.1), none of which the project needs:
# statsmodels.stats.proportion.std_prop(k / n, n) and
# statsmodels.stats.proportion.proportion_confint(k, n, alpha=0.05, method="wilson").
REFERENCE_SHARES = [
    # correct, questions, standard error, Wilson
    (0, 1, 0, (0, 0.79345068562)),
    (1, 1, 0, (0.20654931438, 1)),
    (0, 10, 0, (0, 0.27753279986)),
    (1, 10, 0.09486832981, (0.0178762131, 0.4041500268)),
    (5, 10, 0.15811388301, (0.23659309051, 0.76340690949)),
    (9, 10, 0.09486832981, (0.5958499732, 0.98212378691)),
    (10, 10, 0, (0.72246720014, 1)),
    (0, 29, 0, (0, 0.1169697985)),
    (1, 29, 0.03388301272, (0.00611321429, 0.17175521879)),
    (15, 29, 0.09279245192, (0.34431021882, 0.68613909847)),
    (28, 29, 0.03388301272, (0.82824478121, 0.99388678571)),
    (29, 29, 0, (0.8830302015, 1)),
    (0, 30, 0, (0, 0.11351339317)),
    (1, 30, 0.03277306934, (0.00590859038, 0.16670390991)),
    (27, 30, 0.05477225575, (0.74378917421, 0.96540011125)),
    (30, 30, 0, (0.88648660683, 1)),
    (0, 355, 0, (0, 0.01070517)),
    (122, 355, 0.02520666249, (0.29616810507, 0.39450308893)),
    (301, 355, 0.01906064523, (0.80681928818, 0.88150697382)),
    (355, 355, 0, (0.98929483, 1)),
    (0, 4343, 0, (0, 0.00088373566)),
    (1086, 4343, 0.0065711147, (0.23740309611, 0.26315379777)),
    (3778, 4343, 0.00510470274, (0.85957274342, 0.87958464946)),
    (4213, 4343, 0.00258572695, (0.96456866289, 0.9747340558)),
    (4343, 4343, 0, (0.99911626434, 1)),
    (0, 10**6, 0, (0, 0.00000384144)),
    (1, 10**6, 0.000001, (0.00000017652, 0.00000566491)),
    (500000, 10**6, 0.0005, (0.49902001989, 0.50097998011)),
    (870000, 10**6, 0.00033630343, (0.86933943578, 0.87065772155)),
    (10**6, 10**6, 0, (0.99999615856, 1)),
]


def close(numbers):
    return pytest.approx(numbers, rel=0, abs=1e-9)


@pytest.mark.parametrize(("correct", "n", "error", "score"), REFERENCE_SHARES)
def test_the_uncertainty_of_a_share_is_that_of_statsmodels(correct, n, error, score):
    share = Share(correct / n, n)
    assert standard_error(share) == close(error)
    assert wilson(correct / n, n) == close(score)
    assert interval(correct / n, share) == close(score)
    assert interval(100 * correct / n, share._replace(whole=100.0)) == pytest.approx(
        tuple(100 * end for end in score), rel=0, abs=1e-6
    )


# R. G. Newcombe, Statistics in Medicine 17 (1998), 873–890, table II, method 10.
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((0, 10), (0, 10), (-0.2775, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ],
)
def test_the_interval_of_a_difference_is_that_of_newcombes_table(first, second, expected):
    one, other = (compared(k / n, Share(k / n, n), 0.0, Z) for k, n in (first, second))
    gap = difference(one, other)
    assert gap == pytest.approx(expected, abs=5e-5)
    assert difference(other, one) == pytest.approx((-gap.high, -gap.low))
    assert is_significant(gap) == (expected[0] > 0)


def test_another_z_needs_another_interval_of_a_share():
    share = Share(1.0, 10)
    assert margins(share, 1.0).below == pytest.approx(1 / 11)  # 1 − n / (n + z²)
    assert margins(share, 3.0).below == pytest.approx(9 / 19)
    assert compared(1.0, share, 0.0, 3.0) == Estimate(1.0, pytest.approx(9 / 19), 0.0, 3.0)
    assert margins(Given(0.5), 3.0) == (1.5, 1.5)


def test_rounding_enters_a_comparison_and_not_an_interval():
    share = Share(0.8, 100)
    low, high = interval(0.8, share)
    assert (low, high) == close(wilson(0.8, 100))
    rounding = Z * 0.01 / sqrt(12)
    estimate = compared(0.8, share, 0.01, Z)
    assert estimate.below == close(sqrt((0.8 - low) ** 2 + rounding**2))
    assert estimate.above == close(sqrt((high - 0.8) ** 2 + rounding**2))


def test_the_margins_of_a_weighted_sum_are_asymmetric_as_those_of_its_parts():
    whole = WeightedSum(
        (Leaf(0.5, Share(1.0, 10)), Leaf(0.25, Share(0.9, 20)), Leaf(0.25, Given(0.1)))
    )
    below = [1 - wilson(1.0, 10).low, 0.9 - wilson(0.9, 20).low, Z * 0.1]
    above = [0.0, wilson(0.9, 20).high - 0.9, Z * 0.1]
    weights = (0.5, 0.25, 0.25)
    assert margins(whole, Z) == close(
        tuple(
            sqrt(sum((weight * margin) ** 2 for weight, margin in zip(weights, side, strict=True)))
            for side in (below, above)
        )
    )


@pytest.mark.parametrize(
    # Standard errors computed with statsmodels 0.15.0:
    # statsmodels.stats._delta_method.NonlinearDeltaCov(lambda v: numpy.average(v, weights=w), v,
    # numpy.diag(se**2)).se_vectorized(); intervals with scipy 1.17.1: scipy.stats.norm.interval.
    ("parts_of_mean", "error", "expected"),
    [
        # (weight, value, standard error) of each component
        (
            [(1, 0.87, 0.005), (1, 0.85, 0.006)],
            0.00390512483795333,
            (0.852346095962479, 0.867653904037521),
        ),
        (
            [(4343, 0.87, 0.00510315), (1, 0.0, 0.0)],
            0.00510197524171271,
            (0.859800036033134, 0.879799411480678),
        ),
        (
            [(2, 0.5, 0.1), (3, 0.25, 0.05), (5, 0.75, 0.025)],
            0.0279508497187474,
            (0.495217341213964, 0.604782658786036),
        ),
        (
            [(355, 0.9, 0.0159), (2024, 0.62, 0.0108), (1964, 0.81, 0.0089)],
            0.00657427644587304,
            (0.715924233573961, 0.741694923690603),
        ),
        (
            [(0.5, 61.5, 1.25), (1.5, 48.25, 0.75)],
            0.643476883811688,
            (50.301308482845, 52.823691517155),
        ),
        ([(1, 3.5, 0.0)], 0, (3.5, 3.5)),
    ],
)
def test_the_interval_of_a_weighted_mean_is_that_of_statsmodels(parts_of_mean, error, expected):
    total = sum(weight for weight, _, _ in parts_of_mean)
    mean = sum(weight * value for weight, value, _ in parts_of_mean) / total
    evidence = WeightedSum(
        tuple(Leaf(weight / total, Given(error)) for weight, _, error in parts_of_mean)
    )
    assert standard_error(evidence) == close(error)
    assert interval(mean, evidence) == close(expected)


@pytest.mark.parametrize(
    ("low", "high", "cut"),
    [
        (None, None, (-0.25, 1.25)),
        (0, None, (0, 1.25)),
        (None, 1, (-0.25, 1)),
        (0, 1, (0, 1)),
        (-5, 5, (-0.25, 1.25)),
        # a value outside the range of its metric
        (1.5, 2, (1.5, 1.5)),
        (-3, -1, (-1, -1)),
    ],
)
def test_an_interval_is_cut_to_the_range_of_its_metric(low, high, cut):
    assert clip(Interval(-0.25, 1.25), low, high) == Interval(*cut)


def test_two_standard_errors_of_zero_compare_the_values():
    def gap(first, second):
        return difference(Estimate(first, 0.0, 0.0), Estimate(second, 0.0, 0.0))

    assert not is_significant(gap(1.0, 1.0))
    assert is_significant(gap(1.0, 0.999))
    assert is_significant(gap(-1.0, 1.0))


def test_ten_of_ten_does_not_beat_4213_of_4343_and_all_of_them_do():
    few, all_right, measured = (
        compared(p, Share(p, n), 0.0, Z) for p, n in ((1.0, 10), (1.0, 4343), (4213 / 4343, 4343))
    )
    assert not is_significant(difference(few, measured))
    assert is_significant(difference(all_right, measured))


@given(
    st.integers(5, 5000),
    st.integers(1, 5000),
    st.floats(0, 1),
    st.sampled_from([0.0, 0.001, 0.01]),
    st.sampled_from([1.0, Z, 3.28, 4.11]),
)
def test_all_questions_right_is_never_judged_below_all_but_one(n, other_n, other_p, step, z):
    opponent = compared(other_p, Share(other_p, other_n), step, z)
    perfect, nearly = (
        difference(compared(p, Share(p, n), step, z), opponent) for p in (1.0, (n - 1) / n)
    )
    assert perfect.low >= nearly.low - 1e-12
    assert perfect.high >= nearly.high - 1e-12
    assert perfect.low > 0 or nearly.low <= 0  # significantly better
    assert perfect.high >= 0 or nearly.high < 0  # significantly worse


@pytest.mark.parametrize("opponent", range(120, 165))
def test_164_of_164_is_never_judged_below_163_of_164(opponent):
    rival = compared(opponent / 164, Share(opponent / 164, 164), 0.0, Z)
    perfect, nearly = (
        difference(compared(k / 164, Share(k / 164, 164), 0.0, Z), rival) for k in (164, 163)
    )
    assert is_significant(perfect) >= is_significant(nearly)


@given(st.floats(0, 1), st.integers(1, 10_000), st.floats(0, 1), st.integers(1, 10_000))
def test_a_difference_lies_within_its_own_interval(p, n, q, m):
    gap = difference(compared(p, Share(p, n), 0.0, Z), compared(q, Share(q, m), 0.0, Z))
    assert gap.low <= p - q <= gap.high
    assert -1 - 1e-9 <= gap.low <= gap.high <= 1 + 1e-9


@pytest.mark.parametrize(
    ("level", "ranked", "expected"),
    [
        (Level.EACH, 51, 3.28),
        (Level.ALL, 51, 4.11),
        (Level.PAIRWISE, 51, 1.96),
        (Level.EACH, 2, 1.96),
        (Level.ALL, 2, 1.96),
        (Level.EACH, 1, 1.96),  # nobody to be compared with
        (Level.EACH, 0, 1.96),
    ],
)
def test_the_critical_value_of_a_level(level, ranked, expected):
    assert round(critical_value(level, ranked), 2) == expected


def test_the_critical_value_is_exact_where_digits_cancel_out():
    with localcontext(prec=50):
        tail = (1 - (Decimal("0.95").ln() / (10_000 * 9_999 // 2)).exp()) / 2
    expected = -NormalDist().inv_cdf(float(tail))
    assert critical_value(Level.ALL, 10_000) == pytest.approx(expected, rel=1e-12)
