"""A view as JSON, in full precision; `schema.py` documents the shape."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from math import log10
from operator import attrgetter
from typing import Any

from leaderboard.pages.view import View
from leaderboard.standings.cells import Cell
from leaderboard.standings.estimates import CONFIDENCE, Given, critical_value
from leaderboard.standings.facts import FactCell, FactRecord
from leaderboard.standings.notes import noted_columns, score_note
from leaderboard.standings.ranges import RankRange
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.shown import Origin, Shown
from leaderboard.standings.standings import Standings
from leaderboard.text.kinds import MODEL

from .components import component_metrics, component_values
from .facts import further_facts
from .snapshot import EXPORTED_FIELDS, STORED_DECIMALS, Snapshot

FACTS = attrgetter(*EXPORTED_FIELDS)
SHAPE_VERSION = 2  # of the JSON; it grows only when a change would break programs that read it


def write_json(snapshot: Snapshot) -> Iterator[str]:
    """Yields the shape that schema.SCHEMA describes, in pieces: the head, each row, then what the
    columns are made from."""
    view = snapshot.view
    yield write(json_head(snapshot)).removesuffix("}") + ', "rows": ['
    columns = [score_texts(view, metric) for metric in view.columns]
    for number, (row, *scores) in enumerate(zip(view.rows, *columns, strict=True)):
        facts = write(json_row(view, row)).removesuffix("}")
        yield f'{", " if number else ""}{facts}, "scores": {{{", ".join(scores)}}}}}'
    parts = component_metrics(view)
    metrics = [json_metric(view.standings, metric) for metric in parts]
    yield f'], "components": {{"metrics": {write(metrics)}, "scores": {{'
    values = component_values(view, parts, snapshot.below) if parts else ()
    for number, (row, scores) in enumerate(values):
        own = {
            metric.key: score and json_component(metric, score)
            for metric, score in zip(parts, scores, strict=True)
        }
        yield f"{', ' if number else ''}{write(row.llm.slug)}: {write(own)}"
    yield "}}}\n"


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
            "data_licence": snapshot.data_licence or None,
            "ranking_metric": ranking.key if ranking else None,
            "ranks_partial_runs": snapshot.ranks_partial_runs,
            "llm_count": view.standings.llm_count,
            **count_baselines(view.standings.baselines),
        },
        "view": {
            "address": snapshot.address,
            "sort": view.sort,
            "llm_count": view.llm_count,
            **count_baselines(len(view.rows) - view.llm_count),
            "complete": view.llm_count == view.standings.llm_count,
            "confidence": CONFIDENCE,
            "ranges": view.standings.level.value,
            "without_interval": view.standings.without_evidence,
        },
        **({"facts": [json_fact(fact) for fact in view.facts]} if view.facts else {}),
        "metrics": [json_column(view.standings, metric) for metric in view.columns],
    }


def count_baselines(count: int) -> dict[str, int]:
    """Returns the number of baselines as JSON has it: left out where there are none."""
    return {"baseline_count": count} if count else {}


def json_column(standings: Standings, metric: MetricRecord) -> dict[str, Any]:
    """Describes a column: its metric, and what its rank ranges rest on."""
    ranked = standings.count(metric.key) if metric.can_rank else 0
    return json_metric(standings, metric) | {
        "ranked_count": ranked,
        "ranges_z": json_value(critical_value(standings.level, ranked)) if ranked else None,
    }


def json_metric(standings: Standings, metric: MetricRecord) -> dict[str, Any]:
    """Describes a metric, and what it is made from."""
    owner = standings.question_owner(metric)
    return {
        "key": metric.key,
        "name": metric.name,
        "benchmark": metric.benchmark,
        "language": metric.language or None,
        "unit": metric.unit,
        "unit_label": metric.unit_label or None,
        "label_in_front": metric.label_in_front,
        "minimum": json_value(metric.minimum),
        "maximum": json_value(metric.maximum),
        "higher_is_better": metric.higher_is_better,
        "decimals": metric.decimals,
        "question_count": metric.question_count,
        "questions_of": owner.key if owner else None,
        "is_share_of_questions": metric.is_share_of_questions,
        "aggregate": metric.aggregate or None,
        "components": [
            {"metric": standings.metrics[component].key, "weight": json_value(weight)}
            for component, weight in metric.components
        ],
    }


def json_row(view: View, row: Standing) -> dict[str, Any]:
    """Returns an LLM with its facts and its rank; null where something is unknown."""
    values = zip(EXPORTED_FIELDS, FACTS(row.llm), strict=True)
    facts = {name: None if value == "" else value for name, value in values}
    return {
        "llm": row.llm.name,
        **facts,
        **json_facts(view, row),
        **({} if row.llm.kind == MODEL else {"kind": row.llm.kind}),
        **({"family": row.llm.family} if row.llm.family else {}),
        **({"note": row.llm.note} if row.llm.note else {}),
        "rank": row.rank,
        "rank_range": row.rank_range,
    }


def score_texts(view: View, metric: MetricRecord) -> list[str]:
    """Returns for each row its score in a column, as a member of its “scores”.

    A score that several LLMs share is written once: they share its cell, told by its identity, and
    its rank range; notes are of single ones.
    """
    place, ranges = view.standings.position[metric.key], view.standings.rank_ranges(metric.key)

    def text(row: Standing, note: str = "") -> str:
        cell = row.cells[place]
        score = cell and json_score(metric, cell, ranges[row.llm.slug])
        return f"{write(metric.key)}: {write(score | {'note': note} if score and note else score)}"

    identities = [id(row.cells[place]) for row in view.rows]
    written = {key: text(row) for key, row in dict(zip(identities, view.rows, strict=True)).items()}
    texts = [written[identity] for identity in identities]
    if metric.key in noted_columns(view.standings):
        for number, row in enumerate(view.rows):
            if note := score_note(view.standings, row, metric):
                texts[number] = text(row, note)
    return texts


def json_fact(fact: FactRecord) -> dict[str, Any]:
    """Describes a column of a fact."""
    return {
        "key": fact.key,
        "name": fact.name,
        "kind": fact.kind,
        "unit": fact.unit or None,
        "decimals": fact.decimals,
        "own": fact.is_own,
    }


def json_facts(view: View, row: Standing) -> dict[str, Any]:
    """Returns the values of the columns of facts that no row has anyway, under “facts”; nothing
    without such columns."""
    facts = further_facts(view)
    cells = {fact.key: view.standings.facts.cell(row.llm, fact) for fact in facts}
    values = {key: cell and json_fact_value(cell) for key, cell in cells.items()}
    return {"facts": values} if facts else {}


def json_fact_value(cell: FactCell) -> dict[str, Any]:
    """Returns a value with where it was read and when."""
    return {
        "value": json_value(cell.value),
        "as_of": json_value(cell.as_of),
        "source": cell.source or None,
        "note": cell.note or None,
    }


def json_score(metric: MetricRecord, cell: Cell, rank_range: RankRange | None) -> dict[str, Any]:
    """Returns a score with its uncertainty and origin.

    What nearly every score would repeat is left out: as many reported digits as the metric shows,
    and that a standard error was not reported.
    """
    uncertainty = cell.uncertainty
    interval = uncertainty.interval
    is_reported_aggregate = metric.aggregate and cell.origin is not Origin.COMPUTED
    score = {
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
    if (digits := reported_digits(cell)) not in (None, metric.decimals):
        score["digits"] = digits
    if isinstance(uncertainty.evidence, Given):
        score["standard_error_reported"] = True
    return score


def json_component(metric: MetricRecord, score: Cell | Shown) -> dict[str, Any]:
    """Returns the score of a component that is no column: its value, and what is not as its metric
    has it."""
    found = {"value": json_value(score.value)}
    if score.origin is Origin.COMPUTED:
        found["computed"] = True
    if (count := score.uncertainty.question_count) != metric.question_count:
        found["n"] = count
    if (digits := reported_digits(score)) not in (None, metric.decimals):
        found["digits"] = digits
    if isinstance(score.uncertainty.evidence, Given):
        found["standard_error"] = json_value(score.uncertainty.evidence.error)
    return found


def reported_digits(score: Cell | Shown) -> int | None:
    """Returns the digits after the point with which a value was reported; None if computed."""
    if score.origin is Origin.COMPUTED:
        return None
    return digits_of(score.step if isinstance(score, Cell) else 2 * float(score.tolerance))


@lru_cache(maxsize=100)
def digits_of(step: float) -> int:
    """Returns the digits after the point of a value whose last digit is so wide: 2 of 0.01."""
    return round(-log10(step))


def json_value(value: Any) -> Any:
    """Returns a value as JSON has it; None for an unknown one.

    A stored Decimal has at most 15 significant digits, which a float holds: the number in the file
    is the stored number, digit for digit.
    """
    if isinstance(value, str):
        return value or None
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return round(value, STORED_DECIMALS)
    if isinstance(value, date):
        return value.isoformat()
    return value


write = json.JSONEncoder(ensure_ascii=False, default=json_value).encode
