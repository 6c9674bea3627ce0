"""The components of aggregates."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import NumberField
from leaderboard.text.numbers import LARGEST

from .base import Content, ContentQuerySet, loaded_after
from .history import history
from .metric_changes import check_scales
from .metrics import Metric


class ComponentQuerySet(ContentQuerySet):
    """Components of aggregates; one is public with its aggregate."""

    def published(self) -> Self:
        return self.filter(aggregate__in=Metric.objects.published())

    def parts(self) -> dict[int, list[int]]:
        """Returns {aggregate: ids of the metrics that it is made from}."""
        parts = defaultdict(list)
        for aggregate, metric in self.values_list("aggregate_id", "metric_id"):
            parts[aggregate].append(metric)
        return parts

    def get_by_natural_key(self, aggregate: str, metric: str) -> Any:
        return self.get(aggregate__key=aggregate, metric__key=metric)


class Component(Content):
    """A metric that enters an aggregate."""

    aggregate = models.ForeignKey(Metric, models.CASCADE, related_name="components")
    # Restricted, not protected: a benchmark is deleted together with its own aggregates.
    metric = models.ForeignKey(Metric, models.RESTRICT, related_name="part_of")
    weight = NumberField(
        max_digits=24,
        decimal_places=8,
        null=True,
        blank=True,
        help_text=_(
            "In a question-weighted mean. Empty: its number of questions, shared evenly by "
            "components that ask the same ones."
        ),
    )
    position = models.PositiveSmallIntegerField(default=0)

    objects = models.Manager.from_queryset(ComponentQuerySet)()
    history = history()

    class Meta:
        ordering = ["aggregate", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["aggregate", "metric"], name="a_metric_enters_an_aggregate_once"
            ),
            models.CheckConstraint(
                condition=~Q(aggregate=F("metric")), name="no_metric_is_its_own_component"
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lt=LARGEST) | Q(weight=None),
                name="weights_are_positive",
                violation_error_message=_("A weight is above 0."),
            ),
        ]

    def __str__(self) -> str:
        return _("%(metric)s in %(aggregate)s") % {
            "metric": self.metric,
            "aggregate": self.aggregate,
        }

    @loaded_after("leaderboard.metric")
    def natural_key(self) -> tuple[Any, ...]:
        return (self.aggregate.key, self.metric.key)

    def clean(self) -> None:
        super().clean()
        if not (self.aggregate_id and self.metric_id):
            return
        parts = Component.objects.exclude(pk=self.pk).parts()
        if self.aggregate_id in with_components([self.metric_id], parts):
            raise ValidationError(
                {
                    "metric": _(
                        "%(metric)s is made from %(aggregate)s itself. Choose a metric that does "
                        "not depend on it."
                    )
                    % {"metric": self.metric, "aggregate": self.aggregate}
                }
            )
        check_scales(self.metric, self.aggregate, "metric")
        needs_weight = self.aggregate.needs_weights and self.weight is None
        if needs_weight and self.metric.asked_count is None:
            raise ValidationError(
                {
                    "weight": _(
                        "%(metric)s has no number of questions. Give it one, or type a weight here."
                    )
                    % {"metric": self.metric}
                }
            )


def with_components(metric_ids: Iterable[int], parts: dict[int, list[int]]) -> set[int]:
    """Returns the metrics and, at any depth, the components that they are made from."""
    reached: set[int] = set()
    waiting = list(metric_ids)
    while waiting:
        metric = waiting.pop()
        if metric not in reached:
            reached.add(metric)
            waiting += parts.get(metric, [])
    return reached
