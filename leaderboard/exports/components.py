"""What the columns of a view are made from beside each other, so that a file can be recomputed."""

from collections.abc import Iterator
from datetime import datetime

from leaderboard.models import Leaderboard
from leaderboard.pages.view import View
from leaderboard.standings.aggregates import shown_values
from leaderboard.standings.as_of import load_records_at
from leaderboard.standings.cells import Cell
from leaderboard.standings.records import MetricRecord, Records, load_records
from leaderboard.standings.rows import Standing
from leaderboard.standings.shown import AllShown, Shown
from leaderboard.standings.standings import Standings
from leaderboard.standings.structure import make_structure


def load_values_below(
    leaderboard: Leaderboard, standings: Standings, instant: datetime | None = None
) -> AllShown:
    """Reads the values in the metrics that columns are made from and that are no columns, now or at
    an instant.

    In a constant number of queries; in none where every component is a column, as on most
    leaderboards.
    """
    hidden = [key for key, metric in standings.metrics.items() if is_below(metric, standings)]
    if not hidden:
        return {}
    return values_of(load_records_at(leaderboard, instant) if instant else load_records(hidden))


def is_below(metric: MetricRecord, standings: Standings) -> bool:
    """Says whether a metric of standings is no column of theirs."""
    return metric.key not in standings.position


def values_of(records: Records) -> AllShown:
    """Returns the values in all metrics of the records, be they columns or not."""
    structure = make_structure(records.metrics)
    return shown_values(records.scores, structure, records.ranks_partial, records.baselines)


def component_metrics(view: View) -> list[MetricRecord]:
    """Returns what the columns of a view are made from, at any depth, and what is none of them, in
    the order in which they are named."""
    found = {metric.id: metric for metric in view.columns}
    ahead = list(view.columns)
    for metric in ahead:  # which grows
        for component, _weight in metric.components:
            if component not in found:
                found[component] = view.standings.metrics[component]
                ahead.append(found[component])
    return ahead[len(view.columns) :]


def component_values(
    view: View, metrics: list[MetricRecord], below: AllShown
) -> Iterator[tuple[Standing, list[Cell | Shown | None]]]:
    """Yields each row with its values in these metrics: of other columns its own, else those of
    `below`."""
    places = [(metric.id, view.standings.position.get(metric.key)) for metric in metrics]
    for row in view.rows:
        own = below.get(row.llm.id, {})
        yield (
            row,
            [own.get(key) if place is None else row.cells[place] for key, place in places],
        )
