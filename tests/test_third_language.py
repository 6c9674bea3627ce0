"""A third language is a line in the settings: here French, with an empty catalogue."""

import re

import pytest
from django.conf import settings as active
from django.urls import clear_url_caches

from leaderboard.models import Translation
from leaderboard.text.languages import is_in_admin

from .factories import make_benchmark, make_leaderboard, make_metric, make_scores

PASSWORD = "correct horse battery staple"
PAGES = ("", "leaderboard/board/", "leaderboard/board/compare/?llm=gpt-4o&llm=o1",
         "leaderboard/board/charts/", "leaderboard/board/embed/", "llms/gpt-4o/",
         "benchmarks/bench/", "ranks/", "changes/", "api/",
         "leaderboard/board/releases/", "leaderboard/board/diff/?from=now")  # fmt: skip


@pytest.fixture(autouse=True)
def french(settings):
    settings.LANGUAGES = [*active.LANGUAGES, ("fr", "Français")]
    clear_url_caches()
    yield
    clear_url_caches()


@pytest.fixture
def board(db):
    metric = make_metric("overall", benchmark=make_benchmark(), question_count=100)
    make_scores({"gpt-4o": {metric: "0.85"}, "o1": {metric: "0.80"}})
    return make_leaderboard([metric], introduction="Hello")


@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_there_in_french_and_names_the_others(board, client, page):
    answer = client.get(f"/fr/{page}")
    html = answer.content.decode()
    assert (answer.status_code, answer["Content-Language"]) == (200, "fr")
    assert '<html lang="fr"' in html
    if "embed" in page:
        return  # stands in a frame, without a head of links or a switch
    versions = re.findall(r'hreflang="([\w-]+)" href="http://testserver(/[\w-]*)', html)
    assert [code for code, _ in versions] == ["en", "zh-hans", "fr", "x-default"]
    assert [start for code, start in versions if code in ("zh-hans", "fr")] == ["/zh-hans", "/fr"]
    switch = re.findall(r'<a href="(/[^"]*)"\s+lang="([\w-]+)"\s+hreflang', html)
    assert [(code, address.startswith("/zh-hans/")) for address, code in switch] == [
        ("en", False),
        ("zh-hans", True),
    ]


def test_an_unknown_page_is_not_found_in_french(board, client):
    answer = client.get("/fr/llms/nobody/")
    assert (answer.status_code, answer["Content-Language"]) == (404, "fr")


def test_kept_pages_of_the_languages_stay_apart(board, client):
    for _ in range(2):  # made, then kept
        pages = {start: client.get(f"{start}/llms/o1/") for start in ("", "/zh-hans", "/fr")}
        assert [page["Content-Language"] for page in pages.values()] == ["en", "zh-hans", "fr"]
        assert len({page["ETag"] for page in pages.values()}) == 3


def test_texts_in_french_are_shown_on_french_pages_only(board, client):
    assert [b"Bonjour" in client.get(start).content for start in ("/", "/zh-hans/", "/fr/")] == [
        False, False, False
    ]  # fmt: skip
    Translation.objects.create(
        leaderboard=board, language="fr", field="introduction", text="Bonjour"
    )
    pages = {start: client.get(start).content for start in ("/", "/zh-hans/", "/fr/")}
    assert [b"Bonjour" in page for page in pages.values()] == [False, False, True]
    assert [b"Hello" in page for page in pages.values()] == [True, True, False]


def test_robots_stay_out_of_the_admin_in_french(client, db):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert [line for line in lines if "admin" in line] == [
        "Disallow: /admin/",
        "Disallow: /zh-hans/admin/",
        "Disallow: /fr/admin/",
    ]


def test_the_sitemap_lists_every_page_in_french(board, client):
    page = client.get("/sitemap.xml").content.decode()
    assert "<loc>http://testserver/fr/leaderboard/board/</loc>" in page


def test_the_admin_in_french_logs_in_edits_and_logs_out(board, client, django_user_model):
    django_user_model.objects.create_superuser("admin", password=PASSWORD)
    assert client.get("/fr/admin/")["Location"] == "/fr/admin/login/?next=/fr/admin/"

    answer = client.post("/fr/admin/login/", {"username": "admin", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/fr/admin/")
    address = f"/fr/admin/leaderboard/leaderboard/{board.pk}/change/"
    form = client.get(address)
    assert (form.status_code, form["Content-Language"]) == (200, "fr")
    assert "no-store" in form["Cache-Control"]  # no page of the admin is kept for others
    assert client.post("/fr/admin/logout/").status_code in (200, 302)
    assert client.get(address).status_code == 302


def test_public_pages_in_french_do_not_know_who_is_logged_in(board, admin_client):
    assert admin_client.get("/fr/admin/").status_code == 200
    page = admin_client.get("/fr/")
    assert (dict(page.cookies), "Cookie" in page["Vary"]) == ({}, False)


@pytest.mark.parametrize(
    ("path", "is_inside"),
    [
        ("/admin/", True),
        ("/zh-hans/admin/leaderboard/llm/", True),
        ("/fr/admin/login/", True),
        ("/de/admin/", False),
        ("/fr/", False),
        ("/admin", False),
        ("//admin/", False),
        ("//fr/admin/", False),
        ("/fr/fr/admin/", False),
        ("/llms/admin/", False),
    ],
)
def test_an_address_is_in_the_admin_in_every_language(path, is_inside):
    assert is_in_admin(path) == is_inside
