"""The admin: where maintainers edit everything, without a superuser day to day."""

from decimal import Decimal
from itertools import groupby

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse, reverse_lazy
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from . import accounts, import_admin  # noqa: F401  these have modules of their own
from .admin_filters import FewRelated, FewValues
from .consistency import Kind, check, disagreement_text
from .forms import (
    BOX,
    ColumnFormSet,
    GuidedBenchmarkForm,
    LLMForm,
    NamedForm,
    ScoreForm,
    box_name,
    metrics_in_column_order,
)
from .fresh_admin import CarefulAutocomplete, CarefulInline, FreshAdmin, history_of
from .freshness import is_row_id
from .models import (
    LLM,
    Benchmark,
    Column,
    Component,
    Leaderboard,
    Metric,
    Organization,
    Score,
    Source,
)
from .numbers import plain
from .standings import disagreements_of

admin.site.site_header = "LeaderBoard"
admin.site.site_title = "LeaderBoard"
admin.site.index_title = _("Content")
admin.site.site_url = reverse_lazy("front")


SHOWN_FINDINGS = 200  # of one kind; verify lists all


class PlainNumbers(HistoricalRecordContextHelper):
    """Old and new numbers as somebody typed them: 0.77, not 0.77000000."""

    def prepare_delta_change_value(self, change, value):
        prepared = super().prepare_delta_change_value(change, value)
        return plain(prepared) if isinstance(prepared, Decimal) else prepared


class ContentAdmin(FreshAdmin, SimpleHistoryAdmin):
    """History with old and new values, no lost updates; a published address stays."""

    address_field: str | None = "slug"
    list_per_page = 50
    show_full_result_count = False

    def history_view(self, request, object_id, extra_context=None):
        if not is_row_id(object_id):
            raise Http404(_("There is no such entry."))
        return super().history_view(request, object_id, extra_context)

    def get_historical_record_context_helper(self, request, historical_record):
        return PlainNumbers(self.model, historical_record)

    def get_readonly_fields(self, request, obj=None):
        readonly = super().get_readonly_fields(request, obj)
        if obj and self.address_field and is_or_was_published(obj):
            return [*readonly, self.address_field]
        return readonly


def is_or_was_published(obj):
    if type(obj).objects.published().filter(pk=obj.pk).exists():
        return True
    return hasattr(obj, "is_published") and obj.history.filter(is_published=True).exists()


class PreviewAdmin(ContentAdmin):
    """Content with a page of its own: a draft is previewed, the rest viewed on the site."""

    preview_name = None

    def view_on_site(self, obj):
        return obj.get_absolute_url() if obj.is_published else self.preview_url(obj)

    def preview_url(self, obj):
        return reverse(self.preview_name, args=[obj.pk])

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context["preview_url"] = obj and self.preview_url(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


@admin.register(Organization)
class OrganizationAdmin(ContentAdmin):
    form = NamedForm
    list_display = ["name", "homepage"]
    search_fields = ["name", "slug"]
    fields = ["name", "confirm_name", "slug", "homepage"]


@admin.register(LLM)
class LLMAdmin(PreviewAdmin):
    form = LLMForm
    object_history_template = "admin/leaderboard/llm_history.html"
    preview_name = "preview-llm"
    list_display = [
        "name", "organization", "size", "open_weights", "domain", "reasoning", "released",
        "is_published",
    ]  # fmt: skip
    list_filter = [
        "is_published", "open_weights", ("domain", FewValues), "reasoning",
        ("organization", FewRelated),
    ]  # fmt: skip
    search_fields = ["name", "slug", "organization__name", "huggingface_id"]
    autocomplete_fields = ["organization"]
    list_select_related = ["organization"]
    fieldsets = [
        (None, {"fields": ["name", "confirm_name", "is_published", "organization"]}),
        (
            _("Facts"),
            {
                "description": _("Leave empty what is not known. Unknown is shown as unknown."),
                "fields": [
                    ("parameters", "active_parameters"), ("open_weights", "reasoning"),
                    ("domain", "license"), ("released", "base_model"),
                    "huggingface_id", "homepage", "description", "slug",
                ],
            },
        ),
        (_("Source and reason of the scores below"), {"fields": ["source", "reason"]}),
    ]  # fmt: skip

    def get_form(self, request, obj=None, change=False, **kwargs):
        # The boxes are made by the form itself; the factory knows only the fields of the model.
        kwargs["fields"] = flatten_fieldsets(self.fieldsets)
        form = super().get_form(request, obj, change, **kwargs)
        source = Score._meta.get_field("source")
        form.base_fields["source"].widget = RelatedFieldWidgetWrapper(
            CarefulAutocomplete(source, self.admin_site),
            source.remote_field,
            self.admin_site,
            can_add_related=request.user.has_perm("leaderboard.add_source"),
        )
        return form

    def get_fieldsets(self, request, obj=None):
        scored = obj.scores.values_list("metric_id", flat=True) if obj else []
        wrong = disagreements_of(obj) if obj else ()
        groups = groupby(metrics_in_column_order(scored), key=lambda metric: metric.benchmark)
        return [*self.fieldsets, *(score_fieldset(*group, wrong) for group in groups)]

    def box_values(self, obj, form=None):
        scores = form.stored.values() if form else locked_scores(obj)
        return {box_name(score.metric): plain(score.value) for score in scores}

    def column_and_history(self, key, name):
        if not name.startswith(BOX):
            return super().column_and_history(key, name)
        _, pk = self.model_and_pk(key)
        return Score._meta.get_field("value"), history_of(
            Score, llm_id=pk, metric__key=name.removeprefix(BOX)
        )

    def save_model(self, request, obj, form, change):
        if not change or form.changed_facts():  # no empty entry in the history
            obj._change_reason = form.cleaned_data["reason"] or None
            super().save_model(request, obj, form, change)
        form.save_scores()
        warn_of_disagreements(request, obj)

    def history_view(self, request, object_id, extra_context=None):
        changes = score_changes(object_id) if is_row_id(object_id) else []
        context = {"score_changes": changes} | (extra_context or {})
        return super().history_view(request, object_id, context)

    @admin.display(description=_("billions"), ordering="parameters")
    def size(self, llm):
        return plain(llm.parameters) if llm.parameters else "–"


def locked_scores(llm):
    return llm.scores.select_related("metric").select_for_update(of=("self",))


def score_changes(llm_id):
    """[(record, old, new)] of all scores of an LLM, newest first, with who did it."""
    history = Score.history.filter(llm_id=llm_id).select_related(
        "metric__benchmark", "history_user"
    )
    before, changes = {}, []
    for record in history.order_by("history_id"):
        gone = record.history_type == "-"
        old, new = before.get(record.metric_id), None if gone else record.value
        if old != new:
            changes.append((record, old, new))
        before[record.metric_id] = new
    return changes[::-1]


def score_fieldset(benchmark, metrics, disagreements):
    """The boxes of one benchmark, with what is wrong among them above."""
    metrics = list(metrics)
    wrong = [each for each in disagreements if each.metric.id in {m.pk for m in metrics}]
    return (
        _("Scores: %(benchmark)s") % {"benchmark": benchmark.name}
        if benchmark
        else _("Scores: across benchmarks"),
        {
            "fields": [box_name(metric) for metric in metrics],
            "classes": ["scores"],
            "description": format_html_join(
                "", '<p class="errornote">{}</p>', ((disagreement_text(each),) for each in wrong)
            ),
        },
    )


def warn_of_disagreements(request, llm):
    for disagreement in disagreements_of(llm):
        messages.warning(request, disagreement_text(disagreement))


class MetricInline(admin.TabularInline):
    model = Metric
    fields = ["name", "key", "unit", "question_count", "aggregate"]
    readonly_fields = fields
    extra = 0
    show_change_link = True
    can_delete = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("benchmark")  # each is named with it

    def has_add_permission(self, request, obj=None):
        return False  # a metric has more to say than fits in a row


@admin.register(Benchmark)
class BenchmarkAdmin(ContentAdmin):
    form = NamedForm
    change_list_template = "admin/leaderboard/benchmark_list.html"
    list_display = ["name", "version", "language"]
    list_filter = [("language", FewValues)]
    search_fields = ["name", "slug"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "name",
                    "confirm_name",
                    "slug",
                    "version",
                    "language",
                    "description",
                    "description_zh",
                ]
            },
        ),
        (_("Links and citation"), {"fields": ["homepage", "paper", "dataset", "citation"]}),
    ]
    inlines = [MetricInline]

    def get_urls(self):
        guided = path("guided/", self.admin_site.admin_view(self.guided), name="guided-benchmark")
        return [guided, *super().get_urls()]

    def guided(self, request):
        """A benchmark with its metrics, aggregate and columns, in one form."""
        needed = [f"leaderboard.add_{name}" for name in ("benchmark", "metric", "component",
                  "column", "leaderboard")]  # fmt: skip
        if not request.user.has_perms(needed):
            raise PermissionDenied
        form = GuidedBenchmarkForm(request.POST or None)
        leaderboard = form.save() if request.method == "POST" and form.is_valid() else None
        if leaderboard:
            messages.success(
                request,
                _(
                    "Added %(name)s to “%(leaderboard)s”. Check the columns here; scores are "
                    "entered on the LLMs' forms."
                )
                % {"name": form.cleaned_data["name"], "leaderboard": leaderboard},
            )
            return redirect("admin:leaderboard_leaderboard_change", leaderboard.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("Add a benchmark with its metrics"),
            "form": form,
            "opts": self.opts,
        }
        return render(request, "admin/leaderboard/guided_benchmark.html", context)


class ComponentInline(CarefulInline):
    model = Component
    fk_name = "aggregate"
    fields = ["position", "metric", "weight"]
    autocomplete_fields = ["metric"]
    extra = 1


@admin.register(Metric)
class MetricAdmin(ContentAdmin):
    form = NamedForm
    address_field = "key"
    list_display = ["__str__", "key", "unit", "question_count", "aggregate"]
    list_filter = [("benchmark", FewRelated), "unit", "aggregate"]
    search_fields = ["name", "key", "benchmark__name"]
    autocomplete_fields = ["benchmark"]
    list_select_related = ["benchmark"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "benchmark", "name", "confirm_name", "key", "description", "description_zh",
                ]
            },
        ),
        (
            _("Values"),
            {
                "fields": [
                    "unit", ("minimum", "maximum"), "higher_is_better", "decimals",
                    "question_count", "is_share_of_questions",
                ]
            },
        ),
        (_("Aggregate"), {"fields": ["aggregate"]}),
    ]  # fmt: skip
    inlines = [ComponentInline]

    def get_queryset(self, request):
        # Also where it is looked up by name: there list_select_related does not reach.
        return super().get_queryset(request).select_related("benchmark")


@admin.register(Source)
class SourceAdmin(ContentAdmin):
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
            {"fields": ["decimals", "question_count", "standard_error"]},
        ),
    ]

    def has_delete_permission(self, request, obj=None):
        # With the LLM or metric yes; alone a score goes on the LLM's form, which asks why.
        alone = request.resolver_match.url_name.startswith("leaderboard_score_")
        return not alone and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request, obj=None):
        # Moving a number to another LLM or metric would be a new score without a history.
        return ["llm", "metric"] if obj else []

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        warn_of_disagreements(request, obj.llm)

    @admin.display(description=_("value"), ordering="value")
    def shown_value(self, score):
        return plain(score.value)


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
