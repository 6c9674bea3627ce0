"""Two maintainers with one list open, and deletions of what somebody has changed since."""

import re
from html import unescape

import pytest
from django.urls import reverse

from leaderboard.admin.conflicts.changes import STALE, UNKNOWN
from leaderboard.models import (
    LLM,
    Benchmark,
    Leaderboard,
    Score,
)
from tests.admin.two_maintainers import WHEN, address, rows_of_every_kind, save, sentence, told
from tests.factories import (
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)
from tests.page_reader import page_form


def warnings(response):
    found = re.findall(r'<li class="warning">(.*?)</li>', response.content.decode(), re.S)
    return [re.sub(WHEN, "WHEN", unescape(each)) for each in found]


def two_leaderboards():
    metric = make_metric()
    return [
        make_leaderboard([metric], title=title, slug=title.lower(), position=position)
        for position, title in enumerate(["First", "Second"], start=1)
    ]


LIST = "/admin/leaderboard/leaderboard/"


def positions():
    return dict(Leaderboard.objects.values_list("title", "position"))


def opened_list(client):
    return page_form(client.get(LIST), "changelist-form") | {"_save": "Save"}


def test_a_stale_list_is_refused_row_by_row(anna, bob):
    two_leaderboards()
    form = opened_list(bob) | {"form-0-position": "7"}
    anna.post(LIST, opened_list(anna) | {"form-0-position": "5"})
    refused = bob.post(LIST, form)
    assert told(refused) == [
        STALE, sentence("Position of the row “First”", "changed to “5”", "“1”", "“7”"),
    ]  # fmt: skip
    assert positions() == {"First": 5, "Second": 2}
    # The order is another now; each box still stands beside its own name.
    names = re.findall(r'<th class="field-title"><a [^>]*>(.*?)</a>', refused.content.decode())
    assert names == ["First", "Second"]
    shown = page_form(refused, "changelist-form") | {"_save": "Save"}
    assert shown["form-0-position"] == "7"
    assert bob.post(LIST, shown).status_code == 302
    assert positions() == {"First": 7, "Second": 2}


def test_a_list_with_a_deleted_row_saves_the_others_at_the_second_time(anna, bob):
    first, _ = two_leaderboards()
    form = opened_list(bob) | {"form-0-position": "7", "form-1-position": "8"}
    first.delete()
    refused = bob.post(LIST, form)
    assert told(refused)[0] == STALE
    assert told(refused)[1].startswith("The row with position “1” was removed on WHEN while")
    shown = page_form(refused, "changelist-form") | {"_save": "Save"}
    assert bob.post(LIST, shown).status_code == 302
    assert positions() == {"Second": 8}


def test_a_list_without_what_it_was_opened_with_is_refused(bob):
    two_leaderboards()
    assert told(bob.post(LIST, opened_list(bob) | {"opened": "x", "form-0-position": "7"})) == [
        UNKNOWN
    ]
    assert positions() == {"First": 1, "Second": 2}


@pytest.mark.parametrize("number", ["9" * 30, "abc", "", "-1"])
def test_a_list_with_a_row_that_is_none_is_a_bad_request(bob, number):
    two_leaderboards()
    assert bob.post(LIST, opened_list(bob) | {"form-0-id": number}).status_code == 400


def test_a_list_with_a_row_that_it_did_not_show_is_refused(bob):
    two_leaderboards()
    form = opened_list(bob)
    new = make_leaderboard([make_metric("new")], title="New", slug="new", position=9)
    refused = bob.post(LIST, form | {"form-0-id": new.pk})
    assert told(refused)[1].startswith("The row “New” was added on WHEN while")
    assert positions() == {"First": 1, "Second": 2, "New": 9}


def test_a_deletion_asks_again_if_the_row_was_changed(anna, bob):
    row, *_ = rows_of_every_kind()["llm"]
    form = page_form(bob.get(address(row, "delete")))
    save(anna, row, {"license": "MIT"})
    asked = bob.post(address(row, "delete"), form, follow=True)
    assert warnings(asked) == [
        "License was “Apache-2.0” when you were asked and was changed to “MIT” on WHEN by anna. "
        "Nothing was deleted yet. Look at it as it is now, and confirm again if it should go."
    ]
    assert LLM.objects.filter(pk=row.pk).exists()
    assert bob.post(address(row, "delete"), page_form(asked)).status_code == 302
    assert not LLM.objects.filter(pk=row.pk).exists()


def test_a_deletion_asks_again_if_more_goes_with_it(anna, bob):
    row, *_ = rows_of_every_kind()["llm"]
    form = page_form(bob.get(address(row, "delete")))
    make_score(row, make_metric("late"), "0.5")
    asked = bob.post(address(row, "delete"), form, follow=True)
    assert warnings(asked)[0].startswith("Scores that go with it: 1 then, 2 now. Nothing was")
    assert Score.objects.count() == 2


def test_a_deletion_asks_again_if_a_value_that_goes_with_it_was_changed(bob):
    row, *_ = rows_of_every_kind()["llm"]
    form = page_form(bob.get(address(row, "delete")))
    score = row.scores.get()
    score.value += 1
    score.save()
    asked = bob.post(address(row, "delete"), form, follow=True)
    assert warnings(asked)[0].startswith("Something that would be deleted with it was changed")


def test_a_deletion_without_what_the_page_showed_asks_again(bob):
    row, *_ = rows_of_every_kind()["llm"]
    asked = bob.post(address(row, "delete"), {"post": "yes"}, follow=True)
    assert warnings(asked)[0].startswith("The page that asked did not come back as it was sent.")
    assert LLM.objects.exists()


def test_deleting_what_is_deleted_says_so(anna, bob):
    row, *_ = rows_of_every_kind()["llm"]
    form = page_form(bob.get(address(row, "delete")))
    anna.post(address(row, "delete"), page_form(anna.get(address(row, "delete"))))
    gone = bob.post(address(row, "delete"), form, follow=True)
    assert warnings(gone) == ["The LLM “Alpha” was deleted on WHEN by anna."]


def ask_to_delete(client, rows):
    data = {"action": "delete_selected", "_selected_action": [row.pk for row in rows]}
    return client.post(reverse("admin:leaderboard_llm_changelist"), data)


def confirm(client, page, rows):
    data = page_form(page) | {"_selected_action": [row.pk for row in rows], "reason": "Old."}
    return client.post(reverse("admin:leaderboard_llm_changelist"), data)


def test_many_are_deleted_after_one_confirmation(bob):
    rows = [make_llm("A"), make_llm("B")]
    assert confirm(bob, ask_to_delete(bob, rows), rows).status_code == 302
    assert not LLM.objects.exists()


def test_a_deletion_of_many_asks_again_if_one_was_changed(anna, bob):
    rows = [make_llm("A"), make_llm("B", license="x")]
    page = ask_to_delete(bob, rows)
    save(anna, rows[1], {"license": "MIT"})
    asked = confirm(bob, page, rows)
    assert warnings(asked) == [
        "License was “x” when you were asked and was changed to “MIT” on WHEN by anna. "
        "Nothing was deleted yet. Look at it as it is now, and confirm again if it should go."
    ]
    assert LLM.objects.count() == 2
    assert confirm(bob, asked, rows).status_code == 302
    assert not LLM.objects.exists()


def test_a_deletion_of_many_asks_again_if_one_is_gone_or_was_not_shown(bob):
    rows = [make_llm("A"), make_llm("B")]
    page = ask_to_delete(bob, rows)
    rows[0].delete()
    asked = confirm(bob, page, [LLM(pk=1), *rows[1:]])
    assert warnings(asked)[0].startswith("1 LLM of those are deleted already. Nothing")
    other = make_llm("C")
    asked = confirm(bob, page, [rows[1], other])
    assert warnings(asked)[0].startswith("Something was chosen that the page did not show.")
    assert LLM.objects.count() == 2


def test_a_deletion_of_a_benchmark_still_says_what_forbids_it(bob):
    one = make_metric("one", benchmark=make_benchmark())
    make_leaderboard([one])
    page = bob.get(address(one.benchmark, "delete"))
    assert page.status_code == 200
    assert Benchmark.objects.exists()
