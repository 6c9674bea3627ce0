"""The canonical state of a leaderboard at an instant of the past, rebuilt from the history."""

from datetime import datetime
from functools import partial
from typing import NamedTuple

from leaderboard.models import Leaderboard
from leaderboard.standings.as_of import find_leaderboard_at, load_records_at, rows_at
from leaderboard.standings.records import Records
from leaderboard.standings.standings import build_standings

from .details import load_details
from .state import State, build_state


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
    state = build_state(build_standings(records), records, details, instant)
    return PastState(leaderboard, records, state)
