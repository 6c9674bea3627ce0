"""Actions on many LLMs of the list: publish, hide, and give them the same facts.

What moves numbers or ranks is shown before it stays, as for a form. Facts are shown as old and new
values of each LLM; what was edited meanwhile is shown anew.
"""

from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leaderboard.imports.writing import BulkWriter, publish_if_visible
from leaderboard.models import LLM

from .generics import ModelForm
from .merging import show_fact
from .previews import PreviewedAdmin, take_look

# Facts that several LLMs share, as those of one family do; “Duplicate” hands them on too.
FACTS = (
    "organization", "open_weights", "reasoning", "domain", "license", "base_model", "family",
    "homepage", "released",
)  # fmt: skip
MOST = 1_000  # LLMs at once
TICK = "change-"  # a fact is changed where this box is ticked, also to nothing
STEP = "step"  # of the pages of facts: "" the form, then "look", then "save"
SHOWN = "shown"
NONE = "–"


class FactsForm(ModelForm):
    """The facts that all selected LLMs get; only those that are ticked or filled."""

    class Meta:
        model = LLM
        fields = FACTS

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in FACTS:
            self.fields[name].help_text = ""
            self.fields[TICK + name] = forms.BooleanField(required=False)

    def _post_clean(self) -> None:
        """Each LLM is checked with its other facts when it is stored."""

    def given(self) -> dict[str, Any]:
        """The new values by name."""
        unknown = (None, "")
        return {
            name: self.cleaned_data[name]
            for name in FACTS
            if self.cleaned_data[TICK + name] or self.cleaned_data[name] not in unknown
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.given():
            raise ValidationError(_("Fill or tick what is to change."))
        return cleaned

    @property
    def lines(self) -> list[tuple[Any, Any]]:
        """(the box of a fact, its tick)"""
        return [(self[name], self[TICK + name]) for name in FACTS]


class Line(NamedTuple):
    """What changes of one LLM: (label, old, new) of each fact."""

    llm: LLM
    facts: list[tuple[str, str, str]]


def show(llm: LLM, name: str) -> str:
    """A fact as text; “–” if it is unknown."""
    return show_fact(llm, LLM._meta.get_field(name)) or NONE


def list_changes(llms: list[LLM], given: dict[str, Any]) -> list[Line]:
    """The lines of the LLMs that get other facts; the LLMs have them then, unsaved."""
    lines = []
    for llm in llms:
        old = {name: show(llm, name) for name in given}
        for name, value in given.items():
            setattr(llm, name, value)
        llm.derive()
        facts = [
            (str(LLM._meta.get_field(name).verbose_name), old[name], show(llm, name))  # type: ignore[union-attr]
            for name in given
            if old[name] != show(llm, name)
        ]
        if facts:
            lines.append(Line(llm, facts))
    return lines


def digest(lines: list[Line]) -> str:
    """Tells whether what is confirmed is what was shown."""
    return sha256(repr([(line.llm.pk, line.facts) for line in lines]).encode()).hexdigest()


def changed_labels(line: Line) -> list[str]:
    """The labels of the facts that change."""
    return [label for label, _old, _new in line.facts]


def refused(llms: list[LLM]) -> Iterator[str]:
    """A sentence for each LLM that does not take the facts.

    That the organization, which is the same for all, is there takes a query: it is asked once. No
    name changes, so that no other LLM has a say.
    """
    others = {field.name for field in LLM._meta.fields if field.name not in FACTS}
    for number, llm in enumerate(llms):
        try:
            llm.clean_fields(exclude=others | {"organization"} if number else others)
            llm.check_sizes()
        except ValidationError as refusal:
            yield from (f"{llm}: {sentence}" for sentence in refusal.messages)


class BulkAdmin(PreviewedAdmin):
    """Adds the actions to the list of LLMs."""

    actions = ["publish_selected", "hide_selected", "edit_facts", "delete_selected"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        view = super().changelist_view
        if request.POST.get("action") in ("publish_selected", "hide_selected"):
            return self.ask_first(request, lambda: view(request, extra_context), is_list=True)
        return view(request, extra_context)

    @admin.action(permissions=["change"], description=gettext_lazy("Publish selected LLMs"))
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[LLM]) -> None:
        """Show the LLMs to visitors."""
        self.switch(request, queryset, is_published=True)

    @admin.action(permissions=["change"], description=gettext_lazy("Hide selected LLMs"))
    def hide_selected(self, request: HttpRequest, queryset: QuerySet[LLM]) -> None:
        """Make the LLMs drafts: visitors no longer see them."""
        self.switch(request, queryset, is_published=False)

    def switch(self, request: HttpRequest, queryset: QuerySet[LLM], *, is_published: bool) -> None:
        """Publish or hide those of the LLMs that are not so yet, and say how many."""
        llms = list(queryset.exclude(is_published=is_published)[: MOST + 1])
        if is_too_many(request, llms):
            return
        take_look(request, {(LLM, llm.pk) for llm in llms})
        for llm in llms:
            llm.is_published = is_published
            llm.save()
            self.log_change(request, llm, [{"changed": {"fields": ["published"]}}])
        count = len(llms)
        if is_published:
            said = ngettext("%(count)s LLM was published.", "%(count)s LLMs were published.", count)
        else:
            said = ngettext("%(count)s LLM was hidden.", "%(count)s LLMs were hidden.", count)
        messages.success(request, said % {"count": count})

    @admin.action(permissions=["change"], description=gettext_lazy("Edit facts of selected LLMs"))
    def edit_facts(self, request: HttpRequest, queryset: QuerySet[LLM]) -> HttpResponse | None:
        """Ask for the facts, show what they change, and store it."""
        llms = list(queryset.select_related("organization")[: MOST + 1])
        if is_too_many(request, llms):
            return None
        step = request.POST.get(STEP)
        form = FactsForm(request.POST if step else None)
        if not step or not form.is_valid():
            return self.facts_page(request, llms, {"form": form})
        lines = list_changes(llms, form.given())
        if step == "save" and request.POST.get(SHOWN) == digest(lines):
            refusals = self.store_facts(request, lines)
            if not refusals:
                return None
            return self.facts_page(request, llms, {"form": form, "refusals": refusals})
        return self.facts_page(request, llms, self.look_at(request, lines, step == "save"))

    def look_at(self, request: HttpRequest, lines: list[Line], is_late: bool) -> dict[str, Any]:
        """What the page says before the facts are stored."""
        carried = [(name, request.POST.get(name, "")) for name in FACTS]
        carried += [(TICK + name, "on") for name in FACTS if TICK + name in request.POST]
        if is_late:
            messages.warning(
                request,
                _("Nothing is stored yet: one of these LLMs was changed meanwhile. Look again."),
            )
        return {"lines": lines, "carried": carried, "digest": digest(lines)}

    def store_facts(self, request: HttpRequest, lines: list[Line]) -> list[str]:
        """Store all, or nothing and the sentences of what refuses."""
        llms = [line.llm for line in lines]
        if refusals := list(refused(llms)):
            return refusals
        writer = BulkWriter(request.user, None)
        writer.change(LLM, llms, FACTS)
        publish_if_visible({llm.pk for llm in llms}, writer)
        for labels, some in groupby(sorted(lines, key=changed_labels), key=changed_labels):
            LogEntry.objects.log_actions(
                request.user.pk,  # type: ignore[arg-type]  # somebody is logged in
                [line.llm for line in some],
                CHANGE,
                [{"changed": {"fields": labels}}],
            )
        count = len(lines)
        said = ngettext("%(count)s LLM was changed.", "%(count)s LLMs were changed.", count)
        messages.success(request, said % {"count": count})
        return []

    def facts_page(
        self, request: HttpRequest, llms: list[LLM], context: dict[str, Any]
    ) -> HttpResponse:
        """One of the pages of “Edit facts”."""
        page = self.admin_site.each_context(request) | {
            "title": _("Edit facts of selected LLMs"),
            "opts": self.opts,
            "llms": llms,
        }
        return render(request, "admin/leaderboard/edit_facts.html", page | context)


def is_too_many(request: HttpRequest, llms: list[LLM]) -> bool:
    """Whether there are more than MOST; the maintainer is told then."""
    if len(llms) <= MOST:
        return False
    said = _("Nothing was changed: more than %(most)s LLMs are selected. Filter the list.")
    messages.error(request, said % {"most": MOST})
    return True
