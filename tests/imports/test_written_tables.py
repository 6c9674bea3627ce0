"""Tables as spreadsheets in several languages and as people write them, imported by the command."""

import csv
import io
from datetime import date

import pytest
from django.core.management import CommandError

from leaderboard.models import LLM, Metric, Score
from tests.conftest import shared_sample
from tests.factories import make_metric, make_scores
from tests.imports.command import NEW, everything, preview, run, scores


def refused(path, *options):
    """The sentence of a command that stores nothing and exits with 1."""
    before = everything()
    with pytest.raises(CommandError) as error:
        run(path, *options)
    assert (error.value.returncode, everything()) == (1, before)
    return str(error.value)


# The export of a leaderboard, opened and saved by a spreadsheet


def german(day):
    return f"{day:%d.%m.%Y}"


def french(day):
    return f"{day:%d/%m/%Y}"


def american(day):
    return f"{day.month}/{day.day}/{day.year}"


def chinese(day):
    return f"{day.year}/{day.month}/{day.day}"


# (delimiter, decimal sign, date, true, false, encoding)
SPREADSHEETS = {
    "German": (";", ",", german, "WAHR", "FALSCH", "cp1252"),
    "French": (";", ",", french, "VRAI", "FAUX", "utf-8-sig"),
    "French, Unicode text": ("\t", ",", french, "VRAI", "FAUX", "utf-16"),
    "American": (",", ".", american, "TRUE", "FALSE", "utf-8-sig"),
    "Chinese": (",", ".", chinese, "TRUE", "FALSE", "gbk"),
}


def exported(client):
    return client.get("/leaderboard/anesbench.csv?intervals=all").content.decode()


def as_saved(text, delimiter, decimal, write_day, yes, no, encoding):
    """The bytes of a CSV that a spreadsheet of that language has read and saved."""

    def saved(cell):
        try:
            return write_day(date.fromisoformat(cell))
        except ValueError:
            pass
        try:
            return f"{float(cell):.15g}".replace(".", decimal)
        except ValueError:
            return {"true": yes, "false": no}.get(cell, cell)

    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([saved(cell) for cell in row] for row in csv.reader(io.StringIO(text)))
    return out.getvalue().encode(encoding)


@pytest.mark.parametrize("language", SPREADSHEETS)
def test_an_export_saved_by_a_spreadsheet_changes_nothing(anesbench, client, write, language):
    path = write(as_saved(exported(client), *SPREADSHEETS[language]))
    before = everything()
    assert run(path)[-1] == "0 changes"
    assert everything() == before


@pytest.mark.parametrize("language", SPREADSHEETS)
def test_one_cell_edited_in_a_spreadsheet_is_one_change(anesbench, client, write, language):
    rows = list(csv.reader(io.StringIO(exported(client))))
    row = next(row for row in rows if row[0] == "gpt-4o")
    row[rows[0].index("anesbench-system2")] = "0.123"
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path = write(as_saved(out.getvalue(), *SPREADSHEETS[language]))
    before = set(Score.objects.values_list("pk", "value", "source_id"))
    lines = run(path)
    assert lines[-1] == "1 change: 1 changed"
    assert [line for line in lines if "→" in line] == [
        "  line 3, column anesbench-system2, gpt-4o, AnesBench system2, 0.59 → 0.123, −0.467",
        "  LeaderBoard - AnesBench: deepseek-v3 3 → 2",
        "  LeaderBoard - AnesBench: gpt-4o 2 → 3",
    ]
    ((pk, _value, source),) = set(Score.objects.values_list("pk", "value", "source_id")) - before
    assert {old for each, _value, old in before if each == pk} == {source}  # it keeps its source


# The small cases


def case(name):
    return shared_sample(f"cases/{name}")


def stored():
    """{(LLM, metric's name): (value, standard error)}"""
    rows = Score.objects.values_list("llm__name", "metric__name", "value", "standard_error")
    return {
        (llm, metric): (f"{value.normalize():f}", error and f"{error.normalize():f}")
        for llm, metric, value, error in rows
    }


def test_a_german_table_becomes_metrics_in_their_units(db, write):
    text = (
        "LLM;Genauigkeit (%);F1;Latenz (ms)\r\nModell A;71,2;0,684;4.350\r\nModell C;;0,55;12.040"
    )
    assert run(write(text.encode("cp1252")), *NEW)[-1] == (
        "7 changes: 5 new, 2 new LLMs, 3 new metrics"
    )
    assert stored() == {
        ("Modell A", "Genauigkeit"): ("71.2", None), ("Modell A", "F1"): ("0.684", None),
        ("Modell A", "Latenz"): ("4350", None), ("Modell C", "F1"): ("0.55", None),
        ("Modell C", "Latenz"): ("12040", None),
    }  # fmt: skip
    units = Metric.objects.values_list("name", "unit", "unit_label")
    assert set(units) == {
        ("Genauigkeit", "percent", ""), ("F1", "points", ""), ("Latenz", "other", "ms"),
    }  # fmt: skip
    assert run(write(text.encode("cp1252")))[-1] == "0 changes"


@pytest.mark.parametrize(
    ("name", "options", "summary"),
    [
        ("german-excel.csv", (), "14 changes: 11 new, 3 new LLMs, 4 new metrics"),
        ("french-unicode-text.tsv", (), "11 changes: 8 new, 3 new LLMs, 3 new metrics"),
        ("percent-cells.xlsx", (), "9 changes: 6 new, 3 new LLMs, 2 new metrics"),
        ("us-dates.csv", (), "6 changes: 3 new, 3 new LLMs, 1 new metric"),
        ("text-columns.csv", (), "6 changes: 3 new, 3 new LLMs, 1 new metric"),
        (
            "signs.csv",
            ("--plus-minus", "half-width"),
            "17 changes: 14 new, 3 new LLMs, 5 new metrics",
        ),
        ("short-row.csv", (), "12 changes: 10 new, 2 new LLMs, 5 new metrics"),
        ("ratings.csv", (), "12 changes: 8 new, 4 new LLMs, 2 new metrics"),
        ("errors-for-some.csv", (), "48 changes: 24 new, 24 new LLMs, 1 new metric"),
        ("wide-120.csv", (), "3181 changes: 3141 new, 40 new LLMs, 120 new metrics"),
    ],
)
def test_each_case_is_imported_and_then_changes_nothing(db, name, options, summary):
    assert run(case(name), *NEW, *options)[-1] == summary
    assert run(case(name), *options)[-1] == "0 changes"


@pytest.mark.parametrize(("unit", "value"), [("percent", "88.9"), ("proportion", "0.889")])
def test_a_percent_sign_is_understood_by_percent_and_by_proportion(db, write, unit, value):
    most = {"percent": 100, "proportion": 1}[unit]
    make_scores({"Alpha": {make_metric("accuracy", unit=unit, maximum=most): "0.5"}})
    run(write("llm,accuracy\nAlpha,88.9%\n"))
    assert scores() == {("Alpha", "accuracy"): value}
    assert run(write("llm,Accuracy (%)\nAlpha,88.9\n"))[-1] == "0 changes"


def test_a_unit_that_the_metric_has_not_is_refused(db, write):
    metric = make_metric("latency", unit="other", unit_label="s", maximum=None)
    make_scores({"Alpha": {metric: "5"}})
    assert "Nothing was imported" in refused(write("llm,Latency (ms)\nAlpha,980\n"))
    assert run(write("llm,Latency (sec)\nAlpha,4.5\n"))[-1] == "1 change: 1 changed"


def test_what_stands_behind_plus_minus_blocks_until_it_is_said(db, write):
    path = write("llm,Elo\nx,1492 ± 6\ny,1478 ± 9\n")
    assert "--plus-minus" in refused(path, *NEW)
    run(path, *NEW, "--column", "Elo ±=standard error")
    assert stored() == {("x", "Elo"): ("1492", "6"), ("y", "Elo"): ("1478", "9")}


def test_an_ambiguous_file_blocks_until_its_sign_is_said(db, write):
    path = write("llm;a\nx;1.200\ny;1.300\n")
    assert "--decimal" in refused(path, *NEW)
    run(path, *NEW, "--decimal", "comma")
    assert scores() == {("x", "a"): "1.2E+3", ("y", "a"): "1.3E+3"}


def test_ambiguous_dates_block_until_their_order_is_said(db, write):
    path = write("llm,released,a\nx,4/5/2025,1\n")
    assert "--dates" in refused(path, *NEW)
    run(path, *NEW, "--dates", "day-first")
    assert LLM.objects.get().released == date(2025, 5, 4)


def test_columns_are_left_out_and_facts_too(db, write):
    path = write("llm,organization,a,b,Notes\nx,Lab,1,2,slow\n")
    document = preview(path, *NEW, "--facts", "none", "--leave-out", "b")
    assert document["new_metrics"] == ["a"]
    assert document["notes"][0] == "Columns left out: organization, b, Notes."
    run(path, *NEW, "--facts", "none", "--leave-out", "b")
    assert (LLM.objects.get().organization, scores()) == (None, {("x", "a"): "1"})


def test_leave_out_alone_still_means_what_matches_nothing(db, write):
    make_scores({"Alpha": {make_metric(): "0.5"}})
    path = write("llm,accuracy,other\nAlpha,0.6,1\nNew,0.5,1\n")
    assert run(path, "--leave-out")[-1] == "1 change: 1 changed"


@pytest.mark.parametrize("said", ["Notes", "a=price", "=metric=x"])
def test_a_role_that_there_is_not_is_a_misused_command(db, write, said):
    with pytest.raises(CommandError) as error:
        run(write("llm,a\nx,1\n"), "--column", said)
    assert error.value.returncode == 2


def test_the_line_of_a_short_row_is_named_and_the_others_are_stored(db, write):
    lines = run(write("LLM,a,b\nOne,60,70\nTwo,61\nThree,62,72\n"), *NEW)
    assert lines[lines.index("left out (1)") + 1].startswith(
        "  line 3, Two, – → 61, The row has 1 values, and the header 2"
    )
    assert {llm for llm, _ in scores()} == {"One", "Three"}
    assert set(LLM.objects.values_list("name", flat=True)) == {"One", "Three"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("llm,Notes\nx,slow\n", "No column of this table would be read"),
        ("llm,a\nx,0,5\n", "No row has as many cells as the header"),
        ("llm,a\nx,12k5\n", "No column of this table would be read"),
        ("llm,a,b\nx,12k5,1\ny,1,1\n", "Mend what is named above"),
        (",GPT,Llama\nMMLU,70,80\n", "No column names the LLM"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence_and_never_0_changes(db, write, text, sentence):
    assert f"Nothing was imported. {sentence}" in refused(write(text), *NEW)
