"""Editable lists: refused when somebody else changed a box since the list was opened."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from .changes import UNKNOWN, Conflicts, get_conflicts, set_conflicts
from .comparison import ComparingAdmin, lock_rows
from .forms import CarefulModelFormSet
from .posted import posted_ids, replace_post, without_rows
from .snapshots import OPENED, is_row_id, read_values, row_key, seal, unseal


class EditableListAdmin(ComparingAdmin):
    """Compares a saved list with what its boxes were opened with."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method != "POST" or "_save" not in request.POST or not self.list_editable:
            return self.add_opened(request, super().changelist_view(request, extra_context))
        with transaction.atomic():
            if self.has_change_permission(request):
                self.compare_list(request)
            return self.add_opened(request, super().changelist_view(request, extra_context))

    def compare_list(self, request: HttpRequest) -> None:
        """Lock the posted rows and keep what changed in them; removed rows leave the post."""
        if not all(is_row_id(pk) for pk in posted_ids(request.POST)):
            raise BadRequest(_("A row of this list has no number. Open the list again."))
        opened = unseal(request.POST.get(OPENED, ""), self.list_purpose())
        if opened is None:
            set_conflicts(request, Conflicts(refusal=str(UNKNOWN), opened=""))
            return
        names: Sequence[str] = self.list_editable
        pks = {key.split(":")[1] for key in opened} | set(posted_ids(request.POST))
        rows = lock_rows(self.model._default_manager.filter(pk__in=pks), names)
        now = {row_key(row): read_values(row, names) for row in rows}
        conflicts = self.compare(request, opened, now)
        conflicts.opened = seal(now, self.list_purpose())
        set_conflicts(request, conflicts)
        replace_post(request, without_rows(request.POST, "form", conflicts.gone_ids(self.model)))

    def add_opened(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Give the page of the list the sealed values that its boxes show."""
        page: dict[str, Any] = getattr(response, "context_data", None) or {}
        formset = getattr(page.get("cl"), "formset", None)
        if formset is None:
            return response
        rows = [form.instance for form in formset.initial_forms]
        # If another order was saved meanwhile, boxes would stand beside other rows' names.
        page["cl"].result_list = rows
        opened = get_conflicts(request).opened
        if opened is None:
            snapshot = {row_key(row): read_values(row, self.list_editable) for row in rows}
            opened = seal(snapshot, self.list_purpose())
        page[OPENED] = opened
        return response

    def list_purpose(self) -> str:
        """What the sealed values of this list are for: they fit no other page."""
        return f"{self.opts.model_name} list"

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["formset"] = CarefulModelFormSet
        formset: Any = super().get_changelist_formset(request, **kwargs)
        conflicts = get_conflicts(request)
        conflicts.hand_to(formset)
        formset.refusal = conflicts.refusal
        return formset
