"""A page is kept rightly by what its view declares, without a word of it in the page cache."""

from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, path

from config import urls as real_urls
from leaderboard.models import LLM, Metric
from leaderboard.models.revision import publish_change
from leaderboard.pages.selection import Selection
from leaderboard.serving.public_views import Canonical, declaration_of, public
from leaderboard.standings.published import published_content
from leaderboard.trail import entries as trail_entries
from leaderboard.views import canonical
from tests.factories import make_leaderboard, make_llm, make_metric, make_score

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def read_year(request, content):
    """The year after which LLMs are shown, if there is one."""
    year = request.GET.get("year", "")
    return Canonical(urlencode({"year": int(year)})) if year.isdecimal() else Canonical()


def write_all(request):
    """Everything that a view can see of a query."""
    return f"{sorted(request.GET.lists())} {request.META['QUERY_STRING']} {request.get_full_path()}"


@public(reads=read_year)
def show_year(request):
    return HttpResponse(f"since {request.GET.get('year', 'ever')}: {write_all(request)}")


@public()
def show_everything(request):
    return HttpResponse(write_all(request))


def show_undeclared(request):
    return HttpResponse(write_all(request))


handler400, handler500 = real_urls.handler400, real_urls.handler500
urlpatterns = [
    path("year/", show_year),
    path("everything/", show_everything),
    path("undeclared/", show_undeclared),
    *real_urls.urlpatterns,
]


@pytest.fixture
def board():
    metric = make_metric()
    make_score(make_llm("Alpha", is_published=True), metric, "0.5")
    make_score(make_llm("Beta", is_published=True), metric, "0.4")
    board = make_leaderboard([metric])
    publish_change()
    return board


def entries():
    return len(cache.store.entries)


def test_a_new_page_is_kept_for_each_value_that_it_declares(client, board):
    texts = {year: client.get(f"/year/?year={year}").content for year in (2023, 2024)}
    assert [text.split(b":")[0] for text in texts.values()] == [b"since 2023", b"since 2024"]
    assert entries() == 2
    for year, text in texts.items():
        again = client.get(f"/year/?utm_source=x&year={year}")
        assert (again.content, entries()) == (text, 2)
    etags = {client.get(f"/year/?year={year}")["ETag"] for year in texts}
    assert len(etags) == 2


def test_values_that_mean_the_same_are_one_page(client, board):
    addresses = ("/year/?year=2024", "/year/?year=02024", "/year/?a=b&year=2024")
    assert len({client.get(address).content for address in addresses}) == entries() == 1
    bare = {client.get(address).content for address in ("/year/", "/year/?year=x", "/year/?x=1")}
    assert (len(bare), entries()) == (1, 2)


def test_a_declared_page_is_made_anew_after_an_edit(client, board):
    before = client.get("/year/?year=2024")["ETag"]
    publish_change()
    assert client.get("/year/?year=2024")["ETag"] != before


@pytest.mark.parametrize("address", ["/year/?year=2024&secret=7", "/everything/?secret=7"])
def test_what_a_view_has_not_declared_it_cannot_read(address, client, board, settings):
    assert b"secret" not in client.get(address).content
    settings.DEBUG = True  # nothing is kept, and the view sees no more
    assert b"secret" not in client.get(address).content
    assert b"year" in client.get("/year/?year=2024").content


def test_a_view_that_declares_nothing_is_kept_without_a_query_only(client, board):
    first = client.get("/undeclared/")
    assert client.get("/undeclared/").content == first.content
    assert entries() == 1
    texts = [client.get(f"/undeclared/?name={name}").content for name in "ab"]
    assert (b"['a']" in texts[0], b"['b']" in texts[1], entries()) == (True, True, 1)


def test_every_page_of_the_site_has_a_declaration_or_stands_in_the_admin():
    routes = [*real_urls.files, *real_urls.pages]
    routes += [route for each in routes for route in getattr(each, "url_patterns", ())]
    undeclared = {
        route.name
        for route in routes
        if isinstance(route, URLPattern) and declaration_of(route.callback) is None
    }
    assert undeclared == {
        "draft", "draft-without-slash", "edit", "preview-leaderboard", "preview-llm",
        "preview-page", "second-factor", "hand-in", "import",
    }  # fmt: skip


def test_a_declaration_says_the_same_of_its_own_canonical_query(client, anesbench, rf):
    """So the page made of the canonical query is the page of the query that was sent."""
    queries = (
        "sort=llm&q=+GPT++4&organization=openai&organization=nobody&page=9",
        "min_size=07.50&max_size=1,000&size=unknown&intervals=all&ranges=each&x=y",
        "columns=anesbench-system2,,anesbench-system1&weights=open&reasoning=no",
    )
    content = published_content(rf.get("/"))
    standings = content.standings(content.leaderboard())
    for query in queries:
        sent = rf.get(f"/?{query}")
        declared = canonical.read_table(sent, content)
        again = rf.get(f"/?{declared.query}")
        assert canonical.read_table(again, content) == declared
        (was, now) = (Selection.from_query(each.GET, standings) for each in (sent, again))
        assert (now.parameters(), bool(now.parameters())) == (
            [pair for pair in was.parameters() if pair[0] != "page"],
            True,
        )


def test_pages_of_changes_past_the_end_are_the_last_one(client, board, monkeypatch):
    monkeypatch.setattr(canonical, "ENTRIES", 2)
    metric = Metric.objects.get()
    for number in range(5):
        make_score(make_llm(f"New {number}", is_published=True), metric, "0.5")
    last = client.get("/changes/?page=999999999")
    count = entries()
    with CaptureQueriesContext(connection) as asked:
        others = [client.get(f"/changes/?page={page}") for page in range(1000, 1010)]
    assert len(asked) == len(others)  # each asks for the revision only
    assert {page.content for page in others} == {last.content}
    assert entries() == count


def test_what_changed_is_read_once_for_all_pages(client, board, monkeypatch):
    monkeypatch.setattr(canonical, "ENTRIES", 2)
    metric = Metric.objects.get()
    load, loaded = trail_entries.load_trail, []
    monkeypatch.setattr(trail_entries, "load_trail", lambda: loaded.append(1) or load())
    for number in range(5):
        make_score(make_llm(f"New {number}", is_published=True), metric, "0.5")
    pages = [client.get(f"/changes/?page={page}").content for page in (1, 2, 3)]
    assert (len(set(pages)), loaded) == (3, [1])


def test_a_redirect_passes_the_query_on_as_it_was_sent(client, board):
    llm = LLM.objects.get(slug="alpha")
    llm.slug = "renamed"
    llm.save()
    response = client.get("/llms/alpha/?utm_source=x&page=2")
    assert (response.status_code, response["Location"]) == (
        301,
        "/llms/renamed/?utm_source=x&page=2",
    )
