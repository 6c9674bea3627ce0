"""Two writers at once, each in a thread with a connection of its own, and where they meet."""

import re
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import product

from django.contrib.messages import SUCCESS, get_messages
from django.db import connection, connections

PATIENCE = 0.08  # seconds that a writer waits for the other; behind a lock that one cannot come
READ = re.compile(r'^\s*SELECT\b.*\bFROM "?leaderboard_', re.S)
WRITE = re.compile(r'^\s*(INSERT INTO|UPDATE|DELETE FROM) "?leaderboard_(?!import\b)', re.S)

# (what kind of statement, whether they meet before or after the first of it)
AFTER_READING, BEFORE_WRITING, AFTER_WRITING = (READ, "after"), (WRITE, "before"), (WRITE, "after")
MOMENTS = (BEFORE_WRITING, AFTER_READING, AFTER_WRITING)
ROUNDS = list(product(MOMENTS, repeat=2))


class Meeting:
    """Two threads wait here for each other, each once, and no longer than PATIENCE."""

    def __init__(self, patience=PATIENCE):
        self.barrier, self.patience = threading.Barrier(2), patience

    def hook(self, moment):
        """For `connection.execute_wrapper`: meets the other at the first such statement."""
        kind, when = moment
        met = threading.Event()

        def execute_and_meet(execute, sql, params, many, context):
            is_moment = not met.is_set() and kind.search(sql)
            if is_moment and when == "before":
                met.set()
                self.meet()
            try:
                return execute(sql, params, many, context)
            finally:
                if is_moment and when == "after":
                    met.set()
                    self.meet()

        return execute_and_meet

    def meet(self):
        with suppress(threading.BrokenBarrierError):  # the other waits for our lock, or has ended
            self.barrier.wait(self.patience)


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


def race(writers, moments=(BEFORE_WRITING, BEFORE_WRITING), patience=PATIENCE):
    """What each of these functions returned or raised; they run at once and meet at a moment."""
    meeting = Meeting(patience)
    results = [None] * len(writers)

    def run(number, write, moment):
        try:
            with ExitStack() as stack:
                stack.callback(connections.close_all)
                stack.enter_context(connection.execute_wrapper(meeting.hook(moment)))
                results[number] = write()
        except Exception as error:
            results[number] = error

    threads = [
        threading.Thread(target=run, args=(number, write, moment))
        for number, (write, moment) in enumerate(zip(writers, moments, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "a writer waits for ever"
    return results
