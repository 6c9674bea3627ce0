"""An existing site gets its state log from the history: as it would have been written."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command

from leaderboard.apps import has_present_tables
from leaderboard.models import ContentRevision, LeaderboardState
from leaderboard.models.locks import content_lock
from leaderboard.trail import recovery
from leaderboard.trail.entries import load_trail
from leaderboard.trail.recovery import recover_log
from tests.trail.editing import EDITS, board, make_site, move_back, setting

pytestmark = pytest.mark.django_db
PAGE = "/leaderboard/board/"


@pytest.fixture
def site():
    with content_lock():
        make_site()


def entries():
    trail = load_trail()
    return [
        (entry.title, entry.reasons, [str(line) for part in entry.parts for line in part.lines])
        for entry in trail.entries(trail.tokens)
    ]


def as_before_the_differences():
    """What a site has that is upgraded: the log begins with the revision of the upgrade."""
    LeaderboardState.objects.all().delete()
    revision = ContentRevision.objects.get()
    return LeaderboardState.objects.create(
        leaderboard=board(), token=revision.token, changed_at=revision.changed_at
    )


def test_the_log_of_every_kind_of_edit_is_recovered_as_it_would_have_been_written(site):
    for name, edit in EDITS.items():
        if name != "weights":  # which one lock writes with several dates, as no form does
            edit()
    expected = entries()
    begin = as_before_the_differences()

    found = recover_log()

    told = entries()
    assert told[: len(expected) - 1] == expected[:-1]
    assert found.is_complete
    assert LeaderboardState.objects.filter(is_recovered=True).count() == found.rows > 32
    assert LeaderboardState.objects.get(is_recovered=False).pk == begin.pk
    assert LeaderboardState.objects.of(board()).first() == begin
    assert LeaderboardState.objects.get(pk=begin.pk).difference == {}


def test_a_second_time_changes_nothing(site):
    EDITS["value"]()
    as_before_the_differences()
    recover_log()
    rows = list(LeaderboardState.objects.values())
    assert recover_log().rows == 0
    call_command("migrate", verbosity=0)
    assert list(LeaderboardState.objects.values()) == rows


def test_a_log_that_is_whole_stays_as_it_is(site):
    EDITS["value"]()
    load_trail()
    rows = list(LeaderboardState.objects.values())
    assert recover_log().rows == 0
    assert list(LeaderboardState.objects.values()) == rows


def test_pages_of_the_past_before_the_log_are_found_and_drafts_are_not(site, client):
    setting(board, is_published=False)()
    EDITS["value"]()
    setting(board, is_published=True)()
    move_back(timedelta(days=3))
    EDITS["title"]()
    first = board().history.earliest().history_date
    as_before_the_differences()
    assert client.get(f"{PAGE}?at={first:%Y-%m-%d}").status_code == 404
    recover_log()
    setting(board, citation="@misc{x}")()  # pages of the revision before are kept
    assert client.get(f"{PAGE}?at={first:%Y-%m-%d}").status_code == 200
    kinds = [entry.parts[0].stored["kind"] for entry in load_trail().entries(load_trail().tokens)]
    assert [kind for kind in kinds[::-1] if kind != "changed"] == [
        "published", "withdrawn", "published",
    ]  # fmt: skip
    page = client.get("/changes/").content.decode()
    assert "were rebuilt from the history" in page


def test_a_run_without_time_goes_on_the_next_time(site):
    for name in ("value", "n", "fact"):
        EDITS[name]()
    expected = entries()
    as_before_the_differences()
    stopped = recover_log(budget=0)
    assert (stopped.rows, stopped.is_complete) == (0, False)
    LeaderboardState.objects.update(difference=None, entry_date=None)
    assert recover_log().is_complete
    assert entries()[:3] == expected[:3]


def test_a_large_leaderboard_begins_its_log_with_the_upgrade(site, monkeypatch):
    EDITS["value"]()
    as_before_the_differences()
    monkeypatch.setattr(recovery, "LARGEST_EXPLAINED", 1)
    assert recover_log().rows == 0
    assert entries()[0][0].startswith("The log of Board begins: 3 LLMs")


def test_tables_of_an_older_release_are_left_alone():
    assert has_present_tables(apps)
    assert has_present_tables(None)

    class Older:
        """The registry of a migration before this app's first one."""

        def get_models(self):
            return []

    assert not has_present_tables(Older())


def test_two_who_recover_at_once_write_each_row_once(site, monkeypatch):
    for edit in [*EDITS.values()][:4]:
        edit()
    LeaderboardState.objects.all().delete()
    load, others = recovery.load_state_at, [recover_log]

    def recover_and_load(*moment):
        if others:
            others.pop()()
        return load(*moment)

    monkeypatch.setattr(recovery, "load_state_at", recover_and_load)
    recover_log()
    rows = list(LeaderboardState.objects.values_list("leaderboard", "changed_at"))
    assert len(rows) == len({*rows}) > 3
