"""A wide table: a row for each LLM, a column for each metric or fact of it.

The CSV export of a leaderboard is one; what the site computes itself is not read back.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from leaderboard.readers.files.opening import Document
from leaderboard.readers.files.tables import LLM_NAMES, MISSING, Cell, Table, cells_of, column_of
from leaderboard.readers.results import (
    FileContext,
    MetricDraft,
    Problem,
    Reading,
    Refused,
    ReportedFact,
    Result,
    drafts_of,
    facts_without_repeats,
    header_key,
    short,
    without_repeats,
)
from leaderboard.text.facts import BY_HEADER
from leaderboard.text.sentences import Phrase

# What the export has beside facts and scores.
COMPUTED = {"rank", "rankbest", "rankworst", "coverage", "slug"}
COMPUTED_ENDS = ("_low", "_high", "_n")  # after the header of a metric in the same table


class Columns(NamedTuple):
    """What each column is."""

    llm: int
    facts: dict[int, str]  # the field
    metrics: dict[int, str]  # the header
    ignored: list[str]


def detects(content: Table | Document) -> bool:
    """Any table: what else it could be is asked before."""
    return isinstance(content, Table)


def read(content: Table | Document, asked: FileContext) -> Reading:
    assert isinstance(content, Table)
    columns = sort_columns(content.header)
    found = [
        each
        for number, cells in cells_of(content)
        for each in read_row(content.row_name(number), cells, columns)
    ]
    results, repeated = without_repeats(each for each in found if isinstance(each, Result))
    facts, contradicted = facts_without_repeats(
        each for each in found if isinstance(each, ReportedFact)
    )
    problems = (each for each in found if isinstance(each, Problem))
    return Reading(
        results=tuple(results),
        facts=tuple(facts),
        problems=(*problems, *repeated, *contradicted),
        notes=(*content.notes, *notes_on(columns)),
        llms=drafts_of([each.llm for each in results] + [each.llm for each in facts]),
        metrics={name: MetricDraft(name) for name in columns.metrics.values()},
    )


def read_row(
    where: str, cells: dict[int, Cell], columns: Columns
) -> Iterator[Result | ReportedFact | Problem]:
    """What a row says, cell by cell; nothing if it is empty."""
    name = cells.get(columns.llm)
    if name is None or not name.text:
        if any(cell.text for cell in cells.values()):
            yield no_llm(where)
        return
    if name.lacks_value:
        yield name.never_computed()
        return
    for column, cell in cells.items():
        if column in columns.facts:
            yield fact_of(name.text, columns.facts[column], cell)
        elif column in columns.metrics:
            yield score_of(name.text, columns.metrics[column], cell)


def sort_columns(header: tuple[str, ...]) -> Columns:
    """Which column is the LLM, a fact, a metric, or computed.

    Raises Refused if there is not exactly one for the LLM, or two for the same fact.
    """
    llm = column_of(header, LLM_NAMES, "LLM")
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
        column_of(header, {key for key, value in BY_HEADER.items() if value == field}, field)
    return Columns(llm, facts, metrics, ignored)


def is_computed(name: str, header: Iterable[str]) -> bool:
    if header_key(name) in COMPUTED:
        return True
    keys = {header_key(each) for each in header}
    return any(
        name.lower().endswith(end) and header_key(name[: -len(end)]) in keys
        for end in COMPUTED_ENDS
    )


def no_llm(where: str) -> Problem:
    remedy = Phrase("Fill in the name of the LLM, or delete the row.")
    return Problem(where, "", Phrase("The row has no LLM."), remedy)


def fact_of(llm: str, field: str, cell: Cell) -> ReportedFact | Problem:
    if cell.lacks_value:
        return cell.never_computed(llm)
    return ReportedFact(cell.where, llm, field, "" if cell.text.lower() in MISSING else cell.text)


def score_of(llm: str, metric: str, cell: Cell) -> Result | Problem:
    number = cell.number(llm, metric)
    return number if isinstance(number, Problem) else Result(cell.where, llm, metric, number)


def notes_on(columns: Columns) -> tuple[str, ...]:
    if not columns.ignored:
        return ()
    names = ", ".join(map(short, columns.ignored))
    return (Phrase("Not read, as the site computes them itself: %(names)s.", names=names),)
