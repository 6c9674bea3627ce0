"""An entry of the changes page: all changes of one date, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leaderboard.text.words import listed

SHOWN_NAMES = 12


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """A correction: one published score before and after it; None for no score."""

    date: datetime
    llm: str
    slug: str
    metric: str
    key: str
    old: str | None
    new: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """All changes of one date."""

    date: datetime
    new_llms: tuple[tuple[str, str], ...]  # (name, slug)
    new_scores: int
    scored_llms: tuple[tuple[str, str], ...]  # those with new scores
    corrected_llms: tuple[tuple[str, str], ...]
    correction_count: int
    corrections: tuple[ScoreChange, ...]  # the first of them

    @property
    def title(self) -> str:
        """The entry in words: “New LLM gpt-4o, 9 new scores”, “1 correction of gpt-4o”."""
        parts = [self.new_llms_in_words, self.new_scores_in_words, self.corrections_in_words]
        return listed(part for part in parts if part)

    @property
    def new_llms_in_words(self) -> str:
        if not self.new_llms:
            return ""
        if len(self.new_llms) == 1:
            return _("New LLM %(name)s") % {"name": self.new_llms[0][0]}
        return _("%(count)s new LLMs") % {"count": f"{len(self.new_llms):,}"}

    @property
    def new_scores_in_words(self) -> str:
        if not self.new_scores:
            return ""
        if self.new_llms:
            words = ngettext("%(count)s new score", "%(count)s new scores", self.new_scores)
            return words % {"count": f"{self.new_scores:,}"}
        words = ngettext(
            "%(count)s new score of %(llms)s", "%(count)s new scores of %(llms)s", self.new_scores
        )
        return words % {"count": f"{self.new_scores:,}", "llms": name_llms(self.scored_llms)}

    @property
    def corrections_in_words(self) -> str:
        if not self.correction_count:
            return ""
        words = ngettext(
            "%(count)s correction of %(llms)s",
            "%(count)s corrections of %(llms)s",
            self.correction_count,
        )
        return words % {
            "count": f"{self.correction_count:,}",
            "llms": name_llms(self.corrected_llms),
        }

    @property
    def more_corrections(self) -> int:
        return self.correction_count - len(self.corrections)

    @property
    def anchor(self) -> str:
        return self.date.strftime("t%Y%m%d%H%M%S%f")

    @property
    def first_new_llms(self) -> tuple[tuple[str, str], ...]:
        return self.new_llms[:SHOWN_NAMES]

    @property
    def more_new_llms(self) -> int:
        return max(0, len(self.new_llms) - SHOWN_NAMES)


def name_llms(llms: tuple[tuple[str, str], ...]) -> str:
    """Names one LLM; counts several."""
    if len(llms) == 1:
        return llms[0][0]
    return _("%(count)s LLMs") % {"count": f"{len(llms):,}"}
