"""The view shown, as a file to take away: one pure function per format, which yields its lines.

CSV and JSON carry full precision, Markdown and LaTeX the text of the page. All of them hold every
row of the view, in its order; ranks, and who is best, are those of the whole leaderboard.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .as_csv import to_csv
from .as_json import to_json
from .as_latex import to_bibtex, to_latex
from .as_markdown import to_markdown
from .snapshot import Snapshot


class Format(NamedTuple):
    name: str
    content_type: str
    write: Callable[[Snapshot], Iterator[str]]
    is_pasted: bool  # a text to copy, not a file for a program


# By the ending of the address.
FORMATS = {
    "csv": Format("CSV", "text/csv; charset=utf-8", to_csv, False),
    "json": Format("JSON", "application/json", to_json, False),
    "md": Format("Markdown", "text/markdown; charset=utf-8", to_markdown, True),
    "tex": Format("LaTeX", "application/x-tex; charset=utf-8", to_latex, True),
    "bib": Format("BibTeX", "application/x-bibtex; charset=utf-8", to_bibtex, True),
}
