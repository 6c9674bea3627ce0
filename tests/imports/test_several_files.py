"""Several files imported as one: one preview, one import, a source for each file."""

import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from leaderboard.imports.undo import undo
from leaderboard.models import LLM, Import, Score, Source
from tests.imports.command import NEW, everything, run
from tests.readers.test_gathering import lm_eval

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    """A folder as two runs leave it, with what is no result."""
    for llm, value in (("acme/one", 0.5), ("acme/two", 0.75)):
        place = tmp_path / "runs" / llm.replace("/", "__")
        place.mkdir(parents=True)
        (place / "results_2025-03-06T10-11-12.0.json").write_text(lm_eval(llm, value))
        (place / "config.json").write_text('{"architectures": ["X"]}')
        (place / "log.txt").write_text("…")
    return tmp_path / "runs"


def sources():
    rows = Score.objects.order_by("llm__name").values_list(
        "llm__name", "source__title", "source__file_name"
    )
    return list(rows)


STORED = [
    (name, f"lm-evaluation-harness results of acme/{name}", "results_2025-03-06T10-11-12.0.json")
    for name in ("one", "two")
]


def test_a_folder_is_one_import_with_a_source_for_each_file(folder):
    lines = run(folder, *NEW)
    assert lines[0] == "runs: lm-evaluation-harness results"
    assert lines[1].startswith(
        "  Left out are 2 files: acme__one/config.json, acme__two/config.json."
    )
    assert lines[-1] == "4 changes: 2 new, 2 new LLMs, 1 new metric"
    assert sources() == STORED
    imported = Import.objects.get()
    assert (imported.file_name, imported.format, imported.source) == ("runs", "lm-eval", None)
    assert run(folder, *NEW)[-1] == "0 changes"
    assert Source.objects.count() == 2


def test_several_files_and_a_zip_are_one_import(folder, tmp_path):
    first, second = sorted(folder.rglob("results*.json"))
    packed = tmp_path / "second.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(second, "x/results_2025-03-06T10-11-12.0.json")
    run(first, packed, *NEW)
    assert sources() == STORED
    assert Import.objects.get().file_name == f"{first.name}, second.zip"


def test_the_preview_as_json_lists_the_files(folder):
    document = json.loads("\n".join(run(folder, "--dry-run", "--json", *NEW)))
    assert [(each["file"], each["format"]) for each in document["files"]] == [
        ("results_2025-03-06T10-11-12.0.json", "lm-eval")
    ] * 2
    assert {line["where"].partition(":")[0] for line in document["lines"]} == {
        "acme__one/results_2025-03-06T10-11-12.0.json",
        "acme__two/results_2025-03-06T10-11-12.0.json",
    }


def test_the_undo_of_several_files_takes_all_sources_back(folder):
    before = everything()
    run(folder, *NEW)
    undo(Import.objects.get())
    assert (Source.objects.count(), Score.objects.count(), LLM.objects.count()) == (0, 0, 0)
    assert everything()[0] == before[0]


def test_a_file_whose_scores_are_here_gets_no_source(folder):
    run(sorted(folder.rglob("results*.json"))[0], *NEW)
    run(folder, *NEW)
    assert sources() == STORED
    assert Import.objects.first().source == Source.objects.get(title=STORED[1][1])


def test_two_files_that_disagree_store_nothing_and_are_both_named(folder):
    sorted(folder.rglob("results*.json"))[1].write_text(lm_eval("acme/one", 0.75))
    before = everything()
    with pytest.raises(CommandError) as refused:
        run(folder, *NEW)
    assert refused.value.returncode == 1
    assert everything() == before
    document = json.loads("\n".join(run_refused(folder)))
    assert [line["where"] for line in document["lines"] if line["state"] == "invalid"] == [
        "acme__one/results_2025-03-06T10-11-12.0.json: results › quiz › acc,none and "
        "acme__two/results_2025-03-06T10-11-12.0.json: results › quiz › acc,none"
    ]


def run_refused(path):
    """What a refused import prints as JSON."""
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_results", str(path), "--json", *NEW, stdout=out)
    return out.getvalue().splitlines()


def test_what_the_command_says_of_the_source_holds_for_every_file(folder):
    run(folder, *NEW, "--source-url", "https://example.org/runs")
    assert set(Source.objects.values_list("url", flat=True)) == {"https://example.org/runs"}


def test_one_broken_file_in_a_folder_stores_nothing(folder):
    (folder / "broken.json").write_text('{"results": {')
    before = everything()
    with pytest.raises(CommandError, match=r"In broken\.json: This is not correct JSON"):
        run(folder, *NEW)
    assert everything() == before


def test_a_folder_of_too_many_files_is_refused(folder, monkeypatch):
    monkeypatch.setattr("leaderboard.management.commands.import_results.MOST_SEEN", 3)
    with pytest.raises(CommandError, match="The folder has more than 3 files"):
        run(folder, *NEW)


@pytest.mark.parametrize(
    "content",
    [
        lm_eval(results={}),
        lm_eval(results={"quiz": {}}),
        '{"doc_id": 1, "filter": "none"}\n{"doc_id": 2, "filter": "none"}\n',
        '{"config_general": {"model_name": "a"}, "results": {}}',
        '{"version": 2, "status": "success", "eval": {"task": "a", "model": "b"}, "results": {}}',
        '{"version": 2, "status": "error", "eval": {"task": "a", "model": "b"}}',
        '{"date": "2025-03-06", "hash": "a", "eval": {}}',
        '{"date": "2025-03-06", "eval": {}}',
    ],
)
def test_a_known_format_without_a_result_is_no_success(write, content):
    """It used to say “0 changes”, with exit 0."""
    with pytest.raises(CommandError) as refused:
        run(write(content, "samples_quiz.json"), "--llm", "Tiny", "--benchmark", "Quiz", *NEW)
    assert refused.value.returncode == 1
    assert str(refused.value).startswith("Nothing was imported. ")
