"""Forms of the facts that a site defines, and their rows on the forms of LLMs and leaderboards."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from leaderboard.admin.conflicts.widgets import CarefulInline
from leaderboard.models import Fact, FactColumn, FactValue

from .content import ContentAdmin
from .forms import NamedForm


@admin.register(Fact)
class FactAdmin(ContentAdmin):
    """Edits the facts that the site has defined."""

    form = NamedForm
    address_field = "key"
    list_display = ["name", "key", "kind", "unit"]
    search_fields = ["name", "key"]
    fields = ["name", "confirm_name", "key", "kind", "unit", "decimals"]


class FactColumnInline(CarefulInline):
    """The facts that a leaderboard shows as columns, before its metrics."""

    model = FactColumn
    fields = ["position", "field", "fact", "shown_by_default"]
    ordering = ["position"]
    extra = 0
    verbose_name_plural = _("Facts as columns, between the LLM and the metrics")


class FactValueInline(CarefulInline):
    """What an LLM's defined facts are."""

    model = FactValue
    fields = ["fact", "value", "as_of", "source", "note"]
    extra = 0
    verbose_name_plural = _("Facts that this site has defined")
