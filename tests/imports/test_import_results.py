"""`manage.py import_results`: its options, what it prints, and that it does all or nothing."""

import io
import json
import os
import pty
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command, load_command_class

from leaderboard.models import LLM, Metric, Score
from leaderboard.readers.registry import IMPORT_FORMATS
from leaderboard.standings.loading import standings_for_every_metric
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_metric,
    make_scores,
)
from tests.imports.command import NEW, everything, preview, run, scores
from tests.sites import MANAGE, environment, manage


def refused(path, *options):
    """(exit code, sentence) of a command that stores nothing."""
    before = everything()
    with pytest.raises(CommandError) as error:
        run(path, *options)
    assert everything() == before
    return error.value.returncode, str(error.value)


def wide(*rows):
    return "\n".join(["llm,accuracy", *rows])


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
            "other settings": 0, "partial run": 0, "no number": 0, "left out": 0,
            "facts kept": 0,
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
    assert [str(each.computed) for each in standings_for_every_metric().disagreements] == [
        "0.60000000"
    ]


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


def test_what_cannot_be_read_is_said_once_by_its_cause(board, write):
    rows = [f"Alpha{n},{text}" for n, text in enumerate(["<0.1"] * 7 + [">0.9"])]
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command(
            "import_results", str(write(wide(*rows, "Beta,87"))), "--create-llms", stdout=out
        )
    lines = out.getvalue().splitlines()
    start = lines.index("invalid (9)")
    remedy = "is not a number here. Type plain digits with a point, like 0.87."
    assert lines[start + 1 : start + 9] == [
        f"  8 × “…” {remedy}",
        *(
            f"    line {n + 2}, column accuracy, Alpha{n}, accuracy, – → <0.1, "
            "“<0.1” is not a number here."
            for n in range(5)
        ),
        "    … and 3 more",
        "  line 10, column accuracy, Beta, accuracy, – → 87, 87 is outside the range of accuracy "
        "(0 to 1, proportion). If this is 87 %, type 0.87.",
    ]


# Its options


def test_names_that_match_nothing_are_refused_until_somebody_decides(board, write):
    path = write("llm,accuracy,other\nNew,0.5,0.5\n")
    assert refused(path) == (
        1,
        "Nothing was imported. Mend what is named above; for names that match nothing, add "
        "--accept-suggestions (other spellings of what is here), --create-llms (organizations "
        "too), --create-metrics or --leave-out.",
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
    assert refused(tmp_path) == (
        2,
        f"{tmp_path}: no file in it ends in .json, .jsonl, .csv, .tsv, .xlsx, .eval, .yaml, .yml.",
    )


def test_every_option_of_the_issue_is_there():
    out = io.StringIO()
    with pytest.raises(SystemExit), redirect_stdout(out):
        call_command("import_results", "--help")
    named = out.getvalue()
    options = (
        "--format", "--llm", "--benchmark", "--questions", "--source-title", "--source-url",
        "--create-llms", "--create-metrics", "--allow-partial", "--dry-run", "--json",
        "--leave-out", "--percent", "--keep-errors",
    )  # fmt: skip
    assert [name for name in (*options, *IMPORT_FORMATS) if name not in named] == []


# As programs see it


@pytest.fixture(scope="module")
def site(tmp_path_factory, migrated_file):
    """A site of its own with a metric; the folder that holds its database."""
    folder = tmp_path_factory.mktemp("import") / "data"
    folder.mkdir()
    shutil.copy(migrated_file, folder)
    (folder / "one.csv").write_text("llm,accuracy\nAlpha,0.5\n")
    (folder / "bad.csv").write_text("llm,accuracy\nAlpha,0,5\n")
    done = manage(folder, "import_results", str(folder / "one.csv"), *NEW)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.mark.parametrize(
    ("arguments", "code", "last"),
    [(("one.csv",), 0, "0 changes"), (("bad.csv",), 1, None), (("absent.csv",), 2, None)],
)
def test_the_exit_code_tells_done_from_invalid_and_misused(site, arguments, code, last):
    name, *options = arguments
    done = manage(site, "import_results", str(site / name), *options)
    assert done.returncode == code
    assert (done.stdout.splitlines() or [None])[-1] == last
    assert bool(done.stderr) == bool(code)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [["one.csv", "--format", "odt"], ["one.csv", "--no-such-option"], []]
)
def test_what_the_command_line_does_not_know_is_misuse(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        load_command_class("leaderboard", "import_results").run_from_argv(
            ["manage.py", "import_results", *arguments]
        )
    assert end.value.code == 2
    assert "usage: manage.py import_results" in capsys.readouterr().err


def test_an_option_that_fits_no_column_is_misuse(board, write):
    assert refused(write(wide("Alpha,0.9")), "--percent", "f1")[0] == 2


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
        "[######..............] 2/3 comparing (1) …",
    ]
    assert done.stdout.decode().splitlines()[-1] == "0 changes"
