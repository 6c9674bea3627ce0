"""The canonical state of a leaderboard: all that it shows, and all that follows from nothing else.

A state is a dict of plain values, {"payload_version", "method", "as_of", "leaderboard", "inputs",
"outputs"}, built from standings, the records that they were made from, and their details.

Inputs are what maintainers enter, as reported; outputs are what the rules make of it. A reader can
recompute the outputs from the inputs, and the outputs outlive the rules. Everything is named by
its natural key: an LLM, benchmark or leaderboard by its slug, a metric by its key, a source by a
hash of what names it. No ids of the database, no drafts, no time of generation.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from leaderboard.models import Leaderboard
from leaderboard.standings.baselines import rank_order
from leaderboard.standings.cells import Cell
from leaderboard.standings.estimates import Interval
from leaderboard.standings.loading import load_leaderboard
from leaderboard.standings.ranges import RankRange
from leaderboard.standings.records import LLMRecord, MetricRecord, Records, ScoreRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.standings import Standings, build_standings
from leaderboard.standings.structure import find_question_owner
from leaderboard.text.facts import EXPORTED
from leaderboard.text.kinds import MODEL

from .canonical import hash_value, plain, with_digits
from .details import Details, load_details
from .fact_state import describe_facts

PAYLOAD_VERSION = 1  # of the shape below; a change of the shape changes it
METHOD = "2026-11"  # names the rules of standings/, by the month since when they hold

State = dict[str, Any]

INTERVAL_DECIMALS = 8  # as in exports
LLM_FACTS = ("name", "organization_slug", *(fact.field for fact in EXPORTED))
METRIC_FIELDS = (
    "name", "unit", "minimum", "maximum", "higher_is_better", "decimals", "question_count",
    "is_share_of_questions", "aggregate", "unit_label", "label_in_front",
)  # fmt: skip
UNSAID = (None, "")  # of a score without a date and a note
REFUSED = {"refused": True}  # a reported aggregate that its components contradict: nowhere public


class Parts(NamedTuple):
    """What a state is built from."""

    standings: Standings
    records: Records
    details: Details


def load_parts(leaderboard: Leaderboard) -> Parts:
    """Returns what the present state of a published leaderboard is built from, in nine queries
    whatever its size, and at most four more where columns show facts."""
    records = load_leaderboard(leaderboard)
    return Parts(build_standings(records), records, load_details(leaderboard, records))


def load_state(leaderboard: Leaderboard, as_of: datetime) -> State:
    """Returns the present state of a published leaderboard."""
    return build_state(*load_parts(leaderboard), as_of)


def hash_parts(parts: Parts) -> str:
    """Returns hash_content of the state without building the outputs, which the hash leaves out."""
    return hash_inputs(parts.details.slug, build_inputs(*parts))


def build_state(standings: Standings, records: Records, details: Details, as_of: datetime) -> State:
    """Returns the state from standings, the records that they were made from, and their details."""
    return {
        "payload_version": PAYLOAD_VERSION,
        "method": METHOD,
        "as_of": as_of.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "leaderboard": details.slug,
        "inputs": build_inputs(standings, records, details),
        "outputs": build_outputs(standings, records),
    }


def hash_content(state: State) -> str:
    """Returns the hash by which the state log tells whether a leaderboard changed.

    It covers the inputs: what a maintainer can change. Outputs follow from them, so a hash of the
    log can still be checked when the rules or the software have changed since. Neither does it
    cover the time: a state that comes back has its hash back.
    """
    return hash_inputs(state["leaderboard"], state["inputs"])


def hash_inputs(slug: str, inputs: State) -> str:
    """Returns the hash of the inputs of the leaderboard with that slug."""
    return hash_value({"payload_version": PAYLOAD_VERSION, "leaderboard": slug, "inputs": inputs})


# Inputs


def build_inputs(standings: Standings, records: Records, details: Details) -> State:
    """Returns everything that the outputs are made from, and the texts around them."""
    refused = {(each.llm.id, each.metric.id) for each in standings.disagreements}
    llms = [row.llm for row in standings.rows]
    used = {
        score.source_id
        for llm in llms
        for metric, score in records.scores[llm.id].items()
        if (llm.id, metric) not in refused and score.source_id is not None
    }
    source_keys = {number: source_key(details.sources[number]) for number in used}
    return {
        "texts": plain(details.texts),
        "ranking_metric": standings.ranking_metric.key if standings.ranking_metric else None,
        "ranks_partial_runs": bool(records.ranks_partial),
        "columns": [
            {
                "metric": metric.key,
                "shown_by_default": metric.key in standings.default_columns,
            }
            for metric in standings.columns
        ],
        "metrics": {
            metric.key: describe_metric(metric, records) | plain(details.metrics[metric.id])
            for metric in records.metrics.values()
        },
        "benchmarks": {slug: plain(texts) for slug, texts in details.benchmarks.items()},
        "llms": {llm.slug: describe_llm(llm) for llm in llms},
        "scores": describe_scores(llms, records, details, refused, source_keys),
        "sources": {source_keys[number]: plain(details.sources[number]) for number in used},
        **describe_facts(standings),
    }


def describe_metric(metric: MetricRecord, records: Records) -> State:
    """Returns every field of a metric; a weight of null is the component's own question count."""
    fields = {name: plain(getattr(metric, name)) for name in METRIC_FIELDS}
    owner = find_question_owner(metric, records.metrics)
    return fields | {
        "benchmark": metric.benchmark_slug,
        "questions_of": owner.key if owner else None,
        "components": [
            {"metric": records.metrics[number].key, "weight": plain(weight)}
            for number, weight in metric.components
        ],
    }


def describe_llm(llm: LLMRecord) -> State:
    """Returns the facts of an LLM that its leaderboards show; null or "" where unknown.

    Its kind is there unless it is a model, its family and its note if it has one: the states of
    before there were any of these keep their hashes.
    """
    facts = {name: plain(getattr(llm, name)) for name in LLM_FACTS}
    if llm.kind != MODEL:
        facts["kind"] = llm.kind
    if llm.family:
        facts["family"] = plain(llm.family)
    if llm.note:
        facts["note"] = plain(llm.note)
    return facts


def describe_scores(
    llms: list[LLMRecord],
    records: Records,
    details: Details,
    refused: set[tuple[int, int]],
    source_keys: dict[int, str],
) -> State:
    """Returns {LLM: {metric: score}}. Rounded scores repeat: equal ones are one object."""
    described: dict[Any, State] = {}

    def describe(llm: int, metric: int, score: ScoreRecord) -> State:
        if (llm, metric) in refused:
            return REFUSED
        known = (score, details.scores.get((llm, metric), UNSAID))
        if known not in described:
            described[known] = describe_score(score, source_keys, *known[1])
        return described[known]

    keys = {number: metric.key for number, metric in records.metrics.items()}
    return {
        llm.slug: {
            keys[number]: describe(llm.id, number, score)
            for number, score in records.scores[llm.id].items()
        }
        for llm in llms
    }


def describe_score(
    score: ScoreRecord, source_keys: dict[int, str], measured_on: date | None, note: str
) -> State:
    """Returns a score as it was reported, with its digits."""
    return {
        "value": with_digits(score.value, score.decimals),
        "n": score.question_count,
        "standard_error": plain(score.standard_error),
        "source": None if score.source_id is None else source_keys[score.source_id],
        "measured_on": plain(measured_on),
        "note": plain(note),
    }


def source_key(source: State) -> str:
    """Returns the name of a source in states: a hash of its title, address and file."""
    names = "\n".join(plain(source[name]) for name in ("title", "url", "file_sha256"))
    return sha256(names.encode()).hexdigest()[:16]


# Outputs


def build_outputs(standings: Standings, records: Records) -> State:
    """Returns the rows as they are shown, by rank and name, with ranges of the standings' level.

    Baselines stand at the places of their values, where the standings have them.
    """
    rows = list(standings.rows)
    if not standings.baselines:
        rows.sort(key=lambda row: (*rank_order(row), row.llm.slug))
    columns = [
        describe_column(metric, rows, standings, records.scores) for metric in standings.columns
    ]
    cells = zip(*columns, strict=True) if columns else [()] * len(rows)
    return {
        "rank_ranges": standings.level.value,
        "rows": [
            {
                "llm": row.llm.slug,
                "rank": row.rank,
                "range": list(row.rank_range) if row.rank_range else None,
                "coverage": row.coverage,
                "cells": {
                    key: cell for key, cell in zip(standings.position, own, strict=True) if cell
                },
            }
            for row, own in zip(rows, cells, strict=True)
        ],
    }


def describe_column(
    metric: MetricRecord,
    rows: list[Standing],
    standings: Standings,
    scores: Mapping[int, dict[int, ScoreRecord]],
) -> list[State | None]:
    """Returns the cells of a column in the order of the rows; LLMs that share a cell, told by its
    identity, share what is said of it."""
    place, ranges = standings.position[metric.key], standings.rank_ranges(metric.key)
    described: dict[tuple[Any, ...], State] = {}
    cells: list[State | None] = []
    for row in rows:
        cell, rank_range = row.cells[place], ranges[row.llm.slug]
        if cell is None:
            cells.append(None)
            continue
        score = scores[row.llm.id].get(metric.id)
        digits = score.decimals if score else 0
        known = (id(cell), rank_range, digits)
        if known not in described:
            described[known] = describe_cell(cell, rank_range, digits)
        cells.append(described[known])
    return cells


def describe_cell(cell: Cell, rank_range: RankRange | None, digits: int) -> State:
    """Returns a shown value, in its reported digits unless it is computed."""
    interval = cell.uncertainty.interval
    is_computed = cell.origin == "computed"
    return {
        "value": plain(cell.value) if is_computed else with_digits(cell.value, digits),
        "text": cell.text,
        "origin": cell.origin.value,
        "rank": cell.rank,
        "range": list(rank_range) if rank_range else None,
        "interval": describe_interval(interval) if interval else None,
        "n": cell.uncertainty.question_count,
        "is_partial": cell.is_partial,
        "tier": str(cell.tier),
    }


def describe_interval(interval: Interval) -> list[str]:
    """Returns both ends as texts, with as many decimals as a computed number is worth."""
    return [f"{end:.{INTERVAL_DECIMALS}f}" for end in interval]
