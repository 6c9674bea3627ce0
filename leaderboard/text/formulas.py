"""Texts that a spreadsheet could run as a formula, and how a CSV export disarms them.

A spreadsheet that separates cells by semicolons cuts the lines of our CSV at each of them, even
within quotes; others cut at tabs and line breaks. So a text is disarmed at its start and behind
each of these characters.
"""

import re

# With full-width, small, raised and lowered forms: some spreadsheets fold them.
SIGNS = "=+\\-@⁺⁼₊₌⩵⩶﬩﹢﹣﹦﹫＋－＝＠"
AT_START = re.compile(rf"('*)(?=[\t\r\n]|\s*[{SIGNS}])")
SEPARATORS = re.compile(r"[;\t\r\n]")
BLANKS = r"[^\S\t\r\n]*"
WITHIN = re.compile(rf"(?<=[;\t\r\n])({BLANKS})('*)(?=[{SIGNS}])")
QUOTED_WITHIN = re.compile(rf"(?<=[;\t\r\n])({BLANKS})'('*)(?=[{SIGNS}])")


def disarm(text: str) -> str:
    """Returns the text with ' before each place where a spreadsheet could begin to read a formula.

    A text that has such a ' already gets one more: `restore` then gives every text back.
    """
    disarmed = WITHIN.sub(r"\1'\2", text) if SEPARATORS.search(text) else text
    return f"'{disarmed}" if AT_START.match(disarmed) else disarmed


def restore(text: str) -> str:
    """Returns the text that `disarm` was given."""
    if "'" not in text:
        return text
    whole = text[1:] if text[:1] == "'" and AT_START.match(text[1:]) else text
    return QUOTED_WITHIN.sub(r"\1\2", whole)
