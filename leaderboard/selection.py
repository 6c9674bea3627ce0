"""The view a visitor asked for: the query string as one validated value.

The only reader of request.GET. Unknown parameters and values are ignored, so that they enter
neither links nor caches; what remains has one canonical order.
"""

import re
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import urlencode

from django.http import QueryDict

from .standings import Standings

PAGE_SIZE = 100
INTERVALS = ("all", "off")


@dataclass(frozen=True, slots=True)
class Selection:
    """What is shown of the standings, and in which order. None is the leaderboard's own."""

    sort: str | None = None
    intervals: str | None = None  # "all", "off"; None marks those of the ranking metric
    page: int = 1

    @classmethod
    def from_query(cls, query: QueryDict, standings: Standings) -> Self:
        return cls(
            sort=read_sort(query.getlist("sort"), standings),
            intervals=read_intervals(query.getlist("intervals")),
            page=read_page(query.getlist("page")),
        )

    def url(self, **changes: object) -> str:
        """The query string of this view with changes; “?” alone for the default view."""
        selection = replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]
        parameters: list[tuple[str, object]] = []
        if selection.sort:
            parameters.append(("sort", selection.sort))
        if selection.intervals:
            parameters.append(("intervals", selection.intervals))
        if selection.page > 1:
            parameters.append(("page", selection.page))
        return "?" + urlencode(parameters)


def default_sort(standings: Standings) -> str:
    """The ranking metric, best first; without one, by name."""
    metric = standings.ranking_metric
    return standings.best_first(metric.key) if metric else "llm"


def read_sort(values: list[str], standings: Standings) -> str | None:
    if len(values) != 1 or values[0] == default_sort(standings):
        return None
    return values[0] if values[0].removeprefix("-") in standings.sort_keys() else None


def read_intervals(values: list[str]) -> str | None:
    return values[0] if len(values) == 1 and values[0] in INTERVALS else None


def read_page(values: list[str]) -> int:
    """The first page for anything but a plain number; the table caps it at the last."""
    if len(values) == 1 and re.fullmatch(r"[0-9]{1,9}", values[0]):
        return max(1, int(values[0]))
    return 1
