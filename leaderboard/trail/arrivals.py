"""Which LLMs of a leaderboard are new: they entered in the month before its newest change.

Counted from the newest change and not from today: a page stays the same while its content does.
What was there when the leaderboard was published, or when its log begins, is not new. What an edit
changed is found right after its commit; a page asked for before that says nothing of new LLMs yet.
"""

from datetime import timedelta

from leaderboard.models import Leaderboard, LeaderboardState
from leaderboard.standings.published import Content

MONTH = timedelta(days=31)


def new_llms(content: Content, leaderboard: Leaderboard) -> frozenset[str]:
    """Returns the slugs of the new LLMs of a published leaderboard, in one query."""
    return content.compute_once(
        ("new LLMs", leaderboard.pk), lambda: find_new_llms(content, leaderboard)
    )


def find_new_llms(content: Content, leaderboard: Leaderboard) -> frozenset[str]:
    """Reads them from what the state log tells of the month."""
    since = content.state(leaderboard).changed_at - MONTH
    rows = LeaderboardState.objects.filter(
        leaderboard=leaderboard, entry_date__gt=since, difference__kind="changed"
    )
    here: set[str] = set()
    for stored in rows.order_by("pk").values_list("difference", flat=True):
        for change in stored.get("changes", ()):
            if change["field"] == "llm":
                (here.add if change["new"] is not None else here.discard)(change["slug"])
    return frozenset(here)
