"""The uncertainty of an aggregate: from its components, or what was reported with it."""

from collections.abc import Sequence
from decimal import Decimal

from .estimates import Given, Leaf, Share, WeightedSum
from .records import MetricRecord
from .shown import Shown
from .structure import Structure
from .uncertainty import Uncertainty, shared_uncertainty, uncertainty_from


def checked_uncertainty(
    metric: MetricRecord,
    value: Decimal,
    own: Uncertainty,
    parts: Sequence[Shown],
    shown: dict[int, Shown],
    structure: Structure,
) -> Uncertainty:
    """The uncertainty of an aggregate whose components all have a value; the first that applies:

    (a) that of one share of its own questions, if it is nothing but that; (b) the one that follows
    from its components, if each of them has one; (c) its own given standard error; else none.
    `own` is what was reported with the aggregate, or only its question count.
    """
    count = own.question_count
    if metric.id in structure.by_questions and all(map(is_whole_share, parts)):
        share = shared_uncertainty(metric, value, count)
        if share.evidence is not None:
            return share
    if all(part.uncertainty.evidence is not None for part in parts):
        evidence = expand(metric, parts, shown, structure)
        return uncertainty_from(metric, value, evidence, count)
    return own if isinstance(own.evidence, Given) else Uncertainty(question_count=count)


def is_whole_share(shown: Shown) -> bool:
    """Is it a share of all questions of its metric, without a standard error of its own?"""
    return shown.is_complete and isinstance(shown.uncertainty.evidence, Share)


def is_alike(shown: Shown, tier: str) -> bool:
    """Is it such a share, of no partial run and with a source of this tier?"""
    return shown.tier == tier and not shown.is_partial and is_whole_share(shown)


def parts_of(metric: MetricRecord, shown: dict[int, Shown], structure: Structure) -> list[Shown]:
    """The components of an aggregate in their order; none unless every one has a value."""
    components = structure.weights[metric.id].components
    parts = [shown[component] for component in components if component in shown]
    return parts if len(parts) == len(components) else []


def expand(
    metric: MetricRecord,
    parts: Sequence[Shown],
    shown: dict[int, Shown],
    structure: Structure,
) -> WeightedSum:
    """The measured metrics that an aggregate comes down to, each with the sum of its weights over
    all paths.

    A component that is one share of its own questions stays whole, unless another branch contains
    something below it.
    """
    weights = structure.weights[metric.id]
    if not structure.has_overlap(metric.id):
        pairs = zip(weights.shares, parts, strict=True)
        return WeightedSum(tuple(leaf for share, part in pairs for leaf in leaves_of(share, part)))
    leaves: dict[int, Leaf] = {}
    ahead = [*zip(weights.components, weights.shares, parts, strict=True)]
    while ahead:
        component, weight, part = ahead.pop()
        evidence = part.uncertainty.evidence
        inner: list[Shown] = []
        if isinstance(evidence, WeightedSum) or structure.is_opened(metric.id, component):
            inner = parts_of(structure.metrics[component], shown, structure)
        if inner and not isinstance(evidence, Given):
            below = structure.weights[component]
            shares = [weight * share for share in below.shares]
            ahead += zip(below.components, shares, inner, strict=True)
        elif evidence is not None and not isinstance(evidence, WeightedSum):
            before = leaves[component].weight if component in leaves else 0.0
            leaves[component] = Leaf(before + weight, evidence)
    return WeightedSum(tuple(leaves.values()))


def leaves_of(weight: float, part: Shown) -> list[Leaf]:
    """A component in a weighted sum: itself, or what it comes down to."""
    evidence = part.uncertainty.evidence
    if isinstance(evidence, WeightedSum):
        return [Leaf(weight * leaf.weight, leaf.evidence) for leaf in evidence.leaves]
    return [] if evidence is None else [Leaf(weight, evidence)]
