"""Means over questions, added up one by one. Pure: no Django, no database."""

from decimal import Decimal, localcontext

from leaderboard.text.numbers import LARGEST


class Mean:
    """The mean of the values that were added, and its standard error."""

    def __init__(self) -> None:
        self.count = 0
        self.total = self.squares = Decimal(0)

    def add(self, value: Decimal) -> None:
        """Adds the value of one question, below LARGEST."""
        self.count += 1
        with localcontext(prec=60):
            self.total += value
            self.squares += value * value

    @property
    def value(self) -> Decimal | None:
        """The mean, with 28 digits; None of nothing."""
        return +(self.total / self.count) if self.count else None

    @property
    def standard_error(self) -> Decimal | None:
        """The sample's standard deviation by the root of n; None below two values and for 0.

        0 comes from a sample in which nothing varied, which does not make the mean certain.
        """
        if self.count < 2:
            return None
        with localcontext(prec=60):
            variance = (self.squares - self.total * self.total / self.count) / (self.count - 1)
            error = (max(variance, Decimal(0)) / self.count).sqrt()
        return +error if 0 < error < LARGEST else None
