"""The admin: where maintainers edit everything, without a superuser day to day."""

from decimal import Decimal

from django.contrib import admin, messages
from django.http import Http404
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from leaderboard.admin.conflicts.admin import FreshAdmin
from leaderboard.admin.conflicts.snapshots import is_row_id
from leaderboard.standings.consistency import disagreement_text
from leaderboard.standings.standings import disagreements_of
from leaderboard.text.numbers import plain

admin.site.site_header = "LeaderBoard"
admin.site.site_title = "LeaderBoard"
admin.site.index_title = _("Content")
admin.site.site_url = reverse_lazy("front")


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


def warn_of_disagreements(request, llm):
    for disagreement in disagreements_of(llm):
        messages.warning(request, disagreement_text(disagreement))
