"""When each metric and each LLM was public, read from the history.

A metric is public while a published leaderboard shows it, or shows an aggregate made from it. What
was entered at another time was a draft. It is never shown, even after its leaderboard is published
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
    Alias,
    Benchmark,
    Column,
    Component,
    Leaderboard,
    Metric,
    Organization,
    with_components,
)

Period = tuple[datetime, datetime | None]


class PublicTimes:
    """The periods in which something was public: each includes its start, but not its end."""

    def __init__(self) -> None:
        self.turns: list[datetime] = []  # made public, withdrawn, made public, …

    def switch(self, date: datetime, is_public: bool) -> None:
        """Notes that from this date on it is public or not; dates come in order."""
        if is_public == bool(len(self.turns) % 2):
            return
        if self.turns and self.turns[-1] == date:  # it changed and changed back at the same date
            self.turns.pop()
        else:
            self.turns.append(date)

    def holds(self, date: datetime) -> bool:
        """Whether it was public once all changes of this date were made."""
        return bool(bisect_right(self.turns, date) % 2)

    def held_before(self, date: datetime) -> bool:
        """Whether it was public before any change of this date."""
        return bool(bisect_left(self.turns, date) % 2)

    @property
    def holds_now(self) -> bool:
        return bool(len(self.turns) % 2)

    def overlaps(self, start: datetime, end: datetime | None) -> bool:
        """Whether it was public at any moment from start until before end (None: until now)."""
        if self.holds(start):
            return True
        following = bisect_right(self.turns, start)
        return following < len(self.turns) and (end is None or self.turns[following] < end)

    def periods(self, start: datetime, end: datetime | None) -> Iterator[Period]:
        """Yields what lies of each period between start and end (None: now, or none yet)."""
        for begins, ends in zip(self.turns[::2], [*self.turns[1::2], None], strict=False):
            first = max(begins, start)
            last = min((date for date in (ends, end) if date), default=None)
            if last is None or first < last:
                yield first, last


def find_times_of_metrics() -> dict[int, PublicTimes]:
    """Returns when each metric was public, by leaderboards, columns and components of all times."""
    published: set[int] = set()  # leaderboards
    columns: dict[int, tuple[int, int]] = {}  # {column: (leaderboard, metric)}
    components: dict[int, tuple[int, int]] = {}  # {component: (aggregate, metric)}
    times: dict[int, PublicTimes] = defaultdict(PublicTimes)
    public: set[int] = set()
    for date, records in groupby(read_definitions(), key=lambda record: record[0]):
        for _date, _number, kind, row, is_deleted, *values in records:
            if kind == "leaderboard":
                (published.add if values[0] and not is_deleted else published.discard)(row)
            else:
                rows = columns if kind == "column" else components
                rows[row] = (values[0], values[1])
                if is_deleted:
                    del rows[row]
        now = find_public_metrics(published, columns, components)
        for metric in public ^ now:
            times[metric].switch(date, metric in now)
        public = now
    return times


def read_definitions() -> Iterator[tuple[Any, ...]]:
    """Yields (date, number, kind, row, is deleted, values …) of what decides what is shown."""
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


def find_public_metrics(
    published: set[int],
    columns: dict[int, tuple[int, int]],
    components: dict[int, tuple[int, int]],
) -> set[int]:
    """Returns the metrics that published leaderboards show or depend on."""
    parts: dict[int, list[int]] = defaultdict(list)
    for aggregate, metric in components.values():
        parts[aggregate].append(metric)
    shown = [metric for leaderboard, metric in columns.values() if leaderboard in published]
    return with_components(shown, parts)


def find_times_of_llms(llms: Iterable[int] | None = None) -> dict[int, PublicTimes]:
    """Returns when each LLM was published; only of these LLMs, if any are given."""
    return find_published_times(
        LLM.history.all() if llms is None else LLM.history.filter(id__in=llms)
    )


def find_published_times(history: Any) -> dict[int, PublicTimes]:
    """Returns when each row was published, by these records of its history."""
    times: dict[int, PublicTimes] = defaultdict(PublicTimes)
    rows = history.order_by("history_date", "history_id").values_list(
        "id", "history_date", "is_published", "history_type"
    )
    for row, date, is_published, change in rows.iterator():
        times[row].switch(date, is_published and change != "-")
    return times


def find_times_of_names(history: Any, field: str) -> dict[str, PublicTimes]:
    """Returns when each name, which a row has last in these records, was that of this row."""
    rows = history.order_by("history_date", "history_id")
    records = list(rows.values_list("id", "history_date", field, "history_type"))
    last = {row: name for row, _date, name, _change in records}
    times: dict[str, PublicTimes] = defaultdict(PublicTimes)
    for row, date, name, change in records:
        times[last[row]].switch(date, name == last[row] and change != "-")
    return times


def find_rows_by_slug(model: Any, slug: str) -> set[int]:
    """Returns the rows of a model that visitors could once find at an address with this slug."""
    past = model.history.filter(slug=slug)
    if hasattr(model, "is_published"):
        past = past.filter(is_published=True)
        rows = set(past.values_list("id", flat=True))
        return rows | (find_successors(past) if model is LLM else set())
    was_public = was_organization_public if model is Organization else was_benchmark_public
    return {record.id for record in past if was_public(record)}


def find_successors(records: Any) -> set[int]:
    """Returns the LLMs for which the names of these records stand, of LLMs that are gone: one that
    was merged with another left its name to it."""
    gone = records.exclude(id__in=LLM.objects.values("pk"))
    keys = set(gone.values_list("name_key", flat=True).distinct())
    aliases = Alias.objects.filter(key__in=keys, llm__isnull=False)
    return set(aliases.values_list("llm_id", flat=True)) if keys else set()


def was_benchmark_public(record: Any) -> bool:
    """Whether a metric of the benchmark was public while this record of its history held. A metric
    may have been that of another benchmark before."""
    end = find_end(Benchmark, record)
    public = find_times_of_metrics()
    own = Metric.history.filter(benchmark_id=record.id).values("id")
    belonging: dict[int, PublicTimes] = defaultdict(PublicTimes)
    rows = Metric.history.filter(id__in=own).order_by("history_date", "history_id")
    for metric, date, benchmark, change in rows.values_list(
        "id", "history_date", "benchmark_id", "history_type"
    ):
        belonging[metric].switch(date, benchmark == record.id and change != "-")
    return any(
        public[metric].overlaps(*period)
        for metric, times in belonging.items()
        for period in times.periods(record.history_date, end)
    )


def was_organization_public(record: Any) -> bool:
    """Whether an LLM of the organization was published while this record of its history held."""
    end = find_end(Organization, record)
    own = LLM.history.filter(organization_id=record.id).values("id")
    times: dict[int, PublicTimes] = defaultdict(PublicTimes)
    fields = ("id", "history_date", "organization_id", "is_published", "history_type")
    rows = LLM.history.filter(id__in=own).order_by("history_date", "history_id")
    for llm, date, organization, is_published, change in rows.values_list(*fields):
        times[llm].switch(date, organization == record.id and is_published and change != "-")
    return any(each.overlaps(record.history_date, end) for each in times.values())


def find_end(model: Any, record: Any) -> datetime | None:
    """When a record of the history of a row was followed by the next; None if it still holds."""
    later = model.history.filter(id=record.id, history_id__gt=record.history_id)
    dates = later.order_by("history_id").values_list("history_date", flat=True)
    end: datetime | None = dates.first()
    return end
