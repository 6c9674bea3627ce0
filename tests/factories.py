"""Content for tests, in plain functions: each makes one thing, with the least that it needs."""

from decimal import Decimal

from leaderboard.models import LLM, Benchmark, Column, Component, Leaderboard, Metric, Score


def make_llm(name="Alpha", **fields):
    return LLM.objects.create(name=name, **fields)


def make_benchmark(name="Bench", **fields):
    return Benchmark.objects.create(name=name, **fields)


def make_metric(key="accuracy", **fields):
    return Metric.objects.create(**{"name": key, "key": key} | fields)


def make_aggregate(key, components, aggregate=Metric.Aggregate.MEAN, **fields):
    metric = make_metric(key, aggregate=aggregate, **fields)
    for position, component in enumerate(components):
        Component.objects.create(aggregate=metric, metric=component, position=position)
    return metric


def make_score(llm, metric, value, **fields):
    return Score.objects.create(llm=llm, metric=metric, value=Decimal(str(value)), **fields)


def make_leaderboard(metrics, ranking_metric=None, **fields):
    leaderboard = Leaderboard.objects.create(
        **{
            "title": "Board",
            "slug": "board",
            "is_published": True,
            "ranking_metric": ranking_metric or metrics[-1],
        }
        | fields
    )
    for position, metric in enumerate(metrics):
        Column.objects.create(leaderboard=leaderboard, metric=metric, position=position)
    return leaderboard
