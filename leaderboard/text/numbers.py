"""Numbers as people type them and as pages show them. Pure: no Django, no database."""

import re
from decimal import Decimal
from unicodedata import normalize

from .sentences import Sentence, noop

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
LARGEST = Decimal(10**15)  # a number is smaller, on either side of 0
MOST_DIGITS = 15  # significant ones: as many as every database and JSON reader keeps exactly


def parse_number(text: str) -> Decimal:
    """Returns the number that a text is, in plain ASCII digits with a point.

    Raises Sentence, which says what to type, for everything that Python or a spreadsheet would read
    differently: 1_000, 0,87, 87 %, １.５, NaN, 0x1A, ½.
    """
    typed = text.strip(" \t\r\n")
    if NUMBER.fullmatch(typed):
        number = Decimal(typed)
        if abs(number) >= LARGEST:
            raise Sentence("%(typed)s is too large. Type a number below 10¹⁵.", typed=_short(typed))
        return number or abs(number)  # never -0
    raise Sentence(_remedy(typed), typed=_short(typed), repaired=typed.replace(",", "."))


COUNT = re.compile(r"\d{1,9}|[1-9]\d{0,2}(?:([ ,.'])\d{3})(?:\1\d{3}){0,2}", re.ASCII)


def parse_count(text: str) -> int:
    """Returns the whole number above 0 that a text is: 1200, 1,200, 1 200, 1.200, 1'200, １２００.

    A count has no decimals, so a point or comma before three digits can only group them. Raises
    Sentence for anything else, so that nothing is cut off.
    """
    typed = re.sub(r"[\s’]", lambda found: "'" if found[0] == "’" else " ", text.strip())
    plain = normalize("NFKC", typed)
    number = int(re.sub(r"\D", "", plain)) if COUNT.fullmatch(plain) else 0
    if not number:
        raise Sentence(COUNT_LIKE, typed=_short(text.strip()))
    return number


# Marked for translation; Sentence says them.
COUNT_LIKE = noop("%(typed)s is not a number of questions. Type a whole number, like 2960.")
DECIMAL_COMMA = noop(
    "%(typed)s is not a number here: use a point for the decimals, like %(repaired)s."
)
THOUSANDS = noop(
    "%(typed)s is not a number here: use a point for the decimals and nothing between thousands, "
    "like 1234.5."
)
PERCENT = noop(
    "%(typed)s is not a number here: leave out the percent sign and type the number in the unit of "
    "the metric."
)
NOTHING = noop("%(typed)s is not a number here: leave the box empty if there is no score.")
SPECIAL = noop(
    "%(typed)s is not a number here: type plain digits 0–9 and a point, without special characters "
    "or spaces."
)
OTHER = noop("%(typed)s is not a number here: type plain digits with a point, like 0.87.")


def _remedy(typed: str) -> str:
    if re.fullmatch(r"[+-]?(\d+,(\d{1,2}|\d{4,})|0,\d+)", typed, re.ASCII):
        return DECIMAL_COMMA
    if re.fullmatch(r"[+-]?[\d,]+(\.\d*)?", typed, re.ASCII):
        return THOUSANDS
    if "%" in typed or "％" in typed:
        return PERCENT
    if typed.lower().lstrip("+-") in ("", "–", "nan", "inf", "infinity", "null", "none", "n/a"):
        return NOTHING
    return OTHER if typed.isascii() else SPECIAL


def _short(typed: str) -> str:
    return f"“{typed[:30]}…”" if len(typed) > 30 else f"“{typed}”"


def decimal_places(number: Decimal) -> int:
    """Counts the digits after the point that carry information: 0.60 has one, 12 has none."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def significant_digits(number: Decimal) -> int:
    """Counts the digits that carry information: 1200 has two, 0.060 one."""
    return len(number.normalize().as_tuple().digits)


def reported_places(number: Decimal) -> int:
    """Counts the digits after the point as they were typed, at most eight: 0.850 has three."""
    exponent = number.as_tuple().exponent
    return min(8, max(0, -exponent)) if isinstance(exponent, int) else 0


def format_number(number: Decimal | float, decimals: int) -> str:
    """Writes a number with exactly that many decimals and commas between thousands: “1,204.50”.

    It is rounded half-even, and never “-0.00”.
    """
    text = f"{number:,.{decimals}f}"
    return text if text.strip("-0.,") else text.removeprefix("-")


def format_exact(number: Decimal) -> str:
    """Writes a number in full precision without trailing zeros or exponent: 0.6, 12, 0.00001."""
    return f"{number.normalize():f}"
