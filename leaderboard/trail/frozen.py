"""Standings as a release has stored them: read, never recomputed, so that no later rule moves them.

Texts and facts come from the inputs of the state; values, ranks, ranges, intervals, questions and
tiers from its outputs. What is no number of anybody's, the colour of a cell, follows the values.

A state holds no local ids, so sources are not told here, and of standard errors only those that
were reported: both are in the state itself.
"""

from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from leaderboard.models import Leaderboard, Release
from leaderboard.standings.cells import Cell, column_heats
from leaderboard.standings.estimates import Given, Interval, Level
from leaderboard.standings.ranges import RankRange
from leaderboard.standings.records import LLMRecord, MetricRecord, Notes
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
        count = sum(row.rank_range is None for row in ranked)
        return count if count < len(ranked) else 0


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
    """Returns the standings that a state has stored."""
    inputs, outputs = state["inputs"], state["outputs"]
    numbers = {key: number for number, key in enumerate(inputs["metrics"], start=1)}
    metrics = {key: thaw_metric(key, inputs, numbers) for key in numbers}
    columns = tuple(metrics[column["metric"]] for column in inputs["columns"])
    heats = {metric.key: heats_of(metric, outputs["rows"]) for metric in columns}
    ranking = metrics.get(inputs["ranking_metric"])
    return FrozenStandings(
        columns=columns,
        default_columns=tuple(
            column["metric"] for column in inputs["columns"] if column["shown_by_default"]
        ),
        ranking_metric=ranking,
        rows=tuple(
            thaw_row(number, row, inputs, columns, heats)
            for number, row in enumerate(outputs["rows"], start=1)
        ),
        disagreements=(),
        position={metric.key: index for index, metric in enumerate(columns)},
        metrics={metric.id: metric for metric in metrics.values()},
        level=Level(outputs["rank_ranges"]),
        ranges={
            metric.key: {
                row["llm"]: thaw_range(row["cells"].get(metric.key, {}).get("range"))
                for row in outputs["rows"]
            }
            for metric in columns
        },
        facts=read_facts(
            inputs, {row["llm"]: number for number, row in enumerate(outputs["rows"], start=1)}
        ),
        notes=thaw_notes(inputs, outputs["rows"], numbers),
        below={
            number: thaw_below(inputs, row["llm"], metrics)
            for number, row in enumerate(outputs["rows"], start=1)
        },
    )


def thaw_metric(key: str, inputs: State, numbers: dict[str, int]) -> MetricRecord:
    """Returns the record of a metric, with the names of its benchmark."""
    metric = inputs["metrics"][key]
    record, benchmark = (
        read_metric(key, metric, numbers),
        inputs["benchmarks"].get(metric["benchmark"], {"name": None, "language": None}),
    )
    return replace(record, benchmark=benchmark["name"], language=benchmark["language"])


def thaw_notes(inputs: State, rows: list[State], numbers: dict[str, int]) -> Notes:
    """Returns the notes of scores; the number of a row stands for the id of its LLM."""
    notes: Notes = {}
    for number, row in enumerate(rows, start=1):
        scores = inputs["scores"].get(row["llm"], {})
        if own := {
            numbers[key]: score["note"] for key, score in scores.items() if score.get("note")
        }:
            notes[number] = own
    return notes


def thaw_below(inputs: State, llm: str, metrics: dict[str, MetricRecord]) -> dict[int, Shown]:
    """Returns the scores of an LLM, as reported, in the metrics that are no columns."""
    columns = {column["metric"] for column in inputs["columns"]}
    return {
        metrics[key].id: thaw_score(score, metrics[key])
        for key, score in inputs["scores"].get(llm, {}).items()
        if key not in columns and "value" in score
    }


def thaw_score(score: State, metric: MetricRecord) -> Shown:
    """Returns a reported score that no cell shows."""
    value = Decimal(score["value"])
    count = score["n"] if score["n"] is not None else metric.question_count
    return Shown(
        value=value,
        tolerance=Decimal(1).scaleb(-reported_places(value)) / 2,
        origin=Origin.REPORTED,
        tier="",
        source_id=None,
        is_complete=True,
        is_partial=False,
        uncertainty=Uncertainty(count, thaw_error(score), None),
    )


def thaw_error(score: State) -> Given | None:
    """Returns the standard error that was reported with a score; None without one."""
    error = score.get("standard_error")
    return None if error is None else Given(float(error))


def heats_of(metric: MetricRecord, rows: list[State]) -> dict[Decimal, int]:
    """{ranked value of a column: its heat}"""
    cells = [row["cells"][metric.key] for row in rows if metric.key in row["cells"]]
    return column_heats(metric, {Decimal(cell["value"]) for cell in cells if cell["rank"]})


def thaw_row(
    number: int,
    row: State,
    inputs: State,
    columns: tuple[MetricRecord, ...],
    heats: dict[str, dict[Decimal, int]],
) -> Standing:
    """Returns a row; its number stands for the id of its LLM."""
    scores = inputs["scores"].get(row["llm"], {})
    llm = thaw_llm(number, row["llm"], inputs["llms"][row["llm"]])
    return Standing(
        llm=llm,
        rank=row["rank"],
        rank_range=thaw_range(row["range"]),
        cells=tuple(
            thaw_cell(cell, scores.get(metric.key, {}), heats[metric.key], llm)
            if (cell := row["cells"].get(metric.key))
            else None
            for metric in columns
        ),
    )


def thaw_llm(number: int, slug: str, facts: State) -> LLMRecord:
    """Returns the record of an LLM; a fact that the state does not know yet is unknown."""
    known: dict[str, Any] = {
        name: thaw_fact(name, facts[name]) if name in facts else None for name in LLMRecord._fields
    }
    known["domain"], known["license"] = known["domain"] or "", known["license"] or ""
    known["kind"] = known["kind"] or MODEL
    known["family"], known["note"] = known["family"] or "", known["note"] or ""
    return LLMRecord(**known | {"id": number, "slug": slug})


def thaw_fact(name: str, value: Any) -> Any:
    """Returns a fact as records have it: a number as a decimal, a day as a date."""
    kind = BY_FIELD[name].kind if name in BY_FIELD else None
    if kind is FactKind.NUMBER:
        return read_number(value)
    if kind is FactKind.DATE:
        return None if value is None else date.fromisoformat(value)
    return value


def thaw_cell(cell: State, score: State, heats: dict[Decimal, int], llm: LLMRecord) -> Cell:
    """Returns a cell of an LLM; of the score that it shows, if it was reported, its standard
    error."""
    value = Decimal(cell["value"])
    interval = cell["interval"] and Interval(*map(float, cell["interval"]))
    is_computed = cell["origin"] == Origin.COMPUTED
    given = None if is_computed else thaw_error(score)
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
