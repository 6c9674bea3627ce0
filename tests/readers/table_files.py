"""Tables as people have them, made here, and how a test reads them."""

import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from leaderboard.readers.files.opening import open_file
from leaderboard.readers.formats import wide_table
from leaderboard.readers.results import (
    FileContext,
    Refused,
)

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def opened(content):
    data = content.encode() if isinstance(content, str) else content
    return open_file(BytesIO(data))


def refusal(content):
    with pytest.raises(Refused) as refused:
        opened(content)
    return str(refused.value)


def texts(content):
    """The rows of a file without their numbers."""
    return [row for _, row in opened(content).rows]


def read_wide(content):
    return wide_table.read(opened(content), FileContext())


def workbook(*rows, formats=(), more=()):
    """An XLSX as a spreadsheet saves it."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cell, number_format in formats:
        book.active[cell].number_format = number_format
    for title, state, cells in more:
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        sheet.append(cells)
    return saved(book)


def saved(book):
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def raw_workbook(sheet, shared="", book="", styles="", **options):
    """An XLSX as nobody saves it: parts given as XML, or as chunks of it."""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{CONTENT}.sheet.main+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{CONTENT}.sharedStrings+xml"/>'
        "</Types>",
        "xl/workbook.xml": book
        or f'<workbook {NAMESPACE} xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="Scores" sheetId="1" r:id="a"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="a" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="b" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
        "xl/sharedStrings.xml": shared or f"<sst {NAMESPACE}/>",
        "xl/worksheets/sheet1.xml": sheet,
    }
    if styles:
        parts["xl/styles.xml"] = styles
    return zipped(parts, **options)


def zipped(parts, compression=zipfile.ZIP_DEFLATED):
    file = BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in parts.items():
            with archive.open(name, "w") as part:
                for chunk in [content] if isinstance(content, str) else content:
                    part.write(chunk.encode())
    return file.getvalue()


def sheet(*rows):
    return f"<worksheet {NAMESPACE}><sheetData>{''.join(rows)}</sheetData></worksheet>"


def inline(text, place=""):
    where = f' r="{place}"' if place else ""
    return f'<c{where} t="inlineStr"><is><t>{text}</t></is></c>'


HEADER = f'<row r="1">{inline("llm")}{inline("a")}</row>'


START, END = sheet(HEADER, "|").split("|")


def rows(count):
    yield START
    for start in range(2, count, 1000):
        yield "".join(
            f'<row r="{at}"><c><v>{at % 97}</v></c></row>' for at in range(start, start + 1000)
        )
    yield END
