"""The columns of facts in exports.

What every export of LLMs has anyway, as the licence, is not written twice; it is a column of the
tables that are pasted into texts only if the view shows it.
"""

from collections.abc import Iterator
from typing import Any

from leaderboard.pages.view import View
from leaderboard.standings.facts import FactRecord, cell_words
from leaderboard.standings.rows import Standing

# Before the key of a defined fact in a CSV, by which an import knows that it is no metric; behind
# it the day and the page of the value, if any has one. No key of a metric has an underscore.
OWN, DAY, PAGE = "fact_", "_date", "_source"


def further_facts(view: View) -> list[FactRecord]:
    """The columns of facts that exports do not have anyway."""
    return [fact for fact in view.facts if not fact.is_in_records]


def csv_name(fact: FactRecord) -> str:
    """The header of a fact in a CSV."""
    return f"{OWN}{fact.key}" if fact.is_own else fact.key


def has_about(view: View, fact: FactRecord) -> tuple[bool, bool]:
    """Whether any value of a fact on the leaderboard has a day, and whether any has a page."""

    def look() -> tuple[bool, bool]:
        found = [view.standings.facts.cell(row.llm, fact) for row in view.standings.rows]
        cells = [cell for cell in found if cell]
        return any(cell.as_of for cell in cells), any(cell.source for cell in cells)

    has: tuple[bool, bool] = view.standings.compute_once(f"about {fact.key}", look)
    return has


def fact_header(view: View) -> list[str]:
    """The headers of the columns of facts in a CSV."""
    header = []
    for fact in further_facts(view):
        name = csv_name(fact)
        ends = zip((DAY, PAGE), has_about(view, fact), strict=True)
        header += [name, *(f"{name}{end}" for end, applies in ends if applies)]
    return header


def fact_values(view: View, row: Standing) -> Iterator[Any]:
    """Yields what a line of a CSV has below fact_header; None for unknown."""
    for fact in further_facts(view):
        cell = view.standings.facts.cell(row.llm, fact)
        has_day, has_page = has_about(view, fact)
        yield cell and cell.value
        if has_day:
            yield cell and cell.as_of
        if has_page:
            yield cell and (cell.source or None)


def describe_fact(fact: FactRecord) -> str:
    """What a column of a fact holds, for a description of the file."""
    return f"{fact.name} ({fact.unit})" if fact.unit else fact.name


def fact_text(view: View, row: Standing, fact: FactRecord) -> str:
    """The value of a fact as the page shows it; “–” for unknown."""
    cell = view.standings.facts.cell(row.llm, fact)
    return cell_words(fact, cell) if cell else "–"
