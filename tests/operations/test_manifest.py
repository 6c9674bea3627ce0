"""The manifest behind a backup: any file will do."""

import hashlib

import pytest

from leaderboard.operations.manifest import (
    FOOTER,
    Manifest,
    ManifestBroken,
    TableSum,
    append_manifest,
    compare_tables,
    read_manifest,
    sum_rows,
)

TABLE = TableSum(("id", "name"), 2, "ab" * 32)
MANIFEST = Manifest(frozenset({("leaderboard", "0001_initial")}), {"llm": TABLE})


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "backup"
    path.write_bytes(bytes(range(256)))
    append_manifest(path, MANIFEST)
    return path


def test_what_was_written_is_read_and_the_database_before_it_stays(file):
    assert read_manifest(file) == MANIFEST
    assert file.read_bytes()[:256] == bytes(range(256))


def test_every_flipped_byte_is_found(file):
    whole = file.read_bytes()
    unnoticed = []
    for position in range(len(whole)):
        flipped = bytearray(whole)
        flipped[position] ^= 0x20  # also turns a small letter into a capital
        file.write_bytes(flipped)
        try:
            if read_manifest(file):
                unnoticed.append(position)
        except ManifestBroken:
            pass
    assert unnoticed == []


def test_a_file_without_a_manifest_and_one_that_was_cut_have_none(file, tmp_path):
    whole = file.read_bytes()
    results = []
    for size in (0, 10, 256, len(whole) - 1):
        file.write_bytes(whole[:size])
        results.append(read_manifest(file))
    assert results == [None] * 4


@pytest.mark.parametrize(
    "text", [b"no JSON", b"[]", b'{"migrations": [[1]], "tables": {}}', b'{"migrations": []}']
)
def test_another_document_is_no_manifest(tmp_path, text):
    path = tmp_path / "backup"
    before = text + b"\n%012d " % len(text)
    path.write_bytes(
        before + hashlib.sha256(before).hexdigest().encode() + b" leaderboard-backup-1\n"
    )
    assert FOOTER.search(path.read_bytes())
    with pytest.raises(ManifestBroken, match="its manifest cannot be read"):
        read_manifest(path)


def test_the_order_of_rows_is_not_part_of_a_sum_and_how_often_a_row_stands_is():
    once = sum_rows(["id"], [b"1", b"2"])
    assert once == sum_rows(["id"], [b"2", b"1"])
    assert once.sha256 != sum_rows(["id"], [b"1", b"2", b"2"]).sha256
    assert once.sha256 != sum_rows(["id"], [b"1", b"3"]).sha256


@pytest.mark.parametrize(
    ("there", "reason"),
    [
        ({}, "it lacks the table llm"),
        ({"llm": TABLE, "more": TABLE}, "it has besides its manifest the table more"),
        ({"llm": TableSum(TABLE.columns, 1, "")}, "llm has 1 rows, and was saved with 2"),
        (
            {"llm": TableSum(TABLE.columns, 2, "cd" * 32)},
            "llm has other values or columns than it was saved with",
        ),
    ],
)
def test_the_first_table_that_differs_is_named(there, reason):
    with pytest.raises(ManifestBroken) as broken:
        compare_tables({"llm": TABLE}, there)
    assert str(broken.value) == reason
