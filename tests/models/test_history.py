"""The history of a model."""

import pytest
from django.db import DatabaseError, transaction

from leaderboard.models import LLM, Score
from tests.factories import make_llm

pytestmark = pytest.mark.django_db


def test_the_managers_of_all_histories_are_of_one_class():
    """The package makes a class at each look, which is a tenth of the CPU of an edit."""
    assert type(LLM.history) is type(LLM.history) is type(Score.history)


def test_a_row_shows_its_own_history():
    alpha, beta = make_llm("Alpha"), make_llm("Beta")
    alpha.delete()
    assert [record.name for record in beta.history.all()] == ["Beta"]
    assert list(LLM.history.values_list("name", "history_type").order_by("history_id")) == [
        ("Alpha", "+"),
        ("Beta", "+"),
        ("Alpha", "-"),
    ]


@pytest.mark.parametrize("is_read", [True, False], ids=["read before", "never read"])
def test_a_save_of_one_field_records_the_others_as_another_writer_has_stored_them(is_read):
    alpha = make_llm("Alpha", license="MIT")
    stale = LLM.objects.get() if is_read else LLM(pk=alpha.pk)
    alpha.license = "GPL"
    alpha.save()
    stale.homepage = "https://alpha.example"
    stale.save(update_fields=["homepage"])
    row = LLM.objects.values().get()
    assert (row["license"], row["homepage"]) == ("GPL", "https://alpha.example")
    assert {name: getattr(LLM.history.latest(), name) for name in row} == row


def test_a_deletion_records_the_row_as_another_writer_has_stored_it():
    alpha = make_llm("Alpha", license="MIT")
    stale = LLM.objects.get()
    alpha.license = "GPL"
    alpha.save()
    stale.delete()
    record = LLM.history.latest()
    assert (record.history_type, record.license) == ("-", "GPL")


def test_a_save_of_one_field_of_a_deleted_row_is_refused():
    alpha = make_llm("Alpha")
    LLM.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        alpha.save(update_fields=["homepage"])
    assert LLM.history.latest().history_type == "-"
