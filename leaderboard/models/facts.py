"""Facts that a site defines beside the fields of LLMs, their values, and the columns that show
either.

A value has a source and a date where it ages, as a price does. The key of a defined fact has an
underscore, which no key of a metric has: both name columns in addresses and files.
"""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import LabelField, WebAddressField, in_words, validate_web_address
from leaderboard.text.fact_values import store_value
from leaderboard.text.facts import COLUMNS, FactKind
from leaderboard.text.sentences import Sentence

from .base import Content, ContentQuerySet, Named, loaded_after
from .history import history
from .keys import make_slug
from .leaderboards import Leaderboard
from .llms import LLM

RESERVED_ENDS = ("_low", "_high", "_n", "_partial", "_date", "_source")  # of columns of a CSV


def validate_fact_key(key: str) -> None:
    """Raises ValidationError for a key that could be another column's."""
    if key in {fact.field for fact in COLUMNS} or key.endswith(RESERVED_ENDS):
        raise ValidationError(
            _("“%(key)s” is the name of another column. Choose another key.") % {"key": key}
        )
    if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+", key):
        raise ValidationError(
            _("Type lower-case letters and digits with at least one underscore: context_length.")
        )


def make_fact_key(name: str) -> str:
    """Returns a key from a name: context_length, fact_modality; "" if there is nothing to make one
    of."""
    key = re.sub(r"[-_]+", "_", make_slug(name)).strip("_")[:70]
    return key if not key or "_" in key else f"fact_{key}"


class FactQuerySet(ContentQuerySet):
    """Defined facts; one is public with the first published leaderboard that shows it."""

    PUBLISHED = Q(columns__leaderboard__is_published=True)

    def get_by_natural_key(self, key: str) -> Any:
        return self.get(key=key)


class Fact(Named):
    """What a site tells of LLMs beside their fields: the context length, a price."""

    class Kind(models.TextChoices):
        """What its values are."""

        TEXT = FactKind.TEXT.value, _("text")
        NUMBER = FactKind.NUMBER.value, _("number")
        DATE = FactKind.DATE.value, _("date")
        ANSWER = FactKind.ANSWER.value, _("yes or no")
        LINK = FactKind.LINK.value, _("link")

    key = models.SlugField(
        max_length=80,
        unique=True,
        blank=True,
        validators=[validate_fact_key],
        help_text=_(
            "Its name in addresses and files, like context_length. Leave empty to make it from the "
            "name."
        ),
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TEXT)
    unit = LabelField(
        max_length=40,
        blank=True,
        default="",
        help_text=_("Of a number, below its header: tokens, $ per million tokens."),
    )
    decimals = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(8)],
        help_text=_("Digits after the point of a number. Empty: as typed."),
    )

    objects = models.Manager.from_queryset(FactQuerySet)()
    history = history()

    class Meta:
        ordering = ["name_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["name_key"],
                name="one_fact_per_name",
                violation_error_message=_("A fact of that name exists already."),
            ),
        ]

    def natural_key(self) -> tuple[Any, ...]:
        return (self.key,)

    def derive(self) -> None:
        super().derive()
        self.key = self.key or make_fact_key(self.name or "")

    def clean(self) -> None:
        super().clean()
        if self.name and not self.key:
            raise ValidationError(
                {"key": _("Type a key: the name has no Latin letter or digit to make it from.")}
            )
        self.check_kind()

    def check_kind(self) -> None:
        """Raises ValidationError if it becomes of another kind while there are values."""
        stored = Fact.objects.filter(pk=self.pk).values_list("kind", flat=True).first()
        if stored is not None and stored != self.kind and (count := self.values.count()):
            raise ValidationError(
                {
                    "kind": _("%(count)s LLMs have a value of another kind. Remove those first.")
                    % {"count": count}
                }
            )


class FactValueQuerySet(ContentQuerySet):
    """Values; one is public with its LLM and its fact."""

    PUBLISHED = Q(llm__is_published=True, fact__columns__leaderboard__is_published=True)

    def get_by_natural_key(self, llm: str, fact: str) -> Any:
        return self.get(llm__slug=llm, fact__key=fact)


class FactValue(Content):
    """A defined fact of one LLM, with where it was read and when."""

    llm = models.ForeignKey(LLM, models.CASCADE, related_name="fact_values", verbose_name=_("LLM"))
    fact = models.ForeignKey(Fact, models.CASCADE, related_name="values")
    value = LabelField(
        max_length=500, help_text=_("As its kind wants it: 128000, 2024-06, yes, https://…")
    )
    source = WebAddressField(help_text=_("The page where it stands."))
    as_of = models.DateField(
        _("as of"), null=True, blank=True, help_text=_("The day on which it was so, of a price.")
    )
    note = LabelField(max_length=300, blank=True, default="")

    objects = models.Manager.from_queryset(FactValueQuerySet)()
    history = history()

    class Meta:
        verbose_name = _("value of a fact")
        verbose_name_plural = _("values of facts")
        ordering = ["llm", "fact"]
        constraints = [
            models.UniqueConstraint(fields=["llm", "fact"], name="one_value_per_llm_and_fact"),
        ]

    def __str__(self) -> str:
        return f"{self.llm}, {self.fact}: {self.value}"

    @loaded_after("leaderboard.llm", "leaderboard.fact")
    def natural_key(self) -> tuple[Any, ...]:
        return (self.llm.slug, self.fact.key)

    def clean_fields(self, exclude: Any = None) -> None:
        """Refuses a value that is none of its fact's kind; the others get their one spelling."""
        super().clean_fields(exclude)
        if not self.fact_id or not self.value:
            return
        try:
            if self.fact.kind == FactKind.LINK:
                validate_web_address(self.value)
            self.value = store_value(self.fact.kind, self.value)
        except Sentence as error:
            raise ValidationError({"value": in_words(error)}) from error
        except ValidationError as error:
            raise ValidationError({"value": error.messages}) from error


class FactColumnQuerySet(ContentQuerySet):
    """Columns of facts; one is public with its leaderboard."""

    PUBLISHED = Q(leaderboard__is_published=True)

    def get_by_natural_key(self, leaderboard: str, key: str) -> Any:
        return self.get(Q(field=key) | Q(fact__key=key), leaderboard__slug=leaderboard)


class FactColumn(Content):
    """A fact on a leaderboard, between the LLM and the metrics: a field of LLMs, or a defined one.

    It ranks nothing.
    """

    leaderboard = models.ForeignKey(Leaderboard, models.CASCADE, related_name="fact_columns")
    field = models.CharField(
        _("fact"),
        max_length=30,
        blank=True,
        default="",
        choices=[(fact.field, _(fact.label)) for fact in COLUMNS],
    )
    fact = models.ForeignKey(
        Fact,
        models.CASCADE,
        related_name="columns",
        null=True,
        blank=True,
        verbose_name=_("or a fact of your own"),
    )
    position = models.PositiveSmallIntegerField(default=0, help_text=_("From left to right."))
    shown_by_default = models.BooleanField(
        default=True, help_text=_("Visitors can always choose columns for themselves.")
    )

    objects = models.Manager.from_queryset(FactColumnQuerySet)()
    history = history()

    class Meta:
        verbose_name = _("column of a fact")
        verbose_name_plural = _("columns of facts")
        ordering = ["leaderboard", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(fact=None) & ~Q(field="") | Q(fact__isnull=False, field=""),
                name="a_fact_column_shows_one_fact",
                violation_error_message=_("Choose one fact for the column, from either list."),
            ),
            models.UniqueConstraint(
                fields=["leaderboard", "field"],
                condition=~Q(field=""),
                name="one_column_per_leaderboard_and_field",
            ),
            models.UniqueConstraint(
                fields=["leaderboard", "fact"], name="one_column_per_leaderboard_and_fact"
            ),
        ]

    def __str__(self) -> str:
        return _("%(fact)s on %(leaderboard)s") % {
            "fact": self.fact or self.get_field_display(),
            "leaderboard": self.leaderboard,
        }

    @loaded_after("leaderboard.leaderboard", "leaderboard.fact")
    def natural_key(self) -> tuple[Any, ...]:
        return (self.leaderboard.slug, self.fact.key if self.fact else self.field)
