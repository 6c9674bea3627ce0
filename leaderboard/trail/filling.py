"""Finds what the rows of the state log changed, and stores it once.

It is done after the edit, outside the content lock: writers do not wait for it. After a commit the
process that wrote does it; what is left, as that of a large leaderboard, does the first reader.
A state is rebuilt from the history, so it does not matter when; the one that a writer has just
written is known. CPU for 51 LLMs with nine scores each: 0.05 s, and 0.08 s if both are rebuilt,
which takes 1.1 s for 1,000 and 10 s for 10,000. Of those therefore only the records are counted,
in 0.05 s.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.db import DatabaseError, transaction

from leaderboard.models import (
    LLM,
    Column,
    Component,
    Leaderboard,
    LeaderboardState,
    Score,
    with_components,
)
from leaderboard.standings.as_of import find_leaderboard_at, rows_at

from .occasion import find_occasion, newest_dates
from .past import PastState, build_past_state, load_state_at
from .state import Parts
from .stored import Stored, describe_difference, describe_first

LARGEST_EXPLAINED = 20_000  # scores of a leaderboard whose states are rebuilt and compared

# What states are built from, by the leaderboard's id and the instant.
Known = dict[tuple[int, datetime], tuple[Leaderboard, Parts]]

log = logging.getLogger(__name__)


def fill_differences(
    rows: Iterable[LeaderboardState] | None = None, known: Known | None = None
) -> list[LeaderboardState]:
    """Finds and stores the differences of these rows, of all that have none, oldest first.

    Returns the rows with their differences, which are not stored where the database cannot be
    written. One that cannot be found is logged, and left for later.
    """
    found = []
    finder = Finder(known)
    for row in LeaderboardState.objects.unexplained() if rows is None else rows:
        try:
            explain_row(row, finder.find(row))
        except Exception:
            log.exception("The difference of revision %s was not found.", row.token)
            continue
        store(row)
        found.append(row)
    return found


def fill_after_commit(rows: list[LeaderboardState], known: Known) -> None:
    """Has the differences of these rows found once they are committed."""
    transaction.on_commit(lambda: fill_differences(rows, known), robust=True)


def explain_row(row: LeaderboardState, difference: Stored) -> None:
    """Gives a row its difference, not stored yet."""
    row.difference = difference
    row.entry_date = datetime.fromisoformat(difference["date"]) if difference else None


def store(row: LeaderboardState) -> None:
    """Stores a difference unless another process has; not in a database that is only read."""
    try:
        with transaction.atomic():
            LeaderboardState.objects.filter(pk=row.pk, difference__isnull=True).update(
                difference=row.difference, entry_date=row.entry_date
            )
    except DatabaseError as error:
        log.info("The difference of revision %s was not stored: %s", row.token, error)


class Finder:
    """Finds differences; it keeps the last state, with which the next difference often begins, and
    what rows have in common: of a leaderboard whether it is large, of an edit what it wrote."""

    def __init__(self, known: Known | None = None) -> None:
        self.known = known or {}
        self.is_large = cache(lambda number: count_scores_of(number) > LARGEST_EXPLAINED)
        self.read_written = lru_cache(maxsize=1)(read_written)
        self.last: tuple[tuple[int, datetime], PastState | None] | None = None

    def find(self, row: LeaderboardState, kind: str = "published") -> Stored:
        """The difference of a row from the one before; {} for nothing that anybody sees.

        `kind` says what a row without one before tells: that the leaderboard was published, or
        that its log begins there.
        """
        number: int = row.leaderboard_id
        before = LeaderboardState.objects.before(row).first()
        since = before.changed_at if before else None
        if row.is_withdrawal:
            return self.describe_withdrawal(number, since, row)
        if self.is_large(number):
            return count_records(number, row, self.read_written(since, row.changed_at))
        old = self.state_at(number, since) if before and not before.is_withdrawal else None
        new = self.state_at(number, row.changed_at)
        if new is None:
            return {}
        stored = explain(old, new, kind)
        return stored and with_occasion(stored, number, since, row, [old, new])

    def state_at(self, number: int, instant: datetime | None) -> PastState | None:
        """The state of a leaderboard at an instant."""
        if instant is None:
            return None
        if self.last is None or self.last[0] != (number, instant):
            self.last = (number, instant), self.make_state_at(number, instant)
        return self.last[1]

    def make_state_at(self, number: int, instant: datetime) -> PastState | None:
        """A state from its parts, where they are known; else from the history."""
        if known := self.known.get((number, instant)):
            return build_past_state(*known, instant)
        return load_state_at(number, instant)

    def describe_withdrawal(
        self, number: int, since: datetime | None, row: LeaderboardState
    ) -> Stored:
        """What is told of a leaderboard that was withdrawn or deleted: its title until then."""
        leaderboard = find_leaderboard_at(number, since) if since else None
        if leaderboard is None:
            return {}
        stored = {"kind": "withdrawn", "title": title_of(leaderboard)}
        state = None if self.is_large(number) else self.state_at(number, since)
        return with_occasion(stored, number, since, row, [state])


def explain(old: PastState | None, new: PastState, kind: str) -> Stored:
    """The difference of two states; a first one is told with its counts."""
    if old is not None:
        return describe_difference(follow_renamed(old, new), new.state)
    return describe_first(new.state, kind)


def with_occasion(
    stored: Stored,
    number: int,
    since: datetime | None,
    row: LeaderboardState,
    states: Iterable[PastState | None],
) -> Stored:
    """Adds when and why."""
    occasion = find_occasion(
        number, since, row.changed_at, [state for state in states if state is not None]
    )
    stored["date"] = occasion.date.isoformat()
    if occasion.reasons:
        stored["reasons"] = list(occasion.reasons)
    return stored


def title_of(leaderboard: Leaderboard) -> dict[str, str]:
    """The title by language; English is ""."""
    others = {
        language: text
        for (language, field), text in leaderboard.translated_texts.items()
        if field == "title" and text
    }
    return {"": leaderboard.title} | others


def follow_renamed(old: PastState, new: PastState) -> dict[str, Any]:
    """The old state, with LLMs of another address under their new one: they are the same LLMs."""
    now = {llm.id: llm.slug for llm in new.records.llms}
    moved = {
        llm.slug: now[llm.id]
        for llm in old.records.llms
        if llm.id in now and now[llm.id] != llm.slug
    }
    if not moved:
        return old.state
    inputs, outputs = old.state["inputs"], old.state["outputs"]
    rows = [row | {"llm": moved.get(row["llm"], row["llm"])} for row in outputs["rows"]]
    renamed = {
        name: {moved.get(slug, slug): part for slug, part in inputs[name].items()}
        for name in ("llms", "scores", "fact_values")
        if name in inputs
    }
    return old.state | {"inputs": inputs | renamed, "outputs": outputs | {"rows": rows}}


# Large leaderboards


def metrics_of(number: int) -> set[int]:
    """The metrics that a leaderboard shows today, or depends on."""
    columns = Column.objects.filter(leaderboard=number).values_list("metric_id", flat=True)
    return with_components(columns, Component.objects.parts())


def count_scores_of(number: int) -> int:
    """How many scores the state of a leaderboard may hold."""
    scores = Score.objects.filter(metric__in=metrics_of(number), llm__is_published=True)
    return int(scores.count())


class Written(NamedTuple):
    """What an edit wrote of LLMs that were public before or after it."""

    date: datetime
    llms: set[int]
    cells: set[tuple[int, int]]  # (LLM, metric)


def read_written(since: datetime | None, until: datetime) -> Written | None:
    """What the newest edit after `since`, up to `until`, wrote; None if there is none."""
    newest = newest_dates(since, until)
    if not newest:
        return None
    date = max(newest.values())
    llms = set(LLM.history.filter(history_date=date).values_list("id", flat=True))
    scores = Score.history.filter(history_date=date)
    cells = set(scores.values_list("llm_id", "metric_id"))
    named = llms | {llm for llm, _metric in cells}
    public: set[int] = set()
    for instant in (since, until):
        if instant and named:
            shown = rows_at(LLM, instant).filter(id__in=named, is_published=True)
            public |= set(shown.values_list("id", flat=True))
    return Written(date, public & llms, {cell for cell in cells if cell[0] in public})


def count_records(number: int, row: LeaderboardState, written: Written | None) -> Stored:
    """What is told of an edit of a leaderboard too large to compare: how many scores and LLMs it
    wrote, and that is all. Nothing of LLMs that were drafts before and after."""
    leaderboard = find_leaderboard_at(number, row.changed_at)
    if leaderboard is None or written is None:
        return {}
    metrics = metrics_of(number)
    counted = {
        "kind": "counted",
        "title": title_of(leaderboard),
        "llms": len(written.llms),
        "scores": sum(metric in metrics for _llm, metric in written.cells),
        "date": written.date.isoformat(),
    }
    return {name: part for name, part in counted.items() if part}
