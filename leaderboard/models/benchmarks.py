"""Benchmarks and the metrics that they measure."""

from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import NameField, NumberField, WebAddressField
from leaderboard.text.numbers import format_exact
from leaderboard.text.words import word

from .base import MARKDOWN, BySlug, Named, Slugged, Translated, TranslatedQuerySet, loaded_after
from .history import history
from .keys import validate_metric_key


class BenchmarkQuerySet(TranslatedQuerySet):
    """Benchmarks; one is public with a public metric."""

    def published(self) -> Self:
        return self.filter(metrics__in=Metric.objects.published()).distinct()


class Benchmark(Translated, Slugged):
    """A set of questions that LLMs are measured with, in one version."""

    TRANSLATED = ("description",)

    version = NameField(
        max_length=50,
        blank=True,
        default="",
        help_text=_("Scores of two versions are not comparable: a new version is a new benchmark."),
    )
    language = NameField(
        max_length=50, blank=True, default="", help_text=_("Language of the questions: English, …")
    )
    description = models.TextField(max_length=20_000, blank=True, default="", help_text=MARKDOWN)
    homepage = WebAddressField()
    paper = WebAddressField()
    dataset = WebAddressField()
    citation = models.TextField(
        max_length=10_000, blank=True, default="", help_text=_("BibTeX, shown for copying.")
    )

    objects = BySlug.from_queryset(BenchmarkQuerySet)()
    history = history()

    class Meta:
        ordering = ["name_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["name_key"],
                name="one_benchmark_per_name",
                violation_error_message=_("A benchmark of that name exists already."),
            ),
        ]

    def natural_key(self) -> tuple[Any, ...]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("benchmark", args=[self.slug])


LARGEST_OF_UNIT = {"proportion": Decimal(1), "percent": Decimal(100)}  # points have none


class MetricQuerySet(TranslatedQuerySet):
    """Metrics; one is public on a published leaderboard or in a public aggregate."""

    def published(self) -> Self:
        """Returns the metrics of published leaderboards, and what their aggregates are made of."""
        from .components import Component, with_components  # which imports this module

        shown = self.model.objects.filter(columns__leaderboard__is_published=True)
        return self.filter(
            pk__in=with_components(shown.values_list("pk", flat=True), Component.objects.parts())
        )

    def get_by_natural_key(self, key: str) -> Any:
        return self.get(key=key)


class Metric(Translated, Named):
    """A quantity that a benchmark measures, or an aggregate of others."""

    TRANSLATED = ("description",)

    class Unit(models.TextChoices):
        PROPORTION = "proportion", _("proportion (0 to 1)")
        PERCENT = "percent", _("percent (0 to 100)")
        POINTS = "points", _("points")

    class Aggregate(models.TextChoices):
        NONE = "", _("no: it is measured")
        MEAN = "mean", _("mean of its components")
        QUESTION_WEIGHTED = (
            "question-weighted mean",
            _("question-weighted mean of its components"),
        )

    benchmark = models.ForeignKey(
        Benchmark,
        models.CASCADE,
        related_name="metrics",
        null=True,
        blank=True,
        help_text=_("Leave empty for an aggregate across benchmarks."),
    )
    key = models.SlugField(
        max_length=100,
        unique=True,
        validators=[validate_metric_key],
        help_text=_(
            "Its name in addresses, files and exports: lower-case letters, digits, hyphens. "
            "Files and links use it, so keep it."
        ),
    )
    description = models.TextField(max_length=20_000, blank=True, default="", help_text=MARKDOWN)
    unit = models.CharField(
        max_length=20,
        choices=Unit,
        default=Unit.PROPORTION,
        help_text=_("Every score of the metric is in this unit. Nothing is converted silently."),
    )
    minimum = NumberField(
        max_digits=14,
        decimal_places=8,
        null=True,
        blank=True,
        help_text=_("A score below is refused. Empty: 0 for a proportion or percent."),
    )
    maximum = NumberField(
        max_digits=14,
        decimal_places=8,
        null=True,
        blank=True,
        help_text=_("A score above is refused. Empty: 1 for a proportion, 100 for percent."),
    )
    higher_is_better = models.BooleanField(default=True)
    decimals = models.PositiveSmallIntegerField(
        default=2,
        validators=[MaxValueValidator(8)],
        help_text=_("Digits after the point on the page. Exports and ranks keep full precision."),
    )
    question_count = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000_000)],
        help_text=_(
            "Questions asked: makes the uncertainty of scores and the weight in aggregates."
        ),
    )
    is_share_of_questions = models.BooleanField(
        default=True,
        help_text=_(
            "An accuracy: the share of questions answered correctly. F1 or BLEU is not one."
        ),
    )
    aggregate = models.CharField(
        max_length=30,
        choices=Aggregate,
        default=Aggregate.NONE,
        blank=True,
        help_text=_(
            "How it is made from its components below. A score that is entered all the same "
            "is shown only while it agrees with them."
        ),
    )

    objects = models.Manager.from_queryset(MetricQuerySet)()
    history = history()

    class Meta:
        ordering = ["benchmark__name_key", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["benchmark", "name_key"],
                name="one_metric_of_a_name_per_benchmark",
                violation_error_message=_("The benchmark has a metric of that name already."),
            ),
            models.UniqueConstraint(
                fields=["name_key"],
                condition=Q(benchmark=None),
                name="one_metric_of_a_name_across_benchmarks",
                violation_error_message=_("A metric of that name exists already."),
            ),
            models.CheckConstraint(condition=Q(decimals__lte=8), name="at_most_eight_decimals"),
        ]

    def __str__(self) -> str:
        return f"{self.benchmark} {self.name}" if self.benchmark else self.name

    @loaded_after("leaderboard.benchmark")
    def natural_key(self) -> tuple[Any, ...]:
        return (self.key,)

    def derive(self) -> None:
        super().derive()
        top = LARGEST_OF_UNIT.get(self.unit)
        if top is not None:
            self.minimum = Decimal(0) if self.minimum is None else self.minimum
            self.maximum = top if self.maximum is None else self.maximum

    def namesakes(self) -> models.QuerySet[Any]:
        return super().namesakes().filter(benchmark=self.benchmark_id)

    def clean(self) -> None:
        super().clean()
        self.check_range()
        stored = Metric.objects.filter(pk=self.pk).first()
        if stored is not None:
            self.check_scores(stored)
            self.check_use_in_aggregates(stored)

    def check_range(self) -> None:
        """Raises ValidationError for an empty range, or one that belongs to another unit."""
        low, high = self.minimum, self.maximum
        if low is not None and high is not None and low >= high:
            raise ValidationError({"maximum": _("The maximum must be above the minimum.")})
        if self.unit == self.Unit.PERCENT and self.maximum == 1:
            raise ValidationError(
                {"maximum": _("0 to 1 is the range of a proportion. Leave both ends empty.")}
            )

    def check_scores(self, stored: "Metric") -> None:
        """Raises ValidationError if a stored score would change its meaning or leave the range."""
        scores = stored.scores.all()
        if self.unit != stored.unit and scores.exists():
            raise ValidationError(
                {
                    "unit": _(
                        "%(count)s scores are in %(unit)s, and nothing converts them. Add another "
                        "metric for the other unit."
                    )
                    % {"count": scores.count(), "unit": word(stored.unit)}
                }
            )
        if (self.minimum, self.maximum) == (stored.minimum, stored.maximum):
            return
        outside = Q(pk__in=[])
        if self.minimum is not None:
            outside |= Q(value__lt=self.minimum)
        if self.maximum is not None:
            outside |= Q(value__gt=self.maximum)
        count = scores.filter(outside).count()
        if count:
            refusal = _("%(count)s scores would be outside this range. Correct them first.")
            raise ValidationError({"maximum": refusal % {"count": count}})

    def check_use_in_aggregates(self, stored: "Metric") -> None:
        """Raises ValidationError if an aggregate of this metric could not be made any more."""
        if (self.unit, self.question_count) == (stored.unit, stored.question_count):
            return
        for component in stored.part_of.select_related("aggregate__benchmark"):
            aggregate = component.aggregate
            if not aggregate.takes_unit(self.unit):
                raise ValidationError({"unit": explain_unit_conflict(self, aggregate)})
            is_unweighted = component.weight is None and self.question_count is None
            if is_unweighted and aggregate.needs_weights:
                refusal = _(
                    "%(aggregate)s weighs this metric by its number of questions. Type a weight "
                    "there first."
                )
                raise ValidationError({"question_count": refusal % {"aggregate": aggregate}})

    @property
    def needs_weights(self) -> bool:
        """Whether it is a mean in which components count by their questions."""
        return self.aggregate == self.Aggregate.QUESTION_WEIGHTED

    def takes_unit(self, unit: str) -> bool:
        """Whether a metric of this unit can be a component; an aggregate in points takes any."""
        return self.unit in (unit, self.Unit.POINTS)

    def describe_range(self) -> str:
        """Writes “0 to 1, proportion”."""
        low = "–∞" if self.minimum is None else format_exact(self.minimum)
        high = "∞" if self.maximum is None else format_exact(self.maximum)
        return _("%(low)s to %(high)s, %(unit)s") % {
            "low": low,
            "high": high,
            "unit": word(self.unit),
        }

    def check_value(self, value: Decimal) -> None:
        """Raises ValidationError, with a remedy, for a value outside the range of the metric."""
        low, high = self.minimum, self.maximum
        if (low is None or value >= low) and (high is None or value <= high):
            return
        remedy = str(_("Check the number and its unit."))
        if self.unit == self.Unit.PROPORTION and 1 < value <= 100:
            remedy = _("If this is %(percent)s %%, type %(share)s.") % {
                "percent": format_exact(value),
                "share": format_exact(value / 100),
            }
        raise ValidationError(
            _("%(value)s is outside the range of %(metric)s (%(range)s). %(remedy)s")
            % {
                "value": format_exact(value),
                "metric": self,
                "range": self.describe_range(),
                "remedy": remedy,
            }
        )


def explain_unit_conflict(metric: Metric, aggregate: Metric) -> str:
    """Says why a metric cannot be a component of an aggregate, and the remedy."""
    return _(
        "%(metric)s is in %(unit)s, and %(aggregate)s in %(other)s: their mean says nothing. "
        "Choose metrics of one unit."
    ) % {
        "metric": metric,
        "unit": word(metric.unit),
        "aggregate": aggregate,
        "other": word(aggregate.unit),
    }
