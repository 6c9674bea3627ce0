"""Links to drafts: made and ended on a page of each draft, and listed."""

from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leaderboard.models import DraftLink
from leaderboard.models.draft_links import LIFETIME, read_drafts

from .conflicts.snapshots import is_row_id
from .locking import LockedAdmin, write_under_lock
from .lookups import DeclaredLookups
from .revoking import RevokedAdmin


def share_url(draft: Any) -> str:
    """The address of the page on which links to a draft are made."""
    return reverse("admin:share-draft", args=[draft._meta.model_name, draft.pk])


def may_share(request: HttpRequest, draft: Any) -> bool:
    """Whether somebody may show a draft to others: who may make links and see it themselves."""
    user: Any = request.user
    name = draft._meta.model_name
    return bool(user.has_perms(["leaderboard.add_draftlink", f"leaderboard.view_{name}"]))


def may_revoke(request: HttpRequest, link: DraftLink) -> bool:
    """Whether somebody may end a link: their own one, or any with the permission that the list
    asks for."""
    return link.created_by == request.user or request.user.has_perm("leaderboard.change_draftlink")


class LinkList(ChangeList):
    """A page of the list of links, with their drafts read together."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        read_drafts(self.result_list)


@admin.register(DraftLink)
class DraftLinkAdmin(RevokedAdmin, LockedAdmin, DeclaredLookups):
    """Lists all links with who made and ended them; an action ends several."""

    list_display = [
        "leads_to", "kind", "state", "created_by", "made_on", "ends_on", "revoked_by"
    ]  # fmt: skip
    list_display_links = None
    list_filter = ["kind"]
    list_select_related = ["created_by", "revoked_by"]
    actions = ["revoke_selected"]

    def get_urls(self) -> list[URLPattern]:
        view = write_under_lock(self.admin_site.admin_view(self.share_view))
        return [
            path("share/<slug:kind>/<int:pk>/", view, name="share-draft"),
            *super().get_urls(),
        ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LinkList

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # one is made on the page of its draft

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # one that ended stays, to tell who made it

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A link is looked after on the page of its draft."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        link = DraftLink.objects.filter(pk=object_id).first() if is_row_id(object_id) else None
        draft = link and link.draft
        if draft is None:
            return redirect("admin:leaderboard_draftlink_changelist")
        return redirect(share_url(draft))

    @admin.display(description=_("leads to"))
    def leads_to(self, link: Any) -> str:
        """The draft, with a link to the page of its links; “–” if it is deleted."""
        draft = link.draft
        return format_html('<a href="{}">{}</a>', share_url(draft), draft) if draft else "–"

    @admin.display(description=_("made"), ordering="created_at")
    def made_on(self, link: Any) -> str:
        """The day on which it was made, in few characters."""
        return f"{link.created_at:%Y-%m-%d}"

    @admin.action(permissions=["change"], description=_("Revoke selected links"))
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[DraftLink]) -> None:
        """End links at once."""
        self.revoke_rows(request, queryset)

    def share_view(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        """Show the links to a draft; a POST makes one or ends one."""
        if not request.user.has_perm("leaderboard.add_draftlink"):
            raise PermissionDenied
        if kind not in DraftLink.Kind.values:
            raise Http404(_("Nothing of this kind has drafts."))
        draft: Any = get_object_or_404(apps.get_model("leaderboard", kind), pk=pk)
        if not may_share(request, draft):
            raise PermissionDenied
        if request.method == "POST":
            self.write_link(request, draft)
            return redirect(share_url(draft))
        return self.show_links(request, draft)

    def write_link(self, request: HttpRequest, draft: Any) -> None:
        """Make a link, or end the one that was chosen."""
        if "revoke" in request.POST:
            chosen = request.POST["revoke"]
            links = DraftLink.objects.to(draft)
            link = links.filter(pk=chosen).first() if is_row_id(chosen) else None
            if link is None:
                raise Http404(_("There is no such link."))
            if not may_revoke(request, link):
                raise PermissionDenied
            self.revoke(request, link)
            messages.success(request, gettext("The link is revoked: it opens nothing any more."))
        elif draft.is_published:
            messages.error(request, gettext("It is published: send the address of its page."))
        else:
            user: Any = request.user
            made = DraftLink.objects.create(
                kind=draft._meta.model_name, row=draft.pk, created_by=user
            )
            self.log_addition(request, made, [{"added": {}}])
            messages.success(request, gettext("The link is made. Copy it below."))

    def show_links(self, request: HttpRequest, draft: Any) -> HttpResponse:
        """The page of a draft's links, the live ones with their addresses."""
        links = list(DraftLink.objects.to(draft).select_related("created_by", "revoked_by"))
        live = {link.pk for link in DraftLink.objects.to(draft).live()}
        context = self.admin_site.each_context(request) | {
            "title": gettext("Show the draft “%(draft)s” to somebody") % {"draft": draft},
            "opts": self.opts,
            "draft": draft,
            "form_url": reverse(
                f"admin:leaderboard_{draft._meta.model_name}_change", args=[draft.pk]
            ),
            "days": LIFETIME.days,
            "live": [
                (
                    link,
                    request.build_absolute_uri(reverse("draft", args=[link.token])),
                    may_revoke(request, link),
                )
                for link in links
                if link.pk in live
            ],
            "ended": [link for link in links if link.pk not in live],
        }
        return render(request, "admin/leaderboard/share_draft.html", context)
