"""Which state of a leaderboard held at an instant, and what addresses call it."""

from datetime import UTC, date, datetime, timedelta

from leaderboard.trail.publicity import PublicTimes
from leaderboard.trail.timeline import Moment, Timeline


def at(day, hour=0):
    return datetime(2026, 1, day, hour, tzinfo=UTC)


def published(*turns):
    times = PublicTimes()
    for number, turn in enumerate(turns):
        times.switch(turn, number % 2 == 0)
    return times


TIMELINE = Timeline(
    begins=(at(2, 9), at(2, 18), at(5, 9), at(8, 9)),
    tokens=("a", "b", "c", "d"),
    published=published(at(2, 9), at(6), at(8, 9)),
)


def test_a_state_holds_from_its_begin_until_the_next_or_until_the_leaderboard_is_withdrawn():
    assert TIMELINE.at(at(2, 9)) == Moment(at(2, 9), at(2, 18), "a")
    assert TIMELINE.at(at(2, 17)) == Moment(at(2, 9), at(2, 18), "a")
    assert TIMELINE.at(at(4)) == Moment(at(2, 18), at(5, 9), "b")
    assert TIMELINE.at(at(5, 9)) == Moment(at(5, 9), at(6), "c")
    assert TIMELINE.at(at(20)) == Moment(at(8, 9), None, "d")


def test_no_state_held_before_the_first_publication_and_while_it_was_withdrawn():
    assert [TIMELINE.at(when) for when in (at(1), at(6), at(7), at(8, 8))] == [None] * 4


def test_a_state_is_called_after_a_day_that_is_over_and_at_whose_end_it_held():
    today = date(2026, 1, 20)
    names = [TIMELINE.at(when).name(today) for when in (at(2, 9), at(4), at(5, 9), at(9))]
    assert names == ["2026-01-02T09:00:00Z", "2026-01-02", "2026-01-05", "2026-01-08"]
    assert TIMELINE.at(at(9)).name(date(2026, 1, 8)) == "2026-01-08T09:00:00Z"


def test_a_withdrawal_on_the_same_day_leaves_no_day_to_call_a_state_after():
    short = Timeline((at(2, 9),), ("a",), published(at(2, 9), at(2, 18)))
    assert short.at(at(2, 10)).name(date(2026, 1, 20)) == "2026-01-02T09:00:00Z"


def test_days_are_each_named_once_newest_first():
    assert TIMELINE.days() == [date(2026, 1, 8), date(2026, 1, 5), date(2026, 1, 2)]


def test_a_token_names_the_state_that_began_with_it():
    assert TIMELINE.named("b") == Moment(at(2, 18), at(5, 9), "b")
    assert TIMELINE.named("x") is None


def test_a_day_that_is_named_means_the_state_at_its_end():
    for hours in range(24 * 7):
        moment = TIMELINE.at(at(2, 9) + timedelta(hours=hours))
        name = moment and moment.name(date(2026, 1, 20))
        if name and "T" not in name:
            assert TIMELINE.at(datetime.fromisoformat(f"{name}T23:59:59.999999+00:00")) == moment
