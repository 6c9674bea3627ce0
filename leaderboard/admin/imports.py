"""Imports in the admin: upload, preview, confirm, undo. Every step works without script."""

from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cached_property

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from leaderboard.imports.catalogue import load_catalogue
from leaderboard.imports.comparing import make_preview
from leaderboard.imports.drafts import llm_drafts, metric_drafts
from leaderboard.imports.effects import effects_of
from leaderboard.imports.matching import Choices, NameStatus, find_targets
from leaderboard.imports.pending import reading_from_json, reading_to_json, with_source
from leaderboard.imports.preview import State
from leaderboard.imports.storing import confirm
from leaderboard.imports.undo import describe_changes, undo
from leaderboard.imports.writing import ImportRefused
from leaderboard.models import Alias, Import
from leaderboard.readers.files.json_documents import MAX_BYTES
from leaderboard.readers.registry import FORMATS, File, read_file
from leaderboard.readers.results import Asked, Provenance, Refused
from leaderboard.text.words import say

from .import_forms import ChoicesForm, NameForms, UploadForm, has_box

SHOWN_LINES = 200  # of one state
# In the order in which a maintainer needs them; names that match nothing have forms of their own.
LISTED_STATES = [
    State.INVALID, State.CHANGED, State.REMOVED, State.NEW, State.PARTIAL, State.MISSING,
    State.LEFT_OUT,
]  # fmt: skip


@admin.register(Alias)
class AliasAdmin(admin.ModelAdmin):
    list_display = ["name", "llm", "metric"]
    search_fields = ["name", "llm__name", "metric__key"]
    autocomplete_fields = ["llm", "metric"]
    list_select_related = ["llm", "metric__benchmark"]
    fields = ["name", "llm", "metric"]


@admin.register(Import)
class ImportAdmin(admin.ModelAdmin):
    list_display = ["file_name", "state", "change_count", "created_by", "created_at"]
    list_filter = ["state", "format"]
    search_fields = ["file_name", "file_sha256"]
    list_select_related = ["created_by"]

    def has_delete_permission(self, request, obj=None):
        return False  # one that waits is discarded, one that is done is undone

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                return redirect(start(form.cleaned_data, request.user))
            except Refused as error:
                form.add_error("file", say(error))
        context = self.context(request) | {"title": _("Import a file"), "form": form}
        return render(request, "admin/leaderboard/import_upload.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        imported = self.get_object(request, object_id)
        if imported is None:
            raise Http404(_("There is no such import."))
        if not self.has_view_or_change_permission(request, imported):
            raise PermissionDenied
        if request.method == "POST" and not self.has_change_permission(request, imported):
            raise PermissionDenied
        page = PendingPage if imported.state == Import.State.PENDING else FinishedPage
        return page(self, request, imported).respond()

    def context(self, request):
        return self.admin_site.each_context(request) | {"opts": self.opts}


def start(data, user) -> Import:
    """Read the upload and keep what it says until it is confirmed. Raises Refused."""
    questions = data["questions"]
    asked = Asked(
        llm=data["llm"],
        benchmark=data["benchmark"].name if data["benchmark"] else "",
        questions=questions.read(MAX_BYTES + 1) if questions else b"",  # the rest is refused
    )
    upload = data["file"]
    file = read_file(upload.file, upload.name, asked, data["format"])
    reading = with_source(file.reading, data["source_title"], data["source_url"])
    return Import.objects.create(
        file_name=file.name,
        file_sha256=file.sha256,
        format=file.format,
        reading=reading_to_json(reading),
        choices=asdict(Choices(benchmark=asked.benchmark)),
        created_by=user,
    )


class Page:
    template: str

    def __init__(self, model_admin, request, imported: Import):
        self.admin, self.request, self.imported = model_admin, request, imported

    def render(self, **context):
        context = self.admin.context(self.request) | {
            "title": _("Import of %(file)s") % {"file": self.imported.file_name},
            "imported": self.imported,
            "format": _(FORMATS[self.imported.format].label),
        } | context  # fmt: skip
        return render(self.request, self.template, context)

    def refuse(self, refusal: ImportRefused):
        for reason in refusal.reasons:
            messages.error(self.request, reason)

    def back(self):
        return redirect(self.imported)


class PendingPage(Page):
    """The preview, and the choices that shape it."""

    template = "admin/leaderboard/import_preview.html"

    @cached_property
    def reading(self):
        return reading_from_json(self.imported.reading)

    @cached_property
    def choices(self) -> Choices:
        return Choices(**self.imported.choices)

    @cached_property
    def catalogue(self):
        return load_catalogue()

    def respond(self):
        if self.request.method != "POST":
            return self.show()
        match self.request.POST.get("do"):
            case "confirm":
                return self.confirm()
            case "discard":
                name = self.imported.file_name
                self.waiting().delete()
                done = _("%(file)s was put away; nothing was imported.") % {"file": name}
                messages.success(self.request, done)
                return redirect("admin:leaderboard_import_changelist")
        return self.choose()

    def show(self, form=None):
        since = timezone.now()  # before the content is read: an edit in between is one since
        preview = make_preview(self.reading, self.choices)
        effects = effects_of(preview)
        lines = [(state, preview.of(state)) for state in LISTED_STATES]
        return self.render(
            preview=preview,
            notes=map(say, preview.notes),
            lines=[(state, each[:SHOWN_LINES], len(each)) for state, each in lines if each],
            tally=[(state, count) for state in State if (count := preview.counts[state])],
            # Where the remedies that these lines name are.
            needs_choices=any(preview.counts[state] for state in (State.INVALID, State.PARTIAL)),
            ranks=effects.ranks,
            disagreements=effects.disagreements,
            names=NameForms(preview.targets, self.choices, self.reading, self.catalogue),
            form=form or self.form(),
            known_llms=[llm.name for llm in self.catalogue.llms.values()][:2000],
            known_metrics=[metric.key for metric in self.catalogue.metrics.values()][:2000],
            since=since.isoformat(),
        )

    def form(self, data=None) -> ChoicesForm:
        said = self.reading.provenance
        targets = find_targets(self.reading, self.choices, self.catalogue)
        initial = self.imported.choices | {
            "left_out": [
                name
                for name, each in targets.metrics.items()
                if has_box("metric", each, self.catalogue)
            ],
            "source_title": said.title,
            "source_url": said.url,
            "tier": said.tier,
        }
        return ChoicesForm(targets, self.catalogue, data, initial=initial)

    def choose(self):
        form = self.form(self.request.POST)
        if not form.is_valid():
            return self.show(form)
        data = form.cleaned_data
        choices = replace(
            self.choices,
            percent=tuple(data["percent"]),
            allow_partial=data["allow_partial"],
            create_organizations=data["create_organizations"],
        )
        choices = self.with_names(choices, data)
        self.imported.choices = asdict(choices)
        self.imported.reading["provenance"] |= {
            "title": data["source_title"],
            "url": data["source_url"],
            "tier": data["tier"] or Provenance().tier,
        }
        self.waiting().update(choices=self.imported.choices, reading=self.imported.reading)
        return self.back()

    def waiting(self):
        """The row, unless it was confirmed from another window at this moment."""
        return Import.objects.filter(pk=self.imported.pk, state=Import.State.PENDING)

    def with_names(self, choices: Choices, data) -> Choices:
        """With what was decided about each name, then about all others."""
        targets = find_targets(self.reading, self.choices, self.catalogue)
        names = NameForms(targets, self.choices, self.reading, self.catalogue, self.request.POST)
        for sentence in names.mistakes():
            messages.error(self.request, sentence)
        llms = self.choices.llms | names.llm_choices()
        metrics = self.choices.metrics | names.metric_choices()
        for name in targets.metrics:
            if name in data["left_out"]:
                metrics[name] = {"to": "leave out"}
            elif metrics.get(name) == {"to": "leave out"} and self.catalogue.metric(name):
                del metrics[name]
        choices = replace(choices, llms=llms, metrics=metrics)
        targets = find_targets(self.reading, choices, self.catalogue)
        for chosen, found, for_others, drafts in (
            (llms, targets.llms, data["other_llms"], llm_drafts),
            (metrics, targets.metrics, data["other_metrics"], metric_drafts),
        ):
            open_names = [
                name for name, each in found.items() if each.status is NameStatus.UNMATCHED
            ]
            if for_others == "create":
                chosen |= drafts(open_names, self.reading, self.catalogue)
            elif for_others == "leave out":
                chosen |= {name: {"to": "leave out"} for name in open_names}
        return choices

    def confirm(self):
        imported, post = self.imported, self.request.POST
        file = File(imported.file_name, imported.file_sha256, imported.format, self.reading)
        try:
            confirm(
                file, self.choices, post.get("digest", ""), self.request.user,
                when(post.get("since")), imported,
            )  # fmt: skip
        except ImportRefused as refusal:
            self.refuse(refusal)
            return self.back()
        count = imported.change_count
        stored = ngettext(
            "%(file)s: %(count)s change is stored.",
            "%(file)s: %(count)s changes are stored.",
            count,
        )
        messages.success(self.request, stored % {"file": imported.file_name, "count": count})
        return self.back()


def when(text: str | None) -> datetime | None:
    """The moment that the form was sent with; None for anything else."""
    try:
        found = parse_datetime(text or "")
        return found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None


class FinishedPage(Page):
    """What an import has changed, and the way back."""

    template = "admin/leaderboard/import_done.html"

    def respond(self):
        if self.request.method == "POST" and self.request.POST.get("do") == "undo":
            try:
                undo(self.imported, self.request.user)
            except ImportRefused as refusal:
                self.refuse(refusal)
            else:
                done = _("The import was undone: all is as it was before.")
                messages.success(self.request, done)
            return self.back()
        return self.render(
            changes=describe_changes(self.imported)[:SHOWN_LINES],
            can_undo=self.imported.state == Import.State.DONE,
        )
