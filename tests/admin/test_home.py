"""The first page of the admin: what needs a look, the tasks as buttons, the newest changes."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leaderboard.accounts import sessions
from leaderboard.admin import home
from leaderboard.admin.newest import KINDS
from leaderboard.imports.pending import reading_to_json
from leaderboard.models import (
    CONTENT,
    LLM,
    Appearance,
    DraftLink,
    Import,
    Leaderboard,
    Picture,
    Score,
)
from leaderboard.readers.results import Reading
from tests.admin.two_maintainers import save, staff
from tests.factories import (
    make_aggregate,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_site_page,
)
from tests.facts import give_value, make_fact, show_facts

pytestmark = pytest.mark.django_db
ADMIN = "/admin/"


@pytest.fixture
def board():
    metric = make_metric("accuracy")
    make_score(make_llm("Alpha"), metric, "0.5")
    return make_leaderboard([metric])


def page(client, address=ADMIN):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def section(html, name):
    """[text of each line] of a part of the page, in its order."""
    part = re.search(rf'<section aria-labelledby="{name}">(.*?)</section>', html, re.S)[1]
    lines = re.findall(r"<(?:h3|li|p)[ >].*?</(?:h3|li|p)>", part, re.S)
    return [" ".join(unescape(re.sub(r"<[^>]*>", " ", line)).split()) for line in lines]


def tasks(html):
    """[(title, address)] of the buttons."""
    found = re.search(r'<ul class="tasks">(.*?)</ul>', html, re.S)
    links = re.findall(r'<a href="([^"]*)"><b>(.*?)</b>', found[1] if found else "")
    return [(title, address) for address, title in links]


def test_the_tasks_of_the_readme_are_buttons_that_open(anna, board):
    found = tasks(page(anna))
    assert [title for title, _address in found] == [
        "Add an LLM", "Import a file", "Add a benchmark", "Correct a score", "Freeze a release",
        "Write a page", "Put something back",
    ]  # fmt: skip
    assert dict(found)["Freeze a release"] == reverse("admin:freeze-release", args=[board.pk])
    assert [anna.get(address).status_code for _title, address in found] == [200] * 7


def test_with_several_leaderboards_a_release_is_frozen_from_their_list(anna, board):
    make_leaderboard([make_metric("other")], slug="other", title="Other")
    address = dict(tasks(page(anna)))["Freeze a release"]
    assert address == "/admin/leaderboard/leaderboard/?is_published__exact=1"
    assert "Board" in page(anna, address)


def test_nobody_is_offered_what_is_refused(board, django_user_model):
    client = staff(django_user_model, "add_llm", "view_llm")
    assert tasks(page(client)) == [("Add an LLM", "/admin/leaderboard/llm/add/")]
    nobody = Client()
    nobody.force_login(django_user_model.objects.create_user("nobody", is_staff=True))
    html = page(nobody)
    assert tasks(html) == []
    assert "Alpha" not in html
    assert "aria-labelledby" not in html


def test_a_site_in_order_says_that_nothing_needs_a_look(anna, board):
    assert section(page(anna), "look") == [
        "Nothing: no draft, no waiting import, nothing inconsistent."
    ]


def test_what_needs_a_look_is_counted_and_linked(anna, board, django_user_model):
    part = make_metric("part")
    whole = make_aggregate("whole", [part])
    make_leaderboard([part, whole], slug="second", title="Second", is_published=False)
    alpha = LLM.objects.get()
    make_score(alpha, part, "0.5")
    make_score(alpha, whole, "0.9")
    make_llm("Beta", is_published=False)
    make_llm("Gamma", is_published=False)
    make_site_page("FAQ", is_published=False)
    Import.objects.create(file_name="new.csv", format="wide", reading=reading_to_json(Reading()))
    Import.objects.create(file_name="old.csv", format="wide", state=Import.State.DONE)
    anna_herself = django_user_model.objects.get(username="anna")
    DraftLink.objects.create(kind="llm", row=1, created_by=anna_herself)
    DraftLink.objects.create(kind="llm", row=1, created_by=anna_herself).revoke(anna_herself)
    html = page(anna)
    when = f"{Import.objects.get(file_name='new.csv').created_at:%Y-%m-%d %H:%M} UTC"
    assert section(html, "look") == [
        "Consistency",
        "Aggregates that disagree with their components 1",
        "Imports that wait for confirmation",
        f"new.csv {when}",
        "Drafts: leaderboards (1)",
        "Second",
        "Drafts: LLMs (2)",
        "Gamma",
        "Beta",
        "Drafts: pages (1)",
        "FAQ",
        "1 link shows a draft to somebody",
    ]
    look = re.search(r'<section aria-labelledby="look">(.*?)</section>', html, re.S)[1]
    links = [unescape(address) for address in re.findall(r'href="([^"]*)"', look)]
    assert len(links) == 11
    assert [address for address in links if anna.get(address).status_code != 200] == []


def test_on_a_large_site_the_first_page_only_offers_to_check(anna, board, monkeypatch):
    monkeypatch.setattr(home, "MOST_CHECKED", 0)
    monkeypatch.setattr(home, "check", None)  # is not called
    assert section(page(anna), "look") == ["Check the consistency of all scores"]


def test_the_newest_changes_name_what_one_form_wrote_once(anna, bob, board):
    alpha = LLM.objects.get()
    save(anna, alpha, {"license": "MIT", "score-accuracy": "0.75", "reason": "Measured again."})
    save(bob, board, {"title-zh-hans": "排行榜"})
    lines = [re.sub(r" 20\d\d-\S+ \S+", "", line) for line in section(page(anna), "newest")]
    assert lines[:2] == [
        "Translation Board added bob",
        "LLM Alpha changed with scores anna",
    ]
    forms = [reverse("admin:leaderboard_leaderboard_change", args=[board.pk])]
    forms += [reverse("admin:leaderboard_llm_change", args=[alpha.pk])]
    newest = page(anna)
    assert [form for form in forms if f'<a href="{form}">' not in newest] == []


def test_changes_of_every_kind_of_content_are_listed(anna, board):
    assert set(CONTENT) - set(KINDS) == {Picture}
    row = Appearance.objects.create(name="CardioBench")
    save(anna, row, {"tagline": "Hearts", "tagline-zh-hans": "心"})
    fact = make_fact("Context length")
    give_value(LLM.objects.get(), fact, "8000")
    show_facts(board, fact)
    lines = [re.sub(r" 20\d\d-\S+ ?\S*", "", line) for line in section(page(anna), "newest")]
    assert lines[:5] == [
        "Column of a fact Board added",
        "Value of a fact Alpha added",
        "Fact Context length added",
        "Appearance CardioBench changed with translations anna",
        "Appearance CardioBench added",
    ]


def test_what_was_deleted_is_named_without_a_link(anna, board):
    make_site_page("FAQ").delete()
    html = page(anna)
    line = section(html, "newest")[0]
    assert re.fullmatch(r"Page FAQ deleted 20\S+ \S+", line)
    assert "FAQ</a>" not in html


def test_changes_are_those_of_kinds_that_one_may_see(board, django_user_model):
    make_site_page("FAQ")
    client = staff(django_user_model, "view_llm", "view_score")
    text = " ".join(section(page(client), "newest"))
    assert "LLM Alpha added" in text
    assert "FAQ" not in text
    assert "Board" not in text


def test_names_are_text_and_not_markup(anna, board):
    make_llm("<b onclick=x()>Bad</b>", is_published=False)
    make_site_page("<script>alert(1)</script>", slug="bad", is_published=False)
    html = page(anna)
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert(1)" not in html
    assert "<b onclick" not in html


def test_the_page_is_in_chinese_too(anna, board):
    make_llm("Beta", is_published=False)
    html = page(anna, "/zh-hans/admin/")
    assert tasks(html)[0] == ("添加 LLM", "/zh-hans/admin/leaderboard/llm/add/")
    assert section(html, "look") == ["草稿：LLM（1）", "Beta"]


def test_the_page_takes_the_same_queries_whatever_the_site(anna, board, monkeypatch):
    # On a slow machine a minute may pass, and the session be renewed, which takes a query.
    monkeypatch.setattr(sessions, "RENEWAL", sessions.LONGEST_SESSION)

    def count():
        page(anna)  # the first after an edit also reads the appearance
        with CaptureQueriesContext(connection) as asked:
            page(anna)
        return len(asked)

    make_llm("Draft 0", is_published=False)
    few = count()
    metric = Leaderboard.objects.get().ranking_metric
    for number in range(30):
        make_score(make_llm(f"Model {number}"), metric, "0.5")
        make_llm(f"Draft {number + 1}", is_published=False)
    assert Score.objects.count() == 31
    assert count() == few
