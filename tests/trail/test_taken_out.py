"""A name that has to go for a legal reason: a mark stands in its place, and the entry says so."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from leaderboard.models import (
    CONTENT,
    LLM,
    Alias,
    Leaderboard,
    LeaderboardState,
    Release,
    Score,
)
from leaderboard.models.locks import content_lock
from leaderboard.trail import filling, taken_out
from leaderboard.trail.filling import fill_differences
from leaderboard.trail.releases import freeze
from tests.factories import make_llm
from tests.trail.editing import EDITS, llm, make_site, setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    with content_lock():
        make_site()
    EDITS["value"]()


def take_out(name, capsys):
    call_command("take_out_name", name)
    return capsys.readouterr().out


def test_a_former_name_is_taken_out_of_every_entry_and_of_pages_of_the_past(site, client, capsys):
    then = LeaderboardState.objects.latest("changed_at").changed_at.isoformat()
    setting(llm("Alpha"), name="Omega", slug="omega")()
    Alias.objects.all().delete()
    assert b"Alpha" in client.get("/changes/").content
    assert take_out("Alpha", capsys) == "Taken out of 3 entries.\n"
    for address in (
        "/changes/",
        "/changes/feed/",
        "/leaderboard/board/?at=" + then.replace("+", "%2B"),
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert b"alpha" not in answer.content.lower()
        assert b"[name taken out]" in answer.content
    page = client.get("/changes/").content.decode()
    assert "[name taken out] renamed to Omega" in page
    assert page.count("A name was taken out of this entry.") == 3
    chinese = client.get("/zh-hans/changes/").content.decode()
    assert "[名称已移除]" in chinese


def test_other_names_and_numbers_stay(site, capsys):
    llm("Gamma")().delete()
    fill_differences()
    before = LeaderboardState.objects.latest("changed_at").difference
    take_out("Gamma", capsys)
    after = LeaderboardState.objects.latest("changed_at").difference
    assert after["taken_out"] is True
    assert after["moved"] == before["moved"]
    assert {move["llm"] for move in after["moves"]} == {move["llm"] for move in before["moves"]}
    assert "gamma" not in str(after).lower()


def correct(name, value, reason):
    row = Score.objects.get(llm__name=name, metric__key="one")
    row.value, row._change_reason = Decimal(value), reason
    row.save()


def test_it_is_taken_out_of_the_reasons_that_the_history_keeps(site, client, capsys):
    correct("Alpha", "0.62", "Mixed up with Gamma, not gamma.")
    note = llm("Beta")()
    note._change_reason = "As Gamma was."
    note.save()
    llm("Gamma")().delete()
    take_out("Gamma", capsys)
    chinese = client.get("/zh-hans/llms/alpha/").content.decode()
    english = client.get("/llms/alpha/").content.decode()
    # Among the corrections, and in the histories of the score and of the mean that it moved.
    assert english.count("Mixed up with [name taken out], not gamma.") == 3
    assert chinese.count("Mixed up with [名称已移除], not gamma.") == 3
    for page in (english, chinese):
        assert "Gamma" not in page
    reasons = {
        reason
        for model in (*CONTENT, Alias, Release)
        for reason in model.history.values_list("history_change_reason", flat=True)
    }
    assert not [reason for reason in reasons if "Gamma" in (reason or "")]
    assert "As [name taken out] was." in reasons


def test_it_is_taken_out_of_aliases_that_are_gone_and_stays_in_those_of_others(site, capsys):
    Alias.objects.create(name="lab__Gamma", llm=llm("Gamma")())
    Alias.objects.create(name="gamma-like", llm=llm("Gamma")())
    Alias.objects.create(name="not Gamma", llm=llm("Beta")())
    llm("Gamma")().delete()
    take_out("Gamma", capsys)
    names = set(Alias.history.values_list("name", flat=True))
    assert names == {"lab__[name taken out]", "gamma-like", "not Gamma"}
    assert not Alias.history.filter(key="lab__gamma").exists()


@pytest.mark.parametrize("name", ["Alpha", "Nobody"])
def test_a_name_that_an_llm_has_or_that_none_had_is_refused(site, name):
    rows = list(LeaderboardState.objects.values())
    with pytest.raises(CommandError, match="name"):
        call_command("take_out_name", name)
    assert [row["difference"] for row in LeaderboardState.objects.values()] == [
        row["difference"] for row in rows
    ]
    assert LLM.objects.filter(name="Alpha").exists()


def test_a_name_does_not_come_back_with_an_entry_that_another_process_was_finding(
    site, monkeypatch
):
    """It had found what the last edit changed, and stores it after the name was taken out."""
    found = []
    fill_differences()
    monkeypatch.setattr(filling, "store", found.append)
    setting(llm("Alpha"), name="Omega", slug="omega")()
    Alias.objects.all().delete()
    for row in LeaderboardState.objects.unexplained():
        filling.explain_row(row, filling.Finder().find(row))
        found.append(row)
    monkeypatch.undo()
    fills = [fill_differences, list]  # the first finds nothing yet: it is done before that edit

    def fill():
        fills.pop()()

    monkeypatch.setattr(taken_out, "fill_differences", fill)
    taken_out.take_out_name("Alpha")
    for row in found:
        filling.store(row)
    told = [str(row.difference) for row in LeaderboardState.objects.all()]
    assert not [text for text in told if "alpha" in text.lower()]


def test_a_name_that_an_llm_gets_at_that_moment_is_not_taken_out(site, monkeypatch):
    setting(llm("Alpha"), name="Omega")()
    Alias.objects.all().delete()
    monkeypatch.setattr(taken_out, "fill_differences", setting(llm("Omega"), name="Alpha"))
    with pytest.raises(ValidationError):
        taken_out.take_out_name("Alpha")
    assert LLM.history.latest().name == "Alpha"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("o1 was contaminated; see o1.", "[] was contaminated; see []."),
        ("o1-mini and GPT-o1-mini", "o1-mini and GPT-o1-mini"),
        ("o1-like, lab__o1, 取代o1的", "[]-like, lab__[], 取代[]的"),
        ("Histo1 https://arxiv.org/abs/o123", "Histo1 https://arxiv.org/abs/o123"),
    ],
)
def test_a_name_is_taken_out_where_it_stands_for_itself(db, text, hidden):
    for name in ("o1", "o1-mini", "GPT-o1-mini"):
        make_llm(name, slug=name.lower())
    assert taken_out.hider_of("o1")(text).replace(taken_out.MARK, "[]") == hidden


@pytest.mark.parametrize("name", ["changed", "value", "one", "2026"])
def test_words_that_programs_read_are_no_names(site, client, name):
    gone = make_llm(name, slug="gone", is_published=True)
    score = Score.objects.get(llm__name="Alpha", metric__key="one")
    score.value, score._change_reason = Decimal("0.63"), f"It was that of {name}."
    score.save()
    gone.delete()
    taken_out.take_out_name(name)
    for address in ("/changes/", "/zh-hans/changes/", "/changes/feed/", "/api/v1/changes"):
        assert client.get(address).status_code == 200
    told = LeaderboardState.objects.exclude(difference={}).latest("pk").difference
    assert told["kind"] == "changed"
    assert [(part["group"], part["metric"], part["field"]) for part in told["changes"]] == [
        ("values", "one", "value")
    ]
    assert told["reasons"] == ["It was that of [name taken out]."]


def test_it_is_taken_out_of_notes_of_the_past_and_of_what_stands_beside_releases(site, client):
    release = freeze(Leaderboard.objects.get(slug="board"), "v1")
    release.withdrawn_at, release.withdrawal_reason = timezone.now(), "Gamma was contaminated."
    release.save()
    score = Score.objects.get(llm__name="Alpha", metric__key="one")
    for score.note in ("As Gamma, anew", ""):
        score.save()
        if score.note:
            fill_differences()
            then = LeaderboardState.objects.latest("changed_at").changed_at
    LLM.objects.get(name="Gamma").delete()
    taken_out.take_out_name("Gamma")
    at = then.isoformat().replace("+00:00", "Z")
    board = "/leaderboard/board"
    past = b"".join(client.get(f"{board}.json?at={at}"))
    assert (b"As [name taken out], anew" in past, b"Gamma" in past) == (True, False)
    page = client.get(f"{board}/releases/v1/")
    assert (page.status_code, b"Gamma" in page.content) == (410, False)
