"""Slugs and metric keys: how they are made, and which are not allowed."""

import re
from collections.abc import Container
from itertools import chain, count

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from leaderboard.text.facts import EXPORTED


def make_slug(name: str) -> str:
    """Returns Django's slugify of a name, with dots and slashes as hyphens: qwen3-0-6b."""
    return slugify(re.sub(r"[./]", "-", name))[:100]


def make_address(name: str, taken: Container[str]) -> str:
    """Returns a free slug; "" if the name has nothing to make one of.

    Where Latin letters give none, or a taken one, other letters are written by their numbers:
    智谱 is u667a-u8c31. If that is taken too, a number is put behind it: a-b-2.
    """
    slug = make_slug(name)
    if slug and slug not in taken:
        return slug
    spelled = re.sub(r"[^\W\x00-\x7f]", lambda letter: f"-u{ord(letter[0]):04x}-", name)
    addresses = [address for address in (slug, make_slug(spelled)) if address]
    if not addresses:
        return ""
    numbered = (f"{addresses[0][:90]}-{number}" for number in count(2))
    return next(address for address in chain(addresses, numbered) if address not in taken)


# Columns that every table and CSV may have; no metric has their names.
FIXED_COLUMNS = (
    "rank",
    "llm",
    "slug",
    "coverage",
    "kind",
    "family",
    "note",
    *(fact.field for fact in EXPORTED),
)


def validate_metric_key(key: str) -> None:
    """Raises ValidationError for the name of a fixed column and for characters not allowed."""
    if key in FIXED_COLUMNS:
        raise ValidationError(
            _("“%(key)s” is the name of a fixed column. Choose another key.") % {"key": key}
        )
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key):
        raise ValidationError(_("Type lower-case letters, digits and single hyphens between them."))


def free_key(benchmark_slug: str, name: str, taken: Container[str]) -> str:
    """Returns a key that no metric has yet, also for a name without any allowed character."""
    slug = re.sub(r"[-_]+", "-", make_slug(name)).strip("-") or "metric"
    key = free = f"{benchmark_slug.replace('_', '-')}-{slug}"[:90].strip("-").lower()
    for number in count(2):
        if free not in taken and free not in FIXED_COLUMNS:
            break
        free = f"{key}-{number}"
    return free
