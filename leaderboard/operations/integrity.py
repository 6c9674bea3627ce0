"""Is the database whole, and would the site take every stored row again?

A backup from elsewhere, a disk that failed or a hand in the database can leave rows that no form
would have stored. Nothing here changes anything.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.models import CheckConstraint, Count, Model, TextField, UniqueConstraint
from django.db.models.functions import Cast
from django.urls import NoReverseMatch, reverse

from leaderboard.fields import WebAddressField
from leaderboard.models import CONTENT, Column, Component

SHOWN = 20  # rows that one rule names


class Fault(NamedTuple):
    """A sentence, and the form that mends it if there is one."""

    text: str
    form: str = ""
    is_behind: bool = False  # a migration is missing


def find_faults() -> list[Fault]:
    """Of a database that is behind only that: what follows asks for columns that it may lack."""
    missing = list(unapplied_migrations())
    if missing:
        return missing
    return [*damage(), *broken_constraints(), *refused_values(), *wrong_addresses()]


def unapplied_migrations() -> Iterator[Fault]:
    loader = MigrationLoader(connection)
    for app, name in sorted(loader.graph.nodes.keys() - loader.applied_migrations.keys()):
        text = f"The migration {app}.{name} is not applied. Run manage.py migrate."
        yield Fault(text, is_behind=True)


def damage() -> Iterator[Fault]:
    """What the database itself says; PostgreSQL keeps references whole unless told not to."""
    remedy = "Restore the last good backup."
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA integrity_check({SHOWN})")
            for (text,) in cursor.fetchall():
                if text != "ok" and not text.startswith("CHECK constraint failed"):  # named below
                    yield Fault(f"The database file is damaged: {text}. {remedy}")
            cursor.execute("PRAGMA foreign_key_check")
            for table, row, target, _ in cursor.fetchall()[:SHOWN]:
                text = f"Row {row} of {table} refers to a row of {target} that is missing. {remedy}"
                yield Fault(text)
        else:
            cursor.execute(
                "SELECT conrelid::regclass, conname FROM pg_constraint WHERE NOT convalidated"
            )
            for table, name in cursor.fetchall():
                yield Fault(f"Nobody checked {name} on the rows of {table}. {remedy}")


def broken_constraints() -> Iterator[Fault]:
    """Rows that a constraint of today would refuse."""
    for model in apps.get_app_config("leaderboard").get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                rows = model._base_manager.exclude(constraint.condition)
            elif isinstance(constraint, UniqueConstraint):
                rows = doubles(model, constraint)
            else:
                continue
            for row in rows.order_by("pk")[:SHOWN]:
                yield fault_of(row, f"breaks the rule “{in_words(constraint.name)}”")


def doubles(model: type[Model], constraint: UniqueConstraint) -> models.QuerySet:
    """All rows whose like is there already; null is like nothing."""
    rows = model._base_manager.exclude(**{f"{constraint.fields[0]}__isnull": True})
    for name in constraint.fields[1:]:
        rows = rows.exclude(**{f"{name}__isnull": True})
    if constraint.condition:
        rows = rows.filter(constraint.condition)
    found = rows.order_by().values(*constraint.fields).annotate(many=Count("pk"))
    same = [
        models.Q(**{name: each[name] for name in constraint.fields})
        for each in found.filter(many__gt=1)[:SHOWN]
    ]
    wanted = models.Q(pk__in=[])
    for each in same:
        wanted |= each
    return rows.filter(wanted)


def in_words(name: str) -> str:
    return name.replace("_", " ")


def refused_values() -> Iterator[Fault]:
    """What a form would say to each value by itself, without a query per row."""
    for model in CONTENT:
        relations = [field.name for field in model._meta.fields if field.is_relation]
        for row in model._base_manager.select_related(*named_by(model)).iterator():
            try:
                row.clean_fields(exclude=relations)
            except ValidationError as error:
                for field, messages in error.message_dict.items():
                    yield fault_of(row, f"{field}: {' '.join(messages)}")


def named_by(model: type[Model]) -> list[str]:
    """What the name of a row needs."""
    return [field.name for field in model._meta.fields if field.is_relation]


def wrong_addresses() -> Iterator[Fault]:
    """Pages show no such link, and forms show an empty box: only here it is seen."""
    for model in CONTENT:
        for field in model._meta.fields:
            if isinstance(field, WebAddressField):
                rows = model._base_manager.annotate(stored=Cast(field.name, TextField()))
                wrong = rows.exclude(stored="").exclude(stored__iregex=r"^https?://")
                for row in wrong.order_by("pk")[:SHOWN]:
                    what = f"“{row.stored[:100]}” is no web address, and is shown nowhere"
                    yield fault_of(row, f"{field.name}: {what}")


def fault_of(row: Model, what: str) -> Fault:
    name = f"{row._meta.verbose_name} {row}"
    form = form_of(row)
    remedy = "Correct it." if form else "No form shows it: restore the last good backup."
    return Fault(f"{name}: {what.rstrip('.')}. {remedy}", form)


def form_of(row: Model) -> str:
    """Components and columns stand on the form of what they are part of."""
    if isinstance(row, Component):
        row = row.aggregate
    elif isinstance(row, Column):
        row = row.leaderboard
    try:
        return reverse(f"admin:leaderboard_{row._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""
