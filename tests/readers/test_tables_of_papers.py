"""Tables as papers, pages and leaderboards have them: marks, arrows, links, one row for each score.

Each kind is read right, or named with its place.
"""

import pytest

from leaderboard.readers.files.numbers import unmark
from leaderboard.readers.formats import long_table
from leaderboard.readers.results import FileContext, LLMDraft, MetricDraft, draft_llm
from tests.readers.table_files import opened, read_wide, workbook
from tests.readers.test_columns import reasons, values

# Marks


@pytest.mark.parametrize(
    "text",
    [
        "**53.1**†", "53.1 (†)", "53.1[†]", "\\textbf{53.1}$^{\\dagger}$", "53.1^{†}", "53.1†*",
        "53.1<sup>*</sup>", "53.1<sup>2</sup>", "53.1$^{2}$", "**53.1**\\*", "**53.1†**", "53.1*†",
        "53.1\\textsuperscript{a}",
    ],
)  # fmt: skip
def test_marks_of_footnotes_are_no_part_of_a_number(text):
    assert unmark(text) == "53.1"


@pytest.mark.parametrize("text", ["55<sup>1</sup>", "5$^2$", "5^{2}"])
def test_a_raised_digit_behind_a_whole_number_may_be_a_power_and_stays(text):
    assert unmark(text) == text


@pytest.mark.parametrize(
    "word", ["—†", "N/A*", "**-**", "(n/a)", "N/A (OOM)", "DNF", "not tested", "did not finish"]
)
def test_words_for_no_value_may_have_marks(word):
    reading = read_wide(f"LLM,a\nA,71.2\nB,{word}\n")
    assert (values(reading), reading.problems) == ([("A", "a", "71.2"), ("B", "a", None)], ())
    assert reading.notes == (f"Read as no value: “{word}” (1).",)


def test_a_number_in_brackets_is_named():
    assert reasons(read_wide("LLM,a\nA,71.2\nB,(0.5)\n")) == [
        ("line 3, column a", "“(0.5)” is not a number here.")
    ]


# Units


@pytest.mark.parametrize("cell", ["60 s", "60%", "$60"])
def test_a_unit_that_few_numbers_have_is_named_and_the_others_are_read(cell):
    reading = read_wide(f"LLM,a\nA,71.2\nB,70\nC,{cell}\nD,1\n")
    assert values(reading) == [("A", "a", "71.2"), ("B", "a", "70"), ("D", "a", "1")]
    assert reasons(reading) == [
        ("line 4, column a", f"“{cell}” has a unit, and most numbers in its column have none.")
    ]


def test_a_percent_cell_among_plain_ones_is_named_as_it_is_shown():
    data = workbook(["llm", "a"], ["x", 0.889], ["y", 88.15], ["z", 50], formats=[("B2", "0.0%")])
    assert reasons(read_wide(data)) == [
        ("cell B2, column a", "“88.9 %” has a unit, and most numbers in its column have none.")
    ]


@pytest.mark.parametrize(
    "table",
    [
        "Benchmark,Unit,GPT,Llama\nMMLU,%,71.2,70\nLatency,ms,120,130\nElo,points,1400,1300\n",
        "Aufgabe;Einheit;GPT;Llama\nMMLU;Prozent;71,2;70\nLatency;ms;120;130\nElo;-;1.400;1300\n",
    ],
)
def test_a_turned_table_may_have_a_column_of_units(table):
    assert [(name, draft.unit, draft.unit_label) for name, draft in drafts(table)] == [
        ("MMLU", "percent", ""), ("Latency", "other", "ms"), ("Elo", "", ""),
    ]  # fmt: skip
    assert [value for _, _, value in values(read_wide(table))] == [
        "71.2", "120", "1400", "70", "130", "1300",
    ]  # fmt: skip


def drafts(table):
    return [(draft.name, draft) for draft in read_wide(table).metrics.values()]


@pytest.mark.parametrize("arrow", ["↓", "(↓)", "▼", "(lower is better)", ", lower is better"])
def test_an_arrow_says_which_end_is_better_and_is_no_part_of_the_name(arrow):
    ((_, draft),) = drafts(f'LLM,"Latency (ms) {arrow}"\nA,12\n')
    assert draft == MetricDraft("Latency", "", "other", "ms", higher_is_better=False)
    assert drafts("LLM,MMLU ↑\nA,12\n") == [("MMLU", MetricDraft("MMLU"))]


@pytest.mark.parametrize("header", ["Rank* (UB)", "Rank (StyleCtrl)", "Rank (overall)"])
def test_ranks_of_any_kind_are_left_out(header):
    reading = read_wide(f"{header},LLM,Score\n1,A,1400\n2,B,1300\n")
    assert [metric for _, metric, _ in values(reading)] == ["Score", "Score"]


# Names


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("**GPT-4**", "GPT-4"),
        ("[GPT-4](https://example.org/a_(b))", "GPT-4"),
        ("**[GPT-4](https://example.org)**", "GPT-4"),
        ('"<a target=""_blank"" href=""https://example.org"">01-ai/Yi</a>"', "01-ai/Yi"),
        ('"<a href=""#"">01-ai/Yi</a>  <a href=""#2"">📑</a>"', "01-ai/Yi"),
        ("\\textbf{GPT-4}", "GPT-4"),
        ("GPT-4*", "GPT-4*"),  # stays as it is: the preview offers GPT-4
        ("a_b_c", "a_b_c"),
    ],
)
def test_a_name_is_read_without_its_link_or_what_makes_it_bold(cell, name):
    assert values(read_wide(f"LLM,a\n{cell},1\n")) == [(name, "a", "1")]
    assert read_long(f"LLM,metric,value\n{cell},a,1\n").results[0].llm == name


@pytest.mark.parametrize("name", ["N/A", "-", "", "**-**"])
def test_no_name_is_no_llm(name):
    reading = read_wide(f"LLM,a\n{name},1\nA,2\n")
    assert values(reading) == [("A", "a", "2")]
    assert reasons(reading) == [("line 2", "The row has no LLM.")]


def test_an_address_at_hugging_face_names_owner_and_model():
    for end in ("", "/", "?tab=files"):
        assert draft_llm(f"https://huggingface.co/Qwen/Qwen2-7B{end}") == LLMDraft(
            "Qwen2-7B", "Qwen", huggingface_id="Qwen/Qwen2-7B"
        )


# A row for each score


def read_long(text):
    content = opened(text)
    assert long_table.detects(content)
    return long_table.read(content, FileContext())


@pytest.mark.parametrize(
    "header",
    ["Modell;Benchmark;Metrik;Wert;Fragen", "模型;数据集;指标;得分;样本数"],
)
def test_a_long_table_may_have_headers_in_other_languages(header):
    (result,) = read_long(f"{header}\nA;MMLU;acc;71,2;1.200\n").results
    assert (result.llm, result.metric, str(result.value), result.question_count) == (
        "A", "MMLU / acc", "71.2", 1200,
    )  # fmt: skip


def test_a_benchmark_names_the_metric_where_an_llm_has_several_rows():
    reading = read_long("model,task,score\nA,MMLU,71.2\nA,GSM,70\nB,MMLU,3\n")
    assert values(reading) == [("A", "MMLU", "71.2"), ("A", "GSM", "70"), ("B", "MMLU", "3")]
    assert not long_table.detects(opened("model,task,score\nA,MMLU,71.2\nB,GSM,3\n"))
