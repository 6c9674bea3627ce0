"""Texts of the content in the further languages of the site; the English ones are in the rows."""

from typing import Any, Self

from django.conf import global_settings, settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from .appearance import Appearance
from .base import Content, ContentQuerySet, loaded_after
from .benchmarks import Benchmark
from .history import history
from .leaderboards import Leaderboard
from .metrics import Metric
from .site_pages import SitePage

OWNERS = {
    "leaderboard": Leaderboard, "benchmark": Benchmark, "metric": Metric, "sitepage": SitePage,
    "appearance": Appearance,
}  # fmt: skip
# natural keys of the owners
KEYS = {
    "leaderboard": "slug", "benchmark": "slug", "metric": "key", "sitepage": "slug",
    "appearance": "pk",
}  # fmt: skip


def has_one_owner() -> Q:
    """The condition that exactly one of the owners is named."""
    condition = Q()
    for name in OWNERS:
        others: dict[str, Any] = {other: None for other in OWNERS if other != name}
        condition |= Q(**{f"{name}__isnull": False}, **others)
    return condition


def language_name(code: str) -> str:
    """Returns the name of a language in the reader's language, else as the settings have it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return dict(settings.LANGUAGES).get(code, code)


class TranslationQuerySet(ContentQuerySet):
    """Translations; one is public with its owner."""

    def published(self) -> Self:
        return self.filter(
            Q(leaderboard__is_published=True)
            | Q(benchmark__in=Benchmark.objects.published())
            | Q(metric__in=Metric.objects.published())
            | Q(sitepage__is_published=True)
            | Q(appearance__isnull=False)
        )

    def get_by_natural_key(self, owner: str, key: str, language: str, field: str) -> Any:
        return self.get(**{f"{owner}__{KEYS[owner]}": key}, language=language, field=field)


class Translation(Content):
    """A text of a leaderboard, benchmark, metric, page or the appearance in a further language."""

    leaderboard = models.ForeignKey(
        Leaderboard, models.CASCADE, related_name="translations", null=True, blank=True
    )
    benchmark = models.ForeignKey(
        Benchmark, models.CASCADE, related_name="translations", null=True, blank=True
    )
    metric = models.ForeignKey(
        Metric, models.CASCADE, related_name="translations", null=True, blank=True
    )
    sitepage = models.ForeignKey(
        SitePage, models.CASCADE, related_name="translations", null=True, blank=True,
        verbose_name=_("page"),
    )  # fmt: skip
    appearance = models.ForeignKey(
        Appearance, models.CASCADE, related_name="translations", null=True, blank=True
    )
    language = models.CharField(max_length=20, help_text=_("Its code in LANGUAGES: zh-hans, …"))
    field = models.CharField(max_length=30, help_text=_("Which text: title, description, …"))
    text = models.TextField()

    objects = models.Manager.from_queryset(TranslationQuerySet)()
    history = history()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=has_one_owner(), name="a_translation_has_one_owner"),
            *(
                models.UniqueConstraint(
                    fields=[owner, "language", "field"],
                    name=f"one_translation_of_a_text_of_a_{owner}",
                )
                for owner in OWNERS
            ),
        ]

    def __str__(self) -> str:
        return _("%(field)s of %(owner)s in %(language)s") % {
            "field": self.column.verbose_name if self.column else self.field,
            "owner": self.owner,
            "language": language_name(self.language),
        }

    @property
    def owner_name(self) -> str:
        """leaderboard, benchmark, metric, sitepage or appearance; "" without an owner."""
        return next((name for name in OWNERS if getattr(self, f"{name}_id")), "")

    @property
    def owner(self) -> Any:
        """The row whose text it is; None as long as there is none."""
        return getattr(self, self.owner_name) if self.owner_name else None

    @property
    def column(self) -> Any:
        """The owner's field that holds the text in English; None if it is not translated."""
        model = OWNERS.get(self.owner_name)
        is_known = model is not None and self.field in model.TRANSLATED
        return model._meta.get_field(self.field) if model is not None and is_known else None

    @loaded_after(*(f"leaderboard.{name}" for name in OWNERS))
    def natural_key(self) -> tuple[Any, ...]:
        owner = self.owner_name
        return (owner, getattr(self.owner, KEYS[owner]), self.language, self.field)

    def clean_fields(self, exclude: Any = None) -> None:
        """Refuses a text that the form of its owner refuses: one rule for all languages."""
        super().clean_fields(exclude)
        if self.column is None:
            raise ValidationError({"field": _("This is not a text that is translated.")})
        try:
            self.text = self.column.formfield(required=True).clean(self.text)
        except ValidationError as error:
            raise ValidationError({"text": error.messages}) from error

    def clean(self) -> None:
        """Refuses an unknown language. Texts in a language that the site had before may stay."""
        super().clean()
        known = {code for code, _name in (*settings.LANGUAGES, *global_settings.LANGUAGES)}
        if self.language not in known - {settings.LANGUAGE_CODE}:
            raise ValidationError(
                {"language": _("Type the code of a language other than the default one: zh-hans.")}
            )
