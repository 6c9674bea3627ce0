"""Which columns an address shows, in a text that stays short however many there are.

What is shown, by its keys, as long as these are few letters; else that or what is left out,
whichever is shorter; and by codes where keys would be too long:

    a,b         the columns a and b
    -a,-b       all but a and b; “-” alone is all
    .1abcd2efgh two columns by a code of five letters each
    -.1abcd     all but one, by its code

A code is made of a column's key alone, so that it means the same whatever columns come or go; two
keys with one code, of which 500 columns have a pair in 1 of 500 cases, are shown together.
static/js/leaderboard.js has the same rule.
"""

from collections.abc import Iterable, Sequence

FEW = 200  # letters of keys, up to which an address always says what is shown
LONGEST = 1_000  # letters of keys in an address, before codes take their place
LETTERS = 5  # of a code
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def column_code(key: str) -> str:
    """Five letters that stand for a key: its FNV-1a hash of 32 bits, in base 36, from the end."""
    number = 0x811C9DC5
    for byte in key.encode():
        number = (number ^ byte) * 0x01000193 & 0xFFFFFFFF
    code = ""
    for _ in range(LETTERS):
        number, digit = divmod(number, 36)
        code = DIGITS[digit] + code
    return code


def write_columns(shown: Iterable[str], every: Sequence[str]) -> str:
    """Returns the text for these columns of a leaderboard."""
    chosen = set(shown)
    kept = [key for key in every if key in chosen]
    left_out = [key for key in every if key not in chosen]
    names, others = ",".join(kept), ",".join(f"-{key}" for key in left_out) or "-"
    is_named = len(names) <= max(FEW, len(others))
    sign, keys, text = ("", kept, names) if is_named else ("-", left_out, others)
    if len(text) <= LONGEST:
        return text
    return f"{sign}." + "".join(map(column_code, keys))


def read_column_keys(texts: Iterable[str], every: Sequence[str]) -> tuple[str, ...]:
    """Returns the columns, in the order of the leaderboard, that texts of an address name; what
    is unknown does not count."""
    parts = [part for text in texts for part in text.split(",")]
    named = {key for part in parts if not part.startswith("-") for key in names_of(part, every)}
    left_out = [part[1:] for part in parts if part.startswith("-")]
    if left_out:
        hidden = {key for part in left_out for key in names_of(part, every)}
        named |= set(every) - hidden
    return tuple(key for key in every if key in named)


def names_of(part: str, every: Sequence[str]) -> Iterable[str]:
    """Returns the columns that a key or a run of codes names."""
    if not part.startswith("."):
        return [part]
    codes = {part[at : at + LETTERS] for at in range(1, len(part), LETTERS)}
    return [key for key in every if column_code(key) in codes]
