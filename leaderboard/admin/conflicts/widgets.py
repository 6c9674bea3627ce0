"""Look-up boxes that survive what no browser would send, and inlines with such boxes."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.http import HttpRequest

from leaderboard.admin.generics import BaseModelAdmin, TabularInline

from .deletions import names_of_parents
from .forms import CarefulInlineFormSet
from .snapshots import is_row_id


class CarefulAutocomplete(AutocompleteSelect):
    """Tolerates invalid ids; reuses rows that are loaded already."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # By id. One for all rows of a formset: copies of the widget share it.
        self.known: dict[str, models.Model] = {}

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        ids = [pk for pk in value if is_row_id(pk)]
        if len(ids) != 1 or ids[0] not in self.known:
            return super().optgroups(name, ids, attr)
        field: Any = self.choices.field
        label = field.label_from_instance(self.known[ids[0]])
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        options.append(self.create_option(name, ids[0], label, True, len(options)))
        return [(None, options, 0)]


class WithAutocomplete(BaseModelAdmin):
    """Uses CarefulAutocomplete for every field of autocomplete_fields."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = CarefulAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class CarefulInline(WithAutocomplete, TabularInline):
    """Reads its rows with all that they show, in as many queries for a hundred as for one."""

    formset = CarefulInlineFormSet

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related(*names_of_parents(self.model))
