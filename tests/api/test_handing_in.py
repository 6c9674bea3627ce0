"""Results that programs hand in: what is stored, what waits, and what is refused."""

import json
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandParser
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from leaderboard.api import access, handing_in
from leaderboard.api.options import ImportOptions
from leaderboard.imports import storing
from leaderboard.imports.choices import Choices
from leaderboard.imports.comparing import make_preview
from leaderboard.imports.pending import reading_from_json
from leaderboard.imports.storing import confirm
from leaderboard.imports.writing import ImportRefused
from leaderboard.management.commands.import_results import Command
from leaderboard.models import LLM, APIToken, Column, Import, Leaderboard, Score, locks
from leaderboard.readers.registry import ReadFile
from tests.api.conftest import IMPORTS
from tests.factories import make_leaderboard, make_llm, make_metric, make_score

# Of the command alone: where it reads, and what it only shows.
OF_THE_COMMAND = {"paths", "questions", "dry_run", "json", "help", "to"}


@pytest.fixture
def metric(db):
    score = make_score(make_llm("Alpha"), make_metric("Accuracy"), "0.50")
    make_llm("Beta")
    make_leaderboard([score.metric])
    return score.metric


def table(value="0.75", llm="Alpha", metric="Accuracy"):
    return f"llm,{metric}\n{llm},{value}\n"


def stored():
    return {str(value) for value in Score.objects.values_list("value", flat=True)}


def test_the_options_are_those_of_the_command():
    parser = CommandParser()
    Command().add_arguments(parser)
    said = {action.dest for action in parser._actions} - OF_THE_COMMAND
    assert said == set(ImportOptions.model_fields)


def test_what_is_proposed_waits_for_a_maintainer(client, issue, hand_in, metric):
    headers = issue()
    response = hand_in(headers, table())
    answer = response.json()
    assert (response.status_code, answer["state"]) == (201, "pending")
    assert answer["preview"]["summary"] == "1 change: 1 changed"
    assert answer["waits_because"] == ["The token proposes: a maintainer confirms it."]
    assert response["Location"] == answer["address"]
    assert response["Cache-Control"] == "private, no-store"
    assert Score.objects.get().value < metric.maximum * 6 / 10  # nothing is stored

    again = client.get(answer["address"], headers=headers).json()
    assert (again["state"], again["preview"]["changes"]) == ("pending", 1)
    imported = Import.objects.get()
    assert answer["confirm_at"].endswith(imported.get_absolute_url())
    assert imported.token.last_used_at


def test_what_needs_no_decision_is_published_at_once(issue, hand_in, metric):
    answer = hand_in(issue("publish"), table(), reason="Nightly run").json()
    assert (answer["state"], answer["changes"], answer["waits_because"]) == ("done", 1, [])
    score = Score.objects.get()
    assert float(score.value) == 0.75
    assert score.history.first().history_change_reason == "Nightly run"
    assert score.history.first().history_user.username == "chief"


@pytest.mark.parametrize(
    "content",
    [
        "llm,Accuracy\nAlpha,0.7\nBeta,many\n",
        table(llm="Omega"),
        table(metric="Recall"),
        "llm,Accuracy\nAlpha,0.7\nGamma,0.2\n",
    ],
)
def test_what_needs_a_look_waits_though_the_token_publishes(issue, hand_in, metric, content):
    answer = hand_in(issue("publish"), content).json()
    assert answer["state"] == "pending", answer
    assert answer["waits_because"]
    assert Score.objects.count() == 1


def test_the_same_file_is_the_same_import(issue, hand_in, metric):
    headers = issue()
    first, second = hand_in(headers, table()), hand_in(headers, table())
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert hand_in(headers, table("0.76")).status_code == 201
    assert Import.objects.count() == 2


def test_a_key_stands_for_one_request(issue, hand_in, metric):
    headers = issue() | {"Idempotency-Key": "run-17"}
    first = hand_in(headers, table())
    assert hand_in(headers, table()).json()["id"] == first.json()["id"]
    other = hand_in(headers, table("0.76"))
    assert other.status_code == 422
    assert "Send a new key" in other.json()["detail"]


def test_what_changes_nothing_is_not_kept(issue, hand_in, metric):
    response = hand_in(issue(), table("0.50"))
    assert response.status_code == 200
    assert response.json() | {"preview": None} == {
        "id": None, "state": "unchanged", "address": None, "confirm_at": None,
        "waits_because": [], "refusal": None, "changes": 0, "preview": None,
    }  # fmt: skip
    assert not Import.objects.exists()


def test_a_token_of_a_leaderboard_changes_nothing_else(issue, hand_in, metric):
    other = make_metric("Recall", benchmark=metric.benchmark)
    make_score(LLM.objects.get(name="Alpha"), other, "0.10")
    board = metric.columns.get().leaderboard
    headers = issue("publish", leaderboard=board)
    refused = hand_in(headers, table(metric="Recall"))
    assert refused.status_code == 403
    assert "Recall" in refused.json()["detail"]
    assert not Import.objects.exists()
    assert hand_in(headers, table()).json()["state"] == "done"


def no_token(issue):
    return {}


def wrong(issue):
    return {"Authorization": "Bearer lbt_" + "x" * 43}


def expired(issue):
    headers = issue()
    APIToken.objects.update(expires_at=timezone.now())
    return headers


def revoked(issue):
    headers = issue()
    APIToken.objects.get().revoke(User.objects.get())
    return headers


def of_a_closed_account(issue):
    headers = issue()
    User.objects.update(is_active=False)
    return headers


@pytest.mark.parametrize("show", [no_token, wrong, expired, revoked, of_a_closed_account])
def test_without_a_live_token_nothing_is_read(issue, hand_in, metric, show):
    response = hand_in(show(issue), table())
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert "a maintainer makes tokens" in response.json()["detail"]
    assert not Import.objects.exists()


def remove_column(board):
    board.columns.get(metric__key="Recall").delete()
    return "these metrics are not its columns: Recall."


def delete_leaderboard(board):
    Leaderboard.objects.get().delete()
    return handing_in.ENDED


def revoke(board):
    APIToken.objects.get().revoke(None)
    return handing_in.ENDED


def expire(board):
    APIToken.objects.update(expires_at=timezone.now())
    return handing_in.ENDED


def close_account(board):
    User.objects.update(is_active=False)
    return handing_in.ENDED


def delete_account(board):
    User.objects.all().delete()
    return handing_in.ENDED


def take_rights(board):
    User.objects.update(is_superuser=False)
    return "may not import results any more."


CHANGES = [
    remove_column, delete_leaderboard, revoke, expire, close_account, delete_account, take_rights
]  # fmt: skip


@pytest.fixture
def meanwhile(issue, hand_in, metric, monkeypatch):
    """Hands in a score of a leaderboard's column; somebody does something before a step of it.
    Returns the answer and the sentence that it should hold."""

    def post(step, change):
        board = metric.columns.get().leaderboard
        other = make_metric("Recall", benchmark=metric.benchmark)
        Column.objects.create(leaderboard=board, metric=other, position=1)
        original, said = getattr(handing_in, step), []

        def changed(*args, **options):
            said.append(change(board))
            return original(*args, **options)

        headers = issue("publish", leaderboard=board)
        monkeypatch.setattr(handing_in, step, changed)
        return hand_in(headers, table(metric="Recall")), said[0]

    return post


@pytest.mark.parametrize("change", CHANGES)
def test_a_token_that_ends_while_its_file_is_read_stores_nothing(meanwhile, change):
    response, sentence = meanwhile("check_source", change)
    assert (response.status_code, sentence in response.json()["detail"]) == (403, True)
    assert not Import.objects.exists()


def may_not_confirm(board):
    User.objects.update(is_superuser=False)
    User.objects.get().user_permissions.add(Permission.objects.get(codename="add_import"))
    return "The account that made the token may not confirm imports."


@pytest.mark.parametrize("change", [*CHANGES, may_not_confirm])
def test_what_a_token_may_publish_is_judged_as_it_is_stored(meanwhile, change):
    response, sentence = meanwhile("confirm", change)
    answer = response.json()
    assert (response.status_code, answer["state"]) == (201, "pending"), answer
    assert not answer["preview"]["is_stored"]
    assert len(answer["waits_because"]) == 1
    assert sentence in answer["waits_because"][0]
    assert Import.objects.get().state == "pending"
    assert Score.objects.count() == 1


def confirm_it(board):
    """Another window, which is quicker."""
    imported = Import.objects.get()
    reading = reading_from_json(imported.reading)
    file = ReadFile(imported.file_name, imported.file_sha256, imported.format, reading)
    choices = Choices(**imported.choices)
    confirm(file, choices, make_preview(reading, choices).digest, pending=imported)


def test_what_a_maintainer_confirmed_at_that_moment_is_told_as_done(meanwhile):
    answer = meanwhile("confirm", confirm_it)[0].json()
    assert (answer["state"], answer["changes"], answer["waits_because"]) == ("done", 1, [])
    assert answer["preview"]["is_stored"]


def test_what_a_maintainer_put_away_at_that_moment_is_refused(issue, hand_in, metric, monkeypatch):
    def refuse(*args, pending, **options):
        Import.objects.filter(pk=pending.pk).delete()
        raise ImportRefused("It was put away.")

    monkeypatch.setattr(handing_in, "confirm", refuse)
    response = hand_in(issue("publish"), table())
    assert (response.status_code, response.json()["detail"]) == (422, "It was put away.")


class Deadlock(Exception):
    sqlstate = "40P01"


def test_what_waits_after_a_second_try_is_not_told_as_done(
    transactional_db, issue, hand_in, metric, monkeypatch
):
    """After a deadlock it is tried again, and the content may have changed in between."""
    tries = []

    def fail(*args):
        tries.append(args)
        raise OperationalError("deadlock detected") from Deadlock()

    def edit(error):
        score = Score.objects.get()
        score.value = Decimal("0.7")
        score.save()
        return True

    monkeypatch.setattr(storing, "publish_if_visible", fail)
    monkeypatch.setattr(locks, "is_worth_another_try", edit)
    answer = hand_in(issue("publish"), table()).json()
    assert (len(tries), answer["state"], answer["preview"]["is_stored"]) == (1, "pending", False)
    assert "the content has changed since the preview" in answer["waits_because"][0]
    assert (Import.objects.get().state, answer["changes"]) == ("pending", 0)


def test_the_same_request_of_a_moment_earlier_is_the_import(issue, hand_in, metric, monkeypatch):
    headers = issue()
    first = hand_in(headers, table()).json()
    known, asked = handing_in.find_known, []

    def find_late(*args):
        asked.append(args)
        return known(*args) if len(asked) > 1 else None

    monkeypatch.setattr(handing_in, "find_known", find_late)
    response = hand_in(headers, table())
    assert (response.status_code, response.json()["id"]) == (200, first["id"])


def test_a_row_that_cannot_be_stored_is_not_told_as_unchanged(issue, hand_in, metric, monkeypatch):
    """As when the account is deleted between the look at it and the row that names it."""
    known, asked = handing_in.find_known, []

    def find(*args):
        if asked:
            APIToken.objects.get().revoke(None)
        asked.append(args)
        return known(*args)

    def fail(*args, **options):
        raise IntegrityError

    monkeypatch.setattr(handing_in, "find_known", find)
    monkeypatch.setattr(handing_in, "store_waiting", fail)
    response = hand_in(issue(), table())
    assert (response.status_code, response.json()["detail"]) == (403, handing_in.ENDED)


def test_an_import_of_another_token_is_not_shown(client, issue, hand_in, metric):
    answer = hand_in(issue(), table()).json()
    assert client.get(answer["address"], headers=issue()).status_code == 404
    assert client.get(answer["address"]).status_code == 401


def test_an_account_that_may_not_confirm_does_not_publish(issue, hand_in, metric):
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="add_import"))
    answer = hand_in(issue("publish", user=clerk), table()).json()
    assert answer["state"] == "pending"
    assert "may not confirm" in answer["waits_because"][0]
    clerk.user_permissions.clear()
    assert hand_in(issue(user=clerk), table("0.9")).status_code == 403


@pytest.mark.parametrize(
    ("name", "content", "options", "sentence"),
    [
        ("a.json", "{}", {}, "Nothing"),
        ("a.csv", "llm,Accuracy\n", {}, "no"),
        ("a.csv", table(), {"column": "x"}, "HEADER=ROLE"),
        ("a.csv", table(), {"facts": "some"}, "facts"),
        ("a.csv", table(), {"source_url": "no address"}, "URL"),
        ("a.csv", table(), {"reason": "from /home/me/x"}, "names a place"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(
    issue, hand_in, metric, name, content, options, sentence
):
    response = hand_in(issue(), content, name, **options)
    assert response.status_code == 422
    assert sentence.lower() in response.json()["detail"].lower()
    assert not Import.objects.exists()


def test_nobody_may_ask_for_ever(client, issue, hand_in, metric, monkeypatch):
    monkeypatch.setattr(access, "MOST_REQUESTS", 2)
    monkeypatch.setattr(access, "MOST_UNKNOWN", 2)
    headers = issue()
    for asked in (headers, {}):
        codes = [client.get(f"{IMPORTS}/1", headers=asked).status_code for _ in range(3)]
        assert codes[2] == 429, codes
    response = client.get(f"{IMPORTS}/1", headers=headers)
    assert response["Retry-After"] == "60"
    assert "Wait a minute" in response.json()["detail"]


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client, issue):
    response = client.post(
        IMPORTS, b"", content_type="text/csv", headers=issue(), CONTENT_LENGTH=str(61 * 2**20)
    )
    assert response.status_code == 413
    assert "50 MB" in response.json()["detail"]


def test_tokens_are_stored_as_hashes(issue):
    token = issue()["Authorization"].removeprefix("Bearer ")
    row = APIToken.objects.get()
    assert token not in json.dumps([str(value) for value in vars(row).values()])
    assert token.startswith(row.start)
