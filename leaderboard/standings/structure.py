"""What aggregates come down to: their components, and the components of those."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from leaderboard.models import Metric

from .records import MetricRecord


@dataclass(frozen=True)
class Structure:
    """The metrics of some standings; what follows from their components is worked out once."""

    metrics: dict[int, MetricRecord]
    order: tuple[MetricRecord, ...]  # components before their aggregates
    within: dict[int, frozenset[int]] = field(default_factory=dict)  # all metrics below one
    by_questions: frozenset[int] = frozenset()  # aggregates weighted by question counts
    mixed: frozenset[int] = frozenset()  # means of several units or directions: not computed
    weights: dict[int, list[tuple[int, Decimal]]] = field(default_factory=dict)  # of components
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
        metric.id for metric in order if is_weighted_by_questions(metric, metrics)
    )
    mixed = frozenset(metric.id for metric in order if is_mixed(metric, metrics))
    weights = {
        metric.id: weights_of(metric, metrics)
        for metric in order
        if metric.aggregate and not metric.is_rank_based
    }
    return Structure(metrics, tuple(order), within, by_questions, mixed, weights)


def is_mixed(metric: MetricRecord, metrics: dict[int, MetricRecord]) -> bool:
    """Is it a mean of another unit or direction than its own? Old databases have such."""
    return not metric.is_rank_based and any(
        metrics[component].scale != metric.scale for component, _ in metric.components
    )


def weights_of(metric: MetricRecord, metrics: dict[int, MetricRecord]) -> list[tuple[int, Decimal]]:
    """The components of an aggregate with their weights; 0 for one without a weight.

    Equal ones in a mean. Else the given weight, or the component's question count; components that
    ask the same questions share their count, as the questions count once.
    """
    if metric.aggregate == Metric.Aggregate.MEAN:
        return [(component, Decimal(1)) for component, _ in metric.components]
    sharing = Counter(metrics[part].question_set for part, weight in metric.components
                      if weight is None)  # fmt: skip
    return [
        (
            component,
            weight
            or Decimal(metrics[component].question_count or 0)
            / sharing[metrics[component].question_set],
        )
        for component, weight in metric.components
    ]


def is_weighted_by_questions(metric: MetricRecord, metrics: dict[int, MetricRecord]) -> bool:
    """Are the weights of an aggregate the question counts of its components, each of questions of
    its own?"""
    sets = {metrics[component].question_set for component, _ in metric.components}
    return (
        metric.aggregate == Metric.Aggregate.QUESTION_WEIGHTED
        and len(sets) == len(metric.components)
        and all(
            metrics[component].question_count
            and weight in (None, metrics[component].question_count)
            for component, weight in metric.components
        )
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
