"""LLMs and the organizations that release them."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import NameField, NumberField, WebAddressField
from leaderboard.text import kinds

from .base import MARKDOWN, BySlug, ContentQuerySet, Slugged, loaded_after
from .history import history
from .locks import content_lock

MOST_BILLIONS = Decimal(1_000_000)  # of parameters: a quadrillion, beyond any LLM

validate_hugging_face_id = RegexValidator(
    r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+\Z", _("Type the id as in its address: organization/name.")
)


class OrganizationQuerySet(ContentQuerySet):
    """Organizations; one is public with its first published LLM."""

    PUBLISHED = Q(llms__is_published=True)


class Organization(Slugged):
    """Who releases LLMs; public with its first published LLM."""

    homepage = WebAddressField()

    objects = BySlug.from_queryset(OrganizationQuerySet)()
    history = history()

    class Meta:
        ordering = ["name_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["name_key"],
                name="one_organization_per_name",
                violation_error_message=_("An organization of that name exists already."),
            ),
        ]

    def natural_key(self) -> tuple[Any, ...]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("organization", args=[self.slug])


class LLMQuerySet(ContentQuerySet):
    """LLMs; each is published by itself."""


class LLM(Slugged):
    """An evaluated system, as it was released: another size or version is another LLM.

    Its kind says whether it competes: `text/kinds.py`.
    """

    class Kind(models.TextChoices):
        MODEL = kinds.MODEL, _("model")
        HUMAN = "human", _("human baseline")
        RANDOM = "random", _("random baseline")
        ENSEMBLE = "ensemble", _("ensemble")
        SYSTEM = "system", _("system")

    kind = models.CharField(
        max_length=10,
        choices=Kind.choices,
        default=Kind.MODEL,
        help_text=_(
            "A human or random baseline stands in tables at its value, marked and without a rank, "
            "and moves no rank. An ensemble (several LLMs) and a system (an LLM with tools or a "
            "scaffold) compete, marked."
        ),
    )
    family = NameField(
        max_length=100,
        blank=True,
        default="",
        help_text=_(
            "What variants share: effort, quantization, scaffold or prompt make “o3 (high)” and "
            "“o3 (low)” variants of the family “o3”. They stand together by name and can be folded "
            "to the best one. Empty for an LLM without variants."
        ),
    )
    note = NameField(
        max_length=500,
        blank=True,
        default="",
        help_text=_(
            "Public: what a reader has to know of all of its scores, as a footnote of its row: "
            "“evaluated with tools”. What is to be said of one score is a note of that score."
        ),
    )
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="llms",
        null=True,
        blank=True,
        help_text=_("Who released it. Leave empty if unknown."),
    )
    parameters = NumberField(
        _("parameters (billions)"),
        max_digits=10,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.0001"))],
        help_text=_(
            "All parameters, in billions: 671 for a 671B LLM. Empty if not disclosed: "
            "never a guess."
        ),
    )
    active_parameters = NumberField(
        _("active parameters (billions)"),
        max_digits=10,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.0001"))],
        help_text=_("For a mixture of experts: those used for one token, in billions. Else empty."),
    )
    open_weights = models.BooleanField(
        null=True, blank=True, help_text=_("Can anyone download the weights? Unknown is an answer.")
    )
    license = NameField(
        max_length=100, blank=True, default="", help_text=_("As its publisher names it.")
    )
    domain = NameField(
        max_length=50,
        blank=True,
        default="",
        help_text=_("What it was trained for, in one lower-case word: general, medical, …"),
    )
    reasoning = models.BooleanField(
        null=True, blank=True, help_text=_("Does it write a chain of thought before it answers?")
    )
    base_model = NameField(
        max_length=200,
        blank=True,
        default="",
        help_text=_("The LLM it was fine-tuned from, if any."),
    )
    huggingface_id = models.CharField(
        _("Hugging Face id"),
        max_length=200,
        blank=True,
        default="",
        validators=[validate_hugging_face_id],
        help_text=_("organization/name, without https://…"),
    )
    homepage = WebAddressField(help_text=_("Its own page, if it has one outside Hugging Face."))
    released = models.DateField(
        null=True, blank=True, help_text=_("Day of first public release, as 2025-01-20.")
    )
    description = models.TextField(max_length=20_000, blank=True, default="", help_text=MARKDOWN)
    is_published = models.BooleanField(
        _("published"),
        default=True,
        help_text=_("Visitors see it and its scores count in ranks. Switch off for a draft."),
    )

    objects = BySlug.from_queryset(LLMQuerySet)()
    history = history()

    class Meta:
        verbose_name = _("LLM")
        verbose_name_plural = _("LLMs")
        ordering = ["name_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["name_key"],
                name="one_llm_per_name",
                violation_error_message=_("An LLM of that name exists already."),
            ),
            models.CheckConstraint(
                condition=Q(parameters__gt=0, parameters__lt=MOST_BILLIONS) | Q(parameters=None),
                name="parameters_are_positive",
            ),
            models.CheckConstraint(
                condition=Q(active_parameters__gt=0, active_parameters__lt=MOST_BILLIONS)
                | Q(active_parameters=None),
                name="active_parameters_are_positive",
            ),
            models.CheckConstraint(condition=Q(kind__in=kinds.KINDS), name="kind_is_known"),
        ]

    @loaded_after("leaderboard.organization")
    def natural_key(self) -> tuple[Any, ...]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("llm", args=[self.slug])

    @property
    def is_baseline(self) -> bool:
        """Is it what LLMs are measured against, and takes no rank itself?"""
        return self.kind in kinds.BASELINES

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Stores it; a name that it had until now stays an alias."""
        with content_lock():
            old = LLM.objects.filter(pk=self.pk).values_list("name", flat=True).first()
            super().save(*args, **kwargs)
            if old is not None and old != self.name:
                self.aliases.model.objects.keep_old_name(self, old)

    def derive(self) -> None:
        super().derive()
        self.domain = (self.domain or "").strip().lower()

    def clean(self) -> None:
        super().clean()
        self.check_sizes()

    def check_sizes(self) -> None:
        """Raises ValidationError for more active parameters than parameters."""
        if self.parameters and self.active_parameters and self.active_parameters > self.parameters:
            raise ValidationError(
                {
                    "active_parameters": _(
                        "More active parameters than parameters: check both numbers."
                    )
                }
            )
