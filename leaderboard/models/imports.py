"""Imported files, and the names that files have for LLMs and metrics."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import NameField, PackedJSONField
from leaderboard.text.names import name_key

from .api_tokens import APIToken
from .base import Content, LockedQuerySet
from .history import history
from .llms import LLM
from .metrics import Metric
from .scores import Source

PENDING_FOR = timedelta(days=7)
LONGEST_KEY = 400  # folding can make eighteen characters of one


class AliasQuerySet(LockedQuerySet):
    """Names for LLMs and metrics."""

    def keep_old_name(self, llm: LLM, old: str) -> None:
        """Remembers the name that an LLM had until now, within the lock of its renaming.

        Files that still use it find the LLM. A name that looks like the new one, or that stands
        for an LLM already, is not needed.
        """
        key = name_key(old)
        is_taken = self.filter(key=key, llm__isnull=False).exists()
        if key != llm.name_key and len(key) <= LONGEST_KEY and not is_taken:
            self.create(name=old, llm=llm)


class Alias(Content):
    """A file's name for an LLM or a metric, remembered from an import or typed by hand."""

    name = NameField(help_text=_("As the file writes it: org__model, “sciq / acc,none”."))
    key = models.CharField(max_length=LONGEST_KEY, editable=False)
    llm = models.ForeignKey(
        LLM, models.CASCADE, related_name="aliases", null=True, blank=True, verbose_name=_("LLM")
    )
    metric = models.ForeignKey(
        Metric, models.CASCADE, related_name="aliases", null=True, blank=True
    )

    objects = models.Manager.from_queryset(AliasQuerySet)()
    history = history()

    class Meta:
        verbose_name_plural = _("aliases")
        ordering = ["key", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(llm=None, metric__isnull=False) | Q(llm__isnull=False, metric=None),
                name="an_alias_stands_for_one_thing",
                violation_error_message=_("Choose an LLM or a metric, and only one."),
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(metric=None),
                name="an_alias_stands_for_one_llm",
                violation_error_message=_("This name stands for an LLM already."),
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(llm=None),
                name="an_alias_stands_for_one_metric",
                violation_error_message=_("This name stands for a metric already."),
            ),
        ]

    def __str__(self) -> str:
        return _("%(name)s is %(thing)s") % {"name": self.name, "thing": self.llm or self.metric}

    def derive(self) -> None:
        self.key = name_key(self.name or "")

    def clean(self) -> None:
        """Raises ValidationError for a name that stands for something already.

        The constraints say so too, but forms leave them out, as nobody types the key.
        """
        super().clean()
        if "\0" in self.key:
            return  # the field refuses it, and PostgreSQL cannot look for it
        if len(self.key) > LONGEST_KEY:
            raise ValidationError({"name": _("The name is too long. Type a shorter one.")})
        kind = "llm" if self.llm_id else "metric"
        others = Alias.objects.exclude(pk=self.pk)
        if others.filter(key=self.key, **{f"{kind}__isnull": False}).exists():
            refusals = {
                "llm": _("This name stands for an LLM already."),
                "metric": _("This name stands for a metric already."),
            }
            raise ValidationError({"name": refusals[kind]})


class ImportQuerySet(models.QuerySet["Import"]):
    """Imports, some of which wait for somebody to confirm them."""

    def expired(self) -> "ImportQuerySet":
        """Returns those that have waited for longer than PENDING_FOR."""
        oldest = timezone.now() - PENDING_FOR
        return self.filter(state=Import.State.PENDING, created_at__lt=oldest)


class Import(models.Model):
    """A file from its preview to its undo.

    The reading waits here for confirmation, at most for PENDING_FOR: several processes share it.
    The changes stay here, so that the import can be undone.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting for confirmation")
        DONE = "done", _("imported")
        UNDONE = "undone", _("undone")
        REFUSED = "refused", _("refused")

    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(_("file SHA-256"), max_length=64)
    format = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    source = models.ForeignKey(Source, models.SET_NULL, related_name="imports", null=True)
    reading = PackedJSONField(null=True)  # until it is imported
    reason = NameField(max_length=500, blank=True, default="")  # public
    choices = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    changes = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    change_count = models.PositiveIntegerField(_("changes"), default=0)
    created_at = models.DateTimeField(_("read"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )
    imported_at = models.DateTimeField(_("imported"), null=True)
    # Of one that a program handed in: by what, and under which key it would be the same again.
    token = models.ForeignKey(
        APIToken, models.SET_NULL, related_name="imports", null=True, verbose_name=_("API token")
    )
    request_key = models.CharField(max_length=100, blank=True, default="")
    request_sha256 = models.CharField(max_length=64, blank=True, default="")
    refusal = NameField(max_length=500, blank=True, default="")  # the program is told
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )
    undone_at = models.DateTimeField(_("undone"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )

    objects = ImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["token", "request_key"],
                condition=~Q(request_key=""),
                name="a_request_of_a_token_is_one_import",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}, {self.created_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("admin:leaderboard_import_change", args=[self.pk])
