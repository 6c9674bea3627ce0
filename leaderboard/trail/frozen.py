"""Standings as a release has stored them: read, never recomputed, so that no later rule moves them.

Texts and facts come from the inputs of the state; values, ranks, ranges, intervals, questions and
tiers from its outputs. What is no number of anybody's, the colour of a cell, follows the values.

A state holds no local ids, so sources are not told here, and of standard errors only those that
were reported: both are in the state itself.
"""

from collections import defaultdict
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

from leaderboard.models import Leaderboard, Release
from leaderboard.standings.cells import Cell, column_heats
from leaderboard.standings.estimates import Given, Interval, Level
from leaderboard.standings.ranges import RankRange
from leaderboard.standings.records import LLMRecord, MetricRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.shown import AllShown, Origin, Shown
from leaderboard.standings.standings import Standings
from leaderboard.standings.uncertainty import Uncertainty
from leaderboard.text.facts import BY_FIELD, FactKind
from leaderboard.text.kinds import MODEL
from leaderboard.text.numbers import format_exact, reported_places

from .fact_state import read_facts
from .recompute import read_metric, read_number
from .releases import read_state

State = dict[str, Any]
Ranges = dict[str, RankRange | None]  # by slug of the LLM

# What a record of an LLM has in place of a fact that its state does not know yet.
UNKNOWN = {"domain": "", "license": "", "kind": MODEL, "family": "", "note": ""}


@dataclass(frozen=True)
class FrozenStandings(Standings):
    """Standings with the rank ranges that were stored, which are of one level."""

    ranges: dict[str, Ranges] = field(default_factory=dict, repr=False)  # by metric key
    # What was reported in metrics that columns are made from and that are no columns.
    below: AllShown = field(default_factory=dict, repr=False)

    def _rank_ranges(self, key: str, level: Level) -> Ranges:
        return self.ranges[key]

    @property
    def levels(self) -> tuple[Level, ...]:
        """The one level of the ranges: those of others were not stored."""
        return (self.level,)

    def at_level(self, level: Level) -> "FrozenStandings":
        """These standings, whatever the level."""
        return self

    @property
    def without_evidence(self) -> int:
        """The number of ranked LLMs without a range, while others have one."""
        ranked = [row for row in self.rows if row.rank]
        without = sum(row.rank_range is None for row in ranked)
        return without if without < len(ranked) else 0


def open_release(release: Release) -> tuple[Leaderboard, FrozenStandings]:
    """Returns the leaderboard with its texts, and its standings, as a release has frozen them.

    Raises DamagedRelease.
    """
    state = read_state(release)
    leaderboard = with_texts(release.leaderboard, state["inputs"])
    leaderboard.site_licence = release.data_licence  # as it was when it was frozen
    return leaderboard, thaw(state)


def with_texts(present: Leaderboard, inputs: State) -> Leaderboard:
    """Returns a leaderboard with the texts of a state.

    Its address and the contact for corrections are those of today, as they lead somewhere.
    """
    leaderboard, texts = copy(present), inputs["texts"]
    for name in (*Leaderboard.TRANSLATED, "citation", "data_licence"):
        setattr(leaderboard, name, texts.get(name, ""))
    leaderboard.ranks_partial_runs = inputs["ranks_partial_runs"]
    leaderboard.translated_texts = {
        (language, name): text
        for language, translated in texts["translations"].items()
        for name, text in translated.items()
    }
    return leaderboard


def thaw(state: State) -> FrozenStandings:
    """Returns the standings that a state has stored; the number of a row stands for the id of its
    LLM."""
    inputs, rows = state["inputs"], state["outputs"]["rows"]
    numbers = {key: number for number, key in enumerate(inputs["metrics"], start=1)}
    metrics = {key: thaw_metric(key, inputs, numbers) for key in numbers}
    columns = tuple(metrics[column["metric"]] for column in inputs["columns"])
    slugs = [row["llm"] for row in rows]
    llms = thaw_llms(inputs["llms"], slugs)
    scores = [inputs["scores"].get(slug, {}) for slug in slugs]
    told = read_told(scores)
    thawed = {
        metric.key: thaw_column(
            metric, [row["cells"].get(metric.key) for row in rows], told.errors[metric.key], llms
        )
        for metric in columns
    }
    return FrozenStandings(
        columns=columns,
        default_columns=tuple(
            column["metric"] for column in inputs["columns"] if column["shown_by_default"]
        ),
        ranking_metric=metrics.get(inputs["ranking_metric"]),
        rows=thaw_rows(llms, rows, [cells for cells, _ranges in thawed.values()]),
        disagreements=(),
        position={metric.key: index for index, metric in enumerate(columns)},
        metrics={metric.id: metric for metric in metrics.values()},
        level=Level(state["outputs"]["rank_ranges"]),
        ranges={
            key: dict(zip(slugs, ranges, strict=True)) for key, (_cells, ranges) in thawed.items()
        },
        facts=read_facts(inputs, {slug: number for number, slug in enumerate(slugs, start=1)}),
        notes={
            number: {numbers[key]: note for key, note in notes.items()}
            for number, notes in told.notes.items()
        },
        below=thaw_below(scores, [metrics[key] for key in metrics if key not in thawed]),
    )


def thaw_metric(key: str, inputs: State, numbers: dict[str, int]) -> MetricRecord:
    """Returns the record of a metric, with the names of its benchmark."""
    metric = inputs["metrics"][key]
    record, benchmark = (
        read_metric(key, metric, numbers),
        inputs["benchmarks"].get(metric["benchmark"], {"name": None, "language": None}),
    )
    return replace(record, benchmark=benchmark["name"], language=benchmark["language"])


class Told(NamedTuple):
    """What few scores have beside their numbers, by the number of the row."""

    errors: defaultdict[str, dict[int, str]]  # by metric key: the standard errors reported
    notes: defaultdict[int, dict[str, str]]  # by metric key


def read_told(scores: list[State]) -> Told:
    """Returns what the scores of rows have beside their numbers."""
    told = Told(defaultdict(dict), defaultdict(dict))
    for number, own in enumerate(scores, start=1):
        for key, score in own.items():
            if error := score.get("standard_error"):
                told.errors[key][number] = error
            if note := score.get("note"):
                told.notes[number][key] = note
    return told


def thaw_below(scores: list[State], hidden: list[MetricRecord]) -> AllShown:
    """Returns the scores of rows, as reported, in the metrics that are no columns."""
    return {
        number: {
            metric.id: thaw_score(score, metric)
            for metric in hidden
            if "value" in (score := own.get(metric.key, {}))
        }
        for number, own in enumerate(scores if hidden else (), start=1)
    }


def thaw_score(score: State, metric: MetricRecord) -> Shown:
    """Returns a reported score that no cell shows."""
    value, error = Decimal(score["value"]), score.get("standard_error")
    count = score["n"] if score["n"] is not None else metric.question_count
    given = None if error is None else Given(float(error))
    return Shown(
        value=value,
        tolerance=Decimal(1).scaleb(-reported_places(value)) / 2,
        origin=Origin.REPORTED,
        tier="",
        source_id=None,
        is_complete=True,
        is_partial=False,
        uncertainty=Uncertainty(count, given, None),
    )


def thaw_rows(
    llms: list[LLMRecord], rows: list[State], columns: list[list[Cell | None]]
) -> tuple[Standing, ...]:
    """Returns the rows of LLMs, whose cells are given by column."""
    ranges = [thaw_range(row["range"]) for row in rows]
    cells = zip(*columns, strict=True) if columns else [()] * len(rows)
    return tuple(
        Standing(llm, row["rank"], rank_range, own)
        for llm, row, rank_range, own in zip(llms, rows, ranges, cells, strict=True)
    )


def thaw_llms(facts: State, slugs: list[str]) -> list[LLMRecord]:
    """Returns the records of LLMs, numbered from 1."""
    stored = [facts[slug] for slug in slugs]
    columns = [
        thaw_facts(name, [known.get(name) for known in stored])
        for name in LLMRecord._fields[2:]  # behind the number and the slug
    ]
    return [*map(LLMRecord._make, zip(count(1), slugs, *columns))]


def thaw_facts(name: str, values: list[Any]) -> list[Any]:
    """Returns a fact of many LLMs; equal ones are read once."""
    thawed = {value: thaw_fact(name, value) for value in set(values)}
    return [thawed[value] for value in values]


def thaw_fact(name: str, value: Any) -> Any:
    """Returns a fact as records have it: a number as a decimal, a day as a date, and what the state
    does not know yet as unknown."""
    if name in UNKNOWN:
        return value or UNKNOWN[name]
    kind = BY_FIELD[name].kind if name in BY_FIELD else None
    if kind is FactKind.NUMBER:
        return read_number(value)
    if kind is FactKind.DATE:
        return None if value is None else date.fromisoformat(value)
    return value


def thaw_column(
    metric: MetricRecord,
    stored: list[State | None],
    errors: dict[int, str],
    llms: list[LLMRecord],
) -> tuple[list[Cell | None], list[RankRange | None]]:
    """Returns the cells of a column and their rank ranges, of the rows of these LLMs.

    Rounded scores repeat: rows that share a stored cell, told by its identity, share the cell, as
    in the standings of the day, so that what shows many of them writes each once.
    """
    distinct = {id(cell): cell for cell in stored if cell}.values()
    heats = column_heats(metric, {Decimal(cell["value"]) for cell in distinct if cell["rank"]})
    thawed: dict[tuple[Any, ...], tuple[Cell | None, RankRange | None]] = {}
    pairs = []
    for cell, llm in zip(stored, llms, strict=True):
        error = errors.get(llm.id)
        told = (id(cell), error, llm.kind)
        if told not in thawed:
            thawed[told] = (
                (thaw_cell(cell, error, llm, heats), thaw_range(cell["range"]))
                if cell
                else (None, None)
            )
        pairs.append(thawed[told])
    return [cell for cell, _range in pairs], [rank_range for _cell, rank_range in pairs]


def thaw_cell(cell: State, error: str | None, llm: LLMRecord, heats: dict[Decimal, int]) -> Cell:
    """Returns a cell of an LLM; of the score that it shows, if it was reported, its standard
    error."""
    value = Decimal(cell["value"])
    interval = cell["interval"] and Interval(*map(float, cell["interval"]))
    is_computed = cell["origin"] == Origin.COMPUTED
    given = None if is_computed or error is None else Given(float(error))
    return Cell(
        value=value,
        text=cell["text"],
        exact=format_exact(value),
        origin=Origin(cell["origin"]),
        rank=cell["rank"],
        heat=heats[value] if cell["rank"] else None,
        tier=cell["tier"],
        source_id=None,
        uncertainty=Uncertainty(cell["n"], given, interval),
        step=0.0 if is_computed else 10.0 ** -reported_places(value),
        is_partial=cell["is_partial"],
        is_baseline=llm.is_baseline,
    )


def thaw_range(ends: list[int] | None) -> RankRange | None:
    """Returns a rank range; None for none."""
    return RankRange(*ends) if ends else None
