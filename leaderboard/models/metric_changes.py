"""What a change of a metric must not do to scores, aggregates and leaderboards that use it."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leaderboard.text.numbers import format_exact
from leaderboard.text.words import direction_words, listed, unit_words

if TYPE_CHECKING:
    from .components import Component
    from .metrics import Metric

MOST_NAMED = 3  # scores that a refusal names


def check_change(metric: "Metric", stored: "Metric") -> None:
    """Raises ValidationError for a change of a stored metric that its uses do not allow."""
    check_scores(metric, stored)
    check_components(metric, stored)
    check_shared_questions(metric, stored)
    check_ranked_leaderboards(metric)
    check_use_in_aggregates(metric, stored)


def check_scores(metric: "Metric", stored: "Metric") -> None:
    """Raises ValidationError if a stored score would change its meaning or leave the range."""
    scores = stored.scores.all()
    if metric.scale[:2] != stored.scale[:2] and scores.exists():
        raise ValidationError(
            {
                "unit": _(
                    "%(count)s scores are in %(unit)s, and nothing converts them. Add another "
                    "metric for the other unit."
                )
                % {"count": scores.count(), "unit": unit_words(stored)}
            }
        )
    if (metric.minimum, metric.maximum) != (stored.minimum, stored.maximum):
        check_range_of_scores(metric, scores)


def check_range_of_scores(metric: "Metric", scores: QuerySet[Any]) -> None:
    """Raises ValidationError, on either end of the range, with the scores beyond that end.

    The range is the one that will be stored, also where it followed from the unit.
    """
    beyond = {"minimum": Q(value__lt=metric.minimum), "maximum": Q(value__gt=metric.maximum)}
    refusals = {}
    for end, outside in beyond.items():
        if getattr(metric, end) is None:
            continue
        found = scores.filter(outside).select_related("llm").order_by("llm__name_key")
        if count := found.count():
            named = [f"{score.llm} {format_exact(score.value)}" for score in found[:MOST_NAMED]]
            if count > MOST_NAMED:
                named.append(gettext("and %(count)s more") % {"count": count - MOST_NAMED})
            refusals[end] = _(
                "%(count)s scores would be outside this range (%(range)s): %(scores)s. Correct "
                "them first."
            ) % {"count": count, "range": metric.describe_range(), "scores": listed(named)}
    if refusals:
        raise ValidationError(refusals)


def check_components(metric: "Metric", stored: "Metric") -> None:
    """Raises ValidationError if its own components or scores do not fit what it becomes."""
    if metric.is_rank_based and stored.scores.exists():
        refusal = _("It has %(count)s scores, and what is made from ranks has none. Remove them.")
        raise ValidationError({"aggregate": refusal % {"count": stored.scores.count()}})
    if (metric.scale, metric.aggregate) == (stored.scale, stored.aggregate):
        return
    field = "aggregate" if metric.aggregate != stored.aggregate else "unit"
    for component in stored.components.select_related("metric__benchmark"):
        check_scales(component.metric, metric, field)


def check_shared_questions(metric: "Metric", stored: "Metric") -> None:
    """Raises ValidationError if it leaves the benchmark of metrics that ask its questions."""
    other = stored.shares_questions.first() if metric.benchmark_id != stored.benchmark_id else None
    if other is not None:
        refusal = _("%(metric)s asks its questions and stays behind. Give that its own first.")
        raise ValidationError({"benchmark": refusal % {"metric": other}})


def check_ranked_leaderboards(metric: "Metric") -> None:
    """Raises ValidationError if a leaderboard is ranked by it and no value would be better."""
    if not metric.can_rank and (board := metric.ranked_leaderboards.first()):
        refusal = _("%(leaderboard)s is ranked by it. Rank that by another metric first.")
        raise ValidationError({"higher_is_better": refusal % {"leaderboard": board}})


def check_use_in_aggregates(metric: "Metric", stored: "Metric") -> None:
    """Raises ValidationError if an aggregate of this metric could not be made any more."""
    fields = (
        ("aggregate", metric.is_rank_based != stored.is_rank_based),
        ("unit", metric.scale[:2] != stored.scale[:2]),
        ("higher_is_better", metric.scale != stored.scale),
    )
    field = next((name for name, has_changed in fields if has_changed), None)
    for component in stored.part_of.select_related("aggregate__benchmark"):
        if field is not None:
            check_scales(metric, component.aggregate, field)
        check_weight(metric, component)
    for other in stored.shares_questions.all():
        for component in other.part_of.select_related("aggregate__benchmark"):
            check_weight(metric, component)


def check_weight(metric: "Metric", component: "Component") -> None:
    """Raises ValidationError if the metric gives a component no question count for its weight."""
    is_unweighted = component.weight is None and metric.asked_count is None
    if is_unweighted and component.aggregate.needs_weights:
        refusal = _(
            "%(aggregate)s weighs this metric by its number of questions. Type a weight there "
            "first."
        )
        raise ValidationError({"question_count": refusal % {"aggregate": component.aggregate}})


def can_enter(metric: Any, aggregate: Any) -> bool:
    """Whether a metric can be a component of an aggregate; both are metrics, or records of them.

    One that is made from values takes its own unit and direction; one that is made from ranks takes
    every metric with a direction. What is made from ranks enters nothing: it depends on who else is
    there, so its mean with anything says nothing, and its own components can enter instead.
    """
    if metric.is_rank_based:
        return False
    if aggregate.is_rank_based:
        return bool(metric.can_rank)
    return bool(metric.scale == aggregate.scale)


def check_scales(metric: "Metric", aggregate: "Metric", field: str) -> None:
    """Raises ValidationError, for a field, unless the metric can be a component of the aggregate.

    Components of what is no aggregate (any more) count nowhere, and may be anything.
    """
    if not aggregate.aggregate or can_enter(metric, aggregate):
        return
    names = {
        "metric": metric,
        "unit": unit_words(metric),
        "direction": direction_words(metric.higher_is_better),
        "aggregate": aggregate,
        "other": unit_words(aggregate),
        "other_direction": direction_words(aggregate.higher_is_better),
    }
    if metric.is_rank_based:
        refusal = _(
            "%(metric)s is made from ranks and is no component of %(aggregate)s. Choose the "
            "metrics that it is made from."
        )
    elif aggregate.is_rank_based:
        refusal = _("No LLM is better in %(metric)s: it has no direction. Choose another metric.")
    else:
        refusal = _(
            "%(metric)s is in %(unit)s (%(direction)s), and %(aggregate)s in %(other)s "
            "(%(other_direction)s): their mean says nothing. Choose metrics of one unit and "
            "direction, or make %(aggregate)s a mean win rate, which takes any."
        )
    raise ValidationError({field: refusal % names})
