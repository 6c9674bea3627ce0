"""`manage.py import_results`: its options, what it prints, and that it does all or nothing."""

import csv
import io
import json
import os
import pty
import subprocess
import sys
from contextlib import redirect_stdout
from datetime import date
from decimal import Decimal
from itertools import count

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from leaderboard.imports.undo import undo
from leaderboard.models import LLM, Alias, Import, Leaderboard, Metric, Organization, Score, Source
from leaderboard.readers.registry import FORMATS
from leaderboard.standings.records import load_records
from leaderboard.standings.standings import build, of_every_metric
from tests.conftest import shared_sample
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from tests.sites import MANAGE, environment, manage

NEW = ("--create-llms", "--create-metrics")
NUMBERS = count()


@pytest.fixture
def write(tmp_path):
    """Writes a file for an import and returns its path."""

    def write(content, name="scores.csv"):
        folder = tmp_path / str(next(NUMBERS))
        folder.mkdir()
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def run(path, *options):
    """The lines that the command prints."""
    out = io.StringIO()
    call_command("import_results", str(path), *map(str, options), stdout=out)
    return out.getvalue().splitlines()


def refused(path, *options):
    """(exit code, sentence) of a command that stores nothing."""
    before = everything()
    with pytest.raises(CommandError) as error:
        run(path, *options)
    assert everything() == before
    return error.value.returncode, str(error.value)


def preview(path, *options):
    return json.loads("\n".join(run(path, "--dry-run", "--json", *options)))


def everything():
    """All rows that an import may touch."""
    models = (LLM, Metric, Score, Source, Organization, Alias, Import)
    history = [model.history.model for model in (LLM, Metric, Score, Source, Organization)]
    return [sorted(model.objects.values_list("pk")) for model in (*models, *history)] + [
        list(Score.objects.order_by("pk").values_list()),
        list(LLM.objects.order_by("pk").values_list()),
    ]


def scores():
    rows = Score.objects.values_list("llm__name", "metric__key", "value")
    return {(llm, metric): str(value.normalize()) for llm, metric, value in rows}


def wide(*rows):
    return "\n".join(["llm,accuracy", *rows])


@pytest.fixture
def board(db):
    metric = make_metric(question_count=100)
    make_leaderboard([metric])
    make_scores({"Alpha": {metric: "0.5"}, "Beta": {metric: "0.75"}})
    return metric


# What it prints


def test_it_shows_changes_and_ranks_and_counts_in_its_last_line(board, write):
    lines = run(write(wide("Alpha,0.875", "Beta,0.75")))
    assert lines == [
        "scores.csv: wide table: one LLM per row",
        "changed (1)",
        "  line 2, column accuracy, Alpha, accuracy, 0.5 → 0.875, +0.375",
        "unchanged (1)",
        "ranks (2)",
        "  Board: Alpha 2 → 1",
        "  Board: Beta 1 → 2",
        "1 change: 1 changed",
    ]
    assert scores() == {("Alpha", "accuracy"): "0.875", ("Beta", "accuracy"): "0.75"}


def test_the_same_file_twice_says_0_changes(board, write):
    path = write(wide("Alpha,0.9", "New,0.8"))
    assert run(path, *NEW)[-1] == "3 changes: 1 new, 1 changed, 1 new LLM"
    before = everything()
    assert run(path, *NEW)[-1] == "0 changes"
    assert everything() == before


def test_a_dry_run_stores_nothing(board, write):
    before = everything()
    lines = run(write(wide("Alpha,0.9", "New,0.8")), *NEW, "--dry-run")
    assert lines[-1] == "3 changes: 1 new, 1 changed, 1 new LLM (dry run)"
    assert everything() == before


def test_a_dry_run_as_json_is_the_preview(board, write):
    before = everything()
    document = preview(write(wide("Alpha,0.9", "Beta,0.75")))
    digest = document.pop("sha256")
    assert len(digest) == 64
    assert document == {
        "file": "scores.csv",
        "error": None,
        "format": "wide",
        "summary": "1 change: 1 changed (dry run)",
        "is_stored": False,
        "changes": 1,
        "counts": {
            "new": 0, "changed": 1, "removed": 0, "unchanged": 1, "invalid": 0, "unmatched": 0,
            "partial run": 0, "no number": 0, "left out": 0,
        },
        "new_llms": [],
        "new_metrics": [],
        "lines": [
            {
                "state": "changed", "where": "line 2, column accuracy", "llm": "Alpha",
                "metric": "accuracy", "old": "0.5", "new": "0.9", "difference": "+0.4", "n": None,
                "standard_error": "0.03000000", "reason": None,
            },
            {
                "state": "unchanged", "where": "line 3, column accuracy", "llm": "Beta",
                "metric": "accuracy", "old": "0.75", "new": None, "difference": None, "n": None,
                "standard_error": None, "reason": None,
            },
        ],
        "disagreements": [],
        "ranks": [
            {"leaderboard": "Board", "llm": "Alpha", "old": 2, "new": 1},
            {"leaderboard": "Board", "llm": "Beta", "old": 1, "new": 2},
        ],
        "notes": [],
    }  # fmt: skip
    assert everything() == before


def test_an_aggregate_that_will_disagree_is_told_and_imported_all_the_same(db, write):
    one, two = make_metric("one", decimals=1), make_metric("two", decimals=1)
    whole = make_aggregate("whole", [one, two], decimals=1)
    make_leaderboard([one, two, whole])
    make_scores({"Alpha": {one: "0.5", two: "0.7"}})
    Score.objects.update(decimals=1)
    path = write("llm,whole\nAlpha,0.9\n")
    assert preview(path)["disagreements"] == [
        {
            "llm": "Alpha",
            "metric": "whole",
            "reported": "0.9",
            "computed": "0.6",
            "tolerance": "0.1",
        }
    ]
    assert run(path) == [
        "scores.csv: wide table: one LLM per row",
        "new (1)",
        "  line 2, column whole, Alpha, whole, – → 0.9",
        "will disagree with their components: the page will show the computed value (1)",
        "  Alpha, whole: 0.9 is reported, 0.6 computed; rounding allows 0.1",
        "1 change: 1 new",
    ]
    assert [str(each.computed) for each in of_every_metric().disagreements] == ["0.60000000"]


def test_json_without_a_dry_run_stores_and_says_so(board, write):
    document = json.loads("\n".join(run(write(wide("Alpha,0.9")), "--json")))
    assert (document["is_stored"], document["summary"]) == (True, "1 change: 1 changed")
    assert scores()["Alpha", "accuracy"] == "0.9"


@pytest.mark.parametrize(
    ("content", "options", "code", "error"),
    [
        ("x", (), 1, "Nothing was imported. This is a text, but not a table"),
        (wide("Alpha,1.5"), (), 1, "Nothing was imported. Mend what is named above"),
        (wide("Alpha,0.9"), ("--percent", "f1"), 2, "--percent f1: the file has no such metric"),
        (wide("Alpha,0.9"), ("--questions", "absent.json"), 2, "absent.json: No such file"),
    ],
)
def test_a_refusal_as_json_is_a_document_with_an_error(board, write, content, options, code, error):
    out, before = io.StringIO(), everything()
    with pytest.raises(CommandError) as raised:
        call_command("import_results", str(write(content)), "--json", *options, stdout=out)
    document = json.loads(out.getvalue())
    assert document["error"] == str(raised.value)
    assert (raised.value.returncode, document["error"].startswith(error)) == (code, True)
    assert everything() == before


def test_an_invalid_cell_is_named_with_its_reason_and_nothing_is_stored(board, write):
    path = write(wide("Alpha,0.9", 'Beta,"0,8"'))
    document, out = None, io.StringIO()
    code, _ = refused(path)
    with pytest.raises(CommandError):
        call_command("import_results", str(path), "--json", stdout=out)
    document = json.loads(out.getvalue())
    line = next(each for each in document["lines"] if each["state"] == "invalid")
    assert (code, line["where"], line["reason"]) == (
        1,
        "line 3, column accuracy",
        "“0,8” is not a number here. Use a point for the decimals, like 0.8.",
    )


def test_long_lists_are_cut_in_the_terminal(board, write):
    rows = [f"LLM {number},0.5" for number in range(50)]
    lines = run(write(wide(*rows)), "--create-llms", "--dry-run")
    assert "  … and 10 more" in lines
    assert sum(line.startswith("  line ") for line in lines) == 40


# Its options


def test_names_that_match_nothing_are_refused_until_somebody_decides(board, write):
    path = write("llm,accuracy,other\nNew,0.5,0.5\n")
    assert refused(path) == (
        1,
        "Nothing was imported. Mend what is named above; for names that match nothing, add "
        "--create-llms (organizations too), --create-metrics or --leave-out.",
    )
    assert refused(path, "--create-llms")[0] == refused(path, "--create-metrics")[0] == 1
    assert run(path, "--create-llms", "--leave-out")[-1] == "2 changes: 1 new, 1 new LLM"
    assert scores()["New", "accuracy"] == "0.5"
    assert not Metric.objects.filter(key="other").exists()


def test_what_is_left_out_changes_nothing(board, write):
    before = everything()
    assert run(write(wide("Nobody,0.5")), "--leave-out")[-1] == "0 changes"
    assert everything() == before


def test_names_without_latin_letters_are_created_too(board, write):
    rows = "llm,accuracy,organization\n通义千问,0.5,阿里\nGLM-4,0.75,智谱\n"
    assert run(write(rows), "--create-llms")[-1] == "4 changes: 2 new, 2 new LLMs"
    assert list(LLM.objects.order_by("pk").values_list("slug", "organization__slug"))[2:] == [
        ("u901a-u4e49-u5343-u95ee", "u963f-u91cc"),
        ("glm-4", "u667a-u8c31"),
    ]


def test_a_new_metric_whose_unit_nobody_says_counts_in_points(board, write):
    lines = run(write("llm,perplexity\nAlpha,5.77\n"), "--create-metrics")
    assert lines[1].startswith("  perplexity: the file does not say its unit; it is created in po")
    metric = Metric.objects.get(key="perplexity")
    assert (metric.unit, metric.minimum, metric.maximum, metric.is_share_of_questions) == (
        "points", None, None, False,
    )  # fmt: skip


def test_the_format_may_be_named_and_has_to_fit(board, write):
    path = write("llm,benchmark,metric,value\nAlpha,,accuracy,0.9\n")
    assert run(path, "--format", "long", "--dry-run")[-1] == "1 change: 1 changed (dry run)"
    code, sentence = refused(path, "--format", "lm-eval")
    assert (code, sentence) == (
        1,
        "Nothing was imported. This is not a file of the format lm-evaluation-harness results. "
        "Leave the format out to have it found.",
    )
    with pytest.raises(CommandError, match="invalid choice: 'odt'"):
        run(path, "--format", "odt")


def test_the_llm_may_be_named_for_a_file_of_one(board, write):
    path = write(wide("checkpoint-7,0.9"))
    assert run(path, "--llm", "Alpha")[-1] == "1 change: 1 changed"
    assert scores()["Alpha", "accuracy"] == "0.9"
    assert run(path)[-1] == "0 changes"  # the name is remembered
    assert run(write(wide("other,0.7")), "--llm", "Gamma", "--create-llms")[-1] == (
        "2 changes: 1 new, 1 new LLM"
    )
    assert scores()["Gamma", "accuracy"] == "0.7"
    assert refused(write(wide("a,0.1", "b,0.2")), "--llm", "Alpha") == (
        1,
        "Nothing was imported. The file holds 2 LLMs, and --llm is for a file of one. Leave it "
        "out.",
    )


def test_a_new_llm_named_beside_the_file_still_needs_create_llms(board, write):
    assert refused(write(wide("other,0.7")), "--llm", "Gamma") == (
        1,
        "Nothing was imported. There is no LLM “Gamma”. Correct the name, or add --create-llms.",
    )


def test_the_benchmark_tells_metrics_of_one_name_apart(board, write):
    for name in ("One", "Two"):
        make_metric(f"{name.lower()}-f1", name="f1", benchmark=make_benchmark(name))
    path = write("llm,f1\nAlpha,0.5\n")
    assert refused(path)[0] == 1
    run(path, "--benchmark", "Two")
    assert scores()["Alpha", "two-f1"] == "0.5"


def test_the_source_may_be_named(board, write):
    run(
        write(wide("Alpha,0.9")),
        *("--source-title", "Paper, table 2", "--source-url", "https://example.org/paper"),
    )
    source = Score.objects.get(value="0.9").source
    assert (source.title, source.url, source.file_name) == (
        "Paper, table 2", "https://example.org/paper", "scores.csv",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("option", "text", "message"),
    [
        ("--source-url", "javascript:alert(1)", "url: This is not a web address."),
        ("--source-title", "run in /home/anna/x", "title: “/home/anna/x” names a place on"),
        ("--source-title", "zero\u200bwidth", "title: Character 5 is U+200B"),
    ],
)
def test_a_source_that_its_form_would_refuse_is_refused(board, write, option, text, message):
    path = write(wide("Alpha,0.9"))
    assert message in refused(path, option, text)[1]
    assert message in refused(path, option, text, "--dry-run")[1]


def test_percent_is_converted_only_if_said(board, write):
    path = write(wide("Alpha,90.5"))
    assert refused(path)[0] == 1
    assert run(path, "--percent", "Accuracy")[-1] == "1 change: 1 changed"
    assert Score.objects.get(llm__name="Alpha").value == Decimal("0.905")
    assert run(path, "--percent", "accuracy")[-1] == "0 changes"


def test_percent_converts_standard_errors_too(board, write):
    path = write("llm,metric,value,standard_error\nAlpha,accuracy,90.5,1.25\n")
    run(path, "--percent", "accuracy")
    assert Score.objects.get(llm__name="Alpha").standard_error == Decimal("0.0125")


def test_a_partial_run_is_imported_only_if_allowed(board, write):
    path = write("llm,metric,value,n\nAlpha,accuracy,0.9,10\n")
    before = everything()
    lines = run(path)
    assert lines[-1] == "0 changes"
    assert "Only 10 of 100 questions. Allow partial runs to import it." in lines[-2]
    assert everything() == before
    assert run(path, "--allow-partial")[-1] == "1 change: 1 changed"
    assert Score.objects.get(llm__name="Alpha").question_count == 10


def test_a_file_or_folder_that_cannot_be_opened_is_a_wrong_command(board, tmp_path):
    assert refused(tmp_path / "absent.csv") == (
        2,
        f"{tmp_path}/absent.csv: No such file or directory.",
    )
    assert refused(tmp_path) == (2, f"{tmp_path}: Is a directory.")


def test_every_option_of_the_issue_is_there():
    out = io.StringIO()
    with pytest.raises(SystemExit), redirect_stdout(out):
        call_command("import_results", "--help")
    named = out.getvalue()
    options = (
        "--format", "--llm", "--benchmark", "--questions", "--source-title", "--source-url",
        "--create-llms", "--create-metrics", "--allow-partial", "--dry-run", "--json",
        "--leave-out", "--percent",
    )  # fmt: skip
    assert [name for name in (*options, *FORMATS) if name not in named] == []


# As programs see it


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of its own with a metric; the folder that holds its database."""
    folder = tmp_path_factory.mktemp("import") / "data"
    folder.mkdir()
    assert manage(folder, "migrate", "-v0").returncode == 0
    (folder / "one.csv").write_text("llm,accuracy\nAlpha,0.5\n")
    (folder / "bad.csv").write_text("llm,accuracy\nAlpha,0,5\n")
    done = manage(folder, "import_results", str(folder / "one.csv"), *NEW)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.mark.parametrize(
    ("arguments", "code", "last"),
    [
        (("one.csv",), 0, "0 changes"),
        (("one.csv", "--dry-run"), 0, "0 changes (dry run)"),
        (("bad.csv",), 1, None),
        (("absent.csv",), 2, None),
        (("one.csv", "--percent", "f1"), 2, None),
        (("one.csv", "--format", "odt"), 2, None),
        (("one.csv", "--no-such-option"), 2, None),
        ((), 2, None),
    ],
)
def test_the_exit_code_tells_done_from_invalid_and_misused(site, arguments, code, last):
    name, *options = arguments or ("",)
    done = manage(site, "import_results", *([str(site / name)] if name else []), *options)
    assert done.returncode == code
    assert (done.stdout.splitlines() or [None])[-1] == last
    assert bool(done.stderr) == bool(code)
    assert "Traceback" not in done.stderr


def test_what_a_program_reads_is_json_alone(site):
    done = manage(site, "import_results", str(site / "bad.csv"), "--json")
    assert (done.returncode, set(json.loads(done.stdout))) == (1, {"file", "error"})


def test_progress_is_shown_where_a_terminal_waits(site):
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, MANAGE, "import_results", str(site / "one.csv")],
        env=environment(site),
        stdout=subprocess.PIPE,
        stderr=theirs,
        timeout=60,
        check=True,
    )
    os.close(theirs)
    shown = os.read(ours, 10_000).decode()
    os.close(ours)
    assert [part.strip() for part in shown.replace("\r", "").split("\x1b[K") if part.strip()] == [
        "[....................] 1/3 reading …",
        "[######..............] 2/3 comparing …",
    ]
    assert done.stdout.decode().splitlines()[-1] == "0 changes"


# Done when: AnesBench


def questions(*counts):
    levels = [level for level, number in enumerate(counts, start=1) for _ in range(number)]
    return json.dumps(
        [
            {"id": place, "question": "Which?", "choice_num": 4, "answer": "A", "level": level}
            for place, level in enumerate(levels)
        ]
    )


def result_json(correct):
    return json.dumps(
        {
            "model_score": sum(correct) / len(correct),
            "model_output": ["A" if right else "B" for right in correct],
            "model_response": ["Because."] * len(correct),
            "correctness": correct,
        }
    )


# The levels stand in blocks: 0.5 of the first, 0.25 of the second, 0.2 of the third are right.
CORRECT = [1] * 1480 + [0] * 1480 + [1] * 257 + [0] * 771 + [1] * 71 + [0] * 284
LEVELS = {
    "anesbench-system1": ("0.5", 2960, 0.00919018),
    "anesbench-system1x": ("0.25", 1028, 0.01350530),
    "anesbench-system2": ("0.2", 355, 0.02122980),
    "anesbench-overall": ("0.4163021", 4343, 0.00748003),
}


def anesbench_run(write, correct):
    return (
        write(result_json(correct), "result.json"),
        *("--questions", write(questions(2960, 1028, 355), "questions.json")),
        *("--llm", "Tiny", "--benchmark", "AnesBench", "--create-llms"),
    )


def test_a_full_anesbench_run_gives_four_scores_with_their_errors(anesbench, write):
    previewed = preview(*anesbench_run(write, CORRECT))["lines"]
    expected = {
        key: (value, n, pytest.approx(error, abs=1e-8)) for key, (value, n, error) in LEVELS.items()
    }
    found = [(line["new"], line["n"], float(line["standard_error"])) for line in previewed]
    assert found == list(expected.values())
    assert run(*anesbench_run(write, CORRECT))[-1] == "5 changes: 4 new, 1 new LLM"
    board = Leaderboard.objects.get()
    columns = list(board.columns.values_list("metric_id", flat=True))
    standings = build(load_records(columns, board.ranking_metric_id))
    keys = [metric.key for metric in standings.columns]
    cells = dict(zip(keys, standings.row("tiny").cells, strict=True))
    assert {
        key: (
            str(cells[key].value.normalize()),
            cells[key].uncertainty.question_count,
            cells[key].uncertainty.standard_error,
        )
        for key in LEVELS
    } == {
        key: (value, n, pytest.approx(error, abs=1e-8)) for key, (value, n, error) in LEVELS.items()
    }
    assert run(*anesbench_run(write, CORRECT))[-1] == "0 changes"


def test_an_anesbench_run_of_ten_answers_is_partial_and_changes_nothing(anesbench, write):
    ten = anesbench_run(write, [1] * 7 + [0] * 3)
    before = everything()
    lines = run(*ten)
    assert lines[-1] == "0 changes"
    assert [line for line in lines if "Allow partial" in line] == [
        f"  correctness › {level}, Tiny, AnesBench {level}, – → 0.7, Only 10 of {expected} "
        "questions. Allow partial runs to import it."
        for level, expected in (("system1", 2960), ("overall", 4343))
    ]
    assert everything() == before
    assert run(*ten, "--allow-partial")[-1] == "3 changes: 2 new, 1 new LLM"


# Done when: the real files of others


def real(name):
    return shared_sample(f"formats/{name}")


def score_facts(metric):
    score = Score.objects.get(metric__key=metric)
    error = score.standard_error
    return str(score.value), score.question_count, error and str(error)


def test_the_real_lm_eval_run_is_imported(db):
    path = real("lm-eval/results_llama-3.1-8b.json")
    lines = run(path, *NEW)
    assert lines[-1] == "28 changes: 27 new, 1 new LLM, 27 new metrics"
    assert score_facts("sciq-acc") == ("0.96200000", 1000, "0.00604918")
    assert score_facts("winogrande-acc") == ("0.73401736", 1267, "0.01241832")
    perplexity = Metric.objects.get(key="lambada-openai-perplexity")
    assert (perplexity.unit, perplexity.higher_is_better, perplexity.minimum) == (
        "points", False, None,
    )  # fmt: skip
    assert "lambada_openai / perplexity,none: the file does not say its unit" in "\n".join(lines)
    llm = LLM.objects.get()
    assert (llm.name, llm.organization.name, llm.parameters, llm.huggingface_id) == (
        "Llama-3.1-8B", "meta-llama", Decimal("8.03"), "meta-llama/Llama-3.1-8B",
    )  # fmt: skip
    source = Source.objects.get()
    assert set(Score.objects.values_list("source", "measured_on")) == {
        (source.pk, date(2025, 3, 6))
    }
    assert (source.harness, source.date, source.file_name, source.file_sha256) == (
        "lm-evaluation-harness", date(2025, 3, 6), path.name, Import.objects.get().file_sha256,
    )  # fmt: skip
    assert "n-shot: 0" in source.settings
    assert run(path, *NEW)[-1] == "0 changes"


def test_infinity_and_nan_of_the_real_lm_eval_run_are_reported_and_not_stored(db):
    path = real("lm-eval/results_gpt-4o-mini_with-infinity.json")
    before = everything()
    document = preview(path, *NEW)
    assert [(line["state"], line["new"], line["reason"]) for line in document["lines"]] == [
        ("no number", "Infinity",
         "Infinity is not a number. It is left out: there is no score to store."),
        ("no number", "NaN", "NaN is not a number. The score is read without it."),
    ]  # fmt: skip
    assert run(path, *NEW)[-1] == "0 changes"
    assert everything() == before


def test_the_real_every_eval_ever_record_is_imported(db):
    path = real("every-eval-ever/record_llama-pro-8b.json")
    assert run(path, *NEW)[-1] == "7 changes: 6 new, 1 new LLM, 6 new metrics"
    found = dict(Score.objects.values_list("metric__benchmark__name", "value"))
    assert {name: str(value.normalize()) for name, value in found.items()} == {
        "IFEval": "0.4486", "BBH": "0.4224", "MATH Level 5": "0.0249", "GPQA": "0.2743",
        "MUSR": "0.419", "MMLU-PRO": "0.1946",
    }  # fmt: skip
    source = Source.objects.get()
    assert (source.title, source.kind, source.evaluator, source.tier, source.date) == (
        "HF Open LLM v2: TencentARC/LLaMA-Pro-8B-Instruct",
        "leaderboard",
        "Hugging Face",
        "independent",
        date(2026, 2, 10),
    )
    llm = LLM.objects.get()
    assert (llm.name, llm.organization.name, llm.parameters) == (
        "LLaMA-Pro-8B-Instruct", "TencentARC", Decimal("8.357"),
    )  # fmt: skip
    assert run(path, *NEW)[-1] == "0 changes"


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
    lines = run(path, "--create-llms")
    assert lines[-1] == "1 change: 1 changed"
    assert line is None or lines[lines.index("changed (1)") + 1].endswith(line)
    assert run(path)[-1] == "0 changes"


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
    assert run(write(text), "--create-llms")[-1] == (
        "8 changes: 4 new, 2 changed, 1 removed, 1 new LLM"
    )
    assert public_state(client) != before
    undo(Import.objects.get())
    assert public_state(client) == before
