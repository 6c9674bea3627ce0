"""The app: what is connected when Django is ready, and what Maintainers may do."""

import sqlite3
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

MAINTAINERS = "Maintainers"


class LeaderboardConfig(AppConfig):
    """The one app of the project: its receivers are connected when Django is ready."""

    name = "leaderboard"
    verbose_name = _("Leaderboard")

    def ready(self) -> None:
        """Connect the receivers of signals; models can be imported only now."""
        from simple_history.signals import pre_create_historical_record

        from leaderboard.accounts import sessions
        from leaderboard.models import history, revision
        from leaderboard.operations.private_files import keep_database_private
        from leaderboard.text import words
        from leaderboard.trail import state_log

        checks.register(warn_of_endless_redirect, deploy=True)
        words.name_fields(self.get_models())
        sessions.connect()
        revision.connect()
        state_log.connect()
        connection_created.connect(keep_database_private)
        connection_created.connect(allow_large_statements)
        pre_create_historical_record.connect(history.one_entry_per_request)
        post_migrate.connect(fill_maintainers_group, sender=self)
        post_migrate.connect(use_write_ahead_log, sender=self)
        post_migrate.connect(recover_state_log, sender=self)


def warn_of_endless_redirect(**kwargs: Any) -> list[checks.CheckMessage]:
    """Warn where no request can be seen to have come by https, so that each is sent there again."""
    if not settings.SECURE_SSL_REDIRECT or settings.TRUSTED_PROXIES:
        return []
    return [
        checks.Warning(
            "SITE_URL begins with https://, but TRUSTED_PROXIES names no proxy: every page leads "
            "to itself, for ever.",
            hint="Name the proxy that speaks https, like TRUSTED_PROXIES=127.0.0.1",
            id="leaderboard.W001",
        )
    ]


def fill_maintainers_group(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Allow Maintainers to change all content; permissions exist only after migrations."""
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    from leaderboard.models import CONTENT, Alias, APIToken, DraftLink, Import, Release

    # This app comes before auth, whose own receiver would make them only afterwards.
    create_permissions(sender, using=using, verbosity=0)
    others = (Alias, APIToken, DraftLink, Import, Release)
    names = [model._meta.model_name for model in (*CONTENT, *others)]
    permissions = Permission.objects.using(using).filter(
        content_type__app_label="leaderboard", content_type__model__in=names
    )
    permissions = permissions.exclude(
        codename__in=("delete_release", "delete_draftlink", "delete_apitoken")  # nobody deletes one
    )
    group, _ = Group.objects.using(using).get_or_create(name=MAINTAINERS)
    group.permissions.set(permissions)


def use_write_ahead_log(using: str, **kwargs: Any) -> None:
    """Switch on the log with which readers of SQLite do not wait for a writer.

    The mode stays with the file. Switching it on at every connection would write every time.
    """
    connection = connections[using]
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=WAL")


def recover_state_log(using: str, **kwargs: Any) -> None:
    """Give the site the state log of its past, once its tables are those of this release."""
    from leaderboard.models import Leaderboard
    from leaderboard.trail.recovery import recover_log

    if using != "default" or not has_present_tables(kwargs.get("apps")):
        return
    if not Leaderboard.history.filter(is_published=True).exists():
        return
    recovery, stdout = recover_log(), kwargs.get("stdout")
    if stdout and recovery.rows and kwargs.get("verbosity"):
        more = "" if recovery.is_complete else " Older ones are left for the next migrate."
        stdout.write(f"State log: {recovery.rows} states recovered from the history.{more}\n")


def has_present_tables(migrated: Any) -> bool:
    """Whether the migrations went as far as the models: they may be asked to stop earlier."""
    if migrated is None:
        return True
    from django.apps import apps

    def columns(registry: Any) -> dict[str, set[str]]:
        return {
            model._meta.db_table: {field.column for field in model._meta.concrete_fields}
            for model in registry.get_models()
            if model._meta.app_label == "leaderboard"
        }

    return columns(apps) == columns(migrated)


def allow_large_statements(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Let Django use as many parameters per statement as this SQLite takes.

    Django assumes the old limit of 999. Measured with 5,000 new scores: confirming them takes 30
    statements instead of 83 (a test allows 50), and 0.6 s of computing instead of 0.5 s.
    """
    if connection.vendor == "sqlite":
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = limit
