from decimal import Decimal

import pytest

from leaderboard.text.numbers import (
    decimal_places,
    format_exact,
    format_number,
    parse_number,
    reported_places,
)

NO_SCORE = "leave the box empty if there is no score."
PLAIN_DIGITS = "type plain digits with a point, like 0.87."
ASCII_DIGITS = "type plain digits 0–9 and a point, without special characters or spaces."
PERCENT = "leave out the percent sign and type the number in the unit of the metric."
THOUSANDS = "use a point for the decimals and nothing between thousands, like 1234.5."


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0.87", "0.87"),
        (" 0.87\r\n", "0.87"),
        ("0.870", "0.870"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+5", "5"),
        ("-3.25", "-3.25"),
        ("1e-3", "0.001"),
        ("1E5", "1E+5"),
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0.00"),
        ("999999.99999999", "999999.99999999"),
    ],
)
def test_plain_numbers_are_read_as_typed(typed, number):
    parsed = parse_number(typed)
    assert parsed.as_tuple() == Decimal(number).as_tuple()


@pytest.mark.parametrize(
    ("typed", "remedy"),
    [
        ("0,87", "use a point for the decimals, like 0.87."),
        ("-0,875", "use a point for the decimals, like -0.875."),
        ("87,3", "use a point for the decimals, like 87.3."),
        ("1,000", THOUSANDS),
        ("1,234.5", THOUSANDS),
        ("87.3 %", PERCENT),
        ("87％", PERCENT),
        ("1_000", PLAIN_DIGITS),
        ("1 000", PLAIN_DIGITS),
        ("0x1A", PLAIN_DIGITS),
        ("1.2.3", PLAIN_DIGITS),
        ("--5", PLAIN_DIGITS),
        ("1e9999", PLAIN_DIGITS),
        ("'0.87'", PLAIN_DIGITS),
        ("<script>", PLAIN_DIGITS),
        ("0.5\x00", PLAIN_DIGITS),
        ("１.５", ASCII_DIGITS),
        ("٠.٥", ASCII_DIGITS),
        ("½", ASCII_DIGITS),
        ("−0.5", ASCII_DIGITS),
        ("0.5\u00a0", ASCII_DIGITS),
        ("\u00a00.5", ASCII_DIGITS),
        ("0.5\u200b", ASCII_DIGITS),
        ("∞", ASCII_DIGITS),
        ("", NO_SCORE),
        ("NaN", NO_SCORE),
        ("-nan", NO_SCORE),
        ("inf", NO_SCORE),
        ("-Infinity", NO_SCORE),
        ("n/a", NO_SCORE),
        ("-", NO_SCORE),
        ("–", NO_SCORE),
    ],
)
def test_anything_else_is_refused_with_a_remedy(typed, remedy):
    with pytest.raises(ValueError, match="is not a number here") as refusal:
        parse_number(typed)
    assert str(refusal.value) == f"“{typed}” is not a number here: {remedy}"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("1" + "0" * 15, "1" + "0" * 15),
        ("-1e15", "-1e15"),
        ("1e999", "1e999"),
        ("9" * 5_000, "9" * 30 + "…"),
    ],
)
def test_a_number_too_large_to_store_is_refused_and_not_repeated_at_length(typed, shown):
    with pytest.raises(ValueError, match="too large") as refusal:
        parse_number(typed)
    assert str(refusal.value) == f"“{shown}” is too large. Type a number below 10¹⁵."


@pytest.mark.parametrize(
    ("number", "places"),
    [("0.60", 1), ("0.6", 1), ("12", 0), ("0.00000001", 8), ("1E+3", 0), ("0.00", 0), ("-1.25", 2)],
)
def test_trailing_zeros_carry_no_information(number, places):
    assert decimal_places(Decimal(number)) == places


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        ("0.6", 2, "0.60"),
        ("0.605", 2, "0.60"),  # half-even
        ("0.615", 2, "0.62"),
        ("0.995", 2, "1.00"),
        ("0.6050000001", 2, "0.61"),
        ("1.5", 0, "2"),
        ("2.5", 0, "2"),
        ("-0.006", 2, "-0.01"),
        ("-0.001", 2, "0.00"),
        ("-0", 0, "0"),
        ("1E+2", 1, "100.0"),
        ("999999.99999999", 8, "999,999.99999999"),
    ],
)
def test_a_page_shows_always_so_many_decimals_rounded_half_even(number, decimals, text):
    assert format_number(Decimal(number), decimals) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0.60000000", "0.6"),
        ("12.00", "12"),
        ("1E+3", "1000"),
        ("0.00000001", "0.00000001"),
        ("0E-8", "0"),
        ("-1.50", "-1.5"),
    ],
)
def test_full_precision_has_no_trailing_zero_and_no_exponent(number, text):
    assert format_exact(Decimal(number)) == text


@pytest.mark.parametrize(
    ("written", "places"), [("0.850", 3), ("0.85", 2), ("12", 0), ("1e2", 0), ("1e-3", 3)]
)
def test_reported_places_are_those_written(written, places):
    assert reported_places(parse_number(written)) == places
