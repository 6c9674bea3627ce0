"""Forms of leaderboards and their columns, and the page of consistency findings."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from leaderboard.admin.conflicts.widgets import CarefulInline
from leaderboard.models import Column, Leaderboard
from leaderboard.standings.consistency import FindingKind, check

from .content import PreviewAdmin
from .deleted import show_deleted
from .facts import FactColumnInline
from .forms import ColumnFormSet
from .freezing import FreezingAdmin
from .locking import write_under_lock
from .translations import TranslatedAdmin

SHOWN_FINDINGS = 200  # of one kind; verify lists all


class ColumnInline(CarefulInline):
    """The columns of a leaderboard, in their order."""

    model = Column
    formset = ColumnFormSet
    fields = ["position", "metric", "shown_by_default"]
    autocomplete_fields = ["metric"]
    ordering = ["position"]
    extra = 1


@admin.register(Leaderboard)
class LeaderboardAdmin(FreezingAdmin, TranslatedAdmin, PreviewAdmin):
    """Edits leaderboards with their columns, and shows what is inconsistent."""

    preview_name = "preview-leaderboard"
    redefining = frozenset(("is_published", "ranking_metric", "ranks_partial_runs"))
    redefines_by_rows = True
    list_display = ["title", "slug", "ranking_metric", "position", "is_published"]
    list_editable = ["position"]
    list_filter = ["is_published"]
    search_fields = ["title", "slug"]
    autocomplete_fields = ["ranking_metric"]
    list_select_related = ["ranking_metric__benchmark"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "title",
                    "slug",
                    "is_published",
                    "position",
                    "ranking_metric",
                    "ranks_partial_runs",
                ]
            },
        ),
        (
            _("Text"),
            {"fields": ["introduction", "methodology", "citation", "data_licence", "contact"]},
        ),
    ]
    inlines = [ColumnInline, FactColumnInline]

    def get_urls(self) -> list[URLPattern]:
        consistency = self.admin_site.admin_view(self.consistency_view)
        deleted = write_under_lock(self.admin_site.admin_view(show_deleted))
        return [
            path("consistency/", consistency, name="consistency"),
            path("deleted/", deleted, name="deleted"),
            *super().get_urls(),
        ]

    def consistency_view(self, request: HttpRequest) -> HttpResponse:
        """List everything that a maintainer should look at, with a link to the form for it."""
        if not request.user.has_perm("leaderboard.view_score"):
            raise PermissionDenied
        report = check()
        context = self.admin_site.each_context(request) | {
            "title": _("Consistency"),
            "report": report,
            "kinds": [shorten(report.of(kind), kind) for kind in FindingKind],
        }
        return render(request, "admin/leaderboard/consistency.html", context)


def shorten(findings: list[Any], kind: FindingKind) -> tuple[FindingKind, int, list[Any], int]:
    """Returns (kind, how many, the first SHOWN_FINDINGS, how many more)."""
    count = len(findings)
    return kind, count, findings[:SHOWN_FINDINGS], max(0, count - SHOWN_FINDINGS)
