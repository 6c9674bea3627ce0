"""What public pages are made of, computed once per process and content revision.

The revision is read before the content. Whoever reads it again afterwards and finds another one
calls forget_content(): what was read in between may belong to either. Only pages that show what is
published use this; a preview of drafts builds its standings anew.
"""

import gc
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from django.http import HttpRequest

from leaderboard.models import (
    Appearance,
    ContentRevision,
    Leaderboard,
    LeaderboardState,
    SitePage,
)
from leaderboard.models.appearance import load_appearance
from leaderboard.models.revision import current_revision, current_token, present_state

from .as_of import load_leaderboard_at, load_records_at
from .loading import standings_for, standings_for_every_metric
from .standings import Standings, build_standings

T = TypeVar("T")

MOST_RECENT = 16  # results of keep_recent
MOST_PAST_ROWS = 5_000  # of past standings that a process keeps, beside the last one asked for
Past = tuple[Leaderboard, Standings]


class Content:
    """The published content of one revision; every part is computed at its first use."""

    def __init__(self, token: str):
        self.token = token
        self._results: dict[object, Any] = {}
        self._locks: dict[object, Lock] = {}
        self._past: OrderedDict[object, Past | None] = OrderedDict()
        self._recent: OrderedDict[object, Any] = OrderedDict()

    def revision(self) -> ContentRevision:
        """The revision with the time of its change."""
        return self.compute_once("revision", current_revision)

    def state(self, leaderboard: Leaderboard) -> LeaderboardState:
        """The newest entry of a leaderboard in the state log: its own revision and date."""
        return self.compute_once(("state", leaderboard.pk), lambda: present_state(leaderboard))

    def appearance(self) -> Appearance:
        """The name, logos, colours and texts of the site."""
        return self.compute_once("appearance", load_appearance)

    def leaderboards(self) -> list[Leaderboard]:
        """The published leaderboards in their order, with their texts in all languages and the
        licence of the site."""

        def load() -> tuple[Leaderboard, ...]:
            rows = tuple(Leaderboard.objects.published().with_translations())
            for row in rows:
                row.site_licence = self.appearance().data_licence
            return rows

        return list(self.compute_once("leaderboards", load))

    def leaderboard(self, slug: str | None = None) -> Leaderboard | None:
        """The published one of that slug; the first without a slug."""
        matching = (
            leaderboard
            for leaderboard in self.leaderboards()
            if slug is None or leaderboard.slug == slug
        )
        return next(matching, None)

    def site_pages(self) -> "SitePages":
        """The published pages of the maintainers, with their texts in all languages."""
        return self.compute_once("site pages", load_site_pages)

    def standings(self, leaderboard: Leaderboard) -> Standings:
        """The published standings of one leaderboard."""
        return self.compute_once(leaderboard.pk, lambda: standings_for(leaderboard))

    def every_metric(self) -> Standings:
        """The standings over every published metric."""
        return self.compute_once("every metric", standings_for_every_metric)

    def past(self, leaderboard: Leaderboard, instant: datetime) -> Past | None:
        """A published leaderboard with its standings as of an instant; None if it was not published
        then."""
        return self.keep_past((leaderboard.pk, instant), lambda: compute_past(leaderboard, instant))

    def keep_past(self, key: object, compute: Callable[[], Past | None]) -> Past | None:
        """The result of `compute`, which makes standings of the past.

        The ones asked for last are kept; one is computed at a time.
        """
        with self._locks.setdefault("past", Lock()):
            if key not in self._past:
                with paused_collector():
                    self._past[key] = compute()
            self._past.move_to_end(key)
            self._drop_past()
            return self._past[key]

    def _drop_past(self) -> None:
        """Forgets the past standings asked for longest ago, until few rows are left."""
        sizes = [len(past[1].rows) if past else 1 for past in self._past.values()]
        while len(sizes) > 1 and sum(sizes) > MOST_PAST_ROWS:
            self._past.popitem(last=False)
            del sizes[0]

    def keep_recent(self, key: object, compute: Callable[[], T]) -> T:
        """The result of `compute`, kept until a few others were asked for.

        For what is read of one thing of many, such as an LLM, whose page in another language is
        often asked for next. Nobody waits for another one's computation.
        """
        kept: tuple[T] | None = self._recent.get(key)
        if kept is None:
            kept = self._recent[key] = (compute(),)
            while len(self._recent) > MOST_RECENT:
                self._recent.popitem(last=False)
        return kept[0]

    def compute_once(self, name: object, compute: Callable[[], T]) -> T:
        """The result of `compute`, which is called once in the life of this revision.

        Many visitors after an edit share one computation. Each name has a lock of its own, so
        whoever needs something else does not wait.
        """
        if name not in self._results:
            with self._locks.setdefault(name, Lock()):
                if name not in self._results:
                    with paused_collector():
                        self._results[name] = compute()
        result: T = self._results[name]
        return result


class SitePages(NamedTuple):
    """The published pages of the maintainers by where they are linked, each in their order."""

    navigation: tuple[SitePage, ...] = ()
    footer: tuple[SitePage, ...] = ()


def load_site_pages() -> SitePages:
    """Reads the published pages, in at most two queries."""
    pages = list(SitePage.objects.published().with_translations())
    return SitePages(
        *(
            tuple(page for page in pages if page.place == place)
            for place in (SitePage.Place.NAVIGATION, SitePage.Place.FOOTER)
        )
    )


def compute_past(present: Leaderboard, instant: datetime) -> Past | None:
    """A leaderboard with its standings as of an instant; None if it was not published then."""
    leaderboard = load_leaderboard_at(present, instant)
    if leaderboard is None:
        return None
    leaderboard.site_licence = present.site_licence
    return leaderboard, build_standings(load_records_at(leaderboard, instant))


@contextmanager
def paused_collector() -> Iterator[None]:
    """Look for no cycles of garbage meanwhile.

    Standings are a million small objects without a cycle, and all of them stay: at 10,000 LLMs
    Python's collector takes 0.4 s of 1.4 while they are made, and half of 2.4 beside older ones.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:  # else another thread has paused it, and ends that
            gc.enable()


_latest: Content | None = None


def load_content(token: str) -> Content:
    """The content of the revision just read.

    Without a token nothing has been published yet, and its content is not kept.
    """
    global _latest
    content = _latest
    if content is None or content.token != token:
        content = Content(token)
        if token:
            _latest = content
    return content


def published_content(request: HttpRequest) -> Content:
    """The content that the page cache has found for this request; else the present one."""
    content = getattr(request, "content", None) or load_content(current_token())
    request.content = content  # type: ignore[attr-defined]  # read by add_site_pages
    return content


def last_known_content() -> Content | None:
    """What this process showed last, for when the database does not answer."""
    return _latest


def forget_content() -> None:
    """Compute everything anew at the next request."""
    global _latest
    _latest = None
