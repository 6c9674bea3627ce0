"""How values are written for readers, once for every page and export: intervals, sizes, facts."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from .facts import ON_PAGE, UNKNOWN, YES_NO, Fact, FactKind
from .kinds import BASELINES
from .numbers import format_exact, format_number
from .words import listed, span, word

MINUS = "−"
LOWER = "↓"  # behind a metric in which lower is better, where no style sheet has a sign for it


def interval_words(interval: tuple[float, float] | None, decimals: int) -> str:
    """Writes “0.842 to 0.858”, with one digit more than the value has; "" without an interval."""
    if interval is None:
        return ""
    low, high = interval
    return span(format_number(low, decimals + 1), format_number(high, decimals + 1))


def margin_words(value: Decimal, interval: tuple[float, float], decimals: int) -> str:
    """“±0.008” where both sides are alike in the digits shown, else “0.722 to 1.000”."""
    digits = decimals + 1
    low, high = (format_number(abs(float(value) - end), digits) for end in interval)
    return f"±{low}" if low == high else interval_words(interval, decimals)


# What is promised of the rank ranges, by their level (standings.estimates.Level).
LEVELS = {
    "each": gettext_noop("each LLM’s range contains its true rank with at least 95 %"),
    "all": gettext_noop("all ranges together are right with at least 95 %"),
    "pairwise": gettext_noop("each pair of LLMs is tested at 5 %, for the reader of two rows"),
}


def level_words(level: str) -> str:
    """What may be said of the rank ranges of a level, in the reader's language."""
    return _(LEVELS[level])


def signed(number: Decimal | float, decimals: int) -> str:
    """Writes “+0.02”, “−0.08”; a number that rounds to zero has no sign."""
    text = format_number(number, decimals)
    if not text.strip("0.,"):
        return text
    return f"{MINUS}{text[1:]}" if text.startswith("-") else f"+{text}"


def unit_sign(metric: Any) -> str:
    """What stands beside a value of a metric or of its record: “%”, “ms”, “$”; else nothing."""
    return "%" if metric.unit == "percent" else str(metric.unit_label)


def with_unit(text: str, metric: Any) -> str:
    """Writes a value with its unit: “85%”, “350 ms”, “$0.25”, “+$3”; a proportion has none."""
    sign = unit_sign(metric)
    if not sign or not text:
        return text
    if metric.label_in_front:
        before = text[0] if text[0] in f"-{MINUS}+" else ""
        return f"{before}{sign}{text.removeprefix(before)}"
    return f"{text}{sign}" if sign == "%" else f"{text}\u00a0{sign}"


def titled(metric: Any, name: str = "") -> str:
    """Writes a name of a metric, else its full one, with its unit: “AMCQA latency (ms)”."""
    sign, words = unit_sign(metric), name or metric.full_name
    return f"{words} ({sign})" if sign else str(words)


def gap_words(gap: Decimal, metric: Any) -> str:
    """Writes a difference with its unit: “+0.02”, “−120 ms”, “+$0.25”.

    That of two percents is in percentage points, since +2% would be a factor: “+2.1 pp”.
    """
    text = signed(gap, metric.decimals)
    if metric.unit == "percent":
        # Translators: a difference in percentage points
        return _("%(number)s pp") % {"number": text}
    return with_unit(text, metric)


def partial_words(asked: int | None, all_of_them: int | None) -> str:
    """Says of a partial run how many questions were asked, if it is known: “1 of 500”."""
    if asked is None or all_of_them is None or asked >= all_of_them:
        return _("partial run")
    return _("%(count)s of %(all)s") % {"count": f"{asked:,}", "all": f"{all_of_them:,}"}


# How an aggregate is made, before the names of its components.
AGGREGATES = {
    "mean": gettext_noop("Mean of %(components)s."),
    "question-weighted mean": gettext_noop("Question-weighted mean of %(components)s."),
    "mean win rate": gettext_noop(
        "Mean win rate over %(components)s: the share of the other LLMs that it beats in each, "
        "ties counting half, as the mean over these metrics. Compared are the LLMs with a score in "
        "all of them. It has no interval."
    ),
    "mean rank": gettext_noop(
        "Mean rank over %(components)s: the mean of its ranks in these metrics, where equal values "
        "share the better rank; lower is better. Ranked are the LLMs with a score in all of them. "
        "It has no interval."
    ),
}


def count_words(count: int | None) -> str:
    """Writes a number of questions: “2,960”, “unknown”."""
    return word(UNKNOWN) if count is None else f"{count:,}"


def aggregate_words(metric: Any, metrics: Any, sharing: Mapping[int, int]) -> str:
    """Says how an aggregate is made, with the weights of its components; {id: record} names them,
    and `sharing` counts those that ask the same questions and share their weight.

    “Question-weighted mean of system1 (2,960), system2 (355).”
    """
    names = []
    for key, weight in metric.components:
        part = metrics[key]
        name = part.name if part.benchmark == metric.benchmark else part.full_name
        if metric.aggregate == "question-weighted mean":
            count = format_exact(weight) if weight else count_words(part.question_count)
            if sharing.get(key, 1) > 1:
                count = _("1/%(number)s of %(count)s") % {"number": sharing[key], "count": count}
            name = f"{name} ({count})"
        names.append(name)
    return _(AGGREGATES[metric.aggregate]) % {"components": listed(names)}


def size_words(llm: Any) -> str:
    """Writes the parameters of an LLM in billions: “7B”, “671B, 37B active”, “unknown”."""
    if llm.parameters is None:
        return word(UNKNOWN)
    if not llm.active_parameters:
        return f"{format_exact(llm.parameters)}B"
    return _("%(size)sB, %(active)sB active") % {
        "size": format_exact(llm.parameters),
        "active": format_exact(llm.active_parameters),
    }


def number_words(number: Decimal | None, symbol: str) -> str:
    """Writes a number with the symbol of its unit: “7 B”."""
    if number is None:
        return word(UNKNOWN)
    return f"{format_exact(number)} {symbol}".rstrip()


def date_words(day: date | None) -> str:
    """Writes a day as readers of the language do: 4 Feb 2025."""
    # Translators: a date in the notation of Django's date filter, 4 Feb 2025
    return date_format(day, _("j M Y")) if day else word(UNKNOWN)


def fact_words(fact: Fact, llm: Any) -> str:
    """Writes a fact of an LLM (or of its record) in the reader's language, or “unknown”."""
    value = getattr(llm, fact.field)
    if fact.kind is FactKind.NUMBER:
        return number_words(value, fact.symbol)
    if fact.kind is FactKind.DATE:
        return date_words(value)
    if fact.kind is FactKind.ANSWER:
        return word(YES_NO[value])
    return word(str(value or UNKNOWN))


def compared_words(fact: Fact, llm: Any) -> str:
    """Writes a fact as fact_words does, but both sizes together, for one row of a comparison."""
    return size_words(llm) if fact.field == "parameters" else fact_words(fact, llm)


class ShownFact(NamedTuple):
    """A fact on the page of an LLM."""

    fact: Fact
    label: str
    value: Any
    words: str


def facts_on_page(llm: Any) -> list[ShownFact]:
    """Returns the facts of an LLM in the reader's language; some are left out while unknown, of a
    baseline all: people have no weights."""
    return [
        ShownFact(fact, _(fact.label), getattr(llm, fact.field), fact_words(fact, llm))
        for fact in ON_PAGE
        if (fact.is_shown_unknown and llm.kind not in BASELINES)
        or getattr(llm, fact.field) not in (None, "")
    ]
