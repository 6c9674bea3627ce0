"""Records of Every Eval Ever: as the schema wants them, and back through the import unchanged."""

import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError
from jsonschema import Draft7Validator

from leaderboard.models import (
    LLM,
    Benchmark,
    Import,
    Leaderboard,
    Metric,
    Organization,
    Score,
    Source,
)
from leaderboard.models.locks import content_lock
from tests.conftest import shared_sample
from tests.exports.taking import export
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
)
from tests.imports.command import everything, run

pytestmark = pytest.mark.django_db
HARNESS = {"harness": "lm-evaluation-harness", "harness_version": "0.4.8"}


def make_rich_board():
    """Errors, questions, a partial run, units, directions, aggregates, sources, a baseline."""
    bench = make_benchmark(
        "Quiz", dataset="https://huggingface.co/datasets/acme/quiz", homepage="https://a.example/"
    )
    speed = make_benchmark("Speed", homepage="https://a.example/speed")
    asked = {"benchmark": bench, "question_count": 500, "is_share_of_questions": True}
    right, hard = make_metric("right", **asked), make_metric("hard", **asked)
    f1 = make_metric("f1", benchmark=bench, unit="percent")
    time = make_metric(
        "time", benchmark=speed, unit="other", unit_label="ms", higher_is_better=False
    )
    odd = make_metric("odd", unit="other", unit_label="%")
    length = make_metric("length", unit="points", higher_is_better=None)
    mean = make_aggregate("mean", [right, hard], benchmark=bench)
    wins = make_aggregate("wins", [right, time], Metric.Aggregate.MEAN_WIN_RATE)
    paper = Source.objects.create(
        title="Paper", kind="paper", url="https://a.example/paper", tier="vendor", evaluator="Acme"
    )
    a_run = Source.objects.create(title="Run", settings="n-shot: 5", tier="maintainer", **HARNESS)
    with content_lock():
        acme = Organization.objects.create(name="Acme")
        alpha = make_llm(
            "Alpha (5-shot)", organization=acme, parameters="7.6", huggingface_id="acme/alpha"
        )
        beta, people = make_llm("Beta w/ tools"), make_llm("People", kind="human")
        make_score(alpha, right, "0.80", source=a_run, question_count=20, note="20 of them")
        make_score(alpha, hard, "0.712345", source=paper, measured_on=date(2025, 3, 6))
        make_score(alpha, f1, "61.5", source=a_run, standard_error="0.3", question_count=90)
        make_score(alpha, time, "120", source=a_run, standard_error="0")
        make_score(alpha, odd, "3")
        make_score(beta, right, "0.9")
        make_score(beta, hard, "0.5", question_count=500)
        make_score(beta, mean, "0.70", standard_error="0.02")
        make_score(beta, time, "80.5")
        make_score(beta, length, "-12")
        make_score(people, right, "1")
    return make_leaderboard(
        [right, hard, f1, time, odd, length, mean, wins], ranking_metric=right, slug="rich"
    )


def records(response):
    return [json.loads(line) for line in response.content.decode().splitlines()]


@pytest.fixture(scope="module")
def schema():
    path = shared_sample("formats/every-eval-ever/eval.schema.json")
    return Draft7Validator(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("address", ["/leaderboard/rich.jsonl", "/llms/alpha-5-shot.jsonl"])
def test_every_record_is_valid(address, schema, client):
    make_rich_board()
    found = records(client.get(address))
    assert found
    assert [error.message for each in found for error in schema.iter_errors(each)] == []


def test_every_record_of_the_seed_is_valid(schema, anesbench, client):
    found = records(export(client, "jsonl", "anesbench"))
    assert len(found) >= 2 * 51
    assert [error.message for each in found for error in schema.iter_errors(each)] == []
    assert len({each["evaluation_id"] for each in found}) == len(found)


@pytest.fixture
def record(db, client):
    """Of the scores of a run, one of them a partial one with an interval of its own."""
    make_rich_board()
    found = records(export(client, "jsonl", "rich"))
    assert "People" not in json.dumps(found)
    return next(each for each in found if each["source_metadata"]["source_name"] == "Run")


def test_a_record_has_the_source_the_tier_and_the_llm(record):
    page = Source.objects.get(title="Run").get_absolute_url()
    assert record["source_metadata"] == {
        "source_name": "Run",
        "source_type": "evaluation_run",
        "source_organization_name": "Leaderboard",
        "evaluator_relationship": "third_party",
        "additional_details": {
            "tier": "maintainer",
            "kind": "evaluation run",
            "page": f"http://testserver{page}",
            "settings": "n-shot: 5",
        },
    }
    assert record["eval_library"] == {"name": "lm-evaluation-harness", "version": "0.4.8"}
    assert record["model_info"] == {
        "name": "Alpha (5-shot)",
        "id": "acme/alpha",
        "developer": "Acme",
        "additional_details": {
            "deployment_type": "unknown",
            "model_availability": "unknown",
            "params_billions": "7.6",
            "huggingface_id": "acme/alpha",
            "leaderboard_llm": "Alpha (5-shot)",
        },
    }


def test_a_record_has_the_interval_and_the_questions(record):
    share, f1 = record["evaluation_results"]
    assert share["source_data"] == {
        "dataset_name": "Quiz", "source_type": "hf_dataset", "hf_repo": "acme/quiz",
        "samples_number": 500,
    }  # fmt: skip
    assert share["score_details"] == {
        "score": 0.8,
        "details": {"partial_run": "true", "note": "20 of them"},
        "uncertainty": {
            "confidence_interval": {
                "lower": 0.58398257, "upper": 0.91934234, "confidence_level": 0.95,
                "method": "Wilson",
            },
            "num_samples": 20,
        },
    }  # fmt: skip
    assert f1["score_details"]["uncertainty"]["standard_error"] == {"value": 0.3}
    assert f1["metric_config"]["metric_unit"] == "percent"


@pytest.mark.parametrize("query", ["", "?columns=mean,wins", "?q=beta&sort=time"])
def test_what_a_board_exports_comes_back_as_0_changes(query, client, tmp_path):
    make_rich_board()
    path = tmp_path / "rich.jsonl"
    path.write_bytes(client.get(f"/leaderboard/rich.jsonl{query}").content)
    before = everything()
    assert run(path)[-1] == "0 changes"
    assert everything() == before


def test_what_the_seed_exports_comes_back_as_0_changes(anesbench, client, tmp_path):
    path, before = tmp_path / "seed.jsonl", everything()
    for address in ("/leaderboard/anesbench.jsonl", "/llms/gpt-4o.jsonl"):
        path.write_bytes(client.get(address).content)
        assert run(path)[-1] == "0 changes"
    assert everything() == before


def test_the_admin_says_of_the_file_that_nothing_changes(client, admin_client):
    make_rich_board()
    file = SimpleUploadedFile("rich.jsonl", export(client, "jsonl", "rich").content)
    page = admin_client.post("/admin/leaderboard/import/add/", {"file": file}, follow=True)
    assert (page.status_code, page.context["preview"].change_count) == (200, 0)
    assert page.context["preview"].blocking == []
    assert [each.name for each in page.context["files"]] == ["rich.jsonl"] * 3


def test_an_edited_record_is_one_change_and_other_runs_are_conflicts(client, tmp_path):
    make_rich_board()
    path, text = tmp_path / "rich.jsonl", export(client, "jsonl", "rich").content.decode()
    path.write_text(text.replace('"score": 80.5', '"score": 81.5'))
    assert run(path)[-1] == "1 change: 1 changed"
    path.write_text(text.replace("n-shot: 5", "n-shot: 0"))
    with pytest.raises(CommandError, match="n-shot: 5 → 0"):
        run(path)


def test_another_site_takes_the_records_with_a_source_for_each_of_theirs(client, tmp_path):
    make_rich_board()
    path = tmp_path / "rich.jsonl"
    path.write_bytes(export(client, "jsonl", "rich").content)
    rows = {
        (score.llm.name, score.metric.name, score.source.title, score.source.url)
        for score in Score.objects.exclude(source=None).select_related("llm", "metric", "source")
    }
    for model in (Leaderboard, Score, LLM, Metric, Benchmark, Source, Organization, Import):
        model.objects.all().delete()
    run(path, "--create-llms", "--create-metrics", "--allow-partial")
    found = {
        (score.llm.name, score.metric.name, score.source.title, score.source.url)
        for score in Score.objects.select_related("llm", "metric", "source")
    }
    assert rows <= found
    assert LLM.objects.get(name="Alpha (5-shot)").huggingface_id == "acme/alpha"
    assert Source.objects.get(title="Run").settings == "n-shot: 5"


def test_a_file_with_a_line_that_is_no_record_is_refused_with_the_line(client, tmp_path):
    make_rich_board()
    path, text = tmp_path / "rich.jsonl", export(client, "jsonl", "rich").content.decode()
    path.write_text(text + '{"a": 1}\n')
    lines = len(text.splitlines()) + 1
    with pytest.raises(CommandError, match=f"In line {lines}: This is no record"):
        run(path)
