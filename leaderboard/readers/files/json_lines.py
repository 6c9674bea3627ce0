"""A file of JSON lines: a document on each line, read one by one. Pure: no Django, no database."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

from leaderboard.readers.results import Refused
from leaderboard.text.sentences import Phrase

from . import json_documents

MAX_BYTES = 200_000_000  # prompts and answers of 14,000 questions take some 100 MB
MAX_LINE = 10_000_000  # bytes; a prompt of 128,000 tokens has 500,000, given once for each choice
MAX_PARTS = 1_000_000  # of all lines, without what is left out; a line of a real file has 25
# What a line holds of its question and answer, beside its scores.
LEFT_OUT = frozenset({"doc", "arguments", "resps", "filtered_resps", "target"})


class JsonLines(NamedTuple):
    """A file of JSON lines that is open, and the document on its first line."""

    file: BinaryIO
    first: Any
    kind: str = Phrase("a file of JSON lines")

    def documents(self) -> Iterator[tuple[int, Any]]:
        """Yields each document with the number of its line.

        Raises Refused for a line that cannot be read, and for a file beyond the limits.
        """
        self.file.seek(0)
        number = size = parts = 0
        while line := self.file.readline(MAX_LINE + 1):
            number, size = number + 1, size + len(line)
            if size > MAX_BYTES or len(line) > MAX_LINE:
                raise Refused(
                    "Line %(line)s goes beyond what is read: %(most)s MB in all, and %(most_line)s "
                    "MB a line. Leave out prompts and responses, or split the file.",
                    line=f"{number:,}",
                    most=MAX_BYTES // 1_000_000,
                    most_line=MAX_LINE // 1_000_000,
                )
            if line.strip():
                document, count = _load(line, number)
                parts += count
                if parts > MAX_PARTS:
                    raise Refused(
                        "Up to line %(line)s the file holds too much beside its long texts. "
                        "Leave out what is kept for each question, or split it.",
                        line=f"{number:,}",
                    )
                yield number, document


def _load(line: bytes, number: int) -> tuple[object, int]:
    try:
        return json_documents.load_counted(BytesIO(line), LEFT_OUT)
    except Refused as refused:
        raise Refused(
            "Line %(line)s of the file cannot be read. %(reason)s",
            line=f"{number:,}", reason=refused,
        ) from None  # fmt: skip


def open_lines(file: BinaryIO) -> JsonLines | None:
    """Returns the lines of a file whose first line is a document, and not the only one."""
    file.seek(0)
    line = file.readline(MAX_LINE + 1)
    if not line.rstrip().endswith(b"}") or not _next_starts(file):
        return None
    try:
        return JsonLines(file, json_documents.load(BytesIO(line), LEFT_OUT))
    except Refused:
        return None


def _next_starts(file: BinaryIO) -> bool:
    """Whether the next line that is not blank starts an object."""
    for _ in range(100):
        start = file.readline(1_000).lstrip()
        if start:
            return start.startswith(b"{")
    return False
