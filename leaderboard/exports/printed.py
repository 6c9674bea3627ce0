"""Cells as people read them, for the formats that are pasted into texts."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from leaderboard.pages.notes import Footnotes
from leaderboard.pages.view import View
from leaderboard.standings.cells import Cell
from leaderboard.standings.records import LLMRecord, MetricRecord
from leaderboard.standings.repeats import distinct, map_once
from leaderboard.standings.rows import Standing
from leaderboard.standings.shown import Origin
from leaderboard.text.kinds import MARKS as MARKS_OF_KINDS
from leaderboard.text.shown import LEVELS, LOWER, margin_words, partial_words, titled

from .facts import fact_text
from .snapshot import Snapshot, shows_interval, shows_ranges

MARKS = {Origin.REPORTED: "", Origin.COMPUTED: "†", Origin.UNCHECKED: "‡"}


class TextCell(NamedTuple):
    """A cell of the table as plain text, to be escaped."""

    text: str
    is_best: bool = False


def table_cells(
    view: View,
    write: Callable[[TextCell], str],
    notes: Footnotes,
    mark: Callable[[str], str],
) -> Iterator[list[str]]:
    """Yields the rows of the table: rank, name, facts, then a cell for each metric, as `write` has
    them, with the letters of their notes as `mark` has them.

    A score that several LLMs share is written once.
    """
    columns = []
    for metric, cells in zip(view.columns, view.cells_by_column(), strict=True):
        has_margin = shows_interval(view, metric)
        columns.append(map_once(partial(write_score, write, metric, has_margin=has_margin), cells))
    has_ranges, missing = shows_ranges(view), write(TextCell("–"))
    for row, *scores in zip(view.rows, *columns, strict=True):
        texts = [score or missing for score in scores]
        own, name = notes.rows.get(row.llm.id), write(TextCell(marked_name(row.llm)))
        if own:
            name += mark(own.name) if own.name else ""
            pairs = zip(texts, own.cells, strict=True)
            texts = [text + mark(letter) if letter else text for text, letter in pairs]
        yield [
            write(TextCell(rank_text(row, has_range=has_ranges))),
            name,
            *(write(TextCell(fact_text(view, row, fact))) for fact in view.facts),
            *texts,
        ]


def marked_name(llm: LLMRecord) -> str:
    """Writes the name, and in brackets what it is if it is no model: “Experts (human baseline)”."""
    mark = MARKS_OF_KINDS.get(llm.kind)
    return f"{llm.name} ({mark})" if mark else llm.name


def rank_text(row: Standing, *, has_range: bool) -> str:
    """Writes the rank of a row, and in brackets its range if the view shows ranges."""
    if row.rank is None:
        return "–"
    return f"{row.rank} ({row.rank_range})" if has_range and row.rank_range else f"{row.rank}"


def write_score(
    write: Callable[[TextCell], str], metric: MetricRecord, cell: Cell, *, has_margin: bool
) -> str:
    """Writes the cell of a score."""
    return write(TextCell(score_text(metric, cell, has_margin=has_margin), cell.is_best))


def score_text(metric: MetricRecord, cell: Cell, *, has_margin: bool) -> str:
    """Writes “0.85 ±0.008” or “0.99 (0.958 to 0.999)”, with a mark unless it is as reported."""
    interval = cell.uncertainty.interval
    margin = ""
    if interval and has_margin:
        words = margin_words(cell.value, interval, metric.decimals)
        margin = f" {words}" if words.startswith("±") else f" ({words})"
    partial = ""
    if cell.is_partial:
        asked = partial_words(cell.uncertainty.question_count, metric.question_count)
        partial = f" § ({asked})"
    return f"{cell.text}{margin}{MARKS[cell.origin]}{partial}"


def list_notes(snapshot: Snapshot) -> list[str]:
    """Returns the notes that a reader of the table needs: the licence of the data if it is stated,
    and those about signs that occur in it."""
    licence = snapshot.data_licence
    stated = [f"The data are under the licence {licence}."] if licence else []
    return [*stated, *list_sign_notes(snapshot.view)]


def list_sign_notes(view: View) -> list[str]:
    """Returns the notes about signs that occur in the table."""
    cells = [cell for column in view.cells_by_column() for cell in distinct(column)]
    origins = {cell.origin for cell in cells}
    ranges = shows_ranges(view) and any(row.rank_range for row in view.rows)
    margins = any(shows_interval(view, metric) for metric in view.columns)
    shown, whole = view.llm_count, view.standings.llm_count
    applies_by_note = {
        f"{shown} of {whole} LLMs; ranks are those of all.": shown < whole,
        "A baseline has no rank and moves none.": shown < len(view.rows),
        f"In brackets behind a rank is its range: {LEVELS[view.standings.level]}.": ranges,
        unknown_note(view.standings.without_evidence): ranges and view.standings.without_evidence,
        "Behind a score is its 95 % interval, as ± where both sides are alike.": margins
        and any(c.uncertainty.interval for c in cells),
        "† is computed from its components.": Origin.COMPUTED in origins,
        "§ is a partial run: fewer questions than the metric has.": any(
            cell.is_partial for cell in cells
        ),
        f"{LOWER} lower is better.": any(m.higher_is_better is False for m in view.columns),
        "‡ cannot be checked, as a component is missing.": Origin.UNCHECKED in origins,
    }
    return [note for note, applies in applies_by_note.items() if applies]


def unknown_note(count: int) -> str:
    """How LLMs are treated whose uncertainty is unknown."""
    have = "LLM has" if count == 1 else "LLMs have"
    return (
        f"{count} {have} a score of unknown uncertainty and no range; the ranges of the others "
        "take it for as uncertain as the most uncertain score known."
    )


def header_text(metric: MetricRecord, name: str = "") -> str:
    """Writes a metric's name, else its full name, with its unit and a sign where lower is better:
    “Latency (ms) ↓”."""
    words = titled(metric, name)
    return f"{words} {LOWER}" if metric.higher_is_better is False else words


def on_one_line(text: str) -> str:
    """Returns a text on one line, with single spaces."""
    return " ".join(text.split())


def join_lines(*parts: Iterable[str]) -> Iterator[str]:
    """Joins the parts of a file and ends every line."""
    return (f"{line}\n" for part in parts for line in part)
