"""Forms of leaderboards and their columns, and the page of consistency findings."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from leaderboard.admin.conflicts.admin import CarefulInline
from leaderboard.models import Column, Leaderboard
from leaderboard.standings.consistency import Kind, check

from .content import PreviewAdmin
from .forms import ColumnFormSet

SHOWN_FINDINGS = 200  # of one kind; verify lists all


class ColumnInline(CarefulInline):
    model = Column
    formset = ColumnFormSet
    fields = ["position", "metric", "shown_by_default"]
    autocomplete_fields = ["metric"]
    ordering = ["position"]
    extra = 1


@admin.register(Leaderboard)
class LeaderboardAdmin(PreviewAdmin):
    preview_name = "preview-leaderboard"
    list_display = ["title", "slug", "ranking_metric", "position", "is_published"]
    list_editable = ["position"]
    list_filter = ["is_published"]
    search_fields = ["title", "slug"]
    autocomplete_fields = ["ranking_metric"]
    list_select_related = ["ranking_metric__benchmark"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "is_published", "position", "ranking_metric"]}),
        (_("Text"), {"fields": ["introduction", "methodology", "citation", "contact"]}),
        (_("In Chinese"), {"fields": ["title_zh", "introduction_zh", "methodology_zh"]}),
    ]
    inlines = [ColumnInline]

    def get_urls(self):
        view = self.admin_site.admin_view(self.consistency)
        return [path("consistency/", view, name="consistency"), *super().get_urls()]

    def consistency(self, request):
        """Everything that a maintainer should look at, each with the form that mends it."""
        if not request.user.has_perm("leaderboard.view_score"):
            raise PermissionDenied
        report = check()
        context = self.admin_site.each_context(request) | {
            "title": _("Consistency"),
            "report": report,
            "kinds": [first_of(report.of(kind), kind) for kind in Kind],
        }
        return render(request, "admin/leaderboard/consistency.html", context)


def first_of(findings, kind):
    """(kind, how many, those shown, how many more)"""
    count = len(findings)
    return kind, count, findings[:SHOWN_FINDINGS], max(0, count - SHOWN_FINDINGS)
