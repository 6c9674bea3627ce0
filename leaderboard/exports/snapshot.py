"""What every export is made of: a view of the standings of a leaderboard in one state."""

from dataclasses import dataclass, field
from datetime import datetime

from leaderboard.pages.view import View
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.shown import AllShown
from leaderboard.text.facts import EXPORTED
from leaderboard.text.kinds import MODEL

from .origins import Origins

STORED_DECIMALS = 8  # digits after the point that a computed number is worth
# The fields of LLMRecord that follow the name, under the names that LLM has for them.
EXPORTED_FIELDS = ("slug", *(fact.field for fact in EXPORTED))


@dataclass(frozen=True)
class Snapshot:
    """A view of a leaderboard in one state, with what is needed to cite it."""

    view: View
    title: str
    slug: str
    citation: str
    home: str  # absolute address of the leaderboard
    address: str  # and of this view of it
    updated: datetime
    revision: str
    state_address: str = ""  # absolute address that leads to this state, also later
    data_licence: str = ""  # as SPDX writes it
    ranks_partial_runs: bool = False
    # The values in what aggregates are made from and is no column: components.load_values_below.
    below: AllShown = field(default_factory=dict, repr=False)
    origins: Origins = field(default_factory=Origins, repr=False)  # that records name

    @property
    def date(self) -> str:
        return self.updated.date().isoformat()


def shows_interval(view: View, metric: MetricRecord) -> bool:
    """Whether a column shows intervals, as on the page.

    The ranking metric does, unless the view asks for all or for none.
    """
    wanted = view.selection.intervals
    return wanted == "all" or (wanted is None and metric == view.standings.ranking_metric)


def tells_kinds(view: View) -> bool:
    """Whether anything on the leaderboard is no model, so that a file has to say what is."""
    return any(row.llm.kind != MODEL for row in view.standings.rows)


def tells_families(view: View) -> bool:
    """Whether an LLM on the leaderboard is a variant of a family."""
    return any(row.llm.family for row in view.standings.rows)


def has_partial_runs(view: View, metric: MetricRecord) -> bool:
    """Whether a value of the column is from a partial run, in any row of the leaderboard."""
    cells = view.standings.distinct_cells()[view.standings.position[metric.key]]
    return any(cell.is_partial for cell in cells)


def shows_ranges(view: View) -> bool:
    """Whether ranks are shown with their ranges."""
    return view.selection.intervals != "off"
