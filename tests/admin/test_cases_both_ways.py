"""Kinds of files that evaluators have, through the admin and on the command line: one outcome.

Each is a small file of our own; the samples beside this folder go the same ways, if they are there.
"""

import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from leaderboard.models import LLM, Import, Metric, Organization, Score
from tests.admin.test_import_admin import (
    confirm,
    maintainer,  # noqa: F401 (a fixture)
    post,
    shown,
    told,
    upload,
)
from tests.conftest import shared_sample
from tests.factories import make_metric, make_scores
from tests.imports.command import NEW
from tests.readers.table_files import workbook

pytestmark = pytest.mark.django_db


class OnTheCommandLine:
    """Imports by the command, creating what the file names."""

    def __init__(self, client, folder):
        self.folder, self.out = folder, io.StringIO()

    def store(self, content, name, said=(), options=()):
        """Import the file; what is to be said of it is in the options."""
        path = self.folder / name
        path.write_bytes(content)
        call_command("import_results", path, *NEW, *options, stdout=self.out)

    def refusal(self, content, name):
        """What stops the import: the lines of the preview, and a sentence with exit 1."""
        with pytest.raises(CommandError) as error, transaction.atomic():
            self.store(content, name)
        assert error.value.returncode == 1
        return f"{self.out.getvalue()} {error.value}"


class InTheAdmin:
    """Imports by the pages: upload, choices, confirmation."""

    def __init__(self, client, folder):
        self.client = client

    def store(self, content, name, said=None, options=()):
        """Say what is asked of the table, create all names, and confirm what the page shows."""
        page = self.decide(content, name, said)
        assert "invalid" not in shown(page)
        confirm(self.client, page)
        assert Import.objects.get().state == Import.State.DONE

    def decide(self, content, name, said):
        page = upload(self.client, content, name)
        assert page.status_code == 200
        if said:
            page = post(self.client, page, **said)
        page = post(
            self.client, page,
            other_llms="create", other_metrics="create", create_organizations="on",
        )  # fmt: skip
        for number in range(1, page.context["names"].of_metrics.pages + 1):
            page = self.client.get(f"{page.request['PATH_INFO']}?metric-page={number}")
            units = {
                f"{form.prefix}-unit": "points"  # as the command does
                for form in page.context["names"].metrics
                if not form["unit"].value()
            }
            page = post(self.client, page, **units) if units else page
        return page

    def refusal(self, content, name):
        """What the upload or the confirmation says; nothing is stored."""
        page = upload(self.client, content, name)
        if "imported" not in page.context:
            return " ".join(page.context["form"].errors["file"])
        page = self.decide(content, name, None)
        page = confirm(self.client, page)
        assert Import.objects.latest("pk").state == Import.State.PENDING
        return " ".join(
            [*told(page), *(str(line.reason) for line in page.context["preview"].lines)]
        )


@pytest.fixture(params=[OnTheCommandLine, InTheAdmin], ids=["command line", "admin"])
def way(request, maintainer, tmp_path):  # noqa: F811
    return request.param(maintainer, tmp_path)


def plain(number):
    return None if number is None else f"{number.normalize():f}"


def stored(metric="metric__name"):
    """{(LLM, metric): (value, standard error)}"""
    rows = Score.objects.values_list("llm__name", metric, "value", "standard_error")
    return {(llm, name): (plain(value), plain(error)) for llm, name, value, error in rows}


def values():
    return {cell: value for cell, (value, _) in stored().items()}


def units():
    rows = Metric.objects.values_list("name", "unit", "unit_label")
    return {name: label or unit for name, unit, label in rows}


def test_a_german_table_of_excel(way):
    way.store(
        "LLM;Genauigkeit (%);F1;Latenz (ms);Fragen\r\nModell Ä;71,2;0,684;4.350;1.200\r\n"
        "Modell B;;0,55;12.040;1.200\r\n".encode("cp1252"), "german.csv",
    )  # fmt: skip
    assert values() == {
        ("Modell Ä", "Genauigkeit"): "71.2", ("Modell Ä", "F1"): "0.684",
        ("Modell Ä", "Latenz"): "4350", ("Modell Ä", "Fragen"): "1200",
        ("Modell B", "F1"): "0.55", ("Modell B", "Latenz"): "12040", ("Modell B", "Fragen"): "1200",
    }  # fmt: skip
    assert units() == {
        "Genauigkeit": "percent", "F1": "points", "Latenz": "ms", "Fragen": "points",
    }  # fmt: skip


def test_french_unicode_text_with_thin_spaces(way):
    way.store(
        "LLM\tExactitude (%)\tLatence (ms)\r\nModèle A\t71,2\t4\u202f350\r\n"
        "Modèle B\t\t12\u202f040\r\n".encode("utf-16"), "french.tsv",
    )  # fmt: skip
    assert values() == {
        ("Modèle A", "Exactitude"): "71.2", ("Modèle A", "Latence"): "4350",
        ("Modèle B", "Latence"): "12040",
    }  # fmt: skip


PERCENT = workbook(
    ["LLM", "share", "accuracy", "wins", "score"],
    ["One", 0.889, 0.889, 0.889, 0.5],
    ["Two", 0.8815, 0.8815, 0.8815, 0.25],
    formats=[(f"{column}{row}", "0.00%") for column in "BCD" for row in (2, 3)],
)


def test_percent_cells_of_a_workbook_into_a_proportion_percent_points_and_a_new_metric(way):
    make_metric("share", unit="proportion")
    make_metric("accuracy", unit="percent", minimum=0, maximum=100)
    make_metric("wins", unit="points", minimum=0, maximum=100)
    way.store(PERCENT, "percent.xlsx")
    assert values() == {
        ("One", "share"): "0.889", ("One", "accuracy"): "88.9", ("One", "wins"): "88.9",
        ("Two", "share"): "0.8815", ("Two", "accuracy"): "88.15", ("Two", "wins"): "88.15",
        ("One", "score"): "0.5", ("Two", "score"): "0.25",
    }  # fmt: skip


def test_percent_cells_become_a_percent_metric(way):
    way.store(workbook(["LLM", "a"], ["One", 0.889], formats=[("B2", "0%")]), "percent.xlsx")
    assert (values(), units()) == ({("One", "a"): "88.9"}, {"a": "percent"})


def test_percent_into_points_that_go_to_1_is_converted(way):
    make_metric("wins", unit="points", minimum=0, maximum=1)
    way.store(b"LLM,wins\nOne,88.9%\n", "percent.csv")
    assert values() == {("One", "wins"): "0.889"}


def test_percent_into_points_of_any_range_stops_with_what_to_do(way):
    make_scores({"One": {make_metric("wins", unit="points", maximum=None): "80"}})
    said = way.refusal(b"LLM,wins\nOne,88.9%\n", "percent.csv")
    assert "and wins is in points that do not go from 0 to 100 or to 1. Give it that range" in said
    assert values() == {("One", "wins"): "80"}


def test_american_days_are_recognised_by_the_column(way):
    way.store(
        b"LLM,organization,released,score\nOne,Lab X,4/29/2025,0.6\nTwo,Lab Y,12/12/2024,0.64\n",
        "us.csv",
    )
    facts = LLM.objects.values_list("name", "organization__name", "released")
    assert set(facts) == {
        ("One", "Lab X", date(2025, 4, 29)), ("Two", "Lab Y", date(2024, 12, 12)),
    }  # fmt: skip


def test_days_that_may_be_two_are_asked_and_said(way):
    way.store(
        b"LLM,released,score\nOne,4/5/2025,0.6\n", "days.csv",
        {"dates": "day first"}, ("--dates", "day-first"),
    )  # fmt: skip
    assert LLM.objects.get().released == date(2025, 5, 4)


def test_columns_of_texts_are_left_out_and_a_creator_is_an_organization(way):
    way.store(
        b"#,LLM,Creator,URL,Notes,Score,Rank\n1,One,Lab X,https://example.org,a key,81.25,1\n"
        b"2,Two,Lab Y,,,79.5,2\n", "texts.csv",
    )  # fmt: skip
    assert values() == {("One", "Score"): "81.25", ("Two", "Score"): "79.5"}
    assert set(Organization.objects.values_list("name", flat=True)) == {"Lab X", "Lab Y"}


def test_signs_units_and_a_margin_that_is_asked_once(way):
    way.store(
        'LLM,Accuracy (%),Cost,Tokens,Elo,Time\nOne,90.18%,$29.08,"1,872,455",1492 ± 6,12.5s\n'
        'Two,88.00 %,-,"904,112",1478 ± 9,7.1s\n'.encode(), "signs.csv",
        {"column-5": "standard error"}, ("--plus-minus", "standard-error"),
    )  # fmt: skip
    assert stored() == {
        ("One", "Accuracy"): ("90.18", None), ("One", "Cost"): ("29.08", None),
        ("One", "Tokens"): ("1872455", None), ("One", "Elo"): ("1492", "6"),
        ("One", "Time"): ("12.5", None), ("Two", "Accuracy"): ("88", None),
        ("Two", "Tokens"): ("904112", None), ("Two", "Elo"): ("1478", "9"),
        ("Two", "Time"): ("7.1", None),
    }  # fmt: skip
    assert units() == {
        "Accuracy": "percent", "Cost": "$", "Tokens": "points", "Elo": "points", "Time": "s",
    }  # fmt: skip


def test_ends_of_an_interval_in_brackets(way):
    way.store(
        b'LLM,Elo\nOne,"1492 [1480, 1504]"\n', "interval.csv",
        {"column-2": "half of the 95-percent interval"}, ("--plus-minus", "half-width"),
    )  # fmt: skip
    assert stored() == {("One", "Elo"): ("1492", "6.12256143")}


def test_a_short_row_is_named_and_nothing_of_it_is_read(way):
    way.store(b"LLM,a,b\nOne,60,70\nTwo,61\nThree,62,72\n", "short.csv")
    assert values() == {
        ("One", "a"): "60", ("One", "b"): "70", ("Three", "a"): "62", ("Three", "b"): "72",
    }  # fmt: skip
    assert set(LLM.objects.values_list("name", flat=True)) == {"One", "Three"}


def test_ratings_with_errors_of_all_or_some(way):
    way.store(
        b"LLM,Rating,Rating standard error,Votes\nOne,1396.1,3.2,20114\nTwo,1391.7,,18020\n",
        "ratings.csv",
    )
    assert stored() == {
        ("One", "Rating"): ("1396.1", "3.2"), ("One", "Votes"): ("20114", None),
        ("Two", "Rating"): ("1391.7", None), ("Two", "Votes"): ("18020", None),
    }  # fmt: skip


def test_names_are_kept_whole_and_two_of_one_name_are_two_llms(way):
    Organization.objects.create(name="google", slug="google")
    names = [
        "Scaffold + Model X w/ Review Heavy", "Scaffold + Model 480B/A35B Instruct",
        "Acme/Coder-34b-hf", "coder/Coder-34b-hf", "google/gemma-2-9b-it",
    ]  # fmt: skip
    rows = "".join(f"{name},0.5\n" for name in names)
    way.store(f"LLM,accuracy\n{rows}".encode(), "names.csv")
    found = {llm.name: llm.organization and llm.organization.name for llm in LLM.objects.all()}
    assert found == {
        "Scaffold + Model X w/ Review Heavy": None, "Scaffold + Model 480B/A35B Instruct": None,
        "Acme/Coder-34b-hf": "Acme", "coder/Coder-34b-hf": "coder", "gemma-2-9b-it": "google",
    }  # fmt: skip


def test_a_wide_table_of_120_columns_with_gaps_and_negatives(way):
    header = ",".join(f"Group of tasks {number:03}" for number in range(120))
    rows = "".join(
        f"Model {llm}," + ",".join("" if at % 7 == llm else f"{at - 50}.5" for at in range(120))
        + "\n" for llm in range(3)
    )  # fmt: skip
    way.store(f"LLM,{header}\n{rows}".encode(), "wide.csv")
    assert values() == {
        (f"Model {llm}", f"Group of tasks {at:03}"): f"{at - 50}.5"
        for llm in range(3) for at in range(120) if at % 7 != llm
    }  # fmt: skip


def test_lm_eval_before_0_4(way):
    old = {
        "results": {"lambada": {"ppl": 5.1, "ppl_stderr": 0.11, "acc": 0.6476}},
        "versions": {"lambada": 0},
        "config": {"model": "gpt2", "model_args": "pretrained=example/model-2.8b,revision=s1",
                   "num_fewshot": 0, "limit": None},
    }  # fmt: skip
    way.store(json.dumps(old).encode(), "results.json")
    assert stored() == {
        ("model-2.8b", "ppl"): ("5.1", "0.11"), ("model-2.8b", "acc"): ("0.6476", None),
    }  # fmt: skip
    assert Metric.objects.get(name="ppl").higher_is_better is False
    assert "revision s1" in Score.objects.first().source.settings


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"llm,Notes\nx,slow\n", "No column of this table would be read"),
        (b"LLM,a,,b\n,x,y,z\nx,1,2,3\n", "The header stands in two rows"),
        (b"LLM,a,a\nx,1,2\n", "Two columns have the same header: “a” and “a”."),
        (b"Board\nLLM,a\nx,1\n", "Export the table as CSV or XLSX, without a title above"),
        ("LLM,a\nx,１２.５\n".encode(), "“１２.５” is not a number here"),
        ("LLM,a\nx,٧١٫٢\n".encode(), "“٧١٫٢” is not a number here"),
        ("LLM,a\nx,½\n".encode(), "“½” is not a number here"),
        ("LLM,a\nx,≈71\n".encode(), "“≈71” is not a number here"),
        (b"LLM,a\nx,<0.1\n", "“<0.1” is not a number here"),
        (b"LLM,a\nx,>99\n", "“>99” is not a number here"),
        (b"LLM,a\nx,$1.2k\nz,$3\n", "“$1.2k” is not a number here"),
        (b"LLM;a\nx;1.200\n", "“1.200” may be 1.2 or 1200"),
        (b"LLM,released,a\nx,4/5/2025,1\n", "In “4/5/2025” the day or the month may stand first"),
        (b"LLM,released,a\nx,25-04-29,1\n", "In “25-04-29” the day or the month may stand first"),
        (b"LLM,released,a\nx,April 2025,1\n", "“April 2025” is not a day"),
        (b"LLM,a\nx,1492 +- 6\n", "What stands behind ± in the column “a” may be"),
        (b"LLM,a\nx,71.2 (0.4)\n", "What stands behind ± in the column “a” may be"),
        (b"LLM,a\nx,$3\ny,3\n", "“3” has not the unit of the other numbers in its column"),
        (b"LLM,a\nx,1\nx,2\n", "x has this score twice, with different values: 1 and 2"),
    ],
)
def test_what_cannot_be_read_stops_with_a_sentence_and_stores_nothing(way, content, sentence):
    assert sentence in way.refusal(content, "scores.csv")
    assert (Score.objects.count(), LLM.objects.count()) == (0, 0)


# Another n-shot


def lm_eval(shots, value):
    return json.dumps({
        "results": {"sciq": {"alias": "sciq", "acc,none": value, "acc_stderr,none": 0.01}},
        "configs": {"sciq": {"task": "sciq", "num_fewshot": shots}},
        "n-shot": {"sciq": shots}, "n-samples": {"sciq": {"original": 100, "effective": 100}},
        "higher_is_better": {"sciq": {"acc": True}}, "date": 1750000000.0,
        "config": {"model": "hf", "model_args": "pretrained=example/model-7b", "limit": None},
        "model_name": "example/model-7b", "lm_eval_version": "0.4.8",
    }).encode()  # fmt: skip


def test_another_n_shot_is_a_conflict_of_settings_and_no_correction(way):
    way.store(lm_eval(5, 0.95), "results_5.json")
    before = stored()
    said = way.refusal(lm_eval(0, 0.91), "results_0.json")
    assert "n-shot: 5 → 0" in said
    assert stored() == before == {("model-7b", "acc"): ("0.95", "0.01")}


# The samples beside this folder

SAID = {
    "signs.csv": ({"column-5": "half of the 95-percent interval"}, ("--plus-minus", "half-width")),
}
SHARED = {
    "german-excel.csv": 11, "french-unicode-text.tsv": 8, "percent-cells.xlsx": 6,
    "us-dates.csv": 3, "text-columns.csv": 3, "signs.csv": 14, "short-row.csv": 10,
    "names.csv": 9, "ratings.csv": 8, "errors-for-some.csv": 24, "wide-120.csv": 3141,
    "lm-eval-0.3.json": 4, "lm-eval-5-shot.json": 2,
}  # fmt: skip


LARGE = pytest.param("wide-120.csv", marks=pytest.mark.slow)


@pytest.mark.parametrize("name", [LARGE, *(name for name in SHARED if name != "wide-120.csv")])
def test_a_sample_gives_the_same_in_the_admin_as_on_the_command_line(
    maintainer, tmp_path, name  # noqa: F811
):  # fmt: skip
    content = shared_sample(f"cases/{name}").read_bytes()
    found = []
    for way in (OnTheCommandLine, InTheAdmin):
        with transaction.atomic():
            way(maintainer, tmp_path).store(content, name, *SAID.get(name, ()))
            facts = LLM.objects.values_list("name", "organization__name", "released")
            found.append((stored("metric__key"), units(), set(facts)))
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert len(found[0][0]) == SHARED[name]
