import os
import re
import resource
import socket
import stat
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from leaderboard.management.commands import quickstart
from leaderboard.operations.private_files import only_one_process
from tests.sites import MANAGE, environment, environment_of_full_disk, manage


@dataclass(frozen=True)
class Site:
    """What quickstart has made and serves."""

    data_dir: Path
    port: int
    output: str

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self):
        return re.search(r"^password: (.*)$", self.output, re.MULTILINE)[1]


def read(request, opener=None):
    """Where the answer came from in the end, and its text."""
    opener = opener or urllib.request.build_opener()
    with opener.open(request, timeout=30) as answer:
        return answer.url, answer.read().decode()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_served(process, port, log):
    for _ in range(1800):
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    pytest.fail(f"Nothing is served after three minutes. {log.read_text()}")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("quickstart"), free_port()
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, MANAGE, "quickstart", "--port", str(port)],
            env=environment(folder / "data"),
            cwd=folder,
            stdout=output,
            stderr=output,
        )
    try:
        wait_until_served(process, port, log)
        yield Site(folder / "data", port, log.read_text())
    finally:
        process.terminate()
        process.wait(timeout=30)


def set_score(site, llm, metric, value):
    """As the admin does it, in a process of its own."""
    lines = (
        "from leaderboard.models import Score",
        f"score = Score.objects.get(llm__slug={llm!r}, metric__key={metric!r})",
        f"score.value = {value!r}",
        "score.save()",
    )
    saved = manage(site.data_dir, "shell", "--command", "\n".join(lines))
    assert (saved.returncode, saved.stderr) == (0, "")


def shown(site, llm, metric):
    """A cell of the page, asked for on a connection of its own."""
    _, page = read(f"{site.address}/leaderboard/")
    columns = re.findall(r'data-column="([^"]+)"', page)
    row = re.search(rf'<tr id="{llm}"[^>]*>(.*?)</tr>', page, re.DOTALL)[1]
    cells = re.findall(r"<td[^>]*>([^<]*)<", row)
    return cells[columns.index(metric) - len(columns)]  # metric columns come last


def shown_by_all_workers(site, llm, metric):
    """Ten visitors at once, so that one worker cannot answer them all."""
    with ThreadPoolExecutor(10) as visitors:
        return set(visitors.map(lambda _: shown(site, llm, metric), range(10)))


def test_one_command_serves_the_51_llms_in_order_of_average(site):
    _, page = read(f"{site.address}/leaderboard/")

    rows = re.findall(r'<tr id="([^"]+)"', page)
    assert (len(rows), rows[:3]) == (51, ["deepseek-r1", "gpt-4o", "deepseek-v3"])


def test_quickstart_says_in_three_lines_what_it_did_and_the_password_once(site):
    assert site.output.replace(site.password, "…") == (
        "Ready: database and static files are up to date, the leaderboard anesbench is loaded. "
        f"Data in {site.data_dir} (another folder: set DATA_DIR).\n"
        f"Page:  {site.address}/leaderboard/ (Ctrl+C stops the site)\n"
        f"Admin: {site.address}/admin/ (user: admin)\n"
        "password: …\n"
    )
    assert len(site.password) >= 16


def test_nobody_else_can_read_the_data_folder(site):
    assert stat.S_IMODE(site.data_dir.stat().st_mode) == 0o700


def test_static_files_are_collected_in_the_data_folder_and_served(site):
    _, page = read(f"{site.address}/leaderboard/")
    address = re.search(r'"/static/(css/site\.[0-9a-f]{12}\.css)"', page)[1]

    _, served = read(f"{site.address}/static/{address}")

    assert served == (site.data_dir / "static" / address).read_text()


def test_the_printed_password_opens_the_admin(site):
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    log_in = f"{site.address}/admin/login/?next=/admin/"
    _, form = read(log_in, opener)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
    answers = {"csrfmiddlewaretoken": token, "username": "admin", "password": site.password}

    where, page = read(
        urllib.request.Request(log_in, urllib.parse.urlencode(answers).encode()), opener
    )

    assert where == f"{site.address}/admin/"
    assert 'action="/admin/logout/"' in page


def test_a_saved_score_is_on_the_page_at_the_next_request_of_any_worker(site):
    cell = (site, "gpt-4o", "anesbench-system1")
    before = shown_by_all_workers(*cell)  # also fills what might be cached
    set_score(*cell, "0.80")

    assert (before, shown_by_all_workers(*cell)) == ({"0.81"}, {"0.80"})


@pytest.mark.slow
def test_running_it_again_keeps_edits_and_tells_no_password(site):
    cell = (site, "deepseek-r1", "anesbench-system1")
    set_score(*cell, "0.86")

    again = manage(site.data_dir, "quickstart", "--no-serve")

    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout == (
        "Ready: database and static files are up to date. "
        f"Data in {site.data_dir} (another folder: set DATA_DIR).\n"
        "Page:  http://127.0.0.1:8000/leaderboard/ "
        "(run quickstart without --no-serve to start)\n"
        "Admin: http://127.0.0.1:8000/admin/ (users and passwords as before)\n"
    )
    assert shown_by_all_workers(*cell) == {"0.86"}


def test_a_taken_port_is_told_before_anything_is_prepared(site, tmp_path):
    refusal = manage(tmp_path / "data", "quickstart", "--port", str(site.port))

    assert (refusal.returncode, refusal.stdout, refusal.stderr) == (
        1,
        "",
        f"CommandError: The site cannot listen on 127.0.0.1:{site.port}: the port is taken. "
        "Choose another --port.\n",
    )
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret_key"]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])
def test_a_host_that_nobody_is_answered_under_needs_site_url_first(host, settings):
    settings.SITE_URL = ""
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

    with pytest.raises(CommandError) as refusal:
        call_command("quickstart", "--host", host)

    assert str(refusal.value) == (
        f"The site answers to localhost only, so it cannot listen on {host}: first set "
        "SITE_URL to the address that visitors will type, like SITE_URL=http://192.0.2.7:8000"
    )


@pytest.mark.parametrize("site", ["", "http://localhost:8000", "http://[::1]:8000"])
@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.3", "192.0.2.7", "::"])
def test_tracebacks_are_shown_on_this_machine_alone(host, site, settings):
    settings.DEBUG, settings.SITE_URL = True, site

    with pytest.raises(CommandError) as refusal:
        quickstart.check_host(host)

    assert str(refusal.value) == (
        f"DEBUG=true shows secrets to everybody who reaches {host}. Unset DEBUG, or leave "
        "--host out."
    )


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http"])
def test_a_port_is_a_number_from_1_to_65535(port):
    with pytest.raises(CommandError, match=f"{port} is not a port. Type one from 1 to 65535."):
        call_command("quickstart", f"--port={port}")


def test_windows_is_told_in_one_sentence(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        with pytest.raises(CommandError) as refusal:
            call_command("quickstart")

    assert str(refusal.value) == "Quickstart runs on Linux and macOS only. On Windows, use WSL."


def test_an_ipv6_host_is_written_in_brackets():
    assert [quickstart.bracket_host(host) for host in ("::1", "127.0.0.1", "localhost")] == [
        "[::1]",
        "127.0.0.1",
        "localhost",
    ]


@pytest.mark.django_db
def test_the_administrator_is_created_only_where_nobody_administers_the_site():
    User.objects.create_user("maintainer", password="a maintainer's password")
    first = quickstart.create_administrator()
    again = quickstart.create_administrator()
    User.objects.filter(username="admin").update(username="chief")
    renamed = quickstart.create_administrator()

    chief = User.objects.get(is_superuser=True)
    assert (again, renamed, chief.username) == ("", "", "chief")
    assert chief.check_password(first)


def small_files_only():
    """As on a nearly full disk: no file grows beyond 300 kB."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))


def test_a_full_disk_is_told_in_one_sentence(tmp_path):
    done = subprocess.run(
        [sys.executable, MANAGE, "quickstart", "--no-serve"],
        env=environment_of_full_disk(tmp_path / "data"),
        cwd=tmp_path,
        preexec_fn=small_files_only,
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        r"CommandError: The database cannot be used: (database or disk is full|disk I/O error)\. "
        "Check DATABASE_URL, or without it DATA_DIR and the room on its disk. Then run quickstart "
        "again: what is done stays.\n",
        done.stderr,
    )


@pytest.mark.slow
def test_two_at_once_make_one_site(tmp_path):
    both = [
        subprocess.Popen(
            [sys.executable, MANAGE, "quickstart", "--no-serve"],
            env=environment(tmp_path / "data"),
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]

    results = [process.communicate(timeout=300) for process in both]

    assert [(process.returncode, errors) for process, (_, errors) in
            zip(both, results, strict=True)] == [(0, "")] * 2  # fmt: skip
    assert sum("password: " in said for said, _ in results) == 1


def test_who_prepares_waits_for_another_who_does(tmp_path, settings, monkeypatch):
    settings.DATA_DIR = tmp_path
    order = []
    monkeypatch.setattr(quickstart, "make_site", lambda: order.append("prepared") or ([], ""))

    with ThreadPoolExecutor(1) as others:
        with only_one_process(tmp_path):
            waiting = others.submit(quickstart.prepare_site)
            time.sleep(0.2)
            order.append("let go")
        waiting.result(timeout=10)

    assert order == ["let go", "prepared"]
