"""Addresses, their cost, and pages of rows."""

import pytest
from django.test import Client

from leaderboard.models import LLM, Leaderboard, Organization
from leaderboard.trail.filling import fill_differences
from tests.factories import (
    give_scores_to_more_llms,
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)
from tests.page_reader import page_names, page_rows
from tests.views.site import PUBLIC_PATHS, make_site

pytestmark = pytest.mark.django_db


# Cost


@pytest.mark.parametrize("count", [1, 3, 51])
def test_a_leaderboard_takes_fifteen_queries_whatever_its_size_and_the_next_view_of_it_two(
    count, client, django_assert_num_queries
):
    benchmark = make_benchmark()
    a, b = make_metric("a", benchmark=benchmark), make_metric("b", benchmark=benchmark)
    board = make_leaderboard([a, b, make_aggregate("mean", [a, b])])
    give_scores_to_more_llms(board, count)
    for address, queries in (("/", 15), ("/leaderboard/", 2), ("/leaderboard/board/", 2)):
        with django_assert_num_queries(queries):
            response = client.get(address)
        assert len(page_rows(response)) == count


@pytest.mark.parametrize("count", [1, 3, 51])
def test_the_page_of_an_llm_takes_twenty_one_queries_whatever_the_site(
    count, client, django_assert_num_queries
):
    board = make_leaderboard([make_metric("a"), make_metric("b")])
    give_scores_to_more_llms(board, count)
    fill_differences()
    # One is for the columns of all leaderboards, one for the facts that the site has defined.
    with django_assert_num_queries(21):
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
    page = client.get("/leaderboard/").content.decode()
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


OTHER_PATHS = [
    "/changes/",
    "/changes/feed/",
    "/ranks/",
    "/api/",
    "/sitemap.xml",
    "/robots.txt",
    "/leaderboard/board.csv",
    "/leaderboard/board/releases/",
    "/leaderboard/board/diff/",
]


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
