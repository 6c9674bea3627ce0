"""Pages of the site on their forms: both languages, history, rename, deletion."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from leaderboard.admin.conflicts.changes import STALE
from leaderboard.models import SitePage, Translation
from leaderboard.models.invariants import find_violations
from leaderboard.operations.integrity import find_faults
from leaderboard.trail.deletions import list_deletions, restore
from tests.admin.two_maintainers import address, opened, save, staff, told
from tests.factories import make_site_page
from tests.page_reader import page_form

pytestmark = pytest.mark.django_db
ADD = "/admin/leaderboard/sitepage/add/"


def test_a_page_in_both_languages_is_published_with_one_form(anna):
    form = page_form(anna.get(ADD), "sitepage_form")
    typed = {
        "title": "How to submit", "text": "Send **a file**.", "is_published": "on",
        "title-zh-hans": "如何提交", "text-zh-hans": "发送**文件**。",
    }  # fmt: skip
    assert anna.post(ADD, form | typed).status_code == 302
    page = SitePage.objects.get()
    assert (page.slug, page.place, page.position) == ("how-to-submit", "navigation", 0)
    english = Client().get("/pages/how-to-submit/").content.decode()
    chinese = Client().get("/zh-hans/pages/how-to-submit/").content.decode()
    assert "<p>Send <strong>a file</strong>.</p>" in english
    assert "<h1>如何提交</h1>" in chinese
    assert "<strong>文件</strong>" in chinese
    assert [str(record.history_user) for record in page.history.all()] == ["anna"]
    assert Translation.history.filter(sitepage_id=page.pk).count() == 2


def test_a_renamed_page_keeps_its_old_address_which_leads_to_the_new_one(anna):
    page = make_site_page()
    save(anna, page, {"slug": "who-we-are"})
    response = Client().get("/pages/about/")
    assert (response.status_code, response["Location"]) == (301, "/pages/who-we-are/")


def test_an_address_that_another_page_has_is_refused(anna):
    make_site_page()
    form = page_form(anna.get(ADD), "sitepage_form")
    refused = anna.post(ADD, form | {"title": "About", "text": "Text"})
    assert told(refused) == ["Page with this Address already exists."]
    assert SitePage.objects.count() == 1


def test_a_draft_is_previewed_by_those_who_may_see_pages(anna, django_user_model):
    page = make_site_page(is_published=False)
    preview = f"/admin/preview/sitepage/{page.pk}/"
    assert f'href="{preview}"' in anna.get(address(page)).content.decode()
    shown = anna.get(preview).content.decode()
    assert "Preview: this is how the page will look" in shown
    assert '<meta name="robots" content="noindex">' in shown
    assert Client().get(preview).status_code == 302
    assert staff(django_user_model, "view_llm").get(preview).status_code == 403
    assert Client().get("/pages/about/").status_code == 404


def test_a_stale_form_loses_nothing(anna, bob):
    page = make_site_page()
    form = opened(bob, page) | {"text": "From bob."}
    save(anna, page, {"text": "From anna."})
    refused = bob.post(address(page), form)
    assert told(refused)[0] == STALE
    assert SitePage.objects.get().text == "From anna."


def test_a_viewer_changes_no_page(django_user_model):
    page = make_site_page()
    client = staff(django_user_model, "view_sitepage")
    assert client.get(address(page)).status_code == 200
    assert client.post(address(page), {"title": "Mine", "text": "x"}).status_code == 403
    assert client.post(ADD, {"title": "Mine", "text": "x"}).status_code == 403
    assert [page.title for page in SitePage.objects.all()] == ["About"]


def test_a_deleted_page_is_put_back_with_its_translations(anna):
    page = make_site_page()
    Translation.objects.create(sitepage=page, language="zh-hans", field="title", text="关于")
    asked = page_form(anna.get(address(page, "delete")))
    assert anna.post(address(page, "delete"), asked).status_code == 302
    assert Client().get("/pages/about/").status_code == 404
    (deletion,), _more = list_deletions(1)
    assert deletion.names == ("page About",)
    assert restore(deletion.date, None, "By mistake.") == 2
    assert "<h1>关于</h1>" in Client().get("/zh-hans/pages/about/").content.decode()


def test_a_fixture_loads_pages_with_their_translations_history_and_rules(tmp_path):
    make_site_page()
    page = SitePage.objects.get()
    Translation.objects.create(sitepage=page, language="zh-hans", field="text", text="文字")
    saved = tmp_path / "pages.json"
    call_command(
        "dumpdata", "leaderboard.sitepage", "leaderboard.translation",
        natural_foreign=True, natural_primary=True, output=str(saved),
    )  # fmt: skip
    page.delete()
    call_command("loaddata", str(saved), verbosity=0)
    loaded = SitePage.objects.get()
    assert loaded.history.first().history_change_reason == "Loaded from fixture pages"
    assert loaded.translations.get().text == "文字"
    assert "文字" in Client().get("/zh-hans/pages/about/").content.decode()
    rows = json.loads(saved.read_text())
    rows[0]["fields"] |= {"slug": "other", "title": ""}
    saved.write_text(json.dumps(rows))
    with pytest.raises(CommandError, match="page other, title: This field cannot be blank"):
        call_command("loaddata", str(saved), verbosity=0)
    assert SitePage.objects.count() == 1


def test_verify_names_a_page_that_no_form_would_have_stored():
    page = make_site_page()
    assert (find_faults(), find_violations()) == ([], [])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leaderboard_sitepage SET title = %s", ["About\u200b"])
    assert [fault.form for fault in find_faults()] == [address(page)]
