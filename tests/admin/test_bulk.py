"""Many LLMs of the list at once: published, hidden, and given the same facts."""

import re
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leaderboard.admin import bulk
from leaderboard.models import LLM, LeaderboardState, Organization
from tests.admin.previewing import asks, said, stored
from tests.admin.two_maintainers import staff
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.page_reader import page_form

LIST = reverse("admin:leaderboard_llm_changelist")
REASON = "They were never released."


@pytest.fixture
def llms(db):
    """Four on a leaderboard, the last a draft."""
    metric = make_metric()
    make_leaderboard([metric])
    made = [make_llm(name) for name in ("Alpha", "Beta", "Gamma")]
    made.append(make_llm("Delta", is_published=False))
    for number, llm in enumerate(made):
        make_score(llm, metric, f"0.{9 - number}")
    return made


def act(client, action, llms, **more):
    chosen = [str(llm.pk) for llm in llms]
    return client.post(LIST, {"action": action, "_selected_action": chosen} | more)


def form_of(response, name):
    """The posted names of a page's form, the selected rows as the list that they are."""
    rows = re.findall(r'name="_selected_action" value="(\d+)"', response.content.decode())
    return page_form(response, name) | {"_selected_action": rows}


def told(response):
    return [str(message) for message in response.context["messages"]]


def published():
    return set(LLM.objects.filter(is_published=True).values_list("name", flat=True))


def test_hiding_shows_what_moves_and_asks_for_a_reason(anna, client, llms):
    before = stored()
    asked = act(anna, "hide_selected", llms[:2])
    assert asks(asked)
    assert stored() == before
    assert any("Gamma" in line for line in said(asked))
    form = form_of(asked, "check")
    refused = anna.post(LIST, form)
    assert asks(refused)
    assert stored() == before
    hidden = anna.post(LIST, form | {"public_reason": REASON}, follow=True)
    assert told(hidden) == ["2 LLMs were hidden."]
    assert published() == {"Gamma"}
    records = [LLM.history.filter(name=name).first() for name in ("Alpha", "Beta")]
    assert {record.history_change_reason for record in records} == {REASON}
    assert REASON in client.get("/changes/").content.decode()


def test_publishing_needs_no_reason_and_leaves_those_that_are(anna, llms):
    asked = act(anna, "publish_selected", llms)
    assert asks(asked)
    done = anna.post(LIST, form_of(asked, "check"), follow=True)
    assert told(done) == ["1 LLM was published."]
    assert published() == {"Alpha", "Beta", "Gamma", "Delta"}
    assert LLM.history.filter(name="Alpha").count() == 1


def test_facts_are_shown_before_they_are_stored(anna, llms):
    acme = Organization.objects.create(name="Acme")
    llms[1].license = "MIT"
    llms[1].save()
    form = form_of(act(anna, "edit_facts", llms[:3]), "facts")
    before = stored()
    look = anna.post(LIST, form | {"organization": acme.pk, "license": "MIT"})
    lines = re.findall(r"<li>(.*?)</li>", look.content.decode().split('id="facts"')[1], re.S)
    assert [" ".join(unescape(re.sub("<[^>]+>", "", line)).split()) for line in lines] == [
        "Alpha: organization – → Acme; license – → MIT",
        "Beta: organization – → Acme",
        "Gamma: organization – → Acme; license – → MIT",
    ]
    assert stored() == before
    done = anna.post(LIST, form_of(look, "facts"), follow=True)
    assert told(done) == ["3 LLMs were changed."]
    facts = LLM.objects.order_by("name").values_list("name", "organization__name", "license")
    assert list(facts) == [
        ("Alpha", "Acme", "MIT"), ("Beta", "Acme", "MIT"), ("Delta", None, ""),
        ("Gamma", "Acme", "MIT"),
    ]  # fmt: skip


def test_facts_of_many_are_one_edit_with_history_log_and_few_queries(anna, llms):
    def store(some, license):
        form = form_of(act(anna, "edit_facts", some), "facts")
        look = anna.post(LIST, form | {"license": license, "domain": " Medical"})
        sent = form_of(look, "facts")
        with CaptureQueriesContext(connection) as asked:
            anna.post(LIST, sent)
        return len(asked)

    few = store(llms[:1], "MIT")
    more = [make_llm(f"More {number}") for number in range(20)]
    states = LeaderboardState.objects.count()
    assert store([*llms, *more], "GPL") <= few + 3
    assert LeaderboardState.objects.count() == states + 1
    newest = LLM.history.filter(license="GPL")
    assert newest.count() == 24
    assert set(newest.values_list("history_user__username", "domain", "history_type")) == {
        ("anna", "medical", "~")
    }
    assert newest.values("history_date").distinct().count() == 1
    logged = [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")]
    assert sorted(logged) == [
        "Changed domain and license.", *["Changed domain and license."] * 23, "Changed license.",
    ]  # fmt: skip


def test_a_ticked_box_empties_a_fact(anna, llms):
    llms[0].domain = "medical"
    llms[0].save()
    form = form_of(act(anna, "edit_facts", llms[:2]), "facts")
    look = anna.post(LIST, form | {"change-domain": "on"})
    anna.post(LIST, form_of(look, "facts"))
    assert set(LLM.objects.values_list("domain", flat=True)) == {""}


def test_what_was_changed_meanwhile_is_shown_anew(anna, llms):
    form = form_of(act(anna, "edit_facts", llms[:2]), "facts")
    look = anna.post(LIST, form | {"license": "MIT"})
    llms[0].license = "GPL"
    llms[0].save()
    again = anna.post(LIST, form_of(look, "facts"))
    page = unescape(again.content.decode())
    assert "changed meanwhile" in page
    assert "license GPL → MIT" in page
    assert set(LLM.objects.values_list("license", flat=True)) == {"GPL", ""}


def test_nothing_chosen_and_bad_values_are_refused(anna, llms):
    form = form_of(act(anna, "edit_facts", llms[:2]), "facts")
    assert "Fill or tick what is to change." in anna.post(LIST, form).content.decode()
    bad = anna.post(LIST, form | {"released": "yesterday"})
    assert "Enter a valid date." in bad.content.decode()


def test_one_that_cannot_take_a_fact_stops_all(anna, llms, monkeypatch):
    form = form_of(act(anna, "edit_facts", llms[:2]), "facts")
    look = anna.post(LIST, form | {"license": "MIT"})
    monkeypatch.setattr(LLM, "check_sizes", refuse_beta)
    before = stored()
    refused = anna.post(LIST, form_of(look, "facts"))
    assert "Beta: not so" in refused.content.decode()
    assert stored() == before


def refuse_beta(llm):
    if llm.name == "Beta":
        raise ValidationError("not so")


def test_too_many_at_once_are_refused(anna, llms, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 1)
    for action in ("hide_selected", "edit_facts"):
        answer = act(anna, action, llms[:2])
        assert "more than 1 LLMs are selected" in told(anna.get(answer["Location"]))[0]
    assert published() == {"Alpha", "Beta", "Gamma"}


def test_a_viewer_is_offered_no_action(django_user_model, llms):
    viewer = staff(django_user_model, "view_llm")
    before = stored()
    for action in ("publish_selected", "hide_selected", "edit_facts"):
        act(viewer, action, llms)
    assert stored() == before
