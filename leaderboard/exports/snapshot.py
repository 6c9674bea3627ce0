"""What every export is made of: a view of the standings at a content revision."""

from dataclasses import dataclass
from datetime import datetime

from leaderboard.pages.view import View
from leaderboard.standings.records import MetricRecord

STORED_DECIMALS = 8  # what a float of ours is worth
# The fields of LLMRecord that follow the name, under the names that LLM has for them.
FACTS = (
    "slug", "organization", "parameters", "active_parameters", "open_weights", "license",
    "domain", "reasoning", "released",
)  # fmt: skip


@dataclass(frozen=True)
class Snapshot:
    """A view with what it is cited by."""

    view: View
    title: str
    slug: str
    citation: str
    home: str  # absolute address of the leaderboard
    address: str  # and of this view of it
    updated: datetime
    revision: str

    @property
    def date(self) -> str:
        return self.updated.date().isoformat()


def shows_interval(view: View, metric: MetricRecord) -> bool:
    """As on the page: of the ranking metric, unless all or none are asked for."""
    wanted = view.selection.intervals
    return wanted == "all" or (wanted is None and metric == view.standings.ranking_metric)


def shows_ranges(view: View) -> bool:
    return view.selection.intervals != "off"
