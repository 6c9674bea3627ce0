"""A wide table: a row for each LLM, a column for each metric or fact of it.

The CSV export of a leaderboard is one. Columns that the site computes itself are not read back.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from leaderboard.readers.files.opening import Content
from leaderboard.readers.files.tables import (
    LLM_NAMES,
    MISSING,
    Cell,
    Table,
    find_column,
    read_cells,
)
from leaderboard.readers.results import (
    FileContext,
    MetricDraft,
    Problem,
    Reading,
    Refused,
    ReportedFact,
    Result,
    draft_llms,
    drop_repeated_facts,
    drop_repeated_results,
    header_key,
    short,
)
from leaderboard.text.facts import BY_HEADER
from leaderboard.text.sentences import Phrase

# Columns of the export beside facts and scores.
COMPUTED = {"rank", "rankbest", "rankworst", "ranklevel", "coverage", "slug"}
COMPUTED_ENDS = (
    "_low",
    "_high",
    "_n",
    "_partial",
)  # after the header of a metric in the same table


class Columns(NamedTuple):
    """What each column holds."""

    llm: int
    facts: dict[int, str]  # the field
    metrics: dict[int, str]  # the header
    ignored: list[str]


def detects(content: Content) -> bool:
    """Whether a file is a table; the registry asks the other formats first."""
    return isinstance(content, Table)


def read(content: Content, context: FileContext) -> Reading:
    """Returns the scores and facts of all rows. Raises Refused for columns that are not clear."""
    assert isinstance(content, Table)
    columns = sort_columns(content.header)
    entries = [
        entry
        for number, cells in read_cells(content)
        for entry in read_row(content.row_name(number), cells, columns)
    ]
    results, repeated = drop_repeated_results(
        entry for entry in entries if isinstance(entry, Result)
    )
    facts, contradicted = drop_repeated_facts(
        entry for entry in entries if isinstance(entry, ReportedFact)
    )
    problems = (entry for entry in entries if isinstance(entry, Problem))
    return Reading(
        results=tuple(results),
        facts=tuple(facts),
        problems=(*problems, *repeated, *contradicted),
        notes=(*content.notes, *note_computed_columns(columns)),
        llms=draft_llms([result.llm for result in results] + [fact.llm for fact in facts]),
        metrics={name: MetricDraft(name) for name in columns.metrics.values()},
    )


def read_row(
    where: str, cells: dict[int, Cell], columns: Columns
) -> Iterator[Result | ReportedFact | Problem]:
    """Yields a result, fact or problem for each cell of a row; nothing for an empty row."""
    name = cells.get(columns.llm)
    if name is None or not name.text:
        if any(cell.text for cell in cells.values()):
            yield explain_missing_llm(where)
        return
    if name.lacks_value:
        yield name.never_computed()
        return
    for column, cell in cells.items():
        if column in columns.facts:
            yield read_fact(name.text, columns.facts[column], cell)
        elif column in columns.metrics:
            yield read_score(name.text, columns.metrics[column], cell)


def sort_columns(header: tuple[str, ...]) -> Columns:
    """Finds out which column is the LLM, a fact, a metric, or computed by the site.

    Raises Refused unless one column names the LLM, and if two hold the same fact.
    """
    llm = find_column(header, LLM_NAMES, "LLM")
    if llm is None:
        raise Refused(
            "No column names the LLM. Give that column the header “llm”; the headers are: "
            "%(headers)s.",
            headers=short(", ".join(filter(None, header)), 200),
        )
    facts, metrics, ignored = {}, {}, []
    for column, name in enumerate(header):
        if column == llm or not name:
            continue
        if is_computed(name, header):
            ignored.append(name)
        elif field := BY_HEADER.get(header_key(name)):
            facts[column] = field
        else:
            metrics[column] = name
    for field in facts.values():
        find_column(header, {key for key, value in BY_HEADER.items() if value == field}, field)
    return Columns(llm, facts, metrics, ignored)


def is_computed(name: str, header: Iterable[str]) -> bool:
    """Whether the site computes what a column holds: ranks, coverage, ends of intervals."""
    if header_key(name) in COMPUTED:
        return True
    keys = {header_key(other) for other in header}
    return any(
        name.lower().endswith(end) and header_key(name[: -len(end)]) in keys
        for end in COMPUTED_ENDS
    )


def explain_missing_llm(where: str) -> Problem:
    """Describes a row with values but without an LLM."""
    remedy = Phrase("Fill in the name of the LLM, or delete the row.")
    return Problem(where, "", Phrase("The row has no LLM."), remedy)


def read_fact(llm: str, field: str, cell: Cell) -> ReportedFact | Problem:
    """Returns the fact in a cell; a sign for “missing” is an empty text."""
    if cell.lacks_value:
        return cell.never_computed(llm)
    return ReportedFact(cell.where, llm, field, "" if cell.text.lower() in MISSING else cell.text)


def read_score(llm: str, metric: str, cell: Cell) -> Result | Problem:
    """Returns the score in a cell, or the problem with it."""
    number = cell.number(llm, metric)
    return number if isinstance(number, Problem) else Result(cell.where, llm, metric, number)


def note_computed_columns(columns: Columns) -> tuple[str, ...]:
    """Says which columns are not read, as the site computes them itself."""
    if not columns.ignored:
        return ()
    names = ", ".join(map(short, columns.ignored))
    return (Phrase("Not read, as the site computes them itself: %(names)s.", names=names),)
