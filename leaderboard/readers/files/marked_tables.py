"""Tables in Markdown and HTML. Nothing they point to is fetched, nothing in them is run."""

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import nh3

from leaderboard.readers.results import Refused
from leaderboard.text.sentences import Phrase, noop

from .tables import (
    MAX_CELL_CHARACTERS,
    MAX_CELLS,
    MAX_COLUMNS,
    SMALLER,
    Rows,
    Table,
    check_table,
    is_blank,
    name_row,
)

# Tags of a page: 70,000 cells, which take a busy machine 2 s.
MAX_TAGS = 150_000
# Pages with more lay out something else with them.
MAX_TABLES = 1_000
TAGS = {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "sup", "br"}
SPANS = {"colspan", "rowspan"}

Lines = list[tuple[int, list[str]]]

RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
PIPE = re.compile(r"(?<!\\)\|")
LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
SUP = re.compile(r"<sup>(.*?)</sup>", re.IGNORECASE)
TAG = re.compile(r"<(?:br\s*/?|/?[a-zA-Z][^<>]{0,200})>")
STRESS = re.compile(r"(\*\*\*|\*\*|__|`|~~)(.+?)\1")


def has_markdown_table(text: str) -> bool:
    """Whether a text has a line of dashes between bars below a line with bars."""
    return any(True for _ in find_rules(text.splitlines()))


def find_rules(lines: list[str]) -> Iterator[int]:
    """Yields the places of the lines of dashes that make the line above a header."""
    for at in range(1, len(lines)):
        line = lines[at]
        if "-" in line and "|" in line and len(line) < 10 * MAX_COLUMNS and RULE.fullmatch(line):
            width = len(split_row(line))
            if width > 1 and len(split_row(lines[at - 1])) == width:
                yield at


def read_markdown(text: str) -> Table:
    """Returns the largest table of a Markdown text. Raises Refused beyond the limits."""
    lines = text.splitlines()
    tables: list[Lines] = []
    for at in find_rules(lines):
        rows = [(at, split_row(lines[at - 1]))]
        for number in range(at + 1, len(lines)):
            if "|" not in lines[number]:
                break
            rows.append((number + 1, split_row(lines[number])))
        tables.append([(number, [plain_text(cell) for cell in cells]) for number, cells in rows])
    return choose_table(tables, Phrase("a Markdown table"), "line")


def split_row(line: str) -> list[str]:
    """Returns the cells between the bars of a line."""
    bare = line.strip()
    bare = bare.removeprefix("|")
    if bare.endswith("|") and not bare.endswith("\\|"):
        bare = bare[:-1]
    return [cell.replace("\\|", "|").strip() for cell in PIPE.split(bare)]


def plain_text(cell: str) -> str:
    """Returns the text of a Markdown cell: of a link its words, without stress and tags.

    What is raised stays raised, as “10<sup>2</sup>” is not 102.
    """
    if len(cell) > MAX_CELL_CHARACTERS:
        return cell  # refused with its place
    cell = LINK.sub(r"\1", cell)
    cell = SUP.sub(lambda found: found[1].translate(RAISED), cell)
    cell = STRESS.sub(r"\2", TAG.sub(" ", cell) if "<" in cell else cell)
    return html.unescape(cell).strip()


def choose_table(tables: list[Lines], kind: Phrase, counts: str) -> Table:
    """Returns the table with the most cells, with a note if there are others."""
    whole = [rows for rows in tables if len(rows) > 1]
    if not whole:
        raise Refused("There is no table with a header and a row in this file.")
    largest = max(whole, key=lambda rows: sum(len(cells) for _, cells in rows))
    rows = Rows(counts)
    for number, cells in largest:
        rows.add(number, cells)
    notes: tuple[str, ...] = ()
    if len(whole) > 1:
        notes = (
            Phrase(
                "The file has %(count)s tables; the largest was read, which begins in %(place)s.",
                count=len(whole), place=name_row(counts, largest[0][0]),
            ),
        )  # fmt: skip
    return check_table(Table(kind, tuple(rows.rows), notes=notes, counts_rows=counts == "row"))


def has_html_table(text: str) -> bool:
    """Whether a text has an element that is a table."""
    return re.search(r"<table[\s>]", text, re.IGNORECASE) is not None


def read_html(text: str) -> Table:
    """Returns the largest table of a page. Raises Refused beyond the limits.

    nh3 (html5ever) makes well-formed markup of nothing but tables first: Python's own parser takes
    a time that grows with the square of what was made to be slow.
    """
    if text.count("<") > MAX_TAGS:
        raise explain_large_page(MAX_TAGS, noop("tags"))
    if ends_within_table(text):
        raise Refused("The page ends within a table: it was cut off. Save or download it again.")
    clean = nh3.clean(
        text,
        tags=TAGS,
        attributes={"td": SPANS, "th": SPANS},
        clean_content_tags={"script", "style", "svg", "template", "noscript"},
        link_rel=None,
    )
    reader = _TableReader()
    reader.feed(clean)
    reader.close()
    return choose_table(
        [join_headers(rows) for rows in reader.tables], Phrase("an HTML table"), "row"
    )


def ends_within_table(text: str) -> bool:
    """Whether the last table of a page is not closed, nor the page itself."""
    small = text.lower()
    return "</table" not in small[small.rfind("<table") :] and "</html" not in small


def explain_large_page(most: int, what: str) -> Refused:
    """Builds the refusal of a page with more tags or tables than are read."""
    return Refused(
        "The page has more than %(most)s %(what)s. %(remedy)s",
        most=f"{most:,}", what=Phrase(what), remedy=SMALLER,
    )  # fmt: skip


def join_headers(rows: list["_HtmlRow"]) -> Lines:
    """Returns the rows of a table as texts; header rows above each other become one."""
    filled = [row for row in rows if not all(map(is_blank, row.cells))]
    count = next((at for at, row in enumerate(filled) if not row.is_header), 0)
    if count > 1:
        width = max(len(row.cells) for row in filled[:count])
        columns = (
            dict.fromkeys(row.cells[at] for row in filled[:count] if at < len(row.cells))
            for at in range(width)
        )
        names = [" ".join(filter(None, column)) for column in columns]
        filled = [_HtmlRow(filled[0].number, names, True), *filled[count:]]
    return [(row.number, row.cells) for row in filled]


class _HtmlRow:
    """A row of an HTML table: its number from 1, its texts, whether all of them are headers."""

    def __init__(self, number: int, cells: list[str], is_header: bool):
        self.number, self.cells, self.is_header = number, cells, is_header


class _TableReader(HTMLParser):
    """Collects the cells of tables, those that span others repeated; tables inside are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[_HtmlRow]] = []
        self.depth = self.raised = 0
        self.text: list[str] | None = None
        self.spans = (1, 1)
        self.below: dict[int, tuple[int, str]] = {}  # cells that reach into the rows below
        self.cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.depth += tag == "table"
        self.raised += tag == "sup"
        if tag == "table" and self.depth == 1:
            self.tables.append([])
            if len(self.tables) > MAX_TABLES:
                raise explain_large_page(MAX_TABLES, noop("tables"))
            self.below = {}
        elif self.depth == 1 and tag == "tr":
            self.tables[-1].append(_HtmlRow(len(self.tables[-1]) + 1, [], True))
            self.fill_from_above()
        elif self.depth == 1 and tag in ("td", "th") and self.tables[-1]:
            said = dict(attrs)
            self.spans = (read_span(said.get("colspan")), read_span(said.get("rowspan")))
            self.tables[-1][-1].is_header &= tag == "th"
            self.text = []
        elif tag == "br" and self.text is not None:
            self.text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "table"
        self.raised -= tag == "sup"
        if self.depth == 1 and tag in ("td", "th") and self.text is not None:
            self.add(" ".join("".join(self.text).split()))
            self.text = None

    def handle_data(self, data: str) -> None:
        if self.text is not None and self.depth == 1:
            self.text.append(data.translate(RAISED) if self.raised else data)

    def add(self, text: str) -> None:
        """Adds a cell as often as it spans columns, and to as many rows below."""
        row = self.tables[-1][-1]
        wide, high = self.spans
        self.count(row, wide)
        for _ in range(wide):
            if high > 1:
                self.below[len(row.cells)] = (high - 1, text)
            row.cells.append(text)
        self.fill_from_above()

    def count(self, row: _HtmlRow, more: int) -> None:
        """Raises Refused as soon as a row or the page has more cells than are read."""
        Rows("row").check_place(row.number, len(row.cells) + more)
        self.cells += more
        if self.cells > MAX_CELLS:
            raise Refused(
                "The table has more than %(most)s cells. %(remedy)s",
                most=f"{MAX_CELLS:,}",
                remedy=SMALLER,
            )

    def fill_from_above(self) -> None:
        """Adds the cells that reach here from above."""
        row = self.tables[-1][-1]
        while found := self.below.get(len(row.cells)):
            self.count(row, 1)
            left, text = found
            if left > 1:
                self.below[len(row.cells)] = (left - 1, text)
            else:
                del self.below[len(row.cells)]
            row.cells.append(text)


def read_span(text: str | None) -> int:
    """Returns how many columns or rows a cell spans: at least one."""
    return min(int(text), MAX_COLUMNS + 1) if text and re.fullmatch(r"[1-9]\d{0,4}", text) else 1
