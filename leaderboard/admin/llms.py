"""Forms of organizations and LLMs, with the scores of an LLM on its form."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from leaderboard.admin.conflicts.history import newest_records
from leaderboard.admin.conflicts.snapshots import Values, is_row_id
from leaderboard.admin.conflicts.widgets import CarefulAutocomplete
from leaderboard.models import LLM, Metric, Organization, Score
from leaderboard.models.touched import Note
from leaderboard.text.numbers import format_exact

from .bulk import FACTS, BulkAdmin
from .content import ContentAdmin, OwnBoxesAdmin, PreviewAdmin, warn_of_disagreements
from .facts import FactValueInline
from .filters import FewRelated, FewValues
from .forms import (
    BOX,
    LLMForm,
    NamedForm,
    box_values,
    set_change_reason,
)
from .given_errors import ERROR, KEEP
from .merging import MergingAdmin
from .score_boxes import score_fieldsets

FEW_SCORES = 30  # fit two screens; above, the form offers a search among them
# The permissions to write scores, in whose boxes one is added, changed or emptied.
SCORES = ("leaderboard.add_score", "leaderboard.change_score", "leaderboard.delete_score")


@admin.register(Organization)
class OrganizationAdmin(ContentAdmin):
    """Edits organizations."""

    form = NamedForm
    list_display = ["name", "homepage"]
    search_fields = ["name", "slug"]
    fields = ["name", "confirm_name", "slug", "homepage"]


@admin.register(LLM)
class LLMAdmin(BulkAdmin, MergingAdmin, OwnBoxesAdmin, PreviewAdmin):
    """Edits an LLM with all its scores on one form."""

    form = LLMForm
    object_history_template = "admin/leaderboard/llm_history.html"
    preview_name = "preview-llm"
    redefining = frozenset(("is_published", "kind"))
    list_display = [
        "name", "kind", "organization", "size", "open_weights", "domain", "reasoning", "released",
        "is_published",
    ]  # fmt: skip
    list_filter = [
        "is_published", "kind", "open_weights", ("domain", FewValues), "reasoning",
        ("organization", FewRelated),
    ]  # fmt: skip
    search_fields = ["name", "slug", "organization__name", "huggingface_id"]
    autocomplete_fields = ["organization"]
    list_select_related = ["organization"]
    fieldsets = [
        (
            None,
            {"fields": ["name", "confirm_name", "is_published", "kind", "organization", "note"]},
        ),
        (
            _("Facts"),
            {
                "description": _("Leave empty what is not known. Unknown is shown as unknown."),
                "fields": [
                    ("parameters", "active_parameters"), ("open_weights", "reasoning"),
                    ("domain", "license"), ("released", "base_model"), "family",
                    "huggingface_id", "homepage", "description", "slug",
                ],
            },
        ),
        (_("Source and reason of these scores"), {"fields": ["source", "reason", KEEP]}),
    ]  # fmt: skip

    inlines = [FactValueInline]

    def get_form(self, request: HttpRequest, *arguments: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *arguments, **kwargs)
        form.may_write_scores = request.user.has_perms(SCORES)
        source = Score._meta.get_field("source")
        form.base_fields["source"].widget = RelatedFieldWidgetWrapper(
            CarefulAutocomplete(source, self.admin_site),
            source.remote_field,
            self.admin_site,
            can_add_related=request.user.has_perm("leaderboard.add_source"),
        )
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets: Any = self.fieldsets
        first, facts, shared = fieldsets
        folded = (facts[0], facts[1] | {"classes": ["collapse"]}) if obj else facts
        return [first, *score_fieldsets(obj), shared, folded]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *arguments: Any, **kwargs: Any
    ) -> HttpResponse:
        boxes = sum(name.startswith(BOX) for name in context["adminform"].form.fields)
        context["has_many_scores"] = boxes > FEW_SCORES
        llm = context.get("original")
        if llm and self.has_add_permission(request):
            query = urlencode({name: text for name in FACTS if (text := fact_text(llm, name))})
            context["duplicate_url"] = f"{reverse('admin:leaderboard_llm_add')}?{query}"
        return super().render_change_form(request, context, *arguments, **kwargs)

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


def fact_text(llm: LLM, name: str) -> str:
    """A fact as the address of a form takes it; "" if it is unknown."""
    field: Any = LLM._meta.get_field(name)
    value = field.value_from_object(llm)
    return "" if value is None else str(value)


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
