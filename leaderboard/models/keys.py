"""Slugs and metric keys: how they are made, and which are not allowed."""

import re
from collections.abc import Container
from itertools import count

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _


def make_slug(name: str) -> str:
    """Django's slugify, with dots as hyphens: Qwen3-0.6B is qwen3-0-6b."""
    return slugify(name.replace(".", "-"))[:100]


def make_address(name: str, taken: Container[str]) -> str:
    """An address where nobody is asked to type one, as in an import; "" if there is none left.

    Where Latin letters give none, or one that is taken, the others are spelled by their numbers:
    智谱 is u667a-u8c31.
    """
    spelled = re.sub(r"[^\W\x00-\x7f]", lambda found: f"-u{ord(found[0]):04x}-", name)
    addresses = (make_slug(name), make_slug(spelled))
    return next((each for each in addresses if each and each not in taken), "")


# Of the page and of its CSV.
FIXED_COLUMNS = (
    "rank", "llm", "slug", "organization", "parameters", "license", "domain", "reasoning",
    "released", "coverage",
)  # fmt: skip


def validate_metric_key(key: str) -> None:
    if key in FIXED_COLUMNS:
        raise ValidationError(
            _("“%(key)s” is the name of a fixed column. Choose another key.") % {"key": key}
        )
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key):
        raise ValidationError(_("Type lower-case letters, digits and single hyphens between them."))


def free_key(benchmark_slug: str, name: str, taken: Container[str]) -> str:
    """A key that no metric has yet, also where the name has no letter that a key may have."""
    slug = re.sub(r"[-_]+", "-", make_slug(name)).strip("-") or "metric"
    key = free = f"{benchmark_slug.replace('_', '-')}-{slug}"[:90].strip("-").lower()
    for number in count(2):
        if free not in taken and free not in FIXED_COLUMNS:
            break
        free = f"{key}-{number}"
    return free
