"""What the races rest on: rows are put back, an old page is noticed, nobody waits in vain."""

from django.db import connection

from leaderboard.models import LLM, Release, Score
from leaderboard.models.locks import content_lock
from leaderboard.trail.releases import freeze
from tests.factories import make_llm

from . import racing
from .content import TABLES, Saved, make_site, read_rows, what_is_wrong
from .racing import BEFORE_WRITING, race


def rows():
    return {table: sorted(read_rows(table)[1]) for table in TABLES}


def test_rows_that_were_changed_added_or_deleted_are_put_back(shared_site):
    site = make_site()
    before, saved = rows(), Saved()
    site.alpha.license = "GPL"
    site.alpha.save()
    site.beta.delete()
    make_llm("Gamma")
    assert rows() != before
    saved.put_back()
    assert rows() == before
    assert what_is_wrong() == []


def test_a_row_that_its_history_does_not_know_is_told(shared_site):
    site = make_site()
    Score.objects.filter(llm=site.beta).update(note="written past the history")
    assert len(what_is_wrong()) == 1
    assert "its history says" in what_is_wrong()[0]


def test_a_page_that_changed_without_a_new_revision_is_told(shared_site):
    make_site()
    before = Saved()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE leaderboard_score SET value = 0.7, decimals = 1 WHERE value = 0.4")
    assert "/leaderboard/board.csv was kept as it was before" in what_is_wrong(before)


def test_a_writer_does_not_wait_for_one_who_waits_for_its_lock(shared_site, monkeypatch):
    """Each has read, and meets the other before it writes: that one cannot come."""
    monkeypatch.setattr(racing, "BLOCKED", racing.LONGEST * 2)
    site = make_site()

    def write(note):
        with content_lock():
            assert LLM.objects.filter(pk=site.alpha.pk).exists()
            Score.objects.filter(llm=site.alpha).update(note=note)

    told = race([lambda: write("first"), lambda: write("second")], (BEFORE_WRITING,) * 2)
    assert told == [None, None]
    assert Score.objects.filter(llm=site.alpha).first().note in ("first", "second")


def test_a_release_whose_history_is_older_is_told(shared_site):
    site = make_site()
    release = freeze(site.board, "v1")
    Release.objects.filter(pk=release.pk)._update(
        [(Release._meta.get_field("doi"), None, "10.1/x")]
    )
    assert len(what_is_wrong()) == 1
    assert "its history says" in what_is_wrong()[0]
