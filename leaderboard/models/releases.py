"""Releases: frozen states of a leaderboard, as stored bytes with a hash."""

import re
from datetime import datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import NameField, WebAddressField

from .base import LockedQuerySet, loaded_after
from .history import history
from .leaderboards import Leaderboard, validate_spdx
from .locks import content_lock
from .payloads import DamagedRelease, parse_payload, unpack_payload

# What maintainers may say beside a release. All other fields are frozen with it.
BESIDE = ("doi", "erratum", "erratum_url", "withdrawn_at", "withdrawal_reason")

validate_release_name = RegexValidator(
    r"\A[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\Z",
    _("Type small letters, digits, hyphens and dots, like 2026-11 or v1.0."),
)


def validate_doi(doi: str) -> None:
    """Raises ValidationError unless it is a DOI without its resolver, like 10.5281/zenodo.123."""
    if not re.fullmatch(r"10\.\d{4,9}/[^\s\"<>{}\\]+", doi):
        raise ValidationError(_("Type a DOI, like 10.5281/zenodo.1234567, without https://."))


class FrozenError(ValidationError):
    """Somebody tried to change what is frozen."""


class ReleaseQuerySet(LockedQuerySet):
    """Releases; nothing deletes them, and nothing changes many of them at once."""

    def of(self, leaderboard: Leaderboard) -> Self:
        """Returns the releases of one leaderboard, newest first."""
        return self.filter(leaderboard=leaderboard.pk).order_by("-pk")

    def without_payload(self) -> Self:
        """Leaves the bytes unread, which may be megabytes."""
        return self.defer("payload")

    def get_by_natural_key(self, leaderboard: str, name: str) -> Any:
        return self.get(leaderboard__slug=leaderboard, name=name)

    def update(self, **values: Any) -> int:
        raise FrozenError(
            _("Releases are frozen. What stands beside them is saved one by one, with its history.")
        )

    def bulk_create(self, *args: Any, **kwargs: Any) -> Any:
        raise FrozenError(_("Freeze releases one by one: each says which one was before it."))

    def delete(self) -> Any:
        raise_protected(self)

    delete.queryset_only = True  # type: ignore[attr-defined]  # as Django's: a manager has none


def raise_protected(releases: Any) -> None:
    """Raises ProtectedError: who cited a release has to find it."""
    raise ProtectedError(str(_("A release cannot be deleted. Withdraw it instead.")), set(releases))


class Release(models.Model):
    """A frozen state of a leaderboard: canonical bytes, their hash, and what belongs to citing it.

    A row is written once. Beside the frozen fields stand a DOI, an erratum and a withdrawal, which
    no hash covers.
    """

    leaderboard = models.ForeignKey(Leaderboard, models.PROTECT, related_name="releases")
    name = models.CharField(
        max_length=40,
        validators=[validate_release_name],
        help_text=_("Last part of its address, like 2026-11. It never changes."),
    )
    notes = models.TextField(
        max_length=20_000, blank=True, default="", help_text=_("What is new in it. Markdown.")
    )
    as_of = models.DateTimeField(help_text=_("When the state began that is frozen."))
    frozen_at = models.DateTimeField()
    payload = models.BinaryField()  # the canonical bytes, compressed by zlib
    sha256 = models.CharField(
        "SHA-256", max_length=64
    )  # of the canonical bytes, in hexadecimal digits
    payload_version = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=20)
    software_version = models.CharField(max_length=40)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="following"
    )
    data_licence = models.CharField(
        max_length=100, blank=True, default="", validators=[validate_spdx]
    )

    doi = NameField(
        "DOI", blank=True, default="", validators=[validate_doi],
        help_text=_("Of the copy in a repository such as Zenodo."),
    )  # fmt: skip
    erratum = models.TextField(
        max_length=5_000, blank=True, default="",
        help_text=_("What is wrong in it, if anything is found. Markdown."),
    )  # fmt: skip
    erratum_url = WebAddressField(_("link of the erratum"))
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal_reason = models.TextField(max_length=5_000, blank=True, default="")

    objects = models.Manager.from_queryset(ReleaseQuerySet)()
    history = history(excluded=("payload",))  # of what stands beside: the payload never changes

    class Meta:
        ordering = ["leaderboard", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["leaderboard", "name"], name="one_release_of_a_name_per_leaderboard"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | ~models.Q(withdrawal_reason=""),
                name="a_withdrawn_release_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.leaderboard} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        with content_lock():
            if names := kwargs.get("update_fields"):
                self.refresh_from_db(fields=[name for name in BESIDE if name not in names])
            self.refuse_changes()
            super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("release", args=[self.leaderboard.slug, self.name])

    @loaded_after("leaderboard.leaderboard")
    def natural_key(self) -> tuple[Any, ...]:
        return (self.leaderboard.slug, self.name)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise_protected([self])

    def unique_error_message(self, model_class: Any, unique_check: Any) -> ValidationError:
        if "name" not in unique_check:
            return super().unique_error_message(model_class, unique_check)
        return ValidationError(
            _("A release of this leaderboard has this name. Type another one."), code="unique"
        )

    def clean(self) -> None:
        super().clean()
        try:
            state = self.check_payload()
        except DamagedRelease as damage:
            sentence = _("This is no release: %(damage)s.") % {"damage": damage}
            raise ValidationError(sentence) from damage
        self.as_of = read_time(state) or self.as_of  # a fixture has rounded it

    @cached_property
    def canonical_bytes(self) -> bytes:
        """The frozen bytes. Raises DamagedRelease if the stored ones are not those of the hash."""
        return unpack_payload(self.payload, self.sha256)

    def check_payload(self) -> dict[str, Any]:
        """Returns the frozen state.

        Raises DamagedRelease unless the stored bytes have the hash, version, method and time of the
        row, and the release before it is one of the same leaderboard.
        """
        before = type(self).objects.exclude(leaderboard=self.leaderboard_id)
        if self.previous_id and before.filter(pk=self.previous_id).exists():
            raise DamagedRelease("the release before it is one of another leaderboard")
        payload = unpack_payload(self.payload, self.sha256)
        state = parse_payload(payload, self.payload_version)
        found = state.get("method"), comparable(read_time(state))
        if found != (self.method, comparable(self.as_of)):
            raise DamagedRelease("its bytes are of another method or time")
        return state

    def refuse_changes(self) -> None:
        """Raises FrozenError if a stored release would change in what is frozen, or come back after
        it was withdrawn: who has read it before, and saves it whole, knows nothing of that."""
        frozen = [
            field.attname
            for field in self._meta.concrete_fields
            if field.name not in BESIDE and field.attname not in self.get_deferred_fields()
        ]
        stored = type(self).objects.filter(pk=self.pk).values(*frozen, "withdrawn_at").first()
        if stored is None:
            return
        if stored["withdrawn_at"] and not self.withdrawn_at:
            raise FrozenError(_("%(release)s was withdrawn, and stays so.") % {"release": self})
        changed = [
            name for name in frozen if comparable(stored[name]) != comparable(getattr(self, name))
        ]
        if changed:
            raise FrozenError(
                _("%(release)s is frozen: %(fields)s cannot change. Freeze a new release.")
                % {"release": self, "fields": ", ".join(changed)}
            )


def read_time(state: dict[str, Any]) -> datetime | None:
    """When a frozen state began; None if it does not say so."""
    try:
        return datetime.fromisoformat(state["as_of"])
    except (KeyError, TypeError, ValueError):
        return None


def plain_bytes(value: Any) -> Any:
    """PostgreSQL's driver and fixtures read bytes as a view of them."""
    return bytes(value) if isinstance(value, memoryview) else value


def comparable(value: Any) -> Any:
    """A value as it is compared with the stored one: fixtures hold times in milliseconds."""
    if isinstance(value, datetime):
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    return plain_bytes(value)
