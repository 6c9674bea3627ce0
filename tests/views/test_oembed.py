"""What other sites show for a link to a page of ours."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from leaderboard.exports.pictures import has_fonts
from leaderboard.models import LLM
from tests.exports.sharing import SITE
from tests.factories import make_leaderboard, make_llm, make_metric, make_scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def board():
    metric = make_metric(question_count=100)
    make_scores({"Alpha": {metric: "0.9"}, "Beta": {metric: "0.8"}})
    return make_leaderboard([metric], title="LLMs - Board", slug="board")


def ask(client, url, **more):
    return client.get("/oembed", {"url": url, **more})


def card(address):
    sizes = {"thumbnail_width": 1200, "thumbnail_height": 630}
    return {"thumbnail_url": f"{SITE}{address}card.png", **sizes} if has_fonts() else {}


COMMON = {"version": "1.0", "provider_name": "Leaderboard", "provider_url": f"{SITE}/"}


def test_a_leaderboard_is_its_table_in_a_frame_as_high_as_its_rows(board, client):
    response = ask(client, f"{SITE}/leaderboard/board/?utm=x&sort=llm")
    assert response.json() == COMMON | {
        "type": "rich",
        "title": "LLMs - Board",
        "html": f'<iframe src="{SITE}/leaderboard/board/embed/?sort=llm" title="LLMs - Board" '
        'width="1000" height="281" loading="lazy"></iframe>',
        "width": 1000,
        "height": 281,
        **card("/leaderboard/board/"),
    }
    assert response["Access-Control-Allow-Origin"] == "*"
    for address in ("/", "/leaderboard/", "/leaderboard/board/embed/"):
        assert ask(client, SITE + address).json()["title"] == "LLMs - Board"


def test_it_keeps_within_the_room_that_is_given(board, client):
    found = ask(client, f"{SITE}/leaderboard/board/", maxwidth="400", maxheight="200").json()
    assert (found["width"], found["height"], found.get("thumbnail_url")) == (400, 200, None)
    assert 'width="400" height="200"' in found["html"]
    for nonsense in ("-1", "0", "x", "９", "1" * 20):
        found = ask(client, f"{SITE}/leaderboard/board/", maxwidth=nonsense).json()
        assert found["width"] == 1000


def test_an_llm_is_its_badge_and_without_one_or_without_room_a_link(board, client):
    image = f"{SITE}/llms/alpha/badge.svg?leaderboard=board"
    found = ask(client, f"{SITE}/llms/alpha/").json()
    width = found.pop("width")
    assert found == COMMON | {
        "type": "rich",
        "title": "Alpha",
        "html": f'<a href="{SITE}/llms/alpha/"><img src="{image}" '
        'alt="Rank of Alpha on Board" height="20"></a>',
        "height": 20,
        **card("/llms/alpha/"),
    }
    make_llm("Gamma")
    assert ask(client, f"{SITE}/llms/gamma/").json()["type"] == "link"
    small = ask(client, f"{SITE}/llms/alpha/", maxwidth=str(width - 1)).json()
    assert small == COMMON | {"type": "link", "title": "Alpha"}


def test_a_page_in_another_language_is_shown_in_it(board, client):
    found = ask(client, f"{SITE}/zh-hans/leaderboard/board/").json()
    assert f"{SITE}/zh-hans/leaderboard/board/embed/" in found["html"]


def test_what_was_renamed_is_still_shown(board, client):
    llm = LLM.objects.get(slug="alpha")
    llm.slug, board.slug = "omega", "table"
    llm.save()
    board.save()
    for old, new in (("leaderboard/board/", "leaderboard/table/"), ("llms/alpha/", "llms/omega/")):
        assert f"{SITE}/{new}" in ask(client, f"{SITE}/{old}").json()["html"]


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "http://[", f"{SITE}/nowhere/", f"{SITE}/changes/", f"{SITE}/leaderboard/none/",
        f"{SITE}/llms/nobody/", f"{SITE}/leaderboard/draft/", f"{SITE}/llms/secret/",
        "http://other.example/leaderboard/board/", "http://testserver.evil/leaderboard/board/",
        "javascript://testserver/leaderboard/board/", f"{SITE}/admin/", f"{SITE}/\x00/",
    ],
)  # fmt: skip
def test_any_other_link_is_a_404_with_a_sentence(url, board, client):
    make_llm("Secret", is_published=False)
    make_leaderboard([board.ranking_metric], slug="draft", is_published=False)
    response = ask(client, url)
    assert response.status_code == 404
    assert response.json()["error"].endswith(".")


def test_another_format_is_not_offered(board, client, caplog):
    response = ask(client, f"{SITE}/leaderboard/board/", format="xml")
    assert (response.status_code, "json" in response.json()["error"]) == (501, True)
    assert not caplog.records  # visitors could fill the log with what is no failure
    assert ask(client, f"{SITE}/leaderboard/board/", format="json").status_code == 200


@pytest.mark.parametrize("path", ["/leaderboard/board/", "/llms/alpha/", "/zh-hans/llms/beta/"])
def test_the_pages_say_where_to_ask(path, board, client):
    page = client.get(path).content.decode()
    (link,) = re.findall(r'type="application/json\+oembed"\s+href="([^"]+)"', page)
    parts = urlsplit(unescape(link))
    assert parse_qs(parts.query) == {"url": [SITE + path]}
    assert client.get(f"{parts.path}?{parts.query}").json()["version"] == "1.0"
    assert "json+oembed" not in client.get("/changes/").content.decode()


# The frame


def test_a_frame_has_the_theme_that_is_asked_for(board, client):
    schemes = {
        query: re.search('color-scheme" content="([^"]+)"', client.get(query).content.decode())[1]
        for query in (f"/leaderboard/board/embed/{end}" for end in ("", "?theme=light", "?theme=x"))
    }
    assert list(schemes.values()) == ["dark", "light", "dark"]
    assert b'content="dark"' in client.get("/leaderboard/board/embed/?q=a&theme=dark").content
    # No other page reads it.
    assert client.get("/leaderboard/board/?theme=light").content == client.get("/").content
