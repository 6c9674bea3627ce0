"""What goes with rows that are deleted: all of it is counted and compared, some of it named."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.contrib.admin.utils import NestedObjects, quote
from django.db import models, router
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leaderboard.trail.effects import Effect
from leaderboard.trail.trying import try_deletion

from .snapshots import digest, row_key

MOST_NAMED = 20  # of a kind; a benchmark may take ten thousand scores with it


# What to do first with rows that forbid a deletion, by their model, in this order.
FIRST = {
    "release": gettext_noop(
        "Releases are cited and stay, and so does their leaderboard. To hide both, untick "
        "“published” on its form; to take back one of these, withdraw it:"
    ),
    "leaderboard": gettext_noop("Rank these leaderboards by another metric, or delete them:"),
    "component": gettext_noop("Take it out of these aggregates:"),
    "metric": gettext_noop("Give these metrics questions of their own:"),
    "score": gettext_noop("Give these scores another source, or none:"),
    "llm": gettext_noop("Give these LLMs another organization, or none:"),
}


class Obstacles(list[str]):
    """The names of what forbids a deletion, and the steps that make it possible."""

    steps: list[tuple[str, list[str]]]

    def __init__(self, rows: list[Any], site: AdminSite):
        super().__init__(link_some(rows, site))
        kinds = {row._meta.model_name: type(row) for row in rows}
        order = [*FIRST, *(kinds.keys() - FIRST.keys())]
        self.steps = [
            (
                _(FIRST.get(kind, gettext_noop("Change or delete first:"))),
                link_some([row for row in rows if row._meta.model_name == kind], site),
            )
            for kind in order
            if kind in kinds
        ]


class NamesWithDigest(list[str]):
    """What the page names, with a digest of everything that goes besides the rows themselves."""

    digest = ""
    rows: dict[Any, list[Any]] = {}  # all that goes, by model

    @cached_property
    def effects(self) -> list[Effect]:
        """What visitors see changed when it goes; it is tried, and undone."""
        return try_deletion(self.rows)


class NamedObjects(NestedObjects):
    """Collects rows with all that their names are made of: to name one asks nothing more."""

    def related_objects(self, related_model: Any, related_fields: Any, objs: Any) -> Any:
        rows = super().related_objects(related_model, related_fields, objs)
        return rows.select_related(*names_of_parents(related_model))


def names_of_parents(model: type[models.Model]) -> list[str]:
    """A model's foreign keys and theirs: a score's LLM and metric, and the metric's benchmark."""
    names = []
    for parent in foreign_keys(model):
        grandparents = foreign_keys(parent.related_model)
        names += [parent.name, *(f"{parent.name}__{column.name}" for column in grandparents)]
    return names


def foreign_keys(model: type[models.Model]) -> list[Any]:
    """The columns of a model that point to another row."""
    return [column for column in model._meta.concrete_fields if column.many_to_one]


def collect_deletion(
    rows: Sequence[models.Model], request: HttpRequest, site: AdminSite
) -> tuple[Any, ...]:
    """Django's get_deleted_objects, in as many queries for many rows as for few.

    Returns (names, {kind: number}, kinds that the user may not delete, names of what forbids it).
    """
    if not rows:
        return NamesWithDigest(), {}, set(), []
    collector = NamedObjects(using=router.db_for_write(type(rows[0])), origin=rows)
    collector.collect(rows)
    collected: dict[Any, list[Any]] = {
        model: sort_by_id(some) for model, some in collector.model_objs.items()
    }
    names = NamesWithDigest(name for some in collected.values() for name in link_some(some, site))
    names.rows = {} if collector.protected else collected  # what cannot go changes nothing
    names.digest = digest_rest(collected, {row_key(row) for row in rows})
    counts = {model._meta.verbose_name_plural: len(some) for model, some in collected.items()}
    lacking = {
        model._meta.verbose_name
        for model in collected
        if site.is_registered(model)
        and not site.get_model_admin(model).has_delete_permission(request)
    }
    return names, counts, lacking, Obstacles(sort_by_id(collector.protected), site)


def sort_by_id(rows: Iterable[Any]) -> list[Any]:
    """Rows of any models in an order that does not depend on the database's."""
    return sorted(rows, key=lambda row: (row._meta.model_name, row.pk))


def digest_rest(collected: dict[Any, list[Any]], asked: set[str]) -> str:
    """A digest of all values of the rows that go besides those that were asked for."""
    rest = (row for rows in collected.values() for row in rows if row_key(row) not in asked)
    return digest([(row_key(row), all_values(row)) for row in rest])


def all_values(row: models.Model) -> list[Any]:
    """The values of all columns of a row."""
    return [column.value_from_object(row) for column in row._meta.concrete_fields]


def link_some(rows: list[Any], site: AdminSite) -> list[str]:
    """The names of the first MOST_NAMED rows, and how many more there are."""
    names = [link_name(row, site) for row in rows[:MOST_NAMED]]
    count = len(rows) - len(names)
    more = _("and %(count)s more") % {"count": count}
    return [*names, f"… {more}"] if count else names


def link_name(row: Any, site: AdminSite) -> str:
    """“Score: gpt-4o in AnesBench overall: 0.8”, with a link to its form if it has one; a component
    has that of its aggregate."""
    form_of = row.aggregate if row._meta.model_name == "component" else row
    kind = capfirst(str(row._meta.verbose_name))
    start = f"{site.name}:{form_of._meta.app_label}_{form_of._meta.model_name}_change"
    try:
        address = reverse(start, args=[quote(form_of.pk)])
    except NoReverseMatch:
        return f"{kind}: {row}"
    return format_html('{}: <a href="{}">{}</a>', kind, address, row)
