"""Tokens by which a program may hand in results."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import NameField

from .leaderboards import Leaderboard

PREFIX = "lbt_"  # so that scanners for secrets, and people, know one when they see it
SHOWN = len(PREFIX) + 6  # characters of a token that stay readable, to tell it from others
DAYS, MOST_DAYS = 90, 366  # until it ends
USED_AGAIN = timedelta(minutes=1)  # a use is noted at most this often: each is a write


def make_token() -> str:
    """Returns a new token, with 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Returns what is stored of a token.

    SHA-256 without salt or delay: nobody can try 2^256 tokens, as they could try passwords.
    """
    return hashlib.sha256(token.encode()).hexdigest()


class APITokenQuerySet(models.QuerySet["APIToken"]):
    """Tokens for programs."""

    def live(self) -> "APITokenQuerySet":
        """Returns those that are neither expired nor revoked, of an active account."""
        return self.filter(
            revoked_at=None, expires_at__gt=timezone.now(), created_by__is_active=True
        )

    def read(self, token: str) -> "APIToken | None":
        """Returns the live row of a token; None for any other text."""
        if not token.startswith(PREFIX):
            return None
        rows = self.live().select_related("created_by", "leaderboard")
        return rows.filter(token_hash=hash_token(token)).first()


class OrNone(ForwardManyToOneDescriptor):  # type: ignore[type-arg]
    """Reads None for a row that is gone."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        try:
            return super().__get__(instance, cls)
        except Leaderboard.DoesNotExist:
            return None


class LastingKey(models.ForeignKey):  # type: ignore[type-arg]
    """A foreign key that keeps the number of a row that is gone."""

    forward_related_accessor_class = OrNone

    def deconstruct(self) -> Any:
        """In the database it is as any other."""
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.ForeignKey", arguments, options


def revoke_with_leaderboard(collector: Any, field: Any, tokens: Any, using: str) -> None:
    """Revokes the tokens of a leaderboard that is deleted; they keep its number.

    With an empty field they would be good for every leaderboard.
    """
    revoked_at = field.model._meta.get_field("revoked_at")
    collector.add_field_update(revoked_at, timezone.now(), tokens.filter(revoked_at=None))


class APIToken(models.Model):
    """What a program that hands in results shows, made by a maintainer, whose rights it has.

    The token itself is shown once and stored nowhere. The row stays, to tell who made it: it
    outlives its leaderboard, and is not good again if that is put back.
    """

    class Scope(models.TextChoices):
        PROPOSE = "propose", _("propose: a maintainer confirms each import")
        PUBLISH = "publish", _("publish: what needs no decision is stored at once")

    name = NameField(
        max_length=100, help_text=_("What it is for: “nightly lm-eval”. Readers do not see it.")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    start = models.CharField(_("begins with"), max_length=SHOWN, editable=False)
    scope = models.CharField(_("may"), max_length=10, choices=Scope.choices, default=Scope.PROPOSE)
    leaderboard = LastingKey(
        Leaderboard, revoke_with_leaderboard, null=True, blank=True, related_name="+",
        db_constraint=False, verbose_name=_("only on"),
        help_text=_("It may then change scores of this leaderboard's columns and nothing else."),
    )  # fmt: skip
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, editable=False,
        verbose_name=_("made by"),
    )  # fmt: skip
    expires_at = models.DateTimeField(_("ends"), editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True, editable=False,
        verbose_name=_("revoked by"),
    )  # fmt: skip

    objects = APITokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope__in=["propose", "publish"]),
                name="an_api_token_proposes_or_publishes",
            ),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def issue(self, user: Any, days: int = DAYS) -> str:
        """Saves a new row for this user, and returns its token, which nobody can read again."""
        token = make_token()
        self.token_hash, self.start = hash_token(token), token[:SHOWN]
        self.created_by, self.expires_at = user, self.created_at + timedelta(days=days)
        self.save()
        return token

    @property
    def is_live(self) -> bool:
        """Whether it opens anything: the rule of live() for a row that is read already."""
        is_open = self.revoked_at is None and self.expires_at > timezone.now()
        return is_open and self.created_by is not None and self.created_by.is_active

    def note_use(self) -> None:
        """Notes that it was used now, unless that was noted a moment ago."""
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at > USED_AGAIN:
            APIToken.objects.filter(pk=self.pk).update(last_used_at=now)

    def revoke(self, user: Any) -> bool:
        """Ends it at once, and notes by whom; the first to end it is the one who is noted.

        Returns whether that is this user, now.
        """
        count = APIToken.objects.filter(pk=self.pk, revoked_at=None).update(
            revoked_at=timezone.now(), revoked_by=user
        )
        return count == 1
