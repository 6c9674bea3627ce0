"""A pipeline as the README writes it: files handed in at a running site, and confirmed there."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.conf import settings
from django.core.management import CommandError

from leaderboard.models import Import, Score
from tests.factories import make_leaderboard, make_llm, make_metric
from tests.imports.command import run

pytestmark = pytest.mark.django_db(transaction=True)
README = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")
LM_EVAL = {
    "results": {"sciq": {"acc,none": 0.5, "acc_stderr,none": 0.1, "alias": "sciq"}},
    "n-samples": {"sciq": {"original": 100, "effective": 100}},
    "config": {"model": "hf", "model_args": "pretrained=org/alpha"},
    "configs": {"sciq": {"task": "sciq", "metric_list": [{"metric": "acc"}]}},
    "model_name": "org/alpha",
}


@pytest.fixture
def content(transactional_db):
    make_llm("alpha", huggingface_id="org/alpha")
    metric = make_metric("sciq-acc", name="sciq")
    make_leaderboard([metric])
    return metric


@pytest.fixture
def pipeline(issue, monkeypatch, live_server):
    """Options with which the command posts, with a token in the environment."""

    def use(scope):
        token = issue(scope)["Authorization"].removeprefix("Bearer ")
        monkeypatch.setenv("LEADERBOARD_TOKEN", token)
        return "--to", live_server.url

    return use


def test_a_file_of_lm_eval_is_posted_confirmed_and_shown(
    content, pipeline, tmp_path, client, chief
):
    path = tmp_path / "results_2026.json"
    path.write_text(json.dumps(LM_EVAL))
    (line,) = run(path, *pipeline("propose"), "--accept-suggestions", "--create-metrics")
    assert line.startswith("It waits at http://localhost"), line
    imported = Import.objects.get()
    client.force_login(chief)
    page = client.get(imported.get_absolute_url())
    assert "Handed in by a program with the token “nightly”" in page.content.decode()
    digest = page.context["preview"].digest
    url = imported.get_absolute_url()
    done = client.post(url, {"do": "confirm", "digest": digest}, follow=True)
    assert not [str(each) for each in done.context["messages"] if each.level_tag == "error"]
    assert [float(value) for value in Score.objects.values_list("value", flat=True)] == [0.5]


def test_a_maintainer_refuses_with_a_reason_that_the_program_is_told(
    content, pipeline, tmp_path, client, chief
):
    path = tmp_path / "scores.csv"
    path.write_text("llm,sciq\nalpha,0.75\n")
    options = pipeline("propose")
    run(path, *options)
    imported = Import.objects.get()
    client.force_login(chief)
    client.post(imported.get_absolute_url(), {"do": "refuse", "refusal": ""})
    imported.refresh_from_db()
    assert imported.state == Import.State.PENDING
    client.post(imported.get_absolute_url(), {"do": "refuse", "refusal": "Wrong split"})
    assert run(path, *options) == ["It was refused: Wrong split"]
    assert "Wrong split" in client.get(imported.get_absolute_url()).content.decode()
    assert not Score.objects.exists()


def test_what_is_wrong_is_told_in_a_sentence(content, pipeline, tmp_path, monkeypatch):
    path = tmp_path / "scores.csv"
    path.write_text("llm,sciq\n")
    options = pipeline("publish")
    with pytest.raises(CommandError, match="answers 422: "):
        run(path, *options)
    with pytest.raises(CommandError, match="made there"):
        run(path, *options, "--dry-run")
    with pytest.raises(CommandError, match="https"):
        run(path, "--to", "http://example.org")
    with pytest.raises(CommandError, match="does not answer"):
        run(path, "--to", "http://127.0.0.1:9")
    monkeypatch.setenv("LEADERBOARD_TOKEN", "lbt_wrong")
    with pytest.raises(CommandError, match="answers 401: The token is missing, mistyped"):
        run(path, *options)
    monkeypatch.delenv("LEADERBOARD_TOKEN")
    with pytest.raises(CommandError, match="set LEADERBOARD_TOKEN"):
        run(path, *options)


def test_what_is_published_at_once_is_told_too(content, pipeline, tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("llm,sciq\nalpha,0.75\n")
    options = pipeline("publish")
    assert run(path, *options)[0].startswith("Stored (1); see http")
    again = tmp_path / "again.csv"
    again.write_text("llm,sciq\nalpha,0.75\n\n")
    assert run(again, *options) == ["The site has all of it already; nothing was kept."]


@contextmanager
def answering(status, **headers):
    """(address, what it was asked) of a site that gives every request the same answer."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self):
            asked.append((self.command, self.path, self.headers["Authorization"]))
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b'{"state": "unchanged"}')

        do_GET = do_POST = handle_one  # noqa: N815 (named by the library)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_token_goes_to_no_site_that_another_leads_to(tmp_path, monkeypatch, status):
    path = tmp_path / "scores.csv"
    path.write_text("llm,sciq\nalpha,0.75\n")
    monkeypatch.setenv("LEADERBOARD_TOKEN", "lbt_of_the_first_site")
    with (
        answering(200) as (elsewhere, asked),
        answering(status, Location=f"{elsewhere}/api/v1/imports") as (site, _),
        pytest.raises(CommandError) as refusal,
    ):
        run(path, "--to", site)
    assert (str(refusal.value), asked) == (
        f"Nothing was imported. The site {site} answers {status}: It leads to {elsewhere}/. If "
        "that is the site you mean, give its address to --to.",
        [],
    )
