"""What a file is, and the texts that are tables. All are made here."""

import gzip
import re

import pytest

from leaderboard.readers.files.opening import Document
from leaderboard.readers.files.tables import (
    MAX_BYTES,
)
from leaderboard.readers.results import Refused
from tests.readers.table_files import opened, read_wide, refusal, texts, workbook, zipped

SIMPLE = "llm,amcqa-overall\ngpt-4o,0.87\n"


# What a file is


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG picture"),
        (b"GIF89a", "a GIF picture"),
        (b"%PDF-1.7\n", "a PDF document"),
        (gzip.compress(SIMPLE.encode(), mtime=0), "a gzip archive"),
        (zipped({"scores.csv": SIMPLE}), "a zip archive"),
        (zipped({}), "a zip archive"),
        (zipped({"word/document.xml": "<a/>"}), "a Word document"),
        (zipped({"mimetype": "application/vnd.oasis"}), "an OpenDocument file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Excel workbook (.xls)"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "a workbook protected by a password",
        ),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"<!DOCTYPE html><title>Log in</title>", "a web page"),
        (b"\xef\xbb\xbf\n<HTML>", "a web page"),
        (b'<?xml version="1.0"?><a/>', "an XML document"),
    ],
)
def test_a_file_of_another_kind_is_named(data, kind):
    assert refusal(data).startswith(f"This is {kind}, not a table or a results file. ")


def test_a_git_lfs_pointer_says_how_to_get_the_file():
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    assert refusal(pointer) == (
        "This is a git-LFS pointer, not a table or a results file. "
        "Download the real file with “git lfs pull”, and import that."
    )


def test_a_picture_larger_than_any_table_is_still_a_picture():
    assert "a PNG picture" in refusal(b"\x89PNG\r\n\x1a\n" + bytes(MAX_BYTES))


@pytest.mark.parametrize(
    "data", ["{}", " \n[1]", b'\xef\xbb\xbf{"a": 1}', '{"a": 1}'.encode("utf-16")]
)
def test_what_starts_with_a_bracket_is_json(data):
    assert isinstance(opened(data), Document)


@pytest.mark.parametrize("length", [30, 200, -30])
def test_a_zip_that_was_cut_off_is_damaged(length):
    assert "damaged or was cut off" in refusal(workbook(["llm", "a"], ["x", 1])[:length])


@pytest.mark.parametrize("content", [b"", b" \r\n\n", ",,\n,,\n", "\ufeff", workbook()])
def test_an_empty_file_is_refused(content):
    assert "is empty" in refusal(content)


@pytest.mark.parametrize("content", ["llm,a\n", "llm,a\n,\n\n", workbook(["llm", "a"])])
def test_a_header_alone_is_refused(content):
    assert refusal(content) == ("The table has a header but no rows. Add a row for each LLM.")


@pytest.mark.parametrize("content", ["Results of May,,\n\nllm,a\nx,1\n", "May;;\nllm;a;b\n"])
def test_a_title_above_the_header_is_named(content):
    assert refusal(content) == (
        f"The first row has nothing but “{re.split('[,;]', content)[0]}” in it: it is a title, not "
        "a header. Delete what stands above the header."
    )


def test_a_text_without_delimiter_is_no_table():
    assert "This is a text, but not a table" in refusal("Dear all,\n".replace(",", "") + "hello\n")


def test_a_binary_file_of_unknown_kind_is_refused():
    assert "binary file of an unknown kind" in refusal(b"\x01\xff,\x02\xfe\n")


# CSV


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_every_unicode_encoding_is_read_without_a_note(encoding):
    table = opened("llm,a\n文心一言,0.5\n".encode(encoding))
    assert table.rows == ((1, ("llm", "a")), (2, ("文心一言", "0.5")))
    assert table.notes == ()


@pytest.mark.parametrize(
    ("encoding", "name", "guess"),
    [
        ("gbk", "文心一言", "GBK (Chinese)"),
        ("latin-1", "Génération", "Latin-1"),
        ("cp1252", "A–B", "Latin-1"),
    ],
)
def test_an_old_encoding_is_guessed_and_said(encoding, name, guess):
    table = opened(f"llm,a\n{name},0.5\n".encode(encoding))
    assert table.rows[1] == (2, (name, "0.5"))
    assert table.notes == (
        f"The file is not UTF-8; it was read as {guess}. "
        "Check the names, or save the file as UTF-8.",
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found(delimiter, end):
    lines = (
        delimiter.join(cells) for cells in (["llm", "a", "b"], ["x", "1", "2"], ["y", "3", "4"])
    )
    assert opened(end.join(lines)).rows == (
        (1, ("llm", "a", "b")),
        (2, ("x", "1", "2")),
        (3, ("y", "3", "4")),
    )


def test_quoted_cells_hold_delimiters_quotes_and_line_ends():
    table = opened('"llm","a;b;c;d"\n"x ""y"", z\nw",1\nv,2\n')
    assert table.rows == ((1, ("llm", "a;b;c;d")), (2, ('x "y", z\nw', "1")), (4, ("v", "2")))


@pytest.mark.parametrize("rest", ["", '\nz,"5"\n'])
def test_an_open_quote_is_refused_with_the_line_where_it_opens(rest):
    assert refusal(f'llm,a\nx,1\n"y,2\nw,3{rest}').startswith(
        "A double quote is opened in line 3 and not closed"
    )


def test_an_open_quote_before_much_text_names_its_line():
    assert "line 2 " in refusal('llm,a\n"y,2\n' + "w,3\n" * 50_000)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_nul_is_refused_with_its_line(end):
    assert "a NUL character in line 2:" in refusal(f"llm,a{end}x,\0" + f"1{end}" * 9)


def test_a_damaged_utf_16_is_refused():
    assert "The file starts as UTF-16, but byte" in refusal("llm,a\nx,1".encode("utf-16") + b"\0")


def test_a_line_shorter_or_longer_than_the_header_is_named_and_not_read():
    reading = read_wide("llm,a,b\nx,1,2\ny,3\nz,0,5,6\nw,7,8,,\n")
    assert [(each.llm, str(each.value)) for each in reading.results] == [
        ("x", "1"), ("x", "2"), ("w", "7"), ("w", "8"),
    ]  # fmt: skip
    assert [(each.where, each.llm, each.reason, each.is_left_out) for each in reading.problems] == [
        ("line 3", "y", "The row has 1 values, and the header 2: nothing of it is read.", True),
        ("line 4", "z", "The row has 3 values, and the header 2: nothing of it is read.", True),
    ]


def test_a_table_of_which_no_line_fits_the_header_is_refused():
    with pytest.raises(Refused, match="No row has as many cells as the header"):
        read_wide("llm,a\nx,0,5\ny,0,6\n")


def test_empty_cells_beyond_the_header_are_nothing():
    assert texts("llm,a,,\nx,1,,,,\n") == [("llm", "a", "", ""), ("x", "1", "", "", "", "")]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            "llm,AMCQA overall,amcqa-overall",
            "Two columns have the same header: “AMCQA overall” and “amcqa-overall”",
        ),
        ("llm,a,", "Column C has no header, but line 2 has “0.2” in it"),
    ],
)
def test_a_duplicate_or_missing_header_is_refused(header, message):
    assert message in refusal(f"{header}\nx,0.1,0.2\n")
