"""What all content shares: publication, derived values, names, history."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import NameField
from leaderboard.text.names import name_key

from .keys import make_slug

MARKDOWN = _("Markdown: **bold**, *italic*, [link](https://…), lists. HTML is shown as text.")
CHINESE = _("Shown on the Chinese pages. Empty: the English text is shown there too.")


class ContentQuerySet(models.QuerySet):
    """Content that visitors may or may not see."""

    PUBLISHED = Q(is_published=True)

    def published(self):
        """What a public page shows or depends on."""
        return self.filter(self.PUBLISHED).distinct()


class Content(models.Model):
    """What all content has: values derived before it is checked or stored."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.derive()
        super().save(*args, **kwargs)

    def full_clean(self, *args, **kwargs):
        self.derive()
        super().full_clean(*args, **kwargs)

    def derive(self) -> None:
        """Fill the fields that follow from others; save(), full_clean() and loaddata call it."""


class Named(Content):
    """Content that people know by its name: no two names may look alike."""

    name = NameField()
    name_key = models.CharField(max_length=400, editable=False)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    def derive(self):
        self.name_key = name_key(self.name or "")  # a fixture may hold null

    def validate_unique(self, exclude=None):
        super().validate_unique(without_name(exclude))

    def validate_constraints(self, exclude=None):
        super().validate_constraints(without_name(exclude))

    def namesakes(self):
        """The other entities among which this one's name is unique."""
        return type(self)._default_manager.exclude(pk=self.pk)

    def clean(self):
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


def without_name(exclude):
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

    def derive(self):
        super().derive()
        self.slug = self.slug or make_slug(self.name or "")

    def clean(self):
        super().clean()
        if self.name and not self.slug:
            raise ValidationError(
                {
                    "slug": _(
                        "Type an address: the name has no Latin letter or digit to make it from."
                    )
                }
            )


class BySlug(models.Manager):
    """Fixtures name content by its slug, not by a number that differs between databases."""

    def get_by_natural_key(self, slug):
        return self.get(slug=slug)
