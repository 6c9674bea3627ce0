"""The standings as a table: django-tables2 for columns, order and pages, our own markup."""

from bisect import bisect_right
from functools import cached_property
from itertools import groupby
from typing import Any

import django_tables2
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django_tables2.data import TableListData

from leaderboard.standings.aggregates import Origin
from leaderboard.standings.notes import has_notes
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import Standing
from leaderboard.text.facts import SORTABLE
from leaderboard.text.shown import level_words

from .choices import ViewChoices
from .fact_columns import fact_cells, fact_headers, letters_of, with_facts
from .families import has_variants, variants_html
from .headers import Header, HeaderGroup, group_starts, metric_note
from .kinds import kinds_in
from .notes import Footnotes
from .rows import CellShape, RowShape, row_html
from .script_data import box_numbers, json_for_attribute, size_number
from .selection import PAGE_SIZE, VALUES, default_sort
from .view import View

SORT_WORDS = {"llm": gettext_noop("name")} | {fact.field: fact.sort_label for fact in SORTABLE}
LONGEST_ON_PHONE = 15  # letters of a value: 1,234,567.12345
WIDEST = 105  # letters of all metric headers in a table that fits a wide screen
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
        self, view: View, *, has_ticks: bool = False, slugs_today: SlugsToday | None = None
    ):
        self.view = view
        self.slugs_today = slugs_today  # where names of the past lead; None: all lead as usual
        self.has_ticks = has_ticks  # a box per row, where the page has a form to compare with
        self.standings = view.standings
        self.selection = view.selection
        self.choices = ViewChoices(view.selection)
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
        self.notes = Footnotes(view, self.shown_rows)  # of this page

    def headers(self) -> list[Header]:
        """The column headers after the rank, each linking to the order it stands for."""
        return [
            self.header("llm", "LLM", None, starts_group=False),
            *fact_headers(self.view.facts, self.sort, self.sort_link),
        ] + [
            self.header(metric.key, metric.name, metric, starts_group=starts)
            for metric, starts in zip(
                self.view.columns, group_starts(self.view.columns), strict=True
            )
        ]

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
            href=self.sort_link(key),
            aria_sort=self.direction if self.sort.removeprefix("-") == key else "",
            note=metric_note(metric) if metric else "",
            starts_group=starts_group,
            is_ranking=metric is not None and metric == ranking,
            is_lower_better=metric is not None and metric.higher_is_better is False,
        )

    def sort_link(self, key: str) -> str:
        """Best first; the other way round if the table is sorted so already."""
        first = self.standings.best_first(key)
        opposite = key if first.startswith("-") else f"-{key}"
        wanted = opposite if self.sort == first else first
        # The order is the first parameter of an address.
        sort = "" if wanted == default_sort(self.standings) else f"sort={wanted}"
        return "?" + "&".join(filter(None, [sort, self.rest_of_address]))

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

    def other_orders(self) -> SafeString:
        """The orders that have no header of their own: facts in small print under the name."""
        return format_html_join(
            "\n",
            '<li><a href="{}" data-sort="{}">{}</a></li>',
            ((self.sort_link(fact.field), fact.field, self.words(fact.field)) for fact in SORTABLE),
        )

    def address_today(self, kind: str, slug: str) -> str | None:
        """Where the name of an LLM or benchmark of the past leads; "" where there is no page any
        more, None in a table of today, whose names lead as usual."""
        if self.slugs_today is None:
            return None
        today = self.slugs_today[kind].get(slug)
        return reverse(kind, args=[today]) if today else ""

    def groups(self) -> list[HeaderGroup]:
        """The upper header: benchmarks over their adjacent metrics."""
        return [
            HeaderGroup(
                *benchmark, len(list(metrics)), self.address_today("benchmark", benchmark[1])
            )
            for benchmark, metrics in groupby(
                self.view.columns,
                key=lambda metric: (
                    metric.benchmark or "",
                    metric.benchmark_slug or "",
                    metric.language or "",
                ),
            )
        ]

    @cached_property
    def has_variants(self) -> bool:
        """Has a family several variants on the leaderboard?"""
        return has_variants(self.standings)

    @cached_property
    def kinds(self) -> list[str]:
        """The kinds of LLMs on this page that a mark tells, as the legend has to say."""
        return kinds_in(self.standings, self.shown_rows)

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
    def origins(self) -> set[Origin]:
        """How the values of this page came about, as the legend has to say."""
        anywhere: set[Origin] = self.standings.compute_once(
            "origins",
            lambda: {cell.origin for cells in self.standings.distinct_cells() for cell in cells},
        )
        if anywhere <= {Origin.REPORTED}:  # as on most leaderboards
            return anywhere
        return {cell.origin for row in self.shown_rows for cell in self.view.cells(row) if cell}

    def has_marks(self) -> bool:
        """Does the table need a legend, and its styles?"""
        return (
            self.has_computed()
            or self.has_unchecked()
            or self.has_mixed_tiers
            or self.has_partial_runs
            or self.has_lower_is_better()
            or bool(self.kinds)
            or self.has_variants
        )

    def has_computed(self) -> bool:
        """Is a value of this page computed from its components?"""
        return Origin.COMPUTED in self.origins

    def has_unchecked(self) -> bool:
        """Does a reported aggregate of this page lack a component?"""
        return Origin.UNCHECKED in self.origins

    def has_lower_is_better(self) -> bool:
        """Is lower better in a column of this view, which its header marks?"""
        return any(metric.higher_is_better is False for metric in self.view.columns)

    @cached_property
    def has_partial_runs(self) -> bool:
        """Is a value of this page from a partial run?"""
        anywhere: bool = self.standings.compute_once(
            "partial runs",
            lambda: any(
                cell.is_partial for cells in self.standings.distinct_cells() for cell in cells
            ),
        )
        return anywhere and any(
            cell.is_partial for row in self.shown_rows for cell in self.view.cells(row) if cell
        )

    @cached_property
    def has_mixed_tiers(self) -> bool:
        """Does a row of this page have scores of several tiers, which cells then mark?"""
        tiers: set[str] = self.standings.compute_once(
            "tiers",
            lambda: {cell.tier for cells in self.standings.distinct_cells() for cell in cells},
        )
        return len(tiers) > 1 and any(len(row.tiers) > 1 for row in self.shown_rows)

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
        for row in self.shown_rows:
            group: int | None = bisect_right(cuts, row.rank) if row.rank else len(cuts)
            if row.llm.is_baseline:  # it cuts nothing
                group = previous
            is_step = previous not in (None, group)
            text = written.get((row.llm.id, is_step))
            if text is None:
                text = row_html(
                    row,
                    self.view.cells(row),
                    shape,
                    is_step=is_step,
                    address=self.address_today("llm", row.llm.slug),
                    after_name=variants_html(row, self.standings, self.selection),
                )
                text = with_facts(text, facts.get(row.llm.id, ""))
                if len(written) < MOST_ROWS:
                    written[row.llm.id, is_step] = text
            rows.append(self.notes.mark_row(text, row))
            previous = group
        return mark_safe("\n".join(rows))  # row_html has escaped every text in it

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
                has_interval=wanted == "all",
                axis=axis if metric == standings.ranking_metric else None,
                decimals=metric.decimals,
                question_count=metric.question_count,
            )
            for metric, starts in zip(
                self.view.columns, group_starts(self.view.columns), strict=True
            )
        ]

    def fits(self) -> bool:
        """Is the table narrow enough for a wide screen, by an estimate in letters?

        The page scrolls a table that fits; another one scrolls in a region of its own.
        """
        margins = 17 if self.selection.intervals == "all" else 0
        letters = [
            max(len(metric.name), self.widest[metric.key] + 2 + margins) + 3
            for metric in self.view.columns
        ]
        letters += [letters_of(self.standings, fact) for fact in self.view.facts]
        return sum(letters) <= WIDEST

    def is_vast(self) -> bool:
        """Is a value of the ranking metric too long to stay beside the names on a phone?"""
        ranking = self.standings.ranking_metric
        return ranking is not None and self.widest.get(ranking.key, 0) > LONGEST_ON_PHONE

    @cached_property
    def widest(self) -> dict[str, int]:
        """What widest_texts returns, once for all views of the standings."""
        found: dict[str, int] = self.standings.compute_once("widest texts", self.widest_texts)
        return found

    def widest_texts(self) -> dict[str, int]:
        """{metric: letters of its longest score}; a share needs four of them in any case."""
        columns = zip(self.standings.position, self.standings.distinct_cells(), strict=True)
        return {key: max([4, *(len(cell.text) for cell in cells)]) for key, cells in columns}

    @cached_property
    def script_data(self) -> SafeString:
        """What the script needs to sort and filter in place; empty unless every row is there."""
        standings = self.standings
        if len(self.view.rows) < len(standings.rows) or self.paginator.num_pages > 1:
            return mark_safe("")
        # The script knows no row without a rank between ranks, and does not count footnotes anew.
        if standings.baselines or has_notes(standings):
            return mark_safe("")
        place = {row.llm.id: index for index, row in enumerate(self.view.rows)}
        base = [place[row.llm.id] for row in standings.rows]
        data = standings.compute_once(f"script {get_language()}", self.script_facts)
        return json_for_attribute(data if base == sorted(base) else {**data, "base": base})

    def script_facts(self) -> dict[str, Any]:
        """What is the same in every view of these standings.

        LLMs stand in order of their names: those of a family are neighbours, which compresses
        better.
        """
        standings = self.standings
        by_name = standings.sorted_by("llm")
        place = {row.llm.id: rank for rank, row in enumerate(standings.rows)}
        return {
            "sort": default_sort(standings),
            "names": [place[row.llm.id] for row in by_name],
            "facts": {
                name: box_numbers([VALUES[name](row.llm) for row in by_name], boxes)
                for name, boxes in self.view.filter_boxes().items()
            },
            "sizes": [size_number(row.llm.parameters) for row in by_name],
            "name": self.words("llm"),  # the form has the words for all other columns
            "cuts": standings.cuts(),
            "up": [key for key in standings.sort_keys() if standings.best_first(key) == key],
            # The script sorts by all else with what the rows say, or it asks the server.
        }

    def page_links(self) -> dict[str, str]:
        """Links to the pages before and after this one."""
        links = {}
        if self.page.has_previous():
            links["previous"] = self.selection.url(page=self.page.previous_page_number())
        if self.page.has_next():
            links["next"] = self.selection.url(page=self.page.next_page_number())
        return links
