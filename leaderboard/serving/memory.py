"""The cache of a process without Redis: in memory, bounded in entries and in bytes."""

import time
from collections import OrderedDict
from threading import Lock
from typing import Any, NamedTuple

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

MOST_BYTES = 64 * 1024 * 1024


class Entry(NamedTuple):
    """A value, its size in bytes, and when it ends: seconds since 1970, None for never."""

    value: Any
    size: int
    ends: float | None


def size_of(value: Any) -> int:
    """About how many bytes a value takes: those of the texts in it, at any depth."""
    if isinstance(value, (bytes, str)):
        return len(value)
    if isinstance(value, dict):
        return size_of([*value, *value.values()])
    if isinstance(value, (list, tuple)):
        return sum(map(size_of, value))
    return 8


class Store:
    """What all threads of a process share; the entry used longest ago stands first."""

    def __init__(self) -> None:
        self.entries: OrderedDict[str, Entry] = OrderedDict()
        self.size = 0
        self.lock = Lock()

    def drop(self, key: str) -> bool:
        """Remove an entry; False if there is none."""
        entry = self.entries.pop(key, None)
        self.size -= entry.size if entry else 0
        return entry is not None

    def find(self, key: str) -> Entry | None:
        """The entry, unless its time is over; then it is removed."""
        entry = self.entries.get(key)
        if entry and entry.ends is not None and entry.ends <= time.time():
            self.drop(key)
            return None
        return entry

    def put(self, key: str, entry: Entry, most_entries: int) -> None:
        """Add or replace an entry, and remove the oldest ones until the bounds hold again."""
        self.drop(key)
        self.entries[key] = entry
        self.size += entry.size
        while len(self.entries) > most_entries or self.size > MOST_BYTES:
            self.drop(next(iter(self.entries)))


_stores: dict[str, Store] = {}  # by the LOCATION: Django makes a cache object in each thread


class BoundedMemory(BaseCache):
    """A cache of at most MAX_ENTRIES entries and 64 MB; the ones used longest ago go first.

    A value is returned as it was set, without a copy: nobody may change it.
    """

    def __init__(self, name: str, params: dict[str, Any]):
        super().__init__(params)
        self.most_entries = int(params.get("OPTIONS", {}).get("MAX_ENTRIES", 300))
        self.store = _stores.setdefault(name, Store())

    def validate_key(self, key: str) -> None:
        """Keys here are short and plain; checking each letter would take as long as a look-up."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value, or the default."""
        key = self.make_key(key, version=version)
        with self.store.lock:
            entry = self.store.find(key)
            if entry is None:
                return default
            self.store.entries.move_to_end(key)
        return entry.value

    def set(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        """Keep a value for so many seconds; it counts with the bytes of its texts."""
        key = self.make_key(key, version=version)
        entry = Entry(value, size_of(value), self.get_backend_timeout(timeout))
        with self.store.lock:
            self.store.put(key, entry, self.most_entries)

    def add(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Keep a value unless there is one; False if there is."""
        name = self.make_key(key, version=version)
        entry = Entry(value, size_of(value), self.get_backend_timeout(timeout))
        with self.store.lock:
            if self.store.find(name):
                return False
            self.store.put(name, entry, self.most_entries)
        return True

    def touch(
        self,
        key: str,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Let a value end later or sooner; False if there is none."""
        key = self.make_key(key, version=version)
        with self.store.lock:
            entry = self.store.find(key)
            if entry is None:
                return False
            self.store.entries[key] = entry._replace(ends=self.get_backend_timeout(timeout))
        return True

    def delete(self, key: str, version: int | None = None) -> bool:
        """Remove a value; False if there is none."""
        key = self.make_key(key, version=version)
        with self.store.lock:
            return self.store.drop(key)

    def clear(self) -> None:
        """Remove every value."""
        with self.store.lock:
            self.store.entries.clear()
            self.store.size = 0
