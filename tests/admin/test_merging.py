"""An LLM that came twice is merged: values chosen, the old name and address lead on."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from leaderboard.models import LLM, Alias, Fact, FactValue, Metric, Score, Source
from tests.admin.previewing import asks, stored
from tests.admin.two_maintainers import address, staff
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.page_reader import page_form

REASON = "Twice the same LLM."


def merge_address(llm):
    return reverse("admin:merge-llm", args=[llm.pk])


@pytest.fixture
def twice(db):
    """Alpha and “Alpha (again)”, which has a better fact, another value and one score more."""
    one, two, three = (make_metric(key) for key in ("one", "two", "three"))
    make_leaderboard([one, two, three])
    kept = make_llm("Alpha", license="MIT", parameters=7)
    other = make_llm("Alpha (again)", license="Apache-2.0", parameters=7, domain="medical")
    make_llm("Beta")
    for metric, value in ((one, "0.5"), (two, "0.6")):
        make_score(kept, metric, value)
    source = Source.objects.create(title="The paper")
    make_score(other, one, "0.5")
    make_score(other, two, "0.65", question_count=200, source=source)
    make_score(other, three, "0.7")
    Alias.objects.create(name="alpha-hf", llm=other)
    return kept, other


def rows_of(response):
    """(label, [(value, text, whether it is chosen)]) of what differs."""
    page = response.content.decode()
    found = []
    for label, cells in re.findall(r'<tr>\s*<th scope="row">(.*?)</th>(.*?)</tr>', page, re.S):
        radios = re.findall(r"<label[^>]*>\s*(<input[^>]*>)(.*?)</label>", cells, re.S)
        texts = [(unescape(text.strip()), "checked" in box) for box, text in radios]
        found.append((unescape(label.strip()), texts))
    return found


def merge_form(client, kept, other):
    return page_form(client.get(f"{merge_address(kept)}?llm={other.pk}"), "merge")


def confirm(client, kept, form):
    """Send the form, and what the page asks back; the last answer."""
    asked = client.post(merge_address(kept), form)
    assert asks(asked)
    return client.post(merge_address(kept), page_form(asked, "check"))


def test_the_likely_ones_are_offered_first_and_others_by_search(anna, twice):
    kept, other = twice
    page = anna.get(merge_address(kept)).content.decode()
    assert re.findall(r'<a href="\?llm=(\d+)">', page) == [str(other.pk)]
    found = anna.get(f"{merge_address(kept)}?q=be").content.decode()
    assert "Beta" in found
    assert "Alpha (again)" not in found


def test_what_differs_stands_side_by_side_and_an_empty_box_takes_the_others(anna, twice):
    kept, other = twice
    LLM.objects.filter(pk=other.pk).get().scores.filter(metric__key="one").delete()
    make_score(other, Score.objects.get(llm=kept, metric__key="one").metric, "0.5", note="by us")
    other.note = "with tools"
    other.save()
    assert rows_of(anna.get(f"{merge_address(kept)}?llm={other.pk}")) == [
        ("note", [("nothing", False), ("with tools", True)]),
        ("license", [("MIT", True), ("Apache-2.0", False)]),
        ("domain", [("nothing", False), ("medical", True)]),
        ("one", [("0.50", True), ("0.50, by us", False)]),
        ("two", [("0.60", True), ("0.65, n = 200, The paper", False)]),
        ("three", [("nothing", False), ("0.70", True)]),
    ]


def test_what_is_chosen_stays_and_names_and_addresses_lead_on(anna, client, twice):
    kept, other = twice
    form = merge_form(anna, kept, other) | {"score-two": "other", "reason": REASON}
    assert confirm(anna, kept, form)["Location"] == address(kept)

    assert list(LLM.objects.values_list("name", flat=True)) == ["Alpha", "Beta"]
    kept.refresh_from_db()
    assert (kept.license, kept.domain) == ("MIT", "medical")
    scores = {score.metric.key: score for score in kept.scores.all()}
    assert {key: str(score.value.normalize()) for key, score in scores.items()} == {
        "one": "0.5", "two": "0.65", "three": "0.7",
    }  # fmt: skip
    assert (scores["two"].question_count, scores["two"].source.title) == (200, "The paper")
    assert set(kept.aliases.values_list("name", flat=True)) == {"alpha-hf", "Alpha (again)"}
    for old, new in (
        ("/llms/alpha-again/", "/llms/alpha/"),
        ("/llms/alpha-again.yaml", "/llms/alpha.yaml"),
    ):
        moved = client.get(old)
        assert (moved.status_code, moved["Location"]) == (301, new)
    changes = client.get("/changes/").content.decode()
    assert REASON in changes
    assert "Alpha (again)" in changes


def test_values_of_defined_facts_are_chosen_too(anna, twice):
    kept, other = twice
    length = Fact.objects.create(name="Context length", key="context_length", kind="number")
    cutoff = Fact.objects.create(name="Cutoff", key="cut_off", kind="date")
    for llm, fact, value in (
        (kept, length, "8000"),
        (other, length, "128000"),
        (other, cutoff, "2024-06"),
    ):
        FactValue.objects.create(llm=llm, fact=fact, value=value)
    form = merge_form(anna, kept, other)
    assert (form["value-context_length"], form["value-cut_off"]) == ("kept", "other")
    confirm(anna, kept, form | {"value-context_length": "other"})
    values = FactValue.objects.values_list("llm__name", "fact__key", "value")
    assert set(values) == {
        ("Alpha", "context_length", "128000"), ("Alpha", "cut_off", "2024-06"),
    }  # fmt: skip


def test_values_that_differ_look_different(anna, twice):
    kept, other = twice
    other.kind = "human"
    other.save()
    again = Score.objects.get(llm=other, metric__key="one")
    again.measured_on, again.note = "2026-01-02", "5-shot"
    again.save()
    other.scores.filter(metric__key="two").get().delete()
    make_score(other, Metric.objects.get(key="two"), "0.6", decimals=3)
    price = Fact.objects.create(name="Price", key="price_in", kind="number")
    FactValue.objects.create(llm=kept, fact=price, value="3")
    FactValue.objects.create(llm=other, fact=price, value="3", source="https://a.example/")
    rows = dict(rows_of(anna.get(f"{merge_address(kept)}?llm={other.pk}")))
    assert [text for text, _chosen in rows["kind"]] == ["model", "human baseline"]
    assert [text for text, _chosen in rows["one"]] == ["0.50", "0.50, 2026-01-02, 5-shot"]
    assert [text for text, _chosen in rows["two"]] == ["0.60", "0.600"]
    assert [text for text, _chosen in rows["Price"]] == ["3", "3, https://a.example/"]


def test_the_merged_llm_is_listed_as_deleted(anna, twice):
    kept, other = twice
    confirm(anna, kept, merge_form(anna, kept, other))
    page = unescape(anna.get(reverse("admin:deleted")).content.decode())
    assert "LLM Alpha (again)" in page
    assert "Alpha (again) and Alpha are one LLM." in page


def put_back(client):
    """Put back what was deleted last."""
    moment = client.get(reverse("admin:deleted")).context["deletions"][0].moment
    client.post(reverse("admin:deleted"), {"moment": moment, "reason": "They are two."})


def names():
    return sorted((alias.name, alias.llm.name) for alias in Alias.objects.all())


def test_a_merged_llm_that_is_put_back_has_its_names_again(anna, twice):
    kept, other = twice
    Alias.objects.create(name="alpha-own", llm=kept)
    confirm(anna, kept, merge_form(anna, kept, other))
    assert ("Alpha (again)", "Alpha") in names()
    put_back(anna)
    assert names() == [("alpha-hf", "Alpha (again)"), ("alpha-own", "Alpha")]
    newest = Alias.history.filter(name="alpha-hf").latest("history_id")
    assert (newest.history_user.username, newest.history_change_reason) == (
        "anna", "They are two.",
    )  # fmt: skip


def test_a_name_that_somebody_gave_to_another_meanwhile_stays_there(anna, twice):
    kept, other = twice
    confirm(anna, kept, merge_form(anna, kept, other))
    alias = Alias.objects.get(name="alpha-hf")
    alias.llm = LLM.objects.get(name="Beta")
    alias.save()
    put_back(anna)
    assert names() == [("alpha-hf", "Beta")]


def test_nothing_is_written_until_it_is_confirmed_with_a_reason(anna, twice):
    kept, other = twice
    before = stored()
    asked = anna.post(merge_address(kept), merge_form(anna, kept, other) | {"reason": ""})
    assert asks(asked)
    assert stored() == before
    again = anna.post(merge_address(kept), page_form(asked, "check"))
    assert "say why it changes" in again.content.decode()
    assert stored() == before


def test_what_was_edited_meanwhile_is_shown_anew(anna, twice):
    kept, other = twice
    form = merge_form(anna, kept, other)
    Score.objects.filter(llm=other, metric__key="two").get().delete()
    before = stored()
    answer = anna.post(merge_address(kept), form)
    assert "was changed after this page was opened" in answer.content.decode()
    assert [label for label, _texts in rows_of(answer)] == ["license", "domain", "three"]
    assert stored() == before


def test_facts_that_do_not_fit_together_are_refused_as_a_whole(anna, twice):
    kept, other = twice
    other.parameters, other.active_parameters = 100, 20
    other.save()
    form = merge_form(anna, kept, other) | {"fact-active_parameters": "other"}
    before = stored()
    answer = anna.post(merge_address(kept), form | {"fact-parameters": "kept"})
    assert "More active parameters than parameters" in answer.content.decode()
    assert stored() == before


@pytest.mark.parametrize("wanted", ["", "0", "x", "99999999999999999999", "self"])
def test_no_other_llm_is_asked_for(wanted, anna, twice):
    kept, _other = twice
    wanted = kept.pk if wanted == "self" else wanted
    for answer in (
        anna.get(f"{merge_address(kept)}?llm={wanted}"),
        anna.post(merge_address(kept), {"llm": wanted}),
    ):
        assert (answer.status_code, b'id="merge"' in answer.content) == (200, False)


def test_a_viewer_merges_nothing(django_user_model, twice):
    viewer = staff(django_user_model, "view_llm")
    assert viewer.get(merge_address(twice[0])).status_code == 403


@pytest.mark.parametrize("missing", ["delete_llm", "add_factvalue", "change_alias"])
def test_who_may_not_write_all_that_a_merge_writes_merges_nothing(
    missing, django_user_model, twice
):
    may = Permission.objects.filter(content_type__app_label="leaderboard")
    names = may.exclude(codename=missing).values_list("codename", flat=True)
    editor = staff(django_user_model, *names)
    assert editor.get(merge_address(twice[0])).status_code == 403
    assert b"/merge/" not in editor.get(address(twice[0])).content


def test_a_duplicate_opens_with_shared_facts_and_without_scores(anna, twice):
    kept, _other = twice
    page = anna.get(address(kept)).content.decode()
    (link,) = re.findall(r'href="([^"]+)">Duplicate', page)
    form = page_form(anna.get(unescape(link)), "llm_form")
    assert (form["license"], form["name"], form.get("score-one", "")) == ("MIT", "", "")


def test_an_address_of_a_draft_that_was_merged_leads_nowhere(anna, client, twice):
    kept, _other = twice
    draft = make_llm("Alpha draft", is_published=False)
    form = merge_form(anna, kept, draft)
    assert anna.post(merge_address(kept), form).status_code == 302  # nobody saw it
    assert client.get("/llms/alpha-draft/").status_code == 404
