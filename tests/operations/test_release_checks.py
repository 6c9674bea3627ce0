"""Releases through backups, restores and checks: their bytes stay, and a changed byte is found."""

import zlib
from hashlib import sha256
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from leaderboard.models import Leaderboard, Release, Score
from leaderboard.operations.release_checks import judge_release, releases_of_site
from leaderboard.trail.releases import freeze, read_payload
from tests.factories import make_leaderboard, make_metric
from tests.operations.test_backups import refusal_of


@pytest.fixture
def release(content):
    return freeze(Leaderboard.objects.get(), "2026-11", "The first one.\nWith a second line \\ x.")


@pytest.fixture
def saved(release, tmp_path):
    path = tmp_path / "saved"
    call_command("backup", path, verbosity=0)
    return path


def overwrite(release, **values):
    """As a failing disk or a hand in the database would: past the model."""
    names = ", ".join(f"{name} = %s" for name in values)
    with connection.cursor() as cursor:
        sql = f"UPDATE leaderboard_release SET {names} WHERE id = %s"
        cursor.execute(sql, [*values.values(), release.pk])


def restore(path, **options):
    call_command("restore", path, yes=True, verbosity=0, stdout=StringIO(), **options)


def flip_a_byte(release):
    changed = bytearray(zlib.decompress(bytes(release.payload)))
    changed[len(changed) // 2] ^= 1
    overwrite(release, payload=zlib.compress(bytes(changed)))


def forget_releases():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM leaderboard_release")


def verify(*arguments):
    """(exit code, output)"""
    out = StringIO()
    try:
        call_command("verify", *arguments, stdout=out)
    except SystemExit as stop:
        return stop.code, out.getvalue()
    return 0, out.getvalue()


def test_a_restored_release_has_the_very_bytes(saved, release):
    row = Release.objects.values().get()
    payload = read_payload(release)
    Score.objects.all().delete()
    restore(saved)
    assert Release.objects.values().get() == row
    assert read_payload(Release.objects.get()) == payload
    assert verify()[0] == 0


def test_verify_finds_a_changed_byte_and_says_what_to_do(release):
    assert verify()[0] == 0
    flip_a_byte(release)
    code, text = verify()
    assert (code, text.splitlines()[:2]) == (
        1,
        [
            "Broken (1)",
            "  Release 2026-11 of board is damaged: its bytes do not have its hash. "
            "Restore the last good backup.",
        ],
    )


@pytest.mark.parametrize(
    ("values", "damage"),
    [
        ({"payload": b"no zlib"}, "its bytes cannot be unpacked"),
        ({"sha256": "0" * 64}, "its bytes do not have its hash"),
        ({"payload_version": 2}, "its bytes are no state of version 2"),
    ],
)
def test_verify_names_every_kind_of_damage(release, values, damage):
    overwrite(release, **values)
    assert f"  Release 2026-11 of board is damaged: {damage}. Restore" in verify()[1]


def test_verify_names_a_release_that_follows_one_of_another_leaderboard(release):
    metric = make_metric("other")
    other = freeze(make_leaderboard([metric], slug="other", title="Other", position=1), "2026-11")
    assert verify()[0] == 0
    overwrite(other, previous_id=release.pk)
    assert "2026-11 of other is damaged: the release before it is one of another" in verify()[1]


@pytest.mark.parametrize(
    ("payload", "version", "damage"),
    [
        (b"[1]", 1, "its bytes are no state of a leaderboard"),
        (b"{", 1, "its bytes are no state of a leaderboard"),
        (b'{"payload_version":1}', 1, "its bytes are no state of version 1"),
        (
            b'{"payload_version":9,"inputs":{},"outputs":{},"leaderboard":"x"}',
            9,
            "this software knows no payload of version 9",
        ),
    ],
)
def test_bytes_that_have_the_hash_but_are_no_state_are_damaged_too(payload, version, damage):
    packed = zlib.compress(payload)
    judged = judge_release("board", "x", sha256(payload).hexdigest(), version, packed)
    assert judged.damage == damage


def test_a_backup_made_of_a_damaged_release_is_told(release, tmp_path):
    flip_a_byte(release)
    path = tmp_path / "damaged"
    call_command("backup", path, verbosity=0)
    with pytest.raises(CommandError) as refused:
        verify("--backup", str(path))
    assert str(refused.value) == (
        f"The releases of {path} are not the ones that were frozen: 2026-11 of board: its bytes do "
        "not have its hash. Use another backup."
    )
    refusal = refusal_of(path, yes=True)
    assert "Its releases are damaged: 2026-11 of board (its bytes do not have its hash)." in refusal


def test_a_good_backup_mends_a_damaged_release(saved, release):
    flip_a_byte(release)
    assert verify()[0] == 1
    restore(saved)
    assert verify()[0] == 0


def test_a_restore_loses_no_release_without_being_told_so(saved):
    later = freeze(Leaderboard.objects.get(), "2026-12")
    refusal = refusal_of(saved, yes=True)
    assert f"{saved} would change what is frozen. It lacks releases that the site has" in refusal
    assert "2026-12 of board. Who cited one would not find it." in refusal
    assert Release.objects.count() == 2

    restore(saved, lose_releases=True)
    assert [release.name for release in Release.objects.all()] == ["2026-11"]
    assert later.name not in str(releases_of_site(connection))


def test_a_lost_release_comes_back_from_a_fixture(saved, tmp_path):
    later = freeze(Leaderboard.objects.get(), "2026-12", "Later.")
    fixture = tmp_path / "releases.json"
    call_command(
        "dumpdata", "leaderboard.release", natural_primary=True, natural_foreign=True,
        output=str(fixture), verbosity=0,
    )  # fmt: skip
    restore(saved, lose_releases=True)
    call_command("loaddata", str(fixture), verbosity=0)
    back = Release.objects.get(name="2026-12")
    assert (read_payload(back), back.previous.name) == (read_payload(later), "2026-11")
    assert verify()[0] == 0


def test_a_backup_with_other_bytes_of_the_same_release_is_refused(saved):
    forget_releases()
    Score.objects.all().delete()
    other = freeze(Leaderboard.objects.get(), "2026-11")
    refusal = refusal_of(saved, yes=True)
    assert (
        "It holds other bytes than the site of releases of one name: 2026-11 of board." in refusal
    )
    assert Release.objects.get().sha256 == other.sha256
