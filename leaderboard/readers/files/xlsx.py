"""XLSX read by openpyxl, which has no limits of its own: a gate counts what it is about to read."""

import io
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import date, datetime, time
from typing import Any

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from leaderboard.readers.results import Refused, short
from leaderboard.text.sentences import Phrase

from .tables import MAX_COLUMNS, Place, Rows, Table, check_table
from .xlsx_gate import CHUNK, Archive, damaged, open_archive


def read_workbook(data: bytes) -> Table:
    """Returns the first visible sheet with content, as a table of texts.

    Raises Refused for a workbook that is beyond the limits, damaged or protected.
    """
    try:
        # openpyxl warns of what it could not save again, and prints values out of its range.
        with warnings.catch_warnings(action="ignore"), redirect_stdout(None):
            archive = open_archive(data)
            return read_sheets(archive, visible_sheets(archive, data))
    except Refused:
        raise
    except Exception:  # openpyxl checks little: a broken file may raise any exception
        raise damaged() from None


class Sheet(ReadOnlyWorksheet):  # type: ignore[misc]  # openpyxl has no types
    """A sheet whose size is not asked for.

    Where the file does not state it, openpyxl would read the whole sheet to find it.
    """

    def _get_size(self) -> None:
        pass

    @property
    def path(self) -> str:
        """The part of the archive that holds the sheet."""
        return str(self._worksheet_path)


def visible_sheets(archive: Archive, data: bytes) -> list[Sheet]:
    """Returns the visible sheets, as openpyxl.load_workbook does, but read from our archive.

    Parts without cells are skipped: a wrong date of printing is no reason to refuse a table.
    """
    reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    reader.archive = archive
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(archive, reader.wb)
    return [
        Sheet(reader.wb, sheet.name, relation.target, reader.shared_strings)
        for sheet, relation in reader.parser.find_sheets()
        if sheet.state == "visible" and "chartsheet" not in relation.Type
    ]


def read_sheets(archive: Archive, sheets: list[Sheet]) -> Table:
    """Returns the table of the first filled sheet; a refusal says that there are others."""
    filled = [sheet for sheet in sheets if has_content(archive, sheet)]
    if not filled:
        raise Refused("The workbook is empty: no visible sheet has a filled cell.")
    others = [sheet.title for sheet in filled[1:]]
    table = read_sheet(archive, filled[0], others)
    try:
        return check_table(table)
    except Refused as refusal:
        if not others:
            raise
        raise Refused(
            "%(refusal)s %(sheets)s If the table is on another sheet, move that to the front.",
            refusal=Phrase(refusal.template, **refusal.varying), sheets=table.notes[0],
        ) from None  # fmt: skip


def has_content(archive: Archive, sheet: Sheet) -> bool:
    """Whether a sheet has a filled cell; reads only as far as the first one."""
    with archive.open(sheet.path) as gate:
        while not gate.widths and gate.read(CHUNK):
            pass
    return bool(gate.widths)


def read_sheet(archive: Archive, sheet: Sheet, others: list[str]) -> Table:
    """Reads a sheet into a table, whose notes name the sheets that were not read."""
    rows = Rows("row")
    percent: set[Place] = set()
    written: set[Place] = set()
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
        gate = archive.gates[sheet.path]
        if width := gate.widths.get(number):
            percent.update((number, column) for column in shown_as_percent(cells[:width]))
            written.update(
                (number, column)
                for column, cell in enumerate(cells[:width])
                if isinstance(cell.value, str) and any(map(str.isdigit, cell.value))
            )
            texts = [
                "(formula)" if (number, column) in gate.without_value else cell_text(cell.value)
                for column, cell in enumerate(cells[:width])
            ]
            rows.add(number, texts)
    return Table(
        Phrase("an XLSX workbook"),
        tuple(rows.rows),
        notes=tuple(list_notes(sheet.title, others)),
        is_workbook=True,
        texts=frozenset(written),
        percent=frozenset(percent),
        without_value=frozenset(archive.gates[sheet.path].without_value),
    )


def shown_as_percent(cells: Any) -> Iterator[int]:
    """Yields the columns of the numbers in a row that are shown as percent."""
    for column, cell in enumerate(cells):
        if cell.data_type == "n" and cell.value is not None and "%" in cell.number_format:
            yield column


def cell_text(value: object) -> str:
    """Returns the value of a cell as text.

    A spreadsheet shows, and means, 15 digits: 0.30000000000000004 is 0.3.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:.15g}"
    if isinstance(value, datetime):
        has_time = value.time() != time()
        return value.isoformat(timespec="seconds") if has_time else value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def list_notes(title: str, others: list[str]) -> Iterator[str]:
    """Yields what the maintainer should know: sheets that are not read."""
    if others:
        names = ", ".join(f"“{short(other)}”" for other in others[:5])
        if len(others) > 5:
            names = Phrase("%(names)s and %(count)s more", names=names, count=len(others) - 5)
        yield Phrase(
            "Only the sheet “%(sheet)s” was read, not %(others)s.",
            sheet=short(title), others=names,
        )  # fmt: skip
