import sqlite3

from django.apps import AppConfig
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

MAINTAINERS = "Maintainers"


class LeaderboardConfig(AppConfig):
    name = "leaderboard"
    verbose_name = _("Leaderboard")

    def ready(self):
        from simple_history.signals import pre_create_historical_record

        from leaderboard.accounts import sessions
        from leaderboard.models import history, revision
        from leaderboard.text import words

        words.name_fields(self.get_models())
        sessions.connect()
        revision.connect()
        connection_created.connect(allow_large_statements)
        pre_create_historical_record.connect(history.one_date_per_request)
        post_migrate.connect(fill_maintainers_group, sender=self)
        post_migrate.connect(use_write_ahead_log, sender=self)


def fill_maintainers_group(sender, using, **kwargs):
    """Maintainers may change content and nothing else. Permissions exist only after migrations."""
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    from leaderboard.models import CONTENT, Alias, Import

    # This app comes before auth, whose own receiver would make them only afterwards.
    create_permissions(sender, using=using, verbosity=0)
    names = [model._meta.model_name for model in (*CONTENT, Alias, Import)]
    permissions = Permission.objects.using(using).filter(
        content_type__app_label="leaderboard", content_type__model__in=names
    )
    group, _ = Group.objects.using(using).get_or_create(name=MAINTAINERS)
    group.permissions.set(permissions)


def use_write_ahead_log(using, **kwargs):
    """Readers of SQLite never wait for a writer. The mode stays with the file, so once is enough;
    switched on at every connection it would be a write of its own."""
    connection = connections[using]
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=WAL")


def allow_large_statements(connection, **kwargs):
    """Django counts on SQLite's old limit of 999 parameters; an import of thousands of scores
    takes a handful of statements with what this SQLite has."""
    if connection.vendor == "sqlite":
        limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        connection.features.max_query_params = limit
