"""Freezing a release, and reading back what was frozen."""

import json
from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from leaderboard.models import LLM, Leaderboard, Release, Score
from leaderboard.models.releases import FrozenError
from leaderboard.trail.releases import DamagedRelease, freeze, read_payload, read_state


@pytest.fixture
def frozen(anesbench):
    return freeze(Leaderboard.objects.get(), "2026-11", "The first one.")


def test_a_release_holds_the_state_and_its_hash(frozen):
    stored = Release.objects.get()
    payload = read_payload(stored)
    state = json.loads(payload)
    assert sha256(payload).hexdigest() == stored.sha256 == frozen.sha256
    assert (state["payload_version"], state["method"]) == (stored.payload_version, stored.method)
    assert (len(state["outputs"]["rows"]), stored.previous) == (51, None)
    assert stored.notes == "The first one."


def test_the_same_state_frozen_twice_has_one_hash(frozen):
    again = freeze(Leaderboard.objects.get(), "2026-12")
    assert again.sha256 == frozen.sha256
    assert (again.previous, again.as_of) == (frozen, frozen.as_of)


def test_what_is_frozen_is_the_leaderboard_as_stored_not_as_the_caller_read_it(anesbench):
    earlier = Leaderboard.objects.get()
    Leaderboard.objects.update(title="Edited meanwhile")
    assert read_state(freeze(earlier, "2026-11"))["inputs"]["texts"]["title"] == "Edited meanwhile"


def test_later_edits_leave_it_as_it_was(frozen):
    before = read_state(Release.objects.get())
    Score.objects.first().delete()
    llm = LLM.objects.first()
    llm.name = "Renamed"
    llm.save()
    assert read_state(Release.objects.get()) == before


def test_nothing_frozen_changes_and_nothing_deletes_it(frozen):
    frozen.notes = "Something else."
    with pytest.raises(FrozenError, match="is frozen: notes cannot change"):
        frozen.save()
    with pytest.raises(FrozenError):
        Release.objects.update(sha256="0" * 64)
    for delete in (frozen.delete, Release.objects.all().delete, Leaderboard.objects.get().delete):
        with pytest.raises(ProtectedError):
            delete()
    assert Release.objects.get().notes == "The first one."


def test_beside_it_stand_doi_erratum_and_withdrawal(frozen):
    frozen.doi, frozen.erratum = "10.5281/zenodo.1234567", "Row 3 is of another LLM."
    frozen.full_clean()
    frozen.save()
    assert Release.objects.get().doi == "10.5281/zenodo.1234567"


def test_another_byte_is_noticed(frozen):
    damaged = Release.objects.get()
    damaged.payload = bytes(damaged.payload[:-9]) + b"\0" * 9
    with pytest.raises(DamagedRelease):
        read_payload(damaged)


@pytest.mark.parametrize("name", ["2026-11", "Nov 2026", "../x", "", "a" * 41, "-x", "2026-11\n"])
def test_a_name_that_is_taken_or_misspelled_is_refused(frozen, name):
    with pytest.raises(ValidationError):
        freeze(Leaderboard.objects.get(), name)
    assert Release.objects.count() == 1


@pytest.mark.parametrize("licence", ["CC BY 4.0", "by<script>", "CC-BY-4.0\n", "AND"])
def test_a_licence_is_written_as_spdx_has_it(db, licence):
    with pytest.raises(ValidationError) as raised:
        Leaderboard(data_licence=licence).full_clean()
    assert ("data_licence" in raised.value.message_dict) is (licence != "AND")
