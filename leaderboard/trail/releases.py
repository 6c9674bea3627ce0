"""Releases: freezing the present state of a leaderboard, and reading it back with its hash."""

from hashlib import sha256
from itertools import chain, count

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

import leaderboard as software
from leaderboard.models import Leaderboard, Release
from leaderboard.models.appearance import load_appearance
from leaderboard.models.locks import content_lock
from leaderboard.models.payloads import (
    DamagedRelease,
    pack_payload,
    parse_payload,
)
from leaderboard.models.revision import present_state
from leaderboard.standings.published import paused_collector

from .canonical import canonical_bytes
from .state import State, load_state

__all__ = [
    "DamagedRelease",
    "freeze",
    "prepare",
    "read_payload",
    "read_state",
    "read_without_cells",
    "store",
    "suggest_name",
]


def freeze(leaderboard: Leaderboard, name: str, notes: str = "") -> Release:
    """Stores the present state of a published leaderboard as a release, for ever.

    Raises ValidationError for a name that is taken or misspelled, and for a leaderboard that is
    not published.
    """
    with content_lock():
        present = Leaderboard.objects.get(pk=leaderboard.pk)  # as it is within the lock
        return store(prepare(present, name, notes))


def store(release: Release) -> Release:
    """Stores a release that was prepared within the content lock. Raises ValidationError."""
    release.full_clean()
    release.save()
    return release


def prepare(leaderboard: Leaderboard, name: str, notes: str = "") -> Release:
    """Returns the release that freeze() would store now."""
    if not leaderboard.is_published:
        raise ValidationError(_("Publish the leaderboard first: a release is public."))
    as_of = present_state(leaderboard).changed_at
    state = load_state(leaderboard, as_of)
    payload = canonical_bytes(state)
    return Release(
        leaderboard=leaderboard,
        name=name,
        notes=notes,
        as_of=as_of,
        frozen_at=timezone.now(),
        payload=pack_payload(payload),
        sha256=sha256(payload).hexdigest(),
        payload_version=state["payload_version"],
        method=state["method"],
        software_version=software.__version__,
        previous=Release.objects.of(leaderboard).without_payload().first(),
        data_licence=leaderboard.data_licence or load_appearance().data_licence,
    )


def suggest_name(leaderboard: Leaderboard) -> str:
    """Returns a free name: this month in UTC, like 2026-11, then 2026-11-2."""
    taken = set(Release.objects.of(leaderboard).values_list("name", flat=True))
    month = f"{timezone.now():%Y-%m}"
    names = chain([month], (f"{month}-{number}" for number in count(2)))
    return next(name for name in names if name not in taken)


def read_payload(release: Release) -> bytes:
    """Returns the canonical bytes of a release. Raises DamagedRelease if their hash is another."""
    return release.canonical_bytes


def read_state(release: Release) -> State:
    """Returns the frozen state. Raises DamagedRelease."""
    with paused_collector():
        return parse_payload(read_payload(release), release.payload_version)


def read_without_cells(release: Release) -> State:
    """Returns the frozen state without the cells of its rows. Raises DamagedRelease."""
    with paused_collector():
        return parse_payload(read_payload(release), release.payload_version, with_cells=False)
