"""The example with which the page about ranks explains a rank range: an LLM of this site."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leaderboard.models import Leaderboard
from leaderboard.standings.cells import Cell
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.standings import Standings

NEIGHBOURS = 2  # rows shown above the chosen one, and below


@dataclass(frozen=True, slots=True)
class Example:
    """A row with a rank range of more than one rank, among its neighbours."""

    leaderboard: Leaderboard
    metric: MetricRecord
    chosen: Standing
    rows: tuple[tuple[Standing, Cell | None], ...]
    count: int  # LLMs with a rank

    @property
    def words(self) -> str:
        """“1 LLM tests significantly better, 48 worse, and 1 can not be told apart from it.”"""
        best, worst = self.chosen.rank_range or (1, self.count)
        better, below = best - 1, self.count - worst
        first = ngettext(
            "%(count)s LLM tests significantly better", "%(count)s LLMs test significantly better",
            better,
        ) % {"count": f"{better:,}"}  # fmt: skip
        return _("%(better)s, %(worse)s worse, and %(others)s cannot be told apart from it.") % {
            "better": first, "worse": f"{below:,}", "others": f"{worst - best:,}"
        }  # fmt: skip


def find_example(leaderboard: Leaderboard, standings: Standings) -> Example | None:
    """The example of a leaderboard; None if every range on it is a single rank or unknown.

    A row with significantly better ones explains both ends; the one nearest to the top is taken.
    """
    metric = standings.ranking_metric
    ranked = [row for row in standings.rows if row.rank]
    wide = [row for row in ranked if row.rank_range and row.rank_range.best < row.rank_range.worst]
    if metric is None or not wide:
        return None
    chosen = next((row for row in wide if row.rank_range and row.rank_range.best > 1), wide[0])
    at, place = ranked.index(chosen), standings.position[metric.key]
    around = ranked[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1]
    rows = tuple((row, row.cells[place]) for row in around)
    return Example(leaderboard, metric, chosen, rows, len(ranked))
