"""Every rule about the content is named once, with what holds it and a way to see it broken."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from leaderboard.models import Component, Metric
from leaderboard.models.invariants import INVARIANTS, LOCK, find_violations
from tests.factories import make_aggregate, make_leaderboard, make_llm, make_metric, make_score

pytestmark = pytest.mark.django_db

WEIGHTED = Metric.Aggregate.QUESTION_WEIGHTED


def score_out_of_range():
    score = make_score(make_llm(), make_metric(), "1.5")
    return [f"score {score.pk} is {Decimal('1.5'):.8f}, outside the range of its metric"]


def empty_range():
    metric = make_metric(minimum=1, maximum=0)
    return [f"metric {metric.pk} has no value between its minimum and maximum"]


def component_in_another_unit():
    aggregate = make_aggregate("mean", [make_metric("part", unit="percent")])
    component = Component.objects.get(aggregate=aggregate)
    return [f"component {component.pk} is in another unit than its aggregate"]


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


def sizes_the_wrong_way_round():
    llm = make_llm(parameters=7, active_parameters=8)
    return [f"LLM {llm.pk} has more active parameters than parameters"]


def titles_alike():
    for number, title in enumerate(["Board", "BOARD"]):
        make_leaderboard([make_metric(f"m{number}")], slug=f"b{number}", title=title)
    return ["2 leaderboards have the title board"]


BROKEN = [
    score_out_of_range, empty_range, component_in_another_unit, component_without_weight, circle,
    ranking_metric_that_is_no_column, sizes_the_wrong_way_round, titles_alike,
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
            "part is in percent, and mean in proportion: their mean says nothing. Choose metrics "
            "of one unit.",
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


def test_an_aggregate_in_points_takes_metrics_of_any_unit():
    parts = [make_metric("share"), make_metric("percent", unit="percent")]
    index = make_metric("index", unit="points", aggregate="mean")
    for part in parts:
        Component(aggregate=index, metric=part).full_clean()
