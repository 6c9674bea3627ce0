"""The standings as a table: django-tables2 for columns, order and pages, our own markup."""

from bisect import bisect_right
from functools import cached_property
from itertools import groupby
from typing import Any

import django_tables2
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django_tables2.data import TableListData

from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import Standing
from leaderboard.text.shown import level_words

from .choices import ViewChoices
from .column_menu import ColumnMenu, summary_of
from .fact_columns import fact_cells, fact_headers, with_facts
from .families import variants_html
from .headers import Fold, Header, HeaderGroup, group_starts, metric_note
from .legend import Legend
from .notes import Footnotes
from .orders import Orders
from .rows import CellShape, RowShape, mark_new, row_html, tick
from .script_data import script_data
from .selection import PAGE_SIZE
from .sort_menu import sort_options
from .sorted_column import SortedColumn
from .view import View

LONGEST_ON_PHONE = 8  # letters of a value beside the names: 1,234.56
MOST_ROWS = 2_000  # rows of one look that are kept for the next view

SlugsToday = dict[str, dict[str, str]]  # {"llm", "benchmark"}: {slug of then: slug of today}


class StandingsData(TableListData):  # type: ignore[misc]  # django_tables2 has no types
    """Rows in the order of the view.

    The stock class would sort them again, with missing values first and ties turned around.
    """

    def __init__(self, view: View):
        super().__init__(list(view.rows))

    def order_by(self, aliases: Any) -> None:
        """Leaves the rows as they are: the view has sorted them."""


class StandingsTable(django_tables2.Table):  # type: ignore[misc]  # django_tables2 has no types
    """Rank and LLM, then a column per metric."""

    rank = django_tables2.Column(orderable=False, verbose_name="#")
    llm = django_tables2.Column(verbose_name="LLM")

    class Meta:
        template_name = "leaderboard/_standings_table.html"
        sequence = ("rank", "llm", "...")

    def __init__(
        self,
        view: View,
        *,
        has_ticks: bool = False,
        slugs_today: SlugsToday | None = None,
        new_llms: frozenset[str] = frozenset(),
    ):
        self.view = view
        self.slugs_today = slugs_today  # where names of the past lead; None: all lead as usual
        self.new_llms = new_llms  # which are marked
        self.has_ticks = has_ticks  # a box per row, where the page has a form to compare with
        self.standings = view.standings
        self.selection = view.selection
        self.choices = ViewChoices(view.selection)
        self.orders = Orders(view)
        self.sort = view.sort
        metrics = [
            (
                metric.key,
                django_tables2.Column(verbose_name=metric.name, visible=metric in view.columns),
            )
            for metric in view.standings.columns
        ]
        super().__init__(StandingsData(view), order_by=self.sort, extra_columns=metrics)
        page_size = max(len(view.rows), 1) if view.is_whole else PAGE_SIZE
        paginator = Paginator(self.rows, page_size)
        self.paginate(per_page=page_size, page=min(view.selection.page, paginator.num_pages))
        self.notes = Footnotes(view, self.shown_rows)  # of this page

    def headers(self) -> list[Header]:
        """The column headers after the rank, each linking to the order it stands for."""
        return [
            self.header("llm", "LLM", None, starts_group=False),
            *fact_headers(self.view.facts, self.sort, self.orders.link, self.sorted_column),
        ] + [
            self.header(metric.key, metric.name, metric, starts_group=starts)
            for metric, starts in zip(self.view.columns, self.group_starts(), strict=True)
        ]

    def group_starts(self) -> list[bool]:
        """True for each shown column that begins a group of headers."""
        return group_starts(self.view.columns, self.standings.ranking_metric)

    def header_cells(self) -> SafeString:
        """All headers after the rank."""
        return mark_safe("\n".join(header.html for header in self.headers()))

    def header(
        self, key: str, label: str, metric: MetricRecord | None, *, starts_group: bool
    ) -> Header:
        """The header of a column; `metric` is None for the LLM."""
        ranking = self.standings.ranking_metric
        return Header(
            key=key,
            label=label,
            href=self.orders.link(key),
            aria_sort=self.orders.direction if self.sort.removeprefix("-") == key else "",
            note=metric_note(metric) if metric else "",
            starts_group=starts_group,
            is_ranking=metric is not None and metric == ranking,
            is_by=key == self.sorted_column,
            is_overall=metric is not None and self.is_overall(metric),
            benchmark=(metric.benchmark or "") if metric else "",
            is_lower_better=metric is not None and metric.higher_is_better is False,
        )

    def address_today(self, kind: str, slug: str) -> str | None:
        """Where the name of an LLM or benchmark of the past leads; "" where there is no page any
        more, None in a table of today, whose names lead as usual."""
        if self.slugs_today is None:
            return None
        today = self.slugs_today[kind].get(slug)
        return reverse(kind, args=[today]) if today else ""

    def groups(self) -> list[HeaderGroup]:
        """The upper header: benchmarks over their adjacent metrics. The ranking metric, which stays
        in sight while others pass below it, has a header of its own."""
        ranking = self.standings.ranking_metric
        folded: set[str] = set()  # a benchmark folds once, at its first group
        return [
            HeaderGroup(
                name=name,
                slug=slug,
                language=language,
                span=len(list(metrics)),
                is_ranking=is_ranking,
                address=self.address_today("benchmark", slug),
                fold=None if is_ranking else self.fold(slug, folded),
            )
            for (name, slug, language, is_ranking), metrics in groupby(
                self.view.columns,
                key=lambda metric: (
                    metric.benchmark or "",
                    metric.benchmark_slug or "",
                    metric.language or "",
                    metric == ranking,
                ),
            )
        ]

    def fold(self, benchmark: str, folded: set[str]) -> Fold | None:
        """The link that folds the columns of a benchmark to their aggregate, or unfolds them."""
        columns = [
            metric for metric in self.standings.columns if metric.benchmark_slug == benchmark
        ]
        summary = summary_of(columns) if benchmark else None
        if summary is None or benchmark in folded or len(columns) < 2:
            return None
        folded.add(benchmark)
        own, shown = {metric.key for metric in columns}, set(self.view.column_keys)
        is_open = bool(shown & own - {summary.key})
        wanted = shown - own | {summary.key} if is_open else shown | own
        return Fold(summary.key, self.column_menu.address(wanted), is_open)

    def level_words(self) -> str:
        """What the level of the rank ranges promises."""
        return level_words(self.selection.level)

    def has_ranges(self) -> bool:
        """Does a row of the view show a rank range?"""
        return self.selection.intervals != "off" and any(row.rank_range for row in self.view.rows)

    @cached_property
    def shown_rows(self) -> list[Standing]:
        """The rows of this page."""
        return [bound.record for bound in self.paginated_rows]

    @cached_property
    def sorted_column(self) -> str:
        """The shown column that sorts the table; "" if none does, or the ranking column, which has
        marks of its own."""
        key, ranking = self.sort.removeprefix("-"), self.standings.ranking_metric
        is_shown = key in self.view.column_keys
        return key if is_shown and (ranking is None or key != ranking.key) else ""

    @cached_property
    def column_menu(self) -> ColumnMenu:
        """The columns to choose from."""
        return ColumnMenu(self.view)

    @cached_property
    def legend(self) -> Legend:
        """What the marks of this page mean."""
        return Legend(self.view, self.shown_rows)

    def needs_more_style(self) -> bool:
        """Does the table have what the style sheet of the first view does without?"""
        has_more = self.view.facts or self.notes or self.new_llms or self.page_links()
        return bool(has_more) or self.legend.has_marks()

    def is_overall(self, metric: MetricRecord) -> bool:
        """Is a column an aggregate beside the ranking metric? A phone shows these alone first."""
        return bool(metric.aggregate) and metric != self.standings.ranking_metric

    def has_overall(self) -> bool:
        """Does the leaderboard have such columns, and others?"""
        others = [each for each in self.standings.columns if each != self.standings.ranking_metric]
        return any(each.aggregate for each in others) and not all(each.aggregate for each in others)

    def sort_options(self) -> SafeString:
        """The orders to choose from, as options."""
        return sort_options(self.view, self.orders)

    def classes(self) -> str:
        """The classes of the table: what its style sheet has to know."""
        keys, ranking = self.view.column_keys, self.standings.ranking_metric
        named = {
            "vast": self.is_vast(),
            "after": self.sorted_column  # stands behind the ranking column
            and ranking in self.view.columns
            and keys.index(self.sorted_column) > keys.index(ranking.key),
        }
        return " ".join(name for name, applies in named.items() if applies)

    def is_vast(self) -> bool:
        """Is a value of the ranking metric, which stays in sight, long for a phone?"""
        ranking = self.standings.ranking_metric
        if ranking is None:
            return False
        cells = self.standings.distinct_cells()[self.standings.position[ranking.key]]
        return max((len(cell.text) for cell in cells), default=0) > LONGEST_ON_PHONE

    @cached_property
    def script_data(self) -> SafeString:
        """What the script needs to sort and filter in place; empty unless every row is there."""
        if len(self.view.rows) < len(self.standings.rows) or self.paginator.num_pages > 1:
            return mark_safe("")
        return script_data(self.view)

    def body(self) -> SafeString:
        """All rows of the page.

        They are joined here, since the loop of django-tables2 inspects a signature for every cell,
        which takes longer than everything else on the page.
        """
        ranges = self.selection.intervals != "off"
        facts = fact_cells(self.standings, self.view.facts)
        makers = any(fact.key == "organization" for fact in self.view.facts)
        shape = RowShape(self.cell_shapes(), ranges, self.has_ticks, makers)
        ranking = self.standings.ranking_metric
        steps = ranges and ranking is not None and self.sort.removeprefix("-") == ranking.key
        written = self.written_rows()
        rows: list[str] = []
        cuts = self.standings.cuts() if steps else []
        previous: int | None = None
        marks = SortedColumn(self.view, self.sorted_column)
        for row in self.shown_rows:
            group: int | None = bisect_right(cuts, row.rank) if row.rank else len(cuts)
            if row.llm.is_baseline:  # it cuts nothing
                group = previous
            is_step = previous not in (None, group)
            text = written.get((row.llm.id, is_step))
            if text is None:
                text = with_facts(self.write_row(row, shape, is_step), facts.get(row.llm.id, ""))
                if len(written) < MOST_ROWS:
                    written[row.llm.id, is_step] = text
            if row.llm.slug in self.new_llms:
                text = mark_new(text)
            text = marks.mark(self.notes.mark_row(text, row), row)
            rows.append(tick(text) if row.llm.slug in self.selection.llm else text)
            previous = group
        return mark_safe("\n".join(rows))  # row_html has escaped every text in it

    def write_row(self, row: Standing, shape: RowShape, is_step: bool) -> str:
        """A row before its marks, which depend on the view."""
        return row_html(
            row,
            self.view.cells(row),
            shape,
            is_step=is_step,
            address=self.address_today("llm", row.llm.slug),
            after_name=variants_html(row, self.standings, self.selection),
        )

    def written_rows(self) -> dict[tuple[int, bool], str]:
        """{(LLM, is it a step?): HTML} of the rows written for earlier views with this look.

        A row is the same in every order; with chosen columns no row is kept.
        """
        if self.selection.columns or self.selection.families:
            return {}
        look = f"rows {self.selection.intervals} {self.has_ticks} {get_language()}"
        rows: dict[tuple[int, bool], str] = self.standings.compute_once(look, dict)
        return rows

    def cell_shapes(self) -> list[CellShape]:
        """What the cells of each shown column have in common."""
        standings, wanted = self.standings, self.selection.intervals
        axis = standings.interval_range() if wanted is None else None
        return [
            CellShape(
                edge="edge" if starts else "",
                main="main" if metric == standings.ranking_metric else "",
                overall="sum" if self.is_overall(metric) else "",
                has_interval=wanted == "all",
                axis=axis if metric == standings.ranking_metric else None,
                decimals=metric.decimals,
                question_count=metric.question_count,
            )
            for metric, starts in zip(self.view.columns, self.group_starts(), strict=True)
        ]

    def page_links(self) -> dict[str, str]:
        """Links to the pages before and after this one."""
        links = {}
        if self.page.has_previous():
            links["previous"] = self.selection.url(page=self.page.previous_page_number())
        if self.page.has_next():
            links["next"] = self.selection.url(page=self.page.next_page_number())
        return links
