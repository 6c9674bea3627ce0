"""When each metric and each LLM was public, read from the history.

A metric is public while a published leaderboard shows it, or shows an aggregate made from it. What
was entered at another time was a draft, and is never told, also after its leaderboard is published
or published again.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from leaderboard.models import (
    LLM,
    Benchmark,
    Column,
    Component,
    Leaderboard,
    Metric,
    with_components,
)


class PublicTimes:
    """The times at which something was public: from each start up to, without, the next end."""

    def __init__(self) -> None:
        self.turns: list[datetime] = []  # made public, withdrawn, made public, …

    def switch(self, date: datetime, is_public: bool) -> None:
        """Note from when on it is public or not; dates come in their order."""
        if is_public == bool(len(self.turns) % 2):
            return
        if self.turns and self.turns[-1] == date:  # back to what it was, in the same moment
            self.turns.pop()
        else:
            self.turns.append(date)

    def holds(self, date: datetime) -> bool:
        """Was it public once all that happened at this date had happened?"""
        return bool(bisect_right(self.turns, date) % 2)

    def held_before(self, date: datetime) -> bool:
        """Was it public before anything happened at this date?"""
        return bool(bisect_left(self.turns, date) % 2)

    @property
    def holds_now(self) -> bool:
        return bool(len(self.turns) % 2)

    def overlaps(self, start: datetime, end: datetime | None) -> bool:
        """Was it public at any moment from start up to, without, end (None: until now)?"""
        if self.holds(start):
            return True
        following = bisect_right(self.turns, start)
        return following < len(self.turns) and (end is None or self.turns[following] < end)


def times_of_metrics() -> dict[int, PublicTimes]:
    """{metric: when it was public}, from the history of leaderboards, columns and components."""
    published: set[int] = set()  # leaderboards
    columns: dict[int, tuple[int, int]] = {}  # {column: (leaderboard, metric)}
    components: dict[int, tuple[int, int]] = {}  # {component: (aggregate, metric)}
    times: dict[int, PublicTimes] = defaultdict(PublicTimes)
    public: set[int] = set()
    for date, records in groupby(definitions(), key=lambda record: record[0]):
        for _date, _number, kind, row, is_deleted, *values in records:
            if kind == "leaderboard":
                (published.add if values[0] and not is_deleted else published.discard)(row)
            else:
                rows = columns if kind == "column" else components
                rows[row] = (values[0], values[1])
                if is_deleted:
                    del rows[row]
        now = public_metrics(published, columns, components)
        for metric in public ^ now:
            times[metric].switch(date, metric in now)
        public = now
    return times


def definitions() -> Iterator[tuple[Any, ...]]:
    """(date, number, kind, row, is deleted, values …) of all that decides what is shown."""
    sources: list[tuple[str, Any, tuple[str, ...]]] = [
        ("leaderboard", Leaderboard, ("is_published",)),
        ("column", Column, ("leaderboard_id", "metric_id")),
        ("component", Component, ("aggregate_id", "metric_id")),
    ]
    records = [
        (date, number, kind, row, change == "-", *values)
        for kind, model, fields in sources
        for date, number, row, change, *values in model.history.order_by().values_list(
            "history_date", "history_id", "id", "history_type", *fields
        )
    ]
    yield from sorted(records, key=lambda record: record[:3])


def public_metrics(
    published: set[int],
    columns: dict[int, tuple[int, int]],
    components: dict[int, tuple[int, int]],
) -> set[int]:
    """The metrics that published leaderboards show or depend on."""
    parts: dict[int, list[int]] = defaultdict(list)
    for aggregate, metric in components.values():
        parts[aggregate].append(metric)
    shown = [metric for leaderboard, metric in columns.values() if leaderboard in published]
    return with_components(shown, parts)


def times_of_llms(llms: Iterable[int] | None = None) -> dict[int, PublicTimes]:
    """{LLM: when it was published}; of these LLMs only, if any are given."""
    history = LLM.history.order_by("history_date", "history_id")
    if llms is not None:
        history = history.filter(id__in=llms)
    times: dict[int, PublicTimes] = defaultdict(PublicTimes)
    rows = history.values_list("id", "history_date", "is_published", "history_type")
    for llm, date, is_published, change in rows.iterator():
        times[llm].switch(date, is_published and change != "-")
    return times


def public_under_slug(model: Any, slug: str) -> set[int]:
    """The rows of a model that visitors could find at an address with this slug, at some time."""
    past = model.history.filter(slug=slug)
    if hasattr(model, "is_published"):
        return set(past.filter(is_published=True).values_list("id", flat=True))
    return {record.id for record in past if was_benchmark_public(record)}


def was_benchmark_public(record: Any) -> bool:
    """Was a metric of the benchmark public while its row was as in this record of its history?"""
    later = Benchmark.history.filter(id=record.id, history_id__gt=record.history_id)
    end = later.order_by("history_id").values_list("history_date", flat=True).first()
    times = times_of_metrics()
    metrics = Metric.objects.filter(benchmark_id=record.id).values_list("pk", flat=True)
    return any(times[metric].overlaps(record.history_date, end) for metric in metrics)
