"""Links that show a draft to somebody without an account, for two weeks or until they are ended."""

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .base import LockedQuerySet
from .leaderboards import Leaderboard
from .llms import LLM
from .locks import content_lock
from .site_pages import SitePage

LIFETIME = timedelta(days=14)
SALT = "leaderboard.draft-link"  # a token signed for anything else opens no draft


MODELS: dict[str, Any] = {"leaderboard": Leaderboard, "llm": LLM, "sitepage": SitePage}


def make_key() -> str:
    """A random name of a link: ids may come again after a restore, and are guessed."""
    return secrets.token_hex(16)


def make_end() -> Any:
    """When a link that is made now ends."""
    return timezone.now() + LIFETIME


class DraftLinkQuerySet(LockedQuerySet):
    """Links to drafts."""

    def unended(self) -> Any:
        """Returns those neither ended nor revoked, of an active account."""
        return self.filter(
            revoked_at=None, expires_at__gt=timezone.now(), created_by__is_active=True
        )

    def live(self) -> Any:
        """Returns those that open their draft: unended, and it was never published since.

        What is withdrawn is gone, also for who had a link to it before.
        """
        published = Q()
        for kind, model in MODELS.items():
            later = model.history.filter(
                id=OuterRef("row"), is_published=True, history_date__gt=OuterRef("created_at")
            )
            published |= Q(Exists(later), kind=kind)
        return self.unended().exclude(published)

    def to(self, draft: models.Model) -> Any:
        """Returns those to one draft, newest first."""
        return self.filter(kind=draft._meta.model_name, row=draft.pk)

    def read_token(self, token: str) -> Any:
        """Returns the unended link of a token; None for any other text.

        What was not signed here is refused without a query.
        """
        try:
            key = signing.loads(token, salt=SALT, max_age=LIFETIME)
        except signing.BadSignature:
            return None
        return self.unended().filter(key=key).first()


class DraftLink(models.Model):
    """A link to one draft, with who made it and who ended it.

    It names its draft by kind and id, without a foreign key: it is no part of the content, so it
    neither forbids nor outlives a deletion, and a draft that is put back has its links again.
    """

    class Kind(models.TextChoices):
        """What can be a draft, by the names of the models."""

        LEADERBOARD = "leaderboard", _("leaderboard")
        LLM = "llm", "LLM"
        PAGE = "sitepage", _("page")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    row = models.PositiveBigIntegerField()
    key = models.CharField(max_length=32, unique=True, default=make_key, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True,
        verbose_name=_("made by"),
    )  # fmt: skip
    expires_at = models.DateTimeField(_("ends"), default=make_end)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True,
        verbose_name=_("revoked by"),
    )  # fmt: skip

    objects = models.Manager.from_queryset(DraftLinkQuerySet)()

    class Meta:
        verbose_name = _("draft link")
        verbose_name_plural = _("draft links")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "row"], name="draft_links_of_a_draft")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["leaderboard", "llm", "sitepage"]),
                name="a_draft_link_leads_to_a_leaderboard_llm_or_page",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.draft or '–'}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        with content_lock():
            super().save(*args, **kwargs)

    @cached_property
    def draft(self) -> Any:
        """The row that it leads to, published or not by now; None if it is deleted."""
        return MODELS[self.kind].objects.filter(pk=self.row).first()

    @property
    def token(self) -> str:
        """The last part of its address, which is stored nowhere."""
        return signing.dumps(self.key, salt=SALT)

    @cached_property
    def is_live(self) -> bool:
        """Whether it opens its draft."""
        return bool(DraftLink.objects.live().filter(pk=self.pk).exists())

    def revoke(self, user: Any) -> bool:
        """Ends it at once, and notes by whom; the first to end it is the one who is noted.

        Returns whether that is this user, now.
        """
        count = DraftLink.objects.filter(pk=self.pk, revoked_at=None).update(
            revoked_at=timezone.now(), revoked_by=user
        )
        return count == 1


def read_drafts(links: Iterable[DraftLink]) -> None:
    """Reads the drafts of many links, in one query for each kind, and which links are live."""
    links = list(links)
    live = set(
        DraftLink.objects.live().filter(pk__in=[link.pk for link in links]).values_list("pk")
    )
    for link in links:
        link.__dict__["is_live"] = (link.pk,) in live
    for kind, model in MODELS.items():
        own = [link for link in links if link.kind == kind]
        rows = model.objects.in_bulk({link.row for link in own}) if own else {}
        for link in own:
            link.__dict__["draft"] = rows.get(link.row)
