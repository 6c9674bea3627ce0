"""The axes of a chart of two quantities: linear, logarithmic or of days, with round ticks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil, floor, log10

from leaderboard.text.numbers import format_number

from .axes import POWERS, Scale, Tick, scale_of, text_width
from .quantities import Quantity, is_log

MOST_TICKS = 8
TICK_GAP = 14  # between two numbers of an axis, whose digits are wide
LOG_STEPS = ((1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9))
YEAR = 366
MONTHS = (1, 2, 3, 6)  # between two ticks of an axis of days


@dataclass(frozen=True)
class Axis:
    """A quantity with the scale that maps its values to coordinates."""

    quantity: Quantity
    scale: Scale
    is_log: bool

    def at(self, value: float) -> float:
        """Returns the coordinate of a value; beyond the end of the scale, that end."""
        if self.is_log:
            value = log10(value) if value > 0 else self.scale.low
        return self.scale.at(min(max(value, self.scale.low), self.scale.high))

    def ticks(self) -> tuple[Tick, ...]:
        """Returns the round values of the axis."""
        if self.quantity.is_day:
            return day_ticks(self.scale)
        if self.is_log:
            return log_ticks(self.scale)
        return self.scale.ticks(MOST_TICKS)

    def ticks_beside(self) -> tuple[Tick, ...]:
        """Returns the ticks of an axis from left to right, every second or third one where their
        texts would touch."""
        ticks = self.ticks()
        for step in range(1, len(ticks)):
            kept = ticks[::step]
            if all(
                b.at - a.at >= (text_width(a.text) + text_width(b.text)) / 2 + TICK_GAP
                for a, b in pairwise(kept)
            ):
                return kept
        return ticks[:1]


def make_axis(
    quantity: Quantity, values: Sequence[float], start: float, end: float, inset: float
) -> Axis:
    """Makes the axis of these values, with room of `inset` at both ends."""
    log = is_log(quantity, list(values))
    shown = [log10(value) for value in values] if log else values
    step = inset if end > start else -inset
    return Axis(quantity, scale_of(shown, start + step, end - step), log)


def log_ticks(scale: Scale) -> tuple[Tick, ...]:
    """Returns 1, 3, 10, 30, …; 1, 2, 5, … or closer ones where the values are close."""
    for factors in LOG_STEPS:
        values = [
            factor * 10.0**power
            for power in range(floor(scale.low), ceil(scale.high) + 1)
            for factor in factors
        ]
        ticks = tuple(
            Tick(scale.at(log10(value)), short_number(value))
            for value in values
            if scale.low <= log10(value) <= scale.high
        )
        if len(ticks) >= 2:
            break
    return ticks


def short_number(value: float) -> str:
    """Writes a round number: 0.05, 300, 20k, 1.5M."""
    power, letter, _ = next((known for known in POWERS if value >= known[2]), (0, "", 0))
    text = format_number(value / 10**power, max(0, power and 1, 1 - floor(log10(value))))
    return (text.rstrip("0").rstrip(".") if "." in text else text) + letter


def day_ticks(scale: Scale) -> tuple[Tick, ...]:
    """Returns years, or months of an axis of less than two years, as in ISO 8601."""
    first, last = (date.fromordinal(round(end)) for end in (scale.low, scale.high))
    if scale.high - scale.low > 2 * YEAR:
        step = -(-(last.year - first.year) // MOST_TICKS)
        days = [date(year, 1, 1) for year in range(first.year, last.year + 1, step)]
        texts = [str(day.year) for day in days]
    else:
        months = (scale.high - scale.low) / 30
        step = next((step for step in MONTHS if months / step <= MOST_TICKS), MONTHS[-1])
        numbers = range(12 * first.year, 12 * last.year + 12)
        days = [date(number // 12, number % 12 + 1, 1) for number in numbers if number % step == 0]
        texts = [f"{day:%Y-%m}" for day in days]
    return tuple(
        Tick(scale.at(day.toordinal()), text)
        for day, text in zip(days, texts, strict=True)
        if scale.low <= day.toordinal() <= scale.high
    )
