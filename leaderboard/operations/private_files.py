"""Files of the data folder that only their owner may read, and work that only one may do."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

DATABASE_SUFFIXES = ("", "-wal", "-shm", "-journal")  # files that SQLite keeps for one database
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def keep_database_private(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Take the database files from group and others, whatever the umask says.

    The group may read static files in the same folder, and the database holds password hashes.
    SQLite gives the files that it adds later the mode of the first one.
    """
    if connection.vendor != "sqlite":
        return
    for suffix in DATABASE_SUFFIXES:
        with suppress(FileNotFoundError, PermissionError):  # in memory; somebody else's
            path = f"{connection.settings_dict['NAME']}{suffix}"
            mode = stat.S_IMODE(os.stat(path).st_mode)
            if mode & OTHERS:
                os.chmod(path, mode & ~OTHERS)


def delete_database(path: Path) -> None:
    """Delete a database of SQLite and the files beside it, as far as they are there."""
    for suffix in DATABASE_SUFFIXES:
        Path(f"{path}{suffix}").unlink(missing_ok=True)


@contextmanager
def only_one_process(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; wait for another process that holds it.

    The system lets go of the lock when the process ends, however it ends.
    """
    import fcntl  # not on Windows, where quickstart says that it does not run

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
