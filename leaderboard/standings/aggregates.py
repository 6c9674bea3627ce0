"""Values that stand for an LLM in each metric, aggregates checked against their components."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from leaderboard.models import Metric, Source

from . import ranking
from .estimates import Given, Leaf, Share, WeightedSum
from .records import MetricRecord, ScoreRecord
from .structure import Structure
from .uncertainty import (
    WHOLE,
    Uncertainty,
    given_uncertainty,
    shared_uncertainty,
    uncertainty_from,
)

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
    is_partial: bool  # of fewer questions than the metric has, or made from such a value
    uncertainty: Uncertainty


AllScores = Mapping[int, dict[int, ScoreRecord]]  # by LLM, then metric
AllShown = dict[int, dict[int, Shown]]


def shown_values(
    scores: AllScores, structure: Structure, ranks_partial: frozenset[int] = frozenset()
) -> AllShown:
    """The values of all LLMs by metric, aggregates checked against their components.

    What is made from ranks compares the LLMs of `scores`; partial runs only if they are ranked.
    """
    shown: AllShown = {llm: {} for llm in scores}
    for metric in structure.order:
        if metric.is_rank_based:
            add_rank_based(metric, shown, structure, ranks_partial)
            continue
        for llm, own in scores.items():
            score = own.get(metric.id)
            value = as_reported(metric, score) if score else None
            if metric.aggregate:
                value = check_aggregate(metric, value, shown[llm], structure)
            if value is not None:
                shown[llm][metric.id] = value
    return shown


def add_rank_based(
    metric: MetricRecord, shown: AllShown, structure: Structure, ranks_partial: frozenset[int]
) -> None:
    """Adds a mean win rate or mean rank to the values of the LLMs that have all its components.

    These are the field that it compares: all LLMs of the records, which are the published ones, be
    they on this leaderboard for it or not. So its values are the same on every leaderboard that
    treats partial runs alike; those take part only where they are ranked. With fewer than two LLMs
    there is nothing to compare. It has no uncertainty, and nothing is reported to check it against.
    """
    field: dict[int, list[Shown]] = {
        llm: [part.shown for part in parts]
        for llm, own in shown.items()
        if (parts := parts_of(metric, own, structure))
        and (metric.id in ranks_partial or not any(part.shown.is_partial for part in parts))
    }
    columns = [
        ranking.Directed(
            [parts[place].value for parts in field.values()],
            structure.metrics[component].is_largest_first,
        )
        for place, (component, _) in enumerate(metric.components)
    ]
    if metric.aggregate == Metric.Aggregate.MEAN_RANK:
        values = ranking.mean_ranks(columns)
    else:
        values = ranking.mean_win_rates(columns, int(WHOLE.get(metric.unit, 1)))
    for llm, value in zip(field if values else (), values, strict=True):
        shown[llm][metric.id] = from_ranks(value, field[llm])


def from_ranks(value: Decimal, parts: Sequence[Shown]) -> Shown:
    """What is made from the ranks of these components."""
    return Shown(
        value=value,
        tolerance=Decimal(0),
        origin=Origin.COMPUTED,
        tier=least_trusted(part.tier for part in parts),
        source_id=None,
        is_complete=all(part.is_complete for part in parts),
        is_partial=any(part.is_partial for part in parts),
        uncertainty=Uncertainty(),
    )


@lru_cache(maxsize=50_000)
def as_reported(metric: MetricRecord, score: ScoreRecord) -> Shown:
    """A score as the value of its metric, with its uncertainty; equal ones share an object.

    A standard error stored with the score counts before the one that the question count gives.
    """
    count = score.question_count or metric.question_count
    if score.standard_error is not None:
        uncertainty = given_uncertainty(metric, score.value, score.standard_error, count)
    else:
        uncertainty = shared_uncertainty(metric, score.value, count)
    return Shown(
        value=score.value,
        tolerance=ranking.half_digit(score.decimals),
        origin=Origin.REPORTED,
        tier=score.tier or Source.Tier.UNKNOWN,
        source_id=score.source_id,
        is_complete=count == metric.question_count,
        is_partial=bool(count and metric.question_count and count < metric.question_count),
        uncertainty=uncertainty,
    )


class WeightedShown(NamedTuple):
    """A component as it enters an aggregate."""

    metric: int
    weight: Decimal
    shown: Shown


def parts_of(
    metric: MetricRecord, shown: dict[int, Shown], structure: Structure
) -> list[WeightedShown]:
    """The components of an aggregate; none unless every one has a value and a weight, and can enter
    it."""
    if metric.id in structure.mixed:
        return []
    parts = []
    for component, weight in structure.weights[metric.id]:
        value = shown.get(component)
        if value is None or not weight:
            return []
        parts.append(WeightedShown(component, weight, value))
    return parts


def check_aggregate(
    metric: MetricRecord, reported: Shown | None, shown: dict[int, Shown], structure: Structure
) -> Shown | None:
    """The value of an aggregate.

    It is the reported one while that agrees with its components, else the mean of the components,
    and the reported one as UNCHECKED where a component is missing.
    """
    parts = parts_of(metric, shown, structure)
    if not parts:
        return reported and unchecked(metric, reported, shown, structure)
    values = [ranking.Part(part.weight, part.shown.value, part.shown.tolerance) for part in parts]
    tiers = [part.shown.tier for part in parts]
    is_partial = any(part.shown.is_partial for part in parts)
    asked = count_asked(metric, parts, structure) if is_partial else metric.question_count
    if reported and ranking.agrees(reported.value, reported.tolerance, values):
        own = reported.uncertainty
        if is_partial and not reported.is_partial:
            own = own._replace(question_count=asked)
        return Shown(  # written out: _replace takes four times as long, for every aggregate
            value=reported.value,
            tolerance=reported.tolerance,
            origin=reported.origin,
            tier=least_trusted([reported.tier, *tiers]),
            source_id=reported.source_id,
            is_complete=reported.is_complete,
            is_partial=is_partial or reported.is_partial,
            uncertainty=checked_uncertainty(metric, reported.value, own, parts, shown, structure),
        )
    mean = ranking.weighted_mean(values)
    is_complete = all(part.shown.is_complete for part in parts)
    own = Uncertainty(asked if is_complete or is_partial else None)
    return Shown(
        value=mean.value,
        tolerance=mean.tolerance,
        origin=Origin.COMPUTED,
        tier=least_trusted(tiers),
        source_id=None,
        is_complete=is_complete,
        is_partial=is_partial,
        uncertainty=checked_uncertainty(metric, mean.value, own, parts, shown, structure),
    )


def count_asked(
    metric: MetricRecord, parts: Sequence[WeightedShown], structure: Structure
) -> int | None:
    """The questions asked for an aggregate over partial runs: the sum of those of its components,
    where it counts every question once; else it cannot be said."""
    counts = [part.shown.uncertainty.question_count for part in parts]
    if metric.id not in structure.by_questions or not all(counts):
        return None
    return sum(count for count in counts if count)


def least_trusted(tiers: Iterable[str]) -> str:
    """The tier furthest down in TRUST."""
    return max(tiers, key=TRUST.index)


def checked_uncertainty(
    metric: MetricRecord,
    value: Decimal,
    own: Uncertainty,
    parts: Sequence[WeightedShown],
    shown: dict[int, Shown],
    structure: Structure,
) -> Uncertainty:
    """The uncertainty of an aggregate whose components all have a value; the first that applies:

    (a) that of one share of its own questions, if it is nothing but that; (b) the one that follows
    from its components, if each of them has one; (c) its own given standard error; else none.
    `own` is what was reported with the aggregate, or only its question count.
    """
    count = own.question_count
    if metric.id in structure.by_questions and all(is_whole_share(part.shown) for part in parts):
        share = shared_uncertainty(metric, value, count)
        if share.evidence is not None:
            return share
    if all(part.shown.uncertainty.evidence is not None for part in parts):
        evidence = expand(metric, parts, shown, structure)
        return uncertainty_from(metric, value, evidence, count)
    return own if isinstance(own.evidence, Given) else Uncertainty(question_count=count)


def is_whole_share(shown: Shown) -> bool:
    """Is it a share of all questions of its metric, without a standard error of its own?"""
    return shown.is_complete and isinstance(shown.uncertainty.evidence, Share)


def unchecked(
    metric: MetricRecord, reported: Shown, shown: dict[int, Shown], structure: Structure
) -> Shown:
    """A reported aggregate that lacks components: (c) its given standard error counts, else
    (d) its own share if nothing below it is known at all, else it has no uncertainty."""
    own = reported.uncertainty
    if not isinstance(own.evidence, Given) and not structure.within[metric.id].isdisjoint(shown):
        own = Uncertainty(question_count=own.question_count)
    below = (shown[inner].is_partial for inner in structure.within[metric.id] if inner in shown)
    return reported._replace(
        origin=Origin.UNCHECKED,
        uncertainty=own,
        is_partial=reported.is_partial or any(below),
    )


def expand(
    metric: MetricRecord,
    parts: Sequence[WeightedShown],
    shown: dict[int, Shown],
    structure: Structure,
) -> WeightedSum:
    """The measured metrics that an aggregate comes down to, each with the sum of its weights over
    all paths.

    A component that is one share of its own questions stays whole, unless another branch contains
    something below it.
    """
    if not structure.has_overlap(metric.id):
        return WeightedSum(tuple(leaf for part in normalised(parts) for leaf in leaves_of(*part)))
    leaves: dict[int, Leaf] = {}
    ahead = [*normalised(parts)]
    while ahead:
        weight, part = ahead.pop()
        evidence = part.shown.uncertainty.evidence
        inner: list[WeightedShown] = []
        if isinstance(evidence, WeightedSum) or structure.is_opened(metric.id, part.metric):
            inner = parts_of(structure.metrics[part.metric], shown, structure)
        if inner and not isinstance(evidence, Given):
            ahead += [(weight * share, each) for share, each in normalised(inner)]
        elif evidence is not None and not isinstance(evidence, WeightedSum):
            before = leaves[part.metric].weight if part.metric in leaves else 0.0
            leaves[part.metric] = Leaf(before + weight, evidence)
    return WeightedSum(tuple(leaves.values()))


def normalised(parts: Sequence[WeightedShown]) -> list[tuple[float, WeightedShown]]:
    """The components with weights that add up to 1."""
    total = sum(part.weight for part in parts)
    return [(float(part.weight / total), part) for part in parts]


def leaves_of(weight: float, part: WeightedShown) -> list[Leaf]:
    """A component in a weighted sum: itself, or what it comes down to."""
    evidence = part.shown.uncertainty.evidence
    if isinstance(evidence, WeightedSum):
        return [Leaf(weight * leaf.weight, leaf.evidence) for leaf in evidence.leaves]
    return [] if evidence is None else [Leaf(weight, evidence)]
