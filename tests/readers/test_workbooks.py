"""Workbooks, as spreadsheets write them. All are made here."""

import re
from datetime import date, datetime
from decimal import Decimal

from openpyxl import Workbook

from leaderboard.readers.files.tables import (
    column_letters,
)
from leaderboard.readers.results import (
    Problem,
    Result,
)
from tests.readers.table_files import (
    HEADER,
    NAMESPACE,
    inline,
    opened,
    raw_workbook,
    read_wide,
    refusal,
    saved,
    sheet,
    texts,
    workbook,
)

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


def test_percent_in_a_workbook_is_read_as_it_is_shown():
    data = workbook(["llm", "a"], ["x", 0.889], ["y", 0.5], formats=[("B2", "0.0%"), ("B3", "0%")])
    assert (opened(data).rows[1], opened(data).notes) == ((2, ("x", "0.889")), ())
    reading = read_wide(data)
    assert [(str(each.value), each.unit) for each in reading.results] == [
        ("88.9", "%"),
        ("5E+1", "%"),
    ]
    assert reading.metrics["a"].unit == "percent"


def test_a_plain_number_among_percent_cells_is_a_problem():
    data = workbook(["llm", "a"], ["x", 0.889], ["y", 0.5], ["z", 0], formats=[("B2", "0.0%")])
    reading = read_wide(data)
    assert [each.llm for each in reading.results] == ["x", "z"]
    assert [(each.where, each.reason) for each in reading.problems] == [
        (
            "cell B3, column a",
            "“0.5” has not the unit of the other numbers in its column, which is %.",
        )
    ]


def test_numbers_typed_as_text_follow_the_file_and_real_numbers_do_not():
    reading = read_wide(workbook(["llm", "a", "b"], ["x", "71,25", 0.125], ["y", "4.350", 1.5]))
    assert [str(each.value) for each in reading.results] == ["71.25", "0.125", "4350", "1.5"]


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
            "“#DIV/0!” is an error of the spreadsheet.",
            "Mend its formula, or empty the cell.",
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
    assert [column_letters(column) for column in (0, 25, 26, 701, 702, 16383)] == [
        "A", "Z", "AA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip
