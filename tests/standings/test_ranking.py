from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.standings.ranking import (
    Mean,
    agrees,
    competition_ranks,
    half_digit,
    weighted_mean,
)


def numbers(text):
    """“0.9 – 0.8” as a column, “–” for a missing value."""
    return [None if word == "–" else Decimal(word) for word in text.split()]


def parts(*triples):
    return [tuple(map(Decimal, triple)) for triple in triples]


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
some_parts = st.lists(st.tuples(weights, stored, tolerances), min_size=1, max_size=8)

VALUE, TOLERANCE = 1, 2  # places in a part


def exact_mean(components, place):
    total = sum(Fraction(part[0]) for part in components)
    return sum(Fraction(part[0]) * Fraction(part[place]) for part in components) / total


@given(some_parts)
def test_a_mean_is_the_fraction_rounded_half_even(components):
    mean = weighted_mean(components)
    assert Fraction(mean.value) * 10**8 == round(exact_mean(components, VALUE) * 10**8)
    assert float(mean.tolerance) == pytest.approx(float(exact_mean(components, TOLERANCE)))


@given(some_parts, stored, st.integers(0, 8))
def test_agreement_is_what_fractions_say(components, reported, decimals):
    allowed = Fraction(half_digit(decimals)) + exact_mean(components, TOLERANCE)
    within = abs(Fraction(reported) - exact_mean(components, VALUE)) <= allowed
    assert agrees(reported, half_digit(decimals), components) is within


@given(some_parts, st.integers(-3, 3), st.integers(0, 8))
def test_agreement_is_what_fractions_say_near_the_border(components, steps, decimals):
    half = half_digit(decimals)
    allowed = Fraction(half) + exact_mean(components, TOLERANCE)
    border = exact_mean(components, VALUE) + allowed
    reported = Decimal(round(border * 10**8) + steps).scaleb(-8)
    within = abs(Fraction(reported) - exact_mean(components, VALUE)) <= allowed
    assert agrees(reported, half, components) is within


@given(some_parts)
def test_the_computed_mean_agrees_with_its_own_components(components):
    assert agrees(weighted_mean(components).value, half_digit(8), components)
