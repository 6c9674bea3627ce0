"""A table of texts, from any kind of file: its limits, its header, and the places of its cells."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from leaderboard.readers.results import Refused, header_key, short
from leaderboard.text.formulas import restore
from leaderboard.text.sentences import Phrase, noop

# 500 LLMs with 200 metrics are 1 MB; whoever has more than 5 has something else.
MAX_BYTES = 5_000_000
# More than a person looks through in a preview: a row number beyond is a mistake.
MAX_ROWS = 50_000
# The seed has 20 columns, the widest public leaderboards have under 200.
MAX_COLUMNS = 500
# The longest field of a form is a description.
MAX_CELL_CHARACTERS = 10_000
# Reading this many and making results of them takes a busy machine 2.5 s and 100 MB.
MAX_CELLS = 100_000

SMALLER = Phrase("Import a part of it, or leave out what is no score.")
LLM_NAMES = {"llm", "llmname", "model", "modelname", "name"}  # as header_key folds headers
# Further names of the LLM, if none of these is there.
OTHER_LLM_NAMES = {
    "llms", "models", "modelid", "system", "systemname", "modell", "modellname", "modèle", "modele",
    "modelo", "nom", "模型", "模型名称", "名称", "大模型", "agent", "participant", "modello",
    "модель", "название", "モデル", "モデル名", "모델", "모델명", "模型名稱", "名稱", "nazwa",
    "nazwamodelu", "modelnaam", "nombre", "nome", "modellbezeichnung",
}  # fmt: skip
# What stands around a whole name: bold, a link. A second link, to details, has a picture only.
AROUND = re.compile(
    r"(\*\*|__|`)(?P<a>[^*`]+)\1|\[(?P<b>[^\[\]]+)\]\(\S*\)|\\(?:textbf|textit)\{(?P<c>[^{}]+)\}"
    r"|<(a|b|strong|i|em)(?:\s[^<>]*)?>(?P<d>[^<>]*)</\5>(?:\s*<a\s[^<>]*>[^<>\w]*</a>)*"
)


Place = tuple[int, int]  # the number of a row, and of a column from 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts, the header first, numbered as a spreadsheet or an editor shows them.

    A row of a text file has as many cells as the header, or it is not read. In a workbook a cell
    that is absent is empty, and a number is a number, however it is shown. A turned table had its
    LLMs side by side; its cells keep their places.
    """

    kind: str  # “a CSV table”, “an XLSX workbook”
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    header: tuple[str, ...] = field(init=False)
    column_names: tuple[str, ...] = field(init=False)  # as a message shows them
    notes: tuple[str, ...] = ()
    is_workbook: bool = False
    without_value: frozenset[Place] = frozenset()  # formulas without a stored result
    texts: frozenset[Place] = frozenset()  # of a workbook: cells that hold digits, but no number
    percent: frozenset[Place] = frozenset()  # of a workbook: numbers shown as percent
    delimiter: str = ""  # of a text file
    counts_rows: bool = False  # of a page: its rows have numbers, and no lines
    turned_rows: tuple[int, ...] = ()  # of a turned table: the row that each column was
    turned_columns: tuple[str, ...] = ()  # and the name of the column that each row was

    def __post_init__(self) -> None:
        header = self.rows[0][1] if self.rows else ()
        names = tuple(one_line(clean_text(text)) for text in header)
        object.__setattr__(self, "header", names)
        object.__setattr__(self, "column_names", tuple(map(short, self.header)))

    def row_name(self, row: int) -> str:
        """Names a row in a message: “line 7” or “row 7”."""
        if self.turned_columns:
            return f"column {self.turned_columns[row]}"
        return f"row {row}" if self.is_workbook or self.counts_rows else f"line {row}"

    def cell_name(self, row: int, column: int) -> str:
        """“line 7, column amcqa-overall” or “cell C7, column amcqa-overall”."""
        if self.turned_columns:
            line, name = self.turned_rows[column], "row" if self.counts_rows else "line"
            cell = f"cell {column_letters(row)}{line}" if self.is_workbook else f"{name} {line}"
            return f"{cell}, column {short(self.turned_columns[row])}"
        name = "row" if self.counts_rows else "line"
        cell = f"cell {column_letters(column)}{row}" if self.is_workbook else f"{name} {row}"
        return f"{cell}, column {self.column_names[column]}"


@dataclass(slots=True)
class Rows:
    """Rows collected within the limits; empty ones are left out."""

    name: str  # “line” or “row”, as its reader shows the numbers
    rows: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    cells: int = 0

    def add(self, number: int, cells: list[str]) -> None:
        """Adds a row, unless it is blank. Raises Refused beyond a limit."""
        self.check_place(number, len(cells))
        if any(len(text) > MAX_CELL_CHARACTERS for text in cells):
            raise explain_long_cell(Phrase("in %(row)s", row=name_row(self.name, number)))
        if not all(is_blank(text) for text in cells):
            self.cells += len(cells)
            if self.cells > MAX_CELLS:
                raise Refused(
                    "The table has more than %(most)s cells. %(remedy)s",
                    most=f"{MAX_CELLS:,}", remedy=SMALLER,
                )  # fmt: skip
            self.rows.append((number, tuple(cells)))

    def check_place(self, number: int, width: int) -> None:
        """Raises Refused for a row or a column beyond the limits."""
        if number > MAX_ROWS:
            raise Refused(
                "The table goes beyond %(row)s, which is as far as is read. %(remedy)s",
                row=name_row(self.name, f"{MAX_ROWS:,}"),
                remedy=SMALLER,
            )
        if width > MAX_COLUMNS:
            raise Refused(
                "The table has %(width)s columns in %(row)s; %(most)s are read. %(remedy)s",
                width=f"{width:,}",
                row=name_row(self.name, number),
                most=MAX_COLUMNS,
                remedy=SMALLER,
            )


def name_row(name: str, number: object) -> Phrase:
    """Names a row as a phrase: “line 7” or “row 7”."""
    template = noop("line %(number)s") if name == "line" else noop("row %(number)s")
    return Phrase(template, number=number)


def explain_long_cell(where: str) -> Refused:
    """Builds the refusal of a cell that is longer than MAX_CELL_CHARACTERS."""
    return Refused(
        "The cell %(where)s has more than %(most)s characters. "
        "Shorten it, or leave out its column.",
        where=where, most=f"{MAX_CELL_CHARACTERS:,}",
    )  # fmt: skip


def check_table(table: Table) -> Table:
    """Returns the table if it has a header, a name over each filled cell, and a row.

    Raises Refused otherwise.
    """
    if not table.rows:
        raise Refused("The file is empty: there is no table in it. Export it again.")
    if is_title(table.rows):
        raise Refused(
            "The first row has nothing but “%(title)s” in it: it is a title, not a header. Delete "
            "what stands above the header.",
            title=short("".join(table.header)),
        )
    if len(table.rows) == 1:
        raise Refused("The table has a header but no rows. Add a row for each LLM.")
    if any(row == table.rows[0][0] for row, _ in table.without_value):
        raise Refused(
            "The header has a formula without a stored result. Open the file in a spreadsheet and "
            "save it, or type the header."
        )
    if name := find_second_header(table):
        raise Refused(
            "The header stands in two rows: “%(name)s” is in the second one, under nothing. Write "
            "the whole name of each column in one row, like “MMLU acc”, and delete the other.",
            name=short(name),
        )
    check_names(table)
    for number, cells in table.rows[1:]:
        check_width(table, number, cells)
    return table


def find_second_header(table: Table) -> str:
    """Returns a name in the second row that fills a gap of the first, if it has texts only."""
    second = [clean_text(text) for text in table.rows[1][1]]
    names = table.header + ("",) * len(second)
    gaps = [text for at, text in enumerate(second) if at > 0 and text and not names[at]]
    has_numbers = any(text.lstrip("+-").replace(".", "", 1).isdecimal() for text in second)
    return "" if has_numbers or len(table.rows) < 3 else next(iter(gaps), "")


def is_title(rows: Iterable[tuple[int, tuple[str, ...]]]) -> bool:
    """Whether the first row has one filled cell, and the next one several: it is a title."""
    counts = [sum(not is_blank(text) for text in cells) for _, cells in islice(rows, 2)]
    return len(counts) == 2 and counts[0] == 1 < counts[1]


def check_names(table: Table) -> None:
    """Raises Refused if two columns share a name; case and punctuation do not tell names apart."""
    seen: dict[str, int] = {}
    for at, name in enumerate(table.header):
        key = f"{header_key(name)}±" if is_plus_minus_name(name) else header_key(name) or name
        first = seen.setdefault(key, at) if name else at
        if first != at:
            raise Refused(
                "Two columns have the same header: “%(first)s” and “%(second)s”. "
                "Rename or delete one.",
                first=short(table.header[first]),
                second=short(name),
            )


def is_plus_minus_name(name: str) -> bool:
    """Whether a header is that of what stands behind ±: “±”, “Elo ±”, “Elo (+/-)”."""
    return name.replace(" ", "").rstrip(")").endswith(("±", "+/-", "+-"))


def check_width(table: Table, number: int, cells: tuple[str, ...]) -> None:
    """Raises Refused for a filled cell without a header over it."""
    names = table.header
    filled = [column for column, text in enumerate(cells) if not is_blank(text)]
    end = len(cells) if table.is_workbook else len(names)  # a longer line is not read at all
    unnamed = [
        column for column in filled if column < end and (column >= len(names) or not names[column])
    ]
    # The first column of a turned table, and the numbers of rows, often have no name.
    if not unnamed or unnamed == [0]:
        return
    raise Refused(
        "Column %(column)s has no header, but %(row)s has “%(value)s” in it. "
        "Name the column or empty it.",
        column=column_letters(unnamed[0]),
        row=name_row("row" if table.is_workbook else "line", number),
        value=short(clean_text(cells[unnamed[0]])),
    )


def is_blank(text: str) -> bool:
    """Whether a text is empty or has only white space."""
    return not text or text.isspace()


def clean_text(text: str) -> str:
    """Returns the text of a cell without blanks around it.

    The ' that the CSV export puts before a possible formula is removed.
    """
    if "'" not in text:
        return text.strip(" \t\r\n")
    restored = restore(text)
    if text[:1] == "'" and restored != text:
        return restored
    return restore(text.strip(" \t\r\n"))


def one_line(text: str) -> str:
    """Returns a name without the line breaks and double blanks that a cell may have."""
    return " ".join(text.split())


def bare_key(header: str) -> str:
    """Folds a header without what stands in brackets: “Benchmark (Metric)” is a benchmark."""
    return header_key(re.sub(r"\s*[(\[（].*", "", header))


def plain_name(text: str) -> str:
    """Returns the name of an LLM in one line, without what makes it bold or a link."""
    name = one_line(text)
    while found := AROUND.fullmatch(name):
        name = next(filter(None, found.group("a", "b", "c", "d")), "").strip()
    return name


@cache
def column_letters(column: int) -> str:
    """Returns the name that a spreadsheet gives a column: A for 0, AA for 26."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def find_column(header: tuple[str, ...], names: Iterable[str], meaning: str) -> int | None:
    """Returns the column that has one of these names; None if none has.

    Raises Refused if several have.
    """
    columns = [column for column, name in enumerate(header) if header_key(name) in names]
    if len(columns) > 1:
        first, second = (short(header[column]) for column in columns[:2])
        raise Refused(
            "“%(first)s” and “%(second)s” both name the %(meaning)s. Rename or delete one column.",
            first=first,
            second=second,
            meaning=Phrase(meaning),
        )
    return columns[0] if columns else None


def find_llm_column(header: tuple[str, ...]) -> int | None:
    """Returns the column that names the LLM; None if none does. Raises Refused if several do."""
    found = find_column(header, LLM_NAMES, "LLM")
    return find_column(header, OTHER_LLM_NAMES, "LLM") if found is None else found
