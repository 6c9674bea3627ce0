"""A view as CSV, in full precision."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from leaderboard.pages.view import View
from leaderboard.standings.cells import Cell
from leaderboard.standings.notes import noted_columns, noted_rows, score_note
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.repeats import map_once
from leaderboard.standings.rows import Standing
from leaderboard.text.formulas import disarm
from leaderboard.text.numbers import format_exact

from .facts import fact_header, fact_values
from .snapshot import (
    EXPORTED_FIELDS,
    STORED_DECIMALS,
    Snapshot,
    has_partial_runs,
    shows_interval,
    shows_ranges,
    tells_families,
    tells_kinds,
)

FACTS = attrgetter(*EXPORTED_FIELDS)


class ReturnedLines:
    """A file for the CSV writer that returns every line instead of storing it."""

    write = staticmethod(str)


def write_csv(snapshot: Snapshot) -> Iterator[str]:
    """Yields a header that an import understands, then a line for each LLM."""
    view = snapshot.view
    shown = shown_fields(view)
    writer = csv.writer(ReturnedLines)
    yield writer.writerow(csv_header(view, shown))
    level = view.standings.level.value
    for row, *scores in zip(view.rows, *score_columns(view, shown), strict=True):
        facts = [csv_text(value) for value in row_values(view, row, shown, level)]
        yield writer.writerow([*facts, *chain.from_iterable(scores)])


class Shown(NamedTuple):
    """What the lines have beside facts and values: decided once, not for every cell."""

    ranges: bool
    intervals: tuple[bool, ...]  # for each column
    partial: tuple[bool, ...]
    kinds: bool  # where a row of the leaderboard is no model
    families: bool  # where one is a variant of a family
    notes: bool  # where a row has one
    noted: tuple[bool, ...]  # columns in which a score has a note


def shown_fields(view: View) -> Shown:
    """Returns what the lines of a view have beside facts and values."""
    return Shown(
        ranges=shows_ranges(view),
        intervals=tuple(shows_interval(view, metric) for metric in view.columns),
        partial=tuple(has_partial_runs(view, metric) for metric in view.columns),
        kinds=tells_kinds(view),
        families=tells_families(view),
        notes=bool(noted_rows(view.standings)),
        noted=tuple(metric.key in noted_columns(view.standings) for metric in view.columns),
    )


def csv_header(view: View, shown: Shown) -> list[str]:
    """Returns the names of the columns; an import of the CSV understands them."""
    header = ["llm", *EXPORTED_FIELDS, *fact_header(view)]
    header += ["kind"] * shown.kinds + ["family"] * shown.families + ["note"] * shown.notes
    header.append("rank")
    if shown.ranges:
        header += ["rank_best", "rank_worst", "rank_level"]
    columns = zip(view.columns, shown.intervals, shown.partial, shown.noted, strict=True)
    for metric, interval, asked, noted in columns:
        header.append(metric.key)
        if interval:  # no key has an underscore, so these are never keys
            header += [f"{metric.key}_low", f"{metric.key}_high", f"{metric.key}_n"]
        if asked:
            header.append(f"{metric.key}_partial")
        if noted:
            header.append(f"{metric.key}_note")
    return header


def row_values(view: View, row: Standing, shown: Shown, level: str) -> Iterator[object]:
    """Yields the facts and the rank of an LLM; also its rank range, kind, family and note, if
    they are shown."""
    yield row.llm.name
    yield from FACTS(row.llm)
    yield from fact_values(view, row)
    if shown.kinds:
        yield row.llm.kind
    if shown.families:
        yield row.llm.family
    if shown.notes:
        yield row.llm.note
    yield row.rank
    if shown.ranges:
        yield from row.rank_range or (None, None)
        yield level if row.rank_range else None


def score_columns(view: View, shown: Shown) -> Iterator[list[tuple[str, ...]]]:
    """Yields for each column what the lines have of it, a tuple for each row of the view.

    A score that several LLMs share is written once.
    """
    kinds = zip(shown.intervals, shown.partial, shown.noted, strict=True)
    for metric, cells, column in zip(view.columns, view.cells_by_column(), kinds, strict=True):
        has_interval, says_partial, has_notes = column
        missing = ("",) * (1 + 3 * has_interval + says_partial)
        write = partial(score_texts, has_interval=has_interval, says_partial=says_partial)
        lines = [texts or missing for texts in map_once(write, cells)]
        yield add_notes(view, metric, lines) if has_notes else lines


def add_notes(
    view: View, metric: MetricRecord, lines: list[tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """Returns what the lines have of a column, each with the note of its score."""
    notes = (csv_text(score_note(view.standings, row, metric)) for row in view.rows)
    return [(*texts, note) for texts, note in zip(lines, notes, strict=True)]


def score_texts(cell: Cell, *, has_interval: bool, says_partial: bool) -> tuple[str, ...]:
    """Returns the value of a score in full precision, with the interval and whether it is of a
    partial run where the column has these."""
    texts = [cell.exact]
    if has_interval:
        low, high = cell.uncertainty.interval or (None, None)
        texts += map(csv_text, (low, high, cell.uncertainty.question_count))
    if says_partial:
        texts.append(csv_text(cell.is_partial))
    return tuple(texts)


def csv_text(value: object) -> str:
    """Returns a value as text: full precision, "" for None, "true" and "false" for answers.

    A text that a spreadsheet could run as a formula is disarmed.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format_exact(Decimal(str(round(value, STORED_DECIMALS))))
    if isinstance(value, Decimal):
        return format_exact(value)
    return disarm(value) if isinstance(value, str) else str(value)
