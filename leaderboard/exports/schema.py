"""The shape of a leaderboard as JSON: a JSON Schema that the API page shows and a test checks."""

from typing import Any

from leaderboard.models import Metric
from leaderboard.standings.estimates import Level
from leaderboard.text.facts import EXPORTED, Fact, FactKind
from leaderboard.text.kinds import MARKS


def object_schema(
    description: str, optional: dict[str, Any] | None = None, **properties: dict[str, Any]
) -> dict[str, Any]:
    """Describes an object that has exactly these properties, always all but the optional ones."""
    return {
        "type": "object",
        "description": description,
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties | (optional or {}),
    }


def value_schema(kind: str | list[str], description: str, **more: Any) -> dict[str, Any]:
    """Describes a value of a kind of JSON; `more` are further keywords of JSON Schema."""
    return {"type": kind, "description": description, **more}


def nullable_schema(kind: str, description: str, **more: Any) -> dict[str, Any]:
    """Describes a value of a kind of JSON that may be null."""
    return {"type": [kind, "null"], "description": description, **more}


JSON_TYPES = {FactKind.NUMBER: "number", FactKind.ANSWER: "boolean"}  # all others are texts


def fact_schema(fact: Fact) -> dict[str, Any]:
    """Describes a fact of an LLM, null while it is unknown."""
    more = {"format": "date"} if fact.kind is FactKind.DATE else {}
    return nullable_schema(JSON_TYPES.get(fact.kind, "string"), fact.description, **more)


RANK_RANGE = nullable_schema(
    "array",
    "[best, worst]: the ranks that the data leave open, at the level that view.ranges names; "
    "null where nothing is known of the uncertainty",
    items={"type": "integer", "minimum": 1},
    minItems=2,
    maxItems=2,
)

BASELINE_COUNT = {
    "baseline_count": value_schema(
        "integer", "rows that are a human or random baseline; left out if none is", minimum=1
    )
}

LEADERBOARD = object_schema(
    "What the rows are taken from",
    BASELINE_COUNT,
    slug=value_schema("string", "the last part of its address"),
    title=value_schema("string", "its heading"),
    address=value_schema("string", "its page", format="uri"),
    updated=value_schema("string", "when this leaderboard last changed", format="date-time"),
    revision=value_schema("string", "names that state of the leaderboard; equal means unchanged"),
    data_licence=nullable_schema("string", "licence of the data as SPDX writes it, if stated"),
    ranking_metric=nullable_schema("string", "key of the metric that rows are ranked by"),
    ranks_partial_runs=value_schema("boolean", "whether partial runs have ranks"),
    llm_count=value_schema(
        "integer",
        "LLMs on the whole leaderboard, without baselines; ranks are among all of them",
    ),
)

VIEW = object_schema(
    "Which rows, in which order",
    BASELINE_COUNT,
    address=value_schema("string", "the page that shows the same", format="uri"),
    sort=value_schema("string", "the order: a metric key or fact, with - in front for descending"),
    llm_count=value_schema("integer", "LLMs in this file, all pages, without baselines"),
    complete=value_schema(
        "boolean",
        "whether all LLMs of the leaderboard are in this file, with or without baselines. Ranks, "
        "rank ranges and what is made from ranks compare all of them, so only such a file holds "
        "what it takes to recompute them",
    ),
    confidence=value_schema("number", "of every interval, and of ranges at its level"),
    ranges=value_schema(
        "string",
        "level of every rank_range: each = each contains its true rank with at least 95 %; "
        "all = all together are right with at least 95 %; pairwise = each pair is tested at 5 %",
        enum=[level.value for level in Level],
    ),
    without_interval=value_schema(
        "integer",
        "ranked LLMs whose uncertainty is unknown while that of others is known: they have no "
        "range, and count for the others as if they were as uncertain as the most uncertain one",
    ),
)

METRIC: dict[str, dict[str, Any]] = {
    "key": value_schema("string", "its key in scores"),
    "name": value_schema("string", "its name within the benchmark"),
    "benchmark": nullable_schema("string", "null for a metric across benchmarks"),
    "language": nullable_schema("string", "language of the benchmark"),
    "unit": value_schema("string", "proportion (0 to 1), percent, points or other: see unit_label"),
    "unit_label": nullable_schema("string", "the label of another unit: ms, $, Elo; else null"),
    "label_in_front": value_schema("boolean", "whether the label stands before a value: $5"),
    "minimum": nullable_schema("number", "the least value that it can have; null for an open end"),
    "maximum": nullable_schema("number", "the largest one"),
    "higher_is_better": nullable_schema(
        "boolean", "the direction of ranks; null for a metric that ranks nothing"
    ),
    "decimals": value_schema("integer", "digits after the point in text"),
    "question_count": nullable_schema("integer", "questions asked, unless a score has its own n"),
    "questions_of": nullable_schema(
        "string",
        "key that names the questions it asks, null for its own: metrics that name one key, and "
        "the metric of that key, ask the same questions, which count once",
    ),
    "is_share_of_questions": value_schema(
        "boolean",
        "whether a value is the share of right answers, so that n tells its uncertainty",
    ),
    "aggregate": nullable_schema(
        "string",
        "made from other metrics: mean, question-weighted mean, mean win rate or mean rank; the "
        "last two compare the LLMs that have a score in all of those",
        enum=[*filter(None, Metric.Aggregate.values), None],
    ),
    "components": {
        "type": "array",
        "description": "what an aggregate is made from; [] for all others",
        "items": object_schema(
            "A metric with its weight",
            metric=value_schema("string", "its key, of metrics or of components.metrics"),
            weight=nullable_schema(
                "number",
                "null: its question_count in a question-weighted mean, shared evenly by those that "
                "ask the same questions. All others weigh their components equally",
            ),
        ),
    },
}

COLUMN = object_schema(
    "A column, in the order shown",
    **METRIC,
    ranked_count=value_schema("integer", "LLMs that are ranked in it"),
    ranges_z=nullable_schema(
        "number",
        "critical value of the tests behind its rank ranges: Šidák's, for the level and so many "
        "LLMs; that of an interval is 1.95996398",
    ),
)

DIGITS = value_schema(
    "integer",
    "digits after the point with which the value was reported, trailing zeros included; left out "
    "if they are as many as the decimals of the metric, and of a computed value",
)

SCORE = {
    "description": "null if there is no score: never 0, never an average of what is there",
    "anyOf": [
        {"type": "null"},
        object_schema(
            "One number and how far it can be trusted",
            {
                "digits": DIGITS,
                "standard_error_reported": {
                    "const": True,
                    "description": "standard_error was reported with the value; left out if it "
                    "was not",
                },
                "note": value_schema("string", "what a reader has to know of it, if anything"),
            },
            value=value_schema("number", "in the unit of the metric, in full stored precision"),
            text=value_schema("string", "as the page shows it"),
            rank=nullable_schema(
                "integer",
                "in this metric, among all; equal values share one; null for a partial run that is "
                "not ranked, for a baseline, and in a metric without direction",
                minimum=1,
            ),
            rank_range=RANK_RANGE,
            interval=nullable_schema(
                "array",
                "[low, high]: 95 % interval, cut to the range of the metric",
                items={"type": "number"},
                minItems=2,
                maxItems=2,
            ),
            n=nullable_schema(
                "integer",
                "questions behind the value; null where an aggregate over a partial run does not "
                "tell",
            ),
            partial=value_schema(
                "boolean",
                "a partial run: of fewer questions than the metric has, or made from such a value",
            ),
            standard_error=nullable_schema(
                "number",
                "in the unit of the metric: as reported, else √(p(1−p)/n) of a share, else of the "
                "weighted sum; the interval is not made from it unless it was reported",
            ),
            source=nullable_schema("integer", "id of the source, described at /sources/<id>/"),
            tier=value_schema(
                "string",
                "who vouches for it",
                enum=["independent", "maintainer", "vendor", "unknown"],
            ),
            computed=value_schema("boolean", "computed from its components, not reported"),
            checked=nullable_schema(
                "boolean",
                "a reported aggregate: true if it agrees with its components, false if it cannot "
                "be computed, as where a component is missing; null for all others",
            ),
        ),
    ],
}

COMPONENT_SCORE = {
    "description": "null if there is no score",
    "anyOf": [
        {"type": "null"},
        object_schema(
            "A value, and what is not as its metric has it",
            {
                "computed": {"const": True, "description": "left out of a reported value"},
                "n": nullable_schema(
                    "integer", "as in scores; left out if it is the question_count of the metric"
                ),
                "digits": DIGITS,
                "standard_error": value_schema("number", "as reported; left out if none counts"),
            },
            value=value_schema("number", "in the unit of the metric, in full stored precision"),
        ),
    ],
}

COMPONENTS = object_schema(
    "What the columns are made from, at any depth, and what is no column of this view",
    metrics={"type": "array", "items": object_schema("A metric that is no column", **METRIC)},
    scores={
        "type": "object",
        "description": "by slug of the LLM, of every row; empty if there are no such metrics",
        "additionalProperties": {
            "type": "object",
            "description": "by metric key: those of components.metrics",
            "additionalProperties": COMPONENT_SCORE,
        },
    },
)

FACT = object_schema(
    "A column of a fact, in the order shown",
    key=value_schema("string", "its key in rows, or in facts of rows"),
    name=value_schema("string", "its name"),
    kind=value_schema("string", "text, number, date, answer (yes or no), link, …"),
    unit=nullable_schema("string", "of a number"),
    decimals=nullable_schema("integer", "digits after the point on the page"),
    own=value_schema("boolean", "whether the site has defined it; all others are fields of LLMs"),
)

FACT_VALUE = {
    "description": "null while it is unknown",
    "anyOf": [
        {"type": "null"},
        object_schema(
            "A value, with where it was read and when",
            value=value_schema(
                ["number", "boolean", "string"],
                "of a date: a day, a month or a year, as 2025-01-20, 2025-01 or 2025",
            ),
            as_of=nullable_schema("string", "the day on which it was so", format="date"),
            source=nullable_schema("string", "the page where it stands"),
            note=nullable_schema("string", "what else is to be said"),
        ),
    ],
}

FACTS = {
    "facts": {
        "type": "object",
        "description": "by key, of those columns of facts that are no field of every row; left "
        "out where there are none",
        "additionalProperties": FACT_VALUE,
    }
}

KIND = {
    "kind": value_schema(
        "string",
        "what it is, if no model; human and random are baselines: they stand at their value, have "
        "no ranks and move none, and are in no count but baseline_count",
        enum=[*MARKS],
    ),
    "family": value_schema("string", "what it is a variant of, if of anything: they share it"),
    "note": value_schema("string", "what a reader has to know of all of its scores, if anything"),
}

ROW = object_schema(
    "An LLM, or a baseline; null where a fact is unknown",
    KIND | FACTS,
    llm=value_schema("string", "name"),
    slug=value_schema("string", "the last part of its address, /llms/<slug>/"),
    **{fact.field: fact_schema(fact) for fact in EXPORTED},
    rank=nullable_schema(
        "integer", "in the ranking metric, among all; null without a score there, and of a baseline"
    ),
    rank_range=RANK_RANGE,
    scores={
        "type": "object",
        "description": "by metric key: those of metrics, and no others",
        "additionalProperties": SCORE,
    },
)

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A leaderboard",
    **object_schema(
        "A view of a leaderboard, all pages, with all that its aggregates, intervals, ranks and "
        "ranges are made from. The version grows only when the shape changes in a way that would "
        "break programs; fields may be added.",
        {
            "facts": {
                "type": "array",
                "description": "the columns of facts; left out where there are none",
                "items": FACT,
            }
        },
        version={"const": 2},
        leaderboard=LEADERBOARD,
        view=VIEW,
        metrics={"type": "array", "items": COLUMN},
        rows={"type": "array", "items": ROW},
        components=COMPONENTS,
    ),
}
