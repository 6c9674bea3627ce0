"""Notes for readers: of rows, which are those of their LLMs, and of scores.

A note of a computed value is none: it was said of what was reported in its place, which is shown
nowhere.
"""

from .records import MetricRecord
from .rows import Standing
from .shown import Origin
from .standings import Standings


def score_note(standings: Standings, row: Standing, metric: MetricRecord) -> str:
    """Returns the note of the score that a row shows in a column; "" without one."""
    note = standings.notes.get(row.llm.id, {}).get(metric.id, "")
    cell = row.cells[standings.position[metric.key]] if note else None
    return note if cell is not None and cell.origin is not Origin.COMPUTED else ""


def noted_rows(standings: Standings) -> frozenset[int]:
    """Returns the LLMs whose rows have a note."""
    noted: frozenset[int] = standings.compute_once(
        "noted rows", lambda: frozenset(row.llm.id for row in standings.rows if row.llm.note)
    )
    return noted


def noted_columns(standings: Standings) -> frozenset[str]:
    """Returns the keys of the columns in which a score has a note."""

    def find() -> frozenset[str]:
        rows = [row for row in standings.rows if row.llm.id in standings.notes]
        return frozenset(
            metric.key
            for metric in standings.columns
            if any(score_note(standings, row, metric) for row in rows)
        )

    noted: frozenset[str] = standings.compute_once("noted columns", find)
    return noted


def has_notes(standings: Standings) -> bool:
    """Whether a row or a shown score has a note."""
    return bool(noted_rows(standings) or noted_columns(standings))
