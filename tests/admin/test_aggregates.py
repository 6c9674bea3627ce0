"""Components of another unit or direction are refused on every way in, with what to do instead."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError

from leaderboard.models import Component, Metric
from tests.admin.two_maintainers import address, opened, save, told
from tests.factories import make_aggregate, make_benchmark, make_leaderboard, make_metric

RATE = Metric.Aggregate.MEAN_WIN_RATE
MIXES = "their mean says nothing"


@pytest.fixture
def parts(db):
    return [make_metric("acc", unit="percent"), make_metric("f1", unit="percent")]


@pytest.fixture
def mean(parts):
    return make_aggregate("overall", parts, unit="percent")


@pytest.fixture
def latency(db):
    return make_metric("latency", unit="other", unit_label="ms", higher_is_better=False)


def send(client, metric, changes):
    return client.post(address(metric), opened(client, metric) | changes)


def add_component(client, mean, metric, **changes):
    """Sends the form of an aggregate with one more component."""
    number = mean.components.count()
    row = {f"components-{number}-metric": metric.pk, f"components-{number}-position": 9}
    return send(client, mean, row | changes)


def test_the_form_of_an_aggregate_takes_no_component_of_another_unit(anna, mean, latency):
    (sentence,) = told(add_component(anna, mean, latency))
    assert sentence == (
        "latency is in ms (lower is better), and overall in percent (higher is better): their mean "
        "says nothing. Choose metrics of one unit and direction, or make overall a mean win rate, "
        "which takes any."
    )
    assert mean.components.count() == 2


def test_what_the_sentence_says_can_be_done_in_the_same_form(anna, mean, latency):
    response = add_component(anna, mean, latency, aggregate=RATE)
    assert (response.status_code, mean.components.count()) == (302, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"unit": "points", "minimum": "", "maximum": ""},
        {"unit": "other", "unit_label": "ms", "minimum": "", "maximum": ""},
        {"higher_is_better": "False"},
    ],
)
def test_neither_an_aggregate_nor_a_component_leaves_the_unit_of_the_other(anna, mean, change):
    for metric in (mean, mean.components.first().metric):
        sentences = told(send(anna, metric, change))
        assert sentences
        assert all(MIXES in sentence for sentence in sentences)
        metric.refresh_from_db()
        assert (metric.unit, metric.higher_is_better) == ("percent", True)


def test_a_mean_win_rate_of_several_units_becomes_no_mean(anna, mean, latency):
    add_component(anna, mean, latency, aggregate=RATE)
    sentences = told(send(anna, mean, {"aggregate": "mean"}))
    assert any(MIXES in sentence for sentence in sentences)


@pytest.mark.parametrize("kind", ["mean", RATE])
def test_what_is_made_from_ranks_is_no_component(mean, parts, kind):
    outer = make_metric("outer", aggregate=kind, unit="percent")
    rate = make_aggregate("rate", parts, RATE, unit="percent")
    with pytest.raises(ValidationError, match="Choose the metrics that it is made from"):
        Component(aggregate=outer, metric=rate).full_clean()
    Component.objects.create(aggregate=outer, metric=mean)
    mean.aggregate = RATE
    with pytest.raises(ValidationError) as refused:
        mean.full_clean()
    assert list(refused.value.message_dict) == ["aggregate"]


def test_a_metric_without_direction_is_no_component_of_what_is_made_from_ranks(parts):
    rate = make_aggregate("rate", parts, RATE)
    year = make_metric("year", unit="points", higher_is_better=None)
    with pytest.raises(ValidationError, match="No LLM is better in year: it has no direction"):
        Component(aggregate=rate, metric=year).full_clean()


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"question_count": 400}, "question_count", "asks no questions"),
        ({"unit": "points"}, "aggregate", "a proportion or percent, and higher is better"),
        ({"aggregate": "mean rank"}, "aggregate", "in points or another unit, and lower is better"),
    ],
)
def test_what_is_made_from_ranks_is_told_its_unit_and_direction(db, fields, field, sentence):
    metric = Metric(**{"name": "rate", "key": "rate", "aggregate": RATE} | fields)
    with pytest.raises(ValidationError) as refused:
        metric.full_clean()
    assert sentence in refused.value.message_dict[field][0]


def test_a_fixture_brings_no_component_of_another_unit(mean, latency, tmp_path):
    fields = {"aggregate": ["overall"], "metric": ["latency"], "position": 3}
    path = tmp_path / "mixed.json"
    path.write_text(json.dumps([{"model": "leaderboard.component", "fields": fields}]))
    with pytest.raises(CommandError, match=MIXES):
        call_command("loaddata", str(path), verbosity=0)
    assert mean.components.count() == 2


def test_old_content_with_a_mixed_mean_is_shown_and_says_what_to_do(anna, client, mean, latency):
    Component.objects.create(aggregate=mean, metric=latency, position=3)
    make_leaderboard([latency, mean])
    assert client.get("/").status_code == 200
    page = anna.get("/admin/leaderboard/leaderboard/consistency/").content.decode()
    assert "Take them out of it, or make it a mean win rate." in page
    save(anna, mean, {"components-2-DELETE": "on"})
    assert mean.components.count() == 2


# Questions that several metrics ask


def test_the_admin_lists_how_many_questions_a_metric_asks_and_whose(anna, db):
    bench = make_benchmark("Bench")
    acc = make_metric("acc", benchmark=bench, question_count=1300)
    make_metric("f1", benchmark=bench, questions_of=acc)
    for page in ("/admin/leaderboard/metric/", address(bench)):
        assert "1,300, those of acc" in anna.get(page).content.decode()


def test_a_metric_stays_in_the_benchmark_of_those_that_ask_its_questions(db):
    bench = make_benchmark("Bench")
    acc = make_metric("acc", benchmark=bench, question_count=1300)
    make_metric("f1", benchmark=bench, questions_of=acc)
    acc.benchmark = make_benchmark("Other")
    with pytest.raises(ValidationError) as refused:
        acc.full_clean()
    assert refused.value.message_dict == {
        "benchmark": ["Bench f1 asks its questions and stays behind. Give that its own first."]
    }
