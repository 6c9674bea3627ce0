"""Numbers as people write them in tables: “1.200,5”, “90.18%”, “$29.08”, “1492 ± 6”, “12.5 s”.

A text is first taken apart into a body of digits and what stands around it; which of point and
comma is the decimal sign is then decided once for a file, from the bodies of all its cells. Pure:
no Django, no database.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from leaderboard.text.numbers import LARGEST
from leaderboard.text.sentences import Sentence
from leaderboard.text.units import PERCENT_WORDS

POINT, COMMA = ".", ","
OTHER_SIGN = str.maketrans(".,", ",.")
# So many cells that could be read both ways are not decided by one that can be read in one way.
MOST_FOR_ONE = 10

# One character for all that mean it: blanks that keep digits together, signs, apostrophes.
SAME = str.maketrans(
    dict.fromkeys("\xa0\u2007\u2008\u2009\u202f\u205f\u3000", " ")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-")
    | dict.fromkeys("’ʼ′＇", "'")
    | {"％": "%", "﹪": "%", "＋": "+", "￥": "¥", "＄": "$", "\ufeff": None, "\u200b": None}
)
BOLD = re.compile(
    r"(\*\*\*|\*\*|__|\*|_|`|~~)(?P<a>[^*_`~]+)\1"
    r"|<(b|strong|i|em|u|mark)>(?P<b>[^<]*)</\3>"
    r"|\\(?:textbf|underline|textit|mathbf|bm|emph)\{(?P<c>[^{}]*)\}"
    r"|\$(?P<d>[^$]*[\d}])\$"
)
# Behind a number: signs, raised letters and digits, a mark in brackets. “5²” could be 25, so a
# raised digit is a mark only behind a decimal sign or a percent sign.
# The second time stars too, which may be those of a bold number.
SIGNS = "†‡§¶#✝↑↓▲▼★☆⭐🥇🥈🥉🏆"
RAISED = r"(?:[¹²³⁰⁴-⁹]|<sup>\d</sup>|\^\{\d\}|\$\^\{?\d\}?\$)"
FOOTNOTES = [
    re.compile(
        rf"\s*(?:[{SIGNS}{star}]|[ᵃ-ᶻ]|\^\{{?[a-z*†]\}}?|\[[a-z\d*{SIGNS}]{{1,2}}\]"
        rf"|\([*{SIGNS}]\)|<sup>[a-z*{SIGNS}]{{1,2}}</sup>|\\\*|\\textsuperscript\{{[^{{}}\d]{{1,9}}\}}"
        rf"|\$?\^\{{?(?:\\d?dag(?:ger)?|\\ddagger|\\ast|\\star|[a-z*{SIGNS}])\}}?\$?"
        rf"|(?<=[.,%]\d){RAISED}|(?<=[.,]\d\d){RAISED}|(?<=%){RAISED})+$"
    )
    for star in ("", "*")
]
IN_FRONT = re.compile(r"^[★⭐🥇🥈🥉🏆]+\s*")
PLUS_MINUS = r"(?:±|\+/-|\+-|\\pm)"
MARGINS = (
    # Papers write the error in brackets.
    re.compile(rf"([^(]*[^\s(%])\s*\(\s*{PLUS_MINUS}?\s*([\d.,]+)\s*\)"),
    re.compile(rf"([^(]*%)\s*\(\s*{PLUS_MINUS}?\s*([\d.,]+\s*%?)\s*\)"),
    re.compile(rf"(.+?)\s*{PLUS_MINUS}\s*(.+)"),
    re.compile(r"(.+?)\s*\+\s?([\d.,]+)\s*/\s*-\s?([\d.,]+)"),
)
# Both ends of an interval: “71.2 [70.1, 72.3]”, “71,2 (70,1–72,3)”.
END = r"([+-]?[\d.,]*\d)\s*%?"
INTERVALS = (
    re.compile(rf"(.*\S)\s*[(\[]\s*{END}(?:\s*;|\s*-|,\s|\s+to\s)\s*{END}\s*[)\]]"),
    re.compile(rf"(.*\S)\s*\[\s*{END},{END}\s*\]"),
)
ENDS_ALONE = re.compile(
    rf"(?:[(\[]\s*{END}(?:\s*[;-]|,\s?|\s+to\s)\s*{END}\s*[)\]]|{END}\s*-\s*{END})"
)
ALONE = (
    re.compile(r"()(?:±|\+/-|\+-)\s*([\d.,]+)"),
    re.compile(r"()\+\s?([\d.,]+)\s*/\s*-\s?([\d.,]+)"),
)
CODES = "USD|EUR|GBP|CNY|RMB|JPY|INR|CHF|CAD|AUD|HKD|SGD|BRL|KRW|RUB|TRY|PLN|SEK|NOK|DKK|MXN"
MONEY = rf"(?:[A-Z]{{0,3}}\$|[€£¥₹₩₽₺₫฿₴₪₱]|(?:{CODES})\b)"
# A unit: ms, tokens, 秒, сек.
WORD = r"[A-Za-zÀ-ÖØ-öø-žµμЁА-яё\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{1,12}"
BODY = r"(?:\d[\d.,' ]*\d|\d)[.,]?|[.,]\d+"
CORE = re.compile(
    rf"(?P<sign>[+-]?)\s*(?P<front>{MONEY})?\s*(?P<second>[+-]?)"
    rf"(?P<body>{BODY})(?P<power>[eE][+-]?\d{{1,3}}(?![\w.,]))?"
    rf"\s*(?P<unit>%|‰|{MONEY}|{WORD}(?:\s?/\s?{WORD}){{0,2}})?"
)
HAS_DIGIT = re.compile(r"\d", re.ASCII)
COMMON = re.compile(r"(-?\d[\d.,]*) ?(%)?", re.ASCII)
PLAIN = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
GROUPED = re.compile(
    r"[1-9]\d{0,2}(?P<sign>[, '])\d{3}(?:(?P=sign)\d{3})*(?:\.\d*)?"
    r"|[1-9]\d?(?:,\d\d)+,\d{3}(?:\.\d*)?",  # as in India: 12,34,567
    re.ASCII,
)
LONGEST = 60  # characters; a longer text is a sentence
POWER = re.compile(r"[eE][+-]?\d+$", re.ASCII)
BOTH = frozenset((POINT, COMMA))
MOST_KEPT = 50_000  # texts whose parts are kept: a table is looked at several times
MULTIPLES = {"k": 1000, "K": 1000, "M": 1_000_000}
# Hardly a unit: a billion or bytes, a trillion or tesla.
UNCLEAR = {"B", "b", "G", "T", "bn", "mn"}


class Written(NamedTuple):
    """A number as a cell has it: digits with their separators, and what stands around them."""

    body: str  # with its sign and power: “-1.200,5”, “1e-5”
    margins: tuple[str, ...] = ()  # behind ±; two where the sides differ: “+6/-7”
    unit: str = ""  # %, $, s
    is_in_front: bool = False  # whether the unit stands before the number
    ends: tuple[str, ...] = ()  # both of an interval: “[70.1, 72.3]”

    @property
    def has_margin(self) -> bool:
        """Whether an error or an interval stands behind the number."""
        return bool(self.margins or self.ends)

    @property
    def bodies(self) -> tuple[str, ...]:
        """All that is written in digits, by which the decimal sign of a file is found."""
        return (self.body, *self.margins, *self.ends)


@lru_cache(MOST_KEPT)
def take_apart(text: str) -> Written | None:
    """Returns the parts of a number; None for a text that is none: a name, a date, “0x1A”, “12/20”.

    Bold and footnote marks are left off. A raised digit behind a whole number is none: “5²”.
    """
    if common := COMMON.fullmatch(text):  # most cells
        return Written(common[1], unit=common[2] or "")
    if len(text) > LONGEST or not HAS_DIGIT.search(text):
        return None
    bare = unmark(text)
    ends = next((found.groups() for each in INTERVALS if (found := each.fullmatch(bare))), ())
    value, *sides = (ends[0],) if ends else split_margins(bare)
    core = CORE.fullmatch(unmark(value))
    if not core or (core["sign"] and core["second"]) or (core["front"] and core["unit"]):
        return None
    around = [CORE.fullmatch(unmark(side)) for side in sides]
    unit = core["front"] or core["unit"] or ""
    if not all(side and (side["unit"] or unit) in (unit, "%") for side in around):
        return None
    if around and not unit and around[0] and around[0]["unit"]:
        unit = around[0]["unit"]  # “71.2 ± 0.3 %”
    unit = re.sub(r"\s", "", unit)
    unit = "%" if unit.casefold() in PERCENT_WORDS else unit
    margins = tuple(side["body"] + (side["power"] or "") for side in around if side)
    sign = core["sign"] or core["second"]
    body = f"{sign}{core['body']}{core['power'] or ''}"
    return Written(body, margins, unit, bool(core["front"]), ends[1:])


def split_margins(bare: str) -> tuple[str, ...]:
    """Returns the value and what stands behind ±, which has two sides in “71.2 +0.3/-0.4”."""
    found = (match.groups() for margin in MARGINS if (match := margin.fullmatch(bare)))
    return next(found, (bare,))


def take_margin_apart(text: str) -> tuple[str, ...]:
    """Returns the bodies of a margin that stands alone: “±6”, “+6/-7”; () for any other text."""
    bare = unmark(text[:LONGEST])
    found = next((match for alone in ALONE if (match := alone.fullmatch(bare))), None)
    return found.groups()[1:] if found else ()


def take_ends_apart(text: str) -> tuple[str, ...]:
    """Returns the bodies of an interval that stands alone: “[70.1, 72.3]”; () for another text."""
    found = ENDS_ALONE.fullmatch(unmark(text[:LONGEST]))
    return tuple(filter(None, found.groups())) if found else ()


def unmark(text: str) -> str:
    """Returns a text with plain signs and blanks, without bold and footnote marks."""
    bare = IN_FRONT.sub("", text.translate(SAME).strip()).replace("$\\pm$", "±")
    bare = unbold(bare)
    for mark in FOOTNOTES:
        bare = unbold(mark.sub("", bare).strip())
    return bare.replace("\\%", "%").replace("\\,", " ")


def unbold(text: str) -> str:
    """Returns a text without the signs of bold around the whole of it."""
    while found := BOLD.fullmatch(text):
        text = next(filter(None, found.group("a", "b", "c", "d")), "").strip()
    return text


def read_body(body: str, decimal: str) -> Decimal | None:
    """Returns the number that a body is with this decimal sign; None if it is none.

    The other one of point and comma, a blank or an apostrophe may stand between thousands, always
    the same one. Raises Sentence for a number beyond what is stored.
    """
    sign = "-" if body[:1] == "-" else ""
    text, power = body.lstrip("+-"), ""
    if found := POWER.search(text):
        text, power = text[: found.start()], found[0]
    if decimal == COMMA:
        text = text.translate(OTHER_SIGN)
    if not PLAIN.fullmatch(text):
        if power or not GROUPED.fullmatch(text):
            return None
        text = re.sub(r"[, ']", "", text)
    number = Decimal(f"{sign}{text}{power}")
    if abs(number) >= LARGEST:
        raise Sentence("%(typed)s is too large. Type a number below 10¹⁵.", typed=f"“{body[:30]}”")
    return number or abs(number)  # never -0


@lru_cache(MOST_KEPT)
def could_be(body: str) -> frozenset[str]:
    """Returns the decimal signs with which a body is a number; both where it is the same number."""
    if not ("." in body or "," in body):
        return BOTH
    text = body.lstrip("+-")
    power = POWER.search(text)
    text = text[: power.start()] if power else text
    signs = ((POINT, text), (COMMA, text.translate(OTHER_SIGN)))
    return frozenset(
        sign
        for sign, each in signs
        if PLAIN.fullmatch(each) or (not power and GROUPED.fullmatch(each))
    )


def ambiguous_body(text: str) -> str:
    """Returns the part of a text that is one number with a decimal point and another with a comma.

    "" if there is none.
    """
    written = take_apart(text)
    for body in written.bodies if written else ():
        if ("." in body or "," in body) and len(could_be(body)) > 1:
            return body
    return ""


class DecimalSign(NamedTuple):
    """The decimal sign of a file, "" if it is not clear, and a text that could be two numbers."""

    sign: str
    ambiguous: str = ""


def find_decimal_sign(bodies: Iterable[str]) -> DecimalSign:
    """Finds the decimal sign of a file from all its numbers.

    “71,2” or “1.200.000” can be read with a decimal comma only, “1.200” with both. The sign that
    more numbers need is the file's; those that need the other one are then no numbers. It is not
    clear where no number needs one, or a few stand against very many that could be either.
    """
    votes = {POINT: 0, COMMA: 0}
    ambiguous, count = "", 0
    for body in bodies:
        if "." not in body and "," not in body:
            continue
        signs = could_be(body)
        if len(signs) == 1:
            votes[next(iter(signs))] += 1
        elif signs:
            ambiguous, count = ambiguous or body, count + 1
    most = COMMA if votes[COMMA] > votes[POINT] else POINT
    is_clear = not count or (
        votes[POINT] != votes[COMMA] and count <= MOST_FOR_ONE * abs(votes[POINT] - votes[COMMA])
    )
    return DecimalSign(most if is_clear else "", ambiguous)
