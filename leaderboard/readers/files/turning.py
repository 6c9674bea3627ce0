"""Tables whose LLMs stand side by side, turned so that each has a row."""

from leaderboard.readers.results import Refused, header_key, short
from leaderboard.text.sentences import Phrase
from leaderboard.text.units import HEADER_UNITS, PERCENT_WORDS

from .cells import Cell, is_uneven, make_cell
from .numbers import could_be
from .tables import LLM_NAMES, OTHER_LLM_NAMES, Place, Table, bare_key, check_names, clean_text

# What the first column of such a table is called, as header_key folds headers.
BENCHMARK_NAMES = {
    "benchmark", "benchmarks", "dataset", "datasets", "task", "tasks", "taskname", "metric",
    "metrics",
    "eval", "evaluation", "test", "benchmarkname", "datasetname", "aufgabe", "tâche",
    "基准", "数据集",
    "任务", "评测集", "指标", "测评集",
}  # fmt: skip
METRIC_NAMES = {"metric", "metrics", "metricname", "指标", "metrik", "métrique", "métrica"}
UNIT_NAMES = {"unit", "units", "einheit", "unité", "unidad", "unità", "单位", "單位"}
# Columns of numbers that say how a benchmark was run, beside those of LLMs.
NO_LLMS = {
    "shot", "shots", "nshot", "nshots", "fewshot", "numshots", "numfewshot", "kshot", "n", "size",
    "questions", "samples", "numsamples", "numquestions", "weight", "version", "year", "#", "no",
    "index", "random", "randomguess", "randombaseline", "chance",
}  # fmt: skip
MOST_IN_FRONT = 2  # columns that may stand before the benchmarks, as of their categories


def looks_turned(table: Table) -> bool:
    """Whether a column names benchmarks, with texts at most before it, and none names LLMs."""
    if (LLM_NAMES | OTHER_LLM_NAMES) & {header_key(name) for name in table.header}:
        return False
    at = names_column(table)
    rows = [row for row in table.rows[1:] if not is_uneven(table, row[1])]
    has_names = bare_key(table.header[at]) in BENCHMARK_NAMES
    return has_names and not any(is_of_llm(table, rows, before) for before in range(at))


def names_column(table: Table) -> int:
    """Returns the column of the benchmarks' names: the first, or one that is called so."""
    first = table.header[: MOST_IN_FRONT + 1]
    return next((at for at, name in enumerate(first) if bare_key(name) in BENCHMARK_NAMES), 0)


def turn(table: Table) -> Table:
    """Returns the table with a row for each LLM; its cells keep the names of their places.

    A column of the metric's name is put behind the benchmark's, and so is one of units; other
    columns of texts are left out, with a note. Raises Refused if there is no column of numbers.
    """
    kept = [(number, cells) for number, cells in table.rows[1:] if not is_uneven(table, cells)]
    names_at = names_column(table)
    others = [at for at in range(len(table.header)) if at != names_at]
    llms = [at for at in others if is_of_llm(table, kept, at)]
    if not llms:
        raise Refused(
            "No column of this table has numbers: LLMs should stand side by side, one in each "
            "column."
        )
    metric = next((at for at in others if at not in llms and is_metric(table, at)), None)
    unit = next((at for at in others if header_key(table.header[at]) in UNIT_NAMES), None)
    names = [name_row(cells, names_at, metric, unit) for _, cells in kept]
    of_llms = [
        (at, (table.header[at], *(cells[at] if at < len(cells) else "" for _, cells in kept)))
        for at in llms
    ]
    rows = ((0, ("llm", *names)), *of_llms)
    numbers = {number: place for place, (number, _) in enumerate(kept, 1)}
    read = {names_at, metric, unit, *llms}
    unread = [short(name) for at, name in enumerate(table.header) if name and at not in read]
    turned = Table(
        table.kind,
        rows,
        notes=(*table.notes, *note_turned(unread)),
        is_workbook=table.is_workbook,
        without_value=turn_places(table.without_value, numbers),
        texts=turn_places(table.texts, numbers) | {(at, 0) for at in llms},
        percent=turn_places(table.percent, numbers),
        delimiter=table.delimiter,
        counts_rows=table.counts_rows,
        turned_rows=(table.rows[0][0], *(number for number, _ in kept)),
        turned_columns=table.header,
    )
    check_names(turned)
    return turned


def is_metric(table: Table, column: int) -> bool:
    """Whether a column names metrics."""
    return header_key(table.header[column]) in METRIC_NAMES


def is_of_llm(table: Table, rows: list[tuple[int, tuple[str, ...]]], column: int) -> bool:
    """Whether a column is named and has numbers, or nothing but missing ones."""
    if not table.header[column] or header_key(table.header[column]) in NO_LLMS:
        return False
    cells = [
        make_cell(table, number, column, texts[column])
        for number, texts in rows
        if column < len(texts)
    ]
    filled = [cell for cell in cells if not cell.is_missing]
    return 2 * sum(map(is_number, filled)) >= len(filled)


def is_number(cell: Cell) -> bool:
    """Whether a cell is a number with a decimal point or comma."""
    written = cell.written()
    return cell.lacks_value or (written is not None and bool(could_be(written.body)))


def name_row(cells: tuple[str, ...], names_at: int, metric: int | None, unit: int | None) -> str:
    """Returns the name of the metric in a row: “MMLU”, “MMLU / accuracy”, “Latency (ms)”."""
    name, of, measured = (
        clean_text(cells[at]) if at is not None and at < len(cells) else ""
        for at in (names_at, metric, unit)
    )
    name = f"{name} / {of}" if of and of != "-" else name
    measured = "%" if measured.casefold() in PERCENT_WORDS else measured
    return f"{name} ({measured})" if measured.casefold() in HEADER_UNITS else name


def turn_places(places: frozenset[Place], numbers: dict[int, int]) -> frozenset[Place]:
    """Returns the places of cells in the turned table."""
    return frozenset((column, numbers[row]) for row, column in places if row in numbers)


def note_turned(unread: list[str]) -> tuple[str, ...]:
    """Says that the table was turned, and which of its columns are not read."""
    note = Phrase("The LLMs stand side by side: each column is read as an LLM.")
    if not unread:
        return (note,)
    return note, Phrase("Columns not read: %(names)s.", names=", ".join(unread))
