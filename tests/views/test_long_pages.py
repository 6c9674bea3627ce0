"""What grows with the site comes in parts: pages of a source, sitemaps."""

import re
from xml.etree import ElementTree

import pytest

from leaderboard.models import LLM, Score, Source
from leaderboard.views import canonical, sitemap
from tests.factories import (
    give_scores_to_more_llms,
    make_leaderboard,
    make_metric,
)

pytestmark = pytest.mark.django_db
LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@pytest.fixture
def board():
    return make_leaderboard([make_metric("a"), make_metric("b")])


def llms_on(page):
    return re.findall(r'<a href="/llms/([^/"]+)/">', page.content.decode().partition("<tbody>")[2])


def locations(answer):
    return [element.text for element in ElementTree.fromstring(answer.content).iter(LOCATION)]


def test_a_source_of_many_llms_comes_in_pages(board, client, monkeypatch):
    monkeypatch.setattr(canonical, "CONTRIBUTIONS", 2)
    give_scores_to_more_llms(board, 5)
    source = Source.objects.create(title="Run")
    for score in Score.objects.all():
        score.source = source
        score.save()
    address = source.get_absolute_url()
    pages = [client.get(f"{address}?page={number}") for number in (1, 2, 3, 99)]
    assert [llms_on(page) for page in pages] == [
        ["extra-1", "extra-2"], ["extra-3", "extra-4"], ["extra-5"], ["extra-5"],
    ]  # fmt: skip
    assert '<a rel="next" href="?page=2">Next</a>' in pages[0].content.decode()
    assert '<a rel="prev" href="?page=2">Previous</a>' in pages[2].content.decode()
    assert f"/zh-hans{address}?page=3" in pages[2].content.decode()


def test_a_source_of_few_llms_is_one_page_without_links(board, client):
    give_scores_to_more_llms(board, 1)
    source = Source.objects.create(title="Run")
    score = Score.objects.first()
    score.source = source
    score.save()
    assert 'class="pages"' not in client.get(source.get_absolute_url()).content.decode()


def test_many_addresses_are_listed_in_several_sitemaps(board, client, monkeypatch):
    give_scores_to_more_llms(board, 4)
    whole = locations(client.get("/sitemap.xml"))
    assert client.get("/sitemap-1.xml").status_code == 404
    monkeypatch.setattr(sitemap, "MOST_ADDRESSES", 3)
    LLM.objects.first().save()  # a new content revision
    parts = locations(client.get("/sitemap.xml"))
    assert parts == [f"http://testserver/sitemap-{number}.xml" for number in (1, 2, 3)]
    listed = [address for part in parts for address in locations(client.get(part))]
    assert listed == whole
    assert [client.get(f"/sitemap-{number}.xml").status_code for number in (0, 4)] == [404, 404]
