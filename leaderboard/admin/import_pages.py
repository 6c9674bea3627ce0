"""What the pages of an import share, and the page of one that is done: what it has changed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from leaderboard.imports.undo import list_import_changes, list_sources, undo
from leaderboard.imports.writing import ImportRefused
from leaderboard.models import Import
from leaderboard.readers.registry import format_label

from .import_report import SHOWN_LINES


class ImportPage:
    """One page of an import; each state has its own kind of page."""

    template: str

    def __init__(self, request: HttpRequest, imported: Import, frame: dict[str, Any]):
        self.request, self.imported = request, imported
        self.frame = frame  # what every page of the admin needs

    def respond(self) -> HttpResponse:
        """The answer to the request."""
        raise NotImplementedError

    def render(self, **context: Any) -> HttpResponse:
        """The template, filled."""
        page = self.frame | {
            "title": _("Import of %(file)s") % {"file": self.imported.file_name},
            "imported": self.imported,
            "format": _(format_label(self.imported.format)),
        }
        return render(self.request, self.template, page | context)

    def show_refusal(self, refusal: ImportRefused) -> None:
        """Say every reason above the page that follows."""
        for reason in refusal.reasons:
            messages.error(self.request, reason)

    def go_back(self) -> HttpResponse:
        """Lead to the page of this import, in the state it has now."""
        return redirect(self.imported)


class FinishedPage(ImportPage):
    """Shows what an import has changed, and undoes it."""

    template = "admin/leaderboard/import_done.html"

    def respond(self) -> HttpResponse:
        if self.request.method == "POST" and self.request.POST.get("do") == "undo":
            try:
                undo(self.imported, self.request.user)
            except ImportRefused as refusal:
                self.show_refusal(refusal)
            else:
                done = _("The import was undone: all is as it was before.")
                messages.success(self.request, done)
            return self.go_back()
        return self.render(
            changes=list_import_changes(self.imported)[:SHOWN_LINES],
            sources=list_sources(self.imported),
            can_undo=self.imported.state == Import.State.DONE,
        )
