"""The form of the site's appearance: one row, with boxes for its pictures."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from leaderboard.admin.conflicts.snapshots import Values
from leaderboard.fields import in_words
from leaderboard.models import Appearance
from leaderboard.models.appearance import SURFACES, THE_APPEARANCE, keep_picture
from leaderboard.text.pictures import PNG, read_picture
from leaderboard.text.sentences import Sentence

from .translations import TranslatedAdmin, TranslatedForm

PICTURES = ("logo_dark", "logo_light", "sharing_picture")
SUFFIX = "_file"  # of the box of a picture


class PictureBox(forms.FileField):
    """Takes an upload, and gives the picture as it may be stored and sent."""

    widget = forms.ClearableFileInput(attrs={"accept": ".svg,.png,image/svg+xml,image/png"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        if not upload or upload is initial:
            return upload
        try:
            return read_picture(upload.read())
        except Sentence as error:
            raise in_words(error) from error


class AppearanceForm(TranslatedForm):
    """Edits the appearance; its pictures are uploaded, and stored once each."""

    logo_dark_file = PictureBox(
        label=_("Logo on dark"), required=False, max_length=200,
        help_text=_("An SVG, or a PNG at least 64 pixels high. It is shown 32 pixels high."),
    )  # fmt: skip
    logo_light_file = PictureBox(
        label=_("Logo on light"), required=False, max_length=200,
        help_text=_("Without it the logo on dark is shown on light grounds too."),
    )  # fmt: skip
    sharing_picture_file = PictureBox(
        label=_("Picture for sharing"), required=False, max_length=200,
        help_text=_("A PNG of 1200 × 630 pixels, shown where somebody links to this site."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any):
        row = kwargs.get("instance")
        shown = {f"{name}{SUFFIX}": getattr(row, name, None) for name in PICTURES}
        kwargs["initial"] = shown | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def clean_sharing_picture_file(self) -> Any:
        picture = self.cleaned_data["sharing_picture_file"]
        if getattr(picture, "media_type", PNG) != PNG:
            raise ValidationError(_("Sites that show links know no SVG. Upload a PNG."))
        return picture

    def store_pictures(self) -> None:
        """Put the uploaded pictures into the row; call it before the row is saved."""
        for name in PICTURES:
            box = f"{name}{SUFFIX}"
            if box not in self.changed_data:
                continue
            picture = self.cleaned_data[box]
            setattr(self.instance, name, keep_picture(*picture) if picture else None)


@admin.register(Appearance)
class AppearanceAdmin(TranslatedAdmin):
    """Edits the one row of the appearance; its list leads straight to the form."""

    form = AppearanceForm
    address_field = None
    fieldsets = [
        (None, {"fields": ["name", "tagline", "announcement"]}),
        (
            _("Look"),
            {
                "fields": [
                    "logo_dark_file", "logo_light_file", "shows_name", "typeface",
                    *reversed(SURFACES), "default_theme", "sharing_picture_file",
                ]
            },
        ),
        (_("Text"), {"fields": ["footer_text", "contact", "data_licence"]}),
    ]  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Appearance.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # an empty box is enough

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            refusal: HttpResponse = super().changelist_view(request, extra_context)
            return refusal
        if Appearance.objects.exists():
            return redirect("admin:leaderboard_appearance_change", THE_APPEARANCE)
        return redirect("admin:leaderboard_appearance_add")

    def box_values(self, obj: Any, form: Any = None) -> Values:
        pictures = {f"{name}{SUFFIX}": getattr(obj, name) for name in PICTURES}
        shown = {name: str(picture) for name, picture in pictures.items() if picture}
        return super().box_values(obj, form) | shown

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.store_pictures()
        super().save_model(request, obj, form, change)
