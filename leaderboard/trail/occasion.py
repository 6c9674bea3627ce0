"""When an edit was made and why, as the public may know it: read from the history.

All that one form or import writes has one date, and every reason of it is public. Records of other
dates are other edits, be they of drafts, and tell nothing here.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Max, Q

from leaderboard.models import (
    LLM,
    OF_STATES,
    Benchmark,
    Column,
    Component,
    Fact,
    FactColumn,
    FactValue,
    Leaderboard,
    Metric,
    Organization,
    Score,
    Source,
    Translation,
)

from .past import PastState


class Occasion(NamedTuple):
    """An edit: the date of its records, and its reasons."""

    date: datetime
    reasons: tuple[str, ...]


def find_occasion(
    leaderboard: int, since: datetime | None, until: datetime, states: Iterable[PastState]
) -> Occasion:
    """The newest edit after `since`, up to `until`, the time of a row of the state log.

    Reasons are those of rows that the states before and after it show. Without an edit in that
    time, as of a row that no record of the history explains, the date is `until`.
    """
    newest = newest_dates(since, until)
    if not newest:
        return Occasion(until, ())
    date = max(newest.values())
    shown = ShownRows(leaderboard, list(states))
    found: dict[str, None] = {}
    for model in (model for model, its_newest in newest.items() if its_newest == date):
        records = model.history.filter(history_date=date).exclude(history_change_reason=None)
        for values in records.order_by("history_id").values(
            *FIELDS[model], "history_change_reason"
        ):
            reason = str(values.pop("history_change_reason"))
            if reason and reason not in found and shown.has(model, values):
                found[reason] = None
    return Occasion(date, tuple(found))


def newest_dates(since: datetime | None, until: datetime) -> dict[Any, datetime]:
    """{model: the newest date in its history after `since`, up to `until`}, of those with one."""
    wanted = Q(history_date__lte=until)
    if since is not None:
        wanted &= Q(history_date__gt=since)
    dates = {
        model: model.history.filter(wanted).order_by().aggregate(date=Max("history_date"))["date"]
        for model in OF_STATES
    }
    return {model: date for model, date in dates.items() if date is not None}


# What of a record says to what it belongs.
FIELDS: dict[Any, tuple[str, ...]] = {
    Organization: ("slug",),
    LLM: ("id",),
    Benchmark: ("slug",),
    Metric: ("id",),
    Component: ("aggregate_id",),
    Source: ("id",),
    Score: ("llm_id", "metric_id"),
    Leaderboard: ("id",),
    Column: ("leaderboard_id",),
    Translation: ("leaderboard_id", "metric_id", "benchmark_id"),
    Fact: ("id",),
    FactColumn: ("leaderboard_id",),
    FactValue: ("llm_id", "fact_id"),
}


class ShownRows:
    """The rows that some states of a leaderboard show."""

    def __init__(self, leaderboard: int, states: list[PastState]):
        self.leaderboard = leaderboard
        slugs = {slug for each in states for slug in each.state["inputs"]["llms"]}
        records = [each.records for each in states]
        llms = [llm for each in records for llm in each.llms if llm.slug in slugs]
        self.llms = {llm.id for llm in llms}
        self.organizations = {llm.organization_slug for llm in llms}
        self.metrics = {metric for each in records for metric in each.metrics}
        self.facts = {fact.id for each in records for fact in each.facts.columns if fact.id}
        self.benchmarks = {
            metric.benchmark_slug for each in records for metric in each.metrics.values()
        }
        self.sources = {
            score.source_id
            for each in records
            for llm, scores in each.scores.items()
            if llm in self.llms
            for score in scores.values()
        }

    def has(self, model: Any, values: dict[str, Any]) -> bool:
        """Whether a record belongs to what is shown; `values` are those of FIELDS."""
        if model is Translation:
            return self.has_translation(values)
        shown: dict[Any, tuple[set[Any], ...]] = {
            Organization: (self.organizations,),
            LLM: (self.llms,),
            Benchmark: (self.benchmarks,),
            Metric: (self.metrics,),
            Component: (self.metrics,),
            Source: (self.sources,),
            Score: (self.llms, self.metrics),
            Leaderboard: ({self.leaderboard},),
            Column: ({self.leaderboard},),
            Fact: (self.facts,),
            FactColumn: ({self.leaderboard},),
            FactValue: (self.llms, self.facts),
        }
        return all(value in rows for value, rows in zip(values.values(), shown[model], strict=True))

    def has_translation(self, values: dict[str, Any]) -> bool:
        """Whether the owner of a translation is shown."""
        if values["benchmark_id"]:
            owner = Benchmark.history.filter(id=values["benchmark_id"], slug__in=self.benchmarks)
            return bool(owner.exists())
        return values["leaderboard_id"] == self.leaderboard or values["metric_id"] in self.metrics
