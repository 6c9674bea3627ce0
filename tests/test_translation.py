"""English and Chinese: where a page is in which, and that nothing on it stays untranslated."""

import pytest
from django.test import Client

from leaderboard.languages import in_language

from .factories import make_leaderboard, make_metric, make_scores


@pytest.fixture
def board(db):
    metric = make_metric("overall", question_count=100)
    make_scores({"gpt-4o": {metric: "0.85"}, "o1": {metric: "0.80"}})
    return make_leaderboard([metric])


@pytest.mark.parametrize(
    ("path", "language", "other"),
    [
        ("/", "zh-hans", "/zh-hans/"),
        ("/zh-hans/", "en", "/"),
        ("/llms/x/", "zh-hans", "/zh-hans/llms/x/"),
        ("/zh-hans/llms/x/", "en", "/llms/x/"),
        ("/zh-hans/llms/x/", "zh-hans", "/zh-hans/llms/x/"),
        ("/zh-hansa/", "zh-hans", "/zh-hans/zh-hansa/"),
    ],
)
def test_a_page_has_an_address_in_each_language(path, language, other):
    assert in_language(path, language) == other


def test_the_language_is_that_of_the_address_whatever_the_browser_prefers(board, client):
    wants_chinese = Client(headers={"accept-language": "zh-hans"})
    wants_chinese.cookies["django_language"] = "zh-hans"

    answers = [wants_chinese.get("/"), client.get("/zh-hans/")]

    assert [answer["Content-Language"] for answer in answers] == ["en", "zh-hans"]
    assert [answer.headers.get("Vary") for answer in answers] == [None, None]


@pytest.mark.django_db
def test_other_languages_and_english_with_a_prefix_are_no_addresses(client):
    statuses = [client.get(f"/{code}/").status_code for code in ("en", "zh", "zh-cn", "de")]
    assert statuses == [404, 404, 404, 404]


@pytest.mark.parametrize(
    "path",
    [
        "leaderboard/board.csv",
        "llms/gpt-4o.yaml",
        "llms/gpt-4o/badge.svg",
        "changes/feed/",
        "robots.txt",
        "sitemap.xml",
    ],
)
def test_files_have_one_address_and_no_language(board, client, path):
    assert client.get(f"/{path}").status_code == 200
    assert client.get(f"/zh-hans/{path}").status_code == 404
    assert "Content-Language" not in client.get(f"/{path}").headers
