"""The admin of accounts, for superusers: the login policy, and a second factor that was lost."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static import admin as static_admin
from django_otp.plugins.otp_totp import admin as totp_admin

from leaderboard.accounts.second_factor import remove_second_factor
from leaderboard.models import LoginPolicy

from .generics import UserAdmin
from .lookups import DeclaredLookups

# Their pages show keys, with which an administrator could log in as somebody else.
admin.site.unregister([static_admin.StaticDevice, totp_admin.TOTPDevice])
admin.site.unregister([get_user_model(), Group])  # registered again below

THE_POLICY = 1  # the number of the only row


def is_superuser(request: HttpRequest) -> bool:
    """Whether an active superuser is logged in."""
    return bool(request.user.is_active and request.user.is_superuser)


@admin.register(get_user_model())
class AccountAdmin(DeclaredLookups, UserAdmin):
    """Django's accounts, and an action for somebody who has lost the phone."""

    actions = ["reset_second_factor"]

    def has_reset_permission(self, request: HttpRequest) -> bool:
        """Who may use the action: superusers."""
        return is_superuser(request)

    @admin.action(
        description=_("Remove the second factor of selected users (phone lost)"),
        permissions=["reset"],
    )
    def reset_second_factor(self, request: HttpRequest, users: QuerySet[Any]) -> None:
        """Let the password alone log the chosen users in."""
        for user in users:
            remove_second_factor(user)
            self.log_change(request, user, str(_("Removed the second factor.")))
        names = ", ".join(str(user) for user in users)
        done = _("The password alone, until a new one is set up: %(names)s.") % {"names": names}
        messages.success(request, done)


@admin.register(Group)
class RoleAdmin(DeclaredLookups, GroupAdmin):
    """Django's groups, such as Maintainers."""


@admin.register(LoginPolicy)
class LoginPolicyAdmin(DeclaredLookups):
    """Edits the one row of the policy; its list leads straight to the form."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not is_superuser(request):
            return super().changelist_view(request, extra_context)  # which refuses
        return redirect("admin:leaderboard_loginpolicy_change", THE_POLICY)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> LoginPolicy | None:
        """The row; one with the defaults, stored by the first save, as long as there is none."""
        policy: LoginPolicy | None = super().get_object(request, object_id, from_field)
        if policy is None and object_id == str(THE_POLICY):
            return LoginPolicy(pk=THE_POLICY)
        return policy
