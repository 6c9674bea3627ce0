"""Lists and forms of the admin stay small and ask as little with many rows as with few."""

import re
import time

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leaderboard.accounts import sessions
from leaderboard.admin import leaderboards
from leaderboard.admin.conflicts import deletions
from leaderboard.admin.filters import MOST_CHOICES
from leaderboard.models import LLM, Column, Leaderboard, Organization, Score, Source
from leaderboard.models.locks import content_lock
from leaderboard.standings import consistency
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)
from tests.page_reader import page_form

LISTS = ["organization", "llm", "benchmark", "metric", "source", "score", "leaderboard", "alias"]


@pytest.fixture
def maintainer(client, django_user_model, monkeypatch):
    # On a slow machine a minute may pass between two requests whose queries are compared; the
    # second would then renew the session, which takes queries of its own.
    monkeypatch.setattr(sessions, "RENEWAL", sessions.LONGEST_SESSION)
    user = django_user_model.objects.create_user("maintainer", is_staff=True)
    user.groups.add(Group.objects.get(name="Maintainers"))
    client.force_login(user)
    client.get(reverse("admin:index"))
    return client


def make_scores(numbers):
    """Each of an LLM, organization, benchmark, metric and source of its own, entered at once."""
    with content_lock():
        for number in numbers:
            make_score_of_its_own(number)


def make_score_of_its_own(number):
    maker = Organization.objects.create(name=f"Lab {number}")
    llm = make_llm(f"Model {number}", organization=maker, domain=f"field {number}")
    bench = make_benchmark(f"Bench {number}", language=f"Language {number}")
    metric = make_metric(f"metric-{number}", benchmark=bench)
    source = Source.objects.create(title=f"Source {number}")
    make_score(llm, metric, "0.5", source=source)


def list_of(name):
    return reverse(f"admin:leaderboard_{name}_changelist")


def count_queries(client, address):
    """How many queries the address takes once the process knows its content types."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        response = client.get(address)
    assert response.status_code == 200
    return len(asked)


def test_a_minute_between_two_requests_takes_no_query_here(maintainer, db, monkeypatch):
    few = count_queries(maintainer, list_of("llm"))
    later = time.time() + 2 * 60
    monkeypatch.setattr(sessions.time, "time", lambda: later)
    assert count_queries(maintainer, list_of("llm")) == few


def filters(response):
    """{title: number of links} of the filters beside a list"""
    parts = response.content.decode().partition('id="changelist-filter"')[2].split("<summary>")
    return {
        part.partition("</summary>")[0].strip().removeprefix("By ").strip(): part.count('href="?')
        for part in parts[1:]
    }


@pytest.mark.parametrize(
    ("name", "count"), [("llm", 12), ("benchmark", 11), ("metric", 11), ("score", 13)]
)
def test_a_list_asks_as_often_for_one_row_as_for_three(name, count, maintainer, db):
    make_scores([1])
    few = count_queries(maintainer, list_of(name))
    make_scores([2, 3])
    assert (few, count_queries(maintainer, list_of(name))) == (count, count)


def test_a_filter_names_entries_while_they_are_few(maintainer, db):
    make_scores([1, 2, 3])
    assert filters(maintainer.get(list_of("score"))) == {
        "benchmark": 5,
        "metric": 4,
        "tier": 5,
        "source": 5,
    }


def test_a_filter_names_entries_in_the_order_of_their_names(maintainer, db):
    for name in ("Zeta", "Acme", "Mid"):
        make_llm(f"Of {name}", organization=Organization.objects.create(name=name))
    page = maintainer.get(list_of("llm")).text.partition('id="changelist-filter"')[2]
    names = re.findall(r'href="\?organization__id__exact=\d+">\s*(.*?)\s*</a>', page)
    assert names == ["Acme", "Mid", "Zeta"]


def test_no_list_has_a_filter_too_long_to_read(maintainer, db):
    make_scores(range(MOST_CHOICES + 1))
    counts = {name: filters(maintainer.get(list_of(name))) for name in LISTS}
    assert max(count for each in counts.values() for count in each.values()) < 10
    assert counts["score"] == {"tier": 5}
    assert "organization" not in counts["llm"]
    assert "domain" not in counts["llm"]


def test_scores_are_found_by_their_source(maintainer, db):
    make_scores(range(3))
    page = maintainer.get(list_of("score"), {"q": "source 1"}).content.decode()
    assert re.findall(r"Model \d", page) == ["Model 1"]


def test_the_newest_scores_are_listed_first(maintainer, db):
    make_scores(range(3))
    page = maintainer.get(list_of("score")).content.decode()
    assert re.findall(r"field-llm[^>]*>.*?(Model \d)", page) == ["Model 2", "Model 1", "Model 0"]


def test_the_consistency_page_shows_the_first_findings_and_how_many_more(
    maintainer, db, monkeypatch
):
    monkeypatch.setattr(leaderboards, "SHOWN_FINDINGS", 2)
    metrics = [make_metric("first"), make_metric("second")]
    make_leaderboard(metrics)
    for number in range(5):
        make_score(make_llm(f"Model {number}"), metrics[0], "0.5")
    page = maintainer.get(reverse("admin:consistency")).content.decode()
    assert page.count("Mend it") == 2
    assert "<h2>LLMs with incomplete coverage (5)</h2>" in page
    assert "<p>… and 3 more</p>" in page


def test_the_consistency_page_asks_as_often_for_one_llm_as_for_three(maintainer, db):
    metrics = [make_metric("first"), make_metric("second")]
    make_leaderboard(metrics)
    make_score(make_llm("Model 0"), metrics[0], "0.5")
    few = count_queries(maintainer, reverse("admin:consistency"))
    for number in (1, 2):
        make_score(make_llm(f"Model {number}"), metrics[0], "0.5")
    assert (few, count_queries(maintainer, reverse("admin:consistency"))) == (17, 17)


def test_many_missing_metrics_are_named_in_part(db):
    metrics = [make_metric(f"m{number}") for number in range(consistency.SHOWN_NAMES + 4)]
    make_leaderboard(metrics)
    make_score(make_llm(), metrics[0], "0.5")
    (finding,) = consistency.check().findings
    names = ", ".join(f"m{number}" for number in range(1, consistency.SHOWN_NAMES + 1))
    assert finding.text == f"Alpha on Board: 1 of 24 scores. Missing: {names}, and 3 more."
    assert finding.llm_id == LLM.objects.get().pk


def make_everything():
    """One of each kind that can be deleted, with what goes with it or forbids it."""
    bench, maker = make_benchmark("Shared"), Organization.objects.create(name="Maker")
    metrics = [make_metric("one", benchmark=bench), make_metric("two", benchmark=bench)]
    source = Source.objects.create(title="Paper")
    make_aggregate("both", metrics, benchmark=bench)
    make_leaderboard(metrics, ranking_metric=make_metric("elsewhere"))
    llm = make_llm("Alone", organization=maker)
    make_score(llm, metrics[0], "0.1", source=source)
    return {
        "benchmark": bench, "metric": metrics[0], "organization": maker, "llm": llm,
        "source": source, "leaderboard": Leaderboard.objects.get(),
    }  # fmt: skip


def more_of_everything(made, numbers):
    """More scores of the benchmark, metric, LLM and source; more columns and LLMs."""
    board = made["leaderboard"]
    with content_lock():
        for number in numbers:
            metric = make_metric(f"more-{number}", benchmark=made["benchmark"])
            llm = make_llm(f"Model {number}", organization=made["organization"])
            make_score(made["llm"], metric, "0.2", source=made["source"])
            make_score(llm, made["metric"], "0.3", source=made["source"])
            make_aggregate(f"of-{number}", [metric], benchmark=made["benchmark"])
            Column.objects.create(leaderboard=board, metric=metric, position=number + 9)


def deletion_of(name, row):
    return reverse(f"admin:leaderboard_{name}_delete", args=[row.pk])


@pytest.mark.parametrize(
    "name", ["benchmark", "metric", "organization", "llm", "source", "leaderboard"]
)
def test_to_ask_whether_to_delete_takes_as_many_queries_for_much_as_for_little(
    name, maintainer, db
):
    made = make_everything()
    more_of_everything(made, [0])
    few = count_queries(maintainer, deletion_of(name, made[name]))
    more_of_everything(made, range(1, 5))
    # Half of them read the states of the leaderboard before it and after.
    assert count_queries(maintainer, deletion_of(name, made[name])) == few < 65


def test_a_deletion_counts_all_and_names_some(maintainer, db):
    metric = make_metric("much", benchmark=make_benchmark("Shared"))
    for number in range(deletions.MOST_NAMED + 3):
        make_score(make_llm(f"Model {number}"), metric, "0.5")
    page = maintainer.get(deletion_of("benchmark", metric.benchmark)).content.decode()
    assert f"<li>Scores: {deletions.MOST_NAMED + 3}</li>" in page
    assert page.count("in Shared much: 0.5</a>") == deletions.MOST_NAMED
    assert "<li>… and 3 more</li>" in page


def test_a_deletion_asks_again_if_a_value_changed_that_was_not_named(maintainer, db):
    metric = make_metric("much", benchmark=make_benchmark("Shared"))
    for number in range(deletions.MOST_NAMED + 1):
        make_score(make_llm(f"Model {number}"), metric, "0.5")
    address = deletion_of("benchmark", metric.benchmark)
    form = page_form(maintainer.get(address))
    last = Score.objects.order_by("pk").last()
    last.value = 1
    last.save()
    asked = maintainer.post(address, form, follow=True)
    assert "Something that would be deleted with it was changed meanwhile." in (
        asked.content.decode()
    )
    assert maintainer.post(address, page_form(asked)).status_code == 302
    assert not Score.objects.exists()


def test_what_forbids_a_deletion_is_named_in_part(maintainer, db):
    source = Source.objects.create(title="Paper")
    metric = make_metric()
    for number in range(deletions.MOST_NAMED + 3):
        make_score(make_llm(f"Model {number}"), metric, "0.5", source=source)
    page = maintainer.get(deletion_of("source", source)).content.decode()
    assert page.count("in accuracy: 0.5</a>") == deletions.MOST_NAMED
    assert "<li>… and 3 more</li>" in page


def change_of(name, row):
    return reverse(f"admin:leaderboard_{name}_change", args=[row.pk])


def chosen(response):
    """The names in the boxes that look up a row, in the order of the form."""
    return re.findall(r'<option value="\d+" selected>([^<]+)</option>', response.content.decode())


def test_the_form_of_a_leaderboard_asks_as_often_for_thirty_columns_as_for_one(maintainer, db):
    metrics = [make_metric(f"m{number}") for number in range(30)]
    board = make_leaderboard(metrics[:1])
    few = count_queries(maintainer, change_of("leaderboard", board))
    for position, metric in enumerate(metrics[1:], start=1):
        Column.objects.create(leaderboard=board, metric=metric, position=position)
    assert count_queries(maintainer, change_of("leaderboard", board)) == few < 20
    names = [f"m{number}" for number in range(30)]
    assert chosen(maintainer.get(change_of("leaderboard", board))) == ["m0", *names]


def test_the_form_of_an_aggregate_asks_as_often_for_many_components_as_for_one(maintainer, db):
    bench = make_benchmark("Shared")
    metrics = [make_metric(f"m{number}", benchmark=bench) for number in range(12)]
    one, many = make_aggregate("one", metrics[:1]), make_aggregate("many", metrics)
    few = count_queries(maintainer, change_of("metric", one))
    assert count_queries(maintainer, change_of("metric", many)) == few < 20


def test_a_form_that_is_shown_again_keeps_what_was_chosen_in_its_rows(maintainer, db):
    old, new = make_metric("old"), make_metric("new")
    board = make_leaderboard([old])
    form = page_form(maintainer.get(change_of("leaderboard", board)), "leaderboard_form")
    sent = form | {"columns-0-metric": new.pk, "title": ""}
    again = maintainer.post(change_of("leaderboard", board), sent)
    assert chosen(again) == ["old", "new"]


def test_the_form_of_a_benchmark_asks_as_often_for_many_metrics_as_for_one(maintainer, db):
    one, many = make_benchmark("One"), make_benchmark("Many")
    make_metric("single", benchmark=one)
    for number in range(12):
        make_metric(f"m{number}", benchmark=many)
    few = count_queries(maintainer, change_of("benchmark", one))
    assert count_queries(maintainer, change_of("benchmark", many)) == few < 20


def test_to_look_up_a_metric_asks_as_often_for_many_hits_as_for_one(maintainer, db):
    bench = make_benchmark("Shared")
    address = reverse("admin:autocomplete") + (
        "?app_label=leaderboard&model_name=column&field_name=metric&term=shared"
    )
    make_metric("first", benchmark=bench)
    few = count_queries(maintainer, address)
    for number in range(12):
        make_metric(f"m{number}", benchmark=bench)
    assert count_queries(maintainer, address) == few
    results = maintainer.get(address).json()["results"]
    assert [each["text"] for each in results[:2]] == ["Shared first", "Shared m0"]
    assert len(results) == 13
