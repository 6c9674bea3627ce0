"""What a proxy or CDN may do with the answers of this site, by RFC 9111 and RFC 5861."""

import re
from dataclasses import dataclass

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings

from leaderboard.models import LLM, Leaderboard
from leaderboard.models.revision import publish_change
from tests.factories import make_leaderboard, make_metric, make_scores
from tests.serving.test_http import database_at, filled_file, site_file  # noqa: F401 (fixtures)
from tests.serving.test_page_cache import VIEWS

DAY = 24 * 60 * 60
BY_DEFAULT = {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501}  # RFC 9110, 15.1


@dataclass
class Stored:
    response: object
    asked: dict  # the values of the request's headers that Vary names
    at: float


class SharedCache:
    """Takes every liberty that the two documents leave to a cache for many: it keeps what says
    nothing for a day, and shows stale copies wherever it may. Its clock is the test's."""

    def __init__(self):
        self.client, self.now, self.is_up = Client(raise_request_exception=False), 0.0, True
        self.stored = {}

    def get(self, address, host="testserver", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        variants = self.stored.setdefault((host, address), [])
        copy = next((each for each in variants if is_for(each, headers)), None)
        if copy and self.age(copy) < lifetime(copy.response):
            return copy.response
        response = self.forward(address, host, headers, copy)
        if response.status_code >= 500 and self.may_show(copy, "stale-if-error"):
            return copy.response
        is_late = copy and copy.at != self.now and self.may_show(copy, "stale-while-revalidate")
        shown = copy.response if is_late else response
        if may_store(response, headers):
            variants[:] = [each for each in variants if not is_for(each, headers)]
            names = response.get("Vary", "").lower().replace(" ", "").split(",")
            variants.append(Stored(response, {name: headers.get(name) for name in names}, self.now))
        return shown

    def forward(self, address, host, headers, copy):
        """What the site says; its page again if it says that it is the same."""
        if not self.is_up:
            return HttpResponse(status=504)
        known = {"if-none-match": copy.response["ETag"]} if copy and "ETag" in copy.response else {}
        response = self.client.get(address, headers=headers | known | {"host": host})
        return copy.response if response.status_code == 304 else response

    def age(self, copy):
        return self.now - copy.at

    def may_show(self, copy, directive):
        late = seconds(copy.response, directive) if copy else None
        return late is not None and self.age(copy) < lifetime(copy.response) + late


def is_for(copy, headers):
    return "*" not in copy.asked and all(
        headers.get(name) == value for name, value in copy.asked.items() if name
    )


def seconds(response, directive):
    found = re.search(rf"(?:^|[ ,]){directive}=(\d+)", response.get("Cache-Control", ""))
    return int(found[1]) if found else None


def lifetime(response):
    said = [seconds(response, name) for name in ("s-maxage", "max-age")]
    return next((each for each in said if each is not None), DAY)


def may_store(response, headers):
    said = response.get("Cache-Control", "")
    is_explicit = seconds(response, "s-maxage") is not None or "max-age" in said
    return (
        not re.search(r"no-store|private|no-cache", said)
        and ("authorization" not in headers or re.search("public|s-maxage", said))
        and (is_explicit or response.status_code in BY_DEFAULT)
    )


@pytest.fixture
def board(db):
    """A published leaderboard with two published LLMs."""
    metric = make_metric()
    make_scores({"Alpha": {metric: 0.5}, "Beta": {metric: 0.4}})
    LLM.objects.update(is_published=True)
    leaderboard = make_leaderboard([metric])
    publish_change()
    return leaderboard


@pytest.fixture
def cache(board):
    return SharedCache()


ALPHA = ["/llms/alpha/", "/zh-hans/llms/alpha/", "/llms/alpha.yaml", "/llms/alpha/badge.svg"]


def statuses(cache, addresses=ALPHA):
    return [cache.get(address).status_code for address in addresses]


def publish(slug, is_published):
    llm = LLM.objects.get(slug=slug)
    llm.is_published = is_published
    llm.save()


# Stories


@pytest.mark.parametrize("age", [1, 2, 20, DAY - 1, DAY + 2])
def test_the_first_reader_after_a_second_sees_an_edit(age, cache, board):
    before = cache.get("/leaderboard/board/")
    board.title = "Another title"
    board.save()
    cache.now = 0.9
    assert cache.get("/leaderboard/board/") is before
    cache.now = age
    assert b"<h1>Another title" in cache.get("/leaderboard/board/").content


def test_what_is_withdrawn_is_gone_after_a_second_and_stays_away_without_the_site(cache):
    before = statuses(cache)
    publish("alpha", is_published=False)
    cache.now = 1.0
    after = statuses(cache)
    cache.now, cache.is_up = 100.0, False
    assert (before, after, statuses(cache)) == ([200] * 4, [404] * 4, [404] * 4)


def test_what_is_published_again_is_there_after_a_second(cache):
    publish("alpha", is_published=False)
    before = statuses(cache)
    publish("alpha", is_published=True)
    cache.now = 1.0
    assert (before, statuses(cache)) == ([404] * 4, [200] * 4)


def test_what_is_deleted_is_gone_after_a_second(cache):
    before = statuses(cache)
    LLM.objects.get(slug="alpha").delete()
    cache.now = 1.0
    assert (before, statuses(cache)) == ([200] * 4, [404] * 4)


def test_a_new_address_can_be_taken_back_although_the_old_one_was_a_redirect(cache):
    found = []
    for slug in ("new", "board", "new"):
        Leaderboard.objects.update(slug=slug)  # past what forms allow
        Leaderboard.objects.get().save()
        cache.now += 1
        answer = cache.get("/leaderboard/board/")
        found.append((answer.status_code, answer.get("Location")))
    there, back = (301, "/leaderboard/new/"), (200, None)
    assert found == [there, back, there]


def test_without_the_site_its_last_good_answers_are_shown_for_a_day(cache):
    good = {address: cache.get(address).content for address in ALPHA}
    cache.now, cache.is_up = DAY, False
    assert {address: cache.get(address).content for address in ALPHA} == good
    cache.now = DAY + 1
    assert statuses(cache) == [504] * 4


@override_settings(ALLOWED_HOSTS=["a.example", "b.example"])
def test_encodings_languages_and_hosts_have_copies_of_their_own(cache):
    pages = {
        (host, address, encoding): cache.get(address, host=host, accept_encoding=encoding)
        for host in ("a.example", "b.example")
        for address in ("/llms/alpha/", "/zh-hans/llms/alpha/")
        for encoding in ("br", "gzip", "identity")
    }
    assert len({page["ETag"] for page in pages.values()}) == 12
    for (host, address, encoding), page in pages.items():
        again = cache.get(address, host=host, accept_encoding=encoding)
        assert (again is page, page.get("Content-Encoding", "identity")) == (True, encoding)


# Every answer


PLAIN = ["/nowhere/", "/llms/none/", "/leaderboard/none.csv", "/changes", "/leaderboard/board/?x"]


@pytest.mark.parametrize("address", [*VIEWS, *PLAIN])
def test_every_public_answer_says_how_long_it_counts(address, client, anesbench):
    for _ in range(2):
        answer = client.get(address)
        assert (answer["Cache-Control"], answer["Vary"], dict(answer.cookies)) == (
            "public, max-age=0, s-maxage=1, stale-if-error=86400",
            "Accept-Encoding",
            {},
        )


def test_before_anything_is_published_answers_count_as_long(client, db):
    answers = [client.get(address) for address in ("/", "/llms/alpha/", "/changes/?page=2")]
    assert {seconds(answer, "s-maxage") for answer in answers} == {1}


@pytest.mark.parametrize("address", ["/admin/", "/admin/login/", "/healthz", "/readyz"])
def test_what_is_not_public_is_in_no_cache(address, cache, admin_client):
    cache.client = admin_client
    cache.get(address)
    assert cache.stored[("testserver", address)] == []


def test_without_its_database_the_site_itself_shows_no_withdrawn_page(site_file):  # noqa: F811
    """Whichever encoding it was asked in, once somebody was told that it is gone."""
    client, away = Client(raise_request_exception=False), site_file.with_name("away")
    encodings = ("br", "gzip", "identity")

    def asked(address):
        return [client.get(address, headers={"accept-encoding": each}) for each in encodings]

    with database_at(site_file) as site:
        with site.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=DELETE")
        publish_change()
        before = asked("/llms/alpha/") + asked("/llms/beta/")
        publish("alpha", is_published=False)
        gone = client.get("/llms/alpha/", headers={"accept-encoding": "br"})
        site.close()
        site_file.rename(away)
        after = asked("/llms/alpha/") + asked("/llms/beta/")
        site.close()
    assert ([each.status_code for each in before], gone.status_code) == ([200] * 6, 404)
    assert [each.status_code for each in after] == [503] * 3 + [200] * 3
