"""Cells as people read them, for the formats that are pasted into texts."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from leaderboard.pages.view import View
from leaderboard.standings.aggregates import Origin
from leaderboard.standings.cells import Cell
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.standings import Standing

from .snapshot import shows_interval, shows_ranges

MARKS = {Origin.REPORTED: "", Origin.COMPUTED: "†", Origin.UNCHECKED: "‡"}


# Markdown and LaTeX: the table as it is read


class Box(NamedTuple):
    """A cell of the table as plain text, to be escaped."""

    text: str
    is_best: bool = False


def body(view: View) -> Iterator[list[Box]]:
    for row in view.rows:
        yield [
            Box(rank_text(view, row)),
            Box(row.llm.name),
            *(
                Box(score_text(view, metric, cell), cell is not None and cell.is_best)
                for metric, cell in zip(view.columns, view.cells(row), strict=True)
            ),
        ]


def rank_text(view: View, row: Standing) -> str:
    if row.rank is None:
        return "–"
    return (
        f"{row.rank} ({row.rank_range})" if shows_ranges(view) and row.rank_range else f"{row.rank}"
    )


def score_text(view: View, metric: MetricRecord, cell: Cell | None) -> str:
    """“0.85 ±0.008”, with a mark if it is not as reported; the margin has one digit more."""
    if cell is None:
        return "–"
    interval = cell.uncertainty.interval
    margin = ""
    if interval and shows_interval(view, metric):
        margin = f" ±{(interval.high - interval.low) / 2:.{metric.decimals + 1}f}"
    return f"{cell.text}{margin}{MARKS[cell.origin]}"


def notes(view: View) -> list[str]:
    """What a reader of the table has to know, as far as it occurs."""
    cells = [cell for row in view.rows for cell in view.cells(row) if cell]
    origins = {cell.origin for cell in cells}
    ranges = shows_ranges(view) and any(row.rank_range for row in view.rows)
    margins = any(shows_interval(view, metric) for metric in view.columns)
    whole = len(view.standings.rows)
    found = {
        f"{len(view.rows)} of {whole} LLMs; ranks are those of all.": len(view.rows) < whole,
        "In brackets the ranks that the question counts leave open "
        "(pairwise 5 % tests, uncorrected).": ranges,
        "± is half of the 95 % interval.": margins and any(c.uncertainty.interval for c in cells),
        "† is computed from its components.": Origin.COMPUTED in origins,
        "‡ cannot be checked, as a component is missing.": Origin.UNCHECKED in origins,
    }
    return [note for note, applies in found.items() if applies]


def one_line(text: str) -> str:
    return " ".join(text.split())


def lines_of(*parts: Iterable[str]) -> Iterator[str]:
    return (f"{line}\n" for part in parts for line in part)
