import gzip
import threading
from random import Random

import brotli
import pytest
from django.conf import settings as project_settings
from django.core.cache import cache, caches
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext

from leaderboard.models import LLM, Leaderboard, Organization, Score
from leaderboard.models.revision import current_token, publish_change
from leaderboard.serving import copies, memory, page_cache
from leaderboard.serving.headers import CSP, FRAMED_CSP
from leaderboard.standings.published import Content, last_known_content, load_content
from tests.page_reader import page_names
from tests.serving.test_http import PAGES, database_at, filled_file, site_file  # noqa: F401 (fixtures)

VIEWS = [
    "/",
    "/leaderboard/",
    "/leaderboard/anesbench/",
    "/leaderboard/anesbench/?sort=amcqa-overall",
    "/leaderboard/anesbench/?sort=-llm&intervals=all",
    "/leaderboard/anesbench/?organization=openai",
    "/zh-hans/leaderboard/anesbench/?sort=llm",
    "/leaderboard/anesbench/embed/",
    "/leaderboard/anesbench/charts/",
    "/leaderboard/anesbench/compare/?llm=gpt-4o&llm=deepseek-r1",
    "/leaderboard/anesbench.csv",
    "/leaderboard/anesbench.json?sort=llm",
    "/llms/gpt-4o/",
    "/llms/gpt-4o.yaml",
    "/llms/gpt-4o/badge.svg?leaderboard=anesbench",
    "/benchmarks/anesbench/",
    "/changes/",
    "/changes/feed/",
    "/api/",
    "/ranks/",
    "/sitemap.xml",
    "/robots.txt",
]
# Some of endlessly many: whether random queries take their place is chance, as where a copy lies
# depends on the build.
RARE = {view for view in VIEWS if "/compare/" in view or "organization=" in view}
TOKEN_QUERY = "SELECT token FROM leaderboard_contentrevision WHERE id = 1"


def queries_of(client, address, **headers):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        response = client.get(address, headers=headers)
    assert response.status_code in (200, 304), address
    return [each["sql"] for each in asked.captured_queries]


def entries():
    return len(cache.store.entries)


# Hits


@pytest.mark.parametrize("address", VIEWS)
def test_a_page_seen_before_asks_only_for_the_revision(address, client, anesbench):
    first = client.get(address)
    assert queries_of(client, address) == [TOKEN_QUERY]
    again = client.get(address)
    assert (again.content, again.headers) == (first.content, first.headers)


@pytest.mark.parametrize("address", ["/", "/leaderboard/anesbench/embed/"])
def test_a_page_from_the_cache_carries_every_header(address, client, anesbench):
    client.get(address)
    headers = dict(client.get(address).headers)
    assert len(headers.pop("ETag")) == 34
    assert int(headers.pop("Content-Length")) > 10_000
    is_framed = address.endswith("embed/")
    frames = {} if is_framed else {"X-Frame-Options": "DENY"}
    assert headers == frames | {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Language": "en",
        "Content-Security-Policy": FRAMED_CSP if is_framed else CSP,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "cross-origin" if is_framed else "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "public, max-age=0, s-maxage=1, stale-if-error=86400",
        "Vary": "Accept-Encoding",
    }


def test_a_host_that_is_not_ours_is_refused_before_the_cache(client, anesbench):
    client.get("/")
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_somebody_logged_in_sees_the_same_page_and_gets_no_cookie(admin_client, client, anesbench):
    theirs, ours = admin_client.get("/"), client.get("/")
    assert (theirs.content, dict(theirs.cookies)) == (ours.content, {})
    assert theirs["ETag"] == ours["ETag"]


def test_the_admin_is_never_kept(admin_client, anesbench):
    before = entries()
    admin_client.get("/admin/")
    board = Leaderboard.objects.get()
    admin_client.get(f"/admin/preview/leaderboard/{board.pk}/")
    assert entries() == before


def test_what_is_not_a_page_is_not_kept(client, anesbench):
    for address in ("/nowhere/", "/llms/nobody/", "/llms/gpt-4o/badge.svg?leaderboard=other"):
        assert client.get(address).status_code == 404
    assert client.get("/changes").status_code == 301
    assert entries() == 0


def test_a_badge_of_an_unknown_leaderboard_is_not_that_of_the_first(client, anesbench):
    assert client.get("/llms/gpt-4o/badge.svg").status_code == 200
    assert client.get("/llms/gpt-4o/badge.svg?leaderboard=other").status_code == 404


def test_pages_name_the_host_they_were_asked_by(client, anesbench):
    with override_settings(ALLOWED_HOSTS=["a.example", "b.example"]):
        pages = [client.get("/", headers={"host": f"{x}.example"}) for x in "aba"]
    found = [b"http://a.example/leaderboard/anesbench/" in page.content for page in pages]
    assert found == [True, False, True]


def test_each_language_has_its_own_page(client, anesbench):
    english, chinese = client.get("/"), client.get("/zh-hans/")
    assert (english["Content-Language"], chinese["Content-Language"]) == ("en", "zh-hans")
    assert english["ETag"] != chinese["ETag"]
    for address, page in (("/", english), ("/zh-hans/", chinese)):
        again = client.get(address, headers={"accept-language": "fr"})
        assert (again.content, again["Vary"]) == (page.content, "Accept-Encoding")


# Conditions and encodings


@pytest.mark.parametrize("address", VIEWS)
def test_who_has_the_page_gets_304_for_one_query(address, client, anesbench):
    first = client.get(address)
    queries = queries_of(client, address, **{"if-none-match": first["ETag"]})
    again = client.get(address, headers={"if-none-match": f'"other", {first["ETag"]}'})
    content = ("Content-Type", "Content-Length", "Content-Language")
    expected = {name: value for name, value in first.headers.items() if name not in content}
    assert (again.status_code, again.content, queries) == (304, b"", [TOKEN_QUERY])
    assert dict(again.headers) == expected


@pytest.mark.parametrize("address", ["/", "/leaderboard/anesbench.csv", "/changes/feed/"])
def test_head_is_get_without_the_body(address, client, anesbench):
    cold = client.head(address)
    page, warm = client.get(address), client.head(address)
    assert (cold.content, warm.content) == (b"", b"")
    assert dict(cold.headers) == dict(warm.headers) == dict(page.headers)


def test_a_page_is_kept_compressed(client, anesbench):
    plain = client.get("/")
    for accepted, name, unpack in (
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
    ):
        cold = client.get("/", headers={"accept-encoding": accepted})
        assert queries_of(client, "/", **{"accept-encoding": accepted}) == [TOKEN_QUERY]
        assert (cold["Content-Encoding"], unpack(cold.content)) == (name, plain.content)
        assert cold["ETag"] != plain["ETag"]
        assert int(cold["Content-Length"]) == len(cold.content) < len(plain.content) / 4


@pytest.mark.parametrize("accepted", ["", "identity", "br;q=0", "gzip; q=0.0", "deflate", "*"])
def test_who_takes_no_compression_gets_none(accepted, client, anesbench):
    response = client.get("/", headers={"accept-encoding": accepted})
    assert "Content-Encoding" not in response


# Edits


def test_an_edit_is_on_the_next_request(client, anesbench):
    before = {address: client.get(address) for address in VIEWS}
    score = Score.objects.get(llm__slug="gpt-4o", metric__key="anesbench-system1")
    score.value = "0.11"
    score.save()
    after = {address: client.get(address) for address in VIEWS}
    changed = {each for each in VIEWS if after[each].content != before[each].content}
    assert {"/", "/leaderboard/anesbench.csv", "/llms/gpt-4o/"} <= changed
    assert b"0.11" in after["/leaderboard/anesbench.csv"].content
    assert all(after[each]["ETag"] != before[each]["ETag"] for each in VIEWS)


def test_drafts_change_no_etag(client, anesbench):
    before = [client.get(address)["ETag"] for address in VIEWS]
    draft = LLM.objects.create(name="Secret", is_published=False)
    draft.name = "More secret"
    draft.save()
    Organization.objects.create(name="Nobody's")
    assert [client.get(address)["ETag"] for address in VIEWS] == before
    assert [queries_of(client, address) for address in VIEWS] == [[TOKEN_QUERY]] * len(VIEWS)


def test_a_page_made_while_the_content_changed_is_not_kept(anesbench):
    def view(request):
        publish_change()
        return HttpResponse("of either state")

    response = page_cache.keep_pages(view)(RequestFactory(HTTP_HOST="localhost").get("/"))
    assert (response.content, "ETag" in response, entries()) == (b"of either state", False, 0)
    assert last_known_content() is None


def test_what_was_read_is_read_anew_after_an_edit(client, anesbench):
    client.get("/")
    first = last_known_content()
    assert load_content(current_token()) is first
    publish_change()
    client.get("/")
    assert last_known_content() is not first


def test_threads_that_ask_for_the_same_standings_make_them_once():
    content, made, start = Content("a"), [], threading.Barrier(4)

    def make():
        made.append(1)
        return "standings"

    def ask():
        start.wait()
        content.compute_once("x", make)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_before_anything_is_published_nothing_is_kept(client, db):
    assert client.get("/").status_code == 200
    assert (entries(), last_known_content()) == (0, None)


# Bounds


UNKNOWN = ["?utm_source=x", "?sort=nothing", "?organization=none", "?columns=,,", "?page=7&page=8"]


@pytest.mark.parametrize("query", [*UNKNOWN, "?sort=-average", "?intervals=", "?max_size=x"])
def test_what_means_nothing_makes_no_page_of_its_own(query, client, anesbench):
    page = client.get("/leaderboard/anesbench/")
    again = client.get(f"/leaderboard/anesbench/{query}")
    assert (again["ETag"], entries()) == (page["ETag"], 1)


def test_the_order_of_parameters_makes_no_page_of_its_own(client, anesbench):
    queries = ("?q=gpt&sort=llm&organization=openai", "?organization=openai&sort=llm&q=+gpt&x=1")
    etags = {client.get(f"/{query}")["ETag"] for query in queries}
    assert (len(etags), entries()) == (1, 1)


def random_query(random):
    """What a scanner may send: searches, sizes, combinations, nonsense."""
    word = "".join(random.choice("abcdefghij") for _ in range(8))
    return random.choice(
        [
            f"?q={word}",
            f"?min_size={random.randint(1, 10**6) / 1000}",
            f"?sort={word}",
            f"?{word}={word}",
            f"?weights=open&q={word}",
            f"?page={random.randint(1, 10**8)}",
        ]
    )


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.long)])
def test_random_queries_leave_the_real_pages_in_the_cache(count, client, anesbench):
    for view in VIEWS:
        client.get(view)
    random, missed = Random(8), set()
    for number in range(count):
        address = random.choice(["/", "/leaderboard/anesbench.csv", "/changes/"])
        client.get(address + random_query(random))
        view = random.choice(VIEWS)
        if number % 10 == 0 and queries_of(client, view) != [TOKEN_QUERY]:
            missed.add(view)
    assert entries() <= copies.RARE_PLACES + 2 * len(VIEWS)
    assert missed <= RARE


def test_ports_that_visitors_invent_take_rare_places(client, anesbench):
    for port in range(1000, 1400):
        client.get("/robots.txt", headers={"host": f"localhost:{port}"})
    assert entries() <= copies.RARE_PLACES


def test_the_memory_of_a_process_is_bounded_in_entries_and_bytes(monkeypatch):
    monkeypatch.setattr(memory, "MOST_BYTES", 10_000)
    bounded = memory.BoundedMemory("test", {"OPTIONS": {"MAX_ENTRIES": 5}})
    for number in range(20):
        bounded.set(number, b"x" * 100)
        bounded.get(19 - number)
    assert [number for number in range(20) if bounded.get(number)] == [15, 16, 17, 18, 19]
    bounded.set("large", b"x" * 9_950)
    assert [len(bounded.store.entries), bounded.get(19)] == [1, None]
    bounded.set("larger", b"x" * 20_000)
    assert bounded.get("larger") is None
    for _ in range(3):
        bounded.set("same", b"x" * 4_000)
    assert (bounded.store.size < 5_000, bounded.get("same")) == (True, b"x" * 4_000)


# What fails


def test_without_its_database_the_site_shows_the_last_good_pages(site_file):  # noqa: F811
    away = site_file.with_name("away")
    client = Client(raise_request_exception=False)
    with database_at(site_file) as site:
        with site.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=DELETE")
        publish_change()
        good = {address: client.get(address) for address in PAGES}
        site.close()
        site_file.rename(away)
        kept_pages = {address: client.get(address) for address in PAGES}
        never_seen = client.get("/benchmarks/none/")
        site.close()
    assert {each: page.content for each, page in kept_pages.items()} == {
        each: page.content for each, page in good.items()
    }
    assert (never_seen.status_code, never_seen["Retry-After"]) == (503, "5")


def test_a_view_that_fails_for_the_database_shows_the_page_of_the_state_before(client, anesbench):
    before = client.get("/")
    publish_change()

    def unavailable(request):
        return HttpResponse("gone", status=503)

    request = RequestFactory(HTTP_HOST="testserver").get("/")
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        response = page_cache.keep_pages(unavailable)(request)
    assert (response.status_code, response.content) == (200, before.content)


def test_a_cache_that_fails_is_asked_again_after_a_pause(settings, client, anesbench):
    backend = "django.core.cache.backends.redis.RedisCache"
    pytest.importorskip("redis")
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0"}}
    assert [client.get("/").status_code for _ in range(3)] == [200] * 3
    settings.CACHES = project_settings.CACHES | {
        "default": {"BACKEND": "leaderboard.serving.memory.BoundedMemory"}
    }
    caches["default"].clear()
    client.get("/")
    assert entries() == 0  # in the pause
    copies.end_pause()
    client.get("/")
    assert (entries(), len(page_names(client.get("/")))) == (1, 51)
