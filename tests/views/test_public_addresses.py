"""Every line of the public part of what was tried on stock Django: what each address gets.

“Like the page” means the same bytes: nothing of what was asked is echoed, and nothing is larger.
"""

import random
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from config import urls as real
from leaderboard.imports.pending import reading_to_json
from leaderboard.models import (
    LLM,
    Alias,
    Benchmark,
    Import,
    Leaderboard,
    Metric,
    Organization,
    Source,
)
from leaderboard.readers.results import Reading
from leaderboard.trail.releases import freeze
from tests import fuzz
from tests.conftest import insert_rows, rows_made_by
from tests.factories import (
    give_scores_to_more_llms,
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)

pytestmark = pytest.mark.django_db
MARK = "echoed-8472"
PAGES = 2  # of the leaderboard below


def make_board():
    accuracy = make_metric(benchmark=make_benchmark(), question_count=100)
    board = make_leaderboard([accuracy, make_metric("f1")], ranking_metric=accuracy)
    for name, value in (("Alpha", "0.9"), ("Beta", "0.8")):
        make_score(make_llm(name), accuracy, value)
    give_scores_to_more_llms(board, 100)
    freeze(board, "2026-11")


@pytest.fixture(scope="module")
def board_rows(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return rows_made_by(make_board)


@pytest.fixture
def board(board_rows, db):
    """A leaderboard of two pages."""
    insert_rows(board_rows)
    return Leaderboard.objects.get()


def query(name, value):
    return f"/?{name}={quote(value)}"


# What is no page, order, size or parameter is as if it were not there


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("999999", PAGES),
        ("0", 1),
        ("-1", 1),
        ("abc", 1),
        ("1e3", 1),
        ("２", 1),
        ("٢", 1),
        ("9" * 5_000, 1),
        ("\x00", 1),
        ("2", PAGES),
    ],
)
def test_any_page_is_the_first_or_the_last(page, shown, board, client):
    answer = client.get(query("page", page))
    assert answer.status_code == 200
    assert answer.content == client.get(f"/?page={shown}").content


NO_ORDER = [
    "nope",
    "--name",
    "password",
    "scores__value",
    "1;DROP TABLE leaderboard_llm",
    "' OR '1'='1",
    f"<script>{MARK}</script>",
    MARK * 2_000,
]


@pytest.mark.parametrize(
    "address",
    [
        *("/?per_page=-1", "/?per_page=100000"),
        *(query("sort", order) for order in NO_ORDER),
        "/?sort=llm&sort=f1",
        "/?" + "&".join(f"{MARK}{number}=x" for number in range(500)),
        *(query("min_size", size) for size in ("NaN", "inf", "-inf", "1e999", "0,5", MARK)),
        *(query("max_size", size) for size in ("NaN", "inf", "-inf", "1e999", "0,5", MARK)),
    ],
)
def test_what_no_view_has_is_ignored_and_not_echoed(address, board, client):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content == client.get("/").content


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x" * 10_000, 0),
        ("((((", 0),
        ("%", 0),
        ("_", 0),
        ("\\", 0),
        ("😀", 0),
        ("\u202eahplA", 0),
        (".*", 0),
        ("alpha", 1),
        ("ＡＬＰＨＡ", 1),
        ("extra 1", 12),
    ],
)
def test_a_search_is_literal_whatever_its_characters(text, found, board, client):
    answer = client.get(query("q", text))
    assert answer.status_code == 200
    assert answer.content.count(b'<th scope="row"') == found
    assert len(answer.content) <= 3 * len(client.get("/").content)


def test_a_search_is_shown_as_text_and_cut(board, client):
    page = client.get(query("q", f'"><script>{MARK}</script>' + "x" * 10_000)).content.decode()
    assert f"<script>{MARK}" not in page
    assert "x" * 101 not in page


def test_fifteen_hundred_parameters_are_refused_with_a_page(board, client):
    counts = (1_000, 1_001, 1_500, 6_000)
    answers = [client.get("/?" + "&".join([f"{MARK}=1"] * count)) for count in counts]
    assert [answer.status_code for answer in answers] == [200, 400, 400, 400]
    assert {MARK in answer.content.decode() for answer in answers} == {False}
    assert b"This request cannot be read" in answers[2].content


@pytest.mark.parametrize(
    "address", ["/llms/alpha/", "/changes/", "/leaderboard/board.csv", "/api/"]
)
def test_no_address_takes_fifteen_hundred_parameters(address, board, client):
    many = "&".join(f"p{number}=1" for number in range(1_500))
    assert client.get(f"{address}?{many}").status_code == 400


@pytest.mark.long
def test_two_thousand_campaigns_are_one_page_and_enter_no_link(board, client):
    page = client.get("/").content
    chance = random.Random(7)
    for _ in range(2_000):
        answer = client.get(f"/?utm_{chance.choice('abc')}={chance.getrandbits(64)}")
        assert answer.content == page


def test_twenty_campaigns_are_one_page_and_enter_no_link(board, client):
    contents = {client.get(f"/?utm_source={MARK}{number}").content for number in range(20)}
    assert contents == {client.get("/").content}


# Hosts, methods, paths, headers


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "a b", "x" * 5_000])
def test_another_host_is_refused(host, board, client):
    answer = client.get("/", headers={"host": host})
    assert (answer.status_code, host in answer.content.decode()) == (400, False)


@pytest.mark.parametrize(
    "header", ["x-forwarded-host", "x-forwarded-server", "x-host", "forwarded", "x-original-url"]
)
@pytest.mark.parametrize(
    "address", ["/", "/sitemap.xml", "/changes/feed/", "/leaderboard/board.json"]
)
def test_a_forwarded_host_has_no_effect(header, address, board, client):
    answer = client.get(address, headers={header: "host=evil.example"})
    assert answer.content == client.get(address).content


ADDRESSES = [
    "/",
    "/leaderboard/board/",
    "/leaderboard/board/embed/",
    "/leaderboard/board/compare/?llm=alpha&llm=beta",
    *(f"/leaderboard/board.{ending}" for ending in ("csv", "json", "md", "tex", "bib")),
    *("/leaderboard/board/releases/", "/leaderboard/board/releases/2026-11/"),
    *("/leaderboard/board/releases/2026-11.csv", "/leaderboard/board/releases/2026-11.zip"),
    "/leaderboard/board/releases/2026-11/payload.json",
    "/leaderboard/board/diff/?from=2026-11&to=now",
    *("/llms/alpha/", "/llms/alpha.yaml", "/llms/alpha/badge.svg"),
    *("/benchmarks/bench/", "/ranks/", "/changes/", "/changes/feed/", "/api/"),
    *("/sitemap.xml", "/robots.txt"),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_can_only_be_read(address, board):
    client = Client(enforce_csrf_checks=True)
    methods = ("TRACE", "PUT", "DELETE", "POST", "PATCH", "OPTIONS", "PROPFIND", "GETS")
    answers = [client.generic(method, address) for method in methods]
    assert [answer.status_code for answer in answers] == [405] * len(methods)
    get, head = client.get(address), client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert {**head.headers, "Content-Length": ""} == {**get.headers, "Content-Length": ""}


@pytest.mark.parametrize(
    "address",
    [
        *("/.git/config", "/.env", "/static/../config/settings.py", "/static/%2e%2e/manage.py"),
        *("/static/..%2f..%2fetc/passwd", "/static/", "/%ff", "/llms/%ff/", "/llms/%00/"),
        *(f"/leaderboard/board/releases/{MARK}/", f"/leaderboard/board/releases/{MARK}.csv"),
        *("/leaderboard/board/releases/2026-11.exe", f"/leaderboard/{MARK}/diff/"),
        *("/leaderboard/board.exe", "/leaderboard/board.csv.json", "/llms/alpha/badge.png"),
        *("/sources/0/", f"/sources/{'9' * 30}/", f"/sources/{'9' * 5_000}/", "/sources/-1/"),
        *(f"/{MARK}" + "x" * 9_000, f"/llms/{MARK}/", f"/leaderboard/{MARK}.csv"),
        *("/wp-login.php", "/index.html", "//evil.example/", "/\\evil.example/", "/admin.php"),
    ],
)
def test_what_is_not_there_is_not_found_and_not_echoed(address, board, client):
    answer = client.get(f"http://localhost{address}")
    assert answer.status_code in (400, 404)
    assert MARK not in answer.content.decode()
    assert len(answer.content) <= 3 * len(client.get("/nowhere/").content)


@pytest.mark.parametrize("tag", ["garbage", '"', "*x", '"x', "W/", "\x00", '"' * 5_000, "ü"])
@pytest.mark.parametrize(
    "address",
    ["/", "/leaderboard/board.csv", "/leaderboard/board/releases/2026-11/payload.json"],
)
def test_a_garbled_condition_gets_the_whole_answer(tag, address, board, client):
    answer = client.get(address, headers={"if-none-match": tag, "if-modified-since": tag})
    assert (answer.status_code, answer.content) == (200, client.get(address).content)


@pytest.mark.parametrize("cookie", ["sessionid=forged", "sessionid=" + "f" * 32, "=;", "a" * 8_000])
@pytest.mark.parametrize("address", ["/", "/llms/alpha/", "/leaderboard/board.csv"])
def test_a_forged_cookie_is_a_visitor_like_any_other(cookie, address, board, client):
    answer = client.get(address, headers={"cookie": cookie})
    assert (answer.status_code, answer.content) == (200, client.get(address).content)
    assert (dict(answer.cookies), "Cookie" in answer.get("Vary", "")) == ({}, False)


@pytest.mark.parametrize(
    ("address", "host"), [("/", "evil.example"), ("/?" + "&" * 1_500, "testserver")]
)
def test_a_refusal_renews_no_broken_cookie(address, host, board, client):
    # Django's page for bad requests has a token at hand, and would replace a malformed one.
    headers = {"host": host, "cookie": "csrftoken=" + "x" * 4_000}
    answer = client.get(address, headers=headers)
    assert (answer.status_code, dict(answer.cookies)) == (400, {})


# What visitors may not see


@pytest.mark.parametrize("address", ["/llms/{}/", "/llms/{}.yaml", "/llms/{}/badge.svg"])
def test_a_draft_and_a_deleted_llm_are_like_one_that_never_was(address, board, client):
    for slug in ("alpha", "beta"):
        assert client.get(address.format(slug)).status_code == 200
    LLM.objects.get(slug="beta").delete()
    draft = LLM.objects.get(slug="alpha")
    draft.is_published = False
    draft.save()
    answers = [client.get(address.format(slug)) for slug in ("alpha", "beta", "never")]
    assert {(answer.status_code, answer.content) for answer in answers} == {
        (404, answers[2].content)
    }


def test_a_comparison_with_a_draft_is_one_with_a_name_that_never_was(board, client):
    make_score(make_llm("Draft", is_published=False), Metric.objects.get(key="f1"), "0.5")
    compare = "/leaderboard/board/compare/?llm=alpha&llm=beta&llm="
    assert client.get(f"{compare}draft").content == client.get(f"{compare}never").content


def test_a_comparison_of_ten_thousand_is_capped(board, client):
    compare = "/leaderboard/board/compare/?"
    six = "&".join(f"llm=extra-{number}" for number in range(1, 7))
    many = "&".join(f"llm={MARK}{number}" for number in range(10_000))
    answer = client.get(f"{compare}{six}&{many}")
    assert answer.status_code == 200
    assert MARK not in answer.content.decode()
    assert len(answer.content) <= 3 * len(client.get(f"{compare}{six}").content)


# Drafts are byte-invisible


def random_draft(chance, number):
    """One thing of a random kind that no visitor may notice."""
    name = f"Draft {number} {chance.getrandbits(32):x}"
    chance.choice(DRAFTS)(name, chance)


def draft_llm(name, chance):
    organization = chance.choice([None, Organization.objects.create(name=f"Of {name}")])
    return make_llm(name, is_published=False, organization=organization, domain=name.casefold())


def draft_score(name, chance):
    metric = chance.choice(list(Metric.objects.all()))
    source = Source.objects.create(title=f"Of {name}")
    value = round(chance.random(), 4)
    score = make_score(draft_llm(name, chance), metric, value, source=source)
    if chance.random() < 0.5:
        score.value = round(chance.random(), 4)
        score._change_reason = f"A reason of {name}"
        score.save()


def draft_leaderboard(name, chance):
    slug, metrics = name.casefold().replace(" ", "-"), list(Metric.objects.all())
    metric = chance.choice(metrics)
    fields = {"title": name, "slug": slug, "position": 0, "is_published": False}
    make_leaderboard([metric], **fields)


def draft_benchmark(name, chance):
    metric = make_metric(f"m{chance.getrandbits(64)}", benchmark=make_benchmark(name))
    if chance.random() < 0.5:
        make_score(chance.choice(list(LLM.objects.published()[:9])), metric, "0.5")


def draft_aggregate(name, chance):
    parts = chance.sample(list(Metric.objects.all()), 2)
    make_aggregate(f"a{chance.getrandbits(64)}", parts)


def draft_alias(name, chance):
    Alias.objects.create(name=name, llm=chance.choice(list(LLM.objects.all()[:9])))


def draft_import(name, chance):
    Import.objects.create(
        file_name=f"{name}.csv", format="wide", reading=reading_to_json(Reading())
    )


def draft_of_the_past(name, chance):
    """Made, corrected and deleted again."""
    llm = draft_llm(name, chance)
    make_score(llm, Metric.objects.first(), "0.5")
    llm.name = f"{name}, renamed"
    llm.save()
    llm.delete()


DRAFTS = (
    draft_llm,
    draft_score,
    draft_score,
    draft_leaderboard,
    draft_benchmark,
    draft_aggregate,
    draft_alias,
    draft_import,
    draft_of_the_past,
    lambda name, chance: Organization.objects.create(name=name, homepage="https://example.org/"),
    lambda name, chance: Source.objects.create(title=name, url="https://example.org/"),
)


def every_public_address():
    slugs = [f"/llms/{slug}/" for slug in LLM.objects.published().values_list("slug", flat=True)]
    drafts = LLM.objects.filter(is_published=False).values_list("slug", flat=True)
    board = Leaderboard.objects.published().get().get_absolute_url()
    return [
        *(each for each in fuzz.NORMAL if not each.startswith("/static/")),
        *(f"/benchmarks/{each.slug}/" for each in Benchmark.objects.published()),
        *(f"/sources/{each.pk}/" for each in Source.objects.published()),
        *slugs[:5],
        *(f"{slug[:-1]}.yaml" for slug in slugs[:5]),
        *(
            f"{board}?{view}"
            for view in ("sort=llm", "q=draft", "weights=unknown", "intervals=all")
        ),
        *(f"{board}?domain={slug}" for slug in drafts[:3]),
        f"{board}compare/?llm=draft-1&llm=gpt-4o",
        *("/changes/?page=2", "/llms/draft-1/", "/leaderboard/draft-1/", "/benchmarks/draft-1/"),
    ]


def answers(client, addresses):
    """{address: status, bytes and what a cache goes by}"""
    found = {}
    for address in addresses:
        answer = client.get(address)
        headers = {name: answer.get(name) for name in ("ETag", "Last-Modified", "Cache-Control")}
        found[address] = (answer.status_code, answer.content, headers)
    return found


@pytest.mark.parametrize("seed", [7, pytest.param(8472, marks=pytest.mark.slow)])
def test_a_hundred_random_drafts_change_no_byte_and_no_etag(seed, anesbench, client):
    chance = random.Random(seed)
    addresses = every_public_address()
    before = answers(client, addresses)
    for number in range(100):
        random_draft(chance, number)
    hidden = LLM.objects.filter(is_published=False), Leaderboard.objects.filter(is_published=False)
    assert [found.exists() for found in hidden] == [True, True]
    after = answers(client, addresses)
    assert [address for address in addresses if after[address] != before[address]] == []


# At random


def test_three_hundred_random_addresses_get_small_plain_answers(anesbench, client):
    assert fuzz.fuzz(client, seed=7, count=300) == []


def test_the_random_addresses_are_the_same_for_a_seed_and_of_every_kind():
    first = fuzz.requests(7, 500)
    assert first == fuzz.requests(7, 500) != fuzz.requests(8, 500)
    assert {fuzz.kind_of(each) for each in fuzz.NORMAL} <= {
        fuzz.kind_of(each.address) for each in first
    }


def broken(request, **arguments):
    answer = HttpResponse("<script>alert(1)</script>" * 1_000, status=500)
    answer.set_cookie("name", "value")
    return answer


urlpatterns = [path("", broken), *real.urlpatterns]


@pytest.mark.urls(__name__)
def test_the_fuzzer_notices_what_it_is_for(client):
    complaints = fuzz.Fuzzer(client).complaints(fuzz.Request("/"))
    assert [each.split(":")[0] for each in complaints] == [
        "500",
        "a cookie",
        "an echo",
        "25000 bytes",
    ]
