"""Files that evaluators produce, read into results. The one place that names the formats.

A format is a module with `detects(content) -> bool` and `read(content, asked) -> Reading`, where
content is a Table or a Document of `files.py`. Nothing here touches the database.
"""

from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from leaderboard.readers.files.opening import Document, open_file, safe_name, sha256_of
from leaderboard.readers.files.tables import Table
from leaderboard.text.sentences import Phrase, joined, noop

from .formats import anesbench, every_eval_ever, lm_eval
from .formats import long_table as long
from .formats import wide_table as wide
from .results import Asked, Reading, Refused


class Format(NamedTuple):
    label: str
    detects: Callable[[Table | Document], bool]
    read: Callable[[Table | Document, Asked], Reading]


# The first that detects its own takes the file; the wide table takes what is left of tables.
FORMATS = {
    "lm-eval": Format("lm-evaluation-harness results", lm_eval.detects, lm_eval.read),
    "every-eval-ever": Format(
        "Every Eval Ever record", every_eval_ever.detects, every_eval_ever.read
    ),
    "anesbench": Format("AnesBench result.json", anesbench.detects, anesbench.read),
    "long": Format("long table: one score per row", long.detects, long.read),
    "wide": Format("wide table: one LLM per row", wide.detects, wide.read),
}


NOTHING = Asked()


class File(NamedTuple):
    """A file that was read."""

    name: str
    sha256: str
    format: str
    reading: Reading


def read_file(file: BinaryIO, name: str, asked: Asked = NOTHING, format: str = "") -> File:
    """Read a file of a known format, or find its format from its content.

    Raises Refused if the file as a whole cannot be read; what is wrong with single cells is in
    the reading's problems.
    """
    content = open_file(file)
    found = format or next((key for key, each in FORMATS.items() if each.detects(content)), "")
    if not found:
        known = joined(noop("%(first)s; %(next)s"), [Phrase(f.label) for f in FORMATS.values()])
        raise Refused(
            "This is %(kind)s, but none that can be imported. Known are: %(known)s.",
            kind=content.kind, known=known,
        )  # fmt: skip
    if format and not FORMATS[format].detects(content):
        raise Refused(
            "This is not a file of the format %(format)s. Leave the format out to have it found.",
            format=Phrase(FORMATS[format].label),
        )
    return File(safe_name(name), sha256_of(file), found, FORMATS[found].read(content, asked))
