"""Content for tests, in plain functions: each makes one thing, with the least that it needs."""

from decimal import Decimal

from leaderboard.imports.pending import reading_to_json
from leaderboard.models import (
    LLM,
    Alias,
    APIToken,
    Benchmark,
    Column,
    Component,
    DraftLink,
    Fact,
    FactValue,
    Import,
    Leaderboard,
    Metric,
    Organization,
    Score,
    SitePage,
    Source,
)
from leaderboard.models.locks import content_lock
from leaderboard.readers.results import Reading
from leaderboard.trail.releases import freeze

# The seed's metrics in the order of its columns.
SEED_METRICS = (
    "anesbench-system1",
    "anesbench-system1x",
    "anesbench-system2",
    "anesbench-overall",
    "amcqa-system1",
    "amcqa-system1x",
    "amcqa-system2",
    "amcqa-overall",
    "average",
)


def make_llm(name="Alpha", **fields):
    return LLM.objects.create(name=name, **fields)


def make_benchmark(name="Bench", **fields):
    return Benchmark.objects.create(name=name, **fields)


def make_metric(key="accuracy", **fields):
    return Metric.objects.create(**{"name": key, "key": key} | fields)


def make_aggregate(key, components, aggregate=Metric.Aggregate.MEAN, weights=None, **fields):
    """Of metrics in their order; weights are needed only where question counts do not serve."""
    with content_lock():  # as by a form: one edit
        metric = make_metric(key, aggregate=aggregate, **fields)
        for position, component in enumerate(components):
            weight = Decimal(weights[position]) if weights else None
            Component.objects.create(
                aggregate=metric, metric=component, position=position, weight=weight
            )
    return metric


def make_score(llm, metric, value, **fields):
    return Score.objects.create(llm=llm, metric=metric, value=Decimal(str(value)), **fields)


def make_scores(scores):
    """{LLM: {metric: value}}, entered at once; an LLM is a name or an LLM."""
    with content_lock():
        for llm, values in scores.items():
            llm = make_llm(llm) if isinstance(llm, str) else llm
            for metric, value in values.items():
                make_score(llm, metric, value)


def make_leaderboard(metrics, ranking_metric=None, **fields):
    with content_lock():  # as by a form: one edit
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


def give_scores_to_more_llms(leaderboard, count):
    """LLMs “Extra 1”, “Extra 2”, … with a score in every column, written at once."""
    llms = [LLM(name=f"Extra {number}", is_published=True) for number in range(1, count + 1)]
    for llm in llms:
        llm.derive()
    LLM.objects.bulk_create(llms)
    metrics = [column.metric for column in leaderboard.columns.select_related("metric")]
    Score.objects.bulk_create(
        Score(llm=llm, metric=metric, value=Decimal("0.5"), decimals=2)
        for llm in llms
        for metric in metrics
    )


def make_site_page(title="About", **fields):
    values = {"title": title, "text": "Text.", "is_published": True} | fields
    return SitePage.objects.create(**values)


def make_drafts_of_each_kind():
    """A row of every kind, all drafts; nothing forbids to change or delete the first of a kind.
    Returns the score."""
    make_metric("spare", benchmark=make_benchmark("A spare one"))
    Organization.objects.create(name="Acme")
    llm = make_llm("Alpha", is_published=False)
    metric = make_metric("accuracy", benchmark=make_benchmark("Bench"), question_count=10)
    score = make_score(llm, metric, 0.5)
    make_leaderboard([metric], is_published=False)
    Alias.objects.create(name="Another name", llm=llm)
    fact = Fact.objects.create(name="Context length", kind="number")
    FactValue.objects.create(llm=llm, fact=fact, value="8000")
    Source.objects.create(title="Source")
    page = make_site_page(is_published=False)
    DraftLink.objects.create(kind="sitepage", row=page.pk)
    APIToken(name="nightly").issue(None)
    Import.objects.create(file_name="scores.csv", format="wide", reading=reading_to_json(Reading()))
    return score


def make_release(name="2026-11"):
    """A release of a published leaderboard of its own, which shows no LLM."""
    metric = make_metric("frozen", benchmark=make_benchmark("Frozen"))
    return freeze(make_leaderboard([metric], slug="frozen", title="Frozen", position=9), name)


def make_board_of_units():
    """“Board” of two LLMs: percent, $, ms, tokens of no direction, Elo, points; ranked by Elo."""
    bench = make_benchmark("Shop", language="English")
    other = {"unit": "other", "decimals": 0, "is_share_of_questions": False, "benchmark": bench}
    metrics = [
        make_metric("accuracy", unit="percent", decimals=1, question_count=500, benchmark=bench),
        make_metric(
            "cost", **other | {"unit_label": "$", "label_in_front": True, "decimals": 2},
            higher_is_better=False,
        ),
        make_metric("latency", **other, unit_label="ms", higher_is_better=False),
        make_metric("tokens", **other, unit_label="tokens", higher_is_better=None),
        make_metric("rating", **other | {"unit_label": "Elo", "decimals": 1}),
        make_metric("gain", **other | {"unit": "points"}),
    ]  # fmt: skip
    values = {
        "Alpha": ("91.2", "0.25", "1204", "1872455", "1452.467219", "-100000000000000"),
        "Beta": ("88.1", "-3", "12040", "999", "1396.1", "100000000000000"),
    }
    for size, (name, row) in enumerate(values.items(), start=7):
        make_scores({make_llm(name, parameters=size): dict(zip(metrics, row, strict=True))})
    return make_leaderboard(metrics, ranking_metric=metrics[4])
