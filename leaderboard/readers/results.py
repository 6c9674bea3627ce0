"""What every reader returns for a file. Pure: no Django, no database.

Names stay as the file has them; imports/matching.py finds the LLMs and metrics that they mean.
"""

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from leaderboard.text.names import name_key
from leaderboard.text.sentences import Phrase, Sentence, noop

from .layouts import Layout


class Refused(Sentence):
    """The file as a whole cannot be read; the message says why, where, and what to do."""


class LeftOut(Refused):
    """The file is whole, but nothing to import; among other files it is left out with a note."""


class TooLarge(LeftOut):
    """The file is larger than anything that is read."""


@dataclass(frozen=True, slots=True)
class Result:
    """One number of a file. `value` is None where the file has none: an empty cell, “N/A”, null.

    What a file does not say about a number stays None or "".
    """

    where: str  # for the maintainer: “line 7, column amcqa-overall”, “results › sciq › acc,none”
    llm: str
    metric: str  # a column header, “sciq / acc,none”
    value: Decimal | None
    question_count: int | None = None
    expected_count: int | None = None  # more than question_count: a partial run
    standard_error: Decimal | None = None  # in the unit of the value
    # proportion, percent or points, only where the file says so; “%” where each number has that
    # sign, and is converted; any other text is the label of a unit: “ms”, “$”
    unit: str = ""
    measured_on: datetime.date | None = None
    note: str = ""
    source_url: str = ""
    partial: bool = False  # the file says that questions are missing, but not how many
    file: int = 0  # of several read as one: its place in Reading.files

    @property
    def is_partial(self) -> bool:
        """Whether the run left out questions: by the two counts, or as the file says."""
        counts = (self.question_count, self.expected_count)
        fewer = None not in counts and self.question_count < self.expected_count  # type: ignore[operator]
        return self.partial or fewer


@dataclass(frozen=True, slots=True)
class ReportedFact:
    """What a file says of an LLM itself: the text of a cell, "" if it is empty."""

    where: str
    llm: str
    field: str  # as the model names it: organization, parameters, license, …
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that cannot be read, with the reason and the remedy.

    `is_missing` means that the file reports no value (NaN): the cell is left out. `is_left_out`
    means that a whole row is. Any other problem blocks the import until the file is mended, or
    until it is said how it is to be read. `is_asked` means that only the second is a remedy: the
    place is an example of what the file leaves open.
    """

    where: str
    value: str  # as the file has it, shortened
    reason: str
    remedy: str
    llm: str = ""
    metric: str = ""
    is_missing: bool = False
    is_left_out: bool = False
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class LLMDraft:
    """An LLM as a file describes it, to fill in the form when it is created."""

    name: str
    organization: str = ""
    parameters: Decimal | None = None  # billions
    huggingface_id: str = ""


@dataclass(frozen=True, slots=True)
class MetricDraft:
    """A metric as a file describes it, to fill in the form when it is created.

    The unit is empty where the file does not name it: it is never guessed from a number.
    """

    name: str
    benchmark: str = ""
    unit: str = ""
    unit_label: str = ""  # of another unit, as the file writes it: ms
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    higher_is_better: bool = True
    question_count: int | None = None
    is_share_of_questions: bool = False
    description: str = ""
    label_in_front: bool = False  # $5, not 5 $


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who measured and how, in the fields of Source.

    Readers fill it from an allow-list, so that nothing private gets in.
    """

    title: str = ""
    kind: str = "evaluation run"
    url: str = ""
    evaluator: str = ""
    tier: str = "unknown"
    harness: str = ""
    harness_version: str = ""
    settings: str = ""
    date: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class FileOrigin:
    """One of several files read as one: each becomes a source of its own."""

    name: str
    sha256: str
    format: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that was read from a file, and the cells that cannot be read."""

    results: tuple[Result, ...] = ()
    facts: tuple[ReportedFact, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()  # sentences: columns not read, and why
    llms: Mapping[str, LLMDraft] = field(default_factory=dict)  # by the file's name
    metrics: Mapping[str, MetricDraft] = field(default_factory=dict)
    provenance: Provenance = Provenance()
    files: tuple[FileOrigin, ...] = ()  # of several files, in the order that Result.file counts
    layout: Layout | None = None  # of a table: how it was read
    table: Any = None  # of a table: itself, to be read again as the maintainer says
    # Of several files with a table among them: each as merging.FileReading, to be read again.
    parts: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class FileContext:
    """What the maintainer says beside the file; "" and {} leave it to what the file shows."""

    llm: str = ""  # for a file that names none
    benchmark: str = ""  # likewise
    questions: bytes = b""  # the benchmark's own question file
    run_spec: bytes = b""  # of a HELM run: the file of that name in the folder of stats.json
    llm_nearby: str = ""  # the only one that other files of the same folder name
    path: str = ""  # the file's name, behind the folders it is in: they may name LLM and benchmark
    decimal: str = ""  # “.” or “,”
    dates: str = ""  # what stands first: day first, month first
    llms_in: str = ""  # rows, columns
    roles: Mapping[str, str] = field(default_factory=dict)  # of columns, by their header
    plus_minus: str = ""  # the role of what stands behind ±, in all columns
    facts: bool = True  # whether facts of LLMs are read
    is_one_of_several: bool = False  # files: not each has every column that is spoken of

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders that the file is in, the last first, as far as they are known."""
        return tuple(reversed(self.path.split("/")[:-1]))


def header_key(text: str) -> str:
    """Folds a header to its letters and digits in lower case.

    “AnesBench System1.x” and anesbench_system1x are one header.
    """
    return "".join(character for character in text.casefold() if character.isalnum())


def short(text: str, length: int = 60) -> str:
    """Cuts a text of a file to one line that a message can show."""
    line = " ".join(text[: 4 * length].split())
    return f"{line[: length - 1]}…" if len(line) > length else line


# “org/model”, and what lm-evaluation-harness makes of it for a file name: “org__model”.
HUGGING_FACE_ID = re.compile(r"([^\W_][\w.-]*?)(?:/|__)((?:(?!__)[\w.-])+)", re.ASCII)
HUB_ADDRESS = re.compile(
    r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/([\w.-]+)/([\w.-]+?)/?(?:[?#].*)?", re.ASCII
)
HUB_CACHE = re.compile(r"models--([\w.-]+?)--([\w.-]+)", re.ASCII)  # a folder in the Hub's cache
# A path begins like one, or has no space and several separators.
LOCAL_PATH = re.compile(
    r"(?:[/\\~]|\.{1,2}[/\\]|__|[A-Za-z]:[/\\]).*|\S*?(?:[/\\]|__)\S*(?:[/\\]|__)\S*"
)


def draft_llm(name: str) -> LLMDraft:
    """Reads what an LLM's name in a file says about it.

    “org/model” names its organization. Of a local path only the last part is used, so no folder of
    a machine gets into the content. Any other name stays whole: “Model w/ Review”, “480B / A35B”.
    """
    parts = [part for part in re.split(r"[/\\]|__", name.strip()) if part.strip()]
    cached = next(filter(None, map(HUB_CACHE.fullmatch, parts)), None)
    is_listed = HUGGING_FACE_ID.fullmatch(name.strip()) or HUB_ADDRESS.fullmatch(name.strip())
    hub_id = cached or is_listed
    if hub_id:
        organization, model = hub_id.groups()
        return LLMDraft(model, organization, huggingface_id=f"{organization}/{model}")
    is_path = LOCAL_PATH.fullmatch(name.strip())
    return LLMDraft(parts[-1].strip() if is_path and parts else name.strip())


def draft_llms(names: Iterable[str]) -> dict[str, LLMDraft]:
    """Returns the drafts of those names that say more than the name itself."""
    drafts = {name: draft_llm(name) for name in dict.fromkeys(names)}
    return {name: draft for name, draft in drafts.items() if draft != LLMDraft(name)}


def drop_repeated_results(results: Iterable[Result]) -> tuple[list[Result], list[Problem]]:
    """Returns each score once, and a problem for each score that is given twice and differently.

    A repeated score with the same details is left out. A problem names both places.
    """
    key = cache(name_key)  # a file has few names, each in many results
    kept: dict[tuple[str, str], Result] = {}
    problems = []
    for result in results:
        first = kept.setdefault((key(result.llm), key(result.metric)), result)
        if first is not result and stated_details(first) != stated_details(result):
            problems.append(describe_conflict(first, result))
    return list(kept.values()), problems


def find_conflicts(results: Iterable[Result]) -> list[Problem]:
    """Returns a problem for each score that a file gives twice and differently."""
    return drop_repeated_results(results)[1]


def drop_repeated_facts(
    facts: Iterable[ReportedFact],
) -> tuple[list[ReportedFact], list[Problem]]:
    """Returns each fact once, and a problem for each that is given twice and differently."""
    kept: dict[tuple[str, str], ReportedFact] = {}
    problems = []
    for fact in facts:
        first = kept.setdefault((name_key(fact.llm), fact.field), fact)
        if first.text != fact.text:
            texts = [short(stated.text) or Phrase("nothing") for stated in (first, fact)]
            reason = Phrase(
                "%(llm)s has two values here: %(first)s and %(second)s.",
                llm=short(fact.llm), first=texts[0], second=texts[1],
            )  # fmt: skip
            where = Phrase(BOTH, first=first.where, second=fact.where)
            problems.append(Problem(where, texts[1], reason, Phrase(DELETE_ONE), fact.llm))
    return list(kept.values()), problems


BOTH = noop("%(first)s and %(second)s")
DELETE_ONE = noop("Delete one of them, or correct the name.")


def stated_details(result: Result) -> tuple[object, ...]:
    """Returns the details of a result by which two results of one score are compared."""
    return result.value, result.question_count, result.standard_error, result.measured_on


def describe_conflict(first: Result, second: Result) -> Problem:
    """Describes a score that a file gives twice and differently; the problem names both places."""
    values = [
        Phrase("no value") if result.value is None else str(result.value)
        for result in (first, second)
    ]
    if first.value == second.value:
        template = noop("%(llm)s has this score twice, with different details.")
    else:
        template = noop(
            "%(llm)s has this score twice, with different values: %(first)s and %(second)s."
        )
    return Problem(
        Phrase(BOTH, first=first.where, second=second.where),
        values[1],
        Phrase(template, llm=short(second.llm), first=values[0], second=values[1]),
        Phrase(DELETE_ONE),
        second.llm,
        second.metric,
    )
