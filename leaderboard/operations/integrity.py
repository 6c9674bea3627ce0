"""Checks that the database is whole, and that the site would accept every stored row again.

A backup from elsewhere, a disk that failed or a hand in the database can leave rows that no form
would have stored. These checks only read.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import CheckConstraint, Count, Model, Q, QuerySet, TextField, UniqueConstraint
from django.db.models.functions import Cast
from django.urls import NoReverseMatch, reverse

from leaderboard.fields import WebAddressField
from leaderboard.models import CONTENT, Column, Component, FactColumn, FactValue, Translation
from leaderboard.operations.release_checks import find_damaged_releases

MAX_ROWS = 20  # that are named for one rule


class Fault(NamedTuple):
    """One thing that is wrong: a sentence, and the address of the form that mends it or ""."""

    text: str
    form: str = ""
    is_behind: bool = False  # a migration is missing


def find_faults() -> list[Fault]:
    """Return all faults; where migrations are missing only those.

    The other checks ask for columns that such a database may lack.
    """
    missing = list(find_unapplied_migrations())
    if missing:
        return missing
    return [
        *find_damage(),
        *find_code(),
        *find_broken_constraints(),
        *find_refused_values(),
        *find_wrong_addresses(),
        *find_changed_releases(),
    ]


def find_unapplied_migrations() -> Iterator[Fault]:
    """Yield each migration of the software that the database has not seen."""
    loader = MigrationLoader(connection)
    for app, name in sorted(loader.graph.nodes.keys() - loader.applied_migrations.keys()):
        text = f"The migration {app}.{name} is not applied. Run manage.py migrate."
        yield Fault(text, is_behind=True)


def find_damage() -> Iterator[Fault]:
    """Yield what the database itself reports as damaged.

    PostgreSQL checks references at every write, except those declared NOT VALID.
    """
    remedy = "Restore the last good backup."
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA integrity_check({MAX_ROWS})")
            for (text,) in cursor.fetchall():
                if text != "ok" and not text.startswith("CHECK constraint failed"):  # named below
                    yield Fault(f"The database file is damaged: {text}. {remedy}")
            cursor.execute("PRAGMA foreign_key_check")
            for table, row, target, _ in cursor.fetchall()[:MAX_ROWS]:
                text = f"Row {row} of {table} refers to a row of {target} that is missing. {remedy}"
                yield Fault(text)
        else:
            cursor.execute(
                "SELECT conrelid::regclass, conname FROM pg_constraint WHERE NOT convalidated"
            )
            for table, name in cursor.fetchall():
                yield Fault(f"Nobody checked {name} on the rows of {table}. {remedy}")


def find_code() -> Iterator[Fault]:
    """Yield triggers and rules: they change rows behind the forms, and no migration makes any."""
    if connection.vendor == "sqlite":
        query = "SELECT 'trigger', name, tbl_name FROM sqlite_schema WHERE type = 'trigger'"
    else:
        query = """
            SELECT 'trigger', tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT 'rule', rulename, tablename FROM pg_rules
            WHERE schemaname = current_schema()
        """
    with connection.cursor() as cursor:
        cursor.execute(query)
        for kind, name, table in cursor.fetchall():
            text = f"The {kind} {name} changes {table}, and is not the site's own."
            yield Fault(f"{text} No backup holds it. Drop it unless you know why it is there.")


def find_broken_constraints() -> Iterator[Fault]:
    """Yield the rows that a constraint of the models refuses."""
    for model in apps.get_app_config("leaderboard").get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                rows: QuerySet[Model] = model._base_manager.exclude(constraint.condition)
            elif isinstance(constraint, UniqueConstraint):
                rows = find_duplicates(model, constraint)
            else:
                continue
            for row in rows.order_by("pk")[:MAX_ROWS]:
                rule = constraint.name.replace("_", " ")
                yield describe_fault(row, f"breaks the rule “{rule}”")


def find_duplicates(model: type[Model], constraint: UniqueConstraint) -> QuerySet[Model]:
    """Return the rows that share their values with another row; null equals no other null."""
    rows = model._base_manager.exclude(**{f"{constraint.fields[0]}__isnull": True})
    for name in constraint.fields[1:]:
        rows = rows.exclude(**{f"{name}__isnull": True})
    if constraint.condition:
        rows = rows.filter(constraint.condition)
    groups = rows.order_by().values(*constraint.fields).annotate(many=Count("pk"))
    is_duplicate = Q(pk__in=[])
    for group in groups.filter(many__gt=1)[:MAX_ROWS]:
        is_duplicate |= Q(**{name: group[name] for name in constraint.fields})
    return rows.filter(is_duplicate)


def find_refused_values() -> Iterator[Fault]:
    """Yield the errors that a form reports for single values, without a query per row."""
    for model in CONTENT:
        relations = [field.name for field in model._meta.fields if field.is_relation]
        # The name of a row may hold the names of the rows it refers to.
        for row in model._base_manager.select_related(*relations).iterator():
            try:
                row.clean_fields(exclude=relations)
            except ValidationError as error:
                for field, messages in error.message_dict.items():
                    yield describe_fault(row, f"{field}: {' '.join(messages)}")


def find_wrong_addresses() -> Iterator[Fault]:
    """Yield stored links that are no web address: pages leave them out, forms show an empty box."""
    for model in CONTENT:
        for field in model._meta.fields:
            if isinstance(field, WebAddressField):
                rows = model._base_manager.annotate(stored=Cast(field.name, TextField()))
                wrong = rows.exclude(stored="").exclude(stored__iregex=r"^https?://")
                for row in wrong.order_by("pk")[:MAX_ROWS]:
                    what = f"“{row.stored[:100]}” is no web address, and is shown nowhere"
                    yield describe_fault(row, f"{field.name}: {what}")


def find_changed_releases() -> Iterator[Fault]:
    """Yield the releases whose bytes are not the ones that were frozen. No form mends them."""
    for release, damage in find_damaged_releases():
        text = f"Release {release.name} of {release.leaderboard.slug} is damaged: {damage}."
        yield Fault(f"{text} Restore the last good backup.")


def describe_fault(row: Model, what: str) -> Fault:
    """Build the fault of one row, with its name and what to do."""
    name = f"{row._meta.verbose_name} {row}"
    form = form_address(row)
    remedy = "Correct it." if form else "No form shows it: restore the last good backup."
    return Fault(f"{name}: {what.rstrip('.')}. {remedy}", form)


def form_address(row: Model) -> str:
    """Return the address of the form that shows the row; "" if no form does.

    Components stand on the form of their aggregate, columns on the form of their leaderboard,
    values of facts on the form of their LLM, translations on the form of the row whose text they
    are.
    """
    if isinstance(row, Component):
        row = row.aggregate
    elif isinstance(row, Column | FactColumn):
        row = row.leaderboard
    elif isinstance(row, FactValue):
        row = row.llm
    elif isinstance(row, Translation):
        row = row.owner
    try:
        return reverse(f"admin:leaderboard_{row._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""
