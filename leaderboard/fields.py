"""Model and form fields that refuse bad input on every path in, with a sentence that helps.

Model fields take a type parameter only in the stubs of Django, not when they run: hence the
comments for mypy beside them.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from decimal import Decimal
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from leaderboard.text.names import clean_label, clean_name
from leaderboard.text.numbers import (
    MOST_DIGITS,
    format_exact,
    parse_number,
    significant_digits,
)
from leaderboard.text.sentences import Sentence


def validate_digits(value: Decimal) -> None:
    """Raises ValidationError for more digits than every database keeps exactly."""
    if significant_digits(value) > MOST_DIGITS:
        raise ValidationError(
            _("%(number)s has more than %(most)s digits, which are not kept exactly. Round it."),
            params={"number": format_exact(value), "most": MOST_DIGITS},
        )


class NumberFormField(forms.DecimalField):
    """A decimal that is typed with ASCII digits and a point."""

    default_validators = [validate_digits]

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or (isinstance(value, str) and not value.strip()):
            return None
        return to_number(value)

    def prepare_value(self, value: Any) -> Any:
        """As somebody would type it: 0.6, not 0.60000000."""
        return format_exact(value) if isinstance(value, Decimal) else value


class NumberField(models.DecimalField):  # type: ignore[type-arg, unused-ignore]
    """A finite decimal, for fixtures and imports as strict as in a form."""

    default_validators = [validate_digits]

    def to_python(self, value: Any) -> Any:
        return to_number(value) if isinstance(value, str | float) else super().to_python(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**({"form_class": NumberFormField} | kwargs))


def to_number(value: object) -> Decimal:
    """A decimal as people type it. Raises ValidationError for anything else."""
    try:
        return parse_number(str(value))
    except Sentence as error:
        raise in_words(error) from error


def in_words(error: Sentence) -> ValidationError:
    """The sentence as forms show it, in the reader's language."""
    return ValidationError(_(error.template), code="invalid", params=error.varying)


class LabelField(models.CharField):  # type: ignore[type-arg, unused-ignore]
    """A short text for people: NFC, nothing invisible in it; signs such as $ suffice."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return cleaned_or_error(value, clean_label) if value else value


class NameField(models.CharField):  # type: ignore[type-arg, unused-ignore]
    """A name for people: NFC, nothing invisible in it, and a letter or digit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"max_length": 200} | kwargs))

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return clean_name_or_error(value) if value else value

    def formfield(self, **kwargs: Any) -> Any:
        # strip=False: the form must not remove what clean_name has to report.
        return super().formfield(**({"form_class": NameFormField} | kwargs))


class NameFormField(forms.CharField):
    """A name that is refused with a sentence if it holds something invisible."""

    def to_python(self, value: Any) -> Any:
        return clean_name_or_error(value) if value else super().to_python(value)


def clean_name_or_error(value: str) -> str:
    """The name in NFC. Raises ValidationError for what nobody can see or would mistake."""
    return cleaned_or_error(value, clean_name)


def cleaned_or_error(value: str, clean: Callable[[str], str]) -> str:
    """What `clean` returns; raises ValidationError with the sentence that it raises."""
    try:
        return clean(value)
    except Sentence as error:
        raise in_words(error) from error


def validate_web_address(value: str) -> None:
    """Only http and https, and nobody's password in it."""
    remedy = {"remedy": _("Type the address of a page, like https://example.org/page.")}
    try:
        URLValidator(schemes=["http", "https"])(value)
        parts = urlsplit(value)
    except (ValidationError, ValueError) as error:
        refusal = _("This is not a web address. %(remedy)s") % remedy
        raise ValidationError(refusal, code="invalid") from error
    if parts.username or parts.password:
        raise ValidationError(_("The address holds a user name or password. %(remedy)s") % remedy)
    if not value.isprintable():
        raise ValidationError(
            _("The address holds a character that nobody can see. %(remedy)s") % remedy
        )
    if is_private(parts.hostname or ""):
        raise ValidationError(_("Only a private network reaches this address. %(remedy)s") % remedy)


def is_private(host: str) -> bool:
    """localhost, a name without a dot, or an address that is not on the internet."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".internal"))


class WebAddressField(models.URLField):  # type: ignore[type-arg, unused-ignore]
    """A link that is safe to show to everyone."""

    default_validators = [validate_web_address]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {"blank": True, "default": "", "max_length": 500}
        super().__init__(*args, **(defaults | kwargs))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str:
        """What came in past every check, as by hand or with a backup, is no link on any page;
        verify names it."""
        return value if value and value.lower().startswith(("http://", "https://")) else ""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**({"assume_scheme": "https"} | kwargs))


class PackedJSON(bytes):
    """JSON as PackedJSONField stores it."""


def pack_json(value: Any) -> PackedJSON:
    """A value as compressed JSON; what a file says of many numbers becomes a fortieth."""
    text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    return PackedJSON(zlib.compress(text.encode()))


def unpack_json(packed: bytes) -> Any:
    """What pack_json was given, with numbers and dates as texts."""
    return json.loads(zlib.decompress(packed))


class PackedJSONField(models.BinaryField):  # type: ignore[type-arg, unused-ignore]
    """JSON stored compressed, for what only the program reads; PackedJSON is stored as it is."""

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, PackedJSON) else pack_json(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else unpack_json(bytes(value))

    def value_to_string(self, obj: Any) -> str:
        """The packed value in base64, for fixtures."""
        return b64encode(self.get_prep_value(self.value_from_object(obj))).decode()

    def to_python(self, value: Any) -> Any:
        return unpack_json(b64decode(value)) if isinstance(value, str) else value
