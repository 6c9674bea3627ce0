"""The state log: when the canonical state of a published leaderboard changed."""

from typing import Any, Self

from django.db import models

from .leaderboards import Leaderboard


class LeaderboardStateQuerySet(models.QuerySet[Any]):
    """Rows of the state log, in the order in which they were written."""

    def of(self, leaderboard: Leaderboard) -> Self:
        """Returns the states of one leaderboard, newest first."""
        return self.filter(leaderboard=leaderboard.pk).order_by("-pk")


class LeaderboardState(models.Model):
    """One state of a published leaderboard: its name, when it began, and its hash.

    A row is written in the transaction of the edit with which the state began, and never changed.
    It outlives its leaderboard: one that is deleted by mistake and put back has its log again.
    """

    leaderboard = models.ForeignKey(
        Leaderboard, models.DO_NOTHING, db_constraint=False, related_name="states"
    )
    token = models.CharField(max_length=32)  # of the content revision of that edit
    changed_at = models.DateTimeField()
    # Empty if the leaderboard was too large to compare while other writers waited.
    sha256 = models.CharField(max_length=64, blank=True, default="")

    objects = models.Manager.from_queryset(LeaderboardStateQuerySet)()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["leaderboard", "token"], name="one_state_of_a_leaderboard_per_revision"
            ),
        ]
        indexes = [models.Index(fields=["token"], name="state_by_token")]

    def __str__(self) -> str:
        return self.token
