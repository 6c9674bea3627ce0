"""A gunicorn that stands alone goes on answering beside connections that are slow on purpose."""

import runpy
import selectors
import socket
import subprocess
import sys
import time
from statistics import median

import pytest
from django.conf import settings
from gunicorn.workers.gthread import TConn

from config import worker
from config.connections import (
    GRACE,
    HEAD_SECONDS,
    LONGEST_HEAD,
    LONGEST_WAIT,
    MOST_UNSENT,
    SLOWEST,
    Incoming,
    PatientSocket,
)
from tests.performance.slow_connections import (
    HEAD,
    KINDS,
    LOGIN,
    ask_as_visitors,
    served_alone,
    slow_connections,
)
from tests.sites import environment


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    with served_alone(tmp_path_factory.mktemp("alone") / "data") as port:
        yield port


@pytest.mark.parametrize("kind", KINDS)
def test_sixty_slow_connections_hold_no_visitor_up(kind, port):
    with slow_connections(port, kind, 60):
        times = ask_as_visitors(port, 1.5)
    # Each took ten seconds. 50 ms is the goal on a machine that does nothing else.
    assert median(times) < 500


def test_a_form_in_single_bytes_is_answered_as_one_in_one_piece(port):
    whole = LOGIN.replace(b"1000", b"10") + b"username=a"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        for index in range(len(whole)):
            client.sendall(whole[index : index + 1])
        assert client.recv(12) == b"HTTP/1.1 403"  # there is no cookie


def test_two_requests_in_one_piece_and_a_third_in_two_get_their_answers(port):
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(request + b"\r\n" + request + b"\r\n" + request)
        time.sleep(0.2)
        client.sendall(b"Connection: close\r\n\r\n")
        answers = b"".join(iter(lambda: client.recv(10_000), b""))
    assert answers.count(b"HTTP/1.1 200 OK") == 3


def test_who_asks_before_a_long_form_is_told_to_go_on(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(LOGIN[:-2] + b"Expect: 100-continue\r\n\r\n")
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"a" * 1000)
        assert client.recv(12) == b"HTTP/1.1 403"


@pytest.mark.parametrize(
    "head",
    [b"Content-Length: 314572800\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"],
    ids=["300 MB", "no length"],
)
def test_a_body_that_is_refused_is_not_waited_for(head, port):
    start = b"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(start + head + b"a" * 100_000)
        answer = b"".join(iter(lambda: client.recv(10_000), b""))
    assert b"\r\nConnection: close\r\n" in answer
    # One answer: what follows of the body is not read as a request.
    assert (answer[9:12], answer.count(b"HTTP/1.1 ")) in [(b"413", 1), (b"411", 1)]


@pytest.mark.slow
def test_a_connection_is_closed_when_its_head_does_not_end(port):
    start = time.monotonic()
    with slow_connections(port, "a head without end", 1) as (client,):
        client.setblocking(True)
        client.settimeout(HEAD_SECONDS + 10)
        assert client.recv(1) == b""
    assert time.monotonic() - start > HEAD_SECONDS - 1


def test_gunicorn_opens_as_many_files_as_it_takes_connections(tmp_path):
    code = (
        "import resource, runpy, sys\n"
        "most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, most))\n"
        "configured = runpy.run_path(sys.argv[1])\n"
        "few = resource.getrlimit(resource.RLIMIT_NOFILE)[0]\n"
        "print(few > configured['worker_connections'] or few == most)\n"
    )
    config = settings.BASE_DIR / "config" / "gunicorn.py"
    result = subprocess.run(
        [sys.executable, "-c", code, config],
        env=environment(tmp_path / "data"),
        capture_output=True,
        text=True,
    )
    assert result.stdout == "True\n", result.stderr


def test_the_security_page_has_these_limits():
    text = " ".join((settings.BASE_DIR / "SECURITY.md").read_text().split())
    mb = 1024 * 1024
    configured = runpy.run_path(str(settings.BASE_DIR / "config" / "gunicorn.py"))
    for sentence in (
        f"A head has {HEAD_SECONDS} s, a body or an answer {GRACE} s and another for every "
        f"{SLOWEST:,} bytes",
        f"takes {configured['worker_connections']:,} connections and keeps "
        f"{worker.MOST_HELD // mb} MB",
        f"exports of more than {MOST_UNSENT // mb} MB that nobody reads, for which a thread waits "
        f"{LONGEST_WAIT} s",
    ):
        assert sentence in text


# What is collected of a request


def test_a_head_has_fifteen_seconds_and_a_body_a_pace():
    incoming = Incoming()
    assert incoming.deadline(7) == 7
    incoming.add(HEAD)
    assert incoming.deadline(7) == incoming.start + HEAD_SECONDS
    incoming = Incoming(LOGIN + b"a" * SLOWEST)
    count = len(LOGIN) + SLOWEST
    assert incoming.deadline(7) == incoming.start + GRACE + count / SLOWEST


def test_a_request_is_ready_when_the_last_byte_of_its_body_is_there():
    incoming = Incoming(LOGIN + b"a" * 999)
    assert not incoming.is_ready()
    incoming.add(b"a")
    assert (incoming.is_ready(), incoming.is_cut) == (True, False)


@pytest.mark.parametrize(
    ("target", "most"),
    [
        ("/", 1),
        ("/admin/login/", 3),
        ("/zh-hans/%61dmin/login/?next=/admin/", 3),
        ("/admin/leaderboard/import/add/", 60),
        ("/zh-hans/admin/leaderboard/import/add/?_popup=1", 60),
        ("/administration/", 1),
        ("/api/v1/imports", 60),
        ("http://[", 1),
    ],
)
def test_what_an_address_does_not_take_is_not_collected(target, most):
    head = "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n"
    largest = Incoming(head.format(target, most * 1024 * 1024).encode())
    larger = Incoming(head.format(target, most * 1024 * 1024 + 1).encode())
    assert (largest.is_cut, larger.is_cut) == (False, True)


def test_a_head_without_end_is_not_collected_for_ever():
    incoming = Incoming(HEAD)
    while not incoming.is_ready():
        incoming.add(b"X: 1\r\n" * 1000)
    assert len(incoming.data) < LONGEST_HEAD + 10_000


def test_an_answer_that_is_not_read_stays_in_memory_and_holds_nobody_up():
    ours, visitors = socket.socketpair()
    with visitors, PatientSocket(ours) as patient:
        patient.sendall(b"a" * 3_000_000)
        assert (patient.waited, 0 < patient.unsent_bytes < 3_000_000) == (0, True)
        read = 0
        while patient.unsent:
            read += len(visitors.recv(1_000_000))
            patient.flush()
    assert patient.unsent_bytes == 0


def test_of_all_that_is_held_the_largest_goes_when_it_is_too_much(monkeypatch):
    monkeypatch.setattr(worker, "MOST_HELD", 300_000)
    unstarted = object.__new__(worker.Worker)
    unstarted.waiting, unstarted.nr_conns = {}, 2
    with selectors.DefaultSelector() as unstarted.poller:
        small, _ = (waiting_with(unstarted, size) for size in (100_000, 250_000))
        unstarted.bound_memory(small)
        assert (list(unstarted.waiting), unstarted.nr_conns) == ([small], 1)
        unstarted.bound_memory(small)
        assert list(unstarted.waiting) == [small]
        unstarted.drop(small)


def waiting_with(unstarted, size):
    """A connection of which so much has come."""
    ours, visitors = socket.socketpair()
    visitors.close()
    conn = TConn(None, PatientSocket(ours), None, None)
    conn.sock.incoming.add(b"a" * size)
    unstarted.wait(conn, selectors.EVENT_READ, unstarted.receive, 0)
    return conn
