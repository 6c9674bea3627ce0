"""The badge of an LLM: its rank on a leaderboard as a small picture."""

import re
import unicodedata
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from leaderboard.models import LLM
from leaderboard.standings.cells import Cell
from leaderboard.standings.estimates import Level
from leaderboard.standings.placements import Placement
from leaderboard.standings.ranges import RankRange
from leaderboard.standings.records import MetricRecord
from leaderboard.text.kinds import BASELINES, MARKS
from leaderboard.text.names import drop_unprintable
from leaderboard.text.shown import LEVELS, partial_words, with_unit

from .dataset import Absolute, shorten

LONGEST_TITLE = 40  # characters of a leaderboard's title on a badge
FONT_SIZE = 11
# Widths in em, about those of Verdana and DejaVu Sans, the widest common fonts.
NARROW, MIDDLING, CAPITAL, WIDE = 0.36, 0.63, 0.7, 1.0
NARROW_CHARACTERS = frozenset("iIjlftr.,:;'|!·()[]{}/\\ -\"`")
WIDE_CHARACTERS = frozenset("mwMW@%&#+=<>~")


@dataclass(frozen=True, slots=True)
class Badge:
    """“#1 of 51 · AnesBench 0.85” as a picture, with what to paste to show it elsewhere."""

    text: str
    title: str
    image: str  # absolute addresses
    link: str
    text_width: int
    alt: str

    @property
    def width(self) -> int:
        return self.text_width + 34  # 26 for the mark, 8 behind the text

    @property
    def markdown(self) -> str:
        return f"[![{escape_markdown(self.alt)}]({self.image})]({self.link})"

    @property
    def html(self) -> str:
        image = f'<img src="{escape(self.image)}" alt="{escape(self.alt)}" height="20">'
        return f'<a href="{escape(self.link)}">{image}</a>'


def build_badge(llm: LLM, placement: Placement, absolute: Absolute) -> Badge:
    """Builds a badge, in English on every page.

    It is pasted elsewhere, and its picture has the same address in all languages.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return badge_in_english(llm, placement, absolute)


def badge_in_english(llm: LLM, placement: Placement, absolute: Absolute) -> Badge:
    """Builds a badge; the language is English while it runs."""
    short = shorten(placement.leaderboard.short_title, LONGEST_TITLE)
    text = drop_unprintable(f"{rank_words(llm, placement)} · {short}{value_words(placement)}")
    query = urlencode({"leaderboard": placement.leaderboard.slug})
    return Badge(
        text=text,
        title=drop_unprintable(f"{llm.name}: {text}{range_words(placement.rank_range)}"),
        image=absolute(f"{reverse('badge', args=[llm.slug])}?{query}"),
        link=absolute(llm.get_absolute_url()),
        text_width=text_width(text),
        # The text is pasted elsewhere and must stay true: it has no rank and no value.
        alt=f"{'Value' if llm.kind in BASELINES else 'Rank'} of {llm.name} on {short}",
    )


def rank_words(llm: LLM, placement: Placement) -> str:
    """“#2 of 51”, the kind of what does not compete, or “not ranked”."""
    if llm.kind in BASELINES:
        return MARKS[llm.kind]
    cell = placement.cell
    return f"#{cell.rank} of {placement.llm_count:,}" if cell and cell.rank else "not ranked"


def value_words(placement: Placement) -> str:
    """“ 0.85” behind the title; without a value to rank by, how many scores there are."""
    cell, metric = placement.cell, placement.metric
    if cell is None or metric is None:
        return f", {placement.scores} of {placement.columns} scores"
    return f" {with_unit(cell.text, metric)}{partial_note(cell, metric)}"


def partial_note(cell: Cell, metric: MetricRecord) -> str:
    """“ (partial run: 1 of 500)” behind the value of a partial run."""
    if not cell.is_partial:
        return ""
    asked = partial_words(cell.uncertainty.question_count, metric.question_count)
    return f" ({asked})" if asked == _("partial run") else f" (partial run: {asked})"


def range_words(rank_range: RankRange | None) -> str:
    """“, rank range 2–4: each LLM’s range contains …”; nothing without a range."""
    return f", rank range {rank_range}: {LEVELS[Level.EACH]}" if rank_range else ""


def text_width(text: str) -> int:
    """Estimates the pixels that a text needs on a badge: no font is here to measure it."""
    return round(FONT_SIZE * sum(map(character_width, text)))


def character_width(character: str) -> float:
    """Estimates the width of a character, in em."""
    if unicodedata.combining(character):
        return 0
    if character in NARROW_CHARACTERS:
        return NARROW
    if character in WIDE_CHARACTERS or unicodedata.east_asian_width(character) in "WF":
        return WIDE
    return CAPITAL if character.isupper() else MIDDLING


def escape_markdown(text: str) -> str:
    """Escapes a text for Markdown, also where Markdown may contain HTML."""
    return re.sub(r"([\\`*_{}\[\]()<>#!|&~])", r"\\\1", text)
