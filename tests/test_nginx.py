"""The shipped nginx configuration in a real nginx, before this site and before scripted ones."""

import resource
import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from random import Random
from socketserver import ThreadingMixIn
from statistics import median
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from zlib import crc32

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

from leaderboard.models import LLM, Leaderboard
from leaderboard.models.revision import publish_change
from tests.serving.test_http import database_at, filled_file, site_file  # noqa: F401 (fixtures)
from tests.test_deployment import free_port, in_front, visit

HOST = "leaderboard.example.org"
PUBLIC = "public, max-age=0, s-maxage=1, stale-if-error=86400"
ENCODINGS = ("br", "gzip", "identity")
SECOND = 1.02  # as long as a copy may be shown, and a little more


class Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 500


class Silent(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def running(port, app, server=Threads):
    """A site behind nginx, until the block ends and nobody answers there."""
    with make_server("127.0.0.1", port, app, server, Silent) as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            site.shutdown()
            thread.join()


class Script:
    """A site that says what a test wants, and remembers what it was asked."""

    def __init__(self, **says):
        self.says = {"status": "200 OK", "body": None, "cache": PUBLIC, "delay": 0, "more": []}
        self.says |= says
        self.asked = []

    def __call__(self, environ, start_response):
        query = environ.get("QUERY_STRING")
        address = environ["PATH_INFO"] + (f"?{query}" if query else "")
        encoding = environ.get("HTTP_ACCEPT_ENCODING", "")
        self.asked.append((environ["REQUEST_METHOD"], address, encoding))
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        says, number = dict(self.says), len(self.asked)
        time.sleep(says["delay"])
        body = says["body"] or f"{address} for {encoding}, answer {number}".encode()
        headers = [("Content-Length", str(len(body))), ("ETag", f'"{crc32(body):x}"')]
        headers += [("Cache-Control", says["cache"])] if says["cache"] else []
        start_response(says["status"], [*headers, *says["more"]])
        return [body]


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    """(nginx's port, the port where it looks for the site); each test asks addresses of its own."""
    app = free_port()
    with in_front(app, tmp_path_factory.mktemp("nginx"), "/var/lib/none/") as port:
        yield port, app


def ask(port, address, encoding="br", **options):
    return visit(port, address, **{"Accept-Encoding": encoding}, **options)


def wait_for_the_next_second():
    """nginx's copies do not outlive a second of the clock."""
    time.sleep(1.01 - time.time() % 1)


def statuses(port, *addresses):
    """Of each address in each encoding."""
    return [ask(port, address, name)[0] for address in addresses for name in ENCODINGS]


# This site


@pytest.fixture
def site(front, site_file):  # noqa: F811
    """(nginx's port, how to start the site); a test edits its content meanwhile."""
    port, app = front

    def single(environ, start_response):
        with database_at(site_file):
            return WSGIHandler()(environ, start_response)

    allowed = override_settings(ALLOWED_HOSTS=[HOST])
    with allowed, database_at(site_file, timeout=5):
        yield port, lambda: running(app, single, WSGIServer)


def change(model, slug, **fields):
    found = model.objects.get(slug=slug)
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()


def test_what_is_withdrawn_is_gone_after_a_second_and_stays_away_without_the_site(site):
    port, start = site
    pages = ["/llms/alpha/", "/zh-hans/llms/alpha/", "/llms/alpha/badge.svg", "/llms/beta/"]
    with start():
        before = statuses(port, *pages)
        change(LLM, "alpha", is_published=False)
        LLM.objects.get(slug="beta").delete()
        time.sleep(SECOND)
        after = statuses(port, *pages)
    wait_for_the_next_second()
    assert (before, after, statuses(port, *pages)) == ([200] * 12, [404] * 12, [404] * 12)


@pytest.mark.parametrize("age", [SECOND, 2.3])
def test_the_first_reader_after_a_second_sees_an_edit(site, age):
    port, start = site
    with start():
        ask(port, "/leaderboard/board/")
        change(Leaderboard, "board", title=f"Board {age}")
        time.sleep(age)
        assert f"<h1>Board {age}" in ask(port, "/leaderboard/board/", "identity")[2].decode()


def test_a_renamed_page_leads_to_its_new_address_after_a_second(site):
    port, start = site
    with start():
        before = ask(port, "/leaderboard/board/charts/?sort=llm")
        Leaderboard.objects.filter(slug="board").update(slug="new")  # past what forms allow
        publish_change()
        time.sleep(SECOND)
        after = ask(port, "/leaderboard/board/charts/?sort=llm")
    wait_for_the_next_second()
    away = ask(port, "/leaderboard/board/charts/?sort=llm")
    assert (before[0], after[0], away[0]) == (200, 301, 301)
    assert {each[1]["Location"] for each in (after, away)} == {"/leaderboard/new/charts/?sort=llm"}


# What is kept, and for whom


def test_no_address_host_or_encoding_shares_a_key_with_another(front):
    port, app = front
    asked = [
        ("/?sort=-systembr", "identity"),
        ("/?sort=-system", "br"),
        ("/?sort=-system", "gzip"),
        ("/?sort=-systemgzip", "identity"),
        ("/?sort=-system%20br", "identity"),
        ("/?sort=-system", "identity"),
    ]
    with running(app, Script()):
        answers = [ask(port, *each)[2].decode() for each in asked]
        spelled = ask(port, "/?sort=-system", "GZIP ;q=0.5, br;q=0")[2].decode()
    assert len(set(answers)) == len(asked)
    for (address, _), answer in zip(asked, answers, strict=True):
        assert answer.startswith(f"{address} for ")
    assert spelled.startswith("/?sort=-system for gzip,")


def test_what_is_not_public_is_never_kept(front):
    port, app = front
    for number, cache in enumerate(("no-store", "private, max-age=60", None)):
        address, script = f"/private/{number}", Script(cache=cache)
        with running(app, script):
            answers = [ask(port, address)[2] for _ in range(3)]
        assert (len(set(answers)), ask(port, address)[0]) == (3, 502)


def test_somebody_logged_in_leaves_no_copy_and_gets_none(front):
    port, app = front
    cookie = {"Cookie": "a=b; __Host-sessionid=x"}
    with running(app, Script()):
        answers = [ask(port, "/known/", **cookie)[2] for _ in range(2)]
        answers += [ask(port, "/known/")[2], ask(port, "/known/", **cookie)[2]]
    assert len(set(answers)) == 4


def test_head_range_and_conditions_are_answered_from_the_copy(front):
    port, app = front
    script = Script(body=b"0123456789")
    with running(app, script):
        head = ask(port, "/file/", method="HEAD")
        part = ask(port, "/file/", Range="bytes=2-4")
        page = ask(port, "/file/")
        same = ask(port, "/file/", **{"If-None-Match": page[1]["ETag"]})
        post = ask(port, "/file/", method="POST", body=b"x")
    assert [each[0] for each in (head, part, page, same, post)] == [200, 200, 200, 304, 200]
    assert (head[2], part[2], page[2], same[2]) == (b"", b"0123456789", b"0123456789", b"")
    assert {each[0] for each in script.asked} == {"GET", "POST"}


# A crowd


def crowd(port, address, size, seconds=0.0):
    """What so many visitors get who come at once, and again until the time is over."""
    found, start, end = [], threading.Barrier(size), time.monotonic() + seconds

    def keep_asking():
        start.wait()
        while True:
            found.append(ask(port, address)[:3:2])
            if time.monotonic() > end:
                return

    threads = [threading.Thread(target=keep_asking) for _ in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_a_crowd_costs_one_request_a_second(front):
    port, app = front
    script = Script(delay=0.01)
    with running(app, script):
        start = time.time()
        found = crowd(port, "/crowd/", size=12, seconds=1.5)
        seconds = int(time.time()) - int(start) + 1
    assert {status for status, _ in found} == {200}
    assert (len(found) > 50, len(script.asked) <= seconds) == (True, True)


def test_a_crowd_before_a_slow_page_that_nobody_saw_for_a_while_costs_one_request_a_second(front):
    port, app = front
    script = Script(delay=0.6)
    with running(app, script):
        ask(port, "/slow/")
        time.sleep(SECOND)
        start = time.time()
        found = crowd(port, "/slow/", size=30)
        seconds = int(time.time()) - int(start) + 1
    assert {status for status, _ in found} == {200}
    assert len(script.asked) - 1 <= seconds


# Without the site


FAILURES = {500: "500 Oops", 502: "502 Bad", 503: "503 Unavailable", 504: "504 Late"}


def test_while_the_site_fails_visitors_see_the_last_good_answer(front):
    """And what it says itself where there is none."""
    port, app = front
    script, waits = Script(), [("Retry-After", "5")]
    with running(app, script):
        good = {each: ask(port, f"/good/{each}/") for each in FAILURES}
        script.says |= {"status": "404 Not Found"}
        gone = {each: ask(port, f"/gone/{each}/") for each in FAILURES}
        wait_for_the_next_second()
        for each, status in FAILURES.items():
            script.says |= {"status": status, "cache": "no-store", "more": waits}
            answers = [ask(port, f"/{name}/{each}/") for name in ("good", "gone", "unseen")]
            assert [answer[0] for answer in answers] == [200, 404, each]
            assert [answer[2] for answer in answers[:2]] == [good[each][2], gone[each][2]]
            assert answers[2][1]["Retry-After"] == "5"


def test_a_stopped_site_is_said_in_a_sentence_where_there_is_no_copy(front):
    port, _ = front
    for address in ("/never-seen/", "/admin/login/"):
        status, headers, body = ask(port, address)
        assert (status, headers["Retry-After"], headers["Cache-Control"]) == (502, "5", "no-store")
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert "The site does not answer. Load this page again" in body.decode().replace("\n", " ")
        assert "请几秒钟后重新加载本页" in body.decode()


def only_small_files():
    """As on a full disk: nothing can be written beyond 1,000 bytes of a file."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))


def test_a_full_disk_costs_the_copies_and_no_page(tmp_path):
    app, script = free_port(), Script(body=b"x" * 3_000)
    full = {"preexec_fn": only_small_files, "restore_signals": False}  # a signal would end nginx
    with in_front(app, tmp_path, "/var/lib/none/", **full) as port:
        with running(app, script):
            answers = [ask(port, f"/page/{number}/") for number in range(3)]
            large = ask(port, "/page/0/", body=None, Cookie="__Host-sessionid=x")
            posted = ask(port, "/posted/", method="POST", body=b"x")
            count = sum(method == "POST" for method, *_ in script.asked)
        away = ask(port, "/page/0/")
    assert [(each[0], each[2]) for each in (*answers, large)] == [(200, script.says["body"])] * 4
    assert (posted[0], count) == (200, 1)
    assert (away[0], b"The site does not answer" in away[2]) == (502, True)


def test_what_was_posted_is_not_posted_twice(front):
    port, app = front
    script = Script(status="500 Oops", cache=None)
    with running(app, script):
        answer = ask(port, "/posted/", method="POST", body=b"x")
    assert (answer[0], len(script.asked)) == (502, 1)


# Too long, too large, too slow


def test_an_address_that_is_too_long_is_answered_with_a_way_back(front):
    port, app = front
    random, script = Random(14), Script()
    lengths = [4_000, 7_999, 8_000, 8_200, *range(65_500, 65_560, 11), 200_000]
    lengths += [random.randint(8_000, 80_000) for _ in range(5)]
    with running(app, script):
        answers = {length: ask(port, "/?q=" + "a" * (length - 4)) for length in lengths}
        headed = ask(port, "/headed/", **{"X-Long": "a" * 70_000})
    assert (answers[7_999][0], answers[8_000][0], headed[0]) == (200, 414, 431)
    for length, (status, headers, body) in answers.items():
        assert status in (200, 414), length
        if status == 414:
            assert b"<h1>This address is too long</h1>" in body
            assert b"<a href=/>Leaderboard</a> <a href=/zh-hans/" in body
            assert headers["X-Content-Type-Options"] == "nosniff"


def test_only_an_import_may_be_large(front):
    port, app = front
    script, large = Script(cache="no-store"), b"x" * 4_000_000
    addresses = ("/", "/admin/login/", "/zh-hans/admin/leaderboard/llm/add/")
    with running(app, script):
        refused = [ask(port, each, method="POST", body=large) for each in addresses]
        upload = ask(port, "/admin/leaderboard/import/add/", method="POST", body=large)
    assert [each[0] for each in refused] == [413] * 3
    assert {"An import takes files of up to 50 MB" in each[2].decode() for each in refused} == {
        True
    }
    away = ask(port, "/admin/leaderboard/import/add/", method="POST", body=large)
    assert (upload[0], len(script.asked), away[0]) == (200, 1, 502)


def test_five_hundred_who_say_nothing_hold_nobody_up(front):
    port, app = front
    with ExitStack() as silent, running(app, Script()):
        for number in range(500):
            visitor = silent.enter_context(socket.create_connection(("127.0.0.1", port)))
            visitor.sendall(b"\x16\x03\x01"[: number % 4])  # as TLS begins, and no more
        times = []
        for number in range(20):
            start = time.perf_counter()
            assert ask(port, f"/beside/{number % 4}/")[0] == 200
            times.append(time.perf_counter() - start)
    assert median(times) < 0.25
