"""What a backup holds, and the sentences with which one is refused."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from leaderboard.operations.manifest import Migration, TableSum
from leaderboard.operations.release_checks import SavedRelease

NEEDED_TABLES = {
    "django_migrations",
    "leaderboard_contentrevision",
    "leaderboard_llm",
    "leaderboard_score",
}
PATIENCE = 60  # seconds that a restore waits for other writers

RunQuery = Callable[[str], list[tuple[Any, ...]]]


class BackupRefused(Exception):
    """A sentence for the operator: what is wrong, and what to do."""


class ToolFailed(BackupRefused):
    """One of PostgreSQL's tools was found and ended with an error."""


@dataclass(frozen=True)
class Contents:
    """The counts, revision and migrations by which two states of the site are told apart."""

    llms: int
    scores: int
    revision: str
    changed_at: datetime | None
    migrations: frozenset[Migration]

    def __str__(self) -> str:
        when = f"{self.changed_at:%Y-%m-%d %H:%M} UTC" if self.changed_at else "never"
        return f"{self.llms} LLMs and {self.scores} scores, last changed {when}"


@dataclass(frozen=True)
class Survey:
    """All that was read of a backup: its contents, the sum of each of its tables, its releases."""

    contents: Contents
    tables: dict[str, TableSum]
    releases: list[SavedRelease]


def read_contents(run_query: RunQuery) -> Contents:
    """Read the contents from the site's own tables by any function that runs SQL.

    Raises ValueError if the time of the last change is none.
    """
    revisions = run_query("SELECT token, changed_at FROM leaderboard_contentrevision")
    token, changed_at = revisions[0] if revisions else ("", None)
    return Contents(
        llms=run_query("SELECT count(*) FROM leaderboard_llm")[0][0],
        scores=run_query("SELECT count(*) FROM leaderboard_score")[0][0],
        revision=token,
        changed_at=in_utc(changed_at),
        migrations=frozenset(
            (app, name) for app, name in run_query("SELECT app, name FROM django_migrations")
        ),
    )


def in_utc(moment: str | datetime | None) -> datetime | None:
    """Read a stored time: SQLite keeps UTC as text without a zone, PostgreSQL names the zone.

    Raises ValueError if it is no time.
    """
    if moment is None:
        return None
    try:
        if not isinstance(moment, datetime):
            moment = datetime.fromisoformat(moment)
        return moment.replace(tzinfo=UTC) if not moment.tzinfo else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"its last change has no readable time ({moment!r:.40})") from error


def refuse_damaged(backup: Path, reason: object) -> BackupRefused:
    """Build the refusal of a file that cannot be read as a whole backup."""
    return BackupRefused(f"{backup} is damaged: {reason}. Use another backup; nothing was changed.")


def refuse_foreign(backup: Path, tables: Iterable[str]) -> BackupRefused:
    """Build the refusal of a database that lacks a table of this site."""
    missing = min(NEEDED_TABLES.difference(tables))
    return BackupRefused(f"{backup} is not a backup of this site: it has no table {missing}.")


def refuse_code(backup: Path, code: list[str]) -> BackupRefused:
    """Build the refusal of a file with triggers, views or other code, as no backup of ours has."""
    named = ", ".join(code[:5]) + (f" and {len(code) - 5} more" if len(code) > 5 else "")
    return BackupRefused(
        f"{backup} holds code, and a backup of this site holds none: {named}. "
        "Somebody has put it there; use another backup. Nothing was changed."
    )
