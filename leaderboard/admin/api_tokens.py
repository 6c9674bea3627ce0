"""Tokens by which programs hand in results: made here, shown once, ended here."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leaderboard.models import APIToken, Leaderboard
from leaderboard.models.api_tokens import DAYS, MOST_DAYS

from .generics import ModelForm
from .locking import LockedAdmin
from .lookups import DeclaredLookups
from .revoking import RevokedAdmin


class APITokenForm(ModelForm):
    """Asks what a new token is for, and for how long."""

    days = forms.IntegerField(
        label=_("Days until it ends"), min_value=1, max_value=MOST_DAYS, initial=DAYS
    )

    class Meta:
        model = APIToken
        fields = ("name", "scope", "leaderboard")


@admin.register(APIToken)
class APITokenAdmin(RevokedAdmin, LockedAdmin, DeclaredLookups):
    """Lists all tokens with who made, used and ended them; an action ends several."""

    form = APITokenForm
    list_display = [
        "name", "begins_with", "scope", "only_on", "state", "created_by", "used_on", "ends_on"
    ]  # fmt: skip
    list_display_links = None
    list_filter = ["scope"]
    list_select_related = ["created_by", "leaderboard"]
    actions = ["revoke_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[APIToken]:
        records = Leaderboard.history.filter(id=OuterRef("leaderboard")).order_by("-history_id")
        last_title = Subquery(records.values("title")[:1])
        tokens: QuerySet[APIToken] = super().get_queryset(request).annotate(last_title=last_title)
        return tokens

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # one that ended stays, to tell who made it

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Nothing of a token can be changed: the list shows all there is."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return redirect("admin:leaderboard_apitoken_changelist")

    def save_model(self, request: HttpRequest, obj: APIToken, form: Any, change: bool) -> None:
        request.token = obj.issue(request.user, form.cleaned_data["days"])  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: APIToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the token on this one page, which nothing keeps."""
        context = self.admin_site.each_context(request) | {
            "title": gettext("The token “%(name)s”") % {"name": obj},
            "opts": self.opts,
            "token": request.token,  # type: ignore[attr-defined]
            "imports": request.build_absolute_uri(reverse("api-1:hand-in")),
            "site": request.build_absolute_uri("/"),
        }
        response = render(request, "admin/leaderboard/api_token.html", context)
        response["Cache-Control"] = "private, no-store"
        return response

    @admin.display(description=_("begins with"), ordering="start")
    def begins_with(self, row: APIToken) -> str:
        """By what its owner tells it from others."""
        return f"{row.start}…"

    @admin.display(description=_("only on"), ordering="leaderboard")
    def only_on(self, row: Any) -> Any:
        """The leaderboard that it is for, by its last title if that is deleted; None for all."""
        if row.leaderboard_id is None or row.leaderboard:
            return row.leaderboard
        state = gettext("deleted")
        return f"{row.last_title} ({state})"

    @admin.display(description=_("last used"), ordering="last_used_at")
    def used_on(self, row: APIToken) -> str:
        """The day of its last use."""
        return f"{row.last_used_at:%Y-%m-%d}" if row.last_used_at else "–"

    @admin.action(permissions=["change"], description=_("Revoke selected tokens"))
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[APIToken]) -> None:
        """End tokens at once."""
        self.revoke_rows(request, queryset)
