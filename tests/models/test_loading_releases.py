"""Releases in fixtures: carried whole into an empty site, and no way to change what is frozen."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from leaderboard.models import CONTENT, LLM, Alias, ContentRevision, Leaderboard, Release
from leaderboard.operations.integrity import find_faults
from leaderboard.trail.releases import freeze, read_payload
from tests.models.test_loaddata import tables
from tests.trail.editing import make_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def frozen(db):
    make_site()
    board = Leaderboard.objects.get()
    freeze(board, "2026-11", "The first one.")
    llm = LLM.objects.published().first()
    llm.name = "Renamed"
    llm.save()
    return freeze(board, "2026-12")


@pytest.fixture
def fixture(frozen, tmp_path):
    return dump(tmp_path / "site.json", "leaderboard.release")


def dump(path, *labels):
    call_command(
        "dumpdata", *labels, natural_primary=True, natural_foreign=True, output=str(path),
        verbosity=0,
    )  # fmt: skip
    return path


def load(path, rows=None):
    if rows is not None:
        path.write_text(json.dumps(rows), encoding="utf-8")
    call_command("loaddata", str(path), verbosity=0)


def refusal(path, rows):
    before = tables()
    with pytest.raises(CommandError) as error:
        load(path, rows)
    assert tables() == before
    return str(error.value)


def what_is_frozen():
    """By name: all that a release holds but its numbers; when it was frozen to the second."""
    return {
        each.name: {
            "payload": read_payload(each),
            "sha256": each.sha256,
            "notes": each.notes,
            "as_of": each.as_of,
            "frozen_at": f"{each.frozen_at:%Y-%m-%d %H:%M:%S}",
            "previous": each.previous and each.previous.name,
        }
        for each in Release.objects.all()
    }


def forget(*models):
    """Empties tables past the models, which delete no release."""
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"DELETE FROM {model._meta.db_table}")


def test_an_empty_site_gets_all_releases_with_the_rest(frozen, tmp_path):
    whole = dump(
        tmp_path / "site.json",
        *[model._meta.label for model in (*CONTENT, Release)],
    )
    before = what_is_frozen()
    forget(Alias, Release, *reversed(CONTENT), ContentRevision)
    load(whole)
    assert what_is_frozen() == before
    assert list(before) == ["2026-12", "2026-11"]
    assert before["2026-12"]["previous"] == "2026-11"
    assert find_faults() == []
    history = Release.history.filter(history_change_reason="Loaded from fixture site")
    assert history.count() == 2


def test_loading_what_is_there_changes_nothing(fixture):
    before = tables()
    load(fixture)
    assert tables() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("notes", "Another text."),
        ("sha256", "0" * 64),
        ("payload", "eJw="),
        ("frozen_at", "2026-11-26T17:53:02.059Z"),
        ("previous", None),
        ("method", "2027-01"),
        ("as_of", "2026-11-26T17:53:02.059Z"),
    ],
)
def test_nothing_frozen_is_changed_by_a_fixture(fixture, field, value):
    rows = json.loads(fixture.read_text())
    rows[1]["fields"][field] = value
    column = "previous_id" if field == "previous" else field
    assert f"2026-12 is frozen: {column} cannot change. Freeze" in refusal(fixture, rows)


def test_a_row_with_the_number_of_another_release_is_refused(fixture, frozen):
    rows = json.loads(fixture.read_text())[:1]
    rows[0]["pk"] = frozen.pk
    rows[0]["fields"]["name"] = "other"
    assert "other is frozen: name, " in refusal(fixture, rows)


@pytest.mark.parametrize(
    ("field", "value", "damage"),
    [
        ("sha256", "0" * 64, "its bytes do not have its hash"),
        ("payload", "eJw=", "its bytes do not have its hash"),
        ("payload", "AAAA", "its bytes cannot be unpacked"),
        ("payload_version", 2, "its bytes are no state of version 2"),
        ("method", "2027-01", "its bytes are of another method or time"),
        ("as_of", "2026-01-01T00:00:00Z", "its bytes are of another method or time"),
    ],
)
def test_a_new_release_whose_bytes_do_not_fit_is_refused(fixture, field, value, damage):
    rows = json.loads(fixture.read_text())[:1]
    rows[0]["fields"] |= {"name": "new", field: value}
    assert f"This is no release: {damage}." in refusal(fixture, rows)


def test_what_stands_beside_is_loaded_with_a_trail(fixture, frozen):
    rows = json.loads(fixture.read_text())
    rows[1]["fields"]["doi"] = "10.5281/zenodo.1234567"
    token = ContentRevision.objects.get().token
    load(fixture, rows)
    stored = Release.objects.get(pk=frozen.pk)
    assert (stored.doi, stored.frozen_at) == ("10.5281/zenodo.1234567", frozen.frozen_at)
    assert stored.history.first().history_change_reason == "Loaded from fixture site"
    assert stored.history.count() == 2
    assert ContentRevision.objects.get().token != token
    rows[1]["fields"]["doi"] = "https://doi.org/10.5281/zenodo.1"
    assert "doi: Type a DOI" in refusal(fixture, rows)
