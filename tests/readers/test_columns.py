"""What the columns of a wide table are: suggested, and as was said. All tables are made here."""

from decimal import Decimal

import pytest

from leaderboard.readers.formats import wide_table
from leaderboard.readers.layouts import (
    HALF_WIDTH,
    LEFT_OUT,
    LOWER,
    METRIC,
    NAME,
    SOURCE,
    STANDARD_ERROR,
    UPPER,
)
from leaderboard.readers.results import FileContext, Refused, ReportedFact
from tests.readers.table_files import opened, read_wide, workbook


def read_as(content, **said):
    return wide_table.read(opened(content), FileContext(**said))


def roles(reading):
    return {column.header: (column.role, column.of) for column in reading.layout.columns}


def values(reading):
    return [(each.llm, each.metric, each.value and f"{each.value:f}") for each in reading.results]


def errors(reading):
    return [each.standard_error and round(each.standard_error, 3) for each in reading.results]


def reasons(reading):
    return [(each.where, each.reason) for each in reading.problems]


# Roles


def test_columns_of_texts_are_left_out_in_one_line_and_a_creator_is_an_organization():
    reading = read_wide(
        "#,LLM,Creator,URL,Notes,Score,Rank\n"
        "1,One,Lab X,https://example.org/1,needs a key,81.25,1\n"
        "2,Two,Lab Y,,,79.5,2\n"
    )
    assert {header: role for header, (role, _) in roles(reading).items()} == {
        "#": LEFT_OUT, "LLM": NAME, "Creator": "organization", "URL": LEFT_OUT, "Notes": LEFT_OUT,
        "Score": METRIC, "Rank": LEFT_OUT,
    }  # fmt: skip
    assert reading.notes == ("Columns left out: #, URL, Notes, Rank.",)
    assert values(reading) == [("One", "Score", "81.25"), ("Two", "Score", "79.5")]
    assert reading.problems == ()


def test_what_was_said_of_a_column_counts():
    text = "llm,Creator,URL,a,b\nx,Lab,https://example.org/1,1,2\n"
    reading = read_as(text, roles={"URL": SOURCE, "creator": LEFT_OUT, "b": "parameters"})
    assert [each.source_url for each in reading.results] == ["https://example.org/1"]
    assert [(each.field, each.text) for each in reading.facts] == [("parameters", "2")]
    assert [role for role, _ in roles(reading).values()] == [
        NAME, LEFT_OUT, SOURCE, METRIC, "parameters",
    ]  # fmt: skip


def test_facts_can_be_left_out_all():
    reading = read_as("llm,organization,license,a\nx,Lab,MIT,1\n", facts=False)
    assert (reading.facts, values(reading)) == ((), [("x", "a", "1")])
    assert reading.notes == ("Columns left out: organization, license.",)


def test_another_column_can_name_the_llm():
    reading = read_as("llm,Checkpoint,a\nx,y,1\n", roles={"Checkpoint": NAME, "llm": LEFT_OUT})
    assert values(reading) == [("y", "a", "1")]


def test_a_role_of_a_column_that_is_not_there_is_refused():
    with pytest.raises(Refused, match=r"There is no column “Notes”\. The headers are: llm, a\."):
        read_as("llm,a\nx,1\n", roles={"Notes": LEFT_OUT})


def test_a_table_without_a_number_is_refused():
    with pytest.raises(Refused, match="No column of this table would be read"):
        read_wide("llm,Notes\nx,slow\n")


@pytest.mark.parametrize("header", ["", "Unnamed: 0"])
def test_the_numbers_of_the_rows_are_no_metric(header):
    assert values(read_wide(f"{header},model,acc\n0,x,0.5\n1,y,0.75\n")) == [
        ("x", "acc", "0.5"),
        ("y", "acc", "0.75"),
    ]


def test_one_slip_in_a_column_of_numbers_is_a_problem_and_the_column_stays():
    reading = read_wide("llm,a\nx,1\ny,2\nz,about 3\n")
    assert values(reading) == [("x", "a", "1"), ("y", "a", "2")]
    assert reasons(reading) == [("line 4, column a", "“about 3” is not a number here.")]


@pytest.mark.parametrize("text", [">90", "~85%", "57.5%%", "$3-4", "NaN"])
def test_what_is_meant_as_a_number_is_a_problem_and_not_left_out(text):
    reading = read_wide(f"llm,a,b\nx,{text},1\n")
    assert [each.metric for each in reading.problems] == ["a"]


def test_words_for_no_value_are_listed_once():
    reading = read_wide("llm,a,b\nx,OOM,1\ny,timeout,-\nz,OOM,—\nw,5,N/A\n")
    assert [each.value for each in reading.results if each.metric == "a"] == [
        None, None, None, Decimal(5),
    ]  # fmt: skip
    assert reading.notes == (
        "Read as no value: “OOM” (2), “timeout” (1), “-” (1), “—” (1), “N/A” (1).",
    )
    assert reading.problems == ()


# Signs, units


def test_a_german_table_is_read_with_a_decimal_comma():
    reading = read_wide(
        "LLM;Genauigkeit (%);F1;Latenz (ms)\r\nA;71,2;0,684;4.350\r\nB;;0,55;980\r\n"
    )
    assert values(reading) == [
        ("A", "Genauigkeit (%)", "71.2"), ("A", "F1", "0.684"), ("A", "Latenz (ms)", "4350"),
        ("B", "Genauigkeit (%)", None), ("B", "F1", "0.55"), ("B", "Latenz (ms)", "980"),
    ]  # fmt: skip
    assert [each.unit for each in reading.results[:3]] == ["%", "", "ms"]
    assert [(each.name, each.unit, each.unit_label) for each in reading.metrics.values()] == [
        ("Genauigkeit", "percent", ""), ("F1", "", ""), ("Latenz", "other", "ms"),
    ]  # fmt: skip
    assert reading.layout.decimal == ","
    assert reading.notes == ("Numbers are read with a decimal comma: 1.234,5.",)


def test_what_could_be_two_numbers_in_the_whole_file_is_asked_and_nothing_is_read():
    text = "llm;a\nx;1.200\ny;1.300\n"
    reading = read_wide(text)
    assert (reading.results, reading.layout.decimal) == ((), "")
    assert reasons(reading) == [
        (
            "line 2, column a",
            "“1.200” may be 1.2 or 1200, and the numbers of the file do not say which.",
        )
    ]
    assert values(read_as(text, decimal=",")) == [("x", "a", "1200"), ("y", "a", "1300")]
    assert values(read_as(text, decimal=".")) == [("x", "a", "1.200"), ("y", "a", "1.300")]


def test_a_number_with_the_other_sign_than_the_files_is_a_problem():
    reading = read_wide("llm;a;b\nx;71,2;0,5\ny;68.9;0,25\n")
    assert reasons(reading) == [
        ("line 3, column a", "“68.9” is not a number with a decimal comma.")
    ]
    reading = read_wide('llm,a,b\nx,71.2,0.5\ny,"68,9",0.25\n')
    assert reasons(reading) == [("line 3, column a", "“68,9” is not a number here.")]


def test_the_export_of_a_leaderboard_has_a_decimal_point_where_nothing_else_says_so():
    header = "llm,organization,open_weights,rank,latency"
    assert values(read_wide(f"{header}\nx,,,1,1.234\n")) == [("x", "latency", "1.234")]
    assert read_wide(header.replace(",", ";") + "\nx;;;1;1.234\n").results == ()


@pytest.mark.parametrize("other", ["0.5", "12 ms", "$5"])
def test_a_unit_that_the_column_has_not_is_a_problem(other):
    reading = read_wide(f"llm,a\nx,90%\ny,80%\nz,{other}\nw,0\n")
    assert [each.llm for each in reading.results] == ["x", "y", "w"]
    assert [each.where for each in reading.problems] == ["line 4, column a"]


def test_a_header_says_the_unit_of_plain_numbers():
    reading = read_wide("llm,Time (s),Cost ($),Share (%)\nx,12.5s,$3,7\ny,3,4,8 %\nz,5 ms,4,8\n")
    assert [each.unit for each in reading.results] == ["s", "$", "%", "s", "$", "%", "$", "%"]
    assert [each.where for each in reading.problems] == ["line 4, column Time (s)"]


@pytest.mark.parametrize(("text", "value"), [("12k", "12000"), ("1.5M", "1500000.0")])
def test_a_multiple_is_written_out(text, value):
    assert values(read_wide(f"llm,tokens\nx,{text}\n")) == [("x", "tokens", value)]


def test_a_multiple_that_may_be_a_unit_is_a_problem():
    assert reasons(read_wide("llm,tokens\nx,3B\ny,2\n"))[0] == (
        "line 2, column tokens",
        "“3B” is not a number here.",
    )


@pytest.mark.parametrize(
    ("text", "fact"), [("7B", "7"), ("560M", "0.56"), ("1.5T", "1500"), ("0.6", "0.6"), ("?", "")]
)
def test_parameters_are_billions_however_they_are_written(text, fact):
    reading = read_wide(f"llm,#Params (B),a\nx,{text},0.5\n")
    assert [(each.field, each.text) for each in reading.facts] == [("parameters", fact)]


def test_dates_are_read_by_the_column_as_a_whole():
    reading = read_wide("llm,released\nx,4/29/2025\ny,4/5/2025\n")
    assert [fact.text for fact in reading.facts] == ["2025-04-29", "2025-04-05"]
    assert reading.notes == ("Dates are read like this: 4/29/2025 is 2025-04-29.",)


def test_dates_that_may_be_two_days_are_asked_once():
    text = "llm,released\nx,4/5/2025\ny,1/2/2025\nz,2025-01-20\n"
    reading = read_wide(text)
    assert reading.facts == (
        ReportedFact("line 4, column released", "z", "released", "2025-01-20"),
    )
    assert [each.remedy for each in reading.problems] == ["Choose the order of dates."]
    said = read_as(text, dates="day first")
    assert [fact.text for fact in said.facts] == ["2025-05-04", "2025-02-01", "2025-01-20"]


# Errors and bounds


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("Rating standard error", STANDARD_ERROR), ("rating_stderr", STANDARD_ERROR),
        ("SE", STANDARD_ERROR), ("95% CI", HALF_WIDTH), ("±", ""),
        ("rating_lower", LOWER), ("Rating q025", LOWER), ("rating_upper", UPPER),
        ("upper bound", UPPER), ("rating_std", LEFT_OUT), ("Votes", METRIC),
    ],
)  # fmt: skip
def test_errors_and_bounds_are_known_by_their_headers(header, role):
    assert roles(read_wide(f"model,Rating,{header}\nx,1200,6\n"))[header.strip()][0] == role


def test_a_standard_error_goes_with_its_value_and_may_be_missing():
    reading = read_wide("LLM,Rating,Rating standard error,Votes\nx,1396.1,3.2,20\ny,1391.7,,18\n")
    assert [(each.metric, each.standard_error) for each in reading.results] == [
        ("Rating", Decimal("3.2")), ("Votes", None), ("Rating", None), ("Votes", None),
    ]  # fmt: skip


def test_bounds_become_a_standard_error():
    reading = read_wide("model,rating,rating_lower,rating_upper\nx,1200,1190.2004,1209.7996\n")
    assert errors(reading) == [Decimal("5.000")]
    outside = read_wide("model,rating,rating_lower,rating_upper\nx,1200,1201,1209\n")
    assert reasons(outside) == [
        ("line 2, column rating_lower", "The value 1200 is outside of its interval.")
    ]


def test_an_interval_in_a_column_of_its_own_may_have_two_sides():
    assert errors(read_wide("model,elo,95% CI\nx,1200,+6/-8\ny,1100,±7\nz,1000,7\n")) == [
        Decimal("3.571"), Decimal("3.571"), Decimal("3.571"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "error"), [(STANDARD_ERROR, "6"), (HALF_WIDTH, "3.061"), (LEFT_OUT, None)]
)
def test_what_stands_behind_plus_minus_is_asked_once_for_the_column(said, error):
    text = "llm,Elo\nx,1492 ± 6\ny,1478 ± 9\n"
    asked = read_wide(text)
    assert [each.remedy for each in asked.problems] == ["Choose which, or leave it out."]
    assert roles(asked)["Elo ±"] == ("", "Elo")
    for reading in (read_as(text, roles={"Elo ±": said}), read_as(text, plus_minus=said)):
        assert reading.problems == ()
        assert errors(reading)[0] == (error and Decimal(error))


@pytest.mark.parametrize("cell", ["[1480, 1504]", "1480 – 1504", "(1480 to 1504)", "(-12, +12)"])
def test_a_column_of_intervals_may_hold_both_ends(cell):
    reading = read_wide(f'LLM,Elo,Elo 95% CI\nx,1492,"{cell}"\ny,1478,\n')
    assert roles(reading)["Elo 95% CI"] == (HALF_WIDTH, "Elo")
    assert (errors(reading), reading.problems) == ([Decimal("6.123"), None], ())


@pytest.mark.parametrize("cell", ["[1500, 1504]", "1492 (1480-1504)", "6 ± 1"])
def test_what_is_not_the_interval_of_the_value_is_a_problem(cell):
    reading = read_wide(f'LLM,Elo,Elo CI\nx,1492,"{cell}"\ny,1478,6\n')
    assert values(reading) == [("y", "Elo", "1478")]
    (problem,) = reading.problems
    assert (problem.where, problem.value) == ("line 2, column Elo CI", cell)


def test_a_range_of_ranks_is_a_text():
    assert roles(read_wide("LLM,Elo,Spread\nx,1492,1-3\n"))["Spread"] == (LEFT_OUT, "")


@pytest.mark.parametrize("header", ["±", "Elo ±", "Elo (+/-)"])
@pytest.mark.parametrize(("said", "error"), [(STANDARD_ERROR, "6"), (LEFT_OUT, None)])
def test_a_column_of_what_stands_behind_plus_minus_is_asked_once(header, said, error):
    table = f"LLM,Elo,{header}\nx,1492,6\n"
    (problem,) = read_wide(table).problems
    assert "may be a standard error or half of an interval" in problem.reason
    reading = read_as(table, roles={header: said})
    assert (errors(reading), reading.problems) == ([error and Decimal(error)], ())
    assert read_as(table, plus_minus=said).results == reading.results


@pytest.mark.parametrize(
    ("header", "role"),
    [("Elo 标准误", STANDARD_ERROR), ("Standardfehler Elo", STANDARD_ERROR), ("Elo 下限", LOWER),
     ("Elo 上限", UPPER), ("Elo 95% 置信区间", HALF_WIDTH)],
)  # fmt: skip
def test_errors_are_known_in_other_languages(header, role):
    assert roles(read_wide(f"LLM,Elo,{header}\nx,1492,1492\n"))[header] == (role, "Elo")


def test_an_index_with_decimals_is_a_metric_and_whole_numbers_count_the_rows():
    assert roles(read_wide("LLM,Index,a\nx,71.25,1\n"))["Index"] == (METRIC, "")
    assert roles(read_wide("LLM,Index,a\nx,1,1\n"))["Index"] == (LEFT_OUT, "")


def test_two_columns_of_one_short_name_are_refused():
    with pytest.raises(Refused, match="Two columns have the same header: “a” and “a”"):
        read_wide("LLM,a,a\nx,1,2\n")


def test_an_error_in_another_unit_than_its_value_is_a_problem():
    reading = read_wide("llm,a,a stderr\nx,90%,0.3\n")
    assert reasons(reading) == [
        ("line 2, column a stderr", "The value is in %, and this in plain numbers.")
    ]
    data = workbook(
        ["llm", "a", "a stderr"], ["x", 0.9, 0.03], formats=[("B2", "0%"), ("C2", "0%")]
    )
    assert [(each.value, each.standard_error) for each in read_wide(data).results] == [
        (Decimal(90), Decimal(3))
    ]


# Turned tables


def test_llms_side_by_side_are_turned_and_cells_keep_their_places():
    reading = read_wide(
        'Benchmark,Metric,Note,GPT,Llama\nMMLU,acc,old,70.1,80.2\nGSM8K,em,,-,"1,234.5"\n'
    )
    assert [
        (each.where, *row) for each, row in zip(reading.results, values(reading), strict=True)
    ] == [
        ("line 2, column GPT", "GPT", "MMLU / acc", "70.1"),
        ("line 3, column GPT", "GPT", "GSM8K / em", None),
        ("line 2, column Llama", "Llama", "MMLU / acc", "80.2"),
        ("line 3, column Llama", "Llama", "GSM8K / em", "1234.5"),
    ]
    assert reading.notes == (
        "The LLMs stand side by side: each column is read as an LLM.",
        "Columns not read: Note.",
        "Read as no value: “-” (1).",
    )
    assert reading.layout.llms_in == "columns"


def test_a_workbook_is_turned_likewise_with_its_percent_cells():
    data = workbook(
        ["Task", "GPT", "Llama"], ["MMLU", 0.7, 0.8], formats=[("B2", "0%"), ("C2", "0%")]
    )
    assert [(each.where, str(each.value), each.unit) for each in read_wide(data).results] == [
        ("cell B2, column GPT", "7E+1", "%"), ("cell C2, column Llama", "8E+1", "%"),
    ]  # fmt: skip


def test_a_table_without_a_name_for_its_first_column_can_be_said_to_be_turned():
    text = ",GPT,Llama\nMMLU,70.1,80.2\n"
    with pytest.raises(Refused, match="or say that the LLMs stand side by side"):
        read_wide(text)
    assert values(read_as(text, llms_in="columns")) == [
        ("GPT", "MMLU", "70.1"), ("Llama", "MMLU", "80.2"),
    ]  # fmt: skip


def test_a_turned_row_that_is_short_is_named_and_not_read():
    reading = read_wide("Benchmark,GPT,Llama\nMMLU,70.1\nGSM8K,1,2\n")
    assert [each.metric for each in reading.results] == ["GSM8K", "GSM8K"]
    assert [(each.where, each.is_left_out) for each in reading.problems] == [("line 2", True)]
