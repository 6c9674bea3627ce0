"""Forms of organizations and LLMs, with the scores of an LLM on its form."""

from collections.abc import Container, Iterable, Sequence
from itertools import groupby
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from leaderboard.admin.conflicts.history import newest_records
from leaderboard.admin.conflicts.snapshots import Values, is_row_id
from leaderboard.admin.conflicts.widgets import CarefulAutocomplete
from leaderboard.models import LLM, Benchmark, Metric, Organization, Score
from leaderboard.models.touched import Note
from leaderboard.standings.consistency import disagreement_text
from leaderboard.standings.standings import disagreements_of
from leaderboard.text.numbers import format_exact

from .content import ContentAdmin, OwnBoxesAdmin, PreviewAdmin, warn_of_disagreements
from .facts import FactValueInline
from .filters import FewRelated, FewValues
from .forms import (
    BOX,
    LLMForm,
    NamedForm,
    box_name,
    box_values,
    metrics_in_column_order,
    set_change_reason,
)
from .given_errors import ERROR, KEEP, error_name, takes_error


@admin.register(Organization)
class OrganizationAdmin(ContentAdmin):
    """Edits organizations."""

    form = NamedForm
    list_display = ["name", "homepage"]
    search_fields = ["name", "slug"]
    fields = ["name", "confirm_name", "slug", "homepage"]


@admin.register(LLM)
class LLMAdmin(OwnBoxesAdmin, PreviewAdmin):
    """Edits an LLM with all its scores on one form."""

    form = LLMForm
    object_history_template = "admin/leaderboard/llm_history.html"
    preview_name = "preview-llm"
    redefining = frozenset(("is_published",))
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
        (_("Source and reason of the scores below"), {"fields": ["source", "reason", KEEP]}),
    ]  # fmt: skip

    inlines = [FactValueInline]

    def get_form(self, request: HttpRequest, *arguments: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *arguments, **kwargs)
        source = Score._meta.get_field("source")
        form.base_fields["source"].widget = RelatedFieldWidgetWrapper(
            CarefulAutocomplete(source, self.admin_site),
            source.remote_field,
            self.admin_site,
            can_add_related=request.user.has_perm("leaderboard.add_source"),
        )
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        scored = dict(obj.scores.values_list("metric_id", "standard_error")) if obj else {}
        with_error = {pk for pk, error in scored.items() if error is not None}
        wrong = disagreements_of(obj) if obj else ()
        groups = groupby(metrics_in_column_order(scored), key=lambda metric: metric.benchmark)
        fieldsets: Any = self.fieldsets
        return [*fieldsets, *(score_fieldset(*group, with_error, wrong) for group in groups)]

    def redefines(self, form: Any, change: bool) -> bool:
        # A new LLM is told by its scores, as a new score is: neither redefines anything.
        return change and super().redefines(form, change)

    def noted_rows(self, form: Any) -> set[Note]:
        scores = form.changed_scores() if isinstance(form, LLMForm) else ()
        return super().noted_rows(form) | {(Metric, metric.pk) for metric, _score in scores}

    def box_values(self, obj: Any, form: Any = None) -> Values:
        scores = form.stored.values() if form else lock_scores(obj)
        return box_values(scores)

    def column_and_history(self, key: str, name: str) -> tuple[Any, Iterable[Any]]:
        for start, column in ((BOX, "value"), (ERROR, "standard_error")):
            if name.startswith(start):
                _, pk = self.model_and_pk(key)
                metric_key = name.removeprefix(start)
                records = newest_records(Score, llm_id=pk, metric__key=metric_key)
                return Score._meta.get_field(column), records
        return super().column_and_history(key, name)

    def save_model(self, request: HttpRequest, obj: LLM, form: Any, change: bool) -> None:
        if not change or form.changed_facts():  # no empty entry in the history
            set_change_reason(obj, form.cleaned_data["reason"])
            super().save_model(request, obj, form, change)
            tell_old_name(request, obj, form.initial.get("name"))
        form.save_scores()
        warn_of_disagreements(request, obj)

    @method_decorator(require_safe)
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        changes = list_score_changes(object_id) if is_row_id(object_id) else []
        context = {"score_changes": changes} | (extra_context or {})
        return super().history_view(request, object_id, context)

    @admin.display(description=_("billions"), ordering="parameters")
    def size(self, llm: LLM) -> str:
        """All parameters in billions; “–” if unknown."""
        return format_exact(llm.parameters) if llm.parameters else "–"


def tell_old_name(request: HttpRequest, llm: LLM, old: str | None) -> None:
    """Say that files with the name that an LLM had until now still find it."""
    if old and old != llm.name and llm.aliases.filter(name=old).exists():
        kept = gettext("“%(old)s” stays an alias: files that use this name still find %(new)s.")
        messages.info(request, kept % {"old": old, "new": llm.name})


def lock_scores(llm: LLM) -> QuerySet[Score]:
    """The scores of an LLM, locked until the transaction ends."""
    return llm.scores.select_related("metric").select_for_update(of=("self",))


def list_score_changes(llm_id: str) -> list[tuple[Any, Any, Any]]:
    """[(record, old text, new text)] of all scores of an LLM, newest first."""
    history: Any = Score.history.filter(llm_id=llm_id)
    history = history.select_related("metric__benchmark", "history_user")
    previous: dict[int, str] = {}
    changes = []
    for record in history.order_by("history_id"):
        gone = record.history_type == "-"
        old, new = previous.get(record.metric_id, ""), "" if gone else write_with_error(record)
        if old != new:
            changes.append((record, old, new))
        previous[record.metric_id] = new
    return changes[::-1]


def write_with_error(score: Any) -> str:
    """Writes the value of a score or of a record of one, and the standard error if it has one."""
    value = format_exact(score.value)
    if score.standard_error is None:
        return value
    error = format_exact(score.standard_error)
    return _("%(value)s (standard error %(error)s)") % {"value": value, "error": error}


def score_fieldset(
    benchmark: Benchmark | None,
    metrics: Iterable[Metric],
    with_error: Container[int],
    disagreements: Sequence[Any],
) -> tuple[Any, dict[str, Any]]:
    """The score boxes of one benchmark, below a warning for each aggregate that disagrees.

    Boxes of a value and of its standard error stand side by side.
    """
    boxes: dict[int, Any] = {
        metric.pk: (box_name(metric), error_name(metric))
        if takes_error(metric, metric.pk in with_error)
        else box_name(metric)
        for metric in metrics
    }
    warnings = [
        (disagreement_text(disagreement),)
        for disagreement in disagreements
        if disagreement.metric.id in boxes
    ]
    return (
        _("Scores: %(benchmark)s") % {"benchmark": benchmark.name}
        if benchmark
        else _("Scores: across benchmarks"),
        {
            "fields": list(boxes.values()),
            "classes": ["scores"],
            "description": format_html_join("", '<p class="errornote">{}</p>', warnings),
        },
    )
