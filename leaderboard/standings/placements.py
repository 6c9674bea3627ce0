"""Where LLMs stand on each of many leaderboards, worked out from few standings.

A rank in a metric is the same on every leaderboard that treats partial runs alike, so the standings
over every metric of such leaderboards have the ranks of all of them: two at most are computed,
however many leaderboards there are.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from leaderboard.models import Column, Leaderboard

from .cells import Cell
from .loading import standings_for_every_metric
from .published import Content
from .ranges import RankRange
from .records import MetricRecord
from .standings import Standings

FindStandings = Callable[[Leaderboard], Standings]
Columns = dict[int, tuple[int, ...]]  # {leaderboard: the metrics of its columns}


class Placement(NamedTuple):
    """Where an LLM stands on a leaderboard: its cell in the ranking metric, if it has one."""

    leaderboard: Leaderboard
    cell: Cell | None
    rank_range: RankRange | None
    metric: MetricRecord | None  # None if the leaderboard has no columns
    llm_count: int  # LLMs ranked
    scores: int  # of the columns, those in which it has a value
    columns: int

    @property
    def has_scores(self) -> bool:
        """Is it on the leaderboard at all?"""
        return self.scores > 0


def columns_of(content: Content) -> Columns:
    """The metrics of each published leaderboard; read once."""
    columns: Columns = content.compute_once("columns", load_columns)
    return columns


def load_columns() -> Columns:
    """Reads the metrics of each published leaderboard, in one query."""
    columns: Columns = {}
    rows = Column.objects.published().order_by("leaderboard", "position", "pk")
    for leaderboard, metric in rows.values_list("leaderboard_id", "metric_id"):
        columns[leaderboard] = (*columns.get(leaderboard, ()), metric)
    return columns


def published_standings(content: Content) -> FindStandings:
    """Finds the standings over every metric that have the ranks of a published leaderboard."""

    def alike(ranks: bool) -> Standings:
        columns = columns_alike(ranks)
        return content.compute_once(
            ("every metric", ranks), lambda: standings_for_every_metric(columns=columns)
        )

    return make_finder(content.leaderboards(), content.every_metric, alike)


def standings_with(llms: Any, leaderboards: list[Leaderboard], every: Standings) -> FindStandings:
    """The same among other LLMs than the published ones; `every` are theirs over every metric."""
    alike = lru_cache(lambda ranks: standings_for_every_metric(llms, columns_alike(ranks)))
    return make_finder(leaderboards, lambda: every, alike)


def make_finder(
    leaderboards: list[Leaderboard],
    every: Callable[[], Standings],
    alike: Callable[[bool], Standings],
) -> FindStandings:
    """Finds for a leaderboard the standings with its ranks: `every` where all leaderboards treat
    partial runs alike, else those over the columns of the ones that treat them as it does."""
    is_one_way = len({each.ranks_partial_runs for each in leaderboards}) < 2
    return lambda each: every() if is_one_way else alike(each.ranks_partial_runs)


def columns_alike(ranks_partial_runs: bool) -> Any:
    """The columns of the published leaderboards that rank partial runs, or of those that do not."""
    return Column.objects.published().filter(leaderboard__ranks_partial_runs=ranks_partial_runs)


def count_llms(standings: Standings, columns: Iterable[int]) -> int:
    """The number of LLMs with a value in the columns of a leaderboard, given by their metrics;
    baselines are none."""
    shown = frozenset(columns)
    places = [place for place, metric in enumerate(standings.columns) if metric.id in shown]
    return sum(
        not row.llm.is_baseline and any(row.cells[place] is not None for place in places)
        for row in standings.rows
    )


def find_placements(
    slug: str, leaderboards: Iterable[Leaderboard], columns: Columns, find: FindStandings
) -> list[Placement]:
    """The placements of an LLM on these leaderboards, also where it has no rank or no score."""
    return [
        place_llm(slug, leaderboard, columns.get(leaderboard.pk, ()), find(leaderboard))
        for leaderboard in leaderboards
    ]


def place_llm(
    slug: str, leaderboard: Leaderboard, columns: tuple[int, ...], standings: Standings
) -> Placement:
    """The placement of an LLM on one leaderboard."""
    metric = standings.metrics.get(leaderboard.ranking_metric_id)
    row = standings.row(slug)
    cells = (
        dict(zip((each.id for each in standings.columns), row.cells, strict=True)) if row else {}
    )
    cell = cells.get(metric.id) if metric else None
    return Placement(
        leaderboard=leaderboard,
        cell=cell,
        rank_range=standings.rank_ranges(metric.key)[slug] if metric and cell else None,
        metric=metric,
        llm_count=standings.count(metric.key) if metric else 0,
        scores=sum(cells.get(each) is not None for each in columns),
        columns=len(columns),
    )
