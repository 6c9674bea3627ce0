"""Texts that a spreadsheet could run as a formula, and how a CSV export disarms them.

A spreadsheet whose separator is a semicolon cuts the lines of our CSV there, whatever the quotes,
and likewise at tabs and line breaks within a text. So a text is disarmed at its start and behind
each of these.
"""

import re

# Full-width, small, raised and lowered forms count, as some spreadsheets fold them.
SIGNS = "=+\\-@⁺⁼₊₌⩵⩶﬩﹢﹣﹦﹫＋－＝＠"
AT_START = re.compile(rf"('*)(?=[\t\r\n]|\s*[{SIGNS}])")
BLANKS = r"[^\S\t\r\n]*"
WITHIN = re.compile(rf"(?<=[;\t\r\n])({BLANKS})('*)(?=[{SIGNS}])")
QUOTED_WITHIN = re.compile(rf"(?<=[;\t\r\n])({BLANKS})'('*)(?=[{SIGNS}])")


def disarm(text: str) -> str:
    """The text with ' before each place where a spreadsheet could begin to read a formula.

    A text that has such a ' already gets one more, so that `restore` gives every text back.
    """
    disarmed = WITHIN.sub(r"\1'\2", text)
    return f"'{disarmed}" if AT_START.match(disarmed) else disarmed


def restore(text: str) -> str:
    """The text that `disarm` was given."""
    whole = text[1:] if text[:1] == "'" and AT_START.match(text[1:]) else text
    return QUOTED_WITHIN.sub(r"\1\2", whole)
