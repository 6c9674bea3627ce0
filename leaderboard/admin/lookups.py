"""What the address of a list may ask the database: the filters it offers, and nothing beside."""

from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from .conflicts.snapshots import is_row_id
from .generics import ModelAdmin

NULL = "\0"  # PostgreSQL cannot even look for it


class DeclaredLookups(ModelAdmin):
    """Answers 400 to a look-up that list_filter does not declare.

    Django takes any look-up of any field of the model, so that ?description__regex=(a+)+$ keeps a
    worker busy for as long as the pattern likes.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        declared = self.list_filter if request is None else self.get_list_filter(request)
        names = [item[0] if isinstance(item, list | tuple) else item for item in declared]
        return NULL not in str(value) and any(
            lookup in lookups_of_filter(self.model, str(name)) for name in names
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if NULL in search_term:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        if not all(map(is_row_id, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            raise BadRequest("An id of a chosen row is not a number.")
        return super().response_action(request, queryset, *args, **kwargs)


def lookups_of_filter(model: Any, path: str) -> set[str]:
    """The look-ups that the links of a filter by a field, perhaps of another model, contain."""
    field: Any = get_fields_from_path(model, path)[-1]
    lookups = {path, f"{path}__exact", f"{path}__isnull"}
    if field.is_relation:
        lookups.add(f"{path}__{field.target_field.name}__exact")
    return lookups
