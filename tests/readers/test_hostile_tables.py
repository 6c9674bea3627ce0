"""Tables that mean harm, or are larger than any that people have. All are made here."""

import random
import subprocess
import sys
import zipfile

import pytest
from django.conf import settings

from leaderboard.readers.files.tables import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
)
from leaderboard.readers.files.xlsx_gate import MAX_ELEMENTS, MAX_ENTRIES
from tests.readers.table_files import (
    END,
    HEADER,
    NAMESPACE,
    START,
    inline,
    raw_workbook,
    refusal,
    rows,
    sheet,
    zipped,
)

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
