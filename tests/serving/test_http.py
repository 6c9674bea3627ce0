import io
import json
import logging
import re
import shutil
import sqlite3
from contextlib import closing
from importlib.util import find_spec

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from config import urls as real_urls
from leaderboard.models import LLM
from leaderboard.serving.headers import CSP, HEADERS
from leaderboard.serving.logs import JsonLines
from tests.conftest import skip_or_fail
from tests.factories import make_leaderboard, make_metric, make_scores

PASSWORD = "not in any log 8472"
ID = re.compile(r"[0-9a-f]{16}")


def headers_of(response, names=HEADERS):
    return {name: response.headers.get(name) for name in names}


# Headers


ADDRESSES = [
    *("/", "/changes/", "/nowhere/", "/llms/none/", "/robots.txt", "/sitemap.xml"),
    *("/admin/", "/admin/login/", "/healthz", "/readyz"),
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.django_db
def test_every_answer_carries_the_headers_of_the_observatory(client, address):
    assert headers_of(client.get(address)) == {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }


def sent(method, address):
    """(status, length that is said, bytes that are handed to the server)"""
    started = []
    answer = WSGIHandler()(
        RequestFactory().generic(method, address).environ,
        lambda status, headers: started.append((status, dict(headers).get("Content-Length"))),
    )
    with closing(answer):
        return *started[0], len(b"".join(answer))


@pytest.mark.django_db
def test_an_answer_to_head_has_the_length_and_no_body(anesbench):
    addresses = [
        *ADDRESSES,
        *("/leaderboard/anesbench/", "/leaderboard/anesbench.json", "/static/css/site.css"),
        *("/api/v1/llms", "/api/v1/imports", "/llms/gpt-4o/badge.svg", "/zh-hans/admin/"),
    ]
    asked = {address: (sent("GET", address), sent("HEAD", address)) for address in addresses}
    bodies = {address: head[2] for address, (_, head) in asked.items() if head[2]}
    others = {address: both for address, both in asked.items() if both[0][:2] != both[1][:2]}
    assert (bodies, others) == ({}, {})


@pytest.mark.django_db
def test_no_page_may_be_framed_except_the_frame(client, anesbench):
    names = ["X-Frame-Options", "Content-Security-Policy", "Cross-Origin-Resource-Policy"]
    found = {
        address: tuple(headers_of(client.get(address), names).values())
        for address in ("/", "/leaderboard/anesbench/embed/", "/admin/login/")
    }
    framed = CSP.replace("'none'; frame-ancestors 'none'", "'self'; frame-ancestors *")
    closed = ("DENY", CSP, "same-origin")
    assert found == {
        "/": closed,
        "/leaderboard/anesbench/embed/": (None, framed, "cross-origin"),
        "/admin/login/": closed,
    }


@pytest.mark.django_db
def test_open_data_may_be_loaded_by_any_site(client, anesbench):
    addresses = [
        *(f"/leaderboard/anesbench.{ending}" for ending in ("csv", "json", "md", "tex", "bib")),
        "/llms/gpt-4o.yaml",
        "/llms/gpt-4o/badge.svg",
    ]
    policies = {client.get(each)["Cross-Origin-Resource-Policy"] for each in addresses}
    assert policies == {"cross-origin"}


@pytest.mark.parametrize(
    ("site", "host"),
    [
        ("https://site.example", "site.example"),
        ("https://site.example:8443", "site.example:8443"),
        ("http://[fd00::1]:8000", "[fd00::1]:8000"),
    ],
)
@pytest.mark.django_db
def test_links_name_the_site_whatever_port_or_spelling_is_made_up(site, host, settings):
    name = host if host == "site.example" else host.rpartition(":")[0]
    settings.SITE_URL, settings.ALLOWED_HOSTS = site, [name]
    secure = site.startswith("https")
    told = [
        Client().get("/robots.txt", secure=secure, headers={"host": asked}).content.decode()
        for asked in (host, name, f"{name}:9999", name.upper())
    ]
    assert {re.search(r"Sitemap: (.*)/sitemap.xml", each)[1] for each in told} == {site}
    refused = Client().get("/robots.txt", secure=secure, headers={"host": f"{name}.evil"})
    assert refused.status_code == 400


FILES = [f"/leaderboard/anesbench.{ending}" for ending in ("csv", "json", "md", "tex", "bib")]
OTHERS = ["/llms/gpt-4o.yaml", "/llms/gpt-4o/badge.svg", "/changes/feed/", "/sitemap.xml",
          "/robots.txt", "/nowhere/", "/admin/login/", "/healthz", "/readyz"]  # fmt: skip


@pytest.mark.django_db
def test_every_answer_says_what_it_is_and_in_which_characters(client, anesbench):
    said = {each: client.get(each)["Content-Type"] for each in ["/", *FILES, *OTHERS]}
    assert {each: kind for each, kind in said.items() if not kind.endswith("; charset=utf-8")} == {
        "/leaderboard/anesbench.json": "application/json"  # which is always UTF-8
    }


@pytest.mark.django_db
def test_a_file_is_named_by_the_leaderboard_and_never_by_its_visitor(client, anesbench):
    named = [client.get(f"{each}?filename=evil.exe")["Content-Disposition"] for each in FILES]
    assert named == [
        f'inline; filename="anesbench.{ending}"' for ending in ("csv", "json", "md", "tex", "bib")
    ]


@pytest.mark.django_db
def test_refusals_before_any_view_carry_the_headers_too(client):
    for response in (client.get("/", headers={"host": "evil.example"}), client.get("/static/no")):
        assert (response.status_code in (400, 404), headers_of(response)) == (True, HEADERS)


@pytest.mark.django_db
def test_static_files_carry_the_headers_too(tmp_path):
    (tmp_path / "site.css").write_text("a{}")
    with override_settings(STATIC_ROOT=tmp_path):
        response = Client().get("/static/site.css")
    response.close()
    assert (response.status_code, headers_of(response)) == (200, HEADERS)


@pytest.mark.django_db
def test_pages_that_refuse_look_like_the_site_and_hold_no_inline_style(client, admin_client):
    strict = Client(enforce_csrf_checks=True)
    refused = {
        400: client.get("/", headers={"host": "evil.example"}),
        404: client.get("/nowhere/"),
        403: strict.post("/admin/login/", {"username": "a", "password": "b"}),
    }
    for status, response in refused.items():
        text = response.content.decode()
        assert (response.status_code, "css/site.css" in text) == (status, True)
        assert not re.search(r"<style|<script(?! src)|\sstyle=|\son\w+=", text)


# Health


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_probes_ask_by_any_host_over_http(client, address):
    with override_settings(SECURE_SSL_REDIRECT=True, ALLOWED_HOSTS=["site.example"]):
        response = client.get(address, headers={"host": "10.0.0.7:8000"})
    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
        200,
        "text/plain; charset=utf-8",
        "no-store",
    )


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_probes_only_look(client, address, method):
    response = client.generic(method, address)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_healthz_needs_no_database(client):
    assert client.get("/healthz").content == b"ok\n"  # pytest-django would refuse a query


@pytest.mark.django_db
def test_readyz_is_ready_when_database_migrations_and_cache_are(client):
    assert client.get("/readyz").content == b"ready\n"


# What fails, and comes back by itself


@pytest.fixture(scope="module")
def filled_file(tmp_path_factory, migrated_file, django_db_setup, django_db_blocker):
    """A migrated SQLite file with one leaderboard and an administrator, to be copied."""
    path = tmp_path_factory.mktemp("site") / "db.sqlite3"
    shutil.copy(migrated_file, path)
    with django_db_blocker.unblock(), database_at(path):
        metric = make_metric()
        make_scores({"Alpha": {metric: 0.5}, "Beta": {metric: 0.4}})
        LLM.objects.update(is_published=True)
        make_leaderboard([metric])
        User.objects.create_superuser("chief", password=PASSWORD)
    return path


class database_at:  # noqa: N801 (read as a function: with database_at(path))
    """The site on a database of its own for a while."""

    def __init__(self, name, **options):
        self.name, self.options = name, options

    def __enter__(self):
        self.before = connections["default"]
        as_is = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(self.name),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 0.05} | self.options,
        }
        alone = type(connections)({"default": as_is})
        connections["default"] = alone["default"]
        ContentType.objects.clear_cache()  # their ids are those of each database
        return connections["default"]

    def __exit__(self, *_):
        connections["default"].close()
        connections["default"] = self.before
        ContentType.objects.clear_cache()


@pytest.fixture
def site_file(filled_file, tmp_path, django_db_blocker):
    """A copy of the filled file; the test says how the site opens it."""
    path = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(filled_file)) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
    with django_db_blocker.unblock():
        yield path


def asking():
    return Client(raise_request_exception=False)


def logged_in():
    client = asking()
    client.force_login(User.objects.get(username="chief"))
    return client


def statuses(client, *addresses):
    return [client.get(address).status_code for address in addresses]


def assert_unavailable(response, sentence):
    text = " ".join(response.content.decode().split())
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (
        503,
        "5",
        "no-store",
    )
    assert sentence in text
    assert headers_of(response) == HEADERS
    assert "Traceback" not in text


WAIT = "It goes on by itself as soon as it can"
UNDONE = "Nothing was saved: the site cannot write its data now."
PAGES = ["/", "/leaderboard/board/", "/llms/alpha/", "/changes/", "/leaderboard/board.json"]


def test_pages_are_served_while_somebody_else_writes(site_file):
    with closing(sqlite3.connect(site_file)) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("BEGIN EXCLUSIVE")
        with database_at(site_file):
            assert statuses(asking(), *PAGES) == [200] * 5


def test_a_locked_database_answers_503_and_recovers(site_file):
    with database_at(site_file), closing(sqlite3.connect(site_file)) as raw:
        raw.execute("PRAGMA locking_mode=EXCLUSIVE")
        raw.execute("BEGIN EXCLUSIVE")
        locked = [asking().get(address) for address in PAGES]
        ready = asking().get("/readyz")
        raw.close()
        recovered = statuses(asking(), *PAGES, "/readyz")
    for response in locked:
        assert_unavailable(response, WAIT)
    assert (ready.status_code, ready.content) == (503, b"The database cannot be used.\n")
    assert recovered == [200] * 6


def test_a_save_into_a_locked_database_says_that_nothing_was_saved(site_file):
    address, data = "/admin/leaderboard/organization/add/", {"name": "Lab", "homepage": ""}
    with database_at(site_file):
        client = logged_in()
        with closing(sqlite3.connect(site_file)) as raw:
            raw.execute("BEGIN IMMEDIATE")
            locked = client.post(address, data)
        saved = client.post(address, data)
    assert_unavailable(locked, UNDONE)
    assert saved.status_code == 302


def test_a_full_disk_refuses_the_save_and_keeps_the_pages(site_file):
    data = {"name": "Lab " * 40, "homepage": ""}
    with database_at(site_file):
        client = logged_in()
    with database_at(site_file, init_command="PRAGMA max_page_count=1"):  # not one page more
        fill(client)
        full = client.post("/admin/leaderboard/organization/add/", data)
        pages = statuses(client, *PAGES, "/healthz", "/readyz")
    assert_unavailable(full, UNDONE)
    assert pages == [200] * 7


def fill(client):
    """Use what is still free in the pages that the file has."""
    for number in range(400):
        data = {"name": f"Lab {number} " + "x" * 150, "homepage": ""}
        if client.post("/admin/leaderboard/organization/add/", data).status_code != 302:
            return


def test_a_read_only_database_serves_pages_and_refuses_saves(site_file):
    with database_at(site_file):
        client = logged_in()
    with database_at(f"file:{site_file}?mode=ro"):
        pages = statuses(asking(), *PAGES, "/readyz")
        save = client.post("/admin/leaderboard/organization/add/", {"name": "Lab"})
        login = asking().post("/admin/login/", {"username": "chief", "password": PASSWORD})
    assert pages == [200] * 6
    assert_unavailable(save, UNDONE)
    assert_unavailable(login, UNDONE)


def test_a_removed_database_answers_503_until_it_is_back(site_file):
    away = site_file.with_name("away")
    with database_at(site_file) as connection:
        connection.close()
        site_file.rename(away)
        removed = [asking().get(address) for address in ("/", "/llms/alpha/")]
        ready = asking().get("/readyz")
        connection.close()
        shutil.move(away, site_file)
        back = statuses(asking(), *PAGES, "/readyz")
    for response in removed:
        assert_unavailable(response, WAIT)
    assert (ready.status_code, ready.content) == (
        503,
        b"Migrations are not applied: run manage.py migrate.\n",
    )
    assert back == [200] * 6


def test_a_file_that_is_no_database_answers_503(tmp_path, django_db_blocker):
    path = tmp_path / "db.sqlite3"
    path.write_bytes(b"no database " * 1000)
    with django_db_blocker.unblock(), database_at(path):
        assert_unavailable(asking().get("/"), WAIT)


def redis_where_nobody_listens():
    if not find_spec("redis"):
        skip_or_fail("There is no Redis client: pip install -e '.[redis]'")
    backend = "django.core.cache.backends.redis.RedisCache"
    return {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0"}}


@pytest.mark.django_db
def test_without_its_redis_the_site_is_not_ready_and_serves_pages(settings, anesbench):
    settings.CACHES = redis_where_nobody_listens()
    ready = asking().get("/readyz")
    assert (ready.status_code, ready.content) == (503, b"The cache cannot be reached.\n")
    assert statuses(asking(), "/", "/healthz") == [200, 200]


# A mistake of ours is 500, and its page says which request


def broken(request):
    raise RuntimeError("a mistake with " + settings.SECRET_KEY)


def cache_gone(request):
    return HttpResponse(caches["default"].get("page"))


handler400, handler500 = real_urls.handler400, real_urls.handler500
urlpatterns = [path("broken/", broken), path("cache/", cache_gone), *real_urls.urlpatterns]


@pytest.fixture
def log_lines():
    """What the console shows, as it shows it."""
    console, stream = logging.getLogger().handlers, io.StringIO()
    ours = next(each for each in console if isinstance(each.formatter, JsonLines))
    before = ours.setStream(stream)
    requests = logging.getLogger("leaderboard.requests")
    level = requests.level
    requests.setLevel("INFO")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    requests.setLevel(level)
    ours.setStream(before)


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_mistake_shows_its_request_id_and_logs_it_without_the_key(log_lines):
    response = asking().get("/broken/?token=private", headers={"x-request-id": "theirs"})

    error, answered = log_lines()
    request = response["X-Request-ID"]
    assert ID.fullmatch(request)
    assert (response.status_code, request in response.content.decode()) == (500, True)
    assert headers_of(response) == HEADERS
    traceback = error.pop("traceback")
    assert error.pop("time") <= answered.pop("time")
    assert answered.pop("duration_ms") > 0
    assert error == {
        "level": "ERROR",
        "logger": "django.request",
        "message": "Internal Server Error: /broken/",
        "request": request,
        "method": "GET",
        "path": "/broken/",
    }
    assert answered == {
        "level": "INFO",
        "logger": "leaderboard.requests",
        "message": "answered",
        "request": request,
        "method": "GET",
        "path": "/broken/",
        "status": 500,
    }
    assert traceback.endswith("RuntimeError: a mistake with [hidden]")


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_page_that_cannot_do_without_the_cache_is_503(settings):
    settings.CACHES = redis_where_nobody_listens()
    assert_unavailable(asking().get("/cache/"), WAIT)


@pytest.mark.django_db
def test_a_login_leaves_nothing_personal_in_the_log(log_lines, client):
    User.objects.create_superuser("somebody", email="some@body.example", password=PASSWORD)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.get("/admin/login/?next=/private-query/")
    token = client.cookies["csrftoken"].value
    where = {"REMOTE_ADDR": "192.0.2.77"}
    for password in ("a wrong one 5931", PASSWORD):
        data = {"username": "somebody", "password": password, "csrfmiddlewaretoken": token}
        client.post("/admin/login/?next=/private-query/", data, **where)
    client.post("/admin/login/", {"username": "somebody", "password": PASSWORD}, **where)
    session = client.cookies["sessionid"].value

    lines = log_lines()
    text = json.dumps(lines)
    asked = [(line["method"], line["path"], line["status"]) for line in lines if "status" in line]
    assert asked == [
        ("GET", "/admin/login/", 200),
        ("POST", "/admin/login/", 200),
        ("POST", "/admin/login/", 302),
        ("POST", "/admin/login/", 403),
    ]
    secrets = ["a wrong one 5931", PASSWORD, session, token, settings.SECRET_KEY]
    secrets += ["somebody", "some@body.example", "private-query", "192.0.2.77"]
    assert [each for each in secrets if each in text] == []


def test_a_line_of_the_log_is_one_line_without_what_is_hidden():
    lines = JsonLines(hidden=["s3cret", ""])
    record = logging.LogRecord("a", logging.WARNING, "", 0, "two\nlines by %s", ("s3cret",), None)
    record.status, record.user = 503, "somebody"

    line = json.loads(text := lines.format(record))
    assert "\n" not in text
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]{12}\+00:00", line.pop("time"))
    assert line == {
        "level": "WARNING",
        "logger": "a",
        "message": "two\nlines by [hidden]",
        "status": 503,
    }


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            "Invalid request from ip=2001:db8::7: Invalid HTTP Header: 'Cookie: sessionid=x\0'",
            "Invalid request from [hidden]",
        ),
        ("Error handling request GET /?q=private", "Error handling request [hidden]"),
        ("Error handling request (no URI read)", "Error handling request (no URI read)"),
        (
            "Forbidden (Referer checking failed - https://a.example/?q=private does not match any "
            "trusted origins.): /admin/login/",
            "Forbidden (Referer checking failed - [hidden] does not match any trusted origins.): "
            "/admin/login/",
        ),
        ("refused\nDETAIL:  Key (username)=(bob) exists.\nEND", "refused\n[hidden]\nEND"),
        ("Listening at: http://127.0.0.1:8000 (7)", "Listening at: http://127.0.0.1:8000 (7)"),
    ],
)
def test_addresses_of_visitors_and_refused_values_are_hidden(message, shown):
    record = logging.LogRecord("a", logging.INFO, "", 0, message, None, None)
    assert json.loads(JsonLines().format(record))["message"] == shown
