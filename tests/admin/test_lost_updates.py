"""Two maintainers with one page open: whoever saves later overwrites nothing unknowingly."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core import signing
from django.test import Client
from django.urls import reverse

from leaderboard.admin.conflicts.changes import STALE, UNKNOWN
from leaderboard.admin.conflicts.snapshots import LONGEST, as_text
from leaderboard.models import (
    LLM,
    Alias,
    Benchmark,
    Column,
    Component,
    Leaderboard,
    Organization,
    Score,
    Source,
)
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)
from tests.page_reader import page_form
from tests.sites import manage

TEXT = "a\nb" * 99
WHEN = "20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2} UTC"


def maintainer(django_user_model, name):
    user = django_user_model.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name="Maintainers"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def anna(django_user_model, db):
    return maintainer(django_user_model, "anna")


@pytest.fixture
def bob(django_user_model, db):
    return maintainer(django_user_model, "bob")


def address(row, view="change"):
    return reverse(f"admin:leaderboard_{row._meta.model_name}_{view}", args=[row.pk])


def form_id(row):
    return f"{row._meta.model_name}_form"


def opened(client, row):
    return page_form(client.get(address(row)), form_id(row))


def save(client, row, changes):
    """Opened and saved at once."""
    response = client.post(address(row), opened(client, row) | changes)
    assert response.status_code == 302, told(response)


def told(response):
    """Every sentence of a refusal, as a reader sees it, with the time of the change as WHEN."""
    lists = re.findall(
        r'<ul class="errorlist[^"]*"[^>]*>(.*?)</ul>', response.content.decode(), re.S
    )
    sentences = [each for found in lists for each in re.findall(r"<li>(.*?)</li>", found, re.S)]
    return [re.sub(WHEN, "WHEN", unescape(each)) for each in sentences]


def warnings(response):
    found = re.findall(r'<li class="warning">(.*?)</li>', response.content.decode(), re.S)
    return [re.sub(WHEN, "WHEN", unescape(each)) for each in found]


def stored(row, field):
    return str(type(row).objects.values_list(field, flat=True).get(pk=row.pk))


def sentence(label, became, was, typed=None):
    yours = (
        f"typed {typed}. Save again to overwrite it, or type what is to be stored."
        if typed
        else "left it so. The form has the newer value now."
    )
    return (
        f"{label} was {became} on WHEN by anna while you had this form open; you opened it with "
        f"{was} and {yours}"
    )


def rows_of_every_kind():
    organization = Organization.objects.create(name="Lab", homepage="https://a.example")
    source = Source.objects.create(title="Paper", harness="one")
    metric = make_metric(benchmark=make_benchmark(language="English"), description="First.")
    llm = make_llm(license="Apache-2.0", organization=organization, is_published=False)
    score = make_score(llm, metric, "0.5", note="first", source=source)
    leaderboard = make_leaderboard([metric], introduction="First.", is_published=False)
    return {
        "organization": (organization, "homepage", "Homepage", "https://a.example"),
        "llm": (llm, "license", "License", "Apache-2.0"),
        "benchmark": (metric.benchmark, "language", "Language", "English"),
        "metric": (metric, "description", "Description", "First."),
        "source": (source, "harness", "Harness", "one"),
        "score": (score, "note", "Note", "first"),
        "leaderboard": (leaderboard, "introduction", "Introduction", "First."),
        "alias": (Alias.objects.create(name="first", llm=llm), "name", "Name", "first"),
    }


@pytest.mark.parametrize(
    "kind",
    ["organization", "llm", "benchmark", "metric", "source", "score", "leaderboard", "alias"],
)
def test_a_stale_form_is_refused_with_both_values_and_a_second_save_wins(anna, bob, kind):
    row, field, label, was = rows_of_every_kind()[kind]
    theirs, mine = ("https://b.example", "https://c.example") if kind == "organization" else (
        "Theirs", "Mine")  # fmt: skip
    form = opened(bob, row) | {field: mine}
    save(anna, row, {field: theirs})
    refused = bob.post(address(row), form)
    assert refused.status_code == 200
    assert told(refused) == [
        STALE, sentence(label, f"changed to “{theirs}”", f"“{was}”", f"“{mine}”"),
    ]  # fmt: skip
    assert stored(row, field) == theirs
    shown = page_form(refused, form_id(row))
    assert shown[field] == mine
    assert bob.post(address(row), shown).status_code == 302
    assert stored(row, field) == mine
    assert row.history.first().history_user.username == "bob"


def test_a_form_that_nobody_else_touched_is_saved(anna, bob):
    row, *_ = rows_of_every_kind()["llm"]
    other = make_llm("Other")
    form = opened(bob, row)
    save(anna, other, {"license": "MIT"})
    assert bob.post(address(row), form | {"license": "GPL"}).status_code == 302
    assert stored(row, "license") == "GPL"


def test_another_field_than_mine_refuses_too_as_a_form_writes_all_its_fields(anna, bob):
    row, *_ = rows_of_every_kind()["llm"]
    form = opened(bob, row) | {"license": "GPL"}
    save(anna, row, {"open_weights": "true", "organization": ""})
    assert told(bob.post(address(row), form)) == [
        STALE,
        sentence("Organization", "emptied", "“Lab”"),
        sentence("Open weights", "changed to “yes”", "(empty)"),
    ]
    assert stored(row, "open_weights") == "True"
    assert stored(row, "license") == "Apache-2.0"


def test_after_a_refusal_what_i_did_not_touch_is_what_is_stored(anna, bob):
    row, *_ = rows_of_every_kind()["llm"]
    form = opened(bob, row) | {"license": "GPL"}
    changes = {"open_weights": "true", "organization": "", "is_published": "on",
               "parameters": "7", "released": "2025-01-02", "description": TEXT}  # fmt: skip
    save(anna, row, changes)
    shown = page_form(bob.post(address(row), form), "llm_form")
    assert bob.post(address(row), shown).status_code == 302
    row.refresh_from_db()
    assert (row.open_weights, row.organization, row.is_published) == (True, None, True)
    assert (row.parameters, str(row.released), row.license) == (7, "2025-01-02", "GPL")
    assert row.description.replace("\r", "") == TEXT


def test_my_own_other_window_is_named_so(bob):
    row, *_ = rows_of_every_kind()["llm"]
    form = opened(bob, row) | {"license": "GPL"}
    save(bob, row, {"license": "MIT"})
    assert "on WHEN by you while" in told(bob.post(address(row), form))[1]


def test_a_change_without_a_history_is_told_without_a_time(bob):
    row, *_ = rows_of_every_kind()["llm"]
    form = opened(bob, row)
    LLM.objects.filter(pk=row.pk).update(license="MIT")
    assert told(bob.post(address(row), form))[1].startswith(
        "License was changed to “MIT” meanwhile while you"
    )


def test_the_end_of_a_long_text_counts_though_only_its_beginning_is_told(anna, bob):
    row, *_ = rows_of_every_kind()["llm"]
    long = "word " * 1_000
    save(anna, row, {"description": long})
    form = opened(bob, row)
    save(anna, row, {"description": long + "end"})
    refused = bob.post(address(row), form)
    assert len(told(refused)) == 2
    assert len(told(refused)[1]) < 600
    shown = page_form(refused, form_id(row))
    assert bob.post(address(row), shown).status_code == 302


def test_a_stale_score_box_is_refused_and_nothing_else_is_stored(anna, bob):
    one, two = make_metric("one"), make_metric("two")
    make_leaderboard([one, two])
    llm = make_llm()
    make_score(llm, one, "0.5")
    form = opened(bob, llm) | {"score-two": "0.9", "license": "GPL", "reason": "Mine."}
    save(anna, llm, {"score-one": "0.6", "reason": "Recounted."})
    refused = bob.post(address(llm), form)
    assert told(refused) == [
        STALE, sentence("one", "changed to “0.6”", "“0.5”"),
    ]  # fmt: skip
    assert [str(score.value.normalize()) for score in llm.scores.all()] == ["0.6"]
    shown = page_form(refused, "llm_form")
    assert (shown["score-one"], shown["score-two"]) == ("0.6", "0.9")
    assert bob.post(address(llm), shown).status_code == 302
    values = llm.scores.order_by("metric").values_list("value", flat=True)
    assert [str(value.normalize()) for value in values] == ["0.6", "0.9"]


def test_a_removed_and_an_added_score_are_told(anna, bob):
    one, two = make_metric("one"), make_metric("two")
    make_leaderboard([one, two])
    llm = make_llm()
    make_score(llm, one, "0.5")
    form = opened(bob, llm) | {"score-two": "0.9", "reason": "Mine."}
    save(anna, llm, {"score-one": "", "score-two": "0.7", "reason": "Withdrawn."})
    assert told(bob.post(address(llm), form)) == [
        STALE,
        sentence("one", "emptied", "“0.5”"),
        sentence("two", "changed to “0.7”", "(empty)", "“0.9”"),
    ]


def test_a_score_box_that_came_after_the_form_was_opened_is_not_emptied(anna, bob):
    one, new = make_metric("one"), make_metric("new")
    make_leaderboard([one])
    llm = make_llm()
    form = opened(bob, llm) | {"license": "GPL"}
    make_score(llm, new, "0.7")
    refused = bob.post(address(llm), form)
    shown = page_form(refused, "llm_form")
    assert shown["score-new"] == "0.7"
    assert bob.post(address(llm), shown).status_code == 302
    assert str(llm.scores.get().value.normalize()) == "0.7"


def test_other_errors_stand_beside_the_refusal(anna, bob):
    metric = make_metric("one")
    make_leaderboard([metric])
    llm = make_llm()
    form = opened(bob, llm) | {"score-one": "NaN"}
    save(anna, llm, {"license": "MIT"})
    refused = told(bob.post(address(llm), form))
    assert STALE in refused
    assert any(each.startswith("“NaN” is not a number here") for each in refused)


@pytest.mark.long
def test_what_a_form_of_four_hundred_scores_carries_along_is_small(anna, bob):
    metrics = [make_metric(f"benchmark-{number}-accuracy") for number in range(400)]
    make_leaderboard(metrics)
    llm = make_llm(description="words" * 2_000)
    for number, metric in enumerate(metrics):
        make_score(llm, metric, f"0.{number + 1_000}")
    form = opened(bob, llm)
    assert len(form["opened"]) < 4_000
    save(anna, llm, {"score-benchmark-7-accuracy": "0.9", "reason": "Recounted."})
    refused = bob.post(address(llm), form)
    assert len(told(refused)) == 2
    assert bob.post(address(llm), page_form(refused, "llm_form")).status_code == 302


RACE = """
from concurrent.futures import ThreadPoolExecutor
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from leaderboard.models import LLM
from tests.page_reader import page_form

def client():
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client

def save(number):
    response = clients[number].post(address, forms[number] | {"license": f"license {number}"})
    connection.close()
    return response.status_code

user = User.objects.create_superuser("chief")
llm = LLM.objects.create(name="Alpha", license="none")
address = f"/admin/leaderboard/llm/{llm.pk}/change/"
clients = [client() for number in range(8)]
forms = [page_form(each.get(address), "llm_form") for each in clients]
with ThreadPoolExecutor(8) as pool:
    codes = list(pool.map(save, range(8)))
llm.refresh_from_db()
print(sorted(codes), llm.license == f"license {codes.index(302)}", llm.history.count())
"""


@pytest.mark.slow
def test_of_eight_who_save_at_the_same_moment_one_wins_and_seven_are_told(tmp_path):
    data_dir = tmp_path / "var"
    data_dir.mkdir()
    variables = {"DEBUG": "true", "PYTHONPATH": str(settings.BASE_DIR)}
    assert manage(data_dir, "migrate").returncode == 0
    race = manage(data_dir, "shell", "--no-imports", "-c", RACE, **variables)
    assert race.stdout.splitlines()[-1] == f"{[200] * 7 + [302]} True 2", race.stderr


def columns(leaderboard):
    rows = Column.objects.filter(leaderboard=leaderboard).order_by("position")
    return [(row.metric.key, row.position) for row in rows]


def three_columns():
    metrics = [make_metric(name) for name in ("one", "two", "three")]
    return make_leaderboard(metrics, ranking_metric=metrics[0])


def test_a_stale_inline_row_is_refused(anna, bob):
    leaderboard = three_columns()
    form = opened(bob, leaderboard) | {"columns-2-position": "7"}
    save(anna, leaderboard, {"columns-2-position": "5"})
    refused = bob.post(address(leaderboard), form)
    assert told(refused) == [
        STALE,
        sentence("Position of the row “three on Board”", "changed to “5”", "“2”", "“7”"),
    ]
    assert columns(leaderboard) == [("one", 0), ("two", 1), ("three", 5)]
    shown = page_form(refused, "leaderboard_form")
    assert bob.post(address(leaderboard), shown).status_code == 302
    assert columns(leaderboard) == [("one", 0), ("two", 1), ("three", 7)]


def test_an_added_inline_row_is_told_and_stays(anna, bob):
    leaderboard = three_columns()
    four = make_metric("four")
    form = opened(bob, leaderboard) | {"columns-0-position": "9"}
    save(anna, leaderboard, {"columns-3-metric": four.pk, "columns-3-position": "3"})
    refused = bob.post(address(leaderboard), form)
    assert told(refused) == [
        STALE,
        "The row “four on Board” was added on WHEN by anna while you had this form open. It stays "
        "when you save again.",
    ]
    bob.post(address(leaderboard), page_form(refused, "leaderboard_form"))
    assert columns(leaderboard) == [("two", 1), ("three", 2), ("four", 3), ("one", 9)]


def test_a_removed_inline_row_is_told_and_the_rest_can_be_saved(anna, bob):
    leaderboard = three_columns()
    form = opened(bob, leaderboard) | {"columns-1-position": "8", "columns-2-position": "9"}
    save(anna, leaderboard, {"columns-1-DELETE": "on"})
    refused = bob.post(address(leaderboard), form)
    assert told(refused) == [
        STALE,
        "The row with position “1”, metric “two”, shown by default “yes” was removed on WHEN by "
        "anna while you had this form open, so this form has it no more. Add it again in an empty "
        "row if it should stay.",
    ]
    shown = page_form(refused, "leaderboard_form")
    assert bob.post(address(leaderboard), shown).status_code == 302
    assert columns(leaderboard) == [("one", 0), ("three", 9)]


def test_the_components_of_an_aggregate_are_compared(anna, bob):
    one, two = make_metric("one", question_count=1), make_metric("two", question_count=1)
    mean = make_aggregate("mean", [one, two])
    form = opened(bob, mean) | {"components-0-weight": "2"}
    save(anna, mean, {"components-0-weight": "3"})
    assert told(bob.post(address(mean), form)) == [
        STALE,
        sentence("Weight of the row “one in mean”", "changed to “3”", "(empty)", "“2”"),
    ]
    assert [str(each.weight) for each in Component.objects.all()] == ["3.00000000", "None"]


def test_a_deleted_row_is_not_made_again_and_what_was_typed_is_given_back(anna, bob):
    row, *_ = rows_of_every_kind()["llm"]
    form = opened(bob, row) | {"license": "GPL <b>"}
    page = anna.get(address(row, "delete"))
    assert anna.post(address(row, "delete"), page_form(page)).status_code == 302
    refused = bob.post(address(row), form)
    assert refused.status_code == 409
    text = unescape(refused.content.decode())
    assert re.search(f"The LLM “Alpha” was deleted on {WHEN} by anna. Nothing was saved.", text)
    assert "<dd>GPL <b></dd>" in text
    assert not LLM.objects.exists()
    assert bob.post("/admin/leaderboard/llm/77/change/", form).status_code == 409
    assert bob.post("/admin/leaderboard/llm/abc/change/", form).status_code == 409


@pytest.mark.parametrize(
    "token",
    [None, "", "abc", "é:1:x", pytest.param(signing.dumps({"llm:1": {}}), id="of another form")],
)
def test_a_form_without_what_it_was_opened_with_is_refused(bob, token):
    row, *_ = rows_of_every_kind()["llm"]
    form = opened(bob, row) | {"license": "GPL"}
    form = {name: value for name, value in form.items() if name != "opened"}
    refused = bob.post(address(row), form if token is None else form | {"opened": token})
    assert told(refused) == [UNKNOWN]
    shown = page_form(refused, "llm_form")
    assert shown["license"] == "GPL"
    assert told(bob.post(address(row), shown)) == [UNKNOWN]
    assert stored(row, "license") == "Apache-2.0"


def test_what_another_form_was_opened_with_does_not_count(bob):
    row, *_ = rows_of_every_kind()["llm"]
    other = opened(bob, make_llm("Other"))["opened"]
    assert told(bob.post(address(row), opened(bob, row) | {"opened": other})) == [UNKNOWN]


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
    data = page_form(page) | {"_selected_action": [row.pk for row in rows]}
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


def test_values_are_compared_as_the_form_writes_them():
    assert as_text("a\r\nb") == as_text("a\nb")
    assert as_text(None) == as_text("") == ""
    long = "x" * (LONGEST + 1)
    assert len(as_text(long * 100)) < LONGEST
    assert as_text(long) != as_text(long + "y")
