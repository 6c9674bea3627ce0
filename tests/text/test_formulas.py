"""No spreadsheet runs a text of an export, whatever its separator, and every text comes back."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.text.formulas import SIGNS, disarm, restore

LETTERS = "'=+-@＝﹢ab1;,\t\r\n "


@pytest.mark.parametrize(
    ("text", "disarmed"),
    [
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        (" -2", "' -2"),
        ("＠x", "'＠x"),
        ("\tx", "'\tx"),
        ("x;=1+1", "x;'=1+1"),
        ("x; =1+1", "x; '=1+1"),
        ("x\t@y", "x\t'@y"),
        ("x\n=cmd|a", "x\n'=cmd|a"),
        ("x;'=1", "x;''=1"),
        ("GPT-4o; mini", "GPT-4o; mini"),
    ],
)
def test_a_text_is_disarmed_wherever_a_cell_could_begin(text, disarmed):
    assert disarm(text) == disarmed


@given(st.text(alphabet=LETTERS, max_size=12))
def test_every_text_comes_back(text):
    assert restore(disarm(text)) == text


@given(st.text(alphabet=LETTERS, max_size=12))
def test_no_piece_of_a_text_begins_with_a_sign(text):
    for separator in (";", "\t", "\n", "\r"):
        for piece in disarm(text).split(separator):
            folded = unicodedata.normalize("NFKC", piece.lstrip("\t\r\n ;")[:1])
            assert folded[:1] not in ("=", "+", "-", "@")


def test_the_signs_are_all_that_fold_to_one():
    folding = {
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.normalize("NFKC", character)[:1] in ("=", "+", "-", "@")
    }
    assert folding == set(SIGNS.replace("\\", ""))
