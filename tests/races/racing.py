"""Two writers at once, each in a thread with a connection of its own, and where they meet."""

import math
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import product

from django.contrib.messages import SUCCESS, get_messages
from django.db import connection, connections

BLOCKED = 0.15  # seconds within one statement: its writer waits for a lock
LONGEST = 20  # seconds that a writer waits for the other in any case
READ = re.compile(r'^\s*SELECT\b.*\bFROM "?leaderboard_', re.S)
LOCK = re.compile(r"\bFOR UPDATE\b")
TAKES_LOCK = re.compile(r"\ABEGIN IMMEDIATE|\bpg_advisory_xact_lock\b")  # SQLite's, PostgreSQL's
WRITE = re.compile(r'^\s*(INSERT INTO|UPDATE|DELETE FROM) "?leaderboard_(?!import\b)', re.S)

# (what kind of statement, whether they meet before or after the first of it)
AFTER_READING, BEFORE_WRITING, AFTER_WRITING = (READ, "after"), (WRITE, "before"), (WRITE, "after")
AFTER_LOCKING = (LOCK, "after")
NEVER = (re.compile(r"\A\Z"), "before")
MOMENTS = (BEFORE_WRITING, AFTER_READING, AFTER_WRITING)
ROUNDS = list(product(MOMENTS, repeat=2))


class Meeting:
    """Two writers wait here for each other: until the other came too, has ended, or cannot come,
    as it waits for a lock."""

    def __init__(self):
        self.change = threading.Condition()
        self.here = set()  # numbers of writers who came, or have ended
        self.present = {}  # number: (its present statement, when that began)
        self.locked = {}  # number: the connection that has taken the content lock

    def hook(self, number, moment):
        """For `connection.execute_wrapper`: meets the other at the first such statement."""
        kind, when = moment
        found = threading.Event()

        def execute_and_meet(execute, sql, params, many, context):
            is_moment = not found.is_set() and kind.search(sql)
            if is_moment:
                found.set()
            if is_moment and when == "before":
                self.meet(number)
            try:
                return self.execute(number, execute, sql, params, many, context)
            finally:
                if is_moment and when == "after":
                    self.meet(number)

        return execute_and_meet

    def execute(self, number, execute, sql, params, many, context):
        self.present[number] = sql, time.monotonic()
        try:
            result = execute(sql, params, many, context)
        finally:
            del self.present[number]
        if TAKES_LOCK.search(sql):
            self.locked[number] = context["connection"]
        return result

    def meet(self, number):
        self.come(number)
        self.wait_for(1 - number)

    def come(self, number):
        with self.change:
            self.here.add(number)
            self.change.notify_all()

    def wait_for(self, number):
        end = time.monotonic() + LONGEST
        with self.change:
            while number not in self.here and not self.is_blocked(number):
                assert time.monotonic() < end, "the other neither comes nor waits for a lock"
                self.change.wait(0.01)

    def is_blocked(self, number):
        """Whether a writer asks for the content lock that the other holds, or waits for long."""
        sql, began = self.present.get(number, ("", math.inf))
        asks = TAKES_LOCK.search(sql) and self.holds_lock(1 - number)
        return asks or time.monotonic() - began > BLOCKED

    def holds_lock(self, number):
        return number in self.locked and self.locked[number].in_atomic_block


@dataclass
class Told:
    """What a writer was told."""

    is_saved: bool
    status: int = 200
    texts: list[str] = field(default_factory=list)


def told_by(response):
    """By a page of the admin; what was saved is said in a message."""
    messages = list(get_messages(response.wsgi_request)) if response.status_code < 500 else []
    return Told(
        is_saved=any(message.level == SUCCESS for message in messages),
        status=response.status_code,
        texts=[str(message) for message in messages],
    )


@contextmanager
def open_threads(count=2):
    """Threads, each with a connection of its own, which it keeps as the workers of a server do."""
    threads = [ThreadPoolExecutor(1) for _ in range(count)]
    try:
        yield threads
    finally:
        for thread in threads:
            closed = thread.submit(connections.close_all)
            thread.shutdown(wait=False)  # one that waits for ever was told already
            wait([closed], LONGEST)


def race(writers, moments=(BEFORE_WRITING, BEFORE_WRITING), meeting=None, threads=None):
    """What each of these functions returned or raised; they run at once and meet at a moment."""
    if threads is None:
        with open_threads(len(writers)) as opened:
            return race(writers, moments, meeting, opened)
    meeting = meeting or Meeting()

    def run(number, write, moment):
        try:
            with connection.execute_wrapper(meeting.hook(number, moment)):
                return write()
        except Exception as error:
            connections.close_all()
            return error
        finally:
            meeting.come(number)

    told = [
        thread.submit(run, number, write, moment)
        for number, (thread, write, moment) in enumerate(
            zip(threads, writers, moments, strict=True)
        )
    ]
    assert not wait(told, 60).not_done, "a writer waits for ever"
    return [each.result() for each in told]
