"""The orders of a view as options of a menu: on a phone most headers are out of sight."""

from collections.abc import Iterator
from html import escape

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from leaderboard.standings.facts import SORTABLE_FACTS

from .orders import Orders
from .selection import default_sort
from .view import View


def sort_options(view: View, orders: Orders) -> SafeString:
    """Writes an option for each order, best first; the present one keeps its direction."""
    default, present = default_sort(view.standings), view.sort.removeprefix("-")
    options = []
    for key in dict.fromkeys([*sort_keys(view), present]):
        sort = view.sort if key == present else view.standings.best_first(key)
        value = "" if sort == default else sort
        chosen = " selected" if key == present else ""
        words = escape(capfirst(orders.words(key)))
        options.append(f'<option value="{value}"{chosen}>{words}</option>')
    return mark_safe("".join(options))


def sort_keys(view: View) -> Iterator[str]:
    """Yields the shown columns, those of overall scores first, and the facts under the names."""
    ranking = view.standings.ranking_metric
    yield from (
        metric.key
        for metric in sorted(
            view.columns, key=lambda metric: (metric != ranking, not metric.aggregate)
        )
    )
    yield from (fact.key for fact in view.facts)
    yield from SORTABLE_FACTS
