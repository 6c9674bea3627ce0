"""The lines of an entry: each change with its subject, old and new, in the reader's language."""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from leaderboard.models.translations import language_name
from leaderboard.text.facts import BY_FIELD
from leaderboard.text.words import direction_words, listed, word

from .causes import Group
from .fact_state import OWN
from .stored import Stored
from .wording import CAUSES, FIELDS, NOTHING, move_words

NO_SCORE = gettext_noop("no score")


class Line(NamedTuple):
    """A change: “gpt-4o, AMCQA overall: 0.82 → 0.85”, or a sentence of its own."""

    subject: str = ""
    slug: str = ""  # of the LLM that the subject names
    key: str = ""  # of the metric, on the page of the LLM
    what: str = ""
    old: str = ""
    new: str = ""
    sentence: str = ""

    def __str__(self) -> str:
        if self.sentence:
            return self.sentence
        about = _(", ").join(part for part in (self.subject, self.what) if part)
        return _(": ").join([about, f"{self.old} → {self.new}"])


class Name(NamedTuple):
    """LLMs that entered or left, under a word for it: (name, address)."""

    label: str
    llms: list[tuple[str, str]]
    more: int

    def __str__(self) -> str:
        names = listed(name for name, _slug in self.llms)
        if not self.more:
            return names
        return _("%(names)s and %(count)s more") % {"names": names, "count": f"{self.more:,}"}


class Move(NamedTuple):
    """An LLM whose rank moved."""

    llm: str
    slug: str
    old: str
    new: str
    causes: str  # "" where all moves of the edit have the same

    def __str__(self) -> str:
        move = move_words(self.llm, self.old, self.new)
        return (
            _("%(move)s (%(causes)s)") % {"move": move, "causes": self.causes}
            if self.causes
            else move
        )


SHOWN_NAMES = 12


def names_of(stored: Stored) -> list[Name]:
    """The LLMs that entered, and those that were withdrawn."""
    changes = [part for part in stored.get("changes", ()) if part["field"] == "llm"]
    sides = {_("New"): "new", _("Withdrawn"): "old"}
    named = []
    for label, side in sides.items():
        llms = [(part["llm"], part["slug"]) for part in changes if part[side] is not None]
        if llms:
            named.append(Name(label, llms[:SHOWN_NAMES], max(0, len(llms) - SHOWN_NAMES)))
    return named


def lines_of(stored: Stored) -> list[Line]:
    """Every listed change but the LLMs that entered or left, which names_of() gives; of those that
    entered the first scores."""
    changes = stored.get("changes", ())
    entered = [line for part in changes for line in lines_of_entered(part)]
    return [*entered, *(line_of(part) for part in changes if part["field"] != "llm")]


def lines_of_entered(part: Stored) -> list[Line]:
    """The first scores of an LLM that entered; entries of before have none."""
    return [
        Line(part["llm"], part["slug"], key if part["slug"] else "", name, _(NO_SCORE), value)
        for key, name, value in part.get("first", ())
    ]


def line_of(part: Stored) -> Line:
    """The line of one change."""
    if part["field"] == "llm":
        sentence = _("%(llm)s entered") if part["old"] is None else _("%(llm)s left")
        return Line(sentence=sentence % part)
    if part["group"] == "columns":
        return Line(sentence=column_sentence(part))
    if part["group"] == "texts":
        return text_line(part)
    if part["group"] in ("llms", "kinds"):
        fact = BY_FIELD.get(part["field"])
        label = fact.label if fact else None
        what = _(label or FIELDS.get(part["field"]) or part["field"].removeprefix(OWN))
        say = say_note if part["field"] == "note" else say_fact
        old, new = (say(part[side]) for side in ("old", "new"))
        return Line(part["llm"], part["slug"], "", what, old, new)
    return score_or_metric_line(part)


def score_or_metric_line(part: Stored) -> Line:
    """The line of a change of a score, of a source or of a metric's definition."""
    field, subject = part["field"], part["llm"]
    if part["group"] == "sources" and not part["metric"]:
        subject, _colon, field = field.rpartition(": ")
    known = FIELDS.get(field, field.replace("_", " "))
    what = _(known) if known else ""
    if part["llm"]:
        what = _(", ").join(each for each in (part["name"], what) if each)
    else:
        subject = subject or part["name"]
    old, new = (say_value(part, side, field) for side in ("old", "new"))
    return Line(subject, part["slug"], part["metric"] if part["slug"] else "", what, old, new)


def say_value(part: Stored, side: str, field: str) -> str:
    """The old or the new side of a change, in words."""
    value = part[side]
    if part.get("computed") == side:
        return _("%(value)s, computed from its components") % {"value": value or NOTHING}
    if field == "value" and value is None:
        return _(NO_SCORE)
    if field == "higher_is_better":
        return direction_words(value)
    if field == "aggregate":
        return word(value) if value else _("measured")
    if field == "components":
        return listed(f"{name} ({weight})" if weight else name for name, weight in value or ())
    if field == "n" and value is None:
        return _("all")
    return say_fact(value) if value not in (None, "") else NOTHING


def say_fact(value: Any) -> str:
    """A stored value in words; “unknown” for none."""
    if isinstance(value, bool):
        return word("yes" if value else "no")
    return word("unknown" if value in (None, "") else str(value))


def say_note(value: str | None) -> str:
    """The words of a note; “–” for none."""
    return value or NOTHING


def column_sentence(part: Stored) -> str:
    """A change of the columns or of what ranks, as a sentence."""
    field, old, new = part["field"], part["old"], part["new"]
    if field == "ranking_metric":
        return _("Ranked by %(new)s instead of %(old)s") % {"new": new, "old": old}
    if field == "ranks_partial_runs":
        return _("Partial runs are ranked") if new else _("Partial runs are not ranked any more")
    added = listed(name for name in new if name not in old)
    removed = listed(name for name in old if name not in new)
    sentences = {
        "columns": (_("Columns added: %s"), _("Columns removed: %s")),
        "fact_columns": (_("Facts added as columns: %s"), _("Facts removed as columns: %s")),
        "facts_shown": (_("Facts shown at first: %s"), _("Facts hidden at first: %s")),
        "shown_by_default": (_("Columns shown at first: %s"), _("Columns hidden at first: %s")),
    }[field]
    said = [
        sentence % names
        for sentence, names in zip(sentences, (added, removed), strict=True)
        if names
    ]
    return _("; ").join(said) or _("Order of the columns: %s") % listed(new)


def text_line(part: Stored) -> Line:
    """A text that changed: a short one with its words, of others only that they changed."""
    field, _space, language = part["field"].partition(" ")
    what = _(FIELDS.get(field) or field)
    if language:
        what = f"{what} ({language_name(language.strip('()'))})"
    if part["old"] is None and part["new"] is None:
        about = _(", ").join(each for each in (part["name"], what) if each)
        return Line(sentence=_("Text changed: %(text)s") % {"text": about})
    old, new = (part[side] or NOTHING for side in ("old", "new"))
    return Line(subject=part["name"], what=what, old=old, new=new)


def moves_of(stored: Stored) -> list[Move]:
    """The listed moves of ranks; why, where not all have the same cause."""
    moves = stored.get("moves", [])
    is_mixed = len({tuple(move["causes"]) for move in moves}) > 1
    return [
        Move(
            llm=move["llm"],
            slug=move["slug"],
            old=str(move["old"] or NOTHING),
            new=str(move["new"] or NOTHING),
            causes=listed(_(CAUSES[Group(cause)]) for cause in move["causes"]) if is_mixed else "",
        )
        for move in moves
    ]
