"""“Freeze a release” on the form of a leaderboard: what will be frozen, what changed, and the name.

What is confirmed is what was shown: the page sends the hash of its state along, and shows the newer
state instead if somebody edited meanwhile.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from leaderboard.models import Leaderboard, Release
from leaderboard.trail.between import Section, describe_between
from leaderboard.trail.releases import (
    DamagedRelease,
    prepare,
    read_state,
    store,
    suggest_name,
)

from .conflicts.snapshots import is_row_id
from .generics import ModelAdmin, ModelForm
from .locking import write_under_lock

SHOWN_LINES = 10  # of what changed in one respect
CHANGED_MEANWHILE = _(
    "Nothing is frozen yet: somebody changed the leaderboard after this page was opened. Look at "
    "what would be frozen now, then freeze it."
)


class FreezeForm(ModelForm):
    """The name and notes of a release, and the hash of the state that the page showed."""

    shown = forms.CharField(max_length=64, widget=forms.HiddenInput)

    class Meta:
        model = Release
        fields = ["name", "notes"]

    def _post_clean(self) -> None:
        """The release is checked as a whole when it is stored."""


class FreezingAdmin(ModelAdmin):
    """Adds the button, the page behind it, and what publishing means for releases."""

    def get_urls(self) -> list[URLPattern]:
        view = write_under_lock(self.admin_site.admin_view(self.freeze_view))
        return [
            path("<path:object_id>/freeze/", view, name="freeze-release"),
            *super().get_urls(),
        ]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        box = form.base_fields.get("is_published")
        if box and obj and obj.releases.exists():
            hint = _("Its releases are public as long as it is.")
            box.help_text = format_lazy("{} {}", box.help_text, hint)
        return form

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj and request.user.has_perm("leaderboard.view_release"):
            context["release_count"] = obj.releases.count()
        if obj and obj.is_published and request.user.has_perm("leaderboard.add_release"):
            context["freeze_url"] = reverse("admin:freeze-release", args=[obj.pk])
        return super().render_change_form(request, context, add, change, form_url, obj)

    def freeze_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what would be frozen; a POST freezes it if it still is what was shown."""
        if not request.user.has_perm("leaderboard.add_release"):
            raise PermissionDenied
        leaderboard = Leaderboard.objects.filter(pk=object_id) if is_row_id(object_id) else None
        board = leaderboard.first() if leaderboard is not None else None
        if board is None:
            raise Http404(_("There is no such leaderboard."))
        form = FreezeForm(request.POST or None, initial={"name": suggest_name(board)})
        typed = form.cleaned_data if form.is_valid() else {}
        try:
            release = prepare(board, typed.get("name", ""), typed.get("notes", ""))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect("admin:leaderboard_leaderboard_change", board.pk)
        if typed and typed["shown"] != release.sha256:
            messages.warning(request, CHANGED_MEANWHILE)
        elif typed and store_or_explain(release, form):
            return tell_frozen(request, release)
        return render(request, "admin/leaderboard/freeze.html", self.page(request, release, form))

    def page(self, request: HttpRequest, release: Release, form: FreezeForm) -> dict[str, Any]:
        """What the preview shows."""
        return self.admin_site.each_context(request) | {
            "title": _("Freeze a release"),
            "opts": self.opts,
            "release": release,
            "form": form,
            **describe_state(release),
            **describe_changes(release),
        }


def store_or_explain(release: Release, form: FreezeForm) -> bool:
    """Store the release; where it is refused, say why beside its name or notes."""
    try:
        store(release)
    except ValidationError as refusal:
        for field, errors in refusal.message_dict.items():
            for error in errors:
                form.add_error("notes" if field == "notes" else "name", error)
        return False
    return True


def tell_frozen(request: HttpRequest, release: Release) -> HttpResponse:
    """Log who froze it, and lead to its form."""
    admin.site.get_model_admin(Release).log_addition(request, release, [{"added": {}}])
    said = _("Frozen: %(release)s, with the hash %(hash)s.")
    messages.success(request, said % {"release": release, "hash": release.sha256})
    return redirect("admin:leaderboard_release_change", release.pk)


def describe_state(release: Release) -> dict[str, Any]:
    """The counts of what will be frozen."""
    state = read_state(release)
    scores = [score for each in state["inputs"]["scores"].values() for score in each.values()]
    return {
        "llm_count": len(state["outputs"]["rows"]),
        "column_count": len(state["inputs"]["columns"]),
        "score_count": sum("value" in score for score in scores),
    }


def describe_changes(release: Release) -> dict[str, Any]:
    """What changed since the release before this one, in words, and how many things."""
    if release.previous is None:
        return {}
    try:
        before = read_state(release.previous)
    except DamagedRelease as damage:
        return {"damage": damage}
    sections, _has_causes = describe_between(before, read_state(release))
    total = sum(section.count for section in sections)
    words = ngettext("%(count)s change", "%(count)s changes", total) % {"count": total}
    return {"sections": [shorten(section) for section in sections], "change_count": words}


def shorten(section: Section) -> tuple[str, int, tuple[str, ...], int]:
    """Returns (heading, how many, the first SHOWN_LINES, how many more)."""
    lines = section.first[:SHOWN_LINES]
    return section.heading, section.count, lines, section.count - len(lines)
