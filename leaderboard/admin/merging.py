"""“Merge” on the form of an LLM: one that came twice is one again, with what is right of both.

Facts and scores that differ stand side by side. The LLM whose page was opened stays, with what was
chosen; its aliases grow by those of the other and by its name, so that files and addresses with the
old name lead to it; the other is deleted and can be put back.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leaderboard.admin.conflicts.snapshots import is_row_id
from leaderboard.models import LLM, Alias, FactValue, Score
from leaderboard.text.numbers import decimal_places, format_exact

from .locking import write_under_lock
from .previews import PreviewedAdmin, take_look
from .reasons import reason_field

KEPT, OTHER = "kept", "other"
# What belongs to one row: its name and address, and whether visitors see it.
OWN_FIELDS = ("id", "name", "name_key", "slug", "is_published")
SCORE_FIELDS = (
    "value", "decimals", "question_count", "standard_error", "source", "measured_on", "note",
)  # fmt: skip
# The permissions to do all that a merge does.
WRITES = (
    "change_llm", "delete_llm", "add_alias", "change_alias",
    *(f"{do}_{row}" for row in ("score", "factvalue") for do in ("add", "change", "delete")),
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
    rows = (choice for each in OF_AN_LLM for choice in differing_rows(each, kept, other))
    return [*differing_facts(kept, other), *rows]


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
    if field.choices:
        return str(getattr(llm, f"get_{field.name}_display")())
    return format_exact(value) if field.get_internal_type() == "DecimalField" else str(value)


class Rows(NamedTuple):
    """Rows that belong to an LLM, one for each metric or fact."""

    start: str  # of the names of their choices
    of: str  # the field that names what a row is of
    fields: tuple[str, ...]
    read: Callable[[LLM], dict[str, Any]]
    show: Callable[[Any], str]


def differing_rows(rows: Rows, kept: LLM, other: LLM) -> Iterator[Choice]:
    """What the other has of these rows that is not the same as what the kept LLM has."""
    ours = rows.read(kept)
    for key, row in rows.read(other).items():
        own = ours.get(key)
        if own is None or any(getattr(own, name) != getattr(row, name) for name in rows.fields):
            label, shown = str(getattr(row, rows.of)), rows.show(own) if own else ""
            yield Choice(f"{rows.start}{key}", label, shown, rows.show(row))


def scores_by_metric(llm: LLM) -> dict[str, Any]:
    """The scores of an LLM by the keys of their metrics."""
    scores = llm.scores.select_related("metric__benchmark", "source").order_by("metric")
    return {score.metric.key: score for score in scores}


def values_by_fact(llm: LLM) -> dict[str, Any]:
    """The values of the defined facts of an LLM, by the keys of the facts."""
    return {row.fact.key: row for row in llm.fact_values.select_related("fact")}


def show_score(score: Score) -> str:
    """The value, n, error, source, day and note of a score: two that differ look different."""
    places = max(score.decimals or 0, decimal_places(score.value))
    parts = [f"{score.value:.{places}f}"]
    if score.question_count:
        parts.append(f"n = {score.question_count}")
    if score.standard_error is not None:
        parts.append(_("standard error %(error)s") % {"error": format_exact(score.standard_error)})
    source = score.source.title if score.source else ""
    return join_known(*parts, source, score.measured_on, score.note)


def show_fact_value(row: FactValue) -> str:
    """The value with the day on which it was so, its source and its note."""
    return join_known(row.value, row.as_of, row.source, row.note)


def join_known(*parts: Any) -> str:
    """What is known of these, side by side."""
    return ", ".join(str(part) for part in parts if part)


VALUE_FIELDS = ("value", "source", "as_of", "note")
OF_AN_LLM = (
    Rows("value-", "fact", VALUE_FIELDS, values_by_fact, show_fact_value),
    Rows("score-", "metric", SCORE_FIELDS, scores_by_metric, show_score),
)


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
    for rows in OF_AN_LLM:
        ours, theirs = rows.read(kept), rows.read(other)
        for key in form.chosen(rows.start) & theirs.keys():
            take_row(rows, kept, ours.get(key), theirs[key], reason)
    move_aliases(kept, other)
    other._change_reason = reason  # type: ignore[attr-defined]
    other.delete()
    Alias.objects.keep_old_name(kept, other.name)


def take_row(rows: Rows, kept: LLM, own: Any, given: Any, reason: str | None) -> None:
    """Makes a row of the kept LLM what the other's is."""
    row = own or type(given)(llm=kept, **{rows.of: getattr(given, rows.of)})
    for name in rows.fields:
        setattr(row, name, getattr(given, name))
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
        return request.user.has_perms(f"leaderboard.{name}" for name in WRITES)

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
