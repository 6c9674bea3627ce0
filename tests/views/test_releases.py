"""Releases: their list, the frozen table in every view, and what is gone or damaged."""

import json
import re
from datetime import UTC, datetime
from hashlib import sha256
from threading import Thread
from types import SimpleNamespace

import pytest

from leaderboard.models import LLM, Leaderboard, Release, Score
from leaderboard.models.revision import publish_change
from leaderboard.trail import public_releases
from leaderboard.trail.canonical import canonical_bytes
from leaderboard.trail.public_releases import count_once
from leaderboard.trail.releases import freeze, read_payload, read_without_cells
from leaderboard.views import canonical
from tests import fuzz
from tests.factories import (
    give_scores_to_more_llms,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)
from tests.trail.editing import EDITS, make_site

BOARD = "/leaderboard/anesbench/"
RELEASE = f"{BOARD}releases/2026-11/"
FILES = [
    f"{BOARD}releases/2026-11.{ending}" for ending in ("csv", "json", "md", "tex", "bib", "cff")
]
PAYLOAD = f"{RELEASE}payload.json"
TICK = re.compile(r'<input type="checkbox" form="compare"[^>]*/>')


@pytest.fixture
def frozen(anesbench):
    return freeze(Leaderboard.objects.get(), "2026-11", "The **first** one.")


def table(response):
    """The table of a page, without the boxes of a comparison."""
    assert response.status_code == 200
    page = response.content.decode()
    return TICK.sub("", page[page.index('<table id="standings"') : page.index("</table>")])


def without_links(html):
    return re.sub(r' href="[^"]*"', "", html)


def change_release(**values):
    """What stands beside a release."""
    release = Release.objects.get()
    for name, value in values.items():
        setattr(release, name, value)
    release.save()
    publish_change(())


def damage():
    """Other bytes than those that were hashed, as a failing disk leaves them."""
    release = Release.objects.get()
    payload = bytes(release.payload[:-9]) + b"\0" * 9
    super(type(Release.objects.all()), Release.objects.all()).update(payload=payload)
    publish_change(())


# The frozen table

VIEWS = [
    *("", "sort=llm", "sort=-amcqa-overall", "q=qwen", "organization=openai&organization=unknown"),
    *(
        "weights=closed",
        "domain=medical",
        "reasoning=yes&sort=released",
        "min_size=70&size=unknown",
    ),
    *("columns=average,amcqa-system1", "intervals=all", "intervals=off", "page=7", "sort=nope"),
]


@pytest.mark.parametrize("query", VIEWS)
@pytest.mark.parametrize("language", ["", "/zh-hans"])
def test_a_new_release_shows_the_table_of_today_in_every_view(frozen, client, query, language):
    pages = [client.get(f"{language}{path}?{query}") for path in (RELEASE, BOARD)]
    assert table(pages[0]) == table(pages[1])


def test_levels_that_were_not_stored_are_not_offered(frozen, client):
    assert client.get(f"{RELEASE}?ranges=pairwise").content == client.get(RELEASE).content
    pages = [client.get(path).content.decode() for path in (RELEASE, BOARD)]
    assert ["ranges=pairwise" in page for page in pages] == [False, True]


def test_a_release_of_two_pages_has_two(client, db):
    board = make_leaderboard([make_metric("a", question_count=100)], slug="anesbench")
    give_scores_to_more_llms(board, 101)
    freeze(board, "2026-11")
    answers = [client.get(f"{RELEASE}?page={page}") for page in (1, 2, 3)]
    assert [answer.content.count(b'<th scope="row"') for answer in answers] == [100, 1, 1]
    assert answers[1].content == answers[2].content


def test_the_banner_counts_what_changed_since(frozen, client):
    page = client.get(RELEASE).content.decode()
    assert "The leaderboard is the same today." in page
    for score in Score.objects.all()[:2]:
        score.value = "0.01"
        score.save()
    page = client.get(RELEASE).content.decode()
    assert "The leaderboard has changed 2 times since." in page
    assert f'href="{BOARD}diff/?from=2026-11&amp;to=now"' in page


def test_a_page_says_what_stands_beside_the_release(frozen, client):
    before = client.get(RELEASE).content.decode()
    change_release(doi="10.5281/zenodo.1234567", erratum="Row *3* is wrong.")
    page = client.get(RELEASE).content.decode()
    for words in ("https://doi.org/10.5281/zenodo.1234567", "Row <em>3</em> is wrong.", "#erratum"):
        assert (words in before, words in page) == (False, True)
    for words in ("The <strong>first</strong> one.", frozen.sha256, "/payload.json | sha256sum"):
        assert words in page


def test_a_release_is_indexed_under_its_own_address(frozen, client):
    page = client.get(f"{RELEASE}?sort=llm").content.decode()
    assert f'<link rel="canonical" href="http://testserver{RELEASE}">' in page
    assert f'hreflang="zh-hans" href="http://testserver/zh-hans{RELEASE}"' in page
    assert "noindex" not in page
    sitemap = client.get("/sitemap.xml").content.decode()
    for address in (RELEASE, f"{BOARD}releases/"):
        assert f"<loc>http://testserver{address}</loc>" in sitemap


def test_names_lead_to_the_pages_that_there_are_today(frozen, client):
    gone, renamed = LLM.objects.get(slug="gpt-4o"), LLM.objects.get(slug="qwq-32b-preview")
    gone.delete()
    renamed.name, renamed.slug = "QwQ anew", "qwq-anew"
    renamed.save()
    page = client.get(RELEASE).content.decode()
    assert '<th scope="row"><a>gpt-4o</a>' in page
    assert '<th scope="row"><a href="/llms/qwq-anew/">QwQ-32B-Preview</a>' in page
    assert '<th scope="row"><a href="/llms/deepseek-r1/">' in page


# What never changes


def every_answer(client, addresses):
    return {address: client.get(address).content for address in addresses}


def test_a_release_outlives_every_kind_of_edit(client, db, django_capture_on_commit_callbacks):
    make_site()
    freeze(Leaderboard.objects.get(), "2026-11")
    page = RELEASE.replace("anesbench", "board")
    files = [address.replace("anesbench", "board") for address in (*FILES, PAYLOAD)]
    before, rows = (
        every_answer(client, files),
        re.sub(r' href="[^"]*"', "", table(client.get(page))),
    )
    for edit in EDITS.values():
        edit()
    assert every_answer(client, files) == before
    assert without_links(table(client.get(page))) == rows
    assert b"has changed" in client.get(page).content


def test_ten_lines_of_plain_python_find_the_printed_hash(frozen, client):
    payload = client.get(PAYLOAD).content
    state = json.loads(payload)
    again = json.dumps(state, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    found = sha256(again.encode()).hexdigest()
    assert found == sha256(payload).hexdigest() == frozen.sha256
    assert found in client.get(RELEASE).content.decode()
    assert payload == canonical_bytes(state)


# What is gone, damaged, or was never there


def test_a_withdrawn_release_keeps_its_doi_and_erratum(frozen, client):
    change_release(
        withdrawn_at=datetime(2026, 12, 3, tzinfo=UTC), withdrawal_reason="Wrong.",
        doi="10.1234/first", erratum="Column two is of another run.",
    )  # fmt: skip
    page = client.get(RELEASE).content.decode()
    assert 'href="https://doi.org/10.1234/first"' in page
    assert re.search('id="erratum".*?Column two is of another run', page, re.DOTALL)


def test_a_withdrawn_release_leaves_its_hash_and_the_reason(frozen, client):
    before = client.get(RELEASE)
    assert before.status_code == 200
    when = datetime(2026, 12, 3, 10, 0, tzinfo=UTC)
    change_release(withdrawn_at=when, withdrawal_reason="It named *another* LLM.")
    page = client.get(RELEASE)
    text = page.content.decode()
    assert page.status_code == 410
    for words in ("It named <em>another</em> LLM.", frozen.sha256, "3 Dec 2026", "noindex"):
        assert words in text
    assert "standings" not in text
    for address in (*FILES, PAYLOAD):
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"][:10]) == (410, "text/plain")
        assert answer.content.decode() == (
            "Release 2026-11 was withdrawn on 2026-12-03: It named *another* LLM. "
            f"SHA-256 {frozen.sha256}.\n"
        )
    assert "Withdrawn on 3 Dec 2026" in client.get(f"{BOARD}releases/").content.decode()
    assert RELEASE not in client.get("/sitemap.xml").content.decode()


def test_a_damaged_release_says_so_and_shows_nothing(frozen, client, caplog):
    damage()
    page = client.get(RELEASE)
    text = page.content.decode()
    assert (page.status_code, page["Cache-Control"], page["Retry-After"]) == (
        503,
        "no-store",
        "3600",
    )
    assert "Release 2026-11 cannot be shown" in text
    assert (frozen.sha256 in text, "standings" in text) == (True, False)
    for address in (*FILES, PAYLOAD, f"{RELEASE}?q=x"):
        assert client.get(address).status_code == 503
    assert client.get(PAYLOAD).content.decode() == (
        f"The stored bytes of release 2026-11 are damaged; its hash is {frozen.sha256}.\n"
    )
    assert client.get(f"{BOARD}releases/").status_code == 200
    assert "Release 2026-11 of anesbench is damaged" in caplog.text


def test_releases_are_public_with_their_leaderboard(frozen, client):
    board = Leaderboard.objects.get()
    board.is_published = False
    board.save()
    for address in (RELEASE, PAYLOAD, *FILES, f"{BOARD}releases/"):
        assert client.get(address).status_code == 404
    assert RELEASE not in client.get("/sitemap.xml").content.decode()


@pytest.mark.parametrize(
    "address",
    ["releases/2026-12/", "releases/2026-12.csv", "releases/2026-11.exe",
     "releases/2026-11/payload.csv", "releases/%00/", "releases/2026-12/payload.json"],
)  # fmt: skip
def test_what_is_no_release_is_not_found(frozen, client, address):
    assert client.get(BOARD + address).status_code == 404


def test_a_leaderboard_that_got_another_address_takes_its_releases_along(frozen, client):
    board = Leaderboard.objects.get()
    board.slug = "anes"
    board.save()
    for address in (f"{RELEASE}?sort=llm", *FILES, PAYLOAD, f"{BOARD}releases/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (
            301,
            address.replace("anesbench", "anes"),
        )
        assert client.get(answer["Location"]).status_code == 200


# The list


def test_the_list_says_what_changed_from_one_to_the_next(frozen, client):
    empty = client.get(f"{BOARD}releases/").content.decode()
    assert ("2026-11" in empty, "the first" in empty) == (True, True)
    LLM.objects.get(slug="gpt-4o").delete()
    score = Score.objects.filter(metric__key="anesbench-system1", llm__slug="qwq-32b-preview").get()
    score.value = "0.51"
    score.save()
    second = freeze(Leaderboard.objects.get(), "2026-12")
    page = client.get(f"{BOARD}releases/").content.decode()
    assert re.search(r">1 LLM removed, 3 values changed, \d+ ranks moved</a>", page)
    assert f'{BOARD}diff/?from=2026-11&amp;to=2026-12"' in page
    assert page.index("2026-12") < page.index(">2026-11<")
    assert (second.sha256[:16] in page, ">50<" in page, ">51<" in page) == (True, True, True)


def test_the_list_reads_each_release_once(anesbench, client, monkeypatch):
    score = Score.objects.filter(metric__key="anesbench-system1").first()
    for number in (1, 2, 3):
        score.value = f"0.0{number}"
        score.save()
        freeze(Leaderboard.objects.get(), f"v{number}")
    read = []
    monkeypatch.setattr(
        public_releases,
        "read_without_cells",
        lambda each: read.append(each.name) or read_without_cells(each),
    )
    assert client.get(f"{BOARD}releases/").status_code == 200
    assert sorted(read) == ["v1", "v2", "v3"]


def freeze_five():
    """Releases v1 to v5, each with another value."""
    score = Score.objects.filter(metric__key="anesbench-system1").first()
    for number in range(1, 6):
        score.value = f"0.0{number}"
        score.save()
        freeze(Leaderboard.objects.get(), f"v{number}")


def names_in(page):
    return re.findall(r'releases/(v\d)/">', page.content.decode())


def test_a_long_list_has_pages_and_each_reads_its_own_releases(anesbench, client, monkeypatch):
    monkeypatch.setattr(canonical, "RELEASES", 2)
    freeze_five()
    read = []
    monkeypatch.setattr(
        public_releases,
        "read_without_cells",
        lambda each: read.append(each.name) or read_without_cells(each),
    )
    pages, asked = [], []
    for number in ("1", "3", "2", "99"):
        pages.append(client.get(f"{BOARD}releases/?page={number}&x=y"))
        asked.append(sorted(read))
        read.clear()
    assert [names_in(page) for page in pages] == [["v5", "v4"], ["v1"], ["v3", "v2"], ["v1"]]
    assert asked == [["v3", "v4", "v5"], ["v1"], ["v1", "v2", "v3"], []]
    assert pages[0].content == client.get(f"{BOARD}releases/").content
    assert pages[3].content == pages[1].content
    text = pages[2].content.decode()
    for link in (
        f'href="{BOARD}diff/?from=v1&amp;to=v2">',
        'rel="prev" href="?page=1"',
        'rel="next" href="?page=3"',
    ):
        assert link in text


def test_what_was_withdrawn_on_a_later_page_is_not_compared_with(anesbench, client, monkeypatch):
    monkeypatch.setattr(canonical, "RELEASES", 2)
    freeze_five()
    for release in Release.objects.filter(name="v3"):
        release.withdrawn_at = datetime(2026, 12, 3, tzinfo=UTC)
        release.withdrawal_reason = "Wrong."
        release.save()
    page = client.get(f"{BOARD}releases/").content.decode()
    assert f'{BOARD}diff/?from=v2&amp;to=v4"' in page


def test_nobody_waits_for_the_counts_of_other_releases():
    one, other = SimpleNamespace(sha256="one"), SimpleNamespace(sha256="other")
    found = []

    def count(state):
        if state == "one":
            thread = Thread(target=lambda: found.append(count_once((other,), count, read)))
            thread.start()
            thread.join(5)
        return {state: len(found)}

    def read(release):
        return release.sha256

    assert count_once((one,), count, read) == {"one": 1}
    assert found == [{"other": 0}]


def test_a_list_without_releases_says_so(anesbench, client):
    assert "Nothing has been frozen yet." in client.get(f"{BOARD}releases/").content.decode()


# Cost


def test_a_release_takes_the_same_queries_at_any_size_and_age(
    client, db, django_assert_max_num_queries
):
    board = make_leaderboard([make_metric("a", question_count=100)], slug="anesbench")
    make_score(make_llm("Alpha"), board.ranking_metric, "0.5")
    freeze(board, "2026-11")
    give_scores_to_more_llms(board, 30)
    for number in range(5):
        freeze(board, f"v{number}")
    for address, queries in ((RELEASE, 16), (f"{BOARD}releases/v4/", 16), (FILES[0], 15)):
        publish_change(())
        with django_assert_max_num_queries(queries):
            assert client.get(address).status_code == 200
        with django_assert_max_num_queries(1):
            assert client.get(address).status_code == 200


def test_random_queries_of_a_release_are_answered(frozen, client):
    chance = fuzz.random.Random(7)
    for _ in range(40):
        address = chance.choice((RELEASE, *FILES, PAYLOAD, f"{BOARD}releases/"))
        answer = client.get(f"{address}?{fuzz.random_query(chance)}")
        assert answer.status_code in (200, 400)
        assert b"<script>alert(1)" not in answer.content


def test_what_is_stored_is_what_is_sent(frozen, client):
    answer = client.get(PAYLOAD, headers={"accept-encoding": "br"})
    assert answer.content == read_payload(Release.objects.get())
    assert not answer.has_header("Content-Encoding")
