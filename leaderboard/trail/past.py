"""The canonical state of a leaderboard at an instant of the past, rebuilt from the history."""

from datetime import datetime
from functools import partial
from typing import NamedTuple

from leaderboard.models import Leaderboard
from leaderboard.standings.as_of import find_leaderboard_at, load_records_at, rows_at
from leaderboard.standings.records import Records
from leaderboard.standings.standings import build_standings

from .details import load_details
from .state import Parts, State, build_state


class PastState(NamedTuple):
    """A state with the records that it was made from, which have ids."""

    leaderboard: Leaderboard
    records: Records
    state: State


def load_state_at(number: int, instant: datetime) -> PastState | None:
    """The state of the leaderboard of that id at an instant, by the rules of today; None if it was
    not published then. Fifteen queries whatever the size.

    Nothing is asked of the tables of today: the leaderboard may be deleted.
    """
    leaderboard = find_leaderboard_at(number, instant)
    if leaderboard is None:
        return None
    records = load_records_at(leaderboard, instant)
    details = load_details(leaderboard, records, partial(rows_at, instant=instant))
    return build_past_state(leaderboard, Parts(build_standings(records), records, details), instant)


def build_past_state(leaderboard: Leaderboard, parts: Parts, instant: datetime) -> PastState:
    """The state of an instant, from its parts."""
    return PastState(leaderboard, parts.records, build_state(*parts, instant))
