"""The standings of one benchmark over all LLMs, by its headline metric."""

from typing import Any

from leaderboard.models import Benchmark, Column, Metric

from .published import Content
from .records import load_records
from .standings import Standings, build_standings


def find_benchmark(slug: str) -> Benchmark | None:
    """The public benchmark at an address, with its texts in all languages."""
    benchmark: Benchmark | None = (
        Benchmark.objects.published().with_translations().filter(slug=slug).first()
    )
    return benchmark


def public_metrics(benchmark: Benchmark) -> Any:
    """Its metrics that pages show or depend on, in their order."""
    return Metric.objects.published().filter(benchmark=benchmark).order_by("pk")


def benchmark_standings(content: Content, benchmark: Benchmark) -> Standings:
    """The standings over its public metrics; found once.

    A metric ranks partial runs if a leaderboard that shows it does.
    """

    def load() -> Standings:
        metrics = list(public_metrics(benchmark))
        ranking = Column.objects.published().filter(leaderboard__ranks_partial_runs=True)
        partial = ranking.filter(metric__in=metrics).values_list("metric_id", flat=True)
        keys = [metric.pk for metric in metrics]
        headline = choose_headline(metrics)
        return build_standings(load_records(keys, headline, ranks_partial=frozenset(partial)))

    standings: Standings = content.compute_once(("benchmark", benchmark.pk), load)
    return standings


def choose_headline(metrics: list[Metric]) -> int | None:
    """The id of the metric by which the best LLMs are shown: the first aggregate with a direction,
    else the first metric with one; None if there is none."""
    ranking = [metric.pk for metric in metrics if metric.can_rank]
    aggregates = [metric.pk for metric in metrics if metric.can_rank and metric.aggregate]
    return next(iter([*aggregates, *ranking]), None)
