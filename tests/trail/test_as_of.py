"""A leaderboard as of an instant: what was served then, and nothing that was not public."""

import re
from datetime import datetime, timedelta
from html import unescape
from itertools import pairwise
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leaderboard.models import Leaderboard, LeaderboardState
from leaderboard.standings import published
from leaderboard.standings.as_of import load_leaderboard_at, load_records_at
from leaderboard.standings.loading import load_leaderboard
from tests.factories import make_leaderboard, make_llm, make_score
from tests.trail.editing import EDITS, board, llm, make_site, metric, move_back, setting

pytestmark = pytest.mark.django_db
PAGE = "/leaderboard/board/"
UNSEEN = {  # in the table in English and in the rows of files
    *("value of a draft", "value of what is withdrawn", "translated title")
}
ENDINGS = ("csv", "json", "jsonl", "md", "tex", "bib")


@pytest.fixture
def site():
    make_site()


def ask(client, address, at=None, **query):
    query |= {"at": at.isoformat() if isinstance(at, datetime) else at} if at else {}
    return client.get(f"{address}?{urlencode(query)}" if query else address)


def served(client, at=None):
    """The title, headers and rows of the page, without the order's links, and the files' rows."""
    page = ask(client, PAGE, at, intervals="all").content.decode()
    title, head, rows = (
        re.search(rf"<{name}>.*?</{name}>", page, re.DOTALL).group()
        for name in ("h1", "thead", "tbody")
    )
    csv = ask(client, "/leaderboard/board.csv", at, intervals="all").content
    json = ask(client, "/leaderboard/board.json", at).json()
    return (
        title,
        re.sub(r'href="\?[^"]*"', "", head),
        rows,
        csv,
        *(json[part] for part in ("metrics", "rows", "components")),
    )


def test_as_of_every_instant_between_edits_of_every_kind_is_what_was_served_then(site, client):
    kept = {"at first": (timezone.now(), served(client))}
    for name, edit in EDITS.items():
        edit()
        kept[name] = (timezone.now(), served(client))
    for name, (instant, then) in kept.items():
        assert served(client, instant) == then, name
    changed = {name for (_, (_, old)), (name, (_, new)) in pairwise(kept.items()) if old != new}
    assert EDITS.keys() - changed == UNSEEN


def test_files_as_of_an_instant_are_what_was_served_then_but_for_their_address(site, client):
    def files(at=None):
        answers = [ask(client, f"/leaderboard/board.{ending}", at) for ending in ENDINGS]
        return [re.sub(rb"\?at=[^ ,}>\"]*", b"", answer.content) for answer in answers]

    instant, then = timezone.now(), files()
    EDITS["value"]()
    EDITS["title"]()
    assert files() != then
    assert files(instant) == then
    answer = ask(client, "/leaderboard/board.csv", instant)
    day = instant.date().isoformat()
    assert answer["Content-Disposition"] == f'inline; filename="board-{day}.csv"'
    assert answer["X-Robots-Tag"] == "noindex"


def test_records_as_of_now_are_those_of_now_whatever_their_number(site, django_assert_num_queries):
    leaderboard = Leaderboard.objects.get()
    for number in range(2):
        now = timezone.now()
        with django_assert_num_queries(2):
            past = load_leaderboard_at(leaderboard, now)
        with django_assert_num_queries(8):
            records = load_records_at(past, now)
        assert records == load_leaderboard(leaderboard)
        for name in (f"Eta {number}", f"Theta {number}"):
            make_score(make_llm(name), metric("one")(), "0.5")
        EDITS["publish"]()
        EDITS["name of a metric"]()


def test_what_was_not_public_then_is_not_found(site, client):
    draft = timezone.now() - timedelta(days=1)
    first = timezone.now()
    setting(board, is_published=False)()
    withdrawn = timezone.now()
    EDITS["value"]()
    setting(board, is_published=True)()
    for address in (PAGE, *(f"/leaderboard/board.{ending}" for ending in ENDINGS)):
        for at, status in ((draft, 404), (first, 200), (withdrawn, 404), (timezone.now(), 200)):
            assert ask(client, address, at).status_code == status
    assert ask(client, PAGE, draft, sort="llm").status_code == 404
    absent = ask(client, PAGE, withdrawn).content
    assert absent == ask(client, PAGE, draft).content
    setting(board, is_published=False)()
    assert ask(client, PAGE, first).status_code == 404


def test_drafts_leave_no_trace_in_any_past_state(site, client):
    before = [ask(client, address, timezone.now()) for address in (PAGE, "/changes/")]
    EDITS["value of a draft"]()
    setting(llm("Hidden"), name="Secret")()
    after = [ask(client, address, timezone.now()) for address in (PAGE, "/changes/")]
    assert [page.content for page in after] == [page.content for page in before]
    setting(llm("Secret"), is_published=True)()
    assert b"Secret" not in ask(client, PAGE, "2026-01-01").content
    state = LeaderboardState.objects.of(board())[1]
    assert b"Secret" not in ask(client, PAGE, state.changed_at).content


def test_an_address_has_one_spelling_of_each_state_and_its_links_keep_it(site, client):
    EDITS["value"]()
    move_back(timedelta(days=3))
    EDITS["title"]()
    day = LeaderboardState.objects.of(board())[1].changed_at.date()
    later = f"{day + timedelta(days=1)}T10:00:00+02:00"
    pages = [ask(client, PAGE, at, sort="llm") for at in (f"{day}", later, later.replace("+", " "))]
    assert len({page.content for page in pages}) == 1
    page = pages[0].content.decode()
    links = re.findall(r'<a href="(\?[^"]*)"', page)
    assert len(links) > 10
    assert all(f"at={day}" in link for link in links)
    assert f'name="at" value="{day}"' in page
    assert f"/leaderboard/board.csv?sort=llm&amp;at={day}" in page
    assert f"/zh-hans/leaderboard/board/?sort=llm&amp;at={day}" in page


@pytest.mark.parametrize(
    "at", ["", "yesterday", "2026-13-01", "9999-01-01", "2026-11-25T10", "now", "0", "2026-1-1"]
)
def test_a_value_that_names_no_past_time_is_ignored(site, client, at):
    page = client.get(PAGE).content
    assert client.get(f"{PAGE}?at={at}").content == page
    assert client.get(f"{PAGE}?at=2026-01-01&at=2026-01-02").content == page


def test_a_page_of_the_past_says_so_and_is_not_for_search_engines(site, client):
    first = LeaderboardState.objects.of(board()).first()
    move_back(timedelta(days=3))
    EDITS["value"]()
    day = f"{first.changed_at - timedelta(days=3):%Y-%m-%d}"
    page = ask(client, PAGE, day).content.decode()
    assert '<meta name="robots" content="noindex">' in page
    assert f'<link rel="canonical" href="http://testserver{PAGE}">' in page
    assert "hreflang" not in page.partition("</head>")[0]
    assert "ld+json" not in page
    assert "As it stood on " in page
    assert f'<a href="{PAGE}">Today’s page</a>' in page
    assert f'<option value="{day}" selected>' in page
    chinese = ask(client, f"/zh-hans{PAGE}", day).content.decode()
    assert "As it stood" not in chinese
    assert "今天的页面" in chinese
    today = client.get(PAGE).content.decode()
    assert "noindex" not in today
    assert "As it stood" not in today
    frame = ask(client, f"{PAGE}embed/", day).content.decode()
    assert f"{PAGE}?at={day}" in frame


def test_comparison_and_charts_are_of_the_same_state(site, client):
    then = timezone.now()
    before = [
        re.search(r"<main.*</main>", client.get(address).content.decode(), re.DOTALL).group()
        for address in (f"{PAGE}charts/", f"{PAGE}compare/?llm=alpha&llm=beta")
    ]
    EDITS["value"]()
    for address, main in (("charts/", before[0]), ("compare/?llm=alpha&llm=beta", before[1])):
        mark = "&" if "?" in address else "?"
        past = client.get(f"{PAGE}{address}{mark}{urlencode({'at': then.isoformat()})}")
        page = re.search(r"<main.*</main>", past.content.decode(), re.DOTALL).group()
        page = re.sub(r'<input type="hidden" name="at" value="[^"]*">\n?', "", page)
        page = re.sub(r"(&amp;|\?)at=[^&\"]*", "", page)
        assert page.split() == main.split()


def test_the_changes_page_offers_the_days_on_which_something_changed(site, client):
    move_back(timedelta(days=3))
    EDITS["value"]()
    days = {f"{state.changed_at:%Y-%m-%d}" for state in LeaderboardState.objects.all()}
    page = client.get("/changes/").content.decode()
    assert re.findall(r'<option value="([^"]*)"', page) == sorted(days, reverse=True)
    assert f'<form class="days" action="{PAGE}">' in page


def test_any_number_of_instants_takes_one_place_for_each_state(site, client):
    begun = LeaderboardState.objects.get().changed_at
    EDITS["value"]()
    for moment in range(20):
        assert ask(client, PAGE, begun + timedelta(microseconds=moment)).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        ask(client, PAGE, begun + timedelta(microseconds=99))
    assert len(queries) == 1  # the content revision: the page is kept


def test_a_process_keeps_few_standings_of_the_past(site, client, monkeypatch):
    monkeypatch.setattr(published, "MOST_PAST_ROWS", 7)  # two states of three rows
    moments = [timezone.now()]
    for name in ("value", "title", "fact"):
        EDITS[name]()
        moments.append(timezone.now())
    leaderboard, content = board(), published.load_content("token")
    first = content.past(leaderboard, moments[0])
    assert content.past(leaderboard, moments[0]) is first
    for moment in moments[1:]:
        content.past(leaderboard, moment)
    with CaptureQueriesContext(connection) as queries:
        assert content.past(leaderboard, moments[3])
        assert content.past(leaderboard, moments[2])
    assert len(queries) == 0
    assert content.past(leaderboard, moments[0]) is not first


def test_a_revision_leads_to_the_state_that_it_names(site, client):
    token = LeaderboardState.objects.get().token
    move_back(timedelta(days=3))
    EDITS["value"]()
    day = LeaderboardState.objects.of(board())[1].changed_at.date().isoformat()
    answer = client.get(f"/revision/{token}/")
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?at={day}")
    assert client.get("/revision/0123456789abcdef/").status_code == 404
    setting(board, is_published=False)()
    assert client.get(f"/revision/{token}/").status_code == 404


def test_a_revision_of_several_leaderboards_lists_them(site, client):
    make_leaderboard([metric("one")()], slug="second", title="Second")
    EDITS["value"]()
    token = LeaderboardState.objects.last().token
    page = client.get(f"/revision/{token}/").content.decode()
    links = re.findall(r'<a href="(/leaderboard/[^"]*at=[^"]*)"', page)
    assert [client.get(unescape(link)).status_code for link in links] == [200, 200]
