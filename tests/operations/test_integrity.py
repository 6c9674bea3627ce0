"""What verify finds in a database that no form has filled."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from leaderboard.models import LLM, Alias, Metric, Score, Source
from leaderboard.operations.integrity import find_duplicates, find_faults
from tests.factories import make_leaderboard, make_llm, make_metric, make_score

on_sqlite = pytest.mark.skipif(
    "connection.vendor != 'sqlite'", reason="only SQLite lets a test write what rules refuse"
)


def execute(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def texts():
    return [fault.text for fault in find_faults()]


@pytest.fixture
def llm(db):
    metric = make_metric()
    make_leaderboard([metric])
    llm = make_llm()
    make_score(llm, metric, "0.5")
    return llm


def test_the_seed_has_no_fault(anesbench):
    assert find_faults() == []


def test_a_missing_migration_is_named_and_ends_the_check(db):
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("leaderboard", "0003_imports")
    out = StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("verify", stdout=out)
    assert stop.value.code == 1
    assert (
        "  The migration leaderboard.0003_imports is not applied. Run manage.py migrate.\n"
        in out.getvalue()
    )
    assert "agree with their components" not in out.getvalue()


@on_sqlite
def test_a_dangling_reference_is_named(llm):
    score = Score.objects.get().pk
    execute(f"UPDATE leaderboard_score SET source_id = 77 WHERE id = {score}")
    found = texts()
    execute("UPDATE leaderboard_score SET source_id = NULL")
    assert found == [
        f"Row {score} of leaderboard_score refers to a row of leaderboard_source that is missing. "
        "Restore the last good backup."
    ]


@on_sqlite
def test_a_row_that_breaks_a_check_is_named_with_its_form(llm):
    execute(
        "PRAGMA ignore_check_constraints=ON",
        "UPDATE leaderboard_llm SET parameters = -1",
        "PRAGMA ignore_check_constraints=OFF",
    )
    out = StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("verify", stdout=out)
    form = f"    mend it at /admin/leaderboard/llm/{llm.pk}/change/\n"
    assert (stop.value.code, out.getvalue()) == (
        1,
        "Broken (2)\n"
        f"  LLM Alpha: breaks the rule “parameters are positive”. Correct it.\n{form}"
        "  LLM Alpha: parameters: Ensure this value is greater than or equal to 0.0001. "
        f"Correct it.\n{form}"
        "0 reported aggregates agree with their components, 0 do not.\n",
    )


@on_sqlite
def test_rows_that_should_be_one_are_named(llm):
    execute("DROP INDEX an_alias_stands_for_one_llm")
    for _ in range(2):
        Alias.objects.create(name="Same", llm=llm)
    rule = "breaks the rule “an alias stands for one llm”. Correct it."
    assert texts() == [f"alias Same is Alpha: {rule}"] * 2


def test_an_address_and_a_name_that_no_form_would_take_are_named(llm):
    source = Source.objects.create(title="Paper")
    Source.objects.update(url="javascript:alert(1)")
    LLM.objects.update(huggingface_id="no slash", slug="no address!")
    faults = find_faults()
    assert [(fault.text, fault.form) for fault in faults] == [
        (
            "LLM Alpha: slug: Enter a valid “slug” consisting of letters, numbers, underscores or "
            "hyphens. Correct it.",
            f"/admin/leaderboard/llm/{llm.pk}/change/",
        ),
        (
            "LLM Alpha: huggingface_id: Type the id as in its address: organization/name. "
            "Correct it.",
            f"/admin/leaderboard/llm/{llm.pk}/change/",
        ),
        (
            "source Paper: url: “javascript:alert(1)” is no web address, and is shown nowhere. "
            "Correct it.",
            f"/admin/leaderboard/source/{source.pk}/change/",
        ),
    ]


@pytest.mark.parametrize("model", [Metric, Score, Source, Alias])
def test_no_rule_of_one_row_per_something_finds_a_single_row(model, anesbench):
    for constraint in model._meta.constraints:
        if hasattr(constraint, "fields"):
            assert list(find_duplicates(model, constraint)) == []


def test_every_constraint_of_ours_is_of_a_kind_that_is_checked():
    kinds = {
        type(constraint).__name__
        for model in apps.get_app_config("leaderboard").get_models()
        for constraint in model._meta.constraints
    }
    assert kinds == {"CheckConstraint", "UniqueConstraint"}
