"""How the table marks kinds of LLMs: a word in the row, a reason in place of a rank."""

from collections.abc import Iterable, Sequence
from html import escape

from django.utils.translation import gettext as _

from leaderboard.standings.records import LLMRecord
from leaderboard.standings.rows import Standing
from leaderboard.standings.standings import Standings
from leaderboard.text.kinds import MARKS
from leaderboard.text.words import word

UNRANKED = "–"


def kind_words(llm: LLMRecord) -> str:
    """Returns what marks an LLM in the reader's language: “human baseline”; "" for a model."""
    mark = MARKS.get(llm.kind, "")
    return word(mark) if mark else ""


def unranked_words(llm: LLMRecord) -> str:
    """Says why a baseline has no rank: “not ranked: human baseline”."""
    return _("not ranked: %(kind)s") % {"kind": kind_words(llm)}


def rank_html(row: Standing) -> str:
    """Writes the rank of a row; of a baseline a dash, with the reason for those who hear it."""
    if not row.llm.is_baseline:
        return f"<b>{row.rank or UNRANKED}</b>"
    words = escape(unranked_words(row.llm))
    return (
        f'<b title="{words}" aria-hidden="true">{UNRANKED}</b><span class="hidden">{words}</span>'
    )


def tags_html(tags: Iterable[str]) -> str:
    """Writes the tags behind the facts of a row; empty ones are left out."""
    return "".join(f' <span class="tag">{escape(tag)}</span>' for tag in tags if tag)


def kinds_in(standings: Standings, rows: Sequence[Standing]) -> list[str]:
    """Returns the kinds that mark a row of these, in their order; mostly none is in the whole
    table."""
    anywhere: frozenset[str] = standings.compute_once(
        "kinds", lambda: frozenset(row.llm.kind for row in standings.rows)
    )
    if anywhere.isdisjoint(MARKS):
        return []
    found = {row.llm.kind for row in rows}
    return [kind for kind in MARKS if kind in found]
