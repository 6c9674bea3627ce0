"""The address of a list asks the database only what the list offers."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse

from leaderboard.admin.lookups import DeclaredLookups
from leaderboard.models import LLM, Alias

ADMINS = {model._meta.label_lower: model for model in admin.site._registry}


def list_of(model, view="changelist"):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}")


@pytest.fixture
def administrator(client, django_user_model, anesbench):
    client.force_login(django_user_model.objects.create_superuser("admin"))
    Alias.objects.create(name="Another name", llm=LLM.objects.first())
    return client


@pytest.mark.parametrize("label", ADMINS)
def test_every_list_takes_only_declared_lookups(label):
    assert isinstance(admin.site.get_model_admin(ADMINS[label]), DeclaredLookups)


def test_a_lookup_that_no_list_offers_is_refused(admin_client):
    """?description__regex=(a+)+$ kept a worker busy for as long as it liked."""
    answers = {
        (label, field.name, lookup): admin_client.get(
            list_of(model), {f"{field.name}__{lookup}": "(a+)+$"}
        ).status_code
        for label, model in ADMINS.items()
        if label not in ("leaderboard.loginpolicy", "leaderboard.appearance")  # have no list
        for field in model._meta.concrete_fields
        for lookup in (("regex", "iregex", "contains", "gt") if model is LLM else ("regex",))
    }
    assert len(answers) > 140
    assert answers == dict.fromkeys(answers, 400)


def test_a_field_that_is_no_filter_is_not_even_compared(administrator):
    address = list_of(LLM)
    queries = ["description=x", "is_published__exact=1", "organization__id__exact=1", "nothing=1"]
    statuses = [administrator.get(f"{address}?{query}").status_code for query in queries]
    assert statuses == [400, 200, 200, 400]


def test_every_link_that_a_list_shows_is_answered(administrator):
    for model in ADMINS.values():
        page = administrator.get(list_of(model)).content.decode()
        links = {unescape(link) for link in re.findall(r'href="(\?[^"]+)"', page)}
        # Every order, and one value of each filter: what filters by one LLM does by the next.
        kinds = {link if link.startswith("?o=") else link.split("=")[0]: link for link in links}
        answers = {
            link: administrator.get(list_of(model) + link).status_code for link in kinds.values()
        }
        assert answers == dict.fromkeys(kinds.values(), 200)


def test_the_filters_were_really_followed(administrator):
    page = administrator.get(list_of(LLM)).content.decode()
    links = [unescape(link) for link in re.findall(r'href="(\?[^"]+)"', page)]
    kinds = {re.split("[=&]", link[1:])[0] for link in links} - {"o", "p", "all", "_facets"}
    assert kinds == {
        "is_published__exact",
        "kind__exact",
        "open_weights__exact",
        "open_weights__isnull",
        "domain",
        "reasoning__exact",
        "reasoning__isnull",
        "organization__id__exact",
        "organization__isnull",
    }


def test_a_null_character_is_no_error_of_the_server(administrator):
    """PostgreSQL cannot store one, so it cannot even look for one."""
    field = {"app_label": "leaderboard", "model_name": "score", "field_name": "llm"}
    found = administrator.get("/admin/autocomplete/", field | {"term": "\0"})
    assert (found.status_code, found.json()["results"]) == (200, [])
    refused = [
        administrator.get(list_of(LLM), {"domain": "\0"}),
        administrator.get(list_of(LLM), {"organization__id__exact": "\0"}),
        administrator.post(list_of(LLM), {"action": "delete_selected", "_selected_action": "\0"}),
    ]
    assert [answer.status_code for answer in refused] == [400, 400, 400]
    assert administrator.get(list_of(LLM), {"q": "\0"}).status_code == 200
    assert administrator.get(list_of(Group), {"q": "\0"}).status_code == 200


def test_an_action_with_an_id_that_is_none_is_no_error_of_the_server(admin_client):
    chosen = {"action": "delete_selected", "_selected_action": ["1", "x"], "post": "yes"}
    answers = {label: admin_client.post(list_of(model), chosen) for label, model in ADMINS.items()}
    assert {answers[label].status_code for label in ("leaderboard.llm", "auth.user")} == {400}
