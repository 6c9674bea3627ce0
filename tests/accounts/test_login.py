"""Logging in: guesses are few, sessions end, public pages know nobody, codes are asked for."""

import re
import subprocess
import sys
from base64 import b32decode, b32encode
from datetime import timedelta
from io import StringIO
from urllib.parse import urlencode

import pytest
from django.conf import global_settings
from django.conf import settings as active
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from leaderboard.accounts.enrolment import store_device
from leaderboard.accounts.throttle import TooManyFailures, address_key, claim_try, client_address
from leaderboard.models import FailedLogin, LoginPolicy
from tests.factories import make_leaderboard, make_metric
from tests.sites import environment, manage

PASSWORD = "correct horse battery staple"
LOGIN = "/admin/login/"
HOUR = 60 * 60


class CountingHasher(PBKDF2PasswordHasher):
    """The real one, which notes that it was asked: hashing is what an attacker makes us pay for."""

    algorithm = "counting"
    iterations = 1
    hashed = 0

    def encode(self, password, salt, iterations=None):
        type(self).hashed += 1
        return super().encode(password, salt, iterations)


@pytest.fixture
def hasher(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.hashed = 0
    return CountingHasher


@pytest.fixture
def admin(django_user_model, hasher):
    user = django_user_model.objects.create_superuser("admin", password=PASSWORD)
    hasher.hashed = 0
    return user


def log_in(client, password=PASSWORD, username="admin", **extra):
    return client.post(LOGIN, {"username": username, "password": password}, **extra)


def request_from(address, forwarded=""):
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    return RequestFactory().get(LOGIN, REMOTE_ADDR=address, headers=headers)


def is_inside(client):
    return client.get("/admin/").status_code == 200


def shift_session(client, name, seconds):
    """As if that much time had passed since the moment the session remembers."""
    session = client.session
    session[name] -= seconds
    session.save()


# Guesses


def test_the_eleventh_failure_within_an_hour_is_refused_before_hashing(client, admin, hasher):
    statuses = [log_in(client, f"guess {n}").status_code for n in range(10)]
    refused = log_in(client)

    assert (statuses, hasher.hashed) == ([200] * 10, 10)
    assert refused.status_code == 429
    assert 3590 <= int(refused["Retry-After"]) <= 3600
    assert "wait 60 minutes and try again" in refused.content.decode()
    assert refused["Cache-Control"] == "no-store"


def test_a_refusal_costs_one_read_and_no_write(client, admin, django_assert_num_queries):
    for n in range(10):
        log_in(client, f"guess {n}")
    with django_assert_num_queries(1):
        assert log_in(client).status_code == 429


def test_names_that_nobody_has_count_like_others(client, admin, hasher):
    statuses = [log_in(client, username=f"user {n}").status_code for n in range(11)]
    assert statuses == [200] * 10 + [429]


def test_a_refused_address_locks_nobody_out_elsewhere(client, admin):
    for n in range(11):
        log_in(client, f"guess {n}", REMOTE_ADDR="203.0.113.9")

    assert log_in(client, REMOTE_ADDR="203.0.113.9").status_code == 429
    assert log_in(client, REMOTE_ADDR="203.0.113.10").status_code == 302


def test_a_success_takes_no_try_and_gives_none_of_the_failures_back(client, admin):
    for n in range(9):
        log_in(client, f"guess {n}")
    successes = [log_in(client).status_code for _ in range(3)]

    assert successes == [302] * 3
    assert FailedLogin.objects.count() == 9
    assert [log_in(client, "wrong").status_code for _ in range(2)] == [200, 429]


def test_each_failure_is_forgotten_an_hour_later(client, admin):
    for n in range(10):
        log_in(client, f"guess {n}")
    FailedLogin.objects.filter(slot=3).update(at=timezone.now() - timedelta(seconds=HOUR + 1))

    assert [log_in(client, "wrong").status_code for _ in range(2)] == [200, 429]


def test_old_rows_of_any_address_are_pruned(client, admin):
    for n in range(5):
        log_in(client, "wrong", REMOTE_ADDR=f"203.0.113.{n}")
    FailedLogin.objects.update(at=timezone.now() - timedelta(hours=2))

    log_in(client, "wrong")

    assert FailedLogin.objects.count() == 1


def test_the_table_holds_no_address(client, admin):
    log_in(client, "wrong", REMOTE_ADDR="203.0.113.9")

    stored = FailedLogin.objects.values_list("address", flat=True).get()
    assert re.fullmatch("[0-9a-f]{64}", stored)


def test_a_clock_that_was_set_back_locks_nobody_out(client, admin):
    """The tries of an hour that is yet to come were noted by a clock that was wrong."""
    for n in range(10):
        log_in(client, f"guess {n}")
    FailedLogin.objects.update(at=timezone.now() + timedelta(days=365))

    assert log_in(client).status_code == 302
    assert FailedLogin.objects.count() == 0


@pytest.mark.parametrize("seconds", [0, 59])
def test_nobody_waits_for_longer_than_an_hour_whatever_the_clock_says(client, admin, seconds):
    for n in range(10):
        log_in(client, f"guess {n}")
    FailedLogin.objects.update(at=timezone.now() + timedelta(seconds=seconds))
    refused = log_in(client)
    assert (refused.status_code, int(refused["Retry-After"]) <= HOUR) == (429, True)


def test_a_slot_that_another_process_took_first_is_not_taken_twice(db):
    request = request_from("203.0.113.9")
    for _ in range(10):
        claim_try(request)

    with pytest.raises(TooManyFailures):
        claim_try(request)
    assert sorted(FailedLogin.objects.values_list("slot", flat=True)) == list(range(10))


GUESS = """
import django; django.setup()
from django.contrib.auth import authenticate
from django.test import RequestFactory
from leaderboard.accounts.throttle import TooManyFailures
request, hashed = RequestFactory().post("/admin/login/"), 0
for number in range(5):
    try:
        authenticate(request, username="nobody", password=f"guess {number}")
        hashed += 1
    except TooManyFailures:
        pass
print(hashed)
"""


@pytest.mark.slow
def test_eight_processes_at_once_have_ten_guesses_together(tmp_path):
    data = tmp_path / "data"
    manage(data, "migrate", "--verbosity", "0")
    variables = environment(data, DJANGO_SETTINGS_MODULE="config.settings")
    attackers = [
        subprocess.Popen(
            [sys.executable, "-c", GUESS],
            env=variables,
            cwd=active.BASE_DIR,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    outputs = [attacker.communicate(timeout=120)[0] for attacker in attackers]

    assert sum(int(output) for output in outputs) == 10


# Passwords


@pytest.mark.parametrize(
    "password",
    ["a1b2c3d", "password123", "iloveyou1", "98172635441", "admin-admin", "Leaderboard-2026",
     "testserver!12", "AnesBench LLM 1"],
)  # fmt: skip
def test_what_others_would_try_is_no_password(password):
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    ["qwhzkvmx", "leaderboard of kwzvhq", "ÄÖÜ 汉字 kennwort", "~^`{|}!$%", "k w z v " * 16],
)
def test_a_password_may_be_made_of_anything_and_be_long(password):
    validate_password(password)


def test_a_password_counts_exactly_as_it_was_typed(client, django_user_model, hasher):
    typed = "  Two Words and a long tail " + "x" * 100 + " "
    django_user_model.objects.create_superuser("admin", password=typed)
    variants = [typed.strip(), typed.lower(), typed[:72], typed[:-2] + " ", typed]
    assert [log_in(client, each).status_code for each in variants] == [200] * 4 + [302]


def test_a_new_password_asks_for_the_present_one(client, admin):
    log_in(client)
    new = "another long password 7"
    passwords = {"old_password": "wrong", "new_password1": new, "new_password2": new}
    assert client.post("/admin/password_change/", passwords).status_code == 200
    admin.refresh_from_db()
    assert admin.check_password(PASSWORD)


def test_passwords_are_masked_and_left_to_password_managers(client, admin):
    log_in(client)
    login, change = Client().get(LOGIN), client.get("/admin/password_change/")
    fields = [
        re.findall(r'<input type="password"[^>]*autocomplete="([^"]+)"', page.content.decode())
        for page in (login, change)
    ]
    assert fields == [["current-password"], ["current-password", "new-password", "new-password"]]
    assert "onpaste" not in login.content.decode() + change.content.decode()


def test_passwords_are_hashed_as_django_recommends_today(admin, settings):
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS
    algorithm, iterations, salt, _ = make_password(PASSWORD).split("$")
    assert (algorithm, int(iterations) >= 600_000, len(salt)) == ("pbkdf2_sha256", True, 22)


def test_there_is_one_way_in():
    assert active.AUTHENTICATION_BACKENDS == ["leaderboard.accounts.backends.ThrottledBackend"]


def test_logging_in_and_out_is_logged_without_a_name(client, admin, caplog):
    caplog.set_level("INFO", "leaderboard.security")
    log_in(client, "wrong")
    log_in(client)
    set_up(client, admin)
    client.post(PAGE, {"code": "wrong", "off": "1"})
    client.post("/admin/logout/")
    told = [each.getMessage() for each in caplog.records if each.name == "leaderboard.security"]
    assert told == [
        "password refused",
        "password accepted",
        "second factor switched on",
        "second factor refused",
        "logged out",
    ]


# Whose address counts


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "192.0.2.1, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "192.0.2.1, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ("127.0.0.1", "10.1.2.3", "10.1.2.3"),
        ("127.0.0.1", "198.51.100.1, nonsense", "127.0.0.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("::ffff:127.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("", "198.51.100.1", "198.51.100.1"),  # a Unix socket
    ],
)
def test_the_right_most_address_that_is_no_trusted_proxy_counts(settings, peer, forwarded, client):
    settings.TRUSTED_PROXIES = ["127.0.0.1/32", "10.0.0.0/8"]
    assert str(client_address(request_from(peer, forwarded))) == client


def test_without_trusted_proxies_a_forwarded_address_means_nothing(settings):
    settings.TRUSTED_PROXIES = []
    assert str(client_address(request_from("127.0.0.1", "198.51.100.1"))) == "127.0.0.1"


def test_ipv6_counts_by_what_one_customer_has():
    keys = [
        address_key(request_from(address))
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    ]
    assert keys[0] == keys[1] != keys[2]


def test_an_invented_forwarded_address_gives_no_further_guess(client, admin):
    statuses = [
        log_in(client, "wrong", headers={"x-forwarded-for": f"198.51.100.{n}"}).status_code
        for n in range(11)
    ]
    assert statuses == [200] * 10 + [429]


# Sessions


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


# The second factor


@pytest.fixture
def inside(client, admin):
    client.force_login(admin)
    return client


PAGE = "/admin/second-factor/"


def code_of(device, steps=0):
    """What the app shows; each code is valid once, so later tests ask for the next one."""
    return f"{totp(device.bin_key, drift=steps):06d}"


def device_shown(client):
    """The device whose key the page of the second factor shows, as an app would read it."""
    secret = re.search("secret=([A-Z2-7]+)", client.get(PAGE).content.decode())[1]
    return TOTPDevice(key=b32decode(secret + "=" * (-len(secret) % 8)).hex())


def set_up(client, user):
    """Through the page; the recovery codes it shows."""
    device = device_shown(client)
    shown = client.post(PAGE, {"code": code_of(device), "password": PASSWORD}).content.decode()
    return re.findall(r"<li><code>([a-z2-7-]{19})</code>", shown)


def next_code(user):
    return code_of(TOTPDevice.objects.get(user=user), steps=1)


def test_setting_up_shows_key_picture_and_address_without_inline_style(inside, admin):
    page = inside.get(PAGE).content.decode()

    assert "otpauth://totp/testserver%3Aadmin?secret=" in page
    assert "<svg" in page
    assert re.findall(r"<style|\bstyle=|data:|<script(?![^>]*src=)", page) == []
    assert is_inside(inside)  # nothing is asked for until a code has confirmed it


def test_a_code_switches_it_on_and_ten_recovery_codes_are_shown_once(inside, admin):
    codes = set_up(inside, admin)

    assert (len(set(codes)), StaticToken.objects.count()) == (10, 10)
    assert TOTPDevice.objects.get().confirmed
    assert is_inside(inside)
    assert not any(code in inside.get(PAGE).content.decode() for code in codes)


def test_a_wrong_code_switches_nothing_on(inside, admin):
    inside.get(PAGE)
    answer = inside.post(PAGE, {"code": "abcdef", "password": PASSWORD})
    assert "This code is not valid" in answer.content.decode()
    assert not TOTPDevice.objects.exists()


def test_codes_mistyped_while_setting_up_take_no_tries_of_the_network(inside, admin):
    device = device_shown(inside)
    for number in range(12):
        typed = {"code": f"00000{number % 10}", "password": PASSWORD}
        assert inside.post(PAGE, typed).status_code == 200
    assert (FailedLogin.objects.count(), TOTPDevice.objects.count()) == (0, 0)
    typed["code"] = code_of(device)
    assert "recovery codes" in inside.post(PAGE, typed).content.decode()


def test_whoever_finds_a_session_open_sets_no_second_factor_up(inside, admin):
    typed = {"code": code_of(device_shown(inside)), "password": "not the one"}
    answers = [inside.post(PAGE, typed) for _ in range(11)]
    assert [each.status_code for each in answers] == [200] * 10 + [429]
    assert "This is not your password." in answers[0].content.decode()
    assert not TOTPDevice.objects.exists()


def test_after_the_password_the_code_is_asked_for_before_anything_else(client, admin):
    client.force_login(admin)
    set_up(client, admin)
    later = Client()
    log_in(later)
    wanted = reverse("admin:leaderboard_llm_changelist")

    refused = later.get(wanted)
    assert refused["Location"] == f"{PAGE}?next=%2Fadmin%2Fleaderboard%2Fllm%2F"
    assert later.post(wanted, {"action": "delete_selected"})["Location"] == PAGE
    let_in = later.post(refused["Location"], {"code": next_code(admin)})
    assert (let_in["Location"], is_inside(later)) == (wanted, True)


def test_the_code_leads_to_no_other_site(client, admin):
    client.force_login(admin)
    set_up(client, admin)
    later = Client()
    log_in(later)
    let_in = later.post(f"{PAGE}?next=https://evil.example/", {"code": next_code(admin)})
    assert let_in["Location"] == "/admin/"


def test_a_code_and_a_recovery_code_open_once(client, admin):
    client.force_login(admin)
    recovery = set_up(client, admin)[0]
    outcomes = []
    for code in (next_code(admin), next_code(admin), recovery.upper(), recovery):
        later = Client()
        log_in(later)
        outcomes.append(later.post(PAGE, {"code": code}).status_code)
        TOTPDevice.objects.update(throttling_failure_timestamp=None, throttling_failure_count=0)
    assert outcomes == [302, 200, 302, 200]


def test_the_session_gets_a_new_key_with_the_code(client, admin):
    client.force_login(admin)
    set_up(client, admin)
    later = Client()
    log_in(later)
    before = later.session.session_key
    later.post(PAGE, {"code": next_code(admin)})
    assert later.session.session_key != before


def test_codes_are_guessed_as_rarely_as_passwords(client, admin):
    client.force_login(admin)
    set_up(client, admin)
    later = Client()
    log_in(later)
    statuses = [later.post(PAGE, {"code": f"00000{n % 10}"}).status_code for n in range(11)]
    assert statuses == [200] * 10 + [429]


def test_wrong_codes_of_somebody_with_the_password_leave_recovery_codes_usable(client, admin):
    client.force_login(admin)
    recovery = set_up(client, admin)[0]
    attacker, owner = Client(REMOTE_ADDR="203.0.113.9"), Client()
    log_in(attacker)
    for _ in range(8):
        attacker.post(PAGE, {"code": "000000"})
    log_in(owner)
    assert owner.post(PAGE, {"code": next_code(admin)}).status_code == 200  # slowed down
    assert owner.post(PAGE, {"code": recovery}).status_code == 302


def test_a_clock_that_was_ahead_locks_no_second_factor(client, admin):
    client.force_login(admin)
    recovery = set_up(client, admin)[0]
    later = timezone.now() + timedelta(days=365)
    TOTPDevice.objects.update(last_t=later.timestamp() // 30)
    for model in (TOTPDevice, StaticDevice):
        model.objects.update(throttling_failure_timestamp=later, throttling_failure_count=1)
    TOTPDevice.objects.update(throttling_failure_count=0)
    with_app, on_paper = Client(), Client()
    log_in(with_app)
    log_in(on_paper)
    assert with_app.post(PAGE, {"code": next_code(admin)}).status_code == 302
    assert with_app.get("/admin/").status_code == 200
    assert on_paper.post(PAGE, {"code": recovery}).status_code == 302


def test_many_wrong_codes_make_the_next_wait_for_minutes_not_for_weeks(client, admin):
    client.force_login(admin)
    set_up(client, admin)
    minutes_ago = timezone.now() - timedelta(minutes=9)
    TOTPDevice.objects.update(throttling_failure_count=30, throttling_failure_timestamp=minutes_ago)
    later = Client()
    log_in(later)
    assert later.post(PAGE, {"code": next_code(admin)}).status_code == 302


def test_new_recovery_codes_end_the_old_ones(inside, admin):
    old = set_up(inside, admin)
    shown = inside.post(PAGE, {"code": old[0], "new-codes": "1"}).content.decode()
    new = re.findall(r"<li><code>([a-z2-7-]{19})</code>", shown)
    assert (len(new), set(old) & set(new)) == (10, set())
    assert inside.post(PAGE, {"code": old[1], "off": "1"}).status_code == 200


def test_switching_off_asks_for_a_code_again(inside, admin):
    codes = set_up(inside, admin)
    inside.post(PAGE, {"code": "wrong", "off": "1"})
    assert TOTPDevice.objects.filter(confirmed=True).count() == 1
    inside.post(PAGE, {"code": codes[0], "off": "1"})
    assert (TOTPDevice.objects.count(), StaticToken.objects.count()) == (0, 0)
    assert is_inside(inside)


def test_an_administrator_requires_it_of_everybody_by_a_tick(inside, admin, django_user_model):
    opened = inside.get(reverse("admin:leaderboard_loginpolicy_changelist"), follow=True)
    address = opened.redirect_chain[-1][0]
    assert inside.post(address, {"require_second_factor": "on"}).status_code == 302

    assert LoginPolicy.objects.get().require_second_factor
    user = django_user_model.objects.create_user("maintainer", password=PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name="Maintainers"))
    maintainer = Client()
    maintainer.force_login(user)
    assert maintainer.get("/admin/")["Location"] == f"{PAGE}?next=%2Fadmin%2F"
    assert "An administrator requires a second factor" in maintainer.get(PAGE).content.decode()
    assert len(set_up(maintainer, user)) == 10
    assert is_inside(maintainer)
    assert inside.get("/admin/").status_code == 302  # the administrator too


def test_an_administrator_resets_a_lost_phone(inside, admin, django_user_model):
    user = django_user_model.objects.create_user("maintainer", password=PASSWORD, is_staff=True)
    phone = Client()
    phone.force_login(user)
    set_up(phone, user)
    data = {"action": "reset_second_factor", "_selected_action": [user.pk]}
    inside.post(reverse("admin:auth_user_changelist"), data)

    assert (TOTPDevice.objects.count(), StaticToken.objects.count()) == (0, 0)
    later = Client()
    later.force_login(user)
    assert is_inside(later)


def test_an_operator_lets_the_only_administrator_in_again(client, admin):
    client.force_login(admin)
    set_up(client, admin)
    printed = StringIO()
    call_command("addstatictoken", "admin", stdout=printed)
    later = Client()
    log_in(later)
    assert later.post(PAGE, {"code": printed.getvalue().strip()}).status_code == 302


def test_a_code_of_ten_minutes_ago_switches_nothing_on(inside):
    device = device_shown(inside)
    typed = {"code": f"{totp(device.bin_key, t0=600):06d}", "password": PASSWORD}
    assert inside.post(PAGE, typed).status_code == 200
    assert not TOTPDevice.objects.exists()


def test_every_enrolment_has_a_key_of_its_own_and_stores_it_only_when_confirmed(inside, admin):
    """Whoever saw a key once, over a shoulder or in an open session, keeps nothing of it."""
    elsewhere = Client()
    elsewhere.force_login(admin)
    seen = [device_shown(client) for client in (inside, elsewhere, inside)]
    assert len({device.key for device in seen}) == 3
    assert not TOTPDevice.objects.exists()

    answers = [
        inside.post(PAGE, {"code": code_of(device), "password": PASSWORD}).content.decode()
        for device in seen
    ]
    assert ["recovery codes" in answer for answer in answers] == [False, False, True]
    assert TOTPDevice.objects.get().key == seen[-1].key


def test_a_mistyped_code_leaves_the_key_that_the_app_has(inside):
    device = device_shown(inside)
    again = inside.post(PAGE, {"code": "000000", "password": PASSWORD}).content.decode()
    assert b32encode(device.bin_key).decode().rstrip("=") in again


def test_a_key_shown_before_the_password_changed_is_dropped(inside, admin):
    device = device_shown(inside)
    new = "another long password 7"
    passwords = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert inside.post("/admin/password_change/", passwords).status_code == 302
    answer = inside.post(PAGE, {"code": code_of(device), "password": new})
    assert answer.status_code == 200
    assert b32encode(device.bin_key).decode().rstrip("=") not in answer.content.decode()
    assert not TOTPDevice.objects.exists()


def test_of_two_sessions_that_set_it_up_the_first_wins(inside, admin):
    elsewhere = Client()
    elsewhere.force_login(admin)
    late = device_shown(elsewhere)
    request = RequestFactory().post(PAGE)
    request.user, request.session = admin, elsewhere.session
    set_up(inside, admin)
    first = TOTPDevice.objects.get().key
    assert store_device(request, late) is False  # it had looked before the first was stored
    assert TOTPDevice.objects.get().key == first


def test_the_code_that_confirmed_opens_nothing_more(inside, admin):
    device = device_shown(inside)
    code = code_of(device)
    inside.post(PAGE, {"code": code, "password": PASSWORD})
    later = Client()
    log_in(later)
    assert later.post(PAGE, {"code": code}).status_code == 200
