"""“Edit” at the foot of a public page leads to the form of what the page shows."""

import pytest
from django.urls import reverse

from leaderboard.models import LLM, Benchmark, Leaderboard, Organization, Source
from tests.factories import make_site_page

EDIT = "/admin/edit/"
HOME = "/admin/"


def leads_to(client, path, host="http://testserver", edit=EDIT):
    response = client.get(edit, headers={"referer": f"{host}{path}"})
    assert response.status_code == 302
    assert "no-cache" in response["Cache-Control"]
    return response["Location"]


def form_of(row):
    return reverse(f"admin:leaderboard_{row._meta.model_name}_change", args=[row.pk])


def test_each_page_leads_to_the_form_of_what_it_shows(admin_client, anesbench):
    board, llm = Leaderboard.objects.get(), LLM.objects.get(slug="gpt-4o")
    source, bench = Source.objects.first(), Benchmark.objects.get(slug="anesbench")
    for path, row in [
        ("/", board),
        ("/leaderboard/", board),
        ("/leaderboard/anesbench/?sort=llm", board),
        ("/leaderboard/anesbench/charts/", board),
        ("/leaderboard/anesbench/compare/?llm=gpt-4o", board),
        ("/leaderboard/anesbench/releases/", board),
        ("/llms/gpt-4o/", llm),
        ("/benchmarks/anesbench/", bench),
        ("/organizations/openai/", Organization.objects.get(slug="openai")),
        (f"/sources/{source.pk}/", source),
        ("/pages/about/", make_site_page()),
    ]:
        assert leads_to(admin_client, path) == form_of(row), path


def test_it_stays_in_the_language_of_the_page(admin_client, anesbench):
    llm = LLM.objects.get(slug="gpt-4o")
    there = leads_to(admin_client, "/zh-hans/llms/gpt-4o/", edit="/zh-hans/admin/edit/")
    assert there == f"/zh-hans{form_of(llm)}"
    assert (
        'href="/zh-hans/admin/edit/"' in admin_client.get("/zh-hans/llms/gpt-4o/").content.decode()
    )


@pytest.mark.parametrize(
    "path",
    ["/changes/", "/api/", "/ranks/", "/llms/nobody/", "/nothing/", "/admin/", "//x/", "/%00/"],
)
def test_any_other_page_leads_to_the_home_of_the_admin(path, admin_client, anesbench):
    assert leads_to(admin_client, path) == HOME


def test_drafts_and_other_sites_are_told_nothing(client, admin_client, anesbench):
    LLM.objects.get(slug="gpt-4o").delete()
    draft = LLM.objects.create(name="Draft", is_published=False)
    assert leads_to(admin_client, f"/llms/{draft.slug}/") == HOME
    assert leads_to(admin_client, "/llms/deepseek-r1/", host="https://elsewhere.example") == HOME
    assert admin_client.get(EDIT)["Location"] == HOME
    assert admin_client.get(EDIT, headers={"referer": "http://[bad"})["Location"] == HOME
    assert client.post(EDIT).status_code == 403


def test_who_is_not_logged_in_comes_to_the_form_after_the_login(client, admin_user, anesbench):
    login = leads_to(client, "/llms/gpt-4o/?sort=llm")
    assert login == "/admin/login/?next=/admin/edit/%3Fof%3D/llms/gpt-4o/"
    admin_user.set_password("a long password of hers")
    admin_user.save()
    typed = {"username": admin_user.username, "password": "a long password of hers"}
    back = client.post(login, typed)["Location"]
    assert client.get(back)["Location"] == form_of(LLM.objects.get(slug="gpt-4o"))


def test_nobody_is_told_numbers_of_rows_or_which_hidden_rows_there_are(
    client, admin_client, django_user_model, anesbench
):
    hidden = Source.objects.create(title="Hidden")
    draft = LLM.objects.create(name="Draft", is_published=False)
    assert leads_to(admin_client, f"/sources/{hidden.pk}/") == form_of(hidden)
    visitor = django_user_model.objects.create_user("visitor")
    for who in (None, visitor):
        if who:
            client.force_login(who)
        for path in (
            "/", "/llms/gpt-4o/", "/llms/nobody/", f"/llms/{draft.slug}/",
            f"/sources/{hidden.pk}/", f"/sources/{hidden.pk + 1}/",
        ):  # fmt: skip
            there = leads_to(client, path)
            assert there == f"/admin/login/?next=/admin/edit/%3Fof%3D{path}"


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example/", "nowhere"])
def test_it_leads_to_no_other_site(path, client, admin_client, anesbench):
    for who in (client, admin_client):
        assert who.get(EDIT, {"of": path})["Location"] == HOME
