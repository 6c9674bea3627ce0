"""Several files read as one: chosen together, or in a zip."""

import io
import json
import random
import struct
import subprocess
import sys
import zipfile
from contextlib import nullcontext
from decimal import Decimal
from functools import partial

import pytest
from django.conf import settings

from leaderboard.readers import gathering
from leaderboard.readers.files import zips
from leaderboard.readers.gathering import Given, read_files
from leaderboard.readers.registry import format_label
from leaderboard.readers.results import FileContext, Refused


def lm_eval(llm="acme/tiny", value=0.5, **changes):
    return json.dumps(
        {
            "results": {"quiz": {"acc,none": value, "acc_stderr,none": 0.0288675134594812}},
            "configs": {"quiz": {}},
            "n-samples": {"quiz": {"original": 4, "effective": 4}},
            "model_name": llm,
            "lm_eval_version": "0.4.8",
        }
        | changes
    )


def samples(*answers):
    lines = [
        {"doc_id": number, "filter": "none", "resps": [], "acc": answer}
        for number, answer in enumerate(answers)
    ]
    return "\n".join(map(json.dumps, lines))


def zipped(files, **options):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def as_bytes(content):
    return content if isinstance(content, bytes) else content.encode()


def read(files, **asked):
    """Reads files given as {path: content}."""
    given = [
        Given(path, partial(nullcontext, io.BytesIO(as_bytes(content))))
        for path, content in files.items()
    ]
    return read_files(given, FileContext(**asked))


def refusal(files, **asked):
    with pytest.raises(Refused) as refused:
        read(files, **asked)
    return str(refused.value)


def told(file):
    return [(each.where, each.llm, each.value, each.file) for each in file.reading.results]


TWO = {"a.json": lm_eval("acme/one"), "b.json": lm_eval("acme/two", 0.75)}


def test_one_file_is_read_as_it_is():
    file = read({"runs/a.json": lm_eval()})
    assert (file.name, file.format, file.reading.files) == ("a.json", "lm-eval", ())
    assert told(file) == [("results › quiz › acc,none", "acme/tiny", Decimal("0.5"), 0)]


@pytest.mark.parametrize("files", [TWO, {"runs.zip": zipped(TWO)}])
def test_several_files_are_one_reading_and_each_keeps_its_provenance(files):
    file = read(files)
    assert told(file) == [
        ("a.json: results › quiz › acc,none", "acme/one", Decimal("0.5"), 0),
        ("b.json: results › quiz › acc,none", "acme/two", Decimal("0.75"), 1),
    ]
    assert [(each.name, each.format, each.provenance.title) for each in file.reading.files] == [
        ("a.json", "lm-eval", "lm-evaluation-harness results of acme/one"),
        ("b.json", "lm-eval", "lm-evaluation-harness results of acme/two"),
    ]
    assert len({each.sha256 for each in file.reading.files} | {file.sha256}) == 3
    assert (file.name, file.format) == (", ".join(files), "lm-eval")
    assert set(file.reading.llms) == {"acme/one", "acme/two"}
    assert file.reading.problems == ()


def test_the_hash_of_several_files_does_not_depend_on_their_order():
    backwards = dict(reversed(TWO.items()))
    assert read(TWO).sha256 == read(backwards).sha256
    assert told(read(TWO)) == told(read(backwards))


def test_files_of_several_formats_say_so():
    file = read(TWO | {"c.csv": "llm,metric,value\nacme/one,quiz / f1,0.25\n"})
    assert (file.format, format_label(file.format)) == ("several", "files of several formats")
    assert told(file)[-1] == ("c.csv: line 2, column value", "acme/one", Decimal("0.25"), 2)


def test_two_files_that_differ_in_a_score_are_both_named():
    file = read({"x/a.json": lm_eval(), "y/a.json": lm_eval(value=0.75)})
    assert told(file) == [("x/a.json: results › quiz › acc,none", "acme/tiny", Decimal("0.5"), 0)]
    [problem] = file.reading.problems
    assert (problem.where, problem.reason) == (
        "x/a.json: results › quiz › acc,none and y/a.json: results › quiz › acc,none",
        "acme/tiny has this score twice, with different values: 0.5 and 0.75.",
    )


def test_results_and_their_samples_in_one_folder_are_one_score():
    folder = {
        "gpt2/results_2025-03-06T10-11-12.0.json": lm_eval(
            "gpt2", 0.5000000000000001,
            results={"quiz": {"acc,none": 0.5000000000000001, "acc_stderr,none": 0.28867513459}},
        ),
        "gpt2/samples_quiz_2025-03-06T10-11-12.0.jsonl": samples(1, 1, 0, 0),
    }  # fmt: skip
    file = read({"run.zip": zipped(folder)})
    assert [(each.llm, each.metric, each.file) for each in file.reading.results] == [
        ("gpt2", "quiz / acc,none", 0)
    ]
    assert (len(file.reading.files), file.reading.problems) == (2, ())
    other = folder | {"gpt2/samples_quiz_2025-03-06T10-11-12.0.jsonl": samples(1, 1, 1, 0)}
    assert len(read({"run.zip": zipped(other)}).reading.problems) == 1


def test_what_is_no_result_file_is_left_out_with_a_note():
    failed = json.dumps({"status": "error", "version": 2, "eval": {"task": "a", "model": "b"}})
    files = TWO | {
        "config.json": '{"architectures": []}', "failed.json": failed, "README.md": "# Runs",
        "plot.png": b"\x89PNG", ".DS_Store": b"1", "__MACOSX/a.json": "{", "x/.git/a.json": "{",
    }  # fmt: skip
    file = read({"runs.zip": zipped(files)})
    assert [each.name for each in file.reading.files] == ["a.json", "b.json"]
    [note] = file.reading.notes
    assert note.startswith("Left out are 2 files: config.json, failed.json. The first, as: This is")


def test_notes_that_several_files_share_stand_once():
    limited = {"config": {"model_args": "a=b", "limit": 2}, "n-samples": {}}
    files = {f"{name}.json": lm_eval(name, **limited) for name in ("a", "b", "c")}
    assert read(files).reading.notes == (
        "a.json (+2): The run was limited (limit 2) and does not say how many questions each task "
        "has: such scores count as partial.",
    )


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (TWO | {"c.json": '{"results": '}, "In c.json: This is not correct JSON"),
        (TWO | {"c.csv": "a,b\n1,2\n"}, "In c.csv: No column names the LLM."),
        (
            {"a.zip": zipped(TWO | {"x/c.json": '{"results"'})},
            "In x/c.json: This is not",
        ),
        ({"a.zip": zipped({"b.zip": zipped(TWO)})}, "The zip b.zip is within a zip or folder."),
        (
            {"a.zip": zipped({"b.json": zipped(TWO)})},
            "In b.json: This is a zip archive",
        ),
        ({"a.zip": zipped({})}, "There is no file to import in it: files that end in .json"),
        ({"a.zip": zipped({"a.md": "x"})}, "There is no file to import in it"),
        ({"a.zip": zipped({"a.json": '{"x": 1}'})}, "In a.json: This is a JSON document"),
        ({"a.json": '{"x": 1}', "b.json": "{}"}, "None of the 2 files can be imported. The first,"),
        (
            {"a.zip": zipped(TWO)[:-30], "b.json": lm_eval()},
            "In a.zip: This zip or XLSX file",
        ),
        ({"a.zip": zipped({"a.json": b" " * 20_000_000})}, "Unzipped this file has 20.0 MB; read"),
        ({f"{n}.json": "{}" for n in range(1001)}, "These are 1,001 files; 1,000 are read at once"),
    ],
)
def test_files_that_cannot_be_read_are_refused_with_one_sentence(files, sentence):
    assert refusal(files).startswith(sentence)


def test_a_zip_with_more_entries_than_any_run_has_is_refused(monkeypatch):
    monkeypatch.setattr(zips, "MAX_ENTRIES", 2)
    assert refusal({"a.zip": zipped(TWO | {"c.txt": ""})}) == (
        "The zip has more than 2 entries. Pack only the files to import."
    )


def test_all_parts_together_may_not_be_larger_than_what_is_read(monkeypatch):
    monkeypatch.setattr(zips, "MAX_UNZIPPED_BYTES", 100)
    assert refusal({"a.zip": zipped(TWO)}).startswith("Unzipped this file has 0.0 MB; read are")


def test_a_part_that_says_less_than_it_holds_is_damaged():
    content = zipped({"a.json": lm_eval() + " " * 1000})
    size = struct.pack("<I", len(lm_eval()) + 1000)
    lying = content.replace(size, struct.pack("<I", 50))
    assert lying != content
    assert refusal({"a.zip": lying}).startswith(
        ("In a.json: This zip or XLSX file is damaged", "This zip or XLSX file is damaged")
    )


def test_a_file_twice_in_a_zip_and_one_with_a_password_are_refused():
    twice = zipped({"a.json": lm_eval(), "b.json": lm_eval()}).replace(b"b.json", b"a.json")
    assert refusal({"a.zip": twice}).startswith("The zip has two files of the same name.")
    locked = bytearray(zipped({"a.json": lm_eval()}))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert refusal({"a.zip": bytes(locked)}).startswith("This file is protected by a password.")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/a.json", "etc/a.json"),
        ("/etc/a.json", "etc/a.json"),
        ("C:\\runs\\a.json", "runs/a.json"),
        ("./x/../a.json", "x/a.json"),
        ("<b>\u202e.json", "<b>.json"),
    ],
)
def test_a_name_in_a_zip_is_shown_and_never_a_path(name, shown):
    file = read({"a.zip": zipped({name: lm_eval()})})
    assert told(file)[0][0] == f"{shown}: results › quiz › acc,none"
    assert file.reading.files[0].name == shown.rpartition("/")[2]


def test_the_folder_that_all_files_share_is_not_shown():
    file = read({f"home/me/runs/{path}": content for path, content in TWO.items()})
    assert [where.partition(":")[0] for where, *_ in told(file)] == ["a.json", "b.json"]


def test_uploads_of_one_name_are_numbered():
    given = [
        Given("results.json", partial(nullcontext, io.BytesIO(lm_eval(llm).encode())))
        for llm in ("a", "b")
    ]
    assert [where.partition(":")[0] for where, *_ in told(read_files(given))] == [
        "results.json", "results.json (2)",
    ]  # fmt: skip


def test_files_from_the_root_and_from_a_folder_are_shown_apart():
    files = {"/a.json": lm_eval("one"), "x/b.json": lm_eval("two"), "y/b.json": lm_eval("three")}
    assert [where.partition(":")[0] for where, *_ in told(read(files))] == [
        "a.json", "x/b.json", "y/b.json",
    ]  # fmt: skip


def test_an_inspect_log_and_a_workbook_are_files_and_no_zips_of_files():
    scores = [{"name": "s", "metrics": {"accuracy": {"value": 1}}}]
    log = {"status": "success", "version": 2, "eval": {"task": "a", "model": "b"}}
    log["results"] = {"scores": scores}
    log_file = zipped({"header.json": json.dumps(log)})
    assert read({"a.eval": log_file}).format == "inspect"
    inside = read({"a.zip": zipped({"x/a.eval": log_file, "b.json": lm_eval()})})
    assert [each.format for each in inside.reading.files] == ["lm-eval", "inspect"]


def test_files_that_are_read_as_one_stay_few_in_memory(monkeypatch):
    """Each is closed before the next is opened."""
    opened = []

    class Counting(io.BytesIO):
        def __enter__(self):
            opened.append(self)
            assert sum(not file.closed for file in opened) == 1
            return self

    given = [Given(f"{n}.json", lambda n=n: Counting(lm_eval(f"a/{n}").encode())) for n in range(9)]
    assert len(read_files(given).reading.results) == 9
    assert gathering.MAX_FILES == 1_000


MEASURE = """
import sys, time
from pathlib import Path
from leaderboard.readers.gathering import Given, read_files
from leaderboard.readers.results import FileContext, Refused

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))

before, start = peak(), time.process_time()
try:
    path = Path(sys.argv[1])
    read = read_files([Given(path.name, lambda: path.open("rb"))], FileContext("Tiny"))
    answer = f"{len(read.reading.results)} results"
except Refused as refused:
    answer = str(refused)
print(peak() - before, round(time.process_time() - start, 2), answer)
"""
ANSWER = json.dumps({"doc_id": 0, "filter": "none", "acc": 1, "doc": "x"})
HOSTILE = {
    "60,000 entries": (lambda: {f"{n}.txt": "" for n in range(60_000)}, "more than 50,000 entries"),
    "50,000 entries and a result": (
        lambda: {f"{n}.txt": "" for n in range(49_999)} | {"a.json": lm_eval()}, "1 results",
    ),
    "a part of 400 MB": (lambda: {"a.json": b"[" + b" " * 400_000_000}, "Unzipped this file has"),
    "parts of 490 MB": (
        lambda: {f"{n}.json": random.Random(n).randbytes(1_000_000) * 49 for n in range(10)},
        "The first, 0.json: The file has 49.0 MB",
    ),
    "samples of 8,000 questions": (
        lambda: {"samples_quiz.jsonl": "\n".join(
            ANSWER.replace('_id": 0', f'_id": {n}').replace('"x"', f'"{random.Random(n).random()}"')
            for n in range(8_000))},
        "1 results",
    ),
}  # fmt: skip


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=[pytest.mark.long] * ("MB" in each)) for each in HOSTILE]
)
def test_a_hostile_zip_is_answered_with_little_memory(name, tmp_path):
    make, expected = HOSTILE[name]
    path = tmp_path / "hostile.zip"
    path.write_bytes(zipped(make()))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, path],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    path.unlink()
    memory, seconds, answer = done.stdout.strip().split(" ", 2)
    print(f"{name}: {int(memory) / 1e6:.0f} MB, {seconds} s: {answer}")
    assert expected in answer
    assert int(memory) < 100_000_000
