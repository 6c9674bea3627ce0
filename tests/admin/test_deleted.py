"""What is deleted has a reason, is listed, and can be put back with all that went with it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leaderboard.models import (
    LLM,
    Alias,
    Benchmark,
    Column,
    Component,
    Leaderboard,
    Metric,
    Organization,
    Score,
    Source,
)
from leaderboard.models.invariants import find_violations
from leaderboard.models.revision import current_token
from tests.admin.two_maintainers import address, told
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)
from tests.page_reader import page_form

LIST = "/admin/leaderboard/leaderboard/deleted/"
KINDS = (LLM, Benchmark, Metric, Component, Score, Leaderboard, Column, Organization, Source, Alias)


def stored():
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in KINDS}


def delete(client, row, reason="It was measured with the test set."):
    form = page_form(client.get(address(row, "delete"))) | {"reason": reason}
    return client.post(address(row, "delete"), form)


def restore(client, number=0, reason="Deleted by mistake."):
    deletion = client.get(LIST).context["deletions"][number]
    return client.post(LIST, {"moment": deletion.moment, "reason": reason}, follow=True)


def messages(response):
    return [str(message) for message in response.context["messages"]]


@pytest.fixture
def content(db):
    bench = make_benchmark("Bench")
    parts = [make_metric("one", benchmark=bench, question_count=5), make_metric("two")]
    mean = make_aggregate("mean", parts, benchmark=bench)
    llm = make_llm("Alpha", is_published=True, organization=Organization.objects.create(name="Lab"))
    for metric in (*parts, mean):
        make_score(llm, metric, "0.5", source=Source.objects.get_or_create(title="Paper")[0])
    Alias.objects.create(name="org__alpha", llm=llm)
    return llm, make_leaderboard([*parts, mean])


def test_a_public_row_goes_with_a_reason_only(anna, content):
    llm, _board = content
    asked = delete(anna, llm, reason="")
    assert asked.status_code == 200
    assert told(asked) == ["Visitors see it: say why it goes."]
    assert LLM.objects.exists()
    assert delete(anna, llm, reason="In /home/anna/x.json").status_code == 200
    assert delete(anna, llm).status_code == 302
    records = [*LLM.history.filter(history_type="-"), *Score.history.filter(history_type="-")]
    assert len(records) == 4
    assert {each.history_change_reason for each in records} == {
        "It was measured with the test set."
    }


def test_a_draft_goes_without_a_reason(anna, db):
    assert delete(anna, make_llm("Draft", is_published=False), reason="").status_code == 302


def test_several_public_rows_go_with_one_reason(anna, content):
    llm, _board = content
    rows = {"action": "delete_selected", "_selected_action": [llm.pk]}
    address_of_list = reverse("admin:leaderboard_llm_changelist")
    asked = anna.post(address_of_list, page_form(anna.post(address_of_list, rows)) | rows)
    assert told(asked) == ["Visitors see it: say why it goes."]
    form = page_form(asked) | rows | {"reason": "Contaminated."}
    assert anna.post(address_of_list, form).status_code == 302
    assert LLM.history.filter(history_type="-").get().history_change_reason == "Contaminated."


@pytest.mark.parametrize("which", ["llm", "leaderboard"])
def test_what_was_deleted_is_put_back_as_it_was(anna, client, content, which):
    row = dict(zip(("llm", "leaderboard"), content, strict=True))[which]
    before, table = stored(), client.get("/leaderboard/board.csv").content
    delete(anna, row)
    assert stored() != before
    token = current_token()

    done = restore(anna)

    assert messages(done)[0].startswith("Put back: ")
    assert stored() == before
    assert client.get("/leaderboard/board.csv").content == table
    assert current_token() != token
    assert find_violations() == []
    assert anna.get(LIST).context["deletions"] == []
    record = type(row).history.first()
    assert (record.history_type, record.history_change_reason) == ("+", "Deleted by mistake.")
    assert record.history_user.username == "anna"


def test_a_benchmark_comes_back_with_its_aggregates_and_scores(anna, db):
    bench = make_benchmark("Bench")
    one = make_metric("one", benchmark=bench, question_count=5)
    make_metric("f1", benchmark=bench, questions_of=one)
    make_aggregate("mean", [one], benchmark=bench)
    make_score(make_llm(), one, "0.5")
    before = stored()
    delete(anna, bench)
    assert not Metric.objects.exists()
    restore(anna)
    assert stored() == before


def test_the_list_names_what_went_with_whom_when_and_why(anna, content):
    llm, _board = content
    delete(anna, llm)
    page = anna.get(LIST)
    (deletion,) = page.context["deletions"]
    assert (deletion.names, deletion.more, deletion.user.username) == (("LLM Alpha",), 0, "anna")
    assert deletion.reason == "It was measured with the test set."
    assert dict(deletion.counts) == {"LLMs": 1, "scores": 3, "aliases": 1}
    assert "It was measured with the test set." in page.content.decode()


def test_a_score_that_was_emptied_can_be_put_back(anna, content):
    llm, _board = content
    llm.scores.first().delete()
    (deletion,) = anna.get(LIST).context["deletions"]
    assert deletion.names == ("score Alpha, two: 0.5",)
    restore(anna)
    assert llm.scores.count() == 3


def test_a_draft_comes_back_unnoticed(anna, content):
    delete(anna, make_llm("Draft", is_published=False))
    token = current_token()
    restore(anna)
    assert LLM.objects.filter(name="Draft").exists()
    assert current_token() == token


@pytest.mark.parametrize(
    ("obstruct", "sentence"),
    [
        (
            lambda: make_llm("alpha"),
            "Nothing was put back. Alpha: “Alpha” looks like “alpha”, which exists already.",
        ),
        (
            lambda: Organization.objects.get().delete(),
            "Nothing was put back. The organization “Lab” is needed and was deleted too: put it "
            "back first.",
        ),
        (
            lambda: Metric.objects.filter(key="one").update(minimum="0.6"),
            "Nothing was put back. 0.5 is outside the range of Bench one (0.6 to 1, proportion).",
        ),
    ],
)
def test_nothing_is_put_back_where_something_is_in_the_way(anna, content, obstruct, sentence):
    delete(anna, content[0])
    obstruct()
    before = stored()
    number = len(anna.get(LIST).context["deletions"]) - 1
    assert messages(restore(anna, number))[0].startswith(sentence)
    assert stored() == before


def test_what_is_back_is_not_put_back_twice(anna, content):
    delete(anna, content[0])
    moment = anna.get(LIST).context["deletions"][0].moment
    restore(anna)
    before = stored()
    again = anna.post(LIST, {"moment": moment}, follow=True)
    assert messages(again) == [
        "Nothing was put back. It was put back already, or was never deleted."
    ]
    odd = anna.post(LIST, {"moment": "yesterday"}, follow=True)
    assert messages(odd) == messages(again)
    assert stored() == before


def test_the_list_takes_as_many_queries_for_a_deletion_of_much(
    anna, content, django_assert_max_num_queries
):
    llm, _board = content
    delete(anna, llm)
    anna.get(LIST)  # shows the message, and so writes the session
    with CaptureQueriesContext(connection) as queries:
        anna.get(LIST)
    few = len(queries)  # now: the next request empties the log
    restore(anna)
    for number in range(30):
        make_score(llm, make_metric(f"m{number}"), "0.5")
    delete(anna, llm)
    anna.get(LIST)  # shows the message, and so writes the session
    with django_assert_max_num_queries(few):
        page = anna.get(LIST)
    assert dict(page.context["deletions"][0].counts)["scores"] == 33
    assert anna.get(LIST, {"page": "2"}).context["deletions"] == []
    assert anna.get(LIST, {"page": "x"}).status_code == 200


def test_only_who_may_add_everything_puts_back(client, django_user_model, content):
    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    client.force_login(viewer)
    assert client.get(LIST).status_code == 403
    assert client.post(LIST, {"moment": "x"}).status_code == 403


# What forbids a deletion


def test_what_is_needed_elsewhere_says_what_to_do_first_in_order(anna, content):
    _llm, board = content
    source = Source.objects.get()
    page = anna.get(address(board.ranking_metric.benchmark, "delete"))
    steps = page.context["protected"].steps
    assert [what for what, _names in steps] == [
        "Rank these leaderboards by another metric, or delete them:"
    ]
    assert address(board) in steps[0][1][0]
    (step,) = anna.get(address(source, "delete")).context["protected"].steps
    assert step[0] == "Give these scores another source, or none:"
    part = anna.get(address(Metric.objects.get(key="two"), "delete"))
    assert "Take it out of these aggregates:" in part.content.decode()
    assert address(Metric.objects.get(key="mean")) in part.content.decode()
    anna.post(address(source, "delete"), {"post": "yes"})
    assert Source.objects.exists()


def test_an_aggregate_is_not_put_back_over_components_of_another_unit_by_now(anna, content):
    Score.objects.all().delete()
    mean = Metric.objects.get(key="mean")
    Leaderboard.objects.update(ranking_metric=Metric.objects.get(key="one"))
    delete(anna, mean)
    for metric in Metric.objects.all():
        metric.unit, metric.minimum, metric.maximum = "points", None, None
        metric.save()
    (sentence, *_more) = messages(restore(anna))
    assert "their mean says nothing" in sentence
    assert not Metric.objects.filter(key="mean").exists()
