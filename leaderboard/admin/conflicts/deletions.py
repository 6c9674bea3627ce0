"""What goes with rows that are deleted: all of it counted and compared, some of it named."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.contrib.admin.utils import NestedObjects, quote
from django.db import models, router
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .snapshots import digest, row_key

SHOWN = 20  # of a kind are named; a benchmark may take ten thousand scores with it


class Named(list[str]):
    """What the page names, with a digest of everything that goes besides the rows themselves."""

    digest = ""


class Collected(NestedObjects):
    """Rows with all that their names are made of, so that to name one asks nothing more."""

    def related_objects(self, related_model, related_fields, objs):
        rows = super().related_objects(related_model, related_fields, objs)
        return rows.select_related(*names_of_parents(related_model))


def names_of_parents(model: type[models.Model]) -> list[str]:
    """A score's LLM and metric, and the metric's benchmark."""
    parents = [each for each in model._meta.concrete_fields if each.many_to_one]
    return [
        name
        for parent in parents
        for name in (
            parent.name,
            *(
                f"{parent.name}__{each.name}"
                for each in parent.related_model._meta.concrete_fields
                if each.many_to_one
            ),
        )
    ]


def look(rows: Sequence[models.Model], request, site: AdminSite) -> tuple[Any, ...]:
    """As Django's get_deleted_objects, in as many queries for many as for few: (names, {kind:
    number}, kinds that the user may not delete, names of what forbids it)."""
    if not rows:
        return Named(), {}, set(), []
    collected = Collected(using=router.db_for_write(type(rows[0])), origin=rows)
    collected.collect(rows)
    found = {model: by_id(each) for model, each in collected.model_objs.items()}
    names = Named(name for each in found.values() for name in first_names(each, site))
    names.digest = digest_of_rest(found, {row_key(row) for row in rows})
    counts = {model._meta.verbose_name_plural: len(each) for model, each in found.items()}
    lacking = {
        model._meta.verbose_name
        for model in found
        if site.is_registered(model)
        and not site.get_model_admin(model).has_delete_permission(request)
    }
    return names, counts, lacking, first_names(by_id(collected.protected), site)


def by_id(rows: Iterable[models.Model]) -> list[models.Model]:
    return sorted(rows, key=lambda row: (row._meta.model_name, row.pk))


def digest_of_rest(found: dict[Any, list[models.Model]], asked: set[str]) -> str:
    rest = (row for rows in found.values() for row in rows if row_key(row) not in asked)
    return digest([(row_key(row), stored_values(row)) for row in rest])


def stored_values(row: models.Model) -> list[Any]:
    return [each.value_from_object(row) for each in row._meta.concrete_fields]


def first_names(rows: list[models.Model], site: AdminSite) -> list[str]:
    names = [name_with_link(row, site) for row in rows[:SHOWN]]
    count = len(rows) - len(names)
    more = _("and %(count)s more") % {"count": count}
    return [*names, f"… {more}"] if count else names


def name_with_link(row: models.Model, site: AdminSite) -> str:
    """“Score: gpt-4o in AnesBench overall: 0.8”, with a link to its form if it has one."""
    kind = capfirst(row._meta.verbose_name)
    start = f"{site.name}:{row._meta.app_label}_{row._meta.model_name}_change"
    try:
        address = reverse(start, args=[quote(row.pk)])
    except NoReverseMatch:
        return f"{kind}: {row}"
    return format_html('{}: <a href="{}">{}</a>', kind, address, row)
