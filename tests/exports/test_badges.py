"""Badges, and frames that other sites show."""

import re
from html import unescape

import pytest

from leaderboard.exports.badge import text_width
from leaderboard.models import LLM, Leaderboard, Metric, Score, Source
from tests.exports.sharing import PAGES, SITE, TAKEN_AWAY, badge_texts, canonical, content, metas
from tests.factories import (
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from tests.page_reader import page_rows


def copied(page, label):
    """What a visitor copies from a box of that label."""
    found = re.search(rf'aria-label="{label}">(.*?)</pre>', page, re.DOTALL)
    return unescape(found[1])


# Badge


def test_a_badge_says_rank_number_leaderboard_and_score(anesbench, client):
    promise = "each LLM’s range contains its true rank with at least 95 %"
    text = "#1 of 51 · AnesBench 0.85"
    for address in (
        "/llms/deepseek-r1/badge.svg",
        "/llms/deepseek-r1/badge.svg?leaderboard=anesbench",
    ):
        assert badge_texts(client, address) == (
            f"deepseek-r1: {text}, rank range 1: {promise}",
            text,
        )
    text = "#5 of 51 · AnesBench 0.74"
    title = f"Qwen3-32B: {text}, rank range 3–8: {promise}"
    assert badge_texts(client, "/llms/qwen3-32b/badge.svg") == (title, text)


def test_a_badge_is_for_any_site_and_fetched_again_only_when_it_changes(board, client):
    response = client.get("/llms/alpha/badge.svg")
    headers = response.headers
    assert headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = client.get("/llms/alpha/badge.svg", headers={"If-None-Match": headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Score.objects.get(llm__slug="alpha").delete()
    make_score(LLM.objects.get(slug="alpha"), Metric.objects.get(), "0.3")
    after = client.get("/llms/alpha/badge.svg", headers={"If-None-Match": headers["ETag"]})
    assert (after.status_code, after.headers["ETag"] == headers["ETag"]) == (200, False)
    assert badge_texts(client, "/llms/alpha/badge.svg")[1] == "#2 of 2 · Board 0.30"


def test_the_default_badge_is_of_the_first_leaderboard_that_ranks_the_llm(board, client):
    other = make_metric("other")
    make_leaderboard([other], slug="first", title="First", position=0)
    Leaderboard.objects.filter(pk=board.pk).first()
    board.position = 1
    board.save()
    address = "/llms/alpha/badge.svg"
    assert badge_texts(client, address)[1] == "#1 of 2 · Board 0.85"
    assert client.get(f"{address}?leaderboard=first").status_code == 404
    make_score(LLM.objects.get(slug="alpha"), other, "0.1")
    assert badge_texts(client, address)[1] == "#1 of 1 · First 0.10"
    assert badge_texts(client, f"{address}?leaderboard=board")[1] == "#1 of 2 · Board 0.85"


@pytest.mark.parametrize(
    "address",
    [
        "/llms/nobody/badge.svg",
        "/llms/draft/badge.svg",
        "/llms/unranked/badge.svg",
        "/llms/alpha/badge.svg?leaderboard=",
        "/llms/alpha/badge.svg?leaderboard=draft",
        "/llms/alpha/badge.svg?leaderboard=nothing",
        "/llms/alpha/badge.svg?leaderboard=%00",
        f"/llms/alpha/badge.svg?leaderboard={'x' * 5_000}",
        "/llms/nobody.yaml",
        "/llms/draft.yaml",
        "/leaderboard/draft/embed/",
        "/leaderboard/nothing/embed/",
    ],
)
def test_what_is_unknown_unranked_or_a_draft_is_not_found(address, board, client):
    metric = Metric.objects.get()
    make_scores({make_llm("Draft", is_published=False): {metric: "0.9"}})
    make_llm("Unranked")
    make_leaderboard([metric], slug="draft", title="Draft", is_published=False)
    response = client.get(address)
    assert (response.status_code, response.headers["X-Frame-Options"]) == (404, "DENY")
    assert b"0.9" not in response.content


def test_a_renamed_llm_keeps_its_badge_and_card_and_a_leaderboard_its_frame(board, client):
    llm = LLM.objects.get(slug="alpha")
    llm.slug = "omega"
    llm.save()
    board.slug = "table"
    board.save()
    moved = {
        "/llms/alpha/badge.svg?leaderboard=table": "/llms/omega/badge.svg?leaderboard=table",
        "/llms/alpha.yaml": "/llms/omega.yaml",
        "/leaderboard/board/embed/?q=a": "/leaderboard/table/embed/?q=a",
    }
    for old, new in moved.items():
        response = client.get(old)
        assert (response.status_code, response.headers["Location"]) == (301, new)
        assert client.get(new).status_code == 200


@pytest.mark.parametrize(
    ("text", "pixels"),
    [("", 0), ("iii", 12), ("mmm", 33), ("AAA", 23), ("aaa", 21), ("中文", 22), ("e\u0301", 7)],
)
def test_a_badge_is_as_wide_as_its_text(text, pixels):
    assert text_width(text) == pixels


def test_a_long_title_does_not_make_an_endless_badge(board, client):
    board.title = "T" * 200
    board.save()
    assert badge_texts(client, "/llms/alpha/badge.svg")[1] == f"#1 of 2 · {'T' * 39}… 0.85"


def test_the_page_of_an_llm_shows_its_badge_and_how_to_show_it_elsewhere(board, client):
    page = content(client, "/llms/alpha/")
    image = f"{SITE}/llms/alpha/badge.svg?leaderboard=board"
    link = f"{SITE}/llms/alpha/"
    assert page.count(f'<img src="{image}" alt="#1 of 2 · Board 0.85"') == 1
    assert copied(page, "Badge as Markdown") == f"[![Rank of Alpha on Board]({image})]({link})"
    assert copied(page, "Badge as HTML") == (
        f'<a href="{link}"><img src="{image}" alt="Rank of Alpha on Board" height="20"></a>'
    )
    assert page.count('<a href="/llms/alpha.yaml">') == 1


def test_an_llm_without_a_rank_has_no_badge_on_its_page(board, client):
    make_llm("Gamma")
    assert content(client, "/llms/gamma/").count("badge.svg") == 0


# Frame


def test_the_frame_shows_the_same_rows_as_the_page_and_nothing_around(anesbench, client):
    for query in ("", "?sort=-amcqa-overall&q=qwen", "?columns=average&intervals=off"):
        page = client.get(f"/leaderboard/anesbench/{query}")
        frame = client.get(f"/leaderboard/anesbench/embed/{query}")
        assert page_rows(frame) == page_rows(page)
        text = frame.content.decode()
        assert re.findall("<(header|footer|nav|form|style)", text) == []
        assert re.findall("<script[^>]*>", text) == ['<script src="/static/js/embed.js" defer>']
        assert canonical(text) == [f"{SITE}/leaderboard/anesbench/"]
        assert metas(text)["robots"] == "noindex"
        full = f"{SITE}/leaderboard/anesbench/{query}".replace("&", "&amp;")
        assert text.count(f'<a href="{full}" target="_top" rel="noopener">') == 1
        assert '<base href="http://testserver/leaderboard/anesbench/" target="_top">' in text


def test_the_frame_is_the_only_page_that_may_be_framed(board, client):
    source = Source.objects.get().get_absolute_url()
    addresses = [*PAGES, *TAKEN_AWAY, source, "/nowhere/", "/admin/login/"]
    options = {address: client.get(address).headers.get("X-Frame-Options") for address in addresses}
    assert options == dict.fromkeys(addresses, "DENY") | {"/leaderboard/board/embed/": None}


def test_the_page_says_how_to_frame_it(board, client):
    board.title = 'LLMs "&" - Board'
    board.save()
    assert copied(content(client, "/"), "HTML of the frame") == (
        f'<iframe src="{SITE}/leaderboard/board/embed/" title="LLMs &quot;&amp;&quot; - Board" '
        'width="100%" height="281" loading="lazy"></iframe>'
    )
