"""The orders of the table: the links that sort it, and the present order in words."""

from functools import cached_property

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leaderboard.text.facts import SORTABLE

from .selection import default_sort
from .view import View

SORT_WORDS = {"llm": gettext_noop("name")} | {fact.field: fact.sort_label for fact in SORTABLE}


class Orders:
    """The present order of a view, and links to the others."""

    def __init__(self, view: View):
        self.sort = view.sort
        self.standings = view.standings
        self.selection = view.selection

    def link(self, key: str) -> str:
        """Best first; the other way round if the table is sorted so already."""
        first = self.standings.best_first(key)
        opposite = key if first.startswith("-") else f"-{key}"
        return self.address(opposite if self.sort == first else first)

    def address(self, wanted: str) -> str:
        """The query string of the view in another order."""
        # The order is the first parameter of an address.
        sort = "" if wanted == default_sort(self.standings) else f"sort={wanted}"
        return "?" + "&".join(filter(None, [sort, self.rest_of_address]))

    @property
    def opposite(self) -> str:
        """The address of the present order the other way round."""
        key = self.sort.removeprefix("-")
        return self.address(key if self.sort.startswith("-") else f"-{key}")

    @cached_property
    def rest_of_address(self) -> str:
        """The parameters of this view beside its order."""
        return self.selection.url(sort=None)[1:]

    @property
    def direction(self) -> str:
        """The direction of the order, in English as in aria-sort."""
        return "descending" if self.sort.startswith("-") else "ascending"

    @property
    def sorted_by(self) -> str:
        """The column that sorts, in words."""
        return self.words(self.sort.removeprefix("-"))

    def words(self, key: str) -> str:
        """The column in words: “AMCQA overall”, “size”."""
        if fact := self.standings.facts.find(key):
            return fact.label
        if key in SORT_WORDS:
            return _(SORT_WORDS[key])
        return self.standings.columns[self.standings.position[key]].full_name

    def others(self) -> SafeString:
        """The orders that have no header of their own: facts in small print under the name."""
        return format_html_join(
            "\n",
            '<li><a href="{}" data-sort="{}">{}</a></li>',
            ((self.link(fact.field), fact.field, self.words(fact.field)) for fact in SORTABLE),
        )
