"""From a reading to content and back: matching, preview, confirmation, undo."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from leaderboard.imports.catalogue import load_catalogue
from leaderboard.imports.comparing import make_preview
from leaderboard.imports.effects import RankChange, new_disagreements, rank_changes
from leaderboard.imports.matching import Choices
from leaderboard.imports.pending import reading_from_json, reading_to_json
from leaderboard.imports.preview import State
from leaderboard.imports.storing import confirm
from leaderboard.imports.undo import undo
from leaderboard.imports.writing import ImportRefused
from leaderboard.models import (
    LLM,
    Alias,
    Benchmark,
    Column,
    ContentRevision,
    Import,
    Metric,
    Organization,
    Score,
    Source,
)
from leaderboard.readers.registry import File
from leaderboard.readers.results import Fact, MetricDraft, Problem, Provenance, Reading, Result
from tests.factories import (
    make_aggregate,
    make_benchmark,
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)

pytestmark = pytest.mark.django_db

NOTHING_SAID = Choices()


def result(llm="Alpha", metric="accuracy", value="0.5", **more):
    value = None if value is None else Decimal(value)
    return Result(where=f"{llm}/{metric}", llm=llm, metric=metric, value=value, **more)


def file(*results, name="scores.csv", **reading):
    return File(name, "a" * 64, "wide", Reading(results=results, **reading))


def preview_of(*results, choices=NOTHING_SAID, **reading):
    return make_preview(Reading(results=results, **reading), choices)


def states(preview):
    return [(line.state, line.llm, line.subject) for line in preview.lines]


def import_(*results, choices=NOTHING_SAID, user=None, **reading):
    read = file(*results, **reading)
    return confirm(read, choices, make_preview(read.reading, choices).digest, user)


def scores():
    return {
        (score.llm.name, score.metric.key): str(score.value.normalize())
        for score in Score.objects.select_related("llm", "metric")
    }


# Matching


@pytest.mark.parametrize(
    "name", ["Qwen3-0.6B", "qwen3-0-6b", "QWEN3‐0.6B", "Qwen/Qwen3-0.6B", "Qwen__Qwen3-0.6B", "q3"]
)
def test_an_llm_is_found_by_name_address_hugging_face_id_and_alias(name):
    llm = make_llm("Qwen3-0.6B", huggingface_id="Qwen/Qwen3-0.6B")
    Alias.objects.create(name="q3", llm=llm)
    assert load_catalogue().llm(name) == llm.pk


@pytest.mark.parametrize(
    "name",
    ["anesbench-system1x", "anesbench_system1x", "AnesBench / system1.x", "AnesBench System1.X",
     "System1.x", "level 2"],
)  # fmt: skip
def test_a_metric_is_found_by_key_name_and_alias(name):
    bench = make_benchmark("AnesBench")
    make_metric("anesbench-system1", name="system1", benchmark=bench)
    metric = make_metric("anesbench-system1x", name="system1.x", benchmark=bench)
    Alias.objects.create(name="level 2", metric=metric)
    assert load_catalogue().metric(name) == metric.pk


def test_a_name_that_two_metrics_have_matches_neither():
    for name in ("AnesBench", "AMCQA"):
        make_metric(f"{name.lower()}-overall", name="overall", benchmark=make_benchmark(name))
    catalogue = load_catalogue()
    assert catalogue.metric("overall") is None
    assert catalogue.metric("AMCQA overall") == Metric.objects.get(key="amcqa-overall").pk
    chosen = preview_of(result(metric="overall"), choices=Choices(benchmark="AMCQA"))
    assert chosen.targets.metrics["overall"].id == Metric.objects.get(key="amcqa-overall").pk


# Preview


def test_every_cell_is_new_changed_unchanged_removed_or_invalid():
    metric = make_metric(name="accuracy")
    make_scores({"Same": {metric: "0.5"}, "Other": {metric: "0.5"}, "Gone": {metric: "0.5"}})
    for name in ("Fresh", "Wrong"):
        make_llm(name)
    preview = preview_of(
        result("Same"),
        result("Other", value="0.75"),
        result("Gone", value=None),
        result("Fresh", value="0.875"),
        result("Wrong", value="87"),
    )
    lines = preview.lines
    assert [(line.state, line.llm, line.old, line.new, line.difference) for line in lines] == [
        (State.UNCHANGED, "Same", "0.5", "", ""),
        (State.CHANGED, "Other", "0.5", "0.75", "+0.25"),
        (State.REMOVED, "Gone", "0.5", "", ""),
        (State.NEW, "Fresh", "", "0.875", ""),
        (State.INVALID, "Wrong", "", "87", ""),
    ]
    assert preview.lines[4].reason == (
        "87 is outside the range of accuracy (0 to 1, proportion). If this is 87 %, type 0.87."
    )
    assert preview.change_count == 3


def test_an_empty_cell_without_a_score_is_no_zero_and_no_change():
    make_metric()
    make_llm()
    assert preview_of(result(value=None)).change_count == 0


def test_a_name_that_matches_nothing_blocks_until_somebody_decides():
    make_metric()
    preview = preview_of(result("Nobody"))
    assert states(preview) == [(State.UNMATCHED, "Nobody", "")]
    with pytest.raises(ImportRefused, match="No LLM here has this name"):
        import_(result("Nobody"))
    assert not LLM.objects.exists()
    left_out = Choices(llms={"Nobody": {"to": "leave out"}})
    assert states(preview_of(result("Nobody"), choices=left_out)) == [
        (State.LEFT_OUT, "Nobody", "accuracy")
    ]


def test_a_problem_in_what_is_left_out_does_not_block():
    make_llm()
    problem = Problem("line 2", "n/k", "This is not a number.", "Type one.", "Alpha", "remarks")
    assert preview_of(problems=(problem,)).blocking
    choices = Choices(metrics={"remarks": {"to": "leave out"}})
    assert not preview_of(problems=(problem,), choices=choices).blocking


def test_a_number_that_is_none_is_reported_and_does_not_block():
    make_llm()
    make_metric()
    nan = Problem("results", "NaN", "NaN is no number.", "", "Alpha", "accuracy", is_missing=True)
    preview = preview_of(problems=(nan,))
    assert (states(preview), preview.blocking) == ([(State.MISSING, "Alpha", "accuracy")], [])


def test_percent_becomes_a_proportion_only_if_the_maintainer_says_so():
    make_metric()
    make_llm()
    percent = result(value="87.5", standard_error=Decimal("1.5"))
    assert preview_of(percent).lines[0].state is State.INVALID
    import_(percent, choices=Choices(percent=("accuracy",)))
    score = Score.objects.get()
    assert (score.value, score.standard_error) == (Decimal("0.875"), Decimal("0.015"))
    said = preview_of(replace(percent, unit="percent")).lines[0].reason
    assert said.startswith("The file says percent, and accuracy is in proportion.")


def test_a_partial_run_is_off_unless_allowed():
    make_metric(question_count=4343)
    make_llm()
    partial = result(question_count=10)
    line = preview_of(partial).lines[0]
    assert (line.state, line.reason) == (
        State.PARTIAL,
        "Only 10 of 4343 questions. Allow partial runs to import it.",
    )
    import_(partial)
    assert not Score.objects.exists()
    import_(partial, choices=Choices(allow_partial=True))
    assert Score.objects.get().question_count == 10


def test_two_rows_that_disagree_are_both_named():
    make_metric()
    llm = make_llm()
    Alias.objects.create(name="a", llm=llm)
    reason = preview_of(result("Alpha"), result("a", value="0.6")).lines[1].reason
    assert reason == "Alpha/accuracy says 0.5 for the same LLM and metric. Keep the right one."
    assert len(preview_of(result("Alpha"), result("a")).lines) == 1


def test_an_aggregate_equal_to_the_computed_value_is_unchanged_and_never_stored():
    parts = [make_metric("one"), make_metric("two")]
    whole = make_aggregate("whole", parts)
    make_scores({"Alpha": {parts[0]: "0.5", parts[1]: "0.6"}})
    assert preview_of(result(metric="whole", value="0.55")).change_count == 0
    # A stored one that disagrees is not what the table of the page showed.
    make_score(LLM.objects.get(), whole, "0.9")
    assert preview_of(result(metric="whole", value="0.55")).change_count == 0


def test_the_effect_on_ranks_is_shown():
    metric = make_metric()
    make_leaderboard([metric])
    make_scores({"Alpha": {metric: "0.9"}, "Beta": {metric: "0.8"}})
    make_llm("Gamma")
    preview = preview_of(result("Gamma", value="0.85"), result("Alpha", value=None))
    assert rank_changes(preview) == [
        RankChange("Board", "Gamma", None, 1),
        RankChange("Board", "Alpha", 1, None),
    ]
    assert str(RankChange("Board", "Beta", 2, 3)) == "Beta 2 → 3"


@pytest.fixture
def whole():
    """The mean of two metrics on a board. Alpha has both, Beta has all three and they agree, of
    Gamma they disagree already."""
    one, two = (make_metric(key, decimals=1) for key in ("one", "two"))
    whole = make_aggregate("whole", [one, two], decimals=1)
    make_leaderboard([one, two, whole], is_published=False)
    make_scores(
        {
            make_llm("Alpha", is_published=False): {one: "0.5", two: "0.7"},
            "Beta": {one: "0.5", two: "0.7", whole: "0.6"},
            "Gamma": {one: "0.5", two: "0.7", whole: "0.9"},
        }
    )
    Score.objects.update(decimals=1)
    return whole


@pytest.mark.parametrize(
    ("llm", "metric", "value", "expected"),
    [
        # An aggregate that comes with the file: half a digit of its own, half of the components'.
        ("Alpha", "whole", "0.9", [("Alpha", "whole", "0.9", "0.6", "0.1")]),
        ("Alpha", "whole", "0.7", []),
        ("Alpha", "whole", "0.71", [("Alpha", "whole", "0.71", "0.6", "0.055")]),
        # A component that comes under a stored aggregate.
        ("Beta", "one", "0.9", [("Beta", "whole", "0.6", "0.8", "0.1")]),
        ("Beta", "one", "0.6", []),
        ("Beta", "one", None, []),
        # What disagrees now is told where its numbers change, and not where it comes to agree.
        ("Gamma", "one", "0.6", [("Gamma", "whole", "0.9", "0.65", "0.1")]),
        ("Gamma", "one", "1.0", []),
        ("Gamma", "one", "0.5", []),
    ],
)
def test_aggregates_that_will_disagree_with_their_components_are_told(
    whole, llm, metric, value, expected
):
    preview = preview_of(result(llm, metric, value))
    assert [
        (each.llm.name, each.metric.key, *each.numbers.values())
        for each in new_disagreements(preview)
    ] == expected
    assert preview.blocking == []


def test_an_aggregate_of_a_new_llm_that_will_disagree_is_told(whole):
    texts = {"to": "create", "name": "Delta"}
    results = [
        result("Delta", *each) for each in (("one", "0.5"), ("two", "0.7"), ("whole", "1.0"))
    ]
    preview = preview_of(*results, choices=Choices(llms={"Delta": texts}))
    found = new_disagreements(preview)
    assert [(each.llm.name, *each.numbers.values()) for each in found] == [
        ("Delta", "1", "0.6", "0.1")
    ]


def test_disagreements_ask_as_many_queries_for_one_row_as_for_thirty(
    whole, django_assert_num_queries
):
    one = Metric.objects.get(key="one")
    make_scores({f"LLM {number}": {one: "0.5"} for number in range(30)})
    for count in (1, 30):
        results = [result(f"LLM {number}", "whole", "0.6") for number in range(count)]
        preview = preview_of(*results)
        with django_assert_num_queries(4):
            new_disagreements(preview)


def test_a_preview_asks_as_many_queries_for_one_row_as_for_thirty(django_assert_num_queries):
    metric = make_metric()
    make_scores({f"LLM {number}": {metric: "0.5"} for number in range(30)})
    for count in (1, 30):
        results = [result(f"LLM {number}", value="0.6") for number in range(count)]
        with django_assert_num_queries(6):
            preview_of(*results)


# Confirming


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
    history = Score.history.filter(history_change_reason="Imported from scores.csv")
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
        Fact("a", "Alpha", "license", "Apache-2.0"),
        Fact("b", "Alpha", "organization", "ACME"),
        Fact("c", "Alpha", "parameters", "7.5"),
        Fact("d", "Alpha", "open_weights", "yes"),
        Fact("e", "Alpha", "domain", ""),
    )
    assert preview_of(facts=facts).blocking[0].reason.startswith("There is no organization “ACME”")
    imported = import_(facts=facts, choices=Choices(create_organizations=True))
    llm = LLM.objects.get()
    assert (llm.license, llm.organization.name, llm.parameters, llm.open_weights, llm.domain) == (
        "Apache-2.0", "ACME", Decimal("7.5"), True, "",
    )  # fmt: skip
    assert imported.change_count == 4
    assert llm.history.first().history_change_reason == "Imported from scores.csv"
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
    digest = make_preview(read.reading, Choices()).digest
    since = Score.history.latest("history_date").history_date
    score = Score.objects.get(llm__name="Alpha")
    score.value = Decimal("0.7")
    score.save()
    with pytest.raises(ImportRefused) as refused:
        confirm(read, Choices(), digest, since=since)
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
        facts=(Fact("a", "Alpha", "license", "MIT"),),
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


# Undo


def test_undo_restores_exactly_what_was():
    metric = make_metric()
    make_leaderboard([metric])
    make_scores({"Alpha": {metric: "0.5"}, "Beta": {metric: "0.6"}})
    fields = [f.attname for f in Score._meta.fields if f.name != "id"]
    before = list(Score.objects.values_list(*fields))
    imported = import_(
        result("Alpha", value="0.7"), result("Beta", value=None), result("New", value="0.9"),
        choices=Choices(llms={"New": {"to": "create", "name": "New", "organization": "Org"}}),
    )  # fmt: skip
    assert scores() == {("Alpha", "accuracy"): "0.7", ("New", "accuracy"): "0.9"}
    user = User.objects.create_user("anna")
    undo(imported, user)
    assert list(Score.objects.values_list(*fields)) == before
    assert list(LLM.objects.values_list("name", flat=True)) == ["Alpha", "Beta"]
    for model in (Organization, Source, Alias):
        assert not model.objects.exists()
    imported.refresh_from_db()
    assert (imported.state, imported.undone_by) == ("undone", user)
    with pytest.raises(ImportRefused, match="taken back already"):
        undo(imported)


def test_undo_is_refused_where_somebody_has_edited_since():
    make_metric()
    make_llm("Alpha")
    imported = import_(result("Alpha", value="0.7"))
    score = Score.objects.get()
    score.value = Decimal("0.8")
    score.save()
    with pytest.raises(ImportRefused) as refused:
        undo(imported)
    assert refused.value.reasons[1].startswith("Alpha in accuracy is 0.8 since")
    assert scores() == {("Alpha", "accuracy"): "0.8"}


def test_an_edit_that_was_taken_back_does_not_stand_against_an_undo():
    metric = make_metric()
    board = make_leaderboard([metric])
    make_llm("Alpha")
    choices = Choices(
        llms={"New": {"to": "create", "name": "New", "organization": "Org"}},
        metrics={"new": {"to": "create", "name": "new", "key": "new", "unit": "points"}},
        create_organizations=True,
    )
    imported = import_(
        result("Alpha", value="0.7"), result("New", "new", value="0.9"),
        facts=(Fact("line 2", "Alpha", "license", "MIT"),), choices=choices,
    )  # fmt: skip
    column = Column.objects.create(
        leaderboard=board, metric=Metric.objects.get(key="new"), position=2
    )
    score = Score.objects.get(llm__name="Alpha")
    edits = [
        (score, "value", Decimal("0.8")),
        (LLM.objects.get(name="Alpha"), "license", "GPL"),
        (LLM.objects.get(name="New"), "license", "GPL"),
        (Metric.objects.get(key="new"), "decimals", 1),
        (Source.objects.get(), "title", "Another"),
    ]
    for row, field, value in edits:
        was = getattr(row, field)
        setattr(row, field, value)
        row.save()
        with pytest.raises(ImportRefused):
            undo(imported)
        setattr(row, field, was)
        row.save()
    with pytest.raises(ImportRefused, match="is on a leaderboard"):
        undo(imported)
    column.delete()
    score.delete()
    with pytest.raises(ImportRefused, match="Alpha in accuracy has no score"):
        undo(imported)
    Score.objects.create(**{f.attname: getattr(score, f.attname) for f in Score._meta.fields[1:]})
    undo(imported)
    assert (scores(), list(LLM.objects.values_list("name", "license"))) == ({}, [("Alpha", "")])


def test_a_value_that_was_given_back_without_its_details_says_which():
    metric = make_metric(decimals=3)
    make_llm("Alpha")
    imported = import_(result("Alpha", value="0.7", standard_error=Decimal("0.01")))
    score = Score.objects.get()
    score.decimals, score.standard_error, score.source = 3, None, None
    score.save()
    with pytest.raises(ImportRefused) as refused:
        undo(imported)
    said, details = refused.value.reasons[1].split(". ", 1)
    assert said.startswith(f"Alpha in {metric} is 0.7 since")
    assert details == (
        "The import left it with other details: decimals 1 → 3, standard error 0.01 → unknown, "
        "source."
    )


def test_undo_is_refused_where_others_have_built_upon_a_new_llm():
    make_metric()
    other = make_metric("other")
    imported = import_(
        result("New"), choices=Choices(llms={"New": {"to": "create", "name": "New"}})
    )
    make_score(LLM.objects.get(), other, "0.5")
    with pytest.raises(ImportRefused, match="New, which the import added, was edited"):
        undo(imported)
    assert Score.objects.count() == 2


def test_an_import_under_another_one_can_be_undone_once_that_is_undone():
    make_metric()
    choices = Choices(llms={"New": {"to": "create", "name": "New"}})
    first = import_(result("New"), choices=choices)
    second = import_(facts=(Fact("a", "New", "license", "MIT"),))
    with pytest.raises(ImportRefused, match="New, which the import added, was edited"):
        undo(first)
    undo(second)
    undo(first)
    assert not LLM.objects.exists()


def test_undo_leaves_what_others_use_or_have_edited():
    make_metric()
    choices = Choices(
        llms={
            "New": {"to": "create", "name": "New", "organization": "Shared"},
            "Other": {"to": "create", "name": "Other", "organization": "Edited"},
        }
    )
    imported = import_(result("New"), result("Other"), choices=choices)
    make_llm("Mine", organization=Organization.objects.get(name="Shared"))
    edited = Organization.objects.get(name="Edited")
    edited.homepage = "https://example.org/"
    edited.save()
    undo(imported)
    assert list(LLM.objects.values_list("name", flat=True)) == ["Mine"]
    assert sorted(Organization.objects.values_list("name", flat=True)) == ["Edited", "Shared"]


def test_undo_is_refused_where_what_it_would_restore_has_lost_its_ground():
    metric, llm = make_metric(), make_llm("Alpha")
    source = Source.objects.create(title="Former")
    make_score(llm, metric, "0.5", source=source)
    imported = import_(result("Alpha", value="0.6"))
    source.delete()
    with pytest.raises(ImportRefused, match="The former source of a score was deleted since"):
        undo(imported)
    removed = import_(result("Alpha", value=None))
    llm.delete()
    with pytest.raises(ImportRefused, match="An LLM was deleted since"):
        undo(removed)


def test_undo_asks_as_many_queries_for_one_new_llm_as_for_thirty(django_assert_max_num_queries):
    make_metric()
    for count in (1, 30):
        names = [f"LLM {count} {number}" for number in range(count)]
        choices = Choices(llms={name: {"to": "create", "name": name} for name in names})
        imported = import_(*map(result, names), choices=choices)
        with django_assert_max_num_queries(60):
            undo(imported)
    assert not LLM.objects.exists()


# Names


def test_two_spellings_of_a_name_are_one_llm_and_one_metric():
    choices = Choices(
        llms={"New 1": {"to": "create", "name": "New 1"}},
        metrics={"acc": {"to": "create", "name": "acc", "key": "acc", "unit": "proportion"}},
    )
    results = (result("New 1", "acc"), result("new  1", "ACC"), result("New 1", "ACC"))
    facts = (Fact("a", "new  1", "license", "MIT"),)
    preview = preview_of(*results, facts=facts, choices=choices)
    assert (states(preview), len(preview.new_llms)) == ([(State.NEW, "New 1", "acc")], 1)
    import_(*results, facts=facts, choices=choices)
    assert LLM.objects.get().license == "MIT"
    assert scores() == {("New 1", "acc"): "0.5"}
    assert preview_of(*results, facts=facts).change_count == 0


def test_two_names_that_would_create_the_same_are_refused():
    make_metric()
    new = {"to": "create", "name": "Rocket"}
    line = preview_of(
        result("a/Rocket"),
        result("b/Rocket"),
        choices=Choices(llms={"a/Rocket": new, "b/Rocket": new}),
    ).blocking[0]
    assert (line.where, line.llm, line.reason.partition(",")[0]) == (
        "new LLM", "b/Rocket", "“Rocket” exists already",
    )  # fmt: skip
    make_llm()
    new = {"to": "create", "name": "acc", "unit": "points", "benchmark": "Bench"}
    choices = Choices(metrics={"x": new | {"key": "x"}, "y": new | {"key": "y"}})
    line = preview_of(result(metric="x"), result(metric="y"), choices=choices).blocking[0]
    assert line.reason.startswith("“Bench acc” exists already")


@pytest.mark.parametrize(
    ("organization", "message"),
    [
        ("АСМЕ Lаb", "mixes scripts"),
        ("A.B", "The address of “A.B” is taken"),
        ("x" * 300, "at most 200 characters"),
    ],
)
def test_a_new_organization_is_held_to_the_rules_of_the_form(organization, message):
    make_metric()
    make_llm("Alpha")
    Organization.objects.create(name="A-B")
    new = {"to": "create", "name": "Xi", "organization": organization}
    choices = Choices(llms={"x": new}, create_organizations=True)
    assert message in preview_of(result("x"), choices=choices).blocking[0].reason
    facts = (Fact("a", "Alpha", "organization", organization),)
    assert message in preview_of(facts=facts, choices=choices).blocking[0].reason


def test_names_without_latin_letters_get_an_address_of_numbers():
    make_metric()
    make_llm("4")
    new = {
        name: {"to": "create", "name": name, "organization": organization}
        for name, organization in (("通义千问", "智谱"), ("文心4", "百度"), ("讯飞4", "智谱"))
    }
    choices = Choices(
        llms=new,
        metrics={
            "m": {"to": "create", "name": "m", "key": "m", "unit": "points", "benchmark": "题库"}
        },
        create_organizations=True,
    )
    imported = import_(
        *(result(name, metric) for name in new for metric in ("accuracy", "m")), choices=choices
    )
    addresses = [
        list(model.objects.order_by("pk").values_list("name", "slug"))
        for model in (LLM, Organization, Benchmark)
    ]
    assert addresses == [
        [
            ("4", "4"),
            ("通义千问", "u901a-u4e49-u5343-u95ee"),
            ("文心4", "u6587-u5fc3-4"),
            ("讯飞4", "u8baf-u98de-4"),
        ],
        [("智谱", "u667a-u8c31"), ("百度", "u767e-u5ea6")],
        [("题库", "u9898-u5e93")],
    ]
    undo(imported)
    counts = [model.objects.count() for model in (LLM, Organization, Benchmark, Metric)]
    assert counts == [1, 0, 0, 1]


def test_a_new_organization_of_an_llm_that_is_here_may_have_no_latin_letter():
    make_llm("GLM-4")
    facts = (Fact("line 2", "GLM-4", "organization", "智谱"),)
    import_(facts=facts, choices=Choices(create_organizations=True))
    assert LLM.objects.get().organization.slug == "u667a-u8c31"


def test_two_new_organizations_with_one_address_are_refused_by_name():
    for name in ("Alpha", "Beta"):
        make_llm(name)
    facts = (
        Fact("line 2", "Alpha", "organization", "A.B"),
        Fact("line 3", "Beta", "organization", "A-B"),
    )
    with pytest.raises(ImportRefused, match="The address of “A-B” is taken"):
        import_(facts=facts, choices=Choices(create_organizations=True))
    assert not Organization.objects.exists()


def test_two_names_of_one_llm_that_disagree_on_a_fact_are_refused():
    llm = make_llm("Alpha", license="MIT")
    Alias.objects.create(name="a", llm=llm)
    facts = (Fact("line 2", "Alpha", "license", "BSD"), Fact("line 3", "a", "license", "GPL"))
    assert preview_of(facts=facts).blocking[0].reason == (
        "line 2 says “BSD” for the same LLM. Keep the right one."
    )
    assert preview_of(facts=(facts[0], replace(facts[1], text="BSD"))).change_count == 1


@pytest.mark.parametrize("text", ["45677", "20.1.2025", "1/20/2025", "2025-13-40"])
def test_a_day_that_a_spreadsheet_has_turned_into_something_else_is_refused(text):
    make_llm("Alpha")
    line = preview_of(facts=(Fact("line 2", "Alpha", "released", text),)).blocking[0]
    assert line.reason == f"“{text}” is not a day. Type it as 2025-01-20."


def test_a_domain_in_capitals_is_no_change():
    make_llm("Alpha", domain="medical")
    assert preview_of(facts=(Fact("a", "Alpha", "domain", "Medical"),)).change_count == 0


def test_what_is_no_number_needs_no_llm_and_no_metric_here():
    nan = Problem("results", "NaN", "NaN is no number.", "", "Nobody", "unknown", is_missing=True)
    assert states(preview_of(problems=(nan,))) == [(State.MISSING, "Nobody", "unknown")]


def test_a_run_that_was_limited_without_saying_how_far_is_partial():
    make_metric()
    make_llm()
    line = preview_of(result(partial=True)).lines[0]
    assert (line.state, line.reason) == (
        State.PARTIAL,
        "The run was limited to some of the questions. Allow partial runs to import it.",
    )


def test_a_run_of_a_part_that_calls_itself_whole_is_partial_by_the_metric():
    make_metric(question_count=100)
    make_llm()
    line = preview_of(result(question_count=40, expected_count=40)).lines[0]
    assert (line.state, line.reason.partition(".")[0]) == (
        State.PARTIAL, "Only 40 of 100 questions",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("source_url", "https://me:secret@example.org/", "user name or password"),
        ("source_url", "http://localhost/x", "Only a private network"),
        ("note", "zero\u200bwidth", "which nobody can see"),
        ("note", "x" * 501, "at most 500"),
    ],
)
def test_details_that_a_form_would_refuse_are_refused_with_their_row(field, text, message):
    make_metric()
    make_llm()
    line = preview_of(result(**{field: text})).blocking[0]
    assert line.where == "Alpha/accuracy"
    assert message in line.reason


def test_a_source_that_its_form_would_refuse_stores_nothing():
    make_metric()
    make_llm()
    with pytest.raises(ImportRefused, match="mend what is said of the source") as refused:
        import_(result(), provenance=Provenance(title="Run in /home/anna/run"))
    assert refused.value.reasons[1].startswith("title: “/home/anna/run” names a place")
    assert not Score.objects.exists()


def test_an_edit_that_made_a_cell_what_the_file_says_is_named_too():
    make_metric()
    llm = make_llm("Alpha", license="MIT")
    make_score(llm, Metric.objects.get(), "0.5")
    read = file(result("Alpha", value="0.6"), facts=(Fact("a", "Alpha", "license", "BSD"),))
    digest = make_preview(read.reading, Choices()).digest
    since = Score.history.latest("history_date").history_date
    score = Score.objects.get()
    score.value = Decimal("0.6")
    score.save()
    llm.license = "GPL"
    llm.save()
    with pytest.raises(ImportRefused) as refused:
        confirm(read, Choices(), digest, since=since)
    named = [reason.split(" since ")[0] for reason in refused.value.reasons[1:-1]]
    assert named == ["Alpha in accuracy is 0.6", "Alpha was edited"]


def test_an_import_of_facts_alone_that_races_an_edit_of_one_is_refused():
    llm = make_llm("Alpha", license="MIT")
    read = file(facts=(Fact("a", "Alpha", "license", "BSD"),))
    digest = make_preview(read.reading, Choices()).digest
    llm.license = "GPL"
    llm.save()
    with pytest.raises(ImportRefused, match="the content has changed since the preview"):
        confirm(read, Choices(), digest)
    assert LLM.objects.get().license == "GPL"


def test_an_undo_is_refused_where_a_range_was_narrowed_since():
    metric = make_metric()
    make_scores({"Alpha": {metric: "0.9"}})
    imported = import_(result("Alpha", value="0.5"))
    metric.maximum = Decimal("0.8")
    metric.full_clean()
    metric.save()
    with pytest.raises(ImportRefused, match=r"0\.9 is outside the range of accuracy"):
        undo(imported)
    assert scores() == {("Alpha", "accuracy"): "0.5"}


def test_an_undo_is_refused_where_it_would_leave_more_active_parameters_than_parameters():
    make_llm("Alpha", parameters=7)
    imported = import_(facts=(Fact("row 1", "Alpha", "parameters", "70"),))
    llm = LLM.objects.get()
    llm.active_parameters = Decimal(13)
    llm.full_clean()
    llm.save()
    with pytest.raises(ImportRefused, match="Alpha: More active parameters than parameters"):
        undo(imported)
    assert LLM.objects.get().parameters == 70
