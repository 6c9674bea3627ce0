"""Leaderboards, their columns, and the revision of all published content."""

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import NameField, WebAddressField
from leaderboard.text.names import name_key
from leaderboard.text.words import local_text

from .base import (
    MARKDOWN,
    BySlug,
    Content,
    ContentQuerySet,
    Translated,
    TranslatedQuerySet,
    loaded_after,
)
from .history import history
from .metrics import Metric


def validate_spdx(licence: str) -> None:
    """Raises ValidationError unless it is written as an SPDX licence expression, like CC-BY-4.0.

    Whether SPDX lists the licence is not asked: its list grows.
    """
    name = r"[A-Za-z0-9][A-Za-z0-9.+-]*"
    if not re.fullmatch(rf"{name}(?: (?:AND|OR|WITH) {name})*", licence):
        raise ValidationError(
            _("Type the licence as SPDX writes it, like CC-BY-4.0: see https://spdx.org/licenses/.")
        )


def licence_address(licence: str) -> str:
    """Returns the page at SPDX of one licence; "" for several, for one of nobody else, and for
    none."""
    is_listed = licence and " " not in licence and not licence.startswith("LicenseRef-")
    return f"https://spdx.org/licenses/{licence}.html" if is_listed else ""


class LeaderboardQuerySet(TranslatedQuerySet):
    """Leaderboards; each is published by itself."""


class Leaderboard(Translated, Content):
    """A public page: which metrics are shown, in which order, ranked by which."""

    TRANSLATED = ("title", "introduction", "methodology")

    title = NameField(help_text=_("Heading of the page, like “Medical LLMs - AnesBench”."))
    slug = models.SlugField(
        _("address"),
        max_length=100,
        unique=True,
        help_text=_(
            "Last part of the page's address: /leaderboard/…/. Links keep it, so it is "
            "fixed at first publication."
        ),
    )
    introduction = models.TextField(max_length=20_000, blank=True, default="", help_text=MARKDOWN)
    methodology = models.TextField(
        max_length=50_000,
        blank=True,
        default="",
        help_text=format_lazy(
            "{} {}", _("How the scores were measured and the aggregates are made."), MARKDOWN
        ),
    )
    citation = models.TextField(
        max_length=10_000, blank=True, default="", help_text=_("BibTeX, shown for copying.")
    )
    data_licence = models.CharField(
        _("licence of the data"),
        max_length=100,
        blank=True,
        default="",
        validators=[validate_spdx],
        help_text=_("As SPDX writes it, like CC-BY-4.0 or CC0-1.0. Empty says nothing."),
    )
    contact = NameField(
        _("contact for corrections"),
        max_length=500,
        blank=True,
        default="",
        help_text=_("An e-mail address, or the web address of a form or issue tracker."),
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text=_("The published leaderboard with the smallest one is the front page.")
    )
    is_published = models.BooleanField(
        _("published"), default=False, help_text=_("Until then only “Preview” shows it.")
    )
    ranking_metric = models.ForeignKey(
        Metric,
        models.PROTECT,
        related_name="ranked_leaderboards",
        help_text=_("Ranks follow this metric. It has to be one of the columns."),
    )

    ranks_partial_runs = models.BooleanField(
        _("rank partial runs"),
        default=False,
        help_text=_(
            "A run of fewer questions than its metric has is shown and marked. Switch on to rank "
            "it too."
        ),
    )

    # The licence of the site's data, for a leaderboard that names none; whoever shows it sets it.
    site_licence = ""

    objects = BySlug.from_queryset(LeaderboardQuerySet)()
    history = history()

    class Meta:
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return str(self.title)

    @loaded_after("leaderboard.metric")
    def natural_key(self) -> tuple[Any, ...]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("leaderboard", args=[self.slug])

    @property
    def shown_licence(self) -> str:
        """The licence of the data: its own, else that of the site; "" if neither is stated."""
        return self.data_licence or self.site_licence

    @property
    def data_licence_address(self) -> str:
        """The page of that licence at SPDX; "" if there is none."""
        return licence_address(self.shown_licence)

    @property
    def short_title(self) -> str:
        """The part of the title after “ - ”, which tells it from other leaderboards."""
        return local_text(self, "title").rsplit(" - ", 1)[-1]

    def clean(self) -> None:
        super().clean()
        validate_contact(self.contact)
        self.check_direction()
        others = Leaderboard.objects.exclude(pk=self.pk).values_list("title", flat=True)
        if name_key(self.title) in map(name_key, others):
            raise ValidationError(
                {"title": _("Another leaderboard has this title. Type one that readers can tell.")}
            )

    def check_direction(self) -> None:
        """Raises ValidationError for a ranking metric in which no value is better."""
        if self.ranking_metric_id and not self.ranking_metric.can_rank:
            raise ValidationError(
                {
                    "ranking_metric": _(
                        "%(metric)s ranks nothing: neither end of it is better. Rank by another "
                        "metric, or give it a direction."
                    )
                    % {"metric": self.ranking_metric}
                }
            )

    def check_ranking_metric(self, column_metric_ids: Iterable[int]) -> None:
        """Raises ValidationError unless the ranking metric is one of these columns."""
        if self.ranking_metric_id not in column_metric_ids:
            raise ValidationError(
                {
                    "ranking_metric": _(
                        "%(metric)s is not among the columns. Add it to them, or rank by one of "
                        "them."
                    )
                    % {"metric": self.ranking_metric}
                }
            )


def validate_contact(contact: str) -> None:
    """Raises ValidationError unless the contact is empty, an e-mail address or a web address."""
    if not contact or re.fullmatch(r"[^@\s<>\"']+@[^@\s<>\"']+\.[^@\s<>\"']+", contact):
        return
    try:
        WebAddressField().run_validators(contact)
    except ValidationError as error:
        raise ValidationError(
            {"contact": _("Type an e-mail address, or a web address that starts with https://.")}
        ) from error


class ColumnQuerySet(ContentQuerySet):
    """Columns; one is public with its leaderboard."""

    PUBLISHED = Q(leaderboard__is_published=True)

    def get_by_natural_key(self, leaderboard: str, metric: str) -> Any:
        return self.get(leaderboard__slug=leaderboard, metric__key=metric)


class Column(Content):
    """A metric on a leaderboard."""

    leaderboard = models.ForeignKey(Leaderboard, models.CASCADE, related_name="columns")
    metric = models.ForeignKey(Metric, models.CASCADE, related_name="columns")
    position = models.PositiveSmallIntegerField(default=0, help_text=_("From left to right."))
    shown_by_default = models.BooleanField(
        default=True, help_text=_("Visitors can always choose columns for themselves.")
    )

    objects = models.Manager.from_queryset(ColumnQuerySet)()
    history = history()

    class Meta:
        ordering = ["leaderboard", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["leaderboard", "metric"], name="one_column_per_leaderboard_and_metric"
            ),
        ]

    def __str__(self) -> str:
        return _("%(metric)s on %(leaderboard)s") % {
            "metric": self.metric,
            "leaderboard": self.leaderboard,
        }

    @loaded_after("leaderboard.leaderboard")
    def natural_key(self) -> tuple[Any, ...]:
        return (self.leaderboard.slug, self.metric.key)


class ContentRevision(models.Model):
    """The name of the state of the published content.

    It is random, not counted: after a restore an old token means the old content again.
    """

    token = models.CharField(max_length=32)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="there_is_one_revision")]

    def __str__(self) -> str:
        return self.token
