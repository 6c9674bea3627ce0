"""What logging in stores. It is no content: maintainers cannot see or change it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FailedLogin(models.Model):
    """A failed login: one of the few that an address has in an hour. A success deletes it."""

    # A keyed hash: whoever reads the table or a backup learns nobody's address.
    address = models.CharField(max_length=64)
    slot = models.PositiveSmallIntegerField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address", "slot"], name="one_failed_login_per_address_and_slot"
            )
        ]

    def __str__(self) -> str:
        return f"{self.slot + 1}. try"


class LoginPolicy(models.Model):
    """What administrators require of everybody who logs in; one row, stored by the first change."""

    require_second_factor = models.BooleanField(
        _("require a second factor"),
        default=False,
        help_text=_(
            "Everybody who logs in then needs a code from an app on their phone beside the "
            "password. Who has none yet is led through setting it up before anything else."
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("login policy")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="there_is_one_login_policy")]

    def __str__(self) -> str:
        return str(_("Login policy"))
