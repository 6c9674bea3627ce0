"""What an edit changes on public pages, in words."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from leaderboard.admin.conflicts.snapshots import digest
from leaderboard.text import words
from leaderboard.text.kinds import MARKS
from leaderboard.text.sentences import joined
from leaderboard.trail.causes import Group
from leaderboard.trail.effects import Effect, Seen
from leaderboard.trail.wording import move_line

SHOWN_MOVES = 20  # of a leaderboard
SHOWN_NAMES = 5


class EffectInWords:
    """An effect as a page shows it: a sentence, and the first moves."""

    def __init__(self, effect: Effect):
        self.effect = effect
        self.title = effect.title

    def sentence(self) -> str:
        """“35 ranks move, 44 values change”"""
        return side_by_side(list_parts(self.effect)) or _("no rank and no value moves")

    def moves(self) -> list[str]:
        """“gpt-4o 2 → 5: definitions”, of the first SHOWN_MOVES."""
        return [move_line(move) for move in self.effect.difference.moves[:SHOWN_MOVES]]

    def more(self) -> int:
        """How many moves there are besides."""
        return max(0, len(self.effect.difference.moves) - SHOWN_MOVES)


def side_by_side(texts: Iterable[str]) -> str:
    """Puts texts beside each other in the reader's language."""
    parts = list(texts)
    return words.say(joined(gettext_noop("%(first)s, %(next)s"), parts)) if parts else ""


def digest_effects(effects: list[Effect]) -> str:
    """A hash by which a page that is sent back says what it showed."""
    return digest([effect.facts for effect in effects])


def list_parts(effect: Effect) -> Iterator[str]:
    """What changes, part by part."""
    if effect.old is None and effect.new is not None:
        yield _("%(llms)s and %(scores)s become public") % count_contents(effect.new)
    elif effect.new is None and effect.old is not None:
        yield _("the leaderboard goes, with %(llms)s and %(scores)s") % count_contents(effect.old)
    elif effect.is_uncounted and effect.new is not None:
        yield _(
            "it has %(scores)s, too many to be compared here: any value and rank may move"
        ) % count_contents(effect.new)
    else:
        yield from list_changes(effect)


def count_contents(seen: Seen) -> dict[str, str]:
    """“51 LLMs” and “398 scores”; of a large leaderboard only the scores are counted."""
    llms = len(seen.state["outputs"]["rows"]) if seen.state else None
    scores = ngettext("%(count)s score", "%(count)s scores", seen.scores)
    return {
        "llms": _("its LLMs")
        if llms is None
        else ngettext("%(count)s LLM", "%(count)s LLMs", llms) % {"count": f"{llms:,}"},
        "scores": scores % {"count": f"{seen.scores:,}"},
    }


def list_changes(effect: Effect) -> Iterator[str]:
    """The numbers of what moves, changes, comes and goes, without those that are 0."""
    yield from counted_changes(effect)
    yield from named_llms(effect)
    yield from changed_kinds(effect)
    yield from changed_columns(effect)
    cells = effect.cells
    if cells.beside:
        yield ngettext(
            "%(count)s value gets other digits, interval, rank range or number of questions",
            "%(count)s values get other digits, intervals, rank ranges or numbers of questions",
            cells.beside,
        ) % {"count": f"{cells.beside:,}"}
    if cells.places:
        text = ngettext(
            "%(count)s rank in another column moves",
            "%(count)s ranks in other columns move",
            cells.places,
        )
        yield text % {"count": f"{cells.places:,}"}


def counted_changes(effect: Effect) -> Iterator[str]:
    """Ranks and values."""
    moves, values, cells = len(effect.difference.moves), effect.difference.values, effect.cells
    if moves:
        text = ngettext("%(count)s rank moves", "%(count)s ranks move", moves)
        yield text % {"count": f"{moves:,}"}
    if values:
        text = ngettext("%(count)s value changes", "%(count)s values change", values)
        yield text % {"count": f"{values:,}"}
    if cells.gone:
        text = ngettext("%(count)s value goes", "%(count)s values go", cells.gone)
        yield text % {"count": f"{cells.gone:,}"}
    if cells.came:
        text = ngettext("%(count)s value comes", "%(count)s values come", cells.came)
        yield text % {"count": f"{cells.came:,}"}


def named_llms(effect: Effect) -> Iterator[str]:
    """The LLMs that enter or leave."""
    if effect.entering:
        text = ngettext("%(names)s enters", "%(count)s LLMs enter: %(names)s", len(effect.entering))
        yield text % name_some(effect.entering)
    if effect.leaving:
        text = ngettext("%(names)s leaves", "%(count)s LLMs leave: %(names)s", len(effect.leaving))
        yield text % name_some(effect.leaving)


def changed_kinds(effect: Effect) -> Iterator[str]:
    """The first SHOWN_NAMES LLMs that become another kind, so that they compete or do not."""
    changes = effect.difference.of(Group.KINDS)
    for change in changes[:SHOWN_NAMES]:
        yield _("%(llm)s: %(old)s → %(new)s") % {
            "llm": change.llm,
            "old": words.word(MARKS.get(change.old, change.old)),
            "new": words.word(MARKS.get(change.new, change.new)),
        }
    if changes[SHOWN_NAMES:]:
        yield _("%(count)s more kinds change") % {"count": len(changes) - SHOWN_NAMES}


def name_some(names: list[str]) -> dict[str, Any]:
    """How many, and the first SHOWN_NAMES of them."""
    some = side_by_side(names[:SHOWN_NAMES])
    return {"count": f"{len(names):,}", "names": f"{some} …" if names[SHOWN_NAMES:] else some}


def changed_columns(effect: Effect) -> Iterator[str]:
    """Columns that come, go, or are arranged differently."""
    new, lost = effect.new_columns, effect.lost_columns
    if new:
        yield ngettext("%(count)s column comes", "%(count)s columns come", new) % {"count": new}
    if lost:
        yield ngettext("%(count)s column goes", "%(count)s columns go", lost) % {"count": lost}
    for change in effect.arrangements:
        if change.field == "shown_by_default":
            yield _("other columns are shown at first")
        elif not new and not lost:
            yield _("the columns stand in another order")
