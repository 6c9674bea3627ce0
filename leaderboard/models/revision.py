"""The content revision, which every write to published content renews in its own transaction."""

import secrets
from typing import Any

from django.db import connection, models, transaction
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.utils import timezone

from . import CONTENT, ContentRevision
from .locks import content_lock


def publish_change() -> None:
    """Names a new state of the published content.

    It is called within the content lock of the writer: then whoever sees the new token sees the new
    content, and nobody publishes a row between the check whether it is public and the commit.
    Single saves and deletes call it by themselves; bulk writers call it once.
    """
    with content_lock(), transaction.atomic():
        ContentRevision.objects.update_or_create(
            pk=1, defaults={"token": secrets.token_hex(8), "changed_at": timezone.now()}
        )


def current_revision() -> ContentRevision:
    """Returns the state that a page is about to show; read it before the data."""
    revision = ContentRevision.objects.filter(pk=1).first()
    return revision or ContentRevision(token="", changed_at=timezone.now())


def current_token() -> str:
    """Returns the name of the present state, by the cheapest query: every request asks it.

    It is "" until something is published.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM leaderboard_contentrevision WHERE id = 1")
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def is_public(instance: models.Model) -> bool:
    """Whether a public page shows, or depends on, this row as it is stored."""
    if instance.pk is None:
        return False
    queryset = type(instance)._default_manager.published()  # type: ignore[attr-defined]
    return bool(queryset.filter(pk=instance.pk).exists())


def remember_publicity(instance: models.Model, raw: bool = False, **kwargs: Any) -> None:
    """Notes whether a row is public before it changes: changes of drafts make no revision."""
    if not raw:
        instance._was_public = is_public(instance)  # type: ignore[attr-defined]


def publish_if_public(instance: models.Model, raw: bool = False, **kwargs: Any) -> None:
    """Renews the revision if the row is public, or was before it was saved."""
    if raw:
        return  # loaddata publishes once, after everything is loaded and checked
    if instance.__dict__.pop("_was_public", False) or is_public(instance):
        publish_change()


def remember_publicity_of_root(instance: models.Model, origin: Any, **kwargs: Any) -> None:
    """Notes for the rows that a deletion names whether they are public.

    Rows that are deleted with them are not asked for one by one: a score is public only with its
    LLM and metric, a column only with its leaderboard.
    """
    model = origin.model if isinstance(origin, models.QuerySet) else type(origin)
    if type(instance) is model:
        remember_publicity(instance)


def publish_if_was_public(instance: models.Model, **kwargs: Any) -> None:
    """Renews the revision if the deleted row was public."""
    if instance.__dict__.pop("_was_public", False):
        publish_change()


def connect() -> None:
    """Connects the receivers of all content models."""
    for model in CONTENT:
        pre_save.connect(remember_publicity, sender=model)
        post_save.connect(publish_if_public, sender=model)
        pre_delete.connect(remember_publicity_of_root, sender=model)
        post_delete.connect(publish_if_was_public, sender=model)
