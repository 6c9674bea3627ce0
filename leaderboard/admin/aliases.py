"""Forms of the names that files have for LLMs and metrics."""

from django.contrib import admin

from leaderboard.models import Alias

from .content import ContentAdmin


@admin.register(Alias)
class AliasAdmin(ContentAdmin):
    """Edits aliases; they have no page, so no address is fixed."""

    address_field = None
    list_display = ["name", "llm", "metric"]
    search_fields = ["name", "llm__name", "metric__key"]
    autocomplete_fields = ["llm", "metric"]
    list_select_related = ["llm", "metric__benchmark"]
    fields = ["name", "llm", "metric"]
