"""The cache of a process without Redis: Django's in memory, bounded in bytes too."""

from django.core.cache.backends.locmem import LocMemCache

MOST_BYTES = 64 * 1024 * 1024


class BoundedMemory(LocMemCache):
    """At most MAX_ENTRIES entries and 64 MB; the ones used longest ago go first."""

    def validate_key(self, key):
        """Ours are short and plain; to look at each letter would take as long as to find a page."""

    def _set(self, key, value, timeout):
        self._delete(key)
        super()._set(key, value, timeout)
        self._used += len(value)
        while self._used > MOST_BYTES:
            self._drop_oldest()

    def _delete(self, key):
        self._used -= len(self._cache.get(key, b""))
        return super()._delete(key)

    def _cull(self):
        self._drop_oldest()

    def _drop_oldest(self):
        self._delete(next(reversed(self._cache)))

    # Django makes an object per thread around the dictionaries that all of them share.

    @property
    def _used(self):
        return self._expire_info.get(BYTES, 0)

    @_used.setter
    def _used(self, count):
        self._expire_info[BYTES] = count


BYTES = ("bytes",)  # no key of Django's, which are strings
