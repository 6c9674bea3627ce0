"""The view shown, as a file to take away: one pure function per format, which yields its lines.

CSV and JSON carry full precision, Markdown and LaTeX the text of the page. All of them hold every
row of the view, in its order; ranks, and who is best, are those of the whole leaderboard.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .as_csv import write_csv
from .as_json import write_json
from .as_latex import write_bibtex, write_latex
from .as_markdown import write_markdown
from .snapshot import Snapshot


class ExportFormat(NamedTuple):
    name: str
    content_type: str
    write: Callable[[Snapshot], Iterator[str]]
    is_pasted: bool  # a text to copy, not a file for a program


# By the ending of the address.
EXPORT_FORMATS = {
    "csv": ExportFormat("CSV", "text/csv; charset=utf-8", write_csv, False),
    "json": ExportFormat("JSON", "application/json", write_json, False),
    "md": ExportFormat("Markdown", "text/markdown; charset=utf-8", write_markdown, True),
    "tex": ExportFormat("LaTeX", "application/x-tex; charset=utf-8", write_latex, True),
    "bib": ExportFormat("BibTeX", "application/x-bibtex; charset=utf-8", write_bibtex, True),
}
