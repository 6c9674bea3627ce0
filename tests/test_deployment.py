"""The examples for nginx and systemd, and gunicorn as they start it."""

import http.client
import json
import logging
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
from django.conf import settings
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine

from config.worker import Worker
from leaderboard.serving.headers import HEADERS

from .conftest import skip_or_fail
from .sites import environment, manage

CONFIG = settings.BASE_DIR / "config"
SITE = "https://leaderboard.example.org"
KEY = "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz"


def program(name):
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    return path or skip_or_fail(f"There is no {name} on this machine")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# The files are what their programs accept


def nginx_file(folder, app=8000, http_port=None, https_port=None, static="/var/lib/none/"):
    """The example with names, folders and ports of this machine, as its first lines tell."""
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    names = ["-subj", "/CN=leaderboard.example.org", "-keyout", "privkey.pem"]
    subprocess.run(
        [*command, *names, "-out", "fullchain.pem"], cwd=folder, check=True, capture_output=True
    )
    text = (CONFIG / "nginx.conf").read_text()
    replaced = {
        # Temporary folders of tests are for their owner only.
        "user www-data;": "" if os.getuid() else "user root;",
        "/etc/letsencrypt/live/leaderboard.example.org": str(folder),
        "/var/lib/nginx/leaderboard": f"{folder}/cache",
        "/var/log/nginx/": f"{folder}/",
        "/run/nginx.pid": f"{folder}/pid",
        "/var/lib/leaderboard/static/": str(static),
        "127.0.0.1:8000": f"127.0.0.1:{app}",
        "127.0.0.1:8001": f"127.0.0.1:{free_port()}",
        "127.0.0.1:8002": f"127.0.0.1:{free_port()}",
    }
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    text = re.sub(r"(listen (?:\[::\]:)?)80\b", rf"\g<1>{http_port or free_port()}", text)
    text = re.sub(r"(listen (?:\[::\]:)?)443\b", rf"\g<1>{https_port or free_port()}", text)
    (folder / "nginx.conf").write_text(text)
    return folder / "nginx.conf"


def test_nginx_accepts_its_example(tmp_path):
    nginx = program("nginx")
    checked = subprocess.run(
        [nginx, "-t", "-e", "stderr", "-c", nginx_file(tmp_path)], capture_output=True, text=True
    )
    assert (checked.returncode, "syntax is ok" in checked.stderr) == (0, True), checked.stderr
    assert "warn" not in checked.stderr


def test_systemd_accepts_its_unit(tmp_path):
    analyze = program("systemd-analyze")
    unit = (CONFIG / "leaderboard.service").read_text()
    installed = "/srv/leaderboard/.venv/bin/gunicorn"
    assert f"ExecStart={installed} -c config/gunicorn.py" in unit
    (tmp_path / "leaderboard.service").write_text(unit.replace(installed, "/bin/true"))
    checked = subprocess.run(
        [analyze, "verify", "--man=no", tmp_path / "leaderboard.service"],
        capture_output=True,
        text=True,
    )
    ours = [line for line in checked.stderr.splitlines() if "leaderboard" in line]
    assert (checked.returncode, ours) == (0, [])
    exposure = subprocess.run(  # of 10.0 the most; a service without any protection has 9.6
        [analyze, "security", "--offline=true", "--threshold=15", tmp_path / "leaderboard.service"],
        capture_output=True,
        text=True,
    )
    assert exposure.returncode == 0, exposure.stdout[-200:]


def test_the_service_reaches_this_machine_only():
    unit = (CONFIG / "leaderboard.service").read_text().splitlines()
    assert {"IPAddressDeny=any", "IPAddressAllow=localhost", "User=leaderboard"} <= set(unit)
    assert "InaccessiblePaths=-/srv/leaderboard/.git" in unit


# Gunicorn as the unit starts it, and nginx in front of it


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """A prepared site: quickstart without serving."""
    folder = tmp_path_factory.mktemp("deployed") / "data"
    prepared = manage(folder, "quickstart", "--no-serve", SITE_URL=SITE)
    assert prepared.returncode == 0, prepared.stderr
    return folder


@contextmanager
def served(data_dir, **variables):
    """(port, process, log): the site behind a proxy that speaks https."""
    port, log = free_port(), data_dir.with_name("log")
    variables = {"SITE_URL": SITE, "TRUSTED_PROXIES": "127.0.0.1"} | variables
    command = [sys.executable, "-m", "gunicorn", "-c", CONFIG / "gunicorn.py"]
    with log.open("w") as stream:
        process = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{port}"],
            env=environment(data_dir, **variables),
            cwd=settings.BASE_DIR,
            stdout=stream,
            stderr=stream,
        )
    try:
        wait_until_ready(port, process)
        yield port, process, log
    finally:
        process.terminate()
        process.wait(30)


def wait_until_ready(port, process):
    for _ in range(300):
        try:
            if ask(port, "/readyz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"not ready: {process.poll()}")


def ask(port, path, **headers):
    """(status, headers, body) as a proxy asks that speaks https to its visitors."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    given = {"Host": "leaderboard.example.org", "X-Forwarded-Proto": "https", "Connection": "close"}
    try:
        connection.request("GET", path, headers=given | headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


@pytest.mark.slow
def test_three_reloads_under_load_lose_no_request(data_dir):
    with served(data_dir) as (port, process, log):
        failed, answered, stop = [], [], threading.Event()
        threads = [
            threading.Thread(target=keep_asking, args=(port, stop, answered, failed))
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for _ in range(3):
            wait_for_more(answered)
            process.send_signal(signal.SIGHUP)
        wait_for(lambda: log.read_text().count("Booting worker") == 8)
        wait_for_more(answered)
        stop.set()
        for thread in threads:
            thread.join()
    assert failed == []


def wait_for_more(answered):
    enough = len(answered) + 100
    wait_for(lambda: len(answered) >= enough)


def wait_for(condition):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.1)
    pytest.fail("nothing happened for a minute")


def keep_asking(port, stop, answered, failed):
    while not stop.is_set():
        try:
            status = ask(port, "/ranks/")[0]
            (answered if status == 200 else failed).append(status)
        except (OSError, http.client.HTTPException) as error:
            failed.append(repr(error))


@pytest.mark.slow
def test_the_log_of_a_service_is_json_without_addresses_and_secrets(data_dir):
    with served(data_dir, SECRET_KEY=KEY) as (port, _, log):
        ask(port, "/?q=private-query", **{"X-Forwarded-For": "192.0.2.77"})
        ask(port, "/nowhere/", **{"Cookie": "sessionid=private-session"})
        say(port, b"NO SUCH\r\n\r\n")
        say(port, b"GET / HTTP/1.1\r\nHost: a\r\nCookie : sessionid=private-session\r\n\r\n")
        say(port, b"GET /?q=private-query HTTP/9\r\n\r\n")
    text = log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(each["path"], each["status"]) for each in lines if "status" in each][-2:] == [
        ("/", 200),
        ("/nowhere/", 404),
    ]
    assert {each["logger"] for each in lines} == {"gunicorn.error", "leaderboard.requests"}
    assert not re.search(rf"private|192\.0\.2|ip=127|{KEY}", text)


def say(port, text):
    """All that is answered to these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
        raw.sendall(text)
        raw.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: raw.recv(10_000), b""))


@pytest.mark.slow
def test_nothing_is_smuggled_in_and_no_header_but_the_proxys_own_counts(data_dir):
    inner = b"GET /smuggled/ HTTP/1.1\r\nHost: leaderboard.example.org\r\n\r\n"
    head = b"POST / HTTP/1.1\r\nHost: leaderboard.example.org\r\nX-Forwarded-Proto: https\r\n"
    two_lengths = [
        b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % (len(inner) + 5),
        b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(inner),
        b"Transfer-Encoding: xchunked\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    ]
    names = ["SCRIPT_NAME", "PATH_INFO", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Original-URL"]
    with served(data_dir) as (port, _, log):
        answers = [say(port, head + lengths + inner) for lengths in two_lengths]
        page = ask(port, "/")
        others = [ask(port, "/", **{name: "/changes"}) for name in names]
        others.append(ask(port, "/", **{"X-Forwarded-Ssl": "off", "X-Forwarded-Port": "1"}))
        unsafe = ask(port, "/", **{"X-Forwarded-Proto": "http", "X-Forwarded-Ssl": "on"})
    assert [(text.count(b"HTTP/1.1 "), text[9:12]) for text in answers] == [
        (1, status) for status in (b"400", b"400", b"501", b"400")
    ]
    assert "smuggled" not in log.read_text()
    assert [(each[0], each[2] == page[2]) for each in others] == [(200, True)] * 6
    assert (unsafe[0], unsafe[1]["Location"]) == (301, f"{SITE}/")


@pytest.mark.slow
def test_an_address_that_is_too_long_gets_a_page_of_the_site(data_dir):
    with served(data_dir) as (port, _, log):
        answers = {length: ask(port, "/?q=" + "a" * (length - 4)) for length in LENGTHS}
        headed = ask(port, "/", **{"X-Long": "a" * 9_000})
    # GET, two blanks and HTTP/1.1 belong to the 8,190 bytes of the line.
    assert [answers[length][0] for length in LENGTHS] == [200, 200, 414, 414, 414]
    assert headed[0] == 431
    for _, headers, body in (answers[8_178], answers[60_000], headed):
        assert b"<h1>This address is too long</h1>" in body
        assert re.search(rb'<link rel="stylesheet" href="/static/css/site\.[0-9a-f]+\.css"', body)
        assert {name: headers[name] for name in HEADERS} == HEADERS
        assert (headers["Cache-Control"], headers["Connection"]) == ("no-store", "close")
    assert "A request was too long to be read" in log.read_text()
    assert "aaaa" not in log.read_text()


LENGTHS = (4_200, 8_177, 8_178, 20_000, 60_000)


@pytest.mark.parametrize(
    ("error", "status"),
    [(LimitRequestLine(9_000, 8_190), b"414"), (LimitRequestHeaders("too large"), b"431")],
)
def test_the_worker_answers_what_is_too_long_with_a_way_back(error, status):
    worker = object.__new__(Worker)
    worker.log = logging.getLogger("gunicorn.error")
    ours, visitors = socket.socketpair()
    with ours, visitors:
        worker.handle_error(None, ours, ("192.0.2.77", 1), error)
        ours.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: visitors.recv(10_000), b""))
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert b'Start again from the <a href="/">leaderboard</a>' in answer


@contextmanager
def in_front(app, folder, static, **started):
    """The https port of nginx, started with the example."""
    nginx, port = program("nginx"), free_port()
    config = nginx_file(folder, app=app, https_port=port, static=static)
    command = [nginx, "-e", folder / "log", "-c", config, "-g", "daemon off;"]
    process = subprocess.Popen(command, **started)
    try:
        wait_for(lambda: is_open(port))
        yield port
    finally:
        process.terminate()
        process.wait(30)


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def visit(port, path, server_name="leaderboard.example.org", method="GET", body=None, **headers):
    """(status, headers, body) as a browser asks."""
    anybody = ssl._create_unverified_context()
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
        anybody.wrap_socket(plain, server_hostname=server_name) as secure,
    ):
        connection = http.client.HTTPConnection(server_name)
        connection.sock = secure
        connection.request(method, path, body, headers={"Host": server_name} | headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()


@pytest.mark.slow
def test_behind_nginx_pages_outlive_a_stopped_site_and_the_admin_does_not(data_dir, tmp_path):
    with (
        served(data_dir) as (app, process, _),
        in_front(app, tmp_path, f"{data_dir}/static/") as port,
    ):
        forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
        page = visit(port, "/leaderboard/anesbench/", **forged)
        style = re.search(rb'href="(/static/css/site\.[^"]+)"', page[2])[1].decode()
        static, login = visit(port, style), visit(port, "/admin/login/")
        with pytest.raises(ssl.SSLError):
            visit(port, "/", server_name="evil.example")
        spoken = {
            option: spoken_with(port, option)
            for option in ("-tls1", "-tls1_1", "-tls1_2", "-tls1_3")
        }
        process.terminate()
        process.wait(30)
        kept, gone = visit(port, "/leaderboard/anesbench/"), visit(port, "/admin/login/")
    assert [each[0] for each in (page, static, login, kept, gone)] == [200, 200, 200, 200, 502]
    assert kept[2] == page[2]
    assert b"evil.example" not in page[2]
    assert static[1]["Cache-Control"] == "public, max-age=31536000, immutable"
    assert {name: page[1].get_all(name) for name in HEADERS} == {
        name: [value] for name, value in HEADERS.items()
    }
    for name in ("Cross-Origin-Resource-Policy", "X-Content-Type-Options"):
        assert static[1].get_all(name) == [HEADERS[name]]
    assert page[1]["Strict-Transport-Security"] == "max-age=3600"

    assert (spoken["-tls1"], spoken["-tls1_1"], spoken["-tls1_3"][:4]) == (None, None, "TLS_")
    assert re.fullmatch(r"ECDHE-RSA-.*(GCM|POLY1305).*", spoken["-tls1_2"])


def spoken_with(port, option):
    """The cipher that is agreed on when a browser speaks this version of TLS only."""
    command = [program("openssl"), "s_client", "-connect", f"127.0.0.1:{port}", option]
    names = ["-servername", "leaderboard.example.org", "-cipher", "ALL:@SECLEVEL=0"]
    said = subprocess.run([*command, *names], capture_output=True, text=True, input="").stdout
    found = re.search(r"Cipher is (\S+)", said)
    return found[1] if found and found[1] != "(NONE)" else None


def test_handbook_unit_and_nginx_name_the_same_places():
    handbook, unit, nginx = (
        (settings.BASE_DIR / name).read_text()
        for name in ("config/README.md", "config/leaderboard.service", "config/nginx.conf")
    )
    for place, files in {
        "/var/lib/leaderboard": (handbook, unit, nginx),
        "/srv/leaderboard": (handbook, unit),
        "/etc/leaderboard.env": (handbook, unit),
        "/etc/nginx/nginx.conf": (handbook, nginx),
        "TRUSTED_PROXIES=127.0.0.1": (handbook, nginx),
    }.items():
        assert [place in text for text in files] == [True] * len(files), place


def test_the_security_page_has_the_limits_of_nginx():
    text = " ".join((settings.BASE_DIR / "SECURITY.md").read_text().split())
    nginx = (CONFIG / "nginx.conf").read_text()
    sizes = [int(size) for size in re.findall(r"client_max_body_size (\d+)m", nginx)]
    longest = int(re.search(r"~\^\.\{(\d+)\}", nginx)[1])
    found = re.findall(r"(client_header|client_body|keepalive)_timeout (\d+)s;", nginx)
    waits = {seconds for _, seconds in found}
    assert len(found) == 3
    assert sizes == [1, 60, 60, 3]
    assert f"nginx takes addresses of less than {longest:,} bytes, 1 MB from visitors" in text
    assert "3 MB from a form" in text
    assert "and 60 MB from an import" in text
    assert f"who sends nothing for {waits.pop()} s" in text
    assert not waits
