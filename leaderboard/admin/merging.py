"""“Merge” on the form of an LLM: one that came twice is one again, with what is right of both.

Facts and scores that differ stand side by side. The LLM whose page was opened stays, with what was
chosen; its aliases grow by those of the other and by its name, so that files and addresses with the
old name lead to it; the other is deleted and can be put back.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leaderboard.admin.conflicts.snapshots import is_row_id
from leaderboard.models import LLM, Alias, Score
from leaderboard.text.numbers import format_exact

from .locking import write_under_lock
from .previews import PreviewedAdmin, take_look
from .reasons import reason_field

KEPT, OTHER = "kept", "other"
# What belongs to one row: its name and address, and whether visitors see it.
OWN_FIELDS = ("id", "name", "name_key", "slug", "is_published")
SCORE_FIELDS = (
    "value", "decimals", "question_count", "standard_error", "source", "measured_on", "note",
)  # fmt: skip
CHANGED_MEANWHILE = gettext_lazy(
    "Nothing is merged yet: one of the two was changed after this page was opened. Look at them, "
    "then merge."
)


@dataclass(frozen=True)
class Choice:
    """A fact or a score of which the two LLMs have different ones."""

    name: str  # of the radio buttons
    label: str
    kept: str  # as it is shown; "" for none
    other: str

    @property
    def default(self) -> str:
        """What the form opens with: an empty box takes what the other has."""
        return KEPT if self.kept else OTHER


class MergeForm(forms.Form):
    """Which of two values stays, for each that differs, and why the LLMs are one."""

    shown = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = reason_field()

    def __init__(self, *args: Any, choices: Iterable[Choice], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for choice in choices:
            options = [(KEPT, choice.kept or _("nothing")), (OTHER, choice.other or _("nothing"))]
            self.fields[choice.name] = forms.ChoiceField(
                label=choice.label,
                choices=options,
                initial=choice.default,
                widget=forms.RadioSelect,
            )

    def chosen(self, start: str) -> set[str]:
        """The names after `start` for which the other's value was chosen."""
        return {
            name.removeprefix(start)
            for name, value in self.cleaned_data.items()
            if name.startswith(start) and value == OTHER
        }


def list_choices(kept: LLM, other: LLM) -> list[Choice]:
    """Facts, then scores, in which the two differ."""
    return [*differing_facts(kept, other), *differing_scores(kept, other)]


def differing_facts(kept: LLM, other: LLM) -> Iterator[Choice]:
    """The fields with different values, as a form shows them."""
    for field in LLM._meta.concrete_fields:
        if field.name in OWN_FIELDS or field.value_from_object(kept) == field.value_from_object(
            other
        ):
            continue
        label = str(field.verbose_name)
        yield Choice(f"fact-{field.name}", label, show_fact(kept, field), show_fact(other, field))


def show_fact(llm: LLM, field: Any) -> str:
    """A fact as text; "" if it is unknown."""
    value = getattr(llm, field.name)
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return format_exact(value) if field.get_internal_type() == "DecimalField" else str(value)


def differing_scores(kept: LLM, other: LLM) -> Iterator[Choice]:
    """The metrics in which the other has a score that is not the same."""
    ours = scores_by_metric(kept)
    for key, score in scores_by_metric(other).items():
        own = ours.get(key)
        if own is None or any(getattr(own, name) != getattr(score, name) for name in SCORE_FIELDS):
            yield Choice(f"score-{key}", str(score.metric), show_score(own), show_score(score))


def scores_by_metric(llm: LLM) -> dict[str, Score]:
    """The scores of an LLM by the keys of their metrics."""
    scores = llm.scores.select_related("metric__benchmark", "source").order_by("metric")
    return {score.metric.key: score for score in scores}


def show_score(score: Score | None) -> str:
    """The value, n, error and source of a score; "" for none."""
    if score is None:
        return ""
    parts = [format_exact(score.value)]
    if score.question_count:
        parts.append(f"n = {score.question_count}")
    if score.standard_error is not None:
        parts.append(_("standard error %(error)s") % {"error": format_exact(score.standard_error)})
    if score.source:
        parts.append(score.source.title)
    return ", ".join(parts)


def digest_choices(kept: LLM, other: LLM, choices: Iterable[Choice]) -> str:
    """Tells whether what is confirmed is what was shown."""
    return sha256(repr([kept.name, other.name, *choices]).encode()).hexdigest()


def merge(kept: LLM, other: LLM, form: MergeForm) -> None:
    """Gives the kept LLM what was chosen of the other, and deletes that; within the content lock.

    Raises ValidationError if what was chosen does not fit together; nothing may stay then.
    """
    reason = form.cleaned_data["reason"] or None
    facts = form.chosen("fact-")
    for name in facts:
        setattr(kept, name, getattr(other, name))
    if facts:
        kept.full_clean()
        kept._change_reason = reason  # type: ignore[attr-defined]  # read by simple_history
        kept.save()
    ours, theirs = scores_by_metric(kept), scores_by_metric(other)
    for key in form.chosen("score-"):
        take_score(kept, ours.get(key), theirs.get(key), reason)
    move_aliases(kept, other)
    other._change_reason = reason  # type: ignore[attr-defined]
    other.delete()
    Alias.objects.keep_old_name(kept, other.name)


def take_score(kept: LLM, own: Score | None, score: Score | None, reason: str | None) -> None:
    """Makes a score of the kept LLM what the other's is; deletes it if there is none."""
    if score is None:
        return
    row: Any = own or Score(llm=kept, metric=score.metric)
    for name in SCORE_FIELDS:
        setattr(row, name, getattr(score, name))
    row._change_reason = reason
    row.full_clean()
    row.save()


def move_aliases(kept: LLM, other: LLM) -> None:
    """Lets the names of the other lead to the kept LLM."""
    for alias in other.aliases.all():
        alias.llm = kept
        alias.save()


class MergingAdmin(PreviewedAdmin):
    """Adds the button and its pages: which other LLM, what of both, what moves."""

    def get_urls(self) -> list[URLPattern]:
        view = write_under_lock(self.admin_site.admin_view(self.merge_view))
        return [
            path("<path:object_id>/merge/", view, name="merge-llm"),
            *super().get_urls(),
        ]

    def can_merge(self, request: HttpRequest) -> bool:
        """Whether somebody may write all that a merge writes."""
        needed = ("change_llm", "delete_llm", "add_score", "change_score", "delete_score")
        return request.user.has_perms(f"leaderboard.{name}" for name in needed)

    def merge_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask which LLM is the same one, then what stays of both; a POST with that merges them."""
        if not self.can_merge(request):
            raise PermissionDenied
        kept = find_llm(object_id)
        if kept is None:
            raise Http404(_("There is no such LLM."))
        other = find_llm(request.POST.get("llm") or request.GET.get("llm", ""))
        if other is None or other == kept:
            return self.ask_which(request, kept)
        choices = list_choices(kept, other)
        form = MergeForm(request.POST if "shown" in request.POST else None, choices=choices)
        if form.is_valid():
            if form.cleaned_data["shown"] == digest_choices(kept, other, choices):
                return self.merge_or_explain(request, kept, other, form)
            messages.warning(request, CHANGED_MEANWHILE)
            form = MergeForm(choices=choices)
        return self.ask_what(request, kept, other, form)

    def merge_or_explain(
        self, request: HttpRequest, kept: LLM, other: LLM, form: MergeForm
    ) -> HttpResponse:
        """Merge, with the page before that says what moves; or say why both do not fit."""
        old = other.pk, str(other)
        try:
            answer: HttpResponse = self.ask_first(
                request, lambda: self.merge_and_tell(request, kept, other, form)
            )
        except ValidationError as refusal:
            other.pk = old[0]
            form.add_error(None, refusal.messages)
            return self.ask_what(request, find_llm(str(kept.pk)) or kept, other, form)
        return answer

    def merge_and_tell(
        self, request: HttpRequest, kept: LLM, other: LLM, form: MergeForm
    ) -> HttpResponse:
        """Merge, note it in the log of the admin and lead to the form of what stays."""
        take_look(request, {(LLM, kept.pk), (LLM, other.pk)})
        self.log_deletions(request, LLM.objects.filter(pk=other.pk))
        merge(kept, other, form)
        said = _("“%(other)s” is now “%(kept)s”; its name and address lead here.")
        names = {"other": other.name, "kept": kept.name}
        self.log_change(request, kept, said % names)
        messages.success(request, said % names)
        return redirect("admin:leaderboard_llm_change", kept.pk)

    def ask_which(self, request: HttpRequest, kept: LLM) -> HttpResponse:
        """The page that asks for the other LLM, the likely ones first."""
        sought = request.GET.get("q", "").strip()
        found = LLM.objects.exclude(pk=kept.pk)
        words = sought.split() or kept.name.replace("-", " ").split()[:1]
        for word in words:
            found = found.filter(name__icontains=word)
        context = {"kept": kept, "found": found.order_by("name_key")[:50], "sought": sought}
        return self.merge_page(request, context)

    def ask_what(
        self, request: HttpRequest, kept: LLM, other: LLM, form: MergeForm
    ) -> HttpResponse:
        """The page with what differs, side by side."""
        shown = digest_choices(kept, other, list_choices(kept, other))
        same = _("%(other)s and %(kept)s are one LLM.")
        reason = same % {"other": other.name, "kept": kept.name}
        form.initial = {"shown": shown, "reason": reason}
        rows = [form[name] for name in form.fields if name not in ("shown", "reason")]
        context = {"kept": kept, "other": other, "form": form, "rows": rows, "shown": shown}
        return self.merge_page(request, context)

    def merge_page(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        page = self.admin_site.each_context(request) | {"opts": self.opts, "title": _("Merge")}
        return render(request, "admin/leaderboard/merge.html", page | context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *arguments: Any, **kwargs: Any
    ) -> HttpResponse:
        llm = context.get("original")
        if llm and self.can_merge(request):
            context["merge_url"] = reverse("admin:merge-llm", args=[llm.pk])
        return super().render_change_form(request, context, *arguments, **kwargs)


def find_llm(pk: str) -> LLM | None:
    """The LLM of that number as text."""
    return LLM.objects.filter(pk=pk).first() if is_row_id(pk) else None
