"""Tokens in the admin: shown once, ended at once, and told of in no log."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.urls import reverse

from leaderboard.models import APIToken

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
