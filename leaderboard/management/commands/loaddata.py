"""Django's loaddata, held to the rules of the site.

Raw saves skip validation, derived fields, history and the content revision; here they get all
four, in the one transaction of the load. A fixture loaded twice changes nothing the second time.
"""

from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.management.base import CommandError
from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from leaderboard.models import Leaderboard
from leaderboard.models.base import Content
from leaderboard.models.revision import publish_change

SHOWN_ERRORS = 20


class Command(loaddata.Command):
    help = "Load fixtures, refusing what a form would refuse; all or nothing."

    def handle(self, *fixture_labels, **options):
        self.loaded: dict[Content, dict | None] = {}  # and what its row was before
        try:
            super().handle(*fixture_labels, **options)
        except (DeserializationError, DatabaseError, ValueError) as error:
            # Of a file that is no JSON Django says nothing but its name; the cause says where.
            cause = error.__cause__ if str(error).endswith(": ") else ""
            raise CommandError(f"Nothing was loaded. {error}{cause}") from error

    def save_obj(self, obj):
        instance = obj.object
        if not isinstance(instance, Content):
            return super().save_obj(obj)
        # It may refer to a row that comes later in the fixture; full_clean derives it after that.
        with suppress(ObjectDoesNotExist):
            instance.derive()
        before = stored(instance)
        try:
            with transaction.atomic():  # so that after an error there can be queries
                saved = super().save_obj(obj)
        except DatabaseError as error:
            refuse(check(instance) or [f"{describe(instance)}: {error}"], error)
        # Of a row loaded twice the last one counts, compared with what was there before both.
        self.loaded[instance] = self.loaded.pop(instance, before)
        return saved

    def loaddata(self, fixture_labels):
        super().loaddata(fixture_labels)
        errors = [error for instance in self.loaded for error in check(instance)]
        if errors:
            refuse(errors)
        self.record_changes(", ".join(Path(label).stem for label in fixture_labels))

    def record_changes(self, labels):
        changed = defaultdict(list)
        for instance, before in self.loaded.items():
            if stored(instance) != cleaned(instance):  # full_clean derived or normalised something
                instance.save_base(raw=True)
            if cleaned(instance) != before:
                changed[type(instance), before is not None].append(instance)
        now = timezone.now()  # one date, so that visitors see one entry
        for (model, is_update), rows in changed.items():
            model.history.bulk_history_create(
                rows,
                update=is_update,
                default_change_reason=f"Loaded from fixture {labels}",
                default_date=now,
            )
        if changed:
            publish_change()


def stored(instance: models.Model) -> dict | None:
    """The row as it is in the database."""
    return type(instance)._default_manager.filter(pk=instance.pk).values().first()


def cleaned(instance: models.Model) -> dict:
    """The row as the instance would write it."""
    return {field.attname: getattr(instance, field.attname) for field in instance._meta.fields}


def check(instance: Content) -> list[str]:
    """Sentences about what a form would refuse, naming the row and the field."""
    try:
        instance.full_clean()
        if isinstance(instance, Leaderboard):
            instance.check_ranking_metric(instance.columns.values_list("metric_id", flat=True))
    except ValidationError as error:
        return [
            f"{describe(instance)}, {field}: {message}"
            for field, messages in error.message_dict.items()
            for message in messages
        ]
    return []


def describe(instance: Content) -> str:
    return f"{instance._meta.verbose_name} {' / '.join(map(str, instance.natural_key()))}"


def refuse(errors: list[str], cause: Exception | None = None) -> NoReturn:
    more = len(errors) - SHOWN_ERRORS
    if more > 0:
        errors[SHOWN_ERRORS:] = [f"… and {more} more"]
    text = "Nothing was loaded. Mend the fixture:\n  " + "\n  ".join(errors)
    raise CommandError(text) from cause
