"""What changed between two states of a leaderboard, and what the page says of wrong ones."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leaderboard.models import LLM, Leaderboard, Metric, Release, Score
from leaderboard.models.revision import publish_change
from leaderboard.trail import between
from leaderboard.trail.between import count_cells, describe_between
from leaderboard.trail.causes import Group
from leaderboard.trail.difference import compare
from leaderboard.trail.public_releases import count_changes
from leaderboard.trail.releases import freeze, read_state
from leaderboard.trail.state import load_state
from tests import fuzz
from tests.exports.taking import UPDATED
from tests.factories import give_scores_to_more_llms, make_llm, make_score
from tests.trail.editing import EDITS, make_site, move_back

DIFF = "/leaderboard/board/diff/"


@pytest.fixture
def board(db):
    make_site()
    board = Leaderboard.objects.get()
    freeze(board, "2026-11")
    return board


def sections(answer):
    """{heading: the lines below it}, folded ones included."""
    assert answer.status_code == 200
    page = answer.content.decode()
    found = re.findall(r'<section class="text difference".*?</section>', page, re.DOTALL)
    return {
        re.search(r"<h2>(.*?) <small>", each)[1]: re.findall(r"<li>(.*?)</li>", each)
        for each in found
    }


def between_states(client, old="2026-11", new="now"):
    return sections(client.get(DIFF, {"from": old, "to": new}))


def edit(*names):
    for name in names:
        EDITS[name]()


def test_the_same_state_differs_in_nothing(board, client):
    page = client.get(DIFF, {"from": "2026-11", "to": "now"}).content.decode()
    assert "From release 2026-11 to today nothing changed." in page
    assert between_states(client) == {}


def test_changes_are_told_in_words_and_units_by_what_they_are_about(board, client):
    edit("value", "n", "error", "a new LLM", "fact", "unit label", "ranking metric", "source")
    assert between_states(client) == {
        "LLMs": [
            "Alpha, License: unknown → MIT",
            "Alpha, Released: unknown → 2026-01-02",
            "Epsilon entered",
        ],
        "Values": ["Alpha, Bench one: 0.30 → 0.61"],
        "Questions, errors, dates and notes": [
            "Beta, speed, standard error: – → 0.02\xa0ms",
            "Alpha, Bench one, questions asked: all → 40",
        ],
        "Sources": ["Alpha, Bench one, source: Paper → Other"],
        "Definitions of metrics": ["speed, unit: points → other", "speed, unit label: – → ms"],
        "Columns and ranking": ["Ranked by Bench one instead of Bench mean"],
        "Ranks": between_states(client)["Ranks"],
    }


def test_a_move_says_how_many_entered_above(board, client):
    for name in ("Omega", "Sigma"):
        llm = make_llm(name)
        for key in ("one", "two"):
            make_score(llm, Metric.objects.get(key=key), "0.9")
    assert between_states(client)["Ranks"] == [
        f"{name} {old} → {old + 2}: 2 LLMs entered above it"
        for old, name in enumerate(["Gamma", "Beta", "Alpha"], start=1)
    ]
    LLM.objects.get(name="Omega").delete()
    freeze(board, "2026-12")
    LLM.objects.get(name="Sigma").delete()
    assert between_states(client, "2026-12")["Ranks"][0] == "Gamma 2 → 1: 1 LLM above it left"


def test_every_kind_of_edit_is_told_both_ways(board, client):
    for number, (name, change) in enumerate(EDITS.items()):
        change()
        freeze(Leaderboard.objects.get(), f"v{number}")
        old, new = (Release.objects.of(board)[1 - each] for each in (0, 1))
        forth = between_states(client, old.name, new.name)
        back = between_states(client, new.name, old.name)
        differs = states(old) != states(new)
        assert (name, bool(forth), bool(back)) == (name, differs, differs)
        assert {*forth} == {*back}


def test_what_was_shown_instead_of_a_refused_aggregate_is_told(board, client):
    """It is in the cells, which are read only then."""
    make_score(LLM.objects.get(name="Alpha"), Metric.objects.get(key="mean"), "0.99")
    freeze(board, "refused")
    score = Score.objects.get(llm__name="Alpha", metric__key="mean")
    score.value, score.decimals = Decimal("0.30"), 2
    score.save()
    freeze(board, "reported")
    told = between_states(client, "refused", "reported")["Values"]
    assert told == ["Alpha, Bench mean: 0.30, computed from its components → 0.30"]


def states(release):
    state = read_state(release)
    return state["inputs"], state["outputs"]


def test_the_list_of_releases_counts_as_the_difference_does(board):
    before = read_state(Release.objects.get())
    edit("value", "n", "a new LLM", "fact", "ranking metric", "name of a metric", "withdraw")
    after = load_state(Leaderboard.objects.get(), UPDATED)
    found, counts = compare(before, after), count_changes(before, after)
    entered, left = (counts.pop(name) for name in ("entered", "left"))
    assert counts.pop("ranks") == len(found.moves)
    counts["llms"] = counts.get("llms", 0) + entered + left
    assert counts == {group.value: len(found.of(group)) for group in Group if found.of(group)}


def test_days_and_times_name_states_too(board, client):
    move_back(timedelta(days=3))
    edit("value")
    move_back(timedelta(days=2))
    edit("fact")
    day = (timezone.now() - timedelta(days=4)).date().isoformat()
    values = ["Alpha, Bench one: 0.30 → 0.61"]
    assert between_states(client, day)["Values"] == values
    assert "LLMs" in between_states(client, day)
    later = (timezone.now() - timedelta(days=1)).date().isoformat()
    past = between_states(client, day, later)
    assert (past["Values"], "LLMs" in past) == (values, False)
    assert between_states(client, f"{day}T23:59:59Z", later) == past


def test_the_day_of_today_is_the_state_of_today(board, client):
    today = timezone.now().date()
    edit("value")
    page = client.get(DIFF, {"from": "2026-11", "to": today}).content.decode()
    assert page == client.get(DIFF, {"from": "2026-11", "to": "now"}).content.decode()
    assert f'value="{today}"' not in page  # the form says “today”


def test_times_that_mean_one_state_are_one_page(board, client):
    move_back(timedelta(days=3))
    day = (timezone.now() - timedelta(days=1)).date()
    pages = {
        client.get(DIFF, {"from": value, "to": "now"}).content
        for value in (day.isoformat(), f"{day}T10:00", f"{day}T11:30:00Z")
    }
    assert len(pages) == 1


def test_long_lists_are_folded_after_fifty(board, client, monkeypatch):
    give_scores_to_more_llms(board, 70)
    page = client.get(DIFF, {"from": "2026-11", "to": "now"}).content.decode()
    assert "<summary>20 more</summary>" in page
    assert len(sections(client.get(DIFF, {"from": "2026-11", "to": "now"}))["LLMs"]) == 70
    monkeypatch.setattr(between, "MOST_LINES", 60)
    publish_change(())
    page = client.get(DIFF, {"from": "2026-11", "to": "now"}).content.decode()
    assert "<summary>10 more</summary>" in page
    assert "10 more are not listed." in page


def test_a_large_leaderboard_is_compared_without_causes(board, monkeypatch):
    old = read_state(Release.objects.get())
    edit("value", "a new LLM", "ranking metric")
    new = load_state(Leaderboard.objects.get(), UPDATED)
    whole, has_causes = describe_between(old, new)
    monkeypatch.setattr(between, "MOST_CELLS", count_cells(old) - 1)
    short, has_none = describe_between(old, new)
    assert (has_causes, has_none) == (True, False)
    assert short[:-1] == whole[:-1]
    assert [line.partition(":")[0] for line in whole[-1].first] == list(short[-1].first)


# What names no state

MARK = "echoed-8472"
WRONG = [
    *(
        "",
        "nothing",
        "2026-13-45",
        "1999-01-01",
        "2999-01-01",
        "NOW",
        "-",
        "\x00",
        "２０２６-11-26",
    ),
    *("<script>alert(1)</script>", MARK * 100, "2026-11/", "' OR 1=1 --"),
]


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("side", ["from", "to"])
def test_what_names_no_state_gets_a_sentence(board, client, value, side):
    answer = client.get(DIFF, {"from": "2026-11", "to": "now", side: value})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Choose a release, or a day on which it was public." in page
    assert (MARK in page, "<script>alert" in page) == (False, False)
    assert answer.content == client.get(DIFF, {"from": "2026-11", "to": "now", side: "x"}).content


def test_one_side_alone_is_compared_with_today(board, client):
    edit("value")
    assert sections(client.get(f"{DIFF}?from=2026-11")) == between_states(client)
    assert sections(client.get(f"{DIFF}?to=now")) == between_states(client)


def test_a_page_without_a_question_is_a_form(board, client):
    answer = client.get(DIFF)
    page = answer.content.decode()
    assert sections(answer) == {}
    assert page.count("<select") == 2
    assert 'value="2026-11" selected' in page
    assert "noindex" not in page
    assert "noindex" in client.get(f"{DIFF}?from=2026-11").content.decode()


def test_withdrawn_and_damaged_releases_get_a_sentence(board, client):
    release = Release.objects.get()
    release.withdrawn_at, release.withdrawal_reason = timezone.now(), "Wrong."
    release.save()
    page = client.get(DIFF, {"from": "2026-11", "to": "now"}).content.decode()
    assert "Release 2026-11 was withdrawn." in page
    freeze(board, "v2")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leaderboard_release SET payload = %s", [b"x"])
    publish_change(())
    answer = client.get(DIFF, {"from": "v2", "to": "now"})
    assert answer.status_code == 200
    assert "The stored bytes of release v2 are damaged." in answer.content.decode()


def test_a_leaderboard_that_is_not_public_has_no_differences(board, client):
    board.is_published = False
    board.save()
    assert client.get(DIFF, {"from": "2026-11", "to": "now"}).status_code == 404


# Cost


def test_a_difference_takes_as_many_queries_at_any_size_and_writes_nothing(board, client):
    def count():
        publish_change(())
        with CaptureQueriesContext(
            connection,
        ) as context:
            answer = client.get(DIFF, {"from": "2026-11", "to": "now"})
        assert answer.status_code == 200
        statements = [query["sql"].split()[0] for query in context.captured_queries]
        assert {*statements} == {"SELECT"}
        return len(statements)

    edit("value")
    few = count()
    give_scores_to_more_llms(board, 30)
    assert count() == few <= 20


def test_random_questions_are_answered(board, client):
    chance = fuzz.random.Random(7)
    for _ in range(60):
        query = fuzz.random_query(chance).replace("sort=", "from=").replace("q=", "to=")
        answer = client.get(f"{DIFF}?{query}")
        assert answer.status_code in (200, 400)
        assert b"<script>alert(1)" not in answer.content
