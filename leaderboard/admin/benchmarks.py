"""Forms of benchmarks, metrics and the components of an aggregate."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leaderboard.admin.conflicts.widgets import CarefulInline
from leaderboard.models import Benchmark, Component, Metric
from leaderboard.text.words import unit_words

from .filters import FewRelated, FewValues
from .generics import TabularInline
from .guided import GuidedBenchmark, GuidedBenchmarkForm
from .guided_lines import add_lines, make_lines
from .locking import write_under_lock
from .translations import TranslatedAdmin, TranslatedNamedForm


class ShowsQuestions:
    """Shows how many questions a metric asks, and whose they are if not its own."""

    @admin.display(description=_("questions"), ordering="question_count", empty_value="–")
    def asked(self, metric: Metric) -> str | None:
        count = None if metric.asked_count is None else f"{metric.asked_count:,}"
        if metric.questions_of is None:
            return count
        names = {"count": count or "–", "name": metric.questions_of.name}
        return gettext("%(count)s, those of %(name)s") % names


class MetricInline(ShowsQuestions, TabularInline):
    """Lists the metrics of a benchmark, each with a link to its form."""

    model = Metric
    fields = ["name", "key", "unit", "asked", "aggregate"]
    readonly_fields = ["name", "key", "unit", "asked", "aggregate"]
    extra = 0
    show_change_link = True
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Metric]:
        # A metric's name begins with its benchmark's.
        return super().get_queryset(request).select_related("benchmark", "questions_of")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a metric has more to say than fits in a row


@admin.register(Benchmark)
class BenchmarkAdmin(TranslatedAdmin):
    """Edits benchmarks; a guided form adds one with its metrics and columns."""

    form = TranslatedNamedForm
    change_list_template = "admin/leaderboard/benchmark_list.html"
    list_display = ["name", "version", "language"]
    list_filter = [("language", FewValues)]
    search_fields = ["name", "slug"]
    fieldsets = [
        (
            None,
            {"fields": ["name", "confirm_name", "slug", "version", "language", "description"]},
        ),
        (_("Links and citation"), {"fields": ["homepage", "paper", "dataset", "citation"]}),
    ]  # fmt: skip
    inlines = [MetricInline]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        # Without metrics it would be an empty table: the links above it say how to get some.
        return list(super().get_inlines(request, obj)) if obj and obj.metrics.exists() else []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *arguments: Any, **kwargs: Any
    ) -> HttpResponse:
        benchmark = context.get("original")
        if request.user.has_perm("leaderboard.add_metric"):
            query = f"?{urlencode({'benchmark': benchmark.pk})}" if benchmark else ""
            name = "leaderboard_metric_add" if benchmark else "guided-benchmark"
            context["metrics_url"] = f"{reverse(f'admin:{name}')}{query}"
        return super().render_change_form(request, context, *arguments, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        view = write_under_lock(self.admin_site.admin_view(self.guided_view))
        return [path("guided/", view, name="guided-benchmark"), *super().get_urls()]

    def guided_view(self, request: HttpRequest) -> HttpResponse:
        """Add a benchmark with its metrics, aggregate and columns, in one form."""
        needed = [f"leaderboard.add_{name}" for name in ("benchmark", "metric", "component",
                  "column", "leaderboard")]  # fmt: skip
        if not request.user.has_perms(needed):
            raise PermissionDenied
        if "more" in request.POST:
            guided = GuidedBenchmark(
                GuidedBenchmarkForm(initial=request.POST.dict()), add_lines(request.POST)
            )
            return self.show_guided(request, guided)
        data = request.POST if request.method == "POST" else None
        guided = GuidedBenchmark(GuidedBenchmarkForm(data), make_lines(data))
        leaderboard = guided.save() if data is not None and guided.is_valid() else None
        if leaderboard:
            messages.success(
                request,
                _(
                    "Added %(name)s to “%(leaderboard)s”. Check the columns here; scores are "
                    "entered on the LLMs' forms."
                )
                % {"name": guided.form.cleaned_data["name"], "leaderboard": leaderboard},
            )
            return redirect("admin:leaderboard_leaderboard_change", leaderboard.pk)
        return self.show_guided(request, guided)

    def show_guided(self, request: HttpRequest, guided: GuidedBenchmark) -> HttpResponse:
        """Render the guided form as it is filled so far."""
        context = self.admin_site.each_context(request) | {
            "title": _("Add a benchmark with its metrics"),
            "form": guided.form,
            "lines": guided.lines,
            "opts": self.opts,
        }
        return render(request, "admin/leaderboard/guided_benchmark.html", context)


class ComponentInline(CarefulInline):
    """The metrics that an aggregate is computed from, with their weights."""

    model = Component
    fk_name = "aggregate"
    fields = ["position", "metric", "weight"]
    autocomplete_fields = ["metric"]
    extra = 1


@admin.register(Metric)
class MetricAdmin(ShowsQuestions, TranslatedAdmin):
    """Edits metrics and the components of aggregates."""

    form = TranslatedNamedForm
    address_field = "key"
    redefining = frozenset((
        "benchmark", "unit", "unit_label", "label_in_front", "minimum", "maximum",
        "higher_is_better", "decimals", "question_count", "questions_of", "is_share_of_questions",
        "aggregate",
    ))  # fmt: skip
    redefines_by_rows = True
    list_display = ["__str__", "key", "shown_unit", "asked", "aggregate"]
    list_filter = [("benchmark", FewRelated), "unit", "aggregate"]
    search_fields = ["name", "key", "benchmark__name"]
    autocomplete_fields = ["benchmark", "questions_of"]
    list_select_related = ["benchmark", "questions_of"]
    fieldsets = [
        (None, {"fields": ["benchmark", "name", "confirm_name", "key", "description"]}),
        (
            _("Values"),
            {
                "fields": [
                    "unit", ("unit_label", "label_in_front"), ("minimum", "maximum"),
                    "higher_is_better", "decimals", "question_count", "questions_of",
                    "is_share_of_questions",
                ]
            },
        ),
        (_("Aggregate"), {"fields": ["aggregate"]}),
    ]  # fmt: skip
    inlines = [ComponentInline]

    @admin.display(description=_("unit"), ordering="unit")
    def shown_unit(self, metric: Metric) -> str:
        """The unit in words, or its label."""
        return unit_words(metric)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Metric]:
        # Metrics are also looked up by name, where list_select_related has no effect.
        return super().get_queryset(request).select_related("benchmark")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Metric], search_term: str
    ) -> tuple[QuerySet[Metric], bool]:
        # Django sends the field that metrics are looked up for; only some can rank a leaderboard.
        if request.GET.get("field_name") == "ranking_metric":
            queryset = queryset.exclude(higher_is_better=None)
        return super().get_search_results(request, queryset, search_term)
