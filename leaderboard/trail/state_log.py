"""The state log: a row whenever the state of a published leaderboard changed.

An edit of what one leaderboard shows leaves the date, the revision and so the citation of another
alone. The row is written in the transaction of the edit, so it is there exactly if the edit is.

Whether a leaderboard changed is decided by the hash of its state. That takes 0.04 s of CPU for 51
LLMs with nine scores each and 0.2 s for 5,000 scores, but 0.4 s for 1,000 LLMs and 1.1 s for 4,000,
while other writers wait. A leaderboard with more than LARGEST_COMPARED scores is therefore taken as
changed whenever an edit writes a row of it, and the row of the log has no hash.
"""

from typing import Any

from leaderboard.models import ContentRevision, Leaderboard, LeaderboardState
from leaderboard.models.revision import leaderboards_touched

from .filling import Known, count_scores_of, fill_after_commit
from .state import hash_parts, load_parts

LARGEST_COMPARED = 5_000  # scores


def record_states(
    leaderboards: set[int], noted: set[int] | None, revision: ContentRevision, **kwargs: Any
) -> None:
    """Writes a row for each of these published leaderboards whose state is not the last one, and
    for each noted one that is not published any more.

    What the rows changed is found once they are committed, of large leaderboards by a reader.
    """
    small: list[LeaderboardState] = []
    known: Known = {}
    for leaderboard in Leaderboard.objects.filter(pk__in=leaderboards).order_by("pk"):
        last = LeaderboardState.objects.of(leaderboard).first()
        parts = load_parts(leaderboard) if is_small(leaderboard) else None
        sha256 = hash_parts(parts) if parts else ""
        if last is None or last.is_withdrawal or not sha256 or sha256 != last.sha256:
            row = write_row(leaderboard.pk, revision, sha256=sha256)
            if parts:
                small.append(row)
                known[leaderboard.pk, row.changed_at] = leaderboard, parts
    small += [write_row(number, revision, is_withdrawal=True) for number in find_withdrawn(noted)]
    if small:
        fill_after_commit(small, known)


def is_small(leaderboard: Leaderboard) -> bool:
    """Whether the state of a leaderboard is read while other writers wait."""
    return count_scores_of(leaderboard.pk) <= LARGEST_COMPARED


def write_row(number: int, revision: ContentRevision, **values: Any) -> LeaderboardState:
    """Writes a row of the log."""
    row: LeaderboardState = LeaderboardState.objects.create(
        leaderboard_id=number, token=revision.token, changed_at=revision.changed_at, **values
    )
    return row


def find_withdrawn(noted: set[int] | None) -> list[int]:
    """Returns which of these leaderboards, of all without any given, are not published any more
    although their log says that they are."""
    log = LeaderboardState.objects.all()
    if noted is not None:
        log = log.filter(leaderboard__in=noted)
    logged = set(log.order_by().values_list("leaderboard", flat=True).distinct())
    if not logged:
        return []
    gone = logged - set(Leaderboard.objects.published().values_list("pk", flat=True))
    newest = {number: log.filter(leaderboard=number).order_by("-changed_at", "-pk").first()
              for number in gone}  # fmt: skip
    return sorted(number for number, row in newest.items() if row and not row.is_withdrawal)


def connect() -> None:
    """Has the log hear of every edit."""
    leaderboards_touched.connect(record_states)
