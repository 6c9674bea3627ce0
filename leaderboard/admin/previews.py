"""Forms that redefine what visitors see say first what moves, and ask for a public reason.

A form is saved within the content lock, and what it changed on public pages is looked at. If it
changed nothing there, or if somebody confirmed just that on the page that showed it, it stays. Else
it is undone as a whole, and that page is shown: it carries everything that was posted, and posts it
again.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from leaderboard.models.history import give_reason
from leaderboard.models.locks import all_or_nothing
from leaderboard.models.touched import Note
from leaderboard.trail.effects import Effect
from leaderboard.trail.trying import Look

from .conflicts.admin import CarefulAdmin
from .effect_words import EffectInWords, digest_effects
from .reasons import ReasonField

SHOWN = "shown_effect"  # digest of the effects that a page showed
REASON = "public_reason"
EDIT = "edit_again"  # the button that leads back to the form
OWN = (SHOWN, REASON, EDIT, "csrfmiddlewaretoken")

BACK = _("Nothing was saved yet. This is the form as you filled it.")
OTHER_EFFECT = _(
    "Nothing was saved yet: something was changed since you were asked, and this form now changes "
    "other things than it did then. Look at them, then save again."
)


class PublicReasonForm(forms.Form):
    """Asks why something that visitors see is redefined."""

    public_reason = ReasonField(
        label=_("Reason (public)"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text=_("Why this changes, in a sentence. Visitors read it, without your name."),
    )

    def __init__(self, *args: Any, is_needed: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.is_needed = is_needed

    def clean_public_reason(self) -> str:
        """Refuse to move what visitors saw without telling them why."""
        reason = str(self.cleaned_data[REASON])
        if self.is_needed and not reason:
            raise ValidationError(_("Visitors saw something else: say why it changes."))
        return reason


class NotConfirmed(Exception):
    """What was saved has effects that nobody confirmed, or no reason; it is to be undone."""

    def __init__(self, effects: list[Effect], form: PublicReasonForm, sentence: str = ""):
        super().__init__()
        self.effects, self.form, self.sentence = effects, form, sentence


class PreviewedAdmin(CarefulAdmin):
    """Shows what a form changes on public pages before that stays."""

    redefining: frozenset[str] = frozenset()  # fields that change more than they say
    redefines_by_rows = False  # whether every row of its inlines does too

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        view = super().changeform_view
        return self.ask_first(request, lambda: view(request, object_id, form_url, extra_context))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        view = super().changelist_view
        if "_save" not in request.POST:
            return view(request, extra_context)
        return self.ask_first(request, lambda: view(request, extra_context), is_list=True)

    def ask_first(
        self, request: HttpRequest, write: Callable[[], Any], is_list: bool = False
    ) -> Any:
        """What `write` answers; or, with nothing written, a page that says what it would change."""
        if request.method != "POST" or not self.redefining:
            return write()
        sent = request.POST
        storage: Any = get_messages(request)
        said = len(storage._queued_messages)
        try:
            with all_or_nothing():
                response = write()
                check_confirmed(request)
                return response
        except NotConfirmed as asked:
            del storage._queued_messages[said:]  # “was changed successfully”
            return self.preview_response(request, sent, asked, is_list)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        if self.redefines(form, change):
            take_look(request, self.noted_rows(form))
        return super().save_form(request, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if self.redefines_by_rows and any(formset.has_changed() for formset in formsets):
            take_look(request, self.noted_rows(form))
        super().save_related(request, form, formsets, change)

    def redefines(self, form: Any, change: bool) -> bool:
        """Whether a form changes a field on which more depends than its own text."""
        return not self.redefining.isdisjoint(form.changed_data)

    def noted_rows(self, form: Any) -> set[Note]:
        """The rows on which it depends which leaderboards a form touches."""
        return {(self.model, form.instance.pk)} if form.instance.pk else set()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        if EDIT in request.POST and not form.refusal:
            form.refusal = str(BACK)
        return form

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context[REASON] = request.POST.get(REASON, "")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def preview_response(
        self, request: HttpRequest, sent: Any, asked: NotConfirmed, is_list: bool
    ) -> HttpResponse:
        """The page that says what a form would change, with the form as it was posted."""
        context = self.admin_site.each_context(request) | {
            "title": _("Check what this changes"),
            "opts": self.opts,
            "effects": [EffectInWords(effect) for effect in asked.effects],
            "digest": digest_effects(asked.effects),
            "form": asked.form,
            "sentence": asked.sentence,
            "carried": [
                (name, value)
                for name, values in sent.lists()
                if name not in OWN
                for value in values
            ],
            "is_list": is_list,
            "is_popup": "_popup" in sent,
        }
        return render(request, "admin/leaderboard/check_change.html", context)


def take_look(request: HttpRequest, notes: set[Note]) -> None:
    """Look at the leaderboards that these rows touch before they are written."""
    if "look" not in vars(request):
        vars(request)["look"] = Look()
    vars(request)["look"].at(notes)
    form = PublicReasonForm(request.POST)
    if SHOWN in request.POST and form.is_valid():
        give_reason(form.cleaned_data[REASON])


def check_confirmed(request: HttpRequest) -> None:
    """Raise NotConfirmed unless what was saved is what a page showed, and has its reason."""
    look: Look | None = vars(request).get("look")
    effects = look.effects() if look else []
    if not effects:
        return
    is_needed = any(effect.changes_what_was_shown for effect in effects)
    shown = request.POST.get(SHOWN)
    if shown is None:
        typed = request.POST.get(REASON) or request.POST.get("reason", "")
        raise NotConfirmed(effects, PublicReasonForm(initial={REASON: typed}))
    form = PublicReasonForm(request.POST, is_needed=is_needed)
    sentence = "" if shown == digest_effects(effects) else str(OTHER_EFFECT)
    if sentence or not form.is_valid():
        raise NotConfirmed(effects, form, sentence)
