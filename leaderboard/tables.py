"""The standings as a table: django-tables2 for columns, order and pages, our own markup."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import django_tables2
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django_tables2.data import TableListData

from .numbers import plain
from .selection import PAGE_SIZE, Selection, default_sort
from .standings import Cell, LLMRecord, MetricRecord, Origin, Standing, Standings

MISSING = "–"
SORT_WORDS = {"llm": "name", "organization": "organization", "parameters": "size",
              "released": "release date"}  # fmt: skip


class StandingsData(TableListData):
    """Rows that sort by the rules of the standings: the stock class puts missing values first."""

    def __init__(self, standings: Standings):
        super().__init__(list(standings.rows))
        self.standings = standings

    def order_by(self, aliases):
        if aliases:
            self.data = self.standings.sorted_by(str(aliases[0]))


@dataclass(frozen=True, slots=True)
class Group:
    """A benchmark above its metrics."""

    name: str
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

    def __init__(self, standings: Standings, selection: Selection):
        self.standings = standings
        self.selection = selection
        self.sort = selection.sort or default_sort(standings)
        metrics = [
            (metric.key, django_tables2.Column(verbose_name=metric.name))
            for metric in standings.columns
        ]
        super().__init__(StandingsData(standings), order_by=self.sort, extra_columns=metrics)
        paginator = Paginator(self.rows, PAGE_SIZE)
        self.paginate(per_page=PAGE_SIZE, page=min(selection.page, paginator.num_pages))

    def headers(self) -> list[Header]:
        """The column headers after the rank, each linking to the order it stands for."""
        return [self.header("llm", "LLM", None, starts_group=False)] + [
            self.header(metric.key, metric.name, metric, starts_group=starts)
            for metric, starts in zip(
                self.standings.columns, group_starts(self.standings.columns), strict=True
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
        """The column in words: “AMCQA overall”, “size”."""
        key = self.sort.removeprefix("-")
        if key in SORT_WORDS:
            return SORT_WORDS[key]
        return self.standings.columns[self.standings.position[key]].full_name

    def other_orders(self) -> list[tuple[str, str]]:
        """(words, link) of the orders that have no header of their own."""
        return [
            (SORT_WORDS[key], self.sort_link(key))
            for key in ("organization", "parameters", "released")
        ]

    def groups(self) -> list[Group]:
        """The upper header: a benchmark over its adjacent metrics."""
        return [
            Group(name or "", language or "", len(list(metrics)))
            for (name, language), metrics in groupby(
                self.standings.columns, key=lambda metric: (metric.benchmark, metric.language)
            )
        ]

    def has_computed(self) -> bool:
        return self.has(Origin.COMPUTED)

    def has_unchecked(self) -> bool:
        return self.has(Origin.UNCHECKED)

    def has(self, origin: Origin) -> bool:
        """Does any cell need this line of the legend?"""
        cells = (cell for row in self.standings.rows for cell in row.cells)
        return any(cell is not None and cell.origin is origin for cell in cells)

    def body(self) -> SafeString:
        """All rows of the page. Joined here: the stock loop inspects a signature for every cell,
        which costs more than everything else on the page."""
        starts = group_starts(self.standings.columns)
        ranking = self.standings.ranking_metric
        shapes = [
            ("edge" if start else "", "main" if metric == ranking else "")
            for metric, start in zip(self.standings.columns, starts, strict=True)
        ]
        return mark_safe(
            "\n".join(row_html(row.record, shapes) for row in self.paginated_rows)
        )  # every text in it has been escaped

    def page_links(self) -> dict[str, str]:
        """Links to the pages before and after this one."""
        links = {}
        if self.page.has_previous():
            links["previous"] = self.selection.url(page=self.page.previous_page_number())
        if self.page.has_next():
            links["next"] = self.selection.url(page=self.page.next_page_number())
        return links


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
    return metric.aggregate


def row_html(row: Standing, shapes: Sequence[tuple[str, str]]) -> str:
    llm = row.llm
    cells = "".join(cell_html(cell, *shape) for cell, shape in zip(row.cells, shapes, strict=True))
    coverage = f"{row.coverage}/{len(row.cells)} scores" if row.coverage < len(row.cells) else ""
    return (
        f'<tr id="{escape(llm.slug)}"><td class="rank"><b>{row.rank or MISSING}</b></td>'
        f'<th scope="row"><a href="{reverse("llm", args=[llm.slug])}">{escape(llm.name)}</a>'
        f"<small>{facts_html(llm, coverage)}</small></th>{cells}</tr>"
    )


def facts_html(llm: LLMRecord, coverage: str) -> str:
    """Organization, size and what sets the LLM apart, in small print."""
    tags = [
        "closed" if llm.open_weights is False else "",
        "weights unknown" if llm.open_weights is None else "",
        llm.domain if llm.domain != "general" else "",
        "reasoning" if llm.reasoning else "",
        coverage,
    ]
    facts = [escape(llm.organization or "organization unknown"), size_text(llm)]
    return " · ".join(facts) + "".join(
        f' <span class="tag">{escape(tag)}</span>' for tag in tags if tag
    )


def size_text(llm: LLMRecord) -> str:
    """“671B · 37B active”, “size unknown”."""
    if llm.parameters is None:
        return "size unknown"
    active = f" · {plain(llm.active_parameters)}B active" if llm.active_parameters else ""
    return f"{plain(llm.parameters)}B{active}"


def cell_html(cell: Cell | None, edge: str, main: str) -> str:
    if cell is None:
        classes = " ".join(filter(None, [edge, main, "missing"]))
        return f'<td class="{classes}">{MISSING}</td>'
    origin = "" if cell.origin is Origin.REPORTED else str(cell.origin)
    best = "best" if cell.is_best else ""
    classes = " ".join(filter(None, [f"h{cell.heat}", edge, main, best, origin]))
    exact = f' data-value="{cell.exact}"' if is_rounded(cell) else ""
    title = f' title="{ORIGIN_WORDS[cell.origin]}"' if origin else ""
    return f'<td class="{classes}"{exact}{title}>{cell.text}</td>'


ORIGIN_WORDS = {
    Origin.COMPUTED: "computed from its components",
    Origin.UNCHECKED: "cannot be checked: a component is missing",
}


def is_rounded(cell: Cell) -> bool:
    return len(cell.exact.partition(".")[2]) > len(cell.text.partition(".")[2])
