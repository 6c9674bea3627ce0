"""What a score will hold after an import, and whether its metric accepts it."""

from decimal import Context, Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from leaderboard.models import Metric, Score, Source
from leaderboard.readers.results import Result
from leaderboard.standings.estimates import standard_error
from leaderboard.standings.uncertainty import share_of_questions
from leaderboard.text.numbers import LARGEST, MOST_DIGITS, format_exact, reported_places
from leaderboard.text.units import is_same_unit
from leaderboard.text.words import unit_words

from .line_texts import explain_other_unit
from .preview import Values

PERCENT_SIGN = "%"  # as readers have it
STORED = Decimal("1e-8")  # what a NumberField keeps
KEPT = Context(prec=MOST_DIGITS)
MOST_QUESTIONS = 1_000_000_000  # as Score has it


def plan_values(
    result: Result, metric: Metric, before: Values | None, is_percent: bool, keep_errors: bool
) -> Values:
    """Returns what the score will hold. Raises ValidationError where the metric refuses it.

    What the file does not state stays as it is; the standard error of another value only where
    `keep_errors` says so.
    """
    check_details(result)
    scale = find_scale(result, metric, is_percent)
    value = stored_number(result.value, scale)  # type: ignore[arg-type]
    metric.check_value(value)
    is_same = before is not None and before.value == value
    error = before.standard_error if before and (is_same or keep_errors) else None
    if result.standard_error is not None:
        error = plan_standard_error(result.standard_error, scale)
    check_question_count(result.question_count)
    kept = before or Values(value, 0)
    return Values(
        value=value,
        decimals=kept.decimals if is_same else reported_places(result.value * scale),  # type: ignore[operator]
        question_count=plan_question_count(result, metric, before),
        standard_error=error,
        source_id=kept.source_id,
        measured_on=result.measured_on or kept.measured_on,
        note=result.note or kept.note,
    )


def is_error_at_stake(result: Result, before: Values, after: Values) -> bool:
    """Whether a score with a given standard error gets another value, and the file has no error."""
    is_given = before.standard_error is not None and result.standard_error is None
    return is_given and before.value != after.value


def plan_standard_error(reported: Decimal, scale: Decimal) -> Decimal:
    """Returns the standard error in the metric's unit. Raises ValidationError below 0."""
    error = stored_number(reported, scale)
    if error < 0:
        refusal = gettext("The standard error %(error)s is below 0.")
        raise ValidationError(refusal % {"error": format_exact(error)})
    return error


def plan_question_count(result: Result, metric: Metric, before: Values | None) -> int | None:
    """Returns the score's own number of questions. That of its metric, said again of a score that
    has none of its own, is none."""
    if before is None:
        return result.question_count
    if before.question_count is None and result.question_count == metric.asked_count:
        return None
    return result.question_count or before.question_count


def check_question_count(count: int | None) -> None:
    """Raises ValidationError for a count that Score would refuse."""
    if count is not None and not 0 < count <= MOST_QUESTIONS:
        refusal = gettext("%(count)s is no number of questions.")
        raise ValidationError(refusal % {"count": count})


def find_scale(result: Result, metric: Metric, is_percent: bool) -> Decimal:
    """Returns the factor from the file's unit to the metric's: 1, or 0.01 if so chosen.

    A number with a percent sign is converted without a choice. Raises ValidationError where the
    units differ and nobody said that the file has percent.
    """
    if result.unit == PERCENT_SIGN and metric.unit == Metric.Unit.PROPORTION:
        return Decimal("0.01")
    if result.unit == PERCENT_SIGN and metric.unit == Metric.Unit.POINTS and not is_percent:
        return percent_of_points(metric)
    if is_percent:
        if metric.unit != Metric.Unit.PROPORTION:
            refusal = gettext(
                "Only a proportion is made from percent, and %(metric)s is in %(unit)s."
            )
            raise ValidationError(refusal % {"metric": metric, "unit": unit_words(metric)})
        return Decimal("0.01")
    if not is_unit_of(result.unit, metric):
        raise ValidationError(explain_other_unit(result, metric))
    return Decimal(1)


def percent_of_points(metric: Metric) -> Decimal:
    """Returns the factor from percent to points: 1 if they go to 100, 0.01 if they go to 1.

    Raises ValidationError for points without such a range: 88.9 % may be 88.9 or 0.889 of them.
    """
    scales = {Decimal(100): Decimal(1), Decimal(1): Decimal("0.01")}
    if not metric.minimum and metric.maximum in scales:
        return scales[metric.maximum]
    refusal = gettext(
        "The file says percent, and %(metric)s is in points that do not go from 0 to 100 or to 1. "
        "Give it that range or the unit percent, or write plain numbers in the file."
    )
    raise ValidationError(refusal % {"metric": metric})


def is_unit_of(unit: str, metric: Metric) -> bool:
    """Whether the unit that a file says is the metric's; a file may say none.

    A metric in points has no unit that a label, like “$”, could contradict.
    """
    if unit in ("", metric.unit):
        return True
    if unit == PERCENT_SIGN:
        return metric.unit == Metric.Unit.PERCENT or metric.unit_label == PERCENT_SIGN
    if unit in Metric.Unit.values:
        return False
    return metric.unit == Metric.Unit.POINTS or is_same_unit(unit, metric.unit_label)


def check_details(result: Result) -> None:
    """Raises ValidationError for a note or an address that a form would refuse."""
    for model, name, text in (
        (Score, "note", result.note),
        (Source, "url", result.source_url),
    ):
        if text:
            model._meta.get_field(name).clean(text, None)  # type: ignore[union-attr]


def stored_number(number: Decimal, scale: Decimal) -> Decimal:
    """Returns the number as the database keeps it: at most eight digits after the point and
    fifteen in all, half-even.

    Raises ValidationError for one that is too large.
    """
    scaled = number * scale
    if not scaled.is_finite() or abs(scaled) >= LARGEST:
        refusal = gettext("%(number)s is too large. The largest is below 10¹⁵.")
        raise ValidationError(refusal % {"number": str(number)[:30]})
    return KEPT.plus(scaled.quantize(STORED) + 0)


def missing_questions(result: Result, metric: Metric) -> str:
    """Says why a result is from a partial run, by its file or by the metric; else ""."""
    count, expected = result.question_count, result.expected_count or 0
    most = max(expected, metric.asked_count or 0)
    if count is not None and count < most:
        return gettext("Only %(count)s of %(most)s questions.") % {"count": count, "most": most}
    if result.is_partial:
        return gettext("The run was limited to some of the questions.")
    return ""


def error_text(metric: Metric, values: Values) -> str:
    """Writes the score's own standard error, else that of a share of its questions."""
    if values.standard_error is not None:
        return format_exact(values.standard_error)
    count = values.question_count or metric.asked_count
    share = share_of_questions(metric, values.value, count)  # type: ignore[arg-type]
    return "" if share is None else f"{standard_error(share):.8f}"
