"""Values that stand for an LLM in each metric, aggregates checked against their components."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from leaderboard.models import Metric, Source
from leaderboard.text.numbers import format_exact

from . import ranking
from .records import LLMRecord, MetricRecord, Records, ScoreRecord
from .uncertainty import Uncertainty, normal_uncertainty, shared_uncertainty

# From the most to the least trusted.
TRUST = (
    Source.Tier.INDEPENDENT,
    Source.Tier.MAINTAINER,
    Source.Tier.VENDOR,
    Source.Tier.UNKNOWN,
)


class Origin(StrEnum):
    """How a shown value came about."""

    REPORTED = "reported"  # for an aggregate: and it agrees with its components
    COMPUTED = "computed"  # from the components, because none is reported or it disagrees
    UNCHECKED = "unchecked"  # a reported aggregate with a component missing


class Shown(NamedTuple):
    """The value that stands for an LLM in a metric."""

    value: Decimal
    tolerance: Decimal
    origin: Origin
    tier: str
    source_id: int | None
    is_complete: bool  # as far as known, of all questions of the metric
    uncertainty: Uncertainty


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A reported aggregate that its components contradict; maintainers see it, visitors do not."""

    llm: LLMRecord
    metric: MetricRecord
    reported: Decimal
    computed: Decimal
    tolerance: Decimal

    def __str__(self) -> str:
        numbers = "{reported} is reported, {computed} computed; rounding allows {tolerance}"
        return f"{self.llm.name}, {self.metric.full_name}: {numbers.format(**self.numbers)}"

    @property
    def numbers(self) -> dict[str, str]:
        """The numbers as texts; the tolerance is cut to two significant digits."""
        return {
            "reported": format_exact(self.reported),
            "computed": format_exact(self.computed),
            "tolerance": format_exact(Decimal(f"{self.tolerance:.2g}")),
        }


def bottom_up(metrics: dict[int, MetricRecord]) -> list[MetricRecord]:
    """The metrics in an order in which components come before their aggregates."""
    order: dict[int, MetricRecord] = {}  # in order of completion
    visited: set[int] = set()  # so that a circle in the data ends too

    def place(metric: MetricRecord) -> None:
        if metric.id in visited:
            return
        visited.add(metric.id)
        for component, _ in metric.components:
            place(metrics[component])
        order[metric.id] = metric

    for metric in metrics.values():
        place(metric)
    return list(order.values())


def shown_values(
    scores: dict[int, ScoreRecord], order: Iterable[MetricRecord], metrics: dict[int, MetricRecord]
) -> dict[int, Shown]:
    """The values of one LLM by metric, aggregates checked against their components.

    `order` has components before their aggregates, as bottom_up gives it.
    """
    shown: dict[int, Shown] = {}
    for metric in order:
        score = scores.get(metric.id)
        value = as_reported(metric, score) if score else None
        if metric.aggregate:
            value = check_aggregate(metric, value, parts_of(metric, shown, metrics))
        if value is not None:
            shown[metric.id] = value
    return shown


def contradicted_aggregates(scores: dict[int, ScoreRecord], shown: dict[int, Shown]) -> list[int]:
    """The metrics whose reported score is not shown, because its components contradict it."""
    return [
        metric
        for metric, value in shown.items()
        if metric in scores and value.origin is Origin.COMPUTED
    ]


def disagreements_in(records: Records) -> list[Disagreement]:
    """The disagreements of all LLMs, found without computing ranks."""
    order = bottom_up(records.metrics)
    return [
        disagreement
        for llm in records.llms
        if (scores := records.scores.get(llm.id))
        for disagreement in disagreements_among(
            llm, shown_values(scores, order, records.metrics), records
        )
    ]


def disagreements_among(
    llm: LLMRecord, shown: dict[int, Shown], records: Records
) -> Iterator[Disagreement]:
    """The reported aggregates of one LLM that its shown components contradict."""
    scores = records.scores[llm.id]
    for key in contradicted_aggregates(scores, shown):
        tolerance = ranking.half_digit(scores[key].decimals) + shown[key].tolerance
        yield Disagreement(
            llm, records.metrics[key], scores[key].value, shown[key].value, tolerance
        )


def as_reported(metric: MetricRecord, score: ScoreRecord) -> Shown:
    """A score as the value of its metric, with its uncertainty.

    A standard error stored with the score counts before the one that the question count gives.
    """
    count = score.question_count or metric.question_count
    if score.standard_error is not None:
        uncertainty = normal_uncertainty(metric, score.value, float(score.standard_error), count)
    else:
        uncertainty = shared_uncertainty(metric, score.value, count)
    return Shown(
        value=score.value,
        tolerance=ranking.half_digit(score.decimals),
        origin=Origin.REPORTED,
        tier=score.tier or Source.Tier.UNKNOWN,
        source_id=score.source_id,
        is_complete=count == metric.question_count,
        uncertainty=uncertainty,
    )


class WeightedShown(NamedTuple):
    """A component as it enters an aggregate."""

    weight: Decimal
    shown: Shown


def parts_of(
    metric: MetricRecord, shown: dict[int, Shown], metrics: dict[int, MetricRecord]
) -> list[WeightedShown]:
    """The components of an aggregate; none unless every one has a value and a weight."""
    parts = []
    for component, weight in metric.components:
        value = shown.get(component)
        if metric.aggregate == Metric.Aggregate.MEAN:
            weight = Decimal(1)
        elif weight is None:
            weight = Decimal(metrics[component].question_count or 0)
        if value is None or not weight:
            return []
        parts.append(WeightedShown(weight, value))
    return parts


def check_aggregate(
    metric: MetricRecord, reported: Shown | None, parts: list[WeightedShown]
) -> Shown | None:
    """The value of an aggregate.

    It is the reported one while that agrees with its components, else the mean of the components,
    and the reported one as UNCHECKED where a component is missing.
    """
    if not parts:
        return reported and reported._replace(origin=Origin.UNCHECKED)
    values = [ranking.Part(part.weight, part.shown.value, part.shown.tolerance) for part in parts]
    tiers = [part.shown.tier for part in parts]
    if reported and ranking.agrees(reported.value, reported.tolerance, values):
        uncertainty = reported.uncertainty
        if uncertainty.standard_error is None:
            uncertainty = mean_uncertainty(
                metric, reported.value, uncertainty.question_count, parts
            )
        tier = least_trusted([reported.tier, *tiers])
        return Shown(  # written out: _replace takes four times as long, for every aggregate
            value=reported.value,
            tolerance=reported.tolerance,
            origin=reported.origin,
            tier=tier,
            source_id=reported.source_id,
            is_complete=reported.is_complete,
            uncertainty=uncertainty,
        )
    mean = ranking.weighted_mean(values)
    is_complete = all(part.shown.is_complete for part in parts)
    count = metric.question_count if is_complete else None
    uncertainty = shared_uncertainty(metric, mean.value, count)
    if uncertainty.standard_error is None:
        uncertainty = mean_uncertainty(metric, mean.value, count, parts)
    return Shown(
        value=mean.value,
        tolerance=mean.tolerance,
        origin=Origin.COMPUTED,
        tier=least_trusted(tiers),
        source_id=None,
        is_complete=is_complete,
        uncertainty=uncertainty,
    )


def least_trusted(tiers: Iterable[str]) -> str:
    """The tier furthest down in TRUST."""
    return max(tiers, key=TRUST.index)


def mean_uncertainty(
    metric: MetricRecord, value: Decimal, count: int | None, parts: Sequence[WeightedShown]
) -> Uncertainty:
    """The uncertainty of an aggregate, from the standard errors of all its components.

    It is unknown if one of them is.
    """
    errors, tested_errors = [], []
    for weight, shown in parts:
        error, tested = shown.uncertainty.standard_error, shown.uncertainty.tested
        if error is None or tested is None:
            return Uncertainty(question_count=count)
        errors.append((float(weight), error))
        tested_errors.append((float(weight), tested.standard_error))
    return normal_uncertainty(
        metric,
        value,
        ranking.mean_standard_error(errors),
        count,
        tested_error=ranking.mean_standard_error(tested_errors),
    )
