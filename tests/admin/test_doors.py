"""Every address of the admin, posted to by every role: only the declared doors write.

A page that a package adds is asked with a form that its model's own page would take, so a second
way to save cannot hide behind a page that only shows something.
"""

import io
import re
from contextlib import contextmanager, nullcontext
from functools import partial
from http.cookies import SimpleCookie
from itertools import product

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import get_resolver, reverse

from leaderboard.models import LLM, Appearance, Metric
from tests.accounts.test_permissions import fill, walk
from tests.factories import make_drafts_of_each_kind, make_llm, make_release
from tests.page_reader import page_form

PASSWORD = "correct horse battery staple"
CONTENT = ("alias", "benchmark", "fact", "leaderboard", "llm", "metric", "organization", "score",
           "sitepage", "source")  # fmt: skip
OWN_ACCOUNT = {"login", "password_change", "second-factor"}
RELEASES = {"leaderboard_release_change", "freeze-release", "withdraw-release"}
BESIDE_FORMS = {"merge-llm", "share-draft", "leaderboard_apitoken_add"}
IMPORTS = {"leaderboard_import_add", "leaderboard_import_change", "guided-benchmark"}
EDITING = {
    f"leaderboard_{model}_{action}"
    for model in CONTENT
    for action in ("add", "change", "changelist", "delete")
} - {"leaderboard_score_delete", "leaderboard_score_changelist"}
EDITING |= {"leaderboard_appearance_change"}  # its row is there: there is no second one to add
ACCOUNTS = {
    "auth_group_add", "auth_group_change", "auth_group_changelist", "auth_group_delete",
    "auth_user_add", "auth_user_change", "auth_user_changelist", "auth_user_delete",
    "auth_user_password_change", "leaderboard_loginpolicy_change",
}  # fmt: skip
# Every door that writes when its form is posted. Nothing else may, whatever it is asked.
DOORS = {
    "anonymous": {"login"},
    "viewer": OWN_ACCOUNT,
    "maintainer": OWN_ACCOUNT | EDITING | BESIDE_FORMS | IMPORTS | RELEASES,
    "administrator": OWN_ACCOUNT | EDITING | BESIDE_FORMS | IMPORTS | RELEASES | ACCOUNTS,
}
NEW = {
    "name": "Something new", "title": "Something new", "slug": "something-new", "key": "new-key",
    "username": "newcomer", "metrics": "first, 20", "text": "Something",
}  # fmt: skip
CHANGED = ("name", "title", "note", "first_name", "introduction")


@pytest.fixture
def content(db, django_user_model):
    score = make_drafts_of_each_kind()
    make_release()
    Appearance.objects.create(name="Site")
    make_llm("Beta", is_published=False)
    django_user_model.objects.create_user("somebody")
    Group.objects.create(name="Others")
    return score


@pytest.fixture
def clients(content, django_user_model):
    """{role: its cookies}"""
    users = {
        role: django_user_model.objects.create_user(
            role, password=PASSWORD, is_staff=True, is_superuser=role == "administrator"
        )
        for role in DOORS
        if role != "anonymous"
    }
    users["maintainer"].groups.add(Group.objects.get(name="Maintainers"))
    users["viewer"].user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    cookies = {"anonymous": SimpleCookie()}
    for role, user in users.items():
        client = Client()
        client.force_login(user)
        client.get(reverse("second-factor"))  # shows a key, which a code could confirm
        cookies[role] = client.cookies
    return cookies


def client_with(cookies):
    client = Client(raise_request_exception=True)
    client.cookies = SimpleCookie({name: each.value for name, each in cookies.items()})
    return client


def admin_addresses():
    """(name, address, address whose form is posted to it) of every address."""
    for route, name in walk(get_resolver().url_patterns):
        if route.startswith("/admin/"):
            address = fill(route)
            change = re.sub(r"(\d+)/history/(\d+/)?$", r"\1/change/", address)
            yield name, address, change


def written_tables(request):
    """The tables that a request writes, but for the session that belongs to every request."""
    written = set()

    def note(execute, sql, params, many, context):
        if match := re.match(r'(?:INSERT\b.*?INTO|UPDATE|DELETE FROM)\s+"?(\w+)', sql):
            written.add(match[1])
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(note):
        response = request()
        transaction.set_rollback(True)
    assert response.status_code < 500
    return written - {"django_session"}


def body_for(cookies, name, source):
    """What a browser would post of the form at `source`, with something changed in it."""
    if name.endswith("_changelist"):
        return deletion_form(cookies, source)
    if name == "merge-llm":
        source += f"?llm={LLM.objects.get(name='Beta').pk}"
    shown = client_with(cookies).get(source)
    form = page_form(shown) if shown.status_code == 200 else {}
    if name.endswith("_add") or name == "guided-benchmark":
        form |= {key: value for key, value in NEW.items() if not form.get(key)}
        form |= {"llm": LLM.objects.first().pk, "file": io.BytesIO(b"LLM,spare\nAlpha,0.5\n")}
        spare = Metric.objects.get(key="spare").pk
        form |= {"metric": spare, "value": "0.5"} if "score" in name else {}
        form |= {"ranking_metric": spare, "line-0-name": "spare line"}
        form |= {"columns-0-metric": spare} if "leaderboard_add" in name else {}
        form |= {"key": "new_key"} if "fact" in name else {}
    if name != "freeze-release":  # its name has no space
        form |= {key: f"{form[key]} changed" for key in CHANGED if form.get(key)}
    form |= {"reason": "It was wrong."} if name == "withdraw-release" else {}
    form |= {"post": "yes", "do": "discard", "old_password": PASSWORD, "code": "123456"}
    form |= {"new_password1": f"{PASSWORD} 2", "new_password2": f"{PASSWORD} 2"}
    form |= {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    form |= {"password": "wrong", "require_second_factor": "on"}
    return form | ({"username": "viewer"} if name in OWN_ACCOUNT else {})


def deletion_form(cookies, address):
    """Of the page that asks whether the first row of a list should go."""
    pk = re.search(r'name="_selected_action" value="(\d+)"', client_with(cookies).get(address).text)
    chosen = {"action": "delete_selected", "_selected_action": pk[1] if pk else "1"}
    asked = client_with(cookies).post(address, chosen)
    return (page_form(asked) if asked.status_code == 200 else {}) | chosen | {"post": "yes"}


# Whoever may read a page reads the same one; what only shows something writes for nobody if it does
# not for who may open all of them.
ASKED = [*product(DOORS, ["post"]), ("administrator", "get"), ("administrator", "put")]


def ask_everything(clients, unrendered):
    """{(role, method, name)} of every request that wrote something."""
    writes = set()
    for name, address, source in admin_addresses():
        sent = encode_multipart(BOUNDARY, body_for(clients["administrator"], name, source))
        for role, method in ASKED:
            ask = client_with(clients[role]).generic
            content = ("", "") if method == "get" else (sent, MULTIPART_CONTENT)
            with nullcontext() if method == "get" else unrendered():
                if written_tables(partial(ask, method.upper(), address, *content)):
                    writes.add((role, method, name))
    return writes


def test_only_the_declared_doors_write(clients, monkeypatch):
    @contextmanager
    def unrendered():
        """The answer to a form is written after what the form says; its pages take most time."""
        with monkeypatch.context() as patch:
            patch.setattr(SimpleTemplateResponse, "rendered_content", "")
            yield

    writes = ask_everything(clients, unrendered)

    doors = {(role, "post", name) for role, names in DOORS.items() for name in names}
    assert (writes - doors, doors - writes) == (set(), set())


def test_the_page_of_an_old_version_takes_no_form(clients, content):
    """A right to look was enough to save here, past every rule of the change form."""
    record = content.llm.history.first()
    address = reverse(
        "admin:leaderboard_llm_simple_history", args=[content.llm.pk, record.history_id]
    )
    form = body_for(clients["administrator"], "", address)

    answers = [client_with(clients[role]).post(address, form) for role in DOORS]

    assert [answer.status_code for answer in answers] == [302, 405, 405, 405]
    content.llm.refresh_from_db()
    assert content.llm.name == "Alpha"
    assert client_with(clients["viewer"]).get(address).status_code == 200
