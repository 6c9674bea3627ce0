"""A site that is somebody's: nothing in any answer names the software."""

import io
import re
import zipfile
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from leaderboard.models import Appearance, Leaderboard, LeaderboardState, Picture
from leaderboard.standings.published import forget_content
from leaderboard.trail.filling import fill_differences
from leaderboard.trail.releases import freeze
from tests.factories import make_site_page
from tests.page_reader import page_form
from tests.rebranding import BRAND, FORM, LOGO, rebrand

pytestmark = pytest.mark.django_db

FIRST = ["/", "/zh-hans/", "/robots.txt", "/sitemap.xml", "/changes/feed/", "/llms/gpt-4o.yaml"]
REFUSED = ["/nowhere/", "/zh-hans/nowhere/", "/leaderboard/none/", "/?" + "a=1&" * 1_200]
ADMIN = ["/admin/login/", "/zh-hans/admin/login/"]
FORMS = ["", "leaderboard/leaderboard/add/", "leaderboard/appearance/1/change/",
         "leaderboard/llm/", "deleted/", "consistency/", "second-factor/",
         "leaderboard/import/add/"]  # fmt: skip
LINK = re.compile(r'(?:href|src|data-href|action)="([^"]*)"|<loc>([^<]*)</loc>')
SEARCHED = "LeaderBoard"


@pytest.fixture
def site(anesbench, admin_client):
    """The seed with a title of its own, a release, and another brand."""
    title = "CardioBench - AnesBench"
    Leaderboard.objects.update(title=title)
    Leaderboard.history.update(title=title)
    LeaderboardState.objects.update(difference=None)
    fill_differences()
    freeze(Leaderboard.objects.get(), "2026-11")
    make_site_page()
    assert rebrand(admin_client).status_code == 302
    forget_content()
    return admin_client


def texts(response):
    """All that an answer says: headers, then the body, and each file in an archive."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    yield str(response.headers)
    if body.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(body))
        yield from (archive.read(name).decode() for name in archive.namelist())
    else:
        yield body.decode(errors="replace")


def walk(client, first):
    """{address: texts} of these pages and all that they lead to, each path once."""
    found, waiting = {}, list(first)
    while waiting:
        address = waiting.pop()
        path = urlsplit(address).path
        if path in found or path.startswith("/static/") or "/admin/" in path:
            continue
        found[path] = list(texts(client.get(address)))
        for match in LINK.finditer(found[path][1]):
            target = urlsplit(urljoin(f"http://testserver{address}", match[1] or match[2]))
            if target.netloc == "testserver":
                waiting.append(target._replace(scheme="", netloc="", fragment="").geturl())
    return found


def test_no_answer_of_a_rebranded_site_names_the_software(site):
    found = walk(Client(), FIRST)
    others = [*REFUSED, *ADMIN]
    found |= {address: list(texts(Client().get(address))) for address in others}
    for prefix in ("/admin/", "/zh-hans/admin/"):
        found |= {prefix + form: list(texts(site.get(prefix + form))) for form in FORMS}
    strict = Client(enforce_csrf_checks=True)
    found["csrf"] = list(texts(strict.post("/admin/login/", {"username": "a"})))
    found["host"] = list(texts(Client().get("/", headers={"host": "evil.example"})))
    assert [name for name, said in found.items() if any(SEARCHED in text for text in said)] == []
    assert len(found) > 250
    assert "/pages/about/" in found
    kinds = {".css", ".svg", ".yaml", ".csv", ".json", ".tex", ".md", ".bib", ".cff", ".zip"}
    assert {kind for kind in kinds if any(name.endswith(kind) for name in found)} == kinds
    named = [name for name, said in found.items() if BRAND["name"] in "".join(said)]
    for name in ("/", "/changes/feed/", "/nowhere/", "/admin/login/", "host"):
        assert name in named
    assert BRAND["name-zh-hans"] in found["/zh-hans/changes/"][1]


def test_the_brand_is_seen_where_the_site_is_named(site):
    page = Client().get("/").content.decode()
    assert '<meta property="og:site_name" content="CardioBench">' in page
    assert '"publisher":{"@type":"Organization","name":"CardioBench"}' in page
    assert '"license":"https://spdx.org/licenses/CC-BY-4.0.html"' in page
    assert "Version 2 comes <strong>soon</strong>." in page
    assert "Made by <em>Cardio Lab</em>." in page
    assert '<a href="mailto:mail@cardio.example">Contact</a>' in page
    assert "<small class=wide>LLMs for hearts</small>" in page.replace('"', "")
    assert "<title>Log in | CardioBench</title>" in Client().get("/admin/login/").content.decode()
    badge = Client().get("/llms/gpt-4o/badge.svg").content.decode()
    assert f'fill="{Appearance.objects.get().accent_dark}"' in badge
    assert Client().get("/leaderboard/anesbench.json").json()["leaderboard"]["data_licence"] == (
        "CC-BY-4.0"
    )


def test_the_name_is_set_in_the_chosen_typeface_and_the_logo_is_the_icon_in_the_admin_too(site):
    page = Client().get("/").content.decode()
    sheet = Client().get(re.search(r'href="(/appearance/\w+\.css)"', page)[1]).content.decode()
    (typeface,) = re.findall(r"\.brand span { font-family: (.*); }", sheet)
    assert typeface.startswith("Georgia, ")
    admin_sheet = (settings.BASE_DIR / "static/css/admin.css").read_text()
    assert f"#site-name.serif {{ font-family: {typeface}; }}" in admin_sheet
    icon = re.search(r'<link rel="?icon"? href="?(/pictures/[^"> ]+)', page)[1]
    for admin in (Client().get("/admin/login/"), site.get("/admin/")):
        text = admin.content.decode()
        assert '<div id="site-name" class="serif">' in text
        assert f'<link rel="icon" href="{icon}">' in text
    rebrand(site, typeface="sans")
    assert "font-family" not in Appearance.objects.get().style
    assert 'class="serif"' not in site.get("/admin/").content.decode()


def test_style_and_logo_are_kept_for_ever_and_can_do_nothing(site):
    page = Client().get("/").content.decode()
    style = re.search(r'href="(/appearance/[0-9a-f]{16}\.css)"', page)[1]
    logo = re.search(r'src="(/pictures/[0-9a-f]{32}\.svg)"', page)[1]
    sheet, picture = Client().get(style), Client().get(logo)
    assert "--accent: light-dark(#c8102e, #" in sheet.content.decode()
    assert picture.content == LOGO.replace(b"/>", b"></path>")
    for response in (sheet, picture):
        assert response["Cache-Control"] == "public, max-age=31536000, immutable, no-transform"
        assert response["X-Content-Type-Options"] == "nosniff"
    assert picture["Content-Security-Policy"].startswith("default-src 'none';")
    assert picture["Content-Type"] == "image/svg+xml"
    for part in (style.replace("/appearance/", "/appearance/x"), "/appearance/a.css",
                 style[:-5] + ".css", logo[:-5] + ".svg", logo[:11] + ".svg"):  # fmt: skip
        assert Client().get(part).status_code == 404
    rebrand(site, accent_light="#a01025", accent_dark="")
    assert Client().get(style).status_code == 404
    newer = re.search(r'href="(/appearance/[0-9a-f]{16}\.css)"', Client().get("/").content.decode())
    assert Client().get(newer[1]).status_code == 200
    assert Picture.objects.count() == 1
    assert Client().get(logo.replace(".svg", ".png")).status_code == 404


def test_a_change_of_the_brand_is_no_entry_and_moves_no_number(anesbench, admin_client):
    before = list(LeaderboardState.objects.values())
    page = Client().get("/leaderboard/anesbench.csv").content
    rebrand(admin_client)
    assert list(LeaderboardState.objects.values()) == before
    assert Client().get("/leaderboard/anesbench.csv").content == page
    assert b"CardioBench" in Client().get("/").content  # on the next request


@pytest.mark.parametrize(("name", "typed"), [("light", "#ff8080"), ("dark", "#8b0000")])
def test_an_accent_that_cannot_be_read_is_refused_with_the_nearest_that_can(
    name, typed, anesbench, admin_client
):
    neither = {"accent_light": "", "accent_dark": ""}
    response = rebrand(admin_client, **neither | {f"accent_{name}": typed})
    assert response.status_code == 200
    said = response.content.decode()
    found = re.search(rf"{typed} cannot be read well enough .*? is (#[0-9a-f]{{6}})\.", said)
    assert (Appearance.objects.get().name, Picture.objects.count()) == ("LeaderBoard", 0)
    assert rebrand(admin_client, **neither | {f"accent_{name}": found[1]}).status_code == 302


def test_a_picture_that_is_refused_leaves_everything_as_it_was(anesbench, admin_client):
    bad = io.BytesIO(b"<html><script>alert(1)</script></html>")
    bad.name = "logo.svg"
    response = rebrand(admin_client, logo_dark_file=bad)
    assert "This is neither a PNG nor an SVG that can be read." in response.content.decode()
    assert (Appearance.objects.get().name, Picture.objects.count()) == ("LeaderBoard", 0)


def test_a_logo_is_taken_away_again(site):
    rebrand(site, **{"logo_dark_file": "", "logo_dark_file-clear": "on"})
    assert Appearance.objects.get().logo_dark is None
    assert "/pictures/" not in Client().get("/").content.decode()


def test_the_first_form_makes_the_row_and_later_ones_change_it(admin_client):
    listed = admin_client.get("/admin/leaderboard/appearance/")
    assert listed.url == "/admin/leaderboard/appearance/add/"
    form = {"name": "Mine", "default_theme": "light", "typeface": "sans"}
    assert admin_client.post(listed.url, form).status_code == 302
    assert admin_client.get("/admin/leaderboard/appearance/").url == FORM
    assert admin_client.post(listed.url, form).status_code == 403
    assert [each.history_type for each in Appearance.history.all()] == ["+"]
    page = Client().get("/nowhere/").content.decode()
    assert '<meta name="color-scheme" content="light">' in page
    assert " – Mine</title>" in page


def test_two_maintainers_overwrite_no_text_of_each_other(anesbench, admin_client):
    first = admin_client.get(FORM)
    rebrand(admin_client)
    stale = page_form(first, "appearance_form") | {"name": "Other"}
    response = admin_client.post(FORM, stale)
    assert response.status_code == 200
    assert Appearance.objects.get().name == "CardioBench"
