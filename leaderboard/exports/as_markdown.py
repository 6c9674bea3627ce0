"""A view as a Markdown table."""

from collections.abc import Iterable, Iterator

from leaderboard.pages.notes import Footnotes

from .facts import describe_fact
from .printed import TextCell, header_text, join_lines, list_notes, on_one_line, table_cells
from .snapshot import Snapshot

ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in r"\`*_{}[]<>#|~$&^!@"})


def write_markdown(snapshot: Snapshot) -> Iterator[str]:
    """Yields the table, then its source, the notes that a reader needs, and footnotes."""
    view = snapshot.view
    notes = Footnotes(view, view.rows)
    header = ["#", "LLM", *map(describe_fact, view.facts), *map(header_text, view.columns)]
    sides = ("---:" if fact.is_number else ":---" for fact in view.facts)
    yield from join_lines(
        [markdown_row(markdown_text(name) for name in header)],
        [markdown_row(["---:", ":---", *sides, *("---:" for _ in view.columns)])],
        map(markdown_row, table_cells(view, markdown_box, notes, "[^{}]".format)),
        ["", f"{markdown_text(snapshot.title)}, <{snapshot.address}>, {snapshot.date}."],
        map(markdown_text, list_notes(snapshot)),
        (f"\n[^{note.letter}]: {markdown_text(note.text)}" for note in notes),
    )


def markdown_row(cells: Iterable[str]) -> str:
    """Joins cells to a row of a table."""
    return f"| {' | '.join(cells)} |"


def markdown_box(box: TextCell) -> str:
    """Writes a cell; the best value of a column is bold."""
    text = markdown_text(box.text)
    return f"**{text}**" if box.is_best else text


def markdown_text(text: str) -> str:
    """Escapes a text so that GitHub, Pandoc and CommonMark show it literally in a table."""
    return on_one_line(text).translate(ESCAPED)
