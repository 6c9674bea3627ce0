"""The words for what a difference of two states is about: groups, causes of moves, fields.

Entries, the comparison of two states and previews all take them from here, so that each says the
same of the same edit.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leaderboard.text.words import listed

from .causes import Group
from .difference import RankMove

NOTHING = "–"

HEADINGS = {
    Group.LLMS: gettext_noop("LLMs"),
    Group.KINDS: gettext_noop("Kinds of LLMs"),
    Group.VALUES: gettext_noop("Values"),
    Group.DETAILS: gettext_noop("Questions, errors, dates and notes"),
    Group.SOURCES: gettext_noop("Sources"),
    Group.DEFINITIONS: gettext_noop("Definitions of metrics"),
    Group.COMPONENTS: gettext_noop("Components and weights"),
    Group.COLUMNS: gettext_noop("Columns and ranking"),
    Group.TEXTS: gettext_noop("Texts"),
    Group.METHOD: gettext_noop("Method"),
}
# What moved a rank.
CAUSES = {
    Group.LLMS: gettext_noop("LLMs entered or left"),
    Group.KINDS: gettext_noop("who competes"),
    Group.VALUES: gettext_noop("values"),
    Group.DETAILS: gettext_noop("questions asked or errors"),
    Group.SOURCES: gettext_noop("sources"),
    Group.DEFINITIONS: gettext_noop("definitions"),
    Group.COMPONENTS: gettext_noop("components or weights"),
    Group.COLUMNS: gettext_noop("columns or ranking"),
    Group.TEXTS: gettext_noop("texts"),
    Group.METHOD: gettext_noop("method"),
}

# What a field of the state is called; "" where its subject says it.
FIELDS = {
    "value": "",
    "n": gettext_noop("questions asked"),
    "digits": gettext_noop("digits"),
    "standard_error": gettext_noop("standard error"),
    "measured_on": gettext_noop("measured on"),
    "note": gettext_noop("note"),
    "source": gettext_noop("source"),
    "name": gettext_noop("name"),
    "unit": gettext_noop("unit"),
    "unit_label": gettext_noop("unit label"),
    "label_in_front": gettext_noop("label in front"),
    "minimum": gettext_noop("minimum"),
    "maximum": gettext_noop("maximum"),
    "higher_is_better": gettext_noop("direction"),
    "decimals": gettext_noop("decimals"),
    "question_count": gettext_noop("question count"),
    "questions_of": gettext_noop("asks the questions of"),
    "is_share_of_questions": gettext_noop("is a share of questions"),
    "aggregate": gettext_noop("made by"),
    "components": gettext_noop("components"),
    "benchmark": gettext_noop("benchmark"),
    "method": gettext_noop("method of ranks and ranges"),
    "data_licence": gettext_noop("licence of the data"),
    "fact_definition": gettext_noop("fact"),
}


def move_words(llm: str, old: Any, new: Any) -> str:
    """“gpt-4o 2 → 5”; no rank is “–”."""
    return f"{llm} {old or NOTHING} → {new or NOTHING}"


def move_line(move: RankMove, causes: Iterable[str] | None = None) -> str:
    """“gpt-4o 2 → 5: definitions”; the causes are those of the move unless others are given."""
    said = listed(_(CAUSES[each]) for each in move.causes) if causes is None else listed(causes)
    words = move_words(move.llm, move.old, move.new)
    return _(": ").join([words, said]) if said else words
