"""Points in time in addresses: what is read, and that it is written as it is read."""

from datetime import UTC, datetime

import pytest

from leaderboard.text.moments import end_of_day, parse_moment, write_moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-25", datetime(2026, 11, 25, 23, 59, 59, 999999, UTC)),
        ("2026-11-25T10:00", datetime(2026, 11, 25, 10, tzinfo=UTC)),
        ("2026-11-25 10:00:05", datetime(2026, 11, 25, 10, 0, 5, tzinfo=UTC)),
        ("2026-11-25T10:00:05.25Z", datetime(2026, 11, 25, 10, 0, 5, 250000, UTC)),
        ("2026-11-25T10:00+02:00", datetime(2026, 11, 25, 8, tzinfo=UTC)),
        ("2026-11-25T10:00 02:00", datetime(2026, 11, 25, 8, tzinfo=UTC)),  # a + not escaped
        ("2026-11-25T10:00-0530", datetime(2026, 11, 25, 15, 30, tzinfo=UTC)),
        (" 2026-11-25 ", datetime(2026, 11, 25, 23, 59, 59, 999999, UTC)),
    ],
)
def test_a_day_is_its_end_and_a_time_is_in_utc_unless_it_says(text, moment):
    assert parse_moment(text) == moment
    assert parse_moment(write_moment(moment)) == moment


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "2026", "2026-11", "2026-11-31", "2026-W48-1", "20261125", "25.11.2026"),
        *("2026-11-25T", "2026-11-25T24:30", "2026-11-25T10", "2026-11-25T10:00+99:00"),
        *("٢٠٢٦-11-25", "0001-01-01T00:00+10:00", "9999-12-31T23:00-10:00", "2026-11-25\0"),
    ],
)
def test_anything_else_is_no_moment(text):
    assert parse_moment(text) is None


def test_a_day_ends_before_the_next_begins():
    assert write_moment(end_of_day(datetime(2026, 2, 28).date())) == "2026-02-28T23:59:59.999999Z"
