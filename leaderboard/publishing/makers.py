"""Makes files in several processes at once, in the order that was asked for."""

import gc
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.pool import Pool
from types import TracebackType
from typing import Any, Self

from django.db import connection, connections

FEWEST = 50  # things to make for which processes are worth starting
ALONE = 40  # things made before: what all need is then in memory, which new processes share
AT_A_TIME = 5

_make: Callable[[Any], Any] | None = None  # of a process that was started here


class Makers:
    """Calls a function for many things, as a context.

    It stays in this process where that is enough, within a transaction, which other processes
    would not see, and where the system cannot copy processes safely.
    """

    def __init__(self, make: Callable[[Any], Any]):
        self.make_one = make
        self.done = 0
        self.pool: Pool | None = None
        processes = os.cpu_count() or 1
        is_able = sys.platform == "linux" and not connection.in_atomic_block
        self.processes = processes if is_able and connection.vendor == "sqlite" else 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        gc.unfreeze()
        if self.pool:
            self.pool.terminate()
            self.pool.join()

    def make(self, things: list[Any]) -> Iterator[Any]:
        """What the function returns for each thing, in their order."""
        alone = things[: max(ALONE - self.done, 0)]
        rest = things[len(alone) :]
        self.done += len(things)
        yield from map(self.make_one, alone)
        if alone and rest:  # the collector need not look at what stays, nor copy it by looking
            gc.freeze()
        if self.processes == 1 or (self.pool is None and len(rest) < FEWEST):
            yield from map(self.make_one, rest)
        else:
            yield from self.make_at_once(rest)

    def make_at_once(self, things: Iterable[Any]) -> Iterator[Any]:
        """The same in several processes, which are started at the first call."""
        if self.pool is None:
            connections.close_all()  # each process opens its own
            context = multiprocessing.get_context("fork")
            self.pool = context.Pool(self.processes, remember, (self.make_one,))
        yield from self.pool.imap(call_remembered, things, AT_A_TIME)


def remember(make: Callable[[Any], Any]) -> None:
    """Keep the function in a process that has just been started."""
    global _make  # noqa: PLW0603  # one process, one function
    _make = make


def call_remembered(thing: Any) -> Any:
    """Call the function of this process; its files are whole, to be sent to the first process."""
    assert _make
    made = _make(thing)
    return made and made.whole()
