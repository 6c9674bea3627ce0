"""What an edit would change on public pages: it is written, looked at, and may be undone.

Who writes takes a look first, writes within the content lock, and asks for the effects; then the
edit stays, or is undone as a whole. So what is said of an edit is what the edit does: both states
are read from the tables by the same rules.

With 51 LLMs of nine scores each the form of a metric takes 0.1 s of CPU, with 1,000 LLMs 1.2 s,
with 2,200 2.7 s, half of it for the causes of the moves, while other writers wait. A leaderboard
with more than LARGEST_TRIED scores is not compared; only its size is told.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, transaction

from leaderboard.models import Leaderboard
from leaderboard.models.locks import content_lock
from leaderboard.models.touched import Note, note_row, touched_leaderboards

from .effects import Effect, Seen
from .filling import count_scores_of
from .state import load_state

LARGEST_TRIED = 20_000  # scores of a leaderboard
AT_ONCE = 10_000  # rows; SQLite takes at least 32,766 numbers in one query
SOME_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # of all states here: they are compared, not kept


class Look:
    """The published leaderboards that an edit touches, as they were before it."""

    def __init__(self) -> None:
        self.notes: set[Note] = set()
        self.seen: dict[int, Seen] = {}
        self.published = set(Leaderboard.objects.published().values_list("pk", flat=True))

    def at(self, notes: Iterable[Note]) -> None:
        """Looks at what these rows touch; call it before they are written."""
        new = set(notes) - self.notes
        if new:
            self.notes |= new
            touched = touched_leaderboards(new) & self.published  # not what is new itself
            self.seen |= see_leaderboards(touched - self.seen.keys())

    def effects(self) -> list[Effect]:
        """Returns what was changed since, on each leaderboard on which visitors see it."""
        unseen = self.published - self.seen.keys()
        touched = (touched_leaderboards(self.notes) | self.seen.keys()) - unseen
        now = see_leaderboards(touched)
        effects = [Effect(self.seen.get(pk), now.get(pk)) for pk in sorted(touched)]
        return [effect for effect in effects if effect]


def see_leaderboards(pks: set[int]) -> dict[int, Seen]:
    """Returns those of the leaderboards that are published, by id."""
    return {row.pk: see(row) for row in Leaderboard.objects.published().filter(pk__in=pks)}


def see(leaderboard: Leaderboard) -> Seen:
    """Returns how a leaderboard is now."""
    scores = count_scores_of(leaderboard.pk)
    state = load_state(leaderboard, SOME_TIME) if scores <= LARGEST_TRIED else None
    return Seen(leaderboard.title, scores, state)


def try_deletion(rows: Mapping[Any, Iterable[Any]]) -> list[Effect]:
    """Returns what the deletion of these rows, by model, would change; nothing is deleted.

    The rows go without signals and history: this takes a moment for ten thousand scores.
    """
    notes = set[Note]().union(
        *(note_row(model, row.__dict__) for model, some in rows.items() for row in some)
    )
    if not touched_leaderboards(notes):
        return []
    with content_lock():
        look = Look()
        look.at(notes)
        with transaction.atomic():
            for model, some in rows.items():
                delete_quietly(model, [row.pk for row in some])
            effects = look.effects()
            transaction.set_rollback(True)
    return effects


def delete_quietly(model: Any, pks: list[int]) -> None:
    """Deletes rows without signals, in few queries. Foreign keys are checked at the commit, which
    never comes."""
    for start in range(0, len(pks), AT_ONCE):
        rows = model._base_manager.filter(pk__in=pks[start : start + AT_ONCE])
        rows._raw_delete(DEFAULT_DB_ALIAS)
