"""Values that stand for an LLM in each metric, aggregates checked against their components."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from leaderboard.models import Metric, Source

from . import ranking
from .estimates import Given
from .evidence import checked_uncertainty, is_alike, parts_of
from .records import MetricRecord, ScoreRecord
from .shown import AllScores, AllShown, Origin, Shown, least_trusted
from .structure import Structure
from .uncertainty import WHOLE, Uncertainty, given_uncertainty, shared_uncertainty


def shown_values(
    scores: AllScores,
    structure: Structure,
    ranks_partial: frozenset[int] = frozenset(),
    baselines: frozenset[int] = frozenset(),
) -> AllShown:
    """The values of all LLMs by metric, aggregates checked against their components.

    What is made from ranks compares the LLMs of `scores` without the baselines, which have no such
    value; partial runs only if they are ranked.
    """
    shown: AllShown = {llm: {} for llm in scores}
    for metric in structure.order:
        if metric.is_rank_based:
            add_rank_based(metric, shown, structure, ranks_partial, baselines)
            continue
        reported = reported_values(metric, scores)
        if metric.aggregate:
            add_aggregate(metric, reported, shown, structure)
            continue
        for llm, value in reported.items():
            shown[llm][metric.id] = value
    return shown


def reported_values(metric: MetricRecord, scores: AllScores) -> dict[int, Shown]:
    """{LLM: what is reported of it in a metric}; LLMs with equal scores share an object."""
    reported: dict[int, Shown] = {}
    known: dict[ScoreRecord, Shown] = {}
    for llm, own in scores.items():
        score = own.get(metric.id)
        if score is None:
            continue
        if score not in known:
            known[score] = as_reported(metric, score)
        reported[llm] = known[score]
    return reported


def add_aggregate(
    metric: MetricRecord, reported: Mapping[int, Shown], shown: AllShown, structure: Structure
) -> None:
    """Adds the values of a mean to those of the LLMs.

    Rounded scores repeat: LLMs with the same values in all that it is made from share an object.
    """
    entered = [reported.get(llm) for llm in shown]
    components = columns_of(structure.weights[metric.id].components, shown)
    deeper = structure.within[metric.id] if structure.has_overlap(metric.id) else ()
    columns = [entered, *components, *columns_of(deeper, shown)]
    keys = zip(*(map(id, column) for column in columns), strict=True)
    parts = zip(*components, strict=True) if components else [(None,)] * len(shown)
    known: dict[tuple[int, ...], Shown] = {}
    for own, key, value, made_from in zip(shown.values(), keys, entered, parts, strict=True):
        if None not in made_from:
            if key not in known:
                known[key] = check_aggregate(metric, value, made_from, own, structure)
            own[metric.id] = known[key]
        elif value:
            own[metric.id] = unchecked(metric, value, own, structure)


def columns_of(metrics: Iterable[int], shown: AllShown) -> list[list[Shown | None]]:
    """For each of these metrics the values of all LLMs; None where one is missing."""
    return [[own.get(metric) for own in shown.values()] for metric in metrics]


def add_rank_based(
    metric: MetricRecord,
    shown: AllShown,
    structure: Structure,
    ranks_partial: frozenset[int],
    baselines: frozenset[int],
) -> None:
    """Adds a mean win rate or mean rank to the values of the LLMs that have all its components.

    These are the field that it compares: all LLMs of the records but baselines. The records are
    the published ones, be they on this leaderboard for it or not. So its values are the same on
    every leaderboard that treats partial runs alike; those take part only where they are ranked.
    With fewer than two LLMs there is nothing to compare. It has no uncertainty, and nothing is
    reported to check it against.
    """
    field: dict[int, list[Shown]] = {
        llm: parts
        for llm, own in shown.items()
        if llm not in baselines
        and (parts := parts_of(metric, own, structure))
        and (metric.id in ranks_partial or not any(part.is_partial for part in parts))
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


def check_aggregate(
    metric: MetricRecord,
    reported: Shown | None,
    parts: Sequence[Shown],
    shown: dict[int, Shown],
    structure: Structure,
) -> Shown:
    """The value of an aggregate whose components all have a value: the reported one while that
    agrees with them, else their mean."""
    values = [
        (weight, part.value, part.tolerance)
        for weight, part in zip(structure.weights[metric.id].weights, parts, strict=True)
    ]
    if reported and ranking.agrees(reported.value, reported.tolerance, values):
        return agreeing(metric, reported, parts, shown, structure)
    mean = ranking.weighted_mean(values)
    is_complete = all(part.is_complete for part in parts)
    is_partial = any(part.is_partial for part in parts)
    asked = count_asked(metric, parts, structure) if is_partial else metric.question_count
    own = Uncertainty(asked if is_complete or is_partial else None)
    return Shown(
        value=mean.value,
        tolerance=mean.tolerance,
        origin=Origin.COMPUTED,
        tier=least_trusted(part.tier for part in parts),
        source_id=None,
        is_complete=is_complete,
        is_partial=is_partial,
        uncertainty=checked_uncertainty(metric, mean.value, own, parts, shown, structure),
    )


def agreeing(
    metric: MetricRecord,
    reported: Shown,
    parts: Sequence[Shown],
    shown: dict[int, Shown],
    structure: Structure,
) -> Shown:
    """A reported aggregate that agrees with its components, with what follows from them: the least
    trusted tier, the uncertainty, and whether it is partial. The same object if none of it does.
    """
    if metric.id in structure.by_questions and all(
        is_alike(value, reported.tier) for value in (reported, *parts)
    ):
        return reported  # as most of them are
    own = reported.uncertainty
    is_partial = True in [part.is_partial for part in parts]
    if is_partial and not reported.is_partial:
        own = own._replace(question_count=count_asked(metric, parts, structure))
    uncertainty = checked_uncertainty(metric, reported.value, own, parts, shown, structure)
    tier = least_trusted({reported.tier, *[part.tier for part in parts]})
    is_partial = is_partial or reported.is_partial
    following = (tier, is_partial, uncertainty)
    if following == (reported.tier, reported.is_partial, reported.uncertainty):
        return reported
    return reported._replace(tier=tier, is_partial=is_partial, uncertainty=uncertainty)


def count_asked(metric: MetricRecord, parts: Sequence[Shown], structure: Structure) -> int | None:
    """The questions asked for an aggregate over partial runs: the sum of those of its components,
    where it counts every question once; else it cannot be said."""
    counts = [part.uncertainty.question_count for part in parts]
    if metric.id not in structure.by_questions or not all(counts):
        return None
    return sum(count for count in counts if count)


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
