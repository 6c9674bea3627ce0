"""The admin of accounts, for superusers: the login policy, and a second factor that was lost."""

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static import admin as static_admin
from django_otp.plugins.otp_totp import admin as totp_admin

from leaderboard.accounts.second_factor import remove_second_factor
from leaderboard.models import LoginPolicy

# Their pages show keys, by which an administrator could be somebody else.
admin.site.unregister([static_admin.StaticDevice, totp_admin.TOTPDevice, get_user_model()])


@admin.register(get_user_model())
class AccountAdmin(UserAdmin):
    actions = ["reset_second_factor"]

    def has_reset_permission(self, request):
        return request.user.is_superuser

    @admin.action(
        description=_("Remove the second factor of selected users (phone lost)"),
        permissions=["reset"],
    )
    def reset_second_factor(self, request, users):
        for user in users:
            remove_second_factor(user)
            self.log_change(request, user, str(_("Removed the second factor.")))
        names = ", ".join(str(user) for user in users)
        done = _("The password alone, until a new one is set up: %(names)s.") % {"names": names}
        messages.success(request, done)


@admin.register(LoginPolicy)
class LoginPolicyAdmin(admin.ModelAdmin):
    """One row, opened by the list's own link."""

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    has_change_permission = has_view_permission

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        if not request.user.is_superuser:
            return super().changelist_view(request, extra_context)  # which refuses
        policy, _ = LoginPolicy.objects.get_or_create(pk=1)
        return redirect("admin:leaderboard_loginpolicy_change", policy.pk)
