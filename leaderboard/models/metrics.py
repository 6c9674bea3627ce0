"""Metrics: what a benchmark measures, in which unit and direction, and what is made from it."""

from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import LabelField, NumberField
from leaderboard.text.numbers import format_exact
from leaderboard.text.words import unit_words

from . import metric_changes
from .base import MARKDOWN, Named, Translated, TranslatedQuerySet, loaded_after
from .benchmarks import Benchmark
from .history import history
from .keys import validate_metric_key

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
        OTHER = "other", _("another one: type its label")

    DIRECTIONS = (
        (True, _("higher is better")),
        (False, _("lower is better")),
        (None, _("neither: it describes, and ranks nothing")),
    )

    class Aggregate(models.TextChoices):
        NONE = "", _("no: it is measured")
        MEAN = "mean", _("mean of its components")
        QUESTION_WEIGHTED = (
            "question-weighted mean",
            _("question-weighted mean of its components"),
        )
        MEAN_WIN_RATE = "mean win rate", _("mean win rate over its components")
        MEAN_RANK = "mean rank", _("mean rank over its components")

    # Made from ranks and not from values: components of any unit and direction can enter.
    RANK_BASED = frozenset({Aggregate.MEAN_WIN_RATE.value, Aggregate.MEAN_RANK.value})

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
    unit_label = LabelField(
        max_length=20,
        blank=True,
        default="",
        help_text=_("Of another unit, as it stands beside a value: ms, s, $, tokens, Elo."),
    )
    label_in_front = models.BooleanField(
        default=False, help_text=_("Stands the label before the value, like $5?")
    )
    minimum = NumberField(
        max_digits=24,
        decimal_places=8,
        null=True,
        blank=True,
        help_text=_("A score below is refused. Empty: 0 for a proportion or percent."),
    )
    maximum = NumberField(
        max_digits=24,
        decimal_places=8,
        null=True,
        blank=True,
        help_text=_("A score above is refused. Empty: 1 for a proportion, 100 for percent."),
    )
    higher_is_better = models.BooleanField(
        _("direction"),
        choices=DIRECTIONS,
        default=True,
        null=True,
        blank=True,
        help_text=_("Neither, for a length or a year: no best value, no rank."),
    )
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
    questions_of = models.ForeignKey(
        "self",
        models.RESTRICT,
        related_name="shares_questions",
        null=True,
        blank=True,
        verbose_name=_("same questions as"),
        help_text=_(
            "If it asks the questions of another metric of the benchmark, like F1 beside accuracy: "
            "that one. They count once."
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
            models.CheckConstraint(
                condition=(Q(unit="other") & ~Q(unit_label=""))
                | (~Q(unit="other") & Q(unit_label="")),
                name="another_unit_has_a_label",
                violation_error_message=_("A label belongs to another unit, and to no other."),
            ),
            models.CheckConstraint(
                condition=Q(questions_of=None) | Q(question_count=None),
                name="questions_are_counted_once",
                violation_error_message=_(
                    "The number of questions is that of the metric whose questions it asks. Empty "
                    "one of the two."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.benchmark} {self.name}" if self.benchmark else self.name

    @loaded_after("leaderboard.benchmark")
    def natural_key(self) -> tuple[Any, ...]:
        return (self.key,)

    def derive(self) -> None:
        super().derive()
        self.forget_range_of_other_unit()
        top = LARGEST_OF_UNIT.get(self.unit)
        if top is not None:
            self.minimum = Decimal(0) if self.minimum is None else self.minimum
            self.maximum = top if self.maximum is None else self.maximum

    def forget_range_of_other_unit(self) -> None:
        """Empties a range that followed from the unit, once the unit is another one."""
        names = ("unit", "minimum", "maximum")
        stored = Metric.objects.filter(pk=self.pk).values_list(*names).first() if self.pk else None
        if stored is None or stored[0] == self.unit:
            return
        unit, *range_of_unit = stored
        followed = [Decimal(0), LARGEST_OF_UNIT.get(unit)]
        if range_of_unit == followed == [self.minimum, self.maximum]:
            self.minimum = self.maximum = None

    def namesakes(self) -> models.QuerySet[Any]:
        return super().namesakes().filter(benchmark=self.benchmark_id)

    def clean(self) -> None:
        super().clean()
        self.check_unit_label()
        self.check_kind()
        self.check_questions()
        self.check_range()
        stored = Metric.objects.filter(pk=self.pk).first()
        if stored is not None:
            metric_changes.check_change(self, stored)

    def check_unit_label(self) -> None:
        """Raises ValidationError unless another unit has a label, and only it."""
        if self.unit == self.Unit.OTHER and not self.unit_label:
            raise ValidationError({"unit_label": _("Type the label of the unit, like ms or $.")})
        if self.unit != self.Unit.OTHER and self.unit_label:
            refusal = _("A label belongs to another unit. Choose that, or empty the label.")
            raise ValidationError({"unit_label": refusal})

    def check_kind(self) -> None:
        """Raises ValidationError for what is made from ranks in a unit or direction not its own."""
        if self.aggregate == self.Aggregate.MEAN_WIN_RATE and (
            self.unit not in LARGEST_OF_UNIT or not self.higher_is_better
        ):
            refusal = _("A mean win rate is a proportion or percent, and higher is better.")
            raise ValidationError({"aggregate": refusal})
        if self.aggregate == self.Aggregate.MEAN_RANK and (
            self.unit in LARGEST_OF_UNIT or self.higher_is_better is not False
        ):
            refusal = _("A mean rank is in points or another unit, and lower is better.")
            raise ValidationError({"aggregate": refusal})
        if self.is_rank_based and (self.question_count or self.questions_of_id):
            field = "question_count" if self.question_count else "questions_of"
            refusal = _("What is made from ranks asks no questions. Leave this empty.")
            raise ValidationError({field: refusal})

    def check_questions(self) -> None:
        """Raises ValidationError unless it asks its own questions, or those of a near metric."""
        other = self.questions_of
        if other is None:
            return
        if other.pk == self.pk or other.benchmark_id != self.benchmark_id:
            refusal: Any = _("Choose another metric of the same benchmark.")
        elif other.questions_of_id or (self.pk and self.shares_questions.exists()):
            refusal = _("Choose the metric whose own questions these are: %(metric)s has none.") % {
                "metric": other if other.questions_of_id else self
            }
        else:
            return
        raise ValidationError({"questions_of": refusal})

    @property
    def asked_count(self) -> int | None:
        """The number of questions that it asks: its own, or those of the metric that it names."""
        return self.questions_of.question_count if self.questions_of else self.question_count

    @property
    def is_rank_based(self) -> bool:
        """Whether it is made from ranks, so that its components may be of any unit."""
        return self.aggregate in self.RANK_BASED

    def check_range(self) -> None:
        """Raises ValidationError for an empty range, or one that belongs to another unit."""
        low, high = self.minimum, self.maximum
        if low is not None and high is not None and low >= high:
            raise ValidationError({"maximum": _("The maximum must be above the minimum.")})
        if self.unit == self.Unit.PERCENT and high == 1:
            refusal = _("0 to 1 is the range of a proportion. Leave both ends empty.")
            raise ValidationError({"maximum": refusal})
        if self.unit == self.Unit.PROPORTION and high == 100:
            refusal = _("0 to 100 is the range of percent. Leave both ends empty.")
            raise ValidationError({"maximum": refusal})

    @property
    def can_rank(self) -> bool:
        """Whether one end of it is the better one, so that LLMs have ranks in it."""
        return self.higher_is_better is not None

    @property
    def needs_weights(self) -> bool:
        """Whether it is a mean in which components count by their questions."""
        return self.aggregate == self.Aggregate.QUESTION_WEIGHTED

    @property
    def scale(self) -> tuple[str, str, bool | None]:
        """Its unit and direction: only metrics of one scale have a mean."""
        return self.unit, self.unit_label, self.higher_is_better

    def describe_range(self) -> str:
        """Writes “0 to 1, proportion”."""
        low = "–∞" if self.minimum is None else format_exact(self.minimum)
        high = "∞" if self.maximum is None else format_exact(self.maximum)
        return _("%(low)s to %(high)s, %(unit)s") % {
            "low": low,
            "high": high,
            "unit": unit_words(self),
        }

    def check_value(self, value: Decimal) -> None:
        """Raises ValidationError, with a remedy, for a value outside the range of the metric."""
        if self.is_rank_based:
            refusal = _("%(metric)s is computed from ranks: no value of it is entered.")
            raise ValidationError(refusal % {"metric": self})
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
