"""The list of what was deleted; from it everything can be put back."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leaderboard.models import CONTENT
from leaderboard.trail.deletions import NAMED, RestoreRefused, list_deletions, restore

from .reasons import RestoreForm

DELETIONS_PER_PAGE = 50
MOST_PAGES = 1_000
# The permissions to see whatever a deletion may be named after.
VIEWS = tuple(f"view_{model._meta.model_name}" for model in NAMED)
NEVER = datetime.min.replace(tzinfo=UTC)


def show_deleted(request: HttpRequest) -> HttpResponse:
    """List what was deleted, newest first; a POST puts one deletion back."""
    if not request.user.has_perms(f"leaderboard.{name}" for name in VIEWS):
        raise PermissionDenied
    form = RestoreForm(request.POST or None)
    if request.method == "POST":
        if not request.user.has_perms(f"leaderboard.add_{model}" for model in names_of_content()):
            raise PermissionDenied
        if form.is_valid():
            put_back(request, form.cleaned_data["moment"], form.cleaned_data["reason"])
            return redirect("admin:deleted")
    page = min(MOST_PAGES, max(1, read_number(request.GET.get("page", "1"))))
    deletions, has_more = list_deletions(DELETIONS_PER_PAGE, (page - 1) * DELETIONS_PER_PAGE)
    context = admin.site.each_context(request) | {
        "title": _("Deleted"),
        "deletions": deletions,
        "form": form,
        "previous": page - 1,
        "next": page + 1 if has_more else None,
    }
    return render(request, "admin/leaderboard/deleted.html", context)


def names_of_content() -> list[str]:
    """The names of the models of content, as permissions have them."""
    return [str(model._meta.model_name) for model in CONTENT]


def read_number(text: str) -> int:
    """A page number as the address has it; 1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def put_back(request: HttpRequest, moment: str, reason: str) -> None:
    """Put back what was deleted at that moment, or say why that cannot be."""
    try:
        count = restore(read_moment(moment), request.user, reason)
    except RestoreRefused as refused:
        messages.error(request, " ".join([_("Nothing was put back."), *refused.reasons]))
        return
    messages.success(
        request,
        ngettext("Put back: %(count)s row.", "Put back: %(count)s rows.", count) % {"count": count},
    )


def read_moment(text: str) -> datetime:
    """The date that names a deletion; a date at which there was none if it cannot be read."""
    try:
        moment: Any = parse_datetime(text)
    except ValueError:
        moment = None
    return moment if moment and timezone.is_aware(moment) else NEVER
