"""What public pages are made of, computed once per process and content revision.

The revision is read before the content. Whoever reads it again afterwards, and finds another, says
so with forget(): what was read in between may be of either. Only for pages that show what is
published; whoever looks at drafts builds standings anew.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any

from django.http import HttpRequest

from leaderboard.models import ContentRevision, Leaderboard
from leaderboard.models.revision import current_revision, current_token

from . import standings as standings_of
from .standings import Standings


class Content:
    """The published content of one revision."""

    def __init__(self, token: str):
        self.token = token
        self._made: dict[object, Any] = {}
        self._lock = Lock()  # many visitors after an edit are one computation

    def revision(self) -> ContentRevision:
        return self._keep("revision", current_revision)

    def leaderboards(self) -> list[Leaderboard]:
        """The published leaderboards in their order, with their texts in all languages."""
        rows = Leaderboard.objects.published().with_translations()
        return list(self._keep("leaderboards", lambda: tuple(rows)))

    def leaderboard(self, slug: str | None = None) -> Leaderboard | None:
        """The published one of that slug; the first without a slug."""
        found = (each for each in self.leaderboards() if slug is None or each.slug == slug)
        return next(found, None)

    def standings(self, leaderboard: Leaderboard) -> Standings:
        return self._keep(leaderboard.pk, lambda: standings_of.of_leaderboard(leaderboard))

    def every_metric(self) -> Standings:
        return self._keep("every metric", standings_of.of_every_metric)

    def _keep(self, name: object, make: Callable[[], Any]) -> Any:
        if name in self._made:
            return self._made[name]
        with self._lock:
            if name in self._made:
                return self._made[name]
            self._made[name] = make()
            return self._made[name]


_latest: Content | None = None


def content_of(token: str) -> Content:
    """Of the revision just read; without one, nothing has been published and nothing is kept."""
    global _latest
    found = _latest
    if found is None or found.token != token:
        found = Content(token)
        if token:
            _latest = found
    return found


def of(request: HttpRequest) -> Content:
    """What this request is about, as page_cache has found it; else the content as it is now."""
    return getattr(request, "content", None) or content_of(current_token())


def last_known() -> Content | None:
    """What this process showed last, for when the database does not answer."""
    return _latest


def forget() -> None:
    global _latest
    _latest = None
