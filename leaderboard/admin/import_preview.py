"""The page of an import that waits: its preview, with what is to be decided about it."""

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from leaderboard.imports.catalogue import Catalogue, load_catalogue
from leaderboard.imports.choices import Choices
from leaderboard.imports.comparing import make_preview
from leaderboard.imports.effects import find_effects
from leaderboard.imports.matching import find_targets
from leaderboard.imports.memory import without_cycle_search
from leaderboard.imports.pending import (
    reading_from_json,
    reading_to_json,
    say_source,
)
from leaderboard.imports.preview import State
from leaderboard.imports.storing import confirm
from leaderboard.imports.targets import Targets
from leaderboard.imports.writing import ImportRefused
from leaderboard.models import Import
from leaderboard.readers.registry import ReadFile
from leaderboard.readers.results import Provenance, Reading, Refused
from leaderboard.text.words import say

from .fact_boxes import FactBoxes, has_refused_facts, read_ticked
from .import_forms import ChoicesForm, NameForms
from .import_names import NamePlace, give_unit, is_left_out_metric, read_place, settle_others
from .import_pages import ImportPage
from .import_report import (
    DECIDED_FIRST,
    LISTED,
    NOT_IMPORTED,
    list_causes,
    list_lines,
    list_tasks,
    summarize,
)
from .layout_forms import LayoutForms
from .settings_form import SettingsForm, read_decisions

CAUSE = re.compile("[0-9a-f]{16}")


class PendingPage(ImportPage):
    """Shows the preview, and takes the choices that shape it."""

    template = "admin/leaderboard/import_preview.html"

    @cached_property
    def reading(self) -> Reading:
        """What was read from the file."""
        stored: Any = self.imported.reading
        return reading_from_json(stored)

    @cached_property
    def choices(self) -> Choices:
        """What was decided about the names so far."""
        return Choices(**self.imported.choices)

    @cached_property
    def decided(self) -> str:
        """Names what was decided so far, as the page was made from it."""
        return name_decisions(self.imported)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The names of what is here."""
        return load_catalogue()

    @cached_property
    def place(self) -> NamePlace:
        """Which of the names are shown."""
        return read_place(self.request.GET)

    def respond(self) -> HttpResponse:
        with without_cycle_search():
            return self.answer()

    def answer(self) -> HttpResponse:
        """The preview, or what follows the button that was pressed."""
        if self.request.method != "POST":
            return self.show()
        match self.request.POST.get("do"):
            case "confirm":
                return self.confirm()
            case "refuse":
                return self.refuse()
            case "discard":
                name = self.imported.file_name
                if not self.find_pending().delete()[0]:
                    return self.tell_finished()
                done = _("%(file)s was put away; nothing was imported.") % {"file": name}
                messages.success(self.request, done)
                return redirect("admin:leaderboard_import_changelist")
        return self.choose()

    def show(self, form: ChoicesForm | None = None) -> HttpResponse:
        """Render the preview, with the form that was refused or a new one."""
        since = timezone.now()  # taken first: an edit while the content is read counts as later
        preview = make_preview(self.reading, self.choices)
        effects = find_effects(preview)
        layouts = self.make_layouts()
        return self.render(
            preview=preview,
            choices=self.choices,
            decided=self.decided,
            files=self.reading.files,
            notes=map(say, preview.notes),
            summary=summarize(preview),
            tasks=list(list_tasks(preview, layouts.is_undecided)),
            problems=list_causes(preview, DECIDED_FIRST),
            lines=list(list_lines(preview, LISTED)),
            others=list_causes(preview, NOT_IMPORTED),
            # Where the remedies that these lines name are.
            needs_choices=preview.errors_at_stake
            or has_refused_facts(preview)
            or any(preview.counts[state] for state in (State.INVALID, State.PARTIAL)),
            ranks=effects.ranks,
            disagreements=effects.disagreements,
            names=NameForms(
                preview.targets, self.choices, self.reading, self.catalogue, place=self.place
            ),
            place=self.place,
            facts=FactBoxes(preview, self.choices),
            form=form or self.make_form(targets=preview.targets),
            layouts=layouts,
            other_settings=SettingsForm(preview.differences, self.choices.settings),
            known_llms=[llm.name for llm in self.catalogue.llms.values()][:2000],
            known_metrics=[metric.key for metric in self.catalogue.metrics.values()][:2000],
            since=since.isoformat(),
        )

    def make_form(self, data: Any = None, targets: Targets | None = None) -> ChoicesForm:
        """The form of the choices, bound to what was posted."""
        said = self.reading.provenance
        targets = targets or find_targets(self.reading, self.choices, self.catalogue)
        initial = self.imported.choices | {
            "left_out": [
                name
                for name, target in targets.metrics.items()
                if is_left_out_metric("metric", target, self.catalogue)
            ],
            "source_title": said.title,
            "source_url": said.url,
            "source_evaluator": said.evaluator,
            "tier": said.tier,
        }
        return ChoicesForm(targets, self.catalogue, data, initial=initial)

    def choose(self) -> HttpResponse:
        """Store the posted choices; the preview follows them."""
        if not self.shows_what_holds():
            return self.tell_other_choices()
        form = self.make_form(self.request.POST)
        if not form.is_valid() or not self.read_as_said():
            return self.show(form)
        data = form.cleaned_data
        choices = replace(
            self.choices,
            percent=tuple(data["percent"]),
            allow_partial=data["allow_partial"],
            keep_errors=data["keep_errors"],
            create_organizations=data["create_organizations"],
            facts=read_ticked(self.request.POST, self.choices),
            other_facts=data["other_facts"],
            source=data["source"],
            reason=data["reason"],
            settings=self.choices.settings
            | read_decisions(self.reading, self.choices, self.request.POST),
            causes=choose_causes(self.choices.causes, self.request.POST),
            by_file="by-file" in self.request.POST,
        )
        choices = self.choose_names(choices, data)
        self.imported.choices = asdict(choices)
        reading: Any = self.imported.reading
        tier = data["tier"] or Provenance().tier
        say_source(
            reading, data["source_title"], data["source_url"], tier, data["source_evaluator"]
        )
        if not self.store_choices():
            return self.tell_other_choices()
        place = read_place(self.request.POST, self.place)
        return redirect(self.imported.get_absolute_url() + place.query)

    def store_choices(self) -> bool:
        """Store the choices, and how the file is read, unless others were stored meanwhile."""
        with transaction.atomic():
            rows = self.find_pending()
            stored = rows.select_for_update().first()
            if stored is None or name_decisions(stored) != self.decided:
                return False
            rows.update(choices=self.imported.choices, reading=self.imported.reading)
        return True

    def make_layouts(self, data: Any = None) -> LayoutForms:
        """The forms of how tables are read; none for any other file."""
        return LayoutForms(self.reading, self.imported.format, self.choices.by_file, data)

    def read_as_said(self) -> bool:
        """Read the tables again if the forms say another way; whether they can be read so."""
        layouts = self.make_layouts(self.request.POST)
        if not layouts.are_valid():
            return False
        try:
            if reading := layouts.read_again(self.choices.benchmark):
                self.imported.reading = reading_to_json(reading)
                self.reading = reading
        except Refused as error:
            messages.error(self.request, say(error))
            return False
        return True

    def find_pending(self) -> QuerySet[Import]:
        """The row, unless it was confirmed from another window at this moment."""
        return Import.objects.filter(pk=self.imported.pk, state=Import.State.PENDING)

    def choose_names(self, choices: Choices, data: dict[str, Any]) -> Choices:
        """The choices with what was decided about each name, then about all others."""
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
        post, content = self.request.POST, (self.reading, choices, self.catalogue)
        settle_others("llm", data["other_llms"], post, llms, *content)
        settle_others("metric", data["other_metrics"], post, metrics, *content)
        return replace(choices, metrics=give_unit(metrics, data["unit_for_others"]))

    def tell_finished(self) -> HttpResponse:
        """Say that another window was quicker."""
        sentence = _("This file was imported, refused or put away already, from another window.")
        messages.error(self.request, sentence)
        return redirect("admin:leaderboard_import_changelist")

    def shows_what_holds(self) -> bool:
        """Whether nobody has decided anything since the page was made that sends this."""
        return self.request.POST.get("decided", self.decided) == self.decided

    def tell_other_choices(self) -> HttpResponse:
        """Say that somebody has decided since the page was made; it is shown as it is now."""
        messages.error(
            self.request,
            _(
                "This file was decided about meanwhile, by you or somebody else in another "
                "window, so nothing of this was stored. This is what holds now: choose again what "
                "is missing."
            ),
        )
        return self.go_back()

    def refuse(self) -> HttpResponse:
        """Refuse what a program handed in, which is told why."""
        reason = self.request.POST.get("refusal", "")
        try:
            reason = Import._meta.get_field("refusal").clean(reason, None)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            return self.go_back()
        if not reason:
            messages.error(self.request, _("Say why it is refused: the program is told."))
            return self.go_back()
        if not self.find_pending().update(
            state=Import.State.REFUSED, refusal=reason, refused_by=self.request.user, reading=None
        ):
            return self.tell_finished()
        messages.success(self.request, _("It is refused; the program is told why."))
        return redirect("admin:leaderboard_import_changelist")

    def confirm(self) -> HttpResponse:
        """Store what the preview showed, the reason and the source too, or say why not."""
        if not self.shows_what_holds():
            return self.tell_other_choices()
        imported, post = self.imported, self.request.POST
        file = ReadFile(imported.file_name, imported.file_sha256, imported.format, self.reading)
        try:
            imported = confirm(
                file, self.choices, post.get("digest", ""), self.request.user,
                parse_since(post.get("since")), imported,
            )  # fmt: skip
        except ImportRefused as refusal:
            self.show_refusal(refusal)
            return self.go_back()
        count = imported.change_count
        stored = ngettext(
            "%(file)s: %(count)s change is stored.",
            "%(file)s: %(count)s changes are stored.",
            count,
        )
        messages.success(self.request, stored % {"file": imported.file_name, "count": count})
        return self.go_back()


def name_decisions(imported: Import) -> str:
    """Names what was decided about an import: its names, its source, and how its tables are
    read."""
    reading: Any = imported.reading
    layouts = [
        each.get("layout") for each in (reading, *(part["reading"] for part in reading["parts"]))
    ]
    said = repr((imported.choices, reading["provenance"], layouts))
    return sha256(said.encode(errors="surrogatepass")).hexdigest()[:16]


def choose_causes(before: tuple[str, ...], post: Mapping[str, str]) -> tuple[str, ...]:
    """The causes whose cells are left out, with the one of the button that was pressed."""
    causes = {*before, post.get("leave-out-cause", "")} - {post.get("take-cause", "")}
    return tuple(sorted(key for key in causes if CAUSE.fullmatch(key)))


def parse_since(text: str | None) -> datetime | None:
    """The moment in UTC that the form was made; None for a text that is not one."""
    try:
        moment = parse_datetime(text or "")
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
