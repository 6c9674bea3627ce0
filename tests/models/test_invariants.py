"""Every rule about the content is named once, with what holds it and a way to see it broken."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from leaderboard.models import Component, Fact, Metric
from leaderboard.models.invariants import INVARIANTS, LOCK, find_violations
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)
from tests.facts import give_value, make_fact

pytestmark = pytest.mark.django_db

WEIGHTED = Metric.Aggregate.QUESTION_WEIGHTED


def score_out_of_range():
    score = make_score(make_llm(), make_metric(), "1.5")
    return [f"score {score.pk} is {Decimal('1.5'):.8f}, outside the range of its metric"]


def empty_range():
    metric = make_metric(minimum=1, maximum=0)
    return [f"metric {metric.pk} has no value between its minimum and maximum"]


def component_of_another_scale():
    aggregate = make_aggregate("mean", [make_metric("part", unit="percent")])
    component = Component.objects.get(aggregate=aggregate)
    return [f"component {component.pk} is in another unit or direction than its aggregate"]


def rank_based_one_with_a_score():
    rate = make_metric("rate", aggregate="mean win rate", higher_is_better=False)
    make_score(make_llm(), rate, "0.5")
    return [
        f"metric {rate.pk} is made from ranks and in no unit or direction of such",
        f"metric {rate.pk} is made from ranks and has scores",
    ]


def questions_of_another_benchmark():
    far = make_metric("far", benchmark=make_benchmark("Other"))
    near = make_metric("near", questions_of=make_metric("owner"))
    lost = [
        make_metric("lost", benchmark=make_benchmark(), questions_of=far),
        make_metric("borrowed", questions_of=near),
    ]
    return [
        f"metric {metric.pk} asks the questions of one that has none, or of another benchmark"
        for metric in lost
    ]


def component_without_weight():
    aggregate = make_aggregate("mean", [make_metric("part")], WEIGHTED)
    component = Component.objects.get(aggregate=aggregate)
    return [f"component {component.pk} has neither a weight nor a number of questions"]


def circle():
    one = make_metric("one", aggregate="mean")
    two = make_aggregate("two", [one])
    Component.objects.create(aggregate=one, metric=two)
    return [f"metric {metric.pk} is made from itself" for metric in (one, two)]


def ranking_metric_that_is_no_column():
    board = make_leaderboard([make_metric("shown")], ranking_metric=make_metric("other"))
    return [f"leaderboard {board.pk} is ranked by a metric that is none of its columns"]


def ranking_metric_without_direction():
    board = make_leaderboard([make_metric("year", higher_is_better=None)])
    return [f"leaderboard {board.pk} is ranked by a metric without direction"]


def sizes_the_wrong_way_round():
    llm = make_llm(parameters=7, active_parameters=8)
    return [f"LLM {llm.pk} has more active parameters than parameters"]


def titles_alike():
    for number, title in enumerate(["Board", "BOARD"]):
        make_leaderboard([make_metric(f"m{number}")], slug=f"b{number}", title=title)
    return ["2 leaderboards have the title board"]


def value_of_another_kind():
    row = give_value(make_llm(), make_fact("Context length"), 128000)
    Fact.objects.filter(pk=row.fact_id).update(kind="answer")
    return [f"value {row.pk} is no answer, as its fact is"]


BROKEN = [
    score_out_of_range, empty_range, component_of_another_scale,
    rank_based_one_with_a_score, questions_of_another_benchmark, component_without_weight, circle,
    ranking_metric_that_is_no_column, ranking_metric_without_direction,
    sizes_the_wrong_way_round, titles_alike, value_of_another_kind,
]  # fmt: skip


@pytest.mark.parametrize("break_rule", BROKEN)
def test_what_breaks_a_rule_is_found(break_rule):
    assert find_violations() == []
    assert break_rule() == find_violations()


def test_every_rule_that_only_the_lock_holds_can_be_seen_broken():
    assert sum(LOCK in invariant.held_by for invariant in INVARIANTS) == len(BROKEN)


def test_the_constraints_that_hold_a_rule_are_there():
    models = apps.get_app_config("leaderboard").get_models()
    there = {constraint.name for model in models for constraint in model._meta.constraints}
    named = {name for invariant in INVARIANTS for name in invariant.held_by}
    assert named - there == {LOCK, "unique"}


def test_the_seed_breaks_no_rule(anesbench):
    assert find_violations() == []


# What a metric's aggregates need of it


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        (
            {"question_count": None},
            "question_count",
            "mean weighs this metric by its number of questions. Type a weight there first.",
        ),
        (
            {"unit": "percent", "maximum": 100},
            "unit",
            "part is in percent (higher is better), and mean in proportion (higher is better): "
            "their mean says nothing. Choose metrics of one unit and direction, or make mean a "
            "mean win rate, which takes any.",
        ),
        (
            {"higher_is_better": False},
            "higher_is_better",
            "part is in proportion (lower is better), and mean in proportion (higher is better): "
            "their mean says nothing. Choose metrics of one unit and direction, or make mean a "
            "mean win rate, which takes any.",
        ),
    ],
)
def test_a_metric_keeps_what_its_aggregate_needs(change, field, sentence):
    part = make_metric("part", question_count=100)
    make_aggregate("mean", [part], WEIGHTED)
    for name, value in change.items():
        setattr(part, name, value)
    with pytest.raises(ValidationError) as refused:
        part.full_clean()
    assert refused.value.message_dict == {field: [sentence]}


def test_with_a_weight_the_number_of_questions_may_go():
    part = make_metric("part", question_count=100)
    make_aggregate("mean", [part], WEIGHTED, weights=["1"])
    part.question_count = None
    part.full_clean()


SCALES = [
    {}, {"unit": "percent"}, {"higher_is_better": False}, {"unit": "other", "unit_label": "ms"},
    {"unit": "other", "unit_label": "s"},
]  # fmt: skip


@pytest.mark.parametrize("scale", SCALES[1:])
@pytest.mark.parametrize("unit", ["proportion", "points"])
def test_a_mean_takes_no_metric_of_another_unit_or_direction(scale, unit):
    mean = make_metric("index", unit=unit, aggregate="mean")
    with pytest.raises(ValidationError, match="their mean says nothing"):
        Component(aggregate=mean, metric=make_metric("part", **scale)).full_clean()


def test_what_is_made_from_ranks_takes_every_metric_with_a_direction():
    win_rate = make_metric("win rate", aggregate="mean win rate")
    for number, scale in enumerate(SCALES):
        Component(aggregate=win_rate, metric=make_metric(f"m{number}", **scale)).full_clean()
    year = Component(aggregate=win_rate, metric=make_metric("year", higher_is_better=None))
    with pytest.raises(ValidationError, match="No LLM is better in year"):
        year.full_clean()


# Metrics without direction rank nothing


def test_a_leaderboard_is_ranked_by_a_metric_with_a_direction():
    board = make_leaderboard([make_metric("accuracy"), make_metric("year", higher_is_better=None)])
    with pytest.raises(ValidationError) as refused:
        board.full_clean()
    assert refused.value.message_dict == {
        "ranking_metric": [
            "year ranks nothing: neither end of it is better. Rank by another metric, or give it a "
            "direction."
        ]
    }


def test_a_metric_that_ranks_a_leaderboard_keeps_a_direction():
    metric, other = make_metric("time", higher_is_better=False), make_metric("length")
    make_leaderboard([other, metric], title="Speed")
    for each, higher_is_better in ((metric, True), (other, None)):
        each.higher_is_better = higher_is_better
        each.full_clean()
    metric.higher_is_better = None
    with pytest.raises(ValidationError) as refused:
        metric.full_clean()
    assert refused.value.message_dict == {
        "higher_is_better": ["Speed is ranked by it. Rank that by another metric first."]
    }


# Labels of units, and metrics of the same questions


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"unit": "other", "unit_label": "ms"}, None),
        ({"unit": "other", "unit_label": "$"}, None),
        ({"unit": "other", "unit_label": "m\u200bs"}, "unit_label"),
        ({"unit": "other"}, "unit_label"),
        ({"unit": "points", "unit_label": "Elo"}, "unit_label"),
    ],
)
def test_another_unit_has_a_label_and_no_other_has(fields, wrong):
    metric = Metric(name="x", key="x", **fields)
    if wrong is None:
        metric.full_clean()
        return
    with pytest.raises(ValidationError) as refused:
        metric.full_clean()
    assert wrong in refused.value.message_dict
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        Metric.objects.create(name="x", key="x", **fields)


def test_a_metric_asks_its_own_questions_or_those_of_one_near():
    bench, other = make_benchmark("Bench"), make_benchmark("Other")
    accuracy = make_metric("acc", benchmark=bench, question_count=1319)
    f1 = make_metric("f1", benchmark=bench, questions_of=accuracy)
    assert (f1.asked_count, accuracy.asked_count) == (1319, 1319)
    f1.full_clean()
    for wrong in (
        make_metric("twice", benchmark=bench, questions_of=f1),
        make_metric("far", benchmark=other, questions_of=accuracy),
    ):
        with pytest.raises(ValidationError) as refused:
            wrong.full_clean()
        assert list(refused.value.message_dict) == ["questions_of"]
    f1.question_count = 5
    with pytest.raises(IntegrityError), transaction.atomic():
        f1.save()


# A range that leaves scores outside


@pytest.mark.parametrize(
    ("change", "field", "named"),
    [
        ({"maximum": None}, "maximum", "2 scores would be outside this range (0 to 100, percent): "
         "Alpha 120, Beta 150. Correct them first."),
        ({"minimum": 130}, "minimum", "5 scores would be outside this range (130 to 200, percent): "
         "Alpha 120, Delta 1, Epsilon 2, and 2 more. Correct them first."),
    ],
)  # fmt: skip
def test_a_range_is_refused_on_its_own_end_with_the_scores_beyond_it(change, field, named):
    metric = make_metric(unit="percent", minimum=0, maximum=200)
    values = {"Beta": 150, "Alpha": 120, "Zeta": 4, "Epsilon": 2, "Delta": 1, "Eta": 3}
    for name, value in values.items():
        make_score(make_llm(name), metric, value)
    for name, value in change.items():
        setattr(metric, name, value)
    with pytest.raises(ValidationError) as refused:
        metric.full_clean()  # an emptied end follows from the unit first
    assert refused.value.message_dict == {field: [named]}


@pytest.mark.parametrize(
    ("unit", "maximum", "words"),
    [
        ("percent", 1, "0 to 1 is the range of a proportion. Leave both ends empty."),
        ("proportion", 100, "0 to 100 is the range of percent. Leave both ends empty."),
    ],
)
def test_the_range_of_one_share_is_none_of_the_other(unit, maximum, words):
    metric = Metric(name="x", key="x", unit=unit, minimum=0, maximum=maximum)
    with pytest.raises(ValidationError) as refused:
        metric.full_clean()
    assert refused.value.message_dict == {"maximum": [words]}


@pytest.mark.parametrize("label", ["$", "€", "°C", "%", "±", "ms", "tokens"])
def test_a_label_may_be_a_sign(label):
    metric = Metric(name="x", key="x", unit="other", unit_label=f" {label} ")
    metric.full_clean()
    assert metric.unit_label == label


def test_a_label_that_nobody_can_see_is_refused():
    with pytest.raises(ValidationError) as refused:
        Metric(name="x", key="x", unit="other", unit_label="m\u200bs").full_clean()
    assert list(refused.value.message_dict) == ["unit_label"]
