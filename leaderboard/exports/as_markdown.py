"""A view as a Markdown table."""

import re
from collections.abc import Iterable, Iterator

from .printed import Box, body, lines_of, notes, one_line
from .snapshot import Snapshot


def write_markdown(snapshot: Snapshot) -> Iterator[str]:
    view = snapshot.view
    header = ["#", "LLM", *(metric.full_name for metric in view.columns)]
    yield from lines_of(
        [markdown_row(markdown_text(name) for name in header)],
        [markdown_row(["---:", ":---", *("---:" for _ in view.columns)])],
        (markdown_row(markdown_box(box) for box in row) for row in body(view)),
        ["", f"{markdown_text(snapshot.title)}, <{snapshot.address}>, {snapshot.date}."],
        map(markdown_text, notes(view)),
    )


def markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def markdown_box(box: Box) -> str:
    text = markdown_text(box.text)
    return f"**{text}**" if box.is_best else text


def markdown_text(text: str) -> str:
    """Literally that text, in a table of GitHub, Pandoc or CommonMark."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$&^!@])", r"\\\1", one_line(text))
