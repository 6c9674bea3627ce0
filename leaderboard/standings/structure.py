"""What aggregates come down to: their components, and the components of those."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import lcm
from typing import NamedTuple

from leaderboard.models import Metric
from leaderboard.models.metric_changes import can_enter

from .records import MetricRecord


class Weights(NamedTuple):
    """The components of an aggregate and what they weigh; none where it cannot be computed."""

    components: tuple[int, ...]
    weights: tuple[Decimal, ...]  # in the right proportion
    shares: tuple[float, ...]  # the same, adding up to 1


@dataclass(frozen=True)
class Structure:
    """The metrics of some standings; what follows from their components is worked out once."""

    metrics: dict[int, MetricRecord]
    order: tuple[MetricRecord, ...]  # components before their aggregates
    within: dict[int, frozenset[int]] = field(default_factory=dict)  # all metrics below one
    by_questions: frozenset[int] = frozenset()  # aggregates weighted by question counts
    weights: dict[int, Weights] = field(default_factory=dict)  # of the components of aggregates
    _opened: dict[tuple[int, int], bool] = field(default_factory=dict)
    _nested: dict[int, bool] = field(default_factory=dict)

    def has_overlap(self, outer: int) -> bool:
        """Does a metric stand below this aggregate on more than one path?"""
        if outer not in self._nested:
            below = [inner for inner, _ in self.metrics[outer].components]
            seen: set[int] = set()
            overlaps = False
            while below and not overlaps:
                metric = below.pop()
                overlaps = metric in seen
                seen.add(metric)
                below += [inner for inner, _ in self.metrics[metric].components]
            self._nested[outer] = overlaps
        return self._nested[outer]

    def is_opened(self, outer: int, inner: int) -> bool:
        """Does another branch of the outer aggregate contain something that is below the inner?

        Then the inner one is no independent part of it, and comes down to its own components.
        """
        if (outer, inner) not in self._opened:
            self._opened[outer, inner] = self.has_overlap(outer) and bool(
                self.within[inner] & self._reachable_without(outer, inner)
            )
        return self._opened[outer, inner]

    def _reachable_without(self, outer: int, avoided: int) -> set[int]:
        """All metrics below the outer one on paths that do not enter the avoided one."""
        reached: set[int] = set()
        ahead = [outer]
        while ahead:
            for inner, _ in self.metrics[ahead.pop()].components:
                if inner != avoided and inner not in reached:
                    reached.add(inner)
                    ahead.append(inner)
        return reached


def make_structure(metrics: dict[int, MetricRecord]) -> Structure:
    """The structure of all these metrics; they contain the components of each of them."""
    order = bottom_up(metrics)
    within: dict[int, frozenset[int]] = {}
    for metric in order:
        parts = [component for component, _ in metric.components]
        within[metric.id] = frozenset(parts).union(*(within.get(part, ()) for part in parts))
    by_questions = frozenset(
        metric.id for metric in order if is_weighted_by_questions(metric, metrics, within)
    )
    weights = {metric.id: make_weights(metric, metrics) for metric in order if metric.aggregate}
    return Structure(metrics, tuple(order), within, by_questions, weights)


def make_weights(metric: MetricRecord, metrics: Mapping[int, MetricRecord]) -> Weights:
    """What the components of an aggregate weigh; none of them if one has no weight or cannot enter
    it, since then it is not computed."""
    pairs = weights_of(metric, metrics)
    if not pairs or is_mixed(metric, metrics) or not all(weight for _, weight in pairs):
        return Weights((), (), ())
    components, weights = zip(*pairs, strict=True)
    total = sum(weights)
    return Weights(components, weights, tuple(float(weight / total) for weight in weights))


def is_mixed(metric: MetricRecord, metrics: Mapping[int, MetricRecord]) -> bool:
    """Is it an aggregate of something that cannot enter it? Old databases have such: means of
    several units or directions."""
    return bool(metric.aggregate) and not all(
        can_enter(metrics[component], metric) for component, _ in metric.components
    )


def weights_of(
    metric: MetricRecord, metrics: Mapping[int, MetricRecord]
) -> list[tuple[int, Decimal]]:
    """The components of an aggregate with weights in the right proportion; 0 for one without.

    Equal ones in a mean, and in what is made from ranks. Else the given weight, or the component's
    question count: components without a given weight that ask the same questions share it evenly,
    since the questions count once. All are multiplied so that no such share has to be rounded.
    """
    if metric.aggregate != Metric.Aggregate.QUESTION_WEIGHTED:
        return [(component, Decimal(1)) for component, _ in metric.components]
    sharing = count_sharing(metric, metrics)
    multiple = lcm(*sharing.values())
    return [
        (
            component,
            weight * multiple
            if weight
            else Decimal(metrics[component].question_count or 0) * (multiple // sharing[component]),
        )
        for component, weight in metric.components
    ]


def count_sharing(metric: MetricRecord, metrics: Mapping[int, MetricRecord]) -> dict[int, int]:
    """For each component without a given weight: how many such ones ask the questions that it asks,
    itself among them."""
    sets = {part: metrics[part].question_set for part, weight in metric.components if not weight}
    counts = Counter(sets.values())
    return {part: counts[question_set] for part, question_set in sets.items()}


def find_question_owner(
    metric: MetricRecord, metrics: Mapping[int, MetricRecord]
) -> MetricRecord | None:
    """The metric whose questions it asks; None for its own.

    Metrics may share the questions of one that is not among these, and that may be a draft: then
    the first of them in order of keys stands for it.
    """
    owner = metrics.get(metric.question_set) or min(
        (each for each in metrics.values() if each.question_set == metric.question_set),
        key=lambda each: each.key,
    )
    return None if owner.id == metric.id else owner


def is_weighted_by_questions(
    metric: MetricRecord, metrics: dict[int, MetricRecord], within: dict[int, frozenset[int]]
) -> bool:
    """Are the weights of an aggregate the question counts of its components, each of questions that
    no other component asks, at any depth?"""
    if metric.aggregate != Metric.Aggregate.QUESTION_WEIGHTED:
        return False
    asked = Counter(
        question_set
        for component, _ in metric.components
        for question_set in {metrics[each].question_set for each in {component, *within[component]}}
    )
    return all(times == 1 for times in asked.values()) and all(
        metrics[component].question_count and weight in (None, metrics[component].question_count)
        for component, weight in metric.components
    )


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
