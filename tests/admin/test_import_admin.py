"""The way of a file through the admin: upload, preview, choices, confirmation, undo."""

import io
import json
import os
import re
import zipfile
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.core import serializers
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leaderboard.imports.pending import reading_from_json
from leaderboard.models import LLM, Alias, Column, Import, Leaderboard, Metric, Score, Source
from tests.factories import (
    make_aggregate,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from tests.page_reader import page_form

ADD = "/admin/leaderboard/import/add/"
LM_EVAL = {
    "results": {"quiz": {"acc,none": 0.75, "acc_stderr,none": 0.01}},
    "configs": {"quiz": {}},
    "n-samples": {"quiz": {"original": 200, "effective": 200}},
    "model_name": "acme/Rocket-7B",
    "date": 1741299889.0,
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def maintainer(client, django_user_model):
    user = django_user_model.objects.create_user("maintainer", is_staff=True)
    user.groups.add(Group.objects.get(name="Maintainers"))
    client.force_login(user)
    return client


@pytest.fixture
def board():
    metric = make_metric(question_count=100)
    make_leaderboard([metric])
    make_scores({"Alpha": {metric: "0.5"}, "Beta": {metric: "0.75"}})
    return metric


def upload(client, content, name="scores.csv", **more):
    data = content if isinstance(content, bytes) else content.encode()
    return client.post(ADD, {"file": SimpleUploadedFile(name, data)} | more, follow=True)


def post(client, response, **changes):
    """The form of choices as it was shown, with these."""
    page = response.context["imported"].get_absolute_url()
    forms = {}
    context = response.context
    for form in (*context["names"].llms, *context["names"].metrics):
        forms |= {bound.html_name: bound.value() or "" for bound in form}
    for bound in context["form"]:
        value = bound.value()
        forms[bound.html_name] = value if value is not None and value is not False else ""
    forms = {name: value for name, value in forms.items() if value not in ("", [], None)}
    return client.post(page, forms | {"do": "choose"} | changes, follow=True)


def confirm(client, response):
    page = response.context["imported"].get_absolute_url()
    data = page_form(response)  # the last form of the page
    return client.post(page, data | {"do": "confirm"}, follow=True)


def act(client, response, name):
    return client.post(response.context["imported"].get_absolute_url(), {"do": name}, follow=True)


def told(response):
    return [str(message) for message in response.context["messages"]]


def scores():
    rows = Score.objects.values_list("llm__name", "metric__key", "value")
    return {(llm, metric): str(value.normalize()) for llm, metric, value in rows}


def shown(response):
    """{state: number of lines} of the preview."""
    return {str(state): count for state, count in response.context["preview"].counts.items()}


# Preview and confirmation


def test_an_upload_shows_what_would_change_and_stores_nothing(maintainer, board):
    before = scores()
    page = upload(maintainer, "llm,accuracy\nAlpha,0.875\nBeta,0.75\n")
    text = page.content.decode()
    assert shown(page) == {"changed": 1, "unchanged": 1}
    assert ("0.5" in text, "0.875" in text, "+0.375" in text) == (True, True, True)
    assert [str(each) for each in page.context["ranks"]] == ["Alpha 2 → 1", "Beta 1 → 2"]
    assert "Import 1 change" in text
    assert (scores(), Source.objects.count()) == (before, 0)


def test_confirming_stores_it_with_its_source_and_undo_takes_it_back(maintainer, board):
    before = scores()
    page = upload(
        maintainer, "llm,accuracy\nAlpha,0.875\n", source_title="Table 2",
        source_url="https://example.org/paper",
    )  # fmt: skip
    done = confirm(maintainer, page)
    assert told(done) == ["scores.csv: 1 change is stored."]
    assert scores()["Alpha", "accuracy"] == "0.875"
    source = Source.objects.get()
    assert (source.title, source.url) == ("Table 2", "https://example.org/paper")
    imported = Import.objects.get()
    assert (imported.state, imported.created_by.username, imported.reading) == (
        "done", "maintainer", None,
    )  # fmt: skip
    history = Score.history.latest("history_id")
    assert (history.history_user.username, history.history_change_reason) == (
        "maintainer", "Imported from a file",
    )  # fmt: skip
    assert told(act(maintainer, done, "undo")) == [
        "The import was undone: all is as it was before."
    ]
    assert (scores(), Source.objects.count()) == (before, 0)


def test_an_undo_after_an_edit_is_refused_with_the_cell(maintainer, board):
    done = confirm(maintainer, upload(maintainer, "llm,accuracy\nAlpha,0.875\n"))
    score = Score.objects.get(llm__name="Alpha")
    score.value = Decimal("0.9")
    score.save()
    refused = told(act(maintainer, done, "undo"))
    assert refused[0] == "Nothing was undone."
    assert refused[1].startswith("Alpha in accuracy is 0.9 since 20")
    assert scores()["Alpha", "accuracy"] == "0.9"


def test_an_edit_between_preview_and_confirmation_is_refused_with_the_cell(maintainer, board):
    page = upload(maintainer, "llm,accuracy\nAlpha,0.875\nBeta,0.8\n")
    score = Score.objects.get(llm__name="Alpha")
    score.value = Decimal("0.6")
    score.save()
    refused = told(confirm(maintainer, page))
    assert refused[0] == "Nothing was imported: the content has changed since the preview."
    assert refused[1].startswith("Alpha in accuracy is 0.6 since 20")
    assert scores() == {("Alpha", "accuracy"): "0.6", ("Beta", "accuracy"): "0.75"}
    assert Import.objects.get().state == "pending"


def test_a_second_confirmation_from_another_window_stores_nothing_more(maintainer, board):
    page = upload(maintainer, "llm,accuracy\nAlpha,0.875\n")
    confirm(maintainer, page)
    history = Score.history.count()
    again = confirm(maintainer, page)
    assert again.status_code == 200
    assert (Score.history.count(), Import.objects.get().state) == (history, "done")


def test_a_preview_can_be_discarded(maintainer, board):
    page = upload(maintainer, "llm,accuracy\nAlpha,0.875\n")
    assert told(act(maintainer, page, "discard")) == [
        "scores.csv was put away; nothing was imported."
    ]
    assert not Import.objects.exists()


def test_an_aggregate_that_will_disagree_is_told_and_may_be_imported(maintainer, board):
    whole = make_aggregate("whole", [board])
    Column.objects.create(leaderboard=Leaderboard.objects.get(), metric=whole, position=2)
    page = upload(maintainer, "llm,whole\nAlpha,0.9\nBeta,0.75\n")
    cells = '>Alpha</td><td>whole</td><td class="numeric">0.9</td><td class="numeric">0.5</td>'
    assert page.content.decode().count(cells) == 1
    assert "1 aggregate will disagree with its components" in page.content.decode()
    confirm(maintainer, page)
    assert scores()["Alpha", "whole"] == "0.9"


def test_a_file_without_changes_offers_nothing_to_confirm(maintainer, board):
    page = upload(maintainer, "llm,accuracy\nAlpha,0.5\n")
    assert b'value="confirm"' not in page.content


@pytest.mark.parametrize("since", ["", "yesterday", "2026-01-01", "9999-12-31T23:59:59-23:00"])
def test_a_moment_that_is_none_is_no_mistake_of_the_server(maintainer, board, since):
    page = upload(maintainer, "llm,accuracy\nAlpha,0.875\n")
    address = page.context["imported"].get_absolute_url()
    data = {"do": "confirm", "digest": "other", "since": since}
    refused = told(maintainer.post(address, data, follow=True))
    assert refused[0] == "Nothing was imported: the content has changed since the preview."


# Other formats


def test_a_workbook_is_read(maintainer, board):
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["llm", "accuracy"])
    book.active.append(["Alpha", 0.875])
    book.save(out)
    assert shown(upload(maintainer, out.getvalue(), "scores.xlsx")) == {"changed": 1}


def test_a_results_file_is_read_and_what_is_new_is_offered_filled_in(maintainer, board):
    page = upload(maintainer, json.dumps(LM_EVAL), "results.json")
    assert shown(page) == {"unmatched": 2}
    (llm,), (metric,) = page.context["names"].llms, page.context["names"].metrics
    names = ("name", "organization", "huggingface_id")
    assert [llm.initial[name] for name in names] == ["Rocket-7B", "acme", "acme/Rocket-7B"]
    names = ("benchmark", "name", "key", "unit", "question_count")
    assert [metric.initial[name] for name in names] == [
        "quiz", "acc", "quiz-acc", "proportion", "200",
    ]  # fmt: skip
    assert b'value="confirm"' not in page.content
    page = post(maintainer, page, other_llms="create", other_metrics="create")
    assert shown(page) == {"new": 1}
    assert not LLM.objects.filter(name="Rocket-7B").exists()
    confirm(maintainer, page)
    assert scores()["Rocket-7B", "quiz-acc"] == "0.75"
    assert LLM.objects.get(name="Rocket-7B").organization.name == "acme"
    assert shown(upload(maintainer, json.dumps(LM_EVAL), "results.json")) == {"unchanged": 1}


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"0" * 99, "scores.csv", "This is a PNG picture, not a table"),
        (b"version https://git-lfs.github.com/spec/v1\n", "results.json", "a git-LFS pointer"),
        (b"[" * 100_000, "results.json", "nested more than 50 levels"),
        (b'{"a": 1, "a": 2}', "results.json", "twice"),
        (b"llm\n", "scores.csv", "This is a text, but not a table"),
        (b"llm,accuracy\n", "scores.csv", "has a header but no rows"),
        (b'llm,accuracy\n"Alpha,0.5\n', "scores.csv", "A double quote is opened in line 2"),
        (b"PK\x03\x04" + b"0" * 99, "scores.xlsx", "damaged or was cut off"),
    ],
)
def test_a_hostile_upload_is_answered_with_a_sentence(maintainer, content, name, sentence):
    page = upload(maintainer, content, name)
    (error,) = page.context["form"].errors["file"]
    assert (page.status_code, sentence in error) == (200, True)
    assert not Import.objects.exists()


def test_no_temporary_file_stays(maintainer, board, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1
    upload(maintainer, "llm,accuracy\nAlpha,0.875\n")
    upload(maintainer, b"\x89PNG\r\n\x1a\n" + b"0" * 99)
    assert os.listdir(tmp_path) == []


# Names of files


def raw_upload(client, name):
    """As a client that is no browser sends it: browsers and Django's client drop folders."""
    body = "\r\n".join(
        [
            "--edge",
            f'Content-Disposition: form-data; name="file"; filename="{name}"',
            "Content-Type: text/csv",
            "",
            "llm,accuracy",
            "Alpha,0.875",
            "",
            "--edge--",
            "",
        ]
    )
    kind = "multipart/form-data; boundary=edge"
    return client.post(ADD, body.encode(), content_type=kind, follow=True)


def test_a_name_longer_than_any_system_allows_is_answered_and_stores_nothing(maintainer, board):
    page = raw_upload(maintainer, "x" * 5000 + ".csv")
    assert (page.status_code, Import.objects.count()) == (400, 0)
    assert "This request cannot be read" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../x.csv", "x.csv"),
        ("/home/anna/secret/scores.csv", "scores.csv"),
        (r"C:\Users\anna\scores.csv", "scores.csv"),
        ("x" * 800 + ".csv", "x" * 196 + ".csv"),
        ("<img src=x onerror=alert(1)>.csv", "<img src=x onerror=alert(1)>.csv"),
        ("zero\u200bwidth.csv", "zerowidth.csv"),
        ("anna@node3:x.csv", "a file without a name"),
        ("🦙.", "a file without a name"),
    ],
)
def test_the_name_of_a_file_is_never_a_path_and_never_markup(maintainer, board, name, kept):
    page = raw_upload(maintainer, name)
    done = confirm(maintainer, page)
    source = Source.objects.get()
    assert (source.file_name, kept in source.title) == (kept, False)
    for shown in (
        page,
        done,
        maintainer.get("/changes/"),
        maintainer.get(source.get_absolute_url()),
    ):
        assert (shown.status_code, b"<img src=x" in shown.content) == (200, False)
        assert b"anna" not in shown.content


@pytest.mark.parametrize("name", ["x" * 5_000 + ".csv", "\u200b", ".."])
def test_a_name_that_is_none_is_answered_with_a_sentence(maintainer, board, name):
    page = raw_upload(maintainer, name)
    assert page.status_code in (200, 400)
    assert not Import.objects.exists()


# Names in files


def form_of(page, name):
    names = page.context["names"]
    return next(each for each in (*names.llms, *names.metrics) if each.target.name == name)


def test_a_name_can_stand_for_an_existing_llm_and_is_remembered(maintainer, board):
    page = upload(maintainer, "llm,accuracy\ncheckpoint-7,0.875\n")
    prefix = form_of(page, "checkpoint-7").prefix
    page = post(maintainer, page, **{f"{prefix}-to": "use", f"{prefix}-use": "alpha"})
    assert shown(page) == {"changed": 1}
    confirm(maintainer, page)
    assert scores()["Alpha", "accuracy"] == "0.875"
    assert Alias.objects.get().llm.name == "Alpha"
    again = upload(maintainer, "llm,accuracy\ncheckpoint-7,0.875\n")
    assert shown(again) == {"unchanged": 1}


def test_a_name_that_nothing_has_gets_a_sentence(maintainer, board):
    page = upload(maintainer, "llm,accuracy\ncheckpoint-7,0.875\n")
    prefix = form_of(page, "checkpoint-7").prefix
    page = post(maintainer, page, **{f"{prefix}-to": "use", f"{prefix}-use": "Omega"})
    assert shown(page) == {"unmatched": 1}
    assert "Nothing here has this name." in page.content.decode()
    assert "Omega" in page.content.decode()


def test_a_name_can_be_created_as_the_maintainer_wants_it(maintainer, board):
    page = upload(maintainer, "llm,accuracy\ncheckpoint-7,0.875\n")
    prefix = form_of(page, "checkpoint-7").prefix
    page = post(
        maintainer, page,
        **{f"{prefix}-to": "create", f"{prefix}-name": "Gamma", f"{prefix}-parameters": "7"},
    )  # fmt: skip
    assert [each.new.name for each in page.context["preview"].new_llms] == ["Gamma"]
    confirm(maintainer, page)
    assert LLM.objects.get(name="Gamma").parameters == 7
    assert scores()["Gamma", "accuracy"] == "0.875"


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [("name", "Аlpha", "mixes scripts"), ("name", "alpha", "exists already"),
     ("parameters", "7B", "not a number"), ("name", "x" * 300, "at most 200 characters")],
)  # fmt: skip
def test_a_new_llm_that_its_form_would_refuse_gets_a_sentence(
    maintainer, board, field, text, sentence
):
    page = upload(maintainer, "llm,accuracy\ncheckpoint-7,0.875\n")
    prefix = form_of(page, "checkpoint-7").prefix
    page = post(maintainer, page, **{f"{prefix}-to": "create", f"{prefix}-{field}": text})
    assert sentence in page.content.decode()
    assert page.context["preview"].blocking


def test_a_new_metric_needs_a_unit_that_the_maintainer_chooses(maintainer, board):
    page = upload(maintainer, "llm,perplexity\nAlpha,5.77\n")
    page = post(maintainer, page, other_metrics="create")
    assert "Choose its unit" in page.content.decode()
    prefix = form_of(page, "perplexity").prefix
    page = post(
        maintainer, page, **{f"{prefix}-unit": "points", f"{prefix}-higher_is_better": "no"}
    )
    confirm(maintainer, page)
    metric = Metric.objects.get(key="perplexity")
    assert (metric.unit, metric.higher_is_better) == ("points", False)


def test_names_and_columns_can_be_left_out(maintainer, board):
    page = upload(maintainer, "llm,accuracy\nNobody,0.5\nAlpha,0.875\n")
    page = post(maintainer, page, other_llms="leave out")
    assert shown(page) == {"changed": 1, "left out": 1}
    page = post(maintainer, page, left_out=["accuracy"])
    assert shown(page) == {"left out": 2}
    page = post(maintainer, page, left_out=[])
    assert shown(page) == {"changed": 1, "left out": 1}


def test_percent_is_divided_only_if_ticked(maintainer, board):
    page = upload(maintainer, "llm,accuracy\nAlpha,87.5\n")
    assert shown(page) == {"invalid": 1}
    page = post(maintainer, page, percent=["accuracy"])
    assert shown(page) == {"changed": 1}
    confirm(maintainer, page)
    assert scores()["Alpha", "accuracy"] == "0.875"


def test_a_partial_run_is_off_until_it_is_ticked(maintainer, board):
    page = upload(maintainer, "llm,metric,value,n\nAlpha,accuracy,0.875,10\n")
    assert shown(page) == {"partial run": 1}
    assert "Only 10 of 100 questions" in page.content.decode()
    page = post(maintainer, page, allow_partial="on")
    assert shown(page) == {"changed": 1}
    confirm(maintainer, page)
    assert Score.objects.get(llm__name="Alpha").question_count == 10


def test_a_standard_error_of_an_older_value_is_kept_if_ticked(maintainer, board):
    score = make_score(make_llm("Gamma"), board, "0.5", standard_error="0.05")
    page = upload(maintainer, "llm,accuracy\nGamma,0.6\nBeta,0.8\n")
    told_above = "1 score gets another value and loses the standard error"
    assert told_above in page.content.decode()
    assert "<details open>" in page.content.decode()
    page = post(maintainer, page, keep_errors="on")
    assert "1 score gets another value and keeps the standard error" in page.content.decode()
    confirm(maintainer, page)
    score.refresh_from_db()
    assert (score.value, score.standard_error) == (Decimal("0.6"), Decimal("0.05"))


@pytest.mark.parametrize(
    ("row", "is_open"),
    [("Alpha,0.6,", False), ("Nobody,0.6,", False), ("Alpha,60,", True), ("Alpha,0.6,Acme", True)],
)
def test_the_choices_are_open_where_a_remedy_is_among_them(maintainer, board, row, is_open):
    page = upload(maintainer, f"llm,accuracy,organization\n{row}\n")
    assert ("<details open>" in page.content.decode()) is is_open


def test_hostile_cells_are_text(maintainer, board):
    page = upload(maintainer, 'llm,accuracy\n<img src=x onerror=alert(1)>,0.5\nAlpha,"<b>"\n')
    assert (page.status_code, b"<img src=x" in page.content) == (200, False)
    assert not re.search(rb"<td[^>]*><b>", page.content)


# Who may


def test_staff_without_the_right_get_403(client, django_user_model, board):
    imported = Import.objects.create(file_name="f", file_sha256="", format="wide", reading={})
    client.force_login(django_user_model.objects.create_user("staff", is_staff=True))
    page = reverse("admin:leaderboard_import_change", args=[imported.pk])
    answers = [client.get(ADD), upload(client, "llm,accuracy\nAlpha,0.9\n"), client.get(page)]
    answers += [client.post(page, {"do": do}) for do in ("confirm", "discard", "undo", "choose")]
    assert [answer.status_code for answer in answers] == [403] * 7
    assert (Import.objects.count(), scores()["Alpha", "accuracy"]) == (1, "0.5")


def test_a_new_llm_is_filled_in_from_the_columns_of_the_file_and_what_is_typed_counts(
    maintainer, board
):
    page = upload(
        maintainer,
        "llm,accuracy,organization,parameters,license\nNew,0.5,阿里云,7,MIT\nOther,0.5,,,\n",
    )
    forms = page.context["names"].llms
    assert [[form[name].value() for name in ("organization", "parameters")] for form in forms] == [
        ["阿里云", "7"],
        ["", ""],
    ]
    first, second = (form.prefix for form in forms)
    typed = {f"{first}-parameters": "8", f"{second}-organization": "Acme"}
    created = {f"{first}-to": "create", f"{second}-to": "create"}
    confirm(maintainer, post(maintainer, page, **created, **typed))
    fields = ("name", "organization__name", "parameters", "license")
    assert list(LLM.objects.order_by("pk").values_list(*fields))[2:] == [
        ("New", "阿里云", Decimal(8), "MIT"),
        ("Other", "Acme", None, ""),
    ]


def test_what_was_left_out_can_be_created_after_all(maintainer, board):
    page = upload(maintainer, "llm,accuracy,zzz\nAlpha,0.875,0.1\n")
    page = post(maintainer, page, other_metrics="leave out")
    assert shown(page) == {"changed": 1, "left out": 1}
    prefix = form_of(page, "zzz").prefix
    page = post(maintainer, page, **{f"{prefix}-to": "create", f"{prefix}-unit": "proportion"})
    assert shown(page) == {"changed": 1, "new": 1}


# What waits


def large_results(count=60_000):
    """Each number is unreadable, so that a sentence is kept of it: 23 times the file as JSON."""
    metrics = {f"m{number},none": "x" for number in range(count)}
    return json.dumps({**LM_EVAL, "results": {"quiz": metrics}})


def stored_size(pk):
    """Bytes of what was read, as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(reading) FROM leaderboard_import WHERE id = %s", [pk])
        return cursor.fetchone()[0]


def test_what_waits_takes_less_room_than_its_file(maintainer):
    content = large_results(20_000)
    maintainer.post(ADD, {"file": SimpleUploadedFile("results.json", content.encode())})
    waiting = Import.objects.get()
    assert len(reading_from_json(waiting.reading).problems) == 20_000
    assert stored_size(waiting.pk) < len(content)


def test_what_would_take_too_much_room_is_refused_in_words(maintainer, board, monkeypatch):
    monkeypatch.setattr("leaderboard.imports.waiting.MOST_WAITING", 100)
    refused = upload(maintainer, "LLM,accuracy\nAlpha,0.6\n")
    assert "This file says too much to be looked at at once." in refused.content.decode()
    assert not Import.objects.exists()


def test_what_nobody_confirms_for_a_week_is_gone(maintainer, board):
    file = "LLM,accuracy\nAlpha,0.6\n"
    old, recent, done = (upload(maintainer, file).context["imported"] for _ in range(3))
    ago = {"old": timedelta(days=7, seconds=1), "recent": timedelta(days=6, hours=23)}
    Import.objects.filter(pk=old.pk).update(created_at=timezone.now() - ago["old"])
    Import.objects.filter(pk=recent.pk).update(created_at=timezone.now() - ago["recent"])
    Import.objects.filter(pk=done.pk).update(created_at=timezone.now() - ago["old"], state="done")

    listed = maintainer.get("/admin/leaderboard/import/").context["cl"].result_list
    assert [row.pk for row in listed] == [done.pk, recent.pk]
    statuses = [
        maintainer.post(row.get_absolute_url(), {"do": "confirm"}).status_code
        for row in (old, recent)
    ]
    assert statuses == [404, 302]

    upload(maintainer, file)
    assert not Import.objects.filter(pk=old.pk).exists()
    assert Import.objects.filter(pk__in=[recent.pk, done.pk]).count() == 2


def test_the_list_of_imports_reads_nothing_large(maintainer, board):
    for _ in range(3):
        upload(maintainer, "LLM,accuracy\nAlpha,0.6\n")
    with CaptureQueriesContext(connection) as queries:
        maintainer.get("/admin/leaderboard/import/")
    read = [each["sql"] for each in queries if '"file_name"' in each["sql"]]
    assert len(read) == 1
    assert not re.search(r'"(reading|choices|changes)"', read[0].split("WHERE")[0])


def test_a_fixture_of_what_waits_is_loaded_as_it_was(maintainer, board):
    upload(maintainer, "LLM,accuracy\nAlpha,0.6\n")
    waiting = Import.objects.get()
    (copy,) = serializers.deserialize("json", serializers.serialize("json", [waiting]))
    assert copy.object.reading == waiting.reading


# Several files


def test_several_uploads_are_one_preview_with_a_source_for_each(maintainer):
    files = [
        SimpleUploadedFile(f"{llm}.json", json.dumps(LM_EVAL | {"model_name": llm}).encode())
        for llm in ("one", "two")
    ]
    page = maintainer.post(ADD, {"file": files}, follow=True)
    assert shown(page) == {"unmatched": 3}
    chosen = {"other_llms": "create", "other_metrics": "create", "tier": "independent"}
    page = post(maintainer, page, **chosen)
    assert shown(page) == {"new": 2}
    assert "two.json: results › quiz › acc,none" in page.content.decode()
    assert "Files: one.json, two.json" in page.content.decode()
    done = confirm(maintainer, page)
    rows = Score.objects.order_by("llm__name").values_list(
        "source__title", "source__file_name", "source__tier"
    )
    assert list(rows) == [
        (f"lm-evaluation-harness results of {llm}, 2025-03-06", f"{llm}.json", "independent")
        for llm in ("one", "two")
    ]
    for title, *_ in rows:
        assert title in done.content.decode()


def test_a_zip_and_a_broken_file_are_answered_with_a_sentence(maintainer):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("run/results.json", json.dumps(LM_EVAL))
    page = upload(maintainer, file.getvalue(), "runs.zip")
    assert Import.objects.get().file_name == "runs.zip"
    broken = SimpleUploadedFile("broken.json", b"{")
    page = maintainer.post(ADD, {"file": [SimpleUploadedFile("a.csv", b"llm,a\nx,1\n"), broken]})
    (error,) = page.context["form"].errors["file"]
    assert error.startswith("In broken.json: This is not correct JSON")
    assert 'type="file" name="file" multiple' in page.content.decode().replace(" required", "")


def test_facts_have_boxes_and_only_ticked_ones_change(maintainer, board):
    alpha, beta = LLM.objects.order_by("name")
    text = "llm,accuracy,license\nAlpha,0.6,MIT\nBeta,0.75,BSD\n"
    page = upload(maintainer, text)
    keys = [f"{llm.pk}:license" for llm in (alpha, beta)]
    assert [box.key for box in page.context["facts"].boxes] == keys
    assert not any(box.is_ticked for box in page.context["facts"].boxes)
    assert page.context["preview"].change_count == 1
    url = Import.objects.get().get_absolute_url()
    maintainer.post(url, {"do": "choose", "facts_shown": " ".join(keys), "facts": [keys[1]]})
    page = maintainer.get(url)
    assert [box.is_ticked for box in page.context["facts"].boxes] == [False, True]
    maintainer.post(url, {"do": "choose", "facts_shown": keys[0]})
    page = maintainer.get(url)
    assert page.context["preview"].change_count == 2  # one that was on no page stays ticked
    maintainer.post(url, {"do": "confirm", "digest": page.context["preview"].digest})
    assert list(LLM.objects.order_by("name").values_list("license", flat=True)) == ["", "BSD"]
