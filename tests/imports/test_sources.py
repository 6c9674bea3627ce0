"""Where scores come from after an import, and what visitors are told of it."""

import csv
import io
from datetime import date

import pytest
from django.core.management import CommandError

from leaderboard.imports.choices import Choices
from leaderboard.imports.sources import make_title
from leaderboard.imports.undo import undo
from leaderboard.models import Import, Leaderboard, Score, Source
from leaderboard.readers.results import Provenance
from leaderboard.trail.releases import freeze
from tests.factories import make_leaderboard, make_llm, make_metric, make_score
from tests.imports.command import run
from tests.imports.trying import import_, result

pytestmark = pytest.mark.django_db


@pytest.fixture
def sourced(db):
    """Alpha and Beta with scores of one source."""
    metric = make_metric()
    make_leaderboard([metric], slug="anesbench")
    source = Source.objects.create(title="Paper, table 2")
    for name in ("Alpha", "Beta"):
        make_score(make_llm(name), metric, "0.5", source=source)
    return source


def sources():
    return dict(Score.objects.order_by("llm").values_list("llm__name", "source__title"))


def edited_export(client, value, **columns):
    rows = list(csv.reader(io.StringIO(client.get("/leaderboard/anesbench.csv").content.decode())))
    rows[1][rows[0].index("accuracy")] = value
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def test_one_edited_cell_of_an_export_is_one_change_and_keeps_its_source(sourced, client, write):
    path = write(edited_export(client, "0.6"))
    assert run(path)[-1] == "1 change: 1 changed"
    assert sources() == {"Alpha": "Paper, table 2", "Beta": "Paper, table 2"}
    assert Source.objects.count() == 1


@pytest.mark.parametrize("options", [("--source-title", "Rerun"), ("--source", "Rerun")])
def test_an_export_is_given_another_source_if_so_told(sourced, client, write, options):
    if options[0] == "--source":
        Source.objects.create(title="Rerun")
    run(write(edited_export(client, "0.6")), *options)
    assert sources() == {"Alpha": "Rerun", "Beta": "Paper, table 2"}


def test_a_source_that_is_here_and_a_new_one_are_not_said_together(sourced, client, write):
    with pytest.raises(CommandError) as error:
        run(write(edited_export(client, "0.6")), "--source", sourced.pk, "--source-tier", "vendor")
    assert (error.value.returncode, sources()["Alpha"]) == (2, "Paper, table 2")


def test_a_value_that_did_not_change_keeps_its_source(sourced):
    imported = import_(result("Alpha", question_count=10), result("Beta", value="0.7"))
    alpha = Score.objects.get(llm__name="Alpha")
    assert (alpha.question_count, alpha.source) == (10, sourced)
    assert sources()["Beta"] != "Paper, table 2"
    undo(imported)
    assert sources() == {"Alpha": "Paper, table 2", "Beta": "Paper, table 2"}
    assert Source.objects.count() == 1


def test_a_source_is_made_of_what_is_said(sourced, write):
    run(
        write("llm,accuracy\nAlpha,0.7\n"), "--source-title", "Rerun", "--source-tier", "vendor",
        "--source-evaluator", "ACME", "--source-url", "https://example.org/r",
    )  # fmt: skip
    made = Score.objects.get(llm__name="Alpha").source
    assert (made.title, made.tier, made.evaluator, made.url) == (
        "Rerun", "vendor", "ACME", "https://example.org/r",
    )  # fmt: skip


def test_no_file_name_is_shown_to_visitors(sourced, client, write):
    run(write("llm,accuracy\nAlpha,0.7\n", "our-secret-plan.csv"))
    made = Score.objects.get(llm__name="Alpha").source
    assert made.file_name == "our-secret-plan.csv"  # for maintainers
    assert made.title == f"Results: accuracy, {date.today().isoformat()}"
    undone = Import.objects.get()
    freeze(Leaderboard.objects.get(), "2026-11")
    board, release = "/leaderboard/anesbench", "/leaderboard/anesbench/releases/2026-11"
    endings = ("csv", "json", "md", "tex", "bib")
    files = [f"{place}.{ending}" for place in (board, release) for ending in endings]
    for _once in range(2):
        for address in (
            made.get_absolute_url(), "/llms/alpha/", "/llms/alpha.yaml", "/changes/",
            "/changes/feed/", f"{board}/", f"{release}/", f"{release}/payload.json", *files,
        ):  # fmt: skip
            assert b"secret" not in client.get(address).content, address
        if undone.state == Import.State.DONE:
            undo(undone)
            undone.refresh_from_db()


def test_the_reason_of_an_import_is_public(sourced, client, write):
    run(write("llm,accuracy\nAlpha,0.7\n"), "--reason", "The prompt was repaired.")
    assert Import.objects.get().reason == "The prompt was repaired."
    assert "<q>The prompt was repaired.</q>" in client.get("/changes/").content.decode()


def test_a_file_that_is_imported_again_finds_the_source_that_it_made(sourced):
    import_(result("Alpha", value="0.7"))
    Source.objects.filter(file_name="scores.csv").get()
    import_(result("Beta", value="0.8"))
    assert Source.objects.count() == 2


def test_a_chosen_source_is_for_all_that_changes(sourced):
    other = Source.objects.create(title="Other")
    imported = import_(result("Alpha", value="0.7"), choices=Choices(source=other.pk))
    assert (sources()["Alpha"], imported.source) == ("Other", other)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        (Provenance(), f"Results: a, {date.today().isoformat()}"),
        (
            Provenance(harness="lm-eval", harness_version="0.4", evaluator="Ann",
                       date=date(2025, 3, 1)),
            "lm-eval 0.4: a, Ann, 2025-03-01",
        ),
    ],
)  # fmt: skip
def test_a_title_is_made_of_harness_benchmark_evaluator_and_date(said, title):
    assert make_title(said, ["a"]) == title
