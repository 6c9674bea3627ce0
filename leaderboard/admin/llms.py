"""Forms of organizations and LLMs, with the scores of an LLM on its form."""

from itertools import groupby

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from leaderboard.admin.conflicts.admin import CarefulAutocomplete, history_of
from leaderboard.admin.conflicts.snapshots import is_row_id
from leaderboard.models import LLM, Organization, Score
from leaderboard.standings.consistency import disagreement_text
from leaderboard.standings.standings import disagreements_of
from leaderboard.text.numbers import plain

from .content import ContentAdmin, PreviewAdmin, warn_of_disagreements
from .filters import FewRelated, FewValues
from .forms import BOX, LLMForm, NamedForm, box_name, metrics_in_column_order


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
