"""A view as a LaTeX table, and the BibTeX entry of a leaderboard."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from leaderboard.pages.notes import Footnotes
from leaderboard.standings.records import MetricRecord

from .facts import describe_fact
from .printed import TextCell, header_text, join_lines, list_notes, on_one_line, table_cells
from .snapshot import Snapshot

TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    # The default font prints other characters for these.
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    "-": "-{}", "–": "--", "±": r"$\pm$", "†": r"\dag{}", "‡": r"\ddag{}",
    "↓": r"$\downarrow$",
}  # fmt: skip
TEX_SPECIAL = re.compile(r"[\\{}$&#%_~^<>|–±†‡↓]|-(?=-)")  # LaTeX would make a dash of two hyphens


def write_latex(snapshot: Snapshot) -> Iterator[str]:
    """Yields the table, with what its caption cites and explains."""
    view = snapshot.view
    notes = Footnotes(view, view.rows)
    facts = [describe_fact(fact) for fact in view.facts]
    names = [header_text(metric, metric.name) for metric in view.columns]
    sides = "".join("r" if fact.is_number else "l" for fact in view.facts)
    header = [
        r"% Needs \usepackage{booktabs}; names beyond Latin also XeLaTeX or LuaLaTeX.",
        r"\begin{table}",
        r"\centering\footnotesize\setlength{\tabcolsep}{4pt}",
        rf"\caption{{{latex_caption(snapshot)}}}",
        rf"\begin{{tabular}}{{rl{sides}{'r' * len(view.columns)}}}",
        r"\toprule",
        *latex_groups(view.columns, len(facts)),
        latex_row([r"\#", "LLM", *map(latex_text, [*facts, *names])]),
        r"\midrule",
    ]
    rows = map(latex_row, table_cells(view, latex_box, notes, latex_mark))
    end = [r"\bottomrule", r"\end{tabular}", *latex_notes(notes), r"\end{table}"]
    yield from join_lines(header, rows, end)


def latex_caption(snapshot: Snapshot) -> str:
    """Returns the source of the table, then the notes that a reader needs."""
    address = latex_text(snapshot.address)
    source = rf"{latex_text(snapshot.title)}, \texttt{{{address}}}, {snapshot.date}."
    return " ".join([source, *map(latex_text, list_notes(snapshot))])


def latex_groups(columns: tuple[MetricRecord, ...], facts: int) -> list[str]:
    """Returns the upper header: benchmarks over their adjacent metrics, with rules below."""
    cells, rules, column = [""] * (2 + facts), [], 3 + facts  # after rank, name and facts
    for benchmark, metrics in groupby(columns, key=lambda metric: metric.benchmark):
        span = len(list(metrics))
        cells.append(rf"\multicolumn{{{span}}}{{c}}{{{latex_text(benchmark or '')}}}")
        if benchmark:
            rules.append(rf"\cmidrule(lr){{{column}-{column + span - 1}}}")
        column += span
    return [latex_row(cells), " ".join(rules)] if rules else []


def latex_row(cells: Iterable[str]) -> str:
    """Joins cells to a row of a table."""
    return rf"{' & '.join(cells)} \\"


def latex_mark(letter: str) -> str:
    """Writes the mark of a footnote. LaTeX has no footnotes of its own in a table that floats."""
    return rf"\textsuperscript{{{letter}}}"


def latex_notes(notes: Footnotes) -> Iterator[str]:
    """Yields the footnotes, each a paragraph below the table."""
    for note in notes:
        yield rf"\par\raggedright{latex_mark(note.letter)} {latex_text(note.text)}"


def latex_box(box: TextCell) -> str:
    """Writes a cell; the best value of a column is bold."""
    text = latex_text(box.text)
    return rf"\textbf{{{text}}}" if box.is_best else text


def latex_text(text: str) -> str:
    """Escapes a text, on one line."""
    return TEX_SPECIAL.sub(lambda match: TEX[match[0]], on_one_line(text))


# BibTeX


def escape_bibtex(text: str) -> str:
    """Escapes a text for a field: BibTeX counts braces, even escaped ones."""
    escaped = latex_text(text).replace(r"\{", r"\textbraceleft{}")
    return escaped.replace(r"\}", r"\textbraceright{}")


def write_bibtex(snapshot: Snapshot) -> Iterator[str]:
    """Yields the citation that the leaderboard asks for, then an entry for the page as shown."""
    title = escape_bibtex(snapshot.title)
    state = ", ".join(filter(None, [f"revision {snapshot.revision}", snapshot.state_address]))
    page = f"""\
@misc{{{snapshot.slug}-leaderboard,
  title   = {{{{{title}}}}},
  year    = {{{snapshot.updated.year}}},
  url     = {{{snapshot.address}}},
  urldate = {{{snapshot.date}}},
  note    = {{State of {snapshot.date}, {state}}}
}}
"""
    citation = snapshot.citation.replace("\r\n", "\n").strip()
    yield f"{citation}\n\n{page}" if citation else page
