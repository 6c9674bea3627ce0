"""Whole tables as people in other places write them: signs, encodings, units, headers, days.

Each kind of a file is read right, or ends in one sentence; a column that is meant as numbers is
never left out as text.
"""

from decimal import Decimal

import pytest

from leaderboard.readers.layouts import HALF_WIDTH, LEFT_OUT, STANDARD_ERROR
from leaderboard.readers.results import Refused
from tests.readers.table_files import read_wide, refusal, workbook
from tests.readers.test_columns import errors, read_as, reasons, roles, values

# {what: (text, encoding, [(LLM, metric, value)], note of the encoding)}
TABLES = {
    "German": (
        "Modell;Genauigkeit (%);Latenz (ms)\nÄ;71,2;4.350\nB;;980\n", "cp1252",
        [("Ä", "Genauigkeit (%)", "71.2"), ("Ä", "Latenz (ms)", "4350"),
         ("B", "Genauigkeit (%)", None), ("B", "Latenz (ms)", "980")], "Latin-1",
    ),
    "Swiss": (
        "Modell;Tokens;Kosten (CHF)\nA;1’234’567;4'350.50\nB;980;12.05\n", "utf-8",
        [("A", "Tokens", "1234567"), ("A", "Kosten (CHF)", "4350.50"),
         ("B", "Tokens", "980"), ("B", "Kosten (CHF)", "12.05")], "",
    ),
    "French": (
        "Modèle\tExactitude (%)\tJetons\nA\t71,2\t4\u202f350\nB\t68,9\t1\xa0234\xa0567\n", "utf-16",
        [("A", "Exactitude (%)", "71.2"), ("A", "Jetons", "4350"),
         ("B", "Exactitude (%)", "68.9"), ("B", "Jetons", "1234567")], "",
    ),
    "Brazilian": (
        "Modelo;Acurácia;Custo\nA;71,2%;R$ 4,35\nB;68,9%;R$ 1.012,04\n", "utf-8-sig",
        [("A", "Acurácia", "71.2"), ("A", "Custo", "4.35"),
         ("B", "Acurácia", "68.9"), ("B", "Custo", "1012.04")], "",
    ),
    "Indian": (
        'Model,Tokens,Cost\nA,"12,34,567","₹1,20,000.50"\nB,"4,350",₹980\n', "utf-8",
        [("A", "Tokens", "1234567"), ("A", "Cost", "120000.50"),
         ("B", "Tokens", "4350"), ("B", "Cost", "980")], "",
    ),
    "Russian": (
        "Модель;Точность (%);Время (мс)\nГига;71,2;4 350\nЯндекс;68,9;12 040\n", "cp1251",
        [("Гига", "Точность (%)", "71.2"), ("Гига", "Время (мс)", "4350"),
         ("Яндекс", "Точность (%)", "68.9"), ("Яндекс", "Время (мс)", "12040")],
        "Windows-1251 (Cyrillic)",
    ),
    "Chinese": (
        "模型,准确率(%),价格(元)\n通义千问,71.2,￥1.2\n文心,68.9,3\n", "gbk",
        [("通义千问", "准确率(%)", "71.2"), ("通义千问", "价格(元)", "1.2"),
         ("文心", "准确率(%)", "68.9"), ("文心", "价格(元)", "3")], "GBK (Chinese)",
    ),
    "Japanese": (
        "モデル,正解率(%),時間(秒)\nさくら,71.2,43.5\nふじ,68.9,9.8\n", "cp932",
        [("さくら", "正解率(%)", "71.2"), ("さくら", "時間(秒)", "43.5"),
         ("ふじ", "正解率(%)", "68.9"), ("ふじ", "時間(秒)", "9.8")], "Shift JIS (Japanese)",
    ),
    "Korean": (
        "모델,정확도(%),시간(초)\n솔라,71.2,43.5\n엑사원,68.9,9.8\n", "cp949",
        [("솔라", "정확도(%)", "71.2"), ("솔라", "시간(초)", "43.5"),
         ("엑사원", "정확도(%)", "68.9"), ("엑사원", "시간(초)", "9.8")], "EUC-KR (Korean)",
    ),
    "Taiwanese": (
        "模型名稱,準確率(%),耗時(秒)\n臺灣模型,71.2,3\n語言模型,68.9,2\n", "big5",
        [("臺灣模型", "準確率(%)", "71.2"), ("臺灣模型", "耗時(秒)", "3"),
         ("語言模型", "準確率(%)", "68.9"), ("語言模型", "耗時(秒)", "2")], "Big5 (Chinese)",
    ),
    "of microseconds": (
        "LLM;Zeit\nÄ;12 µs\nB;13µs\nC;14µs\n", "cp1252",
        [("Ä", "Zeit", "12"), ("B", "Zeit", "13"), ("C", "Zeit", "14")], "Latin-1",
    ),
    "told its delimiter": (
        "sep=;\r\nLLM;acc\r\nA;71,2\r\nB;68,9\r\n", "utf-8-sig",
        [("A", "acc", "71.2"), ("B", "acc", "68.9")], "",
    ),
    "with bars": ("LLM|acc\nA|71.2\nB|68.9\n", "utf-8",
                  [("A", "acc", "71.2"), ("B", "acc", "68.9")], ""),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read_as_the_people_of_a_place_write_it(name):
    text, encoding, expected, guess = TABLES[name]
    reading = read_wide(text.encode(encoding))
    assert values(reading) == expected
    assert reading.problems == ()
    notes = [note for note in reading.notes if "was read as" in note]
    assert notes == (
        [f"The file is not UTF-8; it was read as {guess}. Check the names, or save the file as "
         "UTF-8."] if guess else []
    )  # fmt: skip


def test_the_line_that_tells_the_delimiter_is_counted_as_a_line():
    assert read_wide("sep=;\nLLM;acc\nA;71,2\n").results[0].where == "line 3, column acc"


def test_a_name_of_several_lines_is_one_line():
    assert values(read_wide('LLM,acc\n"Model\r\nOne",1\n"Model  Two",2\n')) == [
        ("Model One", "acc", "1"), ("Model Two", "acc", "2"),
    ]  # fmt: skip


@pytest.mark.parametrize("error", ["#DIV/0!", "#NAME?", "#WERT!"])
def test_an_error_of_a_spreadsheet_is_named_as_that(error):
    (problem,) = read_wide(f"LLM,a\nx,{error}\n").problems
    assert (problem.where, problem.reason, problem.remedy) == (
        "line 2, column a", f"“{error}” is an error of the spreadsheet.",
        "Mend its formula, or empty the cell.",
    )  # fmt: skip


def test_a_percent_with_the_other_decimal_sign_is_told_how_to_write_it():
    (problem,) = read_wide('LLM,a\nx,"100,0%"\ny,71.2%\n').problems
    assert problem.remedy == "Use a point for the decimals, like 100.0."


def test_a_header_of_several_lines_is_one_name():
    reading = read_wide('LLM,"acc\n(%)"\nA,71.2\n')
    assert values(reading) == [("A", "acc (%)", "71.2")]
    assert reading.results[0].unit == "%"


# Units


@pytest.mark.parametrize(
    ("header", "cell", "unit"),
    [
        ("Cost", "$3", "$"), ("Cost", "3 €", "€"), ("Cost", "£3", "£"), ("Cost", "¥300", "¥"),
        ("Cost", "US$3", "US$"), ("Cost (USD)", "$3", "$"), ("价格(元)", "￥3", "¥"),
        ("Cost (JPY)", "¥300", "¥"), ("Error", "5‰", "‰"), ("Acc", "70 percent", "%"),
        ("Latency (s)", "3 sec", "sec"), ("Latency (ms)", "300", "ms"),
    ],
)  # fmt: skip
def test_a_unit_is_read_with_its_number(header, cell, unit):
    reading = read_wide(f"LLM,{header}\nA,{cell}\n")
    assert [(each.unit, each.value > 0) for each in reading.results] == [(unit, True)]
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("header", "cell", "unit"),
    [("Cost", "€4", "$"), ("Cost (EUR)", "$4", "EUR"), ("Latency (s)", "4 ms", "s")],
)
def test_two_units_in_a_column_are_a_problem(header, cell, unit):
    other = "" if "(" in header else "$"
    assert reasons(read_wide(f"LLM,{header}\nA,{other}3\nB,{other}4\nC,{cell}\n")) == [
        (f"line 4, column {header}",
         f"“{cell}” has not the unit of the other numbers in its column, which is {unit}."),
    ]  # fmt: skip


# What is meant as a number and is none


@pytest.mark.parametrize(
    "cell",
    ["１２.５", "７１．２", "٧١٫٢", "½", "≈71", "~71", "<0.1", ">99", "71.2 (+1.2)", "71.2 [70.1]"],
)
def test_a_column_meant_as_numbers_is_a_problem_for_each_and_never_left_out(cell):
    reading = read_wide(f"LLM,b,a\nA,1,{cell}\nB,2,{cell}\n")
    assert roles(reading)["a"] == ("metric", "")
    assert [(where, reason[: len(cell) + 2]) for where, reason in reasons(reading)] == [
        ("line 2, column a", f"“{cell}”"),
        ("line 3, column a", f"“{cell}”"),
    ]
    assert values(reading) == [("A", "b", "1"), ("B", "b", "2")]


@pytest.mark.parametrize("cell", ["71.2 (5-shot)", "71.2/80.1", "12/20", "1:23", "$3 / 1M"])
def test_texts_that_begin_with_numbers_are_left_out_with_a_line_that_names_them(cell):
    reading = read_wide(f"LLM,b,a\nA,1,{cell}\nB,2,{cell}\n")
    assert roles(reading)["a"] == (LEFT_OUT, "")
    assert reading.notes == (
        "Columns left out: a.",
        f"Left out as texts, though they begin with numbers: a (“{cell}”). To have one read, leave "
        "one number in each cell.",
    )


@pytest.mark.parametrize("cell", ["2025-04-29", "8x7B", "v1.2", "#1 of all", "https://e.org/1"])
def test_other_texts_with_digits_are_left_out_in_the_line_of_all_texts(cell):
    assert read_wide(f"LLM,b,a\nA,1,{cell}\n").notes == ("Columns left out: a.",)


# Intervals behind numbers

INTERVALS = 'LLM,Elo\nA,"1492 [1480, 1504]"\nB,"1478 (1470–1486)"\n'


def test_the_ends_of_an_interval_behind_a_number_are_asked_once_for_the_column():
    assert reasons(read_wide(INTERVALS)) == [
        ("line 2, column Elo",
         "What stands in brackets in the column “Elo” may be the ends of an interval of 95 "
         "percent, or something else."),
    ]  # fmt: skip


def test_the_ends_of_an_interval_become_a_standard_error_if_that_is_said():
    reading = read_as(INTERVALS, plus_minus=HALF_WIDTH)
    assert (errors(reading), reading.problems) == ([Decimal("6.123"), Decimal("4.082")], ())
    assert errors(read_as(INTERVALS, plus_minus=LEFT_OUT)) == [None, None]


def test_the_ends_of_an_interval_are_no_standard_error():
    assert [reason for _, reason in reasons(read_as(INTERVALS, plus_minus=STANDARD_ERROR))] == [
        "Two ends of an interval stand behind the number, and no standard error."
    ] * 2


def test_a_value_outside_of_its_interval_is_a_problem():
    reading = read_as('LLM,a\nA,"71.2 [72, 73]"\nB,70\n', plus_minus=HALF_WIDTH)
    assert [reason for _, reason in reasons(reading)] == ["“71.2 [72, 73]” is not a number here."]
    assert reading.problems[0].remedy == "The value is outside of its interval."


# Days


@pytest.mark.parametrize(
    ("cells", "days", "note"),
    [
        (["4/29/2025", "12/12/2024"], ["2025-04-29", "2024-12-12"], "4/29/2025 is 2025-04-29"),
        (["29/04/2025", "1/2/2024"], ["2025-04-29", "2024-02-01"], "29/04/2025 is 2025-04-29"),
        (["29.04.2025", "1.2.24"], ["2025-04-29", "2024-02-01"], ""),
        (["2025-04-29", "2024/2/1"], ["2025-04-29", "2024-02-01"], ""),
        (["45776", "45638"], ["2025-04-29", "2024-12-12"], "45776 is 2025-04-29"),
        (["29-Apr-25", "12-Dec-24"], ["2025-04-29", "2024-12-12"], ""),
        (["29 abril 2025", "1 août 2024"], ["2025-04-29", "2024-08-01"], ""),
    ],
)
def test_days_of_a_column_are_read_in_their_order(cells, days, note):
    reading = read_wide(f"llm,released,a\nA,{cells[0]},1\nB,{cells[1]},2\n")
    assert [fact.text for fact in reading.facts] == days
    assert reading.problems == ()
    assert reading.notes == ((f"Dates are read like this: {note}.",) if note else ())


def test_a_number_of_a_workbook_in_a_column_of_days_is_a_day_as_spreadsheets_count():
    reading = read_wide(workbook(["LLM", "released", "a"], ["A", 45776, 1]))
    assert [fact.text for fact in reading.facts] == ["2025-04-29"]


@pytest.mark.parametrize("days", [["25-04-29", "24-12-12"], ["24/04/25", "23/05/24"]])
def test_a_year_of_two_digits_that_may_stand_first_is_asked(days):
    (problem,) = read_wide(f"llm,released,a\nA,{days[0]},1\nB,{days[1]},2\n").problems
    assert problem.remedy == "Choose the order of dates."


# Headers


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("LLM,MMLU,,GSM8K,\n,acc,stderr,acc,stderr\nA,71.2,0.4,50,1\n", "stderr"),
        (",Math,,Code,\nLLM,GSM8K,MATH,HumanEval,MBPP\nA,1,2,3,4\n", "MATH"),
    ],
)
def test_a_header_in_two_rows_is_named(table, name):
    sentence = (
        f"The header stands in two rows: “{name}” is in the second one, under nothing. Write the "
        "whole name of each column in one row, like “MMLU acc”, and delete the other."
    )
    assert refusal(table) == sentence
    assert refusal(workbook(*(row.split(",") for row in table.split()))) == sentence


# Tables whose LLMs stand side by side


def test_benchmarks_may_stand_behind_their_categories_and_the_number_of_shots_is_no_llm():
    reading = read_wide(
        "Area,Benchmark (Metric),# Shots,Alpha,Beta\n"
        "English,MMLU (EM),5,71.2,68.9\n,BBH (EM),3,-,60\nMath,GSM8K (EM),8,50,40\n"
    )
    assert values(reading) == [
        ("Alpha", "MMLU (EM)", "71.2"), ("Alpha", "BBH (EM)", None), ("Alpha", "GSM8K (EM)", "50"),
        ("Beta", "MMLU (EM)", "68.9"), ("Beta", "BBH (EM)", "60"), ("Beta", "GSM8K (EM)", "40"),
    ]  # fmt: skip
    assert reading.results[0].where == "line 2, column Alpha"
    assert reading.notes == (
        "The LLMs stand side by side: each column is read as an LLM.",
        "Columns not read: Area, # Shots.",
        "Read as no value: “-” (1).",
    )


def test_a_table_with_numbers_before_its_benchmarks_is_not_turned():
    with pytest.raises(Refused, match="No column names the LLM"):
        read_wide("Score,Benchmark,Alpha\n20,MMLU,1\n30,BBH,2\n")
