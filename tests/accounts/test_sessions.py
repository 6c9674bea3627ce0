"""Sessions end, and public pages know nobody."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.accounts.logging_in import HOUR, LOGIN, PAGE, PASSWORD, is_inside, log_in, set_up
from tests.factories import make_leaderboard, make_metric


def shift_session(client, name, seconds):
    """As if that much time had passed since the moment the session remembers."""
    session = client.session
    session[name] -= seconds
    session.save()


def test_a_session_lasts_two_idle_hours_renewed_by_use(client, admin):
    assert log_in(client).cookies["sessionid"]["max-age"] == 2 * HOUR
    assert "sessionid" not in client.get("/admin/").cookies  # not written at every request

    shift_session(client, "seen_at", 61)
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=1))
    renewed = client.get("/admin/")

    assert renewed.cookies["sessionid"]["max-age"] == 2 * HOUR
    left = Session.objects.get().expire_date - timezone.now()
    assert timedelta(minutes=119) < left <= timedelta(hours=2)


def test_an_idle_session_is_refused_whatever_the_browser_keeps(client, admin):
    log_in(client)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_inside(client)


def test_a_session_ends_twelve_hours_after_the_password(client, admin):
    log_in(client)
    shift_session(client, "logged_in_at", 12 * HOUR - 60)
    assert is_inside(client)

    shift_session(client, "logged_in_at", 61)

    assert client.get("/admin/")["Location"] == f"{LOGIN}?next=/admin/"
    assert Session.objects.count() == 0


def test_a_session_of_a_clock_that_was_set_back_ends(client, admin):
    log_in(client)
    shift_session(client, "logged_in_at", -30)
    assert is_inside(client)  # two machines differ by seconds
    shift_session(client, "logged_in_at", -HOUR)
    assert not is_inside(client)


def test_a_message_is_no_cookie_of_its_own(inside):
    """A cookie without the prefix __Host- can be set by another site of the same domain."""
    made = inside.post(reverse("admin:leaderboard_organization_add"), {"name": "Acme"})
    assert (made.status_code, set(made.cookies) - {"sessionid", "csrftoken"}) == (302, set())
    assert "was added successfully" in inside.get(made["Location"]).content.decode()


def test_a_session_from_before_this_rule_ends(client, admin):
    log_in(client)
    session = client.session
    del session["logged_in_at"]
    session.save()
    assert not is_inside(client)


def test_a_logout_ends_the_session_also_for_who_copied_its_cookie(client, admin):
    log_in(client)
    copy = Client()
    copy.cookies = client.cookies.copy()
    assert is_inside(copy)
    client.post("/admin/logout/")
    assert not is_inside(copy)


def test_a_new_password_ends_all_other_sessions(client, admin):
    log_in(client)
    elsewhere = Client()
    log_in(elsewhere)
    new = "another long password 7"
    passwords = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    changed = client.post("/admin/password_change/", passwords)

    assert changed.status_code == 302
    assert (is_inside(client), is_inside(elsewhere)) == (True, False)


def test_logging_in_forgets_sessions_that_ended(client, admin):
    for _ in range(3):
        log_in(Client())
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    log_in(client)
    assert Session.objects.count() == 1


@pytest.mark.parametrize("session", ["", "forged", "f" * 32, "x" * 4000])
def test_public_pages_set_no_cookie_whatever_they_are_sent(client, db, session):
    make_leaderboard([make_metric()])
    cookies = f"sessionid={session}; csrftoken=forged; messages=forged"
    for path in ("/", "/leaderboard/board/", "/api/", "/changes/feed/", "/robots.txt", "/nothing"):
        response = client.get(path, headers={"cookie": cookies})
        assert (dict(response.cookies), "Cookie" in response.get("Vary", "")) == ({}, False), path


def test_public_pages_neither_renew_nor_end_the_session_of_a_maintainer(client, admin):
    log_in(client)
    shift_session(client, "seen_at", HOUR)
    assert dict(client.get("/").cookies) == {}
    assert is_inside(client)


def test_a_session_that_somebody_planted_is_not_the_one_after_the_password(client, admin):
    planted = client.session
    planted["planted"] = True
    planted.save()
    client.cookies["sessionid"] = planted.session_key
    log_in(client)
    assert client.session.session_key != planted.session_key
    assert not Session.objects.filter(session_key=planted.session_key).exists()


@pytest.mark.parametrize("prefix", ["", "/zh-hans"])
@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example",
     "https:evil.example", "http:///evil.example", "\t//evil.example", "javascript:alert(1)",
     "https://testserver@evil.example", "https://testserver.evil.example", "/admin/?%0d%0aX:y"],
)  # fmt: skip
def test_logging_in_and_out_leads_to_no_other_site(client, admin, prefix, wanted):
    login = f"{prefix}{LOGIN}"
    data = {"username": "admin", "password": PASSWORD}
    answers = [
        client.post(login, data, QUERY_STRING=urlencode({"next": wanted})),
        client.post(login, data | {"next": wanted}),
        client.get(login, {"next": wanted}),  # logged in already
        client.post(f"{prefix}/admin/logout/", {"next": wanted}),
    ]
    led = {each["Location"] for each in answers if each.status_code == 302}
    assert led <= {f"{prefix}/admin/", "/admin/?%0d%0aX:y"}


def test_nobody_guesses_the_key_of_a_session(db):
    keys = {SessionStore()._get_new_session_key() for _ in range(50)}
    assert (len(keys), {len(key) for key in keys}) == (50, {32})  # of 36 signs: 165 bits


def test_an_administrator_ends_the_sessions_of_somebody(client, admin, django_user_model):
    """By a new password, by taking the account away for a while, or for ever."""
    log_in(client)
    outcomes = []
    for name in ("password", "inactive", "deleted"):
        user = django_user_model.objects.create_user(name, password=PASSWORD, is_staff=True)
        theirs = Client()
        log_in(theirs, username=name)
        before = is_inside(theirs)
        address = reverse("admin:auth_user_change", args=[user.pk])
        if name == "password":
            new = {"password1": "kwzvhq 8271 x", "password2": "kwzvhq 8271 x"}
            client.post(address.replace("change/", "password/"), new | {"usable_password": "true"})
        elif name == "inactive":
            client.post(address, {"username": name, "is_staff": "on", **NOW})
        else:
            delete = address.replace("change/", "delete/")
            client.post(delete, {"post": "yes"})
        outcomes.append((before, is_inside(theirs)))
    assert outcomes == [(True, False)] * 3


NOW = {"date_joined_0": "2026-01-01", "date_joined_1": "12:00:00"}


def test_a_new_second_factor_is_asked_of_all_other_sessions(inside, admin):
    elsewhere = Client()
    log_in(elsewhere)
    set_up(inside, admin)
    assert elsewhere.get("/admin/")["Location"] == f"{PAGE}?next=%2Fadmin%2F"


def test_a_new_password_by_an_administrator_leaves_the_second_factor(inside, admin):
    set_up(inside, admin)
    admin.set_password("kwzvhq 8271 x")
    admin.save()
    later = Client()
    log_in(later, "kwzvhq 8271 x")
    assert later.get("/admin/")["Location"] == f"{PAGE}?next=%2Fadmin%2F"


def test_every_page_of_the_admin_offers_the_way_out(inside):
    names = ["index", "leaderboard_llm_changelist", "leaderboard_llm_add", "password_change",
             "leaderboard_import_add", "consistency", "auth_user_changelist"]  # fmt: skip
    paths = [PAGE, *(reverse(f"admin:{name}") for name in names)]
    shown = {path: inside.get(path).content.decode() for path in paths}
    without = [path for path in paths if 'action="/admin/logout/"' not in shown[path]]
    assert without == []


def test_after_a_logout_the_browser_keeps_nothing(inside):
    page = inside.get("/admin/leaderboard/llm/")
    assert "no-store" in page["Cache-Control"]
    assert inside.post("/admin/logout/")["Clear-Site-Data"] == '"cache"'
