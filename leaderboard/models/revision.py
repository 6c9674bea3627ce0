"""The content revision, which every write to published content renews in its own transaction."""

import secrets
from collections.abc import Iterable
from typing import Any

from django.db import connection, models, transaction
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import Signal
from django.utils import timezone

from . import CONTENT, ContentRevision, Leaderboard, LeaderboardState, Release
from .locks import before_release, content_lock
from .touched import EVERYTHING, Note, note_row, noted_leaderboards, touched_leaderboards

# Sent within the transaction of an edit, with the published leaderboards that it touches, those
# that were written themselves and may be withdrawn, and the revision that it leads to. The state
# log is above this room.
leaderboards_touched = Signal()  # leaderboards, noted: ids, or None for all; revision


def publish_change(touched: Iterable[Note] = EVERYTHING) -> None:
    """Names a new state of the published content.

    It is called within the content lock of the writer: then whoever sees the new token sees the new
    content, and nobody publishes a row between the check whether it is public and the commit.
    Single saves and deletes call it by themselves; bulk writers call it once, with notes of the
    rows that they wrote. When the lock is released, the state log hears once of all of them.
    """
    with content_lock(), transaction.atomic():
        ContentRevision.objects.update_or_create(
            pk=1, defaults={"token": secrets.token_hex(8), "changed_at": timezone.now()}
        )
        before_release(tell_touched, [PUBLISHED, *touched])


PUBLISHED = "published"  # among the notes: something public was written


def tell_touched(notes: set[Any]) -> None:
    """Tells which leaderboards the edits under one lock touch; nothing of edits of drafts."""
    if PUBLISHED not in notes:
        return
    notes = notes - {PUBLISHED}
    leaderboards, noted = touched_leaderboards(notes), noted_leaderboards(notes)
    if leaderboards or noted or noted is None:
        leaderboards_touched.send(
            ContentRevision, leaderboards=leaderboards, noted=noted, revision=current_revision()
        )


def current_revision() -> ContentRevision:
    """Returns the state that a page is about to show; read it before the data."""
    revision = ContentRevision.objects.filter(pk=1).first()
    return revision or ContentRevision(token="", changed_at=timezone.now())


def present_state(leaderboard: Leaderboard) -> LeaderboardState:
    """Returns the newest state of a leaderboard; the content revision for one without a log, as an
    unpublished one is."""
    state: LeaderboardState | None = LeaderboardState.objects.of(leaderboard).first()
    if state is None:
        revision = current_revision()
        state = LeaderboardState(token=revision.token, changed_at=revision.changed_at)
    return state


def current_token() -> str:
    """Returns the name of the present state, by the cheapest query: every request asks it.

    It is "" until something is published.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM leaderboard_contentrevision WHERE id = 1")
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def public_values(instance: models.Model) -> dict[str, Any] | None:
    """Returns the stored row, by column, if a public page shows it or depends on it, else None."""
    if instance.pk is None:
        return None
    queryset = type(instance)._default_manager.published()  # type: ignore[attr-defined]
    columns = [field.attname for field in instance._meta.concrete_fields]
    values: dict[str, Any] | None = (
        queryset.order_by().filter(pk=instance.pk).values(*columns).first()
    )
    return values


def remember_publicity(instance: models.Model, raw: bool = False, **kwargs: Any) -> None:
    """Notes whether a row is public before it changes: changes of drafts make no revision."""
    if not raw:
        instance._was_public = public_values(instance)  # type: ignore[attr-defined]


def publish_if_public(instance: models.Model, raw: bool = False, **kwargs: Any) -> None:
    """Renews the revision if the row is public, or was before it was saved.

    A row that was saved as it was touches no leaderboard.
    """
    if raw:
        return  # loaddata publishes once, after everything is loaded and checked
    before, after = instance.__dict__.pop("_was_public", None), public_values(instance)
    if before or after:
        rows = [row for row in (before, after) if row and before != after]
        publish_change(set[Note]().union(*(note_row(type(instance), row) for row in rows)))


def remember_publicity_of_root(instance: models.Model, origin: Any, **kwargs: Any) -> None:
    """Notes for the rows that a deletion names whether they are public.

    Rows that are deleted with them are not asked for one by one: a score is public only with its
    LLM and metric, a column only with its leaderboard. But they are noted as long as they are
    there: an LLM without its scores touches no leaderboard any more.
    """
    model = origin.model if isinstance(origin, models.QuerySet) else type(origin)
    if type(instance) is model:
        remember_publicity(instance)
    with content_lock():
        before_release(tell_touched, note_row(type(instance), instance.__dict__))


def publish_if_was_public(instance: models.Model, **kwargs: Any) -> None:
    """Renews the revision if the deleted row was public."""
    if instance.__dict__.pop("_was_public", None):
        publish_change(())


def publish_release(raw: bool = False, **kwargs: Any) -> None:
    """Renews the revision: pages of releases show what stands beside them. No state changes."""
    if not raw:
        publish_change(())


def connect() -> None:
    """Connects the receivers of all content models, and of releases."""
    post_save.connect(publish_release, sender=Release)
    for model in CONTENT:
        pre_save.connect(remember_publicity, sender=model)
        post_save.connect(publish_if_public, sender=model)
        pre_delete.connect(remember_publicity_of_root, sender=model)
        post_delete.connect(publish_if_was_public, sender=model)
