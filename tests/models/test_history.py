"""The history of a model."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from leaderboard.models import LLM, Alias, Leaderboard, Release, Score, Source
from leaderboard.models.releases import FrozenError
from leaderboard.trail.releases import freeze
from tests.factories import make_llm
from tests.trail.editing import make_site

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


def test_a_row_is_deleted_once():
    """A second record would be the newest deletion, and putting that one back would leave out what
    went with the first."""
    make_llm("Alpha")
    first, second = LLM.objects.get(), LLM.objects.get()
    first.delete()
    assert second.delete() == (0, {})
    assert LLM.history.filter(history_type="-").count() == 1


def test_a_deleted_row_does_not_come_back_by_a_save_of_who_read_it_before():
    make_llm("Alpha")
    stale = LLM.objects.get()
    LLM.objects.get().delete()
    stale.license = "MIT"
    with pytest.raises(DatabaseError), transaction.atomic():
        stale.save()
    assert not LLM.objects.exists()


def save_name(llm):
    llm.name = "Omega"
    llm.save(update_fields=["name"])


def update_name(llm):
    LLM.objects.update_or_create(slug=llm.slug, defaults={"name": "Omega"})


@pytest.mark.parametrize("rename", [save_name, update_name])
def test_what_follows_from_a_field_is_saved_with_it(rename):
    rename(make_llm("Alpha"))
    assert LLM.objects.get().name_key == LLM.history.latest().name_key == "omega"
    assert Alias.objects.get().name == "Alpha"
    with pytest.raises(ValidationError, match="looks like"):
        LLM(name="Omega", slug="other").full_clean()


def test_a_save_of_what_stands_beside_a_release_records_the_rest_as_it_is_stored():
    make_site()
    release = freeze(Leaderboard.objects.get(slug="board"), "v1")
    stale = Release.objects.get()
    release.erratum = "Wrong in column 2."
    release.save()
    stale.doi = "10.5281/zenodo.1"
    stale.save(update_fields=["doi"])
    record = Release.history.latest()
    assert (record.erratum, record.doi) == ("Wrong in column 2.", "10.5281/zenodo.1")


def test_the_number_of_a_source_is_never_that_of_another_one():
    """Scores of the past tell by it where they come from."""
    source = Source.objects.create(title="Paper A")
    number = source.pk
    source.title = "Paper B"
    source.save()
    source.delete()
    assert Source.objects.create(title="Paper A").pk == number + 1


def test_a_source_that_comes_back_under_its_name_has_its_number_again():
    source = Source.objects.create(title="Paper A")
    number = source.pk
    source.delete()
    assert Source.objects.create(title="Paper A").pk == number


def test_a_release_that_was_withdrawn_is_not_brought_back_by_who_read_it_before():
    make_site()
    release = freeze(Leaderboard.objects.get(slug="board"), "v1")
    stale = Release.objects.get()
    release.withdrawn_at, release.withdrawal_reason = timezone.now(), "It has wrong values."
    release.save()
    stale.doi = "10.5281/zenodo.1"
    with pytest.raises(FrozenError, match="stays so"):
        stale.save()
    stale.save(update_fields=["doi"])
    row = Release.objects.get()
    assert (row.doi, row.withdrawal_reason) == ("10.5281/zenodo.1", "It has wrong values.")
