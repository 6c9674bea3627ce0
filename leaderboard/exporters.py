"""The view shown, as a file to take away: one pure function per format, which yields its lines.

CSV and JSON carry full precision, Markdown and LaTeX the text of the page. All of them hold every
row of the view, in its order; ranks, and who is best, are those of the whole leaderboard.
"""

import csv
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from .numbers import plain
from .records import MetricRecord
from .selection import View
from .standings import Cell, Origin, Standing

SHAPE_VERSION = 1  # of the JSON; a new one only when readers of the old would break
STORED_DECIMALS = 8  # what a float of ours is worth
MARKS = {Origin.REPORTED: "", Origin.COMPUTED: "†", Origin.UNCHECKED: "‡"}
# The fields of LLMRecord that follow the name, under the names that LLM has for them.
FACTS = (
    "slug", "organization", "parameters", "active_parameters", "open_weights", "license",
    "domain", "reasoning", "released",
)  # fmt: skip


@dataclass(frozen=True)
class Snapshot:
    """A view with what it is cited by."""

    view: View
    title: str
    slug: str
    citation: str
    home: str  # absolute address of the leaderboard
    address: str  # and of this view of it
    updated: datetime
    revision: str

    @property
    def date(self) -> str:
        return self.updated.date().isoformat()


def shows_interval(view: View, metric: MetricRecord) -> bool:
    """As on the page: of the ranking metric, unless all or none are asked for."""
    wanted = view.selection.intervals
    return wanted == "all" or (wanted is None and metric == view.standings.ranking_metric)


def shows_ranges(view: View) -> bool:
    return view.selection.intervals != "off"


# CSV


class Passed:
    """A file that hands every line on."""

    write = staticmethod(str)


def to_csv(snapshot: Snapshot) -> Iterator[str]:
    """A header that an import understands, then an LLM per line; missing is empty."""
    view = snapshot.view
    writer = csv.writer(Passed)
    yield writer.writerow(csv_header(view))
    for row in view.rows:
        yield writer.writerow([csv_text(value) for value in csv_values(view, row)])


def csv_header(view: View) -> list[str]:
    header = ["llm", *FACTS, "rank"]
    if shows_ranges(view):
        header += ["rank_best", "rank_worst"]
    for metric in view.columns:
        header.append(metric.key)
        if shows_interval(view, metric):  # no key has an underscore, so these are never keys
            header += [f"{metric.key}_low", f"{metric.key}_high", f"{metric.key}_n"]
    return header


def csv_values(view: View, row: Standing) -> Iterable[object]:
    yield row.llm.name
    yield from (getattr(row.llm, name) for name in FACTS)
    yield row.rank
    if shows_ranges(view):
        yield from row.rank_range or (None, None)
    for metric, cell in zip(view.columns, view.cells(row), strict=True):
        yield cell.value if cell else None
        if shows_interval(view, metric):
            uncertainty = cell.uncertainty if cell else None
            yield from (uncertainty.interval if uncertainty else None) or (None, None)
            yield uncertainty.question_count if uncertainty else None


def csv_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return plain(Decimal(str(round(value, STORED_DECIMALS))))
    if isinstance(value, Decimal):
        return plain(value)
    return without_formula(value) if isinstance(value, str) else str(value)


def without_formula(text: str) -> str:
    """A text that no spreadsheet runs: with ' in front if it could be a formula.

    Full-width and small forms count, as some spreadsheets fold them. A text that only looks
    like one of ours ('=1) gets one more, so that taking one away gives every text back.
    """
    start = text.lstrip("'")
    folded = unicodedata.normalize("NFKC", start.lstrip()[:1])
    return f"'{text}" if start[:1] in tuple("\t\r\n") or folded[:1] in tuple("=+-@") else text


# JSON


def to_json(snapshot: Snapshot) -> Iterator[str]:
    """The shape that schema.SCHEMA describes, one LLM at a time; the rows come last in it."""
    view = snapshot.view
    write = json.JSONEncoder(ensure_ascii=False).encode
    yield write(json_head(snapshot)).removesuffix("}") + ', "rows": ['
    for number, row in enumerate(view.rows):
        yield (", " if number else "") + write(json_row(view, row))
    yield "]}\n"


def json_head(snapshot: Snapshot) -> dict[str, Any]:
    """All but the rows. `intervals` changes nothing here: a null would say that one is unknown."""
    view = snapshot.view
    ranking = view.standings.ranking_metric
    return {
        "version": SHAPE_VERSION,
        "leaderboard": {
            "slug": snapshot.slug,
            "title": snapshot.title,
            "address": snapshot.home,
            "updated": snapshot.updated.isoformat(),
            "revision": snapshot.revision,
            "ranking_metric": ranking.key if ranking else None,
            "llm_count": len(view.standings.rows),
        },
        "view": {"address": snapshot.address, "sort": view.sort, "llm_count": len(view.rows)},
        "metrics": [json_metric(metric) for metric in view.columns],
    }


def json_metric(metric: MetricRecord) -> dict[str, Any]:
    return {
        "key": metric.key,
        "name": metric.name,
        "benchmark": metric.benchmark,
        "language": metric.language or None,
        "unit": metric.unit,
        "higher_is_better": metric.higher_is_better,
        "decimals": metric.decimals,
        "question_count": metric.question_count,
        "aggregate": metric.aggregate or None,
    }


def json_row(view: View, row: Standing) -> dict[str, Any]:
    facts = {name: json_value(getattr(row.llm, name)) for name in FACTS}
    scores = zip(view.columns, view.cells(row), strict=True)
    return {
        "llm": row.llm.name,
        **facts,
        "rank": row.rank,
        "rank_range": row.rank_range,
        "scores": {metric.key: json_score(metric, cell) for metric, cell in scores},
    }


def json_score(metric: MetricRecord, cell: Cell | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    uncertainty = cell.uncertainty
    interval = uncertainty.interval
    is_reported_aggregate = metric.aggregate and cell.origin is not Origin.COMPUTED
    return {
        "value": json_value(cell.value),
        "text": cell.text,
        "rank": cell.rank,
        "rank_range": cell.rank_range,
        "interval": [json_value(end) for end in interval] if interval else None,
        "n": uncertainty.question_count,
        "standard_error": json_value(uncertainty.standard_error),
        "source": cell.source_id,
        "tier": cell.tier,
        "computed": cell.origin is Origin.COMPUTED,
        "checked": cell.origin is Origin.REPORTED if is_reported_aggregate else None,
    }


def json_value(value: Any) -> Any:
    """Unknown is null. A Decimal of ours has 14 digits at most, and a float gives 15 back as they
    were: what json writes is the stored number, digit for digit."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return round(value, STORED_DECIMALS)
    if isinstance(value, date):
        return value.isoformat()
    return None if value == "" else value


# Markdown and LaTeX: the table as it is read


class Box(NamedTuple):
    """A cell of the table as plain text, to be escaped."""

    text: str
    is_best: bool = False


def body(view: View) -> Iterator[list[Box]]:
    for row in view.rows:
        yield [
            Box(rank_text(view, row)),
            Box(row.llm.name),
            *(
                Box(score_text(view, metric, cell), cell is not None and cell.is_best)
                for metric, cell in zip(view.columns, view.cells(row), strict=True)
            ),
        ]


def rank_text(view: View, row: Standing) -> str:
    if row.rank is None:
        return "–"
    return (
        f"{row.rank} ({row.rank_range})" if shows_ranges(view) and row.rank_range else f"{row.rank}"
    )


def score_text(view: View, metric: MetricRecord, cell: Cell | None) -> str:
    """“0.85 ±0.008”, with a mark if it is not as reported; the margin has one digit more."""
    if cell is None:
        return "–"
    interval = cell.uncertainty.interval
    margin = ""
    if interval and shows_interval(view, metric):
        margin = f" ±{(interval.high - interval.low) / 2:.{metric.decimals + 1}f}"
    return f"{cell.text}{margin}{MARKS[cell.origin]}"


def notes(view: View) -> list[str]:
    """What a reader of the table has to know, as far as it occurs."""
    cells = [cell for row in view.rows for cell in view.cells(row) if cell]
    origins = {cell.origin for cell in cells}
    ranges = shows_ranges(view) and any(row.rank_range for row in view.rows)
    margins = any(shows_interval(view, metric) for metric in view.columns)
    whole = len(view.standings.rows)
    found = {
        f"{len(view.rows)} of {whole} LLMs; ranks are those of all.": len(view.rows) < whole,
        "In brackets the ranks that the question counts leave open "
        "(pairwise 5 % tests, uncorrected).": ranges,
        "± is half of the 95 % interval.": margins and any(c.uncertainty.interval for c in cells),
        "† is computed from its components.": Origin.COMPUTED in origins,
        "‡ cannot be checked, as a component is missing.": Origin.UNCHECKED in origins,
    }
    return [note for note, applies in found.items() if applies]


def one_line(text: str) -> str:
    return " ".join(text.split())


def to_markdown(snapshot: Snapshot) -> Iterator[str]:
    view = snapshot.view
    header = ["#", "LLM", *(metric.full_name for metric in view.columns)]
    yield from lines_of(
        [markdown_row(markdown_text(name) for name in header)],
        [markdown_row(["---:", ":---", *("---:" for _ in view.columns)])],
        (markdown_row(markdown_box(box) for box in row) for row in body(view)),
        ["", f"{markdown_text(snapshot.title)}, <{snapshot.address}>, {snapshot.date}."],
        map(markdown_text, notes(view)),
    )


def lines_of(*parts: Iterable[str]) -> Iterator[str]:
    return (f"{line}\n" for part in parts for line in part)


def markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def markdown_box(box: Box) -> str:
    text = markdown_text(box.text)
    return f"**{text}**" if box.is_best else text


def markdown_text(text: str) -> str:
    """Literally that text, in a table of GitHub, Pandoc or CommonMark."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$&^!@])", r"\\\1", one_line(text))


TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    # In the stock font these print as something else.
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    "-": "-{}", "–": "--", "±": r"$\pm$", "†": r"\dag{}", "‡": r"\ddag{}",
}  # fmt: skip
TEX_SPECIAL = re.compile(r"[\\{}$&#%_~^<>|–±†‡]|-(?=-)")  # two hyphens would join to a dash


def to_latex(snapshot: Snapshot) -> Iterator[str]:
    view = snapshot.view
    header = [
        r"% Needs \usepackage{booktabs}; names beyond Latin also XeLaTeX or LuaLaTeX.",
        r"\begin{table}",
        r"\centering\footnotesize\setlength{\tabcolsep}{4pt}",
        rf"\caption{{{latex_caption(snapshot)}}}",
        rf"\begin{{tabular}}{{rl{'r' * len(view.columns)}}}",
        r"\toprule",
        *latex_groups(view.columns),
        latex_row([r"\#", "LLM", *(latex_text(metric.name) for metric in view.columns)]),
        r"\midrule",
    ]
    rows = (latex_row(latex_box(box) for box in row) for row in body(view))
    yield from lines_of(header, rows, [r"\bottomrule", r"\end{tabular}", r"\end{table}"])


def latex_caption(snapshot: Snapshot) -> str:
    address = latex_text(snapshot.address)
    source = rf"{latex_text(snapshot.title)}, \texttt{{{address}}}, {snapshot.date}."
    return " ".join([source, *map(latex_text, notes(snapshot.view))])


def latex_groups(columns: tuple[MetricRecord, ...]) -> list[str]:
    """The upper header: benchmarks over their adjacent metrics, and rules under their names."""
    cells, rules, column = ["", ""], [], 3  # after rank and name
    for benchmark, metrics in groupby(columns, key=lambda metric: metric.benchmark):
        span = len(list(metrics))
        cells.append(rf"\multicolumn{{{span}}}{{c}}{{{latex_text(benchmark or '')}}}")
        if benchmark:
            rules.append(rf"\cmidrule(lr){{{column}-{column + span - 1}}}")
        column += span
    return [latex_row(cells), " ".join(rules)] if rules else []


def latex_row(cells: Iterable[str]) -> str:
    return rf"{' & '.join(cells)} \\"


def latex_box(box: Box) -> str:
    text = latex_text(box.text)
    return rf"\textbf{{{text}}}" if box.is_best else text


def latex_text(text: str) -> str:
    return TEX_SPECIAL.sub(lambda found: TEX[found[0]], one_line(text))


# BibTeX


def to_bibtex(snapshot: Snapshot) -> Iterator[str]:
    """What the leaderboard asks to cite, and the page itself in the state shown."""
    # BibTeX counts braces whether escaped or not.
    title = latex_text(snapshot.title).replace(r"\{", r"\textbraceleft{}")
    title = title.replace(r"\}", r"\textbraceright{}")
    page = f"""\
@misc{{{snapshot.slug}-leaderboard,
  title   = {{{{{title}}}}},
  year    = {{{snapshot.updated.year}}},
  url     = {{{snapshot.address}}},
  urldate = {{{snapshot.date}}},
  note    = {{State of {snapshot.date}, revision {snapshot.revision}}}
}}
"""
    citation = snapshot.citation.replace("\r\n", "\n").strip()
    yield f"{citation}\n\n{page}" if citation else page


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
