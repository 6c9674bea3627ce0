"""The state log: when the canonical state of a published leaderboard changed."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from .leaderboards import Leaderboard


class LeaderboardStateQuerySet(models.QuerySet[Any]):
    """Rows of the state log."""

    def of(self, leaderboard: Leaderboard) -> Self:
        """Returns the states of one leaderboard, newest first."""
        return self.filter(leaderboard=leaderboard.pk).order_by("-changed_at", "-pk")

    def before(self, state: "LeaderboardState") -> Self:
        """Returns the states of the same leaderboard before that one, newest first."""
        earlier = Q(changed_at__lt=state.changed_at) | Q(
            changed_at=state.changed_at, pk__lt=state.pk
        )
        return (
            self.filter(leaderboard=state.leaderboard_id)
            .filter(earlier)
            .order_by("-changed_at", "-pk")
        )

    def unexplained(self) -> Self:
        """Returns the rows whose difference was not found yet, oldest first."""
        return self.filter(difference__isnull=True).order_by("changed_at", "pk")


class LeaderboardState(models.Model):
    """One state of a published leaderboard: its name, when it began, and its hash.

    A row is written in the transaction of the edit with which the state began, and never changed:
    only its difference from the row before is found after the edit, and stored once. A leaderboard
    that is withdrawn or deleted leaves a row too, which is no state. The log outlives its
    leaderboard: one that is deleted by mistake and put back has its log again.
    """

    leaderboard = models.ForeignKey(
        Leaderboard, models.DO_NOTHING, db_constraint=False, related_name="states"
    )
    token = models.CharField(max_length=32)  # of the content revision of that edit
    changed_at = models.DateTimeField()
    # Empty if the leaderboard was too large to compare while other writers waited.
    sha256 = models.CharField(max_length=64, blank=True, default="")
    # With this row the leaderboard was withdrawn or deleted.
    is_withdrawal = models.BooleanField(default=False)
    # An upgrade made the row from the history.
    is_recovered = models.BooleanField(default=False)
    # As trail/stored.py makes it; null: not found yet; {}: nothing that anybody sees.
    difference = models.JSONField(null=True)

    objects = models.Manager.from_queryset(LeaderboardStateQuerySet)()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["leaderboard", "token"], name="one_state_of_a_leaderboard_per_revision"
            ),
        ]
        indexes = [
            models.Index(fields=["token"], name="state_by_token"),
            models.Index(fields=["changed_at"], name="state_by_date"),
        ]

    def __str__(self) -> str:
        return self.token
