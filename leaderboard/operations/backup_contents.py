"""What a backup holds, and the sentences with which one is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

APP = "leaderboard"
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
    migrations: frozenset[str]

    def __str__(self) -> str:
        when = f"{self.changed_at:%Y-%m-%d %H:%M} UTC" if self.changed_at else "never"
        return f"{self.llms} LLMs and {self.scores} scores, last changed {when}"


def read_contents(run_query: RunQuery) -> Contents:
    """Read the contents from the site's own tables by any function that runs SQL."""
    revisions = run_query("SELECT token, changed_at FROM leaderboard_contentrevision")
    token, changed_at = revisions[0] if revisions else ("", None)
    names = run_query(f"SELECT name FROM django_migrations WHERE app = '{APP}'")
    return Contents(
        llms=run_query("SELECT count(*) FROM leaderboard_llm")[0][0],
        scores=run_query("SELECT count(*) FROM leaderboard_score")[0][0],
        revision=token,
        changed_at=in_utc(changed_at),
        migrations=frozenset(name for (name,) in names),
    )


def in_utc(moment: str | datetime | None) -> datetime | None:
    """Read a stored time: SQLite keeps UTC as text without a zone, PostgreSQL names the zone."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    if moment and moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment and moment.astimezone(UTC)


def refuse_damaged(backup: Path, reason: str) -> BackupRefused:
    """Build the refusal of a file that cannot be read as a whole backup."""
    return BackupRefused(f"{backup} is damaged: {reason}. Use another backup; nothing was changed.")


def refuse_foreign(backup: Path, tables: set[str]) -> BackupRefused:
    """Build the refusal of a database that lacks a table of this site."""
    missing = min(NEEDED_TABLES - tables)
    return BackupRefused(f"{backup} is not a backup of this site: it has no table {missing}.")
