"""Footnotes of a table: letters at rows and at cells, and the texts below it.

Notes are numbered as they are read: row by row, the name before the cells. The same text has one
letter. Only rows and columns that are shown have footnotes, so they are made for each page.
"""

from collections.abc import Iterable, Iterator
from html import escape
from typing import NamedTuple

from django.utils.translation import gettext as _

from leaderboard.standings.notes import has_notes, score_note
from leaderboard.standings.records import MetricRecord
from leaderboard.standings.rows import Standing

from .view import View


class Footnote(NamedTuple):
    """A text below the table."""

    letter: str
    text: str
    of: str  # where its first mark stands: “gpt-4o, AMCQA overall”


class RowNotes(NamedTuple):
    """The letters of a row: of its name, and of each shown score; "" for none."""

    name: str
    cells: tuple[str, ...]


class Notes:
    """Texts below a table, with their letters in the order in which they were asked for."""

    def __init__(self) -> None:
        self.notes: dict[str, Footnote] = {}  # by text, in their order
        self.marked: set[str] = set()  # letters that stand somewhere, where their text leads back

    def letter_of(self, text: str, row: Standing, metric: MetricRecord | None = None) -> str:
        """Returns the letter of a text, the next one if it is new; "" for no text."""
        if not text:
            return ""
        if text not in self.notes:
            of = f"{row.llm.name}, {metric.full_name}" if metric else row.llm.name
            self.notes[text] = Footnote(count_letters(len(self.notes)), text, of)
        return self.notes[text].letter

    def __iter__(self) -> Iterator[Footnote]:
        return iter(self.notes.values())

    def __bool__(self) -> bool:
        return bool(self.notes)

    def mark_html(self, own: str) -> str:
        """Writes a mark, a link to its text that also describes it; "" without a letter.

        The colon keeps its name apart from those of rows, which are slugs.
        """
        if not own:
            return ""
        name = "" if own in self.marked else f' id="mark:{own}"'
        self.marked.add(own)
        words = escape(_("note %(letter)s") % {"letter": own})
        return (
            f'<sup><a class="mark" href="#note:{own}"{name} aria-label="{words}"'
            f' aria-describedby="text:{own}">{own}</a></sup>'
        )


class Footnotes(Notes):
    """The notes of some rows of a view, with the letters of each row."""

    def __init__(self, view: View, rows: Iterable[Standing]):
        super().__init__()
        self.rows: dict[int, RowNotes] = {}  # by LLM
        for row in rows if has_notes(view.standings) else ():
            cells = [score_note(view.standings, row, metric) for metric in view.columns]
            if row.llm.note or any(cells):
                self.rows[row.llm.id] = RowNotes(
                    self.letter_of(row.llm.note, row),
                    tuple(map(self.letter_of, cells, [row] * len(cells), view.columns)),
                )

    def mark_row(self, html: str, row: Standing) -> str:
        """Puts the marks of a row into its HTML: behind the name, and behind the number
        of each score, which is the first text of its cell."""
        own = self.rows.get(row.llm.id)
        if own is None:
            return html
        name = html.index("</a>", html.index('<th scope="row">')) + len("</a>")
        before, rest = html[:name], html[name:]
        before += self.mark_html(own.name)
        ends = rest.rsplit("</td>", len(own.cells))
        cells = map(self.mark_cell, ends, own.cells)
        return before + "</td>".join([*cells, ends[-1]])

    def mark_cell(self, html: str, own: str) -> str:
        """Puts a mark behind the number of the cell at the end of this HTML."""
        if not own:
            return html
        start = html.index(">", html.rindex("<td")) + 1
        end = html.find("<", start)
        end = len(html) if end < 0 else end
        return html[:end] + self.mark_html(own) + html[end:]


def count_letters(number: int) -> str:
    """Returns a, b, … z, aa, ab, … of 0, 1, …: as an ordered list of letters counts."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
