import importlib.util
import re
import runpy
import secrets
import stat
import subprocess
import sys

import pytest
from django.conf import global_settings
from django.conf import settings as active
from django.contrib.auth.models import User
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from config.secret_keys import is_weak
from leaderboard.apps import warn_of_endless_redirect
from tests.sites import environment, manage, setting_names

KEY = secrets.token_urlsafe(50)
SITE_SENTENCE = (
    "SITE_URL is not the address of a site: http:// or https://, one host, perhaps a port. "
    "Write it like SITE_URL=https://leaderboard.example.org"
)
KEY_SENTENCE = (
    "is set, so several processes may share this site: set SECRET_KEY too, the same for all. "
    'One comes from: python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
)
POSTGRESQL = "postgres://user:password@host:5432/name"


@pytest.fixture
def read_settings(monkeypatch, tmp_path):
    """The settings as the given variables, and no others, make them."""

    def read(**variables):
        for name in setting_names():
            monkeypatch.delenv(name, raising=False)
        for name, value in ({"DATA_DIR": str(tmp_path / "data")} | variables).items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(active.BASE_DIR / "config" / "settings.py"))

    return read


def values(settings, *names):
    return {name: settings[name] for name in names}


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DEBUG": "ja"}, "DEBUG='ja' cannot be read. Write it like DEBUG=true"),
        (
            {"DEBUG": "true", "SITE_URL": "https://site.example"},
            "DEBUG=true shows secrets to every visitor of https://site.example. "
            "Unset DEBUG, or unset SITE_URL.",
        ),
        ({"SITE_URL": "http://[::1"}, SITE_SENTENCE),
        (
            {"SECRET_KEY": "a" * 60},
            "SECRET_KEY is too easy to guess. Use at least 50 random characters, for example "
            'from: python3 -c "import secrets; print(secrets.token_urlsafe(50))"',
        ),
        ({"DATABASE_URL": "postgres://user:secret@host/name"}, f"DATABASE_URL {KEY_SENTENCE}"),
        (
            {"DATABASE_URL": "postgres://user:secret@host:port/name", "SECRET_KEY": KEY},
            f"DATABASE_URL cannot be read. Write it like DATABASE_URL={POSTGRESQL}",
        ),
        (
            {"HSTS_SECONDS": "a year"},
            "HSTS_SECONDS='a year' cannot be read. Write it like HSTS_SECONDS=31536000",
        ),
        (
            {"TRUSTED_PROXIES": "nginx"},
            "TRUSTED_PROXIES: 'nginx' does not appear to be an IPv4 or IPv6 network. Write "
            "addresses or networks, separated by commas, like "
            "TRUSTED_PROXIES=127.0.0.1,10.0.0.0/8",
        ),
        (
            {"DATA_DIR": "/dev/null/data"},
            "The data folder /dev/null/data cannot be used (Not a directory). "
            "Make it writable, or set DATA_DIR to a folder that is.",
        ),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(tmp_path, variables, sentence):
    refusal = manage(tmp_path / "data", "check", **variables)

    assert (refusal.returncode, refusal.stdout, refusal.stderr) == (
        1,
        "",
        f"Cannot start: {sentence}\n",
    )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        *[
            ({"SITE_URL": url}, SITE_SENTENCE)
            for url in (
                "site.example",
                "ftp://site.example",
                "https://*",
                "https://.site.example",
                "https://two hosts",
                "https://site.example/path",
                "https://user:secret@site.example",
                "https://site.example:port",
            )
        ],
        *[
            (
                {"DATABASE_URL": url, "SECRET_KEY": KEY},
                "DATABASE_URL does not name a PostgreSQL database. "
                f"Write it like DATABASE_URL={POSTGRESQL}",
            )
            for url in ("mysql://user:secret@host/name", "postgres://user:secret@host")
        ],
        ({"CACHE_URL": "redis://host"}, f"CACHE_URL {KEY_SENTENCE}"),
        (
            {"CACHE_URL": "memcached://:secret@host", "SECRET_KEY": KEY},
            "CACHE_URL does not name a Redis. Write it like CACHE_URL=redis://host:6379/0",
        ),
        *[
            (
                {"CACHE_URL": url, "SECRET_KEY": KEY},
                "CACHE_URL does not name a Redis. Write it like CACHE_URL=redis://host:6379/0",
            )
            for url in ("redis://", "redis://host:port/0", "redis://host/zero", "redis://two hosts")
        ],
        (
            {"HSTS_SECONDS": "-1"},
            "HSTS_SECONDS is negative. Write the seconds that browsers remember https for, like "
            "HSTS_SECONDS=31536000, or 0 to make them forget.",
        ),
    ],
)
def test_a_refusal_says_what_to_type_and_shows_no_password(read_settings, variables, sentence):
    with pytest.raises(ImproperlyConfigured) as refusal:
        read_settings(**variables)

    assert str(refusal.value) == sentence


# As documentation, examples and templates have them, or as somebody in a hurry types them.
KNOWN_KEYS = [
    "django-insecure-#w8r)2v!k@p5x^c7m&z9q(b3n$t6y_h1j+f4g-s0d%e",
    "<50 random characters>",
    f"<{'your key goes here, at least fifty of them please'}>",
    "changeme" * 8,
    "CHANGE-ME-before-going-live-0123456789-0123456789-x",
    "this-is-not-a-secret-key-but-it-is-long-enough-1234567890",
    "your_key_here_your_key_there_0123456789_and_so_on_and_on",
    "replace-this-with-something-random-0123456789-abcdefghij",
    "abcdefghijklmnopqrstuvwxyz-0123456789-ABCDEFGHIJKLMNOP",  # once in this file
    "qwertyuiopasdfghjklzxcvbnm1234567890QWERTYUIOPASDFGHJKL",
    "x7Kp2Rw9Tz" * 6,
    "0123456789" * 6,
    "a" * 60,
    secrets.token_urlsafe(50)[:49],
]


@pytest.mark.parametrize("key", KNOWN_KEYS, ids=range(len(KNOWN_KEYS)))
def test_a_weak_or_known_secret_key_is_refused(read_settings, key):
    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY is too easy to guess"):
        read_settings(SECRET_KEY=key)


@pytest.mark.parametrize(
    "make",
    [secrets.token_urlsafe, secrets.token_hex, lambda n: get_random_secret_key()],
    ids=["base64", "hexadecimal", "Django"],
)
def test_no_random_secret_key_is_refused(read_settings, make):
    assert [key for key in (make(50) for _ in range(2_000)) if is_weak(key)] == []


def test_every_secret_key_that_stands_in_this_project_is_refused(read_settings):
    """Only what is made at run time may serve, or whoever reads the project knows it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=active.BASE_DIR, capture_output=True, text=True
    ).stdout
    names = [name for name in listed.split("\0") if name and not name.startswith("static/")]
    texts = [(active.BASE_DIR / name).read_bytes().decode(errors="ignore") for name in names]
    keys = [key for text in texts for key in re.findall(r"SECRET_KEY\W{1,4}([^\s\"'`]{20,})", text)]
    assert [key for key in keys if "$" not in key and not is_weak(key)] == []


@pytest.mark.parametrize(
    "url",
    ["redis://host", "redis://:word@host:6379/0", "rediss://[::1]:6380/1?health_check_interval=9",
     "unix:///run/redis.sock?db=1"],
)  # fmt: skip
def test_an_address_of_a_redis_is_read(read_settings, monkeypatch, url):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: True)
    assert read_settings(CACHE_URL=url, SECRET_KEY=KEY)["CACHES"]["default"]["LOCATION"] == url


@pytest.mark.parametrize("site", ["https://site.example", "http://192.0.2.7:8000", "http://intra"])
def test_tracebacks_are_refused_on_every_address_but_this_machine(read_settings, site):
    with pytest.raises(ImproperlyConfigured, match=r"^DEBUG=true shows secrets"):
        read_settings(DEBUG="true", SITE_URL=site)
    for own in ("", "http://localhost:8000", "http://127.0.0.1", "http://[::1]:8000"):
        assert read_settings(DEBUG="true", SITE_URL=own)["DEBUG"] is True


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (
            {"DATABASE_URL": POSTGRESQL, "SECRET_KEY": KEY},
            "DATABASE_URL needs the PostgreSQL driver. Install it: pip install -e '.[postgres]'",
        ),
        (
            {"CACHE_URL": "redis://host:6379/0", "SECRET_KEY": KEY},
            "CACHE_URL needs the Redis client. Install it: pip install -e '.[redis]'",
        ),
    ],
)
def test_a_missing_driver_is_named_with_its_installation(
    read_settings, monkeypatch, variables, sentence
):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(ImproperlyConfigured) as refusal:
        read_settings(**variables)

    assert str(refusal.value) == sentence


def test_without_any_variable_the_site_is_for_this_machine_only(read_settings, tmp_path):
    settings = read_settings()

    names = ("DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "STATIC_ROOT")
    assert values(settings, *names) == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["localhost", "127.0.0.1", "[::1]"],
        "CSRF_TRUSTED_ORIGINS": [],
        "STATIC_ROOT": tmp_path / "data" / "static",
    }
    names = ("SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_NAME")
    assert values(settings, *names) == {
        "SECURE_SSL_REDIRECT": False,
        "SECURE_HSTS_SECONDS": 0,
        "SESSION_COOKIE_NAME": "sessionid",
    }
    assert settings["DATABASES"]["default"]["NAME"] == tmp_path / "data" / "db.sqlite3"


PRODUCTION = (
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD",
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SECURE",
)


def test_an_https_address_turns_on_production(read_settings):
    assert values(read_settings(SITE_URL="https://Site.example:8443/"), *PRODUCTION) == {
        "ALLOWED_HOSTS": ["site.example"],
        "CSRF_TRUSTED_ORIGINS": ["https://site.example:8443"],
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 3600,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "SECURE_HSTS_PRELOAD": False,
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "CSRF_COOKIE_SECURE": True,
    }


def test_an_http_address_serves_a_private_network(read_settings):
    assert values(read_settings(SITE_URL="http://[fd00::1]:8000"), *PRODUCTION) == {
        "ALLOWED_HOSTS": ["[fd00::1]"],
        "CSRF_TRUSTED_ORIGINS": ["http://[fd00::1]:8000"],
        "SECURE_SSL_REDIRECT": False,
        "SECURE_HSTS_SECONDS": 0,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": False,
        "SECURE_HSTS_PRELOAD": False,
        "SESSION_COOKIE_NAME": "sessionid",
        "SESSION_COOKIE_SECURE": False,
        "CSRF_COOKIE_NAME": "csrftoken",
        "CSRF_COOKIE_SECURE": False,
    }


def test_only_the_health_addresses_answer_without_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/leaderboard/")["Location"] == "https://testserver/leaderboard/"
    assert client.get("/healthz").status_code != 301


def test_sqlite_is_set_up_for_writers_beside_readers(read_settings):
    assert read_settings()["DATABASES"]["default"]["OPTIONS"] == {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA synchronous=FULL",
    }


def test_a_postgresql_address_is_read_part_by_part(read_settings):
    settings = read_settings(DATABASE_URL=POSTGRESQL, SECRET_KEY=KEY)

    names = ("ENGINE", "USER", "PASSWORD", "HOST", "PORT", "NAME")
    assert values(settings["DATABASES"]["default"], *names) == {
        "ENGINE": "django.db.backends.postgresql",
        "USER": "user",
        "PASSWORD": "password",
        "HOST": "host",
        "PORT": 5432,
        "NAME": "name",
    }


def test_djangos_deployment_check_finds_nothing(tmp_path):
    checked = manage(
        tmp_path / "data",
        *("check", "--deploy", "--fail-level", "WARNING"),
        SITE_URL="https://site.example",
        TRUSTED_PROXIES="127.0.0.1",
    )

    assert (checked.returncode, checked.stderr) == (0, "")


def test_the_deployment_check_names_a_redirect_without_end(settings):
    settings.SECURE_SSL_REDIRECT = True
    assert [each.id for each in warn_of_endless_redirect()] == ["leaderboard.W001"]
    settings.TRUSTED_PROXIES = ["127.0.0.1/32"]
    assert warn_of_endless_redirect() == []
    settings.SECURE_SSL_REDIRECT, settings.TRUSTED_PROXIES = False, []
    assert warn_of_endless_redirect() == []
    assert warn_of_endless_redirect in checks.registry.registry.deployment_checks


def test_the_secret_key_is_made_once_for_its_owner_only(read_settings, tmp_path):
    first, second = read_settings()["SECRET_KEY"], read_settings()["SECRET_KEY"]

    path = tmp_path / "data" / "secret_key"
    assert first == second == path.read_text()
    assert len(first) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["secret_key"]


@pytest.mark.parametrize("content", [b"", b"\n", b"abc", b"a" * 60, b"\xff\x00" * 30], ids=range(5))
def test_a_file_with_a_weak_secret_key_stops_the_start(read_settings, tmp_path, content):
    path = tmp_path / "data" / "secret_key"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(ImproperlyConfigured) as refusal:
        read_settings()
    assert str(refusal.value) == (
        f"{path} is too easy to guess: it was written by hand, or is damaged. Delete it, and "
        "the next start makes another. All log in anew then, and links to drafts end."
    )
    path.unlink()
    assert len(read_settings()["SECRET_KEY"]) > 50


def test_cookies_are_for_this_host_and_no_script(read_settings):
    """Django's own defaults hold where the settings say nothing."""
    ours = read_settings(SITE_URL="https://site.example")
    names = ["DOMAIN", "PATH", "HTTPONLY", "SAMESITE", "SECURE"]
    cookies = {
        kind: [ours.get(f"{kind}_COOKIE_{n}", getattr(global_settings, f"{kind}_COOKIE_{n}"))
               for n in names]
        for kind in ("SESSION", "CSRF")
    }  # fmt: skip
    wanted = [None, "/", True, "Lax", True]
    assert cookies == {"SESSION": wanted, "CSRF": wanted}
    assert ours["MESSAGE_STORAGE"].endswith(".SessionStorage")  # no third cookie


@pytest.mark.django_db
def test_another_secret_key_and_another_hasher_can_take_over(client, settings):
    """Nothing that is stored depends on the key; a password is hashed anew when it is next used."""
    old, new = (f"django.contrib.auth.hashers.{n}PasswordHasher" for n in ("PBKDF2", "Scrypt"))
    settings.PASSWORD_HASHERS = [old]
    user = User.objects.create_superuser("admin", password="kwzvhq 8271 x")
    settings.SECRET_KEY, settings.PASSWORD_HASHERS = KEY, [new, old]
    data = {"username": "admin", "password": "kwzvhq 8271 x"}
    assert client.post("/admin/login/", data).status_code == 302
    user.refresh_from_db()
    assert user.password.startswith("scrypt$")


def test_a_given_secret_key_leaves_no_file(read_settings, tmp_path):
    assert read_settings(SECRET_KEY=KEY)["SECRET_KEY"] == KEY
    assert not (tmp_path / "data").exists()


def test_gunicorn_refuses_wrong_settings_in_one_sentence(tmp_path):
    config = str(active.BASE_DIR / "config" / "gunicorn.py")
    refusal = subprocess.run(
        [sys.executable, "-m", "gunicorn", "-c", config, "--check-config"],
        env=environment(tmp_path / "data", DEBUG="ja"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert (refusal.returncode, refusal.stderr) == (
        1,
        "Cannot start: DEBUG='ja' cannot be read. Write it like DEBUG=true\n",
    )
