"""Boxes on a form for its texts in the further languages of the site, and the history of these."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from leaderboard.admin.conflicts.forms import CarefulForm
from leaderboard.admin.conflicts.history import newest_records
from leaderboard.admin.conflicts.snapshots import Values, as_text, is_row_id
from leaderboard.models import Translation
from leaderboard.models.translations import language_name
from leaderboard.text.languages import further_languages

from .content import OwnBoxesAdmin
from .forms import NamedForm


def box_name(language: str, field: str) -> str:
    """The name of the box for a field's text in a language: title-zh-hans."""
    return f"{field}-{language}"


def list_boxes(model: Any) -> dict[str, tuple[str, str]]:
    """(language, field) of each box of a model's form, by the name of the box."""
    return {
        box_name(language, field): (language, field)
        for language in further_languages()
        for field in model.TRANSLATED
    }


def label_box(model: type[models.Model], language: str, field: str) -> str:
    """“Title in Simplified Chinese”"""
    own_field: Any = model._meta.get_field(field)
    words = {
        "field": own_field.verbose_name,
        "language": language_name(language),
    }
    return capfirst(_("%(field)s in %(language)s") % words)


def by_box(translations: Iterable[Translation]) -> dict[str, Translation]:
    """Translations of one row by the names of their boxes."""
    return {box_name(row.language, row.field): row for row in translations}


class TranslatedForm(CarefulForm):
    """Edits a row with its translations; an empty box means that there is no translation."""

    def __init__(self, *args: Any, **kwargs: Any):
        row = kwargs.get("instance")
        self.stored = by_box(row.translations.all()) if row is not None and row.pk else {}
        texts = {name: translation.text for name, translation in self.stored.items()}
        kwargs["initial"] = texts | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        for name, text in texts.items():
            # Django shows an attribute of the row to somebody who may look and not change.
            setattr(self.instance, name, text)
        omitted = {name: text for name, text in texts.items() if name not in self.data}
        if self.is_bound and omitted:  # a box that was not sent is left as it is, not emptied
            data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
            data.update(omitted)
            self.data = data

    def has_changed_itself(self) -> bool:
        """Whether a field of the row itself is changed."""
        return any(name not in list_boxes(self._meta.model) for name in self.changed_data)

    def save_translations(self) -> None:
        """Store the changed boxes; call it after the row is saved, in the same transaction."""
        for name, (language, field) in list_boxes(self._meta.model).items():
            if name in self.changed_data:
                self.save_translation(name, language, field, self.cleaned_data[name])

    def save_translation(self, name: str, language: str, field: str, text: str) -> None:
        """Add, change or delete one translation."""
        owner = str(self.instance._meta.model_name)
        translation = self.stored.get(name) or Translation(
            **{owner: self.instance}, language=language, field=field
        )
        if text:
            translation.text = text
            translation.full_clean()
            translation.save()
        elif translation.pk:
            translation.delete()


class TranslatedNamedForm(TranslatedForm, NamedForm):
    """Edits content with a name and translations."""


class TranslatedAdmin(OwnBoxesAdmin):
    """Content with a fieldset for its texts in each further language of the site."""

    form = TranslatedForm
    object_history_template = "admin/leaderboard/translated_history.html"

    def get_form(self, request: HttpRequest, *arguments: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *arguments, **kwargs)
        for name, (language, field) in list_boxes(self.model).items():
            form.base_fields[name] = self.make_box(request, language, field)
        return form

    def make_box(self, request: HttpRequest, language: str, field: str) -> Any:
        """The box for a field's text in a language: it takes what the box in English takes."""
        column: Any = self.model._meta.get_field(field)
        label = label_box(self.model, language, field)
        box: Any = self.formfield_for_dbfield(
            column,
            request,
            required=False,
            label=label,
            help_text=_("Shown on pages in this language. Empty: the English text is shown."),
        )
        box.short_description = label  # Django's label for somebody who may look and not change
        return box

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets: Any = self.fieldsets
        if hasattr(obj, "_history"):  # an old version of the row, which has no translations
            return fieldsets
        model: Any = self.model
        return [
            *fieldsets,
            *(
                (
                    _("In %(language)s") % {"language": language_name(language)},
                    {"fields": [box_name(language, field) for field in model.TRANSLATED]},
                )
                for language in further_languages()
            ),
        ]

    def box_values(self, obj: Any, form: Any = None) -> Values:
        boxes = list_boxes(self.model)
        rows = form.stored if form else by_box(obj.translations.select_for_update(of=("self",)))
        return {name: as_text(row.text) for name, row in rows.items() if name in boxes}

    def column_and_history(self, key: str, name: str) -> tuple[Any, Iterable[Any]]:
        if name not in list_boxes(self.model):
            return super().column_and_history(key, name)
        model, pk = self.model_and_pk(key)
        language, field = list_boxes(self.model)[name]
        owner = {f"{model._meta.model_name}_id": pk}
        records = newest_records(Translation, **owner, language=language, field=field)
        return Translation._meta.get_field("text"), records

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        has_boxes = isinstance(form, TranslatedForm)  # a row of an editable list has none
        if not (change and has_boxes) or form.has_changed_itself():  # no empty entry in the history
            super().save_model(request, obj, form, change)
        if has_boxes:
            form.save_translations()

    @method_decorator(require_safe)
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        changes = list_changes(self.model, object_id) if is_row_id(object_id) else []
        context = {"translation_changes": changes} | (extra_context or {})
        return super().history_view(request, object_id, context)


def list_changes(model: type[models.Model], pk: str) -> list[tuple[Any, Any, str, str]]:
    """[(record, label, old text, new text)] of all translations of a row, newest first."""
    history: Any = Translation.history.filter(**{f"{model._meta.model_name}_id": pk})
    previous: dict[tuple[str, str], str] = {}
    changes = []
    for record in history.select_related("history_user").order_by("history_id"):
        place = (record.language, record.field)
        new = "" if record.history_type == "-" else record.text
        label = label_box(model, *place)
        changes.append((record, label, previous.get(place, ""), new))
        previous[place] = new
    return changes[::-1]
