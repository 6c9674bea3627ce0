"""Gives an existing site its state log from the history, as far as that reaches.

`migrate` does it after an upgrade: a row for each date at which the state of a public leaderboard
changed before its log began, with a name of its own and what it changed. It may be done any number
of times. Newest dates come first, and it ends after BUDGET seconds: the next time goes on. A state
takes 0.1 s for 51 LLMs with nine scores each, 0.5 s for 1,000. Of a leaderboard that is too large
to compare nothing is recovered.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from time import monotonic
from typing import Any

from leaderboard.models import OF_STATES, ContentRevision, Leaderboard, LeaderboardState
from leaderboard.models.locks import content_lock

from .filling import (
    LARGEST_EXPLAINED,
    Finder,
    count_records,
    count_scores_of,
    explain,
    explain_row,
    store,
    title_of,
    with_occasion,
)
from .past import PastState, load_state_at
from .publicity import PublicTimes, find_published_times
from .state import hash_content

BUDGET = 60.0  # seconds


@dataclass
class Recovery:
    """What one run recovers, and how long it may take."""

    budget: float = BUDGET
    rows: int = 0
    is_complete: bool = True
    tokens: dict[datetime, str] = field(default_factory=dict)  # what was written at once is one
    begun: float = field(default_factory=monotonic)

    def has_time(self) -> bool:
        """Whether another state may be looked at; notes that something is left, if not."""
        if monotonic() - self.begun < self.budget:
            return True
        self.is_complete = False
        return False

    def write(self, number: int, date: datetime, **values: Any) -> LeaderboardState:
        """Writes a recovered row of a leaderboard, unless another process has."""
        with content_lock():
            known = LeaderboardState.objects.filter(changed_at=date, is_recovered=True)
            token = self.tokens.get(date) or known.values_list("token", flat=True).first()
            self.tokens[date] = token or secrets.token_hex(8)
            row: LeaderboardState
            row, is_new = known.get_or_create(
                leaderboard_id=number,
                changed_at=date,
                defaults={"token": self.tokens[date], "is_recovered": True, **values},
            )
        self.rows += is_new
        return row


def recover_log(budget: float = BUDGET) -> Recovery:
    """Recovers what is missing of the state log, newest first, and explains every row of it."""
    recovery = Recovery(budget)
    begin_logs()
    times = find_published_times(Leaderboard.history.all())
    for number, published in sorted(times.items()):
        if needs_recovery(number):
            recover_withdrawals(number, published, recovery)
            recover_before(number, published, recovery)
    explain_rows(recovery)
    return recovery


def begin_logs() -> None:
    """Gives each published leaderboard without a log the present revision as its first state."""
    revision = ContentRevision.objects.first()
    if revision is None:
        return
    logged = LeaderboardState.objects.order_by().values("leaderboard")
    for leaderboard in Leaderboard.objects.published().exclude(pk__in=logged):
        LeaderboardState.objects.get_or_create(
            leaderboard=leaderboard,
            token=revision.token,
            defaults={"changed_at": revision.changed_at},
        )


def needs_recovery(number: int) -> bool:
    """Whether the log of a leaderboard may have begun after its publication.

    A log whose first row says that the leaderboard was published then is whole.
    """
    first = LeaderboardState.objects.filter(leaderboard=number).order_by("changed_at", "pk").first()
    is_whole = first is not None and not first.is_recovered and first.difference is not None
    return not is_whole and count_scores_of(number) <= LARGEST_EXPLAINED


def recover_before(number: int, published: PublicTimes, recovery: Recovery) -> None:
    """Writes the rows of the dates before the first row of a leaderboard's log, newest first."""
    first = LeaderboardState.objects.filter(leaderboard=number).order_by("changed_at", "pk").first()
    dates = list(dates_before(published, first.changed_at if first else None))
    newer: tuple[datetime, PastState | None] | None = None
    for date in dates:
        if not recovery.has_time():
            return
        state = load_state_at(number, date)
        if newer is not None:
            recover_row(number, *newer, (date, state), recovery)
        newer = date, state
    if newer is not None:
        recover_row(number, *newer, None, recovery)


def dates_before(published: PublicTimes, end: datetime | None) -> Iterator[datetime]:
    """Yields the dates of the history before `end` at which a leaderboard was public or withdrawn,
    newest first."""
    dates: set[datetime] = set()
    for model in OF_STATES:
        records = model.history.all() if end is None else model.history.filter(history_date__lt=end)
        dates |= set(records.order_by().values_list("history_date", flat=True).distinct())
    for date in sorted(dates, reverse=True):
        if published.holds(date) or published.held_before(date):
            yield date


def recover_row(
    number: int,
    date: datetime,
    state: PastState | None,
    older: tuple[datetime, PastState | None] | None,
    recovery: Recovery,
) -> None:
    """Writes the row of a date if its state is another one than that of the date before."""
    before = older[1] if older else None
    since = older[0] if older else None
    if state is None:
        if before is not None:
            row = recovery.write(number, date, is_withdrawal=True)
            stored = {"kind": "withdrawn", "title": title_of(before.leaderboard)}
            explain_row(row, with_occasion(stored, number, since, row, [before]))
            store(row)
        return
    sha256 = hash_content(state.state)
    if before is not None and hash_content(before.state) == sha256:
        return
    row = recovery.write(number, date, sha256=sha256)
    stored = explain(before, state, "published")
    if stored:
        stored = with_occasion(stored, number, since, row, [before, state])
    explain_row(row, stored)
    store(row)


def recover_withdrawals(number: int, published: PublicTimes, recovery: Recovery) -> None:
    """Writes the rows of withdrawals within the log, and of the publications after them, from
    when the log knew of no withdrawal."""
    rows = LeaderboardState.objects.filter(leaderboard=number)
    first = rows.order_by("changed_at").values_list("changed_at", flat=True).first()
    if first is None:
        return
    turns: Iterable[datetime | None] = [*published.turns, None]
    for position, (start, end) in enumerate(pairwise(turns)):
        within = rows.filter(changed_at__gte=start)
        within = within if end is None else within.filter(changed_at__lt=end)
        if start is None or start <= first or within.exists():
            continue
        recovery.write(number, start, is_withdrawal=position % 2 == 1)


def explain_rows(recovery: Recovery) -> None:
    """Finds what the rows changed that nobody explained yet; without time only counts it."""
    finder = Finder()
    for row in LeaderboardState.objects.unexplained():
        is_first = not LeaderboardState.objects.before(row).exists()
        if recovery.has_time():
            explain_row(row, finder.find(row, "begun" if is_first else "published"))
        else:
            before = LeaderboardState.objects.before(row).first()
            since = before.changed_at if before else datetime.min.replace(tzinfo=UTC)
            written = finder.read_written(since, row.changed_at)
            explain_row(row, count_records(row.leaderboard_id, row, written))
        store(row)
