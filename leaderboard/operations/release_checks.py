"""Whether stored releases are the ones that were frozen: in the site, and in a backup of it."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from leaderboard.models import Release
from leaderboard.models.payloads import DamagedRelease, parse_payload, unpack_payload
from leaderboard.models.releases import plain_bytes

TABLE, LEADERBOARDS = "leaderboard_release", "leaderboard_leaderboard"
MOST_NAMED = 5
QUERY = f"""
    SELECT board.slug, release.name, release.sha256, release.payload_version, release.payload
    FROM {TABLE} AS release JOIN {LEADERBOARDS} AS board ON board.id = release.leaderboard_id
    ORDER BY release.id
"""


class SavedRelease(NamedTuple):
    """A release in a database or a backup: what names it, its hash, and what is wrong with it."""

    leaderboard: str  # slug
    name: str
    sha256: str
    damage: str  # "" if its bytes have the hash and can be read

    def __str__(self) -> str:
        return f"{self.name} of {self.leaderboard}"


def find_damaged_releases() -> Iterator[tuple[Release, str]]:
    """Yields each release whose bytes are not the frozen ones, with what is wrong with them."""
    for pk in Release.objects.order_by("pk").values_list("pk", flat=True):
        release = Release.objects.select_related("leaderboard").get(pk=pk)
        try:
            release.check_payload()
        except DamagedRelease as damage:
            yield release, str(damage)


def judge_release(
    leaderboard: object, name: object, sha256: object, version: object, payload: Any
) -> SavedRelease:
    """Returns a stored release, having read its bytes once. A value may be of any type."""
    damage = ""
    try:
        parse_payload(unpack_payload(plain_bytes(payload), str(sha256)), int(str(version)))
    except DamagedRelease as error:
        damage = str(error)
    except (TypeError, ValueError):
        damage = "its bytes cannot be read"
    return SavedRelease(str(leaderboard), str(name), str(sha256), damage)


def read_releases(run_query: Callable[[str], Iterable[tuple[Any, ...]]]) -> list[SavedRelease]:
    """Returns all releases of a database that has their table."""
    return [judge_release(*row) for row in run_query(QUERY)]


def releases_of_site(connection: BaseDatabaseWrapper) -> list[SavedRelease]:
    """Returns the releases that the site holds; none where its database cannot be read, which is
    no reason not to restore."""
    try:
        with connection.cursor() as cursor:
            if TABLE not in connection.introspection.table_names(cursor):
                return []
            cursor.execute(QUERY)
            return [judge_release(*row) for row in iter(cursor.fetchone, None)]
    except DatabaseError:
        return []


def releases_of_rows(tables: dict[str, list[dict[str, str]]]) -> list[SavedRelease]:
    """Returns the releases in a dump of PostgreSQL, which writes bytes as \\\\x00."""
    slugs = {row["id"]: row["slug"] for row in tables.get(LEADERBOARDS, ())}
    return [
        judge_release(
            slugs.get(row["leaderboard_id"], "?"),
            row["name"],
            row["sha256"],
            row["payload_version"],
            bytes.fromhex(row["payload"].lstrip("\\").removeprefix("x")),
        )
        for row in tables.get(TABLE, ())
    ]


def find_losses(site: list[SavedRelease], backup: list[SavedRelease]) -> Iterator[str]:
    """Yields sentences about the releases that would not be the frozen ones after a restore.

    Where the bytes of the site are damaged, those of the backup are the remedy.
    """
    damaged = [f"{release} ({release.damage})" for release in backup if release.damage]
    if damaged:
        yield f"Its releases are damaged: {name_first(damaged)}."
    saved = {release[:2]: release.sha256 for release in backup}
    whole = [release for release in site if not release.damage]
    missing = [str(release) for release in whole if release[:2] not in saved]
    if missing:
        yield (
            f"It lacks releases that the site has frozen: {name_first(missing)}. Who cited one "
            "would not find it. manage.py dumpdata leaderboard.release --natural-primary "
            "--natural-foreign saves them, and loaddata brings them back after the restore."
        )
    others = [
        str(release)
        for release in whole
        if saved.get(release[:2], release.sha256) != release.sha256
    ]
    if others:
        yield f"It holds other bytes than the site of releases of one name: {name_first(others)}."


def name_first(names: list[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
