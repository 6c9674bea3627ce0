"""Values of the facts that a site defines: how they are typed, stored, ordered and written.

A value is stored as a text in one spelling for its kind: a number in plain digits, a day or month
as in ISO 8601, yes or no, a web address. Pure but for words in the reader's language.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .facts import FactKind
from .numbers import decimal_places, format_exact, format_number, parse_number
from .sentences import Sentence, noop
from .words import word

KINDS = (FactKind.TEXT, FactKind.NUMBER, FactKind.DATE, FactKind.ANSWER, FactKind.LINK)
ANSWERS = {"yes": True, "no": False}
LARGEST = Decimal(10) ** 15

# Facts that many sites define; their names are translated.
USUAL = (
    noop("Context length"), noop("Price in"), noop("Price out"), noop("Knowledge cutoff"),
    noop("tokens"), noop("$ per million tokens"),
)  # fmt: skip


def store_value(kind: str, typed: str) -> str:
    """Returns a value as it is stored. Raises Sentence for what is none of its kind."""
    text = typed.strip()
    if kind == FactKind.NUMBER:
        return store_number(text)
    if kind == FactKind.DATE:
        return store_day(text)
    if kind == FactKind.ANSWER:
        if text.lower() not in ANSWERS:
            raise Sentence("Type yes or no. Leave the row out if it is unknown.")
        return text.lower()
    return text


def store_number(text: str) -> str:
    """Returns a number in plain digits. Raises Sentence for none, and for one beyond all sense."""
    number = parse_number(text)
    if abs(number) >= LARGEST or decimal_places(number) > 8:
        raise Sentence("Type a number below 10^15 with at most 8 digits after the point.")
    return format_exact(number)


def store_day(text: str) -> str:
    """Returns a day, month or year in ISO 8601. Raises Sentence for anything else."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text, re.ASCII)
    try:
        if match is None:
            raise ValueError
        date(*(int(part or 1) for part in match.groups()))
    except ValueError as error:
        raise Sentence("Type a day, month or year, as 2025-01-20, 2025-01 or 2025.") from error
    return text


def value_of(kind: str, stored: Any) -> Any:
    """Returns a stored value, or one of a field of LLMs, as exports have it: a Decimal, a bool or a
    text; None for unknown, and for what is none of its kind, which verify names."""
    if stored is None or stored == "":
        return None
    if isinstance(stored, date):
        return stored.isoformat()
    if not isinstance(stored, str):
        return stored
    try:
        text = store_value(kind, stored)
    except Sentence:
        return None
    if kind == FactKind.ANSWER:
        return ANSWERS[text]
    return Decimal(text) if kind == FactKind.NUMBER else text


def sort_value(value: Any) -> Any:
    """What rows are ordered by: texts without regard to case, yes before no."""
    if isinstance(value, bool):
        return not value
    return value.casefold() if isinstance(value, str) else value


def value_words(kind: str, value: Any, decimals: int | None = None) -> str:
    """Writes a known value as pages do: “128,000”, “yes”, “4 Feb 2025”, “Jun 2024”."""
    if kind == FactKind.NUMBER:
        return format_number(value, decimal_places(value) if decimals is None else decimals)
    if kind == FactKind.ANSWER:
        return word("yes" if value else "no")
    if kind == FactKind.DATE:
        return day_words(value)
    return word(value)


def day_words(text: str) -> str:
    """Writes a day, a month or a year as readers of the language do."""
    day = date.fromisoformat(f"{text}-01-01"[:10])
    if len(text) == 4:
        return text
    # Translators: dates in the notation of Django's date filter, 4 Feb 2025 and Feb 2025
    return date_format(day, _("j M Y") if len(text) == 10 else _("M Y"))
