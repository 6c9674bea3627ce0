"""A list of releases, with what changed from one to the next in words."""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leaderboard.models import Release
from leaderboard.trail.public_releases import Counts, count_between, count_llms, keep_read


class Listed(NamedTuple):
    """A release in the list, with what changed since the one before that was not withdrawn."""

    release: Release
    previous: Release | None
    changes: str | None  # None where a stored payload is damaged
    llms: int | None


def list_releases(releases: Sequence[Release], older: Sequence[Release] = ()) -> list[Listed]:
    """Returns these releases, newest first, with what changed in each; `older` come after them."""
    listed, read = [], keep_read()
    for number, release in enumerate(releases):
        before = chain(releases[number + 1 :], older)
        previous = next((each for each in before if each.withdrawn_at is None), None)
        llms = count_llms(release, read)  # first: of the last two it is then the one read again
        changes: str | None = ""
        if previous and release.withdrawn_at is None:
            counts = count_between(previous, release, read)
            changes = None if counts is None else say_counts(counts)
        listed.append(Listed(release, previous, changes, llms))
    return listed


def say_counts(counts: Counts) -> str:
    """Says what differs: “2 LLMs added, 14 values changed, 5 ranks moved”."""
    phrases = [say(counts[name]) for name, say in PHRASES.items() if name in counts]
    return _(", ").join(phrases) or _("nothing")


PHRASES: dict[str, Callable[[int], str]] = {
    "entered": lambda n: ngettext("%(n)s LLM added", "%(n)s LLMs added", n) % {"n": n},
    "left": lambda n: ngettext("%(n)s LLM removed", "%(n)s LLMs removed", n) % {"n": n},
    "llms": lambda n: ngettext("%(n)s fact changed", "%(n)s facts changed", n) % {"n": n},
    "values": lambda n: ngettext("%(n)s value changed", "%(n)s values changed", n) % {"n": n},
    "details": lambda n: (
        ngettext("%(n)s detail of a score", "%(n)s details of scores", n) % {"n": n}
    ),
    "sources": lambda n: ngettext("%(n)s source changed", "%(n)s sources changed", n) % {"n": n},
    "definitions": lambda n: (
        ngettext("%(n)s definition changed", "%(n)s definitions changed", n) % {"n": n}
    ),
    "components": lambda n: (
        ngettext("components of %(n)s metric", "components of %(n)s metrics", n) % {"n": n}
    ),
    "columns": lambda n: _("columns or the ranking"),
    "texts": lambda n: ngettext("%(n)s text changed", "%(n)s texts changed", n) % {"n": n},
    "method": lambda n: _("the method"),
    "ranks": lambda n: ngettext("%(n)s rank moved", "%(n)s ranks moved", n) % {"n": n},
}
