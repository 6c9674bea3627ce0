"""Standings of what is stored, read in a constant number of queries."""

from typing import Any

from django.db.models import Exists

from leaderboard.models import LLM, Column, FactColumn, Leaderboard

from .disagreements import Disagreement
from .records import Records, all_rows, load_records, with_facts
from .standings import Standings, build_standings


def standings_for(leaderboard: Leaderboard, llms: Any = None) -> Standings:
    """The standings of a leaderboard; of all published LLMs unless others are given (a preview)."""
    return build_standings(load_leaderboard(leaderboard, llms))


def load_leaderboard(leaderboard: Leaderboard, llms: Any = None) -> Records:
    """The records of a leaderboard; of all published LLMs unless others are given."""
    has_facts = Exists(FactColumn.objects.filter(leaderboard=leaderboard))
    placed = Column.objects.filter(leaderboard=leaderboard).annotate(has_facts=has_facts)
    rows = list(placed.values_list("metric_id", "shown_by_default", "has_facts"))
    columns = [metric for metric, _shown, _has_facts in rows]
    hidden = frozenset(metric for metric, shown, _has_facts in rows if not shown)
    ranks_partial = frozenset(columns if leaderboard.ranks_partial_runs else ())
    records = load_records(columns, leaderboard.ranking_metric_id, llms, hidden, ranks_partial)
    if not any(has_facts for _metric, _shown, has_facts in rows):
        return records
    return with_facts(records, all_rows, leaderboard.pk)


def load_ranking(leaderboard: Leaderboard) -> Records | None:
    """The records from which the ranks of a leaderboard are made, as if it had no other column;
    None if it ranks nothing."""
    ranking = leaderboard.ranking_metric_id
    if not Column.objects.filter(leaderboard=leaderboard, metric=ranking).exists():
        return None
    ranks_partial = frozenset([ranking] if leaderboard.ranks_partial_runs else [])
    return load_records([ranking], ranking, ranks_partial=ranks_partial)


def standings_for_every_metric(llms: Any = None, columns: Any = None) -> Standings:
    """Standings over every metric of some columns, without ranks.

    Metrics stand in the order of the leaderboards; without arguments the LLMs and the columns are
    those published.
    """
    columns = Column.objects.published() if columns is None else columns
    return build_standings(load_every_metric(llms, columns))


def load_every_metric(llms: Any, columns: Any) -> Records:
    """The records of every metric that has one of these columns, each metric once."""
    ordered = columns.order_by("leaderboard__position", "leaderboard", "position")
    rows = list(ordered.values_list("metric_id", "leaderboard__ranks_partial_runs"))
    ranks_partial = frozenset(metric for metric, ranks in rows if ranks)
    metrics = dict.fromkeys(metric for metric, _ranks in rows)
    return load_records(list(metrics), llms=llms, ranks_partial=ranks_partial)


def disagreements_of(llm: LLM) -> tuple[Disagreement, ...]:
    """The reported aggregates of one LLM, published or not, that its components contradict."""
    return standings_for_every_metric(
        LLM.objects.filter(pk=llm.pk), Column.objects.all()
    ).disagreements
