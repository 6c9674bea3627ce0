"""Wide and long tables that people have, and the names in them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.readers.files.tables import (
    clean_text,
)
from leaderboard.readers.formats import long_table
from leaderboard.readers.results import (
    FileContext,
    LLMDraft,
    MetricDraft,
    Problem,
    Refused,
    ReportedFact,
    Result,
    draft_llm,
    find_conflicts,
)
from leaderboard.text.formulas import disarm
from tests.conftest import shared_sample
from tests.readers.table_files import opened, read_wide, workbook


def read_long(content):
    table = opened(content)
    assert long_table.detects(table)
    return long_table.read(table, FileContext())


# Units of long tables


def test_the_unit_of_a_number_is_that_of_a_new_metric():
    reading = read_long("llm,metric,value\nx,a,75%\nx,b,$3\nx,c,2 €\nx,d,5\ny,d,5%\n")
    assert reading.metrics == {
        "a": MetricDraft("a", unit="percent"),
        "b": MetricDraft("b", unit="other", unit_label="$", label_in_front=True),
        "c": MetricDraft("c", unit="other", unit_label="€"),
        "d": MetricDraft("d", unit="percent"),
    }
    assert [problem.reason for problem in reading.problems] == [
        "“5” has not the unit of other numbers of its metric, which is %."
    ]


@pytest.mark.parametrize(("value", "error"), [("0.75", "1%"), ("75%", "0.01"), ("$3", "1 €")])
def test_a_standard_error_in_another_unit_than_its_value_is_a_problem(value, error):
    reading = read_long(f"llm,metric,value,standard_error\nx,a,{value},{error}\n")
    assert [problem.remedy for problem in reading.problems] == ["Write both in the same unit."]
    assert reading.results == ()


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
        ReportedFact("line 2, column organization", qwen, "organization", "=Qwen"),
        ReportedFact("line 2, column parameters_billion", qwen, "parameters", "0.6"),
        ReportedFact("line 4, column organization", gpt, "organization", ""),
        ReportedFact("line 4, column parameters_billion", gpt, "parameters", ""),
    )
    assert reading.problems == ()
    assert reading.notes == (
        "Not read, as the site computes them itself: rank, AMCQA Overall_n.",
        "Read as no value: “-” (1).",
    )
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
        ("1e15", "“1e15” is too large.", "Type a number below 10¹⁵.", False),
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
            "No column names the LLM. Give that column the header “llm”, or say that the LLMs "
            "stand side by side; the headers are: a, b.",
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
    assert [each.reason for each in find_conflicts(results)] == [
        "x has this score twice, with different values: 1 and no value."
    ]


@given(st.text(alphabet="'=+-@＝﹢ab1;\t\r\n ", max_size=8))
def test_what_the_export_quotes_comes_back(text):
    # A name of ours has no blanks around it.
    name = text.strip()
    assert clean_text(disarm(name)) == name


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
        ("measured_on", "30.2.2025", "“30.2.2025” is not a day."),
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
    assert [(each.where, each.reason, each.is_left_out) for each in reading.problems] == [
        ("line 4", "The row has 1 values, and the header 2: nothing of it is read.", True),
        ("line 2", "The row has no LLM.", False),
        ("line 3", "The row has no metric.", False),
    ]


def test_a_long_workbook_is_read_likewise():
    data = workbook(["llm", "metric", "value", "n"], ["x", "a", 0.5, 2960])
    assert read_long(data).results == (
        Result("cell C2, column value", "x", "a", Decimal("0.5"), question_count=2960),
    )


def test_a_wide_table_is_not_long():
    assert not long_table.detects(opened("llm,value\nx,1\n"))


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
        ("GPT 4 / high effort", LLMDraft("GPT 4 / high effort")),
        ("Scaffold + Model X w/ Review Heavy", LLMDraft("Scaffold + Model X w/ Review Heavy")),
        ("Model 480B/A35B w/ a/b", LLMDraft("Model 480B/A35B w/ a/b")),
        ("scratch/anna/my-model", LLMDraft("my-model")),
        ("/scratch/anna b/my model", LLMDraft("my model")),
        ("some_model", LLMDraft("some_model")),
    ],
)
def test_a_name_says_organization_and_model_but_never_a_folder(name, draft):
    found = draft_llm(name)
    assert (found.name.strip(), found.organization, found.huggingface_id) == (
        draft.name,
        draft.organization,
        draft.huggingface_id,
    )
