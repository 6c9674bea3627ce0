"""Canonical bytes: one spelling for one content, so that equal states have equal hashes. Pure.

RFC 8785 (JSON Canonicalization Scheme), for the values that states are made of: objects whose keys
are ASCII, arrays, texts, whole numbers, true, false, null. Numbers with a fraction are texts, as
reported. For these Python's own encoder writes the same bytes as the scheme, eight times as fast
as a package for all of it; the tests compare both.
"""

import json
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any
from unicodedata import normalize

from leaderboard.text.numbers import decimal_places, format_exact, format_number


def canonical_bytes(value: Any) -> bytes:
    """Returns the canonical bytes of a value. Raises TypeError for what no state holds."""
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def hash_value(value: Any) -> str:
    """Returns the SHA-256 of the canonical bytes, as 64 hexadecimal digits."""
    return sha256(canonical_bytes(value)).hexdigest()


def plain(value: Any) -> Any:
    """Returns a stored value as a state holds it.

    Texts are in Unicode's NFC with single line feeds; decimals are texts without trailing zeros;
    dates are ISO texts.
    """
    if isinstance(value, str):
        if value.isascii() and "\r" not in value:
            return str(value)
        return normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(value, Decimal):
        return format_exact(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return value


def with_digits(value: Decimal, decimals: int) -> str:
    """Writes a number with its reported digits, trailing zeros included: 0.85 with three: 0.850.

    Nothing stands between thousands, so that every reader of numbers reads it.
    """
    return format_number(value, max(decimals, decimal_places(value))).replace(",", "")
