"""Scores and the sources that they come from."""

from decimal import Decimal
from hashlib import sha256
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import NameField, NumberField, WebAddressField
from leaderboard.text.numbers import LARGEST, format_exact, reported_places
from leaderboard.text.privacy import private_detail

from .base import Content, ContentQuerySet, loaded_after
from .history import history
from .llms import LLM
from .metrics import Metric


class SourceQuerySet(ContentQuerySet):
    """Sources; one is public with a public score."""

    def published(self) -> Self:
        return self.filter(scores__in=Score.objects.published()).distinct()

    def get_by_natural_key(self, title: str, url: str, file_sha256: str) -> Any:
        return self.get(title=title, url=url, file_sha256=file_sha256)


class Source(Content):
    """Who measured scores, when and how.

    Its id stands in public addresses and files. Ids are not counted: consecutive ones would tell
    how many sources are hidden.
    """

    class Kind(models.TextChoices):
        PAPER = "paper", _("paper")
        LEADERBOARD = "leaderboard", _("leaderboard")
        RUN = "evaluation run", _("evaluation run")
        REPORT = "report", _("report")

    class Tier(models.TextChoices):
        INDEPENDENT = "independent", _("independent: neither this site nor the LLM's maker")
        MAINTAINER = "maintainer", _("maintainer: those who run this leaderboard")
        VENDOR = "vendor", _("vendor: the maker of the LLM")
        UNKNOWN = "unknown", _("unknown")

    title = NameField(
        max_length=200, help_text=_("As a reader would cite it: “AnesBench paper, table 2”.")
    )
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.RUN)
    url = WebAddressField(_("URL"), help_text=_("Where a reader can check the numbers."))
    evaluator = NameField(
        max_length=200, blank=True, default="", help_text=_("Who ran the evaluation.")
    )
    tier = models.CharField(
        max_length=20,
        choices=Tier,
        default=Tier.UNKNOWN,
        help_text=_(
            "How independent the evaluator is of the LLM. Unknown counts as least trusted."
        ),
    )
    harness = NameField(
        max_length=100, blank=True, default="", help_text=_("The program: lm-evaluation-harness, …")
    )
    harness_version = NameField(max_length=100, blank=True, default="")
    settings = models.TextField(
        max_length=5_000,
        blank=True,
        default="",
        help_text=_("Prompt, shots, temperature, … as text. Public: no paths, hosts or tokens."),
    )
    date = models.DateField(
        null=True, blank=True, help_text=_("Of the measurement or publication.")
    )
    file_name = NameField(max_length=200, blank=True, default="")
    file_sha256 = models.CharField(
        _("file SHA-256"),
        max_length=64,
        blank=True,
        default="",
        validators=[RegexValidator(r"^([0-9a-f]{64})?\Z", _("64 hexadecimal digits, lower case."))],
    )

    objects = models.Manager.from_queryset(SourceQuerySet)()
    history = history()

    class Meta:
        ordering = ["-date", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["title", "url", "file_sha256"],
                name="one_source_per_title_url_and_file",
                violation_error_message=_("This source exists already."),
            ),
        ]

    def derive(self) -> None:
        if self.pk is None:
            self.pk = self.free_number()

    def free_number(self) -> int:
        """Returns an id made from what names the source, or the next one that no other has or had:
        scores of the past tell by it where they come from."""
        name = "\n".join(map(str, self.natural_key()))
        number = int(sha256(name.encode(errors="surrogatepass")).hexdigest()[:7], 16)
        while self.is_taken(number):
            number += 1
        return number

    def is_taken(self, number: int) -> bool:
        """Whether a source has this id, or one of another name ever had it."""
        names = ("title", "url", "file_sha256")
        present = Source.objects.filter(pk=number).order_by().values_list(*names, Value(1))
        past = Source.history.filter(id=number).order_by().values_list(*names, Value(0))
        return any(
            is_present or tuple(had) != self.natural_key()
            for *had, is_present in present.union(past)
        )

    def __str__(self) -> str:
        return str(self.title)

    def natural_key(self) -> tuple[Any, ...]:
        return (self.title, self.url, self.file_sha256)

    def get_absolute_url(self) -> str:
        return reverse("source", args=[self.pk])

    def clean(self) -> None:
        super().clean()
        for field in ("title", "evaluator", "harness", "harness_version", "settings", "file_name"):
            detail = private_detail(getattr(self, field))
            if detail:
                raise ValidationError(
                    {
                        field: _(
                            "“%(found)s” names a place on somebody's machine, and this is shown to "
                            "everyone. Leave it out, or name the model or file alone."
                        )
                        % {"found": detail}
                    }
                )


class ScoreQuerySet(ContentQuerySet):
    """Scores; one is public if its LLM and its metric are."""

    def published(self) -> Self:
        metrics = Metric.objects.published()
        return self.filter(llm__is_published=True, metric__in=metrics)

    def get_by_natural_key(self, llm: str, metric: str) -> Any:
        return self.get(llm__slug=llm, metric__key=metric)


class Score(Content):
    """The value that an LLM reached in a metric. A missing score has no row."""

    llm = models.ForeignKey(LLM, models.CASCADE, related_name="scores", verbose_name=_("LLM"))
    metric = models.ForeignKey(Metric, models.CASCADE, related_name="scores")
    value = NumberField(
        max_digits=24,
        decimal_places=8,
        help_text=_(
            "In the metric's unit, with a point: 0.87. Type as many digits as are reported."
        ),
    )
    decimals = models.PositiveSmallIntegerField(
        blank=True,
        validators=[MaxValueValidator(8)],
        help_text=_("Digits after the point as reported. Empty: as typed, at least the metric's."),
    )
    question_count = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000_000)],
        help_text=_("Only if it differs from the metric's: a smaller one is a partial run."),
    )
    standard_error = NumberField(
        max_digits=24,
        decimal_places=8,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("Only if the source reports one; else it follows from the questions."),
    )
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        related_name="scores",
        null=True,
        blank=True,
        help_text=_("Leave empty if unknown."),
    )
    measured_on = models.DateField(null=True, blank=True)
    note = NameField(
        max_length=500,
        blank=True,
        default="",
        help_text=_(
            "Public: what a reader has to know, as a footnote: “500 of 1,200 questions”. What is "
            "to be said of all scores of an LLM is a note of the LLM."
        ),
    )

    objects = models.Manager.from_queryset(ScoreQuerySet)()
    # The changes page asks for the earlier values of every changed score.
    history = history([models.Index(fields=["llm", "metric"], name="score_history_by_llm_metric")])

    class Meta:
        ordering = ["llm", "metric"]
        constraints = [
            models.UniqueConstraint(
                fields=["llm", "metric"],
                name="one_score_per_llm_and_metric",
                violation_error_message=_("The LLM has a score in this metric: edit that one."),
            ),
            models.CheckConstraint(
                condition=Q(value__gt=-LARGEST, value__lt=LARGEST), name="scores_are_finite"
            ),
            models.CheckConstraint(
                condition=Q(standard_error__gte=0, standard_error__lt=LARGEST)
                | Q(standard_error=None),
                name="standard_errors_are_finite",
            ),
            models.CheckConstraint(
                condition=Q(decimals__lte=8), name="scores_have_at_most_eight_decimals"
            ),
        ]

    def __str__(self) -> str:
        return _("%(llm)s in %(metric)s: %(value)s") % {
            "llm": self.llm,
            "metric": self.metric,
            "value": format_exact(self.value),
        }

    @loaded_after(
        "leaderboard.llm", "leaderboard.metric", "leaderboard.component", "leaderboard.source"
    )
    def natural_key(self) -> tuple[Any, ...]:
        return (self.llm.slug, self.metric.key)

    def derive(self) -> None:
        if self.decimals is None and isinstance(self.value, Decimal) and self.metric_id:
            self.decimals = max(self.metric.decimals, reported_places(self.value))

    def clean(self) -> None:
        super().clean()
        if self.metric_id and isinstance(self.value, Decimal):
            try:
                self.metric.check_value(self.value)
            except ValidationError as error:
                raise ValidationError({"value": error.messages}) from error
