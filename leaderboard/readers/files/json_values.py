"""Values out of JSON documents, checked one by one."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from leaderboard.readers.results import Problem, Provenance
from leaderboard.text.numbers import LARGEST
from leaderboard.text.privacy import private_detail
from leaderboard.text.sentences import Phrase, noop

LONGEST_NUMBER = 100  # characters; Python writes a float in at most 25


@dataclass(frozen=True, slots=True)
class NotANumber:
    """NaN, Infinity, or a number that the site cannot store; as the file has it, shortened."""

    text: str


def shortened(value: object, length: int = 40) -> str:
    """Returns a value as a message shows it: at most `length` characters."""
    text = value.text if isinstance(value, NotANumber) else str(value)
    return f"{text[:length]}…" if len(text) > length else text


def as_number(value: object) -> Decimal | None:
    """Returns the number that a value is; None for others, and for one that cannot be stored."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    exact = Decimal(value)
    # copy_abs, as abs rounds and overflows; -0 becomes 0.
    return (exact or Decimal(0)) if exact.copy_abs() < LARGEST else None


def as_count(value: object, largest: int = 1_000_000_000) -> int | None:
    """Returns a number of questions: whole and at least 1; None for any other value."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return int(value) if 1 <= value <= largest and value == int(value) else None


def is_blank(value: object) -> bool:
    """Whether a value says that there is none: null, “N/A”, “-”."""
    return value is None or (
        isinstance(value, str) and value.strip().casefold() in ("", "-", "–", "n/a", "na", "null")
    )


LEFT_OUT = noop("It is left out: there is no score to store.")
CORRECT_IT = noop("Correct it in the file, or take it out.")


def find_problem(value: object, where: str, llm: str, metric: str) -> Problem | None:
    """Says why a value is neither a number nor blank; None if it is one of them."""
    if is_blank(value) or as_number(value) is not None:
        return None
    text = shortened(value)
    if text.strip().casefold().lstrip("+-") in ("nan", "inf", "infinity"):
        reason = Phrase("%(value)s is not a number", value=text)
        return Problem(where, text, reason, Phrase(LEFT_OUT), llm, metric, is_missing=True)
    if isinstance(value, NotANumber | Decimal) or type(value) is int:
        reason = Phrase("%(value)s is too large", value=text)
        remedy = Phrase("Scores are below 10¹⁵. Correct it in the file, or take it out.")
    else:
        reason, remedy = Phrase("“%(value)s” is not a number", value=text), Phrase(CORRECT_IT)
    return Problem(where, text, reason, remedy, llm, metric)


def as_text(value: object) -> str:
    """Returns a text as it is, a number as written, "" for any other value."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if as_number(value) is not None else ""


def web_address(value: Any) -> str:
    """Returns a web address as it is; "" for anything else."""
    text = as_text(value)
    return text if re.match(r"https?://", text, re.IGNORECASE) else ""


def as_mapping(value: object) -> dict[str, Any]:
    """Returns an object as it is, {} for any other value: fields of a file may be missing."""
    return value if isinstance(value, dict) else {}


def as_day(value: object) -> date | None:
    """Returns the UTC day of an ISO date, or of seconds since 1970 as number or text; else None."""
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        return _iso_day(value[:10])
    if isinstance(value, str) and re.fullmatch(r"\d{9,10}(\.\d{1,20})?", value, re.ASCII):
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    # Seconds since the machine started are not a date; no LLM was evaluated before 2001.
    return datetime.fromtimestamp(int(value), UTC).date() if 1e9 <= value <= 9e9 else None


def day_in_name(path: str) -> date | None:
    """Returns the day in the name of a file, as programs write it: results_2025-03-06T10-11.json.

    None for a name without the T: such a day may be of anything.
    """
    found = re.search(r"(?<!\d)(\d{4}-\d\d-\d\d)T\d\d", re.split(r"[\\/]", path)[-1], re.ASCII)
    return _iso_day(found[1]) if found else None


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def public_name(name: str) -> str:
    """Returns the name of an LLM without the folder where it is kept: “/scratch/me/qwen” is “qwen”.

    A file in the Hub's cache is named after its repository.
    """
    name = name.strip()
    if cached := re.search(r"models--([\w.-]+?)--([\w.-]+)", name):
        return f"{cached[1]}/{cached[2]}"
    if re.match(r"[/~.]|[A-Za-z]:[\\/]|file:", name) or "\\" in name or private_detail(name):
        name = re.split(r"[\\/]", name.rstrip("\\/"))[-1]
    return "" if private_detail(name) or name in (".", "..", "~") else name


def public_text(parts: list[str], length: int) -> str:
    """Joins the parts that give nothing private away into a text of at most `length` characters."""
    text = "; ".join(part for part in parts if part and not private_detail(part))
    text = text if len(text) <= length else f"{text[: length - 1]}…"
    return "" if private_detail(text) else text


LONGEST_ABOUT = 140  # characters of what a title names


def describe_run(
    harness: str,
    what: str,
    about: list[str],
    settings: Iterable[str],
    measured_on: date | None = None,
    version: str = "",
) -> Provenance:
    """Returns where the scores of a harness come from, without anything private in it.

    `what` is what the harness calls its file: “results”, “log”. `about` is what the title names
    behind it: the LLM, then the task. The lengths are those that Source keeps.
    """
    names = ", ".join(name[: LONGEST_ABOUT // len(about)] for name in about)
    title = f"{harness} {what} of {names}" + (f", {measured_on}" if measured_on else "")
    return Provenance(
        title=public_text([title], 200) or f"{harness} {what}",
        harness=harness,
        harness_version=public_text([version], 100),
        settings=public_text(list(settings), 5_000),
        date=measured_on,
    )
