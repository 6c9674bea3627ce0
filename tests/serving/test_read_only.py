"""A database that can be read and not written: pages are served, and a save says what happened."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from leaderboard.models import LLM, Organization
from tests.factories import make_leaderboard, make_llm, make_metric, make_scores

READ_ONLY = {
    "postgresql": ("SET default_transaction_read_only = on", "RESET default_transaction_read_only"),
    "sqlite": ("PRAGMA query_only = on", "PRAGMA query_only = off"),
}
UNDONE = "Nothing was saved: the site cannot write its data now."


@pytest.fixture
def maintainer(transactional_db):
    metric = make_metric()
    make_scores({make_llm(is_published=True): {metric: 10}})
    make_leaderboard([metric])
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("chief"))
    client.get("/admin/")
    return client


@pytest.fixture
def read_only(maintainer):
    on, off = READ_ONLY[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(on)
    yield
    with connection.cursor() as cursor:
        cursor.execute(off)


def assert_nothing_was_saved(response):
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert UNDONE in " ".join(response.text.split())


def test_visitors_read(maintainer, read_only):
    addresses = ["/", "/leaderboard/board/", "/llms/alpha/", "/changes/", "/leaderboard/board.csv"]
    assert [Client().get(address).status_code for address in addresses] == [200] * 5


def test_an_addition_says_that_nothing_was_saved(maintainer, read_only):
    data = {"name": "Lab", "homepage": ""}
    assert_nothing_was_saved(maintainer.post("/admin/leaderboard/organization/add/", data))
    assert not Organization.objects.exists()


def test_a_change_says_that_nothing_was_saved(maintainer, read_only):
    address = f"/admin/leaderboard/llm/{LLM.objects.get().pk}/change/"
    data = filled(maintainer.get(address).context)
    assert_nothing_was_saved(maintainer.post(address, data))
    assert LLM.objects.get().name == "Alpha"


def test_a_deletion_says_that_nothing_was_saved(maintainer, read_only):
    address = f"/admin/leaderboard/llm/{LLM.objects.get().pk}/delete/"
    assert_nothing_was_saved(maintainer.post(address, {"post": "yes"}))
    assert LLM.objects.count() == 1


def filled(context):
    """What a browser sends of a form in which only the name was changed."""
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values = {
        field.html_name: field.value()
        for form in forms
        for field in form
        if field.value() is not None
    }
    return {**values, "name": "Beta"}


def test_an_action_says_that_nothing_was_saved(maintainer, read_only):
    data = {"action": "delete_selected", "_selected_action": LLM.objects.get().pk, "post": "yes"}
    assert_nothing_was_saved(maintainer.post("/admin/leaderboard/llm/", data))


def test_a_login_is_unavailable_and_not_a_mistake(maintainer, read_only):
    data = {"username": "chief", "password": "wrong"}
    response = Client(raise_request_exception=False).post("/admin/login/", data)
    assert (response.status_code, response["Retry-After"]) == (503, "5")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no such state")
def test_readyz_says_so_and_recovers(maintainer):
    on, off = READ_ONLY["postgresql"]
    with connection.cursor() as cursor:
        cursor.execute(on)
        refused = Client().get("/readyz")
        cursor.execute(off)
    assert (refused.status_code, refused.text) == (
        503,
        "The database can be read and not written.\n",
    )
    assert Client().get("/readyz").text == "ready\n"
