"""Tokens in the admin: shown once, ended at once, and told of in no log."""

import re
from io import StringIO

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leaderboard.models import APIToken, Leaderboard
from leaderboard.models.locks import before_release
from tests.admin.test_deleted import delete, restore
from tests.factories import make_leaderboard, make_metric

ADD = reverse("admin:leaderboard_apitoken_add")
LIST = reverse("admin:leaderboard_apitoken_changelist")


@pytest.fixture
def maintainer(client, chief):
    client.force_login(chief)
    return client


def make(maintainer, **fields):
    said = {"name": "nightly", "scope": "publish", "days": 30} | fields
    return maintainer.post(ADD, said)


def test_a_token_is_shown_on_one_page_and_opens_the_api(maintainer, hand_in):
    response = make(maintainer)
    (token,) = re.findall(r'value="(lbt_[\w-]{43})"', response.content.decode())
    assert "no-store" in response["Cache-Control"]
    row = APIToken.objects.read(token)
    assert (row.scope, (row.expires_at - row.created_at).days) == ("publish", 30)
    shown = maintainer.get(LIST).content.decode()
    assert row.start in shown
    assert token not in shown
    history = maintainer.get(f"/admin/leaderboard/apitoken/{row.pk}/history/", follow=True)
    assert token not in history.content.decode()
    assert hand_in({"Authorization": f"Bearer {token}"}, "llm\n").status_code == 422


def test_a_token_is_revoked_from_the_list(maintainer, issue, chief):
    headers = issue()
    row = APIToken.objects.get()
    action = {"action": "revoke_selected", "_selected_action": [row.pk]}
    assert "Revoked: 1." in maintainer.post(LIST, action, follow=True).content.decode()
    row.refresh_from_db()
    assert (row.is_live, row.revoked_by) == (False, chief)
    assert maintainer.get("/api/v1/imports/1", headers=headers).status_code == 401


def test_what_is_revoked_already_is_neither_counted_nor_logged_again(client, issue, chief):
    for _ in range(2):
        issue()
    first, second = APIToken.objects.all()
    first.revoke(chief)
    client.force_login(User.objects.create_superuser("other"))

    def revoke_both():
        action = {"action": "revoke_selected", "_selected_action": [first.pk, second.pk]}
        page = client.post(LIST, action, follow=True)
        return [str(message) for message in page.context["messages"]]

    assert [revoke_both(), revoke_both()] == [["Revoked: 1."], ["Nothing was left to revoke."]]
    assert list(LogEntry.objects.values_list("object_id", flat=True)) == [str(second.pk)]
    assert [str(row.revoked_by) for row in APIToken.objects.all()] == ["chief", "other"]


def listed(client):
    """{name of a token: (what it is for, its state)} of the list; its rows take one query."""
    with CaptureQueriesContext(connection) as asked:
        page = client.get(LIST)
        shown = site.get_model_admin(APIToken)
        cells = {
            row.name: (shown.only_on(row) and str(shown.only_on(row)), shown.state(row))
            for row in page.context["cl"].result_list
        }
    about = [each["sql"] for each in asked if re.search("apitoken|_leaderboard", each["sql"])]
    assert len(about) == 3, about  # with two counts for the pages
    return cells


def test_a_token_ends_with_its_leaderboard_and_stays_in_the_list(maintainer, chief):
    board = make_leaderboard([make_metric()])
    APIToken(name="revoked", leaderboard=board).issue(chief)
    APIToken.objects.get().revoke(chief)
    before = APIToken.objects.get()
    for name, fields in (("bound", {"leaderboard": board}), ("free", {})):
        APIToken(name=name, **fields).issue(chief)

    delete(maintainer, board)

    assert not Leaderboard.objects.exists()
    assert APIToken.objects.get(name="revoked").revoked_at == before.revoked_at
    assert listed(maintainer) == {
        "free": (None, "open"),
        "bound": ("Board (deleted)", "revoked"),
        "revoked": ("Board (deleted)", "revoked"),
    }
    assert "Board (deleted)" in maintainer.get(LIST).content.decode()
    call_command(
        "dumpdata", "leaderboard.apitoken", use_natural_foreign_keys=True, stdout=StringIO()
    )

    restore(maintainer)

    assert listed(maintainer) == {
        "free": (None, "open"), "bound": ("Board", "revoked"), "revoked": ("Board", "revoked")
    }  # fmt: skip
    assert APIToken.objects.get(name="bound").leaderboard == Leaderboard.objects.get()


def test_a_token_is_made_within_the_content_lock(maintainer, monkeypatch):
    """Else its leaderboard could be deleted between the form's look at it and the new row."""
    board, held = make_leaderboard([make_metric()]), []
    issue = APIToken.issue

    def note(token, *args):
        before_release(held.append, [str(token)])  # works within the lock alone
        return issue(token, *args)

    monkeypatch.setattr(APIToken, "issue", note)
    assert make(maintainer, leaderboard=board.pk).status_code == 200
    assert held == [{"nightly"}]
    gone = board.pk
    board.delete()
    refused = make(maintainer, leaderboard=gone)
    assert "leaderboard" in refused.context["adminform"].errors


@pytest.mark.parametrize("days", ["0", "367", "x"])
def test_a_token_ends(maintainer, days):
    response = make(maintainer, days=days)
    assert response.status_code == 200
    assert not APIToken.objects.exists()
    assert response.context["errors"]


def test_a_log_line_does_not_hold_the_token(client, issue, caplog):
    headers = issue()
    caplog.set_level("INFO")
    client.get("/api/v1/imports/1", headers=headers)
    assert headers["Authorization"].split()[1] not in caplog.text
