"""Work done once for values that repeat, as rounded scores do. Standard library only."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def distinct(items: Sequence[T | None]) -> list[T]:
    """Each of these objects once, told apart by identity, in order; missing ones are left out."""
    by_identity = dict(zip(map(id, items), items, strict=True))
    return [item for item in by_identity.values() if item is not None]


def map_once(work: Callable[[T], R | None], items: Sequence[T | None]) -> list[R | None]:
    """The result of `work` for each item, which is called once for each object; None for None."""
    results: dict[int, R | None] = {id(item): work(item) for item in distinct(items)}
    return [*map(results.get, map(id, items))]
