"""Names that a maintainer has to take out of the trail, as for a legal reason.

A mark stands where the name stood, and the entry says that a name was taken out. It is taken out of
the past of the LLM too, as pages of the past are made from it, and of every reason in the history:
pages of other LLMs quote those of their corrections. What is public now is not touched:
rename or withdraw the LLM first. A release is never changed, and is withdrawn instead.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leaderboard.models import CONTENT, LLM, Alias, LeaderboardState, Release
from leaderboard.models.locks import write_content
from leaderboard.models.revision import publish_change

from .filling import fill_differences

TAKEN_OUT = "taken_out"  # in a difference from which a name was taken
MARK = gettext_noop("[name taken out]")


def in_words(stored: dict[str, Any]) -> dict[str, Any]:
    """A difference as readers see it, with the mark in their language."""
    return replace(stored, MARK, _(MARK)) if stored.get(TAKEN_OUT) else stored


def in_language(text: str) -> str:
    """A reason as readers see it. The mark is stored in no language, as it is kept for all."""
    return text.replace(MARK, _(MARK))


def replace(value: Any, old: str, new: str) -> Any:
    """The value with one text for another in all of its texts; keys stay."""
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, list):
        return [replace(part, old, new) for part in value]
    if isinstance(value, dict):
        return {key: replace(part, old, new) for key, part in value.items()}
    return value


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
    slugs = addresses_of(name)
    count = 0
    for row in LeaderboardState.objects.filter(difference__isnull=False).iterator():
        changed = without_name(row.difference, name, slugs)
        if changed != row.difference:
            row.difference = changed | {TAKEN_OUT: True}
            row.save(update_fields=["difference"])
            count += 1
    clean_llms(name, slugs)
    clean_aliases(name)
    clean_reasons(name)
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


def clean_aliases(name: str) -> None:
    """Puts the mark into the names of deleted aliases; one that is there may be that of another."""
    gone = Alias.history.exclude(id__in=Alias.objects.values("pk")).filter(name__contains=name)
    for record in gone:
        if name in record.name:  # SQLite compares without case
            record.name, record.key = record.name.replace(name, MARK), f"{MARK} {record.id}"
            record.save()


def clean_reasons(name: str) -> None:
    """Puts the mark into the reasons of all edits. An import gives thousands of rows the same."""
    for model in (*CONTENT, Alias, Release):
        told = model.history.filter(history_change_reason__contains=name).order_by()
        for reason in set(told.values_list("history_change_reason", flat=True)):
            same = model.history.filter(history_change_reason=reason)
            same.update(history_change_reason=reason.replace(name, MARK))


def addresses_of(name: str) -> dict[int, str]:
    """{LLM: the address that it had with this name}, but for one that it still has."""
    kept = set(LLM.objects.values_list("slug", flat=True))
    past = LLM.history.filter(name=name).order_by("history_id").values_list("id", "slug")
    return {number: "" if slug in kept else slug for number, slug in past}


def without_name(stored: Any, name: str, slugs: dict[int, str]) -> Any:
    """A difference with the mark for the name, and without the addresses that tell it."""
    gone = {slug for slug in slugs.values() if slug}
    changed = replace(stored, name, MARK)
    if "cells" in changed:
        changed["cells"] = {slug: row for slug, row in changed["cells"].items() if slug not in gone}
    for part in parts_of(changed):
        if part["slug"] in gone:
            part["slug"] = ""
    return changed


def parts_of(stored: Any) -> Iterator[Any]:
    """Whatever of a difference names an LLM."""
    for name in ("changes", "moves"):
        yield from stored.get(name, ())
