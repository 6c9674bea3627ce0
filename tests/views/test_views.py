import json
import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client

from leaderboard.models import LLM, Benchmark, Leaderboard, Metric, Organization, Score, Source
from tests.factories import (
    SEED_METRICS,
    give_scores_to_more_llms,
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from tests.page_reader import page_headers, page_names, page_rows

pytestmark = pytest.mark.django_db

SYSTEM2, OVERALL, AVERAGE = 2, 3, 8


def seed_numbers():
    """{LLM's name: its nine numbers in column order}, straight from the fixture's text."""
    text = (settings.BASE_DIR / "fixtures" / "anesbench.json").read_text(encoding="utf-8")
    rows = [(row["model"], row["fields"]) for row in json.loads(text)]
    names = {row["slug"]: row["name"] for model, row in rows if model == "leaderboard.llm"}
    numbers = {name: [None] * len(SEED_METRICS) for name in names.values()}
    for model, row in rows:
        if model == "leaderboard.score":
            column = SEED_METRICS.index(row["metric"][0])
            numbers[names[row["llm"][0]]][column] = Decimal(row["value"])
    return numbers


def row_of(response, slug):
    return next(row for row in page_rows(response) if row.slug == slug)


# The seed's page


def test_the_page_shows_the_numbers_of_the_seed(anesbench, client):
    rows = page_rows(client.get("/leaderboard/anesbench/"))
    shown = {row.name: [Decimal(cell) for cell in row.cells] for row in rows}
    assert shown == seed_numbers()
    assert [len(rows), {len(row.cells) for row in rows}] == [51, {9}]
    assert {len(cell) for row in rows for cell in row.cells} == {len("0.00")}


def test_the_seed_is_listed_by_average_equal_ranks_shared_and_in_order_of_names(anesbench, client):
    numbers = seed_numbers()
    averages = [row[AVERAGE] for row in numbers.values()]
    order = sorted(numbers, key=lambda name: (-numbers[name][AVERAGE], name.casefold()))
    expected = [
        (name, str(1 + sum(other > numbers[name][AVERAGE] for other in averages))) for name in order
    ]
    response = client.get("/leaderboard/anesbench/")
    assert [(row.name, row.rank) for row in page_rows(response)] == expected
    assert expected[:9] == [
        ("deepseek-r1", "1"),
        ("gpt-4o", "2"),
        ("deepseek-v3", "3"),
        ("Llama-4-Scout-17B-16E-Instruct", "4"),
        ("HuatuoGPT-o1-72B", "5"),
        ("Qwen2.5-72B-Instruct", "5"),
        ("Qwen3-235B-A22B", "5"),
        ("Qwen3-32B", "5"),
        ("Qwen3-14B", "9"),
    ]


@pytest.mark.parametrize(
    ("sort", "direction"),
    [
        ("anesbench-system2", "ascending"),
        ("-anesbench-system2", "descending"),
        ("amcqa-overall", "ascending"),
        ("-amcqa-overall", "descending"),
        ("average", "ascending"),
        ("-average", "descending"),
    ],
)
def test_a_column_sorts_in_both_directions_with_ties_by_rank_and_name(
    sort, direction, anesbench, client
):
    numbers = seed_numbers()
    sign = -1 if direction == "descending" else 1
    column = SEED_METRICS.index(sort.removeprefix("-"))
    by_rank = sorted(numbers, key=lambda name: (-numbers[name][AVERAGE], name.casefold()))
    response = client.get("/leaderboard/anesbench/", {"sort": sort})
    assert page_names(response) == sorted(by_rank, key=lambda name: sign * numbers[name][column])
    assert {h.key: h.aria_sort for h in page_headers(response) if h.aria_sort} == {
        sort.removeprefix("-"): direction
    }


@pytest.mark.parametrize(("sort", "direction"), [("llm", "ascending"), ("-llm", "descending")])
def test_names_sort_without_regard_to_case(sort, direction, anesbench, client):
    response = client.get("/leaderboard/anesbench/", {"sort": sort})
    names = sorted(seed_numbers(), key=str.casefold, reverse=direction == "descending")
    assert page_names(response) == names
    assert [(h.key, h.aria_sort) for h in page_headers(response) if h.aria_sort] == [
        ("llm", direction)
    ]


def test_sorting_changes_no_rank(anesbench, client):
    ranks = {row.name: row.rank for row in page_rows(client.get("/"))}
    for sort in ("anesbench-system2", "-llm", "parameters", "-released", "organization"):
        rows = page_rows(client.get("/", {"sort": sort}))
        assert {row.name: row.rank for row in rows} == ranks


def test_the_page_says_what_the_seed_page_said_and_how_to_cite_it(anesbench, client):
    page = client.get("/leaderboard/anesbench/").content.decode().partition("<body>")[2]
    board = Leaderboard.objects.get()
    for text in (
        '<div class="lead"><p>The following leaderboard presents the performance of over ',
        "<strong>overall</strong> is the mean of the three levels",
        '<pre tabindex="0" role="region" aria-label="BibTeX">@article{feng2025anesbench,',
        "arXiv preprint arXiv:2504.02404",
        f'Write to <a href="{board.contact}">{board.contact}</a>.',
        "<dt>Questions</dt><dd>7,872</dd>",
        "<dt>LLMs</dt><dd>51</dd>",
    ):
        assert page.count(text) == 1


def test_the_page_has_no_inline_script_and_no_inline_style(anesbench, client):
    page = client.get("/leaderboard/anesbench/").content.decode()
    inline = r"<script(?! src=| type=\"application/ld\+json\")|<style|\sstyle=|\son\w+=|javascript:"
    assert re.findall(inline, page) == []


# Missing and disagreeing scores of the seed


def test_without_its_system2_score_gpt_4o_is_last_in_that_column_both_ways(anesbench, client):
    Score.objects.get(llm__slug="gpt-4o", metric__key="anesbench-system2").delete()
    for sort in ("anesbench-system2", "-anesbench-system2"):
        row = page_rows(client.get("/", {"sort": sort}))[-1]
        assert (row.slug, row.cells[SYSTEM2]) == ("gpt-4o", "–")
        assert row.cells[OVERALL] == "0.77"
        assert "unchecked" in row.classes[OVERALL]
        assert row.cells[AVERAGE] == "0.77"
        assert "unchecked" not in row.classes[AVERAGE]
        assert (row.rank, row.facts) == ("2", "OpenAI · size unknown closed 8/9 scores")


def test_without_its_overall_too_the_average_stands_as_one_that_cannot_be_checked(
    anesbench, client
):
    for key in ("anesbench-system2", "anesbench-overall"):
        Score.objects.get(llm__slug="gpt-4o", metric__key=key).delete()
    response = client.get("/")
    row = row_of(response, "gpt-4o")
    assert row.cells == ["0.81", "0.72", "–", "–", "0.78", "0.77", "0.68", "0.78", "0.77"]
    assert ["unchecked" in classes for classes in row.classes] == [False] * 8 + [True]
    assert (row.rank, row.facts) == ("2", "OpenAI · size unknown closed 7/9 scores")
    assert "cannot be checked because a component is missing" in response.content.decode()


@pytest.mark.parametrize("address", ["/", "/llms/gpt-4o/"])
def test_an_overall_that_disagrees_is_shown_nowhere(address, anesbench, client):
    before = client.get(address).content.decode()
    Score.objects.filter(llm__slug="gpt-4o", metric__key="anesbench-overall").get().delete()
    llm, metric = LLM.objects.get(slug="gpt-4o"), SEED_METRICS[OVERALL]
    make_score(llm, Score.objects.filter(metric__key=metric)[0].metric, "0.99")
    after = client.get(address).content.decode()
    assert (before.count("0.99"), after.count("0.99")) == (0, 0)
    assert after.count("computed") > before.count("computed") == 0


def test_the_computed_overall_is_shown_in_the_place_of_one_that_disagrees(anesbench, client):
    score = Score.objects.get(llm__slug="gpt-4o", metric__key="anesbench-overall")
    score.value = Decimal("0.99")
    score.save()
    row = row_of(client.get("/"), "gpt-4o")
    assert row.cells == ["0.81", "0.72", "0.59", "0.77", "0.78", "0.77", "0.68", "0.78", "0.77"]
    assert ["computed" in classes for classes in row.classes] == [False] * 3 + [True] + [False] * 5
    # (2960 · 0.81 + 1028 · 0.72 + 355 · 0.59) / 4343
    assert row.data_values == [None] * 3 + ["0.77071379"] + [None] * 5


# Cost


@pytest.mark.parametrize("count", [1, 3, 51])
def test_a_leaderboard_takes_nine_queries_whatever_its_size_and_the_next_view_of_it_two(
    count, client, django_assert_num_queries
):
    benchmark = make_benchmark()
    a, b = make_metric("a", benchmark=benchmark), make_metric("b", benchmark=benchmark)
    board = make_leaderboard([a, b, make_aggregate("mean", [a, b])])
    give_scores_to_more_llms(board, count)
    for address, queries in (("/", 9), ("/leaderboard/", 2), ("/leaderboard/board/", 2)):
        with django_assert_num_queries(queries):
            response = client.get(address)
        assert len(page_rows(response)) == count


@pytest.mark.parametrize("count", [1, 3, 51])
def test_the_page_of_an_llm_takes_fifteen_queries_whatever_the_site(
    count, client, django_assert_num_queries
):
    board = make_leaderboard([make_metric("a"), make_metric("b")])
    give_scores_to_more_llms(board, count)
    with django_assert_num_queries(15):
        response = client.get("/llms/extra-1/")
    assert response.status_code == 200


# Addresses


def test_the_front_page_is_the_first_published_leaderboard(anesbench, client):
    pages = [client.get(path) for path in ("/", "/leaderboard/", "/leaderboard/anesbench/")]
    assert {page.content for page in pages} == {pages[0].content}
    canonical = '<link rel="canonical" href="http://testserver/leaderboard/anesbench/">'
    assert pages[0].content.decode().count(canonical) == 1


def test_the_leaderboard_with_the_smallest_position_comes_first_and_all_are_linked(client):
    metric = make_metric()
    make_leaderboard([metric], slug="second", title="LLMs - Second", position=2)
    make_leaderboard([metric], slug="first", title="LLMs - First", position=1)
    make_leaderboard([metric], slug="draft", title="LLMs - Draft", position=0, is_published=False)
    page = client.get("/").content.decode()
    assert page.count('<a href="/leaderboard/first/" aria-current="page">First</a>') == 1
    assert page.count('<a href="/leaderboard/second/">Second</a>') == 1
    assert page.count("Draft") == 0


@pytest.mark.parametrize("path", ["/", "/leaderboard/"])
def test_a_site_without_a_published_leaderboard_says_so(path, client):
    empty = client.get(path)
    make_leaderboard([make_metric()], is_published=False)
    with_draft = client.get(path)
    assert [page.status_code for page in (empty, with_draft)] == [200, 200]
    assert empty.content == with_draft.content
    assert empty.content.decode().count("<h1>No leaderboard yet</h1>") == 1


def test_a_leaderboard_without_scores_says_so(client):
    make_leaderboard([make_metric()])
    response = client.get("/")
    assert page_rows(response) == []
    assert response.content.decode().count("No LLM has a score here yet.") == 1


PUBLIC_PATHS = ["/", "/leaderboard/", "/leaderboard/board/", "/llms/alpha/"]
OTHER_PATHS = [
    "/changes/",
    "/changes/feed/",
    "/ranks/",
    "/api/",
    "/sitemap.xml",
    "/robots.txt",
    "/leaderboard/board.csv",
]


def make_site(**fields):
    """One published leaderboard, one LLM with one score."""
    metric = make_metric()
    make_scores({make_llm("Alpha", **fields): {metric: "0.5"}})
    return make_leaderboard([metric])


@pytest.mark.parametrize("path", [*PUBLIC_PATHS, *OTHER_PATHS])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace", "options"])
def test_pages_are_for_reading_only(method, path):
    make_site()
    response = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", PUBLIC_PATHS)
def test_head_is_get_without_a_body(path, client):
    make_site()
    get, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers


@pytest.mark.parametrize("path", PUBLIC_PATHS)
def test_public_pages_set_no_cookie(path, client):
    make_site()
    assert dict(client.get(path).cookies) == {}


@pytest.mark.parametrize("cookie", ["forged", "f" * 32, "<script>", "\u00fc", "x" * 4_000])
def test_a_forged_session_is_a_visitor_like_any_other(cookie, client):
    make_site()
    page = client.get("/").content
    client.cookies["sessionid"] = cookie
    assert client.get("/").content == page


@pytest.mark.parametrize("path", PUBLIC_PATHS)
def test_a_maintainer_sees_the_page_that_visitors_see(path, client, admin_client):
    make_site()
    assert admin_client.get(path).content == client.get(path).content


@pytest.mark.parametrize(
    "path",
    [
        "/leaderboard/draft/",
        "/leaderboard/nothing/",
        "/llms/draft/",
        "/llms/nobody/",
        "/llms/",
        "/.git/config",
        "/static/../manage.py",
        "/leaderboard/%ff/",
        "/leaderboard/a%00b/",
        "/llms/%3Cscript%3E/",
        f"/llms/{'x' * 9_000}/",
    ],
)
def test_what_is_not_published_is_not_found(path, client):
    board = make_site()
    draft = make_llm("Draft", is_published=False)
    make_score(draft, board.ranking_metric, "0.9")
    make_leaderboard([board.ranking_metric], slug="draft", is_published=False)
    response = client.get(path, follow=True)
    assert response.status_code == 404
    assert response.content.decode().count("<h1>Nothing is here</h1>") == 1


def test_a_draft_is_on_no_page(client):
    board = make_site()
    draft = make_llm("Secret", organization=Organization.objects.create(name="Hidden org"))
    make_score(draft, board.ranking_metric, "0.9")
    draft.is_published = False
    draft.save()
    for path in PUBLIC_PATHS:
        page = client.get(path).content.decode()
        assert (page.count("Secret"), page.count("Hidden org")) == (0, 0)
    assert [(row.rank, row.name) for row in page_rows(client.get("/"))] == [("1", "Alpha")]


@pytest.mark.parametrize(("path", "model"), [("/llms/{}/", LLM), ("/leaderboard/{}/", Leaderboard)])
def test_a_renamed_address_leads_to_the_new_one(path, model, client):
    make_site()
    renamed = model.objects.get()
    old = renamed.slug
    for slug in ("new", "newer"):
        renamed.slug = slug
        renamed.save()
    for slug in (old, "new"):
        response = client.get(path.format(slug) + "?sort=-llm")
        assert response.status_code == 301
        assert response.headers["Location"] == path.format("newer") + "?sort=-llm"
    assert client.get(path.format("newer")).status_code == 200


def test_an_address_that_was_never_public_leads_nowhere(client):
    make_site()
    draft = make_llm("Draft", is_published=False)
    for slug, is_published in (("published", True), ("again-a-draft", False)):
        draft.slug, draft.is_published = slug, is_published
        draft.save()
        codes = [client.get(f"/llms/{each}/").status_code for each in ("draft", "published")]
        assert codes == ([404, 200] if is_published else [404, 404])


def test_an_old_address_that_somebody_else_has_now_is_theirs(client):
    make_site()
    alpha = LLM.objects.get()
    alpha.slug = "alpha-1"
    alpha.save()
    make_llm("Alpha 2", slug="alpha")
    response = client.get("/llms/alpha/")
    assert response.status_code == 200
    assert response.content.decode().count("<h1>Alpha 2</h1>") == 1


# Hostile input

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


# Pages of rows


def test_more_than_a_hundred_llms_are_paged(client):
    board = make_site()
    give_scores_to_more_llms(board, 119)
    pages = [client.get("/", {"page": page, "sort": "-llm"}) for page in (1, 2, 3)]
    names = [page_names(page) for page in pages]
    assert [len(each) for each in names] == [100, 20, 20]
    assert names[0] + names[1] == sorted(LLM.objects.values_list("name", flat=True), reverse=True)
    assert pages[1].content == pages[2].content
    first, second = (page.content.decode() for page in pages[:2])
    assert first.count('<a rel="next" href="?sort=-llm&amp;page=2">Next 100</a>') == 1
    assert first.count('rel="prev"') == 0
    assert second.count('<a rel="prev" href="?sort=-llm">Previous 100</a>') == 1
    assert second.count('rel="next"') == 0
    assert first.count("<span>Page 1 of 2</span>") == second.count("<span>Page 2 of 2</span>") == 1


def test_a_hundred_llms_are_one_page(client):
    board = make_site()
    give_scores_to_more_llms(board, 99)
    response = client.get("/")
    assert len(page_rows(response)) == 100
    assert response.content.decode().count('aria-label="Pages"') == 0


# The page of an LLM


def test_an_llm_has_its_facts_and_unknown_ones_are_shown_as_unknown(client):
    make_llm(
        "Known",
        organization=Organization.objects.create(name="Org", homepage="https://example.org/"),
        parameters=Decimal("30.5"),
        active_parameters=Decimal("3.3"),
        open_weights=True,
        license="MIT",
        domain="medical",
        reasoning=False,
        base_model="Base",
        huggingface_id="org/known",
        released="2025-01-20",
    )
    make_llm("Unknown")
    known, unknown = (client.get(f"/llms/{slug}/") for slug in ("known", "unknown"))
    assert facts(known) == {
        "Organization": '<a href="https://example.org/" rel="noopener nofollow">Org</a>',
        "Parameters": "30.5 B",
        "Active parameters": "3.3 B",
        "Open weights": "yes",
        "License": "MIT",
        "Domain": "medical",
        "Reasoning": "no",
        "Released": '<time datetime="2025-01-20">20 Jan 2025</time>',
        "Base model": "Base",
        "Hugging Face": '<a href="https://huggingface.co/org/known" rel="noopener nofollow">'
        "org/known</a>",
    }
    assert facts(unknown) == dict.fromkeys(
        (
            "Organization",
            "Parameters",
            "Open weights",
            "License",
            "Domain",
            "Reasoning",
            "Released",
        ),
        "unknown",
    )


def facts(response):
    """What stands in the list of facts, as HTML."""
    pairs = response.content.decode().split("<div><dt>")[1:]
    return dict(pair.partition("</dd>")[0].split("</dt><dd>") for pair in pairs)


# Sources, benchmarks, and what ranks mean


def test_the_page_of_an_llm_says_how_sure_each_score_is_and_where_it_comes_from(anesbench, client):
    page = client.get("/llms/deepseek-r1/").content.decode()
    row = re.search(r'<tr id="metric-average">.*?</tr>', page, re.DOTALL).group()
    cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
    source = Source.objects.get()
    assert [" ".join(re.sub("<[^>]+>", "", cell).split()) for cell in cells] == [
        "Average", "0.85", "0.842 to 0.858", "1 of 51", "1", "–", "AnesBench leaderboard",
    ]  # fmt: skip
    assert f'<td class="source maintainer"><a href="/sources/{source.pk}/">' in row
    for text in ("range 1</small>", "of 9 scores", "MiliLab", "AnesBench evaluate.py",
                 'href="https://huggingface.co/deepseek-ai/DeepSeek-R1"'):  # fmt: skip
        assert page.count(text) == 1


def test_a_source_lists_what_it_contributed_and_is_shown(anesbench, client):
    source = Source.objects.get()
    page = client.get(f"/sources/{source.pk}/").content.decode()
    assert (page.count('scope="rowgroup"'), page.count('<td class="reported">')) == (51, 459)
    score = Score.objects.get(llm__slug="gpt-4o", metric__key="anesbench-overall")
    score.value = Decimal("0.99")
    score.save()
    page = client.get(f"/sources/{source.pk}/").content.decode()
    assert (page.count('<td class="reported">'), page.count("0.99")) == (458, 0)


def test_a_source_without_published_scores_is_invisible(client):
    make_site()
    source = Source.objects.create(title="Hidden")
    make_score(make_llm("Draft", is_published=False), Metric.objects.first(), "1", source=source)
    assert client.get(f"/sources/{source.pk}/").status_code == 404


def test_a_benchmark_says_what_it_measures_and_who_leads(anesbench, client):
    page = client.get("/benchmarks/anesbench/").content.decode()
    assert re.findall(
        r'<tr id="metric-([^"]+)"><th scope="row">([^<]+)</th><td>([\d,]+)', page
    ) == [
        ("anesbench-system1", "system1", "2,960"),
        ("anesbench-system1x", "system1.x", "1,028"),
        ("anesbench-system2", "system2", "355"),
        ("anesbench-overall", "overall", "4,343"),
    ]
    leading = re.findall(r'<th scope="row"><a href="/llms/([^/]+)/">.*?<td>(\d+)</td>', page)
    assert leading[:3] == [("deepseek-r1", "1"), ("gpt-4o", "2"), ("qwen3-235b-a22b", "3")]
    assert len(leading) == 10
    assert "2504.02404" in page


def test_a_benchmark_on_no_published_leaderboard_is_invisible(client, db):
    make_metric("hidden", benchmark=make_benchmark("Hidden"))
    assert client.get("/benchmarks/hidden/").status_code == 404


def test_what_rank_ranges_mean_is_explained_and_linked_from_the_table(anesbench, client):
    assert client.get("/").content.decode().count('href="/ranks/"') == 1
    page = client.get("/ranks/").content.decode()
    for assumption in ("not corrected for their number", "as if independent", "rounding error"):
        assert page.count(assumption) == 1


def test_the_note_and_day_of_a_score_are_on_the_page_of_its_llm(client):
    make_site()
    Score.objects.get().delete()
    make_score(LLM.objects.get(), Metric.objects.get(), "0.5", note="Two <runs>.",
               measured_on="2026-03-01")  # fmt: skip
    page = client.get("/llms/alpha/").content.decode()
    assert "<small>1 Mar 2026</small> <small>Two &lt;runs&gt;.</small>" in page
