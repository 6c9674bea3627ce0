"""JSON read safely, within limits. Pure: no Django, no database.

A hostile document is refused before the parser sees it. One pass over the text, in chunks, counts
its structure and leaves out its long texts (prompts, responses), which the site does not store.
"""

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from leaderboard.readers.results import Refused, TooLarge
from leaderboard.text.sentences import Phrase, noop

from .json_values import LONGEST_NUMBER, NotANumber, shortened

MAX_BYTES = 50_000_000  # AnesBench results carry all responses: some 10 MB for 4,343 questions
MAX_DEPTH = 50  # real files need 8; Python's parser fails at about 1,000
MAX_PARTS = 300_000  # texts, commas, brackets; a part can cost 150 bytes; 4,343 questions: 200,000
MAX_KEPT = 5_000_000  # characters left to parse; with one emoji each of them takes four bytes
LONGEST_TEXT = 1_000  # characters; longer ones are left out: names and settings are shorter
LONG_TEXT = 100  # the limit once PLENTY characters were kept: longer texts are then responses
PLENTY = 2_000_000
CHUNK = 65_536  # bytes that are in memory beside the text kept
# What some programs keep for every question, by its name on top: such values are not parsed.
PER_QUESTION = frozenset({"samples", "reductions"})

# Marks for the two escapes that could hide the end of a text. JSON never contains a NUL.
BACKSLASH, QUOTE = "\0\1", "\0\2"
LONE_SURROGATE = re.compile(
    r"\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f][0-9a-f]{2})|(?<!\\ud[89ab][0-9a-f]{2})\\ud[c-f][0-9a-f]{2}",
    re.IGNORECASE,
)


def load(file: BinaryIO, left_out: frozenset[str] = frozenset()) -> object:
    """Returns the document in a file; its numbers are int, Decimal with all digits, or NotANumber.

    Texts longer than LONGEST_TEXT become "", and the values of the names `left_out` on top become
    null. Raises Refused for a file beyond the limits, for what is not JSON, and for what programs
    read differently: keys given twice, halves of characters.
    """
    return load_counted(file, left_out)[0]


def load_counted(file: BinaryIO, left_out: frozenset[str] = frozenset()) -> tuple[object, int]:
    """Returns the document in a file, and how many parts of it were parsed."""
    outline = _Outline(left_out)
    for text in _marked(_texts(file)):
        outline.feed(text)
    return _parse(outline), outline.parts


# Bytes to text


def _texts(file: BinaryIO) -> Iterator[str]:
    """Yields the text of a file in chunks, decoded from any UTF, without its byte order mark."""
    file.seek(0)
    data = file.read(CHUNK)
    encoding = json.detect_encoding(data[:4]).removesuffix("-sig")
    decoder = codecs.getincrementaldecoder(encoding)()
    size = 0
    while data:
        text = _decoded(decoder, encoding, data, size)
        yield text if size else text.removeprefix("\ufeff")
        size += len(data)
        if size > MAX_BYTES:
            raise TooLarge(
                "The file is larger than %(most)s MB, the most that is read. "
                "Leave out prompts and responses, or split it.",
                most=MAX_BYTES // 1_000_000,
            )
        data = file.read(CHUNK)
    _decoded(decoder, encoding, b"", size)


def _decoded(decoder: codecs.IncrementalDecoder, encoding: str, data: bytes, before: int) -> str:
    waiting = decoder.getstate()[0]
    try:
        return decoder.decode(data, final=not data)
    except UnicodeDecodeError as error:
        place = before - len(waiting) + error.start + 1
        raise Refused(
            "The file is not %(encoding)s text: byte %(place)s cannot be read. "
            "Save it again as UTF-8.",
            encoding=encoding.upper(),
            place=f"{place:,}",
        ) from None


def _marked(texts: Iterator[str]) -> Iterator[str]:
    """Yields the text with its escaped backslashes and quotes marked.

    After that every quote begins or ends a text.
    """
    rest, line = "", 1
    for text in texts:
        if "\0" in text:
            line += text.partition("\0")[0].count("\n")
            raise Refused(
                "Line %(line)s holds a NUL character: this is not JSON. Export the file again.",
                line=f"{line:,}",
            )
        line += text.count("\n")
        text = rest + text
        odd = (len(text) - len(text.rstrip("\\"))) % 2  # the chunk ends within an escape
        rest = text[len(text) - odd :]
        text = text[: len(text) - odd]
        yield text.replace("\\\\", BACKSLASH).replace('\\"', QUOTE)
    yield rest


# Text to an outline


class _Outline:
    """The part of a document that is parsed: its structure and its short texts.

    It is fed in chunks, and raises Refused as soon as a limit is exceeded.
    """

    def __init__(self, left_out: frozenset[str]) -> None:
        self.left_out = left_out  # names on top whose values are passed over
        self.is_named = self.is_passing = False  # after such a name; within its value
        self.kept: list[str] = []
        self.size = self.depth = self.parts = 0
        self.inside = False  # whether the next piece is within a text
        self.text = ""  # the beginning of that text
        self.is_shortened = False

    def feed(self, text: str) -> None:
        before, *rest = text.split('"')
        new = [self.add(before)]
        for piece in rest:
            new.append(self.close() if self.inside else "")
            self.inside = not self.inside
            new.append(self.add(piece))
        self.kept.append("".join(new))
        self.size += len(self.kept[-1])
        self.check()

    def add(self, piece: str) -> str:
        """Counts a piece between two quotes, and returns what of it is kept."""
        if self.inside:
            if len(self.text) <= LONGEST_TEXT:
                self.text += piece
            return ""
        if self.is_named and piece.strip():
            self.is_named, self.is_passing = False, piece.lstrip().startswith(":")
            if self.is_passing:
                return f":null{self.passed_over(piece)}"
        if self.is_passing:
            return self.passed_over(piece)
        self.count(piece)
        return piece

    def passed_over(self, piece: str) -> str:
        """Returns what follows the value that is passed over; "" as long as it lasts."""
        for bracket in re.finditer(r"[\[\]{},]", piece):
            if self.depth == 1 and bracket[0] in ",}":
                self.is_passing = False
                self.count(piece[bracket.start() :])
                return piece[bracket.start() :]
            self.nest(bracket[0])
        return ""

    def close(self) -> str:
        text, self.text = self.text, ""
        if self.is_passing:
            return ""
        self.is_named = self.depth == 1 and text in self.left_out
        self.parts += 1
        if len(text) <= (LONGEST_TEXT if self.size < PLENTY else LONG_TEXT):
            return f'"{text}"'
        self.is_shortened = True
        return '""'

    def count(self, piece: str) -> None:
        self.parts += piece.count(",")
        for bracket in re.findall(r"[\[\]{}]", piece):
            self.nest(bracket)
            self.parts += bracket in "[{"

    def nest(self, bracket: str) -> None:
        """Follows a bracket, or anything else, into the depth. Raises Refused beyond MAX_DEPTH."""
        self.depth += (bracket in "[{") - (bracket in "]}")
        if self.depth > MAX_DEPTH:
            raise Refused(
                "The document is nested more than %(most)s levels deep; no result file is. "
                "Give the file as the evaluation program wrote it.",
                most=MAX_DEPTH,
            )

    def check(self) -> None:
        if self.depth < 0:
            raise Refused(
                "This is not correct JSON: it closes a bracket that it never opened. "
                "Export the file again."
            )
        if self.parts > MAX_PARTS or self.size > MAX_KEPT:
            raise TooLarge(
                "The document holds too much beside its long texts: at most %(parts)s texts, "
                "commas and brackets, and %(characters)s characters, are read. "
                "Leave out what is kept for each question, or split the file.",
                parts=f"{MAX_PARTS:,}",
                characters=f"{MAX_KEPT:,}",
            )

    def finished(self) -> str:
        """Returns all that was kept, escapes still marked; an unfinished text stays unfinished."""
        return "".join(self.kept) + (f'"{self.text[:LONGEST_TEXT]}' if self.inside else "")


# Outline to values


def _parse(outline: _Outline) -> object:
    text = outline.finished()
    outline.kept.clear()
    if half := LONE_SURROGATE.search(text):
        line = text.count("\n", 0, half.start()) + 1
        raise Refused(
            "Line %(line)s holds %(half)s, half of a character, which cannot be stored. "
            "Write the whole character.",
            line=f"{line:,}",
            half=half[0],
        )
    try:
        return json.loads(
            text.replace(BACKSLASH, "\\\\").replace(QUOTE, '\\"'),
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=NotANumber,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise _syntax(error, outline.is_shortened) from None


SEVERAL = noop("there is text after the end of the document. If these are several, give each alone")
# What Python's parser says, marked for translation.
PARSER = (
    SEVERAL,
    noop("Expecting value"), noop("Expecting property name enclosed in double quotes"),
    noop("Expecting ':' delimiter"), noop("Expecting ',' delimiter"), noop("Unterminated string"),
    noop("Invalid control character"), noop("Invalid \\escape"),
    noop("Invalid \\uXXXX escape"), noop("Illegal trailing comma before end of object"),
    noop("Illegal trailing comma before end of array"),
)  # fmt: skip


def _syntax(error: json.JSONDecodeError, is_shortened: bool) -> Refused:
    """Turns a parser's message into a sentence; without a column if texts before it were cut."""
    if not error.doc.strip():
        return Refused("The file is empty. Choose the file that the evaluation program wrote.")
    if error.msg == "Extra data":
        reason = SEVERAL
    else:
        reason = error.msg.removesuffix(" starting at").removesuffix(" at")
    line, column = f"{error.lineno:,}", f"{error.colno:,}"
    place = Phrase("line %(number)s", number=line)
    if not is_shortened:
        place = Phrase("line %(line)s, column %(column)s", line=line, column=column)
    return Refused(
        "This is not correct JSON, %(place)s: %(reason)s. Export the file again, or mend it there.",
        place=place, reason=Phrase(reason) if reason in PARSER else reason,
    )  # fmt: skip


def _decimal(text: str) -> Decimal | NotANumber:
    if len(text) > LONGEST_NUMBER or re.search(r"[eE][+-]?\d{4}", text):
        return NotANumber(shortened(text))
    return Decimal(text)


def _integer(text: str) -> int | NotANumber:
    return NotANumber(shortened(text)) if len(text) > LONGEST_NUMBER else int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        ((twice, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise Refused(
            "The key “%(key)s” stands twice in one object, so it is not clear which "
            "value counts. Leave one of them out.",
            key=shortened(twice),
        )
    return values
