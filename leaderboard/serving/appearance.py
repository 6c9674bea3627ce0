"""The appearance of the site, for every template."""

from typing import Any

from django.db import Error
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from leaderboard.models.appearance import Appearance, unnamed_appearance
from leaderboard.standings.published import last_known_content, published_content


def add_appearance(request: HttpRequest) -> dict[str, Any]:
    """A context processor; a template that does not ask for the appearance costs no query."""
    return {"appearance": SimpleLazyObject(lambda: find_appearance(request))}


def find_appearance(request: HttpRequest) -> Appearance:
    """The present one; what was last known while the database does not answer, or where somebody
    tries passwords, which must cost nothing."""
    if getattr(request, "is_refused", False):
        return last_known_appearance()
    try:
        return published_content(request).appearance()
    except Error:
        return last_known_appearance()


def last_known_appearance() -> Appearance:
    """What this process showed last, for pages that must not wait for the database."""
    content = last_known_content()
    try:
        return content.appearance() if content else unnamed_appearance()
    except Error:  # it was not read yet, and the database is gone
        return unnamed_appearance()
