"""The content lock: what waits for it, what does not, and in which order it is taken."""

import time
from threading import Event, Thread

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from leaderboard.models import LLM, Score, locks, revision
from leaderboard.models.locks import content_lock, write_content

from .content import make_site

LOCKS = "pg_advisory_xact_lock"
needs_postgresql = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite locks when a transaction begins"
)


@pytest.fixture
def site(shared_site):
    return make_site()


class Holder:
    """Somebody who holds the lock, with a write that is not committed."""

    def __init__(self, llm):
        self.llm, self.held, self.done = llm, Event(), Event()
        self.thread = Thread(target=self.run)

    def run(self):
        try:
            with content_lock():
                self.llm.license = "held"
                self.llm.save()
                self.held.set()
                self.done.wait(30)
        finally:
            connections.close_all()

    def __enter__(self):
        self.thread.start()
        assert self.held.wait(30)
        return self

    def __exit__(self, *error):
        self.done.set()
        self.thread.join(30)


def test_readers_do_not_wait_for_a_writer(site):
    page = Client().get("/leaderboard/board.csv").content
    with Holder(site.alpha):
        begin = time.monotonic()
        assert Client().get("/leaderboard/board.csv").content == page
        assert Client().get("/llms/alpha/").status_code == 200
        assert time.monotonic() - begin < 5
    assert b"held" in Client().get("/leaderboard/board.csv").content


def test_a_second_writer_reads_what_the_first_has_written(site):
    seen = []

    def read_and_write():
        with content_lock():
            seen.append(LLM.objects.get(name="Alpha").license)
        connections.close_all()

    with Holder(site.alpha) as holder:
        second = Thread(target=read_and_write)
        second.start()
        second.join(0.3)
        assert seen == []
        holder.done.set()
        second.join(30)
    assert seen == ["held"]


def test_a_save_that_fails_half_way_leaves_nothing(site, monkeypatch):
    """The row, its history and the revision are one transaction, in a shell too."""
    score = Score.objects.get(llm=site.alpha, metric=site.first)
    before = (score.value, Score.history.count(), revision.current_token())

    def fail(*notes):
        raise RuntimeError

    monkeypatch.setattr(revision, "publish_change", fail)
    score.value = "0.9"
    with pytest.raises(RuntimeError):
        score.save()
    after = Score.objects.get(pk=score.pk).value
    assert (after, Score.history.count(), revision.current_token()) == before


@needs_postgresql
def test_the_lock_comes_before_any_row_is_locked(site):
    for lock_rows in (
        lambda: list(Score.objects.order_by().select_for_update()),
        lambda: LLM.objects.update_or_create(name="Alpha", defaults={"license": "X"}),
    ):
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            lock_rows()
        asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
        assert LOCKS in asked[0]


@needs_postgresql
@pytest.mark.parametrize(
    "write",
    [
        lambda llm: llm.save(),
        lambda llm: llm.delete(),
        lambda llm: LLM.objects.filter(pk=llm.pk).update(license="X"),
        lambda llm: LLM.objects.filter(pk=llm.pk).delete(),
        lambda llm: LLM.objects.bulk_create([LLM(name="Delta", slug="d", name_key="delta")]),
        lambda llm: LLM.objects.create(name="Delta"),
        lambda llm: revision.publish_change(),
    ],
    ids=["save", "delete", "update", "delete rows", "bulk_create", "create", "publish_change"],
)
def test_every_way_to_write_a_row_takes_the_lock_once_and_first(site, write):
    with CaptureQueriesContext(connection) as queries:
        write(site.alpha)
    asked = [query["sql"] for query in queries if query["sql"] != "BEGIN"]
    assert LOCKS in asked[0]
    assert sum(LOCKS in sql for sql in asked) == 1


@needs_postgresql
def test_nobody_waits_for_ever(site, monkeypatch):
    monkeypatch.setattr(locks, "TAKE", locks.TAKE.replace(f"{locks.PATIENCE}s", "100ms"))
    with Holder(site.alpha), pytest.raises(OperationalError, match="lock timeout"):
        site.beta.save()


def test_a_failure_that_another_try_does_not_mend_is_not_tried_again(site):
    tries = []

    def fail():
        tries.append(1)
        raise OperationalError("no such column")

    with pytest.raises(OperationalError, match="no such column"):
        write_content(fail)
    assert tries == [1]
