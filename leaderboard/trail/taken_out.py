"""Names that a maintainer has to take out of the trail, as for a legal reason.

A mark stands where the name stood, and the entry says that a name was taken out. It is taken out of
the past of the LLM too, as pages of the past are made from it, and of every reason in the history:
pages of other LLMs quote those of their corrections. What is public now is not touched: rename or
withdraw the LLM first. Only an erratum and a reason of withdrawal are, as no form changes them once
a release is withdrawn; what a release has frozen never is, so it is withdrawn instead.
"""

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leaderboard.models import (
    CONTENT,
    LLM,
    Alias,
    Benchmark,
    LeaderboardState,
    Metric,
    Organization,
    Release,
    Score,
)
from leaderboard.models.locks import write_content
from leaderboard.models.revision import publish_change
from leaderboard.text.names import name_key

from .filling import fill_differences

Rewriting = Callable[[str], str]

TAKEN_OUT = "taken_out"  # in a difference from which a name was taken
READ = ("title", "reasons", "llm", "name", "old", "new")  # in a difference, by people
# Of the past; and of releases, beside which they stand today.
TEXTS: dict[Any, tuple[str, ...]] = {
    LLM: ("note",),
    Score: ("note",),
    Release: ("erratum", "withdrawal_reason"),
}
MARK = gettext_noop("[name taken out]")


def in_words(stored: dict[str, Any]) -> dict[str, Any]:
    """A difference as readers see it, with the mark in their language."""
    return replace(stored, say_mark) if stored.get(TAKEN_OUT) else stored


def say_mark(text: str) -> str:
    """A reason as readers see it. The mark is stored in no language, as it is kept for all."""
    return text.replace(MARK, _(MARK))


def replace(value: Any, change: Rewriting) -> Any:
    """The value with all of its texts changed; keys stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [replace(part, change) for part in value]
    if isinstance(value, dict):
        return {key: replace(part, change) for key, part in value.items()}
    return value


def hider_of(name: str) -> Rewriting:
    """Returns what puts the mark for a name into a text, where it stands for itself: not within
    another word, nor within another name, as “o1” in “o1-mini”."""
    others = sorted(filter(lambda other: name in other, names_but(name)), key=len, reverse=True)
    itself = rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])"
    pattern = re.compile("|".join([*map(re.escape, others), itself]))
    return lambda text: pattern.sub(lambda found: MARK if found[0] == name else found[0], text)


def names_but(name: str) -> set[str]:
    """All other names that anything has, or that an LLM ever had."""
    sources = (LLM.history, LLM.objects, Alias.objects, Organization.objects, Benchmark.objects)
    names = {each for rows in sources for each in rows.values_list("name", flat=True)}
    return {*names, *Metric.objects.values_list("name", flat=True)} - {name}


def take_out_name(name: str) -> int:
    """Takes the name of an LLM out of all entries and out of the past; returns how many entries.

    Raises ValidationError for a name that an LLM has now, and for one that none ever had.
    """
    check_former(name)
    fill_differences()  # of large leaderboards, while no writer waits
    return write_content(lambda: take_out(name))


def check_former(name: str) -> None:
    """Raises ValidationError unless this is a name that an LLM had, and none has now."""
    if LLM.objects.filter(name=name).exists():
        raise ValidationError(_("An LLM has this name now. Rename or delete it first."))
    if not LLM.history.filter(name=name).exists():
        raise ValidationError(_("No LLM ever had this name. Type it as it was, with its case."))


def take_out(name: str) -> int:
    """What take_out_name() does, under the content lock."""
    check_former(name)
    fill_differences()  # of the last moment too: who finds one beside us stores it no more
    slugs, hide = addresses_of(name), hider_of(name)
    count = 0
    for row in LeaderboardState.objects.filter(difference__isnull=False).iterator():
        changed = without_name(row.difference, hide, slugs)
        if changed != row.difference:
            row.difference = changed | {TAKEN_OUT: True}
            row.save(update_fields=["difference"])
            count += 1
    clean_llms(name, slugs)
    clean_aliases(name, hide)
    clean_texts(name, hide)
    publish_change(())
    return count


def clean_llms(name: str, slugs: dict[int, str]) -> None:
    """Puts the mark for the name into the past of the LLMs that had it, as for its addresses."""
    for number, slug in slugs.items():
        past = LLM.history.filter(Q(name=name) | Q(slug=slug), id=number)
        for record in past:
            if record.name == name:
                record.name, record.name_key = MARK, f"{MARK} {number}"
            if record.slug == slug:
                record.slug = f"name-taken-out-{number}"
            record.save()


def clean_aliases(name: str, hide: Rewriting) -> None:
    """Puts the mark into the names of deleted aliases; one that is there may be that of another."""
    gone = Alias.history.exclude(id__in=Alias.objects.values("pk"))
    for record in gone.filter(Q(name__contains=name) | Q(key=name_key(name))):
        hidden = MARK if record.key == name_key(name) else hide(record.name)
        if hidden != record.name:
            record.name, record.key = hidden, f"{MARK} {record.id}"
            record.save()


def clean_texts(name: str, hide: Rewriting) -> None:
    """Puts the mark into the reasons of all edits, into notes of the past, and into what stands
    beside releases, which no form changes any more. An import gives thousands of rows the same."""
    for model in (*CONTENT, Alias, Release):
        for field in ("history_change_reason", *TEXTS.get(model, ())):
            told = model.history.filter(**{f"{field}__contains": name}).order_by()
            for text in set(told.values_list(field, flat=True)):
                same = model.history.filter(**{field: text})
                same.update(**{field: hide(text)})
    for release in Release.objects.all():
        texts = {field: hide(getattr(release, field)) for field in TEXTS[Release]}
        if any(getattr(release, field) != text for field, text in texts.items()):
            for field, text in texts.items():
                setattr(release, field, text)
            release.save(update_fields=[*texts])


def addresses_of(name: str) -> dict[int, str]:
    """{LLM: the address that it had with this name}, but for one that it still has."""
    kept = set(LLM.objects.values_list("slug", flat=True))
    past = LLM.history.filter(name=name).order_by("history_id").values_list("id", "slug")
    return {number: "" if slug in kept else slug for number, slug in past}


def without_name(stored: Any, hide: Rewriting, slugs: dict[int, str]) -> Any:
    """A difference with the mark in what people read, and without the addresses that tell the name.

    What programs read stays: keys of metrics, kinds of changes, dates."""
    gone = {slug for slug in slugs.values() if slug}
    changed = {key: replace(part, hide) if key in READ else part for key, part in stored.items()}
    if "cells" in changed:
        changed["cells"] = {slug: row for slug, row in changed["cells"].items() if slug not in gone}
    for name in ("changes", "moves"):
        if name in changed:
            changed[name] = [hide_part(part, hide, gone) for part in changed[name]]
    return changed


def hide_part(part: Any, hide: Rewriting, gone: set[str]) -> Any:
    """What a difference tells of an LLM or a metric, likewise."""
    told = {key: replace(value, hide) if key in READ else value for key, value in part.items()}
    if "first" in told:
        told["first"] = [[key, *replace(rest, hide)] for key, *rest in told["first"]]
    return told | {"slug": ""} if part["slug"] in gone else told
