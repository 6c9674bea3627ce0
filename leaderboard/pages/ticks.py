"""LLMs that are ticked for a comparison: in the rows of a table, and beside it."""

from leaderboard.standings.rows import Standing

from .tables import StandingsTable


def ticked_elsewhere(table: StandingsTable) -> list[Standing]:
    """Returns the ticked LLMs whose rows are not on this page, in the order ticked."""
    here = {row.llm.slug for row in table.shown_rows}
    slugs = (slug for slug in table.selection.llm if slug not in here)
    return [row for row in map(table.standings.row, slugs) if row]
