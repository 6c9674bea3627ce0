"""Releases: freezing the present state of a leaderboard, and reading it back with its hash."""

import json
import zlib
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

import leaderboard as software
from leaderboard.models import Leaderboard, Release
from leaderboard.models.locks import content_lock
from leaderboard.models.revision import present_state, publish_change

from .canonical import canonical_bytes
from .state import State, load_state

MOST_BYTES = 500_000_000  # of a payload; one that claims to be larger is damaged


class DamagedRelease(Exception):
    """The stored bytes of a release do not have its hash any more."""


def freeze(leaderboard: Leaderboard, name: str, notes: str = "") -> Release:
    """Stores the present state of a published leaderboard as a release, for ever.

    Raises ValidationError for a name that is taken or misspelled, and for a leaderboard that is
    not published.
    """
    with content_lock():
        release = prepare(leaderboard, name, notes)
        release.full_clean()
        release.save()
        publish_change(())
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
        payload=zlib.compress(payload, 9),
        sha256=sha256(payload).hexdigest(),
        payload_version=state["payload_version"],
        method=state["method"],
        software_version=software.__version__,
        previous=Release.objects.of(leaderboard).without_payload().first(),
        data_licence=leaderboard.data_licence,
    )


def read_payload(release: Release) -> bytes:
    """Returns the canonical bytes of a release. Raises DamagedRelease if its hash is another."""
    unpacked = zlib.decompressobj()
    try:
        payload = unpacked.decompress(bytes(release.payload), MOST_BYTES)
    except zlib.error as error:
        raise DamagedRelease(str(error)) from error
    if not unpacked.eof or sha256(payload).hexdigest() != release.sha256:
        raise DamagedRelease(f"The payload of {release.name} is not the one that was frozen.")
    return payload


def read_state(release: Release) -> State:
    """Returns the frozen state. Raises DamagedRelease."""
    state: dict[str, Any] = json.loads(read_payload(release))
    return state
