"""Change forms: the row is locked and compared, and a stale form is shown once more."""

from typing import Any

from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from .changes import UNKNOWN, Conflicts, get_conflicts, set_conflicts
from .comparison import lock_rows
from .deletion_admin import DeletionAdmin
from .forms import CarefulForm
from .list_admin import EditableListAdmin
from .posted import asked_to_field, replace_post, typed_lines, without_rows
from .snapshots import (
    OPENED,
    Snapshot,
    Values,
    concrete_names,
    read_values,
    row_key,
    seal,
    unseal,
)
from .widgets import WithAutocomplete


class CarefulAdmin(WithAutocomplete, DeletionAdmin, EditableListAdmin):
    """Refuses to save or delete what was changed since the page was opened, and says how."""

    form = CarefulForm

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """The row; locked while something is written, so that what is compared is replaced."""
        row = super().get_object(request, object_id, from_field)
        locked = request.method == "POST" and transaction.get_connection().in_atomic_block
        if row is None or not locked:
            return row
        return self.get_queryset(request).select_for_update(of=("self",)).filter(pk=row.pk).first()

    def shown_names(self) -> list[str]:
        """The fields of the model that the form shows."""
        fields: Any = self.fields
        fieldsets: Any = self.fieldsets or [(None, {"fields": fields})]
        return concrete_names(self.model, flatten_fieldsets(fieldsets))

    def box_values(self, obj: Any, form: Any = None) -> Values:
        """Values of inputs that are not fields of the row: of the form, or as stored now."""
        return {}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if request.method != "POST" or object_id is None or not self.to_field_is_allowed(request):
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            row = self.get_object(request, unquote(object_id), asked_to_field(request))
            if row is None and self.has_change_permission(request):
                return self.gone_response(request, object_id)
            if self.has_change_permission(request, row):
                self.compare_form(request, row)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def compare_form(self, request: HttpRequest, row: models.Model) -> None:
        """Keep what changed in the rows of the form; removed rows leave the post."""
        opened = unseal(request.POST.get(OPENED, ""), row_key(row))
        if opened is None:
            set_conflicts(request, Conflicts(refusal=str(UNKNOWN), opened=""))
            return
        now = self.stored_snapshot(request, row)
        conflicts = self.compare(request, opened, now)
        conflicts.opened = seal(now, row_key(row))
        set_conflicts(request, conflicts)
        for formset, _inline in self.get_formsets_with_inlines(request, row):
            prefix = formset.get_default_prefix()
            gone = conflicts.gone_ids(formset.model)
            replace_post(request, without_rows(request.POST, prefix, gone))

    def stored_snapshot(self, request: HttpRequest, row: models.Model) -> Snapshot:
        """The values stored now of everything that the form writes; the rows are locked."""
        snapshot = {row_key(row): read_values(row, self.shown_names()) | self.box_values(row)}
        for formset, _inline in self.get_formsets_with_inlines(request, row):
            names = concrete_names(formset.model, formset.form.base_fields)
            rows = lock_rows(formset.model._default_manager.filter(**{formset.fk.name: row}), names)
            snapshot |= {row_key(inline): read_values(inline, names) for inline in rows}
        return snapshot

    def shown_snapshot(self, row: models.Model, context: dict[str, Any]) -> Snapshot:
        """The values of the very rows that the page shows, not of a later look at the database."""
        values = read_values(row, self.shown_names())
        snapshot = {row_key(row): values | self.box_values(row, context["adminform"].form)}
        for inline in context["inline_admin_formsets"]:
            names = concrete_names(inline.formset.model, inline.formset.form.base_fields)
            rows = [form.instance for form in inline.formset.initial_forms] if names else []
            snapshot |= {row_key(shown): read_values(shown, names) for shown in rows}
        return snapshot

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if change and obj is not None:
            opened = get_conflicts(request).opened
            if opened is None:
                opened = seal(self.shown_snapshot(obj, context), row_key(obj))
            context[OPENED] = opened
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        conflicts = get_conflicts(request)
        if change and conflicts.opened is not None:
            form.refusal = conflicts.refusal
            form.changes = conflicts.fields.get(row_key(obj), ())
        return form

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        conflicts = get_conflicts(request)
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            conflicts.hand_to(formset)
            yield formset, inline

    def gone_response(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """409 for a row that was deleted: says when and by whom, and gives back what was typed."""
        context = self.admin_site.each_context(request) | {
            "title": _("This %(kind)s is deleted") % {"kind": self.opts.verbose_name},
            "opts": self.opts,
            "sentence": " ".join(
                [self.deleted_sentence(request, object_id), str(_("Nothing was saved."))]
            ),
            "typed": typed_lines(request.POST),
        }
        return render(request, "admin/leaderboard/gone.html", context, status=409)
