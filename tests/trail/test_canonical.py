from decimal import Decimal

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.trail.canonical import canonical_bytes, hash_value, plain, with_digits
from tests.exports.taking import UPDATED

KEYS = st.text(st.characters(max_codepoint=0x7F), max_size=6)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)


@given(VALUES)
def test_the_bytes_are_those_of_rfc_8785(value):
    assert canonical_bytes(value) == rfc8785.dumps(value)


def test_the_hash_is_the_sha_256_of_the_bytes():
    # printf '{"a":"é","b":[1,null]}' | sha256sum
    assert hash_value({"b": [1, None], "a": "é"}) == (
        "3d92f6368f93f3cb36a4e7a721098054dfbfd705e31fa50409f2d99e0727a08c"
    )


def test_texts_have_one_spelling_and_numbers_their_digits():
    assert plain({"a": "e\u0301\r\nb\rc", "b": UPDATED.date(), "c": Decimal("1.500")}) == {
        "a": "\u00e9\nb\nc",
        "b": "2026-03-01",
        "c": "1.5",
    }
    assert with_digits(Decimal("0.85"), 3) == "0.850"
    assert with_digits(Decimal("0.8512"), 2) == "0.8512"
    assert with_digits(Decimal("1204.5"), 2) == "1204.50"
