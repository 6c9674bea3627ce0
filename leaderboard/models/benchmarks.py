"""Benchmarks: sets of questions that LLMs are measured with."""

from typing import Any, Self

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import NameField, WebAddressField

from .base import MARKDOWN, BySlug, Slugged, Translated, TranslatedQuerySet
from .history import history
from .keys import validate_metric_key  # noqa: F401  # the first migration seeks it here


class BenchmarkQuerySet(TranslatedQuerySet):
    """Benchmarks; one is public with a public metric."""

    def published(self) -> Self:
        from .metrics import Metric  # which imports this module

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
