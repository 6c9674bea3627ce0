"""Pages of the site beside its leaderboards, such as “About” and “How to submit”."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import NameField

from .base import MARKDOWN, BySlug, Content, Translated, TranslatedQuerySet
from .history import history
from .keys import make_slug


class SitePageQuerySet(TranslatedQuerySet):
    """Pages of the site; each is published by itself."""


class SitePage(Translated, Content):
    """A text of the maintainers at an address of its own, linked from every public page."""

    TRANSLATED = ("title", "text")

    class Place(models.TextChoices):
        """Where every public page links to it."""

        NAVIGATION = "navigation", _("navigation")
        FOOTER = "footer", _("footer")

    title = NameField(
        max_length=80, help_text=_("Heading of the page and text of its link, like “About”.")
    )
    slug = models.SlugField(
        _("address"),
        max_length=100,
        unique=True,
        blank=True,
        help_text=_(
            "Last part of the page's address: /pages/…/. Leave empty to make it from the title. "
            "If you change it later, the old address leads to the new one."
        ),
    )
    text = models.TextField(max_length=50_000, help_text=MARKDOWN)
    place = models.CharField(
        _("link in"), max_length=20, choices=Place.choices, default=Place.NAVIGATION
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text=_("The smallest one comes first among the links.")
    )
    is_published = models.BooleanField(
        _("published"), default=False, help_text=_("Until then only “Preview” shows it.")
    )

    objects = BySlug.from_queryset(SitePageQuerySet)()
    history = history()

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["position", "title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(place__in=["navigation", "footer"]),
                name="a_page_is_linked_in_navigation_or_footer",
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def natural_key(self) -> tuple[Any, ...]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("page", args=[self.slug])

    def derive(self) -> None:
        self.slug = self.slug or make_slug(self.title or "")

    def clean(self) -> None:
        super().clean()
        if self.title and not self.slug:
            raise ValidationError(
                {
                    "slug": _(
                        "Type an address: the title has no Latin letter or digit to make it from."
                    )
                }
            )
