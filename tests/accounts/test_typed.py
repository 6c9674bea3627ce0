"""What was typed when a session had ended waits for the login and is saved after it."""

import json
import re
from html import unescape
from urllib.parse import quote

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from leaderboard.models import Organization
from tests.accounts.logging_in import LOGIN, PAGE, PASSWORD, log_in, set_up

ADD = "/admin/leaderboard/organization/add/"
TYPED = {"name": "Ärzte & <b>Söhne</b>", "slug": "aerzte", "homepage": "", "_save": "Save"}


def hidden_boxes(response):
    page = response.content.decode()
    boxes = re.findall(r'<input type="hidden"[^>]* name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in boxes if name != "csrfmiddlewaretoken"}


def send_after_login(client, page, **more):
    """Log in by the form of the page and send again what it kept; the answer to that."""
    typed = hidden_boxes(page)
    login = {"username": "admin", "password": PASSWORD, **typed}
    back = client.post(LOGIN, login)
    assert back["Location"] == typed["next"]
    again = client.get(back["Location"])
    return client.post(typed["next"], hidden_boxes(again))


@pytest.mark.django_db
def test_a_form_sent_after_the_session_ended_is_saved_after_the_login(client, admin):
    page = client.post(ADD, TYPED)
    assert (page.status_code, Organization.objects.count()) == (403, 0)
    assert "what you typed is kept" in page.content.decode()

    wrong = client.post(LOGIN, {"username": "admin", "password": "no", **hidden_boxes(page)})
    assert hidden_boxes(wrong)["typed"] == hidden_boxes(page)["typed"]
    saved = send_after_login(client, wrong)

    assert saved.status_code == 302
    assert Organization.objects.get().name == TYPED["name"]
    assert "typed" not in client.session
    assert client.get(ADD).context["adminform"] is not None  # an empty form again


def test_the_second_factor_comes_between(client, admin):
    client.force_login(admin)
    codes = set_up(client, admin)
    client.logout()
    typed = hidden_boxes(client.post(ADD, TYPED))
    client.post(LOGIN, {"username": "admin", "password": PASSWORD, **typed})
    asked = client.get(ADD)
    assert asked["Location"] == f"{PAGE}?next={quote(ADD, safe='')}"
    back = client.post(asked["Location"], {"code": codes[0]})
    assert back["Location"] == ADD
    assert hidden_boxes(client.get(ADD)) == TYPED


def test_a_form_sent_when_a_second_factor_became_due_waits_for_it(client, admin):
    client.force_login(admin)
    codes = set_up(client, admin)
    session = client.session
    del session["otp_device_id"]
    session.save()
    asked = client.post(ADD, TYPED)
    assert asked["Location"] == f"{PAGE}?next={quote(ADD, safe='')}"
    client.post(asked["Location"], {"code": codes[0]})
    assert hidden_boxes(client.get(ADD)) == TYPED


def test_repeated_names_are_kept_in_their_order(client, admin):
    page = client.post(
        "/admin/leaderboard/llm/?q=1", {"_selected_action": ["3", "1"], "action": "x"}
    )
    client.post(LOGIN, {"username": "admin", "password": PASSWORD, **hidden_boxes(page)})
    again = client.get("/admin/leaderboard/llm/?q=1").content.decode()
    assert re.findall(r'name="_selected_action" value="(\d)"', again) == ["3", "1"]


def test_passwords_and_files_are_not_kept(client, admin):
    login = f"{LOGIN}?next="
    for address, posted in [
        ("/admin/auth/user/add/", {"username": "x", "password1": "secret", "password2": "secret"}),
        ("/admin/leaderboard/import/add/", {"file": SimpleUploadedFile("a.csv", b"x")}),
    ]:
        answer = client.post(address, posted)
        assert (answer.status_code, answer["Location"]) == (302, login + address)


@pytest.mark.parametrize(
    "typed",
    ["", "{", "[]", '"x"', "{}", json.dumps({"path": "/admin/", "names": []}),
     json.dumps({"path": "/admin/", "names": {"a": 1}}),
     json.dumps({"path": "/leaderboard/", "names": {"a": ["1"]}}),
     json.dumps({"path": "https://elsewhere/admin/", "names": {"a": ["1"]}})],
)  # fmt: skip
def test_what_is_not_ours_is_not_kept(typed, client, admin):
    answer = client.post(LOGIN, {"username": "admin", "password": PASSWORD, "typed": typed})
    assert answer.status_code == 302
    assert "typed" not in client.session


def test_logging_out_forgets_it(client, admin):
    typed = hidden_boxes(client.post(ADD, TYPED))
    client.post(LOGIN, {"username": "admin", "password": PASSWORD, **typed})
    client.post("/admin/logout/")
    assert Session.objects.count() == 0
    log_in(client)
    assert hidden_boxes(client.get(ADD)).keys().isdisjoint({"typed"})


def test_a_login_form_asks_for_a_token(admin):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(ADD, TYPED).status_code == 403
    assert "what you typed is kept" not in strict.post(ADD, TYPED).content.decode()
