"""What the legend under the table has to explain: the marks that are on the page."""

from collections.abc import Sequence
from functools import cached_property

from leaderboard.standings.rows import Standing
from leaderboard.standings.shown import Origin

from .families import has_variants
from .kinds import kinds_in
from .view import View


class Legend:
    """The marks in these rows of a view, which are those of one page."""

    def __init__(self, view: View, rows: Sequence[Standing]):
        self.view = view
        self.standings = view.standings
        self.rows = rows

    @cached_property
    def has_variants(self) -> bool:
        """Has a family several variants on the leaderboard?"""
        return has_variants(self.standings)

    @cached_property
    def kinds(self) -> list[str]:
        """The kinds of LLMs on this page that a mark tells, as the legend has to say."""
        return kinds_in(self.standings, self.rows)

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

    @cached_property
    def origins(self) -> set[Origin]:
        """How the values of this page came about, as the legend has to say."""
        anywhere: set[Origin] = self.standings.compute_once(
            "origins",
            lambda: {cell.origin for cells in self.standings.distinct_cells() for cell in cells},
        )
        if anywhere <= {Origin.REPORTED}:  # as on most leaderboards
            return anywhere
        return {cell.origin for row in self.rows for cell in self.view.cells(row) if cell}

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
            cell.is_partial for row in self.rows for cell in self.view.cells(row) if cell
        )

    @cached_property
    def has_mixed_tiers(self) -> bool:
        """Does a row of this page have scores of several tiers, which cells then mark?"""
        tiers: set[str] = self.standings.compute_once(
            "tiers",
            lambda: {cell.tier for cells in self.standings.distinct_cells() for cell in cells},
        )
        return len(tiers) > 1 and any(len(row.tiers) > 1 for row in self.rows)
