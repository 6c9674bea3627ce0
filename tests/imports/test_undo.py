"""From content back to what was: an undo, and what stands against it."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import User

from leaderboard.imports.choices import Choices
from leaderboard.imports.undo import undo
from leaderboard.imports.writing import ImportRefused
from leaderboard.models import (
    LLM,
    Alias,
    Column,
    Metric,
    Organization,
    Score,
    Source,
)
from leaderboard.readers.results import ReportedFact
from leaderboard.trail.deletions import restore
from tests.factories import (
    make_leaderboard,
    make_llm,
    make_metric,
    make_score,
    make_scores,
)
from tests.imports.trying import import_, result, scores

pytestmark = pytest.mark.django_db


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
        other_facts="all",
    )
    imported = import_(
        result("Alpha", value="0.7"), result("New", "new", value="0.9"),
        facts=(ReportedFact("line 2", "Alpha", "license", "MIT"),), choices=choices,
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
    second = import_(facts=(ReportedFact("a", "New", "license", "MIT"),))
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
    imported = import_(facts=(ReportedFact("row 1", "Alpha", "parameters", "70"),))
    llm = LLM.objects.get()
    llm.active_parameters = Decimal(13)
    llm.full_clean()
    llm.save()
    with pytest.raises(ImportRefused, match="Alpha: More active parameters than parameters"):
        undo(imported)
    assert LLM.objects.get().parameters == 70


def test_what_an_undo_deletes_is_one_deletion_and_comes_back_as_one():
    make_leaderboard([make_metric()])
    user = User.objects.create_user("anna")
    choices = Choices(llms={"Brand New": {"to": "create", "name": "Newest"}})
    undo(import_(result("Brand New", value="0.9"), choices=choices), user)
    alias, llm = (model.history.get(history_type="-") for model in (Alias, LLM))
    assert (alias.history_date, alias.history_user, alias.history_change_reason) == (
        llm.history_date, user, llm.history_change_reason,
    )  # fmt: skip
    restore(llm.history_date, user, "")
    assert Alias.objects.get().name == "Brand New"
