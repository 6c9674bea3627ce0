"""Django's loaddata, held to the rules of the site.

Raw saves skip validation, derived fields, history and the content revision; here they get all
four, in the one transaction of the load. A fixture loaded twice changes nothing the second time.
"""

from collections import defaultdict

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.management.base import CommandError
from django.core.management.commands import loaddata
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError, models

from leaderboard.models import Leaderboard
from leaderboard.models.base import Content
from leaderboard.revision import publish_change

SHOWN_ERRORS = 20


class Command(loaddata.Command):
    help = "Load fixtures, refusing what a form would refuse; all or nothing."

    def handle(self, *fixture_labels, **options):
        self.loaded: dict[tuple[type, int], dict | None] = {}  # what each row was before
        try:
            super().handle(*fixture_labels, **options)
        except (DeserializationError, DatabaseError, ValueError) as error:
            raise CommandError(f"Nothing was loaded. {error}") from error

    def save_obj(self, obj):
        instance = obj.object
        if not isinstance(instance, Content):
            return super().save_obj(obj)
        try:
            instance.derive()
        except ObjectDoesNotExist:
            pass  # refers to a row later in the fixture; derived after the load
        before = stored(instance)
        saved = super().save_obj(obj)
        self.loaded.setdefault((type(instance), instance.pk), before)
        return saved

    def loaddata(self, fixture_labels):
        super().loaddata(fixture_labels)
        instances = [model._default_manager.get(pk=pk) for model, pk in self.loaded]
        errors = [error for instance in instances for error in check(instance)]
        if errors:
            more = len(errors) - SHOWN_ERRORS
            if more > 0:
                errors[SHOWN_ERRORS:] = [f"… and {more} more"]
            raise CommandError("Nothing was loaded. Mend the fixture:\n  " + "\n  ".join(errors))
        for instance in instances:
            instance.save_base(raw=True)
        self.record_changes(instances, ", ".join(fixture_labels))

    def record_changes(self, instances, labels):
        changed = defaultdict(list)
        for instance in instances:
            before = self.loaded[type(instance), instance.pk]
            if stored(instance) != before:
                changed[type(instance), before is not None].append(instance)
        for (model, is_update), rows in changed.items():
            model.history.bulk_history_create(
                rows, update=is_update, default_change_reason=f"Loaded from fixture {labels}"
            )
        if changed:
            publish_change()


def stored(instance: models.Model) -> dict | None:
    """The row as it is in the database."""
    return type(instance)._default_manager.filter(pk=instance.pk).values().first()


def check(instance: Content) -> list[str]:
    """Sentences about what a form would refuse, naming the row and the field."""
    where = f"{instance._meta.verbose_name} {' / '.join(map(str, instance.natural_key()))}"
    found = []
    try:
        instance.full_clean()
        if isinstance(instance, Leaderboard):
            instance.check_ranking_metric(instance.columns.values_list("metric_id", flat=True))
    except ValidationError as error:
        for field, messages in error.message_dict.items():
            found += [f"{where}, {field}: {message}" for message in messages]
    return found
