"""Standings from the inputs of a canonical state: what a reader of a release can recompute. Pure.

Natural keys become numbers here, in the order in which the state has them.
"""

from decimal import Decimal
from typing import Any

from leaderboard.standings.records import LLMRecord, MetricRecord, Records, ScoreRecord
from leaderboard.standings.standings import Standings, build_standings
from leaderboard.text.kinds import MODEL
from leaderboard.text.numbers import reported_places

Inputs = dict[str, Any]


def recompute(inputs: Inputs) -> Standings:
    """Returns the standings that follow from the inputs of a state by the rules of today."""
    return build_standings(read_records(inputs))


def read_records(inputs: Inputs) -> Records:
    """Returns the records that the inputs describe."""
    numbers = {key: number for number, key in enumerate(inputs["metrics"], start=1)}
    llms = {slug: number for number, slug in enumerate(inputs["llms"], start=1)}
    columns = [numbers[column["metric"]] for column in inputs["columns"]]
    hidden = [column["metric"] for column in inputs["columns"] if not column["shown_by_default"]]
    return Records(
        columns=tuple(columns),
        ranking_metric=numbers.get(inputs["ranking_metric"]),
        hidden=frozenset(numbers[key] for key in hidden),
        metrics={
            numbers[key]: read_metric(key, metric, numbers)
            for key, metric in inputs["metrics"].items()
        },
        llms=tuple(read_llm(llms[slug], slug, facts) for slug, facts in inputs["llms"].items()),
        scores={
            llms[slug]: read_scores(scores, numbers) for slug, scores in inputs["scores"].items()
        },
        ranks_partial=frozenset(columns if inputs.get("ranks_partial_runs") else ()),
    )


def read_metric(key: str, metric: Inputs, numbers: dict[str, int]) -> MetricRecord:
    """Returns the record of a metric."""
    return MetricRecord(
        id=numbers[key],
        key=key,
        name=metric["name"],
        benchmark=metric["benchmark"],
        benchmark_slug=metric["benchmark"],
        language=None,
        unit=metric["unit"],
        minimum=read_number(metric["minimum"]),
        maximum=read_number(metric["maximum"]),
        higher_is_better=metric["higher_is_better"],
        decimals=metric["decimals"],
        question_count=metric["question_count"],
        is_share_of_questions=metric["is_share_of_questions"],
        aggregate=metric["aggregate"],
        questions_of=numbers.get(metric.get("questions_of") or ""),
        unit_label=metric.get("unit_label", ""),
        label_in_front=metric.get("label_in_front", False),
        components=tuple(
            (numbers[part["metric"]], read_number(part["weight"])) for part in metric["components"]
        ),
    )


def read_llm(number: int, slug: str, facts: Inputs) -> LLMRecord:
    """Returns the record of an LLM; of its facts only the name and the kind matter for ranks."""
    nothing: dict[str, Any] = dict.fromkeys(LLMRecord._fields)
    known = {"name": facts["name"], "kind": facts.get("kind", MODEL)}
    texts = dict.fromkeys(("domain", "family", "note"), "")
    return LLMRecord(**nothing | known | texts | {"id": number, "slug": slug})


def read_scores(scores: Inputs, numbers: dict[str, int]) -> dict[int, ScoreRecord]:
    """Returns the scores of an LLM by metric; one that was refused is left out."""
    return {
        numbers[key]: ScoreRecord(
            value=Decimal(score["value"]),
            decimals=reported_places(Decimal(score["value"])),
            question_count=score["n"],
            standard_error=read_number(score["standard_error"]),
        )
        for key, score in scores.items()
        if "value" in score
    }


def read_number(text: str | None) -> Decimal | None:
    """Returns a number of a state; None for an unknown one."""
    return None if text is None else Decimal(text)
