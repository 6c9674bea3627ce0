from decimal import Decimal
from fractions import Fraction
from math import sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.standings import ranking
from leaderboard.standings.ranking import (
    BLOCK,
    Estimate,
    Interval,
    Mean,
    Part,
    RankRange,
    agrees,
    agresti_coull,
    binomial_standard_error,
    clip,
    competition_ranks,
    differ,
    difference,
    half_digit,
    mean_standard_error,
    normal_interval,
    rank_ranges,
    weighted_mean,
    wilson,
)


def numbers(text):
    """“0.9 – 0.8” as a column, “–” for a missing value."""
    return [None if word == "–" else Decimal(word) for word in text.split()]


def parts(*triples):
    return [Part(*map(Decimal, triple)) for triple in triples]


@pytest.mark.parametrize(
    ("values", "ranks"),
    [
        ("", []),
        ("0.5", [1]),
        ("–", [None]),
        ("0.9 0.8 0.7", [1, 2, 3]),
        ("0.7 0.8 0.9", [3, 2, 1]),
        ("0.9 0.8 0.8 0.7", [1, 2, 2, 4]),
        ("0.8 0.8 0.8", [1, 1, 1]),
        ("0.9 – 0.8 – 0.8 0.1", [1, None, 2, None, 2, 4]),
        ("0.80 0.8 0.800000", [1, 1, 1]),
        ("0.80000001 0.8", [1, 2]),
        ("-1 0 1", [3, 2, 1]),
    ],
)
def test_equal_values_share_the_better_rank_and_missing_has_none(values, ranks):
    assert competition_ranks(numbers(values), higher_is_better=True) == ranks


@pytest.mark.parametrize(
    ("values", "ranks"),
    [("0.9 0.8 0.7", [3, 2, 1]), ("2 1 1 –", [3, 1, 1, None]), ("-1 0", [1, 2])],
)
def test_where_lower_is_better_the_smallest_is_first(values, ranks):
    assert competition_ranks(numbers(values), higher_is_better=False) == ranks


columns = st.lists(
    st.none() | st.decimals(min_value=-100, max_value=100, places=2, allow_nan=False), max_size=30
)


@given(columns, st.booleans())
def test_a_rank_is_one_more_than_the_number_of_better_values(values, higher_is_better):
    sign = 1 if higher_is_better else -1
    known = [sign * Fraction(value) for value in values if value is not None]
    expected = [
        None if value is None else 1 + sum(other > sign * Fraction(value) for other in known)
        for value in values
    ]
    assert competition_ranks(values, higher_is_better=higher_is_better) == expected


@given(columns)
def test_turning_the_signs_and_the_direction_changes_no_rank(values):
    opposite = [None if value is None else -value for value in values]
    assert competition_ranks(values, higher_is_better=True) == competition_ranks(
        opposite, higher_is_better=False
    )


@pytest.mark.parametrize(
    ("components", "value", "tolerance"),
    [
        (parts((1, "0.8", "0.005"), (1, "0.7", "0.005")), "0.75", "0.005"),
        (parts((3, "0.8", "0.005"), (1, "0.4", "0.05")), "0.7", "0.01625"),
        (parts((1, "1", "0"), (1, "0", "0"), (1, "0", "0")), "0.33333333", "0"),
        (parts((1, "2", "0"), (1, "0", "0"), (1, "0", "0")), "0.66666667", "0"),
        # half-even at the eighth decimal, both ways
        (parts((1, "0.00000001", "0"), (1, "0", "0")), "0", "0"),
        (parts((1, "0.00000003", "0"), (1, "0", "0")), "0.00000002", "0"),
        (parts((5, "-2.5", "0.05")), "-2.5", "0.05"),
    ],
)
def test_a_mean_is_weighted_and_rounded_half_even_to_eight_decimals(components, value, tolerance):
    assert weighted_mean(components) == Mean(Decimal(value), Decimal(tolerance))


@pytest.mark.parametrize(
    ("reported", "decimals", "agreeing"),
    [
        # components 0.80 and 0.70, to two digits each: 0.75 ± 0.005, and half a digit of its own
        ("0.75", 2, True),
        ("0.76", 2, True),  # |0.76 − 0.75| = 0.005 + 0.005 exactly
        ("0.74", 2, True),
        ("0.77", 2, False),
        ("0.755", 3, True),
        ("0.7555", 4, False),
        ("0.755", 8, True),
        ("0.76000001", 2, False),  # one stored digit beyond the border
        ("0.73999999", 2, False),
        ("0.8", 1, True),
        ("0.9", 1, False),
    ],
)
def test_a_reported_mean_agrees_within_its_own_and_its_components_rounding(
    reported, decimals, agreeing
):
    components = parts((1, "0.80", "0.005"), (1, "0.70", "0.005"))
    assert agrees(Decimal(reported), half_digit(decimals), components) is agreeing


def test_a_border_that_cannot_be_written_as_a_decimal_is_compared_exactly():
    thirds = parts((1, "0.1", "0"), (1, "0.1", "0"), (1, "0.2", "0"))  # 0.1333…
    assert agrees(Decimal("0.13333333"), Decimal("0.00000001"), thirds)
    assert agrees(Decimal("0.13333334"), Decimal("0.00000001"), thirds)
    assert not agrees(Decimal("0.13333335"), Decimal("0.00000001"), thirds)
    assert not agrees(Decimal("0.13333332"), Decimal("0.00000001"), thirds)
    assert not agrees(Decimal("0.13333333"), Decimal(0), thirds)


@pytest.mark.parametrize(
    ("decimals", "half"), [(0, "0.5"), (1, "0.05"), (2, "0.005"), (8, "0.000000005")]
)
def test_half_of_the_last_digit(decimals, half):
    assert half_digit(decimals) == Decimal(half)


stored = st.decimals(
    min_value=-999_999, max_value=999_999, places=8, allow_nan=False, allow_infinity=False
)
weights = st.integers(1, 1_000_000).map(Decimal) | st.decimals(
    min_value=Decimal("0.00000001"), max_value=999_999, places=8
)
tolerances = st.integers(0, 8).map(half_digit)
some_parts = st.lists(st.builds(Part, weights, stored, tolerances), min_size=1, max_size=8)


def exact_mean(components, field):
    total = sum(Fraction(part.weight) for part in components)
    return (
        sum(Fraction(part.weight) * Fraction(getattr(part, field)) for part in components) / total
    )


@given(some_parts)
def test_a_mean_is_the_fraction_rounded_half_even(components):
    mean = weighted_mean(components)
    assert Fraction(mean.value) * 10**8 == round(exact_mean(components, "value") * 10**8)
    assert float(mean.tolerance) == pytest.approx(float(exact_mean(components, "tolerance")))


@given(some_parts, stored, st.integers(0, 8))
def test_agreement_is_what_fractions_say(components, reported, decimals):
    allowed = Fraction(half_digit(decimals)) + exact_mean(components, "tolerance")
    within = abs(Fraction(reported) - exact_mean(components, "value")) <= allowed
    assert agrees(reported, half_digit(decimals), components) is within


@given(some_parts, st.integers(-3, 3), st.integers(0, 8))
def test_agreement_is_what_fractions_say_near_the_border(components, steps, decimals):
    half = half_digit(decimals)
    allowed = Fraction(half) + exact_mean(components, "tolerance")
    border = exact_mean(components, "value") + allowed
    reported = Decimal(round(border * 10**8) + steps).scaleb(-8)
    within = abs(Fraction(reported) - exact_mean(components, "value")) <= allowed
    assert agrees(reported, half, components) is within


@given(some_parts)
def test_the_computed_mean_agrees_with_its_own_components(components):
    assert agrees(weighted_mean(components).value, half_digit(8), components)


# Uncertainty

# Computed with statsmodels 0.15.0 (on scipy 1.17.1), none of which the project needs:
# statsmodels.stats.proportion.std_prop(k / n, n) and
# statsmodels.stats.proportion.proportion_confint(k, n, alpha=0.05, method=…), with “wilson” and
# with “agresti_coull”, which is cut to 0 and 1 there.
REFERENCE_SHARES = [
    # correct, questions, standard error, Wilson, Agresti–Coull
    (0, 1, 0, (0, 0.79345068562), (0, 0.83250051452)),
    (1, 1, 0, (0.20654931438, 1), (0.16749948548, 1)),
    (0, 10, 0, (0, 0.27753279986), (0, 0.32088730575)),
    (1, 10, 0.09486832981, (0.0178762131, 0.4041500268), (0, 0.42596773739)),
    (5, 10, 0.15811388301, (0.23659309051, 0.76340690949), (0.23659309051, 0.76340690949)),
    (9, 10, 0.09486832981, (0.5958499732, 0.98212378691), (0.5740322626, 1)),
    (10, 10, 0, (0.72246720014, 1), (0.67911269425, 1)),
    (0, 29, 0, (0, 0.1169697985), (0, 0.13873995281)),
    (1, 29, 0.03388301272, (0.00611321429, 0.17175521879), (0, 0.18628650856)),
    (15, 29, 0.09279245192, (0.34431021882, 0.68613909847), (0.34429971264, 0.68614960466)),
    (28, 29, 0.03388301272, (0.82824478121, 0.99388678571), (0.81371349144, 1)),
    (29, 29, 0, (0.8830302015, 1), (0.86126004719, 1)),
    (0, 30, 0, (0, 0.11351339317), (0, 0.13471169614)),
    (1, 30, 0.03277306934, (0.00590859038, 0.16670390991), (0, 0.18091798453)),
    (27, 30, 0.05477225575, (0.74378917421, 0.96540011125), (0.73582817508, 0.97336111038)),
    (30, 30, 0, (0.88648660683, 1), (0.86528830386, 1)),
    (0, 355, 0, (0, 0.01070517), (0, 0.0129019974)),
    (122, 355, 0.02520666249, (0.29616810507, 0.39450308893), (0.29613993359, 0.39453126041)),
    (301, 355, 0.01906064523, (0.80681928818, 0.88150697382), (0.80663602436, 0.88169023764)),
    (355, 355, 0, (0.98929483, 1), (0.98709800261, 1)),
    (0, 4343, 0, (0, 0.00088373566), (0, 0.00106662524)),
    (1086, 4343, 0.0065711147, (0.23740309611, 0.26315379777), (0.23740120325, 0.26315569063)),
    (3778, 4343, 0.00510470274, (0.85957274342, 0.87958464946), (0.8595674096, 0.87958998329)),
    (4213, 4343, 0.00258572695, (0.96456866289, 0.9747340558), (0.96455172993, 0.97475098876)),
    (4343, 4343, 0, (0.99911626434, 1), (0.99893337476, 1)),
    (0, 10**6, 0, (0, 0.00000384144), (0, 0.00000463703)),
    (1, 10**6, 0.000001, (0.00000017652, 0.00000566491), (0, 0.00000627031)),
    (500000, 10**6, 0.0005, (0.49902001989, 0.50097998011), (0.49902001989, 0.50097998011)),
    (870000, 10**6, 0.00033630343, (0.86933943578, 0.87065772155), (0.86933943425, 0.87065772308)),
    (10**6, 10**6, 0, (0.99999615856, 1), (0.99999536297, 1)),
]


def close(numbers):
    return pytest.approx(numbers, rel=0, abs=1e-9)


@pytest.mark.parametrize(("correct", "n", "error", "score", "adjusted"), REFERENCE_SHARES)
def test_the_uncertainty_of_a_share_is_that_of_statsmodels(correct, n, error, score, adjusted):
    p = correct / n
    assert binomial_standard_error(p, n) == close(error)
    assert wilson(p, n) == close(score)
    assert clip(normal_interval(*agresti_coull(p, n)), 0, 1) == close(adjusted)


@pytest.mark.parametrize(
    ("correct", "n", "is_adjusted"),
    [
        (5, 10, True),
        (15, 29, True),
        (15, 30, False),
        (0, 30, True),
        (30, 30, True),
        (1, 30, False),
        (4343, 4343, True),
        (4342, 4343, False),
    ],
)
def test_tests_adjust_a_share_of_few_questions_or_of_all_or_none(correct, n, is_adjusted):
    p = correct / n
    adjusted, plain = agresti_coull(p, n), Estimate(p, binomial_standard_error(p, n))
    assert adjusted != plain
    assert ranking.tested_share(p, n) == (adjusted if is_adjusted else plain)


# Computed with statsmodels 0.15.0:
# statsmodels.stats.proportion.test_proportions_2indep(k1, n1, k2, n2, compare="diff",
# method="wald"); where a share is 0 or 1 or of fewer than 30 questions, with k + z²/2 and n + z²,
# z = scipy.stats.norm.ppf(0.975) of scipy 1.17.1.
REFERENCE_TESTS = [
    # (correct, questions) of the first and of the second, statistic, two-sided p-value
    ((10, 10), (4213, 4343), -1.17079672765552, 0.241680493479807),
    ((29, 29), (4213, 4343), -0.695893987245394, 0.48649522310147),
    ((0, 1), (1, 1), -0.656892598055673, 0.511249977983537),
    ((0, 10), (10, 10), -5.49783151546466, 3.84490021911643e-08),
    ((15, 29), (20, 29), -1.27032810465187, 0.20396778110228),
    ((27, 30), (20, 30), 2.28720718912359, 0.0221837326038722),
    ((301, 355), (280, 355), 2.04996769023402, 0.0403675838332317),
    ((301, 355), (282, 355), 1.86512510023383, 0.0621638710340935),
    ((3778, 4343), (3734, 4343), 1.38101509353733, 0.167274319869751),
    ((3778, 4343), (3720, 4343), 1.81150271689973, 0.0700630688851416),
    ((3778, 4343), (3717, 4343), 1.90321820899914, 0.0570120781101731),
    ((122, 355), (1086, 4343), 3.59338417503764, 0.000326410779062407),
    ((870000, 10**6), (869000, 10**6), 2.09915946541116, 0.0358028458789672),
    ((870000, 10**6), (869100, 10**6), 1.88955082411145, 0.0588180593487099),
    ((870000, 10**6), (869068, 10**6), 1.9566329930075, 0.05039063310481),
    ((870000, 10**6), (869067, 10**6), 1.9587291984767, 0.0501445090739224),
    ((870000, 10**6), (869066, 10**6), 1.96082539714042, 0.0498993943254014),
    ((0, 4343), (4343, 4343), -2216.34676369707, 0),
    ((4343, 4343), (4340, 4343), 0.487614775785247, 0.625822727626467),
    ((4343, 4343), (4333, 4343), 2.34319924533531, 0.0191191698282705),
]


@pytest.mark.parametrize(("first", "second", "statistic", "p_value"), REFERENCE_TESTS)
def test_a_difference_of_shares_is_tested_as_statsmodels_does(first, second, statistic, p_value):
    one, other = (ranking.tested_share(correct / n, n) for correct, n in (first, second))
    gap = difference(one, other)
    assert gap.value / gap.standard_error == close(statistic)
    assert (differ(one, other), differ(other, one)) == (p_value < 0.05, p_value < 0.05)


def test_ten_of_ten_does_not_beat_4213_of_4343():
    perfect, measured = ranking.tested_share(1.0, 10), ranking.tested_share(4213 / 4343, 4343)
    assert not differ(perfect, measured)
    assert rank_ranges([perfect, measured], [1, 2], higher_is_better=True) == [(1, 2), (1, 2)]
    assert differ(ranking.tested_share(1.0, 4343), measured)


@pytest.mark.parametrize(
    ("first", "second", "is_different"), [(1.0, 1.0, False), (1.0, 0.999, True), (-1.0, 1.0, True)]
)
def test_two_standard_errors_of_zero_compare_the_values(first, second, is_different):
    assert differ(Estimate(first, 0.0), Estimate(second, 0.0)) is is_different
    assert differ(Estimate(second, 0.0), Estimate(first, 0.0)) is is_different


@pytest.mark.parametrize(
    # Standard errors computed with statsmodels 0.15.0:
    # statsmodels.stats._delta_method.NonlinearDeltaCov(lambda v: numpy.average(v, weights=w), v,
    # numpy.diag(se**2)).se_vectorized(); intervals with scipy 1.17.1: scipy.stats.norm.interval.
    ("parts_of_mean", "error", "interval"),
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
def test_the_interval_of_a_weighted_mean_is_that_of_statsmodels(parts_of_mean, error, interval):
    total = sum(weight for weight, _, _ in parts_of_mean)
    mean = sum(weight * value for weight, value, _ in parts_of_mean) / total
    found = mean_standard_error([(weight, error) for weight, _, error in parts_of_mean])
    assert found == close(error)
    assert normal_interval(mean, found) == close(interval)


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


# Rank ranges


@pytest.mark.parametrize(
    ("ends", "text"), [((1, 1), "1"), ((4, 8), "4–8"), ((9, 18), "9–18"), ((51, 51), "51")]
)
def test_a_rank_range_is_written_with_a_dash_unless_it_is_one_rank(ends, text):
    assert str(RankRange(*ends)) == text


def column(text):
    """“0.9±0.01 0.5 –”: values with and without a standard error, and a missing one."""
    values, estimates = [], []
    for word in text.split():
        value, _, error = word.partition("±")
        values.append(None if value == "–" else Decimal(value))
        estimates.append(Estimate(float(value), float(error)) if error else None)
    return values, estimates


def ranges(values, estimates, *, higher_is_better=True):
    ranks = competition_ranks(values, higher_is_better=higher_is_better)
    return rank_ranges(estimates, ranks, higher_is_better=higher_is_better)


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
        # as if independent: 0.02 apart is 1.41 standard errors of the difference, 0.04 is 2.83
        ("0.94±0.01 0.92±0.01 0.90±0.01", [(1, 2), (1, 3), (2, 3)]),
        # two standard errors of 0 compare the values
        ("0.9±0 0.8±0 0.8±0 0.7±0", [(1, 1), (2, 3), (2, 3), (4, 4)]),
        # missing is absent
        ("– 0.9±0.01 – 0.5±0.01", [None, (1, 1), None, (2, 2)]),
        # without a standard error it counts, and is not significantly better or worse
        ("0.9±0.01 0.7 0.5±0.01", [(1, 2), None, (2, 3)]),
        ("0.9 0.8 0.7±0.01", [None, None, (1, 3)]),
        ("0.9 – 0.7", [None, None, None]),
    ],
)
def test_a_range_goes_from_the_best_to_the_worst_rank_that_tests_leave_open(text, expected):
    assert ranges(*column(text)) == expected


def test_a_range_contains_the_rank_whatever_the_adjustment_of_small_samples_does():
    estimates = [Estimate(0.1, 0.01), Estimate(0.9, 0.01), Estimate(0.9, 0.01)]
    # the first is far behind as adjusted, and was ahead as measured
    assert rank_ranges(estimates, [1, 2, 2], higher_is_better=True) == [(1, 3), (1, 2), (1, 2)]
    # far ahead as adjusted, and was behind
    assert rank_ranges(estimates, [3, 1, 1], higher_is_better=False) == [(1, 3), (1, 3), (1, 3)]


def pairwise(values, estimates, *, higher_is_better):
    """The rule, pair by pair."""
    known = [value for value in values if value is not None]
    expected = []
    for value, estimate in zip(values, estimates, strict=True):
        if value is None or estimate is None:
            expected.append(None)
            continue
        ahead = [
            (other.value - estimate.value if higher_is_better else estimate.value - other.value)
            / (sqrt(other.standard_error**2 + estimate.standard_error**2) or 1e-99)
            for other in estimates
            if other is not None
        ]
        rank = 1 + sum(other > value if higher_is_better else other < value for other in known)
        best = 1 + sum(statistic > 1.959963984540054 for statistic in ahead)
        worst = len(known) - sum(statistic < -1.959963984540054 for statistic in ahead)
        expected.append((min(best, rank), max(worst, rank)))
    return expected


def share(correct, n):
    return Decimal(correct) / n, ranking.tested_share(correct / n, n)


def measured(thousandths, error):
    value = Decimal(thousandths).scaleb(-3)
    return value, Estimate(float(value), error / 1000)


question_counts = st.sampled_from([1, 2, 10, 29, 30, 100, 355, 4343, 10**6])
shares = question_counts.flatmap(lambda n: st.builds(share, st.integers(0, n), st.just(n)))
errors = st.just(0) | st.integers(1, 300)
unadjusted = st.builds(measured, st.integers(0, 1000), errors)
none_correct = question_counts.map(lambda n: share(0, n))
all_correct = question_counts.map(lambda n: share(n, n))
with_estimate = st.one_of(shares, none_correct, all_correct, unadjusted)
without_estimate = st.integers(0, 1000).map(lambda value: (Decimal(value).scaleb(-3), None))
missing = st.just((None, None))
entries = st.lists(with_estimate | without_estimate | missing, max_size=15)


def unzip(pairs):
    return [value for value, _ in pairs], [estimate for _, estimate in pairs]


@given(entries, st.booleans())
def test_ranges_are_what_testing_every_pair_gives(pairs, higher_is_better):
    found = ranges(*unzip(pairs), higher_is_better=higher_is_better)
    assert found == pairwise(*unzip(pairs), higher_is_better=higher_is_better)


KINDS = {
    "as many questions for all": lambda random: share(random.randint(0, 355), 355),
    "three numbers of questions": lambda random: share_of(random, (30, 355, 4343)),
    "all close together": lambda random: share(random.randint(3700, 3800), 4343),
    "any standard error": lambda random: measured(
        random.randint(0, 1000), random.choice((0, 1, 10, 100))
    ),
    "standard errors about as large": lambda random: measured(
        random.randint(0, 1000), random.randint(70, 130)
    ),
    "some missing": lambda random: random.choice([(None, None), share_of(random, (10, 1000))]),
}


def share_of(random, counts):
    n = random.choice(counts)
    return share(random.randint(0, n), n)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [BLOCK - 1, BLOCK + 1, 5 * BLOCK + 7])
def test_ranges_of_a_long_column_are_what_testing_every_pair_gives(kind, size):
    random = Random(f"{kind} {size}")
    values, estimates = unzip([KINDS[kind](random) for _ in range(size)])
    found = ranges(values, estimates)
    assert found == pairwise(values, estimates, higher_is_better=True)
    assert len(set(found)) > 2


def test_a_few_larger_standard_errors_in_a_long_column_are_not_overlooked():
    random = Random("a few larger")
    pairs = [
        measured(random.randint(0, 240), random.choices((70, 98), weights=(97, 3))[0])
        for _ in range(10 * BLOCK)
    ]
    assert ranges(*unzip(pairs)) == pairwise(*unzip(pairs), higher_is_better=True)


@given(entries, st.booleans())
def test_ranges_contain_the_rank_and_lie_within_the_number_of_ranked(pairs, higher_is_better):
    values, estimates = unzip(pairs)
    ranks = competition_ranks(values, higher_is_better=higher_is_better)
    count = sum(rank is not None for rank in ranks)
    for rank, estimate, found in zip(
        ranks, estimates, ranges(values, estimates, higher_is_better=higher_is_better), strict=True
    ):
        if estimate is None:
            assert found is None
        else:
            assert 1 <= found.best <= rank <= found.worst <= count


@given(st.lists(unadjusted, min_size=1, max_size=15), st.data())
def test_no_range_shrinks_when_one_standard_error_grows(pairs, data):
    values, estimates = unzip(pairs)
    before = ranges(values, estimates)
    index = data.draw(st.integers(0, len(pairs) - 1))
    value, error = estimates[index]
    estimates[index] = Estimate(value, error + data.draw(st.integers(1, 300)) / 1000)
    after = ranges(values, estimates)
    assert all(
        new.best <= old.best and old.worst <= new.worst
        for new, old in zip(after, before, strict=True)
    )


@given(entries, st.randoms(use_true_random=False))
def test_ranges_do_not_depend_on_the_order_of_rows(pairs, random):
    order = list(range(len(pairs)))
    random.shuffle(order)
    found = ranges(*unzip(pairs))
    assert ranges(*unzip([pairs[index] for index in order])) == [found[index] for index in order]


@given(entries, st.integers(0, 15))
def test_a_missing_score_changes_no_range(pairs, position):
    found = ranges(*unzip(pairs))
    more = [*pairs[:position], (None, None), *pairs[position:]]
    assert ranges(*unzip(more)) == [*found[:position], None, *found[position:]]


@given(st.lists(unadjusted | without_estimate | missing, max_size=15), st.integers(0, 1000))
def test_one_without_an_estimate_counts_and_is_not_better_or_worse_than_anyone(pairs, thousandths):
    values, estimates = unzip(pairs)
    newcomer = Decimal(thousandths).scaleb(-3)
    ranks = competition_ranks([*values, newcomer], higher_is_better=True)
    expected = [
        found and (min(found.best, rank), max(found.worst + 1, rank))
        for found, rank in zip(ranges(values, estimates), ranks, strict=False)
    ]
    assert ranges([*values, newcomer], [*estimates, None]) == [*expected, None]


@given(entries)
def test_where_lower_is_better_ranges_are_those_of_the_turned_signs(pairs):
    values, estimates = unzip(pairs)
    turned = [None if value is None else -value for value in values]
    turned_estimates = [
        None if each is None else Estimate(-each.value, each.standard_error) for each in estimates
    ]
    assert ranges(values, estimates, higher_is_better=False) == ranges(turned, turned_estimates)
