"""All settings, read strictly from the environment and safe without any. README explains each."""

import ipaddress
import os
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

from config.secret_keys import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
# One exact host: with a wildcard the site would answer to any name that a visitor invents.
SITE = re.compile(r"(https?)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?")
# The Redis client reads its address only at the first use; here a wrong one stops the start.
REDIS = re.compile(
    r"(rediss?://([^@/]*@)?([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?(/\d*)?|unix://\S+?)(\?\S*)?"
)
env = Env()


def read(kind: Callable[..., Any], name: str, default: Any, example: str) -> Any:
    """Returns the value of an environment variable.

    Raises ImproperlyConfigured, with an example, for a value that cannot be read.
    """
    try:
        return kind(name, default)
    except (EnvError, ValueError) as error:
        # DATABASE_URL holds a password, and this sentence may end in a log.
        shown = name if name == "DATABASE_URL" else f"{name}={os.environ.get(name)!r}"
        raise ImproperlyConfigured(
            f"{shown} cannot be read. Write it like {name}={example}"
        ) from error


def site_address(url: str) -> tuple[str, str]:
    """Returns (scheme, host) of SITE_URL; ("", "") if the site runs on this machine only."""
    if not url:
        return "", ""
    address = SITE.fullmatch(url)
    if not address:
        raise ImproperlyConfigured(
            "SITE_URL is not the address of a site: http:// or https://, one host, perhaps a port. "
            "Write it like SITE_URL=https://leaderboard.example.org"
        )
    return address[1], address[2]


def database(url: str, data_dir: Path) -> dict[str, Any]:
    """Returns the settings of SQLite in DATA_DIR, or of the PostgreSQL in DATABASE_URL."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": data_dir / "db.sqlite3",
            # IMMEDIATE and a long timeout are the difference between none and hundreds of
            # "database is locked" when maintainers save while visitors read.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA synchronous=FULL",
            },
            "CONN_MAX_AGE": 60,  # opening the file costs more than reading the revision
        }
    if not re.match(r"postgres(ql)?://[^/]*/[^/?]+", url):
        raise ImproperlyConfigured(
            "DATABASE_URL does not name a PostgreSQL database. "
            "Write it like DATABASE_URL=postgres://user:password@host:5432/name"
        )
    if not find_spec("psycopg"):
        raise ImproperlyConfigured(
            "DATABASE_URL needs the PostgreSQL driver. Install it: pip install -e '.[postgres]'"
        )
    parsed: dict[str, Any] = read(
        env.dj_db_url, "DATABASE_URL", None, "postgres://user:password@host:5432/name"
    )
    # ?host=/folder names a socket; backups hand HOST to pg_dump, so it must stand there.
    socket = parsed.get("OPTIONS", {}).pop("host", "")
    return parsed | {
        "HOST": parsed["HOST"] or socket,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def cache(url: str) -> dict[str, Any]:
    """Returns the settings of the cache: Redis at this address, else the memory of the process."""
    if not url:
        return {
            "BACKEND": "leaderboard.serving.memory.BoundedMemory",
            "OPTIONS": {"MAX_ENTRIES": 2_000},
        }
    if not REDIS.fullmatch(url):
        raise ImproperlyConfigured(
            "CACHE_URL does not name a Redis. Write it like CACHE_URL=redis://host:6379/0"
        )
    if not find_spec("redis"):
        raise ImproperlyConfigured(
            "CACHE_URL needs the Redis client. Install it: pip install -e '.[redis]'"
        )
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        # Waiting longer for the cache would be slower than making the page.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }


def hsts_seconds() -> int:
    """Returns the seconds for which browsers that were here use https only."""
    seconds: int = read(env.int, "HSTS_SECONDS", 3600, "31536000")
    if seconds < 0:
        raise ImproperlyConfigured(
            "HSTS_SECONDS is negative. Write the seconds that browsers remember https for, like "
            "HSTS_SECONDS=31536000, or 0 to make them forget."
        )
    return seconds


def networks(addresses: list[str]) -> list[str]:
    """Returns networks in one spelling. Raises ImproperlyConfigured for other texts."""
    try:
        return [str(ipaddress.ip_network(address.strip())) for address in addresses]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"TRUSTED_PROXIES: {error}. Write addresses or networks, separated by commas, "
            "like TRUSTED_PROXIES=127.0.0.1,10.0.0.0/8"
        ) from error


# Where things are
DATA_DIR = Path(read(env.str, "DATA_DIR", "", "/srv/leaderboard") or BASE_DIR / "var").resolve()
SITE_URL = read(env.str, "SITE_URL", "", "https://leaderboard.example.org").lower().rstrip("/")
DATABASE_URL = read(env.str, "DATABASE_URL", "", "postgres://user:password@host:5432/name")
CACHE_URL = read(env.str, "CACHE_URL", "", "redis://host:6379/0")
TRUSTED_PROXIES = networks(read(env.list, "TRUSTED_PROXIES", [], "127.0.0.1,10.0.0.0/8"))

scheme, host = site_address(SITE_URL)
https = scheme == "https"
DEBUG = read(env.bool, "DEBUG", False, "true")
if DEBUG and host not in ["", *LOOPBACK]:
    raise ImproperlyConfigured(
        f"DEBUG=true shows secrets to every visitor of {SITE_URL}. Unset DEBUG, or unset SITE_URL."
    )
SECRET_KEY = secret_key(
    DATA_DIR,
    read(env.str, "SECRET_KEY", "", "<50 random characters>"),
    "DATABASE_URL" if DATABASE_URL else "CACHE_URL" if CACHE_URL else "",
)
ALLOWED_HOSTS = [host] if host else LOOPBACK
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []

INSTALLED_APPS = [
    "leaderboard.apps.LeaderboardConfig",  # first: its loaddata and admin templates replace others
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "simple_history",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]
MIDDLEWARE = [
    "leaderboard.serving.middleware.log_requests",
    "leaderboard.serving.middleware.send_no_body_for_head",
    "leaderboard.serving.middleware.set_headers",
    "leaderboard.serving.middleware.name_the_site",
    "django.middleware.security.SecurityMiddleware",
    "leaderboard.accounts.middleware.public_pages_without_cookies",
    "leaderboard.serving.page_cache.keep_pages",  # a kept page needs none of the following
    "leaderboard.serving.health.answer_health",
    "leaderboard.text.languages.speak_language_of_address",
    "leaderboard.serving.bodies.refuse_large_bodies",
    "leaderboard.serving.middleware.refuse_many_parameters",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "leaderboard.accounts.middleware.AccessMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "leaderboard.serving.site_pages.add_site_pages",
                "leaderboard.serving.appearance.add_appearance",
            ],
        },
    },
]

DATABASES = {"default": database(DATABASE_URL, DATA_DIR)}
CACHES = {"default": cache(CACHE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
LOGIN_REDIRECT_URL = "admin:index"  # where a login leads that asked for an address elsewhere
AUTHENTICATION_BACKENDS = ["leaderboard.accounts.backends.ThrottledBackend"]
# A recovery code has 80 random bits: a delay after wrong ones would only lock their owner out.
OTP_STATIC_THROTTLE_FACTOR = 0
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [{"NAME": "leaderboard.accounts.validators.ContextWordsValidator"}]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "中文")]
LOCALE_PATHS = [BASE_DIR / "leaderboard" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "leaderboard.serving.static_files.LeanStaticFiles"},
}

# Django's 1,000 would refuse the form of an LLM with 400 scores or of a board with 300 columns.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
SIMPLE_HISTORY_REVERT_DISABLED = True  # a value is corrected by a new change with a reason

SESSION_COOKIE_AGE = 2 * 60 * 60  # idle seconds; accounts/sessions.py ends any after 12 hours
SESSION_COOKIE_NAME = "__Host-sessionid" if https else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if https else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = https
CSRF_COOKIE_HTTPONLY = True
# Not in a cookie of their own: Django names it without the prefix that binds it to this host.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
HSTS_SECONDS = hsts_seconds()  # read in any case: a typing error shows before https is used
SECURE_HSTS_SECONDS = HSTS_SECONDS if https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = read(env.bool, "HSTS_INCLUDE_SUBDOMAINS", False, "true")
SECURE_HSTS_PRELOAD = read(env.bool, "HSTS_PRELOAD", False, "true")
# W005, W021: subdomains and preload also bind addresses that this site does not own, and cannot be
# undone quickly; the operator decides.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "leaderboard.serving.logs.JsonLines",
            "hidden": [SECRET_KEY, DATABASES["default"].get("PASSWORD"), CACHE_URL],
        }
    },
    "filters": {
        # 501 says that what was asked for is not offered; other 5xx that something failed.
        "failures": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: getattr(record, "status_code", None) != 501,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django's own handlers mail administrators; here everything goes to the console.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # The line of a request says what is wrong with it; visitors cause such errors at will.
        "django.request": {"level": "ERROR", "filters": ["failures"]},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # Services log a line for each request; on one's own machine it would hide the password.
        "leaderboard.requests": {"level": "INFO" if SITE_URL else "WARNING"},
        "leaderboard.security": {"level": "INFO" if SITE_URL else "WARNING"},
        "gunicorn.error": {
            "handlers": [],
            "level": "INFO" if SITE_URL else "WARNING",
            "propagate": True,
        },
        "gunicorn.access": {"handlers": [], "level": "WARNING"},  # it would name addresses
    },
}
