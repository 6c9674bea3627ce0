"""The page of an organization: its public LLMs with where each stands, and nothing of drafts."""

import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leaderboard.models import Organization
from tests.factories import make_leaderboard, make_llm, make_metric, make_score, make_scores

pytestmark = pytest.mark.django_db
ADDRESS = "/organizations/acme/"


@pytest.fixture
def acme():
    return Organization.objects.create(name="Acme", homepage="https://acme.example/")


@pytest.fixture
def boards(acme):
    """Acme's LLMs on two leaderboards, one of them ranked by cost, beside one LLM of nobody."""
    accuracy = make_metric("accuracy", question_count=100, decimals=2)
    cost = make_metric("cost", unit="other", unit_label="$", label_in_front=True, decimals=2,
                       is_share_of_questions=False, higher_is_better=False)  # fmt: skip
    llms = {name: make_llm(name, organization=acme, **facts) for name, facts in (
        ("Zeta", {"open_weights": True}),
        ("Alpha (high)", {"family": "Alpha", "open_weights": False}),
        ("Alpha (low)", {"family": "Alpha", "released": "2026-02-01"}),
        ("Staff", {"kind": "human"}),
        ("Secret", {"is_published": False, "released": "2026-09-01"}),
    )}  # fmt: skip
    make_scores({
        make_llm("Other"): {accuracy: "0.9"},
        llms["Zeta"]: {accuracy: "0.8", cost: "1.25"},
        llms["Alpha (high)"]: {accuracy: "0.5"},
        llms["Staff"]: {accuracy: "0.99"},
        llms["Secret"]: {accuracy: "0.95", cost: "0.5"},
    })  # fmt: skip
    make_score(llms["Alpha (low)"], accuracy, "0.7", question_count=10)
    make_leaderboard([accuracy], title="LLMs - Exact", slug="exact", position=1)
    make_leaderboard([cost], title="LLMs - Cheap", slug="cheap", position=2)
    make_leaderboard([cost], title="Hidden draft", slug="hidden", is_published=False)


def read(client, address=ADDRESS):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def lines(page):
    """The text of each cell of the table, line by line."""
    table = page.partition('<table class="scores members">')[2].partition("</table>")[0]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(unescape(re.sub("<[^>]+>", " ", cell)).split()) for cell in row]
            for row in cells]  # fmt: skip


def test_each_llm_stands_with_rank_range_and_value_on_each_leaderboard(client, boards):
    page = read(client)
    assert lines(page) == [
        ["LLM", "Exact", "Cheap"],
        ["Rank", "accuracy", "Rank", "cost ▾ lower is better"],
        ["Alpha 2 variants", "", ""],
        ["Alpha (high)", "3 3", "0.50", "–", "–"],
        ["Alpha (low)", "not ranked a partial run", "0.70 10 of 100", "–", "–"],
        ["Staff human baseline", "not ranked human baseline", "0.99", "–", "–"],
        ["Zeta", "2 1–2", "0.80", "1 range unknown", "$1.25"],
    ]
    assert "Secret" not in page
    assert "Hidden draft" not in page
    facts = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    assert [(name, " ".join(re.sub("<[^>]+>", "", text).split())) for name, text in facts] == [
        ("Homepage", "https://acme.example/"),
        ("LLMs", "3"),
        ("Open weights", "1 of 3"),
        ("Newest LLM", "1 Feb 2026"),
    ]


def test_search_engines_are_told_who_it_is(client, boards):
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', read(client))[1]
    assert json.loads(block) == {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": "Acme",
        "url": "https://acme.example/",
        "mainEntityOfPage": f"http://testserver{ADDRESS}",
    }
    assert f"<loc>http://testserver{ADDRESS}</loc>" in read(client, "/sitemap.xml")


def test_without_a_public_llm_there_is_no_page_and_no_link_to_it(client, acme):
    draft = make_llm("Secret", organization=acme, is_published=False)
    assert client.get(ADDRESS).status_code == 404
    assert ADDRESS not in read(client, "/sitemap.xml")
    draft.is_published = True
    draft.save()
    assert lines(read(client)) == [["LLM"], [], ["Secret"]]
    assert f'<a href="{ADDRESS}">Acme</a>' in read(client, "/llms/secret/")
    draft.is_published = False
    draft.save()
    assert client.get(ADDRESS).status_code == 404


def test_the_preview_of_a_draft_does_not_lead_to_a_page_that_is_none(admin_client, acme):
    draft = make_llm("Secret", organization=acme, is_published=False)
    page = read(admin_client, f"/admin/preview/llm/{draft.pk}/")
    assert ADDRESS not in page
    assert "Acme" in page


def test_the_addresses_that_it_had_while_public_lead_on(client, acme, boards):
    def move(slug):
        acme.slug = slug
        acme.save()

    for slug in ("apex", "draft-time", "summit"):
        if slug == "draft-time":
            hide(acme, True)
        if slug == "summit":
            move(slug)
            hide(acme, False)
        move(slug)
    for old in ("acme", "apex"):
        response = client.get(f"/organizations/{old}/?page=2")
        there = (response.status_code, response["Location"])
        assert there == (301, "/organizations/summit/?page=2")
    assert client.get("/organizations/draft-time/").status_code == 404


def hide(organization, is_hidden):
    for llm in organization.llms.exclude(name="Secret"):
        llm.is_published = not is_hidden
        llm.save()


def count_queries(client):
    with CaptureQueriesContext(connection) as asked:
        read(client)
    return len(asked)


def test_many_llms_come_in_pages_of_a_hundred_and_cost_no_more_queries(client, acme):
    metric = make_metric()
    board = make_leaderboard([metric])
    make_score(make_llm("Alpha", organization=acme), metric, "0.5")
    few = count_queries(client)
    make_scores({make_llm(f"Extra {number:03}", organization=acme): {metric: "0.5"}
                 for number in range(120)})  # fmt: skip
    assert count_queries(client) == few
    first, second, beyond = (read(client, f"{ADDRESS}?page={number}") for number in (1, 2, 9))
    assert [page.count('<th scope="row">') for page in (first, second)] == [100, 21]
    assert beyond == second
    assert 'href="?page=2">Next</a>' in first
    assert board.get_absolute_url() in second


def test_it_is_kept_and_there_in_both_languages(client, boards):
    first = client.get(ADDRESS)
    again = client.get(ADDRESS, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert "各排行榜上的名次" in read(client, f"/zh-hans{ADDRESS}")
