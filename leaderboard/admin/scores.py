"""Forms of sources and single scores."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from leaderboard.models import Score, Source
from leaderboard.text.numbers import format_exact

from .content import ContentAdmin, warn_of_disagreements
from .filters import FewRelated
from .forms import ScoreForm
from .given_errors import KEEP


@admin.register(Source)
class SourceAdmin(ContentAdmin):
    """Edits sources; their address is their number, so nothing is fixed."""

    address_field = None
    list_display = ["title", "kind", "tier", "evaluator", "date"]
    list_filter = ["tier", "kind"]
    search_fields = ["title", "evaluator", "url"]
    fieldsets = [
        (None, {"fields": ["title", "kind", "tier", "evaluator", "url", "date"]}),
        (_("How it was measured"), {"fields": ["harness", "harness_version", "settings"]}),
        (_("File"), {"fields": ["file_name", "file_sha256"]}),
    ]


@admin.register(Score)
class ScoreAdmin(ContentAdmin):
    """Edits a single score; it stays with its LLM and metric."""

    form = ScoreForm
    list_display = ["llm", "metric", "shown_value", "source", "measured_on"]
    list_filter = [
        ("metric__benchmark", FewRelated), ("metric", FewRelated), "source__tier",
        ("source", FewRelated),
    ]  # fmt: skip
    search_fields = [
        "llm__name", "metric__name", "metric__key", "metric__benchmark__name", "source__title",
    ]  # fmt: skip
    ordering = ["-pk"]  # newest first; by name it would sort all scores for fifty
    autocomplete_fields = ["llm", "metric", "source"]
    list_select_related = ["llm", "metric__benchmark", "source"]
    fieldsets = [
        (None, {"fields": ["llm", "metric", "value", "reason"]}),
        (_("Where it comes from"), {"fields": ["source", "measured_on", "note"]}),
        (
            _("Only if it differs from the metric"),
            {"fields": ["decimals", "question_count", "standard_error", KEEP]},
        ),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A score is deleted with its LLM or metric, or on the LLM's form, which asks why.
        match = request.resolver_match
        alone = match is not None and str(match.url_name).startswith("leaderboard_score_")
        return not alone and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Moving a number to another LLM or metric would be a new score without a history.
        return ["llm", "metric"] if obj else []

    def save_model(self, request: HttpRequest, obj: Score, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        warn_of_disagreements(request, obj.llm)

    @admin.display(description=_("value"), ordering="value")
    def shown_value(self, score: Score) -> str:
        """The value as somebody typed it."""
        return format_exact(score.value)
