"""Facts of LLMs in the cells of a wide table, as the site writes them."""

import re
from decimal import Decimal

from leaderboard.readers.files.cells import Cell
from leaderboard.readers.files.numbers import read_body
from leaderboard.readers.layouts import Layout
from leaderboard.readers.results import Problem, ReportedFact
from leaderboard.text.facts import BY_FIELD, FactKind
from leaderboard.text.numbers import format_exact
from leaderboard.text.sentences import Phrase, Sentence

# A number of parameters in billions, by what stands behind it.
BILLIONS = {
    "": Decimal(1), "b": Decimal(1), "bn": Decimal(1), "billion": Decimal(1),
    "billions": Decimal(1),
    "m": Decimal("0.001"), "million": Decimal("0.001"), "k": Decimal("0.000001"),
    "t": Decimal(1000), "trillion": Decimal(1000),
}  # fmt: skip


def read_fact(llm: str, field: str, cell: Cell, layout: Layout) -> ReportedFact | Problem | None:
    """Returns the fact in a cell; a word for “missing” is an empty text.

    It is None for a day whose order is asked once for all. What is no number and no day stays as
    it is: what stores it says what is wrong.
    """
    if cell.lacks_value:
        return cell.never_computed(llm)
    text = "" if cell.is_missing else cell.text
    kind = BY_FIELD[field].kind
    if text and kind is FactKind.NUMBER:
        text = number_text(cell, layout)
    elif text and kind is FactKind.DATE:
        if day := cell.day(layout.dates):
            text = day.isoformat()
        elif layout.has_dates and not layout.dates and cell.day("day first"):
            return None
        elif re.search(r"\d", text):
            reason = Phrase("“%(value)s” is not a day.", value=text[:60])
            return cell.problem(reason, Phrase("Type it as 2025-01-20."), llm=llm)
    return ReportedFact(cell.where, llm, field, text)


def number_text(cell: Cell, layout: Layout) -> str:
    """Returns a number of billions in plain digits: “7B” is 7, “560M” is 0.56."""
    written = cell.written()
    times = BILLIONS.get(written.unit.lower()) if written else None
    if written is None or times is None or written.has_margin:
        return cell.text
    try:
        number = read_body(written.body, "." if cell.is_number else layout.decimal)
    except Sentence:
        return cell.text
    return cell.text if number is None else format_exact(number * times)
