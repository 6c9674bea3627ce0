"""The menu of columns: a box for each, in groups, with links that show all or none of a group."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.utils.translation import gettext as _

from leaderboard.standings.records import MetricRecord
from leaderboard.standings.standings import Standings

from .column_codes import LONGEST, column_code
from .view import Choice, View

NUMBERED = re.compile(r"[\s\d.:_#-]+$")  # what tells “Group A task 01” from its neighbours


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """Boxes of a benchmark, of facts, or of metrics whose names differ by a number at their end."""

    label: str
    boxes: Sequence[Choice]
    all: str  # addresses of the view with all of them, and with none
    none: str


class ColumnMenu:
    """The columns that a view may show."""

    def __init__(self, view: View):
        self.view = view
        self.standings = view.standings
        self.every = view.standings.column_keys

    def address(self, keys: Iterable[str]) -> str:
        """The query string of the view with these columns."""
        return self.view.selection.url(columns=shown_columns(keys, self.standings))

    @property
    def ranking_key(self) -> str:
        """The column that stays if no other one is shown; "" for the leaderboard's own columns."""
        metric = self.standings.ranking_metric
        return metric.key if metric else ""

    def all(self) -> str:
        return self.address(self.every)

    def none(self) -> str:
        return self.address([self.ranking_key])

    @cached_property
    def codes(self) -> dict[str, str]:
        """{column: what its box sends without script}: as many columns as have long names send
        codes, since a form repeats the name of the parameter for each of them."""
        if len(",".join(self.every)) <= LONGEST:
            return {}
        return {key: f".{column_code(key)}" for key in self.every}

    def groups(self) -> list[ColumnGroup]:
        """The boxes in their groups, in the order of the columns."""
        boxes = {box.value: box for box in self.view.column_choices()}
        shown = set(self.view.column_keys)
        labels = {fact.key: _("Facts") for fact in self.standings.facts.columns}
        labels |= {metric.key: group_label(metric) for metric in self.standings.columns}
        groups = []
        for label, group in groupby(boxes, key=lambda key: labels[key]):
            keys = list(group)
            with_all, with_none = shown | set(keys), shown - set(keys)
            groups.append(
                ColumnGroup(
                    label=label,
                    boxes=[boxes[key] for key in keys],
                    all=self.address(with_all),
                    none=self.address(with_none),
                )
            )
        return groups


def group_label(metric: MetricRecord) -> str:
    """The benchmark of a metric; without one, its name without the number at its end."""
    return metric.benchmark or NUMBERED.sub("", metric.name) or metric.name


def shown_columns(keys: Iterable[str], standings: Standings) -> tuple[str, ...]:
    """Returns the columns in their order; () for those of the leaderboard, as for none at all."""
    wanted = set(keys)
    chosen = tuple(key for key in standings.column_keys if key in wanted)
    return () if chosen == standings.default_keys else chosen


def summary_of(columns: Sequence[MetricRecord]) -> MetricRecord | None:
    """Returns the metric among these of a benchmark that all others of them are folded to: the
    aggregate that most of them go into; None without one."""
    ids = {metric.id for metric in columns}
    inside = {metric: sum(part in ids for part, _weight in metric.components) for metric in columns}
    best = max(columns, key=inside.__getitem__, default=None)
    return best if best is not None and inside[best] else None
