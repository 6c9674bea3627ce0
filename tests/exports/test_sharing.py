"""What other sites and programs show of ours."""

import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
import yaml
from django.conf import settings
from django.utils.timezone import localtime

from leaderboard.exports.badge import escape_markdown
from leaderboard.exports.dataset import dataset_script, read_authors
from leaderboard.exports.pictures import has_fonts
from leaderboard.models import LLM, Benchmark, ContentRevision, LeaderboardState, Metric, Source
from tests.exports.sharing import (
    ATTACKS,
    PAGES,
    SITE,
    TAKEN_AWAY,
    badge_texts,
    canonical,
    content,
    metas,
)
from tests.factories import (
    give_scores_to_more_llms,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)
from tests.page_reader import page_names


def json_ld(page):
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return [json.loads(block) for block in blocks]


# Addresses and descriptions in the head


@pytest.mark.parametrize(
    ("address", "own", "title"),
    [
        ("/", "/leaderboard/board/", "LLMs - Board"),
        ("/leaderboard/", "/leaderboard/board/", "LLMs - Board"),
        ("/leaderboard/board/?q=a&sort=llm", "/leaderboard/board/", "LLMs - Board"),
        ("/llms/alpha/?utm=1", "/llms/alpha/", "Alpha"),
        ("/benchmarks/bench/", "/benchmarks/bench/", "Bench"),
        ("/changes/?page=2", "/changes/", "Changes"),
        ("/ranks/", "/ranks/", "What intervals and rank ranges mean"),
    ],
)
def test_a_page_has_one_address_and_says_what_it_is(address, own, title, board, client):
    page = content(client, address)
    assert canonical(page) == [SITE + own]
    found = {name: value for name, value in metas(page).items() if name.startswith("og:")}
    assert found.pop("og:description", "x")
    has_card = own.startswith(("/leaderboard/", "/llms/")) and has_fonts()
    picture = {
        "og:image": f"{SITE}{own}card.png",
        "og:image:alt": title,
        "og:image:width": "1200",
        "og:image:height": "630",
    }
    usual = {
        "og:image": f"{SITE}/static/img/table.png",
        "og:image:alt": "The table of a leaderboard",
    }
    assert found == {
        "og:title": title,
        "og:type": "website",
        "og:site_name": "Leaderboard",
        "og:url": SITE + own,
        **(picture if has_card else usual),
    }
    assert (settings.BASE_DIR / "static" / "img" / "table.png").exists()


def test_the_page_of_a_source_has_one_address_too(board, client):
    address = Source.objects.get().get_absolute_url()
    page = content(client, f"{address}?a=b")
    assert canonical(page) == [SITE + address]
    assert metas(page)["og:title"] == "Paper"


def test_a_preview_is_not_found_by_anybody(board, admin_client):
    for kind, pk in (("leaderboard", board.pk), ("llm", LLM.objects.first().pk)):
        page = content(admin_client, f"/admin/preview/{kind}/{pk}/")
        assert metas(page)["robots"] == "noindex"
        assert (canonical(page), json_ld(page), page.count("og:")) == ([], [], 0)
        assert page.count("badge.svg") == page.count("&lt;iframe") == 0


# schema.org


def test_a_leaderboard_describes_itself_as_a_data_set(board, client):
    board.introduction = "**Two** LLMs & [more](https://example.org)"
    board.citation = "@article{x, author = {Feng, Xiang and Du Bo and others}}"
    board.save()
    updated = localtime(LeaderboardState.objects.last().changed_at).date()
    assert json_ld(content(client, "/")) == [
        {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "name": "LLMs - Board",
            "description": "Two LLMs & more",
            "url": f"{SITE}/leaderboard/board/",
            "dateModified": updated.isoformat(),
            "citation": board.citation,
            "creator": [
                {"@type": "Person", "name": "Xiang Feng"},
                {"@type": "Person", "name": "Du Bo"},
            ],
            "publisher": {"@type": "Organization", "name": "Leaderboard"},
            "isAccessibleForFree": True,
            "distribution": [
                {
                    "@type": "DataDownload",
                    "encodingFormat": "text/csv",
                    "contentUrl": f"{SITE}/leaderboard/board.csv",
                },
                {
                    "@type": "DataDownload",
                    "encodingFormat": "application/json",
                    "contentUrl": f"{SITE}/leaderboard/board.json",
                },
            ],
            "variableMeasured": ["Bench accuracy"],
        }
    ]


def test_a_data_set_without_words_is_described_by_what_it_holds(board, client):
    (found,) = json_ld(content(client, "/"))
    assert found["description"] == "2 LLMs, ranked by Bench accuracy."
    assert {"citation", "creator"} & found.keys() == set()


def test_only_the_page_of_a_leaderboard_is_a_data_set(board, client):
    for address in ("/llms/alpha/", "/benchmarks/bench/", "/leaderboard/board/embed/"):
        assert json_ld(content(client, address)) == []


@pytest.mark.parametrize("text", [*ATTACKS, "<!--", "\u2028\u2029", "中文 😀"])
def test_no_text_ends_a_data_block(text):
    block = dataset_script({"name": text})
    body = block.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert json.loads(body) == {"name": text}
    assert body.isascii()
    assert not set("<>&") & set(body)


@pytest.mark.parametrize(
    ("bibtex", "names"),
    [
        ("", []),
        ("author = {A, B and C D}", ["B A", "C D"]),
        ('author="Du, Bo"', ["Bo Du"]),
        ("author = {Feng,\n Xiang and\n  Jiang, Wentao}", ["Xiang Feng", "Wentao Jiang"]),
        ("author = {{\\'E}lan, X}", []),
        ("author = {A, B}} @misc{y, author = {C, D}", []),
        ("author = {}", []),
    ],
)
def test_authors_are_read_only_where_they_are_plain(bibtex, names):
    assert read_authors(bibtex) == names


# Sitemap and robots


def test_the_sitemap_lists_every_public_page(board, client):
    make_llm("Draft", is_published=False)
    make_benchmark("Unused")
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    changed = ContentRevision.objects.get().changed_at
    found = {
        url.findtext("s:loc", namespaces=space): url.findtext("s:lastmod", namespaces=space)
        for url in root.iterfind("s:url", space)
    }
    paths = [
        "leaderboard/board",
        "leaderboard/board/charts",
        "llms/alpha",
        "llms/beta",
        "benchmarks/bench",
        "changes",
        "ranks",
        "api",
    ]
    assert found == {
        f"{SITE}/{prefix}{path}/": changed.isoformat()
        for path in paths
        for prefix in ("", "zh-hans/")
    }
    assert [client.get(address).status_code for address in found] == [200] * 16


def test_an_empty_site_has_an_empty_sitemap(client, db):
    page = content(client, "/sitemap.xml")
    names = ("changes", "ranks", "api")
    addresses = [f"{SITE}/{prefix}{name}/" for name in names for prefix in ("", "zh-hans/")]
    assert re.findall("<loc>(.*?)</loc>", page) == addresses
    assert page.count("lastmod") == 0


def test_robots_may_read_all_but_the_admin(client, db):
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Allow: /",
        "Disallow: /admin/",
        "Disallow: /zh-hans/admin/",
        f"Sitemap: {SITE}/sitemap.xml",
    ]


# All of it


@pytest.mark.parametrize("attack", ATTACKS)
def test_names_are_text_wherever_they_are_shown(attack, board, client):
    for content_object in (LLM.objects.get(slug="alpha"), Benchmark.objects.get()):
        content_object.name = attack
        content_object.save()
    board.title = attack
    board.introduction = attack
    board.save()
    for address in [*PAGES, *TAKEN_AWAY]:
        page = content(client, address)
        for unsafe in ("<script>alert", "<img src=x", "<!-- <script>"):
            if not address.endswith(".yaml"):  # text, quoted
                assert unsafe not in page, address
    assert json_ld(content(client, "/"))[0]["name"] == attack
    (card,) = yaml.safe_load(content(client, "/llms/alpha.yaml"))["model-index"]
    assert (card["name"], card["results"][0]["dataset"]["name"]) == (attack, attack)
    title, text = badge_texts(client, "/llms/alpha/badge.svg")
    promise = "each LLM’s range contains its true rank with at least 95 %"
    assert (title, text) == (
        f"{attack}: {text}, rank range 1: {promise}",
        f"#1 of 2 · {board.short_title} 0.85",
    )
    assert page_names(client.get("/leaderboard/board/embed/"))[0] == attack
    assert metas(content(client, "/"))["og:title"] == attack


def test_markdown_marks_in_names_are_escaped():
    assert escape_markdown("a_[b](c) <i>*`\\") == r"a\_\[b\]\(c\) \<i\>\*\`" + "\\\\"


def test_thirty_drafts_change_no_byte(board, client):
    metric = Metric.objects.get()
    addresses = [
        *PAGES,
        *TAKEN_AWAY,
        "/llms/beta/badge.svg",
        Source.objects.get().get_absolute_url(),
    ]
    before = {address: client.get(address) for address in addresses}
    for number in range(30):
        llm = make_llm(f"Secret {number}", is_published=False, domain="hidden")
        hidden = make_metric(f"hidden-{number}", benchmark=make_benchmark(f"Secret {number}"))
        source = Source.objects.create(title=f"Secret {number}", tier=Source.Tier.VENDOR)
        make_score(llm, metric, "0.99", source=source)
        make_score(LLM.objects.get(slug="alpha"), hidden, "0.98", source=source)
        make_leaderboard(
            [metric, hidden], slug=f"secret-{number}", title="Secret", is_published=False
        )
    for address in addresses:
        after = client.get(address)
        assert after.content == before[address].content, address
        assert after.headers == before[address].headers, address


@pytest.mark.parametrize("address", TAKEN_AWAY[:-1])
def test_they_are_for_reading_only(address, board, client):
    get, head = client.get(address), client.head(address)
    assert (head.status_code, head.content, head.headers) == (200, b"", get.headers)
    for method in ("post", "put", "patch", "delete", "trace", "options"):
        response = getattr(client, method)(address)
        assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert dict(get.cookies) == {}


@pytest.mark.parametrize("count", [1, 3, 51])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/sitemap.xml", 11),
        ("/robots.txt", 2),
        ("/llms/extra-1/badge.svg", 11),
        ("/llms/extra-1.yaml", 10),
        ("/leaderboard/board/embed/", 14),
        ("/leaderboard/board/", 15),
    ],
)
def test_queries_do_not_grow_with_the_site(
    count, address, queries, client, db, django_assert_num_queries
):
    board = make_leaderboard([make_metric("a", benchmark=make_benchmark()), make_metric("b")])
    give_scores_to_more_llms(board, count)
    ContentRevision.objects.update_or_create(
        pk=1, defaults={"token": "t", "changed_at": datetime(2026, 1, 2, tzinfo=UTC)}
    )
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
