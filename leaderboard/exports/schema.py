"""The shape of a leaderboard as JSON: a JSON Schema, shown on the API page, held to by a test."""

from typing import Any

from leaderboard.text.facts import EXPORTED, Fact, FactKind


def an_object(description: str, **properties: dict[str, Any]) -> dict[str, Any]:
    """With exactly these properties, all of them always there."""
    return {
        "type": "object",
        "description": description,
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def a(kind: str, description: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "description": description, **more}


def maybe(kind: str, description: str, **more: Any) -> dict[str, Any]:
    return {"type": [kind, "null"], "description": description, **more}


JSON_TYPES = {FactKind.NUMBER: "number", FactKind.ANSWER: "boolean"}  # all others are texts


def fact_schema(fact: Fact) -> dict[str, Any]:
    """A fact of an LLM, null while it is unknown."""
    more = {"format": "date"} if fact.kind is FactKind.DATE else {}
    return maybe(JSON_TYPES.get(fact.kind, "string"), fact.description, **more)


RANK_RANGE = maybe(
    "array",
    "[best, worst]: the ranks that the question counts leave open; null without standard error",
    items={"type": "integer", "minimum": 1},
    minItems=2,
    maxItems=2,
)

LEADERBOARD = an_object(
    "What the rows are taken from",
    slug=a("string", "the last part of its address"),
    title=a("string", "its heading"),
    address=a("string", "its page", format="uri"),
    updated=a("string", "when published content last changed", format="date-time"),
    revision=a("string", "names that state of the content; equal means unchanged"),
    ranking_metric=maybe("string", "key of the metric that rows are ranked by"),
    llm_count=a("integer", "LLMs on the whole leaderboard; ranks are among all of them"),
)

VIEW = an_object(
    "Which rows, in which order",
    address=a("string", "the page that shows the same", format="uri"),
    sort=a("string", "the order: a metric key or fact, with - in front for descending"),
    llm_count=a("integer", "LLMs in this file, all pages"),
)

METRIC = an_object(
    "A column, in the order shown",
    key=a("string", "its key in scores"),
    name=a("string", "its name within the benchmark"),
    benchmark=maybe("string", "null for a metric across benchmarks"),
    language=maybe("string", "language of the benchmark"),
    unit=a("string", "proportion (0 to 1), percent or points"),
    higher_is_better=a("boolean", "the direction of ranks"),
    decimals=a("integer", "digits after the point in text"),
    question_count=maybe("integer", "questions asked, unless a score has its own n"),
    aggregate=maybe("string", "mean or question-weighted mean of other metrics"),
)

SCORE = {
    "description": "null if there is no score: never 0, never an average of what is there",
    "anyOf": [
        {"type": "null"},
        an_object(
            "One number and how far it can be trusted",
            value=a("number", "in the unit of the metric, in full stored precision"),
            text=a("string", "as the page shows it"),
            rank=a("integer", "in this metric, among all; equal values share one", minimum=1),
            rank_range=RANK_RANGE,
            interval=maybe(
                "array",
                "[low, high]: 95 % interval",
                items={"type": "number"},
                minItems=2,
                maxItems=2,
            ),
            n=maybe("integer", "questions behind the value"),
            standard_error=maybe("number", "in the unit of the metric"),
            source=maybe("integer", "id of the source, described at /sources/<id>/"),
            tier=a(
                "string",
                "who vouches for it",
                enum=["independent", "maintainer", "vendor", "unknown"],
            ),
            computed=a("boolean", "computed from its components, not reported"),
            checked=maybe(
                "boolean",
                "a reported aggregate: true if it agrees with its components, false if a "
                "component is missing; null for all others",
            ),
        ),
    ],
}

ROW = an_object(
    "An LLM; null where a fact is unknown",
    llm=a("string", "name"),
    slug=a("string", "the last part of its address, /llms/<slug>/"),
    **{fact.field: fact_schema(fact) for fact in EXPORTED},
    rank=maybe("integer", "in the ranking metric, among all; null without a score there"),
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
    **an_object(
        "A view of a leaderboard, all pages. The shape changes only together with its version.",
        version={"const": 1},
        leaderboard=LEADERBOARD,
        view=VIEW,
        metrics={"type": "array", "items": METRIC},
        rows={"type": "array", "items": ROW},
    ),
}
