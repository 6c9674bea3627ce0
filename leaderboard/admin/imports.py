"""Imports in the admin: their list, and the upload. Every step works without script."""

from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, BinaryIO

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from leaderboard.imports.catalogue import load_catalogue
from leaderboard.imports.choices import Choices
from leaderboard.imports.memory import without_cycle_search
from leaderboard.imports.pending import replace_source
from leaderboard.imports.waiting import store_waiting
from leaderboard.models import Import
from leaderboard.readers.files.json_documents import MAX_BYTES
from leaderboard.readers.gathering import Given, read_files
from leaderboard.readers.results import FileContext, Refused
from leaderboard.text.words import say

from .import_forms import UploadForm
from .import_names import decided_before
from .import_pages import FinishedPage
from .import_preview import PendingPage
from .lookups import DeclaredLookups


class ImportList(ChangeList):
    """The list of imports, read without what was read and changed."""

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: Any = None
    ) -> QuerySet[Import]:
        rows = super().get_queryset(request, exclude_parameters)
        return rows.defer("reading", "choices", "changes")


@admin.register(Import)
class ImportAdmin(DeclaredLookups):
    """Reads a file, shows what it would change, stores it and takes it back."""

    list_display = ["file_name", "state", "change_count", "created_by", "created_at"]
    list_filter = ["state", "format"]
    search_fields = ["file_name", "file_sha256"]
    list_select_related = ["created_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Import]:
        """What waited too long is gone; the next upload deletes it."""
        return super().get_queryset(request).exclude(pk__in=Import.objects.expired())

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ImportList

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # one that waits is discarded, one that is done is undone

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                with without_cycle_search():
                    return redirect(store_pending(form.cleaned_data, request.user))
            except Refused as error:
                form.add_error("file", say(error))
        context = self.build_context(request) | {"title": _("Import files"), "form": form}
        return render(request, "admin/leaderboard/import_upload.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        imported = self.get_object(request, object_id)
        if imported is None:
            raise Http404(_("There is no such import."))
        if not self.has_view_or_change_permission(request, imported):
            raise PermissionDenied
        if request.method == "POST" and not self.has_change_permission(request, imported):
            raise PermissionDenied
        page = PendingPage if imported.state == Import.State.PENDING else FinishedPage
        return page(request, imported, self.build_context(request)).respond()

    def build_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page of an import needs in its frame."""
        return self.admin_site.each_context(request) | {"opts": self.opts}


def store_pending(data: dict[str, Any], user: Any) -> Import:
    """Read the uploads and store what it says until it is confirmed, at most PENDING_FOR.

    Raises Refused if it cannot be read, or says more than MOST_WAITING.
    """
    questions = data["questions"]
    asked = FileContext(
        llm=data["llm"],
        benchmark=data["benchmark"].name if data["benchmark"] else "",
        llms_in=data["llms_in"],
        questions=questions.read(MAX_BYTES + 1) if questions else b"",  # the rest is refused
    )
    given = [Given(upload.name, partial(keep_open, upload.file)) for upload in data["file"]]
    file = read_files(given, asked, data["format"])
    reading = replace_source(
        file.reading, data["source_title"], data["source_url"], data["tier"],
        data["source_evaluator"],
    )  # fmt: skip
    choices = Choices(benchmark=asked.benchmark, source=data["source"], reason=data["reason"])
    read = file._replace(reading=reading)
    return store_waiting(read, decided_before(choices, load_catalogue()), user)


def keep_open(file: BinaryIO) -> AbstractContextManager[BinaryIO]:
    """An upload, which is gone once it is closed."""
    return nullcontext(file)
