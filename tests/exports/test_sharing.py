"""What other sites and programs show of ours."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from xml.etree import ElementTree

import pytest
import yaml
from django.conf import settings

from leaderboard.exports.badge import escape_markdown, text_width
from leaderboard.exports.dataset import authors, data_block
from leaderboard.exports.model_card import card_text, yaml_lines
from leaderboard.models import LLM, Benchmark, ContentRevision, Leaderboard, Metric, Score, Source
from tests.factories import (
    give_scores_to_more_llms,
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from tests.page_reader import page_names, page_rows

SITE = "http://testserver"
SVG = "{http://www.w3.org/2000/svg}"
ATTACKS = [
    "</script><script>alert(1)",
    '"><img src=x onerror=alert(1)>',
    "<!-- <script> ]]> & ' \\",
    "]](javascript:alert) `x` *y*",
]
PAGES = ["/", "/leaderboard/board/", "/llms/alpha/", "/benchmarks/bench/", "/changes/", "/ranks/"]
TAKEN_AWAY = [
    "/sitemap.xml",
    "/robots.txt",
    "/llms/alpha/badge.svg",
    "/llms/alpha.yaml",
    "/leaderboard/board/embed/",
    "/changes/feed/",
]


@pytest.fixture
def board(db):
    """Two LLMs on one benchmark with one metric; the better one has a source."""
    metric = make_metric("accuracy", benchmark=make_benchmark("Bench"), question_count=100)
    source = Source.objects.create(title="Paper", url="https://example.org/paper")
    make_score(make_llm("Alpha"), metric, "0.85", source=source)
    make_score(make_llm("Beta"), metric, "0.5")
    return make_leaderboard([metric], title="LLMs - Board")


def content(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def metas(page):
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


def canonical(page):
    return re.findall(r'<link rel="canonical" href="([^"]*)">', page)


def json_ld(page):
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return [json.loads(block) for block in blocks]


def badge_texts(client, address):
    """(title, text) of a badge."""
    root = ElementTree.fromstring(client.get(address).content)
    return root.findtext(f"{SVG}title"), root.findtext(f"{SVG}text")


def copied(page, label):
    """What a visitor copies from a box of that label."""
    found = re.search(rf'aria-label="{label}">(.*?)</pre>', page, re.DOTALL)
    return unescape(found[1])


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
    assert found == {
        "og:title": title,
        "og:type": "website",
        "og:site_name": "LeaderBoard",
        "og:url": SITE + own,
        "og:image": f"{SITE}/static/img/leaderboard.png",
        "og:image:alt": "The table of a leaderboard",
    }
    assert (settings.BASE_DIR / "static" / "img" / "leaderboard.png").exists()


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
    updated = ContentRevision.objects.get().changed_at
    assert json_ld(content(client, "/")) == [
        {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "name": "LLMs - Board",
            "description": "Two LLMs & more",
            "url": f"{SITE}/leaderboard/board/",
            "dateModified": updated.isoformat(timespec="seconds"),
            "citation": board.citation,
            "creator": [
                {"@type": "Person", "name": "Xiang Feng"},
                {"@type": "Person", "name": "Du Bo"},
            ],
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
    block = data_block({"name": text})
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
    assert authors(bibtex) == names


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
    assert [client.get(address).status_code for address in found] == [200] * 14


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


# Badge


def test_a_badge_says_rank_number_leaderboard_and_score(anesbench, client):
    text = "#1 of 51 · AnesBench 0.85"
    for address in (
        "/llms/deepseek-r1/badge.svg",
        "/llms/deepseek-r1/badge.svg?leaderboard=anesbench",
    ):
        assert badge_texts(client, address) == (f"deepseek-r1: {text}", text)
    text = "#5 of 51 · AnesBench 0.74"
    assert badge_texts(client, "/llms/qwen3-32b/badge.svg") == (f"Qwen3-32B: {text}", text)


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
        assert re.findall("<(header|footer|nav|form|script|style)", text) == []
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
        'width="100%" height="640" loading="lazy"></iframe>'
    )


# Model card


def test_a_model_card_holds_all_shown_scores(board, client):
    metric = Metric.objects.get()
    metric.benchmark.dataset = "https://huggingface.co/datasets/org/bench"
    metric.benchmark.save()
    f1 = make_metric(
        "f1", name="F1", benchmark=make_benchmark("Other"), is_share_of_questions=False
    )
    mean = make_aggregate("mean", [metric, f1], name="Mean", is_share_of_questions=False)
    make_leaderboard([f1, mean], slug="more", title="More", position=2)
    make_score(LLM.objects.get(slug="alpha"), f1, "0.12345678")
    task = {"type": "text-generation", "name": "Text Generation"}
    here = {"name": "LeaderBoard", "url": f"{SITE}/llms/alpha/"}
    response = client.get("/llms/alpha.yaml")
    assert yaml.safe_load(response.content) == {
        "model-index": [
            {
                "name": "Alpha",
                "results": [
                    {
                        "task": task,
                        "dataset": {"type": "org/bench", "name": "Bench"},
                        "metrics": [{"type": "accuracy", "name": "Bench accuracy", "value": 0.85}],
                        "source": {"name": "Paper", "url": "https://example.org/paper"},
                    },
                    {
                        "task": task,
                        "dataset": {"type": "other", "name": "Other"},
                        "metrics": [{"type": "f1", "name": "Other F1", "value": 0.12345678}],
                        "source": here,
                    },
                    {
                        "task": task,
                        "dataset": {"type": "bench-other", "name": "Bench, Other"},
                        "metrics": [{"type": "mean", "name": "Mean", "value": 0.48672839}],
                        "source": here,
                    },
                ],
            }
        ]
    }
    headers = response.headers
    assert headers["Content-Type"] == "text/yaml; charset=utf-8"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Access-Control-Allow-Origin"] == "*"
    again = client.get("/llms/alpha.yaml", headers={"If-None-Match": headers["ETag"]})
    assert again.status_code == 304


def test_the_card_of_the_seed_groups_scores_by_benchmark_and_source(anesbench, client):
    (card,) = yaml.safe_load(content(client, "/llms/gpt-4o.yaml"))["model-index"]
    shown = {
        result["dataset"]["name"]: [metric["value"] for metric in result["metrics"]]
        for result in card["results"]
    }
    assert shown == {
        "AnesBench": [0.81, 0.72, 0.59, 0.77],
        "AMCQA": [0.78, 0.77, 0.68, 0.78],
        "AnesBench, AMCQA": [0.77],
    }


def test_a_refused_value_is_on_no_card_and_no_badge(anesbench, client):
    score = Score.objects.get(llm__slug="gpt-4o", metric__key="average")
    score.value = Decimal("0.99")
    score.save()
    text = content(client, "/llms/gpt-4o.yaml")
    assert text.count("0.99") == 0
    assert yaml.safe_load(text)["model-index"][0]["results"][-1] == {
        "task": {"type": "text-generation", "name": "Text Generation"},
        "dataset": {"type": "anesbench-amcqa", "name": "AnesBench, AMCQA"},
        "metrics": [{"type": "average", "name": "Average", "value": 0.775}],
        "source": {"name": "LeaderBoard", "url": f"{SITE}/llms/gpt-4o/"},
    }
    assert badge_texts(client, "/llms/gpt-4o/badge.svg")[1] == "#2 of 51 · AnesBench 0.78"


def test_an_llm_without_scores_has_an_empty_card(board, client):
    make_llm("Gamma")
    card = yaml.safe_load(content(client, "/llms/gamma.yaml"))
    assert card == {"model-index": [{"name": "Gamma", "results": []}]}


@pytest.mark.parametrize(
    "text",
    [
        *ATTACKS, "", "yes", "no", "null", "~", "1e3", "0x1F", "1:30", "- a", "a: b", "# a", "&a",
        "*a", "!a", "%a", "@a", "|", ">", "a\nb", "---", "'", '"', "\\", "\t", "中文", "😀", "é",
        "\u2028\u2029\x85\x7f\xa0\ufeff\ufffe", "\ud800", "{{ x }}", "</",
    ],
)  # fmt: skip
def test_any_text_is_the_same_text_after_yaml(text):
    data = {"a": [{"b": text, "c": [text, {"d": text}]}], "e": text, "f": [], "g": Decimal("0.60")}
    read = yaml.safe_load("\n".join(yaml_lines(data)))
    assert read == data | {"g": 0.6}


def test_a_card_without_a_revision_says_no_date():
    card = {"model-index": []}
    day = datetime(2026, 1, 2, tzinfo=UTC)
    first = [
        card_text(card, "x", ContentRevision(token=token, changed_at=day)).splitlines()[0]
        for token in ("", "t")
    ]
    assert first == ["# From x", "# From x, 2026-01-02"]


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
    assert (title, text) == (f"{attack}: {text}", f"#1 of 2 · {board.short_title} 0.85")
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
        ("/sitemap.xml", 8),
        ("/robots.txt", 2),
        ("/llms/extra-1/badge.svg", 9),
        ("/llms/extra-1.yaml", 9),
        ("/leaderboard/board/embed/", 9),
        ("/leaderboard/board/", 9),
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
