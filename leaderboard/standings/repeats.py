"""Work done once for values that repeat, as rounded scores do. Standard library only."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
H = TypeVar("H", bound=Hashable)


def distinct(items: Sequence[T | None]) -> list[T]:
    """Each of these objects once, told apart by identity, in order; missing ones are left out."""
    by_identity = dict(zip(map(id, items), items, strict=True))
    return [item for item in by_identity.values() if item is not None]


def map_once(work: Callable[[T], R | None], items: Sequence[T | None]) -> list[R | None]:
    """The result of `work` for each item, which is called once for each object; None for None."""
    results: dict[int, R | None] = {id(item): work(item) for item in distinct(items)}
    return [*map(results.get, map(id, items))]


def count_items(items: Sequence[H | None]) -> Counter[H]:
    """{item: how often it or an equal one occurs}, each object hashed once; None is not counted.

    The hash of a decimal or a tuple takes longer than that of an identity.
    """
    by_identity = Counter(map(id, items))
    times: Counter[H] = Counter()
    for item in distinct(items):
        times[item] += by_identity[id(item)]
    return times
