"""The texts in the lines of a preview."""

from decimal import Decimal

from django.utils.translation import gettext, gettext_noop

from leaderboard.models import Metric
from leaderboard.readers.results import Problem, Result
from leaderboard.text.numbers import format_exact
from leaderboard.text.words import place, say, unit_words, word

from .preview import Difference, Values, fact_text


def reason_and_remedy(problem: Problem) -> str:
    """Says what is wrong with a cell, and the remedy, in one text."""
    reason = say(problem.reason).removesuffix(".").removesuffix("。")
    both = gettext("%(reason)s. %(remedy)s") % {"reason": reason, "remedy": say(problem.remedy)}
    return both.strip()


def explain_contradiction(first: Result, result: Result) -> str:
    """Says that an earlier row states something else for the same cell."""
    alike = first.value == result.value
    what = gettext("other details") if alike else value_text(first.value)
    return gettext("%(where)s says %(what)s for the same LLM and metric. Keep the right one.") % {
        "where": place(first.where),
        "what": what,
    }


def describe_difference(difference: Difference) -> str:
    """Says what differs between two runs: “n-shot: 5 → 0”."""
    name, old, new = map(word, difference)
    return gettext("%(name)s: %(old)s → %(new)s") % {"name": name, "old": old, "new": new}


def explain_other_unit(result: Result, metric: Metric) -> str:
    """Says why a result in another unit than its metric's is refused, and the remedy."""
    if (result.unit, metric.unit) == (Metric.Unit.PERCENT, Metric.Unit.PROPORTION):
        remedy = gettext("Say that its values are percent to have them converted.")
    else:
        remedy = gettext("Choose a metric of that unit.")
    return gettext("The file says %(said)s, and %(metric)s is in %(unit)s. %(remedy)s") % {
        "said": word(result.unit),
        "metric": metric,
        "unit": unit_words(metric),
        "remedy": remedy,
    }


def value_text(value: Decimal | None) -> str:
    """Writes a value, or that there is none."""
    return gettext("no value") if value is None else format_exact(value)


def signed_text(number: Decimal) -> str:
    """Writes a difference: “+0.02”, “−0.02” with a minus sign instead of a hyphen."""
    return f"+{format_exact(number)}" if number > 0 else format_exact(number).replace("-", "−")


def list_other_changes(before: Values | None, after: Values, is_error_at_stake: bool) -> str:
    """Writes what changes beside the value, and what becomes of a standard error at stake."""
    if before is None:
        return ""
    texts = [tell_error_at_stake(before, after)] if is_error_at_stake else []
    for field, name in OTHER_FIELDS.items():
        old, new = getattr(before, field), getattr(after, field)
        if old != new and not (is_error_at_stake and field == "standard_error"):
            texts.append(f"{gettext(name)}: {fact_text(old)} → {fact_text(new)}")
    return "; ".join(texts)


OTHER_FIELDS = {
    "question_count": "n", "standard_error": gettext_noop("standard error"),
    "measured_on": gettext_noop("measured on"), "note": gettext_noop("note"),
}  # fmt: skip


def tell_error_at_stake(before: Values, after: Values) -> str:
    """Says whether the standard error of the old value is removed or kept."""
    removed = after.standard_error is None
    template = (
        gettext("the standard error %(error)s of the old value is removed")
        if removed
        else gettext("the standard error %(error)s of the old value is kept")
    )
    return template % {"error": fact_text(before.standard_error)}
