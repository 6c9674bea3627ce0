"""YAML read as data alone, by PyYAML's events: no tag makes an object, and no alias is followed.

An alias could stand for a document of any size, so it is refused; the files that are read here are
written by hand or by programs that write none.
"""

import re
from decimal import Decimal
from typing import Any

import yaml

from leaderboard.readers.results import LeftOut
from leaderboard.text.sentences import Phrase

from .json_values import LONGEST_NUMBER, NotANumber, shortened

MAX_BYTES = 1_000_000  # the longest model cards have 300 kB of results
MAX_EVENTS = 300_000  # as many parts as a JSON document may have
MAX_DEPTH = 50
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

FRONT = re.compile(r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*$", re.DOTALL | re.MULTILINE)
COMMENTS = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*")
FIRST_LINE = re.compile(
    r"---[ \t]*$|- [\w.\"'-]+:(?:\s|$)|[A-Za-z_][\w.-]*:(?:[ \t]*$|[ \t][^,;\t]*$)", re.MULTILINE
)
NUMBER = re.compile(r"[-+]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?", re.ASCII)
NOT_FINITE = re.compile(r"[-+]?\.(?:inf|nan)", re.IGNORECASE)
PLAIN = {"": None, "~": None, "null": None, "true": True, "false": False}


def looks_like_yaml(text: str) -> bool:
    """Whether the first line begins a list of mappings, a mapping or a document of YAML."""
    start = COMMENTS.match(text)
    return FIRST_LINE.match(text, start.end() if start else 0) is not None


def split_front(text: str) -> tuple[str, str]:
    """Returns the YAML at the head of a Markdown text, and the text, its lines numbered as before.

    The first is "" where there is none.
    """
    front = FRONT.match(text)
    if not front:
        return "", text
    return front[1], "\n" * front[0].count("\n") + text[front.end() :]


def load(text: str) -> object:
    """Returns the document in a text: numbers are Decimal or NotANumber, dates are texts.

    Raises LeftOut for what is beyond the limits, is no YAML, or has aliases or keys given twice.
    """
    if len(text.encode()) > MAX_BYTES:
        raise LeftOut(
            "The file is larger than %(most)s MB, the most that is read. "
            "Leave out prompts and responses, or split it.",
            most=MAX_BYTES // 1_000_000,
        )
    try:
        return _Builder().build(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = Phrase("line %(number)s", number=mark.line + 1) if mark else Phrase("its start")
        raise LeftOut(
            "This is not correct YAML, %(place)s. Export the file again, or mend it there.",
            place=line,
        ) from None


class _Builder:
    """Makes values of events, with a stack of its own: no depth of a document can exhaust ours."""

    def __init__(self) -> None:
        self.stack: list[Any] = []  # lists, and mappings as lists of keys and values
        self.is_mapping: list[bool] = []
        self.root: Any = None
        self.documents = 0

    def build(self, text: str) -> object:
        for count, event in enumerate(yaml.parse(text, Loader=LOADER)):
            if count > MAX_EVENTS or len(self.stack) > MAX_DEPTH:
                raise LeftOut(
                    "The YAML document holds too much, or is nested too deep: at most %(parts)s "
                    "parts and %(depth)s levels are read.",
                    parts=f"{MAX_EVENTS:,}",
                    depth=MAX_DEPTH,
                )
            self.take(event)
        return self.root

    def take(self, event: Any) -> None:
        """Adds what one event says."""
        match event:
            case yaml.AliasEvent():
                raise LeftOut(
                    "Line %(line)s has an alias (*%(name)s), which is not followed. Write out "
                    "what it stands for.",
                    line=event.start_mark.line + 1 if event.start_mark else 1,
                    name=shortened(event.anchor),
                )
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    raise LeftOut("The file has several YAML documents. Give each alone.")
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self.stack.append([])
                self.is_mapping.append(isinstance(event, yaml.MappingStartEvent))
            case yaml.MappingEndEvent():
                self.is_mapping.pop()
                self.add(_mapping(self.stack.pop()))
            case yaml.SequenceEndEvent():
                self.is_mapping.pop()
                self.add(self.stack.pop())
            case yaml.ScalarEvent():
                self.add(_scalar(event.value) if event.implicit[0] else event.value)

    def add(self, value: Any) -> None:
        """Puts a finished value where it belongs."""
        if self.stack:
            self.stack[-1].append(value)
        else:
            self.root = value


def _mapping(parts: list[Any]) -> dict[str, Any]:
    """Makes a mapping of keys and values in turn. Raises LeftOut for a key given twice."""
    values: dict[str, Any] = {}
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        name = key if isinstance(key, str) else str(key)
        if name in values:
            raise LeftOut(
                "The key “%(key)s” stands twice in one object, so it is not clear which "
                "value counts. Leave one of them out.",
                key=shortened(name),
            )
        values[name] = value
    return values


def _scalar(text: str) -> Any:
    """Returns what a text without quotes means: nothing, yes or no, a number, or itself."""
    if text.lower() in PLAIN:
        return PLAIN[text.lower()]
    if NOT_FINITE.fullmatch(text):
        return NotANumber(text)
    if NUMBER.fullmatch(text) and "_" not in text:
        return Decimal(text) if len(text) <= LONGEST_NUMBER else NotANumber(shortened(text))
    return text
