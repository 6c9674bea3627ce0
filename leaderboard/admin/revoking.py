"""What the lists of draft links and of API tokens share: both end by a day, or are revoked."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .generics import ModelAdmin


class RevokedAdmin(ModelAdmin):
    """Says whether a row still opens anything, and revokes it; the admin's log says who did."""

    @admin.display(description=_("ends"), ordering="expires_at")
    def ends_on(self, row: Any) -> str:
        """The day on which it ends, in few characters."""
        return f"{row.expires_at:%Y-%m-%d}"

    @admin.display(description=_("state"))
    def state(self, row: Any) -> str:
        """Whether it still opens anything."""
        if row.revoked_at:
            return gettext("revoked")
        return gettext("open") if row.is_live else gettext("ended")

    def revoke(self, request: HttpRequest, row: Any) -> bool:
        """End a row at once; returns False for one that was revoked before."""
        if is_revoked := bool(row.revoke(request.user)):
            self.log_change(request, row, [{"changed": {"fields": [gettext("revoked")]}}])
        return is_revoked

    def revoke_rows(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """End several, and say how many of them were not revoked before."""
        if count := sum(self.revoke(request, row) for row in queryset):
            messages.success(request, gettext("Revoked: %(count)s.") % {"count": count})
        else:
            messages.warning(request, gettext("Nothing was left to revoke."))
