"""A link shows one draft to somebody without an account, until it ends or is revoked."""

import logging
import re
from datetime import timedelta
from html import unescape

import pytest
from django.core import signing
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leaderboard.accounts import sessions
from leaderboard.models import LLM, ContentRevision, DraftLink, Leaderboard, LeaderboardState
from leaderboard.models.draft_links import SALT
from leaderboard.serving.logs import JsonLines
from leaderboard.standings.published import forget_content
from leaderboard.trail.filling import fill_differences
from leaderboard.views.drafts import MOST_VIEWS
from tests.admin.two_maintainers import address, maintainer, staff
from tests.factories import make_leaderboard, make_llm, make_metric, make_score, make_site_page

pytestmark = pytest.mark.django_db

LINK = 'http://testserver(/[^"]*draft/[^"]+)'


@pytest.fixture(autouse=True)
def drafts():
    """A published leaderboard; a draft of each kind, and another of each."""
    cache.clear()
    forget_content()
    metric, hidden = make_metric("shown"), make_metric("hidden")
    make_leaderboard([metric])
    make_score(make_llm("Public"), metric, "0.5")
    make_score(LLM.objects.get(), hidden, "0.25")
    for name, value in (("Draft LLM", "0.7"), ("Other LLM", "0.9")):
        make_score(make_llm(name, is_published=False), metric, value)
        make_score(LLM.objects.get(name=name), hidden, value)
    rows = [
        make_leaderboard([hidden], title=title, slug=slug, is_published=False)
        for title, slug in (("Draft board", "drafted"), ("Other board", "other-board"))
    ]
    pages = [
        make_site_page(title, text=f"Text of {title}.", is_published=False)
        for title in ("Draft page", "Other page")
    ]
    return {"leaderboard": rows[0], "llm": LLM.objects.get(name="Draft LLM"), "sitepage": pages[0]}


@pytest.fixture
def anna(django_user_model):
    return maintainer(django_user_model, "anna")


def share(draft):
    return reverse("admin:share-draft", args=[draft._meta.model_name, draft.pk])


def make_link(client, draft):
    """The path of a new link, as its maker reads it."""
    assert client.post(share(draft)).status_code == 302
    return re.findall(LINK, unescape(client.get(share(draft)).content.decode()))[0]


def words(html):
    return unescape(re.sub(r"<[^>]*>", " ", html))


KINDS = {
    "leaderboard": ("Draft board", "Public", "0.25"),
    "llm": ("Draft LLM", "0.7"),
    "sitepage": ("Draft page", "Text of Draft page."),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_shows_that_one_draft_and_no_other(kind, anna, drafts):
    path = make_link(anna, drafts[kind])
    response = Client().get(path)
    assert response.status_code == 200
    html = response.content.decode()
    assert [text for text in KINDS[kind] if text not in words(html)] == []
    own = KINDS[kind][0]
    others = {"Draft board", "Draft LLM", "Draft page", "Other board", "Other LLM", "Other page"}
    assert [name for name in sorted(others - {own}) if name in words(html)] == []
    assert "Draft, not published: who has this link sees it until" in words(html)


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_works_in_both_languages(kind, anna, drafts):
    path = make_link(anna, drafts[kind])
    html = Client().get(f"/zh-hans{path}").content.decode()
    assert '<html lang="zh-hans">' in html
    assert "草稿，尚未发布" in html
    assert path in html  # the switch to English


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_link_shows_is_kept_nowhere_and_listed_nowhere(kind, anna, drafts):
    path = make_link(anna, drafts[kind])
    for _ in range(2):
        response = Client().get(path)
        assert (response["Cache-Control"], response["X-Robots-Tag"]) == (
            "private, no-store",
            "noindex, nofollow, noarchive",
        )
        assert response["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert not response.cookies
        assert not response.has_header("ETag")
        assert '<meta name="robots" content="noindex">' in response.content.decode()
    stored = repr(vars(cache).get("_cache", {}))
    assert path.split("/")[-2] not in stored
    assert KINDS[kind][0] not in stored


def test_without_its_slash_a_link_opens_and_leads_no_cache_to_its_key(anna, drafts):
    path = make_link(anna, drafts["sitepage"])
    response = Client().get(path.rstrip("/"))
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")


def test_an_edit_of_the_draft_is_on_the_next_look(anna, drafts):
    path = make_link(anna, drafts["sitepage"])
    assert "Text of Draft page." in Client().get(path).content.decode()
    drafts["sitepage"].text = "Another."
    drafts["sitepage"].save()
    assert "Another." in Client().get(path).content.decode()


def test_making_and_revoking_links_changes_no_public_byte(anna, drafts):
    fill_differences()  # as after a commit: by them LLMs are marked as new
    pages = ["/", "/leaderboard/board/", "/changes/", "/sitemap.xml", "/llms/public/"]
    before = [Client().get(each).content for each in pages]
    state = ContentRevision.objects.get().token, LeaderboardState.objects.count()
    make_link(anna, drafts["llm"])
    anna.post(share(drafts["llm"]), {"revoke": DraftLink.objects.get().pk})
    assert (ContentRevision.objects.get().token, LeaderboardState.objects.count()) == state
    cache.clear()
    forget_content()
    assert [Client().get(each).content for each in pages] == before


def has_ended(path):
    response = Client().get(path)
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"].startswith("noindex")
    return response.status_code == 404 and "This link has ended" in response.content.decode()


def test_a_revoked_link_opens_nothing_from_then_on_and_another_still_does(anna, drafts):
    first = make_link(anna, drafts["sitepage"])
    second = make_link(anna, drafts["sitepage"])
    assert Client().get(first).status_code == 200
    revoked = DraftLink.objects.order_by("pk").first()
    response = anna.post(share(drafts["sitepage"]), {"revoke": revoked.pk}, follow=True)
    assert "The link is revoked: it opens nothing any more." in response.content.decode()
    assert has_ended(first)
    assert Client().get(second).status_code == 200
    revoked.refresh_from_db()
    assert str(revoked.revoked_by) == "anna"
    assert revoked.revoked_at <= timezone.now()


def test_several_links_are_revoked_from_the_list(anna, drafts):
    paths = [make_link(anna, draft) for draft in drafts.values()]
    chosen = {"action": "revoke_selected", "_selected_action": [
        link.pk for link in DraftLink.objects.all()
    ]}  # fmt: skip
    said = anna.post(reverse("admin:leaderboard_draftlink_changelist"), chosen, follow=True)
    assert "Revoked: 3." in said.content.decode()
    assert [has_ended(path) for path in paths] == [True] * 3


def test_of_two_windows_the_first_to_revoke_a_link_is_noted(anna, drafts, django_user_model):
    make_link(anna, drafts["llm"])
    first, second = DraftLink.objects.get(), DraftLink.objects.get()
    users = [django_user_model.objects.create(username=name) for name in ("bob", "carol")]
    assert [first.revoke(users[0]), second.revoke(users[1])] == [True, False]
    assert DraftLink.objects.get().revoked_by == users[0]


def test_a_link_ends_after_two_weeks(anna, drafts, monkeypatch):
    path = make_link(anna, drafts["sitepage"])
    link = DraftLink.objects.get()
    assert link.expires_at - link.created_at == pytest.approx(
        timedelta(days=14), abs=timedelta(seconds=5)
    )
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(days=13, hours=23))
    assert Client().get(path).status_code == 200
    monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(days=14, minutes=1))
    assert has_ended(path)


def test_the_signature_ends_too_whatever_the_row_says(anna, drafts, monkeypatch):
    path = make_link(anna, drafts["sitepage"])
    DraftLink.objects.update(expires_at=timezone.now() + timedelta(days=900))
    assert Client().get(path).status_code == 200
    now = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: now + 14 * 86_400 + 60)
    assert has_ended(path)


def test_a_link_ends_with_the_account_of_its_maker(anna, drafts, django_user_model):
    path = make_link(anna, drafts["sitepage"])
    django_user_model.objects.filter(username="anna").update(is_active=False)
    assert has_ended(path)


def test_a_link_to_what_was_deleted_opens_nothing(anna, drafts):
    path = make_link(anna, drafts["sitepage"])
    drafts["sitepage"].delete()
    assert has_ended(path)


def test_a_link_to_what_is_published_by_now_leads_to_its_page(anna, drafts):
    path = make_link(anna, drafts["sitepage"])
    publish(drafts["sitepage"], True)
    response = Client().get(path)
    assert (response.status_code, response["Location"]) == (302, "/pages/draft-page/")
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("kind", ["leaderboard", "llm", "sitepage"])
def test_what_is_withdrawn_is_behind_no_link_from_before(kind, anna, drafts):
    path, other = make_link(anna, drafts[kind]), make_link(anna, LLM.objects.get(name="Other LLM"))
    publish(drafts[kind], True)
    publish(drafts[kind], False)
    assert has_ended(path)
    assert Client().get(other).status_code == 200
    assert Client().get(make_link(anna, drafts[kind])).status_code == 200  # one made from then on
    page = anna.get(reverse("admin:leaderboard_draftlink_changelist")).content.decode()
    assert sorted(re.findall(r"field-state\">(\w+)", page)) == ["ended", "open", "open"]


def publish(draft, is_published):
    draft.is_published = is_published
    draft.save()


def test_a_made_up_link_opens_nothing_and_asks_the_drafts_nothing(anna, drafts):
    path = make_link(anna, drafts["sitepage"])
    link = DraftLink.objects.get()
    token = path.split("/")[-2]
    payload, time, signature = token.split(":")
    made_up = [
        "x", "1", str(link.pk), link.key, token[:-1], token + "x", f"{payload}:{time}:",
        f"{payload}:{time}:{signature[::-1]}", f"{payload}:zzzzzz:{signature}",
        signing.dumps(link.key), signing.dumps(link.key, salt="other"), "%00", "a" * 5_000,
    ]  # fmt: skip
    for each in made_up:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert has_ended(f"/draft/{each}/"), each
        assert [query for query in asked.captured_queries if "draftlink" in query["sql"]] == []
    assert has_ended(f"/draft/{signing.dumps('0' * 32, salt=SALT)}/")  # of no row
    assert has_ended(f"/draft/{signing.dumps({'a': 1}, salt=SALT)}/")


def test_a_link_cannot_be_opened_endlessly_often(anna, drafts):
    path = make_link(anna, drafts["sitepage"])
    other = make_link(anna, drafts["llm"])
    statuses = [Client().get(path).status_code for _ in range(MOST_VIEWS + 1)]
    assert statuses == [200] * MOST_VIEWS + [429]
    assert Client().get(path)["Retry-After"] == "60"
    assert Client().get(other).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_link_only_shows(method, anna, drafts):
    path = make_link(anna, drafts["sitepage"])
    assert getattr(Client(), method)(path).status_code == 405


def test_the_log_does_not_hold_the_key(anna, drafts, caplog):
    path = make_link(anna, drafts["sitepage"])
    token = path.split("/")[-2]
    lines = []
    handler = logging.Handler()
    handler.setFormatter(JsonLines())
    handler.emit = lambda record: lines.append(handler.format(record))
    loggers = [logging.getLogger(name) for name in ("leaderboard.requests", "django.request")]
    levels = [(logger, logger.level) for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel("INFO")
    try:
        Client().get(path)
        Client().get(f"/zh-hans{path}")
        anna.post(share(drafts["sitepage"]), {"revoke": DraftLink.objects.get().pk})
        Client().get(path)
        Client().get(path.rstrip("/") + ":more/")
        Client().get(path.rstrip("/"))
        Client().get("/leaderboard/draft/compare/")
    finally:
        for logger, level in levels:
            logger.removeHandler(handler)
            logger.setLevel(level)
    text = "\n".join(lines)
    assert text.count("/draft/[hidden]") >= 6
    assert token not in text
    assert token.split(":")[-1] not in text
    assert "/leaderboard/draft/compare/" in text


# Who may make links


VIEWS = ("view_leaderboard", "view_llm", "view_sitepage", "view_draftlink")


@pytest.mark.parametrize("kind", KINDS)
def test_a_viewer_makes_ends_and_reads_no_link(kind, anna, drafts, django_user_model):
    path = make_link(anna, drafts[kind])
    viewer, page = staff(django_user_model, *VIEWS), share(drafts[kind])
    assert viewer.get(page).status_code == 403
    assert viewer.post(page).status_code == 403
    assert viewer.post(page, {"revoke": DraftLink.objects.get().pk}).status_code == 403
    assert page not in viewer.get(address(drafts[kind])).content.decode()
    listed = viewer.get(reverse("admin:leaderboard_draftlink_changelist"))
    assert listed.status_code == 200
    assert path.split("/")[-2] not in listed.content.decode()
    assert DraftLink.objects.filter(revoked_at=None).count() == 1


def test_who_may_not_see_a_draft_cannot_share_it(drafts, django_user_model):
    client = staff(django_user_model, "add_draftlink", "change_draftlink", "view_sitepage")
    assert client.post(share(drafts["llm"])).status_code == 403
    assert client.post(share(drafts["sitepage"])).status_code == 302
    assert [link.kind for link in DraftLink.objects.all()] == ["sitepage"]


def test_visitors_make_no_links(drafts):
    for draft in drafts.values():
        response = Client().post(share(draft))
        assert (response.status_code, b'id="login-form"' in response.content) == (403, True)
    assert not DraftLink.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_of_a_draft_leads_to_its_links_and_that_of_a_published_row_does_not(
    kind, anna, drafts
):
    draft = drafts[kind]
    assert f'href="{share(draft)}"' in anna.get(address(draft)).content.decode()
    draft.is_published = True
    draft.save()
    assert share(draft) not in anna.get(address(draft)).content.decode()
    refused = anna.post(share(draft), follow=True).content.decode()
    assert "It is published: send the address of its page." in refused
    assert not DraftLink.objects.exists()


def test_the_list_says_who_made_and_ended_each_link(anna, drafts, django_user_model):
    for draft in drafts.values():
        make_link(anna, draft)
    bob = maintainer(django_user_model, "bob")
    bob.post(share(drafts["llm"]), {"revoke": DraftLink.objects.get(kind="llm").pk})
    DraftLink.objects.filter(kind="sitepage").update(expires_at=timezone.now())
    page = bob.get(reverse("admin:leaderboard_draftlink_changelist")).content.decode()
    rows = re.findall(r"<tr><td class=\"action.*?</tr>", page, re.S)
    found = [re.findall(r"<td.*?</td>", row, re.S) for row in rows]
    cells = [[words(cell).strip() for cell in row] for row in found]
    assert [(row[1], row[2], row[3], row[4], row[7]) for row in cells] == [
        ("Draft page", "page", "ended", "anna", "-"),
        ("Draft LLM", "LLM", "revoked", "anna", "bob"),
        ("Draft board", "leaderboard", "open", "anna", "-"),
    ]


def test_the_list_takes_the_same_queries_for_many_links(anna, drafts, monkeypatch):
    # On a slow machine a minute may pass, and the session be renewed, which takes a query.
    monkeypatch.setattr(sessions, "RENEWAL", sessions.LONGEST_SESSION)

    def count():
        with CaptureQueriesContext(connection) as asked:
            anna.get(reverse("admin:leaderboard_draftlink_changelist"))
        return len(asked)

    for draft in drafts.values():
        make_link(anna, draft)
    few = count()
    for draft in drafts.values():
        for _ in range(4):
            make_link(anna, draft)
    assert count() == few


def test_the_link_of_another_draft_is_not_revoked_from_here(anna, drafts):
    make_link(anna, drafts["llm"])
    link = DraftLink.objects.get()
    for chosen in (link.pk, "x", "", "9" * 30):
        assert anna.post(share(drafts["sitepage"]), {"revoke": chosen}).status_code == 404
    assert DraftLink.objects.get().revoked_at is None


def test_a_draft_leaderboard_is_sorted_and_filtered_below_its_link(anna, drafts):
    make_score(make_llm("Second"), Leaderboard.objects.get(slug="drafted").ranking_metric, "0.75")
    path = make_link(anna, drafts["leaderboard"])
    html = Client().get(f"{path}?sort=llm&q=second").content.decode()
    assert re.findall(r'<tr id="([^"]+)"', html) == ["second"]
