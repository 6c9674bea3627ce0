"""From a preview to content: what is stored, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from leaderboard.imports.choices import Choices
from leaderboard.imports.comparing import make_preview
from leaderboard.imports.pending import reading_from_json, reading_to_json
from leaderboard.imports.storing import confirm
from leaderboard.imports.undo import undo
from leaderboard.imports.writing import ImportRefused
from leaderboard.models import (
    LLM,
    Benchmark,
    ContentRevision,
    Import,
    Metric,
    Organization,
    Score,
    Source,
)
from leaderboard.readers.results import MetricDraft, Problem, Provenance, Reading, ReportedFact
from tests.factories import (
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from tests.imports.trying import NOTHING_SAID, file, import_, preview_of, result, scores

pytestmark = pytest.mark.django_db


def test_an_import_stores_scores_with_history_source_and_revision():
    metric = make_metric()
    make_leaderboard([metric])
    alpha, beta = make_llm("Alpha"), make_llm("Beta")
    make_score(alpha, metric, "0.5")
    user = User.objects.create_user("anna")
    before = ContentRevision.objects.get().token
    imported = import_(
        result("Alpha", value="0.625", question_count=8),
        result("Beta", value="0.75", standard_error=Decimal("0.01")),
        user=user,
        provenance=Provenance(title="Run of May", harness="h", tier="independent"),
    )
    source = Source.objects.get()
    assert (source.title, source.harness, source.file_name, source.file_sha256) == (
        "Run of May", "h", "scores.csv", "a" * 64,
    )  # fmt: skip
    assert list(
        Score.objects.order_by("llm").values_list(
            "llm", "value", "decimals", "question_count", "standard_error", "source"
        )
    ) == [
        (alpha.pk, Decimal("0.625"), 3, 8, None, source.pk),
        (beta.pk, Decimal("0.75"), 2, None, Decimal("0.01"), source.pk),
    ]
    history = Score.history.filter(history_change_reason="Imported from a file")
    assert sorted(history.values_list("history_type", "history_user__username")) == [
        ("+", "anna"),
        ("~", "anna"),
    ]
    assert len(set(history.values_list("history_date"))) == 1
    assert ContentRevision.objects.get().token != before
    assert (imported.state, imported.change_count, imported.created_by) == ("done", 2, user)


def test_a_second_import_of_the_same_changes_nothing():
    make_metric()
    make_llm()
    long_number = result(value="0.734017363851618", standard_error=Decimal("0.012418323153051"))
    import_(long_number)
    assert preview_of(long_number).change_count == 0
    assert Score.objects.get().value == Decimal("0.73401736")


def test_what_the_file_does_not_say_stays_except_the_standard_error_of_another_value():
    metric, llm = make_metric(), make_llm()
    make_score(
        llm, metric, "0.5", question_count=40, standard_error=Decimal("0.1"), note="By hand",
        measured_on=date(2026, 1, 2),
    )  # fmt: skip
    import_(result(value="0.6"))
    score = Score.objects.get()
    assert (score.question_count, score.standard_error, score.note, score.measured_on) == (
        40, None, "By hand", date(2026, 1, 2),
    )  # fmt: skip


def test_llms_metrics_and_organizations_are_created_as_chosen_and_their_names_remembered():
    choices = Choices(
        llms={"ACME__Rocket-7B": {"to": "create", "name": "Rocket-7B", "organization": "ACME",
                                  "parameters": "7", "huggingface_id": "ACME/Rocket-7B"}},
        metrics={"sciq / acc,none": {"to": "create", "benchmark": "sciq", "name": "acc",
                                     "key": "sciq-acc", "unit": "proportion", "minimum": "",
                                     "maximum": "", "higher_is_better": "yes",
                                     "question_count": "1000", "is_share_of_questions": "yes"}},
    )  # fmt: skip
    import_(result("ACME__Rocket-7B", "sciq / acc,none", "0.96"), choices=choices)
    llm = LLM.objects.get()
    assert (llm.slug, llm.organization.slug, llm.parameters) == ("rocket-7b", "acme", Decimal(7))
    metric = Metric.objects.get()
    assert (metric.key, metric.benchmark.slug, metric.minimum, metric.maximum) == (
        "sciq-acc", "sciq", 0, 1,
    )  # fmt: skip
    assert metric.question_count == 1000
    again = preview_of(result("ACME__Rocket-7B", "sciq / acc,none", "0.96"))
    assert (again.change_count, again.blocking) == (0, [])
    for model in (LLM, Metric, Organization, Benchmark):
        assert model.history.get().history_type == "+"


def test_an_llm_of_whom_nothing_is_stored_is_not_created():
    make_metric()
    nan = Problem("results", "NaN", "NaN is no number.", "", "Empty", "accuracy", is_missing=True)
    choices = Choices(llms={"Empty": {"to": "create", "name": "Empty"}})
    preview = preview_of(problems=(nan,), choices=choices)
    assert preview.change_count == 0


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("name", "Аlpha", "mixes scripts"),
        ("name", "alpha", "exists already"),
        ("parameters", "7B", "not a number"),
        ("huggingface_id", "https://hf.co/a/b", "Type the id"),
    ],
)
def test_a_new_llm_is_held_to_the_rules_of_the_form(field, text, message):
    make_metric()
    make_llm("Alpha")
    choices = Choices(llms={"x": {"to": "create", "name": "Xi", field: text}})
    assert message in preview_of(result("x"), choices=choices).blocking[0].reason


def test_a_new_metric_needs_a_unit():
    make_llm()
    choices = Choices(metrics={"bleu": {"to": "create", "name": "bleu", "key": "bleu"}})
    line = preview_of(result(metric="bleu"), choices=choices).blocking[0]
    assert line.reason.startswith("Choose its unit")


def test_facts_of_llms_are_edited_in_bulk():
    make_llm("Alpha", license="MIT")
    facts = (
        ReportedFact("a", "Alpha", "license", "Apache-2.0"),
        ReportedFact("b", "Alpha", "organization", "ACME"),
        ReportedFact("c", "Alpha", "parameters", "7.5"),
        ReportedFact("d", "Alpha", "open_weights", "yes"),
        ReportedFact("e", "Alpha", "domain", ""),
    )
    assert preview_of(facts=facts).blocking[0].reason.startswith("There is no organization “ACME”")
    imported = import_(facts=facts, choices=Choices(create_organizations=True, other_facts="all"))
    llm = LLM.objects.get()
    assert (llm.license, llm.organization.name, llm.parameters, llm.open_weights, llm.domain) == (
        "Apache-2.0", "ACME", Decimal("7.5"), True, "",
    )  # fmt: skip
    assert imported.change_count == 4
    assert llm.history.first().history_change_reason == "Imported from a file"
    assert preview_of(facts=facts).change_count == 0
    undo(imported)
    llm.refresh_from_db()
    assert (llm.license, llm.organization, llm.parameters, llm.open_weights) == (
        "MIT", None, None, None,
    )  # fmt: skip
    assert not Organization.objects.exists()


def test_one_bad_cell_stores_nothing():
    make_metric()
    make_scores({f"LLM {number}": {} for number in range(20)})
    rows = [result(f"LLM {number}") for number in range(19)]
    with pytest.raises(ImportRefused, match="outside the range"):
        import_(*rows, result("LLM 19", value="1.5"))
    assert not Score.objects.exists()
    assert not Import.objects.exists()


def test_an_import_that_races_an_edit_is_refused_and_names_the_cell():
    metric = make_metric()
    make_scores({"Alpha": {metric: "0.5"}, "Beta": {metric: "0.5"}})
    read = file(result("Alpha", value="0.6"), result("Beta", value="0.6"))
    digest = make_preview(read.reading, NOTHING_SAID).digest
    since = Score.history.latest("history_date").history_date
    score = Score.objects.get(llm__name="Alpha")
    score.value = Decimal("0.7")
    score.save()
    with pytest.raises(ImportRefused) as refused:
        confirm(read, NOTHING_SAID, digest, since=since)
    assert [reason.split(" since 2")[0] for reason in refused.value.reasons] == [
        "Nothing was imported: the content has changed since the preview.",
        "Alpha in accuracy is 0.7",
        "Look at the preview again.",
    ]
    assert scores() == {("Alpha", "accuracy"): "0.7", ("Beta", "accuracy"): "0.5"}


def test_a_draft_imports_unnoticed():
    metric = make_metric()
    make_leaderboard([metric])
    make_llm("Draft", is_published=False)
    token = ContentRevision.objects.get().token
    imported = import_(result("Draft"))
    undo(imported)
    assert ContentRevision.objects.get().token == token


def test_a_reading_survives_the_wait_for_confirmation():
    reading = Reading(
        results=(
            result(standard_error=Decimal("0.01"), measured_on=date(2026, 1, 2)),
            result(value=None),
        ),
        facts=(ReportedFact("a", "Alpha", "license", "MIT"),),
        problems=(Problem("b", "x", "No.", "Do."),),
        notes=("A note.",),
        metrics={"m": MetricDraft("m", minimum=Decimal(-1))},
        provenance=Provenance(title="T", date=date(2026, 1, 2)),
    )  # fmt: skip
    stored = Import.objects.create(
        file_name="f", file_sha256="", format="wide", reading=reading_to_json(reading)
    )
    stored.refresh_from_db()
    assert reading_from_json(stored.reading) == reading


def test_an_edit_that_made_a_cell_what_the_file_says_is_named_too():
    make_metric()
    llm = make_llm("Alpha", license="MIT")
    make_score(llm, Metric.objects.get(), "0.5")
    read = file(result("Alpha", value="0.6"), facts=(ReportedFact("a", "Alpha", "license", "BSD"),))
    digest = make_preview(read.reading, NOTHING_SAID).digest
    since = Score.history.latest("history_date").history_date
    score = Score.objects.get()
    score.value = Decimal("0.6")
    score.save()
    llm.license = "GPL"
    llm.save()
    with pytest.raises(ImportRefused) as refused:
        confirm(read, NOTHING_SAID, digest, since=since)
    named = [reason.split(" since ")[0] for reason in refused.value.reasons[1:-1]]
    assert named == ["Alpha in accuracy is 0.6", "Alpha was edited"]


def test_an_import_of_facts_alone_that_races_an_edit_of_one_is_refused():
    llm = make_llm("Alpha", license="MIT")
    read = file(facts=(ReportedFact("a", "Alpha", "license", "BSD"),))
    digest = make_preview(read.reading, NOTHING_SAID).digest
    llm.license = "GPL"
    llm.save()
    with pytest.raises(ImportRefused, match="the content has changed since the preview"):
        confirm(read, NOTHING_SAID, digest)
    assert LLM.objects.get().license == "GPL"
