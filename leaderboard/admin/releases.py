"""Releases in the admin: what is frozen can be read, what stands beside it can be changed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leaderboard.models import Release

from .conflicts.snapshots import is_row_id
from .content import ContentAdmin
from .locking import write_under_lock
from .reasons import ReasonField

FROZEN = (
    "leaderboard", "name", "notes", "as_of", "frozen_at", "sha256", "data_licence", "method",
    "payload_version", "software_version", "previous",
)  # fmt: skip
WITHDRAWAL = ("withdrawn_at", "withdrawal_reason")


class WithdrawalForm(forms.Form):
    """Asks why a release is withdrawn; visitors find the reason in its place."""

    reason = ReasonField(
        label=_("Reason (public)"),
        max_length=5_000,
        widget=forms.TextInput(attrs={"size": 80}),
        help_text=_("What is wrong with it, in a sentence. Visitors read it, without your name."),
    )


@admin.register(Release)
class ReleaseAdmin(ContentAdmin):
    """Shows releases; changes DOI and erratum; withdraws. “Freeze a release” adds one."""

    address_field = None
    list_display = ["name", "leaderboard", "frozen_at", "short_hash", "doi", "withdrawn_at"]
    list_filter = ["leaderboard"]
    list_select_related = ["leaderboard"]
    search_fields = ["name", "sha256", "doi"]
    fieldsets = [
        (_("Frozen"), {"fields": FROZEN}),
        (
            _("Beside it"),
            {
                "fields": ["doi", "erratum", "erratum_url"],
                "description": _("Not covered by the hash. Visitors see it with the release."),
            },
        ),
        (_("Withdrawal"), {"fields": WITHDRAWAL}),
    ]
    readonly_fields = [*FROZEN, *WITHDRAWAL]

    @admin.display(description="SHA-256")
    def short_hash(self, obj: Any) -> str:
        """As much of the hash as tells releases apart; the form has all of it."""
        return f"{obj.sha256[:12]}…"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # one is frozen on the form of its leaderboard

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Release]:
        return super().get_queryset(request).defer("payload")

    def view_on_site(self, obj: Any) -> str | None:
        """The address behind “View on site”; None while nobody sees it there."""
        return obj.get_absolute_url() if obj.leaderboard.is_published else None

    def get_urls(self) -> list[URLPattern]:
        view = write_under_lock(self.admin_site.admin_view(self.withdraw_view))
        return [
            path("<path:object_id>/withdraw/", view, name="withdraw-release"),
            *super().get_urls(),
        ]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj and not obj.withdrawn_at and self.has_change_permission(request, obj):
            context["withdraw_url"] = reverse("admin:withdraw-release", args=[obj.pk])
        return super().render_change_form(request, context, add, change, form_url, obj)

    def withdraw_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the reason; a POST withdraws the release."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("leaderboard")
        release = rows.filter(pk=object_id).first() if is_row_id(object_id) else None
        if release is None:
            raise Http404(_("There is no such release."))
        if release.withdrawn_at:
            said = _("%(release)s is withdrawn already.") % {"release": release}
            messages.error(request, said)
            return redirect("admin:leaderboard_release_change", release.pk)
        form = WithdrawalForm(request.POST or None)
        if form.is_valid():
            self.withdraw(request, release, form.cleaned_data["reason"])
            return redirect("admin:leaderboard_release_change", release.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("Withdraw %(release)s") % {"release": release},
            "opts": self.opts,
            "release": release,
            "form": form,
        }
        return render(request, "admin/leaderboard/withdraw.html", context)

    def withdraw(self, request: HttpRequest, release: Release, reason: str) -> None:
        """Store when and why; the history and the log say who."""
        release.withdrawn_at, release.withdrawal_reason = timezone.now(), reason
        release.save()
        names: list[Any] = [release._meta.get_field(name) for name in WITHDRAWAL]
        fields = [str(field.verbose_name) for field in names]
        self.log_change(request, release, [{"changed": {"fields": fields}}])
        messages.success(request, _("%(release)s is withdrawn.") % {"release": release})
