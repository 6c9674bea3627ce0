"""Addresses and names that mean harm."""

import re

import pytest

from leaderboard.models import LLM, Benchmark, Organization
from tests.page_reader import page_names
from tests.views.site import PUBLIC_PATHS, make_site

pytestmark = pytest.mark.django_db


HOSTILE_SORTS = [
    "nope",
    "--average",
    "-",
    "",
    "password",
    "scores__value",
    "rank",
    "coverage",
    "Average",
    "average,llm",
    "average;DROP TABLE leaderboard_llm",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "\u202eegareva",
    "a\x00b",
    "x" * 20_000,
]


HOSTILE_PAGES = [
    "0",
    "-1",
    "abc",
    "1e3",
    "１",
    "٢",
    "2.0",
    "+2",
    " 2",
    "1\n",
    "9" * 5_000,
    "999999",
    "\x00",
    "<script>",
]


@pytest.mark.parametrize("sort", HOSTILE_SORTS)
def test_an_unknown_order_is_the_default_order_and_not_echoed(sort, client):
    make_site()
    assert client.get("/", {"sort": sort}).content == client.get("/").content


@pytest.mark.parametrize("page", HOSTILE_PAGES)
def test_what_is_no_page_is_the_first_or_last_page(page, client):
    make_site()
    assert client.get("/", {"page": page}).content == client.get("/").content


@pytest.mark.parametrize(
    "query",
    [
        {"sort": ["llm", "average"]},
        {"page": ["2", "3"]},
        {"per_page": "-1"},
        {"per_page": "100000"},
        {"utm_source": "x" * 1_000},
        {"sort[]": "llm", "min_size": "NaN", "max_size": "0,5"},
        {f"key{number}": "x" for number in range(500)},
        {"sort": "accuracy" * 500},
    ],
)
def test_unknown_and_repeated_parameters_are_ignored(query, client):
    make_site()
    assert client.get("/", query).content == client.get("/").content


def test_thousands_of_parameters_are_refused(client):
    make_site()
    assert client.get("/", {f"key{number}": "x" for number in range(6_000)}).status_code == 400


def test_another_host_is_refused_and_a_forwarded_one_has_no_effect(client):
    make_site()
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    forwarded = client.get("/", headers={"x-forwarded-host": "evil.example"})
    assert forwarded.content == client.get("/").content


def test_a_garbled_condition_is_answered_in_full(client):
    make_site()
    response = client.get("/", headers={"if-none-match": '"garbage', "range": "bytes=x"})
    assert response.status_code == 200
    assert response.content == client.get("/").content


HTML = '<b title="x">&'


ESCAPED = "&lt;b title=&quot;x&quot;&gt;&amp;"


def test_html_in_names_and_titles_is_shown_as_text(client):
    organization = Organization.objects.create(name=f"Org {HTML}")
    board = make_site(organization=organization, domain=HTML, license=HTML, base_model=HTML)
    LLM.objects.get().save()
    metric = board.ranking_metric
    metric.name, metric.benchmark = f"Metric {HTML}", Benchmark.objects.create(name=f"Bench {HTML}")
    metric.save()
    board.title = f"Board {HTML}"
    board.citation = board.introduction = HTML
    board.save()
    llm = LLM.objects.get()
    llm.name = llm.description = f"LLM {HTML}"
    llm.save()
    for path in PUBLIC_PATHS:
        page = client.get(path).content.decode()
        assert page.count("<b title") == 0
        page = re.sub(r"<pre [^>]*HTML.*?</pre>", "", page)  # to copy: HTML, shown as text
        assert page.count("&amp;lt;") == 0
        assert page.count(ESCAPED) >= 5
    assert page_names(client.get("/")) == [f"LLM {HTML}"]


def test_markdown_brings_no_script(client):
    board = make_site()
    attack = (
        "<img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](data:text/html,x) "
        "![c](https://example.org/track.png) <script>alert(1)</script> [d](https://example.org)"
    )
    board.introduction = board.methodology = attack
    board.save()
    llm = LLM.objects.get()
    llm.description = attack
    llm.save()
    for path, places in (("/", 2), ("/llms/alpha/", 1)):
        page = client.get(path).content.decode()
        unsafe = ("<img src=x", "<script>", 'href="j', 'href="d')
        assert [page.count(text) for text in unsafe] == [0] * 4
        link = '<a href="https://example.org" rel="noopener nofollow">d</a>'
        assert page.count(link) == places
