from collections import defaultdict
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import NameField, NumberField, WebAddressField
from leaderboard.text.numbers import LARGEST, plain
from leaderboard.text.words import word

from .base import CHINESE, MARKDOWN, BySlug, Content, ContentQuerySet, Named, Slugged
from .history import history
from .keys import validate_metric_key


class BenchmarkQuerySet(ContentQuerySet):
    def published(self):
        return self.filter(metrics__in=Metric.objects.published()).distinct()


class Benchmark(Slugged):
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
    description_zh = models.TextField(
        _("description in Chinese"),
        max_length=20_000,
        blank=True,
        default="",
        help_text=CHINESE,
    )
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

    def natural_key(self):
        return (self.slug,)

    def get_absolute_url(self):
        return reverse("benchmark", args=[self.slug])


class MetricQuerySet(ContentQuerySet):
    def published(self):
        """On a published leaderboard, or part of an aggregate that is."""
        shown = self.model.objects.filter(columns__leaderboard__is_published=True)
        return self.filter(
            pk__in=with_components(shown.values_list("pk", flat=True), Component.objects.parts())
        )

    def get_by_natural_key(self, key):
        return self.get(key=key)


class Metric(Named):
    """A quantity that a benchmark measures, or an aggregate of others."""

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
    description_zh = models.TextField(
        _("description in Chinese"),
        max_length=20_000,
        blank=True,
        default="",
        help_text=CHINESE,
    )
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

    def __str__(self):
        return f"{self.benchmark} {self.name}" if self.benchmark else self.name

    def natural_key(self):
        return (self.key,)

    natural_key.dependencies = ["leaderboard.benchmark"]

    def derive(self):
        super().derive()
        top = {self.Unit.PROPORTION: Decimal(1), self.Unit.PERCENT: Decimal(100)}.get(self.unit)
        if top is not None:
            self.minimum = Decimal(0) if self.minimum is None else self.minimum
            self.maximum = top if self.maximum is None else self.maximum

    def namesakes(self):
        return super().namesakes().filter(benchmark=self.benchmark_id)

    def clean(self):
        super().clean()
        self.check_range()
        self.check_scores()

    def check_range(self) -> None:
        if None not in (self.minimum, self.maximum) and self.minimum >= self.maximum:
            raise ValidationError({"maximum": _("The maximum must be above the minimum.")})
        if self.unit == self.Unit.PERCENT and self.maximum == 1:
            raise ValidationError(
                {"maximum": _("0 to 1 is the range of a proportion. Leave both ends empty.")}
            )

    def check_scores(self) -> None:
        """Scores that are there keep their meaning: another unit is another metric."""
        stored = Metric.objects.filter(pk=self.pk).first()
        if stored is None:
            return
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

    def describe_range(self) -> str:
        """“0 to 1, proportion”"""
        low = "–∞" if self.minimum is None else plain(self.minimum)
        high = "∞" if self.maximum is None else plain(self.maximum)
        return _("%(low)s to %(high)s, %(unit)s") % {
            "low": low,
            "high": high,
            "unit": word(self.unit),
        }

    def check_value(self, value: Decimal) -> None:
        """Raise ValidationError, saying what to do, if the value is outside the metric's range."""
        low, high = self.minimum, self.maximum
        if (low is None or value >= low) and (high is None or value <= high):
            return
        remedy = _("Check the number and its unit.")
        if self.unit == self.Unit.PROPORTION and 1 < value <= 100:
            remedy = _("If this is %(percent)s %%, type %(share)s.") % {
                "percent": plain(value),
                "share": plain(value / 100),
            }
        raise ValidationError(
            _("%(value)s is outside the range of %(metric)s (%(range)s). %(remedy)s")
            % {
                "value": plain(value),
                "metric": self,
                "range": self.describe_range(),
                "remedy": remedy,
            }
        )


class ComponentQuerySet(ContentQuerySet):
    def published(self):
        return self.filter(aggregate__in=Metric.objects.published())

    def parts(self) -> dict[int, list[int]]:
        """The ids of the component metrics of every aggregate."""
        parts = defaultdict(list)
        for aggregate, metric in self.values_list("aggregate_id", "metric_id"):
            parts[aggregate].append(metric)
        return parts

    def get_by_natural_key(self, aggregate, metric):
        return self.get(aggregate__key=aggregate, metric__key=metric)


class Component(Content):
    """A metric that enters an aggregate."""

    aggregate = models.ForeignKey(Metric, models.CASCADE, related_name="components")
    # Restricted, not protected: a benchmark is deleted together with its own aggregates.
    metric = models.ForeignKey(Metric, models.RESTRICT, related_name="part_of")
    weight = NumberField(
        max_digits=14,
        decimal_places=8,
        null=True,
        blank=True,
        help_text=_("In a question-weighted mean. Empty: the component's own number of questions."),
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

    def __str__(self):
        return _("%(metric)s in %(aggregate)s") % {
            "metric": self.metric,
            "aggregate": self.aggregate,
        }

    def natural_key(self):
        return (self.aggregate.key, self.metric.key)

    natural_key.dependencies = ["leaderboard.metric"]

    def clean(self):
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
        weighted = self.aggregate.aggregate == Metric.Aggregate.QUESTION_WEIGHTED
        if weighted and self.weight is None and self.metric.question_count is None:
            raise ValidationError(
                {
                    "weight": _(
                        "%(metric)s has no number of questions. Give it one, or type a weight here."
                    )
                    % {"metric": self.metric}
                }
            )


def with_components(metric_ids, parts: dict[int, list[int]]) -> set[int]:
    """The metrics and, at any depth, the components they are made from."""
    found: set[int] = set()
    waiting = list(metric_ids)
    while waiting:
        metric = waiting.pop()
        if metric not in found:
            found.add(metric)
            waiting += parts.get(metric, [])
    return found
