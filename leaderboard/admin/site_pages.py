"""Forms of the pages that maintainers write."""

from collections.abc import Iterable

from django.contrib import admin
from django.db import models

from leaderboard.admin.conflicts.deletions import NamesWithDigest
from leaderboard.models import SitePage

from .content import PreviewAdmin
from .translations import TranslatedAdmin


@admin.register(SitePage)
class SitePageAdmin(TranslatedAdmin, PreviewAdmin):
    """Edits pages; a renamed one keeps its old address, which leads to the new one."""

    address_field = None
    preview_name = "preview-page"
    list_display = ["title", "slug", "place", "position", "is_published"]
    list_editable = ["position"]
    list_filter = ["is_published", "place"]
    search_fields = ["title", "slug"]
    fieldsets = [
        (
            None,
            {"fields": ["title", "slug", "is_published", "text", ("place", "position")]},
        ),
    ]

    def is_any_public(self, rows: Iterable[models.Model], names: NamesWithDigest) -> bool:
        return False  # no public place would show the reason: pages change no score
