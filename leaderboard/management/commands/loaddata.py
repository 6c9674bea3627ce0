"""Loads fixtures under the rules of the site.

Django's raw saves skip validation, derived fields, history and the content revision. This command
does all four in the one transaction of the load. A fixture loaded twice changes nothing the second
time.
"""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.management.base import CommandError
from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializationError, DeserializedObject
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from leaderboard.models import LLM, Alias, Leaderboard, Release
from leaderboard.models.base import Content
from leaderboard.models.invariants import find_violations
from leaderboard.models.locks import is_worth_another_try, write_content
from leaderboard.models.releases import BESIDE, plain_bytes
from leaderboard.models.revision import publish_change

MAX_ERRORS = 20  # that are named

Row = dict[str, Any]  # values by column
Checked = Content | Release  # rows that have rules and a history


class Command(loaddata.Command):
    """`manage.py loaddata`: load all of the fixtures, or say what to mend in them."""

    help = "Load fixtures, refusing what a form would refuse; all or nothing."

    def handle(self, *fixture_labels: Any, **options: Any) -> None:

        def load() -> None:
            self.loaded: dict[Checked, Row | None] = {}  # with the row as it was before
            super(Command, self).handle(*fixture_labels, **options)

        try:
            write_content(load)
        except (DeserializationError, DatabaseError, ValueError) as error:
            # For a file that is no JSON, Django says only its name; the cause says where.
            cause = error.__cause__ if str(error).endswith(": ") else ""
            raise CommandError(f"Nothing was loaded. {error}{cause}") from error

    def save_obj(self, obj: DeserializedObject) -> bool:
        """Save a row of the fixture, and note what it was before. Raises CommandError."""
        instance = obj.object
        if not isinstance(instance, Checked):
            return super().save_obj(obj)
        if isinstance(instance, Release):
            keep_frozen(instance)
            return self.save_checked(obj, instance)
        # A row that it needs may come later in the fixture; full_clean derives the value then.
        with suppress(ObjectDoesNotExist):
            instance.derive()
        return self.save_checked(obj, instance)

    def save_checked(self, obj: DeserializedObject, instance: Checked) -> bool:
        """Save a row as it is. Raises CommandError if the database refuses it."""
        before = stored_row(instance)
        try:
            with transaction.atomic():  # after an error PostgreSQL answers no query without it
                saved = super().save_obj(obj)
        except DatabaseError as error:
            if is_worth_another_try(error):
                raise
            refuse(find_errors(instance) or [f"{describe_row(instance)}: {error}"], error)
        # If a row is loaded twice, the last one counts and is compared with the row before both.
        self.loaded[instance] = self.loaded.pop(instance, before)
        return saved

    def loaddata(self, fixture_labels: Sequence[str]) -> None:
        """Load, check all rows together, and record what changed. Raises CommandError."""
        before = set(find_violations())
        super().loaddata(fixture_labels)
        errors = [error for instance in self.loaded for error in find_errors(instance)]
        # A row of the fixture may break a rule for rows that are not in it.
        errors = errors or [text for text in find_violations() if text not in before]
        if errors:
            refuse(errors)
        self.record_changes(", ".join(Path(label).stem for label in fixture_labels))

    def record_changes(self, labels: str) -> None:
        """Write the history of rows that differ from before; publish if there are any."""
        changed: dict[tuple[type[Checked], bool], list[Checked]] = defaultdict(list)
        for instance, before in self.loaded.items():
            row = row_to_store(instance)
            if stored_row(instance) != row:  # full_clean derived or normalised something
                instance.save_base(raw=True)
            if before and isinstance(instance, LLM) and before["name"] != instance.name:
                Alias.objects.keep_old_name(instance, before["name"])
            if row != before:
                changed[type(instance), before is not None].append(instance)
        now = timezone.now()  # one date, so that visitors see one entry
        for (model, is_update), rows in changed.items():
            history: Any = model.history  # type: ignore[union-attr]  # simple_history adds it
            history.bulk_history_create(
                rows,
                update=is_update,
                default_change_reason=f"Loaded from fixture {labels}",
                default_date=now,
            )
        if changed:
            publish_change()


def keep_frozen(release: Release) -> None:
    """Let the fixture change only what stands beside a stored release. Raises CommandError.

    The stored times stay: a fixture has them in milliseconds.
    """
    try:
        release.refuse_changes()
    except ValidationError as error:
        refuse(error.messages, error)
    stored = stored_row(release)
    for field in release._meta.concrete_fields if stored else ():
        if field.name not in BESIDE:
            setattr(release, field.attname, stored and stored[field.attname])


def stored_row(instance: models.Model) -> Row | None:
    """Return the row as it is in the database; None if there is none."""
    row = type(instance)._default_manager.filter(pk=instance.pk).values().first()
    return row and {name: plain_bytes(value) for name, value in row.items()}


def row_to_store(instance: models.Model) -> Row:
    """Return the row as the instance would write it."""
    return {
        field.attname: plain_bytes(getattr(instance, field.attname))
        for field in instance._meta.fields
    }


def find_errors(instance: Checked) -> list[str]:
    """Return a sentence for each error of a form, with the row and the field."""
    try:
        instance.full_clean()
        if isinstance(instance, Leaderboard):
            instance.check_ranking_metric(instance.columns.values_list("metric_id", flat=True))
    except ValidationError as error:
        return [
            f"{describe_row(instance)}, {field}: {message}"
            for field, messages in error.message_dict.items()
            for message in messages
        ]
    return []


def describe_row(instance: Checked) -> str:
    """Return the kind of the row and its natural key."""
    natural_key = instance.natural_key()  # type: ignore[union-attr]  # each model has its own
    return f"{instance._meta.verbose_name} {' / '.join(map(str, natural_key))}"


def refuse(errors: list[str], cause: Exception | None = None) -> NoReturn:
    """Raise the CommandError that lists the first MAX_ERRORS errors."""
    more = len(errors) - MAX_ERRORS
    if more > 0:
        errors[MAX_ERRORS:] = [f"… and {more} more"]
    text = "Nothing was loaded. Mend the fixture:\n  " + "\n  ".join(errors)
    raise CommandError(text) from cause
