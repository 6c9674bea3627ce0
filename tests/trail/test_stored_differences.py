"""What the state log stores of every edit: found once, whole, and the same whenever it is found."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from leaderboard.models import LLM, OF_STATES, Leaderboard, LeaderboardState
from leaderboard.models.locks import content_lock
from leaderboard.trail import filling, state_log
from leaderboard.trail.entry_words import describe_entry
from leaderboard.trail.filling import fill_differences
from leaderboard.trail.past import load_state_at
from tests.factories import make_leaderboard, make_score
from tests.trail.editing import EDITS, board, llm, make_site, make_weighted, metric, score, setting

pytestmark = pytest.mark.django_db


@pytest.fixture
def site():
    with content_lock():
        make_site()
    fill_differences()


def newest():
    fill_differences()
    return LeaderboardState.objects.order_by("changed_at", "pk").last().difference


def parts(stored):
    return [
        (part["llm"], part["name"], part["field"], part["old"], part["new"])
        for part in stored["changes"]
    ]


def test_a_publication_is_told_with_its_counts(site):
    stored = newest()
    assert (stored["kind"], stored["llms"], stored["scores"]) == ("published", 3, 9)
    assert stored["title"] == {"": "Board"}
    assert stored["cells"]["alpha"]["mean"] == [None, "0.3"]


def test_a_correction_is_stored_with_values_moves_cells_and_its_reason(site):
    row = score()()
    row.value, row.decimals, row._change_reason = "0.61", 2, "Recounted."
    row.save()
    stored = newest()
    assert parts(stored) == [("Alpha", "Bench one", "value", "0.30", "0.61")]
    assert stored["values"] == 2
    assert stored["cells"] == {"alpha": {"one": ["0.30", "0.61"], "mean": ["0.3", "0.455"]}}
    assert [(m["llm"], m["old"], m["new"], m["causes"]) for m in stored["moves"]] == [
        ("Alpha", 3, 2, ["values"]),
        ("Beta", 2, 3, ["values"]),
    ]
    assert (stored["moved"], stored["reasons"]) == (2, ["Recounted."])
    assert stored["date"] == row.history.latest().history_date.isoformat()


def test_names_and_units_are_those_of_the_time(site):
    setting(metric("speed"), unit="other", unit_label="ms")()
    setting(score("Alpha", "speed"), value="4.5", decimals=1)()
    then = newest()
    assert parts(then) == [("Alpha", "speed", "value", "0.30\u00a0ms", "4.50\u00a0ms")]
    setting(metric("speed"), unit_label="s", name="Latency")()
    setting(llm("Alpha"), name="Omega")()
    fill_differences()
    row = LeaderboardState.objects.order_by("changed_at", "pk")[2]
    assert row.difference == then


def test_a_renamed_llm_is_the_same_one_whatever_its_address(site):
    setting(llm("Alpha"), name="Omega", slug="omega")()
    stored = newest()
    assert parts(stored) == [("Omega", "", "name", "Alpha", "Omega")]
    assert "cells" not in stored


def test_a_withdrawn_and_a_deleted_llm_are_told_with_the_ranks_that_moved(site):
    setting(llm("Gamma"), is_published=False)()
    stored = newest()
    assert parts(stored) == [("Gamma", "", "llm", "Gamma", None)]
    assert stored["moved"] == 2
    LLM.objects.get(name="Beta").delete()
    assert parts(newest()) == [("Beta", "", "llm", "Beta", None)]


def test_a_withdrawn_leaderboard_leaves_its_title_and_comes_back_with_counts(site):
    row = board()
    row.title, row.is_published, row._change_reason = "Secret", False, "Two leaks."
    row.save()
    assert newest() == {
        "kind": "withdrawn",
        "title": {"": "Board"},
        "date": row.history.latest().history_date.isoformat(),
        "reasons": ["Two leaks."],
    }
    EDITS["value"]()
    assert LeaderboardState.objects.count() == 2
    setting(board, is_published=True)()
    assert newest()["kind"] == "published"
    Leaderboard.objects.get().delete()
    assert newest()["kind"] == "withdrawn"
    assert newest()["title"] == {"": "Secret"}


def report_a_mean():
    """The mean of Alpha's 0.30 and 0.30 is reported."""
    make_score(llm("Alpha")(), metric("mean")(), "0.30")
    fill_differences()


def test_a_reported_aggregate_that_a_new_definition_refutes_is_told_as_computed(site):
    report_a_mean()
    EDITS["value"]()  # of Alpha, which the reported mean does not fit any more
    stored = newest()
    computed = [part for part in stored["changes"] if "computed" in part]
    assert [(p["llm"], p["metric"], p["old"], p["new"], p["computed"]) for p in computed] == [
        ("Alpha", "mean", "0.30", "0.46", "new")
    ]
    assert {cause for move in stored["moves"] for cause in move["causes"]} == {"values"}
    assert describe_entry([stored]).startswith("1 correction of Alpha")


def test_a_new_definition_alone_corrects_nothing_and_causes_the_moves_that_it_makes(site):
    setting(score("Alpha", "two"), value="0.90", decimals=2)()
    make_score(llm("Alpha")(), metric("mean")(), "0.60")
    fill_differences()
    make_weighted()
    stored = newest()
    assert [(p["old"], p["new"]) for p in stored["changes"] if "computed" in p] == [
        ("0.60", "0.45")
    ]
    assert {cause for move in stored["moves"] for cause in move["causes"]} == {"components"}
    assert "correction" not in describe_entry([stored])


def test_an_aggregate_that_is_computed_after_a_typing_error_is_no_correction(site):
    report_a_mean()
    row = score("Alpha", "mean")()
    row.value = "0.99"
    row.save()
    assert describe_entry([newest()]).startswith("Origin of aggregates of Alpha changed")


def test_reasons_of_drafts_do_not_show_when_they_are_published(site):
    row = LLM.objects.get(name="Hidden").scores.get()
    row.value, row._change_reason = "0.97", "Secret."
    row.save()
    assert LeaderboardState.objects.count() == 1
    EDITS["publish"]()
    stored = newest()
    assert "reasons" not in stored
    assert parts(stored) == [("Hidden", "", "llm", None, "Hidden")]
    assert stored["changes"][0]["scores"] == 1


@pytest.mark.slow
def test_differences_found_late_are_those_found_at_once(site):
    for edit in EDITS.values():
        edit()
        fill_differences()
    rows = LeaderboardState.objects.order_by("changed_at", "pk")
    at_once = [row.difference for row in rows]
    assert len(at_once) > 32
    rows.update(difference=None)
    fill_differences()
    assert [row.difference for row in rows.all()] == at_once


def test_every_row_of_an_edit_of_several_leaderboards_has_its_own_difference(site):
    make_leaderboard([metric("one")()], slug="second", title="Second")
    fill_differences()
    EDITS["value"]()
    fill_differences()
    rows = LeaderboardState.objects.order_by("-changed_at", "-pk")[:2]
    assert len({row.token for row in rows}) == 1
    assert {row.difference["title"][""]: row.difference["moved"] for row in rows} == {
        "Board": 2, "Second": 3,
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_it_is_found_after_the_commit_and_an_error_stops_no_edit(monkeypatch, caplog):
    with content_lock():
        make_site()
        assert LeaderboardState.objects.count() == 0
    assert LeaderboardState.objects.get().difference["kind"] == "published"
    with transaction.atomic():
        EDITS["value"]()
        assert LeaderboardState.objects.last().difference is None
    assert LeaderboardState.objects.last().difference["moved"] == 2

    def fail(*arguments):
        raise RuntimeError("no memory")

    monkeypatch.setattr(filling, "load_state_at", fail)
    EDITS["title"]()
    assert LeaderboardState.objects.last().difference is None
    assert "was not found" in caplog.text
    monkeypatch.undo()
    assert parts(newest()) == [("", "", "title", "Board", "Another board")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("edit", ["value", "title", "n", "a new LLM"])
def test_what_the_writer_knows_makes_the_difference_that_the_history_makes(edit, monkeypatch):
    with content_lock():
        make_site()
    asked = []
    monkeypatch.setattr(
        filling, "load_state_at", lambda *moment: asked.append(moment) or load_state_at(*moment)
    )
    EDITS[edit]()
    before, row = LeaderboardState.objects.order_by("changed_at", "pk")
    assert asked == [(row.leaderboard_id, before.changed_at)]  # the new state was not read again
    assert row.difference == filling.Finder().find(row)
    assert row.difference["changes"] or row.difference["cells"]


def test_of_a_large_leaderboard_only_records_are_counted(site, monkeypatch):
    monkeypatch.setattr(filling, "LARGEST_EXPLAINED", 0)
    EDITS["value"]()
    stored = newest()
    assert (stored["kind"], stored["scores"], "llms" in stored) == ("counted", 1, False)
    with content_lock():  # as by a form
        row = llm("Hidden")()
        row.license = "MIT"
        row.save()
        EDITS["title"]()
    stored = newest()
    assert (stored["kind"], "llms" in stored, "scores" in stored) == ("counted", False, False)


def test_what_rows_of_large_leaderboards_share_is_read_once(site, monkeypatch):
    monkeypatch.setattr(filling, "LARGEST_EXPLAINED", 0)
    monkeypatch.setattr(state_log, "LARGEST_COMPARED", -1)
    for number in range(3):
        make_leaderboard([metric("one")()], slug=f"more-{number}", title=f"More {number}")
    setting(score(), value="0.2")()
    fill_differences()
    EDITS["value"]()
    EDITS["n"]()
    rows = LeaderboardState.objects.unexplained()
    with CaptureQueriesContext(connection) as asked:
        found = fill_differences(list(rows))
    assert len(found) == 8  # two edits of four leaderboards
    assert {row.difference["scores"] for row in found} == {1}
    sizes = [each["sql"] for each in asked if "COUNT(*)" in each["sql"]]
    dates = [each["sql"] for each in asked if "MAX(" in each["sql"]]
    assert (len(sizes), len(dates)) == (4, 2 * len(OF_STATES))


def test_a_difference_is_found_in_as_many_queries_whatever_the_size(site):
    counts = []
    for name in ("value", "n"):
        EDITS[name]()
        with CaptureQueriesContext(connection) as asked:
            fill_differences()
        counts.append(len(asked))
        EDITS["a new LLM" if name == "value" else "publish"]()
        fill_differences()
    assert counts[0] == counts[1] < 80


def test_the_log_of_the_past_stays_in_order_when_older_rows_come_later(site):
    EDITS["value"]()
    older = LeaderboardState.objects.of(board()).last()
    row = LeaderboardState.objects.create(
        leaderboard=board(), token="older", changed_at=older.changed_at - timedelta(days=1),
        is_recovered=True,
    )  # fmt: skip
    assert list(LeaderboardState.objects.of(board()))[-1] == row
    assert LeaderboardState.objects.before(older).get() == row
