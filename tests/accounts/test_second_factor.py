"""Codes are asked for where a second factor is set up."""

import re
import time
from base64 import b32encode
from datetime import timedelta
from io import StringIO

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from leaderboard.accounts.devices import STEP
from leaderboard.accounts.enrolment import store_device
from leaderboard.models import FailedLogin, LoginPolicy
from tests.accounts.logging_in import (
    PAGE,
    PASSWORD,
    code_of,
    device_shown,
    is_inside,
    log_in,
    set_up,
)

SOON = 2  # seconds


def next_code(user):
    """The next code, which is still the next one when it is posted a moment later."""
    if time.time() % STEP > STEP - SOON:
        time.sleep(SOON)
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
    assert later.post(wanted, {"action": "delete_selected"})["Location"] == refused["Location"]
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
    TOTPDevice.objects.update(throttling_failure_timestamp=timezone.now())  # a slow machine, too
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
    code = printed.getvalue().strip()
    assert re.fullmatch("[a-z2-7]{16}", code)  # 80 bits, as those that the page shows
    later = Client()
    log_in(later)
    assert later.post(PAGE, {"code": code}).status_code == 302


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
