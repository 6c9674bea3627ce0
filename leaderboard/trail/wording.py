"""The words for what a difference of two states is about: groups, causes of moves, fields."""

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from .difference import Change, Group

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


def name_field(change: Change) -> str:
    """The words for what changed, as forms have them."""
    if change.field in OWN_NAMES:
        return _(OWN_NAMES[change.field])
    try:
        model = apps.get_model("leaderboard", FIELDS_OF.get(change.group, "source"))
        return str(getattr(model._meta.get_field(change.field), "verbose_name", change.field))
    except FieldDoesNotExist:
        return change.field  # of a source or benchmark: its name, with what changed in it
