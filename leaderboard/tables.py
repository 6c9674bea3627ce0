"""The standings as a table: django-tables2 for columns, order and pages, our own markup."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import django_tables2
from django.core.paginator import Paginator
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django_tables2.data import TableListData

from .records import MetricRecord
from .rows import CellShape, row_html
from .selection import (
    PAGE_SIZE,
    REASONING,
    WEIGHTS,
    View,
    default_sort,
    domain_of,
)
from .standings import Origin, Standings
from .words import word

SORT_WORDS = {
    "llm": gettext_noop("name"),
    "organization": gettext_noop("organization"),
    "parameters": gettext_noop("size"),
    "released": gettext_noop("release date"),
}


WIDEST = 105  # letters in the headers of all metrics beside rank, name and interval marks


MOST_ROWS = 2_000  # of one kind that are kept for the next view


class StandingsData(TableListData):
    """Rows in the order of the view, by the rules of the standings: the stock class would put
    missing values first and turn ties around."""

    def __init__(self, view: View):
        super().__init__(list(view.rows))

    def order_by(self, aliases):
        pass  # the view is in that order


@dataclass(frozen=True, slots=True)
class Group:
    """A benchmark above its metrics."""

    name: str
    slug: str
    language: str
    span: int


@dataclass(frozen=True, slots=True)
class Header:
    key: str
    label: str
    href: str
    aria_sort: str  # "" unless the table is sorted by this column
    note: str
    starts_group: bool
    is_ranking: bool

    @property
    def classes(self) -> str:
        names = {"name": self.key == "llm", "edge": self.starts_group, "main": self.is_ranking}
        return " ".join(name for name, applies in names.items() if applies)


class StandingsTable(django_tables2.Table):
    """Rank and LLM, then a column per metric."""

    rank = django_tables2.Column(orderable=False, verbose_name="#")
    llm = django_tables2.Column(verbose_name="LLM")
    # Sorted by, but shown in small print under the name.
    organization = django_tables2.Column(visible=False)
    parameters = django_tables2.Column(visible=False)
    released = django_tables2.Column(visible=False)

    class Meta:
        template_name = "leaderboard/_standings_table.html"
        sequence = ("rank", "llm", "organization", "parameters", "released", "...")

    def __init__(self, view: View, *, has_ticks: bool = False):
        self.view = view
        self.has_ticks = has_ticks  # a box per row, where the page has a form to compare with
        self.standings = view.standings
        self.selection = view.selection
        self.sort = view.sort
        metrics = [
            (
                metric.key,
                django_tables2.Column(verbose_name=metric.name, visible=metric in view.columns),
            )
            for metric in view.standings.columns
        ]
        super().__init__(StandingsData(view), order_by=self.sort, extra_columns=metrics)
        paginator = Paginator(self.rows, PAGE_SIZE)
        self.paginate(per_page=PAGE_SIZE, page=min(view.selection.page, paginator.num_pages))

    def headers(self) -> list[Header]:
        """The column headers after the rank, each linking to the order it stands for."""
        return [self.header("llm", "LLM", None, starts_group=False)] + [
            self.header(metric.key, metric.name, metric, starts_group=starts)
            for metric, starts in zip(
                self.view.columns, group_starts(self.view.columns), strict=True
            )
        ]

    def header(
        self, key: str, label: str, metric: MetricRecord | None, *, starts_group: bool
    ) -> Header:
        ranking = self.standings.ranking_metric
        return Header(
            key=key,
            label=label,
            href=self.sort_link(key),
            aria_sort=self.direction if self.sort.removeprefix("-") == key else "",
            note=metric_note(metric) if metric else "",
            starts_group=starts_group,
            is_ranking=metric is not None and metric == ranking,
        )

    def sort_link(self, key: str) -> str:
        """Best first; the other way round if the table is sorted so already."""
        first = self.standings.best_first(key)
        opposite = key if first.startswith("-") else f"-{key}"
        wanted = opposite if self.sort == first else first
        return self.selection.url(sort=None if wanted == default_sort(self.standings) else wanted)

    @property
    def direction(self) -> str:
        return "descending" if self.sort.startswith("-") else "ascending"

    @property
    def sorted_by(self) -> str:
        return self.words(self.sort.removeprefix("-"))

    def words(self, key: str) -> str:
        """The column in words: “AMCQA overall”, “size”."""
        if key in SORT_WORDS:
            return _(SORT_WORDS[key])
        return self.standings.columns[self.standings.position[key]].full_name

    def other_orders(self) -> list[tuple[str, str]]:
        """(key, words, link) of the orders that have no header of their own."""
        return [
            (key, self.words(key), self.sort_link(key))
            for key in ("organization", "parameters", "released")
        ]

    def groups(self) -> list[Group]:
        """The upper header: a benchmark over its adjacent metrics."""
        return [
            Group(*benchmark, span=len(list(metrics)))
            for benchmark, metrics in groupby(
                self.view.columns,
                key=lambda metric: (
                    metric.benchmark or "",
                    metric.benchmark_slug or "",
                    metric.language or "",
                ),
            )
        ]

    def interval_choices(self) -> list[tuple[str, str, bool]]:
        """(key, words, link, whether it is the present one)"""
        words = {None: _("ranking metric"), "all": _("all"), "off": _("off")}
        return [
            (
                choice or "",
                word,
                self.selection.url(intervals=choice),
                choice == self.selection.intervals,
            )
            for choice, word in words.items()
        ]

    def has_ranges(self) -> bool:
        return self.selection.intervals != "off" and any(row.rank_range for row in self.view.rows)

    def has_marks(self) -> bool:
        """Does the table need a legend, and its styles?"""
        return self.has_computed() or self.has_unchecked() or self.has_mixed_tiers()

    def has_computed(self) -> bool:
        return self.has(Origin.COMPUTED)

    def has_unchecked(self) -> bool:
        return self.has(Origin.UNCHECKED)

    def has(self, origin: Origin) -> bool:
        """Does any cell need this line of the legend?"""
        cells = (cell for row in self.view.rows for cell in self.view.cells(row))
        return any(cell is not None and cell.origin is origin for cell in cells)

    def has_mixed_tiers(self) -> bool:
        return any(len(row.tiers) > 1 for row in self.view.rows)

    def body(self) -> SafeString:
        """All rows of the page. Joined here: the stock loop inspects a signature for every cell,
        which costs more than everything else on the page."""
        shapes = self.cell_shapes()
        ranges = self.selection.intervals != "off"
        ranking = self.standings.ranking_metric
        steps = ranges and ranking is not None and self.sort.removeprefix("-") == ranking.key
        made = self.rows_made()
        rows: list[str] = []
        before = None
        for bound in self.paginated_rows:
            row = bound.record
            best = row.rank_range.best if row.rank_range else None
            is_step = steps and bool(rows) and best != before
            text = made.get((row.llm.id, is_step))
            if text is None:
                text = row_html(
                    row,
                    self.view.cells(row),
                    shapes,
                    ranges=ranges,
                    is_step=is_step,
                    has_tick=self.has_ticks,
                )
                if len(made) < MOST_ROWS:
                    made[row.llm.id, is_step] = text
            rows.append(text)
            before = best
        return mark_safe("\n".join(rows))  # every text in it has been escaped

    def rows_made(self) -> dict[tuple[int, bool], str]:
        """Rows of these standings that are written already: they are the same in every order."""
        if self.selection.columns:
            return {}
        look = ("rows", self.selection.intervals or "", str(self.has_ticks), get_language() or "")
        found: dict[tuple[int, bool], str] = self.standings.facts.setdefault(" ".join(look), {})
        return found

    def cell_shapes(self) -> list[CellShape]:
        standings, wanted = self.standings, self.selection.intervals
        axis = standings.interval_range() if wanted is None else None
        return [
            CellShape(
                edge="edge" if starts else "",
                main="main" if metric == standings.ranking_metric else "",
                margin_decimals=metric.decimals + 1 if wanted == "all" else None,
                axis=axis if metric == standings.ranking_metric else None,
                decimals=metric.decimals,
            )
            for metric, starts in zip(
                self.view.columns, group_starts(self.view.columns), strict=True
            )
        ]

    def fits(self) -> bool:
        """Is the table narrow enough for a wide screen? Then the page scrolls it, otherwise a
        region of its own does. Widths are estimates, in letters."""
        margins = 8 if self.selection.intervals == "all" else 0
        letters = [max(len(metric.name), 6 + margins) + 3 for metric in self.view.columns]
        return sum(letters) <= WIDEST

    def script_data(self) -> str:
        """What the script needs to sort and filter in place, if every row is on the page."""
        if len(self.view.rows) < len(self.standings.rows) or self.paginator.num_pages > 1:
            return ""
        standings = self.standings
        place = {row.llm.id: index for index, row in enumerate(self.view.rows)}
        base = [place[row.llm.id] for row in standings.rows]
        data = {
            "sort": default_sort(standings),
            "base": [] if base == sorted(base) else base,
            "facts": self.script_facts(),
            "name": self.words("llm"),  # the form has the words for all other columns
            "up": [key for key in standings.sort_keys() if standings.best_first(key) == key],
            # All else is sorted by what the rows say, or by asking the server.
            "orders": {"llm": ascending_groups(standings, "llm", place)},
        }
        return json.dumps(data, separators=(",", ":"), ensure_ascii=False)

    def script_facts(self) -> dict[str, list[object]]:
        """What the filters ask of the LLMs and their rows do not say: by the name of their boxes,
        the values that occur and which of them each LLM has."""
        llms = [row.llm for row in self.view.rows]
        chosen = {
            "domain": [domain_of(llm) for llm in llms],
            "weights": [WEIGHTS[llm.open_weights] for llm in llms],
            "reasoning": [REASONING[llm.reasoning] for llm in llms],
        }
        facts: dict[str, list[object]] = {}
        for name, values in chosen.items():
            known = list(dict.fromkeys(values))
            facts[name] = [known, [known.index(value) for value in values]]
        return facts

    def page_links(self) -> dict[str, str]:
        """Links to the pages before and after this one."""
        links = {}
        if self.page.has_previous():
            links["previous"] = self.selection.url(page=self.page.previous_page_number())
        if self.page.has_next():
            links["next"] = self.selection.url(page=self.page.next_page_number())
        return links


def ascending_groups(
    standings: Standings, key: str, place: dict[int, int]
) -> list[int | list[int]]:
    """The rows that have a value, ascending; rows of equal value as a list, in order of rank."""
    rows = [row for row in standings.sorted_by(key) if standings.sort_value(row, key) is not None]
    groups = groupby(rows, key=lambda row: standings.sort_value(row, key))
    found = [[place[row.llm.id] for row in equal] for _, equal in groups]
    return [group[0] if len(group) == 1 else group for group in found]


def group_starts(columns: Sequence[MetricRecord]) -> list[bool]:
    """True where a column begins another benchmark than the one before it."""
    before = [None, *(metric.benchmark_slug or "" for metric in columns)]
    return [
        (metric.benchmark_slug or "") != previous
        for metric, previous in zip(columns, before, strict=False)
    ]


def metric_note(metric: MetricRecord) -> str:
    if metric.question_count:
        return f"n {metric.question_count:,}"
    return word(metric.aggregate)
