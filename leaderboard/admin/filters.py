"""Filters beside the lists of the admin, which stay short on a site of any size."""

from typing import Any

from django.contrib import admin

MOST_CHOICES = 40  # of one filter; more are found faster by the search box above the list


class FewRelated(admin.RelatedFieldListFilter):
    """Filters by a related entry while there are few of its kind; reads them in one query. They
    have the order of their model, unless their own list in the admin has another."""

    def field_choices(self, field: Any, request: Any, model_admin: Any) -> list[Any]:
        related = field.related_model
        listed = model_admin.admin_site.get_model_admin(related).list_select_related or ()
        rows = related.objects.select_related(*listed)
        # `order_by()` without a field would take the order of the model away.
        if ordering := self.field_admin_ordering(field, request, model_admin):
            rows = rows.order_by(*ordering)
        choices = list(rows[: MOST_CHOICES + 1])
        return [(row.pk, str(row)) for row in choices] if len(choices) <= MOST_CHOICES else []


class FewValues(admin.AllValuesFieldListFilter):
    """Filters by a value that somebody has typed, while few different ones are in use."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices: Any = list(self.lookup_choices[: MOST_CHOICES + 1])  # read once
        self.lookup_choices = choices

    def has_output(self) -> bool:
        return 1 < len(self.lookup_choices) <= MOST_CHOICES
