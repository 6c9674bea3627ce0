"""Tables that people have, and files that are none or mean harm. All are made here."""

import gzip
import random
import re
import subprocess
import sys
import zipfile
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from leaderboard.readers.files.opening import Document, open_file
from leaderboard.readers.files.tables import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    clean,
    letters,
)
from leaderboard.readers.files.xlsx_gate import MAX_ELEMENTS, MAX_ENTRIES
from leaderboard.readers.formats import long_table as long
from leaderboard.readers.formats import wide_table as wide
from leaderboard.readers.results import (
    Asked,
    Fact,
    LLMDraft,
    MetricDraft,
    Problem,
    Refused,
    Result,
    conflicts,
    draft_of_llm,
)
from leaderboard.text.formulas import disarm
from tests.conftest import shared_sample

NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SIMPLE = "llm,amcqa-overall\ngpt-4o,0.87\n"


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
    return wide.read(opened(content), Asked())


def read_long(content):
    table = opened(content)
    assert long.detects(table)
    return long.read(table, Asked())


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


# What a file is


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG picture"),
        (b"GIF89a", "a GIF picture"),
        (b"%PDF-1.7\n", "a PDF document"),
        (gzip.compress(SIMPLE.encode(), mtime=0), "a gzip archive"),
        (zipped({"scores.csv": SIMPLE}), "a zip archive"),
        (zipped({}), "a zip archive"),
        (zipped({"word/document.xml": "<a/>"}), "a Word document"),
        (zipped({"mimetype": "application/vnd.oasis"}), "an OpenDocument file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Excel workbook (.xls)"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "a workbook protected by a password",
        ),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"<!DOCTYPE html><title>Log in</title>", "a web page"),
        (b"\xef\xbb\xbf\n<HTML>", "a web page"),
        (b'<?xml version="1.0"?><a/>', "an XML document"),
    ],
)
def test_a_file_of_another_kind_is_named(data, kind):
    assert refusal(data).startswith(f"This is {kind}, not a table or a results file. ")


def test_a_git_lfs_pointer_says_how_to_get_the_file():
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    assert refusal(pointer) == (
        "This is a git-LFS pointer, not a table or a results file. "
        "Download the real file with “git lfs pull”, and import that."
    )


def test_a_picture_larger_than_any_table_is_still_a_picture():
    assert "a PNG picture" in refusal(b"\x89PNG\r\n\x1a\n" + bytes(MAX_BYTES))


@pytest.mark.parametrize(
    "data", ["{}", " \n[1]", b'\xef\xbb\xbf{"a": 1}', '{"a": 1}'.encode("utf-16")]
)
def test_what_starts_with_a_bracket_is_json(data):
    assert isinstance(opened(data), Document)


@pytest.mark.parametrize("length", [30, 200, -30])
def test_a_zip_that_was_cut_off_is_damaged(length):
    assert "damaged or was cut off" in refusal(workbook(["llm", "a"], ["x", 1])[:length])


@pytest.mark.parametrize("content", [b"", b" \r\n\n", ",,\n,,\n", "\ufeff", workbook()])
def test_an_empty_file_is_refused(content):
    assert "is empty" in refusal(content)


@pytest.mark.parametrize("content", ["llm,a\n", "llm,a\n,\n\n", workbook(["llm", "a"])])
def test_a_header_alone_is_refused(content):
    assert refusal(content) == ("The table has a header but no rows. Add a row for each LLM.")


@pytest.mark.parametrize("content", ["Results of May,,\n\nllm,a\nx,1\n", "May;;\nllm;a;b\n"])
def test_a_title_above_the_header_is_named(content):
    assert refusal(content) == (
        f"The first row has nothing but “{re.split('[,;]', content)[0]}” in it: it is a title, not "
        "a header. Delete what stands above the header."
    )


def test_a_text_without_delimiter_is_no_table():
    assert "This is a text, but not a table" in refusal("Dear all,\n".replace(",", "") + "hello\n")


def test_a_binary_file_of_unknown_kind_is_refused():
    assert "binary file of an unknown kind" in refusal(b"\x01\xff,\x02\xfe\n")


# CSV


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_every_unicode_encoding_is_read_without_a_note(encoding):
    table = opened("llm,a\n文心一言,0.5\n".encode(encoding))
    assert table.rows == ((1, ("llm", "a")), (2, ("文心一言", "0.5")))
    assert table.notes == ()


@pytest.mark.parametrize(
    ("encoding", "name", "guess"),
    [
        ("gbk", "文心一言", "GBK (Chinese)"),
        ("latin-1", "Génération", "Latin-1"),
        ("cp1252", "A–B", "Latin-1"),
    ],
)
def test_an_old_encoding_is_guessed_and_said(encoding, name, guess):
    table = opened(f"llm,a\n{name},0.5\n".encode(encoding))
    assert table.rows[1] == (2, (name, "0.5"))
    assert table.notes == (
        f"The file is not UTF-8; it was read as {guess}. "
        "Check the names, or save the file as UTF-8.",
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found(delimiter, end):
    lines = (
        delimiter.join(cells) for cells in (["llm", "a", "b"], ["x", "1", "2"], ["y", "3", "4"])
    )
    assert opened(end.join(lines)).rows == (
        (1, ("llm", "a", "b")),
        (2, ("x", "1", "2")),
        (3, ("y", "3", "4")),
    )


def test_quoted_cells_hold_delimiters_quotes_and_line_ends():
    table = opened('"llm","a;b;c;d"\n"x ""y"", z\nw",1\nv,2\n')
    assert table.rows == ((1, ("llm", "a;b;c;d")), (2, ('x "y", z\nw', "1")), (4, ("v", "2")))


@pytest.mark.parametrize("rest", ["", '\nz,"5"\n'])
def test_an_open_quote_is_refused_with_the_line_where_it_opens(rest):
    assert refusal(f'llm,a\nx,1\n"y,2\nw,3{rest}').startswith(
        "A double quote is opened in line 3 and not closed"
    )


def test_an_open_quote_before_much_text_names_its_line():
    assert "line 2 " in refusal('llm,a\n"y,2\n' + "w,3\n" * 50_000)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_nul_is_refused_with_its_line(end):
    assert "a NUL character in line 2:" in refusal(f"llm,a{end}x,\0" + f"1{end}" * 9)


def test_a_damaged_utf_16_is_refused():
    assert "The file starts as UTF-16, but byte" in refusal("llm,a\nx,1".encode("utf-16") + b"\0")


def test_a_line_with_more_cells_than_the_header_is_refused():
    assert refusal("llm,a\nx,1\ny,0,5\n").startswith("Line 3 has 3 cells, but the header has 2.")


def test_a_line_that_ends_early_leaves_the_rest_alone():
    assert [result.metric for result in read_wide("llm,a,b\nx,1\n").results] == ["a"]


def test_empty_cells_beyond_the_header_are_nothing():
    assert texts("llm,a,,\nx,1,,,,\n") == [("llm", "a", "", ""), ("x", "1", "", "", "", "")]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            "llm,AMCQA overall,amcqa-overall",
            "Two columns have the same header: “AMCQA overall” and “amcqa-overall”",
        ),
        ("llm,a,", "Column C has no header, but line 2 has “0.2” in it"),
    ],
)
def test_a_duplicate_or_missing_header_is_refused(header, message):
    assert message in refusal(f"{header}\nx,0.1,0.2\n")


# Limits


def test_a_table_above_five_megabytes_is_refused_unread():
    assert refusal("llm,a\n" + "x,1\n" * 1_250_000) == (
        "The file has 5.0 MB; a table may have 5 MB. "
        "Import a part of it, or leave out what is no score."
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n" * (MAX_ROWS + 1), f"goes beyond line {MAX_ROWS:,}"),
        ("a," * MAX_COLUMNS + "b\n", f"{MAX_COLUMNS + 1:,} columns in line 1"),
        ("a,b\n" + "," * (MAX_BYTES - 10), "Line 2 has more than 1,000,000 characters"),
        ("a,b\n" + "x" * 900_000, "A cell in line 2 has more than 10,000 characters"),
        ("a,b\n" + "x" * 10_001 + ",1", "The cell in line 2 has more than 10,000 characters"),
        (("a," * 399 + "b\n") * 400, f"more than {MAX_CELLS:,} cells"),
    ],
)
def test_a_text_beyond_a_limit_is_refused(content, message):
    assert message in refusal(content)


def many(piece, times, first="", last=""):
    """A long part of a workbook, without holding it."""
    yield first
    for _ in range(times // 10_000):
        yield piece * 10_000
    yield last


START, END = sheet(HEADER, "|").split("|")
SHARED_START, SHARED_END = f"<sst {NAMESPACE}><si><t>", "</t></si></sst>"
HOSTILE = {
    "a cell of 100 MB": (
        lambda: raw_workbook(
            many("x" * 100, 1_000_000, f'{START}<row><c t="str"><v>', f"</v></c></row>{END}")
        ),
        "times its size",
    ),
    "a shared text of 100 MB": (
        lambda: raw_workbook(sheet(HEADER), many("x" * 100, 1_000_000, SHARED_START, SHARED_END)),
        "times its size",
    ),
    "a cell of 40 MB": (
        lambda: raw_workbook(
            many("x" * 100, 400_000, f'{START}<row r="2"><c t="str"><v>', f"</v></c></row>{END}"),
            compression=zipfile.ZIP_STORED,
        ),
        "a table may have 5 MB",
    ),
    "a shared text of 400 kB": (
        lambda: raw_workbook(sheet(HEADER), f"{SHARED_START}{noise(400_000)}{SHARED_END}"),
        "The cell with text 1 of the workbook has more than 10,000 characters",
    ),
    "a long cell": (
        lambda: raw_workbook(sheet(HEADER, f'<row r="2">{inline("x" * 10_001, "B2")}</row>')),
        "The cell B2 has more than 10,000 characters",
    ),
    "3 million rows": (
        lambda: raw_workbook(many("<row><c><v>1</v></c></row>", 3_000_000, START, END)),
        "times its size",
    ),
    "a million rows": (
        lambda: raw_workbook(rows(1_000_000)),
        f"more than {MAX_ELEMENTS:,} elements",
    ),
    "more elements": (
        lambda: raw_workbook(sheet(HEADER, noise_elements(500_000))),
        f"more than {MAX_ELEMENTS:,} elements",
    ),
    "more cells": (
        lambda: raw_workbook(
            sheet(*(f"<row>{inline('x', f'OJ{row}')}</row>" for row in range(1, 300)))
        ),
        f"more than {MAX_CELLS:,} cells",
    ),
    "a cell at the far end": (
        lambda: raw_workbook(sheet(HEADER, f'<row r="1048576">{inline("x", "XFD1048576")}</row>')),
        f"goes beyond row {MAX_ROWS:,}",
    ),
    "a cell in the last column": (
        lambda: raw_workbook(sheet(HEADER, f'<row r="2">{inline("x", "XFD2")}</row>')),
        "16,384 columns in row 2",
    ),
    "much text": (
        lambda: raw_workbook(
            sheet(HEADER),
            (SHARED_START, *(f"{noise(9_000)}😀</t></si><si><t>" for _ in range(600)), SHARED_END),
        ),
        "more than 5,000,000 characters",
    ),
    "a tag of 4 MB": (
        lambda: raw_workbook(sheet(HEADER, f'<row r="{noise(4_000_000)}"/>')),
        "a tag of more than 64 kB",
    ),
    "a billion laughs": (
        lambda: raw_workbook(LAUGHS + sheet(HEADER, f'<row r="2">{inline("&j;")}</row>')),
        "document type",
    ),
    "a foreign file as entity": (
        lambda: raw_workbook('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + sheet()),
        "document type",
    ),
    "nested deep": (
        lambda: raw_workbook(sheet("<a>" * 100_000), compression=zipfile.ZIP_STORED),
        "nests more than 50 deep",
    ),
    "a long number format": (
        lambda: raw_workbook(sheet(HEADER, f'<numFmt formatCode="{"[" * 256}"/>')),
        "a number format has more than 255 characters",
    ),
    "a row after the last": (
        lambda: raw_workbook(sheet(HEADER, '<row r="999999999"/>')),
        "row 999999999 comes after row 1",
    ),
    "columns that go back": (
        lambda: raw_workbook(sheet(f"<row>{inline('a', 'B1')}{inline('llm', 'A1')}</row>")),
        "column A comes after column B in row 1",
    ),
    "a workbook part of 6 MB": (
        lambda: raw_workbook(sheet(HEADER), book=f"<!--{noise(6_000_000)}-->"),
        "Beside its cells the workbook holds too much",
    ),
    "a long text beside the cells": (
        lambda: raw_workbook(sheet(HEADER), book=f"<workbook>{noise(10_001)}</workbook>"),
        "it has a long text beside its cells",
    ),
    "many parts": (
        lambda: zipped({f"xl/{number}.xml": "" for number in range(MAX_ENTRIES + 1)}),
        f"more than {MAX_ENTRIES} parts",
    ),
    "rows that go back": (
        lambda: raw_workbook(sheet(HEADER, '<row r="3"/><row r="2"/>')),
        "row 2 comes after row 3",
    ),
    "a place that is none": (
        lambda: raw_workbook(sheet(HEADER, f'<row r="2">{inline("x", "2B")}</row>')),
        "a cell is at “2B”",
    ),
    "a text that is not there": (
        lambda: raw_workbook(sheet(HEADER, '<row r="2"><c t="s"><v>7</v></c></row>')),
        "damaged",
    ),
    "broken XML": (lambda: raw_workbook(sheet(HEADER)[:-5]), "damaged"),
    "no XML": (lambda: raw_workbook("llm,a\nx,1\n"), "damaged"),
    "no sheet": (lambda: zipped({"xl/workbook.xml": "<workbook/>"}), "damaged"),
    "packed with bzip2": (
        lambda: raw_workbook(sheet(HEADER), compression=zipfile.ZIP_BZIP2),
        "packed in a way no spreadsheet uses",
    ),
    "a size that lies": (lambda: lying_size(raw_workbook(numbers(300, 400))), "damaged"),
}
LAUGHS = "<!DOCTYPE a [<!ENTITY a 'ha'>{}]>".format(
    "".join(
        f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
)


NOISE = random.Random(1)  # no two texts alike, or they would be packed too well


def noise(length):
    """Characters that deflate makes no smaller than a half."""
    return "".join(NOISE.choices("abcdefghijklmnopqrstuvwxyz", k=length))


def noise_elements(count):
    return "".join(f"<a{number * 7919 % 9973}/>" for number in range(count))


def rows(count):
    yield START
    for start in range(2, count, 1000):
        yield "".join(
            f'<row r="{at}"><c><v>{at % 97}</v></c></row>' for at in range(start, start + 1000)
        )
    yield END


def numbers(height, width):
    cells = (
        "".join(f"<c><v>0.{row * column % 9973}</v></c>" for column in range(width))
        for row in range(height)
    )
    return sheet(*(f"<row>{row}</row>" for row in cells))


def lying_size(data):
    """The zip's directory says that the sheet has 2,000 bytes."""
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 22
    return data[:at] + (2_000).to_bytes(4, "little") + data[at + 4 :]


LONG_TO_MAKE = {"a million rows", "a workbook part of 6 MB", "a tag of 4 MB", "much text"}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.long] if name in LONG_TO_MAKE else [])
        for name in HOSTILE
    ],
)
def test_a_hostile_workbook_is_refused_with_a_sentence(name):
    make, message = HOSTILE[name]
    assert message in refusal(make())


MEASURE = """
import resource, sys
from pathlib import Path
from io import BytesIO
from leaderboard.readers.files.opening import open_file
from leaderboard.readers.results import Refused

def peak():  # in kB; on Linux ru_maxrss would be that of the process that started this one
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

data = sys.stdin.buffer.read()
before = peak()
try:
    open_file(BytesIO(data))
except Refused:
    print(peak() - before)
"""


def grown(data):
    """The kilobytes by which another process grows while it refuses a file."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE],
        input=data,
        cwd=settings.BASE_DIR,
        capture_output=True,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.long
@pytest.mark.parametrize("name", ["a cell of 100 MB", "much text", "more cells", "a tag of 4 MB"])
def test_a_hostile_workbook_takes_less_than_100_megabytes(name):
    assert grown(HOSTILE[name][0]()) < 100_000


@pytest.mark.slow
def test_a_cell_of_a_gigabyte_takes_less_than_100_megabytes():
    cell = many("x" * 100, 10_000_000, f'{START}<row><c t="str"><v>', f"</v></c></row>{END}")
    assert grown(raw_workbook(cell)) < 100_000


@pytest.mark.parametrize("text", ["a,b\n" + "," * 4_999_990, "a,b\n" + "😀,1\n" * 700_000])
def test_a_hostile_text_takes_less_than_100_megabytes(text):
    assert grown(text.encode()) < 100_000


# Workbooks


def test_a_workbook_gives_what_was_typed():
    data = workbook(
        ["llm", "a", "released", "open_weights", "when"],
        ["gpt-4o", 0.87, date(2025, 1, 20), True, datetime(2025, 1, 20, 13, 30)],
        [],
        ["007", 12, None, False, "2025-01"],
        ["sum", 0.1 + 0.2, None, None, 1e-7],
    )
    table = opened(data)
    assert table.rows == (
        (1, ("llm", "a", "released", "open_weights", "when")),
        (2, ("gpt-4o", "0.87", "2025-01-20", "true", "2025-01-20T13:30:00")),
        (4, ("007", "12", "", "false", "2025-01")),
        (5, ("sum", "0.3", "", "", "1e-07")),
    )
    assert (table.kind, table.notes) == ("an XLSX workbook", ())


def test_a_date_may_count_from_1904():
    book = Workbook()
    book.epoch = datetime(1904, 1, 1)
    book.active.append(["llm", "released"])
    book.active.append(["x", date(2025, 1, 20)])
    assert texts(saved(book))[1] == ("x", "2025-01-20")


def test_percent_in_a_workbook_is_read_as_stored_with_a_note():
    table = opened(workbook(["llm", "a"], ["x", 0.87], formats=[("B2", "0.0%")]))
    assert table.rows[1] == (2, ("x", "0.87"))
    assert table.notes == (
        "Cells shown as percent, the first of them B2, are read as the spreadsheet stores them: "
        "87 % is 0.87.",
    )


def test_shared_rich_and_spoken_texts_are_read():
    shared = (
        f"<sst {NAMESPACE}><si><t>llm</t></si><si><r><t>文心</t></r><r><t>一言</t></r>"
        '<rPh sb="0" eb="4"><t>wenxin</t></rPh></si></sst>'
    )
    rows = (
        f'<row><c t="s"><v>0</v></c>{inline("a")}</row>',
        '<row><c t="s"><v>1</v></c><c><v>0.5</v></c></row>',
    )
    assert texts(raw_workbook(sheet(*rows), shared)) == [("llm", "a"), ("文心一言", "0.5")]


def test_prefixed_elements_are_the_same():
    xml = sheet(HEADER, f'<row r="2">{inline("x")}{inline("1")}</row>')
    prefixed = re.sub(r"<(/?)(\w)", r"<\1x:\2", xml).replace("xmlns=", "xmlns:x=")
    assert texts(raw_workbook(prefixed)) == [("llm", "a"), ("x", "1")]


def test_the_first_visible_sheet_with_content_is_read_and_named():
    book = Workbook()
    book.active.title = "Empty"
    for title, state in [("Old", "hidden"), ("Scores", "visible"), ("More", "visible")]:
        each = book.create_sheet(title)
        each.sheet_state = state
        each.append(["llm", title])
        each.append(["x", 1])
    table = opened(saved(book))
    assert table.rows[0] == (1, ("llm", "Scores"))
    assert table.notes == ("Only the sheet “Scores” was read, not “More”.",)


def test_a_refused_sheet_says_that_there_are_others():
    book = Workbook()
    book.active.title = "Read me"
    book.active.append(["This is our file"])
    assert refusal(saved(book)) == "The table has a header but no rows. Add a row for each LLM."
    table = book.create_sheet("Scores")
    table.append(["llm", "a"])
    assert refusal(saved(book)) == (
        "The table has a header but no rows. Add a row for each LLM. Only the sheet “Read me” was "
        "read, not “Scores”. If the table is on another sheet, move that to the front."
    )


def test_styled_cells_without_content_are_nothing():
    data = raw_workbook(
        sheet(
            HEADER,
            f'<row r="2">{inline("x")}{inline("1")}<c r="XFD2" s="0"/></row>',
            '<row r="1048576"><c r="A1048576"/></row>',
        )
    )
    assert texts(data) == [("llm", "a"), ("x", "1")]


def test_a_formula_gives_its_stored_result_or_a_problem():
    rows = (
        HEADER,
        f'<row r="2">{inline("x")}<c r="B2"><f>1/2</f><v>0.5</v></c></row>',
        f'<row r="3">{inline("y")}<c r="B3"><f>1/3</f></c></row>',
        f'<row r="4">{inline("z")}<c r="B4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>',
    )
    reading = read_wide(raw_workbook(sheet(*rows)))
    assert reading.results == (Result("cell B2, column a", "x", "a", Decimal("0.5")),)
    assert reading.problems == (
        Problem(
            "cell B3, column a",
            "(formula)",
            "The formula in this cell has no stored result.",
            "Open the file in a spreadsheet and save it, or type the value.",
            "y",
            "a",
        ),
        Problem(
            "cell B4, column a",
            "#DIV/0!",
            "“#DIV/0!” is not a number here.",
            "Type plain digits with a point, like 0.87.",
            "z",
            "a",
        ),
    )


def test_a_formula_without_result_names_no_llm_and_no_column():
    formula = "<c><f>A1</f></c>"
    below = sheet(HEADER, f"<row>{formula}{inline('1')}</row>")
    assert [each.where for each in read_wide(raw_workbook(below)).problems] == [
        "cell A2, column llm"
    ]
    above = sheet(f"<row>{inline('llm')}{formula}</row>", f"<row>{inline('x')}</row>")
    assert "The header has a formula" in refusal(raw_workbook(above))


def test_what_openpyxl_warns_of_is_read_in_silence():
    late = '<c r="B2" s="1"><v>99999999</v></c>'
    xf = '<xf numFmtId="{}" fontId="0" fillId="0" borderId="0"/>'
    styles = (
        f"<styleSheet {NAMESPACE}><fonts><font/></fonts><fills><fill><patternFill/></fill></fills>"
        f"<borders><border/></borders><cellXfs>{xf.format(0)}{xf.format(14)}</cellXfs></styleSheet>"
    )
    rows = sheet(HEADER, f'<row r="2">{inline("x")}{late}</row>')
    extended = rows.replace("</worksheet>", '<extLst><ext uri="{0}"/></extLst></worksheet>')
    assert texts(raw_workbook(extended, styles=styles)) == [("llm", "a"), ("x", "#VALUE!")]


def test_a_wrong_size_in_the_sheet_is_not_believed():
    rows = sheet(HEADER, f'<row r="2">{inline("x")}{inline("1")}</row>')
    sized = rows.replace("<sheetData>", '<dimension ref="A1:A1"/><sheetData>')
    assert texts(raw_workbook(sized)) == [("llm", "a"), ("x", "1")]


def test_columns_are_lettered_as_in_a_spreadsheet():
    assert [letters(column) for column in (0, 25, 26, 701, 702, 16383)] == [
        "A", "Z", "AA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip


# Wide tables


def test_a_wide_table_gives_scores_facts_and_drafts():
    reading = read_wide(
        "Model,organization,parameters_billion,AMCQA Overall,rank,AMCQA Overall_n\n"
        "Qwen/Qwen3-0.6B,'=Qwen,0.6,0.60,1,9\n"
        ",,,,,\n"
        "gpt-4o,,n/a,-,2,\n"
    )
    qwen, gpt = "Qwen/Qwen3-0.6B", "gpt-4o"
    assert reading.results == (
        Result("line 2, column AMCQA Overall", qwen, "AMCQA Overall", Decimal("0.60")),
        Result("line 4, column AMCQA Overall", gpt, "AMCQA Overall", None),
    )
    assert str(reading.results[0].value) == "0.60"
    assert reading.facts == (
        Fact("line 2, column organization", qwen, "organization", "=Qwen"),
        Fact("line 2, column parameters_billion", qwen, "parameters", "0.6"),
        Fact("line 4, column organization", gpt, "organization", ""),
        Fact("line 4, column parameters_billion", gpt, "parameters", ""),
    )
    assert reading.problems == ()
    assert reading.notes == ("Not read, as the site computes them itself: rank, AMCQA Overall_n.",)
    assert reading.llms == {qwen: LLMDraft("Qwen3-0.6B", "Qwen", huggingface_id=qwen)}
    assert reading.metrics == {"AMCQA Overall": MetricDraft("AMCQA Overall")}


def test_what_ends_like_a_computed_column_of_no_other_is_a_metric():
    assert list(read_wide("llm,recall_low\nx,1\n").metrics) == ["recall_low"]


@pytest.mark.parametrize("text", ["", "-", "–", "—", "null", "None", "NA", "N/A", "n/a", "  "])
def test_missing_is_no_value_and_not_zero(text):
    assert read_wide(f"llm,a,b\nx,{text},1\n").results[0].value is None


@pytest.mark.parametrize(
    ("text", "reason", "remedy", "is_missing"),
    [
        ("0,87", "“0,87” is not a number here.", "Use a point for the decimals, like 0.87.", False),
        ("1e9", "“1e9” is too large.", "Type a number below 1,000,000.", False),
        ("NaN", "“NaN” is not a number here.", "Leave the box empty if there is no score.", True),
        ("-inf", "“-inf” is not a number here.", "Leave the box empty if there is no score.", True),
    ],
)
def test_what_is_no_number_is_a_problem_with_a_remedy(text, reason, remedy, is_missing):
    assert read_wide(f"llm;a\nx;{text}\n").problems == (
        Problem("line 2, column a", text, reason, remedy, "x", "a", is_missing),
    )


def test_a_row_without_llm_is_a_problem():
    assert read_wide("llm,a\n,0.5\nx,1\n").problems == (
        Problem(
            "line 2", "", "The row has no LLM.", "Fill in the name of the LLM, or delete the row."
        ),
    )


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            "a,b",
            "No column names the LLM. Give that column the header “llm”; the headers are: a, b.",
        ),
        ("llm,model", "“llm” and “model” both name the LLM. Rename or delete one column."),
    ],
)
def test_one_column_names_the_llm(header, message):
    with pytest.raises(Refused) as refused:
        read_wide(f"{header}\nx,1\n")
    assert str(refused.value) == message


def test_two_columns_for_one_fact_are_refused():
    with pytest.raises(Refused, match="both name the parameters"):
        read_wide("llm,parameters,parameters (billions)\nx,1,1\n")


def test_the_same_score_twice_is_read_once():
    reading = read_wide("llm,a\nGPT-4o,0.5\ngpt-4o,0.50\n")
    assert (len(reading.results), reading.problems) == (1, ())


def test_different_scores_for_the_same_llm_and_metric_name_both_rows():
    reading = read_wide("llm,a,license\nx,0.5,MIT\ny,1,\nx,0.6,GPL\n")
    assert reading.problems == (
        Problem(
            "line 2, column a and line 4, column a",
            "0.6",
            "x has this score twice, with different values: 0.5 and 0.6.",
            "Delete one of them, or correct the name.",
            "x",
            "a",
        ),
        Problem(
            "line 2, column license and line 4, column license",
            "GPL",
            "x has two values here: MIT and GPL.",
            "Delete one of them, or correct the name.",
            "x",
        ),
    )


def test_a_score_and_no_score_contradict_each_other():
    results = [Result("here", "x", "a", Decimal(1)), Result("there", "x", "a", None)]
    assert [each.reason for each in conflicts(results)] == [
        "x has this score twice, with different values: 1 and no value."
    ]


@given(st.text(alphabet="'=+-@＝﹢ab1;\t\r\n ", max_size=8))
def test_what_the_export_quotes_comes_back(text):
    # A name of ours has no blanks around it.
    name = text.strip()
    assert clean(disarm(name)) == name


def test_the_seed_is_read_without_problems():
    files = (shared_sample(f"seed/{name}.csv") for name in ("scores", "llms"))
    scores, llms = (read_wide(path.read_bytes()) for path in files)
    assert (scores.problems, scores.facts, len(scores.results)) == ((), (), 51 * 9)
    assert (llms.problems, llms.results) == ((), ())
    assert {fact.llm for fact in llms.facts} == {result.llm for result in scores.results}


# Long tables


def test_a_long_table_gives_everything_known_of_a_score():
    reading = read_long(
        "llm,benchmark,metric,value,n,standard_error,measured_on,source_url,note,seed\n"
        'x,SciQ,"acc,none",0.950,1000,0.007,2025-01-20,https://example.org,\'-shot,1\n'
        "y,,average,N/A,,,,,,1\n"
    )
    assert reading.results == (
        Result(
            "line 2, column value",
            "x",
            "SciQ / acc,none",
            Decimal("0.950"),
            question_count=1000,
            standard_error=Decimal("0.007"),
            measured_on=date(2025, 1, 20),
            note="-shot",
            source_url="https://example.org",
        ),
        Result("line 3, column value", "y", "average", None),
    )
    assert (reading.problems, reading.notes) == ((), ("Columns not read: seed.",))
    assert reading.metrics == {
        "SciQ / acc,none": MetricDraft("acc,none", "SciQ"),
        "average": MetricDraft("average"),
    }


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("value", "0.8x", "“0.8x” is not a number here."),
        ("n", "0", "“0” is not a number of questions."),
        ("n", "12.5", "“12.5” is not a number of questions."),
        ("n", "9" * 10, "“9999999999” is not a number of questions."),
        ("standard_error", "-0.1", "A standard error is never negative."),
        ("measured_on", "20.1.2025", "“20.1.2025” is not a day."),
        ("measured_on", "2025-02-30", "“2025-02-30” is not a day."),
        ("source_url", "javascript:alert(1)", "“javascript:alert(1)” is not a web address."),
    ],
)
def test_a_wrong_cell_of_a_long_table_is_a_problem(column, text, reason):
    row = {"llm": "x", "metric": "a", "value": "1"} | {column: text}
    reading = read_long(f"{','.join(row)}\n{','.join(row.values())}\n")
    assert reading.results == ()
    assert [(each.where, each.reason) for each in reading.problems] == [
        (f"line 2, column {column}", reason)
    ]


def test_a_row_without_llm_metric_or_value_is_a_problem():
    reading = read_long("llm,metric,value\n,a,1\nx,,1\nx,a\n,,\n")
    assert [(each.where, each.reason) for each in reading.problems] == [
        ("line 2", "The row has no LLM."),
        ("line 3", "The row has no metric."),
        ("line 4", "The row ends before its value."),
    ]


def test_a_long_workbook_is_read_likewise():
    data = workbook(["llm", "metric", "value", "n"], ["x", "a", 0.5, 2960])
    assert read_long(data).results == (
        Result("cell C2, column value", "x", "a", Decimal("0.5"), question_count=2960),
    )


def test_a_wide_table_is_not_long():
    assert not long.detects(opened("llm,value\nx,1\n"))


# Names


@pytest.mark.parametrize(
    ("name", "draft"),
    [
        ("gpt-4o", LLMDraft("gpt-4o")),
        ("Qwen/Qwen3-0.6B", LLMDraft("Qwen3-0.6B", "Qwen", huggingface_id="Qwen/Qwen3-0.6B")),
        ("Qwen__Qwen3-0.6B", LLMDraft("Qwen3-0.6B", "Qwen", huggingface_id="Qwen/Qwen3-0.6B")),
        ("/scratch/someone/my-model/", LLMDraft("my-model")),
        ("__scratch__someone__my-model", LLMDraft("my-model")),
        ("./my-model", LLMDraft("my-model")),
        (r"C:\models\my-model", LLMDraft("my-model")),
        ("~/models--a--b/snapshots/0f3c", LLMDraft("b", "a", huggingface_id="a/b")),
        ("GPT 4 / high effort", LLMDraft("high effort")),
        ("some_model", LLMDraft("some_model")),
    ],
)
def test_a_name_says_organization_and_model_but_never_a_folder(name, draft):
    found = draft_of_llm(name)
    assert (found.name.strip(), found.organization, found.huggingface_id) == (
        draft.name,
        draft.organization,
        draft.huggingface_id,
    )
