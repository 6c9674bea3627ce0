"""A wide table: a row for each LLM, a column for each metric or fact of it.

The CSV export of a leaderboard is one. Columns that the site computes itself are not read back.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from leaderboard.readers.files.cells import Cell, no_whole_row, read_cells, uneven_rows
from leaderboard.readers.files.dates import is_serial
from leaderboard.readers.files.opening import Content
from leaderboard.readers.files.tables import Table, plain_name
from leaderboard.readers.files.turning import looks_turned, turn
from leaderboard.readers.layouts import ERRORS, LEFT_OUT, METRIC, NAME, SOURCE, Column, Layout
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
from leaderboard.text.facts import BY_FIELD
from leaderboard.text.sentences import Phrase

from .wide_columns import (
    Rows,
    Seen,
    is_computed,
    look_at_columns,
    plus_minus_column,
    sort_columns,
    split_direction,
    split_unit,
)
from .wide_facts import read_fact
from .wide_scores import Measured, ScoreReader
from .writing import ask_date_order, ask_decimal_sign, ask_plus_minus, find_signs, is_date

MOST_NAMES = 20  # of columns that a note names
Row = dict[int, Cell]


def detects(content: Content) -> bool:
    """Whether a file is a table; the registry asks the other formats first."""
    return isinstance(content, Table)


def read(content: Content, context: FileContext) -> Reading:
    """Returns the scores and facts of all rows. Raises Refused for columns that are not clear."""
    assert isinstance(content, Table)
    is_turned = context.llms_in == "columns" or (not context.llms_in and looks_turned(content))
    table = turn(content) if is_turned else content
    rows = list(read_cells(table))
    seen = look_at_columns(table, rows)
    columns = sort_columns(table, seen, context)
    check_content(columns, table, rows)
    layout = find_layout(table, seen, columns, context, is_turned)
    uneven = uneven_rows(content, 0 if is_turned else llm_column(columns))
    asked = find_questions(layout, seen, columns)
    entries = list(read_rows(table, rows, seen, columns, layout))
    return replace(
        collect(entries, [*uneven, *asked], columns, seen),
        notes=(*table.notes, *list_notes(columns, seen, layout)),
        layout=layout,
        table=content,
    )


def check_content(columns: Mapping[int, Column], table: Table, rows: Rows) -> None:
    """Raises Refused for a table of which no column, or no row, would be read."""
    if all(column.role in (NAME, LEFT_OUT, SOURCE) for column in columns.values()):
        raise Refused(
            "No column of this table would be read: there is no metric and no fact of an LLM among "
            "them. The headers are: %(headers)s.",
            headers=short(", ".join(filter(None, table.header)), 200),
        )
    if not rows:
        raise no_whole_row()


def llm_column(columns: Mapping[int, Column]) -> int:
    """Returns the column that names the LLM."""
    return next(at for at, column in columns.items() if column.role == NAME)


def find_layout(
    table: Table,
    seen: Mapping[int, Seen],
    columns: Mapping[int, Column],
    asked: FileContext,
    is_turned: bool,
) -> Layout:
    """Returns how the table is read: as was said, else as its cells show."""
    read = {at: seen[at] for at, column in columns.items() if column.role not in (NAME, SOURCE)}
    signs = find_signs(read, columns, asked, is_own_export(table))
    shown = []
    for at, column in columns.items():
        shown.append(column)
        if column.role == METRIC and seen[at].has_margins:
            shown.append(plus_minus_column(column, asked))
    return Layout(
        columns=tuple(shown), llms_in="columns" if is_turned else "rows", **signs._asdict()
    )


def is_own_export(table: Table) -> bool:
    """Whether a table is the CSV of a leaderboard, as this site writes it: with a decimal point."""
    keys = [header_key(name) for name in table.header]
    return table.delimiter == "," and keys[:1] == ["llm"] and {"rank", "openweights"} <= set(keys)


def find_questions(
    layout: Layout, seen: Mapping[int, Seen], columns: Mapping[int, Column]
) -> Iterator[Problem]:
    """Yields a problem for each thing that the file does not show and nobody has said."""
    if not layout.decimal:
        yield ask_decimal_sign(seen, columns)
    if not layout.dates and layout.has_dates:
        yield ask_date_order(seen, columns)
    for column in layout.columns:
        if column.is_plus_minus and not column.role:
            yield ask_plus_minus(column, seen, columns)


def read_rows(
    table: Table,
    rows: Rows,
    seen: Mapping[int, Seen],
    columns: Mapping[int, Column],
    layout: Layout,
) -> Iterator[Result | ReportedFact | Problem]:
    """Yields what each cell of each row says."""
    scores = ScoreReader.make(seen, columns, layout)
    for number, cells in rows:
        yield from read_row(table.row_name(number), cells, columns, scores, layout)


def read_row(
    where: str, cells: Row, columns: Mapping[int, Column], scores: ScoreReader, layout: Layout
) -> Iterator[Result | ReportedFact | Problem]:
    """Yields a result, fact or problem for each cell of a row; nothing for an empty row."""
    name = cells.get(llm_column(columns))
    if name is None or name.is_missing:
        if any(not cell.is_missing for at, cell in cells.items() if columns[at].role != LEFT_OUT):
            yield explain_missing_llm(where)
        return
    if name.lacks_value:
        yield name.never_computed()
        return
    llm = plain_name(name.text)
    source = next((cells[at].text for at, each in columns.items() if each.role == SOURCE), "")
    for at, column in columns.items():
        if column.role in BY_FIELD:
            if fact := read_fact(llm, column.role, cells[at], layout):
                yield fact
        elif column.role == METRIC:
            yield from scores.read(llm, cells, at, source)


def explain_missing_llm(where: str) -> Problem:
    """Describes a row with values but without an LLM."""
    remedy = Phrase("Fill in the name of the LLM, or delete the row.")
    return Problem(where, "", Phrase("The row has no LLM."), remedy)


def collect(
    entries: list[Result | ReportedFact | Problem],
    problems: list[Problem],
    columns: Mapping[int, Column],
    seen: Mapping[int, Seen],
) -> Reading:
    """Returns the reading of these entries, each score and fact once."""
    results, repeated = drop_repeated_results(
        entry for entry in entries if isinstance(entry, Result)
    )
    facts, contradicted = drop_repeated_facts(
        entry for entry in entries if isinstance(entry, ReportedFact)
    )
    found = (entry for entry in entries if isinstance(entry, Problem))
    return Reading(
        results=tuple(results),
        facts=tuple(facts),
        problems=(*problems, *found, *repeated, *contradicted),
        llms=draft_llms([result.llm for result in results] + [fact.llm for fact in facts]),
        metrics=draft_metrics(columns, seen),
    )


def draft_metrics(
    columns: Mapping[int, Column], seen: Mapping[int, Seen]
) -> dict[str, MetricDraft]:
    """Returns the drafts of the metrics: “Latency (ms)” is Latency, in ms."""
    names = {at: column.header for at, column in columns.items() if column.role == METRIC}
    bare = Counter(header_key(split_unit(name)[0]) for name in names.values())
    return {
        name: draft_metric(name, Measured.of(columns[at], seen[at]), bare)
        for at, name in names.items()
    }


def draft_metric(name: str, measured: Measured, bare: Counter[str]) -> MetricDraft:
    """Returns the draft of one metric; its name keeps a unit that tells it from another."""
    without, _ = split_unit(name)
    named, is_higher = split_direction(name)
    draft = MetricDraft(
        without if bare[header_key(without)] == 1 else named, higher_is_better=is_higher
    )
    if not measured.unit:
        return draft
    if measured.unit == "%":
        return replace(draft, unit="percent")
    return replace(
        draft, unit="other", unit_label=measured.unit, label_in_front=measured.is_in_front
    )


def list_notes(
    columns: Mapping[int, Column], seen: Mapping[int, Seen], layout: Layout
) -> Iterator[str]:
    """Yields what the maintainer should know of columns, signs and empty words, a line for each."""
    headers = [column.header for column in columns.values()]
    left = [column.header for column in columns.values() if column.role == LEFT_OUT]
    if left and all(is_computed(name, headers) for name in left):
        yield Phrase(
            "Not read, as the site computes them itself: %(names)s.", names=list_names(left)
        )
    elif left:
        yield Phrase("Columns left out: %(names)s.", names=list_names(left))
    yield from note_numbers_left_out(columns, seen)
    errors = [column for column in layout.columns if column.role in ERRORS]
    for column in errors:
        yield Phrase(
            "“%(column)s” is read as %(role)s of “%(metric)s”.",
            column=short(column.header), role=Phrase(column.role), metric=short(column.of),
        )  # fmt: skip
    if layout.decimal == ",":
        yield Phrase("Numbers are read with a decimal comma: 1.234,5.")
    if day := example_day(columns, seen, layout):
        yield Phrase("Dates are read like this: %(text)s is %(day)s.", text=day[0], day=day[1])
    words = Counter(
        cell.text
        for at, column in columns.items()
        if column.role == METRIC
        for cell in seen[at].cells
        if cell.is_missing and cell.text
    )
    if words:
        names = [f"“{short(word)}” ({count})" for word, count in words.most_common(MOST_NAMES)]
        yield Phrase("Read as no value: %(words)s.", words=", ".join(names))


def note_numbers_left_out(columns: Mapping[int, Column], seen: Mapping[int, Seen]) -> Iterator[str]:
    """Yields which columns are left out as texts although their cells begin with numbers."""
    names = [
        f"{short(column.header)} (“{seen[at].example}”)"
        for at, column in columns.items()
        if column.role == LEFT_OUT and seen[at].has_digits
    ]
    if names:
        yield Phrase(
            "Left out as texts, though they begin with numbers: %(names)s. To have one read, leave "
            "one number in each cell.",
            names=list_names(names),
        )


def example_day(
    columns: Mapping[int, Column], seen: Mapping[int, Seen], layout: Layout
) -> tuple[str, str] | None:
    """Returns a date whose order had to be found, as the file has it and as it is read."""
    days = (cell for at, column in columns.items() if is_date(column) for cell in seen[at].filled)
    return next(
        (
            (cell.text, day.isoformat())
            for cell in days
            if (is_serial(cell.text) or not cell.day("")) and (day := cell.day(layout.dates))
        ),
        None,
    )


def list_names(names: list[str]) -> str:
    """Writes the names of columns in one line, at most MOST_NAMES."""
    listed = ", ".join(map(short, names[:MOST_NAMES]))
    if len(names) <= MOST_NAMES:
        return listed
    return Phrase("%(names)s and %(count)s more", names=listed, count=len(names) - MOST_NAMES)
