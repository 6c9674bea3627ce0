"""What the script of an exported comparison needs of each LLM, in words: it only joins them.

It works out two things itself, as they belong to a pair: the best value of a row, and differences
with their intervals (`cells.Cell.minus`, `pages.comparison.compare_cell`).
"""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from leaderboard.pages.comparison import VERDICTS, ComparedCell, Comparison
from leaderboard.pages.kinds import kind_words
from leaderboard.standings.notes import score_note
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.shown import Origin
from leaderboard.standings.standings import Standings
from leaderboard.text.shown import with_unit
from leaderboard.text.words import span

FILE = "comparison.json"


def write_comparison(standings: Standings) -> Iterator[bytes]:
    """Yields the data of all LLMs, one by one."""
    write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    head = {
        "metrics": {metric.key: describe_metric(metric) for metric in standings.columns},
        "ranked": [row.llm.slug for row in standings.rows if row.rank],
        "between": span("{0}", "{1}"),
        "verdicts": {verdict: [sign, _(said)] for verdict, (sign, said) in VERDICTS.items()},
        "first": _("put first"),
        "make_first": _("Compare the others with %(llm)s") % {"llm": "{0}"},
        "remove": _("remove"),
        "leave_out": _("Remove %(llm)s") % {"llm": "{0}"},
        "note": _("note %(letter)s") % {"letter": "{0}"},
        "back": _("back to %(place)s") % {"place": "{0}"},
    }
    yield f'{write(head).removesuffix("}")},"llms":{{'.encode()
    for number, row in enumerate(standings.rows):
        comma = "," if number else ""
        yield f"{comma}\n{write(row.llm.slug)}:{write(describe_row(standings, row))}".encode()
    yield b"}}\n"


def describe_metric(metric: MetricRecord) -> dict[str, Any]:
    """Returns how differences in a metric are written, and which end is the better one.

    The gap is written around a sign and a number: “{0}{1} pp”.
    """
    if metric.unit == "percent":
        gap = _("%(number)s pp") % {"number": "{0}{1}"}
    else:
        gap = with_unit("+{1}", metric).replace("+", "{0}", 1)
    return {
        "name": metric.full_name,
        "decimals": metric.decimals,
        "gap": gap,
        "can_rank": metric.can_rank,
        "largest_first": metric.is_largest_first,
    }


def describe_row(standings: Standings, row: Standing) -> dict[str, Any]:
    """Returns an LLM in words: its facts, and its cell in each metric by key."""
    alone = Comparison(standings, (row,))
    cells = [
        describe_cell(
            compared.metric, compared.cells[0], score_note(standings, row, compared.metric)
        )
        for benchmark in alone.benchmarks()
        for compared in benchmark.metrics
    ]
    return {
        "name": row.llm.name,
        "mark": kind_words(row.llm),
        "note": row.llm.note,
        "facts": [fact.values[0] for fact in alone.facts()],
        "cells": dict(zip(standings.position, cells, strict=True)),
    }


def describe_cell(metric: MetricRecord, compared: ComparedCell, note: str) -> dict[str, Any] | None:
    """Returns a value in words, exactly, and with the margins that a comparison takes; None if it
    is missing. What is unknown or usual is left out."""
    cell = compared.cell
    if cell is None:
        return None
    estimate = cell.estimate
    described = {
        "text": with_unit(cell.text, metric),
        "value": cell.exact,
        "origin": "" if cell.origin is Origin.REPORTED else str(cell.origin),
        "ranked": bool(cell.rank),
        "partial": compared.partial,
        "interval": compared.interval,
        "note": note,
        "margins": [estimate.below, estimate.above] if estimate else None,
    }
    return {name: value for name, value in described.items() if value}
