"""“Updated” is the date of the data: of the last edit, and before any of the newest source."""

import re
from datetime import date

import pytest
from django.utils.timezone import localtime

from leaderboard.models import LLM, Leaderboard, LeaderboardState, Score, Source
from leaderboard.models.locks import content_lock
from tests.factories import make_leaderboard, make_llm, make_metric, make_score

pytestmark = pytest.mark.django_db
SEED = date(2026, 3, 7)  # of the data set on whose questions the scores rest


def updated(client, address):
    """The days that stand under “Updated” on a page."""
    page = client.get(address).content.decode()
    days = re.findall(r"Updated</dt>\s*<dd>.*?<time datetime=\"(.*?)\">", page, re.DOTALL)
    return [date.fromisoformat(day) for day in days]


def today():
    """The day of the newest state, by the clock of the site."""
    return localtime(LeaderboardState.objects.order_by("pk").last().changed_at).date()


def test_a_fresh_site_says_the_date_of_the_seed_and_not_of_its_installation(anesbench, client):
    assert updated(client, "/") == updated(client, "/llms/gpt-4o/") == [SEED]
    embed = client.get("/leaderboard/anesbench/embed/").content.decode()
    assert f'<time datetime="{SEED}">' in embed
    assert f'"dateModified":"{SEED}"' in client.get("/").content.decode()


def test_an_edit_updates_the_leaderboard_and_its_past_keeps_its_date(anesbench, client):
    before = LeaderboardState.objects.get().token
    llm = LLM.objects.get(slug="gpt-4o")
    llm.license = "none"
    llm.save()
    assert updated(client, "/") == [today()]
    assert updated(client, "/llms/phi-4/") == [SEED]  # an exported site leaves its page alone
    score = llm.scores.first()
    score.value = "0.01"
    score.save()
    assert updated(client, "/llms/gpt-4o/") == [today()]
    past = client.get(f"/revision/{before}/")["Location"]
    assert updated(client, past) == [SEED]


@pytest.fixture
def two_boards():
    """Two leaderboards of one metric, published in one edit, with dates of all kinds."""
    with content_lock():
        metric = make_metric()
        paper = Source.objects.create(title="Paper", date="2024-05-01")
        later = Source.objects.create(title="Later", date="2025-06-01")
        make_score(make_llm("Alpha"), metric, "0.5", source=paper, measured_on="2024-07-01")
        make_score(make_llm("Beta"), metric, "0.5", source=paper)
        make_score(make_llm("Draft", is_published=False), metric, "0.5", source=later)
        for number in (1, 2):
            make_leaderboard([metric], slug=f"b{number}", title=f"B{number}", position=number)


def test_each_leaderboard_has_a_date_of_its_own_and_drafts_have_no_say(two_boards, client):
    assert updated(client, "/") == [date(2024, 7, 1)] * 2
    second = Leaderboard.objects.get(slug="b2")
    second.introduction = "New."
    second.save()
    assert updated(client, "/") == [date(2024, 7, 1), today()]
    assert updated(client, "/llms/alpha/") == [date(2024, 7, 1)]


def test_no_source_is_younger_than_its_publication_here(two_boards, client):
    Source.objects.filter(title="Paper").update(date="2999-01-01")
    assert updated(client, "/") == [today()] * 2


def test_without_any_date_it_is_the_publication(client):
    make_leaderboard([make_metric()])
    make_score(make_llm(), Leaderboard.objects.get().ranking_metric, "0.5")
    assert Score.objects.get().source is None
    assert updated(client, "/") == [today()]
