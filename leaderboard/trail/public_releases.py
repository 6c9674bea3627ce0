"""The releases of a published leaderboard as visitors meet them, and what changed between two."""

from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any, cast

from leaderboard.models import LLM, Benchmark, Leaderboard, Release
from leaderboard.standings.published import Content

from .causes import Group
from .difference import Change, all_changes, moved_ranks, shown_ranks
from .frozen import FrozenStandings, open_release
from .releases import DamagedRelease, read_without_cells
from .state import State
from .timeline import timeline_of

MOST_COUNTS = 10_000  # releases and pairs of them whose counts a process keeps: some bytes each
LOWEST_RANK = 50  # of a release that is kept

Counts = dict[str, int]  # by group; LLMs by "entered" and "left"; "ranks" that differ


def releases_of(content: Content, leaderboard: Leaderboard) -> list[Release]:
    """The releases of a published leaderboard, newest first, without their payloads."""

    def load() -> tuple[Release, ...]:
        releases = tuple(Release.objects.of(leaderboard).without_payload())
        for release in releases:
            release.leaderboard = leaderboard  # with its texts in all languages
        return releases

    return list(content.compute_once(("releases", leaderboard.pk), load))


def find_release(content: Content, leaderboard: Leaderboard, name: str) -> Release | None:
    """The release of that name, without its payload."""
    found = (each for each in releases_of(content, leaderboard) if each.name == name)
    return next(found, None)


def newest_release(content: Content, leaderboard: Leaderboard) -> Release | None:
    """The newest release that was not withdrawn: the one to cite."""
    releases = releases_of(content, leaderboard)
    return next((each for each in releases if each.withdrawn_at is None), None)


def with_payload(release: Release) -> Release:
    """The same release with its payload, which is not kept in memory beside it; itself if it was
    read with it."""
    if "payload" not in release.get_deferred_fields():
        return release
    whole = Release.objects.get(pk=release.pk)
    whole.leaderboard = release.leaderboard
    return whole


def frozen_standings(content: Content, release: Release) -> tuple[Leaderboard, FrozenStandings]:
    """The leaderboard and its standings as a release has them. Raises DamagedRelease."""
    opened = content.keep_past(("release", release.pk), lambda: open_release(with_payload(release)))
    return cast(tuple[Leaderboard, FrozenStandings], opened)


def count_changes_since(content: Content, release: Release) -> int:
    """How often the leaderboard changed since the state that a release has frozen."""
    begins = timeline_of(content, release.leaderboard).begins
    return sum(begin > release.as_of for begin in begins)


def slugs_today(content: Content) -> dict[str, dict[str, str]]:
    """{"llm", "benchmark"}: {slug of a page, today or in the past: its slug of today}"""
    models: dict[str, Any] = {"llm": LLM, "benchmark": Benchmark}
    return content.compute_once(
        "slugs today", lambda: {kind: load_slugs(model) for kind, model in models.items()}
    )


def load_slugs(model: Any) -> dict[str, str]:
    """The slugs of what is published, and those that it had, in two queries."""
    present = dict(model.objects.published().order_by().values_list("pk", "slug"))
    past = model.history.order_by().values_list("id", "slug").distinct()
    had = {slug: present[number] for number, slug in past if number in present}
    return had | {slug: slug for slug in present.values()}


# What changed from one release to the next

_counts: dict[tuple[str, ...], Counts] = {}
_counting: dict[tuple[str, ...], Lock] = {}


def read_stored(release: Release) -> State:
    """What is counted of a release that was found without its payload: its state without cells.

    Raises DamagedRelease.
    """
    return read_without_cells(with_payload(release))


def keep_read() -> Callable[[Release], State]:
    """Returns read_stored() with a memory of the last two, which are megabytes: who counts along a
    list of releases reads each once."""
    return lru_cache(maxsize=2)(read_stored)


def count_between(
    old: Release, new: Release, read: Callable[[Release], State] = read_stored
) -> Counts | None:
    """What differs between two releases, in numbers; None if one of them is damaged."""
    return count_once((old, new), count_changes, read)


def count_llms(release: Release, read: Callable[[Release], State] = read_stored) -> int | None:
    """The number of a release's LLMs; None if it is damaged."""
    counts = count_once((release,), lambda state: {"llms": len(state["outputs"]["rows"])}, read)
    return None if counts is None else counts["llms"]


def ranks_of(content: Content, leaderboard: Leaderboard, most: int) -> list[tuple[str, Counts]]:
    """[(name, {slug of today: rank})] of at most the newest `most` releases, oldest first.

    Withdrawn and damaged ones are left out, and so are ranks beyond LOWEST_RANK.
    """
    shown = [each for each in releases_of(content, leaderboard) if each.withdrawn_at is None]
    found = []
    for release in reversed(shown[:most]):
        ranks = count_once((release,), read_ranks)
        if ranks is not None:
            today = slugs_today(content)["llm"]
            found.append((release.name, {today.get(slug, slug): n for slug, n in ranks.items()}))
    return found


def read_ranks(state: State) -> Counts:
    """{slug of then: rank} of the leading LLMs of a state."""
    ranked = ((row["llm"], row["rank"]) for row in state["outputs"]["rows"])
    return {slug: rank for slug, rank in ranked if rank and rank <= LOWEST_RANK}


def count_once(
    releases: tuple[Release, ...],
    count: Callable[..., Counts],
    read: Callable[[Release], State] = read_stored,
) -> Counts | None:
    """What `count` makes of the states of releases; None if one of them is damaged.

    Releases never change, so each is counted once in a process, by their hashes. Nobody waits for
    the count of others.
    """
    key = (count.__name__, *(release.sha256 for release in releases))
    with _counting.setdefault(key, Lock()):
        counts = _counts.get(key)
        if counts is None:
            try:
                counts = count(*map(read, releases))
            except DamagedRelease:
                return None
            if len(_counts) >= MOST_COUNTS:
                _counts.clear()
                _counting.clear()
            _counts[key] = counts
        return counts


def count_changes(old: State, new: State) -> Counts:
    """What differs between two states, in numbers."""
    counts = Counter(map(counted_as, all_changes(old, new)))
    counts["ranks"] = len(moved_ranks(shown_ranks(old), shown_ranks(new)))
    return {name: count for name, count in counts.items() if count}


def counted_as(change: Change) -> str:
    """The name under which a change is counted."""
    if (change.group, change.field) != (Group.LLMS, "llm"):
        return change.group.value
    return "entered" if change.old is None else "left"
