"""Guesses are few, counted by the address they come from."""

import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as active
from django.test import RequestFactory
from django.utils import timezone

from leaderboard.accounts.throttle import TooManyFailures, address_key, claim_try, client_address
from leaderboard.models import FailedLogin
from tests.accounts.logging_in import HOUR, LOGIN, log_in
from tests.sites import environment, manage


def request_from(address, forwarded=""):
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    return RequestFactory().get(LOGIN, REMOTE_ADDR=address, headers=headers)


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
