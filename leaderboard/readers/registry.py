"""Files that evaluators produce, read into results. The one place that names the formats.

A format is a module with `detects(content) -> bool` and `read(content, asked) -> Reading`, where
content is a Table or a Document of `files/`. The first format that detects a file takes it. Nothing
here touches the database.
"""

from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from leaderboard.readers.files.opening import Document, open_file, safe_name, sha256_of
from leaderboard.readers.files.tables import Table
from leaderboard.text.sentences import Phrase, joined, noop

from .formats import anesbench, every_eval_ever, lm_eval
from .formats import long_table as long
from .formats import wide_table as wide
from .results import FileContext, Reading, Refused


class ImportFormat(NamedTuple):
    label: str
    detects: Callable[[Table | Document], bool]
    read: Callable[[Table | Document, FileContext], Reading]


# The first that detects its own takes the file; the wide table takes what is left of tables.
IMPORT_FORMATS = {
    "lm-eval": ImportFormat("lm-evaluation-harness results", lm_eval.detects, lm_eval.read),
    "every-eval-ever": ImportFormat(
        "Every Eval Ever record", every_eval_ever.detects, every_eval_ever.read
    ),
    "anesbench": ImportFormat("AnesBench result.json", anesbench.detects, anesbench.read),
    "long": ImportFormat("long table: one score per row", long.detects, long.read),
    "wide": ImportFormat("wide table: one LLM per row", wide.detects, wide.read),
}


NOTHING = FileContext()


class ReadFile(NamedTuple):
    """A file that was read."""

    name: str
    sha256: str
    format: str
    reading: Reading


def read_file(
    file: BinaryIO, name: str, asked: FileContext = NOTHING, format: str = ""
) -> ReadFile:
    """Read a file of a known format, or find its format from its content.

    Raises Refused if the file as a whole cannot be read; what is wrong with single cells is in
    the reading's problems.
    """
    content = open_file(file)
    found = format or next(
        (key for key, each in IMPORT_FORMATS.items() if each.detects(content)), ""
    )
    if not found:
        known = joined(
            noop("%(first)s; %(next)s"), [Phrase(f.label) for f in IMPORT_FORMATS.values()]
        )
        raise Refused(
            "This is %(kind)s, but none that can be imported. Known are: %(known)s.",
            kind=content.kind, known=known,
        )  # fmt: skip
    if format and not IMPORT_FORMATS[format].detects(content):
        raise Refused(
            "This is not a file of the format %(format)s. Leave the format out to have it found.",
            format=Phrase(IMPORT_FORMATS[format].label),
        )
    return ReadFile(
        safe_name(name), sha256_of(file), found, IMPORT_FORMATS[found].read(content, asked)
    )
