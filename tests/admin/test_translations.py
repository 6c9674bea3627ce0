"""Texts in other languages on the forms of leaderboards, benchmarks and metrics."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from leaderboard.admin.conflicts.changes import STALE
from leaderboard.models import ContentRevision, Translation
from tests.admin.two_maintainers import (
    address,
    form_id,
    opened,
    save,
    sentence,
    told,
)
from tests.factories import make_benchmark, make_leaderboard, make_metric
from tests.page_reader import page_form


@pytest.fixture
def rows(db):
    metric = make_metric(benchmark=make_benchmark())
    return {
        "leaderboard": make_leaderboard([metric]),
        "benchmark": metric.benchmark,
        "metric": metric,
    }


def translations(row):
    return {(each.language, each.field): each.text for each in row.translations.all()}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("leaderboard", ["title", "introduction", "methodology"]),
        ("benchmark", ["description"]),
        ("metric", ["description"]),
    ],
)
def test_texts_are_added_changed_and_removed_on_the_form_of_their_row(anna, rows, kind, fields):
    row = rows[kind]
    revision = ContentRevision.objects.get().token
    assert "<h2" in anna.get(address(row)).content.decode()
    records = row.history.count()

    save(anna, row, {f"{field}-zh-hans": f"甲 {field}" for field in fields})
    assert translations(row) == {("zh-hans", field): f"甲 {field}" for field in fields}
    assert ContentRevision.objects.get().token != revision
    first = fields[0]
    save(anna, row, {f"{first}-zh-hans": "乙"})
    save(anna, row, {f"{first}-zh-hans": ""})

    assert translations(row) == {("zh-hans", field): f"甲 {field}" for field in fields[1:]}
    history = Translation.history.filter(field=first).order_by("history_id")
    assert [(each.history_type, each.text, str(each.history_user)) for each in history] == [
        ("+", f"甲 {first}", "anna"), ("~", "乙", "anna"), ("-", "乙", "anna")
    ]  # fmt: skip
    assert row.history.count() == records  # the row itself did not change
    page = unescape(anna.get(address(row, "history")).content.decode())
    told = re.findall(r'<tr class="translation">.*?</tr>', page, re.S)
    label = f"{first.capitalize()} in Simplified Chinese"
    shown = [re.findall(r"<td>([^<]*)</td>", line)[1:] for line in told]
    assert [line for line in shown if line[0] == label] == [
        [label, "乙 → –", "anna"],
        [label, f"甲 {first} → 乙", "anna"],
        [label, f"– → 甲 {first}", "anna"],
    ]


def test_a_new_row_is_stored_with_its_translation(anna, db):
    page = anna.get("/admin/leaderboard/benchmark/add/")
    form = page_form(page, "benchmark_form")
    response = anna.post(
        "/admin/leaderboard/benchmark/add/", form | {"name": "Bench", "description-zh-hans": "基准"}
    )
    assert response.status_code == 302
    assert str(Translation.objects.get()) == "description of Bench in Simplified Chinese"


def test_a_stale_translation_is_refused_and_a_second_save_wins(anna, bob, rows):
    row = rows["leaderboard"]
    save(anna, row, {"title-zh-hans": "一"})
    form = opened(bob, row) | {"title-zh-hans": "三"}
    save(anna, row, {"title-zh-hans": "二", "introduction-zh-hans": "介绍"})

    refused = bob.post(address(row), form)

    title, text = "Title in Simplified Chinese", "Introduction in Simplified Chinese"
    assert sorted(told(refused)) == sorted(
        [
            STALE,
            sentence(title, "changed to “二”", "“一”", "“三”"),
            sentence(text, "changed to “介绍”", "(empty)"),
        ]
    )
    assert translations(row)["zh-hans", "title"] == "二"
    shown = page_form(refused, form_id(row))
    assert bob.post(address(row), shown).status_code == 302
    assert translations(row) == {("zh-hans", "title"): "三", ("zh-hans", "introduction"): "介绍"}


def test_a_box_that_was_not_sent_is_left_as_it_is(anna, rows):
    row = rows["metric"]
    save(anna, row, {"description-zh-hans": "指标"})
    form = opened(anna, row)
    del form["description-zh-hans"]
    assert anna.post(address(row), form).status_code == 302
    assert translations(row) == {("zh-hans", "description"): "指标"}


@pytest.mark.parametrize(
    ("box", "text"),
    [("title-zh-hans", "标" * 201), ("title-zh-hans", "标\u200b题"), ("introduction-zh-hans", "\0"),
     ("introduction-zh-hans", "介" * 20_001), ("methodology-zh-hans", "方" * 50_001)],
)  # fmt: skip
def test_a_translation_is_refused_for_what_the_english_text_is(anna, rows, box, text):
    row = rows["leaderboard"]
    english = box.removesuffix("-zh-hans")
    refused = anna.post(address(row), opened(anna, row) | {box: text})
    refused_in_english = anna.post(address(row), opened(anna, row) | {english: text})
    assert told(refused) == told(refused_in_english) != []
    assert translations(row) == {}


def test_somebody_who_may_only_look_sees_the_texts(anna, rows, django_user_model):
    row = rows["leaderboard"]
    save(anna, row, {"introduction-zh-hans": "你好"})
    reader = django_user_model.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_leaderboard"))
    client = Client()
    client.force_login(reader)
    page = client.get(address(row)).content.decode()
    assert "你好" in page
    assert "Introduction in Simplified Chinese" in page


def test_each_further_language_of_the_settings_has_its_boxes(anna, rows, settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("fr", "Français")]
    row = rows["benchmark"]
    save(anna, row, {"description-fr": "Bonjour", "description-zh-hans": "你好"})
    assert translations(row) == {
        ("fr", "description"): "Bonjour",
        ("zh-hans", "description"): "你好",
    }
    headings = re.findall(
        r'class="fieldset-heading">([^<]*)<', anna.get(address(row)).content.decode()
    )
    assert headings[-2:] == ["In Simplified Chinese", "In French"]


def test_an_old_version_of_a_row_shows_no_texts_of_today(anna, rows):
    row = rows["benchmark"]
    save(anna, row, {"description-zh-hans": "今天", "version": "2"})
    record = row.history.order_by("history_id").first()
    page = anna.get(f"{address(row, 'history')}{record.history_id}/")
    assert page.status_code == 200
    assert "今天" not in page.content.decode()
