"""An LLM that is renamed keeps its old name as an alias, on every way in that renames."""

import json

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from leaderboard.models import LLM, Alias, LeaderboardState
from leaderboard.models.locks import content_lock
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.imports.trying import import_, result, scores
from tests.page_reader import page_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def llm():
    metric = make_metric()
    with content_lock():
        make_leaderboard([metric])
        llm = make_llm("Alpha")
        make_score(llm, metric, "0.5")
    return llm


def rename(llm, name):
    llm.name = name
    llm.save()


def aliases():
    return sorted((alias.name, alias.llm.name) for alias in Alias.objects.all())


def test_a_save_with_another_name_keeps_the_old_one_and_is_one_new_state(llm):
    before = LeaderboardState.objects.count()
    rename(llm, "Omega")
    assert aliases() == [("Alpha", "Omega")]
    assert LeaderboardState.objects.count() == before + 1
    assert Alias.objects.get().history.count() == 1
    rename(llm, "Psi")
    assert aliases() == [("Alpha", "Psi"), ("Omega", "Psi")]
    rename(llm, "Alpha")
    assert aliases() == [("Alpha", "Alpha"), ("Omega", "Alpha"), ("Psi", "Alpha")]


def test_a_save_without_another_name_keeps_none(llm):
    llm.license = "MIT"
    llm.save()
    rename(llm, "ALPHA")  # reads the same
    assert aliases() == []


def test_a_renaming_that_is_taken_back_leaves_no_alias(llm):
    def fail():
        with transaction.atomic():
            rename(llm, "Omega")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert aliases() == []


def test_a_name_that_stands_for_another_llm_stays_with_that_one(llm):
    other = make_llm("Other")
    Alias.objects.create(name="Alpha", llm=other)
    rename(llm, "Omega")
    assert aliases() == [("Alpha", "Other")]


def test_an_import_finds_an_llm_under_the_name_that_it_had(llm):
    rename(llm, "Omega")
    import_(result("Alpha", "accuracy", "0.75"))
    assert scores() == {("Omega", "accuracy"): "0.75"}


def test_a_fixture_that_renames_keeps_the_old_name(llm, tmp_path):
    row = {"model": "leaderboard.llm", "fields": {"name": "Omega", "slug": "alpha"}}
    path = tmp_path / "renamed.json"
    path.write_text(json.dumps([row]))
    call_command("loaddata", str(path), verbosity=0)
    assert aliases() == [("Alpha", "Omega")]
    assert LLM.objects.get().name == "Omega"


def test_the_form_says_that_the_old_name_stays(llm, client, django_user_model):
    user = django_user_model.objects.create_user("maintainer", is_staff=True)
    user.groups.add(Group.objects.get(name="Maintainers"))
    client.force_login(user)
    form = reverse("admin:leaderboard_llm_change", args=[llm.pk])
    data = page_form(client.get(form), "llm_form") | {"name": "Omega", "reason": "Its maker did."}
    page = client.post(form, data, follow=True).content.decode()
    assert "“Alpha” stays an alias: files that use this name still find Omega." in page
    assert aliases() == [("Alpha", "Omega")]
    changes = client.get("/changes/").content.decode()
    assert "Alpha renamed to Omega" in changes
    assert "Its maker did." in changes


def test_the_old_name_of_a_draft_is_nowhere_public(llm, client):
    draft = make_llm("Secret", is_published=False)
    before = client.get("/changes/").content
    rename(draft, "Sigma")
    assert aliases() == [("Secret", "Sigma")]
    assert client.get("/changes/").content == before
