"""Files that evaluators produce, read into results. The one place that names the formats.

A format is a module with `detects(content) -> bool` and `read(content, context) -> Reading`, where
content is a Table, a Document or the JsonLines of `files/`. The first format that detects a file
reads it. Nothing here touches the database.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO, NamedTuple

from leaderboard.readers.files.opening import Content, open_file, safe_name, sha256_of
from leaderboard.text.sentences import Phrase, joined, noop

from .formats import (
    anesbench,
    bigcodebench,
    evalplus,
    every_eval_ever,
    helm,
    hugging_face,
    inspect_log,
    lighteval,
    lm_eval,
    lm_eval_samples,
    long_table,
    mteb,
    opencompass,
    wide_table,
)
from .results import FileContext, FileOrigin, LeftOut, Problem, Reading, Refused
from .unknown import describe_unknown


class ImportFormat(NamedTuple):
    """A format of files: its name for maintainers, and its two functions.

    `detects` says whether a file is of this format; `read` returns its results, or raises Refused.
    """

    label: str
    detects: Callable[[Content], bool]
    read: Callable[[Content, FileContext], Reading]


# The first format that detects a file reads it. lighteval stands before lm-evaluation-harness, as
# its files have the signs of both. The wide table stands last: it detects any table.
IMPORT_FORMATS = {
    "lighteval": ImportFormat(noop("lighteval results"), lighteval.detects, lighteval.read),
    "lm-eval": ImportFormat("lm-evaluation-harness results", lm_eval.detects, lm_eval.read),
    "lm-eval-samples": ImportFormat(
        noop("lm-evaluation-harness samples"), lm_eval_samples.detects, lm_eval_samples.read
    ),
    "inspect": ImportFormat(noop("Inspect log"), inspect_log.detects, inspect_log.read),
    "helm": ImportFormat(noop("HELM run"), helm.detects, helm.read),
    "evalplus": ImportFormat(noop("EvalPlus results"), evalplus.detects, evalplus.read),
    "bigcodebench": ImportFormat(
        noop("BigCodeBench results"), bigcodebench.detects, bigcodebench.read
    ),
    "every-eval-ever": ImportFormat(
        "Every Eval Ever record", every_eval_ever.detects, every_eval_ever.read
    ),
    "anesbench": ImportFormat("AnesBench result.json", anesbench.detects, anesbench.read),
    "mteb": ImportFormat("MTEB task results", mteb.detects, mteb.read),
    "hugging-face": ImportFormat(
        "Hugging Face .eval_results or model-index", hugging_face.detects, hugging_face.read
    ),
    "opencompass": ImportFormat("OpenCompass summary", opencompass.detects, opencompass.read),
    "long": ImportFormat("long table: one score per row", long_table.detects, long_table.read),
    "wide": ImportFormat("wide table: one LLM per row", wide_table.detects, wide_table.read),
}


NO_CONTEXT = FileContext()
SEVERAL = "several"  # in the place of a format, for files of several formats that are read as one


def format_label(format: str) -> str:
    """Returns what maintainers call a format, to be translated."""
    known = IMPORT_FORMATS.get(format)
    return known.label if known else noop("files of several formats")


class ReadFile(NamedTuple):
    """A file that was read: its safe name, its hash, the key of its format, and its reading."""

    name: str
    sha256: str
    format: str
    reading: Reading


def read_file(
    file: BinaryIO, name: str, context: FileContext = NO_CONTEXT, format: str = ""
) -> ReadFile:
    """Reads a file of a known format, or detects the format from the content.

    Raises Refused if the file as a whole cannot be read; what is wrong with single cells is in
    the reading's problems.
    """
    content = open_file(file)
    detected = format or next(
        (key for key, known in IMPORT_FORMATS.items() if known.detects(content)), ""
    )
    if not detected:
        raise explain_unknown(content)
    if format and not IMPORT_FORMATS[format].detects(content):
        raise Refused(
            "This is not a file of the format %(format)s. Leave the format out to have it found.",
            format=Phrase(IMPORT_FORMATS[format].label),
        )
    path = context.path or name
    reading = name_problems(IMPORT_FORMATS[detected].read(content, replace(context, path=path)))
    refuse_empty(reading, IMPORT_FORMATS[detected])
    read = ReadFile(safe_name(name), sha256_of(file), detected, reading)
    return read._replace(reading=name_origins(read)) if reading.files else read


def read_again(reading: Reading, format: str, context: FileContext) -> Reading:
    """Returns what the table of a reading says if it is read as the maintainer says.

    Its source stays. Raises Refused if it cannot be read so.
    """
    anew = IMPORT_FORMATS[format].read(reading.table, context)
    return replace(anew, provenance=reading.provenance)


def name_origins(read: ReadFile) -> Reading:
    """Returns the reading of a file that names several sources, all of which it is the file of."""
    files = (
        FileOrigin(read.name, read.sha256, read.format, origin.provenance)
        for origin in read.reading.files
    )
    return replace(read.reading, files=tuple(files))


def name_problems(reading: Reading) -> Reading:
    """Returns the reading with a problem in the place of each result without a name."""
    if all(result.llm and result.metric for result in reading.results):
        return reading
    problems = [
        Problem(
            result.where,
            "" if result.value is None else str(result.value),
            Phrase("This result has no name of an LLM or of a metric."),
            Phrase("Name it in the file, or delete it there."),
        )
        for result in reading.results
        if not (result.llm and result.metric)
    ]
    named = tuple(result for result in reading.results if result.llm and result.metric)
    return replace(reading, results=named, problems=(*reading.problems, *problems))


def refuse_empty(reading: Reading, known: ImportFormat) -> None:
    """Raises LeftOut where nothing was read: “0 changes” would pass for a file without news."""
    if not (reading.results or reading.facts or reading.problems):
        raise LeftOut(
            "This file has the shape of %(format)s, but no result in it. "
            "Give the file that the evaluation wrote when it was done.",
            format=Phrase(known.label),
        )


def explain_unknown(content: Content) -> LeftOut:
    """Builds the refusal of a file of no known format: what it looks like, and the way in."""
    known = joined(
        noop("%(first)s; %(next)s"), [Phrase(known.label) for known in IMPORT_FORMATS.values()]
    )
    return LeftOut(
        "This is %(kind)s, but none that can be imported. %(described)s Known are: %(known)s. "
        "Anything else can be given as a long table: a CSV with the columns llm, benchmark, metric "
        "and value.",
        kind=content.kind,
        described=describe_unknown(content),
        known=known,
    )
