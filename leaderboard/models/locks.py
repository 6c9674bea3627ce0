"""The content lock: whoever writes content takes it first, so that writers go one after the other.

A writer checks before it writes: is the value within the range, is the name free, is the row
public? The answers must still be true when it commits. So every writer opens its transaction,
takes the lock, and only then reads. Readers take no lock and never wait.

On SQLite a transaction begins with BEGIN IMMEDIATE (config/settings.py) and is the lock. On
PostgreSQL it is an advisory lock that ends with the transaction, at its default isolation: each
statement after the lock reads what others have committed before it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from threading import local
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction

from .history import begin_again

KEY = 7_223_362_071  # names the lock within one PostgreSQL database; an arbitrary number
PATIENCE = 20  # seconds that a writer waits for the others, as on SQLite
# deadlock_detected and serialization_failure: PostgreSQL undid the transaction; it may be tried
# again.
TRY_AGAIN = {"40P01", "40001"}
TAKE = f"SELECT set_config('lock_timeout', '{PATIENCE}s', true), pg_advisory_xact_lock({KEY})"

Result = TypeVar("Result")
# .holds: this thread is within content_lock; .last_acts: see before_release
_here = local()


@contextmanager
def content_lock() -> Iterator[None]:
    """Holds the content lock: writers write within it, and read within it what they depend on.

    Opens a transaction unless one is open; the lock is kept until that one ends. Within another
    content_lock it does nothing. Raises OperationalError after 20 seconds of waiting.
    What before_release() was given is done at the end, unless the block fails.
    """
    if getattr(_here, "holds", False):
        yield
        return
    with ExitStack() as stack:
        if not connection.in_atomic_block:
            stack.enter_context(transaction.atomic())
        take_lock()
        _here.holds, _here.last_acts = True, {}
        stack.callback(setattr, _here, "holds", False)
        yield
        for act, notes in _here.last_acts.items():
            act(notes)


def before_release(act: Callable[[set[Any]], None], notes: Iterable[Any]) -> None:
    """Has `act` called once, with all the notes that it was given, as the last thing that is done
    within the content lock that this thread holds."""
    _here.last_acts.setdefault(act, set()).update(notes)


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """Of a block within the content lock that fails nothing stays: neither a row, nor what it gave
    to before_release()."""
    told = {act: set(notes) for act, notes in _here.last_acts.items()}
    try:
        with transaction.atomic():
            yield
    except BaseException:
        _here.last_acts = told
        raise


def take_lock() -> None:
    """Waits for the lock and holds it until the open transaction ends; does nothing without one."""
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(TAKE)


def take_lock_first() -> None:
    """Takes the lock before a row is locked: in the other order writers would deadlock."""
    if not getattr(_here, "holds", False):
        take_lock()


def write_content(write: Callable[[], Result]) -> Result:
    """Runs `write` under the lock in one transaction, and returns its result.

    After a deadlock or a serialization failure it runs once more: it must keep nothing in memory
    from the first try. Its second failure is raised. Within a transaction of a caller there is no
    second try, as that transaction is lost as a whole.
    """

    def attempt() -> Result:
        with transaction.atomic(), content_lock():
            return write()

    if connection.in_atomic_block:
        return attempt()
    try:
        return attempt()
    except OperationalError as error:
        if not is_worth_another_try(error):
            raise
        begin_again()
        return attempt()


def is_worth_another_try(error: BaseException) -> bool:
    """Whether PostgreSQL undid the transaction only because others ran beside it."""
    return getattr(error.__cause__, "sqlstate", None) in TRY_AGAIN
