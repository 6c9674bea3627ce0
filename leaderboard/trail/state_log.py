"""The state log: a row whenever the state of a published leaderboard changed.

An edit of what one leaderboard shows leaves the date, the revision and so the citation of another
alone. The row is written in the transaction of the edit, so it is there exactly if the edit is.

Whether a leaderboard changed is decided by the hash of its state. That takes 0.04 s of CPU for 51
LLMs with nine scores each and 0.2 s for 5,000 scores, but 0.4 s for 1,000 LLMs and 1.1 s for 4,000,
while other writers wait. A leaderboard with more than LARGEST_COMPARED scores is therefore taken as
changed whenever an edit writes a row of it, and the row of the log has no hash.
"""

from typing import Any

from leaderboard.models import (
    Column,
    Component,
    ContentRevision,
    Leaderboard,
    LeaderboardState,
    Score,
    with_components,
)
from leaderboard.models.revision import leaderboards_touched

from .state import hash_present_content

LARGEST_COMPARED = 5_000  # scores


def record_states(leaderboards: set[int], revision: ContentRevision, **kwargs: Any) -> None:
    """Writes a row for each of these published leaderboards whose state is not the last one."""
    for leaderboard in Leaderboard.objects.filter(pk__in=leaderboards).order_by("pk"):
        last = LeaderboardState.objects.of(leaderboard).first()
        is_small = count_scores(leaderboard) <= LARGEST_COMPARED
        sha256 = hash_present_content(leaderboard) if is_small else ""
        if last is None or not sha256 or sha256 != last.sha256:
            LeaderboardState.objects.create(
                leaderboard=leaderboard,
                token=revision.token,
                changed_at=revision.changed_at,
                sha256=sha256,
            )


def count_scores(leaderboard: Leaderboard) -> int:
    """Returns how many scores the state of a leaderboard may hold."""
    columns = Column.objects.filter(leaderboard=leaderboard).values_list("metric_id", flat=True)
    metrics = with_components(columns, Component.objects.parts())
    return int(Score.objects.filter(metric__in=metrics, llm__is_published=True).count())


def connect() -> None:
    """Has the log hear of every edit."""
    leaderboards_touched.connect(record_states)
