"""Which passwords are taken, how they are kept and changed, and what is logged of it."""

import re

import pytest
from django.conf import global_settings
from django.conf import settings as active
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from tests.accounts.logging_in import LOGIN, PAGE, PASSWORD, log_in, set_up

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
