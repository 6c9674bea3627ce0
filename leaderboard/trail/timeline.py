"""The states that a leaderboard went through, as visitors could see them."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from leaderboard.models import Leaderboard, LeaderboardState
from leaderboard.standings.published import Content
from leaderboard.text.moments import end_of_day, write_moment

from .publicity import PublicTimes, find_published_times


class Moment(NamedTuple):
    """A state of a published leaderboard: when it began and ended, and its revision.

    The names are those of LeaderboardState, which says the same of today's state.
    """

    changed_at: datetime
    ended: datetime | None  # None for the present state
    token: str

    def name(self, today: date) -> str:
        """Its name in addresses: the day at whose end it held, else the time when it began.

        A day that is not over has no name, as its end is not known.
        """
        day = self.changed_at.astimezone(UTC).date()
        held_at_its_end = day < today and (self.ended is None or self.ended > end_of_day(day))
        return day.isoformat() if held_at_its_end else write_moment(self.changed_at)


@dataclass(frozen=True)
class Timeline:
    """When the states of a leaderboard began, oldest first, and when it was published."""

    begins: tuple[datetime, ...]
    tokens: tuple[str, ...]
    published: PublicTimes

    def at(self, instant: datetime) -> Moment | None:
        """The state that held at an instant; None if the leaderboard was not public then."""
        number = bisect_right(self.begins, instant)
        if not number or not self.published.holds(instant):
            return None
        withdrawals = self.published.turns[1::2]
        ends = [*self.begins[number : number + 1], *(end for end in withdrawals if end > instant)]
        began = self.begins[number - 1]
        return Moment(began, min(ends, default=None), self.tokens[number - 1])

    def named(self, token: str) -> Moment | None:
        """The state that began with the revision of that name."""
        return self.at(self.begins[self.tokens.index(token)]) if token in self.tokens else None

    def days(self) -> list[date]:
        """The days on which a state began and at whose end one held, newest first."""
        days = {begin.astimezone(UTC).date() for begin in self.begins}
        return sorted((day for day in days if self.at(end_of_day(day))), reverse=True)


def timeline_of(content: Content, leaderboard: Leaderboard) -> Timeline:
    """The states of a published leaderboard at a content revision; found once."""
    timeline: Timeline = content.compute_once(
        ("timeline", leaderboard.pk), lambda: load_timeline(leaderboard)
    )
    return timeline


def load_timeline(leaderboard: Leaderboard) -> Timeline:
    """Reads from the state log when the states of a leaderboard began."""
    states = LeaderboardState.objects.of(leaderboard).order_by("changed_at", "pk")
    published = find_published_times(Leaderboard.history.filter(id=leaderboard.pk))
    rows = tuple(states.values_list("changed_at", "token"))
    begins, tokens = (tuple(row[index] for row in rows) for index in (0, 1))
    return Timeline(begins, tokens, published[leaderboard.pk])
