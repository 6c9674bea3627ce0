"""What all content shares: publication, derived values, names, translations, the lock."""

from collections.abc import Callable
from contextlib import suppress
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
    """Rows of which writers take turns: writing or locking them takes the content lock first."""

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
    """Content that may be public or a draft."""

    PUBLISHED = Q(is_published=True)

    def published(self) -> Self:
        """Returns the rows that a public page shows or depends on."""
        return self.filter(self.PUBLISHED).distinct()


class Content(models.Model):
    """What all content has: fields derived before a row is checked or stored, and the content lock.

    A save or a deletion, its history and the new revision are one transaction. A caller that checks
    before it saves, as with full_clean(), does both within `content_lock()`.
    """

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Stores it. Raises DatabaseError for a row that was read and has been deleted since."""
        with content_lock():
            if kwargs.get("update_fields"):
                kwargs["update_fields"] = self.derive_from(set(kwargs["update_fields"]))
            else:
                was_read = self.pk is not None and not self._state.adding
                if was_read and not kwargs.get("force_insert"):
                    kwargs["force_update"] = True  # what was deleted since does not come back
                self.derive()
            super().save(*args, **kwargs)

    def derive_from(self, names: set[str]) -> set[str]:
        """Derives what follows from these fields and the others as they are stored; returns the
        names of all that is to be stored."""
        self.read_other_fields(names)
        before = dict(self.__dict__)
        self.derive()
        return names | {
            field.name
            for field in self._meta.concrete_fields
            if before.get(field.attname) != self.__dict__.get(field.attname)
        }

    def read_other_fields(self, names: set[str]) -> bool:
        """Reads all fields but these as they are stored: another writer may have changed them, and
        the history tells the whole row. Returns whether the row is there."""
        others = [
            field.name
            for field in self._meta.concrete_fields
            if not {field.name, field.attname} & names
        ]
        with suppress(self.DoesNotExist):
            self.refresh_from_db(fields=others)
            return True
        return False

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        with content_lock():
            if not self.read_other_fields(set()):
                return 0, {}  # another writer has deleted it, and the history tells that
            return super().delete(*args, **kwargs)

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self.derive()
        super().full_clean(*args, **kwargs)

    def derive(self) -> None:
        """Fills the fields that follow from others; save(), full_clean() and loaddata call it."""


class TranslatedQuerySet(ContentQuerySet):
    """Content whose texts have translations."""

    def with_translations(self) -> Self:
        """Reads the texts in all languages, in one query for all rows."""
        return self.prefetch_related("translations")


class Translated(models.Model):
    """Content with texts that have translations: rows of `Translation`, as `translations`."""

    TRANSLATED: tuple[str, ...] = ()  # the fields that hold these texts in English

    translations: Any

    class Meta:
        abstract = True

    @cached_property
    def translated_texts(self) -> dict[tuple[str, str], str]:
        """The translations by (language, field), read with the first one."""
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
        """Returns the rows among which this one's name is unique."""
        return type(self)._default_manager.exclude(pk=self.pk)

    def clean(self) -> None:
        super().clean()
        if len(self.name_key) > 400:
            raise ValidationError({"name": _("The name is too long. Type a shorter one.")})
        if "\0" in self.name_key:
            return  # the field refuses it, and PostgreSQL cannot look for it
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
    """Excludes what is made from a wrong name, so that it is reported once."""
    return {*exclude, "name_key", "slug"} if exclude and "name" in exclude else exclude


class Slugged(Named):
    """Content with a page of its own, at an address that ends with its slug."""

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
    """Finds content by its slug, as fixtures name it: ids differ between databases."""

    def get_by_natural_key(self, slug: str) -> Any:
        return self.get(slug=slug)
