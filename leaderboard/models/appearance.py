"""How the site presents itself: name, logos, colours and texts, in one row for maintainers."""

from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from leaderboard.fields import NameField
from leaderboard.text.colours import DARK, HEX, LIGHT, can_be_read, nearest_readable
from leaderboard.text.pictures import PNG, SVG
from leaderboard.text.site_style import Look, write_style

from .base import MARKDOWN, Content, LockedQuerySet, Translated, TranslatedQuerySet, loaded_after
from .history import history
from .leaderboards import validate_contact, validate_spdx

THE_APPEARANCE = 1  # the id of its row
ENDINGS = {PNG: "png", SVG: "svg"}
SURFACES = {"accent_light": LIGHT, "accent_dark": DARK}

validate_colour = RegexValidator(
    rf"\A{HEX.pattern}\Z", _("Type a colour as # and six hexadecimal digits, like #b3202c.")
)


class PictureQuerySet(LockedQuerySet):
    """Pictures; all of them are public."""

    def published(self) -> "PictureQuerySet":
        return self.all()

    def get_by_natural_key(self, digest: str) -> Any:
        return self.get(sha256=digest)


class Picture(Content):
    """A PNG or SVG as it is sent, named by its content: a row never changes.

    It stays when another one takes its place: pages that were kept still show it.
    """

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    media_type = models.CharField(max_length=20)
    content = models.BinaryField()

    objects = models.Manager.from_queryset(PictureQuerySet)()
    history = history()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(media_type__in=list(ENDINGS)), name="a_picture_is_a_png_or_svg"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]}.{ENDINGS.get(self.media_type, '')}"

    @loaded_after()
    def natural_key(self) -> tuple[Any, ...]:
        return (self.sha256,)

    def derive(self) -> None:
        self.sha256 = sha256(bytes(self.content)).hexdigest()

    def get_absolute_url(self) -> str:
        return reverse("picture", args=[self.sha256[:32], ENDINGS[self.media_type]])

    @property
    def url(self) -> str:
        """The address, under the name by which Django's box for files asks for it."""
        return self.get_absolute_url()


def keep_picture(content: bytes, media_type: str) -> Picture:
    """Returns the row of a picture, stored now unless it is there."""
    digest = sha256(content).hexdigest()
    picture: Picture | None = Picture.objects.filter(sha256=digest).first()
    if picture is None:
        picture = Picture(content=content, media_type=media_type)
        picture.save()
    return picture


class AppearanceQuerySet(TranslatedQuerySet):
    """The one row, or none; it is public."""

    PUBLISHED = Q()

    def get_by_natural_key(self, name: str) -> Any:
        return self.get(pk=THE_APPEARANCE)


def logo_field(label: Any) -> Any:
    """A picture of the appearance."""
    return models.ForeignKey(
        Picture, models.PROTECT, verbose_name=label, null=True, blank=True, related_name="+"
    )


def colour_field(label: Any, help_text: Any) -> Any:
    """A colour, or ""."""
    return models.CharField(
        label, max_length=7, blank=True, default="", validators=[validate_colour],
        help_text=help_text,
    )  # fmt: skip


class Appearance(Translated, Content):
    """The name, logos, colours and texts of the site, seen on every page. There is one row."""

    TRANSLATED = ("name", "tagline", "announcement", "footer_text")

    class Theme(models.TextChoices):
        DARK = "dark", _("dark")
        LIGHT = "light", _("light")
        SYSTEM = "system", _("as the system")

    class Typeface(models.TextChoices):
        SANS = "sans", _("sans-serif, as the texts")
        SERIF = "serif", _("serif")

    name = NameField(
        _("site name"), max_length=60, help_text=_("In the header, titles, feed and exports.")
    )
    tagline = NameField(
        max_length=120, blank=True, default="", help_text=_("A few words beside the name.")
    )
    logo_dark = logo_field(_("logo on dark"))
    logo_light = logo_field(_("logo on light"))
    shows_name = models.BooleanField(
        _("name beside the logo"),
        default=True,
        help_text=_("Switch off if the logo itself spells the name."),
    )
    typeface = models.CharField(
        _("typeface of the name"), max_length=10, choices=Typeface.choices, default=Typeface.SANS
    )
    sharing_picture = logo_field(_("picture for sharing"))
    accent_dark = colour_field(
        _("accent on dark"), _("Like #ff6b6b. If only one of the two is given, the other follows.")
    )
    accent_light = colour_field(_("accent on light"), _("Like #b3202c."))
    default_theme = models.CharField(
        max_length=10,
        choices=Theme.choices,
        default=Theme.DARK,
        help_text=_("What visitors see until they choose for themselves."),
    )
    announcement = models.TextField(
        max_length=500, blank=True, default="",
        help_text=_("A line on top of every page. Empty shows none. Markdown."),
    )  # fmt: skip
    footer_text = models.TextField(max_length=5_000, blank=True, default="", help_text=MARKDOWN)
    contact = NameField(
        max_length=500,
        blank=True,
        default="",
        help_text=_("An e-mail address, or the web address of a form or issue tracker."),
    )
    data_licence = models.CharField(
        _("licence of the data"), max_length=100, blank=True, default="",
        validators=[validate_spdx],
        help_text=_("As SPDX writes it, like CC-BY-4.0. Holds for leaderboards that name none."),
    )  # fmt: skip

    objects = models.Manager.from_queryset(AppearanceQuerySet)()
    history = history()

    class Meta:
        verbose_name = verbose_name_plural = _("appearance")
        constraints = [
            models.CheckConstraint(condition=Q(pk=THE_APPEARANCE), name="there_is_one_appearance"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    @loaded_after("leaderboard.picture")
    def natural_key(self) -> tuple[Any, ...]:
        return (self.name,)

    def derive(self) -> None:
        self.pk = THE_APPEARANCE
        self.accent_light, self.accent_dark = self.accent_light.lower(), self.accent_dark.lower()
        for name, other in (("accent_light", "accent_dark"), ("accent_dark", "accent_light")):
            given = getattr(self, other)
            if not getattr(self, name) and HEX.fullmatch(given):
                setattr(self, name, nearest_readable(given, SURFACES[name]))

    def clean(self) -> None:
        super().clean()
        validate_contact(self.contact)
        errors = {name: sentence for name in SURFACES if (sentence := self.refuse_accent(name))}
        if errors:
            raise ValidationError(errors)
        if self._state.adding and type(self).objects.exists():
            raise ValidationError(_("Somebody has saved it meanwhile. Open the form again."))

    def refuse_accent(self, name: str) -> str:
        """Says that an accent cannot be read, and which nearest one can; "" if it can."""
        colour, surfaces = getattr(self, name), SURFACES[name]
        if not HEX.fullmatch(colour) or can_be_read(colour, surfaces):
            return ""
        words = {"colour": colour, "nearest": nearest_readable(colour, surfaces)}
        sentence = gettext(
            "%(colour)s cannot be read well enough there: text needs a contrast of 4.5 to 1. The "
            "nearest colour that has it is %(nearest)s."
        )
        return sentence % words

    @property
    def color_scheme(self) -> str:
        """The default theme, as <meta name="color-scheme"> has it."""
        return "dark light" if self.default_theme == self.Theme.SYSTEM else self.default_theme

    @property
    def has_logo(self) -> bool:
        return bool(self.logo_dark_id or self.logo_light_id)

    @property
    def has_serif_name(self) -> bool:
        return bool(self.typeface == self.Typeface.SERIF)

    @property
    def logo_on_dark(self) -> Picture | None:
        """The logo for dark grounds; where there is only one, it is for both."""
        picture: Picture | None = self.logo_dark or self.logo_light
        return picture

    @property
    def logo_on_light(self) -> Picture | None:
        picture: Picture | None = self.logo_light or self.logo_dark
        return picture

    @property
    def shown_picture(self) -> Picture | None:
        """What pages that link here show: the picture for sharing, else a logo that is a PNG."""
        pictures = (self.sharing_picture, self.logo_dark, self.logo_light)
        return next((each for each in pictures if each and each.media_type == PNG), None)

    @cached_property
    def style(self) -> str:
        """The style sheet; "" if there is nothing to say."""
        return write_style(
            Look(
                self.accent_light, self.accent_dark, self.default_theme, self.has_logo,
                bool(self.announcement), self.has_serif_name,
            )
        )  # fmt: skip

    @cached_property
    def style_address(self) -> str:
        """Of the style sheet, with a hash of it; "" if there is none."""
        if not self.style:
            return ""
        return reverse("site-style", args=[sha256(self.style.encode()).hexdigest()[:16]])


def load_appearance() -> Appearance:
    """Returns the appearance of the site with its texts in all languages; without a row that of a
    site nobody has named yet."""
    pictures = ("logo_dark", "logo_light", "sharing_picture")
    row: Appearance | None = (
        Appearance.objects.with_translations()
        .select_related(*pictures)
        .defer(*(f"{name}__content" for name in pictures))
        .first()
    )
    return row or unnamed_appearance()


@lru_cache(maxsize=1)
def unnamed_appearance() -> Appearance:
    """The appearance before maintainers have saved one."""
    names = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            names[code] = gettext("Leaderboard")
    row = Appearance(name=names[settings.LANGUAGE_CODE])
    row.translated_texts = {(code, "name"): name for code, name in names.items()}
    return row
