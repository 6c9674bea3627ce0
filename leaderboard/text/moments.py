"""Points in time as people type them into an address: a day or a time, in UTC unless they say."""

import re
from datetime import UTC, date, datetime, time

# A plus sign that was not escaped comes out of an address as a space.
MOMENT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)"
    r"(?P<zone>Z|[-+ ][0-9]{2}:?[0-9]{2})?)?"
)


def parse_moment(text: str) -> datetime | None:
    """Returns the point in time that a text names, in UTC; None if it names none.

    A day means its end: 2026-11-25 is the last microsecond of that day.
    """
    match = MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    try:
        if match["time"] is None:
            return end_of_day(date.fromisoformat(match["day"]))
        seconds = re.sub(r"\.[0-9]+", lambda found: found[0].ljust(7, "0"), match["time"])
        zone = (match["zone"] or "Z").replace(" ", "+")
        moment = datetime.fromisoformat(f"{match['day']}T{seconds}{zone}")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def write_moment(moment: datetime) -> str:
    """Writes a point in time so that parse_moment reads the same: “2026-11-25T10:00:00Z”."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def end_of_day(day: date) -> datetime:
    """Returns the last microsecond of a day in UTC."""
    return datetime.combine(day, time.max, UTC)
