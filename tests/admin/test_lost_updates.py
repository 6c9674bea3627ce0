"""Two maintainers with one page open: whoever saves later overwrites nothing unknowingly."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.core import signing

from leaderboard.admin.conflicts.changes import STALE, UNKNOWN
from leaderboard.admin.conflicts.snapshots import LONGEST, as_text
from leaderboard.models import (
    LLM,
    Column,
    Component,
)
from tests.admin.two_maintainers import (
    WHEN,
    address,
    confirm,
    form_id,
    opened,
    rows_of_every_kind,
    save,
    sentence,
    told,
)
from tests.factories import (
    make_aggregate,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)
from tests.page_reader import page_form
from tests.sites import manage

TEXT = "a\nb" * 99


def stored(row, field):
    return str(type(row).objects.values_list(field, flat=True).get(pk=row.pk))


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
    saved = bob.post(address(leaderboard), page_form(refused, "leaderboard_form"))
    confirm(bob, leaderboard, saved)
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


def test_values_are_compared_as_the_form_writes_them():
    assert as_text("a\r\nb") == as_text("a\nb")
    assert as_text(None) == as_text("") == ""
    long = "x" * (LONGEST + 1)
    assert len(as_text(long * 100)) < LONGEST
    assert as_text(long) != as_text(long + "y")
