"""What was entered as a draft is never told, also after it became public."""

import itertools
from datetime import UTC, datetime

import pytest

from leaderboard.models import Benchmark, Column, Source
from leaderboard.trail.publicity import PublicTimes
from tests.factories import (
    make_aggregate,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)
from tests.trail.test_changes import corrections_of


def day(number):
    return datetime(2026, 1, number, tzinfo=UTC)


def correct(score, value, reason):
    score.value, score._change_reason = value, reason
    score.save()


def reasons(llm):
    return [change.reason for change in corrections_of(llm)]


@pytest.fixture
def published(db):
    return make_leaderboard([make_metric("shown")])


def test_the_history_of_a_draft_column_stays_hidden_when_a_published_leaderboard_takes_it(
    client, published
):
    metric = make_metric("drafted")
    make_leaderboard([metric], slug="draft", title="Draft", is_published=False)
    score = make_score(make_llm(), metric, "0.5")
    correct(score, "0.6", "Secret.")
    Column.objects.create(leaderboard=published, metric=metric, position=2)
    assert (reasons(score.llm), b"Secret" in client.get("/changes/").content) == ([], False)
    correct(score, "0.7", "Public.")
    assert reasons(score.llm) == ["Public."]


def test_what_was_entered_while_a_leaderboard_was_withdrawn_stays_hidden_when_it_is_back(
    client, published
):
    score = make_score(make_llm(), published.ranking_metric, "0.5")
    for is_published, value in ((False, "0.6"), (True, "0.7")):
        published.is_published = is_published
        published.save()
        correct(score, value, f"Reason {value}.")
    assert reasons(score.llm) == ["Reason 0.7."]
    assert b"Reason 0.6" not in client.get("/changes/feed/").content


def test_the_history_of_a_component_begins_with_its_aggregate_on_a_leaderboard(published):
    metric = make_metric("part")
    score = make_score(make_llm(), metric, "0.5")
    correct(score, "0.6", "Secret.")
    aggregate = make_aggregate("mean", [metric])
    correct(score, "0.7", "Still secret.")
    Column.objects.create(leaderboard=published, metric=aggregate, position=2)
    correct(score, "0.8", "Public.")
    assert reasons(score.llm) == ["Public."]


def test_a_value_that_came_with_its_publication_has_no_value_before(published):
    llm = make_llm(is_published=False)
    score = make_score(llm, published.ranking_metric, "0.5")
    llm.is_published = True
    llm.save()
    score._history_date = llm.history.latest().history_date
    correct(score, "0.6", "In the same form.")
    assert corrections_of(llm) == []


def test_a_benchmark_renamed_as_a_draft_does_not_answer_its_old_address(client, published):
    benchmark = Benchmark.objects.create(name="Secret project")
    metric = make_metric("later", benchmark=benchmark)
    benchmark.name, benchmark.slug = "Public name", "public-name"
    benchmark.save()
    Column.objects.create(leaderboard=published, metric=metric, position=2)
    assert client.get("/benchmarks/public-name/").status_code == 200
    assert client.get("/benchmarks/secret-project/").status_code == 404


def test_a_draft_benchmark_does_not_answer_its_old_address_for_a_metric_that_moves_to_it(
    client, published
):
    benchmark, metric = Benchmark.objects.create(name="Secret project"), published.ranking_metric
    metric.benchmark = Benchmark.objects.create(name="Public all the time")
    metric.save()
    benchmark.name, benchmark.slug = "Public name", "public-name"
    benchmark.save()
    metric.benchmark = benchmark
    metric.save()
    assert client.get("/benchmarks/public-name/").status_code == 200
    assert client.get("/benchmarks/secret-project/").status_code == 404


def test_a_benchmark_leads_on_from_an_address_that_a_metric_gave_it_which_is_another_s_now(
    client, published
):
    benchmark, metric = Benchmark.objects.create(name="First name"), published.ranking_metric
    metric.benchmark = benchmark
    metric.save()
    benchmark.name, benchmark.slug = "Second name", "second-name"
    benchmark.save()
    later = make_metric("later", benchmark=benchmark)
    Column.objects.create(leaderboard=published, metric=later, position=2)
    metric.benchmark = None
    metric.save()
    assert client.get("/benchmarks/first-name/")["Location"] == "/benchmarks/second-name/"


def test_a_benchmark_renamed_while_public_leads_on(client, published):
    benchmark = Benchmark.objects.create(name="First name")
    metric = make_metric("own", benchmark=benchmark)
    Column.objects.create(leaderboard=published, metric=metric, position=2)
    benchmark.name, benchmark.slug = "Second name", "second-name"
    benchmark.save()
    answer = client.get("/benchmarks/first-name/")
    assert (answer.status_code, answer["Location"]) == (301, "/benchmarks/second-name/")


def test_numbers_of_sources_do_not_count_them(db):
    numbers = [Source.objects.create(title=f"Run {number}").pk for number in range(20)]
    neighbours = itertools.pairwise(numbers)
    assert not any(0 < later - earlier < 100 for earlier, later in neighbours)
    assert Source.objects.get(pk=numbers[0]).title == "Run 0"


def test_times_are_those_from_a_start_up_to_the_next_end():
    times = PublicTimes()
    for date, is_public in ((day(2), True), (day(4), True), (day(6), False), (day(8), True)):
        times.switch(date, is_public)
    assert [times.holds(day(number)) for number in range(1, 10)] == [
        False, True, True, True, True, False, False, True, True,
    ]  # fmt: skip
    assert [times.held_before(day(number)) for number in (2, 3, 6, 7)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert times.holds_now
    assert times.overlaps(day(6), day(9))
    assert not times.overlaps(day(6), day(8))
    assert not times.overlaps(day(1), day(2))


def test_a_publication_taken_back_in_the_same_moment_is_none():
    times = PublicTimes()
    times.switch(day(1), True)
    times.switch(day(1), False)
    assert (times.turns, times.holds_now) == ([], False)
