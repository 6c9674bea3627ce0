"""A file that was read and waits until somebody confirms it."""

from dataclasses import asdict
from typing import Any

from leaderboard.fields import pack_json
from leaderboard.models import Import
from leaderboard.readers.registry import ReadFile
from leaderboard.readers.results import Refused

from .choices import Choices
from .pending import reading_to_json

MOST_WAITING = 8_000_000  # bytes of what was read, compressed


def store_waiting(read: ReadFile, choices: Choices, user: Any, **more: Any) -> Import:
    """Stores what was read until it is confirmed, at most PENDING_FOR; `more` are further fields.

    Raises Refused if it says more than MOST_WAITING.
    """
    packed = pack_json(reading_to_json(read.reading))
    if len(packed) > MOST_WAITING:
        raise Refused("This file says too much to be looked at at once. Import it in parts.")
    Import.objects.expired().delete()
    return Import.objects.create(
        file_name=read.name,
        file_sha256=read.sha256,
        format=read.format,
        reading=packed,
        choices=asdict(choices),
        created_by=user,
        **more,
    )
