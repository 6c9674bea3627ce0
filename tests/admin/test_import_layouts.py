"""How the tables of several files are read: asked once for those of one shape, or one by one."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from leaderboard.imports.pending import reading_from_json, reading_to_json
from leaderboard.imports.preview import State
from leaderboard.models import Import, Score
from leaderboard.readers.gathering import read_parts_again
from tests.admin.test_import_admin import (
    ADD,
    LM_EVAL,
    confirm,
    maintainer,  # noqa: F401 (a fixture)
    post,
    scores,
    shown,
    told,
)
from tests.admin.test_import_layout import make_here
from tests.factories import make_metric

pytestmark = pytest.mark.django_db
GERMAN = {"a.csv": "llm;elo\nAlpha;1.200\n", "b.csv": "llm;elo\nBeta;1.300\n"}
OTHER = {"c.csv": "llm;elo;released\nGamma;1.400;4/5/2025\n"}


@pytest.fixture
def here():
    metric = make_here(Alpha="1", Beta="2", Gamma="3")
    return metric


def upload(client, files, **more):
    sent = [SimpleUploadedFile(name, text.encode()) for name, text in files.items()]
    return client.post(ADD, {"file": sent} | more, follow=True)


def forms(page):
    """(files, boxes with what is in them) of each form, by the prefix of its boxes."""
    return {
        form.prefix: (
            form.places,
            {field.label: field.initial for field in form.settings if field.name != "llms_in"},
        )
        for form in page.context["layouts"].forms
    }


def test_files_of_one_shape_are_asked_about_once_and_others_by_themselves(
    maintainer, here  # noqa: F811
):  # fmt: skip
    page = upload(maintainer, GERMAN | OTHER)
    assert forms(page) == {
        "shape-0": (("a.csv", "b.csv"), {"Decimal sign": ""}),
        "shape-2": (("c.csv",), {"Decimal sign": "", "Order of dates": ""}),
    }
    problems = [(each.count, each.is_asked) for each in page.context["problems"]]
    assert problems == [(3, True), (1, True)]
    page = post(maintainer, page, **{"shape-0-decimal": ","})
    assert shown(page) == {"changed": 2, "invalid": 2}
    page = post(
        maintainer, page,
        **{"shape-2-decimal": ".", "shape-2-dates": "day first"},
    )  # fmt: skip
    assert shown(page) == {"changed": 3, "facts kept": 1}
    confirm(maintainer, page)
    assert scores() == {
        ("Alpha", "elo"): "1.2E+3", ("Beta", "elo"): "1.3E+3", ("Gamma", "elo"): "1.4",
    }  # fmt: skip
    rows = Score.objects.order_by("llm__name").values_list("source__file_name", flat=True)
    assert list(rows) == ["a.csv", "b.csv", "c.csv"]


def test_each_file_can_be_asked_about_by_itself(maintainer, here):  # noqa: F811
    page = post(maintainer, upload(maintainer, GERMAN), **{"by-file": "1"})
    assert list(forms(page)) == ["file-0", "file-1"]
    said = {"by-file": "1", "file-0-decimal": ",", "file-1-decimal": "."}
    page = post(maintainer, page, **said)
    assert forms(page) == {
        "file-0": (("a.csv",), {"Decimal sign": ","}),
        "file-1": (("b.csv",), {"Decimal sign": "."}),
    }
    page = post(maintainer, page)  # both ways of one shape: nothing is asked
    assert forms(page) == {"shape-0": (("a.csv", "b.csv"), {"Decimal sign": ""})}
    layouts = page.context["layouts"]
    assert (layouts.is_undecided, layouts.has_alike) == (False, True)
    assert "as found in each file" in page.content.decode()
    assert [line.new for line in page.context["preview"].of(State.CHANGED)] == ["1200", "1.3"]
    page = post(maintainer, page, **{"shape-0-decimal": ","})
    assert [line.new for line in page.context["preview"].of(State.CHANGED)] == ["1200", "1300"]


def test_a_column_of_one_shape_gets_another_role_in_all_files(maintainer, here):  # noqa: F811
    files = {f"{llm}.csv": f"llm,elo,b\n{llm},5,6\n" for llm in ("Alpha", "Beta")}
    page = post(maintainer, upload(maintainer, files), **{"shape-0-column-2": "standard error"})
    assert shown(page) == {"changed": 2}
    confirm(maintainer, page)
    assert {str(score.standard_error) for score in Score.objects.filter(value=5)} == {"6.00000000"}


def test_what_is_said_of_a_table_leaves_other_files_and_what_was_chosen_alone(
    maintainer, here  # noqa: F811
):  # fmt: skip
    files = GERMAN | {"results.json": json.dumps(LM_EVAL), "config.json": "{}"}
    page = upload(maintainer, files, source_title="The May run")
    left_out = page.context["imported"].reading["notes"][0]
    page = post(maintainer, page, other_llms="create", other_metrics="leave out")
    page = post(maintainer, page, **{"shape-0-decimal": ","})
    assert shown(page) == {"changed": 2, "left out": 1}
    imported = Import.objects.get()
    assert imported.reading["notes"][0] == left_out
    assert {file["provenance"]["title"] for file in imported.reading["files"]} == {"The May run"}


def test_a_refusal_names_the_file_and_changes_nothing(maintainer, here):  # noqa: F811
    page = upload(maintainer, GERMAN | OTHER)
    before = Import.objects.get().reading
    page = post(maintainer, page, **{"shape-2-column-0": "left out"})
    assert told(page)[0].startswith("In c.csv: ")
    assert Import.objects.get().reading == before


def test_files_without_a_table_keep_no_parts_and_are_not_asked(maintainer):  # noqa: F811
    files = {f"{llm}.json": json.dumps(LM_EVAL | {"model_name": llm}) for llm in ("one", "two")}
    page = upload(maintainer, files)
    assert (page.context["layouts"].forms, Import.objects.get().reading["parts"]) == ([], [])


def test_what_is_read_again_as_it_was_is_the_same(maintainer, here):  # noqa: F811
    page = upload(maintainer, GERMAN | OTHER | {"results.json": json.dumps(LM_EVAL)})
    reading = reading_from_json(page.context["imported"].reading)
    assert read_parts_again(reading, {}) == reading
    assert reading_from_json(reading_to_json(reading)) == reading


def test_only_twenty_forms_are_on_a_page_those_with_a_question_first(
    maintainer, here  # noqa: F811
):  # fmt: skip
    files = {
        f"{n:02}.csv": f"llm;elo;x{n}\nAlpha;{'1.200' if n == 24 else '1'};3\n" for n in range(25)
    }
    page = upload(maintainer, files)
    layouts = page.context["layouts"]
    assert (len(layouts.forms), len(layouts.shown)) == (25, 20)
    assert layouts.shown[0].places == ("24.csv",)
    assert "The first 20 of 25." in page.content.decode()


def test_the_command_speaks_of_a_column_that_only_some_files_have(tmp_path):
    make_metric("elo", unit="points", maximum=None)
    for name, text in {"a": "llm,elo\nAlpha,5\n", "b": "llm,elo,x\nBeta,6,7\n"}.items():
        (tmp_path / f"{name}.csv").write_text(text)
    call_command("import_results", str(tmp_path), "--create-llms", "--leave-out", "x")
    assert {key: float(value) for key, value in scores().items()} == {
        ("Alpha", "elo"): 5, ("Beta", "elo"): 6,
    }  # fmt: skip
    with pytest.raises(CommandError, match=r"None of the files has a column “y”. The headers are"):
        call_command("import_results", str(tmp_path), "--leave-out", "y")
