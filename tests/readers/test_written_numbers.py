"""Numbers and days as people write them, by the table of kinds."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.readers.files.dates import DAY_FIRST, MONTH_FIRST, find_day_order, read_day
from leaderboard.readers.files.numbers import (
    find_decimal_sign,
    read_body,
    take_apart,
    take_margin_apart,
)
from leaderboard.text.numbers import LARGEST
from leaderboard.text.sentences import Sentence

# (text, with a decimal point, with a decimal comma, unit, margins)
KINDS = [
    ("0.87", "0.87", None, "", ()),
    ("0,87", None, "0.87", "", ()),
    ("1.200", "1.200", "1200", "", ()),
    ("1,200", "1200", "1.200", "", ()),
    ("1.200.000", None, "1200000", "", ()),
    ("1,872,455", "1872455", None, "", ()),
    ("1.200,5", None, "1200.5", "", ()),
    ("1,200.5", "1200.5", None, "", ()),
    ("0.684", "0.684", None, "", ()),  # no group begins with 0
    ("1234.567", "1234.567", None, "", ()),
    ("12,34,567", "1234567", None, "", ()),
    ("4 350", "4350", "4350", "", ()),
    ("4\u202f350,5", None, "4350.5", "", ()),
    ("12\xa0040", "12040", "12040", "", ()),
    ("1'200.50", "1200.50", None, "", ()),
    ("1’200", "1200", "1200", "", ()),
    ("1,2,3", None, None, "", ()),
    ("1 20", None, None, "", ()),
    ("\u22125.25", "-5.25", None, "", ()),
    ("–3", "-3", "-3", "", ()),
    ("+0.5", "0.5", None, "", ()),
    ("1e-5", "0.00001", "0.00001", "", ()),
    ("90.18%", "90.18", None, "%", ()),
    ("88,00 %", None, "88.00", "%", ()),
    ("71 ％", "71", "71", "%", ()),
    ("$29.08", "29.08", None, "$", ()),
    ("-$3", "-3", "-3", "$", ()),
    ("29,08 €", None, "29.08", "€", ()),
    ("USD 12", "12", "12", "USD", ()),
    ("12.5s", "12.5", None, "s", ()),
    ("980 ms", "980", "980", "ms", ()),
    ("45 tok/s", "45", "45", "tok/s", ()),
    ("12 秒", "12", "12", "秒", ()),
    ("1492 ± 6", "1492", "1492", "", ("6",)),
    ("71.2±0.3", "71.2", None, "", ("0.3",)),
    ("71.2% ± 0.3%", "71.2", None, "%", ("0.3",)),
    ("71.2 ± 0.3 %", "71.2", None, "%", ("0.3",)),
    ("71.2 +/- 0.3", "71.2", None, "", ("0.3",)),
    ("71.2 (0.3)", "71.2", None, "", ("0.3",)),
    ("1492 +6/-7", "1492", "1492", "", ("6", "7")),
    ("**87.5**", "87.5", None, "", ()),
    ("<b>87.5</b>", "87.5", None, "", ()),
    ("\\textbf{87.5}", "87.5", None, "", ()),
    ("$87.5$", "87.5", None, "", ()),
    ("87.5*", "87.5", None, "", ()),
    ("87.5 †", "87.5", None, "", ()),
    ("87.5²", "87.5", None, "", ()),
    ("87.5[a]", "87.5", None, "", ()),
    ("12 [1]", "12", "12", "", ()),
    ("71.2 (±0.3)", "71.2", None, "", ("0.3",)),
    ("71.2 (+/- 0.3)", "71.2", None, "", ("0.3",)),
    ("71.2% (0.3%)", "71.2", None, "%", ("0.3",)),
    ("**71.2** ± 0.3", "71.2", None, "", ("0.3",)),
    ("\\textbf{71.2} $\\pm$ 0.3", "71.2", None, "", ("0.3",)),
    ("🥇 71.2", "71.2", None, "", ()),
    ("71.2 ▲", "71.2", None, "", ()),
    ("71.2 percent", "71.2", None, "%", ()),
    ("5 ‰", "5", "5", "‰", ()),
    ("£3.20", "3.20", None, "£", ()),
    ("US$ 3.20", "3.20", None, "US$", ()),
    ("R$ 4,35", None, "4.35", "R$", ()),
    ("CA$3", "3", "3", "CA$", ()),
    ("₹1,20,000", "120000", None, "₹", ()),
    ("4 350 мс", "4350", "4350", "мс", ()),
]


def number(body, sign):
    found = read_body(body, sign)
    return found if found is None else f"{found:f}"


@pytest.mark.parametrize(("text", "point", "comma", "unit", "margins"), KINDS)
def test_a_number_is_taken_apart_and_read_with_either_sign(text, point, comma, unit, margins):
    written = take_apart(text)
    assert written is not None
    assert (number(written.body, "."), number(written.body, ",")) == (point, comma)
    assert (written.unit, written.margins) == (unit, margins)


@pytest.mark.parametrize(
    ("text", "body", "ends"),
    [
        ("71.2 [70.1, 72.3]", "71.2", ("70.1", "72.3")),
        ("71.2 [70.1,72.3]", "71.2", ("70.1", "72.3")),
        ("71.2 (70.1–72.3)", "71.2", ("70.1", "72.3")),
        ("71,2 [70,1; 72,3]", "71,2", ("70,1", "72,3")),
        ("71.2% (70.1%, 72.3%)", "71.2", ("70.1", "72.3")),
        ("-5 [-6, -4]", "-5", ("-6", "-4")),
        ("1,492 (1,480 to 1,504)", "1,492", ("1,480", "1,504")),
        ("71.2 (0.3)", "71.2", ()),
    ],
)
def test_both_ends_of_an_interval_may_stand_behind_a_number(text, body, ends):
    written = take_apart(text)
    assert (written.body, written.ends) == (body, ends)
    assert written.bodies == (body, *written.margins, *ends)


@pytest.mark.parametrize(
    "text",
    [
        "", "abc", "gpt-4o", "NaN", "0x1A", "½", "5²", "1_000", "12/20", "2025-04-29", "4/29/2025",
        "8x7B", "5-shot", "~85", ">90", "١٢", "１.５", "1 of 5", "--5", "$5 €", "1e5x",
        "7 B or so", "v1.2", "１２.５", "٧١٫٢", "<0.1", "≈71", "1:23", "(5)", "71.2 (+1.2)",
        "71.2 (30%)", "71.2 (3rd)", "12 345,6,7",
    ],
)  # fmt: skip
def test_what_is_no_number_is_not_taken_for_one(text):
    written = take_apart(text)
    assert written is None or (read_body(written.body, "."), read_body(written.body, ",")) == (
        None,
        None,
    )


@pytest.mark.parametrize(
    ("text", "sides"), [("±6", ("6",)), ("+6/-7", ("6", "7")), ("6", ()), ("x", ())]
)
def test_a_margin_may_stand_alone(text, sides):
    assert take_margin_apart(text) == sides


@pytest.mark.parametrize(
    ("bodies", "sign"),
    [
        (["71,2", "4.350", "980"], ","),
        (["71.2", "4,350"], "."),
        (["1.200.000", "4.350"], ","),
        (["0.684", "1.200"], "."),
        (["1.200,5"], ","),
        (["980", "12"], "."),  # nothing to decide
        (["1.200", "980"], ""),
        (["1,200", "4.350"], ""),
        (["71.2", "0,87", "0.5"], "."),  # a slip of the pen is found by the others
        (["71.2", "0,87", "4.350"], ""),
        (["1.234"] * 11 + ["1,5"], ""),  # one against many that could be either
        (["1.234"] * 10 + ["1,5"], ","),
        ([], "."),
    ],
)
def test_the_decimal_sign_is_found_from_all_numbers_or_asked(bodies, sign):
    assert find_decimal_sign(bodies).sign == sign


def grouped(number, group, decimal):
    return f"{number:,f}".replace(",", "\0").replace(".", decimal).replace("\0", group)


@given(
    st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=20),
    st.sampled_from([(".", ","), ("\u202f", ","), (",", "."), ("'", "."), (" ", ",")]),
)
def test_a_file_written_in_one_way_is_read_back_or_asked(numbers, signs):
    texts = [grouped(each, *signs) for each in numbers]
    bodies = [take_apart(text).body for text in texts]
    assert find_decimal_sign(bodies).sign == signs[1]
    assert [read_body(body, signs[1]) for body in bodies] == numbers


@given(st.text(alphabet="0123456789.,' -+eE%±()k", max_size=20))
def test_whatever_stands_in_a_cell_is_a_number_or_none(text):
    written = take_apart(text)
    for sign in (".", ",") if written else ():
        with suppress(Sentence):  # which says that it is too large
            found = read_body(written.body, sign)
            assert found is None or abs(found) < LARGEST


# Days


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2025-04-29", "", "2025-04-29"),
        ("2025/4/29", "", "2025-04-29"),
        ("2025年4月29日", "", "2025-04-29"),
        ("2025-04-29T13:30:00", "", "2025-04-29"),
        ("29.4.2025", "", "2025-04-29"),
        ("29.04.25", "", "2025-04-29"),
        ("4/29/2025", MONTH_FIRST, "2025-04-29"),
        ("29/04/2025", DAY_FIRST, "2025-04-29"),
        ("4/5/2025", MONTH_FIRST, "2025-04-05"),
        ("4/5/2025", DAY_FIRST, "2025-05-04"),
        ("4/5/2025", "", None),
        ("5/5/2025", "", "2025-05-05"),
        ("4/29/25 0:00", MONTH_FIRST, "2025-04-29"),
        ("April 29, 2025", "", "2025-04-29"),
        ("29 Apr 2025", "", "2025-04-29"),
        ("29. April 2025", "", "2025-04-29"),
        ("29 avril 2025", "", "2025-04-29"),
        ("2025-02-30", "", None),
        ("2025", "", None),
        ("April 2025", "", None),
        ("45776", "", "2025-04-29"),  # as spreadsheets count days
        ("4577", "", None),
        ("457760", "", None),
        ("20250429", "", "2025-04-29"),
        ("20251329", "", None),
        ("12-Dec-24", "", "2024-12-12"),
        ("2025-Apr-29", "", "2025-04-29"),
        ("29 abril 2025", "", "2025-04-29"),
        ("29 de abril de 2025", "", "2025-04-29"),
        ("1er août 2025", "", "2025-08-01"),
        ("29 aprile 2025", "", "2025-04-29"),
        ("Sept. 3 2024", "", "2024-09-03"),
        ("25-04-29", "", None),  # the year may stand first
        ("29/04/25", DAY_FIRST, "2025-04-29"),
        ("2025-04", "", None),
        ("Q2 2025", "", None),
    ],
)
def test_a_day_is_read_in_the_order_of_its_column(text, order, day):
    found = read_day(text, order)
    assert (found and found.isoformat()) == day


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["4/5/2025", "4/29/2025"], MONTH_FIRST),
        (["29/4/2025", "4/5/2025"], DAY_FIRST),
        (["4/5/2025", "1/2/2024"], ""),
        (["4/29/2025", "29/4/2025"], ""),
        (["2025-04-05", "4.5.2025"], ""),
        (["25/04/29", "24/12/12"], ""),  # the year may stand first
        (["29/04/25", "13/12/24"], DAY_FIRST),
        (["4/29/25", "12/12/24"], MONTH_FIRST),
    ],
)
def test_the_order_of_days_is_found_by_the_column_as_a_whole(texts, order):
    assert find_day_order(texts).order == order
