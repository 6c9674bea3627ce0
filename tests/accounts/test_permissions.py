"""Every address of the admin against every role. An address that is new belongs to maintainers
until it is named here: see RULES."""

import re

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import URLResolver, get_resolver

from leaderboard.apps import MAINTAINERS
from leaderboard.models import LLM, Appearance, Leaderboard
from tests.factories import make_drafts_of_each_kind, make_release

LOGIN, REFUSED, OPEN = "to the login", "refused", "open"
ROLES = ("nobody", "staff", "maintainer", "superuser")

# What its name says about who may open an address, the first that fits; (staff, maintainers,
# superusers). Visitors who are not logged in are sent to the login from all but the login
# and from what only leads to a form.
RULES = {
    # One's own account, and addresses that only lead elsewhere or to 404.
    r"login|logout|password_change(_done)?|jsi18n|second-factor|index|app_list|view_on_site"
    r"|edit|": (
        OPEN,
        OPEN,
        OPEN,
    ),
    # Deleted on the LLM's form, which asks for a reason; the policy is one row.
    # An import is put away or undone on its own page.
    # A release is frozen on a page of its own, and stays; so does a link to a draft.
    r"leaderboard_(score|import|release|draftlink|apitoken)_delete|leaderboard_(loginpolicy|appearance)_(add|delete)"
    r"|leaderboard_(release|draftlink)_add": (
        REFUSED,
        REFUSED,
        REFUSED,
    ),
    r"auth_\w+|leaderboard_loginpolicy_\w+": (REFUSED, REFUSED, OPEN),
    r".*": (REFUSED, OPEN, OPEN),
}
QUERIES = {"autocomplete": "?app_label=leaderboard&model_name=score&field_name=llm"}


def walk(patterns, prefix="/"):
    """(route, name) of all addresses below."""
    for each in patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from walk(each.url_patterns, route)
        else:
            yield route, each.name or ""


def admin_addresses():
    """{address: name}, with rows that exist in place of the parts that vary."""
    found = {}
    for route, name in walk(get_resolver().url_patterns):
        if route.startswith("/admin/"):
            address = fill(route) + QUERIES.get(name, "")
            found[address] = name
    return found


def fill(route):
    label, _, name = route.removeprefix("/admin/").removeprefix("preview/").partition("/")
    model = model_at(label, name.split("/")[0]) or model_at("leaderboard", label)
    pk = first_pk(model) if model else 1
    if route.endswith("/freeze/"):
        pk = getattr(Leaderboard.objects.published().first(), "pk", pk)
    pk = first_pk(LLM) if "<slug:kind>" in route else pk
    past = first_pk(model.history.model) if hasattr(model, "history") else 1
    route = route.replace("^([^/]+)/history/([^/]+)/$", f"{pk}/history/{past}/")
    route = route.replace("^(?P<app_label>auth|leaderboard)/$", "leaderboard/")
    route = route.replace("(?P<url>.*)$", "nothing/").replace("<slug:kind>", "llm")
    return re.sub(r"<[^>]+>", str(pk), route)


def model_at(label, name):
    try:
        return apps.get_model(label, name)
    except LookupError:
        return None


def first_pk(model):
    first = model._default_manager.order_by("pk").first()
    return first.pk if first else 1


def outcome(response, prefix=""):
    if response.status_code == 403:
        return REFUSED
    if response.status_code == 302 and response["Location"].startswith(f"{prefix}/admin/login/"):
        return LOGIN
    assert response.status_code < 500
    return OPEN


def expected(role, name):
    if role == "nobody":
        return OPEN if name in ("login", "logout", "edit") else LOGIN
    rule = next(rule for pattern, rule in RULES.items() if re.fullmatch(pattern, name))
    return rule[ROLES.index(role) - 1]


@pytest.fixture
def log_in_as(client, django_user_model, db):
    make_drafts_of_each_kind()
    make_release()
    Appearance.objects.create(name="Site")
    django_user_model.objects.create_user("somebody")

    def log_in(role):
        if role == "nobody":
            return client
        user = django_user_model.objects.create_user(
            role, is_staff=True, is_superuser=role == "superuser"
        )
        if role == "maintainer":
            user.groups.add(Group.objects.get(name="Maintainers"))
        client.force_login(user)
        return client

    return log_in


@pytest.mark.parametrize("role", ROLES)
def test_every_address_of_the_admin_is_open_to_whom_it_belongs(log_in_as, role):
    client, addresses = log_in_as(role), admin_addresses()

    got = {address: outcome(client.get(address)) for address in addresses}

    assert len(addresses) > 70
    assert got == {address: expected(role, name) for address, name in addresses.items()}


@pytest.mark.parametrize("role", ["nobody", "staff"])
def test_the_admin_in_chinese_is_open_to_the_same(log_in_as, role):
    client, addresses = log_in_as(role), admin_addresses()

    got = {address: client.get(f"/zh-hans{address}") for address in addresses}

    answers = {address: outcome(each, "/zh-hans") for address, each in got.items()}
    assert answers == {address: expected(role, name) for address, name in addresses.items()}


@pytest.mark.parametrize("role", ["nobody", "staff", "maintainer"])
def test_what_is_not_open_takes_no_post_either(log_in_as, role):
    client, addresses = log_in_as(role), admin_addresses()
    closed = {a: expected(role, n) for a, n in addresses.items() if expected(role, n) != OPEN}

    data = {"post": "yes", "is_superuser": "on", "username": "intruder"}
    answers = {address: client.post(address, data) for address in closed}

    assert len(answers) > 15
    taken = [a for a, each in answers.items() if each.status_code != 405 and outcome(each) == OPEN]
    assert taken == []


def test_no_form_of_the_admin_is_taken_without_its_token(log_in_as, django_user_model):
    log_in_as("superuser")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(django_user_model.objects.get(username="superuser"))
    answers = {address: strict.post(address, {"post": "yes"}) for address in admin_addresses()}
    taken = {a: r.status_code for a, r in answers.items() if r.status_code not in (403, 404, 405)}
    assert taken == {}
    assert strict.get("/admin/").status_code == 200  # not even logged out


def test_looking_at_every_address_changes_nothing(log_in_as):
    """A picture on another site, or a browser that fetches ahead, may ask for any of them."""
    client, addresses = log_in_as("superuser"), admin_addresses()
    before = everything()
    for address in addresses:
        client.get(f"{address}{'&' if '?' in address else '?'}action=delete_selected&_save=1")
    after = everything()
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed == set()


def everything():
    """All rows of all tables but the sessions, which remember the time."""
    kept = [model for model in apps.get_models() if model is not Session]
    return {model._meta.label_lower: list(model.objects.order_by("pk").values()) for model in kept}


def test_a_maintainer_makes_nobody_an_administrator(log_in_as, django_user_model):
    client = log_in_as("maintainer")
    me = django_user_model.objects.get(username="maintainer")
    wanted = {"is_superuser": "on", "is_staff": "on", "groups": "1", "user_permissions": "1"}
    addresses = [*admin_addresses(), f"/admin/auth/user/{me.pk}/change/"]
    for address in addresses:
        if address not in ("/admin/logout/",):
            client.post(address, wanted | {"action": "reset_second_factor"})
    me.refresh_from_db()
    found = (me.is_superuser, me.user_permissions.count(), me.groups.count())
    assert found == (False, 0, 1)
    assert not django_user_model.objects.filter(is_superuser=True).exists()


def test_a_draft_is_previewed_with_the_right_to_see_it_and_as_staff_only(
    log_in_as, client, django_user_model
):
    paths = [
        f"/admin/preview/leaderboard/{first_pk(Leaderboard)}/",
        f"/admin/preview/llm/{first_pk(LLM)}/",
    ]
    visitor = django_user_model.objects.create_user("visitor")
    visitor.groups.add(Group.objects.get(name="Maintainers"))
    client.force_login(visitor)
    assert [outcome(client.get(path)) for path in paths] == [LOGIN, LOGIN]

    log_in_as("staff")
    assert [outcome(client.get(path)) for path in paths] == [REFUSED, REFUSED]

    log_in_as("maintainer")
    previews = [client.get(path) for path in paths]
    assert [outcome(each) for each in previews] == [OPEN, OPEN]
    assert all("no-store" in each["Cache-Control"] for each in previews)


def test_maintainers_have_rights_to_content_and_to_nothing_else(db):
    theirs = Permission.objects.filter(group__name=MAINTAINERS)
    labels = {each.content_type.app_label for each in theirs.select_related("content_type")}
    models = {each.content_type.model for each in theirs}

    assert labels == {"leaderboard"}
    assert {each.codename for each in theirs if each.content_type.model == "release"} == {
        "add_release",
        "change_release",
        "view_release",
    }
    assert models & {"failedlogin", "loginpolicy", "contentrevision"} == set()


def test_keys_and_recovery_codes_are_shown_to_nobody(log_in_as):
    client = log_in_as("superuser")
    for path in ("/admin/otp_totp/totpdevice/", "/admin/otp_static/staticdevice/"):
        assert client.get(path).status_code == 404
