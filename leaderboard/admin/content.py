"""What all content has in the admin: a history, no lost updates, a fixed address, a preview."""

from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from simple_history.template_utils import HistoricalRecordContextHelper

from leaderboard.admin.conflicts.snapshots import is_row_id
from leaderboard.models import LLM
from leaderboard.standings.consistency import disagreement_text
from leaderboard.standings.loading import disagreements_of
from leaderboard.text.numbers import format_exact

from .drafts import may_share, share_url
from .generics import HistoryAdmin
from .locking import LockedAdmin
from .lookups import DeclaredLookups
from .previews import PreviewedAdmin

admin.site.index_title = _("Content")
admin.site.site_url = reverse_lazy("front")  # type: ignore[assignment]  # a lazy str is meant


class PlainNumbers(HistoricalRecordContextHelper):  # type: ignore[misc]  # it has no types
    """Shows old and new numbers as somebody typed them: 0.77, not 0.77000000."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        prepared = super().prepare_delta_change_value(change, value)
        return format_exact(prepared) if isinstance(prepared, Decimal) else prepared


class ContentAdmin(LockedAdmin, DeclaredLookups, PreviewedAdmin, HistoryAdmin):
    """Shows a history with old and new values, loses no update, keeps a published address."""

    address_field: str | None = "slug"
    list_per_page = 50
    show_full_result_count = False

    @method_decorator(require_safe)
    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show an old version. simple_history's view would save a form posted to it, past the
        comparison with newer edits, the reason and the rights of the change form."""
        if not is_row_id(object_id) or not is_row_id(version_id):
            raise Http404(_("There is no such entry."))
        view: Any = super()  # mypy knows no history_form_view of Django's admin
        response: HttpResponse = view.history_form_view(
            request, object_id, version_id, extra_context
        )
        return response

    @method_decorator(require_safe)
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not is_row_id(object_id):
            raise Http404(_("There is no such entry."))
        return super().history_view(request, object_id, extra_context)

    def get_historical_record_context_helper(
        self, request: HttpRequest, historical_record: Any
    ) -> PlainNumbers:
        return PlainNumbers(self.model, historical_record)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        readonly = super().get_readonly_fields(request, obj)
        if obj and self.address_field and is_or_was_published(obj):
            return [*readonly, self.address_field]
        return readonly


def is_or_was_published(obj: Any) -> bool:
    """Whether visitors see a row or, as far as its history knows, ever saw it."""
    if type(obj).objects.published().filter(pk=obj.pk).exists():
        return True
    return hasattr(obj, "is_published") and obj.history.filter(is_published=True).exists()


class OwnBoxesAdmin(ContentAdmin):
    """Content whose form makes boxes of its own beside those of the model's fields."""

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Returns the form with the fields of `fieldsets`; Django would ask the model for all."""
        fieldsets: Any = self.fieldsets
        kwargs["fields"] = flatten_fieldsets(fieldsets)
        return super().get_form(request, obj, change, **kwargs)


class PreviewAdmin(ContentAdmin):
    """Content with a page of its own: a draft is previewed, the rest viewed on the site."""

    preview_name = ""  # of the address of the preview

    def view_on_site(self, obj: Any) -> str:
        """The address behind “View on site”: of the page, or of the preview of a draft."""
        return str(obj.get_absolute_url()) if obj.is_published else self.preview_url(obj)

    def preview_url(self, obj: Any) -> str:
        """The address of the preview."""
        return reverse(self.preview_name, args=[obj.pk])

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context["preview_url"] = obj and self.preview_url(obj)
        if obj and not obj.is_published and may_share(request, obj):
            context["share_url"] = share_url(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)


def warn_of_disagreements(request: HttpRequest, llm: LLM) -> None:
    """Show the maintainer a warning for each aggregate of an LLM that its components refute."""
    for disagreement in disagreements_of(llm):
        messages.warning(request, disagreement_text(disagreement))
