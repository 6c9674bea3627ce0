"""How the shown scores of an LLM changed over time, from what the state log stored.

Computed aggregates are among them: a redefined metric moves them without any score being written.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q

from leaderboard.models import LLM, Leaderboard, LeaderboardState, Metric

from .publicity import PublicTimes, find_times_of_names

UNIT_FIELDS = {"unit", "unit_label"}  # with which numbers change their meaning


class Step(NamedTuple):
    """A value that was shown from a date on; of None nothing was shown, of no date: from before."""

    date: datetime | None
    value: Decimal | None
    reasons: tuple[str, ...] = ()


class Shown:
    """What was shown of one metric, leaderboard by leaderboard, and when that changed."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.now: dict[int, Decimal | None] = {}  # by leaderboard

    def change(self, leaderboard: int, old: str | None, step: Step) -> None:
        """Notes that a leaderboard shows another value from the step's date on.

        Several leaderboards that show a metric show the same value.
        """
        if not self.steps and old is not None:
            self.steps.append(Step(None, Decimal(old)))
        self.now[leaderboard] = step.value
        shown = next((value for value in self.now.values() if value is not None), None)
        if not self.steps:  # nothing changed yet
            self.steps.append(Step(step.date, shown))
        elif self.steps[-1].value != shown:
            self.steps.append(step._replace(value=shown))

    def begin_anew(self, date: datetime) -> None:
        """Forgets what was shown in another unit."""
        if self.steps:
            self.steps = [Step(date, self.steps[-1].value)]


def load_histories(leaderboards: Iterable[Leaderboard], llm: LLM) -> dict[str, list[Step]]:
    """Returns {metric key: steps, oldest first} of an LLM in no language.

    Only of metrics of which these leaderboards, which are published, showed more than one value.
    A metric whose unit changed begins anew with that. The log names LLMs and metrics by their
    addresses and keys: what it tells of another one, which had them before and is gone or renamed,
    is left out. One query, and two more where a value changed.
    """
    rows = list(find_rows(leaderboards, llm.slug))
    keys = gather(rows, llm.slug, {}).keys()
    return gather(rows, llm.slug, find_own_times(llm, keys)) if keys else {}


def gather(
    rows: list[LeaderboardState], slug: str, own: dict[str, list[PublicTimes]]
) -> dict[str, list[Step]]:
    """The steps of the metrics with more than one value, in the times in which the names were those
    of the LLM and the metric; of a key without times, at any time."""
    histories: dict[str, Shown] = defaultdict(Shown)
    for row in rows:
        difference, date = row.difference or {}, row.changed_at
        for key in changed_units(difference):
            histories[key].begin_anew(date)
        reasons = tuple(difference.get("reasons", ()))
        for key, (old, new) in difference.get("cells", {}).get(slug, {}).items():
            edit, times = row.entry_date or date, own.get(key, ())
            old = old if all(each.held_before(edit) for each in times) else None
            new = new if all(each.holds(edit) for each in times) else None
            if histories[key].steps or old is not None or new is not None:
                value = None if new is None else Decimal(new)
                histories[key].change(row.leaderboard_id, old, Step(date, value, reasons))
    return {
        key: shown.steps
        for key, shown in histories.items()
        if len({step.value for step in shown.steps if step.value is not None}) > 1
    }


def find_own_times(llm: LLM, keys: Iterable[str]) -> dict[str, list[PublicTimes]]:
    """{key: when the LLM had its address, and the metric its key}, of metrics that are there."""
    addresses = find_times_of_names(LLM.history.filter(id=llm.pk), "slug")
    there = Metric.objects.filter(key__in=list(keys)).values("pk")
    metrics = find_times_of_names(Metric.history.filter(id__in=there), "key")
    return {key: [addresses[llm.slug], times] for key, times in metrics.items()}


def find_rows(leaderboards: Iterable[Leaderboard], slug: str) -> Iterable[LeaderboardState]:
    """The rows of the log that changed a shown value of the LLM, or defined a metric anew."""
    told = Q(difference__cells__has_key=slug) | Q(difference__counts__has_key="definitions")
    rows = LeaderboardState.objects.filter(leaderboard__in=[each.pk for each in leaderboards])
    found: Iterable[LeaderboardState] = rows.filter(told).order_by("changed_at", "pk")
    return found


def changed_units(difference: dict[str, Any]) -> Iterator[str]:
    """Yields the keys of the metrics whose unit changed."""
    for change in difference.get("changes", ()):
        if change["group"] == "definitions" and change["field"] in UNIT_FIELDS:
            yield change["metric"]
