"""What is exported comes back as it was, and an undo gives the same bytes again."""

import csv
import io

import openpyxl
import pytest
from django.core.management import CommandError

from leaderboard.imports.undo import undo
from leaderboard.models import LLM, Import, Metric, Score
from tests.factories import (
    make_aggregate,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from tests.imports.command import everything, run, scores

# Round trip


def exported(client, query=""):
    response = client.get(f"/leaderboard/anesbench.csv{query}")
    assert response.status_code == 200
    return response.content.decode()


def edited(text, llm, column, value):
    """The export with one cell typed anew, as a spreadsheet writes it."""
    rows = list(csv.reader(io.StringIO(text)))
    row = next(row for row in rows if row[0] == llm)
    row[rows[0].index(column)] = value
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def as_xlsx(text):
    """As a person's spreadsheet holds it: numbers are numbers, empty cells are absent."""
    book = openpyxl.Workbook()
    for row in csv.reader(io.StringIO(text)):
        book.active.append([spreadsheet_value(cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def spreadsheet_value(cell):
    try:
        return float(cell)
    except ValueError:
        return cell or None


VIEWS = (
    "",
    "?intervals=all",
    "?intervals=off",
    "?columns=amcqa-overall,average",
    "?q=qwen",
    "?weights=open&sort=-amcqa-overall",
)


@pytest.mark.parametrize("query", VIEWS)
def test_every_export_of_the_seed_comes_back_as_0_changes(anesbench, client, write, query):
    text, before = exported(client, query), everything()
    assert run(write(text))[-1] == "0 changes"
    assert run(write(as_xlsx(text), "scores.xlsx"))[-1] == "0 changes"
    assert everything() == before


def test_an_export_with_a_baseline_comes_back_and_says_its_kind(anesbench, client, write):
    make_score(make_llm("People", kind="human"), Metric.objects.get(key="amcqa-system1"), "0.8")
    text, before = exported(client), everything()
    assert run(write(text))[-1] == "0 changes"
    assert everything() == before
    lines = run(write(edited(text, "People", "kind", "random")), "--facts", "all", "--dry-run")
    assert any("People, kind, human → random" in line for line in lines)
    with pytest.raises(CommandError):
        run(write(edited(text, "People", "kind", "robot")), "--facts", "all", "--dry-run")
    assert everything() == before


def test_notes_come_back_and_the_note_of_an_llm_is_a_fact_that_undo_takes_back(
    anesbench, client, write
):
    llm = LLM.objects.get(name="gpt-4o")
    llm.note = "with tools"
    llm.save()
    llm.scores.filter(metric__key="average").get().delete()
    make_score(llm, Metric.objects.get(key="average"), "0.77", note="by its maker")
    text, before = exported(client), everything()
    assert run(write(text))[-1] == "0 changes"
    assert everything() == before
    run(write(edited(text, "gpt-4o", "note", "without tools")), "--facts", "all")
    assert LLM.objects.get(name="gpt-4o").note == "without tools"
    undo(Import.objects.latest("pk"), None)
    assert LLM.objects.get(name="gpt-4o").note == "with tools"
    run(write(edited(text, "gpt-4o", "average", "0.78")))
    score = Score.objects.get(llm=llm, metric__key="average")
    assert (str(score.value.normalize()), score.note) == ("0.78", "by its maker")


@pytest.mark.parametrize(
    ("column", "value", "line"),
    [
        ("anesbench-system2", "0.123", "gpt-4o, AnesBench system2, 0.59 → 0.123, −0.467"),
        ("organization", "Azure", "gpt-4o, organization, OpenAI → Azure"),
        ("parameters", "1800", "gpt-4o, parameters, unknown → 1800"),
        ("license", "secret", None),
    ],
)
@pytest.mark.parametrize("as_file", [str, as_xlsx])
def test_one_cell_edited_is_one_change(anesbench, client, write, as_file, column, value, line):
    path = write(as_file(edited(exported(client), "gpt-4o", column, value)), "edited")
    lines = run(path, "--create-llms", "--facts", "all")
    assert lines[-1] == "1 change: 1 changed"
    assert line is None or lines[lines.index("changed (1)") + 1].endswith(line)
    assert run(path, "--facts", "all")[-1] == "0 changes"


def test_one_cell_emptied_is_one_removal(anesbench, client, write):
    lines = run(write(edited(exported(client), "gpt-4o", "anesbench-system2", "")))
    assert lines[-1] == "1 change: 1 removed"
    gone = Score.objects.filter(llm__name="gpt-4o", metric__key="anesbench-system2")
    assert not gone.exists()


def test_a_column_that_is_absent_is_left_alone(anesbench, client, write):
    rows = list(csv.reader(io.StringIO(exported(client))))
    text = "\n".join(f"{row[0]},{row[rows[0].index('average')]}" for row in rows)
    before = everything()
    assert run(write(text))[-1] == "0 changes"
    assert everything() == before


@pytest.mark.parametrize("name", ["=SUM(A1)x", "+Alpha", "-Beta", "@gamma", "'=quoted", "＝wide"])
def test_names_that_look_like_formulas_survive_the_round_trip(db, client, write, name):
    metric = make_metric()
    make_leaderboard([metric], slug="anesbench")
    make_score(make_llm(name, license=f"{name} license"), metric, "0.5")
    text, before = exported(client), everything()
    assert run(write(text))[-1] == "0 changes"
    assert everything() == before
    llm = text.splitlines()[1].split(",")[0]
    assert run(write(edited(text, llm, "accuracy", "0.6")))[-1] == "1 change: 1 changed"


def test_a_computed_aggregate_is_never_stored(db, client, write):
    parts = [make_metric("one"), make_metric("two")]
    whole = make_aggregate("whole", parts)
    make_leaderboard([*parts, whole], slug="anesbench")
    make_scores({"Alpha": {parts[0]: "0.5", parts[1]: "0.6"}})
    text = exported(client)
    assert "0.55" in text
    assert run(write(edited(text, "Alpha", "one", "0.7")))[-1] == "1 change: 1 changed"
    assert scores() == {("Alpha", "one"): "0.7", ("Alpha", "two"): "0.6"}


# Undo


def public_state(client):
    """(CSV, JSON) of the leaderboard, without when it was changed."""
    document = client.get("/leaderboard/anesbench.json").json()
    for name in ("revision", "updated"):
        document["leaderboard"].pop(name)
    return exported(client, "?intervals=all"), document


def test_undo_gives_the_same_bytes_again(anesbench, client, write):
    before = public_state(client)
    text = edited(exported(client), "gpt-4o", "anesbench-system2", "0.9")
    text = edited(text, "gpt-4o", "organization", "Azure")
    text = edited(text, "deepseek-v3", "amcqa-overall", "")
    header = text.splitlines()[0].split(",")
    text += ",".join(["New", *("0.5" if "amcqa" in name else "" for name in header[1:])]) + "\r\n"
    assert run(write(text), "--create-llms", "--facts", "all")[-1] == (
        "8 changes: 4 new, 2 changed, 1 removed, 1 new LLM"
    )
    assert public_state(client) != before
    undo(Import.objects.get())
    assert public_state(client) == before
