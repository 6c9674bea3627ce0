"""The formats in which a view can be taken away, each with a pure function that writes it.

CSV, JSON and records have full precision, Markdown and LaTeX the text of the page. All of them hold
every row of the view, in its order. Ranks and best values are those of the whole leaderboard.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .as_csv import write_csv
from .as_json import write_json
from .as_latex import write_bibtex, write_latex
from .as_markdown import write_markdown
from .every_eval_ever import write_records
from .snapshot import Snapshot

EXCEL = "excel"  # the parameter of a CSV that begins with the mark by which Excel knows UTF-8
MARK = "\ufeff"


class ExportFormat(NamedTuple):
    """A format in which a view can be taken away.

    `write` yields the file of a snapshot in pieces of text.
    """

    name: str
    content_type: str
    write: Callable[[Snapshot], Iterator[str]]
    is_pasted: bool  # the page offers it as a text to copy


# By the ending of their addresses.
EXPORT_FORMATS = {
    "csv": ExportFormat("CSV", "text/csv; charset=utf-8", write_csv, False),
    "json": ExportFormat("JSON", "application/json", write_json, False),
    "jsonl": ExportFormat("Every Eval Ever", "application/jsonl", write_records, False),
    "md": ExportFormat("Markdown", "text/markdown; charset=utf-8", write_markdown, True),
    "tex": ExportFormat("LaTeX", "application/x-tex; charset=utf-8", write_latex, True),
    "bib": ExportFormat("BibTeX", "application/x-bibtex; charset=utf-8", write_bibtex, True),
}
