"""What all content shares: publication, derived values, names, history."""

from collections.abc import Callable
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import NameField
from leaderboard.text.names import name_key

from .keys import make_slug
from .locks import content_lock, take_lock_first

MARKDOWN = _("Markdown: **bold**, *italic*, [link](https://…), lists. HTML is shown as text.")


def loaded_after(*labels: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Marks a natural_key that needs rows of these models: loaddata stores those first."""

    def mark(natural_key: Callable[..., Any]) -> Callable[..., Any]:
        natural_key.dependencies = list(labels)  # type: ignore[attr-defined]  # Django asks for it
        return natural_key

    return mark


class LockedQuerySet(models.QuerySet[Any]):
    """Rows whose writers go one after the other: what writes or locks them takes the lock first."""

    def select_for_update(self, *args: Any, **kwargs: Any) -> Self:
        take_lock_first()
        return super().select_for_update(*args, **kwargs)

    def update(self, **values: Any) -> int:
        with content_lock():
            return super().update(**values)

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        with content_lock():
            return super().bulk_create(*args, **kwargs)

    def delete(self) -> Any:
        with content_lock():
            return super().delete()

    delete.queryset_only = True  # type: ignore[attr-defined]  # as Django's: a manager has none


class ContentQuerySet(LockedQuerySet):
    """Content that visitors may or may not see."""

    PUBLISHED = Q(is_published=True)

    def published(self) -> Self:
        """What a public page shows or depends on."""
        return self.filter(self.PUBLISHED).distinct()


class Content(models.Model):
    """What all content has: values derived before it is checked or stored, and the lock.

    A save or a deletion, its history and the new revision are one transaction. Whoever judges
    before saving, like full_clean(), does both within `content_lock()`.
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with content_lock():
            self.derive()
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        with content_lock():
            return super().delete(*args, **kwargs)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self.derive()
        super().full_clean(*args, **kwargs)

    def derive(self) -> None:
        """Fill the fields that follow from others; save(), full_clean() and loaddata call it."""


class TranslatedQuerySet(ContentQuerySet):
    """Content whose texts have translations."""

    def with_translations(self) -> Self:
        """With the texts in all languages, read in one query for all rows."""
        return self.prefetch_related("translations")


class Translated(models.Model):
    """Content with texts that have translations: rows of `Translation`, as `translations`."""

    TRANSLATED: tuple[str, ...] = ()  # the fields that hold these texts in English

    translations: Any

    class Meta:
        abstract = True

    @cached_property
    def translated_texts(self) -> dict[tuple[str, str], str]:
        """The translations by (language, field), read with the first that is asked for."""
        return {(row.language, row.field): row.text for row in self.translations.all()}


class Named(Content):
    """Content that people know by its name: no two names may look alike."""

    name = NameField()
    name_key = models.CharField(max_length=400, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.name)

    def derive(self) -> None:
        self.name_key = name_key(self.name or "")  # a fixture may hold null

    def validate_unique(self, exclude: Any = None) -> None:
        super().validate_unique(without_name(exclude))

    def validate_constraints(self, exclude: Any = None) -> None:
        super().validate_constraints(without_name(exclude))

    def namesakes(self) -> models.QuerySet[Any]:
        """The other entities among which this one's name is unique."""
        return type(self)._default_manager.exclude(pk=self.pk)

    def clean(self) -> None:
        super().clean()
        if len(self.name_key) > 400:
            raise ValidationError({"name": _("The name is too long. Type a shorter one.")})
        if "\0" in self.name_key:
            return  # refused by the field already, and PostgreSQL cannot even look for it
        twin = self.namesakes().filter(name_key=self.name_key).first()
        if twin:
            raise ValidationError(
                {
                    "name": _(
                        "“%(name)s” looks like “%(twin)s”, which exists already. Edit that one, or "
                        "type a name that a reader can tell apart."
                    )
                    % {"name": self.name, "twin": twin.name}
                }
            )


def without_name(exclude: Any) -> Any:
    """A wrong name is reported once, not again for the key and the address made from it."""
    return {*exclude, "name_key", "slug"} if exclude and "name" in exclude else exclude


class Slugged(Named):
    slug = models.SlugField(
        _("address"),
        max_length=100,
        unique=True,
        blank=True,
        help_text=_(
            "Last part of the page's address. Leave empty to make it from the name. "
            "It is fixed at first publication, so that links keep working."
        ),
    )

    class Meta:
        abstract = True

    def derive(self) -> None:
        super().derive()
        self.slug = self.slug or make_slug(self.name or "")

    def clean(self) -> None:
        super().clean()
        if self.name and not self.slug:
            raise ValidationError(
                {
                    "slug": _(
                        "Type an address: the name has no Latin letter or digit to make it from."
                    )
                }
            )


class BySlug(models.Manager[Any]):
    """Fixtures name content by its slug, not by a number that differs between databases."""

    def get_by_natural_key(self, slug: str) -> Any:
        return self.get(slug=slug)
