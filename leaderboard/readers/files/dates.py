"""Days as people write them in tables, read by the column as a whole. Pure: no Django."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

DAY_FIRST, MONTH_FIRST = "day first", "month first"

TIME = r"(?:[T ,]+\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[AaPp][Mm])?(?:Z|[+-]\d\d:?\d\d)?)?"
YEAR_FIRST = re.compile(
    rf"(\d{{4}})(?:([-/.])(\d{{1,2}})\2(\d{{1,2}}){TIME}|年(\d{{1,2}})月(\d{{1,2}})日)", re.ASCII
)
YEAR_LAST = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d\d){TIME}", re.ASCII)
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier janv enero ene gennaio gen janeiro januari",
            "feb february februar février févr fév febrero febbraio fevereiro fev februari",
            "mar march märz mär mrz mars marzo março maart mrt",
            "apr april avril avr abril abr aprile",
            "may mai mayo maggio mag maio mei",
            "jun june juni juin junio giugno giu junho",
            "jul july juli juillet juil julio luglio lug julho",
            "aug august août agosto ago augustus",
            "sep sept september septembre septiembre settembre set setembro",
            "oct october oktober okt octobre octubre ottobre ott outubro out",
            "nov november novembre noviembre novembro",
            "dec december dezember dez décembre déc diciembre dic dicembre dezembro",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
DAY_NAME_YEAR = re.compile(  # “12-Dec-24” is how Excel writes it
    r"(\d{1,2})(?:st|nd|rd|th|er|\.|º)?[ -]+(?:of |de )?([^\W\d]+)\.?,?[ -]+(?:de )?(\d{4}|\d\d)"
)
NAME_DAY_YEAR = re.compile(r"([^\W\d]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
YEAR_NAME_DAY = re.compile(r"(\d{4})[ -]([^\W\d]+)\.?[ -](\d{1,2})")
COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)", re.ASCII)  # 20250429
# Days as spreadsheets count them, from 1982 to 2064. They count a day too many before March 1900.
SERIAL = re.compile(r"[3-5]\d{4}(?:\.0+)?", re.ASCII)
SERIAL_START = date(1899, 12, 30)
# So many days of a month could be the last two digits of a year: 24/04/25.
FIRST_SHORT_YEAR = 20


class DayOrder(NamedTuple):
    """Whether day or month stands first, "" if that is not clear, and a text that could be both."""

    order: str
    ambiguous: str = ""


def find_day_order(texts: Iterable[str]) -> DayOrder:
    """Finds what stands first in days with slashes or hyphens, like 4/29/2025, of a whole file.

    With points the day stands first, as in 29.4.2025. It is not clear if each number of all texts
    could be a month, or if the texts contradict each other.
    """
    found, ambiguous = set(), ""
    for text in texts:
        parts = YEAR_LAST.fullmatch(text.strip())
        if not parts or parts[2] == ".":
            continue
        first, second = int(parts[1]), int(parts[3])
        if len(parts[4]) == 2 and first >= FIRST_SHORT_YEAR:
            ambiguous = ambiguous or text.strip()  # perhaps the year stands first
        elif first > 12 >= second:
            found.add(DAY_FIRST)
        elif second > 12 >= first:
            found.add(MONTH_FIRST)
        elif first != second:
            ambiguous = ambiguous or text.strip()
    return DayOrder(found.pop() if len(found) == 1 else "", ambiguous)


def read_day(text: str, order: str) -> date | None:
    """Returns the day that a text is; None for one that is none, or has no clear order.

    Two digits of a year mean this century. A time behind the day is left off.
    """
    text = text.strip()
    if parts := YEAR_FIRST.fullmatch(text):
        month, day = parts[3] or parts[5], parts[4] or parts[6]
        return make_day(parts[1], month, day)
    if parts := YEAR_LAST.fullmatch(text):
        first, separator, second, year = parts.groups()
        year = year if len(year) == 4 else f"20{year}"
        if separator == "." or order == DAY_FIRST or first == second:
            return make_day(year, second, first)
        return make_day(year, first, second) if order == MONTH_FIRST else None
    if parts := COMPACT.fullmatch(text):
        return make_day(*parts.groups())
    if SERIAL.fullmatch(text):
        return SERIAL_START + timedelta(days=int(text.partition(".")[0]))
    return read_day_with_name(text)


def read_day_with_name(text: str) -> date | None:
    """Returns the day in a text with the name of its month; None for any other text."""
    if parts := DAY_NAME_YEAR.fullmatch(text):
        year = parts[3] if len(parts[3]) == 4 else f"20{parts[3]}"
        return make_day(year, MONTHS.get(parts[2].casefold()), parts[1])
    if parts := NAME_DAY_YEAR.fullmatch(text):
        return make_day(parts[3], MONTHS.get(parts[1].casefold()), parts[2])
    if parts := YEAR_NAME_DAY.fullmatch(text):
        return make_day(parts[1], MONTHS.get(parts[2].casefold()), parts[3])
    return None


def is_serial(text: str) -> bool:
    """Whether a text is a day as spreadsheets count them: 45776."""
    return SERIAL.fullmatch(text.strip()) is not None


def make_day(year: str, month: str | int | None, day: str) -> date | None:
    """Returns the day; None for one that no calendar has."""
    try:
        return date(int(year), int(month or 0), int(day))
    except ValueError:
        return None


def is_day(text: str) -> bool:
    """Whether a text is a day in one order or the other."""
    return any(read_day(text, order) for order in (DAY_FIRST, MONTH_FIRST))
