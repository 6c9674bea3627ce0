"""A difference of two states in sentences: groups with a heading, their first lines and a count."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from .difference import Change, Difference, Group, RankMove, State

FIRST_LINES = 10  # of a group
LONGEST = 60  # characters of a value in a line
NOTHING = "–"

HEADINGS = {
    Group.LLMS: gettext_noop("LLMs"),
    Group.VALUES: gettext_noop("Values"),
    Group.DETAILS: gettext_noop("Questions, errors, dates and notes"),
    Group.SOURCES: gettext_noop("Sources"),
    Group.DEFINITIONS: gettext_noop("Definitions of metrics"),
    Group.COMPONENTS: gettext_noop("Components and weights"),
    Group.COLUMNS: gettext_noop("Columns and ranking"),
    Group.TEXTS: gettext_noop("Texts"),
    Group.METHOD: gettext_noop("Method"),
}
# What moved a rank, after a colon.
CAUSES = {
    Group.LLMS: gettext_noop("LLMs entered or left"),
    Group.VALUES: gettext_noop("values changed"),
    Group.DETAILS: gettext_noop("numbers of questions or errors changed"),
    Group.DEFINITIONS: gettext_noop("definitions changed"),
    Group.COMPONENTS: gettext_noop("components or weights changed"),
    Group.COLUMNS: gettext_noop("columns or the ranking changed"),
    Group.METHOD: gettext_noop("the method changed"),
}
# The models that have the fields of a group's changes, which name them.
FIELDS_OF = {
    Group.LLMS: "llm",
    Group.DETAILS: "score",
    Group.DEFINITIONS: "metric",
    Group.COMPONENTS: "metric",
    Group.COLUMNS: "leaderboard",
    Group.TEXTS: "leaderboard",
}
# Names that no field of a model has.
OWN_NAMES = {
    "n": gettext_noop("questions"),
    "digits": gettext_noop("digits"),
    "columns": gettext_noop("columns"),
    "components": gettext_noop("components"),
    "shown_by_default": gettext_noop("columns that are shown"),
    "organization_slug": gettext_noop("organization"),
    "source": gettext_noop("source"),
    "method": gettext_noop("method"),
    "translations": gettext_noop("texts in other languages"),
}
# Inputs that a person cannot read in a line: that they changed is all that is said.
UNTOLD = {"translations", "description", "introduction", "methodology", "citation"}


@dataclass(frozen=True)
class Section:
    """What changed in one respect."""

    heading: str
    count: int
    lines: tuple[str, ...]

    @property
    def more(self) -> int:
        """How many are not among the lines."""
        return self.count - len(self.lines)


def describe_difference(
    difference: Difference, old: State, new: State, most: int = FIRST_LINES
) -> list[Section]:
    """Returns the groups that have changes, with at most so many lines of each; ranks come last."""
    names = metric_names(old) | metric_names(new)

    def say(change: Change) -> str:
        return describe_change(change, names)

    sections = [
        make_section(_(heading), difference.of(group), say, most)
        for group, heading in HEADINGS.items()
    ]
    sections.append(make_section(_("Ranks"), difference.moves, describe_move, most))
    return [section for section in sections if section.count]


def make_section(heading: str, things: Any, say: Callable[[Any], str], most: int) -> Section:
    """Says the first of these things."""
    return Section(heading, len(things), tuple(say(each) for each in things[:most]))


def metric_names(state: State) -> dict[str, str]:
    """{key of a metric: its name}"""
    return {key: metric["name"] for key, metric in state["inputs"]["metrics"].items()}


def describe_change(change: Change, names: dict[str, str]) -> str:
    """“gpt-4o, Average: 0.85 → 0.86”"""
    if change.group is Group.LLMS and change.field == "llm":
        sentence = _("%(llm)s entered") if change.old is None else _("%(llm)s left")
        return sentence % {"llm": change.llm}
    if change.group is Group.LLMS and change.field == "name":
        return _("%(old)s is called %(new)s") % {"old": change.old, "new": change.new}
    about = [change.llm, names.get(change.metric, change.metric)]
    if change.group is not Group.VALUES:
        about.append(name_field(change))
    start = ", ".join(part for part in about if part)
    if change.field in UNTOLD or change.group is Group.TEXTS:
        return _("%(what)s: changed") % {"what": start}
    return f"{start}: {say_value(change.old, names)} → {say_value(change.new, names)}"


def name_field(change: Change) -> str:
    """The words for what changed, as forms have them."""
    if change.field in OWN_NAMES:
        return _(OWN_NAMES[change.field])
    try:
        model = apps.get_model("leaderboard", FIELDS_OF.get(change.group, "source"))
        return str(getattr(model._meta.get_field(change.field), "verbose_name", change.field))
    except FieldDoesNotExist:
        return change.field  # of a source or benchmark: its name, with what changed in it


def say_value(value: Any, names: dict[str, str]) -> str:
    """A value of a state in a few words; “–” for none."""
    if value is None or value in ("", []):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(say_part(part, names) for part in value)
    text = names.get(str(value), str(value))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def say_part(part: Any, names: dict[str, str]) -> str:
    """A column, or a component with the weight that it has."""
    if isinstance(part, dict):
        name = names.get(part["metric"], str(part["metric"]))
        weight = part.get("weight")
        return f"{name} × {weight}" if weight is not None else name
    return names.get(str(part), str(part))


def describe_move(move: RankMove) -> str:
    """“gpt-4o 5 → 7: LLMs entered or left”"""
    causes = ", ".join(name_causes(move))
    return f"{move.llm} {move.old or NOTHING} → {move.new or NOTHING}: {causes}"


def name_causes(move: RankMove) -> Iterator[str]:
    """What moved an LLM, in words."""
    for cause in move.causes:
        yield _(CAUSES.get(cause, HEADINGS[cause]))


def summarize(sections: list[Section]) -> str:
    """“LLMs: 2 · Values: 5 · Ranks: 14”"""
    return " · ".join(f"{capfirst(section.heading)}: {section.count}" for section in sections)
