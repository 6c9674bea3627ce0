"""A view as CSV, in full precision."""

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from leaderboard.pages.view import View
from leaderboard.standings.rows import Standing
from leaderboard.text.formulas import disarm
from leaderboard.text.numbers import format_exact

from .snapshot import (
    EXPORTED_FIELDS,
    STORED_DECIMALS,
    Snapshot,
    has_partial_runs,
    shows_interval,
    shows_ranges,
)


class ReturnedLines:
    """A file for the CSV writer that returns every line instead of storing it."""

    write = staticmethod(str)


def write_csv(snapshot: Snapshot) -> Iterator[str]:
    """Yields a header that an import understands, then a line for each LLM."""
    view = snapshot.view
    shown = shown_fields(view)
    writer = csv.writer(ReturnedLines)
    yield writer.writerow(csv_header(view, shown))
    for row in view.rows:
        yield writer.writerow([csv_text(value) for value in csv_values(view, shown, row)])


class Shown(NamedTuple):
    """What the lines have beside facts and values: decided once, not for every cell."""

    ranges: bool
    intervals: tuple[bool, ...]  # for each column
    partial: tuple[bool, ...]


def shown_fields(view: View) -> Shown:
    """Returns what the lines of a view have beside facts and values."""
    return Shown(
        ranges=shows_ranges(view),
        intervals=tuple(shows_interval(view, metric) for metric in view.columns),
        partial=tuple(has_partial_runs(view, metric) for metric in view.columns),
    )


def csv_header(view: View, shown: Shown) -> list[str]:
    """Returns the names of the columns; an import of the CSV understands them."""
    header = ["llm", *EXPORTED_FIELDS, "rank"]
    if shown.ranges:
        header += ["rank_best", "rank_worst", "rank_level"]
    for metric, interval, partial in zip(view.columns, shown.intervals, shown.partial, strict=True):
        header.append(metric.key)
        if interval:  # no key has an underscore, so these are never keys
            header += [f"{metric.key}_low", f"{metric.key}_high", f"{metric.key}_n"]
        if partial:
            header.append(f"{metric.key}_partial")
    return header


def csv_values(view: View, shown: Shown, row: Standing) -> Iterable[object]:
    """Yields the values of a row, one for each name of csv_header; None where one is missing."""
    yield row.llm.name
    yield from (getattr(row.llm, name) for name in EXPORTED_FIELDS)
    yield row.rank
    if shown.ranges:
        yield from row.rank_range or (None, None)
        yield view.standings.level.value if row.rank_range else None
    for cell, interval, partial in zip(
        view.cells(row), shown.intervals, shown.partial, strict=True
    ):
        yield cell.value if cell else None
        if interval:
            uncertainty = cell.uncertainty if cell else None
            yield from (uncertainty.interval if uncertainty else None) or (None, None)
            yield uncertainty.question_count if uncertainty else None
        if partial:
            yield cell.is_partial if cell else None


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
