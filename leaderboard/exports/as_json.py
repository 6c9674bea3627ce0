"""A view as JSON, in full precision; `schema.py` documents the shape."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from leaderboard.pages.view import View
from leaderboard.standings.aggregates import Origin
from leaderboard.standings.cells import Cell
from leaderboard.standings.ranges import RankRange
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import Standing

from .snapshot import EXPORTED_FIELDS, STORED_DECIMALS, Snapshot

SHAPE_VERSION = 2  # of the JSON; it grows only when a change would break programs that read it


def write_json(snapshot: Snapshot) -> Iterator[str]:
    """Yields the shape that schema.SCHEMA describes, in pieces: the head, then each row."""
    view = snapshot.view
    write = json.JSONEncoder(ensure_ascii=False).encode
    yield write(json_head(snapshot)).removesuffix("}") + ', "rows": ['
    for number, row in enumerate(view.rows):
        yield (", " if number else "") + write(json_row(view, row))
    yield "]}\n"


def json_head(snapshot: Snapshot) -> dict[str, Any]:
    """Returns all but the rows. Hiding intervals changes nothing: null would mean unknown."""
    view = snapshot.view
    ranking = view.standings.ranking_metric
    return {
        "version": SHAPE_VERSION,
        "leaderboard": {
            "slug": snapshot.slug,
            "title": snapshot.title,
            "address": snapshot.home,
            "updated": snapshot.updated.isoformat(),
            "revision": snapshot.revision,
            "ranking_metric": ranking.key if ranking else None,
            "llm_count": len(view.standings.rows),
        },
        "view": {
            "address": snapshot.address,
            "sort": view.sort,
            "llm_count": len(view.rows),
            "ranges": view.standings.level.value,
            "without_interval": view.standings.without_evidence,
        },
        "metrics": [json_metric(view, metric) for metric in view.columns],
    }


def json_metric(view: View, metric: MetricRecord) -> dict[str, Any]:
    """Describes a column."""
    owner = view.standings.question_owner(metric)
    return {
        "key": metric.key,
        "name": metric.name,
        "benchmark": metric.benchmark,
        "language": metric.language or None,
        "unit": metric.unit,
        "unit_label": metric.unit_label or None,
        "label_in_front": metric.label_in_front,
        "higher_is_better": metric.higher_is_better,
        "decimals": metric.decimals,
        "question_count": metric.question_count,
        "questions_of": owner.key if owner else None,
        "aggregate": metric.aggregate or None,
    }


def json_row(view: View, row: Standing) -> dict[str, Any]:
    """Returns an LLM with its facts, its rank and its scores; null where something is unknown."""
    facts = {name: json_value(getattr(row.llm, name)) for name in EXPORTED_FIELDS}
    scores = zip(view.columns, view.cells(row), strict=True)
    return {
        "llm": row.llm.name,
        **facts,
        "rank": row.rank,
        "rank_range": row.rank_range,
        "scores": {
            metric.key: cell
            and json_score(metric, cell, view.standings.rank_ranges(metric.key)[row.llm.slug])
            for metric, cell in scores
        },
    }


def json_score(metric: MetricRecord, cell: Cell, rank_range: RankRange | None) -> dict[str, Any]:
    """Returns a score with its uncertainty and origin."""
    uncertainty = cell.uncertainty
    interval = uncertainty.interval
    is_reported_aggregate = metric.aggregate and cell.origin is not Origin.COMPUTED
    return {
        "value": json_value(cell.value),
        "text": cell.text,
        "rank": cell.rank,
        "rank_range": rank_range,
        "interval": [json_value(end) for end in interval] if interval else None,
        "n": uncertainty.question_count,
        "partial": cell.is_partial,
        "standard_error": json_value(uncertainty.standard_error),
        "source": cell.source_id,
        "tier": cell.tier,
        "computed": cell.origin is Origin.COMPUTED,
        "checked": cell.origin is Origin.REPORTED if is_reported_aggregate else None,
    }


def json_value(value: Any) -> Any:
    """Returns a value as JSON has it; None for an unknown one.

    A stored Decimal has at most 15 significant digits, which a float holds: the number in the file
    is the stored number, digit for digit.
    """
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return round(value, STORED_DECIMALS)
    if isinstance(value, date):
        return value.isoformat()
    return None if value == "" else value
