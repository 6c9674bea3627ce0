"""How a table was read: what each column is, and how numbers and dates are written.

It is suggested by the reader, shown with the preview, and can be changed there. Pure: no Django.
"""

from dataclasses import dataclass

from leaderboard.text.facts import FACTS
from leaderboard.text.sentences import noop

# What a column can be, beside a fact of the LLM.
METRIC = noop("metric")
NAME = noop("name of the LLM")
STANDARD_ERROR = noop("standard error")
HALF_WIDTH = noop("half of the 95-percent interval")
LOWER = noop("lower end of the 95-percent interval")
UPPER = noop("upper end of the 95-percent interval")
SOURCE = noop("source")
LEFT_OUT = noop("left out")
ASKED = ""  # not clear: the maintainer is asked
ERRORS = (STANDARD_ERROR, HALF_WIDTH, LOWER, UPPER)
FACT_ROLES = tuple(fact.field for fact in FACTS)
ROLES = (METRIC, *ERRORS, NAME, SOURCE, LEFT_OUT, *FACT_ROLES)
PLUS_MINUS_ROLES = (STANDARD_ERROR, HALF_WIDTH, LEFT_OUT)

# On the command line.
SHORT_ROLES = {
    "name": NAME, "half-width": HALF_WIDTH, "lower": LOWER, "upper": UPPER, "leave out": LEFT_OUT,
    "error": STANDARD_ERROR,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """What a column of a table is."""

    header: str  # “Elo ±” is what stands behind ± in the column Elo
    role: str
    of: str = ""  # the header of the metric that an error or bound is of
    example: str = ""  # the first text in it
    is_plus_minus: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table was read; "" is what could not be found out, and is asked."""

    columns: tuple[Column, ...] = ()
    decimal: str = "."
    has_separators: bool = False  # whether a number has a point or a comma: else nothing is to say
    dates: str = ""
    has_dates: bool = False  # whether one has an order that has to be known
    llms_in: str = "rows"

    @property
    def is_undecided(self) -> bool:
        """Whether something has to be said before anything can be imported."""
        asks = any(not column.role for column in self.columns)
        return asks or not self.decimal or (self.has_dates and not self.dates)
